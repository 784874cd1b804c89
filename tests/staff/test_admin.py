import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from staff.models import Invitation, UndertakingText, User
from staff.roles import Role
from tests.factories import InvitationFactory, UndertakingTextFactory, UserFactory
from tests.sign_in import sign_in


@pytest.fixture
def petra(client):
    """An administrator, signed in."""
    user = UserFactory(name="Petra Pomo", role=Role.ADMINISTRATOR, signed=True)
    sign_in(client, user)
    return user


def change(client, user, **changes):
    form = {
        "name": user.name,
        "language": user.language,
        "role": user.role,
        "is_active": "on" if user.is_active else "",
        "reason": "Work has changed",
        **changes,
    }
    return client.post(reverse("admin:staff_user_change", args=[user.pk]), form)


def test_an_administrator_gives_a_role_and_says_why(client, petra):
    """P35, P36"""
    aino = UserFactory(role=Role.VIEWER)

    change(client, aino, role=Role.HANDLER)

    aino.refresh_from_db()
    assert aino.role == Role.HANDLER
    remembered = aino.history.first()
    assert (remembered.history_user, remembered.history_change_reason) == (
        petra,
        "Work has changed",
    )
    assert not LogEntry.objects.exists()


def test_a_change_without_a_reason_is_refused(client, petra):
    aino = UserFactory(role=Role.VIEWER)

    page = change(client, aino, role=Role.HANDLER, reason="")

    assert page.context["adminform"].form.errors.keys() == {"reason"}


def test_an_account_cannot_be_renamed_to_a_room(client, petra):
    """P36"""
    page = change(client, UserFactory(), name="Toimisto")

    assert page.context["adminform"].form.errors.keys() == {"name"}


def test_nobody_makes_superusers_or_changes_addresses_by_the_form(client, petra):
    aino = UserFactory(email="aino@example.fi")

    change(client, aino, is_superuser="on", email="other@example.fi", password="x")

    aino.refresh_from_db()
    assert (aino.is_superuser, aino.email) == (False, "aino@example.fi")


@pytest.mark.parametrize("changes", [{"role": Role.HANDLER}, {"is_active": ""}])
def test_the_last_who_sets_up_cannot_stop(client, petra, changes):
    UserFactory(role=Role.ADMINISTRATOR, is_active=False)
    UserFactory(role=Role.DATA_PROTECTION_CONTACT)

    page = change(client, petra, **changes)

    [error] = page.context["adminform"].form.non_field_errors()
    assert error.startswith("This is the last person who may set up accounts.")
    assert User.objects.setting_up().get() == petra


@pytest.mark.parametrize(
    "other", [{"role": Role.ADMINISTRATOR}, {"role": Role.VIEWER, "is_superuser": True}]
)
def test_one_of_two_who_set_up_can_stop(client, petra, other):
    other = UserFactory(**other)

    assert change(client, petra, role=Role.HANDLER).status_code == 302
    assert User.objects.setting_up().get() == other


def test_a_superuser_may_have_any_role(client, petra):
    superuser = UserFactory(role=Role.VIEWER, is_superuser=True)
    change(client, petra, is_active="")
    sign_in(client, superuser)

    superuser.sign(UndertakingText.objects.current(), name=superuser.name, now=timezone.now())

    assert change(client, superuser, role=Role.HANDLER).status_code == 302


def test_people_are_invited_and_neither_added_nor_deleted(client, petra):
    """P36"""
    aino = UserFactory()

    assert client.get(reverse("admin:staff_user_add")).status_code == 403
    assert client.get(reverse("admin:staff_user_delete", args=[aino.pk])).status_code == 403


def invite(client, **form):
    eero = {"email": "eero@example.fi", "name": "Eero Mäki", "role": "viewer", "language": "sv"}
    return client.post(reverse("admin:staff_invitation_add"), {**eero, **form}, follow=True)


