"""What belongs to a customer, told by the declarations alone.

Erasure, extract and package all start here, so that what is erased and what is given out can
never differ (A10).
"""

from collections.abc import Iterable
from typing import Any

from django.db import models

from audit.prepared import keys_of
from notices.declarations import Kept, personal_models
from register.models import (
    Consent,
    Customer,
    Hold,
    NoticeGiven,
    Objection,
    Remark,
    Restriction,
)

#: What was said between a customer and the controller, kept under every notice (art. 5(2), 7(1)),
#: with the columns that the person is told of.
RECORDS: dict[type[models.Model], tuple[str, ...]] = {
    NoticeGiven: ("notice", "channel", "given_on"),
    Consent: (
        "purpose",
        "wording",
        "notice",
        "channel",
        "given_on",
        "withdrawn_by_channel",
        "withdrawn_on",
    ),
    Hold: ("kind", "reference", "reason", "begun_on", "review_on", "ended_on"),
    Restriction: (
        "ground",
        "categories",
        "imposed_at",
        "imposed_by_request",
        "told_at",
        "lifted_at",
    ),
    Objection: ("purpose", "request_number", "stopped_at", "upheld_at", "told_at"),
    Remark: ("kind", "category", "about", "text", "made_at", "because_of"),
}

Owned = list[tuple[type[models.Model], "models.QuerySet[Any]"]]


class NoOwner(Exception):
    """Rows about a person that lead to no customer, or to several; carries the model."""

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(f"{model._meta.label} needs one column declared as Kept.LINK")
        self.model = model


def paths() -> dict[type[models.Model], str]:
    """Each model of personal data with the look-up that leads to its customer: "order__customer"
    for the lines of an order, "" for the customer itself. Raises `NoOwner`."""
    return {model: "__".join(_links(model)) for model in personal_models()}


def _links(model: Any) -> list[str]:
    if model is Customer:
        return []
    links = [column for column, place in model.declaration.items() if place is Kept.LINK]
    if len(links) != 1:
        raise NoOwner(model)
    return [links[0], *_links(model._meta.get_field(links[0]).related_model)]


def rows_of(*customers: Customer | int) -> Owned:
    """The rows of each model that belong to `customers` (or their keys)."""
    keys = _keys(customers)
    return [(model, _belonging(model, keys)) for model in paths()]


def _belonging(model: Any, keys: list[int]) -> "models.QuerySet[Any]":
    """Link by link and without a join: an UPDATE of a join reads the table twice, which PostgreSQL
    plans badly where it takes the table to be empty still."""
    if model is Customer:
        return model._base_manager.filter(pk__among=keys_of(keys))
    link = _links(model)[0]
    parent = model._meta.get_field(link).related_model
    if parent is Customer:
        return model._base_manager.filter(**{f"{link}__among": keys_of(keys)})  # type: ignore[no-any-return]
    own = _belonging(parent, keys).order_by().values("pk")
    return model._base_manager.filter(**{f"{link}__in": own})  # type: ignore[no-any-return]


def records_of(*customers: Customer | int) -> Owned:
    """What was said to and by `customers`, and decided about them."""
    keys = keys_of(_keys(customers))
    return [(model, model._base_manager.filter(customer__among=keys)) for model in RECORDS]


def history_of(*customers: Customer | int) -> Owned:
    """The history of each model about `customers`: that of the rows that belong there now, and of
    rows that belonged there once and have moved."""
    owned = {model: rows.order_by().values("pk") for model, rows in rows_of(*customers)}
    return [(model, _history(model, path, owned)) for model, path in paths().items()]


def _keys(customers: Iterable[Customer | int]) -> list[int]:
    return [one.pk if isinstance(one, Customer) else one for one in customers]


def _history(model: Any, path: str, owned: dict[Any, Any]) -> "models.QuerySet[Any]":
    history = model.history.order_by()
    found = history.filter(**{f"{model._meta.pk.attname}__in": owned[model]})
    if not path:
        return found  # type: ignore[no-any-return]
    link = model._meta.get_field(path.split("__")[0])
    moved = history.filter(**{f"{link.attname}__in": owned[link.related_model]})
    # IN (a UNION b) and not "IN a OR IN b": the latter reads the whole table
    return history.filter(pk__in=found.values("pk").union(moved.values("pk")))  # type: ignore[no-any-return]
