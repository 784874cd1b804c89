"""One form acts once, however often its button is pressed and however many windows send it."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django import forms
from django.db import IntegrityError, models, transaction
from django.forms.utils import ErrorDict
from django.utils import timezone

from audit.models import UsedForm


class SentBefore(Exception):
    """The form has done its act already; carries the key of what it made, or None."""

    def __init__(self, made: int | None) -> None:
        super().__init__(made)
        self.made = made


def new_token() -> str:
    """What tells one form from every other."""
    return secrets.token_urlsafe(16)


def form_digest(token: str) -> str:
    """What is kept of a form's token. No key is needed: nobody guesses 128 bits."""
    return hashlib.sha256(token.encode()).hexdigest()


class OnceForm(forms.Form):
    """A form that is good for one act: saved within `once`, before anything else."""

    token = forms.CharField(
        widget=forms.HiddenInput, initial=new_token, required=False, max_length=100
    )

    def full_clean(self) -> None:
        super().full_clean()
        # what it did may be what it is now at fault for: `once` says that it was sent before
        if self.errors and was_used(self.cleaned_data.get("token", "")):
            self._errors = ErrorDict()


def was_used(token: str) -> bool:
    """Whether the form with `token` has done its act."""
    return bool(token) and UsedForm.objects.filter(digest=form_digest(token)).exists()


@contextmanager
def once(token: str) -> Iterator[UsedForm]:
    """The only act of the form with `token`, in one transaction with the mark that it was used: an
    act that fails leaves the form unused. What it makes is noted by `made` of what is given.

    Raises `SentBefore`. Without a token, which a page of ours always sends, nothing is known.
    """
    with transaction.atomic():
        used = _mark(form_digest(token or new_token()))
        yield used
        if used.made is not None:
            used.save()


def made_once(token: str, make: Callable[[], models.Model]) -> tuple[int | None, bool]:
    """The key of what `make` makes, or of what the form with `token` made before, and whether it
    was before."""
    try:
        with once(token) as used:
            used.made = make().pk
    except SentBefore as before:
        return before.made, True
    return used.made, False


def _mark(digest: str) -> UsedForm:
    try:
        with transaction.atomic():
            return UsedForm.objects.create(digest=digest, used_at=timezone.now())
    except IntegrityError:
        raise SentBefore(UsedForm.objects.get(digest=digest).made) from None
