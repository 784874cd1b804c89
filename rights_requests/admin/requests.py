from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from notices.models import governing_notice
from rights_requests.admin import decisions, identity, lifting, papers
from rights_requests.admin.base import DECIDE, Page, ReadAdmin, may_decide
from rights_requests.admin.forbidding import forbid_view
from rights_requests.admin.page import show
from rights_requests.admin.queue import ByNumber, StateTabs, found, left, request_list, request_page
from rights_requests.admin.recording import RecordForm
from rights_requests.deadlines import received_on
from rights_requests.desk import next_step
from rights_requests.models import (
    Certificate,
    Demand,
    Letter,
    Link,
    Notification,
    RightsRequest,
    Scan,
)
from rights_requests.tokens import OtherContents
from rights_requests.waiting import facts_of, in_order

MOST_SHOWN = 100
SEE = "rights_requests.view_rightsrequest"
PAGES: tuple[Page, ...] = (
    ("scan", "scans/<int:place>/", papers.scan, SEE),
    ("copy", "copy/", papers.copy, DECIDE),
    ("package", "package/", papers.package, DECIDE),
    ("customer", "customer/", identity.choose_customer, DECIDE),
    ("proof", "proof/", identity.record_proof, DECIDE),
    ("proof_link", "proof/link/", identity.send_link, DECIDE),
    ("proof_code", "proof/code/", identity.send_code, DECIDE),
    ("proof_code_given", "proof/code/given/", identity.compare_code, DECIDE),
    ("grant", "<slug:right>/grant/", decisions.grant, DECIDE),
    ("refuse", "<slug:right>/refuse/", decisions.refuse, DECIDE),
    ("extend", "<slug:right>/extend/", decisions.extend, DECIDE),
    ("lift", "lift/", lifting.lift, DECIDE),
    ("withdraw", "withdraw/", decisions.withdraw, DECIDE),
)


@admin.register(RightsRequest)
class RightsRequestAdmin(ReadAdmin):
    """Requests: the queue, one page for each, and those that staff type in."""

    pages = PAGES
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
        """Only what waits for an answer has a due date here."""
        if asked.closed_at or asked.next_due_on is None:
            return ""
        today = received_on(timezone.now())
        context = {
            "due_on": asked.next_due_on,
            "left": left(asked.next_due_on, today),
            "is_late": asked.next_due_on < today,
        }
        return render_to_string("admin/rights_requests/due.html", context)

    @admin.display(description=_("next step"))
    def next_of(self, asked: Any) -> str:
        return next_step(asked, blocked=asked.blocked, telling=asked.is_telling)

    def get_queryset(self, request: HttpRequest) -> Any:
        queue: Any = super().get_queryset(request)
        return queue.by_due_date().select_related("customer").prefetch_related("demands")

    def get_ordering(self, request: HttpRequest) -> Any:
        return [F("next_due_on").asc(nulls_last=True), "-year", "-sequence"]

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
            (Link, "request"),
            (Letter, "request"),
            (Scan, "request"),
            (Certificate, "demand__request"),
            (Notification, "demand__request"),
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
        waiting = path(
            "waiting/",
            self.admin_site.admin_view(require_safe(self.waiting_view)),
            name="rights_requests_rightsrequest_waiting",
        )
        return [own, waiting, *super().get_urls()]

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
