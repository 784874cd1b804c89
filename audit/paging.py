"""Pages of lists that may be very long: nothing here counts or walks all of their rows."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Count, Q
from django.utils.formats import number_format

from audit.prepared import keys_of

#: As many rows are counted one by one; of more the list says "about".
MOST_COUNTED = 2000
#: So many keys, spread over all of the table, stand for the whole: more of them where parts are
#: asked for than where it is only how many keys are missing.
SAMPLE, SAMPLE_OF_ALL = 250, 100
#: A list by day that shows a smaller part of its table's rows is skipped through.
LEAST_SHOWN = 0.8


class Keys(Sequence[Any]):
    """The keys that a query gives in its order, of which only those asked for are read."""

    def __init__(self, found: Any) -> None:
        self._found = found

    @cached_property
    def _count(self) -> int:
        return int(self._found.count())

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        return list(self._found[place]) if isinstance(place, slice) else self._found[place]


class Ranked(Sequence[Any]):
    """Rows in the order of `keys`, of which only those of the page asked for are read."""

    ordered = True

    def __init__(self, rows: Any, keys: Sequence[Any], most: int | None = None) -> None:
        self.rows, self.model = rows.order_by(), rows.model
        self.keys = keys if most is None else keys[:most]
        self.there_are_more = most is not None and len(keys) > most

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            keys = self.keys[place]
            rows = self.rows.filter(pk__among=keys_of(keys)) if keys else ()
            found = {row.pk: row for row in rows}
            return [found[key] for key in keys if key in found]
        return self[place : place + 1][0]

    @cached_property
    def _all(self) -> list[Any]:
        return list(self[:])

    def __iter__(self) -> Iterator[Any]:
        # read once, as a queryset's: what somebody hides in the rows stays hidden
        return iter(self._all)

    def _clone(self) -> "Ranked":
        """What the admin calls where all rows fit on one page."""
        return self


def span_of(model: Any) -> tuple[int, int] | None:
    """The least and the greatest key of a table; None for an empty one."""
    keys: Any = models.QuerySet(model).values_list("pk", flat=True)
    least = keys.order_by("pk").first()
    return None if least is None else (least, keys.order_by("-pk").first())


def tally(
    rows: Any, conditions: Mapping[str, Q], span: tuple[int, int], sample: int | None = None
) -> tuple[bool, list[int]]:
    """How many `rows` meet each of `conditions`: counted in a table of few keys, else judged by
    some keys of each part of it. Gives first whether they are judged."""
    first, last = span
    keys_there = last - first + 1
    step = max(1, keys_there // (sample or SAMPLE)) if keys_there > MOST_COUNTED else 1
    if step > 1:
        # the same keys for the same span, and no pattern that the rows may have too
        chance = random.Random(step)  # noqa: S311 - no secret
        keys = [start + chance.randrange(step) for start in range(first, last + 1, step)]
        rows = rows.filter(pk__in=keys)
    counts = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    met = rows.order_by().aggregate(**counts)
    return step > 1, [met[name] * step for name in conditions]


#: Of each model whose list is by day: the greatest key when its rows were counted, and the counts.
_counted: dict[Any, tuple[int, list[tuple[date, int]]]] = {}


def by_day(model: Any, column: str, greatest: int) -> list[tuple[date, int]]:
    """Each day of `column`, the newest first, with how many rows it has. They are counted in an
    index that begins with the day, and again when a row has come: `greatest` is the last key."""
    known = _counted.get(model)
    if known is None or known[0] != greatest:
        rows: Any = models.QuerySet(model).filter(**{f"{column}__isnull": False})
        days = rows.order_by(f"-{column}").values_list(column).annotate(Count("pk"))
        known = _counted[model] = greatest, list(days)
    return known[1]


def rounded(count: int) -> str:
    """`count` to two figures, as the reader's language writes it: 98,432 is about 98,000."""
    size: int = 10 ** max(0, len(str(count)) - 2)
    return number_format(round(count / size) * size, force_grouping=True)


