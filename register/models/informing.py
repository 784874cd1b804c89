"""Whom the controller must tell of data that did not come from the person (art. 14(3); T12)."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from audit.models import Derived

A_BLOCK = 1000


def month_after(day: date) -> date:
    """The same day of the next month, else the last of that month (T01). It is not moved to a
    working day: who tells earlier tells in time."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def customers_of(model: Any) -> Any:
    """The customers, for a module that they import."""
    return model._meta.get_field("customer").related_model


class InformationDutyQuerySet(models.QuerySet["InformationDuty"]):
    """Who is still to be told, and by when."""

    def start(self, customers: Iterable[Any], obtained_on: date) -> None:
        """Data about `customers` (keys) came from somebody else on `obtained_on`. An organisation
        is no data subject; who waits already, waits since the earlier day."""
        keys = sorted(set(customers))
        inform_by = month_after(obtained_on)
        for start in range(0, len(keys), A_BLOCK):
            people = customers_of(InformationDuty).objects.filter(
                pk__in=keys[start : start + A_BLOCK], organisation_name=""
            )
            found = list(people.values_list("pk", flat=True))
            self.filter(customer__in=found, obtained_on__gt=obtained_on).update(
                obtained_on=obtained_on, inform_by_on=Least("inform_by_on", inform_by)
            )
            self.bulk_create(
                [
                    InformationDuty(
                        customer_id=key, obtained_on=obtained_on, inform_by_on=inform_by
                    )
                    for key in found
                ],
                ignore_conflicts=True,
            )

    def communicated(self, customers: Iterable[Any], on: date) -> None:
        """The controller wrote or spoke to `customers` on that day: they are told then at the
        latest (art. 14(3)(b))."""
        self._came("communicated_on", customers, on)

    def disclosed(self, customers: Iterable[Any], on: date) -> None:
        """Data about `customers` were given to somebody on that day: they are told then at the
        latest (art. 14(3)(c))."""
        self._came("disclosed_on", customers, on)

    def _came(self, column: str, customers: Iterable[Any], on: date) -> None:
        earlier = Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gt": on})
        self.filter(earlier, customer__in=customers, obtained_on__lte=on).update(
            **{column: on, "inform_by_on": Least("inform_by_on", on)}
        )

    def fulfilled(self, customers: Iterable[Any]) -> None:
        """`customers` have been told: that is recorded elsewhere, and here nothing waits."""
        self.filter(customer__in=customers).delete()

    def by_day(self) -> "InformationDutyQuerySet":
        """The one who must be told first, first; nobody who has been erased."""
        return self.filter(customer__erased_at__isnull=True).order_by("inform_by_on", "pk")


class InformationDuty(Derived):
    """That a customer is to be told of data from somebody else, and by which day."""

    customer = models.OneToOneField(
        "register.Customer",
        models.PROTECT,
        related_name="information_duty",
        db_constraint=False,  # as with words
        verbose_name=_("customer"),
    )
    obtained_on = models.DateField(_("obtained on"))
    communicated_on = models.DateField(_("first communication on"), null=True)
    disclosed_on = models.DateField(_("first disclosure on"), null=True)
    #: the earliest of a month after the first, and the other two
    inform_by_on = models.DateField(_("to be told by"), db_index=True)

    objects = InformationDutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty to inform")
        verbose_name_plural = _("duties to inform")

    def __str__(self) -> str:
        return f"{self.customer}, {self.inform_by_on}"
