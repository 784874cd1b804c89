"""The page of the notice in force as it is sent, kept in the process and in a file.

Nearly every visitor asks for this page, and it changes only with the notice. So it is answered
before sessions and all that follows them, from memory. Once a second one small query asks whether
the notice is still the same; a publication in this process is seen at once. Who has the page
already, and asks whether it is still so, costs no query at all: every publication leaves a mark in
the folder of the copies, and where it is still the one that this process saw, nothing changed.

While the database is away readers get the last copy, marked with its time, also after a restart
of the process: whoever processes data owes them the notice then too (art. 12(1)). A copy is never
of an older release, whose styles may be gone, and a file is believed only where this installation
signed it for this database. All languages are filed together, so that none stays behind with a
notice that was replaced.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock, get_ident
from time import monotonic, time
from typing import NamedTuple, TypeAlias

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.signing import BadSignature, Signer
from django.db import InterfaceError, OperationalError, ProgrammingError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import override

from notices.models import Rendering
from notices.pages.rendering import framed
from notices.terms import Language

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]

#: A database that holds none of our tables says nothing of our notice: SQLite makes an empty file
#: where its own was taken away, and one of PostgreSQL may be about to be put back.
AWAY = (OperationalError, InterfaceError, ProgrammingError)
#: For so many seconds nobody asks the register whether the notice is still the same.
FRESH = 1.0
#: For so many seconds nobody asks a database that was away.
AWAY_FOR = 10.0
#: How old the file may grow while the notice stays the same: a reader is told its time.
FILED_EVERY = timedelta(minutes=10)
#: A publication that has not been heard of for so many seconds was broken off.
UNDER_WAY_FOR = 600
#: What the mark says behind a publication.
DONE = b"done"
#: Behind this the frame of the page ends and what it shows begins.
MAIN = b'<main id="content">\n'

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Copy:
    """The page in one language, and when the register last said that it is in force."""

    rendering: str
    page: bytes
    known_at: datetime


class Mark(NamedTuple):
    """What the last publication left: it tells one from another, and nothing else."""

    inode: int
    changed_at: int


@dataclass(frozen=True)
class Answer:
    """What visitors are sent until the register is asked again.

    `mark` is what stood in the folder before the register was asked; nothing where a publication
    was under way, or where nothing can be written.
    """

    copy: Copy
    page: bytes
    headers: dict[str, str]
    until: float
    filed_at: datetime
    mark: Mark | None

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


_answers: dict[str, Answer] = {}
_times_forgotten = 0
_away_until = 0.0
#: One thread asks the register: a database that lets everybody wait would take all of them.
_asking = Lock()


def from_copies(get_response: GetResponse) -> GetResponse:
    """Middleware: answers whoever reads the notice in force; all others pass."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        language = _addresses().get(request.path)
        if language is None or request.method not in ("GET", "HEAD") or not _is_ours(request):
            return get_response(request)
        unchanged = _unchanged(request, language)
        if unchanged:
            return unchanged
        answer = _answer(language)
        return _sent(request, answer) if answer else get_response(request)

    return middleware


def forget() -> None:
    """Ask the register anew at the next visit."""
    global _times_forgotten, _away_until
    _times_forgotten += 1
    _away_until = 0.0
    _answers.clear()


def renew_on_commit() -> None:
    """To be called in the transaction in which another notice comes into force.

    The files go before it does: whatever happens behind the commit, no outage brings the notice
    before it back. Behind the commit they are written anew, in every language. The mark says in
    between that nobody may go by it: this process can be killed behind the commit too.
    """
    _unlink()
    _put_mark(b"")
    forget()
    transaction.on_commit(_renew, robust=True)


def _renew() -> None:
    with _asking:
        _put_mark(DONE)
        forget()
        _made(timezone.now())


@cache
def _addresses() -> dict[str, Language]:
    found = {}
    for language in Language:
        with override(language):
            found[reverse("notices:in_force")] = language
    return found


