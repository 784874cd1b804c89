"""The list of who else must be told, and why somebody is not (art. 19; P58, N01)."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rights_requests.admin.base import DECIDE, Page, ReadAdmin, may_decide
from rights_requests.admin.forms import ExcuseForm
from rights_requests.admin.letters import CHANGE
from rights_requests.admin.letters import state_of as state_of_letter
from rights_requests.admin.queue import Tabs, request_page
from rights_requests.models import Notification
from rights_requests.notifying import OnItsWay, excuse


class NotificationState(models.TextChoices):
    """What became of a notification."""

    WAITING = "waiting", pgettext_lazy("notifications", "To be told")
    SENT = "sent", pgettext_lazy("notifications", "Told")
    EXCUSED = "excused", pgettext_lazy("notifications", "Excused")
    ALL = "all", pgettext_lazy("notifications", "All")


class NotificationTabs(Tabs):
    """Those that wait, with how many they are, unless others are chosen."""

    title = _("state")
    states = NotificationState

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.chosen():
            case NotificationState.SENT:
                return queryset.sent()
            case NotificationState.EXCUSED:
                return queryset.excused()
            case NotificationState.ALL:
                return queryset
        return queryset.waiting()

    def choices(self, changelist: Any) -> Any:
        waiting = Notification.objects.waiting().count()
        for choice, state in zip(super().choices(changelist), self.states, strict=True):
            if state == NotificationState.WAITING:
                choice["display"] = f"{state.label} ({waiting})"
            yield choice


def state_of(notification: Notification) -> str:
    """What became of `notification`, in words."""
    if notification.letter:
        return state_of_letter(notification.letter)
    said = {
        "why": notification.get_excuse_display(),
        "who": getattr(notification.excused_by, "name", ""),
        "when": date_format(localtime(notification.excused_at), "SHORT_DATETIME_FORMAT"),
    }
    return gettext("not told, %(why)s (%(who)s, %(when)s)") % said


def excuse_view(request: HttpRequest, notification: Notification) -> HttpResponse:
    """Say why nobody tells it; the letter goes."""
    form = ExcuseForm(request.POST if request.method == "POST" else None)
    if not notification.can_be_excused:
        return _on_its_way(request, notification)
    if form.is_valid():
        try:
            excuse(
                notification,
                form.cleaned_data["why"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except OnItsWay:
            return _on_its_way(request, notification)
        messages.success(request, gettext("Written down: this one is not told."))
        return HttpResponseRedirect(request_page(notification.demand.request))
    context = _context(request, notification, gettext("Why nobody tells it"))
    return TemplateResponse(
        request, "admin/rights_requests/notification/excuse.html", context | {"form": form}
    )


def _on_its_way(request: HttpRequest, notification: Notification) -> HttpResponse:
    messages.error(request, gettext("This has been told, or is on its way."))
    return HttpResponseRedirect(request_page(notification.demand.request))


def _context(request: HttpRequest, notification: Notification, title: str) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": title,
        "opts": Notification._meta,
        "original": notification,
        "notification": notification,
        "asked": notification.demand.request,
        "state": state_of(notification),
    }


@admin.register(Notification)
class NotificationAdmin(ReadAdmin):
    """Recipients and sources of data: who is to be told, who has been, and who is not and why."""

    pages: tuple[Page, ...] = (("excuse", "excuse/", excuse_view, DECIDE),)
    list_display = ("to", "deed", "number_of", "written", "state")
    list_filter = (NotificationTabs,)
    list_select_related = (
        "demand__request",
        "recipient",
        "source",
        "publication",
        "letter__posted_by",
        "excused_by",
    )
    sortable_by = ()
    ordering = ("pk",)
    change_list_template = "admin/rights_requests/change_list.html"

    @admin.display(description=_("to"))
    def to(self, notification: Notification) -> str:
        return notification.addressee

    @admin.display(description=_("request"))
    def number_of(self, notification: Notification) -> str:
        return notification.demand.request.number

    @admin.display(description=_("written"))
    def written(self, notification: Notification) -> str:
        return date_format(localtime(notification.made_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("state"))
    def state(self, notification: Notification) -> str:
        return state_of(notification)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == NotificationTabs.parameter_name

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def show(self, request: HttpRequest, notification: Notification) -> HttpResponse:
        """Who is told what was done, and what to do about it; the words stand in the letter."""
        context = _context(request, notification, str(notification)) | {
            "may_change": request.user.has_perm(CHANGE),
            "may_excuse": may_decide(request) and notification.can_be_excused,
            "may_read_history": self.has_history_permission(request, notification),
        }
        return TemplateResponse(request, "admin/rights_requests/notification/page.html", context)
