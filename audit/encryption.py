"""Encryption at rest: the first of `ENCRYPTION_KEYS` encrypts, all of them decrypt (art. 32)."""

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def encrypt(content: bytes) -> bytes:
    """`content`, encrypted and sealed under the first key."""
    return _keys().encrypt(content)


def decrypt(content: bytes) -> bytes:
    """What `encrypt` was given; raises `cryptography.fernet.InvalidToken` where no key fits or a
    byte was changed."""
    return _keys().decrypt(content)


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
