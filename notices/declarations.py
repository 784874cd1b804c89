"""The declaration: which category of data each column of each model is, or that it is none.

One table per model drives everything: what is refused, shown, exported, erased and checked
(P17, P20, A10).
"""

from collections.abc import Callable
from enum import Enum
from functools import reduce
from operator import or_

from django.apps import apps
from django.db import models
from django.db.models import Q

from notices.terms import DataCategory


class Kept(Enum):
    """Why a column is kept although no notice declares it."""

    #: the law makes the register keep it: bare facts of an invoice, the language of letters
    BY_LAW = "by law"
    #: whose the row is; comes from somewhere, as a value does
    LINK = "link"
    #: says nothing of a person: keys and marks of the program
    NOT_PERSONAL = "not personal"


Declaration = dict[str, DataCategory | Kept]

#: Data that a notice may declare and that this program keeps nowhere: they live in the
#: controller's web site.
KEPT_ELSEWHERE = frozenset({DataCategory.COOKIES, DataCategory.DEMOGRAPHICS})


def personal_models() -> list[type[models.Model]]:
    """Every model that keeps personal data, found by its declaration."""
    return [model for model in apps.get_models() if hasattr(model, "declaration")]


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns of `model` that its declaration must place."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name != "collected"
    ]


def declared_columns(model: type[models.Model]) -> dict[str, DataCategory]:
    """Columns of `model` that a clause of the notice must declare, with their category."""
    declaration: Declaration = model.declaration  # type: ignore[attr-defined]
    return {
        column: category
        for column, category in declaration.items()
        if isinstance(category, DataCategory)
    }


def derived_columns(model: type[models.Model]) -> dict[str, str]:
    """Columns of `model` that the program makes of another one, with that one: they are filled and
    emptied with it, and come from where it came from."""
    derived: dict[str, str] = getattr(model, "derived", {})
    return derived


def provided_columns(model: type[models.Model]) -> list[str]:
    """Columns of `model` whose value comes from somewhere: all but the program's own marks."""
    declaration: Declaration = model.declaration  # type: ignore[attr-defined]
    # the name of a private file is the program's own, though what is in the file is personal
    file = getattr(model, "private_file", "")
    return [
        column
        for column, place in declaration.items()
        if place is not Kept.NOT_PERSONAL and column != file
    ]


def linked(model: type[models.Model]) -> list[type[models.Model]]:
    """The models whose rows those of `model` belong to."""
    declaration: Declaration = model.declaration  # type: ignore[attr-defined]
    links = [column for column, place in declaration.items() if place is Kept.LINK]
    return [model._meta.get_field(column).related_model for column in links]  # type: ignore[misc]


def is_filled(model: type[models.Model], column: str) -> Q:
    """The rows of `model` that hold a value in `column`."""
    field = model._meta.get_field(column)
    empty = Q(**{f"{column}__isnull": True})
    if isinstance(field, models.CharField | models.TextField):
        empty |= Q(**{column: ""})
    return ~empty


#: The rows of a model whose data of a category must stay for now.
Keeps = Callable[[type[models.Model], DataCategory], Q]
_keeps: list[Keeps] = []


def keeps_for_now(keeps: Keeps) -> Keeps:
    """Decorates the function that says which rows a fact keeps, as an open invoice does, although
    no notice lists their data any more (E04)."""
    _keeps.append(keeps)
    return keeps


def kept_for_now(model: type[models.Model], category: DataCategory) -> Q:
    """The rows of `model` whose data of `category` a fact keeps."""
    return reduce(or_, (keeps(model, category) for keeps in _keeps), Q(pk__in=[]))


def stored_outside(declared: frozenset[DataCategory]) -> dict[str, int]:
    """How many rows hold a value that `declared` does not cover and that no fact keeps, by
    "model.column" (V07)."""
    counts = {}
    for model in personal_models():
        for column, category in declared_columns(model).items():
            if category not in declared and column not in derived_columns(model):
                held = model._base_manager.filter(is_filled(model, column))
                count = held.exclude(kept_for_now(model, category)).count()
                if count:
                    counts[f"{model._meta.model_name}.{column}"] = count
    return counts
