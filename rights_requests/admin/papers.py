"""What can be looked at: papers that came with a request, and the copy of a person's data."""

from contextlib import ExitStack

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.views.decorators.http import require_safe

from audit.files import PaperType, download, to_save
from notices.terms import Right
from register.admin.consulting import consulted, enter
from register.models import Occasion, Sight
from rights_requests.copies import given, package_of, report_of
from rights_requests.models import Report, RightsRequest
from rights_requests.report import serving
from rights_requests.report.document import Document, stored


@require_safe
def scan(request: HttpRequest, asked: RightsRequest, place: int) -> HttpResponse:
    """A paper, by its place in the request; what it is was judged when it came."""
    papers = list(asked.scans.all())
    paper = papers[place - 1] if 0 < place <= len(papers) else None
    if paper is None or not paper.file:
        raise Http404
    return download(paper.file, PaperType(paper.content_type), f"{asked.number}-{place}")


@require_safe
def copy(request: HttpRequest, asked: RightsRequest) -> HttpResponseBase:
    """The copy that was given, or the one that a grant would give now, as the person reads it
    (art. 15(3))."""
    report = _given_or_can_be(asked, Right.ACCESS)
    _consulted(request, asked)
    with ExitStack() as reading:
        document = _document(report, asked, reading)
        if document is None:
            raise Http404
        said = {"number": asked.number, "when": document.head["taken"]}
        if report:
            told = gettext("The copy given with request %(number)s, as the data were on %(when)s.")
        else:
            told = gettext("What a grant of request %(number)s would give now, %(when)s.")
        banner = {"banner": told % said, "banner_language": get_language()}
        context = {"notice": asked.notice, "languages": [], **banner}
        # what is read to the end later ends later too
        return serving.page(document, context, around=reading.pop_all())


@require_safe
def copy_pdf(request: HttpRequest, asked: RightsRequest, volume: int) -> HttpResponse:
    """The same on paper: what goes into the envelope with an answer by post."""
    report = _given_or_can_be(asked, Right.ACCESS)
    _consulted(request, asked)
    with ExitStack() as reading:
        document = _document(report, asked, reading)
        if document is None or volume not in serving.volumes(document):
            raise Http404
        response = serving.pdf(document, volume)
    response["Content-Disposition"] = f'inline; filename="seloste-{asked.number}-{volume}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def copy_files(request: HttpRequest, asked: RightsRequest) -> HttpResponseBase:
    """The copy that was given as one file, with the person's papers: to be printed, or put on a
    memory stick."""
    report = _given_or_can_be(asked, Right.ACCESS)
    document = stored(report) if report else None
    answer = serving.file(document, asked.notice, {"format": "zip"}) if document else None
    if answer is None:
        raise Http404
    _consulted(request, asked)
    return answer


def _document(report: Report | None, asked: RightsRequest, reading: ExitStack) -> Document | None:
    """The copy that was given; None when it has been forgotten. Before a decision, the one that a
    grant would give now, for as long as `reading` lasts."""
    if report:
        return stored(report)
    with override(asked.language):
        return reading.enter_context(report_of(asked, now=timezone.now()))


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
