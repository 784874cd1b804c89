"""Where the data of customers came from, when it was not the customers (art. 14(2)(f))."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models

from notices.declarations import Kept
from notices.terms import DataCategory
from register.models import Collection, Customer
from register.ownership import paths

#: What came from where: categories of data, and models for what the law makes us keep.
FromOthers = dict[Collection, list[DataCategory | type[models.Model]]]


def from_others(customers: Iterable[Any]) -> dict[int, FromOthers]:
    """By key of the customer, each source that is not the person, the oldest first, with what came
    from there and still stands, in as many queries however many `customers` (keys) there are."""
    keys = list(customers)
    came: dict[int, dict[int, dict[Any, None]]] = defaultdict(lambda: defaultdict(dict))
    for model, path in paths().items():
        told = _told_of(model)
        rows = model._base_manager.filter(**{f"{path or 'pk'}__in": keys}).order_by("pk")
        for customer, collected in rows.values_list(path or "pk", "collected"):
            for column, what in told.items():
                if column in collected:
                    came[customer][collected[column]][what] = None
    sources = Collection.objects.in_bulk({key for by_source in came.values() for key in by_source})
    return {
        customer: {
            source: list(by_source[key])
            for key in sorted(by_source)
            if not (source := sources[key]).is_from_the_person
        }
        for customer, by_source in came.items()
    }


def _told_of(model: Any) -> dict[str, DataCategory | type[models.Model]]:
    """What each column of `model` is told as; the language of letters is what no source tells."""
    return {
        column: place if isinstance(place, DataCategory) else model
        for column, place in model.declaration.items()
        if isinstance(place, DataCategory) or (place is Kept.BY_LAW and model is not Customer)
    }
