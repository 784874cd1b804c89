"""The report as one file with everything: as a page, as PDF, as JSON, and the person's papers."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from django.utils.translation import gettext

from notices.export.pages import public_style
from notices.models import Notice
from rights_requests.report.document import Document, as_json
from rights_requests.report.page import as_page
from rights_requests.report.paper import as_pdf, volumes_of

PAGE, STYLE, DATA, FILES = "index.html", "style.css", "report.json", "files/"


class _Pipe:
    """Where the archive is written to: what has been written is taken away at once."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, content: bytes, /) -> int:
        self._written.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """There is nothing to close."""

    def taken(self) -> bytes:
        found = b"".join(self._written)
        self._written.clear()
        return found


def as_zip(
    document: Document, notice: Notice, *, also: Iterable[tuple[str, Iterable[bytes]]] = ()
) -> Iterator[bytes]:
    """The archive, in the active language, piece by piece, with what is `also` in it by name."""
    pipe = _Pipe()
    made_at = datetime.fromisoformat(document.head["taken_at"])
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in chain(_members(document, notice), also):
            info = zipfile.ZipInfo(name, made_at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            with archive.open(info, "w") as member:
                for piece in pieces:
                    member.write(piece)
                    yield pipe.taken()
            yield pipe.taken()
    yield pipe.taken()


def _members(document: Document, notice: Notice) -> Iterator[tuple[str, Iterable[bytes]]]:
    context = {"notice": notice, "style": STYLE, "languages": []}
    page = as_page(document, "requests/report/alone.html", context, files=FILES)
    yield PAGE, (fragment.encode() for fragment in page)
    yield STYLE, [public_style()]
    most = volumes_of(document)
    for volume in range(1, most + 1):
        number = f"-{volume}" if most > 1 else ""
        yield f"{gettext('report')}{number}.pdf", [as_pdf(document, volume)]
    yield DATA, as_json(document)
    for one in document.head["files"]:
        yield f"{FILES}{one['name']}", document.file(one["name"])
