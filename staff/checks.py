"""System checks of the way in: what a production installation must be given."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

SECOND_FACTORS = ("required", "optional")


def check_secret_key(**_kwargs: Any) -> list[CheckMessage]:
    """In production the key comes from outside: one that lies beside the data leaves with them."""
    if not settings.SECRET_KEY_IS_KEPT:
        return []
    return [
        Error(
            "SECRET_KEY was not given, so one is kept in the data folder.",
            hint="Set SECRET_KEY in the environment; .env.example says how to make one.",
            id="staff.E001",
        )
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
