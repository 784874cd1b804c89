from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.reasons import ReasonMissing, because
from staff.models import (
    AccountsAreKept,
    Invitation,
    InvitationClosed,
    Undertaking,
    UndertakingText,
    User,
)
from staff.roles import Role
from staff.undertaking import DEFAULT_TEXTS
from tests.factories import (
    PASSWORD,
    InvitationFactory,
    UndertakingFactory,
    UndertakingTextFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


# --- accounts


@pytest.mark.parametrize(
    "name",
    ["admin", "Info", "TOIMISTO", "Office", "asiakaspalvelu", "Kontoret Ab", "Pääkäyttäjä",
     "aino@example.fi", "Aino 2", "-", ""],
)  # fmt: skip
def test_an_account_carries_the_name_of_a_person(name):
    """P36"""
    with pytest.raises(ValidationError) as refusal:
        UserFactory.build(name=name, password="x").full_clean()

    assert set(refusal.value.message_dict) == {"name"}


@pytest.mark.parametrize("name", ["Aino Virtanen", "Anne-Marie O'Neill", "Åsa Öhman", "Sari"])
def test_names_of_people_are_good_names(name):
    UserFactory.build(name=name, password="x").full_clean()


def test_one_address_has_one_account_however_it_is_written():
    """P36"""
    UserFactory(email="aino@example.fi")

    with pytest.raises(ValidationError):
        UserFactory.build(email="Aino@Example.fi", password="x").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="AINO@example.fi")


def test_the_database_keeps_addresses_in_lower_case():
    aino = UserFactory(email="aino@example.fi")
    aino.email = "AINO@example.fi"

    with pytest.raises(IntegrityError), transaction.atomic(), because("Test"):
        super(User, aino).save()


def test_an_account_is_never_deleted():
    aino = UserFactory()

    with pytest.raises(AccountsAreKept):
        aino.delete()

    assert User.objects.filter(pk=aino.pk).exists()


def test_an_account_changes_only_for_a_reason():
    aino = UserFactory()

    with pytest.raises(ReasonMissing):
        aino.save()


def test_history_knows_no_password():
    aino = UserFactory()
    aino.role = Role.VIEWER
    with because("Moved to other work"):
        aino.save()

    fields = {field.name for field in aino.history.model._meta.get_fields()}
    assert "password" not in fields
    assert [(row.role, row.history_change_reason) for row in aino.history.all()] == [
        (Role.VIEWER, "Moved to other work"),
        (Role.HANDLER, "Made for a test"),
    ]


def test_signing_in_writes_no_history(client):
    aino = UserFactory()

    client.force_login(aino)

    assert aino.history.count() == 1


def test_the_command_line_makes_a_superuser_who_sets_up():
    boss = User.objects.create_superuser("Pomo@example.fi", "Petra Pomo", PASSWORD)

    assert (boss.email, boss.role, boss.is_superuser) == (
        "pomo@example.fi",
        Role.ADMINISTRATOR,
        True,
    )


def test_those_who_set_up_are_superusers_and_administrators_with_open_accounts():
    administrator = UserFactory(role=Role.ADMINISTRATOR)
    superuser = UserFactory(role=Role.VIEWER, is_superuser=True)
    UserFactory(role=Role.DATA_PROTECTION_CONTACT)
    UserFactory(role=Role.ADMINISTRATOR, is_active=False)

    assert set(User.objects.setting_up()) == {administrator, superuser}


# --- invitations


def test_an_invitation_keeps_only_the_digest_of_its_token():
    invitation = InvitationFactory.build(invited_by=None)

    token = invitation.issue(by=UserFactory(), now=NOW)

    assert len(token) >= 43  # 256 bits
    assert token not in str(Invitation.objects.values())
    assert Invitation.objects.by_token(token, NOW) == invitation
    assert "token_digest" not in {f.name for f in Invitation.history.model._meta.get_fields()}


def test_an_invitation_is_open_for_seven_days():
    """P36"""
    InvitationFactory(token="a", invited_at=NOW)
    week = timedelta(days=7)

    assert Invitation.objects.by_token("a", NOW + week - timedelta(seconds=1)) is not None
    assert Invitation.objects.by_token("a", NOW + week) is None


