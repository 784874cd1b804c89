"""Mailing labels on sheets of A4, as the Finnish post has addresses (P14)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from audit.paper import pdf_apart
from audit.texts import one_line
from notices.terms import DataCategory
from register.lists.naming import country_of, work_of
from register.lists.pieces import Pieces
from register.models import Customer, CustomerList, ListLayout

LAYOUT = (Path(__file__).parent / "labels.typ").read_bytes()
#: Of one document: a stack that a printer takes, and that is laid out in little memory.
SHEETS = 80
#: Lines so wide, in the height of their letters, and so many of them fit on every label.
WIDTH, LINES = 15, 5
_NARROW = frozenset("abcdefghijklnopqrstuvxyzåäöéü0123456789 .,-'/")


class Sheet(NamedTuple):
    """A sheet of labels: its columns and rows, and in millimetres where they are."""

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    #: from the left edge of a label to that of the next
    step: float


SHEET_OF = {
    ListLayout.SHEET_3_8: Sheet(3, 8, 70, 37, 0, 0.5, 70),
    ListLayout.SHEET_3_7: Sheet(3, 7, 63.5, 38.1, 7.25, 15.15, 66.04),
    ListLayout.SHEET_2_7: Sheet(2, 7, 99.1, 38.1, 4.65, 15.15, 101.6),
}


def on_sheets(asked: CustomerList, blocks: Iterator[list[Customer]], today: date) -> Pieces:
    """The labels as PDF, `SHEETS` sheets in each document."""
    sheet = SHEET_OF[ListLayout(asked.layout)]
    most = SHEETS * sheet.columns * sheet.rows
    with_organisation = DataCategory.ORGANISATION in asked.told
    waiting: list[dict[str, Any]] = []
    number = 0

    def document() -> tuple[str, bytes]:
        values = {
            **sheet._asdict(),
            "language": asked.language,
            "title": str(asked),
            "date": [today.year, today.month, today.day],
            "labels": waiting[:most],
        }
        return f"labels-{number:03}.pdf", pdf_apart(LAYOUT, values, today)

    for block in blocks:
        waiting += [_label(lines_of(one, with_organisation=with_organisation)) for one in block]
        while len(waiting) >= most:
            number += 1
            yield document()
            del waiting[:most]
    if waiting:
        number += 1
        yield document()


def lines_of(one: Customer, *, with_organisation: bool) -> list[str]:
    """The lines of an address: name, organisation, street, postcode and town in capitals, and last
    the country, if it is another."""
    town = f"{one.postcode} {one.city.upper()}"
    # of a person only where the address is the organisation's: nobody's employer stands on what
    # comes to their home
    work = work_of(one) if with_organisation else ""
    every = (one.name, work, one.street, town, country_of(one).upper())
    return [line for line in map(one_line, every) if line]


def _label(lines: list[str]) -> dict[str, Any]:
    """What labels.typ reads; `plain` lines need no measuring."""
    return {
        "lines": lines,
        "plain": len(lines) <= LINES and all(_width(line) <= WIDTH for line in lines),
    }


def _width(line: str) -> float:
    """At most so wide is `line`, in the height of its letters."""
    narrow = sum(letter in _NARROW for letter in line)
    return 0.6 * narrow + len(line) - narrow
