"""Rows of XLSX workbooks, which are looked through before a parser may see them."""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO

from .faults import UnreadableTable
from .rows import Row

#: Unpacked, all parts together: a million rows of six columns.
MOST_BYTES = 256 * 1024 * 1024
MOST_PARTS = 2_000
#: Packed this much better than any list of people.
MOST_RATIO = 150
RATIO_COUNTS_FROM = 4 * 1024 * 1024
#: The parser keeps a cell for each place up to the last one, whether it is filled or not.
MOST_CELLS = 12_000_000
CHUNK = 256 * 1024

_SHEET = re.compile(r"/?xl/worksheets/[^/]{1,200}\.xml", re.I)
#: Entities are declared by these, in UTF-8 and in both orders of UTF-16.
_DECLARING = (b"<!DOCTYPE", b"<!ENTITY", b"<\0!\0D\0", b"<\0!\0E\0", b"\0<\0!\0D", b"\0<\0!\0E")
_LAST = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


def check_workbook(file: BinaryIO) -> None:
    """Raise `UnreadableTable` unless `file` is a workbook that can be opened without harm.

    What the archive says of its sizes is believed only when it refuses: each part is then unpacked
    piece by piece, and counted, so that a lie bursts nothing.
    """
    if (count := _parts_of(file)) > MOST_PARTS:
        raise UnreadableTable("bomb", parts=count)
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnreadableTable("not_a_workbook") from error
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise UnreadableTable("bomb", parts=len(parts))
    names = {part.filename.lstrip("/").lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableTable("not_a_workbook" if parts else "empty")
    if len(names) < len(parts):
        # two parts of one name: what is checked might not be what is read
        raise UnreadableTable("not_a_workbook")
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise UnreadableTable("bomb", size=sum(part.file_size for part in parts))
    for part in parts:
        _refuse_ratio(part.file_size, part.compress_size)
        if part.flag_bits & 1:
            raise UnreadableTable("old_office")
    total = 0
    for part in parts:
        total += _unpacked(archive, part, MOST_BYTES - total)


def _parts_of(file: BinaryIO) -> int:
    """How many parts the end of the archive tells of: the list of them takes time to read."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 66_000))
    end = file.read()
    at = end.rfind(b"PK\x05\x06")
    return int.from_bytes(end[at + 10 : at + 12], "little") if at >= 0 else 0


def _refuse_ratio(size: int, packed: int) -> None:
    if size > RATIO_COUNTS_FROM and size > packed * MOST_RATIO:
        raise UnreadableTable("bomb", size=size)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> int:
    """How long `part` really is; looks for entities and for cells far out on the way."""
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    is_sheet = _SHEET.fullmatch(part.filename) is not None
    size = rows = columns = 0
    tail = b""
    try:
        for piece in _pieces(archive, part):
            size += len(piece)
            if size > most:
                raise UnreadableTable("bomb", size=size)
            _refuse_ratio(size, part.compress_size)
            if is_xml:
                text = tail + piece
                if any(declaring in text for declaring in _DECLARING):
                    raise UnreadableTable("forbidden_markup")
                if is_sheet:
                    rows, columns = _extent(text, rows, columns)
                    if rows * columns > MOST_CELLS:
                        raise UnreadableTable("too_large", rows=rows, columns=columns)
                tail = text[-64:]
    except (zlib.error, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise UnreadableTable("not_a_workbook") from error
    return size


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes, past the size that the archive claims."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableTable("not_a_workbook")
    packed = part.compress_size
    file: Any = archive.fp
    file.seek(part.header_offset)
    head = file.read(30)
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise UnreadableTable("not_a_workbook")
    file.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    inflater = zlib.decompressobj(-15)
    while packed > 0 and (raw := file.read(min(CHUNK, packed))):
        packed -= len(raw)
        if part.compress_type == zipfile.ZIP_STORED:
            yield raw
            continue
        while raw:
            yield inflater.decompress(raw, 4 * CHUNK)
            raw = inflater.unconsumed_tail


def _extent(text: bytes, rows: int, columns: int) -> tuple[int, int]:
    """How far the cells of `text` reach: of the last of its rows, and of those that stand out."""
    for letters, number in {(found[1], found[2]) for found in _last_cells(text)}:
        rows = max(rows, int(number))
        columns = max(columns, _number_of(letters))
    return rows, columns


def _last_cells(text: bytes) -> Iterator[re.Match[bytes]]:
    """The cells before each end of a row: rows are written from left to right."""
    start = 0
    while (end := text.find(b"</row>", start)) >= 0:
        if (at := text.rfind(b"<c ", start, end)) >= 0 and (found := _LAST.search(text, at, end)):
            yield found
        start = end + 6
    if (at := text.rfind(b"<c ", start)) >= 0 and (found := _LAST.search(text, at)):
        yield found


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class Workbook:
    """The sheet of a workbook that is read."""

    def __init__(self, file: BinaryIO, worth: Callable[[Iterator[Row]], int]) -> None:
        """Of the sheets that are shown and have rows the one with the most `worth`, or the first
        of these. Raises `UnreadableTable` for a workbook that cannot or must not be opened."""
        # slow to load, and of use to workbooks alone
        import python_calamine

        check_workbook(file)
        file.seek(0)
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(file)
            shown = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
                and sheet.visible == python_calamine.SheetVisibleEnum.Visible
            ]
            most = -1
            for name in shown:
                sheet = book.get_sheet_by_name(name)
                if sheet.start and (known := worth(_rows(sheet))) > most:
                    most, self.name, self._sheet = known, name, sheet
        except python_calamine.CalamineError as error:
            raise UnreadableTable("not_a_workbook") from error
        if most < 0:
            raise UnreadableTable("empty")
        self.others = [name for name in shown if name != self.name]

    def rows(self) -> Iterator[Row]:
        """Its rows from the top of the sheet, cells as the texts that they show."""
        return _rows(self._sheet)


def _rows(sheet: Any) -> Iterator[Row]:
    # iter_rows begins at the top of the sheet, and at its first column
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield Row(number, [_text(cell) for cell in cells])


def _text(cell: Any) -> str:
    if type(cell) is str:
        return cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    if type(cell) is float:
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        return repr(round(cell, 10))
    if type(cell) is bool:
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
