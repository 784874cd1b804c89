"""Runs the benchmarks on a throw-away database and prints one line for each, with its ratio.

    python -m benchmarks [--customers 100000] [--requests]

Searches, lists, the erasure of one, storing, labels and bringing in, the notice page, the commands
that read and check a notice, a person's package, a sweep of retention, the queue of requests, forms
from known and unknown addresses, a field that a notice drops. Each line compares the program with
the plain way of doing the same, over the same rows, in the same run; on PostgreSQL when
DATABASE_URL names one (`python -m tests.postgres python -m benchmarks`), else on SQLite.
"""

import argparse
import io
import os
import statistics
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

#: The fewest customers that searches and lists are compared with, and those of the stock admin.
FEWEST, OF_STOCK = 10_000, 100_000


def seconds(act: Callable[[], Any], rounds: int = 7) -> float:
    """The median time of `act` over `rounds`, after one round that warms up."""
    act()
    times = []
    for _round in range(rounds):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def tell(what: str, ours: float, baseline: float, against: str) -> None:
    print(
        f"{what:44} {baseline / ours:8.1f} times as fast as {against} "
        f"({ours * 1000:.2f} ms, {baseline * 1000:.2f} ms)",
        flush=True,
    )


def found_and_listed(most: int) -> None:
    """Searches, lists and the erasure of one over few customers, over those that the stock admin is
    asked about, and over `most`."""
    from benchmarks import erasing, filling, finding

    before, few, erased = 0, {}, 0.0
    for count in sorted({min(FEWEST, most), min(OF_STOCK, most), most}):
        filling.fill(before, count)
        before = count
        print(f"searches and lists over {count} customers", file=sys.stderr, flush=True)
        times = finding.measured(count)
        if count == min(OF_STOCK, most):
            finding.tell_stock(times, finding.stock(count))
        if few:
            finding.tell_growth(few, times, (min(FEWEST, most), count))
            erasing.tell_one_person(erased, erasing.one_person(), (min(FEWEST, most), count))
        few, erased = few or times, erased or erasing.one_person()
        finding.tell_size(count)


def put_in_force() -> None:
    """The demo's notice, and an act of getting data that all customers come from."""
    from django.conf import settings
    from django.core.management import call_command

    from audit.reasons import because
    from register.models import Collection

    notice = settings.BASE_DIR / "demo" / "notice.toml"
    call_command("load_notice", str(notice), "--adopt", stdout=io.StringIO())
    with because("Benchmark"):
        Collection.objects.create(
            source_kind="registration", source_name="", collected_on="2026-01-02"
        )


def customers(count: int) -> Iterable[Any]:
    """New customers, not stored yet."""
    from benchmarks.people import people
    from register.models import Customer

    for one in people(0, count):
        yield Customer(
            given_name=one.given_name,
            family_name=one.family_name,
            organisation_name=one.organisation_name,
            email=one.email,
            phone=one.phone,
            city="Porvoo",
        )


def store() -> None:
    """The bulk door against saving each, with history, origins and words in both."""
    from audit.reasons import because
    from register.models import Collection, Customer

    collection = Collection.objects.latest("pk")

    def one_by_one() -> None:
        for row in customers(500):
            row.save(collection=collection)

    def together() -> None:
        Customer.objects.store(list(customers(500)), collection=collection)

    with because("Benchmark"):
        tell(
            "storing 500 customers", seconds(together, 3), seconds(one_by_one, 3), "save() of each"
        )


def in_turn(*parts: Callable[[], Any]) -> int:
    """Runs each of `parts`; what stops one is written to stderr and does not stop those after it.
    Gives how many were stopped."""
    failed = 0
    for part in parts:
        try:
            part()
        except Exception:
            traceback.print_exc()
            failed += 1
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--requests", action="store_true", help="the queue and the forms alone")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="seloste-bench-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ.setdefault("ALLOWED_HOSTS", "testserver,127.0.0.1")
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        from benchmarks.enumeration import known_and_unknown
        from benchmarks.queue import queue_of_many

        put_in_force()
        if options.requests:
            print(connection.vendor, flush=True)
            queue_of_many(seconds)
            known_and_unknown()
            connection.close()
            return
        print(f"{connection.vendor}, {options.customers} customers", flush=True)
        from benchmarks.bringing import bringing
        from benchmarks.commands import reading_and_checking
        from benchmarks.lists import labels_of_all
        from benchmarks.narrowing import dropped_field
        from benchmarks.packages import package_of_many
        from benchmarks.pages import notice_page
        from benchmarks.retention import sweep_of_many

        failed = in_turn(
            lambda: found_and_listed(options.customers),
            store,
            labels_of_all,
            lambda: bringing(Path(folder), options.customers),
            notice_page,
            lambda: reading_and_checking(Path(folder)),
            lambda: package_of_many(Path(folder)),
            sweep_of_many,
            # before the many forms of the next one, which are open requests too
            lambda: queue_of_many(seconds),
            known_and_unknown,
            dropped_field,
        )
        connection.close()
        if failed:
            sys.exit(f"{failed} of the benchmarks did not run to their end")


if __name__ == "__main__":
    main()
