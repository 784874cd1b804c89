"""What a table is made of, whatever file it comes from."""

from collections.abc import Sequence
from typing import Final, NamedTuple

#: As many as a workbook can have.
MOST_COLUMNS: Final = 16_384


class Row(NamedTuple):
    """The cells of one row, and the 1-based line of the file (row of the sheet) where it begins."""

    line: int
    cells: list[str]
    #: code of what made the row unreadable; its cells are then empty
    fault: str = ""
    #: what stands between the delimiters of such a row, quotation marks aside
    pieces: Sequence[str] = ()


class Column(NamedTuple):
    """A column by its place, counted from 0, and its heading, empty where it has none."""

    place: int
    heading: str

    @property
    def name(self) -> str:
        """What a report calls it: the heading, or the place counted from 1 as "(4)"."""
        return self.heading or f"({self.place + 1})"


class Remark(NamedTuple):
    """Something that was noticed about the whole file and does not hinder reading it.

    Codes: twice_decoded (mended), damaged (count), other_sheets (names), no_header,
    lines_above_header (count), headings_guessed (line), letters_unsure.
    """

    code: str
    value: str | int = ""


def is_blank(cells: list[str]) -> bool:
    if cells and cells[0] and not cells[0].isspace():
        return False
    return not any(cells) or not "".join(cells).strip()
