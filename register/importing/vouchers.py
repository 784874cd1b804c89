"""The orders and invoices among staged rows: which are there already, and how they come in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from register.models import (
    Collection,
    Customer,
    Invoice,
    InvoicingProgram,
    Order,
    OrderLine,
    Payment,
)
from register.models.imports import Fate, Import, ImportedRow

from .mapping import Kind
from .staging import name_of

IDENTICAL, DUPLICATE = "identical", "duplicate"
#: It is there, and a day that it lacks comes from the row; or the row says something else of it.
COMPLETED, DIFFERS = "completed", "differs"
#: Another customer has the number; another row of the order is refused.
NUMBER_TAKEN, NOT_WHOLE = "number_taken", "not_whole"
#: The rows of one order tell different days of it.
DAYS_DIFFER = "days_differ"
#: What becomes of a row by what it is; what comes in has no code.
_FATES = {
    **dict.fromkeys((IDENTICAL, DUPLICATE, DIFFERS), Fate.SKIPPED),
    **dict.fromkeys((NUMBER_TAKEN, NOT_WHOLE, DAYS_DIFFER), Fate.REFUSED),
    COMPLETED: Fate.MERGED,
}
#: The line of an order whose row says what it cost and not what it was.
NOT_TOLD = "—"
_TOLD = ("pk", "number", "voucher", "customer_key", "root")


def find_vouchers(bringing: Import, rows: "QuerySet[ImportedRow]") -> None:
    """Say of matched `rows` whether their order or invoice is there already (`code`): the same, one
    that lacks a day, one with something else, or another customer's under the same number. An order
    of two days is refused whole: nobody knows which is the true one."""
    told: list[dict[str, Any]] = list(rows.values(*_TOLD))
    numbers = {row["number"] for row in told} - {""}
    there = _There(bringing.kind, told)
    refused = set(
        ImportedRow.objects.filter(bringing=bringing, number__in=numbers, fate=Fate.REFUSED)
        .order_by()
        .values_list("number", flat=True)
    )
    first = _first_of(bringing, numbers)
    of_two_days = _of_two_days(bringing, numbers) if bringing.kind == Kind.ORDERS else set()
    found: dict[str, list[int]] = defaultdict(list)
    for row in told:
        number, stored = row["number"], there.of(row)
        if stored is not None:
            found[there.code_of(stored, row)].append(row["pk"])
        elif (number, _person(row)) in of_two_days:
            found[DAYS_DIFFER].append(row["pk"])
        elif number in refused and bringing.kind == Kind.ORDERS:
            found[NOT_WHOLE].append(row["pk"])
        elif number and first[number]["pk"] != row["pk"]:
            if _person(first[number]) != _person(row):
                found[NUMBER_TAKEN].append(row["pk"])
            elif bringing.kind == Kind.INVOICES:
                same = first[number]["voucher"] == row["voucher"]
                found[IDENTICAL if same else DUPLICATE].append(row["pk"])
    for code, pks in found.items():
        ImportedRow.objects.filter(pk__in=pks).update(code=code, fate=_FATES[code])


class _There:
    """The orders or invoices of the register that some rows are about."""

    def __init__(self, kind: str, told: Iterable[Mapping[str, Any]], *, held: bool = False) -> None:
        """`held` for who will change them: nobody else does before the transaction ends."""
        told = list(told)
        self._is_of_orders = kind == Kind.ORDERS
        numbers = {row["number"] for row in told} - {""}
        model = Order if self._is_of_orders else Invoice
        stored: QuerySet[Any] = model._base_manager.filter(number__in=numbers).order_by("pk")
        self._by_number: dict[str, Any] = {
            one.number: one for one in (stored.select_for_update() if held else stored)
        }
        #: orders without a number: customer, day, what and how many -> those that say so
        self._alike: dict[tuple[Any, ...], list[Order]] = defaultdict(list)
        #: what belongs to each: the lines of an order, the payments of an invoice
        self._parts: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        keys = [one.pk for one in self._by_number.values()]
        if self._is_of_orders:
            self._find_unnumbered([row for row in told if not row["number"]], held)
            lines = OrderLine.objects.filter(order__in=keys).order_by()
            for key, *line in lines.values_list("order", "description", "quantity", "unit_price"):
                self._parts[key].append(tuple(line))
        else:
            payments = Payment.objects.filter(invoice__in=keys).order_by()
            for key, *payment in payments.values_list("invoice", "amount", "paid_on"):
                self._parts[key].append(tuple(payment))

    def _find_unnumbered(self, told: Iterable[Mapping[str, Any]], held: bool) -> None:
        told = [row for row in told if row["customer_key"]]
        if not told:
            return
        orders: QuerySet[Any] = Order._base_manager.filter(
            customer__in={row["customer_key"] for row in told},
            number="",
            ordered_on__in={row["voucher"]["ordered_on"] for row in told},
        )
        lines = OrderLine.objects.filter(order__in=orders.order_by().values("pk")).order_by()
        for key, *line in lines.values_list("order", "description", "quantity", "unit_price"):
            self._parts[key].append(tuple(line))
        orders = orders.order_by("pk")
        for one in orders.select_for_update() if held else orders:
            begins = one.customer_id, one.ordered_on.isoformat()
            for what in {line[:2] for line in self._parts[one.pk]} or {()}:
                self._alike[*begins, *what].append(one)

    def of(self, row: Mapping[str, Any]) -> Any:
        """The order or invoice that `row` is about; None where it is not there."""
        if row["number"]:
            return self._by_number.get(row["number"])
        return self._unnumbered(row)

    def _unnumbered(self, row: Mapping[str, Any]) -> Order | None:
        """Without a number, what an order is known by is all that the row says of it: with another
        quantity or price it is another order. Of several that say the same of what was ordered, one
        that has the days of the row too comes first."""
        told = row["voucher"]
        what = (told["description"] or NOT_TOLD, Decimal(told["quantity"]))
        is_bare = not (told["description"] or told["unit_price"])
        key = (row["customer_key"], told["ordered_on"], *(() if is_bare else what))
        alike = [(order, self.code_of(order, row)) for order in self._alike.get(key, ())]
        for code in (IDENTICAL, COMPLETED):
            if found := next((order for order, its in alike if its == code), None):
                return found
        return next(
            (
                order
                for order, _code in alike
                # a price that is not kept may be that of the row
                if self._has_line(order, told) or (*what, None) in self._parts[order.pk]
            ),
            None,
        )

    def code_of(self, stored: Any, row: Mapping[str, Any]) -> str:
        """What a row is that is about `stored`."""
        if stored.customer_id != row["customer_key"]:
            return NUMBER_TAKEN
        news = self.news(stored, row["voucher"])
        if news is None:
            return DIFFERS
        return COMPLETED if news else IDENTICAL

    def news(
        self, stored: Any, told: Mapping[str, Any], *, known_on: date | None = None
    ) -> dict[str, Any] | None:
        """The days that `stored` lacks and a row tells; None where the row says something else of
        it. What was paid on a day that is not told was so on `known_on`."""
        if self._is_of_orders:
            return self._news_of_order(stored, told)
        return self._news_of_invoice(stored, told, known_on)

    def _news_of_order(self, order: Order, told: Mapping[str, Any]) -> dict[str, Any] | None:
        if _day(told["ordered_on"]) != order.ordered_on or not self._has_line(order, told):
            return None
        news = {}
        for name in ("delivered_on", "cancelled_on"):
            day, known = _day(told[name]), getattr(order, name)
            if day and known and day != known:
                return None
            if day and not known:
                news[name] = day
        names = ("ordered_on", "delivered_on", "cancelled_on", "archived_on")
        days = [day for name in names if (day := news.get(name) or getattr(order, name))]
        return news if days == sorted(days) else None

    def _has_line(self, order: Order, told: Mapping[str, Any]) -> bool:
        what, price = told["description"], told["unit_price"]
        if not (what or price):
            return True
        return any(
            (what or NOT_TOLD, Decimal(told["quantity"])) == (its, quantity)
            and (price is None or its_price == Decimal(price))
            for its, quantity, its_price in self._parts[order.pk]
        )

    def _news_of_invoice(
        self, invoice: Invoice, told: Mapping[str, Any], known_on: date | None
    ) -> dict[str, Any] | None:
        said = (_day(told["invoiced_on"]), _day(told["due_on"]), Decimal(told["amount"]))
        if said != (invoice.invoiced_on, invoice.due_on, invoice.amount):
            return None
        part = told["part"] and (Decimal(told["part"]), _day(told["part_on"]))
        if part and not invoice.paid_on and part not in self._parts[invoice.pk]:
            return None
        day = _day(told["paid_on"])
        if not told["is_paid"] or (invoice.paid_on and day in (None, invoice.paid_on)):
            return {}
        return None if invoice.paid_on else {"paid_on": day or known_on}


def complete(bringing: Import, rows: "QuerySet[ImportedRow]", collection: Collection) -> bool:
    """Give the orders or invoices that `rows` are about the days that they lack. Gives whether
    anything changed. Needs a transaction and a `because` block."""
    told: list[dict[str, Any]] = list(rows.order_by("pk").values(*_TOLD))
    # who was erased meanwhile has nothing that a row may complete
    there = Customer.objects.unerased().filter(pk__in={row["customer_key"] for row in told})
    keys = set(there.values_list("pk", flat=True))
    Customer.objects.hold(keys)
    told = [row for row in told if row["customer_key"] in keys]
    known = _There(bringing.kind, told, held=True)
    changed: dict[int, Any] = {}
    paid: dict[int, date] = {}
    for row in told:
        stored = known.of(row)
        if stored is None or stored.customer_id != row["customer_key"]:
            continue
        news = known.news(stored, row["voucher"], known_on=collection.collected_on)
        for name, day in (news or {}).items():
            if bringing.kind == Kind.INVOICES:
                paid[stored.pk] = day
            else:
                setattr(stored, name, day)
                changed[stored.pk] = stored
    if paid:
        Invoice.objects.pay(paid, collection=collection)
    if changed:
        Order.objects.amend(list(changed.values()), collection=collection)
    return bool(paid or changed)


def _first_of(bringing: Import, numbers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The first staged row of each of `numbers`."""
    rows = ImportedRow.objects.filter(
        bringing=bringing, number__in=numbers, voucher__isnull=False
    ).order_by()
    first = rows.values("number").annotate(first=Min("pk")).values("first")
    told: Any = ImportedRow.objects.filter(pk__in=first).values(*_TOLD)
    return {row["number"]: row for row in told}


