"""An erasure and somebody else at the same moment, each with a connection, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from audit.reasons import because
from notices.terms import ProhibitedUse, ProhibitionScope
from register.erasure import Erased, ErasureBlocked, erase
from register.models import (
    Collection,
    Customer,
    CustomerErased,
    CustomerRestricted,
    Disclosure,
    Invoice,
    Order,
    Prohibition,
)
from register.models.lists import PeopleHaveLeft
from register.portability import open_package, pack, take_in
from register.restricting import restrict
from tests.factories import CustomerFactory, CustomerListFactory, InvoiceFactory, NoticeFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
ROUNDS = 8


def at_once(*acts):
    """Runs `acts` together; gives what each returned, or what it raised."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            with because("Test"):
                return act()
        except (CustomerErased, CustomerRestricted, ErasureBlocked) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def source():
    NoticeFactory(in_force=True)
    with because("Test"):
        return Collection.objects.create(source_kind="purchase", collected_on="2026-03-04")


def erasing(customer):
    return lambda: erase(Customer.objects.get(pk=customer.pk), request_number="2026-17", now=NOW)


def test_an_order_that_comes_during_an_erasure_is_erased_or_refused(source):
    outcomes = set()
    for number in range(ROUNDS):
        customer = CustomerFactory(collection=source)

        def order(customer=customer, number=number):
            return Order.objects.create(
                collection=source, customer=customer, number=f"K-{number}", ordered_on=NOW.date()
            )

        _erased, ordered = at_once(erasing(customer), order)
        outcomes.add(type(ordered))
        assert list(Order.objects.exclude(number="")) == []
        assert list(Order.history.exclude(number="")) == []
    assert outcomes <= {Order, CustomerErased}


def test_what_is_stored_during_a_restriction_came_before_it_or_is_refused(source):
    """S03: never after it, unseen."""
    for number in range(ROUNDS):
        customer = CustomerFactory(collection=source)

        def resting(customer=customer):
            return restrict(customer, ground="accuracy", request_number="2026-17", now=NOW)

        def order(customer=customer, number=number):
            return Order.objects.create(
                collection=source, customer=customer, number=f"K-{number}", ordered_on=NOW.date()
            )

        def move(customer=customer):
            own = Customer.objects.get(pk=customer.pk)
            own.city = "Turku"
            own.save(collection=source)

        held, *others = at_once(resting, order, move)
        assert customer.restrictions.in_force().get() == held
        assert {type(one) for one in others} <= {Order, type(None), CustomerRestricted}
        made = isinstance(others[0], Order)
        assert Order.objects.filter(number=f"K-{number}").exists() == made
        moved = others[1] is None
        assert (Customer.objects.get(pk=customer.pk).city == "Turku") == moved


def test_an_invoice_that_comes_in_the_second_of_an_erasure_blocks_it_or_is_refused(source):
    """P30, E04: of two hundred, there is never both."""
    people = [CustomerFactory(collection=source) for _one in range(200)]
    barrier = Barrier(2)

    def each(act):
        """`act` for one after the other, beside somebody else who does as much."""
        try:
            return [_met(barrier, act, customer) for customer in people]
        finally:
            connection.close()

    def bill(customer):
        return Invoice.objects.create(
            collection=source,
            customer=customer,
            number=f"L-{customer.pk}",
            invoiced_on=NOW.date(),
            due_on=NOW.date(),
            amount=1,
        )

    with ThreadPoolExecutor(2) as pool:
        erasures, bills = pool.map(each, [lambda customer: erasing(customer)(), bill])
    assert len(erasures) == len(bills) == 200
    # both orders come about, else nobody has met anybody
    assert set(zip(map(type, erasures), map(type, bills), strict=True)) == {
        (Erased, CustomerErased),
        (ErasureBlocked, Invoice),
    }
    erased = Customer.objects.filter(erased_at__isnull=False)
    assert erased.count() == sum(isinstance(one, Erased) for one in erasures)
    assert Invoice.objects.count() == 200 - erased.count()
    assert not erased.filter(invoices__isnull=False).exists()


