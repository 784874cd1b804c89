"""A draft as its readers will see it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from notices.models import Notice
from notices.pages.rendering import framed, rendering_of
from notices.terms import Language


def preview(admin: Any, request: HttpRequest, key: int, language: str) -> HttpResponse:
    """The public page of a draft in one language, marked as a draft; for whoever reads notices.

    Raises `PermissionDenied`, or `Http404` for what is no draft or no language.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not request.user.has_perm("notices.view_notice"):
        raise PermissionDenied
    if language not in Language.values:
        raise Http404
    draft = get_object_or_404(Notice.objects.drafts(), pk=key)
    with override(language):
        rendering = rendering_of(draft, Language(language), timezone.now())
        context = framed(rendering, request.path) | {"languages": _languages(draft, language)}
        return render(request, "notices/preview.html", context)


def _languages(draft: Notice, shown: str) -> list[dict[str, Any]]:
    """The same preview in each language: staff pages have none in their own address."""
    return [
        {
            "code": language.value,
            "name": language.label,
            "url": reverse("admin:notices_notice_preview", args=[draft.pk, language.value]),
            "is_current": language == shown,
        }
        for language in Language
    ]
