"""The demo's customers: nobody real, the same every time, and enough of everything to show."""

from datetime import date, timedelta
from ipaddress import ip_address, ip_network
from itertools import pairwise

import pytest

from demo.invented import (
    ContactPerson,
    Invoice,
    Order,
    Organisation,
    Person,
    contact_persons,
    invented,
    organisations,
    people,
)
from notices.terms import Language, SourceKind

TODAY = date(2026, 11, 21)
DOCUMENTATION = [
    ip_network(network) for network in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
]


def everyone() -> list[Person | Organisation | ContactPerson]:
    return [*people(TODAY), *organisations(TODAY), *contact_persons(TODAY)]


def customers(today: date = TODAY, seed: int = 2026) -> list[Person | Organisation]:
    return [*people(today, seed), *organisations(today, seed)]


def orders(today: date = TODAY, seed: int = 2026) -> list[Order]:
    return [order for customer in customers(today, seed) for order in customer.orders]


def invoices(today: date = TODAY, seed: int = 2026) -> list[Invoice]:
    return [order.invoice for order in orders(today, seed) if order.invoice]


def test_the_same_day_and_seed_give_the_same_customers() -> None:
    first = invented(TODAY, 7)
    invented.cache_clear()
    assert invented(TODAY, 7) == first


def cast(today: date) -> list[object]:
    """Everybody and what they bought, with days as they lie before `today` and without numbers."""

    def ago(day: date | None) -> int | None:
        return day and (today - day).days

    def bought(order: Order) -> object:
        invoice = order.invoice
        days = (
            (invoice.invoiced_on, invoice.due_on, invoice.paid_on, invoice.collection_started_on)
            if invoice
            else ()
        )
        return (ago(order.ordered_on), order.lines, [ago(day) for day in days])

    found = invented(today)
    customers = [*found.people, *found.organisations]
    return [
        *((one.drawn, one.email, ago(one.source.collected_on)) for one in customers),
        *([bought(order) for order in one.orders] for one in customers),
        *((one.drawn, one.email, ago(one.started_on)) for one in found.contact_persons),
    ]


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 12, 31), date(2027, 1, 1)])
def test_each_day_has_the_same_customers_but_for_dates(today: date) -> None:
    """So no story of the demo meets another one on some days only."""
    assert cast(today) == cast(TODAY)


def test_no_two_have_the_same_reference() -> None:
    drawn = [one.drawn for one in everyone()]
    assert len(set(drawn)) == len(drawn)
    assert all(drawn)


def test_another_seed_gives_other_customers() -> None:
    assert people(TODAY, 7) != people(TODAY, 8)


def test_there_are_about_three_hundred_of_three_sorts() -> None:
    assert len(people(TODAY)) == 190
    assert len(organisations(TODAY)) == 60
    assert len(contact_persons(TODAY)) == 50


def test_most_speak_finnish_some_swedish_few_english() -> None:
    spoken = [person.language for person in people(TODAY)]
    assert spoken.count("fi") > spoken.count("sv") > spoken.count("en") > 0
    assert set(spoken) <= set(Language.values)


def test_nobody_shares_a_name_an_email_a_phone_or_an_ip_number() -> None:
    names = [(person.given_name, person.family_name) for person in people(TODAY)]
    names += [(person.given_name, person.family_name) for person in contact_persons(TODAY)]
    for values in (
        names,
        [firm.name for firm in organisations(TODAY)],
        [customer.email for customer in everyone()],
        [customer.phone for customer in everyone()],
        [person.ip_address for person in people(TODAY) if person.ip_address],
    ):
        assert len(set(values)) == len(values)


def test_no_email_phone_or_ip_number_can_reach_anyone() -> None:
    for customer in everyone():
        assert customer.email.isascii()
        assert customer.email.endswith(".example")
        assert customer.phone.startswith("020 000 ")
    for person in people(TODAY):
        if person.ip_address:
            assert any(ip_address(person.ip_address) in network for network in DOCUMENTATION)


