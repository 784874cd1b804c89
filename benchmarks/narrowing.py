"""Emptying a field of all customers before a narrower notice: against saving each, in how much
memory, and how long others wait."""

import time

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.bulk import remember_from
from audit.reasons import because
from benchmarks.bringing import watched
from notices.terms import DataCategory
from register.models import Collection, Customer
from register.narrowing import begin, carry_out

SAMPLE = 200
#: The least that it may be faster than saving each, the most that it may take above the idle
#: process, in MB, and what anybody may wait for SQLite, in seconds.
LEAST_RATIO, MOST_MEGABYTES, LONGEST_WAIT = 20, 60, 2


def dropped_field() -> None:
    """Prints what emptying every e-mail takes, each line with its bar."""
    _remember_all()
    one_by_one = _saving_each(SAMPLE) / SAMPLE
    with because("Benchmark"):
        one = begin([DataCategory.EMAIL], by=None, now=timezone.now())
    with watched() as told:
        start = time.perf_counter()
        carry_out(one)
        each = (time.perf_counter() - start) / one.people
    assert one.done == one.people  # noqa: S101 - else nothing was measured
    ratio = one_by_one / each
    print(
        f"{f'emptying the e-mail of {one.people}':44} {ratio:8.1f} times as fast as save() of each "
        f"({each * 1000:.2f} ms, {one_by_one * 1000:.2f} ms for one)"
        f"{'' if ratio >= LEAST_RATIO else f'  < {LEAST_RATIO}'}"
    )
    print(
        f"{'  memory above the idle process':44} {told['memory']:8.1f} MB"
        f"{'' if told['memory'] < MOST_MEGABYTES else f'  > {MOST_MEGABYTES}'}"
    )
    print(
        f"{'  longest that another writer waited':44} {told['wait']:8.2f} s"
        f"{'' if told['wait'] < LONGEST_WAIT else f'  > {LONGEST_WAIT}'}",
        flush=True,
    )


def _remember_all() -> None:
    """A version in history of every customer that was filled in without one."""
    history = Customer.history.model
    known = history.objects.order_by().values("id")
    columns = [field.name for field in history.tracked_fields]
    with transaction.atomic(), because("Benchmark"):
        remember_from(
            Customer,
            Customer.objects.exclude(pk__in=known).order_by("pk"),
            {column: F(column) for column in columns},
            now=timezone.now(),
        )


def _saving_each(count: int) -> float:
    with because("Benchmark"):
        source = Collection.objects.latest("pk")
        people = list(Customer.objects.unerased().exclude(email="").order_by("pk")[:count])
        start = time.perf_counter()
        for customer in people:
            customer.email = ""
            customer.save(collection=source)
        return time.perf_counter() - start
