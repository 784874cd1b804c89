"""The link of an invitation: opened by reading, used by sending, once."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from staff.invitations import send_invitation
from staff.models import Invitation, User
from staff.roles import Role
from tests.factories import PASSWORD, InvitationFactory, UserFactory

PASSWORDS = {"password1": PASSWORD, "password2": PASSWORD}


def link(token):
    return reverse("invitation", args=[token])


def test_opening_an_invitation_shows_the_form_and_changes_nothing(client):
    """P36"""
    InvitationFactory(token="abc")

    page = client.get(link("abc"))

    assert page.status_code == 200
    assert "Eero Mäki" in page.text
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "private, no-store"
    assert Invitation.objects.get().accepted_at is None


def test_accepting_leads_from_the_account_to_the_undertaking(client, settings):
    """P36, P37"""
    settings.SECOND_FACTOR = "optional"
    InvitationFactory(token="abc", email="eero@example.fi", role=Role.VIEWER)

    answer = client.post(link("abc"), PASSWORDS)

    eero = get_user(client)
    assert (eero.email, eero.role) == ("eero@example.fi", Role.VIEWER)
    assert answer.url == "/admin/"
    assert client.get("/admin/").url == "/admin/undertaking/?next=/admin/"
    signed = client.post(
        "/admin/undertaking/", {"name": "Eero Mäki", "agree": "on", "next": "/admin/"}
    )
    assert signed.url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_accepting_asks_for_the_second_factor_before_the_undertaking(client):
    InvitationFactory(token="abc")

    client.post(link("abc"), PASSWORDS)

    assert client.get("/admin/").url.startswith(reverse("mfa_activate_totp"))
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_the_form_passes_the_check_against_forgery():
    InvitationFactory(token="abc")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link("abc"), PASSWORDS).status_code == 403

    strict.get(link("abc"))
    passed = strict.post(
        link("abc"), {**PASSWORDS, "csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    )

    assert passed.status_code == 302


def test_used_expired_and_forged_links_get_one_and_the_same_answer(client, time_machine):
    """P36"""
    time_machine.move_to("2026-03-02 09:00", tick=False)
    InvitationFactory(token="expired")
    time_machine.shift(timedelta(days=8))
    InvitationFactory(token="used")
    Client().post(link("used"), PASSWORDS)
    people = User.objects.count()

    answers = [
        act(link(token), data)
        for token in ("used", "expired", "forged")
        for act, data in ((client.get, None), (client.post, PASSWORDS))
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert User.objects.count() == people


def test_sending_the_form_twice_makes_one_account(client):
    InvitationFactory(token="abc", email="eero@example.fi")

    answers = [Client().post(link("abc"), PASSWORDS).status_code for _ in range(2)]

    assert answers == [302, 404]
    assert User.objects.filter(email="eero@example.fi").count() == 1


@pytest.mark.parametrize(
    ("passwords", "field"),
    [
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "eero.maki@example", "password2": "eero.maki@example"}, "password1"),
        ({"password1": PASSWORD, "password2": "something else"}, "password2"),
        ({}, "password1"),
    ],
)
def test_a_form_with_a_fault_says_so_and_makes_nothing(client, passwords, field):
    InvitationFactory(token="abc", email="eero.maki@example.fi")

    page = client.post(link("abc"), passwords)

    assert field in page.context["form"].errors
    assert not User.objects.filter(email="eero.maki@example.fi").exists()


def test_other_methods_are_refused(client):
    InvitationFactory(token="abc")

    assert client.put(link("abc")).status_code == 405
    assert client.delete(link("abc")).status_code == 405


def test_a_page_speaks_the_language_of_the_person_invited(client):
    InvitationFactory(token="abc", language="sv")

    assert '<html lang="sv">' in client.get(link("abc")).text


def test_the_first_account_says_who_it_is(client):
    """P36"""
    first = Invitation(role=Role.DATA_PROTECTION_CONTACT, is_superuser=True)
    token = first.issue(by=None, now=timezone.now())
    who = {"name": "Yrjö Yrittäjä", "email": "Yrjo@Example.fi", "language": "en"}

    generic = client.post(link(token), {**PASSWORDS, **who, "name": "Toimisto"})
    assert generic.context["form"].errors.keys() == {"name"}
    client.post(link(token), {**PASSWORDS, **who})

    yrjo = User.objects.get()
    assert (yrjo.name, yrjo.email, yrjo.role, yrjo.is_superuser) == (
        "Yrjö Yrittäjä",
        "yrjo@example.fi",
        Role.DATA_PROTECTION_CONTACT,
        True,
    )


def test_a_link_for_the_first_account_makes_no_second_one(client):
    """P36"""
    first = Invitation(role=Role.DATA_PROTECTION_CONTACT, is_superuser=True)
    token = first.issue(by=None, now=timezone.now())
    UserFactory()

    assert client.get(link(token)).status_code == 404
    assert client.post(link(token), PASSWORDS).status_code == 404


def test_an_address_that_got_its_account_otherwise_makes_no_second_one(client):
    """P36"""
    InvitationFactory(token="abc", email="eero@example.fi")
    UserFactory(email="eero@example.fi")

    page = client.post(link("abc"), PASSWORDS)

    assert page.context["form"].non_field_errors() == [
        "There is an account with this e-mail already."
    ]
    assert get_user(client).is_anonymous


def test_the_mail_carries_the_link_and_goes_to_the_person_invited():
    invitation = InvitationFactory(email="eero@example.fi", invited_by__name="Petra Pomo")

    send_invitation(invitation, "https://register.example.fi/account/invitation/abc/")

    [sent] = mail.outbox
    assert sent.to == ["eero@example.fi"]
    assert sent.subject == "Your account in the customer register"
    assert "https://register.example.fi/account/invitation/abc/" in sent.body
    assert "Petra Pomo invites you" in sent.body
