"""The record of processing activities as a page, on paper and as a table (art. 30(1), (3); Q01)."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.views.decorators.http import require_safe

from audit.files import to_save
from notices.export.pages import paper
from notices.models import Notice, governing_notice
from notices.terms import Language
from register.lists.tables import NARROW, WIDE, Heading, sheet_of
from register.processing_record import ProcessingRecord, record_of

#: Whoever answers for the notice answers for the record.
NEEDED = "notices.publish_notice"
NAME = "processing-record"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _under_a_notice(view: Callable[Concatenate[HttpRequest, Notice, P], HttpResponse]) -> View[P]:
    """Gives the notice in force to `view`; without one there is nothing to record yet."""

    @require_safe
    @permission_required(NEEDED, raise_exception=True)
    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        notice = governing_notice()
        if notice is None:
            told = gettext("No privacy notice is in force, so there is nothing to record yet.")
            messages.error(request, told)
            return HttpResponseRedirect(reverse("admin:notices_notice_changelist"))
        return view(request, notice, *args, **kwargs)

    return page


@_under_a_notice
def processing_record(request: HttpRequest, notice: Notice) -> HttpResponse:
    """The record as a page, in the reader's language."""
    record = record_of(notice, today=timezone.localdate())
    context = {
        **admin.site.each_context(request),
        "title": record.title,
        "record": record,
        "languages": Language,
    }
    return TemplateResponse(request, "admin/register/record/page.html", context)


@_under_a_notice
def processing_record_pdf(request: HttpRequest, notice: Notice, language: str) -> HttpResponse:
    """The record on paper, in `language`, for the supervisory authority (art. 30(4))."""
    with override(_known(language)):
        record = record_of(notice, today=timezone.localdate())
        content = paper(
            record.title,
            render_to_string("admin/register/record/paper.html", {"record": record}),
            language=language,
            author=notice.controller_name,
            made_on=record.made_on,
        )
    response = HttpResponse(content, content_type="application/pdf")
    return to_save(response, f"{NAME}-{language}.pdf")


@_under_a_notice
def processing_record_xlsx(request: HttpRequest, notice: Notice, language: str) -> HttpResponse:
    """The record as a table, in `language`."""
    with override(_known(language)):
        record = record_of(notice, today=timezone.localdate())
        title, widths = gettext("Record of processing"), [NARROW, WIDE, WIDE, NARROW, 3 * WIDE]
        sheet = sheet_of(f"{NAME}.xlsx", title, [_rows(record)], widths=widths)
        content = b"".join(piece for _name, piece in sheet)
    return to_save(HttpResponse(content, content_type=XLSX), f"{NAME}-{language}.xlsx")


def _known(language: str) -> str:
    if language not in Language.values:
        raise Http404
    return language


def _rows(record: ProcessingRecord) -> list[list[str]]:
    headings = [gettext("Point"), gettext("Heading"), gettext("Matter"), gettext("State")]
    states = (
        ("known", gettext("known")),
        ("missing", gettext("missing")),
        ("by_hand", gettext("add by hand")),
    )
    return [
        Heading([*headings, gettext("Text")]),
        *(
            [f"30(1)({part.point})", part.heading, entry.label, said, line]
            for part in record.parts
            for entry in part.entries
            for name, said in states
            for line in getattr(entry, name)
        ),
    ]
