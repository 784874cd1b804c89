import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from staff.middleware import staff_pages
from tests.factories import UserFactory
from tests.sign_in import sign_in


def test_staff_pages_are_kept_nowhere_and_run_scripts_of_our_own_only(client):
    sign_in(client, UserFactory(signed=True))

    for path in ("/admin/", "/admin/undertaking/", reverse("mfa_index"), "/account/none/"):
        response = client.get(path)
        policy = response["Content-Security-Policy"]
        assert response["Cache-Control"] == "private, no-store"
        assert "script-src 'self'" in policy
        assert "connect-src 'self'" in policy
        assert "unsafe" not in policy
        assert "data:" not in policy


def test_staff_pages_speak_the_language_of_the_account(client):
    sign_in(client, UserFactory(signed=True, language="sv"))

    assert '<html lang="sv"' in client.get("/admin/", headers={"accept-language": "fi"}).text


class Untouchable:
    """A user that nobody may look at."""

    def __getattr__(self, name):
        raise AssertionError(f"looked at {name}")


def test_other_pages_pass_untouched():
    request = RequestFactory().post("/fi/")
    request.user = request.session = Untouchable()
    answer = HttpResponse("public")

    assert staff_pages(lambda _request: answer)(request) is answer
    assert "Cache-Control" not in answer
    assert not hasattr(answer, "_csp_update")


@pytest.mark.parametrize("path", ["/", "/fi/", "/sv/", "/en/", "/no-such-page/"])
def test_public_pages_set_no_cookie_and_vary_on_none(client, path):
    """P43, Q03: there is nothing to block, also for whoever is signed in."""
    sign_in(client, UserFactory(signed=True))
    client.cookies["csrftoken"] = "x" * 32

    response = client.get(path)

    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    assert "script-src" not in response["Content-Security-Policy"]
