"""What was typed into a page whose session had ended: a session that ends loses nothing.

Nothing of it is stored for whoever is not signed in. It travels encrypted in the sign-in page,
waits in the new session, and is sent again only when its writer presses once more.
"""

import json
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponseBase

from audit.encryption import decrypt, encrypt
from staff.models import User

#: The field of the sign-in page, and the place in the session.
TYPED = "typed"
#: Whose pages this browser has open; it outlives the session, and opens nothing.
WRITER = "writer"
#: After so long what was typed is not offered any more.
KEPT_FOR = timedelta(hours=1)
#: Characters of what travels; the longest form is a notice pasted as a whole.
MOST = 4_000_000
NOT_TYPED = frozenset({"csrfmiddlewaretoken"})


@dataclass(frozen=True)
class Typed:
    """The fields of one form as they were sent, by whom and where to."""

    writer: int
    address: str
    fields: list[tuple[str, str]]
    has_files: bool


def sent(request: HttpRequest, writer: int) -> Typed:
    """What `request` was sent with, files apart: a browser gives those out only once."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_TYPED
        for value in values
    ]
    return Typed(writer, request.get_full_path(), fields, has_files=bool(request.FILES))


def sealed(typed: Typed, now: datetime) -> str:
    """`typed` for the way through the sign-in page; "" where it is too long for it."""
    plain = json.dumps(asdict(typed) | {"at": now.timestamp()})
    content = encrypt(zlib.compress(plain.encode())).decode()
    return content if len(content) <= MOST else ""


def opened(content: str, now: datetime) -> Typed | None:
    """What `sealed` was given; None for what is too old, or not of this program."""
    try:
        plain = json.loads(zlib.decompress(decrypt(content.encode())))
    except InvalidToken:
        return None
    at = datetime.fromtimestamp(plain.pop("at"), now.tzinfo)
    plain["fields"] = [(name, value) for name, value in plain["fields"]]
    return Typed(**plain) if now - at <= KEPT_FOR else None


def writer_of(request: HttpRequest) -> int | None:
    """Who was signed in here last, whether the session lasts or not."""
    try:
        return int(request.get_signed_cookie(WRITER, salt=WRITER) or "")
    except (KeyError, BadSignature):
        return None


def know_writer(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let the browser remember who is signed in, until it is closed."""
    user = request.user
    if isinstance(user, User) and writer_of(request) != user.pk:
        response.set_signed_cookie(
            WRITER,
            str(user.pk),
            salt=WRITER,
            path="/admin/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