@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_mailed_and_its_link_shown_once(client, petra, mailoutbox):
    """P36"""
    page = invite(client)

    [mail] = mailoutbox
    path = re.search(r"http://testserver(/account/invitation/\S+/)", mail.body)[1]
    assert mail.to == ["eero@example.fi"]
    assert f"http://testserver{path}" in page.text
    assert page.redirect_chain == []
    assert path not in str(dict(client.session))
    assert path not in client.get(reverse("admin:staff_invitation_changelist")).text
    invitation = Invitation.objects.get()
    assert (invitation.invited_by, invitation.role, invitation.language) == (petra, "viewer", "sv")
    assert client.get(path).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_fails_does_not_take_the_link_with_it(client, petra, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    page = invite(client)

    assert "The e-mail could not be sent." in page.text
    assert "http://testserver/account/invitation/" in page.text


def test_nobody_is_invited_as_a_room_or_twice(client, petra):
    """P36"""
    assert invite(client, name="Asiakaspalvelu").context["adminform"].form.errors.keys() == {"name"}
    assert invite(client, email=petra.email).context["adminform"].form.errors.keys() == {"email"}
    assert not Invitation.objects.exists()


def test_an_open_invitation_can_be_withdrawn_and_a_used_one_stays(client, petra):
    wrong, used = InvitationFactory(), InvitationFactory()
    used.accept(password="aamukahvi tuoksuu pitkälle", now=used.invited_at)

    answers = [
        client.post(reverse("admin:staff_invitation_delete", args=[one.pk]), {"post": "yes"})
        for one in (wrong, used)
    ]

    assert [answer.status_code for answer in answers] == [302, 403]
    assert list(Invitation.objects.all()) == [used]
    assert Invitation.history.first().history_change_reason == "Invitation withdrawn"


def test_an_invitation_is_read_and_never_changed(client, petra):
    page = reverse("admin:staff_invitation_change", args=[InvitationFactory().pk])

    assert "Eero Mäki" in client.get(page).text
    assert client.post(page, {"role": "administrator"}).status_code == 403


def test_a_new_text_starts_from_the_one_in_use_and_becomes_the_next_version(client, petra):
    """P37"""
    form = client.get(reverse("admin:staff_undertakingtext_add")).context["adminform"].form
    texts = {key: form.initial[key] + "\n7." for key in ("fi", "sv", "en")}

    client.post(reverse("admin:staff_undertakingtext_add"), {**texts, "reason": "A seventh point"})

    text = UndertakingText.objects.get()
    assert text.version == 2
    assert text.history.get().history_change_reason == "A seventh point"
    assert not petra.has_signed()


def test_texts_and_signatures_are_only_read(client, petra):
    """P37"""
    undertaking = petra.undertakings.get()
    text = UndertakingTextFactory()
    petra.sign(text, name=petra.name, now=timezone.now())

    for model, row in (("undertakingtext", text), ("undertaking", undertaking)):
        page = reverse(f"admin:staff_{model}_change", args=[row.pk])
        assert client.get(page).status_code == 200
        assert client.post(page, {"en": "x", "reason": "x"}).status_code == 403
        assert client.get(reverse(f"admin:staff_{model}_delete", args=[row.pk])).status_code == 403


def test_the_list_of_signatures_says_who_received_them(client, petra):
    page = client.get(reverse("admin:staff_undertaking_changelist")).text

    assert "Signed alone: a sole trader has nobody to receive it." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_the_database_no_more_for_more_rows(
    client, petra, rows, django_assert_num_queries
):
    for _ in range(rows):
        UserFactory(signed=True)
        InvitationFactory()
    for model, count in {"user": 7, "invitation": 7, "undertaking": 8}.items():
        with django_assert_num_queries(count):
            client.get(reverse(f"admin:staff_{model}_changelist"))


@pytest.mark.parametrize("field", ["name", "email"])
def test_an_invitation_without_a_name_or_an_address_is_refused_at_the_field(client, petra, field):
    """P36: it is one person's."""
    form = {"name": "Uusi Henkilö", "email": "uusi@koe.example", "role": "viewer", "language": "fi"}

    page = client.post(reverse("admin:staff_invitation_add"), form | {field: ""})

    assert page.context["adminform"].form.errors.keys() == {field}
    assert not Invitation.objects.exists()


def test_a_search_for_a_colleague_leaves_no_name_in_the_address(client, petra):
    UserFactory(name="Salla Salainen")
    UserFactory(name="Niilo Näkyvä")
    address = reverse("admin:staff_user_changelist")

    found = client.post(address, {"q": "salla"})

    assert "salla" not in found["Location"].lower()
    page = client.get(address + found["Location"]).text
    assert "Salla Salainen" in page
    assert "Niilo Näkyvä" not in page
