"""Many rows in one statement: raw rows in, rows of one table into another, keys set aside.

It goes past every guard of the models, so only an act that has checked each value before comes by
here, and writes the history of what it inserts itself.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Func, Value

from audit.models import Remembered
from audit.prepared import keys_of
from audit.reasons import current_reason

#: Rows of one statement or of one short transaction.
A_BLOCK = 2000


def _named(model: type[models.Model], columns: Iterable[str]) -> tuple[list[Any], str, str]:
    """The fields, and the names of the table and of its columns as SQL writes them."""
    fields: list[Any] = [model._meta.get_field(column) for column in columns]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return fields, connection.ops.quote_name(model._meta.db_table), names


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert `rows`, whose values stand in the order of `columns` (field names) and are as the
    database takes them; other columns must have a default of the database's own or be null."""
    _fields, table, names = _named(model, columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            # past Django's own cursor, which writes the statement anew for each row
            places = ", ".join("?" * len(columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - our names
            cursor.cursor.connection.executemany(statement, rows)


def insert_for_each(
    model: type[models.Model], column: str, keys: Iterable[int], values: Mapping[str, Any]
) -> None:
    """Insert a row for each of `keys`, which stands in `column`; `values`, by field name and as the
    database takes them, are the same in all."""
    _fields, table, names = _named(model, (column, *values))
    given = "unnest(%s::bigint[])" if connection.vendor == "postgresql" else "json_each(%s)"
    key = "given" if connection.vendor == "postgresql" else "value"
    same = ", %s" * len(values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {key}{same} FROM {given} AS given",  # noqa: S608
            [*values.values(), keys_of(keys)],
        )


def insert_from(
    model: type[models.Model], source: "models.QuerySet[Any]", values: Mapping[str, Any]
) -> int:
    """Insert a row of `model` for each row of `source`: `values` by field name, each an expression
    over `source` or a plain value. Gives how many."""
    fields, table, names = _named(model, values)
    selected = {
        f"_{place}": value
        if hasattr(value, "resolve_expression")
        else Value(value, output_field=field)
        for place, (field, value) in enumerate(zip(fields, values.values(), strict=True))
    }
    rows = source.annotate(**selected).values_list(*selected)
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {sql}", params)
        return int(cursor.rowcount)


def fill(
    model: type[models.Model], columns: Sequence[str], values: Iterable[tuple[int, int]]
) -> None:
    """Set `columns`, which hold keys, of rows in which the first of them is null: the row's key and
    the value for each column."""
    fields, table, _names = _named(model, columns)
    names = [connection.ops.quote_name(field.column) for field in fields]
    pairs = list(values)
    # of our own names alone
    empty = f'{table}."id" = %s AND {table}.{names[0]} IS NULL'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(f"{name} = given.value" for name in names)
            keys, values = zip(*pairs, strict=True) if pairs else ((), ())
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM unnest(%s::bigint[], %s::bigint[])"  # noqa: S608
                f" AS given(key, value) WHERE {empty % 'given.key'}",
                [list(keys), list(values)],
            )
        else:
            sets = ", ".join(f"{name} = %s" for name in names)
            cursor.executemany(
                f"UPDATE {table} SET {sets} WHERE {empty}",  # noqa: S608
                [(*[value] * len(names), key) for key, value in pairs],
            )


def remember_from(
    model: type[Remembered],
    source: "models.QuerySet[Any]",
    values: Mapping[str, Any],
    *,
    now: datetime,
    by: Any = None,
    change: str = "+",
) -> int:
    """The rows of history for what `insert_from` inserts with the same `values`, the key among
    them, or with "~" for rows that have just changed; the reason is that of the `because` block."""
    history: Any = model.history.model
    kept = {field.name for field in history.tracked_fields}
    return insert_from(
        history,
        source,
        {
            **{column: value for column, value in values.items() if column in kept},
            "salt": RandomSalt(),
            "erased_by": "",
            "history_date": now,
            "history_change_reason": current_reason(),
            "history_type": change,
            "history_user": by and by.pk,
        },
    )


def reserve_keys(model: type[models.Model], count: int) -> list[int]:
    """As many new primary keys of `model`, in order, which nobody else is given."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, model._meta.pk.column, count],
            )
            return [key for (key,) in cursor.fetchall()]
        # AUTOINCREMENT never gives a key again, and keeps the last one here
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        if found := cursor.fetchone():
            last = int(found[0])
            change = "UPDATE sqlite_sequence SET seq = %s WHERE name = %s"
        else:
            last = 0
            change = "INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s)"
        cursor.execute(change, [last + count, table])
    return list(range(last + 1, last + count + 1))


def learn(*tables: type[models.Model]) -> None:
    """Let PostgreSQL look at tables that have just been filled: until it does, it plans as if they
    were empty. SQLite plans by its indexes."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(one._meta.db_table) for one in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")


class Pauses:
    """Called between blocks of a long act: on SQLite, now and then it waits for as long as a
    writer that found the database busy sleeps before it asks again, so that nobody starves."""

    EVERY, LONG = 1.2, 0.11

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self) -> None:
        if connection.vendor == "sqlite" and time.monotonic() - self._last > self.EVERY:
            time.sleep(self.LONG)
            self._last = time.monotonic()


class RandomSalt(Func):
    """Sixteen bytes that the database draws, for rows of history that it inserts itself."""

    output_field = models.BinaryField()
    arity = 0

    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        return "randomblob(16)", []

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        return "uuid_send(gen_random_uuid())", []