def _of_two_days(bringing: Import, numbers: Iterable[str]) -> set[tuple[str, tuple[bool, int]]]:
    """The number and the person of each order of which staged rows tell different days."""
    rows = ImportedRow.objects.filter(
        bringing=bringing, number__in=numbers, voucher__isnull=False
    ).order_by()
    several = (
        rows.values("number", "customer_key", first=Coalesce("root", "pk"))
        .annotate(days=Count(KT("voucher__ordered_on"), distinct=True))
        .filter(days__gt=1)
    )
    return {(one["number"], _person({**one, "root": one["first"]})) for one in several}


def _person(row: Mapping[str, Any]) -> tuple[bool, int]:
    """Whom a row is about: somebody there, or whoever begins with a row of the file."""
    known: int | None = row["customer_key"]
    return (True, known) if known else (False, row["root"] or row["pk"])


def take_in(bringing: Import, rows: "QuerySet[ImportedRow]", collection: Collection) -> None:
    """Store the orders or invoices that begin among `rows`; those that are there already stay as
    they are, also those that these rows have brought before. Needs a transaction and a `because`
    block."""
    if bringing.kind == Kind.ORDERS:
        _take_orders(bringing, rows, collection)
    else:
        _take_invoices(rows, collection)


def _take_orders(bringing: Import, rows: "QuerySet[ImportedRow]", collection: Collection) -> None:
    begun: list[Any] = list(rows.order_by("pk"))
    numbers = {row.number for row in begun} - {""}
    first = _first_of(bringing, numbers)
    there = _There(Kind.ORDERS, [vars(row) for row in begun if row.number])
    all_rows: dict[str, list[Any]] = defaultdict(list)
    for row in ImportedRow.objects.filter(
        bringing=bringing, number__in=numbers, fate=Fate.STORED, is_beside=False
    ).order_by("pk"):
        all_rows[row.number].append(row)
    orders: list[Order] = []
    lines: list[OrderLine] = []
    for row in begun:
        told = row.voucher
        if not told:
            continue  # has been stored
        if row.number and (there.of(vars(row)) or first[row.number]["pk"] != row.pk):
            continue
        order = Order(
            customer_id=row.customer_key,
            number=row.number,
            **{name: _day(told[name]) for name in ("ordered_on", "delivered_on", "cancelled_on")},
        )
        orders.append(order)
        lines += [
            _order_line(order, one.voucher)
            for one in (all_rows[row.number] if row.number else [row])
            if one.voucher["description"] or one.voucher["unit_price"]
        ]
    Order.objects.store(orders, collection=collection)
    for line in lines:
        line.order_id = line.order.pk
    OrderLine.objects.store(lines, collection=collection)
    # without a number nothing else tells after a kill that its order has been stored
    rows.filter(number="").order_by().update(voucher=None)


