"""Numbers of customers and orders without anybody's name (P08)."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils.dates import MONTHS_3
from django.utils.text import capfirst
from django.utils.translation import gettext

from audit.texts import one_line
from notices.models import Notice
from notices.terms import ClauseKind, DataCategory, Language, Purpose
from register.lists.hiding import FEWEST, TOTAL, Cell, hidden
from register.models import Customer, Order, OrderFigure
from register.models.recipients import named
from register.portability.packing import harmless

#: What stands in place of a number that is hidden.
HIDDEN = "•"
#: What is counted: who has one of these at rest is in no table, so that all have one total (S08).
COUNTED = (DataCategory.POSTAL_ADDRESS, DataCategory.ORGANISATION, DataCategory.ORDERS)
_OTHER, _PERSONS, _ORGANISATIONS = "other", "persons", "organisations"


@dataclass(frozen=True)
class Table:
    """A table as it is shown: a heading for each column, and rows that begin with their own."""

    key: str
    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]

    def as_csv(self) -> str:
        text = io.StringIO(newline="")
        told = csv.writer(text)
        told.writerow(["", *self.headings])
        told.writerows([harmless(name), *cells] for name, cells in self.rows)
        return "\ufeff" + text.getvalue()


def tables(notice: Notice) -> list[Table]:
    """The tables that `notice`, which is in force, allows, of those whose data may serve
    statistics; none under a notice that does not name that purpose."""
    if Purpose.STATISTICS not in named(notice, ClauseKind.PURPOSE):
        return []
    people = Customer.objects.usable_for(Purpose.STATISTICS, COUNTED).order_by()
    found = [_languages(people)]
    if DataCategory.POSTAL_ADDRESS in notice.declared:
        found.insert(0, _towns(people))
    if DataCategory.ORDERS in notice.declared:
        found.append(_orders(people))
    return found


def _towns(people: Any) -> Table:
    """Towns of few people stand together: a name beside a hidden number would tell of somebody."""
    names: dict[str, str] = {}
    counted: Counter[Cell] = Counter()
    kinds = people.values_list("city").annotate(
        number=Count("pk"), organisations=Count("pk", filter=~Q(organisation_name=""))
    )
    for city, number, organisations in kinds.order_by("city"):
        name = names.setdefault(one_line(city).casefold(), one_line(city))
        counted[name, _PERSONS] += number - organisations
        counted[name, _ORGANISATIONS] += organisations
    values: Counter[Cell] = Counter()
    for (name, kind), number in counted.items():
        many = counted[name, _PERSONS] + counted[name, _ORGANISATIONS] >= FEWEST
        values[name if many and name else _OTHER, kind] += number
    rows = {
        **{name: name for name in sorted({row for row, _kind in values} - {_OTHER})},
        _OTHER: gettext("Other towns, and those without a town"),
    }
    columns = {_PERSONS: gettext("Persons"), _ORGANISATIONS: gettext("Organisations")}
    return _table("towns", gettext("Customers by town"), rows, columns, _with_totals(values))


def _languages(people: Any) -> Table:
    values = Counter(
        {
            (language, TOTAL): number
            for language, number in people.values_list("language").annotate(Count("pk"))
        }
    )
    values[TOTAL, TOTAL] = sum(values.values())
    # a second column of the same numbers, which is not shown: there is but one sum
    every = values + Counter({(row, _PERSONS): number for (row, _t), number in values.items()})
    rows = {one.value: capfirst(str(one.label)) for one in Language}
    title = gettext("Customers by language of letters")
    return _table("languages", title, rows, {}, every, unshown=_PERSONS)


def _orders(people: Any) -> Table:
    """Hidden by how many people ordered, not by how many orders they made."""
    orders = Order.objects.filter(customer__in=people.values("pk"), ordered_on__isnull=False)
    dated = orders.order_by().annotate(
        year=ExtractYear("ordered_on"), month=ExtractMonth("ordered_on")
    )
    values: Counter[Cell] = Counter()
    persons: Counter[Cell] = Counter()
    for groups in (("year", "month"), ("year",), ("month",), ()):
        counts = {"number": Count("pk"), "by": Count("customer", distinct=True)}
        found = dated.values(*groups).annotate(**counts) if groups else [dated.aggregate(**counts)]
        for one in found:
            cell = one.get("year", TOTAL), one.get("month", TOTAL)
            values[cell], persons[cell] = one["number"], one["by"]
    # what stays of those who have been erased (P66)
    for figure in OrderFigure.objects.all():
        cell = figure.year or TOTAL, figure.month or TOTAL
        values[cell] += figure.orders
        persons[cell] += figure.people
    years = sorted({row for row, _month in values} - {TOTAL})
    title = gettext("Orders by year and month")
    months = {number: capfirst(str(name)) for number, name in MONTHS_3.items()}
    return _table("orders", title, {year: str(year) for year in years}, months, values, persons)


def _with_totals(values: Mapping[Cell, int]) -> Counter[Cell]:
    every: Counter[Cell] = Counter()
    for (row, column), number in values.items():
        for cell in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            every[cell] += number
    return every


def _table(
    key: str,
    title: str,
    rows: Mapping[Any, str],
    columns: Mapping[Any, str],
    values: Counter[Cell],
    people: Counter[Cell] | None = None,
    unshown: str = "",
) -> Table:
    """`people` are counted in each cell where `values` count something else."""
    people = values if people is None else people
    of_rows = {**rows, TOTAL: gettext("All")}
    of_columns = {**columns, TOTAL: gettext("All")}
    within = [*of_columns, *([unshown] if unshown else [])]
    every = {(row, column): values[row, column] for row in of_rows for column in within}
    aside = {(row, unshown) for row in of_rows} if unshown else set()
    small = {cell for cell in every if people[cell] < FEWEST} - aside
    not_shown = hidden(every, small, aside)

    def shown(cell: Cell) -> str:
        return HIDDEN if cell in not_shown else str(every[cell])

    return Table(
        key,
        title,
        list(of_columns.values()),
        [(name, [shown((row, column)) for column in of_columns]) for row, name in of_rows.items()],
    )
