"""Drift: rows that no longer keep what was promised, left by somebody who came past the doors.

Each app looks for what it can know, in a module that it imports when it is ready. A look counts in
statements over a whole table, so that a large register is searched in constant memory.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered

#: Where rows were found ("register.customer.website") and how many.
Found = Iterator[tuple[str, int]]
Look = Callable[[datetime], Found]


@dataclass(frozen=True)
class Kind:
    """A kind of drift: its key, what is wrong, what to do, and what demands otherwise. What
    `is_expected` ends by itself: it is told and is no fault."""

    key: str
    sentence: str | Promise
    advice: str | Promise
    law: str
    is_expected: bool = False


@dataclass(frozen=True)
class Drift:
    """That `count` rows at `where` (model or model and column) do not keep a promise."""

    id: str
    where: str
    count: int
    message: str
    advice: str
    law: str
    is_expected: bool = False

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        del told["is_expected"]
        return told


class KindIsTaken(Exception):
    """Two functions look for the same kind of drift; carries its key."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


_looks: dict[str, tuple[Kind, Look]] = {}


def looks_for(
    key: str,
    sentence: str | Promise,
    *,
    advice: str | Promise,
    law: str,
    is_expected: bool = False,
) -> Callable[[Look], Look]:
    """Decorates the function that finds drift of the kind `key`. Raises `KindIsTaken`."""

    def known(look: Look) -> Look:
        if key in _looks:
            raise KindIsTaken(key)
        _looks[key] = (Kind(key, sentence, advice, law, is_expected), look)
        return look

    return known


def drift(now: datetime) -> Iterator[Drift]:
    """All that is found at `now`, in the reader's language, kind by kind."""
    for kind, look in _looks.values():
        for where, count in look(now):
            if count:
                said = str(kind.sentence), str(kind.advice)
                yield Drift(kind.key, where, count, *said, kind.law, kind.is_expected)


class Differs(Func):
    """Whether two values differ, where an empty one is a value too."""

    output_field = models.BooleanField()
    template = "%(expressions)s"
    arg_joiner = " IS DISTINCT FROM "
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, arg_joiner=" IS NOT ", **more)


def remembered_models() -> list[Any]:
    """Every model with a history."""
    return [model for model in apps.get_models() if issubclass(model, Remembered)]


@looks_for(
    "unremembered",
    _("The row is not as its history says."),
    advice=_("Look in the history for what it was, and make the change again on its page."),
    law="Q06",
)
def unremembered(_now: datetime) -> Found:
    for model in remembered_models():
        history: models.QuerySet[Any] = models.QuerySet(model.history.model)
        of_row = history.filter(**{model._meta.pk.attname: OuterRef("pk")})
        newest = of_row.order_by("-history_id").values("history_id")[:1]
        alike = history.filter(history_id=OuterRef("newest"))
        for one in model.history.model.tracked_fields:
            alike = alike.exclude(Differs(F(one.attname), OuterRef(one.attname)))
        rows = models.QuerySet(model).annotate(newest=Subquery(newest)).filter(~Exists(alike))
        yield model._meta.label_lower, rows.order_by().count()


@looks_for(
    "removed",
    _("The row is gone, and its history does not say who removed it."),
    advice=_("Find out who has access to the database. Put the row back from a backup."),
    law="Q06",
)
def removed(_now: datetime) -> Found:
    for model in remembered_models():
        history: models.QuerySet[Any] = models.QuerySet(model.history.model)
        key = model._meta.pk.attname
        told = history.filter(**{key: OuterRef(key)}, history_type="-")
        rows: models.QuerySet[Any] = models.QuerySet(model).filter(pk=OuterRef(key))
        gone = history.filter(~Exists(rows), ~Exists(told))
        yield model._meta.label_lower, gone.order_by().values(key).distinct().count()
