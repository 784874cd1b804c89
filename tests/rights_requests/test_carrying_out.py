"""Whichever way an erasure comes: others are told, then the person, then the data go."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.reasons import because
from notices.publishing import adopt
from notices.terms import ClauseKind, Right
from register.retention import begin
from rights_requests import decisions
from rights_requests.models import Letter, LetterKind
from rights_requests.retaining import carry_out_run
from rights_requests.waiting import carry_out
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    DisclosureFactory,
    InvoiceFactory,
    NoticeFactory,
    RecipientFactory,
)
from tests.rights_requests.test_decisions import LATER, decider, only, pay, proven

pytestmark = pytest.mark.django_db
NEXT_DAY = LATER + timedelta(days=1)
GIVEN_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
PHONE = {"categories": ["phone"]}
LETTER = 'INSERT INTO "rights_requests_letter"'
EMPTIES = re.compile('UPDATE "register_customer" SET .*"collected" = ')


@pytest.fixture(autouse=True)
def notice():
    notice = NoticeFactory(
        contact_email="vastuu@koepaja.example",
        purposes={"orders": "contract"},
        recipients=["accounting"],
        grounds=["billing"],
    )
    ClauseFactory(notice=notice, kind=ClauseKind.RETENTION, term="relationship_end", years=10)
    adopt(notice, now=GIVEN_AT, reason="Test")
    return notice


@pytest.fixture
def aino():
    """A customer whose data a recipient has."""
    aino = CustomerFactory(
        email="aino@koe.example",
        phone="040 765 4321",
        website="https://koekajo.example",
        relationship_ended_on=date(2015, 1, 1),
    )
    told = RecipientFactory(categories=["name", "phone", "website"])
    DisclosureFactory(
        customers=[aino], recipient=told, categories=told.categories, ground="billing", at=GIVEN_AT
    )
    return aino


def deciding(aino, **how):
    """The act that decides a request of `aino`."""
    demand = only(proven(Right.ERASURE, customer=aino, email=aino.email))
    person = decider()
    return lambda: decisions.grant(demand, by=person, now=LATER, **how)


def at_once(aino, notice):
    return deciding(aino)


def some_data(aino, notice):
    return deciding(aino, **PHONE)


def decided_and_put_off(aino, notice):
    """What no fact needs goes in the moment of the decision."""
    InvoiceFactory(customer=aino)
    return deciding(aino, wait=True)


def after_waiting(aino, notice, **how):
    invoice = InvoiceFactory(customer=aino)
    deciding(aino, wait=True, **how)()
    pay(invoice)
    return lambda: carry_out(now=NEXT_DAY)


def some_data_after_waiting(aino, notice):
    return after_waiting(aino, notice, **PHONE)


def by_retention(aino, notice):
    """The period is over on the day on which what kept the data ends."""
    role = ContactRoleFactory(person=aino)
    deciding(aino, needed_for_role="She signs for the firm until the delivery is over.")()
    role.ended_on = date(2026, 9, 2)
    with because("Given up"):
        role.save(collection=CollectionFactory())
    run = begin(notice, today=date(2026, 12, 5), now=NEXT_DAY, yes=True)
    return lambda: carry_out_run(run, clock=lambda: NEXT_DAY)


TO_THE_PERSON = {
    at_once: LetterKind.ANSWER_ERASURE,
    some_data: LetterKind.ANSWER_ERASURE,
    decided_and_put_off: LetterKind.ANSWER_ERASURE_WAITS,
    after_waiting: LetterKind.ERASURE_DONE,
    some_data_after_waiting: LetterKind.ERASURE_DONE,
    by_retention: LetterKind.ERASURE_DONE,
}


@pytest.mark.parametrize("way", TO_THE_PERSON)
def test_others_are_told_then_the_person_and_then_the_data_go(way, aino, notice):
    """E06, E10, E12, art. 19: one letter to each, before the first value is emptied."""
    act = way(aino, notice)
    before = set(Letter.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as seen:
        act()
    written = Letter.objects.exclude(pk__in=before).order_by("pk")
    assert [one.kind for one in written] == [LetterKind.TOLD_ERASURE, TO_THE_PERSON[way]]
    statements = [query["sql"] for query in seen]
    letters = [n for n, sql in enumerate(statements) if sql.startswith(LETTER)]
    emptied = [n for n, sql in enumerate(statements) if EMPTIES.match(sql)]
    assert (len(letters), len(emptied)) == (2, 1)
    assert max(letters) < min(emptied)
