import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from notices import views


@pytest.fixture
def visitor():
    """A visitor of a program in production: what fails is answered, not raised."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", ["/fi/", "/admin/", "/account/login/"])
def test_a_database_that_is_away_is_told_with_when_to_try_again(visitor, address, monkeypatch, db):
    def away(*_args, **_kwargs):
        raise OperationalError("database is locked")

    visitor.cookies["sessionid"] = "somebody-signed-in"
    with monkeypatch.context() as patched:
        patched.setattr("django.db.backends.utils.CursorWrapper.execute", away)
        response = visitor.get(address)
    assert (response.status_code, response["Retry-After"]) == (503, "20")
    assert "locked" not in response.text


def test_any_other_failure_has_a_plain_page(visitor, monkeypatch, db):
    monkeypatch.setattr(views, "Notice", None)
    response = visitor.get("/fi/")
    assert response.status_code == 500
    assert '<main id="content">' in response.text


@pytest.mark.django_db
def test_an_address_that_is_nowhere_has_a_plain_page(visitor):
    response = visitor.get("/fi/nowhere/")
    assert response.status_code == 404
    assert '<main id="content">' in response.text


def test_a_form_without_its_token_has_a_plain_page(db):
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {})
    assert response.status_code == 403
    assert "<style" not in response.text
