"""Notices in two columns: a heading, a tab or a gap, and its value."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from notices.terms import SectionKey

from .glossary import (
    LONGEST_HEADING,
    Certainty,
    fold,
    place,
    place_of_whole,
    title_language,
)
from .markup import lines_of, without_tags
from .sheet import Sheet

# Under a party these name its parts; in a table they stand where headings stand.
PARTY_ROWS = frozenset(
    "nimi osoite puhelin puhelinnumero sähköposti sähköpostiosoite postiosoite käyntiosoite "
    "ytunnus namn adress telefon epost name address phone email yritys".split()
)
GAP = re.compile(r"\s{0,8}\S[^\t]{0,60}?\s{2,60}(?=\S)")
FEWEST_ALIGNED = 3
PARTIES = (SectionKey.CONTROLLER, SectionKey.CONTACT)


@dataclass
class Row:
    """A line with a tab, or without one; continuation lines have no heading."""

    heading: str
    value: list[str]


def rows_of(text: str) -> list[Row]:
    """The rows of a tab-separated notice; none if the text is no such notice."""
    rows = [_row(line) for line in _with_tabs(text.split("\n"))]
    tabbed = sum(bool(row.heading and _is_known(row.heading)) for row in rows)
    if not tabbed:
        return []
    plain = sum(bool(not row.heading and _is_bare_heading(row.value[0])) for row in rows)
    return rows if tabbed >= plain else []


def _with_tabs(lines: list[str]) -> list[str]:
    """A tab where two columns stand side by side with nothing but a gap between them."""
    starts = Counter(gap.end() for line in lines if (gap := GAP.match(line)))
    column, times = max(starts.items(), key=lambda start: start[1], default=(0, 0))
    headed = sum(
        starts_here and _is_known(line[:column])
        for line in lines
        if (starts_here := (gap := GAP.match(line)) is not None and gap.end() == column)
    )
    if times < FEWEST_ALIGNED or headed < FEWEST_ALIGNED:
        return lines
    return [_with_tab(line, column) for line in lines]


def _with_tab(line: str, column: int) -> str:
    left, right = line[:column], line[column:]
    if "\t" in line or not right.strip() or not left.endswith("  "):
        return line
    return f"{left.rstrip()}\t{right}" if left.strip() else f"\t{right}"


def _row(line: str) -> Row:
    heading, tab, value = line.partition("\t")
    return Row(without_tags(heading), [value]) if tab and heading.strip() else Row("", [line])


def _is_known(heading: str) -> bool:
    found = place(heading)
    return found is not None and found.certainty >= Certainty.BEGINNING


def _is_bare_heading(line: str) -> bool:
    """A heading whose tab some editor cut off, its value being empty."""
    return line[:1].isupper() and place_of_whole(without_tags(line)) is not None


def read_rows(rows: Sequence[Row]) -> Sheet:
    sheet = Sheet()
    for row in _with_whole_headings(rows):
        _read_row(sheet, row)
    return sheet


def _read_row(sheet: Sheet, row: Row) -> None:
    values = [line.text for line in lines_of("\n".join(row.value), wrapped=False)]
    if not row.heading and values and sheet.title(values[0]):
        values = values[1:]
    if row.heading and _names_party_part(sheet, row.heading):
        values = [f"{row.heading.rstrip(':')}: {' '.join(values[:1])}", *values[1:]]
    elif row.heading and not (not any(values) and sheet.title(row.heading)):
        sheet.open(row.heading, place(row.heading))
    for value in values:
        sheet.add(value)


def _names_party_part(sheet: Sheet, heading: str) -> bool:
    return sheet.key in PARTIES and fold(heading).replace(" ", "") in PARTY_ROWS


def _with_whole_headings(rows: Iterable[Row]) -> Iterator[Row]:
    """Join what continues a row: more of its value, or the other half of its heading."""
    current = Row("", [])
    for row in rows:
        if not row.heading and _is_bare_heading(row.value[0]):
            row = Row(without_tags(row.value[0]), [])
        if not row.heading and title_language(row.value[0].strip()):
            yield current
            current = row
        elif not row.heading:
            current.value += row.value
        elif begun := _begun_above(current, row.heading):
            yield Row(current.heading, current.value[:-1])
            current = Row(begun, row.value)
        elif _halves_of_one(current.heading, row.heading):
            current = Row(f"{current.heading} {row.heading}", current.value + row.value)
        else:
            yield current
            current = row
    yield current


def _begun_above(current: Row, heading: str) -> str:
    """The whole heading where its first half stands above, on a line without a tab."""
    above = without_tags(current.value[-1]) if current.value else ""
    whole = f"{above} {heading}"
    return whole if above and not place_of_whole(heading) and place_of_whole(whole) else ""


def _halves_of_one(first: str, second: str) -> bool:
    if not first or len(first) + len(second) > LONGEST_HEADING:
        return False
    whole, head, tail = place_of_whole(f"{first} {second}"), place(first), place(second)
    if whole:
        return not (place_of_whole(first) and place_of_whole(second))
    if second[0].islower():
        return place_of_whole(second) is None
    return head is None and tail is None and _is_known(f"{first} {second}")
