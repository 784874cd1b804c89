"""Keyed digests: two values can be found equal without either being kept (P67, M11)."""

import hashlib
import hmac
from functools import cache

from django.conf import settings


def digest_of(kind: str, value: str) -> str:
    """The digest of `value`, which is of `kind`, under the first key: "key's id:hexadecimal"."""
    return _digest(settings.DIGEST_KEYS[0], kind, value)


def digests_of(kind: str, value: str) -> list[str]:
    """The digests of `value` under every key, for looking up what an earlier key made."""
    return [_digest(key, kind, value) for key in settings.DIGEST_KEYS]


def _digest(key: str, kind: str, value: str) -> str:
    name, keyed = _keyed(key)
    made = keyed.copy()
    made.update(f"{kind}\0{value}".encode())
    return f"{name}:{made.hexdigest()}"


@cache
def _keyed(key: str) -> tuple[str, "hmac.HMAC"]:
    """The key's id, and what every digest under it begins with."""
    return hashlib.sha256(key.encode()).hexdigest()[:8], hmac.new(key.encode(), None, "sha256")
