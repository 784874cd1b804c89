"""Tags and entities become lines; every word stays.

Not html.parser: it takes quadratic time on broken tags (34 s for 60 kB of "<a "), and it swallows
what only looks like a tag, such as an e-mail address in angle brackets.
"""

import html
import re
from dataclasses import dataclass
from typing import Final

TAG = re.compile(
    r"""</?([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])(?:(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+|[^<>]*+)>"""
)
DECLARATION = re.compile(r"<[!?][^<>]*+>")
# Longer numbers are no characters, and int() refuses to read more than 4300 digits.
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
LIST_MARK = re.compile(r"[-•*–·▪●○◦‣]\s|[-•·▪●](?=[^\W\d_])|[a-zåäö]\)\s(?=\S)")

HEADINGS: Final = {f"h{number}": number for number in range(1, 7)}
BOLD: Final = frozenset({"b", "strong"})
PARAGRAPHS: Final = frozenset(
    "article aside blockquote body details div dl fieldset figure footer form header hr "
    "main nav ol p pre section table ul".split()
) | frozenset(HEADINGS)
LINES: Final = frozenset(
    "br caption dd dt figcaption head html legend li option summary tbody td tfoot "
    "th thead title tr".split()
)
INLINE: Final = BOLD | frozenset(
    "a abbr address button center cite code col colgroup em font i iframe img input label "
    "link mark meta noscript o q s script select small span style sub sup svg textarea time u "
    "var wbr".split()
)
TAGS: Final = PARAGRAPHS | LINES | INLINE
ENDS_HEADING: Final = frozenset(HEADINGS) | {"p", "ul", "ol", "table"}

#: What stands around a notice on a web page, and is no part of it.
ASIDE: Final = frozenset({"nav", "footer"})

BOLD_LEVEL, CELL_LEVEL = 7, 8


@dataclass(frozen=True)
class Cell:
    """Where in which table a line stands."""

    table: int
    row: int
    column: int


@dataclass(frozen=True)
class Line:
    """One line of the notice.

    `level` says how its markup makes it a heading (0: it does not), `lead` which words stand bold
    at its beginning, `aside` that it stands around the notice.
    """

    text: str
    level: int = 0
    lead: str = ""
    cell: Cell | None = None
    aside: bool = False


def lines_of(text: str, *, wrapped: bool) -> list[Line]:
    """The lines of a text with tags; an empty line parts paragraphs.

    `wrapped` says that line breaks are only white space, as they are in HTML.
    """
    writer = _Writer()
    position = 0
    text = _without_unspoken(text)
    for tag in TAG.finditer(text):
        name = tag[1].lower()
        if name not in TAGS:
            continue
        writer.write(text[position : tag.start()], wrapped=wrapped)
        writer.tag(name, closing=tag[0][1] == "/")
        position = tag.end()
    writer.write(text[position:], wrapped=wrapped)
    writer.end_line()
    return writer.lines


def without_tags(text: str) -> str:
    """The words of a text with tags, on one line."""
    return " ".join(line.text for line in lines_of(text, wrapped=True) if line.text)


class _Writer:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._parts: list[str] = []
        self._heading = 0
        self._bold = 0
        self._lead = ""
        self._plain = False
        self._term = False
        self._item = False
        self._aside = 0
        self._tables: list[Cell] = []
        self._count = 0

    def write(self, text: str, *, wrapped: bool) -> None:
        for number, piece in enumerate([text] if wrapped else text.split("\n")):
            if number and not self.end_line():
                self._part_paragraphs()
            if piece:
                self._parts.append(ENTITY.sub(lambda entity: html.unescape(entity[0]), piece))
                self._plain = self._plain or (not self._bold and not piece.isspace())

    def tag(self, name: str, *, closing: bool) -> None:
        if name in BOLD:
            if closing and not self._plain:
                self._lead = " ".join("".join(self._parts).split())
            self._bold = max(0, self._bold + (-1 if closing else 1))
        elif name in PARAGRAPHS or name in LINES:
            self.end_line()
            self._enter(name, closing=closing)

    def end_line(self) -> bool:
        """End the line if there is one, and say whether there was."""
        text = " ".join("".join(self._parts).split())
        if text:
            dash = "- " if self._item and not LIST_MARK.match(text) else ""
            lead = self._lead if self._plain and not self._item else ""
            self._add(dash + text, self._level(), lead)
            self._item = False
        self._parts, self._plain, self._lead = [], False, ""
        return bool(text)

    def _add(self, text: str, level: int = 0, lead: str = "") -> None:
        cell = self._tables[-1] if self._tables else None
        self.lines.append(Line(text, level, lead, cell, aside=self._aside > 0))

    def _part_paragraphs(self) -> None:
        if self.lines and self.lines[-1].text:
            self._add("")

    def _level(self) -> int:
        if self._heading or self._item:
            return self._heading
        if self._term:
            return CELL_LEVEL
        return 0 if self._plain else BOLD_LEVEL

    def _enter(self, name: str, *, closing: bool) -> None:
        if name in PARAGRAPHS:
            self._part_paragraphs()
        if name in ENDS_HEADING:
            self._heading = 0 if closing else HEADINGS.get(name, 0)
        if name in ASIDE:
            self._aside = max(0, self._aside + (-1 if closing else 1))
        elif name in {"table", "tr", "td", "th"}:
            self._enter_table(name, closing=closing)
        elif name in {"dt", "dd", "summary"}:
            self._term = name != "dd" and not closing
        elif name == "li":
            self._item = not closing

    def _enter_table(self, name: str, *, closing: bool) -> None:
        if name == "table" and closing:
            del self._tables[-1:]
        elif name == "table":
            self._count += 1
            self._tables.append(Cell(self._count, 0, -1))
        elif self._tables and not closing:
            here = self._tables[-1]
            row, column = (1, -1 - here.column) if name == "tr" else (0, 1)
            self._tables[-1] = Cell(here.table, here.row + row, here.column + column)


def _without_unspoken(text: str) -> str:
    """Leave out what is not spoken to the reader: comments, scripts, styles, declarations."""
    text = _without(text, re.compile(r"<!--"), re.compile(r"-->"))
    for name in ("script", "style"):
        start = re.compile(rf"<{name}(?=[\s>])", re.IGNORECASE)
        text = _without(text, start, re.compile(rf"</{name}\s{{0,9}}>", re.IGNORECASE))
    return DECLARATION.sub(" ", text)


def _without(text: str, start: re.Pattern[str], end: re.Pattern[str]) -> str:
    """Cut each span; one that never ends stays as text, for nothing may be dropped silently."""
    kept, position = [], 0
    while (opening := start.search(text, position)) and (
        closing := end.search(text, opening.end())
    ):
        kept.append(text[position : opening.start()])
        position = closing.end()
    return " ".join([*kept, text[position:]])
