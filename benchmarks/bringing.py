"""A file of customers brought in: against saving each, against copying the same rows raw, in how
much memory, how long anybody else must wait to write meanwhile, and how soon people who ask for
their rights are answered."""

import csv
import json
import pickle
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from audit.bulk import A_BLOCK, insert_rows
from audit.reasons import because
from benchmarks.asking import asking
from benchmarks.people import people
from notices.models import governing_notice
from register.importing import guess, open_table
from register.importing.applying import apply
from register.importing.staging import begin, stage
from register.models import Collection, ContactDigest, Customer, Import, Turn, Word

HEADINGS = (
    *("Etunimi", "Sukunimi", "Yritys", "Sähköposti", "Puhelin"),
    *("Katuosoite", "Postinumero", "Postitoimipaikka"),
)
#: Those in the file are others than those that fill the register.
FIRST = 5_000_000
SAVED = 1000


def bringing(folder: Path, count: int) -> None:
    """Print the ratios for a file of `count` customers."""
    path = folder / "customers.csv"
    _write(path, count, FIRST)
    with watched(writes=False) as told:
        start = time.perf_counter()
        brought = _bring(path)
        seconds = time.perf_counter() - start
    rate = brought.counts["stored"] / seconds
    print(f"{f'bringing {count} customers in':44} {rate:8.0f} rows a second", flush=True)
    saved, raw = _saving(), _copying(brought)
    print(f"{'  against save() of each':44} {rate / saved:8.1f} times as fast", flush=True)
    print(f"{'  against copying the same rows raw':44} {rate / raw:8.2f} of the rate", flush=True)
    print(f"{'  memory above the idle process':44} {told['memory']:8.0f} MB", flush=True)
    # the same once more while others write and people ask, as on any day
    _write(path, count, FIRST + count)
    with asking() as tell, watched() as told:
        _bring(path)
        tell()
    print(f"{'  longest that another writer waited':44} {told['wait']:8.2f} s", flush=True)


def _write(path: Path, count: int, first: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file, delimiter=";")
        sheet.writerow(HEADINGS)
        for one in people(first, first + count):
            named = (one.given_name, one.family_name, one.organisation_name)
            email = f"{one.number}.{one.email}"
            where = (f"Koekatu {one.number % 200}", f"{one.number % 99999:05}", "Porvoo")
            sheet.writerow([*named, email, f"+3584{one.number % 10**8:08}", *where])


def _bring(path: Path) -> Import:
    notice: Any = governing_notice()
    with open_table(path) as table:
        columns = guess(table, declared=notice.declared)
        brought = begin(
            table,
            columns,
            notice=notice,
            source_kind="registration",
            source_name="",
            now=timezone.now(),
        )
        stage(brought, table, columns, now=timezone.now())
    apply(brought)
    brought.refresh_from_db()
    return brought


@contextmanager
def watched(*, writes: bool = True) -> Iterator[dict[str, float]]:
    """Looks at memory, and asks again and again to write, until the block is over."""
    told = {"memory": 0.0, "wait": 0.0}
    over = threading.Event()
    idle = _resident()

    def look() -> None:
        while not over.wait(0.02):
            told["memory"] = max(told["memory"], _resident() - idle)
            if not writes:
                continue
            start = time.perf_counter()
            # on SQLite every transaction asks for the lock of the writer at its beginning
            with transaction.atomic():
                Turn.objects.filter(pk=0).update(token="")
            told["wait"] = max(told["wait"], time.perf_counter() - start)
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    yield told
    over.set()
    thread.join()


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1024**2


def _saving() -> float:
    """Customers a second by `save()` of each, with history, origins, words and digests."""
    collection = Collection.objects.latest("pk")
    rows = [
        Customer(
            given_name=one.given_name,
            family_name=one.family_name,
            organisation_name=one.organisation_name,
            email=f"saved.{one.number}.{one.email}",
            phone=f"+35850{one.number % 10**7:07}",
            street=f"Koekatu {one.number % 200}",
            postcode=f"{one.number % 99999:05}",
            city="Porvoo",
        )
        for one in people(FIRST, FIRST + SAVED)
    ]
    start = time.perf_counter()
    with because("Benchmark"):
        for row in rows:
            row.save(collection=collection)
    return SAVED / (time.perf_counter() - start)


def _copying(brought: Import) -> float:
    """Customers a second when the rows that the import made are taken out and copied back."""
    made = Customer.objects.filter(collected__email=brought.collection_key).order_by("pk")
    keys = made.values_list("pk", flat=True)
    first, last = keys.first() or 0, keys.last() or 0
    seconds, count = 0.0, made.count()
    for model, column in (
        (Customer, "id"),
        (Customer.history.model, "id"),
        (Word, "customer_id"),
        (ContactDigest, "customer_id"),
    ):
        seconds += _copied(model, column, first, last)
    return count / seconds


def _copied(model: type[models.Model], column: str, first: int, last: int) -> float:
    fields = [field.attname for field in model._meta.concrete_fields]
    names = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    table, where = model._meta.db_table, f'"{column}" BETWEEN {first} AND {last}'
    seconds = 0.0
    with tempfile.TemporaryFile() as file, connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}" WHERE {where}')  # noqa: S608 - our names
        while block := cursor.fetchmany(5 * A_BLOCK):
            pickle.dump([tuple(map(_plain, row)) for row in block], file)
        cursor.execute(f'DELETE FROM "{table}" WHERE {where}')  # noqa: S608 - our names
        file.seek(0)
        while True:
            try:
                block = pickle.load(file)  # noqa: S301 - written above
            except EOFError:
                return seconds
            start = time.perf_counter()
            with transaction.atomic():
                insert_rows(model, fields, block)
            seconds += time.perf_counter() - start


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value
