"""A session that ends loses nothing that was typed, and shows it to nobody else."""

import re
import secrets
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from notices.models import Section
from staff.roles import Role
from staff.typed import MOST, TYPED
from tests.factories import PASSWORD, SectionFactory, UserFactory
from tests.sign_in import code_of, give_app, sign_in

LOGIN = reverse("account_login")
HERE = "/account/typed/"
SEALED = re.compile(r'name="typed" value="([^"]+)"')
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def aino():
    return UserFactory(role=Role.DATA_PROTECTION_CONTACT, signed=True)


@pytest.fixture
def client():
    return Client(headers={"accept-language": "en"})


def opened(client, user, path="/admin/"):
    """A page of `user` is open in the browser."""
    sign_in(client, user).get(path)
    return client


def without_session(client):
    del client.cookies["sessionid"]
    return client


def sealed_in(response):
    return SEALED.search(response.text)[1]


def fields_of(response):
    return [pair for pair in FIELD.findall(response.text) if pair[0] != "csrfmiddlewaretoken"]


def signing_in(client, user, typed):
    """The sign-in page of somebody with a second factor, sent with what it carries."""
    secret = user.authenticator_set.get(type="totp").wrap().instance.data["secret"]
    form = {"login": user.email, "password": PASSWORD, "typed": typed, "next": HERE}
    client.post(LOGIN, form)
    return client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})


def test_what_was_typed_comes_back_after_signing_in_and_is_saved_by_one_press(client, aino):
    section = SectionFactory(heading="Before", text="Before")
    page = reverse("admin:notices_notice_place", args=[section.notice_id, section.position])
    give_app(aino)
    without_session(opened(client, aino, page))
    typed = {
        "section": section.pk,
        "key": section.key,
        "heading_fi": "Otsikko",
        "text_fi": "Ensimmäinen rivi\r\n\r\n<b>toinen</b> rivi",
        "reason": "A test",
        "act": "save",
    }

    refused = client.post(page, typed)

    assert (refused.status_code, "toinen" in refused.text) == (403, False)
    assert Section.objects.get().text == "Before"
    assert signing_in(client, aino, sealed_in(refused)).url == HERE
    shown = client.get(HERE)
    assert shown.context["typed"].address == page
    assert shown.context["typed"].fields == [(name, str(one)) for name, one in typed.items()]
    assert Section.objects.get().text == "Before"

    client.post(page, dict(shown.context["typed"].fields))

    assert Section.objects.get().text == "Ensimmäinen rivi\n\n<b>toinen</b> rivi"
    assert client.get(HERE).url == "/admin/"


def test_a_wrong_password_loses_nothing(client, aino):
    give_app(aino)
    refused = without_session(opened(client, aino)).post("/admin/", {"words": "Typed"})
    form = {"login": aino.email, "password": "wrong", "typed": sealed_in(refused)}

    assert sealed_in(client.post(LOGIN, form)) == sealed_in(refused)
    assert TYPED not in client.session


def test_nobody_else_is_shown_it(client, aino):
    eero = UserFactory(role=Role.DATA_PROTECTION_CONTACT, signed=True)
    give_app(eero)
    refused = without_session(opened(client, aino)).post("/admin/", {"words": "Typed"})

    signing_in(client, eero, sealed_in(refused))
    answer = client.get(HERE)

    assert answer.url == "/admin/"
    told = ["What was typed before could not be kept."]
    assert [str(one) for one in get_messages(answer.wsgi_request)] == told
    assert TYPED not in client.session


def test_it_is_offered_for_an_hour(client, aino, time_machine):
    time_machine.move_to("2026-03-02 09:00", tick=False)
    give_app(aino)
    refused = without_session(opened(client, aino)).post("/admin/", {"words": "Typed"})
    signing_in(client, aino, sealed_in(refused))

    time_machine.shift(timedelta(hours=1))
    assert fields_of(client.get(HERE)) == [("words", "Typed")]
    time_machine.shift(timedelta(seconds=1))
    assert client.get(HERE).url == "/admin/"


@pytest.mark.parametrize("forged", ["forged", "", "å"])
def test_what_is_forged_is_not_shown(client, aino, forged):
    give_app(aino)
    signing_in(client, aino, forged)

    assert client.get(HERE).url == "/admin/"


def test_a_file_must_be_chosen_anew_and_the_page_says_so(client, aino):
    without_session(opened(client, aino))
    sent = {"words": "Typed", "file": SimpleUploadedFile("seloste.txt", b"text")}

    assert "Only the file must be chosen anew." in client.post("/admin/", sent).text


def test_what_is_too_long_is_not_carried_and_the_page_says_so(client, aino):
    without_session(opened(client, aino))

    # noise, which nothing can pack
    refused = client.post("/admin/", {"words": secrets.token_urlsafe(MOST)})

    assert SEALED.search(refused.text) is None
    assert "too long to be kept" in refused.text


def test_a_stranger_is_only_led_to_sign_in(client):
    """Nothing is kept for whoever was not signed in here."""
    answer = client.post("/admin/", {"words": "Typed"})
    assert (answer.status_code, answer.url) == (302, f"{LOGIN}?next=/admin/")


def test_an_old_page_of_somebody_signed_in_again_is_asked_about(settings, aino):
    settings.SECOND_FACTOR = "optional"
    client = sign_in(Client(enforce_csrf_checks=True), aino, methods=("password",))
    sent = {"words": "Typed", "csrfmiddlewaretoken": "a" * 64}
    client.get("/admin/")

    answer = client.post("/admin/", sent, headers={"origin": "http://testserver"})

    assert (answer.status_code, fields_of(answer)) == (403, [("words", "Typed")])


@pytest.mark.parametrize("origin", ["http://example.com", "null", None])
def test_a_page_of_another_site_is_refused_and_gets_nothing_to_press(settings, aino, origin):
    settings.SECOND_FACTOR = "optional"
    client = sign_in(Client(enforce_csrf_checks=True), aino, methods=("password",))
    client.get("/admin/")

    answer = client.post(
        "/admin/", {"words": "Typed"}, headers={"origin": origin} if origin else {}
    )

    assert (answer.status_code, fields_of(answer)) == (403, [])
    assert "The form was not accepted" in answer.text