class EstimatingPaginator(Paginator[Any]):
    """Exact where there are few rows, else by a number that a look at some of them gives.

    A long list in the order of its keys is cut at keys that lie as far from each other as a page
    of rows does: the page asked for is one step in the index, however deep. A page then has a row
    or two more or less where keys are missing. A long list by day begins a deep page at the day in
    which it lies. Other orders skip rows in their index, from the nearer end.
    """

    @cached_property
    def _few(self) -> int | None:
        if isinstance(self.object_list, Ranked):
            return len(self.object_list)
        rows: Any = self.object_list
        counted = rows.order_by()[: MOST_COUNTED + 1].count()
        return counted if counted <= MOST_COUNTED else None

    @cached_property
    def span(self) -> tuple[int, int]:
        """The least and the greatest key of the table."""
        rows: Any = self.object_list
        return span_of(rows.model) or (0, 0)

    @property
    def is_estimate(self) -> bool:
        return self._few is None

    @property
    def there_are_more(self) -> bool:
        """Whether a search found more than it gives."""
        return bool(getattr(self.object_list, "there_are_more", False))

    @cached_property
    def count(self) -> int:
        """How many rows there are, or about how many."""
        if self._few is not None:
            return self._few
        _judged, (met,) = tally(self.object_list, {"all_rows": Q()}, self.span, SAMPLE_OF_ALL)
        return max(MOST_COUNTED + 1, met)

    @cached_property
    def shown_count(self) -> str:
        return rounded(self.count) if self.is_estimate else str(self.count)

    @cached_property
    def num_pages(self) -> int:
        if self._is_cut_at_keys:
            first, last = self.span
            return -(-(last - first + 1) // self._keys_a_page)
        return super().num_pages

    def page(self, number: Any) -> Page[Any]:
        if not self.is_estimate:
            return super().page(number)
        number = self.validate_number(number)
        find = self._between_keys if self._is_cut_at_keys else self._skipping
        return Page(find(number), number, self)

    @property
    def _is_cut_at_keys(self) -> bool:
        rows: Any = self.object_list
        return self.is_estimate and set(rows.query.order_by) <= {"-pk", "-id"}

    @cached_property
    def _keys_a_page(self) -> int:
        first, last = self.span
        return max(self.per_page, round((last - first + 1) * self.per_page / self.count))

    def _between_keys(self, number: int) -> list[Any]:
        rows: Any = self.object_list
        newest = self.span[1] - (number - 1) * self._keys_a_page
        return list(rows.filter(pk__lte=newest, pk__gt=newest - self._keys_a_page))

    @property
    def _day(self) -> str:
        """The column of days that the list is by; empty where it is by something else."""
        rows: Any = self.object_list
        first, *rest = [*map(str, rows.query.order_by), ""]
        column = first.removeprefix("-")
        if column == first or not set(rest) <= {"-pk", "-id", ""}:
            return ""
        # a moment is a day too, but hardly two rows have the same
        return column if type(rows.model._meta.get_field(column)) is models.DateField else ""

    def _skipping(self, number: int) -> Ranked:
        rows: Any = self.object_list
        keys = rows.values_list("pk", flat=True)
        pages_before, pages_after = number - 1, self.num_pages - number
        before, after = pages_before * self.per_page, pages_after * self.per_page
        if self._day and min(pages_before, pages_after) >= self._near:
            days = by_day(rows.model, self._day, self.span[1])
            if self.count > sum(count for _day, count in days) * LEAST_SHOWN:
                return Ranked(rows, self._from_its_day(pages_before, days))
        if before <= after:
            found = list(keys[before : before + self.per_page])
        else:
            found = list(keys.reverse()[after : after + self.per_page])[::-1]
        return Ranked(rows, found)

    @property
    def _near(self) -> int:
        """So many pages from either end are skipped to."""
        return MOST_COUNTED // self.per_page

    def _from_its_day(self, pages_before: int, days: Sequence[tuple[date, int]]) -> list[Any]:
        """The keys of a page far from both ends: it skips rows only of the day in which it begins.
        The rows between the ends are dealt to the pages there, however many the estimate makes."""
        at_an_end = self._near * self.per_page
        between = sum(count for _day, count in days) - 2 * at_an_end
        before, end = (
            at_an_end + place * between // (self.num_pages - 2 * self._near)
            for place in (pages_before - self._near, pages_before - self._near + 1)
        )
        length = end - before
        rows: Any = self.object_list
        for day, count in days:
            if before < count:
                since = rows.filter(**{f"{self._day}__lte": day}).values_list("pk", flat=True)
                return list(since[before : before + length])
            before -= count
        return []


class ExactPaginator(EstimatingPaginator):
    """For lists that stay in the thousands: counted to the last row, in as many queries for many as
    for few."""

    @cached_property
    def _few(self) -> int | None:
        rows: Any = self.object_list
        return len(rows) if isinstance(rows, Ranked) else rows.order_by().count()
