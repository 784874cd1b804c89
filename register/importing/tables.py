"""A file as a table: which format, encoding and delimiter it has, its headings and its rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from os import PathLike
from pathlib import Path, PurePath
from types import TracebackType
from typing import BinaryIO, Protocol

from audit.encodings import kind_of

from .delimited import NO_DELIMITER, Dialect, decoded
from .encodings import encoding_of
from .faults import UnreadableTable
from .headings import count_known, with_group
from .rows import Column, Remark, Row, is_blank
from .spreadsheets import Workbook
from .systems import system_of
from .values import looks_like_email, looks_like_phone
from .vcards import CardFile, is_cards

#: Rows that are looked at before anything is decided.
SAMPLE_ROWS = 200
#: Titles and empty lines above the headings.
MOST_ABOVE = 30


class Headings(StrEnum):
    """How it is told whether a file has headings."""

    #: by words that are known here
    KNOWN = "known"
    #: the first row looks like no row about somebody, and none of its words is known
    GUESSED = "guessed"
    NONE = "none"
    #: somebody says so
    SAID = "said"
    DENIED = "denied"


class _Source(Protocol):
    def rows(self) -> Iterator[Row]: ...


@dataclass
class Table:
    """A file that has been looked at, and can be read row by row as often as wanted."""

    #: csv, xlsx, vcard, or the system that wrote it
    format: str
    encoding: str | None
    delimiter: str | None
    columns: tuple[Column, ...]
    #: the line of the headings; None when the file has none
    header_line: int | None
    remarks: tuple[Remark, ...]
    #: the first rows below the headings
    sample: tuple[Row, ...]
    #: without folder and ending; Mailchimp says there who has unsubscribed
    name: str
    container: str
    headings: Headings
    _source: _Source = field(repr=False)
    _own_file: BinaryIO | None = field(default=None, repr=False)

    def rows(self) -> Iterator[Row]:
        """The rows below the headings, blank ones between others included.

        Rows that cannot be read have a fault and no cells. Raises `UnreadableTable` where reading
        cannot go on.
        """
        yield from _below(self._source.rows(), self.header_line)

    def close(self) -> None:
        if self._own_file:
            self._own_file.close()

    def __enter__(self) -> "Table":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_table(
    source: str | PathLike[str] | BinaryIO, name: str = "", *, has_headings: bool | None = None
) -> Table:
    """Look at a file and give it as a table.

    Takes a path, or a binary file that can seek and stays the caller's to close. `name` is the
    file's name where `source` does not tell it; `has_headings` is what somebody says. CSV and vCard
    are read piece by piece however long they are; of a workbook the sheet is held. Raises
    `UnreadableTable`, and `OSError` for a path that cannot be opened.
    """
    if isinstance(source, str | PathLike):
        file: BinaryIO = Path(source).open("rb")  # noqa: SIM115 -- the table closes it
        name = name or PurePath(source).name
        try:
            table = _looked_at(file, name, has_headings)
        except BaseException:
            file.close()
            raise
        table._own_file = file
        return table
    return _looked_at(source, name, has_headings)


def _looked_at(file: BinaryIO, name: str, said: bool | None) -> Table:
    file.seek(0)
    start = file.read(1024)
    if kind_of(start) == "zip":
        return _of_workbook(file, name, said)
    encoding = encoding_of(file)
    remarks = []
    if encoding.twice:
        remarks.append(Remark("twice_decoded"))
    if encoding.unsure:
        remarks.append(Remark("letters_unsure"))
    if encoding.damaged:
        remarks.append(Remark("damaged", encoding.damaged))
    text = decoded(file, encoding, "\n")
    try:
        is_card = is_cards(text.read(1024))
    finally:
        text.detach()
    if is_card:
        cards = CardFile(file, encoding)
        columns = tuple(Column(place, heading) for place, heading in enumerate(cards.headings))
        sample = _first(cards.rows())
        return Table(
            "vcard",
            encoding.name,
            None,
            columns,
            None,
            tuple(remarks),
            sample,
            _stem(name),
            "vcard",
            Headings.KNOWN,
            cards,
        )
    dialect = Dialect(file, encoding)
    delimiter = None if dialect.delimiter == NO_DELIMITER else dialect.delimiter
    return _with_header(dialect, "csv", encoding.name, delimiter, remarks, name, said)


def _of_workbook(file: BinaryIO, name: str, said: bool | None) -> Table:
    book = Workbook(file, _known_headings)
    remarks = [Remark("other_sheets", ", ".join(book.others))] if book.others else []
    return _with_header(book, "xlsx", None, None, remarks, name, said)


def _known_headings(rows: Iterator[Row]) -> int:
    return max((count_known(row.cells) for row in islice(rows, MOST_ABOVE)), default=0)


def _with_header(
    source: _Source,
    container: str,
    encoding: str | None,
    delimiter: str | None,
    remarks: list[Remark],
    name: str,
    said: bool | None,
) -> Table:
    first = _first(source.rows(), SAMPLE_ROWS + MOST_ABOVE)
    if not any(row.cells or row.fault for row in first):
        raise UnreadableTable("empty")
    header, known = header_of(first, said)
    if header is None:
        remarks.append(Remark("no_header"))
        width = max(len(row.cells) for row in first)
        headings = [""] * width
    else:
        upper, lower = _two_rows(first, header)
        headings = _joined(upper, lower)
        if above := sum(1 for row in first if row.line < upper.line and not is_blank(row.cells)):
            remarks.append(Remark("lines_above_header", above))
        if known is Headings.GUESSED:
            remarks.append(Remark("headings_guessed", upper.line))
        header = lower
    line = header.line if header else None
    sample = tuple(_below(iter(first), line))[:SAMPLE_ROWS]
    columns = tuple(Column(place, heading) for place, heading in enumerate(headings))
    found = system_of(headings) if header else ""
    return Table(
        found or container,
        encoding,
        delimiter,
        columns,
        line,
        tuple(remarks),
        sample,
        _stem(name),
        container,
        known,
        source,
    )


def header_of(rows: tuple[Row, ...], said: bool | None = None) -> tuple[Row | None, Headings]:
    """The row of the headings among the first `rows`, and how that is told; None when the file has
    none. `said` is what somebody says of it.

    It is the one with the most known headings, of which there must be two, or half of its cells,
    and it holds no values: no row about somebody may be lost. Where no heading is known: the first
    row that is as wide as most, unless it looks like data.
    """
    candidates = [row for row in rows[:MOST_ABOVE] if not row.fault and not is_blank(row.cells)]
    if said is False or not candidates:
        return None, Headings.DENIED if said is False else Headings.NONE
    best = max(candidates, key=lambda row: (not _is_about_somebody(row), count_known(row.cells)))
    known = 0 if _is_about_somebody(best) else count_known(best.cells)
    surely = count_known([cell for cell in best.cells if not _is_value(cell)])
    # "Katu 1" beside a name is where somebody lives
    is_clear = surely >= 1 or known == _filled(best)
    is_clear = surely >= 2 or (is_clear and not any(map(_is_no_heading, best.cells)))
    if known and is_clear and (known >= 2 or known * 2 >= _filled(best)):
        return best, Headings.SAID if said else Headings.KNOWN
    widths = sorted(_width(row) for row in candidates)
    usual = widths[len(widths) // 2]
    first = next(row for row in candidates if _width(row) >= usual)
    if said:
        return best if known else first, Headings.SAID
    if known and is_clear and best is first:
        return best, Headings.GUESSED
    if any(map(_is_value, first.cells)) or (len(candidates) == 1 and usual == 1):
        return None, Headings.NONE
    return first, Headings.GUESSED


def _is_about_somebody(row: Row) -> bool:
    """Whether an e-mail address or phone number stands in `row`, as in no headings."""
    cells = [cell.strip() for cell in islice(row.cells, 300)]
    numbers = (cell for cell in cells if looks_like_phone(cell) and not _DAY.fullmatch(cell))
    return any(map(looks_like_email, cells)) or any(numbers)


def _is_no_heading(cell: str) -> bool:
    """A value, but for a year and a heading of several that are counted: "Osoite 2"."""
    return _is_value(cell) and not (
        _YEAR.fullmatch(cell.strip()) or (_COUNTED.fullmatch(cell.strip()) and count_known([cell]))
    )


def _two_rows(rows: tuple[Row, ...], header: Row) -> tuple[Row, Row]:
    """The rows that the headings stand in, the upper and the lower one: the same twice, unless the
    other fills headings that are empty in `header`: "Osoite" stands above "Katu" and "Postinro"."""
    near = [row for row in rows if not row.fault and not is_blank(row.cells)]
    place = near.index(header)
    before = near[place - 1] if place else header
    after = near[place + 1] if place + 1 < len(near) else header
    if _fills(before, header) or _says_groups(before, header):
        return before, header
    if _fills(after, header) and count_known(after.cells) * 2 > _filled(after):
        return header, after
    return header, header


def _filled(row: Row) -> int:
    return sum(1 for cell in row.cells if cell.strip())


def _cell(row: Row, place: int) -> str:
    return " ".join(row.cells[place].split()) if place < len(row.cells) else ""


def _fills(row: Row, header: Row) -> bool:
    """Whether `row` has a known heading where `header` has none, and holds no values."""
    empty = [cell for place, cell in enumerate(row.cells) if cell and not _cell(header, place)]
    return count_known(empty) > 0 and not any(map(_is_value, filter(None, row.cells)))


def _says_groups(row: Row, header: Row) -> bool:
    """Whether `row`, above the headings, says whose some of them are: "Laskutusosoite"."""
    return _filled(row) > 1 and _joined(row, header) != [
        _cell(header, place) for place in range(len(header.cells))
    ]


def _joined(upper: Row, lower: Row) -> list[str]:
    """The headings of two rows: the lower one's, where it has one, after that above if this says
    whose it is."""
    if upper is lower:
        return [_cell(lower, place) for place in range(len(lower.cells))]
    headings = []
    group = ""
    for place in range(max(len(upper.cells), len(lower.cells))):
        above, below = _cell(upper, place), _cell(lower, place)
        group = above or (group if below else "")
        headings.append(with_group(group, below) if below else above)
    return headings


def _width(row: Row) -> int:
    return max((place for place, cell in enumerate(row.cells, 1) if cell.strip()), default=0)


_VALUE = re.compile(
    r"\S+@\S+\.\S+|https?://\S+|[+\d][\d\s()./:-]{2,}|\d+|\d[\d\s.,]*(?:€|eur)?"
    r"|\D{2,40}\s\d{1,4}(?:\s?[A-Za-z]){0,3}",
    re.I,
)


_DAY = re.compile(r"\d\d?[./-]\d\d?[./-]\d{2,4}")
_YEAR = re.compile(r"(?:\D{2,40}\s)?(?:19|20)\d\d")
#: And no street: "Pääkatu 4", "Kotikatu 12".
_COUNTED = re.compile(r"(?!.*\w(?:katu|gatan?)\s)\D{2,40}[1-9]", re.I)


def _is_value(cell: str) -> bool:
    """An address, number or day, as data have and headings have not."""
    return _VALUE.fullmatch(cell.strip()) is not None


def _first(rows: Iterator[Row], count: int = SAMPLE_ROWS) -> tuple[Row, ...]:
    found = []
    for row in rows:
        found.append(row)
        if len(found) >= count:
            break
    return tuple(found)


def _below(rows: Iterator[Row], header: int | None) -> Iterator[Row]:
    """The rows after the headings without the blank ones at the end of the file."""
    blank: list[Row] = []
    for row in rows:
        if header is not None and row.line <= header:
            continue
        if not row.fault and is_blank(row.cells):
            blank.append(row)
            continue
        if blank:
            yield from blank
            blank.clear()
        yield row


def _stem(name: str) -> str:
    return PurePath(name.replace("\\", "/")).stem.casefold()
