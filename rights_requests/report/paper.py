"""The report on paper: a PDF that is read on a screen or printed to be posted.

typst lays out a whole document at once. So a report of very many rows comes in volumes, each made
in a process of its own: no piece takes more than so much memory, and nothing is left out.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from audit.paper import pdf_apart
from audit.texts import clean, one_line
from rights_requests.letters import paragraphs_of
from rights_requests.report.document import Document, Line
from rights_requests.report.page import (
    AS_TABLE,
    as_table,
    common_source,
    place_of,
    shown,
    words_of_right,
)

LAYOUT = (Path(__file__).parent / "report.typ").read_bytes()
#: Rows of one volume, those within others counted too: some two hundred pages.
A_VOLUME = 2_000
#: A letter is as long as so many rows.
A_LETTER = 10


def volumes_of(document: Document) -> int:
    """How many PDFs the report makes; one unless there is very much."""
    return max(1, sum(1 for _volume in _volumes(document)))


def as_pdf(document: Document, volume: int = 1) -> bytes:
    """The volume (from 1) of the report as PDF, in the active language; the same bytes each time.
    Raises `IndexError` when there is none."""
    most = volumes_of(document)
    if not 0 < volume <= most:
        raise IndexError(volume)
    lines = next(islice(_volumes(document), volume - 1, None), [])
    taken_on = date.fromisoformat(document.head["taken_at"][:10])
    values = _values(document, lines, volume, most) | {
        "date": [taken_on.year, taken_on.month, taken_on.day]
    }
    return pdf_apart(LAYOUT, values, taken_on)


def _volumes(document: Document) -> Iterator[list[Line]]:
    volume: list[Line] = []
    size = 0
    for line in shown(document):
        volume.append(line)
        size += _size(line)
        if size >= A_VOLUME:
            yield volume
            volume, size = [], 0
    if volume:
        yield volume


def _size(line: Line) -> int:
    row = line["row"]
    letters = row.get("letters", ())
    return 1 + len(row.get("rows", ())) + A_LETTER * (len(letters) + ("text" in row))


def _values(document: Document, lines: list[Line], volume: int, most: int) -> dict[str, Any]:
    head = document.head
    named = {"number": head["request"], "volume": volume, "most": most}
    title = gettext("Your data")
    if most > 1:
        title = gettext("Your data, part %(volume)s of %(most)s") % named
    is_first, is_last = volume == 1, volume == most
    parts = [
        *(_chapters(head["chapters"]) if is_first else ()),
        *_parts(head, lines),
        *([*_chapters(head["rights"]), *_reach(head)] if is_last else ()),
    ]
    glance = [[one["label"], clean(one["text"])] for one in head["glance"]]
    return {
        "language": head["language"],
        "title": title,
        "author": one_line(head["controller"]),
        "footer": f"{one_line(head['controller'])} · {title} · "
        + gettext("Request %(number)s") % named,
        "intro": _intro(head) if is_first else [],
        "glance": glance if is_first else [],
        "words": {"glance": gettext("At a glance"), "from": gettext("Where from")},
        "parts": parts,
    }


def _intro(head: dict[str, Any]) -> list[str]:
    asked = gettext("%(name)s, this answers your request %(number)s of %(received)s.")
    held = gettext("It shows all that the register “%(name)s” held about you on %(taken)s.")
    return [
        asked
        % {
            "name": one_line(head["name"]),
            "number": head["request"],
            "received": head["received"],
        },
        held % {"name": one_line(head["register_name"]), "taken": head["taken"]},
    ]


def _chapters(chapters: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in chapters:
        yield _heading(1, one["label"])
        yield from ({"kind": "text", "text": clean(text)} for text in one["paragraphs"])
        if one["items"]:
            yield {"kind": "list", "items": [clean(item) for item in one["items"]]}
        yield from ({"kind": "text", "text": clean(text)} for text in one["after"])


def _reach(head: dict[str, Any]) -> list[dict[str, Any]]:
    lines = [head["controller"], *head["contact"]]
    told = {"kind": "text", "text": "\n".join(map(one_line, lines))}
    return [_heading(1, gettext("How to reach us")), told]


def _parts(head: dict[str, Any], lines: list[Line]) -> Iterator[dict[str, Any]]:
    headings = {one["key"]: one["label"] for one in head["contents"]}
    for (of, key), group in groupby(lines, key=place_of):
        yield _heading(1, headings[key])
        rows = [line["row"] for line in group]
        if key == AS_TABLE:
            yield {
                "kind": "table",
                "head": [one["label"] for one in rows[0]["values"]],
                "rows": [[clean(one["value"]) for one in row["values"]] for row in rows],
            }
        elif of == "sections":
            yield {"kind": "rows", "rows": [_row(row) for row in rows]}
        else:
            for row in rows:
                yield from TELL[of](row)


def _heading(level: int, text: str) -> dict[str, Any]:
    return {"kind": "heading", "level": level, "text": one_line(text)}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    common = common_source(row)
    values = [
        [
            one["label"],
            clean(one["value"]),
            "" if common is not None or not one["source"] else one_line(one["source"]["text"]),
        ]
        for one in row["values"]
    ]
    if file := row.get("file"):
        values.append([gettext("File"), file["mark"] or file["name"], ""])
    table = as_table(row)
    if table:
        table["rows"] = [list(map(clean, cells)) for cells in table["rows"]]
    return {
        "values": values,
        "source": one_line(common or ""),
        "table": table,
        "rows": [] if table else [_row(one) for one in row["rows"]],
    }


def _plain(values: list[list[str]]) -> dict[str, Any]:
    """A row of labels and values that came from nowhere else."""
    return {"values": values, "source": "", "table": None, "rows": []}


def _request(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield _heading(2, gettext("Request %(number)s") % {"number": row["number"]})
    who = [row.get("name"), row.get("email"), row.get("phone"), *row.get("postal_address", ())]
    values = [
        [gettext("Received"), f"{_day(row['received_on'])}, {row['came_by']}", ""],
        [gettext("Who asks"), "\n".join(one_line(one) for one in who if one), ""],
    ]
    for one in row["rights"]:
        told = clean("\n".join(words_of_right(one)))
        values.append([one["right"][:1].upper() + one["right"][1:], told, ""])
    filled = [one for one in values if one[1]]
    yield {"kind": "rows", "rows": [_plain(filled)]}
    for one in row["more"]:
        yield _heading(3, one["label"])
        yield {"kind": "rows", "rows": [_row(one)]}
    for letter in row["letters"]:
        yield from _letter(letter, level=3)


def _letter(row: dict[str, Any], *, level: int = 2) -> Iterator[dict[str, Any]]:
    yield _heading(level, f"{_day(row['written_on'])} {row['subject']}")
    yield _text(row["text"])


def _told(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield _heading(2, f"{_day(row['made_on'])} {row['to']}: {row['deed']}")
    if row["why_not"]:
        said = gettext("Not told: %(why)s.") % {"why": row["why_not"]}
        yield {"kind": "text", "text": clean(f"{said} {row['reason']}")}
    elif row["sent_on"]:
        said = gettext("Told on %(day)s.") % {"day": _day(row["sent_on"])}
        yield {"kind": "text", "text": said}
    else:
        yield {"kind": "text", "text": gettext("The letter has not left yet.")}
    if row["text"]:
        yield _text(row["text"])


def _change(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    what = f"{row['label']} {row['of']}".strip()
    yield _heading(2, f"{row['when']} {what}: {row['type_label'].lower()}")
    values = []
    for one in row["changes"]:
        before = f"{one['from']} → " if one["from"] else ""
        values.append([one["label"], clean(f"{before}{one['to'] or '—'}"), ""])
    yield {"kind": "rows", "rows": [_plain(values)]}


#: How the rows of each list are told, but for those of the register's sections.
TELL = {"requests": _request, "letters": _letter, "told": _told, "history": _change}


def _text(text: str) -> dict[str, Any]:
    paragraphs = [
        {"strong": one.startswith("## "), "text": clean(one.removeprefix("## "))}
        for one in paragraphs_of(text)
    ]
    return {"kind": "letter", "paragraphs": paragraphs}


def _day(day: str) -> str:
    return date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT")
