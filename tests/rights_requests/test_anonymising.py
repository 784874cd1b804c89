"""Anonymisation: what tells who somebody is goes, and orders stay as figures (P66)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from notices.publishing import adopt
from notices.terms import ClauseKind
from register.models import Customer, Order, OrderFigure
from rights_requests import decisions, waiting
from rights_requests.letters import mark_sent
from rights_requests.models import Demand, LetterKind
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    ObjectionFactory,
    OrderFactory,
    OrderLineFactory,
    PaymentFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import act_on, ask, staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(hours=1)


def promised(purposes=("statistics", "orders")):
    made = NoticeFactory(
        contact_email="vastuu@koepaja.example",
        purposes=dict.fromkeys(purposes, "legitimate_interest"),
    )
    ClauseFactory(notice=made, kind=ClauseKind.RIGHT, term="anonymisation")
    adopt(made, now=NOW, reason="Test")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def aino():
    promised()
    customer = CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")
    order = OrderFactory(customer=customer, ordered_on=date(2025, 3, 4))
    OrderLineFactory(order=order)
    return customer


def test_identifiers_go_in_history_too_and_orders_stay_as_figures(aino):
    """P66, P67: no query gives the person, and the letter says what stays."""
    asked = ask("anonymisation", customer=aino, proof="in_person", now=NOW)
    decisions.grant(asked.demands.get(), by=UserFactory(), now=LATER)
    gone = Customer.objects.get(pk=aino.pk)
    assert gone.erased_at == LATER
    assert not Customer.history.filter(given_name="Aino").exists()
    assert not Order.history.exclude(ordered_on=None).exists()
    figures = OrderFigure.objects.filter(year=2025, month=3).values_list("orders", "people")
    assert list(figures) == [(1, 1)]
    letter = asked.letters.get(kind=LetterKind.ANSWER_ERASURE)
    assert "Nothing in it tells any more who you are." in letter.body
    assert "Your orders stay as figures of nobody." in letter.body
    for one in asked.letters.filter(sent_at=None):
        mark_sent(one, now=LATER)
    asked.refresh_from_db()
    assert asked.forgotten_at


@pytest.mark.parametrize("objects", [False, True])
def test_an_erasure_says_too_whether_figures_stay(aino, objects):
    """P66, E10: before it is decided and to the person; none stay of who objects to statistics."""
    if objects:
        ObjectionFactory(customer=aino, purpose="statistics")
    asked = ask("erasure", customer=aino, proof="in_person", now=NOW)
    page = staff(Role.DATA_PROTECTION_CONTACT).get(act_on(asked, "erasure", "grant"))
    assert ("stay figures that lead to nobody" in page.text) is not objects
    decisions.grant(asked.demands.get(), by=UserFactory(), now=LATER)
    assert OrderFigure.objects.exists() is not objects
    letter = asked.letters.get(kind=LetterKind.ANSWER_ERASURE)
    assert ("Your orders stay as figures of nobody." in letter.body) is not objects


def test_where_the_notice_keeps_no_figures_none_stay():
    """P66, P08"""
    promised(purposes=("orders",))
    customer = CustomerFactory(email="aino@koe.example")
    OrderFactory(customer=customer, ordered_on=date(2025, 3, 4))
    asked = ask("anonymisation", customer=customer, proof="in_person", now=NOW)
    decisions.grant(asked.demands.get(), by=UserFactory(), now=LATER)
    assert not OrderFigure.objects.exists()
    assert "figures" not in asked.letters.get(kind=LetterKind.ANSWER_ERASURE).body


def test_it_waits_for_an_open_invoice_and_runs_by_itself(aino):
    """P66, E04, E06, P30: as an erasure does."""
    invoice = InvoiceFactory(customer=aino)
    asked = ask("anonymisation", customer=aino, proof="in_person", now=NOW)
    with pytest.raises(decisions.InTheWay):
        decisions.grant(asked.demands.get(), by=UserFactory(), now=NOW)
    decisions.grant(asked.demands.get(), by=UserFactory(), now=NOW, wait=True)
    assert Demand.objects.waiting().get() == asked.demands.get()
    assert waiting.carry_out(now=LATER) == 0
    PaymentFactory(invoice=invoice)
    assert waiting.carry_out(now=LATER) == 1
    assert "figures of nobody" in asked.letters.get(kind=LetterKind.ERASURE_DONE).body


def test_the_page_says_what_stays_and_asks_for_no_data_to_choose(aino):
    """P66"""
    contact = staff(Role.DATA_PROTECTION_CONTACT)
    asked = ask("anonymisation", customer=aino, proof="in_person", now=NOW)
    page = contact.get(act_on(asked, "anonymisation", "grant"))
    assert "Of the orders stay figures that lead to nobody" in page.text
    assert "With them goes 1 order." in page.text
    assert "categories" not in page.context["form"].fields
    contact.post(act_on(asked, "anonymisation", "grant"), {"preview": page.context["preview"]})
    assert Customer.objects.get(pk=aino.pk).erased_at
