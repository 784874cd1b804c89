"""The orders and invoices among staged rows: which are there already, and how they come in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Min, QuerySet

from register.models import Collection, Invoice, Order, OrderLine, Payment
from register.models.imports import Fate, Import, ImportedRow

from .mapping import Kind

IDENTICAL, DUPLICATE = "identical", "duplicate"
#: Another customer has the number; another row of the order is refused.
NUMBER_TAKEN, NOT_WHOLE = "number_taken", "not_whole"
#: The line of an order whose row says what it cost and not what it was.
NOT_TOLD = "—"
_TOLD = ("pk", "number", "voucher", "customer_key", "root")


def find_vouchers(bringing: Import, rows: "QuerySet[ImportedRow]") -> None:
    """Say of matched `rows` whether their order or invoice is there already (`code`): the same, or
    one of another customer under the same number, which is refused."""
    told: list[dict[str, Any]] = list(rows.values(*_TOLD))
    numbers = {row["number"] for row in told} - {""}
    model = Order if bringing.kind == Kind.ORDERS else Invoice
    there = dict(
        model._base_manager.filter(number__in=numbers).values_list("number", "customer_id")
    )
    refused = set(
        ImportedRow.objects.filter(bringing=bringing, number__in=numbers, fate=Fate.REFUSED)
        .order_by()
        .values_list("number", flat=True)
    )
    first = _first_of(bringing, numbers)
    lines = _lines_of(row["customer_key"] for row in told if not row["number"])
    found: dict[str, list[int]] = defaultdict(list)
    for row in told:
        number, who = row["number"], row["customer_key"]
        if number in refused and bringing.kind == Kind.ORDERS and number not in there:
            found[NOT_WHOLE].append(row["pk"])
        elif number in there:
            found[IDENTICAL if there[number] == who else NUMBER_TAKEN].append(row["pk"])
        elif number and first[number]["pk"] != row["pk"]:
            if not _same_person(first[number], row):
                found[NUMBER_TAKEN].append(row["pk"])
            elif bringing.kind == Kind.INVOICES:
                same = first[number]["voucher"] == row["voucher"]
                found[IDENTICAL if same else DUPLICATE].append(row["pk"])
        elif not number and (who, *_line(row["voucher"])) in lines:
            found[IDENTICAL].append(row["pk"])
    for code, pks in found.items():
        fate = Fate.REFUSED if code in (NUMBER_TAKEN, NOT_WHOLE) else Fate.SKIPPED
        ImportedRow.objects.filter(pk__in=pks).update(code=code, fate=fate)


def _first_of(bringing: Import, numbers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The first staged row of each of `numbers`."""
    rows = ImportedRow.objects.filter(
        bringing=bringing, number__in=numbers, voucher__isnull=False
    ).order_by()
    first = rows.values("number").annotate(first=Min("pk")).values("first")
    told: Any = ImportedRow.objects.filter(pk__in=first).values(*_TOLD)
    return {row["number"]: row for row in told}


def _same_person(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one["customer_key"] or other["customer_key"]:
        return bool(one["customer_key"] == other["customer_key"])
    return bool((one["root"] or one["pk"]) == (other["root"] or other["pk"]))


def _line(voucher: Mapping[str, Any]) -> tuple[str, str]:
    return voucher["ordered_on"], voucher["description"] or NOT_TOLD


def _lines_of(customers: Iterable[int | None]) -> set[tuple[int, str, str]]:
    """What customers have ordered under no number: who, on which day, what."""
    keys = set(customers) - {None}
    rows = OrderLine.objects.filter(order__customer__in=keys, order__number="").order_by()
    told: Any = rows.values_list("order__customer", "order__ordered_on", "description")
    return {(customer, day.isoformat(), what) for customer, day, what in told if day}


def take_in(bringing: Import, rows: "QuerySet[ImportedRow]", collection: Collection) -> None:
    """Store the orders or invoices that begin among `rows`; those that are there already stay as
    they are. Needs a transaction and a `because` block."""
    if bringing.kind == Kind.ORDERS:
        _take_orders(bringing, rows, collection)
    else:
        _take_invoices(rows, collection)


def _take_orders(bringing: Import, rows: "QuerySet[ImportedRow]", collection: Collection) -> None:
    begun: list[Any] = list(rows.order_by("pk"))
    numbers = {row.number for row in begun} - {""}
    first = _first_of(bringing, numbers)
    there = set(Order._base_manager.filter(number__in=numbers).values_list("number", flat=True))
    known = _lines_of(row.customer_key for row in begun if not row.number)
    all_rows: dict[str, list[Any]] = defaultdict(list)
    for row in ImportedRow.objects.filter(
        bringing=bringing, number__in=numbers, fate=Fate.STORED, is_beside=False
    ).order_by("pk"):
        all_rows[row.number].append(row)
    orders: list[Order] = []
    lines: list[OrderLine] = []
    for row in begun:
        told = row.voucher
        if row.number:
            if row.number in there or first[row.number]["pk"] != row.pk:
                continue
        elif (row.customer_key, *_line(told)) in known:
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
    invoices = [_invoice(row, collection.collected_on) for row in new]
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


def _invoice(row: Any, known_on: date) -> Invoice:
    told = row.voucher
    paid_on = _day(told["paid_on"])
    if told["is_paid"] and not paid_on:
        paid_on = known_on  # that it has been paid is known since then
    return Invoice(
        customer_id=row.customer_key,
        number=row.number,
        invoiced_on=_day(told["invoiced_on"]),
        due_on=_day(told["due_on"]),
        amount=Decimal(told["amount"]),
        paid_on=paid_on,
    )


def _day(text: str | None) -> Any:
    return date.fromisoformat(text) if text else None
