"""A list of open invoices from the program in which they live: read, compared, taken over.

Read as the importer reads files. A newer list updates the older. Those no longer on it are offered
as paid: staff say so, not the program, for a list may be cut short. While a row is refused nothing
is offered: its invoice may be one of those that seem gone (P30, E04).
"""

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, BinaryIO, TypeVar

from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.digests import digests_of
from audit.reasons import because
from audit.texts import fault_of, one_line
from register.importing.amounts import (
    NotReadable,
    amount_of,
    day_of,
    exceeds,
    is_euro,
    is_other_money,
)
from register.importing.delimited import decoded
from register.importing.encodings import encoding_of
from register.importing.faults import Problem
from register.importing.mapping import Kind, guess
from register.importing.records import adds_up, contradicts, is_not_owed, is_paid
from register.importing.rows import Row as FileRow
from register.importing.rows import is_blank
from register.importing.sentences import problem_sentence, target_words
from register.importing.tables import Table, open_table
from register.importing.targets import Target
from register.models import ContactDigest, ContactKind, Customer, Invoice, Payment, Restriction
from register.models.invoices import MOST_AHEAD, left_of
from register.models.prohibitions import normalised

A_BLOCK = 500
LARGEST = Decimal("9999999999.99")
CENT = Decimal("0.01")
#: A list without headings has these, in this order.
IN_ORDER = (
    Target.INVOICE_NUMBER,
    Target.FULL_NAME,
    Target.INVOICED_ON,
    Target.DUE_ON,
    Target.AMOUNT,
)
#: Columns that say whose an invoice is, the surest first.
_NAMES = (Target.ORGANISATION, Target.FULL_NAME, Target.CONTACT_PERSON)
_SUMS = (Target.AMOUNT, Target.OPEN_AMOUNT, Target.PAID_AMOUNT)
ValueT = TypeVar("ValueT")


class Fate(models.TextChoices):
    """What becomes of a row of the list."""

    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    SAME = "same", _("as before")
    REFUSED = "refused", pgettext_lazy("row of a list", "refused")


class ColumnsMissing(Exception):
    """The headings do not say where what an invoice needs is; carries the sentence."""


class NotWhole(Exception):
    """A list was about to be taken over of which a row is refused."""


@dataclass(frozen=True)
class Row:
    """One row of the list as it was read: values, or why it cannot be taken."""

    line: int
    number: str = ""
    #: a reference or a name
    customer: str = ""
    invoiced_on: date | None = None
    due_on: date | None = None
    #: None where the list tells only what is open
    amount: Decimal | None = None
    why: str = ""
    email: str = ""
    #: what is open of it; None where the list does not tell
    left: Decimal | None = None
    paid_on: date | None = None

    @property
    def named(self) -> list[str]:
        """What the row calls its customer."""
        return [name for name in (self.customer, self.email) if name]


@dataclass(frozen=True)
class Planned:
    """A row with the invoice that it makes or changes, and what changes."""

    row: Row
    fate: Fate
    invoice: Invoice | None = None
    why: str = ""
    #: what has been paid since; below zero where what was paid is open again
    came: Decimal = Decimal(0)


