"""Keyed digests: two values can be found equal without either being kept (P67, M11)."""

import hashlib
import hmac

from django.conf import settings


def digest_of(kind: str, value: str) -> str:
    """The digest of `value`, which is of `kind`, under the first key: "key's id:hexadecimal"."""
    return _digest(settings.DIGEST_KEYS[0], kind, value)


def digests_of(kind: str, value: str) -> list[str]:
    """The digests of `value` under every key, for looking up what an earlier key made."""
    return [_digest(key, kind, value) for key in settings.DIGEST_KEYS]


def _digest(key: str, kind: str, value: str) -> str:
    made = hmac.new(key.encode(), f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()
    return f"{hashlib.sha256(key.encode()).hexdigest()[:8]}:{made}"
