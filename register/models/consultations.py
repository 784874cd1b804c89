"""Who looked at which customer, when and on what occasion (art. 5(1)(f), 18(2); A03, S02)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import RememberedQuerySet, WrittenOnce

#: How long a restricted record stays open to whoever said why.
OPEN_FOR = timedelta(minutes=15)


class Occasion(models.TextChoices):
    """Why somebody looked: of restricted data, one of the four reasons of article 18(2)."""

    CONSENT = "consent", _("the person has agreed to it")
    LEGAL_CLAIM = "legal_claim", _("a legal claim is made, exercised or defended")
    ANOTHERS_RIGHTS = "anothers_rights", _("the rights of somebody else are protected")
    PUBLIC_INTEREST = "public_interest", _("an important public interest demands it")


#: What opens data that may only be kept.
OPENING = (
    Occasion.CONSENT,
    Occasion.LEGAL_CLAIM,
    Occasion.ANOTHERS_RIGHTS,
    Occasion.PUBLIC_INTEREST,
)


class ConsultationQuerySet(RememberedQuerySet["Consultation"]):
    """Looks, by whose they were and at whom."""

    def record(self, customers: Iterable[int], *, by: Any, occasion: str, at: datetime) -> None:
        """Remember that `by` looked at `customers` (keys): one statement for a page of them."""
        rows: models.QuerySet[Consultation] = models.QuerySet(Consultation)
        rows.bulk_create(
            Consultation(customer_id=key, looked_by=by, occasion=occasion, looked_at=at)
            for key in dict.fromkeys(customers)
        )

    def opens(self, customer: Any, *, to: Any, now: datetime) -> bool:
        """Whether `to` has said lately why the restricted data of `customer` must be seen."""
        said = self.filter(customer=customer, looked_by=to, occasion__in=OPENING)
        return said.filter(looked_at__gt=now - OPEN_FOR, looked_at__lte=now).exists()


class Consultation(WrittenOnce):
    """That somebody of staff looked at a customer."""

    customer = models.ForeignKey(
        "register.Customer",
        models.PROTECT,
        related_name="consultations",
        verbose_name=_("customer"),
    )
    looked_at = models.DateTimeField(_("looked at"))
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("looked by")
    )
    occasion = models.CharField(_("occasion"), max_length=20, choices=Occasion)

    objects = ConsultationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-pk"]
        indexes = [models.Index(name="consultation_of", fields=["customer", "looked_by"])]

    def __str__(self) -> str:
        return f"{self.customer_id}, {self.get_occasion_display()}"
