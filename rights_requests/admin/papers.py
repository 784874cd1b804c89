"""What can be looked at: papers that came with a request, and the copy of a person's data."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from audit.files import PaperType, download, to_save
from notices.terms import Right
from register.admin.consulting import consulted, enter
from register.models import Occasion, Sight
from rights_requests.copies import copy_of, given, package_of, unpacked
from rights_requests.models import Report, RightsRequest


@require_safe
def scan(request: HttpRequest, asked: RightsRequest, place: int) -> HttpResponse:
    """A paper, by its place in the request; what it is was judged when it came."""
    papers = list(asked.scans.all())
    paper = papers[place - 1] if 0 < place <= len(papers) else None
    if paper is None or not paper.file:
        raise Http404
    return download(paper.file, PaperType(paper.content_type), f"{asked.number}-{place}")


@require_safe
def copy(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """The copy that was given, or the one that a grant would give now (art. 15(3))."""
    report = _given_or_can_be(asked, Right.ACCESS)
    _consulted(request, asked)
    context = {
        **admin.site.each_context(request),
        "title": gettext("Copy of the data"),
        "opts": RightsRequest._meta,
        "asked": asked,
        "report": report,
        "copy": unpacked(report) if report else copy_of(asked, now=timezone.now()),
    }
    return TemplateResponse(request, "admin/rights_requests/rightsrequest/copy.html", context)


@require_safe
def package(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """The package that was given, or the one that a grant would give now (art. 20)."""
    report = _given_or_can_be(asked, Right.PORTABILITY)
    content = given(report) if report else package_of(asked, now=timezone.now())
    if not content:
        raise Http404
    _consulted(request, asked)
    response = HttpResponse(content, content_type="application/zip")
    return to_save(response, f"seloste-{asked.number}.zip")


def _consulted(request: HttpRequest, asked: RightsRequest) -> None:
    enter(request, Occasion.REQUEST)
    if asked.customer:
        consulted(request, [asked.customer], Sight.EXPORT)


def _given_or_can_be(asked: RightsRequest, right: Right) -> Report | None:
    """What was given for `right`; None where it has not been decided. 404 where there is nothing
    to give."""
    demand = asked.demands.filter(right=right).first()
    report = Report.objects.filter(demand=demand).first() if demand else None
    nobody = asked.customer is None or asked.customer.erased_at
    if demand is None or (report is None and nobody):
        raise Http404
    return report