def test_an_invitation_makes_one_account():
    """P36"""
    invitation = InvitationFactory(email="eero@example.fi", role=Role.VIEWER, language="sv")

    eero = invitation.accept(password=PASSWORD, now=timezone.now())

    assert (eero.email, eero.name, eero.role, eero.language, eero.is_superuser) == (
        "eero@example.fi",
        "Eero Mäki",
        Role.VIEWER,
        "sv",
        False,
    )
    assert eero.check_password(PASSWORD)
    with pytest.raises(InvitationClosed):
        invitation.accept(password="another long password", now=timezone.now())
    assert User.objects.filter(email="eero@example.fi").count() == 1


def test_a_new_invitation_replaces_the_older_one():
    boss = UserFactory(role=Role.ADMINISTRATOR)
    older = InvitationFactory.build(email="eero@example.fi", invited_by=None)
    older_token = older.issue(by=boss, now=NOW)
    newer = InvitationFactory.build(email="eero@example.fi", invited_by=None)
    other = InvitationFactory()

    newer.issue(by=boss, now=NOW)

    assert Invitation.objects.by_token(older_token, NOW) is None
    assert set(Invitation.objects.all()) == {newer, other}


def test_who_has_an_account_is_not_invited():
    aino = UserFactory()

    with pytest.raises(ValidationError) as refusal:
        InvitationFactory.build(email=aino.email.upper()).clean()

    assert set(refusal.value.message_dict) == {"email"}


@pytest.mark.parametrize(
    "broken",
    [
        {"accepted_at": NOW},
        {"invited_by": None},
        {"name": ""},
        {"email": ""},
        {"invited_at": NOW, "expires_at": NOW},
    ],
)
def test_the_database_refuses_half_an_invitation(broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        InvitationFactory(**broken)


def test_the_database_refuses_a_second_open_invitation():
    InvitationFactory(email="eero@example.fi")

    with pytest.raises(IntegrityError), transaction.atomic():
        InvitationFactory(email="eero@example.fi")


# --- the undertaking


def test_the_undertaking_of_an_empty_database_is_the_one_in_code():
    """P37"""
    current = UndertakingText.objects.current()

    assert (current.version, current.in_language("sv")) == (1, DEFAULT_TEXTS["sv"])


def test_a_new_text_is_the_next_version():
    assert [UndertakingTextFactory().version for _ in range(2)] == [2, 3]


def test_a_new_text_asks_everyone_again():
    """P37"""
    aino, eero = UserFactory(signed=True), UserFactory()
    assert (aino.has_signed(), eero.has_signed()) == (True, False)

    text = UndertakingTextFactory()
    assert (aino.has_signed(), eero.has_signed()) == (False, False)

    aino.sign(text, name="Aino Virtanen", now=NOW)
    assert (aino.has_signed(), eero.has_signed()) == (True, False)


def test_a_signature_keeps_the_words_signed():
    """P37"""
    text = UndertakingTextFactory()
    aino = UserFactory(language="sv")

    signed = aino.sign(text, name="aino virtanen", now=NOW)

    assert (signed.version, signed.language, signed.text, signed.signed_name, signed.signed_at) == (
        2,
        "sv",
        "Jag håller hemligt vad jag ser här.",
        "aino virtanen",
        NOW,
    )


def test_signing_twice_is_signing_once():
    aino, text = UserFactory(), UndertakingText.objects.current()

    assert aino.sign(text, name=aino.name, now=NOW) == aino.sign(text, name=aino.name, now=NOW)
    assert Undertaking.objects.count() == 1


def test_a_sole_trader_signs_alone_and_that_is_recorded():
    """P37"""
    sole_trader = UserFactory(signed=True)

    undertaking = sole_trader.undertakings.get()

    assert undertaking.received_by is None
    assert undertaking.reception == "Signed alone: a sole trader has nobody to receive it."


def test_whoever_invited_receives_the_signature():
    invitation = InvitationFactory(invited_by__name="Petra Pomo")
    eero = invitation.accept(password=PASSWORD, now=timezone.now())

    undertaking = eero.sign(UndertakingText.objects.current(), name=eero.name, now=NOW)

    assert undertaking.reception == "Petra Pomo"


@pytest.mark.parametrize("broken", [{"signed_name": ""}, {"text": ""}])
def test_the_database_refuses_an_undertaking_without_words(broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        UndertakingFactory(**broken)


def test_the_database_refuses_a_person_as_own_receiver_and_a_second_signature():
    aino = UserFactory(signed=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        UndertakingFactory(user=aino)
    with pytest.raises(IntegrityError), transaction.atomic():
        UndertakingFactory(user=aino, received_by=aino, version=2)


@pytest.mark.parametrize("broken", [{"version": 1}, {"sv": ""}])
def test_the_database_refuses_half_a_text(broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        UndertakingTextFactory(**broken)
