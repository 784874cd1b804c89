"""A page as blocks for paper: headings, paragraphs, lists, facts, tables, a box.

Nothing but the words of links inside the page is left out: the contents, for paper is not clicked.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby
from typing import Any, TypeAlias

from django.conf import settings

from audit.texts import clean

Block: TypeAlias = dict[str, Any]
Run: TypeAlias = dict[str, Any]

INLINE = frozenset("a abbr b bdi br cite code em i mark q small span strong sub sup time u".split())
BOLD = frozenset({"b", "strong", "summary"})
ITALIC = frozenset({"em", "i", "cite"})
VOID = frozenset({"br", "hr", "img", "input", "wbr"})
NOT_ON_PAPER = frozenset({"nav", "script", "style", "template"})
WHOLE = frozenset({"dl", "ol", "table", "ul"})
#: How many tags may stand in each other, and how many more what belongs to a list or a table may:
#: typst gives up at a depth of its own, and a notice in force stays as it is.
DEEPEST, OF_A_WHOLE = 32, 8
LONGEST_NUMBER = 4
#: The right to object is told apart from all else, on paper too (art. 21(4)).
APART = "right-to-object"
SPACE = re.compile(r"[ \t\n\r\f]+")


@dataclass
class Element:
    """A tag with what stands in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list["Element | str"] = field(default_factory=list)


@dataclass(frozen=True)
class _Open:
    """A tag that is open, where its words go, and how many tags are around them."""

    tag: str
    inside: list["Element | str"]
    depth: int


