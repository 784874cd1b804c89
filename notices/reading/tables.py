"""Tables: headings in the first column, languages side by side, or rows of data."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from notices.terms import Language

from .glossary import Certainty, Place, fold, place, place_of_whole
from .markup import CELL_LEVEL, Line

Row = dict[int, list[Line]]
BULLET = re.compile(r"[-•*–·▪●○◦‣]\s")

LANGUAGE_NAMES = frozenset(
    "suomi suomeksi finska finnish ruotsi ruotsiksi svenska swedish englanti englanniksi engelska "
    "english".split()
)


def untangled(lines: Sequence[Line]) -> list[Line]:
    """The lines in the order in which they are read: a language after the other."""
    out: list[Line] = []
    for table, group in groupby(lines, key=lambda line: line.cell and line.cell.table):
        of_table = list(group)
        out += of_table if table is None else _read_table(of_table)
    return out


def _read_table(lines: list[Line]) -> Iterator[Line]:
    rows = _rows(lines)
    starts = _starts(rows)
    if len(starts) > 1:
        yield from _beside(rows, starts)
    elif starts == [0] and _heads(rows, 0) * 2 >= len(rows):
        yield from _under_first_column(rows)
    elif max(map(len, rows), default=0) > 1:
        yield from (line for row in rows for line in _data(row))
    else:
        yield from (_bare(line) for line in lines)


def _rows(lines: list[Line]) -> list[Row]:
    rows: dict[int, Row] = {}
    for line in lines:
        if line.cell:
            rows.setdefault(line.cell.row, {}).setdefault(line.cell.column, []).append(line)
    return [
        row for row in rows.values() if any(line.text for cell in row.values() for line in cell)
    ]


def _bare(line: Line) -> Line:
    return replace(line, cell=None)


def _heading_of(cell: list[Line]) -> Place | None:
    """What the first words of a cell are the heading of."""
    first = next((line for line in cell if line.text), None)
    if first is None:
        return None
    if place_of_whole(first.lead or first.text):
        return place(first.lead or first.text)
    found = place(first.text)
    return found if found and found.certainty >= Certainty.BEGINNING else None


def _heads(rows: list[Row], column: int) -> int:
    return sum(_heading_of(row.get(column, [])) is not None for row in rows)


def _starts(rows: list[Row]) -> list[int]:
    """The columns in which headings stand: one, or one for each language side by side."""
    columns = sorted({column for row in rows for column in row})
    languages: dict[int, Language] = {}
    for column in columns:
        spoken = Counter(
            language
            for row in rows
            if (found := _heading_of(row.get(column, [])))
            for language in found.languages
        )
        if spoken:
            languages[column] = spoken.most_common(1)[0][0]
    if len(set(languages.values())) > 1 and len(rows) > 1:
        return [
            column
            for column, language in languages.items()
            if language not in [languages[one] for one in languages if one < column]
        ]
    return [0] if 0 in languages else []


def _beside(rows: list[Row], starts: list[int]) -> Iterator[Line]:
    named = [row for row in rows if all(map(_names_language, row.values()))]
    yield from (_bare(line) for row in named for cell in row.values() for line in cell)
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        for row in rows:
            if row not in named:
                columns = [c for c in sorted(row) if c >= start and (end is None or c < end)]
                for column in columns:
                    yield from _headed(row[column], first=column == start)
                yield Line("")


def _names_language(cell: list[Line]) -> bool:
    words = [word for line in cell for word in fold(line.text).split()]
    return len(words) <= 2 and not set(words).isdisjoint(LANGUAGE_NAMES)


def _headed(cell: list[Line], *, first: bool) -> Iterator[Line]:
    found = _heading_of(cell) if first else None
    for line in cell:
        if found and line.text and line.lead and place_of_whole(line.lead):
            yield Line(line.lead, CELL_LEVEL)
            yield Line(line.text[len(line.lead) :].lstrip(" :"))
            found = None
        elif found and line.text:
            yield Line(line.text, CELL_LEVEL)
            found = None
        else:
            yield _bare(line)


def _under_first_column(rows: list[Row]) -> Iterator[Line]:
    for number, row in enumerate(rows):
        is_caption = not number and len(rows) > 2 and _heading_of(row.get(0, [])) is None
        for column in sorted(row):
            for line in row[column]:
                level = CELL_LEVEL if column == 0 and line.text else line.level
                level = 0 if is_caption else level
                yield replace(line, cell=None, level=level)


def _data(row: Row) -> Iterator[Line]:
    """A row of data as one item, if each of its cells is one line."""
    cells = [[line for line in row[column] if line.text] for column in sorted(row)]
    cells = [cell for cell in cells if cell]
    if len(cells) > 1 and all(len(cell) == 1 for cell in cells):
        first, *others = (BULLET.sub("", cell[0].text, count=1) for cell in cells)
        yield Line(f"- {first.rstrip(':')}: {'; '.join(others)}")
    else:
        yield from (_bare(line) for cell in cells for line in cell)
