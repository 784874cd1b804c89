"""What a form is sent with in place of a cookie: a token that is ours, fresh, and works once.

Whether it was used is not kept with the token: the request that it made has its digest.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.db import IntegrityError
from django.utils.crypto import salted_hmac

from rights_requests.models import RightsRequest

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


def form_digest(nonce: str) -> str:
    """What a request keeps of its form's token. No key is needed: nobody guesses 128 bits."""
    return hashlib.sha256(nonce.encode()).hexdigest()


def content_digest(contents: Any) -> str:
    """What a request keeps to know the same contents again. Keyed: a name can be guessed."""
    said = json.dumps(contents, sort_keys=True, default=str)
    return salted_hmac(_SALT, said, algorithm="sha256").hexdigest()


class OtherContents(Exception):
    """A form that made a request has come again with other contents; carries that request."""

    def __init__(self, made: RightsRequest) -> None:
        super().__init__(made.number)
        self.made = made


def stored_once(
    asked: RightsRequest, *, nonce: str, contents: Any, store: Callable[[], object]
) -> RightsRequest:
    """Let `store` store `asked`, or give the request that the same form made before.

    Raises `OtherContents` when that request said something else.
    """
    asked.form_digest, asked.content_digest = form_digest(nonce), content_digest(contents)
    try:
        store()
    except IntegrityError:
        made = RightsRequest.objects.filter(form_digest=asked.form_digest).first()
        if made is None:
            raise
        if made.content_digest != asked.content_digest:
            raise OtherContents(made) from None
        return made
    return asked
