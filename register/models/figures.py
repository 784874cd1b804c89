"""Orders of customers who have been erased, as figures of nobody (P08, P66)."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, IntegerField, Q, Value, When
from django.db.models.functions import ExtractMonth, ExtractYear

from audit.models import Derived
from notices.models import Notice
from notices.terms import ClauseKind, DataCategory, Purpose, Right
from register.models.customers import Customer
from register.models.orders import Order
from register.models.recipients import named
from register.models.uses import InTheWay, needs

#: Every year, or every month, where a figure is a sum.
ALL = 0
#: A year and a month of the table.
Cell = tuple[int, int]


class OrderFigureQuerySet(models.QuerySet["OrderFigure"]):
    """Figures of orders."""

    def keep_of(self, customers: Collection[int], notice: Notice | None) -> None:
        """Add what `customers` (keys), who are about to be erased, have ordered, where `notice`,
        which is in force, promises anonymisation and statistics: of those whose data may serve
        statistics, but for the decision to erase them. As many statements for many."""
        if notice is None or not are_kept_under(notice):
            return
        orders, people = _cells_of(customers, notice)
        if not orders:
            return
        cells = sorted(orders)
        self.bulk_create(
            [OrderFigure(year=year, month=month) for year, month in cells], ignore_conflicts=True
        )
        rows = self._of(cells)
        # two erasures at once take them in one order
        list(rows.order_by("year", "month").select_for_update().values_list("pk"))
        rows.update(orders=F("orders") + _by(orders), people=F("people") + _by(people))

    def would_keep_of(self, customer: Customer, notice: Notice | None) -> bool:
        """Whether figures of orders would stay of `customer`, as `keep_of` keeps them."""
        if notice is None or not are_kept_under(notice):
            return False
        orders, _people = _cells_of([customer.pk], notice)
        return bool(orders)

    def _of(self, cells: Collection[Cell]) -> "OrderFigureQuerySet":
        years = {year for year, _month in cells}
        found = Q(pk__in=[])
        for year in years:
            found |= Q(year=year, month__in=[month for one, month in cells if one == year])
        return self.filter(found)


def are_kept_under(notice: Notice) -> bool:
    """Whether `notice` promises that orders stay as figures, and what figures are for."""
    return (
        Right.ANONYMISATION in named(notice, ClauseKind.RIGHT)
        and Purpose.STATISTICS in named(notice, ClauseKind.PURPOSE)
        and DataCategory.ORDERS in notice.declared
    )


def cells_of(year: int, month: int) -> Iterator[Cell]:
    """Where an order of that month is counted: there, and in the sums."""
    yield from ((year, month), (year, ALL), (ALL, month), (ALL, ALL))


def _cells_of(customers: Collection[int], notice: Notice) -> tuple[Counter[Cell], Counter[Cell]]:
    """By cell, how many orders, and how many of `customers` made them."""
    needed = needs(notice, categories=[DataCategory.ORDERS])[Purpose.STATISTICS]
    usable = Customer.objects.filter(
        *(met for why, met in needed.items() if why != InTheWay.TO_ERASE), pk__in=customers
    )
    made = Order.objects.filter(customer__in=usable.values("pk"), ordered_on__isnull=False)
    by_month: Any = (
        made.order_by()
        .annotate(year=ExtractYear("ordered_on"), month=ExtractMonth("ordered_on"))
        .values_list("customer", "year", "month")
        .annotate(number=Count("pk"))
    )
    orders: Counter[Cell] = Counter()
    met: set[tuple[Cell, int]] = set()
    for customer, year, month, number in by_month:
        for cell in cells_of(year, month):
            orders[cell] += number
            met.add((cell, customer))
    return orders, Counter(cell for cell, _customer in met)


def _by(numbers: Counter[Cell]) -> Case:
    return Case(
        *(When(year=year, month=month, then=Value(n)) for (year, month), n in numbers.items()),
        default=Value(0),
        output_field=IntegerField(),
    )


class OrderFigure(Derived):
    """How many orders of a month erased customers had made, and how many of them: no path leads to
    any, no moment tells when one was added, and no history remembers it."""

    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    orders = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)

    objects = OrderFigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "month"], name="one_figure_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"
