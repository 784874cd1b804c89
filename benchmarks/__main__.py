"""Runs the benchmarks on a throw-away database and prints one line for each, with its ratio.

    python -m benchmarks [--customers 100000]

Search and storing, the notice page, the commands that read and check a notice. Each line compares
the program with the plain way of doing the same, over the same rows, in the same run; on PostgreSQL
when DATABASE_URL names one (`python -m tests.postgres python -m benchmarks`), else on SQLite.
"""

import argparse
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

NAMES = ("Aino", "Eero", "Elina", "Heikki", "Ilona", "Juhani", "Kaisa", "Mikko", "Oona", "Väinö")
STEMS = ("Halla", "Hanki", "Kaisla", "Kuura", "Pihka", "Rusko", "Sysi", "Tyrni", "Rim", "Ljung")
ENDS = (
    "kajo",
    "keidas",
    "portti",
    "taival",
    "tyven",
    "grynna",
    "klobb",
    "skata",
    "ranta",
    "niitty",
)
BLOCK = 20_000


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


def customers(count: int) -> Iterable[Any]:
    from register.models import Customer

    for number in range(count):
        stem, end = STEMS[number % 10], ENDS[number // 10 % 10]
        yield Customer(
            given_name=NAMES[number // 100 % 10],
            family_name=f"{stem}{end}{number // 1000}",
            email=f"asiakas{number}@koe.example",
            phone=f"020 {number:07}",
            city="Porvoo",
        )


def fill(count: int) -> None:
    """A notice in force and `count` customers, through the bulk door."""
    from django.conf import settings
    from django.core.management import call_command

    from audit.reasons import because
    from register.models import Collection, Customer

    notice = settings.BASE_DIR / "demo" / "notice.toml"
    call_command("load_notice", str(notice), "--adopt", stdout=io.StringIO())
    rows = iter(customers(count))
    with because("Benchmark"):
        collection = Collection.objects.create(
            source_kind="registration", source_name="", collected_on="2026-01-02"
        )
        for first in range(0, count, BLOCK):
            block = [next(rows) for _one in range(min(BLOCK, count - first))]
            Customer.objects.store(block, collection=collection)
            print(f"  stored {first + len(block)} customers", file=sys.stderr, flush=True)


def stock_search(text: str) -> Any:
    """What stock `search_fields` with icontains does: each word in any of the fields."""
    from django.db.models import Q

    from register.models import Customer

    fields = ("given_name", "family_name", "organisation_name", "email", "phone")
    found = Customer.objects.all()
    for word in text.split():
        match = Q()
        for field in fields:
            match |= Q(**{f"{field}__icontains": word})
        found = found.filter(match)
    return found.order_by("-pk")[:25]


def search(count: int) -> None:
    from register.models import Customer

    middle = count // 2
    for what, text in {
        "search by e-mail": f"asiakas{middle}@koe.example",
        "search by name": f"{STEMS[3]}{ENDS[4]}{middle // 1000}",
        "search by two names": f"eero {STEMS[3]}{ENDS[4]}{middle // 1000}",
        "search by half a phone number": f"{middle:07}"[1:],
    }.items():
        ours = seconds(lambda text=text: list(Customer.objects.search(text)[:25]))
        stock = seconds(lambda text=text: list(stock_search(text)), rounds=3)
        tell(what, ours, stock, "stock search_fields")


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


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--customers", type=int, default=100_000)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="seloste-bench-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ.setdefault("ALLOWED_HOSTS", "testserver")
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        fill(options.customers)
        print(f"{connection.vendor}, {options.customers} customers")
        search(options.customers)
        store()
        from benchmarks.commands import reading_and_checking
        from benchmarks.pages import notice_page

        notice_page()
        reading_and_checking(Path(folder))
        connection.close()


if __name__ == "__main__":
    main()
