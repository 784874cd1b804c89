"""How long ago each customer was last heard of: what retention periods are counted from (D01r)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, NullIf
from django.utils.translation import gettext_lazy as _

from audit.models import Derived
from register.models.informing import A_BLOCK, customers_of

#: What counts as a sign of life.
SIGNS = ("ordered_on", "invoiced_on", "spoken_on")


def _day(day: date) -> Value:
    return Value(day, output_field=models.DateField())


LONG_AGO = _day(date.min)


def _latest(*dates: Any) -> Greatest:
    """The latest of `dates`, whichever are missing: SQLite's own word gives nothing for one."""
    return Greatest(*(Coalesce(one, LONG_AGO) for one in dates))


def _last(model: str, column: str) -> Subquery:
    rows = apps.get_model("register", model)._base_manager.filter(customer=OuterRef("customer"))
    newest = rows.order_by().values("customer").annotate(newest=Max(column)).values("newest")
    return Subquery(newest, output_field=models.DateField())


class LifespanQuerySet(models.QuerySet["Lifespan"]):
    """The spans of customers who have not been erased."""

    def follow(self, customers: Iterable[Any], collection: Any = None) -> None:
        """Data of `customers` (keys) were stored, from `collection` where values came with them:
        write down the days that count. As many statements for many."""
        keys = sorted(set(customers))
        obtained: Any = collection.collected_on if collection else None
        spoken = obtained if collection and collection.is_from_the_person else None
        for start in range(0, len(keys), A_BLOCK):
            block = keys[start : start + A_BLOCK]
            if obtained:
                self.bulk_create(
                    [Lifespan(customer_id=key, obtained_on=obtained) for key in block],
                    ignore_conflicts=True,
                )
            self._reckon(block, obtained, spoken)

    def spoke(self, customers: Iterable[Any], on: date) -> None:
        """The customers (keys) wrote or spoke to the controller on that day."""
        self._reckon(list(customers), None, on)

    def outlive(self, customers: Iterable[Any]) -> None:
        """Orders of the customers (keys) are about to be emptied: the day of the last one stays,
        else a relationship would seem to have ended before it."""
        self.filter(customer__in=list(customers)).update(order_forgotten_on=F("ordered_on"))

    def _reckon(self, keys: list[Any], obtained: date | None, spoken: date | None) -> None:
        rows = self.filter(customer__in=keys)
        own = customers_of(Lifespan)._base_manager.filter(pk=OuterRef("customer"))
        said = {"obtained_on": obtained, "spoken_on": spoken}
        rows.update(
            ordered_on=NullIf(
                _latest(_last("Order", "ordered_on"), F("order_forgotten_on")), LONG_AGO
            ),
            invoiced_on=_last("Invoice", "invoiced_on"),
            ended_on=Subquery(own.values("relationship_ended_on")[:1]),
            **{name: _latest(F(name), _day(day)) for name, day in said.items() if day},
        )
        rows.update(
            # whoever orders again is a customer again
            ended_on=Case(
                When(ordered_on__gt=F("ended_on"), then=None),
                default=F("ended_on"),
                output_field=models.DateField(),
            ),
            active_on=Case(
                When(**{f"{sign}__isnull": True for sign in SIGNS}, then=F("obtained_on")),
                default=_latest(*map(F, SIGNS)),
            ),
        )


class Lifespan(Derived):
    """The days from which a customer's retention periods run; gone with the customer."""

    customer = models.OneToOneField(
        "register.Customer",
        models.PROTECT,
        related_name="lifespan",
        db_constraint=False,  # as with words
        verbose_name=_("customer"),
    )
    #: when data about the customer last came, from anybody
    obtained_on = models.DateField(_("data obtained on"))
    ordered_on = models.DateField(_("last order"), null=True)
    #: the last of those orders whose own period is over
    order_forgotten_on = models.DateField(_("last order, emptied since"), null=True)
    invoiced_on = models.DateField(_("last invoice"), null=True)
    spoken_on = models.DateField(_("last contact"), null=True)
    #: said by staff, and not overtaken by an order
    ended_on = models.DateField(_("relationship ended on"), null=True)
    #: the latest order, invoice or contact; else the day when the data came
    active_on = models.DateField(_("last order, invoice or contact"), default=date.min)

    objects = LifespanQuerySet.as_manager()

    class Meta:
        verbose_name = _("lifespan of a customer's data")
        verbose_name_plural = _("lifespans of customers' data")
        indexes = [
            models.Index(name="lifespan_active", fields=["active_on", "id", "ended_on"]),
            models.Index(
                name="lifespan_ended",
                fields=["ended_on", "id"],
                condition=Q(ended_on__isnull=False),
            ),
            models.Index(name="lifespan_ordered", fields=["ordered_on", "id"]),
            models.Index(name="lifespan_invoiced", fields=["invoiced_on", "id"]),
            models.Index(name="lifespan_obtained", fields=["obtained_on", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.customer}, {self.active_on}"
