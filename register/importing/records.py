"""One row as the register would keep it, with what is wrong in it.

What refuses a row and what only leaves something out stands in `faults.py`. A row is refused
whole when a value cannot be what its column says: nothing is lost without being told by line. What
has no place is left out: a second phone number, an IP number without its day.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import TypeVar

from audit.texts import holds_identity_code, one_line
from register.models.invoices import MOST_AHEAD
from register.models.words import fold
from register.phones import e164

from .addresses import Address, is_finnish, split_address, without_country
from .amounts import (
    MistypedYear,
    NotReadable,
    OtherCurrency,
    amount_of,
    day_of,
    exceeds,
    is_euro,
    is_other_money,
)
from .countries import code_of_country
from .faults import Problem
from .headings import GROUPS, fold_heading
from .mapping import Choice, ColumnMap, Kind, Why
from .names import Name, is_organisation, names_several, split_name
from .negation import plain, says_not
from .notes import heard_in
from .refusals import (
    MARKETING,
    Prohibited,
    answer_of,
    overheard_in,
    refusal_of,
    said_by_labels,
    says_yes_or_no,
)
from .rows import Row
from .targets import OF_BILLING, POSTAL, Target
from .values import (
    LONGEST,
    NOTHING,
    Invalid,
    Rounded,
    business_id_of,
    einvoice_address_of,
    email_of,
    ip_of,
    is_rounded,
    mark_of,
    phones_of,
    reference_of,
    unguarded,
    website_of,
)
from .vcards import GROUP_CARD

#: So many cells too many are borne when a no is looked for.
MOST_SLIPS = 5
#: `_cells` puts an empty cell after the last one.
NOWHERE = -1
CENT, TOO_MUCH = Decimal("0.01"), Decimal(10) ** 8
Cells = tuple[str, ...]
ValueT = TypeVar("ValueT")
_NOBODY: Prohibited = frozenset()
#: What exports put before a text that a spreadsheet would reckon with, or that begins so.
_MADE_HARMLESS = re.compile(r"'(?='*[-+=@\t\r])")
#: Cheaper than `holds_identity_code`, and lets through all that it finds.
_MAYBE_CODE = re.compile(r"\d{6}\s?[-+a-fu-yA-FU-Y‐‑‒–—−]\s?\d{3}")
_ORGANISATIONS = frozenset(
    "yritys yhteiso yhteisö organisaatio yhdistys company organization organisation business org "
    "företag foretag förening organisationskund yritysasiakas b2b".split()
)


_NO_ORGANISATION = frozenset(
    """
    yksityishenkilö yksityinen yksityisasiakas yksityis kuluttaja kuluttaja-asiakas henkilöasiakas
    privatperson privat privatkund konsument individual private consumer personal self
    """.split()
)


_LANGUAGES = {
    word: language
    for language, words in (
        ("fi", "fi fin suomi finska finnish"),
        ("sv", "sv swe se ruotsi svenska swedish"),
        ("en", "en eng gb englanti engelska english"),
    )
    for word in words.split()
}


@dataclass(slots=True)
class CustomerRecord:
    """Whom a row is about: a person, an organisation, or a person at an organisation."""

    line: int
    given_name: str = ""
    family_name: str = ""
    organisation: str = ""
    email: str = ""
    phone: str = ""
    phone_e164: str = ""
    #: beside the one in `phone`: not kept, but a no holds for them too (P52)
    other_phones: list[str] = field(default_factory=list)
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    website: str = ""
    #: of letters; empty where the row does not tell one of ours
    language: str = ""
    ip_address: str = ""
    ip_seen_on: date | None = None
    #: how the customer is billed, by the column of `BillingData`; of a role the organisation is
    billing: dict[str, str] | None = None
    prohibitions: Prohibited = _NOBODY
    #: each no by itself: the heading of its column, and what it forbids
    noes: list[tuple[str, Prohibited]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: why the row says nothing: it is "empty", the "sum" of others, the "headings" again, an order
    #: that came to nothing, an invoice that is not owed, or a card of a group
    passed_over: str = ""

    @property
    def is_person(self) -> bool:
        return bool(self.given_name or self.family_name)

    @property
    def has_role(self) -> bool:
        """Whether the row is two customers, joined by a contact role."""
        return self.is_person and bool(self.organisation)

    @property
    def faults(self) -> list[Problem]:
        """The problems that keep the row out, each once."""
        return list(dict.fromkeys(one for one in self.problems if one.refuses))

    @property
    def refused(self) -> Problem | None:
        """The first problem that keeps the row out."""
        return next((one for one in self.problems if one.refuses), None)


@dataclass(slots=True)
class VoucherRecord:
    """What an order and an invoice have in common: a line of the file, and whose it is."""

    line: int
    customer: CustomerRecord

    @property
    def problems(self) -> list[Problem]:
        return self.customer.problems

    @property
    def refused(self) -> Problem | None:
        return self.customer.refused


@dataclass(slots=True)
class OrderRecord(VoucherRecord):
    """A line of an order; an order with several has several rows with one number."""

    number: str = ""
    ordered_on: date | None = None
    delivered_on: date | None = None
    cancelled_on: date | None = None
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None


@dataclass(slots=True)
class InvoiceRecord(VoucherRecord):
    """An invoice: its bare facts. `is_paid` is None where the row does not tell; `part` is what
    was paid of it on `part_on`."""

    number: str = ""
    invoiced_on: date | None = None
    due_on: date | None = None
    amount: Decimal | None = None
    paid_on: date | None = None
    is_paid: bool | None = None
    part: Decimal | None = None
    part_on: date | None = None


_NOT_WHO = ("line", "noes", "problems", "passed_over")
_WHO = tuple(one.name for one in fields(CustomerRecord) if one.name not in _NOT_WHO)
_NAMED = ("given_name", "family_name", "organisation")


def _reached_alike(one: CustomerRecord, other: CustomerRecord) -> bool:
    """Whether `one` has an e-mail address or phone number, and none that `other` has not."""
    return all(
        getattr(one, name) in ("", getattr(other, name)) for name in ("email", "phone")
    ) and bool(one.email or one.phone)


class Normaliser:
    """Makes records of the rows of one table."""

    def __init__(self, columns: ColumnMap, *, today: date | None = None) -> None:
        """Without `today` no day is too far ahead."""
        self._map, self._today = columns, today
        self._latest_due = today + MOST_AHEAD if today else None
        used = [*(one.column for one in columns.choices), *columns.overheard]
        self._names = {one.place: one.name for one in used}
        self._headings = {
            one.column.place: one.column.heading for one in columns.choices if one.column.heading
        }
        places = sorted(self._names)
        #: the place in the row -> the place among the cells that are used
        self._at = {place: number for number, place in enumerate(places)}
        self._pick: Callable[[Sequence[str]], tuple[str, ...]] = _picker(places)
        self._places = places
        self._width = columns.width
        seen = {*places, *(one.column.place for one in columns.dropped)}
        #: columns without heading that were empty as far as the table was looked at
        self._unnamed = [place for place in range(columns.width) if place not in seen]
        one = self._one
        self._given, self._middle = one(Target.GIVEN_NAME), one(Target.MIDDLE_NAME)
        self._family, self._full = one(Target.FAMILY_NAME), one(Target.FULL_NAME)
        self._contact = one(Target.CONTACT_PERSON)
        self._organisations = self._every(Target.ORGANISATION)
        self._emails, self._phones = self._every(Target.EMAIL), self._every(Target.PHONE)
        self._websites = self._every(Target.WEBSITE)
        self._ip, self._ip_day = one(Target.IP_ADDRESS), one(Target.IP_SEEN_ON)
        self._language = one(Target.LANGUAGE)
        self._business_id, self._type = one(Target.BUSINESS_ID), one(Target.CUSTOMER_TYPE)
        self._postal = self._postal_groups()
        self._billing_address = {
            target: one(OF_BILLING[target]) if target in OF_BILLING else NOWHERE
            for target in POSTAL
        }
        self._bills = {
            name: (one(Target(name)), reading)
            for name, reading in _BILLING.items()
            if Target(name) in columns.kept
        }
        self._is_billed = bool(self._bills) or set(self._billing_address.values()) != {NOWHERE}
        self._whole_addresses = [
            place
            for target in (Target.ADDRESS, Target.BILLING_ADDRESS, Target.STREET)
            for place in self._every(target)
        ]
        #: the two parts of the name are those of whom to ask for
        self._of_contact = any(
            one.target is Target.FAMILY_NAME and one.group == "contact" for one in columns.choices
        )
        self._refusals = [
            (self._at[choice.column.place], choice.refusal)
            for choice in columns.choices
            if choice.refusal
        ]
        #: of these nothing is kept, so nothing in them refuses a row
        self._labels, self._notes = self._every(Target.LABELS), self._every(Target.NOTES)
        self._fields = self._own_fields()
        #: columns that are dropped, in which a no is heard all the same
        self._overheard = [self._at[one.place] for one in columns.overheard]
        self._dropped = frozenset(
            (*self._labels, *self._notes, *self._overheard, *sum(self._fields, ()))
        )
        chosen = {one.column.place for one in columns.dropped if one.why == Why.CHOSEN}
        #: of these the heading speaks of a wish, though most of the cells do not answer it
        self._wished = {
            self._at[one.place]
            for one in columns.overheard
            if refusal_of(fold_heading(one.heading))
        }
        #: nobody has looked at these
        self._asked = {
            self._at[one.place]
            for one in columns.overheard
            if columns.kind == Kind.CUSTOMERS and one.place not in chosen
        }
        self._is_heard = bool(
            self._refusals
            or self._labels
            or self._notes
            or self._fields
            or columns.everybody_forbids
        )
        self._always = MARKETING if columns.everybody_forbids else _NOBODY
        self._family_first = columns.family_first
        self._order_before: OrderRecord | None = None
        self._vouching = self._last_that_can_be_checked()

    def _one(self, target: Target) -> int:
        """The place of a target among the cells that are used; NOWHERE, where all rows are
        empty, for one that no column has."""
        return next(iter(self._every(target)), NOWHERE)

    def _own_fields(self) -> list[tuple[int, int]]:
        """Of each field of people's own making the places of its name and of its value."""
        places: dict[str, dict[Target, int]] = {}
        for one in self._map.choices:
            if one.target in (Target.FIELD_NAME, Target.FIELD_VALUE):
                places.setdefault(one.group, {})[one.target] = self._at[one.column.place]
        return [
            (both[Target.FIELD_NAME], both[Target.FIELD_VALUE])
            for both in places.values()
            if len(both) == 2
        ]

    def _every(self, target: Target) -> list[int]:
        found = [one for one in self._map.choices if one.target is target]
        return [self._at[one.column.place] for one in found]

    def _postal_groups(self) -> list[dict[Target, int]]:
        """Of each address the columns; the best group first, filled up from that without a name."""
        groups: dict[str, dict[Target, int]] = {}
        for one in self._map.choices:
            if one.target in POSTAL:
                groups.setdefault(one.group, {})[one.target] = self._at[one.column.place]
        whole = sorted(groups, key=lambda group: (-len(groups[group]), GROUPS.index(group)))
        bare = groups.get("", {})
        best = next((group for group in whole if group and groups[group].keys() & _STREETS), "")
        if bare and best and not bare.keys() & _STREETS:
            whole.remove("")
            groups[best] = {**bare, **groups[best]}
        ordered = sorted(whole, key=lambda one: self._rank(one, groups))
        return [
            {target: groups[group].get(target, NOWHERE) for target in POSTAL} for group in ordered
        ]

    @staticmethod
    def _rank(group: str, groups: dict[str, dict[Target, int]]) -> tuple[bool, int]:
        says_where = {Target.STREET, Target.ADDRESS, Target.CITY, Target.POSTCODE}
        return not groups[group].keys() & says_where, GROUPS.index(group)

    def _last_that_can_be_checked(self) -> Choice | None:
        """The last column, where its cells tell whether the row has slipped."""
        last = max(self._map.choices, key=lambda one: one.column.place, default=None)
        checkable = (Target.EMAIL, Target.PHONE, Target.POSTCODE, Target.WEBSITE)
        if last and last.column.place == self._width - 1 and last.target in checkable:
            return last
        return None

    def records(
        self, rows: Iterator[Row]
    ) -> Iterator[CustomerRecord | OrderRecord | InvoiceRecord]:
        """A record for each row, in order; of rows of orders and invoices theirs."""
        match self._map.kind:
            case Kind.CUSTOMERS:
                return map(self.customer, rows)
            case Kind.ORDERS:
                return map(self.order, rows)
            case Kind.INVOICES:
                return map(self.invoice, rows)

    def customer(self, row: Row) -> CustomerRecord:
        """Whom `row` is about. Never raises: what is wrong stands in `problems`."""
        record = CustomerRecord(row.line)
        cells = self._cells(row, record)
        if cells is not None:
            self._fill(record, cells)
            if record.problems or not (record.email or record.phone_e164):
                self._pass_over(row, record)
        return record

    def _pass_over(self, row: Row, record: CustomerRecord) -> None:
        """Exports add up at their end, number their pages and say their headings again on each."""
        if adds_up(row):
            record.passed_over = "sum"
        elif is_about_the_list(row):
            record.passed_over = "about_list"
        elif len(self._headings) > 1 and self._headings == {
            place: " ".join(row.cells[place].split())
            for place in self._headings
            if place < len(row.cells)
        }:
            record.passed_over = "headings"

    def order(self, row: Row) -> OrderRecord:
        """The line of an order in `row`, and whose it is."""
        customer = CustomerRecord(row.line)
        record = OrderRecord(row.line, customer)
        if (cells := self._cells(row, customer)) is None:
            return record
        self._fill(customer, cells)
        record.number = self._text(cells, customer, Target.ORDER_NUMBER, LONGEST["number"])
        record.ordered_on = self._read(
            cells, customer, Target.ORDERED_ON, self._day, "date_invalid"
        )
        record.delivered_on = self._read(
            cells, customer, Target.DELIVERED_ON, self._day, "date_invalid"
        )
        is_cancelled = says_yes_or_no(cells[self._one(Target.CANCELLED_ON)])
        if is_cancelled is None:
            record.cancelled_on = self._read(
                cells, customer, Target.CANCELLED_ON, self._day, "date_invalid"
            )
        record.description = self._text(cells, customer, Target.DESCRIPTION, LONGEST["description"])
        quantity = self._number(cells, customer, Target.QUANTITY, "quantity_invalid")
        record.quantity = Decimal(1) if quantity is None else quantity
        if record.quantity <= 0:
            place = self._one(Target.QUANTITY)
            customer.problems.append(self._problem(row.line, place, "quantity_invalid"))
        record.unit_price = self._number(cells, customer, Target.UNIT_PRICE, "amount_invalid")
        self._in_euros(cells, customer)
        before = self._order_before
        self._inherit(record)
        if not record.ordered_on:
            self._miss(customer, Target.ORDERED_ON, "date_missing")
        self._check_days(record)
        self._call_off(record, cells, before, is_cancelled=is_cancelled)
        if customer.problems:
            self._pass_over(row, customer)
        return record

    def _check_days(self, record: OrderRecord) -> None:
        """In the order in which the register keeps them, and none of them to come."""
        ordered, delivered, cancelled = record.ordered_on, record.delivered_on, record.cancelled_on
        self._refuse_ahead(record, Target.ORDERED_ON, ordered)
        self._refuse_ahead(record, Target.CANCELLED_ON, cancelled)
        if delivered and self._today and delivered > self._today:
            place = self._one(Target.DELIVERED_ON)
            record.problems.append(self._problem(record.line, place, "delivery_ahead"))
            delivered = record.delivered_on = None
        days = [day for day in (ordered, delivered, cancelled) if day]
        if days != sorted(days):
            record.problems.append(Problem(record.line, "", "order_of_days"))

    def _refuse_ahead(self, record: VoucherRecord, target: Target, day: date | None) -> None:
        if day and self._today and day > self._today:
            problem = self._problem(record.line, self._one(target), "date_ahead")
            record.problems.append(problem)

    def _call_off(
        self,
        record: OrderRecord,
        cells: Cells,
        before: OrderRecord | None,
        *,
        is_cancelled: bool | None,
    ) -> None:
        """An order that came to nothing is none, where nothing says on which day that was."""
        status = cells[self._one(Target.ORDER_STATUS)]
        is_silent = not status and is_cancelled is None
        if before and is_silent and record.number and before.number == record.number:
            record.customer.passed_over = before.customer.passed_over
        elif (is_cancelled or _CALLED_OFF.match(status)) and not record.cancelled_on:
            record.customer.passed_over = "order_cancelled"

    def _inherit(self, record: OrderRecord) -> None:
        """Web shops tell who ordered, and when, in the first line of an order only."""
        before, customer = self._order_before, record.customer
        self._order_before = record
        if not before or not record.number or before.number != record.number:
            return
        for name in ("ordered_on", "delivered_on", "cancelled_on"):
            setattr(record, name, getattr(record, name) or getattr(before, name))
        nobody = [one for one in customer.problems if one.code == "nobody"]
        if nobody:
            customer.problems.remove(nobody[0])
            for name in _WHO:
                setattr(customer, name, getattr(before.customer, name))
        elif not (customer.is_person or customer.organisation) and _reached_alike(
            customer, before.customer
        ):
            for name in _NAMED:
                setattr(customer, name, getattr(before.customer, name))

    def invoice(self, row: Row) -> InvoiceRecord:
        """The invoice in `row`, and whose it is."""
        customer = CustomerRecord(row.line)
        record = InvoiceRecord(row.line, customer)
        if (cells := self._cells(row, customer)) is None:
            return record
        self._fill(customer, cells)
        record.number = self._text(cells, customer, Target.INVOICE_NUMBER, LONGEST["number"])
        day, code = self._day, "date_invalid"
        record.invoiced_on = self._read(cells, customer, Target.INVOICED_ON, day, code)
        record.due_on = self._read(cells, customer, Target.DUE_ON, self._due, code)
        record.paid_on = self._read(cells, customer, Target.PAID_ON, day, code)
        record.amount = self._number(cells, customer, Target.AMOUNT, "amount_invalid")
        self._in_euros(cells, customer)
        self._refuse_ahead(record, Target.INVOICED_ON, record.invoiced_on)
        if record.due_on and self._latest_due and record.due_on > self._latest_due:
            place = self._one(Target.DUE_ON)
            customer.problems.append(self._problem(row.line, place, "due_too_far"))
        if record.paid_on and self._today and record.paid_on > self._today:
            place = self._one(Target.PAID_ON)
            customer.problems.append(self._problem(row.line, place, "payment_ahead"))
            record.paid_on = None
        self._payment(record, cells)
        if not record.number:
            self._miss(customer, Target.INVOICE_NUMBER, "number_missing")
        if not record.invoiced_on:
            self._miss(customer, Target.INVOICED_ON, "date_missing")
        if record.amount is None:
            self._miss(customer, Target.AMOUNT, "amount_missing")
        if not record.due_on:
            self._miss(customer, Target.DUE_ON, "due_missing")
        if record.invoiced_on and record.due_on and record.due_on < record.invoiced_on:
            customer.problems.append(Problem(row.line, "", "due_before_date"))
        if customer.problems:
            self._pass_over(row, customer)
        called_off = cells[self._one(Target.INVOICE_CANCELLED)]
        if self._is_not_owed(cells) or (called_off and self._says_when(called_off)):
            customer.passed_over = "invoice_void"
        return record

    def _is_not_owed(self, cells: Cells) -> bool:
        return any(
            is_not_owed(cells[self._one(one)]) for one in (Target.INVOICE_STATUS, Target.PAID)
        )

    def _says_when(self, cell: str) -> bool:
        """Whether a cell says yes, or tells the day."""
        if (answer := says_yes_or_no(cell)) is not None:
            return answer
        try:
            return bool(self._day(cell))
        except MistypedYear:
            return True
        except NotReadable:
            return is_not_owed(cell)

    def _miss(self, record: CustomerRecord, target: Target, code: str) -> None:
        """Note that nothing is told, unless what is told has been found wrong."""
        column = self._named(target)
        if not (column and any(one.column == column for one in record.faults)):
            record.problems.append(Problem(record.line, "", code))

    def _payment(self, record: InvoiceRecord, cells: Cells) -> None:
        """Whether it is paid, or which part of it, and since when."""
        customer, amount = record.customer, record.amount
        left = self._number(cells, customer, Target.OPEN_AMOUNT, "amount_invalid")
        paid = self._number(cells, customer, Target.PAID_AMOUNT, "amount_invalid")
        if exceeds(left, amount):
            customer.problems.append(
                self._problem(record.line, self._one(Target.OPEN_AMOUNT), "open_exceeds")
            )
        if amount and amount > 0:
            if left is None and paid is not None:
                left = amount - paid
            if left is not None and 0 < left < amount:
                if record.paid_on:
                    record.part, record.part_on = amount - left, record.paid_on
                else:
                    customer.problems.append(Problem(record.line, "", "part_is_paid"))
            left = None if left is None else max(left, Decimal(0))
        said, status = cells[self._one(Target.PAID)], cells[self._one(Target.INVOICE_STATUS)]
        if contradicts((said, status), record.paid_on, amount=amount, left=left, paid=paid):
            customer.problems.append(Problem(record.line, "", "paid_and_open"))
        record.is_paid = is_paid(said or status, record.paid_on, left)
        if record.is_paid is None:
            record.is_paid = is_paid(status, record.paid_on, left)
        said = f"{said} {status}".strip()
        if is_collected(said):
            column = self._named(Target.INVOICE_STATUS) or self._named(Target.PAID)
            customer.problems.append(Problem(record.line, column, "in_collection"))
        if _IN_PART.search(said) and left is None:
            customer.problems.append(Problem(record.line, "", "part_is_paid"))
        if not record.is_paid:
            record.paid_on = None
        elif not record.paid_on:
            customer.problems.append(Problem(record.line, "", "paid_day_unknown"))

    def _day(self, cell: str) -> date:
        return day_of(cell, self._map.month_first, self._today)

    def _due(self, cell: str) -> date:
        return day_of(cell, self._map.month_first, self._latest_due)

    def _text(self, cells: Cells, record: CustomerRecord, target: Target, limit: int) -> str:
        cell = unguarded(cells[place := self._one(target)])
        if len(cell) > limit:
            record.problems.append(self._problem(record.line, place, "too_long"))
        if target is not Target.DESCRIPTION and is_rounded(cell):
            record.problems.append(self._problem(record.line, place, "number_mangled"))
        return cell

    def _number(
        self, cells: Cells, record: CustomerRecord, target: Target, code: str
    ) -> Decimal | None:
        """A sum or a quantity, as the register keeps them: to two decimals."""
        number = self._read(cells, record, target, amount_of, code)
        if number is not None and is_other_money(self._named(target)):
            record.problems.append(self._problem(record.line, self._one(target), "other_currency"))
        if number is not None and (number != number.quantize(CENT) or abs(number) >= TOO_MUCH):
            record.problems.append(self._problem(record.line, self._one(target), "too_exact"))
        return number

    def _in_euros(self, cells: Cells, record: CustomerRecord) -> None:
        """A voucher is never altered (R05), so a sum that is not euros may not look like them."""
        place = self._one(Target.CURRENCY)
        if cells[place] and cells[place] not in NOTHING and not is_euro(cells[place]):
            record.problems.append(self._problem(record.line, place, "other_currency"))

    def _read(
        self,
        cells: Cells,
        record: CustomerRecord,
        target: Target,
        reading: Callable[[str], ValueT],
        code: str,
    ) -> ValueT | None:
        """A day or a sum; None where the cell is empty, or holds none and is told so."""
        cell = cells[place := self._one(target)]
        if not cell or (cell in NOTHING and cell != "0"):
            return None
        try:
            return reading(cell)
        except OtherCurrency:
            record.problems.append(self._problem(record.line, place, "other_currency"))
            return None
        except MistypedYear:
            record.problems.append(self._problem(record.line, place, "year_unlikely"))
            return None
        except NotReadable:
            record.problems.append(self._problem(record.line, place, code))
            return None

    def _problem(self, line: int, place: int, code: str) -> Problem:
        name = "" if place == NOWHERE else self._names[self._places[place]]
        return Problem(line, name, code)

    def _cells(self, row: Row, record: CustomerRecord) -> tuple[str, ...] | None:
        """The cells that are used; None where the row holds nothing that can be read."""
        line, cells, fault, pieces = row
        if fault == GROUP_CARD:
            record.passed_over = fault
            return None
        if fault:
            record.problems.append(Problem(line, "", fault))
            self._hear(record, pieces if len(pieces) >= self._width else ())
            return None
        if len(cells) != self._width:
            cells = self._fitted(line, cells, record)
        if self._unnamed and any(cells[place].strip() for place in self._unnamed):
            record.problems.append(Problem(line, "", "cells_without_heading"))
        used = self._pick(cells)
        together = "|".join(used)
        if "'" in together and _MADE_HARMLESS.search(together):
            used = tuple(cell[1:] if _MADE_HARMLESS.match(cell) else cell for cell in used)
            together = "|".join(used)
        if not together.isprintable() or "\ufffd" in together:
            used = self._shown(line, used, record)
            together = "|".join(used)
        plain = together if together.isascii() else unicodedata.normalize("NFKC", together)
        if _MAYBE_CODE.search(plain):
            self._refuse_codes(line, used, record)
        if not together.strip("| ") or self._is_silent(used):
            record.passed_over = "empty"
            self._pass_over(row, record)
            return None
        if record.problems and record.refused:
            self._hear(record, row.cells)
            return None
        return (*[cell.strip() for cell in used], "")

    def _is_silent(self, used: Cells) -> bool:
        """Whether nothing stands but in columns that are dropped."""
        overheard = self._overheard
        return bool(overheard) and not any(
            cell.strip() for place, cell in enumerate(used) if place not in overheard
        )

    @staticmethod
    def _said_by_field(name: str, value: str) -> tuple[Prohibited, bool]:
        """What a field of people's own making forbids, and whether that is clear."""
        refusal = refusal_of(fold_heading(name))
        if refusal is None:
            return said_by_labels(value), True
        answer = answer_of(value, refusal)
        forbids = refusal.forbids if answer and answer.forbids else _NOBODY
        return forbids, answer is None or answer.is_clear

    def _hear(self, record: CustomerRecord, cells: Sequence[str]) -> None:
        """A no holds though its row is refused: read it, and how its person is reached (P52).

        Where there are too many cells each one is in its place, or as many places further as there
        are too many. A no in any of these is one.
        """
        if not self._is_heard:
            return
        slips = 0 if self._vouched_or_fits(cells) else len(cells) - self._width
        is_read = bool(cells) and slips <= MOST_SLIPS
        shifted = [
            [*cells[slip : slip + self._width], *[""] * (self._width - len(cells))]
            for slip in range(slips + 1 if is_read else 0)
        ]
        self._forbid(record, NOWHERE, self._always)
        for place, refusal in self._refusals:
            said = [answer_of(one_line(some[self._places[place]]), refusal) for some in shifted]
            answers = [answer for answer in said if answer]
            clear = [answer for answer in answers if answer.is_clear]
            if any(one.forbids for one in (clear if slips else answers)):
                self._forbid(record, place, refusal.forbids)
            elif answers and not clear:
                is_read = False
        for place in self._labels:
            heard = (said_by_labels(some[self._places[place]]) for some in shifted)
            self._forbid(record, place, _NOBODY.union(*heard))
        for name, value in self._fields:
            for some in shifted:
                both = some[self._places[name]], one_line(some[self._places[value]])
                self._forbid(record, value, self._said_by_field(*both)[0])
        for place in self._notes:
            for some in shifted:
                self._forbid(record, place, self._noted(record, place, some[self._places[place]]))
        self._reached(record, shifted)
        if not is_read:
            record.problems.append(Problem(record.line, "", "no_not_kept"))

    def _vouched_or_fits(self, cells: Sequence[str]) -> bool:
        return not any(cell.strip() for cell in cells[self._width :]) or self._vouched(cells)

    def _reached(self, record: CustomerRecord, shifted: Sequence[Sequence[str]]) -> None:
        """How the person of a refused row is reached, by its cells that are sound; of a row that
        has slipped, by what can be nothing else."""
        found = []
        for cells in shifted:
            sound = [cell.strip() if _is_sound(cell) else "" for cell in self._pick(cells)]
            one, used = CustomerRecord(record.line), (*sound, "")
            self._reach(one, used)
            if self._postal and len(shifted) == 1:
                self._address(one, used)
            if one.phone:
                self._dialled(one)
            found.append(one)
        for name in ("email", "phone_e164", "street", "postcode"):
            values = {getattr(one, name) for one in found} - {""}
            if len(values) == 1:
                setattr(record, name, values.pop())
        # a number that cannot be dialled may be met all the same, unless it stands elsewhere
        record.phone = record.phone_e164 or (found[0].phone if len(found) == 1 else "")
        record.other_phones = found[0].other_phones if len(found) == 1 else []

    def _fitted(self, line: int, cells: list[str], record: CustomerRecord) -> list[str]:
        """As many cells as there are headings."""
        if len(cells) < self._width:
            if any(cells):
                record.problems.append(Problem(line, "", "fewer_cells"))
            return cells + [""] * (self._width - len(cells))
        if any(cell.strip() for cell in cells[self._width :]):
            # a delimiter inside a cell makes all that follows slip into the wrong columns
            code = "cells_without_heading" if self._vouched(cells) else "too_many_cells"
            record.problems.append(Problem(line, "", code))
        return cells[: self._width]

    def _vouched(self, cells: Sequence[str]) -> bool:
        if self._vouching is None:
            return False
        cell = cells[self._vouching.column.place].strip()
        try:
            match self._vouching.target:
                case Target.EMAIL:
                    email_of(cell)
                case Target.PHONE:
                    return bool(e164(cell))
                case Target.POSTCODE:
                    return is_finnish(cell)
                case Target.WEBSITE:
                    return cell.startswith("http") and bool(website_of(cell))
        except Invalid:
            return False
        return True

    def _shown(self, line: int, used: tuple[str, ...], record: CustomerRecord) -> tuple[str, ...]:
        """The cells on one line each; what is no text is a problem."""
        shown = []
        for place, cell in enumerate(used):
            if place in self._whole_addresses:
                cell = _LINE_END.sub(", ", cell.strip())
            if cell.isprintable():
                shown.append(cell)
                continue
            if place in self._notes:
                # each of its lines is a sentence
                cell = _LINE_END.sub(". ", cell.strip())
            if _has_controls(cell) and place not in self._dropped:
                record.problems.append(self._problem(line, place, "control_characters"))
            shown.append(one_line(cell))
        if "\ufffd" in "".join(used):
            for place, cell in enumerate(used):
                if "\ufffd" in cell and place not in self._dropped:
                    record.problems.append(self._problem(line, place, "damaged_characters"))
        return tuple(shown)

    def _refuse_codes(self, line: int, used: tuple[str, ...], record: CustomerRecord) -> None:
        for place, cell in enumerate(used):
            if holds_identity_code(cell) and place not in self._dropped:
                record.problems.append(self._problem(line, place, "identity_code"))

    def _fill(self, record: CustomerRecord, cells: Cells) -> None:
        self._name(record, cells)
        self._reach(record, cells)
        if self._postal:
            self._address(record, cells)
        if record.phone:
            self._dialled(record)
        if cells[self._ip]:
            self._network(record, cells)
        if self._is_billed:
            self._bill(record, cells)
        if spoken := cells[self._language]:
            self._speaks(record, spoken)
        if self._is_heard or self._overheard:
            self._wishes(record, cells)
        self._check(record)

    def _speaks(self, record: CustomerRecord, spoken: str) -> None:
        record.language = _LANGUAGES.get(re.split(r"[\W_]", spoken.casefold())[0], "")
        if not record.language and spoken not in NOTHING:
            record.problems.append(self._problem(record.line, self._language, "language_unknown"))

    def _name(self, record: CustomerRecord, cells: Cells) -> None:
        given, family, whole = cells[self._given], cells[self._family], cells[self._full]
        for place in (self._given, self._family, self._full):
            if cells[place] in NOTHING and sum(map(str.isalpha, cells[place])) > 1:
                record.problems.append(self._problem(record.line, place, "no_name"))
        if middle := cells[self._middle]:
            given = f"{given} {middle}".strip()
        if given in NOTHING:
            given = ""
        if family in NOTHING:
            family = ""
        if whole in NOTHING:
            whole = ""
        organisation = self._first(record, cells, self._organisations)
        if organisation and organisation.casefold() in _NO_ORGANISATION:
            organisation = ""
        contact = "" if cells[self._contact] in NOTHING else cells[self._contact]
        if not (given or family) and contact and contact != whole:
            # the name beside that of somebody to ask for is the organisation's
            name = split_name(contact, self._map.contact_family_first)
            given, family = name.given, name.family or name.organisation
            organisation = organisation or whole
        elif not (given or family) and whole:
            given, family, named = self._split(whole, organisation, cells)
            organisation = organisation or named
        elif whole and self._of_contact and not organisation:
            organisation = whole
        elif not given and is_organisation(family):
            # a company in the column of family names
            family, organisation = "", organisation or family
        if organisation in (family, f"{given} {family}") and self._is_company(cells):
            given = family = ""
        record.given_name, record.family_name, record.organisation = given, family, organisation
        as_written = (contact or whole) if not (cells[self._given] or cells[self._family]) else ""
        if (given or family) and names_several(as_written or f"{given} {family}"):
            record.problems.append(Problem(record.line, "", "several_people"))

    def _split(self, whole: str, organisation: str, cells: Cells) -> Name:
        if whole == organisation or self._is_company(cells):
            return Name(organisation=whole)
        return split_name(whole, self._family_first)

    def _is_company(self, cells: Cells) -> bool:
        """Whether the row says so beside its name."""
        if any(map(str.isdigit, cells[self._business_id])):
            return True
        return cells[self._type].casefold() in _ORGANISATIONS

    def _first(self, record: CustomerRecord, cells: Cells, places: list[int]) -> str:
        """The first filled of several cells; the others are noted."""
        found = ""
        for place in places:
            text = cells[place]
            if not text or text in NOTHING:
                continue
            if not found:
                found = text
            elif text != found:
                record.problems.append(self._problem(record.line, place, "second_value"))
        return found

    def _reach(self, record: CustomerRecord, cells: Cells) -> None:
        try:
            if email := self._first(record, cells, self._emails):
                record.email, more = email_of(email)
                if more:
                    record.problems.append(
                        self._problem(record.line, self._emails[0], "second_value")
                    )
        except Invalid:
            record.problems.append(self._at_fault(record, cells, self._emails, "email_invalid"))
        try:
            if phone := self._first(record, cells, self._phones):
                record.phone, *record.other_phones = phones_of(phone)
                if record.other_phones:
                    record.problems.append(
                        self._problem(record.line, self._phones[0], "second_value")
                    )
        except Invalid:
            code = "phone_mangled" if is_rounded(phone) else "phone_invalid"
            record.problems.append(self._at_fault(record, cells, self._phones, code))
        if self._websites and (website := self._first(record, cells, self._websites)):
            try:
                record.website = website_of(website)
            except Invalid:
                record.problems.append(
                    self._at_fault(record, cells, self._websites, "website_invalid")
                )

    def _at_fault(
        self, record: CustomerRecord, cells: Cells, places: list[int], code: str
    ) -> Problem:
        place = next((at for at in places if cells[at]), places[0])
        return self._problem(record.line, place, code)

    def _address(self, record: CustomerRecord, cells: Cells) -> None:
        found: Address | None = None
        for group in self._postal:
            address = self._address_of(record, cells, group)
            if not any(address[:3]):
                # a country alone says nothing of where
                if found is None and address.country and len(self._postal) == 1:
                    found = address
                continue
            if found is None:
                found = address
            elif address != found:
                place = next(at for at in group.values() if cells[at])
                record.problems.append(self._problem(record.line, place, "second_value"))
        if found:
            record.street, record.postcode, record.city, record.country = self._checked(
                record, found, Target.POSTCODE
            )

    def _bill(self, record: CustomerRecord, cells: Cells) -> None:
        address = self._address_of(record, cells, self._billing_address)
        found = dict(zip(_PARTS, address, strict=True))
        if any(address[:3]):
            address = self._checked(record, address, Target.BILLING_POSTCODE)
            found = {name: part for name, part in zip(_PARTS, address, strict=True) if part}
        else:
            found = {}
        for name, (place, reading) in self._bills.items():
            if (cell := cells[place]) and cell not in NOTHING:
                try:
                    found[name] = reading(cell)
                except Invalid as fault:
                    is_rounded_off = isinstance(fault, Rounded)
                    code = "einvoice_mangled" if is_rounded_off else _BILLING_FAULTS[name]
                    record.problems.append(self._problem(record.line, place, code))
        for name, value in found.items():
            if len(value) > LONGEST.get(name, len(value)):
                place = self._bills[name][0] if name in self._bills else NOWHERE
                record.problems.append(self._problem(record.line, place, "too_long"))
        record.billing = found or None

    def _address_of(
        self, record: CustomerRecord, cells: Cells, group: dict[Target, int]
    ) -> Address:
        street, extra, care_of, postcode, city, whole, country = [
            "" if (text := cells[place]) in NOTHING else text for place in group.values()
        ]
        if postcode and not postcode.isdigit():
            postcode = unguarded(postcode)
        code = code_of_country(country) if country else ""
        if country and not code:
            place = group[Target.COUNTRY]
            record.problems.append(self._problem(record.line, place, "country_unknown"))
        if ", " in street and (postcode or city) and (part := split_address(street)).postcode:
            # Google has the whole address in its street too, over several lines
            is_same = part.postcode == (postcode or part.postcode)
            if is_same and fold(part.city) == fold(city or part.city):
                street, postcode, city = part.street, part.postcode, city or part.city
                code = code or part.country
        if whole:
            part = split_address(whole)
            if city and part.city and fold(part.city) != fold(city):
                if part.postcode and not postcode:
                    # a home town beside where the post goes
                    place, city = group[Target.CITY], ""
                    record.problems.append(self._problem(record.line, place, "second_value"))
                else:
                    part = Address(street=whole)
            elif (
                not (part.postcode or part.city)
                and group[Target.POSTCODE] == group[Target.CITY] == NOWHERE
                and _SEVERAL_PARTS.search(whole)
            ):
                place = group[Target.ADDRESS]
                record.problems.append(self._problem(record.line, place, "address_whole"))
            postcode, city = postcode or part.postcode, city or part.city
            if part.street and part.street not in street:
                street = f"{street}, {part.street}" if street else part.street
            code = code or part.country
        if extra and not f" {street}".endswith(f" {extra}"):
            street = f"{street}, {extra}" if street else extra
        if care_of:
            care_of = f"c/o {_CARE_OF.sub('', care_of)}"
            street = f"{care_of}, {street}" if street else care_of
        if postcode and not postcode[0].isdigit():
            postcode, prefix = without_country(postcode)
            code = code or prefix
        return Address(street, postcode, city, code)

    def _checked(self, record: CustomerRecord, address: Address, column: Target) -> Address:
        """Finnish postcodes have five digits; of fewer a spreadsheet has taken the zeros."""
        postcode, country = address.postcode.replace(" ", ""), address.country
        if not postcode or is_finnish(address.postcode) or country not in ("", "FI", "AX"):
            return address
        if postcode.isdigit() and 3 <= len(postcode) < 5:
            record.problems.append(Problem(record.line, self._named(column), "postcode_zeros"))
            return address._replace(postcode=postcode.zfill(5))
        if is_finnish(postcode) and country:
            return address._replace(postcode=postcode)
        record.problems.append(Problem(record.line, self._named(column), "postcode_invalid"))
        return address

    def _named(self, target: Target) -> str:
        place = self._one(target)
        return "" if place == NOWHERE else self._names[self._places[place]]

    def _dialled(self, record: CustomerRecord) -> None:
        record.phone_e164 = e164(record.phone, record.country)
        digits = "".join(filter(str.isdigit, record.phone))
        if not record.phone_e164:
            record.problems.append(Problem(record.line, self._named(Target.PHONE), "phone_unknown"))
        elif record.phone[0].isdigit() and record.phone_e164 == f"+358{digits}":
            record.phone = f"0{record.phone}"
            record.problems.append(Problem(record.line, self._named(Target.PHONE), "phone_zero"))

    def _network(self, record: CustomerRecord, cells: Cells) -> None:
        if cells[self._ip_day] in ("", *NOTHING):
            record.problems.append(self._problem(record.line, self._ip, "ip_without_date"))
            return
        try:
            day = self._day(cells[self._ip_day])
        except NotReadable:
            record.problems.append(self._problem(record.line, self._ip_day, "ip_date_invalid"))
            return
        if self._today and day > self._today:
            record.problems.append(self._problem(record.line, self._ip_day, "ip_ahead"))
            return
        try:
            record.ip_address, record.ip_seen_on = ip_of(cells[self._ip]), day
        except Invalid:
            record.problems.append(self._problem(record.line, self._ip, "ip_invalid"))

    def _wishes(self, record: CustomerRecord, cells: Cells) -> None:
        self._forbid(record, NOWHERE, self._always)
        for place, refusal in self._refusals:
            answer = answer_of(cells[place], refusal)
            if answer and answer.forbids:
                self._forbid(record, place, refusal.forbids)
            if answer and not answer.is_clear:
                record.problems.append(self._problem(record.line, place, "unclear_answer"))
        for place in self._labels:
            if cells[place]:
                self._forbid(record, place, said_by_labels(cells[place]))
        for place in self._notes:
            if cells[place]:
                self._forbid(record, place, self._noted(record, place, cells[place]))
        for name, value in self._fields:
            forbids, is_clear = self._said_by_field(cells[name], cells[value])
            self._forbid(record, value, forbids)
            if not is_clear:
                record.problems.append(self._problem(record.line, value, "unclear_answer"))
        for place in self._overheard:
            heard = overheard_in(cells[place])
            self._forbid(record, place, heard.forbids)
            is_no = place in self._wished and cells[place][:1].isalpha()
            is_no = is_no and says_yes_or_no(cells[place]) is False
            if (heard.is_unclear or is_no) and place in self._asked:
                record.problems.append(self._problem(record.line, place, "refusal_words"))

    def _forbid(self, record: CustomerRecord, place: int, forbids: Prohibited) -> None:
        """Let the record forbid that, from the column at `place`."""
        if forbids:
            record.prohibitions = record.prohibitions | forbids
            record.noes.append((self._problem(record.line, place, "").column, forbids))

    def _noted(self, record: CustomerRecord, place: int, cell: str) -> Prohibited:
        """What a cell of notes forbids; that it says so, or may, is told of the row."""
        heard = heard_in(cell)
        said = {"no_in_notes": bool(heard.forbids), "unclear_notes": heard.is_unclear}
        record.problems += [
            self._problem(record.line, place, code) for code, is_said in said.items() if is_said
        ]
        return heard.forbids

    def _check(self, record: CustomerRecord) -> None:
        if not (
            record.email
            or record.phone
            or record.family_name
            or record.given_name
            or record.organisation
        ) and not any(one.refuses for one in record.problems):
            record.problems.append(Problem(record.line, "", "nobody"))
        if (
            len(record.given_name) > 100
            or len(record.family_name) > 100
            or len(record.organisation) > 200
            or len(record.phone) > 40
            or len(record.street) > 200
            or len(record.postcode) > 20
            or len(record.city) > 100
            or len(record.website) > 200
        ):
            self._refuse_long(record)

    def _refuse_long(self, record: CustomerRecord) -> None:
        for name, limit in LONGEST.items():
            if len(getattr(record, name, "")) > limit:
                record.problems.append(Problem(record.line, self._source_of(name), "too_long"))

    def _source_of(self, name: str) -> str:
        """The heading of the column that a value of the record came from."""
        ways = {
            "given_name": (Target.GIVEN_NAME, Target.FULL_NAME, Target.CONTACT_PERSON),
            "family_name": (Target.FAMILY_NAME, Target.FULL_NAME, Target.CONTACT_PERSON),
            "organisation": (Target.ORGANISATION, Target.FULL_NAME),
            "street": (Target.STREET, Target.STREET_2, Target.ADDRESS, Target.CARE_OF),
            "postcode": (Target.POSTCODE, Target.ADDRESS),
            "city": (Target.CITY, Target.ADDRESS),
        }
        targets = ways.get(name) or (Target(name),)
        return next((named for target in targets if (named := self._named(target))), "")