def _order_line(order: Order, told: Mapping[str, Any]) -> OrderLine:
    price = told["unit_price"]
    return OrderLine(
        order=order,
        description=told["description"] or NOT_TOLD,
        quantity=Decimal(told["quantity"]),
        unit_price=None if price is None else Decimal(price),
    )


def _take_invoices(rows: "QuerySet[ImportedRow]", collection: Collection) -> None:
    told: list[Any] = list(rows.order_by("pk"))
    there = set(
        Invoice._base_manager.filter(number__in={row.number for row in told}).values_list(
            "number", flat=True
        )
    )
    new = [row for row in told if row.number not in there]
    invoices = [_invoice(row) for row in new]
    if InvoicingProgram.in_use() is None:
        _address(invoices, new)
    Invoice.objects.store(invoices, collection=collection)
    payments = [
        Payment(
            invoice=invoice,
            paid_on=_day(row.voucher["part_on"]),
            amount=Decimal(row.voucher["part"]),
        )
        for row, invoice in zip(new, invoices, strict=True)
        if row.voucher["part"]
    ]
    if payments:
        Payment.objects.store(payments, collection=collection)
    paid = {
        # that it has been paid is known since then, where the row tells no day
        invoice.pk: _day(row.voucher["paid_on"]) or collection.collected_on
        for row, invoice in zip(new, invoices, strict=True)
        if row.voucher["is_paid"]
    }
    if paid:
        Invoice.objects.pay(paid, collection=collection)


def _invoice(row: Any) -> Invoice:
    told = row.voucher
    return Invoice(
        customer_id=row.customer_key,
        number=row.number,
        invoiced_on=_day(told["invoiced_on"]),
        due_on=_day(told["due_on"]),
        amount=Decimal(told["amount"]),
    )


def _address(invoices: Sequence[Invoice], rows: Sequence[Any]) -> None:
    """Write on `invoices` the name and address that they were sent to, where their rows tell an
    address: today's may be another (R05)."""
    told = [pair for pair in zip(invoices, rows, strict=True) if pair[1].voucher.get("sent_to")]
    customers = Customer.objects.in_bulk({invoice.customer_id for invoice, _row in told})
    for invoice, row in told:
        invoice.billed_name = name_of(vars(row)) or customers[invoice.customer_id].name
        for part, value in row.voucher["sent_to"].items():
            setattr(invoice, f"billed_{part}", value)


def _day(text: str | None) -> Any:
    return date.fromisoformat(text) if text else None
