"""A list of open invoices from the program in which they live: read, compared, taken over.

A newer list updates the older. Those no longer on it are offered as paid: staff say so, not the
program, for a list may be cut short.
"""

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from audit.texts import fault_of, one_line
from register.models import Customer, Invoice, Restriction

COLUMNS = 5
MOST_ROWS = 20_000
A_BLOCK = 500
_DAYS = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y")
_BLANKS = re.compile(r"[\s€]")
LARGEST = Decimal("9999999999.99")


class Fate(models.TextChoices):
    """What becomes of a row of the list."""

    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    SAME = "same", _("as before")
    REFUSED = "refused", _("refused")


@dataclass(frozen=True)
class Row:
    """One row of the list as it was read: values, or why it cannot be taken."""

    line: int
    number: str = ""
    customer: str = ""
    invoiced_on: date | None = None
    due_on: date | None = None
    amount: Decimal | None = None
    why: str = ""


@dataclass(frozen=True)
class Planned:
    """A row with the invoice that it makes or changes, and what changes."""

    row: Row
    fate: Fate
    invoice: Invoice | None = None
    why: str = ""


@dataclass(frozen=True)
class Plan:
    """What a list would do."""

    rows: list[Planned] = field(default_factory=list)
    #: open here and not on the list
    gone: list[Invoice] = field(default_factory=list)

    def count(self, fate: Fate) -> int:
        return sum(one.fate == fate for one in self.rows)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many rows there are of each fate."""
        return [(str(fate.label), self.count(fate)) for fate in Fate if self.count(fate)]

    @property
    def digest(self) -> str:
        """The same for the same plan: what was shown is what is done."""
        told = [(one.row, one.fate, one.invoice and one.invoice.pk) for one in self.rows]
        whole = repr((told, [invoice.pk for invoice in self.gone]))
        return hashlib.sha256(whole.encode()).hexdigest()


# --- reading


def rows_in(text: str) -> list[Row]:
    """The rows of `text`: number, customer, date, due date, amount, by semicolon, tab or comma.
    A first row that is a heading is left out."""
    lines = text.splitlines()
    delimiter = _delimiter(lines)
    read = [(line, _cells(one, delimiter)) for line, one in enumerate(lines, start=1)]
    filled = [(line, cells) for line, cells in read if any(cells)]
    if filled and _is_heading(filled[0][1]):
        filled = filled[1:]
    return [_row(line, cells) for line, cells in filled]


def _cells(line: str, delimiter: str) -> list[str]:
    # each line for itself: a quotation mark that nobody closed spoils one row only
    try:
        return [one_line(cell) for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return [line[:50]]


def _delimiter(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    return max(";\t,", key=first.count)


def _is_heading(cells: Iterable[str]) -> bool:
    return not any(character.isdigit() for cell in cells for character in cell)


def _row(line: int, cells: list[str]) -> Row:
    cells = [*cells, *[""] * COLUMNS][:COLUMNS]
    number, customer, invoiced, due, amount = cells
    row = Row(line, number, customer, _day(invoiced), _day(due), _money(amount))
    return replace(row, why=_fault(row))


def _fault(row: Row) -> str:
    if not row.number or len(row.number) > 50:
        return gettext("There is no number.")
    if why := fault_of(row.number):
        return why
    if row.invoiced_on is None:
        return gettext("The date cannot be read: write it as 5.3.2026.")
    if row.due_on is None:
        return gettext("The due date cannot be read: write it as 5.3.2026.")
    if row.due_on < row.invoiced_on:
        return gettext("An invoice cannot be due before its date.")
    if row.amount is None:
        return gettext("The amount cannot be read: write it as 120,50.")
    return ""


def _day(text: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _money(text: str) -> Decimal | None:
    """ "1 234,50", "1.234,50", "1,234.50" and "1234.5" alike."""
    bare = _BLANKS.sub("", text).replace("−", "-")
    if "," in bare and bare.rfind(",") > bare.rfind("."):
        bare = bare.replace(".", "").replace(",", ".")
    else:
        bare = bare.replace(",", "")
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,2})?", bare):
        return None
    try:
        amount = Decimal(bare).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return amount if abs(amount) <= LARGEST else None


# --- comparing


def plan_of(rows: Sequence[Row]) -> Plan:
    """What the list `rows` would do to the register as it is; as many queries for many rows of a
    block."""
    stored = _stored({row.number for row in rows if row.number})
    wanted = {row.customer for row in rows if row.number not in stored and not row.why}
    customers = _customers(wanted - {""})
    times = Counter(row.number for row in rows)
    planned = [_planned(row, stored, customers, times[row.number]) for row in rows]
    planned = _without_resting(planned)
    gone = Invoice.objects.unpaid().filter(kept_in__isnull=False).select_related("customer")
    listed = set(times)
    return Plan(planned, [one for one in gone.order_by("number") if one.number not in listed])


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


def _planned(
    row: Row, stored: dict[str, Invoice], customers: dict[str, list[Customer]], times: int
) -> Planned:
    why = row.why
    if not why and times > 1:
        why = gettext("This number is on the list more than once.")
    if why:
        return Planned(row, Fate.REFUSED, why=why)
    told: dict[str, Any] = {
        "invoiced_on": row.invoiced_on,
        "due_on": row.due_on,
        "amount": row.amount,
        "paid_on": None,
    }
    if invoice := stored.get(row.number):
        if why := _not_this(invoice, row):
            return Planned(row, Fate.REFUSED, why=why)
        same = all(getattr(invoice, column) == value for column, value in told.items())
        for column, value in told.items():
            setattr(invoice, column, value)
        return Planned(row, Fate.SAME if same else Fate.CHANGED, invoice)
    found = customers.get(row.customer, [])
    if len(found) != 1:
        return Planned(row, Fate.REFUSED, why=_not_one(found))
    return Planned(row, Fate.NEW, Invoice(customer=found[0], number=row.number, **told))


def _not_this(invoice: Invoice, row: Row) -> str:
    if not invoice.kept_in_id:
        return gettext("This invoice was entered here: what it says is never altered.")
    if invoice.customer.erased_at:
        return gettext("The customer has been erased.")
    if row.customer and row.customer not in _names_of(invoice.customer):
        return gettext("This number is an invoice of another customer.")
    return ""


def _not_one(found: list[Customer]) -> str:
    if not found:
        return gettext("Nobody has this name or reference: add the customer first.")
    return gettext("Several customers have this name: write the reference.")


def _stored(numbers: Iterable[str]) -> dict[str, Invoice]:
    return {
        invoice.number: invoice
        for block in _blocks(numbers)
        for invoice in Invoice.objects.filter(number__in=block).select_related("customer")
    }


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
    `paid`: all in one transaction, or nothing."""
    keys = set(paid)
    with transaction.atomic(), because(reason):
        new = [one.invoice for one in plan.rows if one.fate == Fate.NEW and one.invoice]
        Invoice.objects.store(new, collection=collection)
        for one in plan.rows:
            if one.fate == Fate.CHANGED and one.invoice:
                one.invoice.save(collection=collection)
        for invoice in plan.gone:
            if invoice.pk in keys:
                invoice.paid_on = paid_on
                invoice.save(collection=collection)
