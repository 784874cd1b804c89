"""Markdown: its signs are markup, and no words of the notice."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .markup import BOLD_LEVEL, Cell, Line

HASHES = re.compile(r"(#{1,6})\s+(.*?)[\s#]*$")
RULE = re.compile(r"(?:[=\-~*_]\s?){3,}$|```$")
UNDERLINE = re.compile(r"(=|-){3,}$")
TABLE_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?$")
ITEM = re.compile(r"[*+]\s+(?=\S)")
QUOTE = re.compile(r">\s?")
BOLD_LINE = re.compile(r"(\d{1,2}[.)]\s*)?(?:\*\*|__)(?=\S)([^*]{1,240}?)(?:\*\*|__)(\s?:)?$")
LEAD = re.compile(r"(?:\*\*|__)(?=\S)([^*]{1,100}?)(?:\*\*|__)(?=\s|:|$)")
STRONG = re.compile(r"(?<!\w)(\*\*|__)(?=\S)(.{1,400}?)(?<=\S)\1(?!\w)")
EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]{1,200}?)(?<=\S)\*(?![\w*])")
UNDERLINED = re.compile(r"(?<!\w)_(?=[^\s_])([^_]{1,200}?)(?<=\S)_(?!\w)")
LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\(([^()\s]{0,500})(?:\s\"[^\"]{0,100}\")?\)")
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>])|\\$")
FIELD = re.compile(r"[\w-]{2,30}:")
LONGEST_SETEXT = 100


def without_signs(lines: Sequence[Line]) -> list[Line]:
    """The lines with Markdown's signs taken for the markup that they are."""
    out: list[Line] = []
    row, table = 0, 0
    matter = _front_matter(lines)
    out += [replace(line, aside=True) for line in lines[1:matter]]
    for line in lines[matter + 1 if matter else 0 :]:
        cells = _cells(line.text)
        if not cells:
            row = 0
            _take(out, line)
        elif TABLE_RULE.match(line.text):
            continue
        else:
            table -= not row
            row += 1
            out += _row(cells, table, row)
    return out


def _front_matter(lines: Sequence[Line]) -> int:
    """The line that ends the fields which some files begin with; 0 where there are none."""
    if not lines or lines[0].text != "---":
        return 0
    ends = (number for number, line in enumerate(lines[1:20], start=1) if line.text == "---")
    end = next(ends, 0)
    return end if all(FIELD.match(line.text) or not line.text for line in lines[1:end]) else 0


def _cells(text: str) -> list[str]:
    if not (text.startswith("|") and text.count("|") > 1):
        return []
    return [cell.strip() for cell in text.strip("|").split("|")]


def _row(cells: list[str], table: int, row: int) -> Iterator[Line]:
    for column, text in enumerate(cells):
        if text:
            yield replace(_line(Line(text)), cell=Cell(table, row, column))


def _take(out: list[Line], line: Line) -> None:
    before = out[-1] if out else Line("")
    mark = UNDERLINE.match(line.text)
    if mark and _may_be_heading(before):
        level = before.level or (1 if mark[1] == "=" else 2)
        out[-1] = replace(before, level=level)
    elif not RULE.match(line.text):
        out.append(_line(line))


def _may_be_heading(line: Line) -> bool:
    text = line.text
    return 0 < len(text) <= LONGEST_SETEXT and not text.endswith((".", ",", ";"))


def _line(line: Line) -> Line:
    text = QUOTE.sub("", line.text, count=1) if line.text.startswith(">") else line.text
    if not text or line.level:
        return replace(line, text=_inline(text))
    if hashes := HASHES.match(text):
        return replace(line, text=_inline(hashes[2]), level=len(hashes[1]))
    if bold := BOLD_LINE.match(text):
        return replace(line, text=_inline((bold[1] or "") + bold[2]), level=BOLD_LEVEL)
    if lead := LEAD.match(text):
        return replace(line, text=_inline(text), lead=_inline(lead[1]))
    return replace(line, text=_inline(ITEM.sub("- ", text, count=1) if ITEM.match(text) else text))


def _inline(text: str) -> str:
    text = LINK.sub(_link, text)
    text = STRONG.sub(r"\2", text)
    text = UNDERLINED.sub(r"\1", EMPHASIS.sub(r"\1", text))
    return ESCAPE.sub(r"\1", text)


def _link(link: re.Match[str]) -> str:
    words, address = link[1], link[2].removeprefix("mailto:")
    return words if address in ("", words) else f"{words} ({address})"
