"""The bare facts of invoices, which bookkeeping keeps under every notice (T15, E03-E05)."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from notices.declarations import Kept
from register.models.customers import Customer, OfCustomer, OfCustomerQuerySet
from register.models.words import Word, number_words


class InvoiceQuerySet(OfCustomerQuerySet["Invoice"]):
    """Invoices by what became of them."""

    def hindering(self) -> "InvoiceQuerySet":
        """Those that make an erasure wait: not paid, or still in debt collection (P30)."""
        return self.filter(
            Q(paid_on__isnull=True)
            | Q(collection_started_on__isnull=False, collection_ended_on__isnull=True)
        )


class Invoice(OfCustomer):
    """What the register must know of an invoice: number, dates, amount, paid, in collection."""

    declaration = {
        "customer": Kept.LINK,
        "number": Kept.BY_LAW,
        "invoiced_on": Kept.BY_LAW,
        "due_on": Kept.BY_LAW,
        "amount": Kept.BY_LAW,
        "paid_on": Kept.BY_LAW,
        "collection_started_on": Kept.BY_LAW,
        "collection_ended_on": Kept.BY_LAW,
    }

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="invoices", verbose_name=_("customer")
    )
    number = models.CharField(
        _("number"),
        max_length=50,
        unique=True,
        error_messages={"unique": _("This number is in use already.")},
    )
    invoiced_on = models.DateField(_("date"))
    due_on = models.DateField(_("due on"))
    amount = models.DecimalField(_("amount, €"), max_digits=12, decimal_places=2)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    collection_started_on = models.DateField(_("debt collection since"), null=True, blank=True)
    collection_ended_on = models.DateField(_("debt collection until"), null=True, blank=True)

    objects = InvoiceQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-invoiced_on", "-pk"]
        indexes = [
            models.Index(name="invoice_newest", fields=["invoiced_on", "id"]),
            models.Index(
                name="invoice_hindering",
                # SQLite reads the condition's columns although the index has only rows that meet it
                fields=["customer", "paid_on", "collection_started_on", "collection_ended_on"],
                condition=Q(paid_on__isnull=True)
                | Q(collection_started_on__isnull=False, collection_ended_on__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="due_when_sent_or_later",
                condition=Q(due_on__gte=F("invoiced_on")),
                violation_error_message=_("An invoice cannot be due before its date."),
            ),
            models.CheckConstraint(
                name="collection_ends_after_it_starts",
                condition=Q(collection_ended_on__isnull=True)
                | Q(
                    collection_started_on__isnull=False,
                    collection_ended_on__gte=F("collection_started_on"),
                ),
                violation_error_message=_("Debt collection cannot end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_in_collection(self) -> bool:
        return bool(self.collection_started_on and not self.collection_ended_on)

    @classmethod
    def after_store(cls, rows: Sequence[Any]) -> None:
        Word.objects.put(
            "invoice", [(row.pk, row.customer_id, number_words(row.number)) for row in rows]
        )
