"""The frame of every public page: its language, and the way to the same page in the others."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import translate_url
from django.utils.translation import get_language

from notices.terms import Language


def public_page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render `template` with the languages of its page.

    An answer to a sent form has no address of its own, so the way to other languages would lose
    what was typed: it is shown on pages that were asked for, and keeps what was asked.
    """
    asked = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    return render(request, template, {"languages": languages_of(asked), **context}, status=status)


def languages_of(address: str) -> list[dict[str, Any]]:
    """The page at `address` in each language; without an address, only the language it is in."""
    return [
        {
            "code": language.value,
            "name": language.label,
            "url": translate_url(address, language),
            "is_current": language == get_language(),
        }
        for language in Language
        if address or language == get_language()
    ]
