"""The program's addresses, and two to compare the notice page with."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import override

from config.urls import urlpatterns as program
from notices.models import Notice
from notices.pages.rendering import framed, rendering_of
from notices.terms import Language


def bare(request: HttpRequest) -> HttpResponse:
    """A view that does nothing."""
    return HttpResponse("bare")


def from_rows(request: HttpRequest) -> HttpResponse:
    """The notice page as it would be without anything kept: made of the rows each time."""
    notice = Notice.objects.in_force()
    if notice is None:
        raise Http404
    with override("fi"):
        rendering = rendering_of(notice, Language.FINNISH, timezone.now())
        context = framed(rendering, reverse("notices:in_force"))
        return HttpResponse(render_to_string("notices/notice.html", context))


urlpatterns = [path("bare/", bare), path("rows/", from_rows), *program]
