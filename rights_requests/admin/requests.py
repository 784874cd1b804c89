from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from audit.files import to_save
from audit.paging import ExactPaginator
from notices.models import governing_notice
from rights_requests.admin import decisions, identity, items, lifting, masking, objections, papers
from rights_requests.admin.base import DECIDE, Page, ReadAdmin, may_decide
from rights_requests.admin.forbidding import allow_view, forbid_view
from rights_requests.admin.page import show
from rights_requests.admin.queue import ByNumber, StateTabs, found, left, request_list, request_page
from rights_requests.admin.recording import RecordForm
from rights_requests.deadlines import received_on
from rights_requests.desk import next_step, with_letters
from rights_requests.models import (
    Certificate,
    Demand,
    Doubt,
    Handover,
    Item,
    Letter,
    Link,
    Mandate,
    Mask,
    Notification,
    RightsRequest,
    Scan,
    Spoken,
    Weighing,
)
from rights_requests.models.requests import BY_DUE_DATE
from rights_requests.tokens import OtherContents
from rights_requests.waiting import facts_of, failing, in_order
from rights_requests.year import Year, as_xlsx, columns_of_days, columns_of_outcomes, year_of, years

MOST_SHOWN = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEE = "rights_requests.view_rightsrequest"
ADD = "rights_requests.add_rightsrequest"
PAGES: tuple[Page, ...] = (
    ("scan", "scans/<int:place>/", papers.scan, SEE),
    ("copy", "copy/", papers.copy, DECIDE),
    ("copy_pdf", "copy/pdf/<int:volume>/", papers.copy_pdf, DECIDE),
    ("copy_files", "copy/files/", papers.copy_files, DECIDE),
    ("masks", "masks/", masking.masks, DECIDE),
    ("unmask", "masks/taken/", masking.unmask, DECIDE),
    ("mask", "masks/<slug:piece>/", masking.mask, DECIDE),
    ("handover", "ombudsman/", masking.handover, DECIDE),
    ("handover_package", "ombudsman/package/", masking.handover_package, DECIDE),
    ("package", "package/", papers.package, DECIDE),
    ("customer", "customer/", identity.choose_customer, DECIDE),
    ("proof", "proof/", identity.record_proof, DECIDE),
    ("proof_link", "proof/link/", identity.send_link, DECIDE),
    ("proof_code", "proof/code/", identity.send_code, DECIDE),
    ("proof_code_given", "proof/code/given/", identity.compare_code, DECIDE),
    ("ask", "ask/", identity.ask, DECIDE),
    ("mandate", "mandate/", identity.mandate, DECIDE),
    ("spoken", "<slug:right>/spoken/", identity.spoken, DECIDE),
    ("item", "items/<int:place>/", items.item, ADD),
    ("correct", "correct/", items.correct, DECIDE),
    ("answered", "answered/", identity.answered, DECIDE),
    ("grant", "<slug:right>/grant/", decisions.grant, DECIDE),
    ("refuse", "<slug:right>/refuse/", decisions.refuse, DECIDE),
    ("extend", "<slug:right>/extend/", decisions.extend, DECIDE),
    ("weigh", "objection/weigh/", objections.weigh, DECIDE),
    ("lift", "lift/", lifting.lift, DECIDE),
    ("withdraw", "withdraw/", decisions.withdraw, DECIDE),
)