class _Tree(HTMLParser):
    """A page as elements. What stands too deep is not one of its own; its words stay."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("body")
        self._open = [_Open("body", self.root.inside, 0)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        around = self._open[-1]
        if tag in VOID:
            around.inside.append(Element(tag))
        elif around.depth < DEEPEST + (0 if tag in WHOLE else OF_A_WHOLE):
            element = Element(tag, {name: value or "" for name, value in attrs})
            around.inside.append(element)
            self._open.append(_Open(tag, element.inside, around.depth + 1))
        else:
            if not _is_inline(Element(tag)):
                around.inside.append(Element("br"))
            self._open.append(_Open(tag, around.inside, around.depth))

    def handle_endtag(self, tag: str) -> None:
        if any(one.tag == tag for one in reversed(self._open[1:])):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def blocks_of(page: str, language: str) -> list[Block]:
    """The blocks of `page`, HTML whose links are whole addresses, written in `language`.

    Each run of words says in which language it is. A link to elsewhere is spelt out the first time
    it comes.
    """
    tree = _Tree()
    tree.feed(page)
    tree.close()
    blocks = list(_Paper().blocks(tree.root.inside, language))
    return list(_without_skipped_levels(blocks))


class _Paper:
    def __init__(self) -> None:
        self._spelt_out: set[str] = set()

    def blocks(self, inside: Iterable[Element | str], language: str) -> Iterator[Block]:
        for is_inline, group in groupby(inside, _is_inline):
            if is_inline:
                if runs := self.runs(group, language):
                    yield {"kind": "paragraph", "runs": runs}
            else:
                for element in group:
                    if isinstance(element, Element) and element.tag not in NOT_ON_PAPER:
                        yield from self._of(element, element.attributes.get("lang", language))

    def _of(self, element: Element, language: str) -> Iterator[Block]:
        match element.tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                if runs := self.runs(element.inside, language):
                    yield {"kind": "heading", "level": int(element.tag[1]), "runs": runs}
            case "ul" | "ol":
                items = [list(self.blocks([item], language)) for item in _elements(element, "li")]
                if any(items):
                    yield {
                        "kind": "list",
                        "start": _first_number(element),
                        "items": [item for item in items if item],
                    }
            case "dl":
                yield {"kind": "facts", "rows": list(self._facts(element, language))}
            case "table":
                yield {"kind": "table", "rows": list(self._rows(element, language))}
            case "section" if element.attributes.get("id") == APART:
                yield {"kind": "box", "blocks": list(self.blocks(element.inside, language))}
            case _:
                yield from self.blocks(element.inside, language)

    def _facts(self, element: Element, language: str) -> Iterator[list[list[Block]]]:
        label: list[Block] = []
        for part in _elements(element, "dt", "dd"):
            own = part.attributes.get("lang", language)
            blocks = list(self.blocks(part.inside, own))
            if part.tag == "dt":
                label = blocks
            else:
                yield [label, blocks]
                label = []

    def _rows(self, table: Element, language: str) -> Iterator[list[list[Block]]]:
        for row in _elements(table, "tr"):
            yield [list(self.blocks(cell.inside, language)) for cell in _elements(row, "th", "td")]

    def runs(self, inside: Iterable[Element | str], language: str) -> list[Run]:
        """The words of one paragraph: blanks are single, and there are none at its ends."""
        runs = list(self._runs(inside, {"lang": language, "bold": False, "italic": False}))
        return _with_single_blanks(runs)

    def _runs(self, inside: Iterable[Element | str], style: Run) -> Iterator[Run]:
        for part in inside:
            if isinstance(part, str):
                yield {**style, "text": clean(SPACE.sub(" ", part))}
            elif part.tag == "br":
                yield {**style, "text": "\n"}
            else:
                own = {
                    **style,
                    "lang": part.attributes.get("lang", style["lang"]),
                    "bold": style["bold"] or part.tag in BOLD,
                    "italic": style["italic"] or part.tag in ITALIC,
                }
                address = part.attributes.get("href", "") if part.tag == "a" else ""
                if address and not address.startswith("#"):
                    own["link"] = address
                runs = list(self._runs(part.inside, own))
                yield from runs
                if "link" in own:
                    yield from self._spelling(address, runs, own)

    def _spelling(self, address: str, runs: list[Run], style: Run) -> Iterator[Run]:
        """The address of a link in brackets, for those who read it on paper."""
        said = "".join(run["text"] for run in runs)
        shown = address.removeprefix("mailto:")
        ours_for_a_button = address.startswith(settings.BASE_URL) and "?" in address
        if ours_for_a_button or shown in self._spelt_out or shown in said:
            return
        self._spelt_out.add(shown)
        yield {**style, "text": f" ({shown})", "bold": False}


def _is_inline(part: Element | str) -> bool:
    return isinstance(part, str) or part.tag in INLINE


def _elements(element: Element, *tags: str) -> Iterator[Element]:
    """Those of `tags` that belong to `element`, at whatever depth, but not one in another."""
    for part in element.inside:
        if isinstance(part, Element):
            if part.tag in tags:
                yield part
            else:
                yield from _elements(part, *tags)


def _first_number(element: Element) -> int | None:
    """What a numbered list begins with; None for one that is not numbered."""
    if element.tag != "ol":
        return None
    start = element.attributes.get("start", "")
    return int(start) if start.isdecimal() and len(start) <= LONGEST_NUMBER else 1


def _with_single_blanks(runs: list[Run]) -> list[Run]:
    kept: list[Run] = []
    before = "\n"
    for run in runs:
        text = run["text"]
        if before in " \n":
            text = text.lstrip(" ")
        if text == "\n" and kept:
            kept[-1]["text"] = kept[-1]["text"].rstrip(" ")
        if text:
            kept.append({**run, "text": text})
            before = text[-1]
    while kept and not kept[-1]["text"].strip():
        kept.pop()
    if kept:
        kept[-1]["text"] = kept[-1]["text"].rstrip()
    return kept


def _without_skipped_levels(blocks: Iterable[Block]) -> Iterator[Block]:
    """Readers who listen find no heading two levels below the one before; nor would typst."""
    before = 1
    for block in blocks:
        if block["kind"] == "heading" and block["level"] > 1:
            before = min(block["level"], before + 1)
            yield {**block, "level": before}
        else:
            yield block
