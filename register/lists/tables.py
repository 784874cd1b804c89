"""Lists as tables: CSV for programs, XLSX for spreadsheets. No cell is ever a formula."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

from django.utils.translation import gettext

from notices.terms import DataCategory
from register.lists.naming import organisation_of
from register.lists.pieces import A_PIECE, Pieces, Sink
from register.models import Customer, CustomerList, ListKind
from register.portability.packing import harmless

Value: TypeAlias = Callable[[Any], str]
#: A text, or a number to reckon with.
Cell: TypeAlias = str | int
Blocks: TypeAlias = Iterator[list[Customer]]
#: How many characters wide a column of a workbook is: of short words and numbers, and of all else.
NARROW, WIDE = 12, 28
SHORT = frozenset({"postcode", "country", "allowed_by", "allowed_on", "order"})


class Heading(list[Cell]):
    """The row that says what stands in the rows below it."""


#: The columns of each category, by the names that an import knows.
COLUMNS: Mapping[DataCategory, Mapping[str, Value]] = {
    DataCategory.NAME: {
        "given_name": lambda one: one.given_name,
        "family_name": lambda one: one.family_name,
    },
    DataCategory.ORGANISATION: {"organisation": organisation_of},
    DataCategory.EMAIL: {"email": lambda one: one.email},
    DataCategory.POSTAL_ADDRESS: {
        "street": lambda one: one.street,
        "postcode": lambda one: one.postcode,
        "city": lambda one: one.city,
        "country": lambda one: one.country,
    },
    DataCategory.PHONE: {"phone": lambda one: one.phone},
    DataCategory.WEBSITE: {"website": lambda one: one.website},
}


def _needs_nothing(one: Any) -> bool:
    """Whether the address is an organisation's, and no named person's (M08)."""
    return one.is_organisation and not one.is_named


def _allowed_by(one: Any) -> str:
    """By what right an e-mail list holds the customer (M05-M08)."""
    if _needs_nothing(one):
        return "organisation"
    return "consent" if one.consent_on else "order"


def _allowed_on(one: Any) -> str:
    day = None if _needs_nothing(one) else one.consent_on or one.refusable_on
    return day.isoformat() if day else ""


def _order(one: Any) -> str:
    return "" if _needs_nothing(one) or one.consent_on else str(one.refusable_order or "")


EVIDENCE: Mapping[str, Value] = {"allowed_by": _allowed_by, "allowed_on": _allowed_on}


def columns_of(asked: CustomerList) -> dict[str, Value]:
    """The columns of `asked`, by name."""
    told: dict[str, Value] = {}
    for category in asked.told:
        told |= COLUMNS.get(DataCategory(category), {})
    if asked.kind == ListKind.EMAILS:
        told |= EVIDENCE
        if DataCategory.ORDERS in asked.told:
            told["order"] = _order
    return told


def _rows(asked: CustomerList, blocks: Blocks) -> Iterator[Sequence[Sequence[Any]]]:
    columns = columns_of(asked)
    yield [Heading(columns)]
    for block in blocks:
        yield [[value(one) for value in columns.values()] for one in block]


def as_csv(asked: CustomerList, blocks: Blocks) -> Pieces:
    """The list as CSV, which `import_customers` reads back to the same values."""
    text = io.StringIO(newline="")
    text.write("\ufeff")
    for rows in _rows(asked, blocks):
        csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
        if text.tell() >= A_PIECE:
            yield f"{asked.kind}.csv", text.getvalue().encode()
            text.seek(0)
            text.truncate()
    if text.tell():
        yield f"{asked.kind}.csv", text.getvalue().encode()


# --- XLSX: a library would hold the rows, or write them to the disk as they are

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _style_of_cells(*, font: int) -> str:
    """Long texts go on in the next line of their cell."""
    return (
        f'<xf numFmtId="0" fontId="{font}" fillId="0" borderId="0" xfId="0" applyFont="1"'
        ' applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    )


_FRAME = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/>'
        '</font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="2">{_style_of_cells(font=0)}{_style_of_cells(font=1)}</cellXfs>'
        "</styleSheet>"
    ),
}


def as_xlsx(asked: CustomerList, blocks: Blocks) -> Pieces:
    """The list as a workbook of one sheet, in which every cell is text."""
    # by the kind of each column: rows come one block after the other, and none is kept to measure
    widths = [NARROW if name in SHORT else WIDE for name in columns_of(asked)]
    return sheet_of(f"{asked.kind}.xlsx", gettext("List"), _rows(asked, blocks), widths=widths)


def sheet_of(
    name: str,
    title: str,
    blocks: Iterable[Sequence[Sequence[Cell]]],
    *,
    widths: Sequence[int],
    frozen: int = 1,
) -> Pieces:
    """A workbook called `name`, of one sheet with the rows of `blocks`; no text is a formula. Its
    columns are `widths` wide, in characters, and its first `frozen` rows stay in sight."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for path, content in _FRAME.items():
            archive.writestr(path, _HEAD + content)
        archive.writestr("xl/workbook.xml", _HEAD + _workbook(title))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f"{_HEAD}{_beginning(widths, frozen)}<sheetData>".encode())
            for rows in blocks:
                sheet.write("".join(map(_row, rows)).encode())
                for piece in sink.taken(least=A_PIECE):
                    yield name, piece
            sheet.write(b"</sheetData></worksheet>")
    for piece in sink.taken():
        yield name, piece


def _workbook(title: str) -> str:
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        "<bookViews><workbookView/></bookViews><sheets>"
        f'<sheet name="{escape(title)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _beginning(widths: Sequence[int], frozen: int) -> str:
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, 1)
    )
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft"'
        f' state="frozen"/></sheetView></sheetViews><cols>{columns}</cols>'
    )


def _row(cells: Sequence[Cell]) -> str:
    style = 1 if isinstance(cells, Heading) else 0
    return f"<row>{''.join(_cell(cell, style) for cell in cells)}</row>"


def _cell(cell: Cell, style: int) -> str:
    if isinstance(cell, int):
        return f'<c s="{style}"><v>{cell}</v></c>'
    text = escape(harmless(cell))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
