"""How a workbook looks: what no reader of its values sees."""

import io
import zipfile
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

MAIN = {"": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def look_of(content):
    """The widths of the columns, how many rows stay in sight, and the rows that are bold."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet, styles = (
            ElementTree.fromstring(archive.read(f"xl/{name}.xml"))  # noqa: S314 - our own file
            for name in ("worksheets/sheet1", "styles")
        )
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    fonts = styles.findall("fonts/font", MAIN)
    is_bold = [
        fonts[int(one.get("fontId"))].find("b", MAIN) is not None
        for one in styles.findall("cellXfs/xf", MAIN)
    ]
    bold = [
        rows[place][: len(cells)]
        for place, cells in enumerate(sheet.findall("sheetData/row", MAIN))
        if len(cells) and all(is_bold[int(cell.get("s"))] for cell in cells)
    ]
    pane = sheet.find("sheetViews/sheetView/pane", MAIN)
    assert pane.get("state") == "frozen"
    widths = [float(one.get("width")) for one in sheet.findall("cols/col", MAIN)]
    return widths, int(pane.get("ySplit")), bold