def _is_ours(request: HttpRequest) -> bool:
    """Whether the visitor named a host of ours; a visitor of another is refused further in."""
    try:
        return bool(request.get_host())
    except DisallowedHost:
        return False


def _sent(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    # the headers of GET, with its length, and no page behind them
    page = b"" if request.method == "HEAD" else answer.page
    response = HttpResponse(page, headers=answer.headers)
    return get_conditional_response(request, etag=answer.etag, response=response) or response


def _unchanged(request: HttpRequest, language: Language) -> HttpResponseBase | None:
    """The answer to whoever has the page already, without asking the register."""
    answer = _answers.get(language)
    if "If-None-Match" not in request.headers or answer is None or answer.mark is None:
        return None
    unchanged = get_conditional_response(request, etag=answer.etag)
    return unchanged if unchanged and answer.mark == _mark() else None


def _answer(language: Language) -> Answer | None:
    """What to send; nothing where no notice is in force, or where there is no copy of it."""
    answer = _answers.get(language)
    if answer:
        late = monotonic() - answer.until
        # whoever comes while another asks is not kept waiting, unless the answer is of long ago
        if late < 0 or (late < AWAY_FOR and _asking.locked()):
            return answer
    with _asking:
        return _asked(language)


def _asked(language: Language) -> Answer | None:
    global _away_until
    answer = _answers.get(language)
    if answer and monotonic() < answer.until:
        return answer
    if monotonic() >= _away_until:
        try:
            return _in_force(language, answer, now=timezone.now())
        except AWAY:
            _away_until = monotonic() + AWAY_FOR
    copy = _last(answer.copy if answer else None, _filed(language))
    if copy is None:
        return None
    page = _marked(copy, language)
    return _remember(language, copy, page, _times_forgotten, None, until=_away_until)


def _in_force(language: Language, before: Answer | None, *, now: datetime) -> Answer | None:
    """The answer under the notice that the register says is in force."""
    times_forgotten, mark = _times_forgotten, _mark()
    row = _renderings().filter(language=language).values_list("pk", "rendered_at").first()
    if row is None:
        _answers.clear()
        _unlink()
        return None
    is_same = before is not None and before.copy.rendering == _name(*row)
    if before and is_same and now - before.filed_at < FILED_EVERY:
        copy = replace(before.copy, known_at=now)
        return _remember(language, copy, copy.page, times_forgotten, mark, before.filed_at)
    return _made(now).get(language)


def _renderings() -> QuerySet[Rendering]:
    return Rendering.objects.filter(
        notice__version__isnull=False, notice__superseded_at__isnull=True
    )


def _name(key: int, rendered_at: datetime) -> str:
    # with its moment: a key comes again in a database that was emptied
    return f"{key} {rendered_at.isoformat()}"


def _made(now: datetime) -> dict[str, Answer]:
    """The pages of the notice in force in all its languages, made, filed and remembered."""
    if not _mark_file().exists():
        _put_mark(DONE)
    times_forgotten, mark = _times_forgotten, _mark()
    answers = {}
    for rendering in _renderings().select_related("notice"):
        language = Language(rendering.language)
        name = _name(rendering.pk, rendering.rendered_at)
        copy = Copy(name, _rendered(rendering, language), now)
        _file(copy, language)
        answers[str(language)] = _remember(language, copy, copy.page, times_forgotten, mark)
    return answers


def _rendered(rendering: Rendering, language: Language) -> bytes:
    with override(language):
        context = framed(rendering, reverse("notices:in_force"))
        return render_to_string("notices/notice.html", context).encode()


def _last(*copies: Copy | None) -> Copy | None:
    """The newest: a file may be of a notice that another process has seen coming into force."""
    known = [copy for copy in copies if copy]
    return max(known, key=lambda copy: copy.known_at, default=None)


def _marked(copy: Copy, language: Language) -> bytes:
    with override(language):
        mark = render_to_string("notices/away.html", {"known_at": copy.known_at})
    return copy.page.replace(MAIN, MAIN + mark.encode(), 1)


def _remember(
    language: Language,
    copy: Copy,
    page: bytes,
    times_forgotten: int,
    mark: Mark | None,
    filed_at: datetime | None = None,
    until: float | None = None,
) -> Answer:
    """Keep `page` as the answer, unless another notice came while it was made."""
    answer = Answer(
        copy=copy,
        page=page,
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Content-Language": str(language),
            "Content-Length": str(len(page)),
            # may be kept by anybody, and is asked about each time
            "Cache-Control": "no-cache",
            "ETag": f'"{hashlib.sha256(page).hexdigest()[:32]}"',
        },
        until=monotonic() + FRESH if until is None else until,
        filed_at=filed_at or copy.known_at,
        mark=mark,
    )
    if times_forgotten == _times_forgotten:
        _answers[language] = answer
    return answer


