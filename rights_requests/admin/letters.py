from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Case, Q, When
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from audit.admin import RememberedAdmin
from audit.models import Task
from rights_requests.admin.queue import Tabs
from rights_requests.letters import (
    DELIVER,
    can_go_by_post,
    deliver_again,
    mark_sent,
    paragraphs_of,
    post_instead,
    sheet_of,
)
from rights_requests.models import Letter, Medium
from rights_requests.sheet import pdf_of

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
    TO_POST = "to_post", _("To post")


class LetterTabs(Tabs):
    """All letters, unless those are chosen that staff must do something about."""

    title = _("state")
    states = LetterState

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.chosen():
            case LetterState.UNDELIVERED:
                return queryset.undelivered()
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
    return gettext("waiting to be sent")


@admin.register(Letter)
class LetterAdmin(RememberedAdmin):
    """Letters: what was written to whom, whether it has left, and what to do if it has not."""

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

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A letter says for good what it says."""
        return False

    def get_urls(self) -> Any:
        pages = (
            ("pdf", self.pdf, "rights_requests.view_letter"),
            ("posted", self.posted, "rights_requests.change_letter"),
            ("again", self.again, "rights_requests.change_letter"),
            ("on_paper", self.on_paper, "rights_requests.change_letter"),
        )
        return [
            *(
                path(
                    f"<int:key>/{name}/",
                    self.admin_site.admin_view(self._page(view, who)),
                    name=f"rights_requests_letter_{name}",
                )
                for name, view, who in pages
            ),
            *super().get_urls(),
        ]

    def _page(self, view: Callable[..., HttpResponse], who: str) -> Any:
        def page(request: HttpRequest, key: int) -> HttpResponse:
            if not request.user.has_perm(who):
                raise PermissionDenied
            letters = Letter.objects.select_related("request", "demand", "posted_by")
            letter = letters.filter(pk=key).first()
            if letter is None:
                raise Http404
            return view(request, letter)

        return page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A letter as it was written, without the links that only its receiver may open."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        letter = self.get_object(request, object_id)
        if letter is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined,no-any-return]
                request, self.opts, object_id
            )
        tasks = Task.objects.filter(act=DELIVER, subject=letter.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": letter.subject,
            "opts": self.opts,
            "original": letter,
            "letter": letter,
            "paragraphs": paragraphs_of(letter.text(with_links=False)),
            "state": state_of(letter),
            "task": tasks.order_by("-pk").first(),
            "can_go_by_post": can_go_by_post(letter),
            "may_change": request.user.has_perm("rights_requests.change_letter"),
            "may_read_history": self.has_history_permission(request, letter),
        }
        return TemplateResponse(request, "admin/rights_requests/letter/page.html", context)

    @staticmethod
    @require_safe
    def pdf(request: HttpRequest, letter: Letter) -> HttpResponse:
        """The letter as it is printed."""
        response = HttpResponse(pdf_of(sheet_of(letter)), content_type="application/pdf")
        about = f"-{letter.request.number}" if letter.request else ""
        response["Content-Disposition"] = f'inline; filename="letter{about}.pdf"'
        response["X-Content-Type-Options"] = "nosniff"
        return response

    @staticmethod
    @require_POST
    def posted(request: HttpRequest, letter: Letter) -> HttpResponse:
        """Somebody has put it into the post."""
        if letter.medium != Medium.POST or letter.sent_at:
            return _told(request, letter, "")
        mark_sent(letter, now=timezone.now(), posted_by=request.user)
        return _told(request, letter, gettext("Marked as posted."))

    @staticmethod
    @require_POST
    def again(request: HttpRequest, letter: Letter) -> HttpResponse:
        """Let the program try once more."""
        tried = deliver_again(letter, now=timezone.now())
        return _told(request, letter, gettext("The letter is tried again.") if tried else "")

    @staticmethod
    @require_POST
    def on_paper(request: HttpRequest, letter: Letter) -> HttpResponse:
        """Print and post what e-mail did not deliver."""
        changed = post_instead(letter, now=timezone.now())
        return _told(request, letter, gettext("Print the letter and post it.") if changed else "")


def _told(request: HttpRequest, letter: Letter, done: str) -> HttpResponse:
    if done:
        messages.success(request, done)
    else:
        messages.error(request, gettext("This can no longer be done to this letter."))
    return HttpResponseRedirect(reverse("admin:rights_requests_letter_change", args=[letter.pk]))
