"""Who looked at which customer, when and on what occasion (arts 5(1)(f), 15(1), 18(2); A03, S02,
D05r)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from audit.bulk import insert_for_each
from audit.models import A_BLOCK, RememberedQuerySet, WrittenOnce

#: How long a restricted record stays open to whoever said why.
OPEN_FOR = timedelta(minutes=15)
#: And as long a page that was opened so takes what was typed on it.
TAKES_FOR = timedelta(hours=8)


class Occasion(models.TextChoices):
    """Why somebody looked: a task, or one of the four reasons of article 18(2) for data that may
    only be kept."""

    ORDER = "order", _("an order is handled")
    CALL = "call", _("an order is taken by phone")
    CARE = "care", _("the customer is served or contacted")
    BILLING = "billing", _("an invoice or a payment is handled")
    REQUEST = "request", _("a request of the person is handled")
    TELLING = "telling", _("people are told of the data about them")
    CHECKING = "checking", _("the data are checked or corrected")
    CONSENT = "consent", _("the person has agreed to it")
    LEGAL_CLAIM = "legal_claim", _("a legal claim is made, exercised or defended")
    ANOTHERS_RIGHTS = "anothers_rights", _("the rights of somebody else are protected")
    PUBLIC_INTEREST = "public_interest", _("an important public interest demands it")


#: What staff are here for in a sitting, as they choose it themselves.
TASKS = (
    Occasion.ORDER,
    Occasion.CARE,
    Occasion.BILLING,
    Occasion.REQUEST,
    Occasion.TELLING,
    Occasion.CHECKING,
)
#: What opens data that may only be kept.
OPENING = (
    Occasion.CONSENT,
    Occasion.LEGAL_CLAIM,
    Occasion.ANOTHERS_RIGHTS,
    Occasion.PUBLIC_INTEREST,
)


class Sight(models.TextChoices):
    """What was looked at."""

    PAGE = "page", _("page")
    HISTORY = "history", _("history")
    PAPER = "paper", _("attachment")
    EXPORT = "export", _("export")
    SEARCH = "search", _("result of a search")
    LIST = "list", _("page of a list")
    #: opens restricted data, and shows nothing by itself
    REASON = "reason", _("reason given")


class ConsultationQuerySet(RememberedQuerySet["Consultation"]):
    """Looks, by whose they were and at whom."""

    def record(
        self, customers: Iterable[int], *, by: Any, sight: str, occasion: str, at: datetime
    ) -> None:
        """Remember that `by` looked at `customers` (keys): one statement for a page of them."""
        # from keys alone: of objects it would take longer than the search that found the page
        insert_for_each(
            Consultation,
            "customer",
            sorted(set(customers)),
            {
                "looked_by": by.pk,
                "sight": sight,
                "occasion": occasion,
                "looked_at": connection.ops.adapt_datetimefield_value(at),
            },
        )

    def reason_of(
        self, customer: Any, *, by: Any, now: datetime, within: timedelta = OPEN_FOR
    ) -> str:
        """Why `by` must see the restricted data of `customer`, as said lately; empty for none."""
        said = self.filter(customer=customer, looked_by=by, sight=Sight.REASON)
        lately = said.filter(looked_at__gt=now - within, looked_at__lte=now)
        return lately.order_by("-pk").values_list("occasion", flat=True).first() or ""

    def forget(self, *, before: datetime) -> int:
        """Remove what was looked at `before` then, block by block, the oldest first; gives how
        many. The log has a period of its own (D05r)."""
        rows: models.QuerySet[Consultation] = models.QuerySet(Consultation)
        gone = 0
        while True:
            block = rows.order_by("pk").values_list("pk", "looked_at")[:A_BLOCK]
            keys = [key for key, at in block if at < before]
            rows.filter(pk__in=keys)._raw_delete(self.db)
            gone += len(keys)
            if len(keys) < A_BLOCK:
                return gone


class Consultation(WrittenOnce):
    """That somebody of staff looked at a customer."""

    customer = models.ForeignKey(
        "register.Customer",
        models.PROTECT,
        related_name="consultations",
        verbose_name=_("customer"),
        # an index below begins with it, and so does one with the reader
        db_index=False,
    )
    looked_at = models.DateTimeField(_("looked at"))
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("looked by"),
        db_index=False,
    )
    sight = models.CharField(_("what was looked at"), max_length=10, choices=Sight)
    occasion = models.CharField(_("occasion"), max_length=20, choices=Occasion)

    objects = ConsultationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-pk"]
        indexes = [
            # of one customer, by one of staff, on one occasion: the newest first
            models.Index(name="consultation_of", fields=["customer", "id"]),
            models.Index(name="consultation_by", fields=["looked_by", "id"]),
            models.Index(name="consultation_occasion", fields=["occasion", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}, {self.get_occasion_display()}"
