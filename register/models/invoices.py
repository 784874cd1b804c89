"""Invoices, their payments, and the name and address that each was sent to.

They are vouchers: bookkeeping keeps them under every notice, and what they say is never altered
(Accounting Act 1336/1997, ch. 2 s. 7 and 10; R05, T15, E03-E05).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered
from audit.reasons import current_reason
from notices.declarations import Kept
from register.models.billing import BillingData
from register.models.countries import countries
from register.models.customers import Customer, OfCustomer, OfCustomerQuerySet
from register.models.restrictions import unrestricted
from register.models.words import Word, number_words

#: What an invoice says of the customer, with the column that it is taken from.
SNAPSHOT = {
    "billed_name": "name",
    "billed_street": "street",
    "billed_postcode": "postcode",
    "billed_city": "city",
    "billed_country": "country",
}
ADDRESS = ("street", "postcode", "city", "country")
VoucherT = TypeVar("VoucherT", bound="Voucher")
#: An invoice is due within so long.
MOST_AHEAD = timedelta(days=3653)


class VoucherIsFinal(Exception):
    """What a stored invoice or payment says was about to change; carries model and columns."""

    def __init__(self, model: type[models.Model], columns: Iterable[str]) -> None:
        self.model, self.columns = model, sorted(columns)
        super().__init__(f"{model._meta.label}: {', '.join(self.columns)}")


class NotThisCustomers(Exception):
    """A row was about to belong with another customer's; carries the model and the column."""

    def __init__(self, model: type[models.Model], column: str) -> None:
        super().__init__(f"{model._meta.label}.{column} is another customer's")
        self.model, self.column = model, column


class CreditsTooMuch(Exception):
    """A credit note of more than is left to pay of what it credits; carries what is left."""

    def __init__(self, left: Decimal) -> None:
        super().__init__(f"no more than {left} is left")
        self.left = left


class PaidWithoutPayment(Exception):
    """An invoice was about to be paid on a day that no payment or credit says; carries its
    number."""

    def __init__(self, number: str) -> None:
        super().__init__("its payments and credits say when an invoice is paid")
        self.number = number


