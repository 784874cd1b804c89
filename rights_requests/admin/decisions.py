"""To grant, to refuse, to extend: GET shows what will happen, POST does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from notices.terms import Right
from register.admin.naming import word
from register.erasure import ErasureBlocked
from rights_requests import decisions
from rights_requests.admin.consequences import (
    alike_to,
    consequences,
    others_of,
    with_why,
)
from rights_requests.admin.forms import ExtensionForm, GrantForm, RefusalForm, grant_form
from rights_requests.admin.items import page_of_items
from rights_requests.admin.masking import AccessForm
from rights_requests.admin.queue import request_page
from rights_requests.carrying_out import DataChanged, is_held
from rights_requests.deadlines import received_on
from rights_requests.fingerprint import fingerprint
from rights_requests.grounds import BY_KEY
from rights_requests.models import Demand, RightsRequest
from rights_requests.weighing import can_be_weighed

#: One clear sentence, wherever somebody would decide about what they have not seen.
CHANGED = _("The data have changed meanwhile. Look at them again.")


@dataclass(frozen=True)
class Shown:
    """What the page of a decision showed `before`, and what it shows `now`: two fingerprints. A
    correction of somebody's data has one of its own, as the staff who decide change them (P58)."""

    before: str
    now: str
    is_watched: bool

    @classmethod
    def by(cls, request: HttpRequest, demand: Demand) -> "Shown":
        is_watched = demand.right != Right.RECTIFICATION or not is_held(demand.request.customer)
        return cls(request.POST.get("preview", ""), fingerprint(demand), is_watched)

    def is_still_so(self, form: forms.Form) -> bool:
        """Whether nothing has changed since; says so in `form` otherwise, and shows it anew."""
        if not self.is_watched or self.before in ("", self.now):
            return True
        form.add_error(None, str(CHANGED))
        return False

    def terms(self) -> dict[str, str]:
        """What the decision is told of it."""
        return {"preview": self.before} if self.is_watched else {}


def grant(request: HttpRequest, asked: RightsRequest, right: str) -> HttpResponse:
    """Grant one right."""
    demand = decidable(asked, right)
    if demand.right == Right.RECTIFICATION and is_held(asked.customer):
        return HttpResponseRedirect(page_of_items(asked))
    if can_be_weighed(demand):
        # each use by itself, with its reasons (M02)
        return HttpResponseRedirect(page_of_weighing(asked))
    stops = decisions.hindrances(demand)
    form = _grant_form(demand, stops, _sent(request))
    shown = Shown.by(request, demand)
    if request.method == "POST" and form.is_valid() and shown.is_still_so(form):
        said = form.terms() | shown.terms()
        return act(
            request,
            asked,
            lambda now: decisions.grant(demand, by=request.user, now=now, **said),
            gettext("Granted: %(right)s"),
            demand,
        )
    if stop := stop_of(demand, () if form.waits else stops):
        return back(request, asked, stop)
    alike = with_why(alike_to(request, asked))
    words = {
        "consequences": consequences(demand, alike, others_of(asked)),
        "hindrances": stops,
        "preview": shown.now,
    }
    return page(request, demand, "grant", gettext("Grant: %(right)s"), form=form, **words)


def _grant_form(demand: Demand, stops: Any, sent: QueryDict | None) -> GrantForm:
    """Of a copy, the decision takes the masks that were shown (A07)."""
    customer = demand.request.customer
    if demand.right == Right.ACCESS and customer and not customer.erased_at:
        return AccessForm(demand, sent)
    return grant_form(demand, stops, sent)


def refuse(request: HttpRequest, asked: RightsRequest, right: str) -> HttpResponse:
    """Refuse one right, with the numbered certificate (P59)."""
    demand = decidable(asked, right)
    stops = decisions.hindrances(demand)
    form = RefusalForm(demand, stops, _sent(request))
    shown = Shown.by(request, demand)
    if request.method == "POST" and form.is_valid() and shown.is_still_so(form):
        said = form.cleaned_data | {"ground": BY_KEY[form.cleaned_data["ground"]]}
        said |= shown.terms()
        return act(
            request,
            asked,
            lambda now: decisions.refuse(demand, by=request.user, now=now, **said),
            gettext("Refused: %(right)s"),
            demand,
        )
    if stop := stop_of(demand):
        return back(request, asked, stop)
    words = {
        "hindrances": stops,
        "is_late": demand.is_late_to_refuse(received_on(timezone.now())),
        "preview": shown.now,
        "weighing": page_of_weighing(asked) if can_be_weighed(demand) else "",
    }
    return page(request, demand, "refuse", gettext("Refuse: %(right)s"), form=form, **words)


