"""Orders, or assignments where the notice calls them so."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.declarations import Kept
from notices.terms import DataCategory
from register.models.customers import (
    Customer,
    OfCustomer,
    OfCustomerQuerySet,
    hidden_in,
    words_at_rest_in,
)
from register.models.words import Word, number_words


class OrderQuerySet(OfCustomerQuerySet["Order"]):
    """Orders by whose they are."""

    def unerased(self) -> "OrderQuerySet":
        # erasure alone empties the day, and the index of the list has it
        return self.filter(ordered_on__isnull=False)


def _not_before(later: str, *earlier: str, name: str, message: Any) -> models.CheckConstraint:
    """One rule says its sentence once, however many days are too late."""
    follows = Q()
    for one in earlier:
        follows &= Q(**{f"{one}__isnull": True}) | Q(**{f"{later}__gte": F(one)})
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{later}__isnull": True}) | follows,
        violation_error_message=message,
    )


class Order(OfCustomer):
    """Something a customer ordered on a day (P06)."""

    declaration = {
        "customer": Kept.LINK,
        "number": DataCategory.ORDERS,
        "ordered_on": DataCategory.ORDERS,
        "delivered_on": DataCategory.ORDERS,
        "cancelled_on": DataCategory.ORDERS,
        "archived_on": DataCategory.ORDERS,
        "refusal_offered_on": DataCategory.ORDERS,
        "form_digest": Kept.NOT_PERSONAL,
        "content_digest": Kept.NOT_PERSONAL,
    }
    happened = frozenset({"ordered_on", "delivered_on", "cancelled_on", "archived_on"})
    not_remembered: ClassVar[frozenset[str]] = frozenset({"form_digest", "content_digest"})

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="orders", verbose_name=_("customer")
    )
    number = models.CharField(_("number"), max_length=50, blank=True)
    ordered_on = models.DateField(_("ordered on"), null=True)  # once erased
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    cancelled_on = models.DateField(
        _("cancelled on"),
        null=True,
        blank=True,
        help_text=_("Also when the customer gave back what had been delivered."),
    )
    archived_on = models.DateField(_("archived on"), null=True, blank=True)
    #: without it no e-mail marketing rests on the order (M07)
    refusal_offered_on = models.DateField(
        _("e-mail marketing could be refused on"),
        null=True,
        blank=True,
        help_text=_(
            "The day on which the customer gave the address for this order and could refuse "
            "e-mail marketing, easily and for free."
        ),
    )
    #: by which a form that is sent twice is known; nobody can try contents against them
    form_digest = models.CharField(max_length=64, blank=True, editable=False)
    content_digest = models.CharField(max_length=64, blank=True, editable=False)

    objects = OrderQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-ordered_on", "-pk"]
        indexes = [models.Index(name="order_newest", fields=["ordered_on", "id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(number=""),
                name="order_number_is_unique",
                violation_error_message=_("This number is in use already."),
            ),
            models.UniqueConstraint(
                fields=["form_digest"], condition=~Q(form_digest=""), name="one_order_per_form"
            ),
            _not_before(
                "delivered_on",
                "ordered_on",
                name="delivered_not_before_ordered",
                message=_("An order cannot be delivered before its day."),
            ),
            _not_before(
                "cancelled_on",
                "ordered_on",
                name="cancelled_not_before_ordered",
                message=_("An order cannot be cancelled before its day."),
            ),
            _not_before(
                "cancelled_on",
                "delivered_on",
                name="cancelled_not_before_delivered",
                message=_("A cancelled order is not delivered afterwards: make a new one."),
            ),
            _not_before(
                *("archived_on", "ordered_on", "delivered_on", "cancelled_on"),
                name="archived_last",
                message=_("An order is archived last, when all else is over."),
            ),
        ]

    def __str__(self) -> str:
        if self.number or not self.ordered_on:
            return self.number or "—"
        return date_format(self.ordered_on, "SHORT_DATE_FORMAT")

    def clean(self) -> None:
        super().clean()
        invoiced = self.attachments.filter(invoice__isnull=False) if self.pk else None
        if invoiced and invoiced.exclude(customer=self.customer_id).exists():
            told = gettext(
                "An attachment of this order belongs to an invoice too, and invoices stay. Take "
                "the order off the attachment first."
            )
            raise ValidationError({"customer": told})

    @classmethod
    def after_move(cls, rows: Sequence[Any], *, collection: Any) -> None:
        """The attachments of an order are of whoever ordered. Raises `NotThisCustomers` for one
        that an invoice keeps where it is."""
        paper: Any = cls._meta.get_field("attachments").related_model
        owners = {row.pk: row.customer_id for row in rows}
        papers = list(paper.objects.filter(order__in=owners).order_by("pk"))
        for one in papers:
            one.customer_id = owners[one.order_id]
        if papers:
            paper.objects.amend(papers, collection=collection)

    @classmethod
    def after_store(cls, rows: Sequence[Any]) -> None:
        hidden = hidden_in(cls, [row.customer_id for row in rows])
        Word.objects.put(
            "order",
            [
                (
                    row.pk,
                    row.customer_id,
                    words_at_rest_in(hidden, row.customer_id, number_words(row.number)),
                )
                for row in rows
            ],
        )


class OrderLine(OfCustomer):
    """One thing in an order: what, how many, at what price."""

    declaration = {
        "order": Kept.LINK,
        "description": DataCategory.ORDERS,
        "quantity": DataCategory.ORDERS,
        "unit_price": DataCategory.ORDERS,
    }

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", verbose_name=_("order"))
    description = models.CharField(_("description"), max_length=300)
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=10,
        decimal_places=2,
        null=True,  # once erased
        default=Decimal(1),
        # Django's own sentence has a point in every language
        validators=[MinValueValidator(Decimal("0.01"), _("Give a quantity of at least 0.01."))],
    )
    unit_price = models.DecimalField(
        _("unit price, €"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.description or "—"

    @classmethod
    def parties(cls, rows: Iterable[Any]) -> set[int]:
        return Order.parties(Order.objects.filter(pk__in={row.order_id for row in rows}))
