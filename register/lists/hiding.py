"""What a table of numbers hides, so that nobody in it can be recognised (P08).

A small number is hidden, and so are others from which it could be reckoned with the totals. Each
cell stands in two sums, that of its row and that of its column, whose totals are cells like any
other. A hidden number cannot be reckoned exactly when a way leads from its row back to its column
over other hidden cells, row and column in turn: along it one more here is one less there, and
every sum stays as it is. The cheapest such way is looked for, so that little is hidden.
"""

from collections import defaultdict
from collections.abc import Mapping, Set
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeAlias

#: A row and a column.
Cell: TypeAlias = tuple[Any, Any]
#: The row and the column of totals.
TOTAL = "total"
#: Fewer people than these are hidden.
FEWEST = 5
#: Other tables show the total of all too: it is hidden where there is no other way.
_LAST = 10**12


def hidden(
    values: Mapping[Cell, int], small: Set[Cell], unshown: Set[Cell] = frozenset()
) -> set[Cell]:
    """The cells of a table, totals among them, that must not be shown: those `small` ones of too
    few people, and those from which they could be reckoned. Cells `unshown` are not on the page."""
    found = {*small, *unshown}
    for cell in sorted(small, key=lambda one: (values[one], str(one))):
        # nobody is nobody to recognise
        if values[cell]:
            found |= _way_round(cell, values, found)
    return found - unshown


def _way_round(cell: Cell, values: Mapping[Cell, int], found: Set[Cell]) -> set[Cell]:
    """The cells of the cheapest way from the row of `cell` to its column. None of them is empty:
    each can be one less. There is always one, over the totals."""
    beside: dict[Any, list[tuple[Any, Cell]]] = defaultdict(list)
    for one, value in values.items():
        if value and one != cell:
            row, column = ("row", one[0]), ("column", one[1])
            beside[row].append((column, one))
            beside[column].append((row, one))
    start, goal = ("row", cell[0]), ("column", cell[1])
    # the second says who came first, so that nothing else is compared
    order = count()
    waiting: list[tuple[int, int, Any, tuple[Cell, ...]]] = [(0, next(order), start, ())]
    seen = set()
    while waiting:
        cost, _order, place, way = heappop(waiting)
        if place == goal:
            return set(way)
        if place in seen:
            continue
        seen.add(place)
        for following, one in beside[place]:
            if following not in seen:
                price = 0 if one in found else values[one]
                price += _LAST if one == (TOTAL, TOTAL) and one not in found else 0
                heappush(waiting, (cost + price, next(order), following, (*way, one)))
    return set()
