"""The report as a document: a head, and rows that are read one after another.

It is drawn up into a file without a name, so that what is counted can stand before what is listed;
once given it is kept encrypted, in pieces. Whoever shows it holds one piece at a time: ten thousand
orders take as much memory as ten.
"""

import json
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder

from audit.encryption import decrypt, encrypt
from rights_requests.models import Report, ReportPart

FORMAT, VERSION = "seloste-access-report", 1
#: The lists of a report in their order, each with rows; the first one has them by section.
LISTS = ("sections", "requests", "letters", "told", "history")
#: What is withheld from the person, for the supervisory authority alone.
WITHHELD = "withheld"
#: Bytes of rows, or of a file, in one piece.
A_PIECE = 256 * 1024

#: A row with the list that it stands in: {"in": "sections", "key", "label", "row"}, else
#: {"in": "letters", "row"}.
Line = dict[str, Any]


class Document:
    """A report as it is read: its head, its rows in order, and the files that come with it."""

    head: dict[str, Any]

    def lines(self) -> Iterator[Line]:
        """Its rows, as often as they are asked for."""
        raise NotImplementedError

    def raw(self) -> Iterator[bytes]:
        """The same rows as JSON."""
        return map(_json, self.lines())

    def file(self, name: str) -> Iterator[bytes]:
        """The bytes of the file `name` of the head's "files"."""
        raise NotImplementedError

    @property
    def is_long(self) -> bool:
        """Whether it is too much to be held at once."""
        raise NotImplementedError


@dataclass
class Counted:
    """What was seen of the rows while they were drawn up."""

    #: how many rows each section or list has, by key and label, in their order
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    #: the keys of the values that are filled, such as "order.number"
    values: set[str] = field(default_factory=set)
    #: the sources of values, in words without the day, in the order in which they came
    sources: dict[str, None] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        of = line["in"]
        if of == "history" and line["row"]["is_above"]:
            return
        place = (line["key"], line["label"]) if of == "sections" else (of, "")
        self.rows[place] = self.rows.get(place, 0) + 1
        if of == "sections":
            self._look(line["row"])

    def _look(self, row: Mapping[str, Any]) -> None:
        for one in row["values"]:
            self.values.add(one["key"])
            if source := one["source"]:
                named = f" ({source['name']})" if source["name"] else ""
                self.sources[f"{source['label']}{named}"] = None
        for inner in row["rows"]:
            self._look(inner)

    def heading(self, key: str) -> str:
        """What stands above the rows of `key`; empty where there are none."""
        return next((label for own, label in self.rows if own == key), "")

    def of(self, key: str) -> int:
        """How many rows there are of `key`."""
        return sum(count for (own, _label), count in self.rows.items() if own == key)


class _Drawn(Document):
    """A report that has been drawn up and not been given yet."""

    def __init__(self, rows: IO[bytes], files: Mapping[str, str]) -> None:
        self._rows, self._files = rows, files

    def lines(self) -> Iterator[Line]:
        return map(json.loads, self.raw())

    def raw(self) -> Iterator[bytes]:
        self._rows.seek(0)
        return (row.rstrip(b"\n") for row in self._rows)

    def file(self, name: str) -> Iterator[bytes]:
        return _read(self._files[name])

    @property
    def is_long(self) -> bool:
        return self._rows.seek(0, 2) > A_PIECE


@contextmanager
def drawn_up(
    lines: Iterable[Line], *, files: Mapping[str, str], head: Callable[[Counted], dict[str, Any]]
) -> Iterator[Document]:
    """The report of `lines`, with the private `files` by the names that it calls them; `head` is
    asked for what stands before them when all have been counted."""
    counted = Counted()
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as rows:
        for line in lines:
            counted.add(line)
            rows.write(_json(line))
            rows.write(b"\n")
        # as it is read again, dates in words of JSON
        document = _Drawn(rows, files)
        document.head = json.loads(_json(head(counted)))
        yield document


def store(
    report: Report,
    document: Document,
    *,
    withheld: Sequence[Mapping[str, Any]] = (),
    kept_back: Mapping[str, str] | None = None,
) -> None:
    """Keep `document` as what was given with `report`, which is saved with it; and apart from it
    the texts that were `withheld` and the private files that were `kept_back`, by name. Needs a
    transaction and a `because` block."""
    report.content = encrypt(_json(document.head))
    report.save()
    _keep(report, "", document.raw())
    for one in document.head["files"]:
        keep_file(report, one["name"], document.file(one["name"]))
    if withheld:
        _keep(report, WITHHELD, map(_json, withheld))
    for name, private in (kept_back or {}).items():
        keep_file(report, f"{WITHHELD}/{name}", _read(private))