class InvoicingProgram(Remembered):
    """Another program in which the controller's invoices live, from a day to a day."""

    name = models.CharField(
        _("name of the program"), max_length=100, help_text=_("Or of the firm that invoices.")
    )
    used_since_on = models.DateField(_("since"))
    used_until_on = models.DateField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("Empty while invoices live there."),
    )

    class Meta:
        verbose_name = _("invoicing elsewhere")
        verbose_name_plural = _("invoicing elsewhere")
        ordering = ["-used_since_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(used_until_on__isnull=True),
                name="one_invoicing_program_in_use",
                violation_error_message=_("Another program is in use: end that one first."),
            ),
            models.CheckConstraint(
                name="invoicing_program_ends_after_it_begins",
                condition=Q(used_until_on__isnull=True) | Q(used_until_on__gte=F("used_since_on")),
                violation_error_message=_("It cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def in_use(cls) -> "InvoicingProgram | None":
        """The program in which invoices live now, if not in this one."""
        return cls.objects.filter(used_until_on__isnull=True).first()


class Voucher(OfCustomer):
    """A row that bookkeeping needs as it is: what it says is never altered (R05)."""

    #: what may still change, because it happens later
    later: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def fixed(self) -> list[str]:
        """The columns that nobody may change once the row is stored."""
        return [
            field.name
            for field in self._meta.concrete_fields
            if not field.primary_key and field.name not in {"collected", *self.later}
        ]

    @classmethod
    def refuse_alterations(cls, rows: "Iterable[Voucher]") -> None:
        """Raise `VoucherIsFinal` when a fixed column of a stored row changes."""
        there = {row.pk: row for row in rows if row.pk}
        for stored in cls._base_manager.filter(pk__in=there) if there else ():
            row = there[stored.pk]
            row.tidy()
            changed = [
                column
                for column in stored.fixed()
                if row._stored_value(column) != getattr(stored, row._attname(column))
            ]
            if changed:
                raise VoucherIsFinal(cls, changed)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As every row of a customer's; raises `VoucherIsFinal`."""
        with transaction.atomic():
            self.refuse_alterations([self])
            super().save(*args, **kwargs)


class VoucherQuerySet(OfCustomerQuerySet[VoucherT]):
    """Rows that bookkeeping needs as they are."""

    def amend(self, rows: Sequence[VoucherT], *, collection: Any) -> list[VoucherT]:
        """Raises `VoucherIsFinal` too."""
        with transaction.atomic():
            self.model.refuse_alterations(rows)
            return super().amend(rows, collection=collection)


class InvoiceQuerySet(VoucherQuerySet["Invoice"]):
    """Invoices by what became of them."""

    def hindering(self) -> "InvoiceQuerySet":
        """Those that make an erasure wait: not paid, or still in debt collection (P30)."""
        return self.filter(
            Q(paid_on__isnull=True)
            | Q(collection_started_on__isnull=False, collection_ended_on__isnull=True)
        )

    def unpaid(self) -> "InvoiceQuerySet":
        return self.filter(paid_on__isnull=True)

    def debtors(self) -> Any:
        """Keys of the customers whose invoices these are, the newest first, without those whose
        data rest: read in the index of what makes an erasure wait."""
        used = self.filter(unrestricted(customer="customer"))
        return used.order_by("-customer").values_list("customer", flat=True).distinct()

    def store(self, rows: "Sequence[Invoice]", *, collection: Any) -> "list[Invoice]":
        with transaction.atomic():
            # nobody changes the names between their being read and stored here
            Customer.objects.hold(Invoice.parties(rows))
            Invoice.complete(rows)
            Invoice.refuse_too_much(rows)
            stored = super().store(rows, collection=collection)
            told = _origins_of(
                (row.credits_id, row, "invoiced_on") for row in stored if row.credits_id
            )
            if told:
                self.settle(told.keys(), collection=collection, reopen=False, origins=told)
        return stored

    def pay(self, days: Mapping[int, date], *, collection: Any) -> None:
        """What is left to pay of invoices (keys) came on the day of each: an invoice is paid by its
        payments and credits (E04). As many statements for many. Needs a transaction and a `because`
        block."""
        left = left_of(self.filter(pk__in=days))
        came = [
            Payment(invoice_id=key, paid_on=days[key], amount=amount)
            for key, amount in left.items()
            if amount
        ]
        if came:
            Payment.objects.store(came, collection=collection)
        if nothing := [key for key, amount in left.items() if not amount]:
            self.settle(nothing, collection=collection, reopen=False)

    def settle(
        self,
        keys: Iterable[Any],
        *,
        collection: Any,
        reopen: bool,
        origins: "Mapping[int, Mapping[date, int]] | None" = None,
    ) -> None:
        """Say of the invoices `keys` on which day payments and credits had covered them; with
        `reopen`, that those no longer covered are open again. That day comes from where the money
        of it does: of each invoice `origins` has by their days the collections of what has come
        now, and `collection` is that of the rest. As many statements for many."""
        invoices = list(self.filter(pk__in=set(keys)).order_by("pk").select_for_update())
        moneys = moneys_of(invoices)
        changed = []
        for invoice in invoices:
            covered_on = _covered_on(invoice, moneys[invoice.pk])
            if covered_on != invoice.paid_on and (covered_on or reopen):
                invoice.paid_on = covered_on
                invoice.collected.pop("paid_on", None)
                if covered_on:
                    told = origins.get(invoice.pk, {}) if origins else {}
                    latest = told[max(told)] if told else collection.pk
                    invoice.collected["paid_on"] = told.get(covered_on, latest)
                changed.append(invoice)
        if changed:
            # the bulk door for a mark of the program: no value of a person changes
            plain: models.QuerySet[Invoice] = models.QuerySet(Invoice)
            plain.bulk_update(changed, ["paid_on", "collected"], batch_size=500)
            Invoice.history.bulk_history_create(
                changed, update=True, batch_size=500, default_change_reason=current_reason()
            )
            Customer.objects.look_again(one.customer_id for one in changed if one.paid_on)


class Invoice(Voucher):
    """A voucher: number, dates, amount, to whom it was sent, what became of it."""

    declaration = {
        "customer": Kept.LINK,
        "number": Kept.BY_LAW,
        "invoiced_on": Kept.BY_LAW,
        "due_on": Kept.BY_LAW,
        "amount": Kept.BY_LAW,
        "credits": Kept.BY_LAW,
        "billed_name": Kept.BY_LAW,
        "billed_street": Kept.BY_LAW,
        "billed_postcode": Kept.BY_LAW,
        "billed_city": Kept.BY_LAW,
        "billed_country": Kept.BY_LAW,
        "kept_in": Kept.NOT_PERSONAL,
        "paid_on": Kept.BY_LAW,
        "collection_started_on": Kept.BY_LAW,
        "collection_ended_on": Kept.BY_LAW,
    }
    # payments and credits say whether it is paid (`settle`)
    said_elsewhere = frozenset({"paid_on"})
    later = frozenset({"collection_started_on", "collection_ended_on"})
    # an open invoice may be collected
    claims = later
    happened = frozenset({"invoiced_on", "paid_on", *later})

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
    amount = models.DecimalField(
        _("amount, €"),
        max_digits=12,
        decimal_places=2,
        help_text=_("Below zero for a credit note."),
    )
    credits = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="credited_by",
        verbose_name=_("credits the invoice"),
    )
    billed_name = models.CharField(_("sent to"), max_length=201, blank=True, editable=False)
    billed_street = models.CharField(
        _("sent to: street address"), max_length=200, blank=True, editable=False
    )
    billed_postcode = models.CharField(
        _("sent to: postcode"), max_length=20, blank=True, editable=False
    )
    billed_city = models.CharField(_("sent to: city"), max_length=100, blank=True, editable=False)
    billed_country = models.CharField(
        _("sent to: country"), max_length=2, blank=True, choices=countries, editable=False
    )
    kept_in = models.ForeignKey(
        InvoicingProgram,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("the voucher is in"),
    )
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
            models.CheckConstraint(
                name="what_credits_is_below_zero",
                condition=Q(credits__isnull=True) | Q(amount__lt=0),
                violation_error_message=_("The amount of a credit note is below zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def fixed(self) -> list[str]:
        # a voucher that lives elsewhere is told of here, and may be told of better
        told = {"invoiced_on", "due_on", "amount"} if self.kept_in_id else set()
        return [column for column in super().fixed() if column not in told]

    @property
    def is_in_collection(self) -> bool:
        return bool(self.collection_started_on and not self.collection_ended_on)

    @property
    def billed_to(self) -> str:
        """The name and address that the invoice was sent to, on one line."""
        town = f"{self.billed_postcode} {self.billed_city}".strip()
        country = self.get_billed_country_display() if self.billed_country else ""
        return ", ".join(filter(None, [self.billed_name, self.billed_street, town, str(country)]))

    @property
    def left_to_pay(self) -> Decimal:
        """What is owed after payments and credits; below zero where too much was paid."""
        return left_of([self])[self.pk]

    @property
    def state(self) -> str:
        """What became of it, in a word."""
        if self.is_in_collection:
            return gettext("in debt collection")
        if self.credits_id:
            return gettext("credit note")
        return gettext("paid") if self.paid_on else gettext("open")

    @classmethod
    def complete(cls, rows: "Iterable[Invoice]") -> None:
        """What new rows say besides what was given: to whom, and that a credit note is settled
        by itself. As many queries for many. Raises `PaidWithoutPayment`."""
        new = list(rows)
        credited = {row.credits_id for row in new if row.credits_id}
        originals = Invoice.objects.in_bulk(credited) if credited else {}
        program = InvoicingProgram.in_use()
        addresses = {} if program else _addresses_of({row.customer_id for row in new})
        for row in new:
            row.kept_in = program
            if row.credits_id:
                row.credits = originals[row.credits_id]
            settled_on = _covered_on(row, [])
            if row.paid_on not in (None, settled_on):
                raise PaidWithoutPayment(row.number)
            row.paid_on = settled_on
            if any(getattr(row, column) for column in SNAPSHOT):
                continue  # an own voucher, that comes as it was sent
            for column in SNAPSHOT:
                setattr(row, column, addresses.get(row.customer_id, {}).get(column, ""))

    @classmethod
    def refuse_too_much(cls, rows: "Iterable[Invoice]") -> None:
        """Raise `CreditsTooMuch` where new credit notes are of more than is left of an invoice."""
        credited: dict[Invoice, Decimal] = defaultdict(Decimal)
        for row in rows:
            if row.credits_id and row.credits and row.amount is not None:
                credited[row.credits] -= row.amount
        left = left_of(credited)
        for invoice, amount in credited.items():
            if amount > left[invoice.pk]:
                raise CreditsTooMuch(left[invoice.pk])

    def refuse(self, notice: Any) -> None:
        super().refuse(notice)
        if self.credits_id and self.credits and self.credits.customer_id != self.customer_id:
            raise NotThisCustomers(Invoice, "credits")

    def clean(self) -> None:
        super().clean()
        if self.credits_id and self.credits and self.credits.customer_id != self.customer_id:
            raise ValidationError({"credits": gettext("That invoice is another customer's.")})
        if self.credits_id and self.credits and self.credits.credits_id:
            raise ValidationError({"credits": gettext("That is a credit note itself.")})
        if self._state.adding:
            try:
                self.refuse_too_much([self])
            except CreditsTooMuch as refused:
                told = gettext(
                    "%(left)s € of that invoice is left to pay: no more can be credited. Was it "
                    "paid? Then enter the money given back first, as a payment below zero."
                )
                left = number_format(max(refused.left, Decimal(0)))
                raise ValidationError({"amount": told % {"left": left}}) from refused

    def save(self, *args: Any, collection: Any = None, **kwargs: Any) -> None:
        """As every voucher; the first save takes the name and address from the customer. Raises
        `CreditsTooMuch` and `PaidWithoutPayment`."""
        with transaction.atomic():
            is_new = self._state.adding
            if is_new:
                # nobody changes the name, or credits the same, between its being read and stored
                Customer.objects.hold([self.customer_id])
                Invoice.complete([self])
                self.refuse_too_much([self])
            super().save(*args, collection=collection, **kwargs)
            if not is_new and self.collection_ended_on:
                Customer.objects.look_again([self.customer_id])
            if self.credits_id and collection is not None:
                Invoice.objects.settle([self.credits_id], collection=collection, reopen=False)

    @classmethod
    def after_store(cls, rows: Sequence[Any]) -> None:
        Word.objects.put(
            "invoice", [(row.pk, row.customer_id, number_words(row.number)) for row in rows]
        )


def _addresses_of(customers: Iterable[int]) -> dict[int, dict[str, str]]:
    """By customer, what an invoice sent now says: the billing address where there is one."""
    keys = set(customers)
    billing = {row.customer_id: row for row in BillingData.objects.filter(customer__in=keys)}
    found = {}
    for customer in Customer.objects.filter(pk__in=keys):
        own = billing.get(customer.pk)
        source: Any = own if own and (own.street or own.city) else customer
        found[customer.pk] = {
            "billed_name": customer.name,
            **{f"billed_{part}": getattr(source, part) for part in ADDRESS},
        }
    return found


Moneys = list[tuple[date, Decimal]]


def moneys_of(invoices: Iterable[Invoice]) -> Mapping[int, Moneys]:
    """By invoice, the payments and credits that came for it, with their days, the oldest first."""
    keys = [invoice.pk for invoice in invoices]
    found: dict[int, Moneys] = defaultdict(list)
    paid = Payment.objects.filter(invoice__in=keys)
    for key, day, amount in paid.values_list("invoice_id", "paid_on", "amount"):
        found[key].append((day, amount))
    credited = Invoice.objects.filter(credits__in=keys).order_by()
    for key, day, amount in credited.values_list("credits_id", "invoiced_on", "amount"):
        found[key].append((day, -amount))
    for moneys in found.values():
        moneys.sort()
    return found


def left_of(invoices: Iterable[Invoice]) -> dict[int, Decimal]:
    """By invoice, what is owed after payments and credits; below zero where too much was paid. A
    credit note is settled by what it credits."""
    rows = list(invoices)
    moneys = moneys_of(rows) if rows else {}
    return {
        row.pk: Decimal(0)
        if row.credits_id
        else row.amount - sum((money for _day, money in moneys.get(row.pk, ())), Decimal(0))
        for row in rows
    }


def _origins_of(moneys: "Iterable[tuple[int, Voucher, str]]") -> dict[int, dict[date, int]]:
    """By invoice and day, the collection that told of money: of each the key of the invoice, the
    row that tells of it, and its column with the day."""
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for key, row, column in moneys:
        found[key].setdefault(getattr(row, column), row.collected[column])
    return found


def _covered_on(invoice: Invoice, moneys: Moneys) -> date | None:
    """The day since which `moneys` cover `invoice`; None when they do not. What is below zero is
    paid by giving money back; an invoice of nothing owes nothing, and a credit note is settled by
    what it credits."""
    if invoice.credits_id:
        return invoice.invoiced_on
    sign = -1 if invoice.amount < 0 else 1
    total, since = Decimal(0), None if invoice.amount else invoice.invoiced_on
    for day, money in moneys:
        total += money
        if total * sign < invoice.amount * sign:
            since = None
        elif since is None:
            since = day
    return since


class PaymentQuerySet(VoucherQuerySet["Payment"]):
    """Payments."""

    def store(self, rows: "Sequence[Payment]", *, collection: Any) -> "list[Payment]":
        with transaction.atomic():
            stored = super().store(rows, collection=collection)
            Payment.settle(stored, collection=collection)
        return stored


class Payment(Voucher):
    """Money that came for an invoice on a day, all or a part; below zero, money given back."""

    declaration = {
        "invoice": Kept.LINK,
        "paid_on": Kept.BY_LAW,
        "amount": Kept.BY_LAW,
    }
    claims = frozenset(declaration)
    happened = frozenset({"paid_on"})

    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="payments", verbose_name=_("invoice")
    )
    paid_on = models.DateField(_("paid on"))
    amount = models.DecimalField(
        _("amount, €"),
        max_digits=12,
        decimal_places=2,
        help_text=_("Below zero for money given back, or to undo a mistake."),
    )

    objects = PaymentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["paid_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_payment_is_not_nothing",
                condition=~Q(amount=0),
                violation_error_message=_("A payment of nothing is none."),
            ),
        ]

    def __str__(self) -> str:
        return number_format(self.amount)

    @classmethod
    def parties(cls, rows: Iterable[Any]) -> set[int]:
        return Invoice.parties(Invoice.objects.filter(pk__in={row.invoice_id for row in rows}))

    @classmethod
    def settle(cls, rows: "Sequence[Payment]", *, collection: Any) -> None:
        """Tell the invoices of new `rows` that money came, or went back."""
        back = {row.invoice_id for row in rows if row.amount < 0}
        came = {row.invoice_id for row in rows} - back
        told = _origins_of((row.invoice_id, row, "paid_on") for row in rows)
        for keys, reopen in ((came, False), (back, True)):
            if keys:
                Invoice.objects.settle(keys, collection=collection, reopen=reopen, origins=told)

    def save(self, *args: Any, collection: Any = None, **kwargs: Any) -> None:
        """As every voucher; the invoice then says whether it is paid."""
        with transaction.atomic():
            is_new = self._state.adding
            super().save(*args, collection=collection, **kwargs)
            if is_new and collection is not None:
                Payment.settle([self], collection=collection)
