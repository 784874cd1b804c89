"""What erasing one person with many orders takes: against emptying each row by its own door, and as
the register grows."""

import statistics
import time
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from audit.reasons import because
from benchmarks.packages import person_with
from register.erasure import erase
from register.models import Collection, Customer, Order, OrderLine

ORDERS, ROUNDS = 1_000, 5
#: The least that it may be faster than emptying each, and the most that it may grow by where there
#: are ten times as many customers and more.
LEAST_RATIO, MOST_GROWTH = 20, 2


def one_person(rounds: int = ROUNDS) -> float:
    """The median seconds that the erasure of a person with `ORDERS` orders takes; the register is
    as before then."""
    return statistics.median(_taken(_erase) for _round in range(rounds))


def _taken(act: Callable[[Customer], None]) -> float:
    """The seconds that `act` takes with a new person, in a transaction that is rolled back: who is
    filled in next has the keys that the person had."""
    with transaction.atomic():
        customer = person_with(ORDERS)
        start = time.perf_counter()
        with because("Benchmark"):
            act(customer)
        spent = time.perf_counter() - start
        transaction.set_rollback(True)
    return spent


def _erase(customer: Customer) -> None:
    erase(customer, request_number="2026-1", now=timezone.now())


def tell_one_person(few: float, many: float, counts: tuple[int, int]) -> None:
    """Prints it for a register of few and of many customers, each line with its bar."""
    each = _taken(_each_by_its_door)
    ratio, growth = each / many, many / few
    print(
        f"{f'erasing one with {ORDERS} orders':44} {ratio:8.1f} times as fast as save() of each "
        f"({many * 1000:.1f} ms, {each * 1000:.1f} ms)"
        f"{'' if ratio >= LEAST_RATIO else f'  < {LEAST_RATIO}'}"
    )
    print(
        f"{f'  of {counts[1]} customers':44} {growth:8.2f} times the time of {counts[0]} "
        f"({many * 1000:.1f} ms, {few * 1000:.1f} ms)"
        f"{'' if growth <= MOST_GROWTH else '  slower than it may be'}",
        flush=True,
    )


def _each_by_its_door(customer: Customer) -> None:
    """The same rows emptied one by one, with history, but without the older versions, the words and
    all else that an erasure reaches."""
    source = Collection.objects.latest("pk")
    for line in OrderLine.objects.filter(order__customer=customer):
        line.description, line.unit_price = "-", None
        line.save(collection=source)
    for order in Order.objects.filter(customer=customer):
        order.number = ""
        order.save(collection=source)
    customer.family_name, customer.email = "-", ""
    customer.save(collection=source)