_STREETS = {Target.STREET, Target.ADDRESS}
#: Of billing data the address, and what stands in one cell: how that is read.
_PARTS = ("street", "postcode", "city", "country")
_BILLING: dict[str, Callable[[str], str]] = {
    "einvoice_address": einvoice_address_of,
    "einvoice_operator": mark_of,
    "business_id": business_id_of,
    "reference_number": reference_of,
}
_BILLING_FAULTS = {
    "einvoice_address": "einvoice_invalid",
    "einvoice_operator": "einvoice_mangled",
    "business_id": "business_id_invalid",
    "reference_number": "reference_invalid",
}
_CARE_OF = re.compile(r"^c/o\s*", re.I)
_LINE_END = re.compile(r"\s*[\r\n\v\f\x85\u2028]+\s*")
#: A town or postcode may stand in it.
_SEVERAL_PARTS = re.compile(r"[,;]|\S\s{2,}\S|\b\d{5}\b")
_ADDS_UP = re.compile(
    r"(?:kaikki |laskut |tilaukset |grand |sub|väli|loppu|slut)?"
    r"(?:yhteensä|yht\.?|summat?|sum|sums|totalt|totalsumma|totals?|summa totalt|samman(?:lagt)?"
    r"|summa yhteensä)(?:\s(?:eur|euroa|€|sis\.? alv))?\s?[:.]?"
    r"(?:\s?\(?-?\d[\d\s.,]*\s?(?:€|\w{1,10}\.?)?\)?)?",
    re.I,
)
#: No day, and no number that begins with a zero.
_A_SUM = re.compile(
    r"-?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:[\s.,'’]\d{3})+)(?:[.,]\d+)?\s?(?:€|eur|kpl|st|pcs)?", re.I
)


