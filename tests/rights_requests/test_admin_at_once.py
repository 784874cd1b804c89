"""Two people decide at the same moment: one decision, and the other is told who and what."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from register.erasure import erase
from register.models import NoticeGiven
from rights_requests.forgetting import forget_when_answered
from rights_requests.informing import inform
from rights_requests.letters import mark_sent
from rights_requests.models import Certificate, Demand, Letter
from staff.roles import Role
from tests.factories import CustomerFactory, NoticeFactory
from tests.rights_requests.at_the_desk import act_on, ask, said, staff

pytestmark = pytest.mark.django_db(transaction=True)
REFUSAL = {
    "ground": "excessive",
    "refused_what": "The whole copy",
    "reasons": "The same copy has been asked for every day of this month, and given each time. "
    * 2,
    "until": "As long as that is so.",
}


def at_once(*acts):
    """Runs `acts` together; gives what each told."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("second", ["grant", "refuse"])
def test_of_two_at_once_one_decides_and_the_other_is_told(second):
    """P47"""
    NoticeFactory(in_force=True)
    customer = CustomerFactory(email="aino@koe.example")
    asked = ask("access", customer=customer, proof="in_person")
    names = ["Eero Ensimmäinen", "Toini Toinen"]
    clients = [staff(Role.DATA_PROTECTION_CONTACT, name=name) for name in names]

    def press(client, act):
        response = client.post(act_on(asked, "access", act), REFUSAL, follow=True)
        return said(response)[0]

    told = at_once(lambda: press(clients[0], "grant"), lambda: press(clients[1], second))
    demand = Demand.objects.get(request=asked)
    winner = names.index(demand.decided_by.name)
    word = "granted" if demand.granted_at else "refused"
    assert told[winner] in ("Granted: access", "Refused: access")
    assert told[1 - winner].startswith(f"{names[winner]} {word} this on")
    answers = Letter.objects.filter(kind__in=["answer_access", "refusal"])
    assert answers.count() == 1
    assert Certificate.objects.count() == (1 if demand.refused_at else 0)


def test_of_two_who_write_to_the_same_people_at_once_one_does():
    """T12"""
    NoticeFactory(in_force=True)
    people = [CustomerFactory(email=f"aino{number}@koe.example") for number in range(3)]
    clients = [staff(Role.HANDLER) for _one in range(2)]
    sent = {"customer": [one.reference for one in people]}
    address = reverse("admin:rights_requests_letter_inform")
    told = at_once(
        *(lambda client=one: said(client.post(address, sent, follow=True)) for one in clients)
    )
    assert sorted(told) == [["A letter waits already: 3"], ["Sent by e-mail: 3"]]
    assert Letter.objects.unasked(people).count() == 3


def test_a_letter_that_leaves_and_an_erasure_end_in_order_and_not_in_each_other_s_way():
    """E07, T12: whichever is first, nothing of the person stays in the letter."""
    NoticeFactory(in_force=True)
    aino = CustomerFactory(email="aino@koe.example")
    now = timezone.now()
    inform([aino.pk], now=now)
    letter = Letter.objects.get()

    def forget():
        with because("Test"), transaction.atomic():
            erase(aino, request_number="2026-1", now=now)
            forget_when_answered(aino, now=now)

    at_once(lambda: mark_sent(letter, now=now), forget)
    left = [(one.to_name, one.to_email, one.body) for one in Letter.objects.all()]
    assert left == [("", "", "")] * NoticeGiven.objects.count()
