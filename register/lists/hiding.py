"""What a table of numbers hides, so that nobody in it can be recognised (P08).

A small number, nought too, is hidden, and so are others from which it could be reckoned with the
totals. Each cell stands in two sums, that of its row and that of its column, whose totals are cells
like any other. A hidden number cannot be reckoned exactly when a way leads from its row back to its
column over other hidden cells, row and column in turn: along it one more here is one less there, or
one more of a total, and every sum stays as it is. Nothing can be less than nought, so a cell that
gives one away must have one. The cheapest such way is looked for, so that little is hidden.
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
    # whatever hides people also hides that there are none
    for cell in sorted(small, key=lambda one: (not values[one], values[one], str(one))):
        found |= _way_round(cell, values, found)
    return found - unshown


def _counts(cell: Cell, line: str) -> int:
    """How a cell stands in the sum of its row or column: a total on the other side."""
    return -1 if TOTAL in ((cell[1],) if line == "row" else (cell[0],)) else 1


def _way_round(cell: Cell, values: Mapping[Cell, int], found: Set[Cell]) -> set[Cell]:
    """The cells of the cheapest way from the row of `cell` to its column, along which `cell` can be
    one more, and one less unless it is nought. There is always one, over the totals."""
    beside: dict[Any, list[tuple[Any, Cell]]] = defaultdict(list)
    for one in values:
        if one != cell:
            row, column = ("row", one[0]), ("column", one[1])
            beside[row].append((column, one))
            beside[column].append((row, one))
    start, goal = ("row", cell[0]), ("column", cell[1])
    # the second says who came first, so that nothing else is compared; the third by how much the
    # sum of the line has changed, which is the same whichever way one comes to it
    order = count()
    waiting: list[tuple[int, int, int, Any, tuple[Cell, ...]]] = [
        (0, next(order), _counts(cell, "row"), start, ())
    ]
    seen = set()
    while waiting:
        cost, _order, changed, place, way = heappop(waiting)
        if place == goal:
            return set(way)
        if place in seen:
            continue
        seen.add(place)
        for following, one in beside[place]:
            by = -changed * _counts(one, place[0])
            # both ways round, unless the cell itself is nought
            can_change = values[one] or (by > 0 and not values[cell])
            if following not in seen and can_change:
                price = 0 if one in found else values[one]
                price += _LAST if one == (TOTAL, TOTAL) and one not in found else 0
                after = by * _counts(one, following[0])
                heappush(waiting, (cost + price, next(order), after, following, (*way, one)))
    return set()
