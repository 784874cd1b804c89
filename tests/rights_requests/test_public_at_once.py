"""One form sent fifty times at once, each time with a connection of its own, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from rights_requests import pace
from rights_requests.models import Demand, Letter, Link, RightsRequest
from tests.factories import LinkFactory, NoticeFactory, RightsRequestFactory
from tests.rights_requests.asking import address, answers, check, press

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(pace, "wait", lambda seconds: None)
    NoticeFactory(in_force=True)


def at_once(act, times):
    barrier = Barrier(times)

    def run(_turn):
        try:
            barrier.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_fifty_presses_make_one_request_and_all_see_its_number():
    page = check(Client(), answers("access", "prohibition"))
    found = at_once(lambda: press(Client(), page), 50)
    request = RightsRequest.objects.get()
    assert {response.status_code for response in found} == {302}
    shown = {Client().get(place).text for place in {response["Location"] for response in found}}
    assert [request.number in page for page in shown] == [True]
    assert Demand.objects.count() == 2
    assert Letter.objects.to_people().count() == 2


def test_numbers_have_no_gap_after_presses_at_once():
    for _round in range(2):
        page = check(Client(), answers("access"))
        at_once(lambda page=page: press(Client(), page), 8)
    assert [request.sequence for request in RightsRequest.objects.order_by("pk")] == [1, 2]


def test_a_proof_link_pressed_at_once_works_once():
    """I04: single use."""
    link = LinkFactory(purpose="proof")
    found = at_once(lambda: Client().post(address("proof", link.token)).status_code, 4)
    assert sorted(found) == [302, 404, 404, 404]


def test_new_links_asked_for_at_once_are_one():
    request = RightsRequestFactory(rights=["access"])
    status = LinkFactory(request=request)
    act = {"act": "proof"}
    found = at_once(lambda: Client().post(address("status", status.token), act).status_code, 4)
    assert found == [302] * 4
    assert Link.objects.filter(purpose="proof").count() == 1
    assert Letter.objects.count() == 1
