from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.db.models import Case, Q, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from audit.models import Task
from notices.personal_data import NoNoticeInForce
from register.admin.consulting import consulted
from register.forms import REFERENCE
from register.models import Customer, CustomerErased, Sight
from rights_requests.admin.base import Page, ReadAdmin, may_decide
from rights_requests.admin.queue import Tabs
from rights_requests.desk import overdue_letters
from rights_requests.informing import Fate, inform
from rights_requests.letters import (
    DELIVER,
    can_go_by_post,
    deliver_again,
    mark_sent,
    post_instead,
    sheet_of,
)
from rights_requests.models import Letter, LetterKind, Medium
from rights_requests.report import serving
from rights_requests.report.document import stored
from rights_requests.sheet import pdf_of

MOST_AT_ONCE = 100
NOT_SENT = Q(sent_at=None)
#: What staff must do something about comes first.
URGENCY = Case(
    When(NOT_SENT & Q(failed_at__isnull=False), then=0),
    When(NOT_SENT & Q(medium=Medium.POST), then=1),
    default=2,
)


class LetterState(models.TextChoices):
    """What became of a letter."""

    ALL = "all", pgettext_lazy("letters", "All")
    UNDELIVERED = "undelivered", _("Not delivered")
    OVERDUE = "overdue", _("Waiting over an hour")
    TO_POST = "to_post", _("To post")


class LetterTabs(Tabs):
    """All letters, unless those are chosen that staff must do something about."""

    title = _("state")
    states = LetterState

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.chosen():
            case LetterState.UNDELIVERED:
                return queryset.undelivered()
            case LetterState.OVERDUE:
                return queryset.filter(pk__in=overdue_letters(timezone.now()).values("pk"))
            case LetterState.TO_POST:
                return queryset.to_post()
        return queryset


def state_of(letter: Letter) -> str:
    """What became of `letter`, in words."""
    if letter.sent_at:
        when = date_format(localtime(letter.sent_at), "SHORT_DATETIME_FORMAT")
        if letter.posted_by:
            told = {"who": letter.posted_by.name, "when": when}
            return gettext("posted by %(who)s on %(when)s") % told
        return gettext("sent on %(when)s") % {"when": when}
    if letter.failed_at:
        return gettext("not delivered: %(fault)s") % {"fault": letter.fault}
    if letter.medium == Medium.POST:
        return gettext("to be printed and posted")
    if letter.leaves_at and letter.leaves_at > timezone.now():
        day = date_format(localtime(letter.leaves_at), "SHORT_DATE_FORMAT")
        return gettext("waits until %(day)s: the address has got its letters of the day") % {
            "day": day
        }
    return gettext("waiting to be sent")


@require_safe
def pdf(request: HttpRequest, letter: Letter) -> HttpResponse:
    """The letter as it is printed; once it has left, without its links."""
    if not _may_print(request, letter):
        raise PermissionDenied
    if not letter.body:
        raise Http404
    _looked_at(request, letter)
    with_links = letter.medium == Medium.POST and not letter.sent_at
    printed = pdf_of(sheet_of(letter, with_links=with_links))
    response = HttpResponse(printed, content_type="application/pdf")
    about = f"-{letter.request.number}" if letter.request else ""
    response["Content-Disposition"] = f'inline; filename="letter{about}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def posted(request: HttpRequest, letter: Letter) -> HttpResponse:
    """Somebody has put it into the post."""
    if letter.medium != Medium.POST or letter.sent_at:
        return _told(request, letter, "")
    mark_sent(letter, now=timezone.now(), posted_by=request.user)
    return _told(request, letter, gettext("Marked as posted."))


@require_POST
def again(request: HttpRequest, letter: Letter) -> HttpResponse:
    """Let the program try once more."""
    tried = deliver_again(letter, now=timezone.now())
    return _told(request, letter, gettext("The letter is tried again.") if tried else "")


@require_POST
def on_paper(request: HttpRequest, letter: Letter) -> HttpResponse:
    """Print and post what e-mail did not deliver."""
    if not _may_print(request, letter):
        raise PermissionDenied
    changed = post_instead(letter, now=timezone.now())
    return _told(request, letter, gettext("Print the letter and post it.") if changed else "")


@require_POST
def write_information(request: HttpRequest) -> HttpResponse:
    """Write to the customers chosen on the list of whom to tell, and lead back to it."""
    if not request.user.has_perm(CHANGE) or not request.user.has_perm("register.view_customer"):
        raise PermissionDenied
    posted = request.POST.getlist("customer")[:MOST_AT_ONCE]
    chosen = [reference for reference in posted if REFERENCE.fullmatch(reference)]
    keys = Customer.objects.unerased().filter(reference__in=chosen).values_list("pk", flat=True)
    try:
        fates = inform(keys, now=timezone.now())
    except (NoNoticeInForce, CustomerErased, IntegrityError):
        messages.error(request, gettext("The register has changed meanwhile. Try again."))
    else:
        _say(request, fates)
    address = reverse("admin:register_customer_telling")
    query = urlencode({"list": request.GET.get("list", "")})
    return HttpResponseRedirect(f"{address}?{query}")


