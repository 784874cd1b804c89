"""Files that tests bring in, and what becomes of them."""

import io

from register.importing import Normaliser, guess, open_table


def table_of(content, name="list.csv", encoding="utf-8"):
    """A table of a text, or of bytes."""
    raw = content if isinstance(content, bytes) else content.encode(encoding)
    return open_table(io.BytesIO(raw), name)


def cells_of(content, **how):
    return [row.cells for row in table_of(content, **how).rows()]


def records_of(content, *, declared=None, kind=None, today=None, **how):
    table = table_of(content, **how)
    columns = guess(table, declared=declared, kind=kind)
    return list(Normaliser(columns, today=today).records(table.rows()))


_ABOUT = ("line", "problems", "customer", "noes")


def filled(record):
    """What a record holds, without the empty and the line."""
    names = [name for name in record.__slots__ if name not in _ABOUT]
    return {name: value for name in names if (value := getattr(record, name))}


def problems_of(records):
    return [tuple(problem) for record in records for problem in record.problems]
