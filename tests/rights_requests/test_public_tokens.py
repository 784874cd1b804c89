"""The form's own token in place of a cookie: ours, fresh, and good for one request."""

from datetime import timedelta

import pytest
import time_machine

from rights_requests.models import Letter, RightsRequest
from rights_requests.tokens import LIFE, content_digest, form_digest, new_token, nonce_of
from tests.factories import NoticeFactory, UserFactory
from tests.rights_requests.asking import address, answers, check, fields, press, send
from tests.sign_in import sign_in

NOW = "2026-03-04T09:00:00+00:00"


@pytest.fixture(autouse=True)
def notice(db):
    return NoticeFactory(in_force=True)


def numbers():
    return [request.number for request in RightsRequest.objects.order_by("pk")]


def number_in(client, response):
    """The number that the confirmation tells."""
    page = client.get(response["Location"]).text
    (number,) = [number for number in numbers() if f"<strong>{number}</strong>" in page]
    return number


def test_a_token_lives_four_hours():
    with time_machine.travel(NOW, tick=False) as clock:
        token = new_token()
        clock.shift(LIFE)
        assert nonce_of(token)
        clock.shift(timedelta(seconds=1))
        assert nonce_of(token) is None


@pytest.mark.parametrize("forged", ["", "abc", "a:b:c", "\x00", "ä" * 1000, "a" * 1_000_000])
def test_a_forged_token_is_none(forged):
    assert nonce_of(forged) is None


def test_a_token_with_a_changed_end_is_forged():
    token = new_token()
    assert nonce_of(token[:-1]) is None
    assert nonce_of(f"{token}a") is None


def test_digests_tell_what_is_alike():
    assert form_digest("a") != form_digest("b")
    assert content_digest([["access"], {"name": "Aino"}]) != content_digest([[], {"name": "Aino"}])
    assert len(content_digest("a")) == len(form_digest("a")) == 64


def test_a_form_sent_twice_is_one_request(client):
    """The same token, the same answers: the same number, and no second letter."""
    page = check(client, answers("access"))
    first, second = press(client, page), press(client, page)
    assert first.status_code == second.status_code == 302
    assert number_in(client, first) == number_in(client, second)
    assert len(numbers()) == 1
    assert Letter.objects.to_people().count() == 1


def test_a_used_form_with_other_answers_asks_before_it_is_a_new_request(client):
    page = check(client, answers("access"))
    press(client, page)
    again = press(client, page, name="Aino Muutkajo")
    assert again.status_code == 200
    assert numbers()[0] in again.text
    assert fields(again)["name"] == ["Aino Muutkajo"]
    assert len(numbers()) == 1
    press(client, again)
    assert [request.name for request in RightsRequest.objects.order_by("pk")] == [
        "Aino Koekajo",
        "Aino Muutkajo",
    ]


def test_other_rights_in_a_used_form_are_other_answers(client):
    page = check(client, answers("access"))
    press(client, page)
    assert press(client, page, right=["access", "erasure"]).status_code == 200


@pytest.mark.parametrize("token", ["", "forged", "forged:1abc:def"])
def test_a_forged_token_costs_one_more_press(client, token):
    """Nothing is stored, nothing typed is lost, and the new page can be sent."""
    again = press(client, check(client, answers("rectification")), token=token)
    assert again.status_code == 200
    assert numbers() == []
    assert fields(again)["item-1-datum"] == ["Koekatu 1"]
    assert press(client, again).status_code == 302
    assert len(numbers()) == 1


def test_an_old_token_costs_one_more_press(client):
    with time_machine.travel(NOW, tick=False) as clock:
        page = check(client, answers("access"))
        clock.shift(LIFE + timedelta(seconds=1))
        again = press(client, page)
        assert numbers() == []
        assert press(client, again).status_code == 302


def test_a_token_of_another_installation_is_forged(client, settings):
    page = check(client, answers("access"))
    settings.SECRET_KEY = "another key, just as long and worth as little to anyone"
    assert press(client, page).status_code == 200
    assert numbers() == []


def test_a_rotated_key_ends_no_form(client, settings):
    page = check(client, answers("access"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, just as long and worth as little to anyone"
    assert press(client, page).status_code == 302


def test_answers_that_were_changed_on_the_way_are_judged_again(client):
    page = press(client, check(client, answers("access")), email="a\r\nBcc: b@koe.example")
    assert 'aria-invalid="true"' in page.text
    assert numbers() == []


def test_the_form_needs_no_csrf_cookie(client):
    strict = type(client)(enforce_csrf_checks=True)
    assert send(strict, answers("access")).status_code == 302


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("name", ["choose", "form"])
def test_no_other_method_is_taken(client, name, method):
    assert getattr(client, method)(address(name, right="access")).status_code == 405


def test_staff_who_try_the_form_are_visitors(client):
    """What is sent there is nobody's act of staff."""
    send(sign_in(client, UserFactory()), answers("access"))
    assert [row.history_user for row in RightsRequest.history.all()] == [None]
