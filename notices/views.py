"""The public pages: anyone reads the notice, without script and without cookie (art. 12(1)).

The notice in force is answered from a copy (`notices.pages.copies`) before it comes here. Versions
never change but for the mark that another has followed: they too have a strong ETag.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page, require_safe

from notices.drafts import reading_of
from notices.models import Notice
from notices.pages.comparing import compared
from notices.pages.document import as_document
from notices.pages.public import public_page
from notices.pages.rendering import framed
from notices.terms import Language


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """To the notice in the reader's language: Accept-Language, else Finnish."""
    response = HttpResponseRedirect(reverse("notices:in_force"))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def in_force(request: HttpRequest) -> HttpResponse:
    """The notice that governs the register now, where `notices.pages.copies` had none to show."""
    notice = Notice.objects.in_force()
    if notice is None:
        return public_page(request, "notices/none.html", {}, status=503)
    return _show(request, notice)


@require_safe
@conditional_page
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version, at the address that it keeps for good (P01)."""
    return _show(request, _version(number))


@require_safe
@conditional_page
def versions(request: HttpRequest) -> HttpResponse:
    """All that have been in force, newest first."""
    return public_page(
        request,
        "notices/versions.html",
        {"versions": Notice.objects.once_in_force(), "notice": Notice.objects.in_force()},
    )


@require_safe
@conditional_page
def changes(request: HttpRequest, number: int) -> HttpResponse:
    """What a version changed in the one before it, in plain words and word by word (V02)."""
    notice = _version(number)
    before = Notice.objects.once_in_force().filter(version__lt=number).first()
    context: dict[str, Any] = {"notice": notice, "before": before}
    if before:
        context["comparison"] = compared(reading_of(before), reading_of(notice), _language())
    return public_page(request, "notices/changes.html", context)


@require_safe
@conditional_page
def clauses_in_force(request: HttpRequest) -> HttpResponse:
    """The clauses of the notice in force, for programs."""
    notice = Notice.objects.in_force()
    if notice is None:
        return JsonResponse({"version": None}, status=503)
    return _document(notice)


@require_safe
@conditional_page
def clauses(request: HttpRequest, number: int) -> HttpResponse:
    """The clauses of one version, for programs."""
    return _document(_version(number))


def _version(number: int) -> Notice:
    return get_object_or_404(Notice.objects.once_in_force(), version=number)


def _language() -> Language:
    return Language(get_language() or Language.FINNISH)


def _show(request: HttpRequest, notice: Notice) -> HttpResponse:
    rendering = notice.renderings.get(language=_language())
    rendering.notice = notice
    return public_page(request, "notices/notice.html", framed(rendering, request.path))


def _document(notice: Notice) -> HttpResponse:
    document = as_document(notice, notice.renderings.get(language=_language()))
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2})
