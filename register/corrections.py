"""What was corrected in the data of a customer, told by their history (art. 16; R06, P58)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.text import capfirst

from audit.history import as_words
from notices.declarations import declared_columns, derived_columns
from notices.terms import DataCategory
from register.models import Collection, Customer
from register.ownership import history_of


@dataclass(frozen=True)
class Correction:
    """One value as it was and as it is now: the versions that say so, and where the old value
    came from (None where it is not known)."""

    category: DataCategory
    field: "models.Field[Any, Any]"
    before: Any
    after: Any
    origin: Collection | None

    @property
    def key(self) -> str:
        """Names the correction for as long as nobody changes the row again."""
        return f"{self.after.instance_type._meta.label_lower}-{self.after.pk}-{self.field.name}"

    @property
    def place(self) -> tuple[str, Any, str]:
        """Which value it is: of which model, in which row, in which column."""
        model = self.after.instance_type
        return model._meta.model_name, getattr(self.after, model._meta.pk.attname), self.field.name

    @property
    def is_of_customer(self) -> bool:
        """Whether it is the row of the customer that was corrected, and not one of its orders."""
        return self.after.instance_type is Customer

    @property
    def label(self) -> str:
        """What the value is called, in the active language."""
        return str(capfirst(str(self.field.verbose_name)))

    @property
    def old(self) -> str:
        return as_words(self.before, self.field)

    @property
    def new(self) -> str:
        """Empty where the value was erased."""
        return as_words(self.after, self.field)

    @property
    def at(self) -> datetime:
        """When the last of the changes was made."""
        moment: datetime = self.after.history_date
        return moment


def corrections_of(customer: Customer, *, since: datetime) -> list[Correction]:
    """What of the data of `customer` was changed from `since` on and is still different, the rows
    in the order of the declarations. A row that is new corrects nothing."""
    found = [
        (before, after)
        for model, versions in history_of(customer)
        for before, after in _changed(model, versions, since)
    ]
    origins = Collection.objects.in_bulk(
        {key for before, _after in found for key in before.collected.values()}
    )
    return [
        correction for before, after in found for correction in _corrections(before, after, origins)
    ]


def newest_of(row: models.Model) -> Any:
    """The version of `row` that history wrote last."""
    history: Any = type(row).history  # type: ignore[attr-defined]
    return history.filter(id=row.pk).order_by("-history_date", "-history_id").first()


def corrections_in(before: Any, after: Any) -> list[Correction]:
    """What differs between two versions of a row."""
    origins = Collection.objects.in_bulk(set(before.collected.values()))
    return list(_corrections(before, after, origins))


def _changed(model: Any, versions: Any, since: datetime) -> Iterator[tuple[Any, Any]]:
    """The last version before `since` and the newest one, of each row that has both."""
    key = model._meta.pk.attname
    lately = versions.filter(history_date__gte=since)
    rows = list(lately.values_list(key, flat=True).distinct())
    before: dict[Any, Any] = {}
    after: dict[Any, Any] = {}
    if not rows:
        return
    for version in versions.filter(**{f"{key}__in": rows}).order_by("history_date", "history_id"):
        (after if version.history_date >= since else before)[getattr(version, key)] = version
    for row, newest in after.items():
        if row in before:
            yield before[row], newest


def _corrections(before: Any, after: Any, origins: dict[Any, Collection]) -> Iterator[Correction]:
    model = after.instance_type
    derived = derived_columns(model)
    for column, category in declared_columns(model).items():
        field = model._meta.get_field(column)
        # a link leads to somebody else's data
        if column in derived or isinstance(field, models.ForeignKey):
            continue
        if getattr(before, field.attname) != getattr(after, field.attname):
            origin = origins.get(before.collected.get(column))
            yield Correction(category, field, before, after, origin)
