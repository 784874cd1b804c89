"""The report as an answer to a browser: a short one whole, a long one piece by piece."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import override

from audit.files import ENDINGS, to_save
from notices.models import Notice
from rights_requests.models import Report
from rights_requests.report.archive import as_zip
from rights_requests.report.document import Document, as_json, withheld_of
from rights_requests.report.page import as_page
from rights_requests.report.paper import as_pdf, volumes_of

#: What the answers are as files, by what was asked for.
JSON, ZIP, PDF = "application/json", "application/zip", "application/pdf"
PAGE = "requests/copy.html"
TYPES = {ending: kind.value for kind, ending in ENDINGS.items()}


def page(
    document: Document,
    context: Mapping[str, Any],
    *,
    files: str = "",
    around: AbstractContextManager[object] | None = None,
) -> HttpResponseBase:
    """The report as a page, in its own language; `around` ends when all of it has been read."""
    pieces = (one.encode() for one in as_page(document, PAGE, context, files=files))
    return _answer(document, pieces, "text/html; charset=utf-8", around=around)


def volumes(document: Document) -> list[int]:
    """The numbers of the PDFs that the report makes."""
    return list(range(1, volumes_of(document) + 1))


def file(document: Document, notice: Notice, wanted: Mapping[str, str]) -> HttpResponseBase | None:
    """What of the report is `wanted` to be saved: a "format" ("json" or "zip"), a "pdf" by its
    volume, or a "file" by its name; None for none of these."""
    called = f"seloste-{document.head['request']}"
    language = document.head["language"]
    if wanted.get("format") == "json":
        return to_save(_answer(document, as_json(document), JSON), f"{called}.json")
    if wanted.get("format") == "zip":
        answer = StreamingHttpResponse(
            in_language(language, as_zip(document, notice)), content_type=ZIP
        )
        return to_save(answer, f"{called}-report.zip")
    if (volume := wanted.get("pdf", "")).isdecimal() and int(volume) in volumes(document):
        return to_save(pdf(document, int(volume)), f"{called}-{volume}.pdf")
    name = wanted.get("file", "")
    if name in [one["name"] for one in document.head["files"]]:
        kind = TYPES[name.rpartition(".")[2]]
        return to_save(StreamingHttpResponse(document.file(name), content_type=kind), name)
    return None


def for_ombudsman(document: Document, report: Report, notice: Notice) -> HttpResponseBase:
    """The report as it was given and what was left out of it, in one file (1050/2018 s. 34(4))."""
    pieces = as_zip(document, notice, also=withheld_of(report))
    answer = StreamingHttpResponse(in_language(document.head["language"], pieces), content_type=ZIP)
    return to_save(answer, f"seloste-{document.head['request']}-ombudsman.zip")


def pdf(document: Document, volume: int) -> HttpResponse:
    """A volume of the report, in its own language."""
    with override(document.head["language"]):
        return HttpResponse(as_pdf(document, volume), content_type=PDF)


def in_language(language: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """`pieces`, each made in `language`, whatever is active when it is asked for."""
    left = iter(pieces)
    while True:
        with override(language):
            piece = next(left, None)
        if piece is None:
            return
        yield piece


def _answer(
    document: Document,
    pieces: Iterable[bytes],
    content_type: str,
    *,
    around: AbstractContextManager[object] | None = None,
) -> HttpResponseBase:
    every = _within(around or nullcontext(), in_language(document.head["language"], pieces))
    make = StreamingHttpResponse if document.is_long else HttpResponse
    return make(every, content_type=content_type)


def _within(around: AbstractContextManager[object], pieces: Iterator[bytes]) -> Iterator[bytes]:
    with around:
        yield from pieces
