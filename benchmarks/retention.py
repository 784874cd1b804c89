"""Erasing very many whose retention period is over: against saving each, in how much memory, and
how long others wait; and how long it takes to see that nobody is due.

The sweep that is measured for its memory runs in a process of its own.
"""

import time
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.bulk import insert_rows, remember_from
from audit.reasons import because
from benchmarks.bringing import watched
from benchmarks.filling import _insert
from benchmarks.packages import measured
from notices.models import governing_notice
from register.models import Collection, Customer, Lifespan, Order, OrderLine, Word
from register.models.customers import new_reference
from register.models.words import rows_of, words_of_customer
from register.retention import begin, count_due, rules_of, whole
from rights_requests.retaining import carry_out_run

FEW, MANY, SAMPLE = 1_000, 10_000, 200
#: The least that a sweep may be faster than saving each, the most it may take above a few, in MB,
#: what anybody may wait for SQLite, in seconds, and the look when nobody is due, in milliseconds.
LEAST_RATIO, MOST_MEGABYTES, LONGEST_WAIT, LONGEST_LOOK = 20, 10, 2, 5
LONG_AGO = date(1990, 1, 2)


def sweep_of_many() -> None:
    """Prints what a sweep of `MANY` takes, each line with its bar."""
    notice: Any = governing_notice()
    today = timezone.localdate()
    rules = whole(rules_of(notice))
    look = _median(lambda: count_due(rules, today), 9)
    print(
        f"{'who is due, when nobody is':44} {look * 1000:8.2f} ms of "
        f"{Customer.objects.count()} customers"
        f"{'' if look * 1000 < LONGEST_LOOK else f'  > {LONGEST_LOOK}'}"
    )
    idle = _swept_elsewhere(FEW)
    many = _swept_elsewhere(MANY)
    print(
        f"{f'erasing {MANY} who are due, memory':44} {many - idle:8.1f} MB above {FEW} "
        f"({many:.1f} MB, {idle:.1f} MB)"
        f"{'' if many - idle < MOST_MEGABYTES else f'  > {MOST_MEGABYTES}'}"
    )
    one_by_one = _saving_each(SAMPLE) / SAMPLE
    _make_due(MANY)
    with watched() as told:
        start = time.perf_counter()
        run = begin(notice, today=today, now=timezone.now(), yes=True)
        carry_out_run(run)
        each = (time.perf_counter() - start) / MANY
    run.refresh_from_db()
    assert run.erased == MANY  # noqa: S101 - else nothing was measured
    ratio = one_by_one / each
    print(
        f"{f'erasing {MANY} who are due':44} {ratio:8.1f} times as fast as save() of each "
        f"({each * 1000:.2f} ms, {one_by_one * 1000:.2f} ms for one)"
        f"{'' if ratio >= LEAST_RATIO else f'  < {LEAST_RATIO}'}"
    )
    print(
        f"{'  longest that another writer waited':44} {told['wait']:8.2f} s"
        f"{'' if told['wait'] < LONGEST_WAIT else f'  > {LONGEST_WAIT}'}",
        flush=True,
    )


def _median(act: Any, rounds: int) -> float:
    act()
    times = []
    for _round in range(rounds):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return sorted(times)[rounds // 2]


def _swept_elsewhere(count: int) -> float:
    """The memory of a process that erases `count` who are due."""
    _make_due(count)
    return measured("apply_retention", "--yes", "--json")[0]


def _saving_each(count: int) -> float:
    """How long it takes to empty as many by their own doors, with history, without looking for
    older versions: less than an erasure does."""
    keys = _make_due(count)
    with because("Benchmark"):
        source = Collection.objects.create(source_kind="registration", collected_on=LONG_AGO)
    people = list(Customer.objects.filter(pk__in=keys))
    start = time.perf_counter()
    for customer in people:
        with transaction.atomic(), because("Benchmark"):
            for line in OrderLine.objects.filter(order__customer=customer):
                line.description, line.unit_price = "-", None
                line.save(collection=source)
            for order in Order.objects.filter(customer=customer):
                order.number, order.ordered_on = "", LONG_AGO
                order.save(collection=source)
            customer.given_name = customer.family_name = customer.email = ""
            customer.organisation_name = "-"
            customer.save(collection=source)
    spent = time.perf_counter() - start
    # they are none of those who are due in what is measured next
    Lifespan.objects.filter(customer__in=keys).delete()
    return spent


def _make_due(count: int) -> list[int]:
    """As many customers, last heard of long ago, with an order of a line each and the history of
    all; gives their keys."""
    newest = [model.objects.order_by("-pk").first() for model in (Customer, Order, OrderLine)]
    first, of_order, of_line = (1 + (row.pk if row else 0) for row in newest)
    people = [
        {
            "id": first + number,
            "reference": new_reference(),
            "given_name": "Vanha",
            "family_name": f"Koekajo{first + number}",
            "email": f"vanha{first + number}@koe.example",
            "collected": '{"given_name": 1, "family_name": 1, "email": 1}',
        }
        for number in range(count)
    ]
    orders = [
        {
            "id": of_order + number,
            "customer_id": first + number,
            "number": f"V-{of_order + number}",
            "ordered_on": LONG_AGO,
            "collected": '{"customer": 1, "number": 1, "ordered_on": 1}',
        }
        for number in range(count)
    ]
    lines = [
        {
            "id": of_line + number,
            "order_id": of_order + number,
            "description": "Vuosihuolto",
            "quantity": "1.00",
            "unit_price": "12.50",
            "collected": '{"order": 1, "description": 1, "quantity": 1, "unit_price": 1}',
        }
        for number in range(count)
    ]
    words = [
        (row["id"], row["id"], words_of_customer("Vanha", row["family_name"], "", row["email"], ""))
        for row in people
    ]
    keys = [row["id"] for row in people]
    with transaction.atomic(), because("Benchmark"):
        for model, rows in ((Customer, people), (Order, orders), (OrderLine, lines)):
            _insert(model, rows)
            own = model._base_manager.filter(pk__in=[row["id"] for row in rows])
            columns = [field.name for field in model.history.model.tracked_fields]
            remember_from(
                model,
                own.order_by("pk"),
                {column: F(column) for column in columns},
                now=timezone.now(),
            )
        _insert(Word, list(rows_of("customer", words)))
        insert_rows(
            Lifespan,
            ("customer_id", "obtained_on", "ordered_on", "active_on"),
            [(key, *[LONG_AGO + timedelta(days=key % 300)] * 3) for key in keys],
        )
    return keys