def keep_file(report: Report, name: str, pieces: Iterable[bytes]) -> None:
    """Keep a file with `report`, encrypted, piece by piece. Needs a transaction."""
    for piece in pieces:
        ReportPart.objects.create(report=report, file=name, content=encrypt(piece))


def _read(private: str) -> Iterator[bytes]:
    with storages["private"].open(private) as content:
        yield from in_pieces(content)


def in_pieces(content: IO[bytes]) -> Iterator[bytes]:
    """What stands in a file, in pieces that memory holds."""
    yield from iter(lambda: content.read(A_PIECE), b"")


def _keep(report: Report, file: str, rows: Iterable[bytes]) -> None:
    piece: list[bytes] = []
    size = 0
    for row in rows:
        piece.append(row)
        size += len(row)
        if size >= A_PIECE:
            _keep_piece(report, file, piece)
            piece, size = [], 0
    if piece:
        _keep_piece(report, file, piece)


def _keep_piece(report: Report, file: str, rows: list[bytes]) -> None:
    content = encrypt(zlib.compress(b"\n".join(rows)))
    ReportPart.objects.create(report=report, file=file, content=content)


class _Stored(Document):
    """A report as it was given."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.head = json.loads(decrypt(bytes(report.content or b"")))

    def lines(self) -> Iterator[Line]:
        return _rows_of(self._report, "")

    def file(self, name: str) -> Iterator[bytes]:
        return file_of(self._report, name)

    @property
    def is_long(self) -> bool:
        return self._report.parts.filter(file="").count() > 1


def stored(report: Report) -> Document | None:
    """The report that was given; None when it has been forgotten."""
    return _Stored(report) if report.content else None


def withheld_of(report: Report) -> Iterator[tuple[str, Iterable[bytes]]]:
    """What was left out of the report as it was given: the texts as JSON, and the files, by
    name."""
    texts = list(_rows_of(report, WITHHELD))
    yield f"{WITHHELD}.json", [json.dumps(texts, ensure_ascii=False, indent=1).encode()]
    kept = report.parts.filter(file__startswith=f"{WITHHELD}/").order_by("file")
    for name in kept.values_list("file", flat=True).distinct():
        yield name, file_of(report, name)


def file_of(report: Report, name: str) -> Iterator[bytes]:
    """The file that was kept with `report`; nothing for none, or one that is forgotten."""
    # by key, each for itself: together they may be more than memory holds
    keys = list(report.parts.filter(file=name).order_by("pk").values_list("pk", flat=True))
    for key in keys:
        yield decrypt(bytes(ReportPart.objects.get(pk=key).content))


def _rows_of(report: Report, file: str) -> Iterator[dict[str, Any]]:
    for piece in file_of(report, file):
        yield from map(json.loads, zlib.decompress(piece).split(b"\n"))


# --- for programs


def as_json(document: Document) -> Iterator[bytes]:
    """The report as one JSON document, a row a line."""
    yield _json(document.head)[:-1]
    open_list, open_section = "", ""
    for line in document.lines():
        comma = b","
        if line["in"] != open_list:
            yield _closing(open_list, open_section) + _lists_between(open_list, line["in"])
            yield b',\n"%s":[' % line["in"].encode()
            open_list, open_section, comma = line["in"], "", b""
        if open_list == "sections" and line["key"] != open_section:
            yield (b"]}" + comma) if open_section else b""
            head = {"key": line["key"], "label": line["label"]}
            yield b"\n" + _json(head)[:-1] + b',"rows":['
            open_section, comma = line["key"], b""
        yield comma + b"\n" + _json(line["row"])
    yield _closing(open_list, open_section) + _lists_between(open_list, "") + b"}\n"


def _closing(open_list: str, open_section: str) -> bytes:
    return (b"]}" if open_section else b"") + (b"]" if open_list else b"")


def _lists_between(before: str, after: str) -> bytes:
    """The lists without rows that stand between two others."""
    first = LISTS.index(before) + 1 if before else 0
    last = LISTS.index(after) if after else len(LISTS)
    return b"".join(b',\n"%s":[]' % name.encode() for name in LISTS[first:last])


def whole(document: Document) -> dict[str, Any]:
    """The report in one piece, for one that is short."""
    found: dict[str, Any] = json.loads(b"".join(as_json(document)))
    return found


def _json(value: Any) -> bytes:
    return json.dumps(
        value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")
    ).encode()
