"""What somebody decided that keeps a customer from being erased for a while (P30, D02r)."""

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar, NoReturn

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import BypassesHistory, Remembered, RememberedQuerySet
from audit.reasons import because
from audit.texts import fault_of
from notices.personal_data import IdentityCodeFound
from register.models.informing import customers_of


class HoldKind(models.TextChoices):
    """Why somebody may not be erased yet, where no row of the register says so by itself."""

    LEGAL_CLAIM = "legal_claim", _("legal claim")
    OPEN_REQUEST = "open_request", _("request for the data")


class HoldQuerySet(RememberedQuerySet["Hold"]):
    """Holds by whether they still hold."""

    def holding(self) -> "HoldQuerySet":
        return self.filter(ended_on__isnull=True)

    def keep_for_request(self, number: str, customers: Collection[Any], *, today: date) -> None:
        """Let the request `number` hold `customers` (keys), and nobody else (A09)."""
        kind = HoldKind.OPEN_REQUEST
        there = list(self.holding().filter(kind=kind, reference=number))
        with because(_("Request for the data")):
            for hold in there:
                if hold.customer_id not in customers:
                    hold.end(today=today)
            for key in set(customers) - {hold.customer_id for hold in there}:
                Hold(customer_id=key, kind=kind, reference=number, begun_on=today).save()


class Hold(Remembered):
    """A decision that keeps a customer's data for a while: why, and when it is looked at again."""

    personal: ClassVar[frozenset[str]] = frozenset({"reason"})

    customer = models.ForeignKey(
        "register.Customer", models.PROTECT, related_name="holds", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=HoldKind)
    #: the request, where there is one
    reference = models.CharField(_("number"), max_length=20, blank=True)
    reason = models.TextField(
        _("why the data are needed"),
        max_length=1_000,
        blank=True,
        help_text=_("The claim, and why it cannot be settled without these data."),
    )
    begun_on = models.DateField(_("since"))
    review_on = models.DateField(_("looked at again on"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True)

    objects = HoldQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="claim_is_looked_at_again",
                condition=~Q(kind="legal_claim") | Q(review_on__isnull=False),
            ),
            models.CheckConstraint(
                name="hold_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("begun_on")),
            ),
        ]
        indexes = [
            models.Index(
                name="hold_holding",
                fields=["customer", "ended_on"],
                condition=Q(ended_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}".strip()

    def end(self, *, today: date) -> None:
        """It holds no longer. Needs a `because` block."""
        self.ended_on = max(today, self.begun_on)
        with transaction.atomic():
            self.save()
            customers_of(Hold).objects.look_again([self.customer_id])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises `CustomerErased` and `IdentityCodeFound`."""
        if fault_of(self.reason):
            raise IdentityCodeFound(Hold, "reason")
        with transaction.atomic():
            if self._state.adding:
                customers_of(Hold).objects.hold([self.customer_id])
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("delete")