def adds_up(row: Row) -> bool:
    """ "Yhteensä;;1 234,50" is about nobody."""
    filled = [text for cell in row.cells if (text := " ".join(cell.split()))]
    words = [text for text in filled if not _A_SUM.fullmatch(text)]
    said = len(words) == 1 and _ADDS_UP.fullmatch(words[0])
    return bool(said and (len(filled) > 1 or any(map(str.isdigit, words[0]))))


#: "Sivu 1 / 2", "Tulostettu 29.11.2026 klo 12.00", "Jäseniä yhteensä: 2", "Raportti päättyy".
_ABOUT_THE_LIST = re.compile(
    r"(?:sivu|sida|page|s\.)\s?\d{1,5}(?:\s?(?:/|av|of|\()\s?\d{1,5}\)?)?|\d{1,5}\s?/\s?\d{1,5}"
    r"|(?:(?:raportti |lista |luettelo |list |report )?"
    r"(?:tulostettu|tulostus(?:aika|päivä|pvm)|luotu|viety|haettu|poimittu|utskriven|utskrivet"
    r"|utskrifts(?:datum|dag)|skapad|skapat|exporterad|hämtad|printed|generated|exported|created"
    r"|retrieved)(?: on| at| den)?:?\s?)[\d./:,\-\s]{6,30}(?:(?:klo|kl|at)\.?\s[\d.:]{1,8})?"
    r"|[\w-]{2,30}\s(?:yhteensä|lukumäärä|totalt|total|count)\s?:?\s?\d{1,7}\s?(?:kpl|st|pcs)?\.?"
    # with a number: Antal is a name too
    r"|(?:yhteensä|lukumäärä|totalt|antal|total|count|number of)\s"
    r"(?:\d{1,7}\s[\w-]{2,30}|[\w-]{2,30}\s?:?\s?\d{1,7})"
    r"|(?:raportti|lista|luettelo|tuloste|tiedosto)\s(?:päättyy|loppuu)\.?"
    r"|(?:raportin|listan|luettelon|tulosteen|tiedoston)\sloppu\.?"
    r"|(?:rapporten|listan|filen)\s(?:slut|slutar|är slut)\.?|slut på (?:rapporten|listan|filen)\.?"
    r"|end of (?:the )?(?:report|list|file|data|export)\.?",
    re.I,
)


