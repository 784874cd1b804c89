"""E-mail addresses as people have them: letters beyond ASCII before the @ too (RFC 6531)."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.db import models
from django.utils.deconstruct import deconstructible


@deconstructible
class AddressValidator(EmailValidator):
    """As Django's own, which knows no "åke@…"."""

    user_regex = re.compile(r"[-\w!#$%&'*+/=?^`{|}~]+(?:\.[-\w!#$%&'*+/=?^`{|}~]+)*\Z")


validate_address = AddressValidator()


def same_mailbox(email: str) -> str:
    """`email` as it is the same however it is spelt: in small letters, its domain as it is asked
    of name servers ("sähkö.example" is "xn--shk-qla6g.example", RFC 5891)."""
    text = email.strip().casefold()
    local, at, domain = text.rpartition("@")
    if text.isascii() and "xn--" not in domain:
        return text  # nearly all
    return f"{unicodedata.normalize('NFC', local)}{at}{_asked(domain)}"


def delivered_at(email: str) -> str:
    """Where mail to `email` goes: the same text only where one mailbox is beyond doubt, so that it
    shows who somebody is. Only ASCII has one lower case that everyone agrees on: "ſ" is no "s";
    a domain is as the mailer asks for it."""
    local, at, domain = email.strip().rpartition("@")
    try:
        asked = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        asked = domain
    return f"{local.lower() if local.isascii() else local}{at}{asked.lower()}"


def every_spelling(email: str) -> set[str]:
    """`email` in small letters, its domain in each spelling: that of the same mailbox. Nothing of
    an empty text."""
    local, at, domain = email.strip().lower().rpartition("@")
    return {f"{local}{at}{one}" for one in spellings_of(domain)} if domain else set()


def spellings_of(domain: str) -> set[str]:
    """`domain` with its letters beyond ASCII and without them; one spelling where it has none."""
    if domain.isascii() and "xn--" not in domain.lower():
        return {domain}
    return {_with_letters(domain), _asked(domain.casefold())}


def _with_letters(domain: str) -> str:
    return ".".join(_read(label) for label in domain.split("."))


@lru_cache(8192)
def _asked(domain: str) -> str:
    # through the letters, so that both spellings of ß are one: more is met, and nothing missed
    letters = unicodedata.normalize("NFKC", _with_letters(domain).casefold())
    try:
        return letters.encode("idna").decode("ascii")
    except UnicodeError:
        return letters


def _read(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


class AddressFormField(forms.EmailField):
    default_validators = [validate_address]


class AddressField(models.EmailField[str, str]):
    """The e-mail address of a customer."""

    default_validators = [validate_address]

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressFormField, **kwargs})
