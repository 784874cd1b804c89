from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from audit.reasons import because
from register.erasure import erase
from register.models import Consent, Customer, Lifespan, Order
from register.models.invoices import NotThisCustomers
from register.models.restrictions import CustomerRestricted
from register.restricting import restrict
from tests.factories import (
    AttachmentFactory,
    CollectionFactory,
    ConsentFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAYS = ("obtained_on", "spoken_on", "ordered_on", "invoiced_on", "ended_on", "active_on")


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True, purposes={"ad_targeting": "consent"})


def from_(kind, day):
    return CollectionFactory(source_kind=kind, collected_on=day)


def span(customer):
    found = Lifespan.objects.values(*DAYS).get(customer=customer)
    return {name: day for name, day in found.items() if day}


def saved(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    with because("Test"):
        row.save(collection=from_("partner", date(2020, 1, 1)))


def test_a_period_runs_from_the_last_order_invoice_or_contact():
    """D01r: whatever is the latest; data from others are no contact."""
    aino = CustomerFactory(collection=from_("partner", date(2020, 1, 1)))
    assert span(aino) == {"obtained_on": date(2020, 1, 1), "active_on": date(2020, 1, 1)}
    saved(aino, city="Porvoo")
    with because("Test"):
        aino.phone = "040 123 4567"
        aino.save(collection=from_("customer_notice", date(2021, 2, 2)))
    assert span(aino) == {
        "obtained_on": date(2021, 2, 2),
        "spoken_on": date(2021, 2, 2),
        "active_on": date(2021, 2, 2),
    }
    order = OrderFactory(
        customer=aino, ordered_on=date(2022, 3, 3), collection=from_("partner", date(2022, 3, 4))
    )
    OrderFactory(customer=aino, ordered_on=date(2021, 3, 3), collection=order.customer and None)
    InvoiceFactory(customer=aino, invoiced_on=date(2022, 4, 4), due_on=date(2022, 4, 4))
    OrderLineFactory(order=order, collection=from_("customer_notice", date(2022, 3, 5)))
    found = span(aino)
    assert (found["ordered_on"], found["invoiced_on"]) == (date(2022, 3, 3), date(2022, 4, 4))
    # the factory's own orders and invoices came on 4 March 2026
    assert found["active_on"] == date(2026, 3, 4)


def test_an_order_that_is_corrected_moves_its_day():
    aino = CustomerFactory(collection=from_("partner", date(2020, 1, 1)))
    order = OrderFactory(
        customer=aino, ordered_on=date(2029, 3, 3), collection=from_("partner", date(2020, 1, 1))
    )
    assert span(aino)["active_on"] == date(2029, 3, 3)
    saved(order, ordered_on=date(2019, 3, 3))
    assert span(aino)["active_on"] == date(2019, 3, 3)


def test_the_end_of_a_relationship_holds_until_the_next_order():
    """D01r: said by staff, with the reason that the page asks for."""
    aino = CustomerFactory(collection=from_("partner", date(2020, 1, 1)))
    saved(aino, relationship_ended_on=date(2022, 3, 3))
    assert span(aino)["ended_on"] == date(2022, 3, 3)
    others = {"collection": from_("partner", date(2020, 1, 1)), "customer": aino}
    OrderFactory(ordered_on=date(2022, 3, 3), **others)
    assert span(aino)["ended_on"] == date(2022, 3, 3)
    OrderFactory(ordered_on=date(2022, 3, 4), **others)
    assert "ended_on" not in span(aino)
    saved(aino, relationship_ended_on=date(2023, 1, 1))
    assert span(aino)["ended_on"] == date(2023, 1, 1)


def move(order, to, door):
    order.customer = to
    with because("Entered for the wrong customer"):
        if door == "single":
            order.save(collection=from_("partner", date(2020, 1, 1)))
        else:
            Order.objects.amend([order], collection=from_("partner", date(2020, 1, 1)))


@pytest.mark.parametrize("door", ["single", "bulk"])
def test_an_order_that_goes_to_somebody_else_keeps_nobody_here(door):
    """P31, D01r: entered by mistake, it would keep the first one's data for ever."""
    old = from_("partner", date(2020, 1, 1))
    aino = CustomerFactory(collection=old, relationship_ended_on=date(2021, 5, 5))
    eero = CustomerFactory(collection=old)
    first = OrderFactory(customer=aino, ordered_on=date(2020, 2, 2), collection=old)
    before = span(aino)
    order = OrderFactory(customer=aino, ordered_on=date(2026, 1, 2), collection=old)
    assert "ended_on" not in span(aino)
    move(order, eero, door)
    assert span(aino) == before
    assert before["ended_on"] == date(2021, 5, 5)
    assert span(eero)["ordered_on"] == date(2026, 1, 2)
    move(first, eero, door)
    assert "ordered_on" not in span(aino)
    assert span(aino)["active_on"] == date(2020, 1, 1)


@pytest.mark.parametrize("door", ["single", "bulk"])
def test_the_papers_of_an_order_go_along_with_it(door):
    """A03, E07: an erasure of whom it was taken from leaves them."""
    aino, eero = CustomerFactory(), CustomerFactory()
    order = OrderFactory(customer=aino)
    paper = AttachmentFactory(customer=aino, order=order, title="Tarjous T-777")
    other = AttachmentFactory(customer=aino)
    move(order, eero, door)
    assert list(eero.attachments.all()) == [paper]
    assert list(aino.attachments.all()) == [other]
    told = paper.history.latest().history_change_reason
    assert told == "Entered for the wrong customer"
    with because("Request 2026-1"):
        erase(aino, request_number="2026-1", now=datetime(2026, 6, 8, tzinfo=UTC))
    paper.refresh_from_db()
    assert paper.title == "Tarjous T-777"


@pytest.mark.parametrize("door", ["single", "bulk"])
def test_an_order_whose_paper_belongs_to_an_invoice_stays(door):
    """R05: the invoice stays where it was sent."""
    aino, eero = CustomerFactory(), CustomerFactory()
    order, invoice = OrderFactory(customer=aino), InvoiceFactory(customer=aino)
    AttachmentFactory(customer=aino, order=order, invoice=invoice)
    order.customer = eero
    with pytest.raises(ValidationError) as refused:
        order.full_clean()
    assert list(refused.value.message_dict) == ["customer"]
    with pytest.raises(NotThisCustomers):
        move(order, eero, door)
    order.refresh_from_db()
    assert order.customer == aino


@pytest.mark.parametrize("door", ["single", "bulk"])
def test_nothing_is_taken_from_somebody_whose_data_rest(door):
    """S02"""
    aino, eero = CustomerFactory(), CustomerFactory()
    order = OrderFactory(customer=aino)
    with because("Request 2026-1"):
        restrict(
            aino,
            ground="accuracy",
            categories=(),
            request_number="2026-1",
            by=UserFactory(),
            now=datetime(2026, 6, 8, tzinfo=UTC),
        )
    with pytest.raises(CustomerRestricted):
        move(order, eero, door)


def test_a_consent_is_a_contact():
    aino = CustomerFactory(collection=from_("partner", date(2020, 1, 1)))
    ConsentFactory(customer=aino, given_on=date(2026, 5, 5))
    assert span(aino)["active_on"] == date(2026, 5, 5)
    with because("Test"):
        Consent.objects.withdraw(aino, "ad_targeting", channel="phone", on=date(2026, 6, 6))
    assert span(aino)["active_on"] == date(2026, 5, 5)


def test_many_rows_take_as_many_statements_as_one(django_assert_num_queries):
    people = [CustomerFactory() for _one in range(5)]
    first, then = (from_("partner", date(2027, 1, day)) for day in (1, 2))
    with django_assert_num_queries(3):
        Lifespan.objects.follow([people[0].pk], first)
    with django_assert_num_queries(3):
        Lifespan.objects.follow([one.pk for one in people], then)
    assert {span(one)["obtained_on"] for one in people} == {date(2027, 1, 2)}


def test_rows_that_come_together_are_followed_too():
    collection = CollectionFactory(collected_on=date(2020, 1, 1))
    with because("Test"):
        people = Customer.objects.store(
            [Customer(given_name=name) for name in ("Aino", "Eero")], collection=collection
        )
        Order.objects.store(
            [Order(customer=one, ordered_on=date(2021, 1, 1)) for one in people],
            collection=collection,
        )
    assert {span(one)["active_on"] for one in people} == {date(2021, 1, 1)}
