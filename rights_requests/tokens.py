"""What a form is sent with in place of a cookie: a token that is ours, fresh, and works once.

Whether it was used is not kept with the token: the request that it made has its digest.
"""

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.utils.crypto import salted_hmac

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
    said = json.dumps(contents, sort_keys=True)
    return salted_hmac(_SALT, said, algorithm="sha256").hexdigest()
