import pytest
from django.db import OperationalError
from django.test import RequestFactory

from audit.middleware import DatabaseAway


def answer(error):
    return DatabaseAway(lambda request: None).process_exception(RequestFactory().get("/fi/"), error)


def test_a_database_that_is_away_is_told_with_when_to_try_again():
    response = answer(OperationalError("database is locked"))
    assert (response.status_code, response["Retry-After"]) == (503, "20")
    assert "locked" not in response.content.decode()


def test_other_errors_are_left_to_others():
    assert answer(ValueError("x")) is None


@pytest.mark.django_db
def test_an_address_that_is_nowhere_has_a_plain_page(client):
    response = client.get("/fi/nowhere/")
    assert response.status_code == 404
    assert '<main id="content">' in response.text
