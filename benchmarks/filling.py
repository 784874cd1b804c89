"""Fills the register for the benchmarks by plain SQL, with what its doors would have stored."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import connection, models, transaction

from audit.bulk import insert_rows
from benchmarks.people import Person, order_number, people
from register.models import Customer, Invoice, Lifespan, Order, Payment, Word
from register.models.customers import new_reference
from register.models.words import number_words, rows_of, words_of_customer

BLOCK = 20_000
DAY = date(2026, 1, 2)
#: Every fifth customer has an invoice; every fiftieth of those is open.
INVOICED, OPEN = 5, 50
FILLED = ("given_name", "family_name", "organisation_name", "email", "phone")
COLLECTED = {"street": 1, "postcode": 1, "city": 1}
OF_ORDER = json.dumps({"customer": 1, "number": 1, "ordered_on": 1})


def fill(first: int, last: int) -> None:
    """Customers `first` to `last` with an order each, some invoices, and the words of all.

    Their keys are their numbers and one, so that what a search must find is known.
    """
    taken: set[str] = set()
    with _without_indexes():
        for start in range(first, last, BLOCK):
            block = list(people(start, min(start + BLOCK, last)))
            with transaction.atomic():
                _store(block, taken)
            print(f"  filled {start + len(block)} customers", file=sys.stderr, flush=True)
    if connection.vendor == "postgresql":
        for model in (Customer, Order, Invoice, Payment):
            table = model._meta.db_table
            with connection.cursor() as cursor:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])
        # what PostgreSQL does by itself within a minute or two of so many new rows
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


@contextmanager
def _without_indexes() -> Iterator[None]:
    """The indexes of words are made at the end, by sorting: their order is not that of keys."""
    with connection.schema_editor() as editor:
        for index in Word._meta.indexes:
            editor.remove_index(Word, index)
    yield
    with connection.schema_editor() as editor:
        for index in Word._meta.indexes:
            editor.add_index(Word, index)


def _store(block: Sequence[Person], taken: set[str]) -> None:
    _insert(Customer, (_customer(one, taken) for one in block))
    _insert(Order, (_order(one.number) for one in block))
    invoiced = [one.number for one in block if one.number % INVOICED == 0]
    invoices = [_invoice(number) for number in invoiced]
    _insert(Invoice, invoices)
    _insert(Payment, (_payment(invoice) for invoice in invoices if invoice["paid_on"]))
    _insert(Word, _words(block))
    _insert(Lifespan, (_lifespan(one.number) for one in block))


def _words(block: Sequence[Person]) -> Iterable[dict[str, Any]]:
    named = (
        (
            one.number + 1,
            one.number + 1,
            words_of_customer(
                one.given_name, one.family_name, one.organisation_name, one.email, one.phone
            ),
        )
        for one in block
    )
    ordered = (
        (one.number + 1, one.number + 1, number_words(order_number(one.number))) for one in block
    )
    invoiced = (
        (one.number + 1, one.number + 1, number_words(_invoice_number(one.number)))
        for one in block
        if one.number % INVOICED == 0
    )
    yield from rows_of("customer", named)
    yield from rows_of("order", ordered)
    yield from rows_of("invoice", invoiced)


def _lifespan(number: int) -> dict[str, Any]:
    ordered_on = DAY - timedelta(days=number % 3000)
    return {
        "customer_id": number + 1,
        "obtained_on": DAY,
        "ordered_on": ordered_on,
        "invoiced_on": ordered_on if number % INVOICED == 0 else None,
        "spoken_on": DAY,
        "active_on": DAY,
    }


def _customer(one: Person, taken: set[str]) -> dict[str, Any]:
    while (reference := new_reference()) in taken:
        pass
    taken.add(reference)
    filled = {name: value for name in FILLED if (value := getattr(one, name))}
    return {
        "id": one.number + 1,
        "reference": reference,
        **filled,
        "street": f"Koekatu {one.number % 200}",
        "postcode": f"{one.number % 99999:05}",
        "city": "Porvoo",
        "language": one.language,
        "collected": json.dumps({**dict.fromkeys(filled, 1), **COLLECTED}),
    }


def _order(number: int) -> dict[str, Any]:
    return {
        "id": number + 1,
        "customer_id": number + 1,
        "number": order_number(number),
        "ordered_on": DAY - timedelta(days=number % 3000),
        "collected": OF_ORDER,
    }


def _invoice_number(number: int) -> str:
    return f"L-{number:07}"


def _invoice(number: int) -> dict[str, Any]:
    invoiced_on = DAY - timedelta(days=number % 3000)
    return {
        "id": number + 1,
        "customer_id": number + 1,
        "number": _invoice_number(number),
        "invoiced_on": invoiced_on,
        "due_on": invoiced_on + timedelta(days=14),
        "amount": "12.50",
        "paid_on": None if number // INVOICED % OPEN == 0 else invoiced_on,
        "collected": "{}",
    }


def _payment(invoice: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": invoice["id"],
        "invoice_id": invoice["id"],
        "paid_on": invoice["paid_on"],
        "amount": invoice["amount"],
        "collected": "{}",
    }


def _insert(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """`rows` by column; a column that they leave out gets the model's own default."""
    columns = {
        field.attname: _default(field)
        for field in model._meta.concrete_fields
        if not (field.primary_key and model in (Word, Lifespan))
    }
    values = ([row.get(column, default) for column, default in columns.items()] for row in rows)
    insert_rows(model, tuple(columns), values)


def _default(field: Any) -> Any:
    value = None if field.primary_key else field.get_default()
    return json.dumps(value) if isinstance(value, dict) else value