def is_about_the_list(row: Row) -> bool:
    """ "Sivu 1 / 2" is about nobody: a page, when it was printed, how many there are, its end."""
    filled = [text for cell in row.cells if (text := " ".join(cell.split()).strip("-–—*= "))]
    return len(filled) < 4 and _ABOUT_THE_LIST.fullmatch(" ".join(filled)) is not None


def _picker(places: list[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    if not places:
        return lambda cells: ()
    if len(places) == 1:
        [place] = places
        return lambda cells: (cells[place],)
    return itemgetter(*places)


def _is_sound(cell: str) -> bool:
    return not (_has_controls(cell) or "\ufffd" in cell or holds_identity_code(cell))


def _has_controls(cell: str) -> bool:
    """Control characters but line breaks and tabs, which become blanks."""
    return any(
        unicodedata.category(char) in ("Cc", "Cs") and char not in "\t\n\v\f\r\x85" for char in cell
    )


_CALLED_OFF = re.compile(
    r"(?:wc-)?(?:cancel(?:l?ed|lation)|refunded|failed|voided|trash"
    r"|peru(?:ttu|utettu|nut)|peruuntunut|hyvitetty|epäonnistu\w{0,6}|mitätöity|hylätty"
    r"|avbru\w{0,5}|avbeställd|annullera\w{0,2}|makulera\w{0,2}|återbetal\w{0,2}|misslycka\w{0,3}"
    r"|inställd)(?!\w)",
    re.I,
)
_PAID = re.compile(
    r"\b(?:maksettu|suoritettu|paid|(?:in)?betal(?:d|t|ats)|settled|kyllä|yes|true|closed)\b"
    r"|^(?:ja|[xk1y])$",
    re.I,
)
#: Says that it is not paid, whatever words stand beside.
_UNPAID = re.compile(
    r"\b(?:ei|ej|inte|icke|nej|not|no|never|unpaid|to be|will be)\b|maksamat|obetal|att betala"
    r"|puuttu|saknas|^(?:e|n|0|false)$",
    re.I,
)
_IN_PART = re.compile(r"osi[nt]|\bosa(?:ksi|-|m|s)|\bdel(?:vis|s|-|b)|\bpart|puoli|\bhal[fv]", re.I)
_OPEN = re.compile(
    r"avoin|erääntyn|lähet|open|pending|overdue|sent|draft|öppen|förfall|refunded|voided"
    r"|authorized",
    re.I,
)


_NOT_OWED = re.compile(
    r"\b(?:cancel(?:l?ed|lation)|void(?:ed)?|draft|credited|credit (?:note|memo|invoice)"
    r"|refund(?:ed)?|writ(?:e|ten)[ -]?off|uncollectible|bad debt|deleted"
    r"|peru(?:ttu|utettu|nut)|peruuntunut|mitätöi(?:ty|nti)|hyvite(?:tty|ttiin)|hyvitys(?:lasku)?"
    r"|luonnos|luottotappio\w*|poistettu"
    r"|annullera\w{0,2}|makulera\w{0,2}|utkast|krediter(?:ad|at|ats)|kreditnota|kreditfaktura"
    r"|kreditering|avskriv(?:en|na|et|its)|kundförlust|återbetal(?:d|t|ats|ning)|raderad"
    r"|avbruten|inställd)\b",
    re.I,
)
_COLLECTED = re.compile(
    r"perin(?:tä|nä|tö)|\binkasso|indrivning|\bcollection|collector|ulosot|utsökning|kronofogd|enforcement",
    re.I,
)


def is_not_owed(said: str) -> bool:
    """Whether the status of an invoice says that the whole of it is not owed: it was cancelled,
    credited or written off, or is a draft."""
    return bool(_NOT_OWED.search(said)) and not _IN_PART.search(said) and not says_not(plain(said))


def is_collected(said: str) -> bool:
    """Whether the status of an invoice says that the debt is being collected."""
    return bool(_COLLECTED.search(said)) and not says_not(plain(said))


#: Says of the payment itself that there was none.
_NOT_PAID = re.compile(
    r"\b(?:ei|ej|inte|not|never) (?:ole |vielä |ännu |yet )?"
    r"(?:maksettu|suoritettu|paid|(?:in)?betal)"
    r"|\bunpaid\b|\bopen\b|\bavoin\b|\böppen\b|maksamat|obetal|att betala"
    r"|^(?:ei|ej|inte|nej|no|not|e|n|0|false)$",
    re.I,
)


def contradicts(
    said: Collection[str],
    paid_on: date | None,
    *,
    amount: Decimal | None,
    left: Decimal | None,
    paid: Decimal | None = None,
) -> bool:
    """Whether an invoice is paid by one thing that its row says, and open by another: what is
    `left` of its `amount`, what was `paid` of it and when, and what its status and the like say."""
    says_no = any(map(_NOT_PAID.search, said))
    says_yes = any(
        _PAID.search(one) and not (_UNPAID.search(one) or _IN_PART.search(one)) for one in said
    )
    if not amount or left is None:
        return says_yes and says_no
    if left == 0:
        return says_no
    is_told = paid is not None and abs(paid) >= abs(amount)
    return says_yes or is_told or (left == amount and bool(paid_on or paid))


def is_paid(said: str, paid_on: date | None, left: Decimal | None) -> bool | None:
    """What is left to pay says it best, then a no, then the day of payment; None where nothing
    tells."""
    if left is not None:
        return left == 0
    if _UNPAID.search(said) or _IN_PART.search(said):
        return False
    if paid_on:
        return True
    if _OPEN.search(said):
        return False
    return True if _PAID.search(said) else None
