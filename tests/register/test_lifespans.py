from datetime import date

import pytest

from audit.reasons import because
from register.models import Consent, Customer, Lifespan, Order
from tests.factories import (
    CollectionFactory,
    ConsentFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
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
