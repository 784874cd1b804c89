"""The queue: which requests it shows, in what order, and the words that find one."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.private_search import TokenChangeList
from register.holds import blocks_of
from register.models.words import fold
from rights_requests.deadlines import received_on
from rights_requests.desk import due_soon, overdue, waiting_for_a_fact
from rights_requests.models import Notification, RightsRequest

MOST_FOUND = 1000


def request_list() -> str:
    """The address of the queue."""
    return reverse("admin:rights_requests_rightsrequest_changelist")


def request_page(asked: RightsRequest) -> str:
    """The address of a request's own page, by number."""
    return reverse("admin:rights_requests_rightsrequest_change", args=[asked.number])


def left(due_on: date, today: date) -> str:
    """How far off a due date is, in words."""
    days = (due_on - today).days
    if days < 0:
        return ngettext("late by %(days)s day", "late by %(days)s days", -days) % {"days": -days}
    if days == 0:
        return gettext("today")
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}


class State(models.TextChoices):
    """What a request waits for; nothing is stored of it."""

    OPEN = "open", pgettext_lazy("requests", "Open")
    UNPROVEN = "unproven", _("Not proven")
    DUE = "due", _("Due within 7 days")
    OVERDUE = "overdue", _("Late")
    WAITING = "waiting", _("Waiting for a fact")
    CLOSED = "closed", pgettext_lazy("requests", "Closed")
    ALL = "all", pgettext_lazy("requests", "All")


def in_state(requests: Any, state: str, today: date) -> Any:
    """Those of `requests` that are in `state` on `today`."""
    match state:
        case State.UNPROVEN:
            return requests.unproven()
        case State.DUE:
            return _among(requests, due_soon(today))
        case State.OVERDUE:
            return _among(requests, overdue(today))
        case State.WAITING:
            return _among(requests, waiting_for_a_fact())
        case State.CLOSED:
            return requests.filter(closed_at__isnull=False)
        case State.ALL:
            return requests
        case _:
            return requests.open()


def _among(requests: Any, found: Any) -> Any:
    return requests.filter(pk__in=found.order_by().values("pk"))


class Tabs(admin.SimpleListFilter):
    """One choice at a time, as links above the list; the first of them unless another is asked."""

    template = "admin/rights_requests/tabs.html"
    parameter_name = "state"
    states: type[models.TextChoices]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.states.choices)

    def chosen(self) -> str:
        asked_for = self.value()
        return asked_for if asked_for in self.states.values else self.states.values[0]

    def choices(self, changelist: Any) -> Any:
        for state in self.states:
            yield {
                "selected": state == self.chosen(),
                "query_string": changelist.get_query_string({self.parameter_name: state}),
                "display": state.label,
            }


class StateTabs(Tabs):
    """Open requests, unless another state is chosen or somebody is looked for."""

    title = _("state")
    states = State

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        self.is_search = SEARCH_VAR in request.GET
        return in_state(queryset, self.chosen(), received_on(timezone.now()))

    def chosen(self) -> str:
        # whoever is looked for may have been answered long ago
        if self.value() is None and getattr(self, "is_search", False):
            return State.ALL
        return super().chosen()


def found(text: str) -> list[int]:
    """Keys of the newest requests that hold every word of `text` in number, name or e-mail.

    Compared here, as SQLite folds ASCII only; a controller has requests by the hundred.
    """
    if exact := RightsRequest.objects.numbered(text.strip()):
        return [exact.pk]
    words = fold(text).split()
    rows = RightsRequest.objects.order_by("-pk").values_list(
        "pk", "year", "sequence", "name", "email"
    )
    holding = [
        key
        for key, year, sequence, name, email in rows
        if all(word in fold(f"{year}-{sequence} {name} {email}") for word in words)
    ]
    return holding[:MOST_FOUND]


class ByNumber(TokenChangeList):
    """The list of requests, each linked by number; it knows which facts stop each, and of
    which somebody else is still to be told."""

    def url_for_result(self, result: Any) -> str:
        return request_page(result)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # a long list is read anew each time it is walked, and would forget what is set here
        self.result_list: Any = list(self.result_list)
        customers = {row.customer_id for row in self.result_list} - {None}
        blocked = blocks_of(customers)
        waiting = Notification.objects.waiting().filter(demand__request__in=self.result_list)
        telling = set(waiting.order_by().values_list("demand__request", flat=True))
        for row in self.result_list:
            row.blocked = blocked.get(row.customer_id, [])
            row.is_telling = row.pk in telling