def extend(request: HttpRequest, asked: RightsRequest, right: str) -> HttpResponse:
    """Take two months more, once, inside the first month (T04)."""
    demand = decidable(asked, right)
    form = ExtensionForm(demand, _sent(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        return act(
            request,
            asked,
            lambda now: decisions.extend(demand, by=request.user, now=now, **said),
            gettext("Extended: %(right)s"),
            demand,
        )
    if stop := stop_of(demand) or why_not_extend(demand):
        return back(request, asked, stop)
    return page(request, demand, "extend", gettext("More time: %(right)s"), form=form)


@require_POST
def withdraw(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """The person has told us to let it be: by phone, by letter, at the counter."""
    if not decisions.withdraw(asked, now=timezone.now()):
        return back(request, asked, gettext("This can no longer be done to this request."))
    messages.success(request, gettext("The request is closed as withdrawn."))
    return HttpResponseRedirect(request_page(asked))


def page_of_weighing(asked: RightsRequest) -> str:
    """Where an objection in `asked` is weighed."""
    return reverse("admin:rights_requests_rightsrequest_weigh", args=[asked.number])


def why_not_extend(demand: Demand) -> str:
    """Why more time cannot be taken; empty when it can (T04)."""
    if decisions.can_extend(demand, now=timezone.now()):
        return ""
    if demand.extended_at:
        return gettext("More time was taken once already.")
    if demand.first_due_on is None:
        return gettext("The clock stands still: more time can be taken when the answer has come.")
    return gettext("More time could be taken until %(day)s only.") % {
        "day": date_format(demand.first_due_on, "SHORT_DATE_FORMAT")
    }


def decidable(asked: RightsRequest, right: str) -> Demand:
    """The demand for `right`; a prohibition works at once and has nothing to decide (M01)."""
    demands = asked.demands.exclude(right=Right.PROHIBITION).select_related("decided_by")
    demand = demands.filter(right=right).first()
    if demand is None:
        raise Http404
    demand.request = asked
    return demand


def _sent(request: HttpRequest) -> QueryDict | None:
    # a grant that needs no words is sent empty
    return request.POST if request.method == "POST" else None


def stop_of(demand: Demand, hindrances: Any = ()) -> str:
    """Why the page has nothing to offer; empty when it has."""
    if not demand.is_open:
        return decisions.AlreadyDecided(demand).message
    return " ".join(map(str, hindrances))


def act(
    request: HttpRequest,
    asked: RightsRequest,
    deed: Callable[[Any], object],
    done: str,
    demand: Demand,
) -> HttpResponse:
    """Do it, or say in one message what was in the way."""
    try:
        deed(timezone.now())
    except decisions.AlreadyDecided as first:
        return back(request, asked, first.message)
    except DataChanged:
        return back(request, asked, str(CHANGED))
    except decisions.InTheWay as stopped:
        return back(request, asked, " ".join(map(str, stopped.hindrances)))
    except ErasureBlocked as stopped:
        return back(request, asked, " ".join(map(str, stopped.blocks)))
    except decisions.CannotRefuse:
        return back(request, asked, gettext("This ground fits no longer: look again."))
    except decisions.CannotExtend:
        return back(request, asked, why_not_extend(decidable(asked, demand.right)))
    messages.success(request, done % {"right": demand.get_right_display()})
    return HttpResponseRedirect(request_page(asked))


def back(request: HttpRequest, asked: RightsRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return HttpResponseRedirect(request_page(asked))


def page(request: HttpRequest, demand: Demand, name: str, title: str, **words: Any) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": title % {"right": demand.get_right_display()},
        "opts": RightsRequest._meta,
        "asked": demand.request,
        "demand": demand,
        "customer_name": word(request, customer) if (customer := demand.request.customer) else "",
        **words,
    }
    return TemplateResponse(request, f"admin/rights_requests/rightsrequest/{name}.html", context)
