"""What can be looked at: papers that came with a request, and the copy of a person's data."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from audit.files import PaperType, download
from notices.terms import Right
from rights_requests.decisions import copy_of, unpacked
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
    demand = asked.demands.filter(right=Right.ACCESS).first()
    if demand is None:
        raise Http404
    report = Report.objects.filter(demand=demand).first()
    if report is None and (asked.customer is None or asked.customer.erased_at):
        raise Http404
    context = {
        **admin.site.each_context(request),
        "title": gettext("Copy of the data"),
        "opts": RightsRequest._meta,
        "asked": asked,
        "report": report,
        "copy": unpacked(report) if report else copy_of(asked, now=timezone.now()),
    }
    return TemplateResponse(request, "admin/rights_requests/rightsrequest/copy.html", context)
