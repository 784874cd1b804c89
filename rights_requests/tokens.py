"""What a form is sent with in place of a cookie: a token that is ours, fresh, and works once.

Whether it was used is not kept with the token: the row that it made has its digest.
"""

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.core.signing import BadSignature, TimestampSigner
from django.db import IntegrityError, models
from django.utils.crypto import salted_hmac

from audit.once import form_digest

RowT = TypeVar("RowT", bound=models.Model)

LIFE = timedelta(hours=4)
_SALT = "rights_requests.form"


def new_token() -> str:
    """A token for one form, good for four hours."""
    return TimestampSigner(salt=_SALT).sign(secrets.token_urlsafe(16))


def nonce_of(token: str) -> str | None:
    """What is random in `token`; None for a forged and for an old one."""
    try:
        return TimestampSigner(salt=_SALT).unsign(token, max_age=LIFE)
    except BadSignature:
        return None


def content_digest(contents: Any) -> str:
    """What a row keeps to know the same contents again. Keyed: a name can be guessed."""
    said = json.dumps(contents, sort_keys=True, default=str)
    return salted_hmac(_SALT, said, algorithm="sha256").hexdigest()


class OtherContents(Exception):
    """A form that made a row has come again with other contents; carries that row."""

    def __init__(self, made: Any) -> None:
        super().__init__(str(made))
        self.made = made


def stored_before(model: type[RowT], *, nonce: str, contents: Any) -> RowT | None:
    """The row that the same form made before; raises `OtherContents` when that said something
    else."""
    made: Any = model._default_manager.filter(form_digest=form_digest(nonce)).first()
    if made and made.content_digest != content_digest([nonce, contents]):
        raise OtherContents(made)
    return made  # type: ignore[no-any-return]


def stored_once(row: RowT, *, nonce: str, contents: Any, store: Callable[[], object]) -> RowT:
    """Let `store` store `row`, or give the one that the same form made before.

    Raises `OtherContents` when that one said something else.
    """
    own: Any = row
    own.form_digest = form_digest(nonce)
    own.content_digest = content_digest([nonce, contents])
    try:
        store()
    except IntegrityError:
        made = stored_before(type(row), nonce=nonce, contents=contents)
        if made is None:
            raise
        return made
    return row