@dataclass(frozen=True)
class Plan:
    """What a list would do."""

    rows: list[Planned] = field(default_factory=list)
    #: open here and not on the list
    gone: list[Invoice] = field(default_factory=list)

    def count(self, fate: Fate) -> int:
        return sum(one.fate == fate for one in self.rows)

    @property
    def is_whole(self) -> bool:
        """Whether no row is refused: only then the list can be taken over."""
        return not self.count(Fate.REFUSED)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many rows there are of each fate."""
        return [(str(fate.label), self.count(fate)) for fate in Fate if self.count(fate)]

    @property
    def digest(self) -> str:
        """The same for the same plan: what was shown is what is done."""
        told = [(one.row, one.fate, one.invoice and one.invoice.pk, one.came) for one in self.rows]
        whole = repr((told, [invoice.pk for invoice in self.gone]))
        return hashlib.sha256(whole.encode()).hexdigest()


# --- reading


def text_of(file: BinaryIO, name: str) -> str:
    """The list in `file`, as text in which each row has its line. Raises `UnreadableTable`."""
    with open_table(file, name) as table:
        if table.container != "xlsx":
            return decoded(file, encoding_of(file), "").read()
        text = StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\n")
        headings = FileRow(table.header_line or 0, [one.heading for one in table.columns])
        line = 1
        for row in [headings, *table.rows()] if table.header_line else table.rows():
            text.write("\n" * (row.line - line))
            writer.writerow([one_line(cell) for cell in row.cells])
            line = row.line + 1
        return text.getvalue()


def rows_in(text: str) -> list[Row]:
    """The rows of `text` by its headings; without headings they are number, customer, date, due
    date, amount. Raises `UnreadableTable` and `ColumnsMissing`."""
    with open_table(BytesIO(text.encode())) as table:
        reading = _Reading(table)
        return [
            reading.row(row)
            for row in table.rows()
            if row.fault or not (is_blank(row.cells) or adds_up(row))
        ]


class _Reading:
    """How the rows of one table are read."""

    def __init__(self, table: Table) -> None:
        self.width, self.month_first = len(table.columns), False
        #: the heading of a sum says that it is not in euros
        self.is_foreign = False
        self.places: dict[Target, list[int]] = defaultdict(list)
        if table.header_line is None:
            if self.width <= len(IN_ORDER):
                self.places.update({target: [place] for place, target in enumerate(IN_ORDER)})
            self.width = len(IN_ORDER)
        else:
            columns = guess(table, kind=Kind.INVOICES)
            self.month_first = columns.month_first
            for one in columns.choices:
                self.places[one.target].append(one.column.place)
            self.is_foreign = any(
                one.target in _SUMS and is_other_money(one.column.heading)
                for one in columns.choices
            )
        if missing := self._missing():
            raise ColumnsMissing(
                gettext("No column of the list is headed as one of these: %(names)s.")
                % {"names": ", ".join(missing)}
            )

    def _missing(self) -> list[str]:
        own = (Target.INVOICE_NUMBER, Target.INVOICED_ON, Target.DUE_ON)
        names = [target_words(target) for target in own if target not in self.places]
        if not self.places.keys() & {*_NAMES, Target.FAMILY_NAME, Target.EMAIL}:
            names.append(gettext("customer"))
        if not self.places.keys() & {Target.AMOUNT, Target.OPEN_AMOUNT}:
            names.append(target_words(Target.AMOUNT))
        return names

    def row(self, row: FileRow) -> Row:
        """What `row` says of an invoice, or why it cannot be taken."""
        too_many = any(cell.strip() for cell in row.cells[self.width :])
        if fault := row.fault or ("too_many_cells" if too_many else ""):
            return Row(row.line, why=problem_sentence(Problem(row.line, "", fault)))
        cells = [one_line(cell) for cell in row.cells]
        number = self._first(cells, Target.INVOICE_NUMBER)
        if self._is_other_money(cells):
            code = "other_currency"
            return Row(row.line, number, why=problem_sentence(Problem(row.line, "", code)))
        sums, is_sum = {}, True
        for target in _SUMS:
            cell = self._first(cells, target)
            sums[target] = _read(cell, _money)
            is_sum = is_sum and (sums[target] is not None or not cell)
        if exceeds(sums[Target.OPEN_AMOUNT], sums[Target.AMOUNT]):
            problem = Problem(row.line, "", "open_exceeds")
            return Row(row.line, number, why=problem_sentence(problem))
        paid_on = _read(self._first(cells, Target.PAID_ON), self._day)
        status = self._first(cells, Target.INVOICE_STATUS)
        if is_not_owed(status) or is_not_owed(self._first(cells, Target.PAID)):
            why = gettext("This invoice is not owed, the list says: leave it off the list.")
            return Row(row.line, number, why=why)
        said = self._first(cells, Target.PAID)
        left = _left(sums, said or status, paid_on)
        if contradicts(
            (said, status),
            paid_on,
            amount=sums[Target.AMOUNT],
            left=_left(sums, "", None),
            paid=sums[Target.PAID_AMOUNT],
        ):
            problem = Problem(row.line, "", "paid_and_open")
            return Row(row.line, number, why=problem_sentence(problem))
        customer, email = self._named(cells)
        read = Row(
            row.line,
            number,
            customer,
            _read(self._first(cells, Target.INVOICED_ON), self._day),
            _read(self._first(cells, Target.DUE_ON), self._day),
            sums[Target.AMOUNT],
            email=email,
            left=left,
            paid_on=None if left else paid_on,
        )
        return replace(read, why=_fault(read, is_sum=is_sum))

    def _is_other_money(self, cells: Sequence[str]) -> bool:
        currency = self._first(cells, Target.CURRENCY)
        return (
            self.is_foreign
            or bool(currency and not is_euro(currency))
            or any(is_other_money(self._first(cells, target)) for target in _SUMS)
        )

    def _first(self, cells: Sequence[str], target: Target) -> str:
        """The first filled cell of `target`."""
        places = self.places.get(target, ())
        return next((cells[one] for one in places if one < len(cells) and cells[one]), "")

    def _named(self, cells: Sequence[str]) -> tuple[str, str]:
        """What the row calls its customer, and the e-mail address."""
        name = next((cell for one in _NAMES if (cell := self._first(cells, one))), "")
        if not name:
            parts = (Target.GIVEN_NAME, Target.MIDDLE_NAME, Target.FAMILY_NAME)
            name = " ".join(filter(None, [self._first(cells, one) for one in parts]))
        email = self._first(cells, Target.EMAIL)
        return ("", email or name) if "@" in name else (name, email)

    def _day(self, cell: str) -> date:
        return day_of(cell, self.month_first)


def _read(cell: str, reading: Callable[[str], ValueT]) -> ValueT | None:
    try:
        return reading(cell)
    except NotReadable:
        return None


def _money(cell: str) -> Decimal:
    amount = amount_of(cell)
    if amount != amount.quantize(CENT) or abs(amount) > LARGEST:
        raise NotReadable
    return amount.quantize(CENT)


def _left(sums: Mapping[Target, Decimal | None], said: str, paid_on: date | None) -> Decimal | None:
    """What is open of an invoice: nothing and all of it are the ends."""
    amount, left = sums[Target.AMOUNT], sums[Target.OPEN_AMOUNT]
    paid = sums[Target.PAID_AMOUNT]
    if left is None and amount is not None and paid is not None:
        left = amount - paid
    if left is not None and amount is not None:
        least, most = sorted((Decimal(0), amount))
        left = min(max(left, least), most)
    if left is None and is_paid(said, paid_on, None):
        left = Decimal(0)
    return left


def _fault(row: Row, *, is_sum: bool) -> str:
    today = timezone.localdate()
    if not row.number or len(row.number) > 50:
        return gettext("There is no number.")
    if why := fault_of(row.number):
        return why
    if row.invoiced_on is None:
        return gettext("The date cannot be read: write it as 5.3.2026.")
    if row.invoiced_on > today:
        return gettext("The invoice is dated on a day that has not come yet.")
    if row.due_on is None:
        return gettext("The due date cannot be read: write it as 5.3.2026.")
    if row.due_on < row.invoiced_on:
        return gettext("An invoice cannot be due before its date.")
    if row.due_on > today + MOST_AHEAD:
        return gettext("The due date is more than ten years ahead.")
    if not is_sum or (row.amount is None and row.left is None):
        return gettext("The amount cannot be read: write it as 120,50.")
    if row.paid_on and row.paid_on > today:
        return gettext("The day of payment has not come yet.")
    return ""


# --- comparing


def plan_of(rows: Sequence[Row]) -> Plan:
    """What the list `rows` would do to the register as it is; as many queries for many rows of a
    block."""
    stored = _stored({row.number for row in rows if row.number})
    new = [row for row in rows if row.number not in stored and not row.why]
    customers = _customers({row.customer for row in new} - {""})
    customers |= _reached({row.email for row in new} - {""})
    left = left_of(stored.values())
    times = Counter(row.number for row in rows)
    planned = [
        Planned(
            row, Fate.REFUSED, why=row.why or gettext("This number is on the list more than once.")
        )
        if row.why or times[row.number] > 1
        else _told_again(row, invoice, left[invoice.pk])
        if (invoice := stored.get(row.number))
        else _told_first(row, customers)
        for row in rows
    ]
    plan = Plan(_without_resting(planned))
    if not plan.is_whole:
        return plan
    gone = Invoice.objects.unpaid().filter(kept_in__isnull=False).select_related("customer")
    return Plan(plan.rows, [one for one in gone.order_by("number") if one.number not in times])


def _without_resting(planned: Sequence[Planned]) -> list[Planned]:
    """What is owed may be collected, but nothing new is written of those whose data rest (S03)."""
    resting = Restriction.objects.at_rest(
        one.invoice.customer_id for one in planned if one.invoice and one.fate != Fate.SAME
    )
    whole = {key for key, at_rest in resting.items() if at_rest.is_whole}
    why = gettext("The data of this customer are restricted: lift that first.")
    return [
        Planned(one.row, Fate.REFUSED, why=why)
        if one.invoice and one.fate != Fate.SAME and one.invoice.customer_id in whole
        else one
        for one in planned
    ]


def _told_again(row: Row, invoice: Invoice, left: Decimal) -> Planned:
    """An invoice that is here, as the list tells it now; `left` was to pay until now."""
    if why := _not_this(invoice, row):
        return Planned(row, Fate.REFUSED, why=why)
    amount = row.amount if row.amount is not None else max(invoice.amount, row.left or Decimal(0))
    told = {"invoiced_on": row.invoiced_on, "due_on": row.due_on, "amount": amount}
    came, covered, is_open_again = Decimal(0), invoice.amount - left, False
    if not invoice.credits_id:
        is_open_again = bool(invoice.paid_on and row.left != 0)
        if row.left is not None:
            came = amount - row.left - covered
        elif is_open_again:
            came = -covered
    same = all(getattr(invoice, column) == value for column, value in told.items())
    for column, value in told.items():
        setattr(invoice, column, value)
    is_same = same and not came and not is_open_again
    return Planned(row, Fate.SAME if is_same else Fate.CHANGED, invoice, came=came)


def _told_first(row: Row, customers: Mapping[str, list[Customer]]) -> Planned:
    found = [{one.pk: one for one in customers.get(name, ())} for name in row.named]
    known = [some for some in found if some]
    common = set.intersection(*map(set, known)) if known else set()
    if len(common) != 1:
        return Planned(row, Fate.REFUSED, why=_not_one(known, common))
    amount = row.amount if row.amount is not None else row.left
    if row.amount is None and not row.left:
        why = gettext("Nothing of it is open, and its amount is not told.")
        return Planned(row, Fate.REFUSED, why=why)
    told: dict[str, Any] = {
        "number": row.number,
        "invoiced_on": row.invoiced_on,
        "due_on": row.due_on,
        "amount": amount,
    }
    invoice = Invoice(customer=known[0][common.pop()], **told)
    came = Decimal(0) if row.left is None else invoice.amount - row.left
    return Planned(row, Fate.NEW, invoice, came=came)


def _not_this(invoice: Invoice, row: Row) -> str:
    if not invoice.kept_in_id:
        return gettext("This invoice was entered here: what it says is never altered.")
    if invoice.customer.erased_at:
        return gettext("The customer has been erased.")
    if row.named and not _is_of(row, invoice.customer):
        return gettext("This number is an invoice of another customer.")
    return ""


def _is_of(row: Row, customer: Customer) -> bool:
    kind = ContactKind.EMAIL
    own = normalised(kind, customer.email)
    return row.customer in _names_of(customer) or bool(own and normalised(kind, row.email) == own)


def _not_one(known: Sequence[Any], common: Iterable[int]) -> str:
    if not known:
        return gettext("Nobody has this name, e-mail or reference: add the customer first.")
    if not common:
        return gettext("The name and the e-mail are of different customers.")
    return gettext("Several customers have this name or e-mail: write the reference.")


def _stored(numbers: Iterable[str]) -> dict[str, Invoice]:
    return {
        invoice.number: invoice
        for block in _blocks(numbers)
        for invoice in Invoice.objects.filter(number__in=block).select_related("customer")
    }


def _reached(emails: Iterable[str]) -> dict[str, list[Customer]]:
    """Customers by each of `emails`, however it is spelt."""
    found: dict[str, list[Customer]] = defaultdict(list)
    for block in _blocks(emails):
        sought: dict[str, list[str]] = defaultdict(list)
        for email in block:
            for digest in digests_of(ContactKind.EMAIL, normalised(ContactKind.EMAIL, email)):
                sought[digest].append(email)
        met = ContactDigest.objects.filter(digest__in=sought, customer__erased_at__isnull=True)
        for one in met.select_related("customer").order_by("customer"):
            for email in sought[one.digest]:
                found[email].append(one.customer)
    return dict(found)


def _customers(names: Iterable[str]) -> dict[str, list[Customer]]:
    """Customers by each of `names`: a reference, the name of an organisation, or that of a person
    in either order."""
    found: dict[str, list[Customer]] = {}
    named = Customer.objects.unerased().annotate(
        first=Concat("given_name", Value(" "), "family_name"),
        last=Concat("family_name", Value(" "), "given_name"),
    )
    for block in _blocks(names):
        fits = (
            models.Q(reference__in=block)
            | models.Q(organisation_name__in=block)
            | models.Q(first__in=block)
            | models.Q(last__in=block)
        )
        for customer in named.filter(fits).order_by("pk"):
            for name in _names_of(customer) & set(block):
                found.setdefault(name, []).append(customer)
    return found


def _names_of(customer: Customer) -> set[str]:
    given, family = customer.given_name, customer.family_name
    return {
        customer.reference,
        customer.organisation_name,
        f"{given} {family}",
        f"{family} {given}",
    }


def _blocks(values: Iterable[str]) -> Iterator[list[str]]:
    every = sorted(set(values))
    for start in range(0, len(every), A_BLOCK):
        yield every[start : start + A_BLOCK]


# --- taking over


def take_over(
    plan: Plan, *, collection: Any, paid: Iterable[int], paid_on: date, reason: str
) -> None:
    """Do what `plan` says, and mark as paid on `paid_on` those of `plan.gone` whose keys are in
    `paid`: all in one transaction, or nothing. What is paid is so by a payment, on `paid_on` where
    the list tells no day. Raises `NotWhole`."""
    if not plan.is_whole:
        raise NotWhole
    keys = set(paid)
    with transaction.atomic(), because(reason):
        new = [one.invoice for one in plan.rows if one.fate == Fate.NEW and one.invoice]
        Invoice.objects.store(new, collection=collection)
        told = [one.invoice for one in plan.rows if one.fate == Fate.CHANGED and one.invoice]
        Customer.objects.hold(invoice.customer_id for invoice in told)
        Invoice.objects.amend(told, collection=collection)
        came = [
            Payment(invoice=one.invoice, paid_on=one.row.paid_on or paid_on, amount=one.came)
            for one in plan.rows
            if one.invoice and one.came
        ]
        Payment.objects.store(came, collection=collection)
        Invoice.objects.settle({one.pk for one in told}, collection=collection, reopen=True)
        gone = {invoice.pk: paid_on for invoice in plan.gone if invoice.pk in keys}
        Invoice.objects.pay(gone, collection=collection)
