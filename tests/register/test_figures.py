"""Orders of erased customers stay as figures, from which nothing leads to anybody (P08, P66)."""

from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from audit.reasons import because
from notices.models import governing_notice
from notices.publishing import adopt
from notices.terms import ClauseKind, Right
from register.erasure import erase, erase_together, put_off
from register.lists.counting import tables
from register.models import Order, OrderFigure
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    RestrictionFactory,
)
from tests.faults import WriteFailed, failing_at
from tests.register.test_erasure import everything_stored

NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)


def promising(*rights, purposes=("statistics", "orders"), **more):
    """A notice in force that promises `rights`."""
    notice = NoticeFactory(purposes=dict.fromkeys(purposes, "legitimate_interest"), **more)
    for right in rights:
        ClauseFactory(notice=notice, kind=ClauseKind.RIGHT, term=right)
    adopt(notice, now=NOW, reason="Test")
    return governing_notice()


@pytest.fixture
def notice(db):
    with translation.override("en"):
        yield promising(Right.ANONYMISATION)


def buyers(count):
    """As many customers, each with two orders of one month and one of another."""
    made = []
    for _number in range(count):
        one = CustomerFactory()
        for day in (date(2025, 3, 4), date(2025, 3, 28), date(2026, 1, 2)):
            OrderLineFactory(order=OrderFactory(customer=one, ordered_on=day))
        made.append(one)
    return made


def erased(customer):
    with because("Rights request 2026-17"):
        return erase(customer, request_number="2026-17", now=NOW)


def figures():
    return {(one.year, one.month): (one.orders, one.people) for one in OrderFigure.objects.all()}


def orders_table(notice):
    return tables(notice)[-1]


def test_statistics_before_and_after_an_erasure_agree(notice):
    """P66, P08: number for number, the hidden ones too, whoever goes and however many."""
    people = buyers(7)
    OrderFactory(customer=people[0], ordered_on=date(2024, 5, 6))
    before = orders_table(notice)
    assert "14" in before.as_csv()
    for one in people[:2]:
        erased(one)
        assert orders_table(notice) == before
    with because("Retention"):
        erase_together(
            [one.pk for one in people[2:]], because_of="R-1", now=NOW, passed_over=lambda keys: {}
        )
    assert orders_table(notice) == before
    assert figures()[2025, 3] == (14, 7)
    assert figures()[2024, 5] == (1, 1)
    assert figures()[0, 0] == (22, 7)


def test_nothing_leads_from_a_figure_to_anybody(notice):
    """P66, P67, E07: no key, no moment, no history; and of the orders nothing is left."""
    (aino,) = buyers(1)
    order = aino.orders.first()
    order.number = "T-7788"
    with because("Numbered"):
        order.save(collection=CollectionFactory())
    erased(aino)
    assert {field.name for field in OrderFigure._meta.get_fields()} == {
        *("id", "year", "month", "orders", "people")
    }
    assert not any(field.is_relation for field in OrderFigure._meta.get_fields())
    assert not hasattr(OrderFigure, "history")
    assert not Order.objects.filter(ordered_on__isnull=False).exists()
    stored = everything_stored()
    assert "t-7788" not in stored
    assert "2025-03-04" not in stored


def test_few_people_stay_hidden_whether_they_are_erased_or_not(notice):
    """P08: a cell counts the people of both."""
    people = buyers(6)
    for one in people[:3]:
        erased(one)
    # the month is hidden, since there are none in the others; the year is not
    assert orders_table(notice).rows[0][1][-1] == "12"
    erased(people[3])
    alone = CustomerFactory()
    OrderFactory(customer=alone, ordered_on=date(2024, 7, 7))
    erased(alone)
    year = dict(orders_table(notice).rows)["2024"]
    assert "1" not in year


@pytest.mark.django_db
@pytest.mark.parametrize(
    "how",
    [
        {"rights": []},
        {"rights": [Right.ANONYMISATION], "purposes": ("orders",)},
    ],
    ids=["no promise", "no statistics"],
)
def test_without_the_promise_and_its_purpose_no_figure_stays(how):
    """P66, P05: who was not told that figures stay leaves none."""
    promising(*how.pop("rights"), **how)
    (aino,) = buyers(1)
    erased(aino)
    assert figures() == {}


def test_whose_data_may_not_serve_statistics_leaves_no_figure(notice):
    """P05, C04: what could not be counted before is not counted afterwards."""
    aino, eero = buyers(2)
    RestrictionFactory(customer=aino)
    before = orders_table(notice)
    erased(aino)
    assert figures() == {}
    assert orders_table(notice) == before
    erased(eero)
    assert figures()[0, 0] == (3, 1)


def test_who_waited_for_the_erasure_is_a_figure_from_then_on(notice):
    """E06, P66: meanwhile the data serve no statistics; afterwards they are nobody's."""
    people = buyers(6)
    before = orders_table(notice)
    with because("Decided"):
        put_off(people[0], [], request_number="2026-17", now=NOW)
    assert orders_table(notice) != before
    erased(people[0])
    assert orders_table(notice) == before


def test_whichever_write_fails_no_order_is_counted_twice_or_lost(notice):
    people = buyers(6)
    erased(people[0])
    before, stored = orders_table(notice), everything_stored()
    write = 1
    while True:
        try:
            with failing_at(write):
                erased(people[1])
        except WriteFailed:
            assert everything_stored() == stored
            write += 1
        else:
            break
    assert orders_table(notice) == before
    assert write > 25


def test_figures_take_as_many_statements_however_many_orders_and_people(notice):
    def statements(count):
        people = buyers(count)
        for one in people:
            for month in range(1, count + 1):
                OrderFactory(customer=one, ordered_on=date(2023, month, 1))
        with CaptureQueriesContext(connection) as seen:
            OrderFigure.objects.keep_of([one.pk for one in people], notice)
        return len(seen)

    assert statements(1) == statements(9)


@pytest.mark.django_db(transaction=True)
def test_two_erasures_at_once_are_both_counted():
    """P66: of the same months; nobody waits for ever, and nothing is lost."""
    promising(Right.ANONYMISATION)
    people = buyers(2)
    start, failed = Barrier(2), []

    def press(one):
        try:
            start.wait()
            erased(one)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=press, args=[one]) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert figures()[2025, 3] == (4, 2)
    assert figures()[0, 0] == (6, 2)
