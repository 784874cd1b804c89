"""Queries whose SQL is written once: of what every search asks, the ORM takes longer to write it
than the database to answer it."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, models
from django.db.models.lookups import BuiltinLookup

#: Stands in the written query for the value of that place; no text that is searched has it.
_A_VALUE = "\0{}\0"


class Prepared:
    """Gives the rows of `build`, as tuples of what the database holds.

    `build` takes texts and `keys_of` some keys, which differ from one call to the next, and by name
    what shapes the query, such as how many rows it gives; it gives a `values_list`. It may put a
    text into another one, and change it in no other way. The SQL is written at the first call of
    each shape; the values are parameters of it like any others.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]]) -> None:
        self.build = build
        self._written: dict[Any, tuple[str, tuple[Any, ...]]] = {}

    def __call__(self, *values: Any, **shape: Any) -> list[tuple[Any, ...]]:
        key = len(values), *sorted(shape.items())
        if key not in self._written:
            marks = map(_A_VALUE.format, range(len(values)))
            self._written[key] = self.build(*marks, **shape).query.sql_with_params()
        sql, params = self._written[key]
        with connection.cursor() as cursor:
            cursor.execute(sql, [_filled_in(one, values) for one in params])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _filled_in(param: Any, values: Iterable[Any]) -> Any:
    if not isinstance(param, str) or "\0" not in param:
        return param
    for place, value in enumerate(values):
        mark = _A_VALUE.format(place)
        if param == mark:
            return value
        if mark in param:
            param = param.replace(mark, value)
    return param


class Among(BuiltinLookup[Any]):
    """`pk__among=keys_of(...)`: one parameter, however many keys, where `pk__in` writes each into
    the query."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        keys, given = self.process_rhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{column} = ANY({keys})", (*params, *given)
        return f"{column} IN (SELECT value FROM json_each({keys}))", (*params, *given)  # noqa: S608


models.BigAutoField.register_lookup(Among)
models.ForeignKey.register_lookup(Among)


def keys_of(keys: Iterable[int]) -> Any:
    """`keys` as the one parameter that `among` takes."""
    return list(keys) if connection.vendor == "postgresql" else json.dumps(list(keys))