def _say(request: HttpRequest, fates: Counter[Fate]) -> None:
    told = {
        Fate.EMAILED: gettext("Sent by e-mail: %(count)s"),
        Fate.TO_POST: gettext("To be printed and posted: %(count)s"),
        Fate.WAITS: gettext("A letter waits already: %(count)s"),
        Fate.UNREACHABLE: gettext("Neither e-mail nor postal address: %(count)s"),
    }
    words = [text % {"count": fates[fate]} for fate, text in told.items() if fates[fate]]
    if not words:
        messages.error(request, gettext("Choose whom to write to."))
    elif fates[Fate.UNREACHABLE]:
        messages.warning(request, ". ".join(words))
    else:
        messages.success(request, ". ".join(words))


SEE, CHANGE = "rights_requests.view_letter", "rights_requests.change_letter"
PAGES: tuple[Page, ...] = (
    ("pdf", "pdf/", pdf, SEE),
    ("posted", "posted/", posted, CHANGE),
    ("again", "again/", again, CHANGE),
    ("on_paper", "on_paper/", on_paper, CHANGE),
)


@admin.register(Letter)
class LetterAdmin(ReadAdmin):
    """Letters: what was written to whom, whether it has left, and what to do if it has not."""

    pages = PAGES
    list_display = ("subject", "to", "medium", "written", "state")
    list_filter = (LetterTabs,)
    list_select_related = ("posted_by",)
    sortable_by = ()
    change_list_template = "admin/rights_requests/change_list.html"
    not_in_history = frozenset({"message_id"})

    @admin.display(description=_("to"))
    def to(self, letter: Letter) -> str:
        return letter.to_name or letter.to_email

    @admin.display(description=_("written"))
    def written(self, letter: Letter) -> str:
        return date_format(localtime(letter.written_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("state"))
    def state(self, letter: Letter) -> str:
        return state_of(letter)

    def get_ordering(self, request: HttpRequest) -> Any:
        return [URGENCY, "-written_at", "-pk"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == LetterTabs.parameter_name

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(write_information)
        return [path("inform/", view, name="rights_requests_letter_inform"), *super().get_urls()]

    def show(self, request: HttpRequest, letter: Letter) -> HttpResponse:
        """A letter as it was written, without the links that only its receiver may open."""
        _looked_at(request, letter)
        tasks = Task.objects.filter(act=DELIVER, subject=letter.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": letter.subject,
            "opts": self.opts,
            "original": letter,
            "letter": letter,
            "text": letter.text(with_links=False),
            "state": state_of(letter),
            "task": tasks.order_by("-pk").first(),
            "can_go_by_post": can_go_by_post(letter),
            "may_decide": may_decide(request),
            "may_print": bool(letter.body) and _may_print(request, letter),
            "may_change": request.user.has_perm(CHANGE),
            "may_read_history": self.has_history_permission(request, letter),
            **_enclosed(letter),
        }
        return TemplateResponse(request, "admin/rights_requests/letter/page.html", context)


def _enclosed(letter: Letter) -> dict[str, Any]:
    """What is printed with an answer by post: the PDFs of the copy, and whether files go along."""
    is_posted = letter.medium == Medium.POST and not letter.sent_at
    report = getattr(letter.demand, "report", None) if is_posted else None
    document = stored(report) if report and letter.kind == LetterKind.ANSWER_ACCESS else None
    if document is None:
        return {}
    return {"volumes": serving.volumes(document), "has_files": bool(document.head["files"])}


def _looked_at(request: HttpRequest, letter: Letter) -> None:
    """What a recipient or source is told shows data of the register: that is a look (A03)."""
    about = Customer.objects.unerased().filter(notifications__letter=letter)
    if customer := about.first():
        consulted(request, [customer], Sight.PAGE)


def _may_print(request: HttpRequest, letter: Letter) -> bool:
    """A link or code that opens somebody's data, or proves who asks, is for few eyes."""
    return may_decide(request) or not letter.carries_secret


def _told(request: HttpRequest, letter: Letter, done: str) -> HttpResponse:
    if done:
        messages.success(request, done)
    else:
        messages.error(request, gettext("This can no longer be done to this letter."))
    return HttpResponseRedirect(reverse("admin:rights_requests_letter_change", args=[letter.pk]))