# --- the file: public words only


@cache
def release() -> str:
    """A digest of all that the page is made of but the notice."""
    addresses = (static("public.css"), static("seloste.svg"), settings.BASE_URL)
    digest = hashlib.sha256(" ".join(addresses).encode())
    for pattern in ("templates/notices/*.html", "static/*", "locale/*/LC_MESSAGES/*.mo"):
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _signer() -> Signer:
    """Signs for the database that is asked here: another's copies are none of it."""
    database = connection.settings_dict
    parts = [str(database[name]) for name in ("ENGINE", "HOST", "PORT", "NAME")]
    return Signer(salt=" ".join([__name__, *parts]))


def _file_of(language: Language) -> Path:
    return Path(settings.NOTICE_COPIES) / f"{language}.signed"


def _unlink() -> None:
    for language in Language:
        with suppress(OSError):
            _file_of(language).unlink()


def _file(copy: Copy, language: Language) -> None:
    """Write `copy` whole or not at all; a page that cannot be filed is shown all the same."""
    contents = {
        "release": release(),
        "language": str(language),
        "rendering": copy.rendering,
        "known_at": copy.known_at.isoformat(),
        "page": copy.page.decode(),
    }
    try:
        _put(_file_of(language), _signer().sign_object(contents).encode())
    except OSError as error:
        log.warning("The copy of the notice cannot be written: %s", type(error).__name__)


def _put(path: Path, contents: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}")
    draft.write_bytes(contents)
    draft.replace(path)


def _filed(language: Language) -> Copy | None:
    try:
        contents = _signer().unsign_object(_file_of(language).read_text())
        if (contents["release"], contents["language"]) != (release(), language):
            return None
        return Copy(
            rendering=contents["rendering"],
            page=contents["page"].encode(),
            known_at=datetime.fromisoformat(contents["known_at"]),
        )
    except (OSError, BadSignature, ValueError, KeyError, TypeError):
        return None


# --- the mark of the last publication: whoever shares the folder sees it without a query


def _mark_file() -> Path:
    return Path(settings.NOTICE_COPIES) / "publication"


def _put_mark(contents: bytes) -> None:
    """`DONE`, or nothing while a publication is under way."""
    try:
        _put(_mark_file(), contents)
    except OSError as error:
        log.warning("A publication cannot be marked: %s", type(error).__name__)
        # no mark is one that nobody goes by
        with suppress(OSError):
            _mark_file().unlink()


def _mark() -> Mark | None:
    """What the last publication left; nothing where that cannot be relied on.

    To be looked at before the register is asked: a publication that comes in between then shows.
    """
    try:
        seen = _mark_file().stat()
    except OSError:
        return None
    if not seen.st_size and time() - seen.st_mtime < UNDER_WAY_FOR:
        return None
    return Mark(seen.st_ino, seen.st_mtime_ns)
