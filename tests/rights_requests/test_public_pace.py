"""A network that sends much waits a little, and is never refused (art. 12(2))."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection

from rights_requests import pace
from rights_requests.models import RightsRequest
from tests.factories import NoticeFactory
from tests.rights_requests.asking import address, answers, check, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """How long each form had to wait; nobody does."""
    NoticeFactory(in_force=True)
    found = []

    def note(seconds):
        assert not connection.in_atomic_block
        found.append(round(seconds, 3))

    monkeypatch.setattr(pace, "wait", note)
    cache.clear()
    yield found
    cache.clear()


def test_the_eleventh_form_waits_and_each_after_it_a_little_longer(client, waits):
    for _turn in range(30):
        assert check(client, answers("access")).status_code == 200
    assert waits[:3] == [0.2, 0.4, 0.6]
    assert waits[-11:] == [2.0] * 11
    assert len(waits) == 20


def test_after_ten_minutes_nobody_waits(client, waits):
    with time_machine.travel("2026-03-04T09:00:00+00:00", tick=False) as clock:
        for _turn in range(11):
            check(client, answers("access"))
        clock.shift(timedelta(minutes=10))
        check(client, answers("access"))
    assert len(waits) == 1


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.7", True),
    ],
)
def test_a_network_is_counted_together(client, rf, one, other, together):
    networks = {pace.network_of(rf.post("/", REMOTE_ADDR=address)) for address in (one, other)}
    assert (len(networks) == 1) == together


def test_behind_a_proxy_the_visitor_s_network_counts(rf, settings):
    request = rf.post("/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": "192.0.2.1"})
    assert pace.network_of(request) == "10.0.0.0/24"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert pace.network_of(request) == "192.0.2.0/24"


def test_a_visitor_without_an_address_is_served(client):
    filled = answers("access") | {"step": "check"}
    assert client.post(address("form"), filled, REMOTE_ADDR="").status_code == 200


def test_no_address_is_kept(client):
    """K03, art. 5(1)(c): a keyed digest of the network and the time, nothing else."""
    check(client, answers("access"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        kept = str(cursor.fetchall())
    assert "forms." in kept
    assert "127.0.0" not in kept


class Broken(LocMemCache):
    def get(self, *args, **kwargs):
        raise ConnectionError

    set = get


def test_a_broken_cache_stops_no_form(client, monkeypatch, waits):
    monkeypatch.setattr(caches._connections, "default", Broken("", {}), raising=False)
    assert send(client, answers("access")).status_code == 302
    assert RightsRequest.objects.count() == 1
    assert waits == []


def test_reading_is_never_counted(client, waits):
    for _turn in range(20):
        client.get(address("form", right="access"))
    assert waits == []