def test_an_ip_number_has_its_day_and_comes_from_a_registration_only() -> None:
    seen = [person for person in people(TODAY) if person.ip_address or person.ip_seen_on]
    assert seen
    for person in seen:
        assert person.ip_address
        assert person.ip_seen_on
        assert person.source.kind == "registration"
        assert person.source.collected_on <= person.ip_seen_on <= TODAY


def test_every_source_is_one_that_the_notice_declares() -> None:
    kinds = {customer.source.kind for customer in everyone()}
    assert kinds == {"registration", "purchase", "customer_notice"}
    assert kinds <= set(SourceKind.values)


def test_contact_persons_act_for_an_organisation_that_is_there() -> None:
    firms = {firm.name: firm for firm in organisations(TODAY)}
    for person in contact_persons(TODAY):
        firm = firms[person.organisation]
        assert person.role
        assert firm.source.collected_on <= person.started_on <= TODAY
        assert person.ended_on is None or person.started_on <= person.ended_on <= TODAY
        assert person.email.split("@")[1] == firm.email.split("@")[1]


def test_some_roles_have_ended_and_most_go_on() -> None:
    ended = sum(person.ended_on is not None for person in contact_persons(TODAY))
    assert 0 < ended < 25


def test_orders_have_lines_and_days_within_five_years() -> None:
    for customer in customers():
        assert len(customer.orders) <= 6
        for order in customer.orders:
            assert 1 <= len(order.lines) <= 4
            assert customer.source.collected_on <= order.ordered_on <= TODAY
            assert order.ordered_on > TODAY - timedelta(days=5 * 366)


def test_who_came_by_a_purchase_has_an_order_from_that_day() -> None:
    for person in people(TODAY):
        if person.source.kind == "purchase":
            assert person.orders[0].ordered_on == person.source.collected_on


def test_order_and_invoice_numbers_are_gapless_within_each_year_and_follow_the_days() -> None:
    numbered_orders = sorted((order.number, order.ordered_on) for order in orders())
    numbered_invoices = sorted((invoice.number, invoice.invoiced_on) for invoice in invoices())
    for numbered in (numbered_orders, numbered_invoices):
        by_year: dict[str, list[int]] = {}
        for number, day in numbered:
            _, year, count = number.split("-")
            assert year == str(day.year)
            by_year.setdefault(year, []).append(int(count))
        for counts in by_year.values():
            assert counts == list(range(1, len(counts) + 1))
        assert all(earlier[1] <= later[1] for earlier, later in pairwise(numbered))


def test_an_invoice_follows_its_order_and_has_its_amount() -> None:
    for order in orders():
        invoice = order.invoice
        if invoice is None:
            continue
        assert order.ordered_on <= invoice.invoiced_on <= TODAY
        assert invoice.invoiced_on < invoice.due_on
        assert invoice.amount == sum(line.amount for line in order.lines)
        assert invoice.amount.as_tuple().exponent == -2
        assert invoice.paid_on is None or invoice.invoiced_on <= invoice.paid_on <= TODAY


def test_most_orders_are_invoiced_and_most_invoices_paid() -> None:
    assert len(invoices()) > 0.6 * len(orders())
    assert sum(invoice.is_open for invoice in invoices()) < 0.1 * len(invoices())


@pytest.mark.parametrize("seed", range(20))
def test_some_invoices_are_open_some_overdue_and_one_is_in_collection(seed: int) -> None:
    found = invoices(seed=seed)
    in_collection = [invoice for invoice in found if invoice.collection_started_on]
    assert any(invoice.is_open and not invoice.is_overdue(TODAY) for invoice in found)
    assert sum(invoice.is_overdue(TODAY) for invoice in found) > 1
    assert len(in_collection) == 1
    assert in_collection[0].is_overdue(TODAY)
    started_on = in_collection[0].collection_started_on
    assert started_on
    assert in_collection[0].due_on < started_on <= TODAY


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2027, 1, 1), date(2031, 6, 30)])
def test_the_demo_is_made_on_any_day(today: date) -> None:
    assert max(order.ordered_on for order in orders(today)) <= today
    assert sum(invoice.collection_started_on is not None for invoice in invoices(today)) == 1
