"""To grant, to refuse, to extend: GET shows what will happen, POST does it."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from notices.terms import Right
from register.admin.consulting import consulted
from register.admin.naming import word
from register.erasure import ErasureBlocked
from register.models import Sight
from rights_requests import decisions
from rights_requests.admin.consequences import (
    alike_to,
    consequences,
    others_of,
    steps_by_hand,
    with_why,
)
from rights_requests.admin.forms import ExtensionForm, GrantForm, RefusalForm, grant_form
from rights_requests.admin.masking import AccessForm
from rights_requests.admin.queue import request_page
from rights_requests.carrying_out import DataChanged
from rights_requests.deadlines import received_on
from rights_requests.grounds import BY_KEY
from rights_requests.models import Demand, RightsRequest


def grant(request: HttpRequest, asked: RightsRequest, right: str) -> HttpResponse:
    """Grant one right; what the program does not carry out, staff have done before."""
    demand = _decidable(asked, right)
    stops = decisions.hindrances(demand)
    form = _grant_form(demand, stops, _sent(request))
    if request.method == "POST" and form.is_valid():
        return _act(
            request,
            asked,
            lambda now: decisions.grant(demand, by=request.user, now=now, **form.terms()),
            gettext("Granted: %(right)s"),
            demand,
        )
    if stop := _stop(demand, () if form.waits else stops):
        return _back(request, asked, stop)
    if asked.customer and "corrected" in form.fields:
        consulted(request, [asked.customer], Sight.HISTORY)
    alike = with_why(alike_to(request, asked))
    words = {
        "consequences": consequences(demand, alike, others_of(asked)),
        "steps": steps_by_hand(demand),
        "hindrances": stops,
    }
    return _page(request, demand, "grant", gettext("Grant: %(right)s"), form=form, **words)


def _grant_form(demand: Demand, stops: Any, sent: QueryDict | None) -> GrantForm:
    """Of a copy, the decision takes the masks that were shown (A07)."""
    customer = demand.request.customer
    if demand.right == Right.ACCESS and customer and not customer.erased_at:
        return AccessForm(demand, sent)
    return grant_form(demand, stops, sent)


def refuse(request: HttpRequest, asked: RightsRequest, right: str) -> HttpResponse:
    """Refuse one right, with the numbered certificate (P59)."""
    demand = _decidable(asked, right)
    stops = decisions.hindrances(demand)
    form = RefusalForm(demand, stops, _sent(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"ground": BY_KEY[form.cleaned_data["ground"]]}
        return _act(
            request,
            asked,
            lambda now: decisions.refuse(demand, by=request.user, now=now, **said),
            gettext("Refused: %(right)s"),
            demand,
        )
    if stop := _stop(demand):
        return _back(request, asked, stop)
    words = {
        "hindrances": stops,
        "is_late": demand.is_late_to_refuse(received_on(timezone.now())),
    }
    return _page(request, demand, "refuse", gettext("Refuse: %(right)s"), form=form, **words)


def extend(request: HttpRequest, asked: RightsRequest, right: str) -> HttpResponse:
    """Take two months more, once, inside the first month (T04)."""
    demand = _decidable(asked, right)
    form = ExtensionForm(demand, _sent(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        return _act(
            request,
            asked,
            lambda now: decisions.extend(demand, by=request.user, now=now, **said),
            gettext("Extended: %(right)s"),
            demand,
        )
    if stop := _stop(demand) or why_not_extend(demand):
        return _back(request, asked, stop)
    return _page(request, demand, "extend", gettext("More time: %(right)s"), form=form)


@require_POST
def withdraw(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """The person has told us to let it be: by phone, by letter, at the counter."""
    if not decisions.withdraw(asked, now=timezone.now()):
        return _back(request, asked, gettext("This can no longer be done to this request."))
    messages.success(request, gettext("The request is closed as withdrawn."))
    return HttpResponseRedirect(request_page(asked))


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


def _decidable(asked: RightsRequest, right: str) -> Demand:
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


def _stop(demand: Demand, hindrances: Any = ()) -> str:
    """Why the page has nothing to offer; empty when it has."""
    if not demand.is_open:
        return decisions.AlreadyDecided(demand).message
    return " ".join(map(str, hindrances))


def _act(
    request: HttpRequest,
    asked: RightsRequest,
    act: Callable[[Any], object],
    done: str,
    demand: Demand,
) -> HttpResponse:
    """Do it, or say in one message what was in the way."""
    try:
        act(timezone.now())
    except decisions.AlreadyDecided as first:
        return _back(request, asked, first.message)
    except DataChanged:
        return _back(
            request, asked, gettext("The data have changed meanwhile. Look at them again.")
        )
    except decisions.InTheWay as stopped:
        return _back(request, asked, " ".join(map(str, stopped.hindrances)))
    except ErasureBlocked as stopped:
        return _back(request, asked, " ".join(map(str, stopped.blocks)))
    except decisions.CannotRefuse:
        return _back(request, asked, gettext("This ground fits no longer: look again."))
    except decisions.CannotExtend:
        return _back(request, asked, why_not_extend(_decidable(asked, demand.right)))
    messages.success(request, done % {"right": demand.get_right_display()})
    return HttpResponseRedirect(request_page(asked))


def _back(request: HttpRequest, asked: RightsRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return HttpResponseRedirect(request_page(asked))


def _page(
    request: HttpRequest, demand: Demand, name: str, title: str, **words: Any
) -> HttpResponse:
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
