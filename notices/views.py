"""The public pages: anyone reads the notice, without script and without cookie (art. 12(1))."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from notices.models import Notice
from notices.page import page_of
from notices.public import public_page


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """To the notice in the reader's language: Accept-Language, else Finnish."""
    response = HttpResponseRedirect(reverse("notices:in_force"))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def in_force(request: HttpRequest) -> HttpResponse:
    """The notice that governs the register now."""
    notice = Notice.objects.in_force()
    if notice is None:
        return public_page(request, "notices/none.html", {}, status=503)
    return _show(request, notice)


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version, at the address that it keeps for good (P01)."""
    return _show(request, get_object_or_404(Notice.objects.once_in_force(), version=number))


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """All that have been in force, newest first."""
    return public_page(
        request,
        "notices/versions.html",
        {"versions": Notice.objects.once_in_force(), "notice": Notice.objects.in_force()},
    )


def _show(request: HttpRequest, notice: Notice) -> HttpResponse:
    page = page_of(notice, get_language() or "fi")
    return public_page(request, "notices/notice.html", {"notice": notice, "page": page})
