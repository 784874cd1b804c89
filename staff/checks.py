"""System checks of the way in: what a production installation must be given."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

SECOND_FACTORS = ("required", "optional")


def check_keys(**_kwargs: Any) -> list[CheckMessage]:
    """In production keys come from outside: one that lies beside the data leaves with them."""
    kept = {
        "SECRET_KEY": settings.SECRET_KEY_IS_KEPT,
        "ENCRYPTION_KEYS": settings.ENCRYPTION_KEYS_ARE_KEPT,
        "DIGEST_KEYS": settings.DIGEST_KEYS_ARE_KEPT,
    }
    return [
        Error(
            f"{name} was not given, so one is kept in the data folder.",
            hint=f"Set {name} in the environment; .env.example says how to make one.",
            id="staff.E001",
        )
        for name, is_kept in kept.items()
        if is_kept
    ]


def check_second_factor(**_kwargs: Any) -> list[CheckMessage]:
    """A misspelt setting must not open the door."""
    if settings.SECOND_FACTOR in SECOND_FACTORS:
        return []
    return [
        Error(
            f"SECOND_FACTOR is {settings.SECOND_FACTOR!r}.",
            hint="Set it to required or optional.",
            id="staff.E002",
        )
    ]


def check_mail(**_kwargs: Any) -> list[CheckMessage]:
    """In production mail leaves: who asks for something waits for the answer."""
    if settings.EMAIL_BACKEND != "django.core.mail.backends.filebased.EmailBackend":
        return []
    return [
        Warning(
            "Mail is written to files and not sent.",
            hint="Set EMAIL_URL to a mail server; .env.example has an example.",
            id="staff.W001",
        )
    ]


def check_base_url(**_kwargs: Any) -> list[CheckMessage]:
    """In production the links in letters lead to this installation, from everywhere."""
    if _is_reached_by(settings.BASE_URL):
        return []
    return [
        Warning(
            f"BASE_URL is {settings.BASE_URL!r}: the links in letters lead nowhere.",
            hint="Set BASE_URL to the address that people reach.",
            id="staff.W002",
        )
    ]


def _is_reached_by(url: str) -> bool:
    """Whether `url` names a host, and not this very computer."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if not host or "*" in host or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        address = ip_address(host)
    except ValueError:
        return True
    return not (address.is_loopback or address.is_unspecified)
