"""Before a notice is published: what it changes in the register, in numbers (V07, V08)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notices.publishing import adopt
from notices.terms import DataCategory, Purpose
from register.foreseeing import foresee
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    CustomerListFactory,
    DisclosureFactory,
    NoticeFactory,
    RecipientFactory,
)
from tests.rights_requests.at_the_desk import staff

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
TODAY = date(2026, 6, 7)


def a_notice(years, *, months=12, recipients=("credit", "accounting"), purposes=("orders",)):
    draft = NoticeFactory(
        declared=list(DataCategory),
        purposes=dict.fromkeys(purposes, "contract"),
        recipients=list(recipients),
        grounds=["billing"],
    )
    for rule in (
        {"term": "relationship_end", "years": years, "inactive_months": 12},
        {"term": "collected", "months": months, "categories": ["ip_address"]},
    ):
        ClauseFactory(notice=draft, kind="retention", **rule)
    return draft


@pytest.fixture
def governing():
    notice = a_notice(3)
    adopt(notice, now=NOW, reason="Test")
    return notice


def people(count, years):
    seen_on = TODAY - timedelta(days=366 * years + 30)
    origin = CollectionFactory(source_kind="partner", collected_on=seen_on)
    return [CustomerFactory(collection=origin) for _one in range(count)]


def test_shorter_periods_lists_purposes_and_recipients_are_counted(governing):
    """V07, V08, C04, N01: from three years to one."""
    people(3, 2), people(1, 6)
    seen_on = TODAY - timedelta(days=200)
    CustomerFactory(ip_address="192.0.2.1", ip_seen_on=seen_on)
    firm = RecipientFactory(name="Luotto Oy", kind="credit", categories=["name"])
    aino = CustomerFactory()
    for _twice in range(2):
        DisclosureFactory(recipient=firm, ground="billing", customers=[aino], categories=["name"])
    made = DisclosureFactory(purpose="orders", recipient=None, ground="", customers=[aino])
    CustomerListFactory(purpose="orders", made_at=NOW, disclosure=made)
    draft = a_notice(1, months=6, recipients=["accounting"], purposes=["statistics"])
    found = foresee(draft, governing, today=TODAY)
    assert (found.moved, found.due_before, found.due_after) == (6, 1, 4)
    assert found.data == [(DataCategory.IP_ADDRESS, 1)]
    assert found.lists == 1
    assert (found.purposes, found.to_tell) == ([Purpose.STATISTICS], 6)
    assert [(one.recipient, one.people) for one in found.dropped] == [(firm, 1)]
    told = staff().get(reverse("admin:notices_notice_publish", args=[draft.pk])).text
    assert "is counted anew for 6 customers" in told
    assert "1 ready list may go out no more." in told
    assert "6 people must be told" in told
    assert "Luotto Oy may have these data no more. It was given those of 1 customer" in told


def test_the_same_promises_change_nothing(governing):
    people(2, 2)
    assert not foresee(a_notice(3), governing, today=TODAY).changes


def test_many_take_as_many_queries_as_one(governing):
    draft = a_notice(1, recipients=["accounting"], purposes=["statistics"])

    def asked(count):
        firm = RecipientFactory(kind="credit")
        for one in people(count, 2):
            DisclosureFactory(recipient=firm, ground="billing", customers=[one])
        with CaptureQueriesContext(connection) as counted:
            foresee(draft, governing, today=TODAY)
        return len(counted)

    assert asked(1) == asked(5)
