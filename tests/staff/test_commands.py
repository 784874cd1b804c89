import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from staff.models import Invitation
from staff.roles import Role
from tests.factories import InvitationFactory, UserFactory
from tests.sign_in import give_app

PASSWORD = "aamukahvi tuoksuu pitkälle"


def output_of(*command):
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_the_first_link_makes_the_first_account(client):
    """P36"""
    printed = output_of("first_account", "--base-url", "http://testserver:8001/")

    link = re.search(r"^http://testserver:8001(/account/invitation/\S+/)$", printed, re.M)[1]
    assert client.get(link).status_code == 200
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.is_superuser) == (Role.DATA_PROTECTION_CONTACT, True)


def test_each_run_makes_a_new_link_in_place_of_the_earlier(client):
    first, second = (output_of("first_account").split()[-1] for _ in range(2))

    assert first != second
    assert client.get(first.removeprefix("http://127.0.0.1:8000")).status_code == 404
    assert client.get(second.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_when_there_are_accounts_the_command_says_where_to_sign_in():
    UserFactory()

    printed = output_of("first_account")

    assert printed == (
        f"There are accounts already. Sign in at http://127.0.0.1:8000{reverse('account_login')}\n"
    )
    assert not Invitation.objects.exists()


def test_invitations_are_forgotten_thirty_days_after_they_expired(time_machine):
    now = timezone.now()
    life, month = timedelta(days=7), timedelta(days=30)
    InvitationFactory(invited_at=now - life - month - timedelta(seconds=1))
    kept = InvitationFactory(invited_at=now - life - month + timedelta(minutes=1))
    used = InvitationFactory(invited_at=now - 2 * month)
    used.accept(password=PASSWORD, now=used.invited_at)

    assert output_of("forget_invitations").endswith(": 1\n")

    assert set(Invitation.objects.all()) == {kept, used}
    assert Invitation.history.first().history_change_reason == "Expired over 30 days ago"


def test_the_page_about_permissions_is_printed():
    assert output_of("permissions").startswith("# Who may do what\n")


def test_a_lost_second_factor_is_taken_away(db):
    user = UserFactory()
    give_app(user)
    output_of("reset_second_factor", user.email.upper())
    assert not user.authenticator_set.exists()


def test_nobody_s_second_factor_cannot_be_taken_away(db):
    with pytest.raises(SystemExit) as stopped:
        call_command("reset_second_factor", "nobody@koe.example")
    assert stopped.value.code == 2


def test_a_password_changed_from_the_command_line_is_remembered_as_that(db, monkeypatch):
    user = UserFactory()
    monkeypatch.setattr("getpass.getpass", lambda **_prompt: "uusi pitka salasana 2026")
    output_of("changepassword", user.email)
    user.refresh_from_db()
    assert user.check_password("uusi pitka salasana 2026")
    assert user.history.first().history_user is None
