"""The mail of an installation that sends none, as Django's file backend writes it.

Every mail quotes strangers: whatever is read here is plain text, for templates that escape it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
#: No more is read of one file, and no more shown of one mail.
MOST_BYTES, MOST_CHARACTERS = 1_000_000, 100_000

#: What the backend puts after each mail of a file.
BETWEEN = re.compile(rb"\n-{79}\r?\n(?=[A-Za-z-]+:|\s*\Z)")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")


@dataclass(frozen=True)
class Place:
    """Where a mail lies; `key` is a digest of its message id, so that it names nobody."""

    key: str
    path: Path
    start: int
    end: int


@dataclass(frozen=True)
class Mail:
    """A mail as it is shown."""

    key: str
    to: str
    addresses: frozenset[str]
    subject: str
    written_at: datetime | None
    text: str


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, and whether it is a link."""

    text: str
    is_link: bool


def folder_in_use() -> Path | None:
    """Where this installation's mail stays; None when it is sent."""
    return settings.EMAIL_FILE_PATH if settings.EMAIL_BACKEND == FILE_BACKEND else None


def places(folder: Path) -> list[Place]:
    """Every mail in `folder`, newest first; one that was written twice is there once."""
    found: dict[str, Place] = {}
    for path in sorted(folder.glob("*.log"), key=_age):
        written, start = _bytes_of(path), 0
        for end in (*(gap.start() for gap in BETWEEN.finditer(written)), len(written)):
            raw = written[start:end].strip()
            if raw.strip(b"-"):
                place = Place(_key(raw), path, start, end)
                found.setdefault(place.key, place)
            start = end
    return list(reversed(found.values()))


def forget(folder: Path, *, before: datetime) -> int:
    """Delete the mails that were written before `before`: names in them outlive an erasure
    otherwise (P67). Gives the number of files."""
    old = [path for path in folder.glob("*.log") if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def read(place: Place) -> Mail:
    """The mail at `place`; of a broken one, what can be read of it."""
    raw = _bytes_of(place.path)[place.start : place.end].lstrip(b"\n-")
    try:
        return _mail(place.key, message_from_bytes(raw, policy=policy.default))
    except Exception:  # the library raises whatever it stumbles over in a broken mail
        text = raw.decode(errors="replace")[:MOST_CHARACTERS]
        return Mail(place.key, "", frozenset(), "", None, text)


def pieces(text: str, origins: Iterable[str]) -> Iterator[Piece]:
    """`text` in pieces; links are the addresses of pages at `origins`, such as http://host:8000."""
    ours, start = set(origins), 0
    for found in LINK.finditer(text):
        if _origin(found[0]) in ours:
            yield Piece(text[start : found.start()], is_link=False)
            yield Piece(found[0], is_link=True)
            start = found.end()
    yield Piece(text[start:], is_link=False)


def _origin(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}"


def _mail(key: str, message: EmailMessage) -> Mail:
    to = str(message.get("To", ""))
    body = message.get_body(("plain", "html"))
    date = message.get("Date")
    return Mail(
        key=key,
        to=to,
        addresses=frozenset(address.casefold() for _name, address in getaddresses([to])),
        subject=str(message.get("Subject", "")),
        written_at=_moment(str(date)) if date else None,
        text=str(body.get_content() if body else "")[:MOST_CHARACTERS],
    )


def _moment(date: str) -> datetime:
    """The moment of a Date header; Django writes UTC as a zone that is not known."""
    moment = parsedate_to_datetime(date)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _key(raw: bytes) -> str:
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    named = MESSAGE_ID.search(head)
    return sha256(named[1] if named else raw).hexdigest()[:32]


def _age(path: Path) -> tuple[str, int]:
    """The second in the file's name; within it, the moment when the file was last written."""
    try:
        return path.name[:15], path.stat().st_mtime_ns
    except OSError:
        return path.name[:15], 0


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError:
        return b""