def _met(barrier, act, customer):
    """What came of `act` when everybody had come; an error of the register as a value."""
    barrier.wait(60)
    try:
        with because("Test"):
            return act(customer)
    except (CustomerErased, ErasureBlocked) as error:
        return error


def test_a_debt_collection_that_begins_during_an_erasure_blocks_it_or_is_refused(source):
    """P30"""
    for _round in range(ROUNDS):
        invoice = InvoiceFactory(collection=source, paid_on=date(2026, 5, 1))

        def collect(invoice=invoice):
            invoice.collection_started_on = date(2026, 6, 7)
            invoice.save(collection=source)

        outcome = tuple(map(type, at_once(erasing(invoice.customer), collect)))
        assert outcome in {(Erased, CustomerErased), (ErasureBlocked, type(None))}


def test_a_customer_saved_during_an_erasure_does_not_come_back(source):
    for _round in range(ROUNDS):
        customer = CustomerFactory(collection=source)

        def save(customer=customer):
            customer.given_name = "Palaaja"
            customer.save(collection=source)

        at_once(erasing(customer), save)
        assert not Customer.objects.filter(given_name="Palaaja").exists()
        assert not Customer.history.filter(given_name="Palaaja").exists()
        assert not customer.words.exists()
        assert not customer.contact_digests.exists()


def test_two_erasures_at_once_are_one(source):
    for _round in range(ROUNDS):
        customer = CustomerFactory(collection=source)
        done = at_once(erasing(customer), erasing(customer))
        assert sorted(bool(one.counts) for one in done) == [False, True]
        assert customer.history.filter(erased_by="").count() == 1


def test_two_who_forbid_the_same_at_once_forbid_it_once(source):
    def forbid():
        return Prohibition.objects.forbid(
            {"email": "aino@koe.example"},
            ProhibitionScope,
            ProhibitedUse,
            request_number="2026-18",
            today=NOW.date(),
        )

    done = at_once(forbid, forbid)
    assert sorted(map(len, done)) == [0, 12]
    assert Prohibition.objects.count() == 12


def test_of_one_package_taken_in_twice_at_once_one_finds_what_the_other_stored(source, tmp_path):
    for number in range(ROUNDS):
        customer = CustomerFactory(email=f"aino{number}@koe.example", collection=source)
        path = tmp_path / f"{number}.zip"
        with path.open("wb") as file:
            pack(customer, file, now=NOW)
        with because("Test"):
            # somebody else has the reference now, and the package comes from elsewhere
            customer.email, customer.given_name = f"eero{number}@koe.example", "Eero"
            customer.save(collection=source)
        taken = at_once(*[lambda path=path: taken_in(path)] * 2)
        assert sorted(one.is_new for one in taken) == [False, True]
        assert len({one.customer for one in taken}) == 1
    assert Customer.objects.count() == 2 * ROUNDS


def taken_in(path: Path):
    with open_package(path) as package:
        return take_in(package, today=NOW.date(), is_another=True)


def test_nobody_stands_in_a_file_who_is_erased_while_it_is_recorded():
    """P14, E08, P67: either the list comes first and its file goes, or it is not recorded."""
    NoticeFactory(in_force=True, purposes={"publication": "legitimate_interest"})
    for _round in range(ROUNDS):
        customer = CustomerFactory()
        asked = CustomerListFactory(kind="directory", layout="csv")

        def record(asked=asked, customer=customer):
            try:
                asked.record([customer.pk], [], now=NOW)
            except PeopleHaveLeft:
                return False
            return True

        _erased, recorded = at_once(erasing(customer), record)
        asked.refresh_from_db()
        assert bool(asked.made_at) is bool(asked.ended_at) is recorded
        assert Disclosure.objects.about(customer).exists() is recorded
