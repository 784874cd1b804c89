"""A letter on paper: its parts, and the PDF that typst makes of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import override

from audit import paper
from audit.texts import clean, one_line

LAYOUT = (Path(__file__).parent / "letter.typ").read_bytes()
LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Sheet:
    """What stands in a letter, in plain text.

    Paragraphs are as in the templates of letters: one that begins with "## " is a heading, lines
    that begin with "- " are a list, a web address alone on its line is a link.
    """

    language: str
    #: the name first
    sender: Sequence[str]
    #: name, street, postcode and city, country; none for a letter that goes by mail
    recipient: Sequence[str]
    written_on: date
    #: label and value, such as the number of the request, which comes first
    references: Sequence[tuple[str, str]]
    subject: str
    paragraphs: Sequence[str]


def pdf_of(sheet: Sheet) -> paper.Pdf:
    """The letter as PDF, the same bytes each time; it never fails for what is written in it."""
    return paper.pdf_of(LAYOUT, _parts(sheet), sheet.written_on)


def _parts(sheet: Sheet) -> dict[str, Any]:
    """What letter.typ reads."""
    with override(sheet.language):
        written_on = date_format(sheet.written_on, "DATE_FORMAT")
    day = sheet.written_on
    sender = _lines(sheet.sender)
    return {
        "language": sheet.language,
        "title": one_line(sheet.subject),
        "author": sender[0] if sender else "",
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "written_on": written_on,
        "sender": sender,
        "recipient": _lines(sheet.recipient),
        "references": [[one_line(label), one_line(value)] for label, value in sheet.references],
        "blocks": [block for text in sheet.paragraphs for block in _blocks(clean(text))],
    }


def _blocks(paragraph: str) -> Iterator[dict[str, Any]]:
    lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
    for kind, group in groupby(lines, _kind):
        match kind:
            case "list":
                yield {"kind": kind, "lines": [line.removeprefix("- ") for line in group]}
            case "lines":
                yield {"kind": kind, "lines": list(group)}
            case _:
                yield from ({"kind": kind, "text": line.removeprefix("## ")} for line in group)


def _kind(line: str) -> str:
    if line.startswith("## "):
        return "heading"
    if line.startswith("- "):
        return "list"
    return "link" if LINK.fullmatch(line) else "lines"


def _lines(texts: Sequence[str]) -> list[str]:
    return [line for line in map(one_line, texts) if line]
