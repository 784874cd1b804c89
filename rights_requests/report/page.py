"""The report as HTML, fragment by fragment: on the page behind the link, as staff see it before
they decide, and as a file."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext

from rights_requests.report.document import Document, Line

#: A page is cut here: what is before goes in before the rows, what is after, after them.
CUT = "<!--rows-->"
#: Rows in one fragment.
A_FRAGMENT = 200
#: Rows that are alike, and many: they make a table.
AS_TABLE = "consultation"


def as_page(
    document: Document, template: str, context: Mapping[str, Any], *, files: str = ""
) -> Iterator[str]:
    """The page that `template` makes of `document`, in the active language. `files` says how those
    that come with it are reached: by "buttons", or in a folder beside the page, such as "files/";
    empty for not at all."""
    whole = render_to_string(template, {**context, "head": document.head, "files": files})
    before, after = whole.split(CUT)
    yield before
    yield from _rows(document, files)
    yield after


def shown(document: Document) -> Iterator[Line]:
    """The rows that people read: what was stored at first, and stands in a section, is told
    there."""
    for line in document.lines():
        if not (line["in"] == "history" and line["row"]["is_above"]):
            yield line


def place_of(line: Line) -> tuple[str, str]:
    """The list and the key under which a row stands."""
    return line["in"], line.get("key") or line["in"]


def as_table(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rows within `row` as a table, where they are alike and hold no rows themselves: its
    "label", "head" and "rows" of texts. Where a row came from stands in it only where that is not
    where `row` came from."""
    inner = row["rows"]
    if not inner or any(one["rows"] or one["file"] for one in inner):
        return None
    if len({one["key"] for one in inner}) > 1:
        return None
    head = {value["key"]: value["label"] for one in inner for value in one["values"]}
    common = common_source(row)
    sources = [common_source(one) for one in inner]
    if any(one is None for one in sources):
        return None
    rows = []
    for one in inner:
        told = {value["key"]: value["value"] for value in one["values"]}
        rows.append([told.get(key, "") for key in head])
    labels = list(head.values())
    if any(one and one != common for one in sources):
        labels.append(gettext("Where from"))
        for cells, source in zip(rows, sources, strict=True):
            cells.append(source or "")
    return {"label": inner[0]["label"], "head": labels, "rows": rows}


def common_source(row: Mapping[str, Any]) -> str | None:
    """Where all values of `row` came from, in words, "" for nowhere; None when it is several
    places."""
    sources = {value["source"]["text"] if value["source"] else "" for value in row["values"]}
    return sources.pop() if len(sources) == 1 else None


def words_of_right(right: Mapping[str, Any]) -> list[str]:
    """What was said about one right of a request, in its order."""
    said = {key: value for key, value in right.items() if key != "right" and value}
    # an item is a line, and data are a list
    between = {"items": "\n"}
    return [
        between.get(key, ", ").join(value) if isinstance(value, list) else value
        for key, value in said.items()
    ]


def _rows(document: Document, files: str) -> Iterator[str]:
    headings = {one["key"]: one for one in document.head["contents"]}
    for (of, key), lines in groupby(shown(document), key=place_of):
        yield render_to_string("requests/report/heading.html", {"one": headings[key]})
        template = "looks" if key == AS_TABLE else of
        for block in _fragments(line["row"] for line in lines):
            yield render_to_string(
                f"requests/report/{template}.html", {"rows": block, "files": files}
            )


def _fragments(rows: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    while block := list(islice(left, A_FRAGMENT)):
        yield block
