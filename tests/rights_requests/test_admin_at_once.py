"""Two people decide at the same moment: one decision, and the other is told who and what."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from rights_requests.models import Certificate, Demand, Letter
from staff.roles import Role
from tests.factories import CustomerFactory, NoticeFactory
from tests.rights_requests.at_the_desk import act_on, ask, said, staff

pytestmark = pytest.mark.django_db(transaction=True)
REFUSAL = {
    "ground": "rights_of_others",
    "refused_what": "The whole copy",
    "reasons": "It would tell about somebody else.",
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
