"""The door of the staff site (P33, P37): the undertaking is asked of everybody, on every page."""

import pytest
from django.urls import reverse

from staff.roles import Role
from tests.factories import UndertakingTextFactory, UserFactory
from tests.sign_in import sign_in

PAGES = ["/admin/", "/admin/staff/user/", "/admin/no/such/page/"]


@pytest.fixture(params=[False, True], ids=["ordinary", "superuser"])
def unsigned(request, client):
    """A client of somebody who has signed nothing."""
    user = UserFactory(role=Role.ADMINISTRATOR, is_superuser=request.param)
    return sign_in(client, user)


@pytest.mark.parametrize("page", PAGES)
def test_without_a_signature_a_page_leads_to_the_undertaking(unsigned, page):
    """P33, P37"""
    for method in (unsigned.get, unsigned.head):
        assert method(page).url == f"/admin/undertaking/?next={page}"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_without_a_signature_every_other_method_is_refused(unsigned, page, method):
    """P33, P37"""
    refused = getattr(unsigned, method)(page)

    assert refused.status_code == 403
    assert "First sign the confidentiality undertaking" in refused.text


def test_with_a_signature_the_site_opens(client):
    """P37"""
    sign_in(client, UserFactory(role=Role.ADMINISTRATOR, signed=True))

    assert client.get("/admin/staff/user/").status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_the_site_takes_forms_only(client, method):
    sign_in(client, UserFactory(role=Role.ADMINISTRATOR, signed=True))

    assert getattr(client, method)("/admin/staff/user/").status_code == 405


def test_a_visitor_is_led_to_sign_in(client):
    for page in [*PAGES, "/admin/undertaking/"]:
        assert client.get(page).url == f"{reverse('account_login')}?next={page}"
        assert client.post(page).url.startswith(reverse("account_login"))


def test_a_new_text_shuts_the_site_until_signed(client):
    """P37"""
    sign_in(client, UserFactory(signed=True))
    assert client.get("/admin/").status_code == 200

    UndertakingTextFactory(en="I keep still more secret.")

    assert client.get("/admin/").url == "/admin/undertaking/?next=/admin/"
    assert "I keep still more secret." in client.get("/admin/undertaking/").text
    client.post("/admin/undertaking/", {"name": "Aino Virtanen", "agree": "on"})
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"name": "  aino   VIRTANEN ", "agree": "on"}, set()),
        ({"name": "Eero Mäki", "agree": "on"}, {"name"}),
        ({"name": "", "agree": "on"}, {"name"}),
        ({"name": "Aino Virtanen"}, {"agree"}),
        ({}, {"name", "agree"}),
    ],
)
def test_a_signature_is_ones_own_name_and_a_tick(client, sent, errors):
    """P37"""
    user = UserFactory(name="Aino Virtanen")
    sign_in(client, user)

    answer = client.post("/admin/undertaking/", sent)

    assert user.has_signed() == (not errors)
    if errors:
        assert set(answer.context["form"].errors) == errors
    else:
        assert answer.url == "/admin/"


def test_the_undertaking_speaks_the_signers_language(client):
    sign_in(client, UserFactory(language="sv"))

    page = client.get("/admin/undertaking/").text

    assert '<html lang="sv">' in page
    assert "Jag får använda kundregistret" in page


def test_signing_leads_to_no_other_site(client):
    sign_in(client, UserFactory())

    answer = client.post(
        "/admin/undertaking/",
        {"name": "Aino Virtanen", "agree": "on", "next": "//example.com/"},
    )

    assert answer.url == "/admin/"


def test_who_has_signed_is_not_asked_again(client):
    sign_in(client, UserFactory(signed=True))

    assert client.get("/admin/undertaking/").url == "/admin/"
