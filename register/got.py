"""Of whom a recipient has got data of a category: it was given such data, or saw them, when there
was a value of them (art. 19; N01, N04). Conditions on customers, for one as for all."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, Greatest

from notices.declarations import declared_columns
from notices.terms import DataCategory
from register.erasure import filled
from register.given import Access
from register.models import Customer, Disclosed, Recipient
from register.ownership import paths

NOBODY = Q(pk__in=[])


def has_got(
    recipient: Recipient,
    categories: Iterable[str],
    accesses: Iterable[Access],
    *,
    today: date,
) -> Q:
    """The customers of whose data of one of `categories` the recipient has got a value, by the
    ledger or by `accesses`, which are those of anybody."""
    own = [one for one in accesses if one.recipient == recipient and one.begins_on <= today]
    return reduce(or_, (_has_got(recipient, DataCategory(one), own) for one in categories), NOBODY)


def _has_got(recipient: Recipient, category: DataCategory, accesses: list[Access]) -> Q:
    found = Q(Exists(_given(recipient, category)))
    for access in accesses:
        if category in access.categories:
            found |= _had(category, OuterRef("pk"), before=access.over_at)
    return found


def _given(recipient: Recipient, category: DataCategory) -> Any:
    """By the ledger: nobody was given anything before the data were here."""
    versions: Any = Customer.history
    of_customer = versions.filter(id=OuterRef("customer")).order_by().values("id")
    here = of_customer.annotate(at=Min("history_date")).values("at")
    rows = Disclosed.objects.filter(disclosure__recipient=recipient, customer=OuterRef("pk"))
    return rows.annotate(
        told=Cast("disclosure__categories", TextField()),
        at=Greatest("disclosure__disclosed_at", Subquery(here)),
    ).filter(
        _had(category, OuterRef("customer"), until=OuterRef("at")),
        told__contains=f'"{category.value}"',
    )


def _had(
    category: DataCategory,
    customer: OuterRef,
    *,
    until: OuterRef | None = None,
    before: datetime | None = None,
) -> Q:
    """That there was a value, as history says; a row that belongs to another row is never there
    without that one."""
    found = NOBODY
    for model, path in paths().items():
        columns = [name for name, one in declared_columns(model).items() if one == category]
        if not columns or "__" in path:
            continue
        past = model.history.filter(  # type: ignore[attr-defined]
            filled(model, columns), **{f"{path}_id" if path else "id": customer}
        )
        if until is not None:
            past = past.filter(history_date__lte=until)
        if before is not None:
            past = past.filter(history_date__lt=before)
        found |= Q(Exists(past))
    return found
