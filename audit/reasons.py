"""Why something changes: said once around an act, written to every row that the act touches."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import cast

from django.conf import settings
from django.utils.functional import Promise, lazy
from django.utils.translation import override

_reason: ContextVar[str] = ContextVar("reason", default="")


class ReasonMissing(Exception):
    """A row was about to change without a word on why; carries the model's label."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self.model = model


@contextmanager
def because(reason: str | Promise) -> Iterator[None]:
    """Give `reason` (plain text, in words that a reader of the history understands) to every
    change made inside the block; an inner block wins over an outer one (art. 5(2)).

    A translatable reason, which the program gives, is kept in the controller's language: history
    is read by staff, whatever language a customer asked in.
    """
    with override(settings.LANGUAGE_CODE):
        token = _reason.set(str(reason).strip())
    try:
        yield
    finally:
        _reason.reset(token)


def with_values(reason: Promise, **values: object) -> Promise:
    """A translatable reason with values in it, translated together with them when it is given."""
    return cast("Promise", lazy(lambda: str(reason) % values, str)())


def current_reason() -> str:
    """The reason given by the innermost `because` block, or an empty text."""
    return _reason.get()