@admin.register(RightsRequest)
class RightsRequestAdmin(ReadAdmin):
    """Requests: the queue, one page for each, and those that staff type in."""

    pages = PAGES
    paginator = ExactPaginator
    list_display = ("number_of", "rights_asked", "sender", "received", "due", "next_of")
    list_filter = (StateTabs,)
    # shows the search box; what it searches is `get_search_results`
    search_fields = ("pk",)
    search_help_text = _("Number, or part of a name or e-mail")
    sortable_by = ()
    change_list_template = "admin/rights_requests/change_list.html"
    not_in_history = frozenset({"reckoning", "scopes", "uses", "message_id", "year", "sequence"})

    @admin.display(description=_("number"))
    def number_of(self, asked: RightsRequest) -> str:
        return asked.number

    @admin.display(description=_("rights"))
    def rights_asked(self, asked: RightsRequest) -> str:
        return ", ".join(asked.rights)

    @admin.display(description=_("name"))
    def sender(self, asked: RightsRequest) -> str:
        return asked.name or asked.email

    @admin.display(description=_("received"))
    def received(self, asked: RightsRequest) -> str:
        return date_format(asked.received_on, "SHORT_DATE_FORMAT")

    @admin.display(description=_("answer due on"))
    def due(self, asked: Any) -> str:
        """Only what waits for an answer has a due date here; none while the clock stands (T06). Our
        own target is told once it has passed (T11, P57)."""
        if not asked.closed_at and any(one.is_paused for one in asked.demands.all()):
            return gettext("the clock stands still")
        if asked.closed_at or asked.next_due_on is None:
            return ""
        today = received_on(timezone.now())
        context = {
            "due_on": asked.next_due_on,
            "left": left(asked.next_due_on, today),
            "is_late": asked.next_due_on < today,
            "behind": min(
                (one.target_on for one in asked.demands.all() if one.is_behind(today)), default=None
            ),
        }
        return render_to_string("admin/rights_requests/due.html", context)

    @admin.display(description=_("next step"))
    def next_of(self, asked: Any) -> str:
        return next_step(
            asked,
            blocked=asked.blocked,
            telling=asked.is_telling,
            posting=asked.is_posting,
            asking=asked.is_asking,
            to_ask=asked.is_to_ask,
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        queue: Any = super().get_queryset(request)
        return with_letters(queue.select_related("customer").prefetch_related("demands"))

    def get_ordering(self, request: HttpRequest) -> Any:
        return BY_DUE_DATE

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ByNumber]:
        return ByNumber

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == StateTabs.parameter_name

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return (queryset.filter(pk__in=found(search_term)) if search_term else queryset), False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> RightsRequest | None:
        """By number: a primary key opens nothing."""
        return RightsRequest.objects.numbered(object_id)

    def history_key(self, request: HttpRequest, object_id: str) -> Any:
        asked = self.get_object(request, object_id)
        return asked and asked.pk

    def rows_of(self) -> list[tuple[Any, str]]:
        return [
            (Demand, "request"),
            (Doubt, "request"),
            (Link, "request"),
            (Letter, "request"),
            (Scan, "request"),
            (Mandate, "request"),
            (Spoken, "demand__request"),
            (Item, "demand__request"),
            (Certificate, "demand__request"),
            (Weighing, "demand__request"),
            (Notification, "demand__request"),
            (Mask, "demand__request"),
            (Handover, "demand__request"),
        ]

    def show(self, request: HttpRequest, asked: RightsRequest) -> HttpResponse:
        return show(request, asked)

    def get_urls(self) -> Any:
        def forbid(request: HttpRequest, reference: str) -> HttpResponse:
            return forbid_view(self, request, reference)

        own = path(
            "forbid/<str:reference>/",
            self.admin_site.admin_view(forbid),
            name="rights_requests_rightsrequest_forbid",
        )

        def allow(request: HttpRequest, reference: str) -> HttpResponse:
            return allow_view(self, request, reference)

        own_allowance = path(
            "allow/<str:reference>/",
            self.admin_site.admin_view(allow),
            name="rights_requests_rightsrequest_allow",
        )

        def correct(request: HttpRequest, reference: str) -> HttpResponse:
            return items.correct_own_view(self, request, reference)

        own_correction = path(
            "put-right/<str:reference>/",
            self.admin_site.admin_view(correct),
            name="rights_requests_rightsrequest_own",
        )
        waiting = path(
            "waiting/",
            self.admin_site.admin_view(require_safe(self.waiting_view)),
            name="rights_requests_rightsrequest_waiting",
        )
        year = "rights_requests_rightsrequest_year"
        year_pages = [
            path(address, self.admin_site.admin_view(require_safe(view)), name=f"{year}{name}")
            for address, view, name in (
                ("year/<int:year>/", self.year_view, ""),
                ("year/<int:year>/xlsx/", self.year_xlsx_view, "_xlsx"),
            )
        ]
        return [own, own_allowance, own_correction, waiting, *year_pages, *super().get_urls()]

    def year_view(self, request: HttpRequest, year: int) -> HttpResponse:
        """A year at a glance: what was asked, how soon it was answered, what was refused (Q02)."""
        found, chosen = self._year(request, year)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Requests %(year)s") % {"year": year},
            "opts": self.opts,
            "found": found,
            "years": chosen,
            "outcomes": _told(found, columns_of_outcomes()),
            "days": _told(found, columns_of_days()),
        }
        return TemplateResponse(request, "admin/rights_requests/rightsrequest/year.html", context)

    def year_xlsx_view(self, request: HttpRequest, year: int) -> HttpResponse:
        """The same as a table to keep."""
        found, _chosen = self._year(request, year)
        content = b"".join(piece for _name, piece in as_xlsx(found))
        response = HttpResponse(content, content_type=XLSX)
        return to_save(response, f"requests-{year}.xlsx")

    def _year(self, request: HttpRequest, year: int) -> tuple[Year, list[int]]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = received_on(timezone.now())
        chosen = years(today=today)
        if year not in chosen:
            raise Http404
        return year_of(year, today=today), chosen

    def waiting_view(self, request: HttpRequest) -> HttpResponse:
        """Erasures that are decided, with what each waits for and when that is looked at (E06)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = Paginator(in_order(), MOST_SHOWN).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Erasures that wait"),
            "opts": self.opts,
            "page": page,
            "rows": facts_of(page.object_list, today=received_on(timezone.now())),
            "failing": set(failing()),
        }
        return TemplateResponse(
            request, "admin/rights_requests/rightsrequest/waiting.html", context
        )

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A request that came by letter, phone, e-mail or at the counter (P49, I02)."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if governing_notice() is None:
            messages.error(
                request, gettext("No privacy notice is in force, so nothing can be recorded yet.")
            )
            return HttpResponseRedirect(request_list())
        posted = request.method == "POST"
        sent = (request.POST, request.FILES) if posted else ()
        form = RecordForm(*sent, may_prove=may_decide(request))
        if posted and form.is_valid():
            try:
                asked = form.save(by=request.user, now=timezone.now())
            except OtherContents as before:
                form.ask_again(before.made)
            else:
                told = gettext("Recorded under number %(number)s.") % {"number": asked.number}
                messages.success(request, told)
                return HttpResponseRedirect(request_page(asked))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Record a request"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/rights_requests/rightsrequest/record.html", context)


def _told(found: Year, columns: list[tuple[str, str]]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Each right of the year with its numbers, each under the heading of its column."""
    return [
        (one.label, [(heading, getattr(one, name)) for heading, name in columns])
        for one in found.rows
    ]
