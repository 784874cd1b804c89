"""What one person's package takes as the orders become many: memory, CPU for each order, and how
long others wait to write while it is taken in.

Each package is made in a process of its own.
"""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.db import models
from django.utils import timezone

from audit.reasons import because
from benchmarks.bringing import watched
from benchmarks.commands import ROOT
from benchmarks.filling import DAY
from register.models import Collection, ContactDigest, Customer, Order, OrderLine, Word
from register.portability import open_package, take_in

FEW, SOME, MANY = 100, 1_000, 10_000
#: What the memory of a package of many orders may be above that of few.
MOST_MEGABYTES, MOST_GROWTH = 10, 1.3
#: What anybody may wait for SQLite, in seconds.
LONGEST_WAIT = 2
LINES = 2


def package_of_many(folder: Path) -> None:
    """Prints memory and CPU of export_customer for a person with few, some and many orders."""
    spent = {}
    for count in (FEW, SOME, MANY):
        path = folder / f"package-{count}.zip"
        spent[count] = measured(
            "export_customer", person_with(count).reference, "--output", str(path)
        )
    idle = measured("help")
    grown = spent[MANY][0] - spent[FEW][0]
    print(
        f"{f'package of {MANY} orders, memory':44} {grown:8.1f} MB above {FEW} orders "
        f"({spent[MANY][0]:.1f} MB, {spent[FEW][0]:.1f} MB)"
        f"{'' if grown < MOST_MEGABYTES else f'  > {MOST_MEGABYTES}'}"
    )
    each = {count: (spent[count][1] - idle[1]) / count for count in (SOME, MANY)}
    ratio = each[MANY] / each[SOME]
    print(
        f"{f'package of {MANY} orders, CPU for each':44} {ratio:8.2f} times that of {SOME} orders "
        f"({spent[MANY][1]:.2f} s, {spent[SOME][1]:.2f} s, {idle[1]:.2f} s for manage.py help)"
        f"{'' if ratio <= MOST_GROWTH else '  slower than it may be'}",
        flush=True,
    )
    _forget(Customer.objects.get(email=f"package{MANY}@koe.example"))
    with watched() as told, open_package(folder / f"package-{MANY}.zip") as package:
        start = time.perf_counter()
        taken = take_in(package, today=timezone.localdate())
        seconds = time.perf_counter() - start
    assert taken.stored["order"] == MANY  # noqa: S101 - else nothing was measured
    print(f"{f'package of {MANY} orders, taken in':44} {seconds:8.1f} s")
    print(
        f"{'  longest that another writer waited':44} {told['wait']:8.2f} s"
        f"{'' if told['wait'] < LONGEST_WAIT else f'  > {LONGEST_WAIT}'}",
        flush=True,
    )


def _forget(customer: Customer) -> None:
    """As if the package came to a register that does not know the person."""
    for model, owner in (
        (OrderLine, "order__customer"),
        (Order, "customer"),
        (Word, "customer"),
        (ContactDigest, "customer"),
        (Customer, "pk"),
    ):
        rows = models.QuerySet(model).filter(**{owner: customer.pk}).order_by()
        models.QuerySet(model).filter(pk__in=list(rows.values_list("pk", flat=True)))._raw_delete(
            rows.db
        )


def person_with(count: int) -> Customer:
    """A customer with `count` orders of some lines each."""
    collection = Collection.objects.latest("pk")
    with because("Benchmark"):
        customer = Customer(family_name="Koepaketti", email=f"package{count}@koe.example")
        customer.save(collection=collection)
        orders = Order.objects.store(
            [
                Order(
                    customer=customer,
                    number=f"P-{count}-{place:06}",
                    ordered_on=DAY + timedelta(days=place % 300),
                )
                for place in range(count)
            ],
            collection=collection,
        )
        OrderLine.objects.store(
            [
                OrderLine(order=order, description=f"Huolto {place}", unit_price="12.50")
                for order in orders
                for place in range(LINES)
            ],
            collection=collection,
        )
    return customer


def measured(*command: str) -> tuple[float, float]:
    """The most memory (MB) and the CPU (s) that a command took, as it tells itself: what is known
    of it from here begins with the memory of this process, which made it."""
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, "-c", TELLING, *command],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=True,
    )
    memory, cpu = done.stderr.split()[-2:]
    return int(memory) / 1024, float(cpu)


#: Runs a command, and tells the most kilobytes that it held and its seconds of CPU.
TELLING = """
import re, resource, sys
from pathlib import Path
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[1:]])
used = resource.getrusage(resource.RUSAGE_SELF)
status = Path("/proc/self/status")
most = re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1] if status.exists() else used.ru_maxrss
print(most, used.ru_utime + used.ru_stime, file=sys.stderr)
"""
