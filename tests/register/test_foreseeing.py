"""Before a notice is published: what it changes in the register, in numbers (V07, V08)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.reasons import because
from notices.publishing import adopt
from notices.terms import DataCategory, Purpose
from register.foreseeing import foresee
from register.narrowing import begin
from rights_requests.models import Letter, LetterKind
from rights_requests.retaining import carry_out_narrowing
from tests.factories import (
    BillingDataFactory,
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    CustomerListFactory,
    DisclosureFactory,
    HoldFactory,
    InvoiceFactory,
    NoticeFactory,
    OrganisationFactory,
    RecipientFactory,
)
from tests.rights_requests.at_the_desk import staff

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
TODAY = date(2026, 6, 7)


def a_notice(
    years,
    *,
    months=12,
    recipients=("credit", "accounting"),
    purposes=("orders",),
    declared=DataCategory,
):
    draft = NoticeFactory(
        declared=list(declared),
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
    assert (
        "Luotto Oy may no longer have: first and last name. It has got them of 1 customer. "
        "Ask it to erase them."
    ) in told


def test_a_recipient_is_foreseen_with_as_many_as_its_letter_names(governing):
    """N01, N04, V07: an accounting firm sees billing data of a person and of an organisation."""
    BillingDataFactory(), BillingDataFactory(customer=OrganisationFactory())
    people(3, 2)
    columns = {"has_standing_access": True, "language": "en"}
    RecipientFactory(name="Kirjuri Oy", categories=["name", "billing"], **columns)
    RecipientFactory(name="Osoite Oy", categories=["name", "website"], **columns)
    dropped = [DataCategory.BILLING, DataCategory.WEBSITE]
    draft = a_notice(3, declared=[one for one in DataCategory if one not in dropped])
    page = reverse("admin:notices_notice_publish", args=[draft.pk])
    said = (
        "Kirjuri Oy may no longer have: billing data. It has got them of 2 customers. "
        "A letter asks it to erase them when you empty them."
    )
    told = staff().get(page).text
    assert said in told
    # it has got nobody's web address
    assert "Osoite Oy" not in told
    [found] = foresee(draft, governing, today=TODAY).dropped
    with because("Test"):
        carry_out_narrowing(begin(dropped, by=None, now=NOW))
    [letter] = Letter.objects.filter(kind=LetterKind.TOLD_ERASURE)
    whom = letter.body.partition("## Whom it is about")[2].partition("##")[0]
    assert whom.count("\n- ") == found.people == 2
    assert foresee(draft, governing, today=TODAY).dropped == []
    assert "Kirjuri Oy" not in staff().get(page).text


def test_of_whom_a_fact_keeps_the_data_no_letter_is_foreseen(governing):
    """N01, V07, E03: an invoice needs the phone number and no web address."""
    values = {"phone": "040 7654321", "website": "https://aino.example"}
    aino, bea, carla = (CustomerFactory(given_name=one, **values) for one in ("Aino", "Bea", "Cea"))
    HoldFactory(customer=aino), InvoiceFactory(customer=bea)
    given = {"kind": "credit", "language": "en"}
    dropped = [DataCategory.PHONE, DataCategory.WEBSITE]
    for name, people, categories in (
        ("Kaikki Oy", [aino, bea, carla], ["name", *dropped]),
        ("Numerot Oy", [aino, bea, carla], ["name", "phone"]),
        ("Pidossa Oy", [aino, bea], ["name", "phone"]),
    ):
        firm = RecipientFactory(name=name, categories=categories, **given)
        both = {"recipient": firm, "ground": "billing"}
        DisclosureFactory(customers=people, categories=categories, **both)
    draft = a_notice(3, declared=[one for one in DataCategory if one not in dropped])
    found = foresee(draft, governing, today=TODAY).dropped
    foreseen = {one.recipient.name: (one.people, one.asked) for one in found}
    assert foreseen == {"Kaikki Oy": (3, 2), "Numerot Oy": (3, 1), "Pidossa Oy": (2, 0)}
    page = staff().get(reverse("admin:notices_notice_publish", args=[draft.pk])).text
    for said in (
        "a letter asks it to erase those of 2 customers, and those of the others when",
        "No letter goes now: one asks it to erase them when nothing keeps them here.",
    ):
        assert said in page
    with because("Test"):
        carry_out_narrowing(begin(dropped, by=None, now=NOW))
    named = {
        letter.to_name: letter.body.partition("## What you should do")[0].count("\n- ")
        for letter in Letter.objects.filter(kind=LetterKind.TOLD_ERASURE)
    }
    assert named == {name: asked for name, (_people, asked) in foreseen.items() if asked}


def test_a_list_that_may_go_out_no_more_already_is_not_counted(governing):
    """V07, P05: what an earlier version forbade does not change now."""
    for purpose, categories in (("orders", []), ("statistics", []), ("statistics", ["website"])):
        CustomerListFactory(
            purpose=purpose,
            categories=categories,
            made_at=NOW,
            disclosure=DisclosureFactory(purpose="orders", recipient=None, ground=""),
        )
    fewer = [one for one in DataCategory if one != DataCategory.WEBSITE]
    assert foresee(a_notice(3, declared=fewer), governing, today=TODAY).lists == 0
    assert foresee(a_notice(3, purposes=["maintain"]), governing, today=TODAY).lists == 1


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
