"""Items of a request for rectification: what a letter left out is written down, and each item is
decided by itself (P56, R07)."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from notices.terms import Right
from register.admin.consulting import consulted
from register.admin.naming import word
from register.admin.resting import leads_away, reason_of
from register.models import (
    AtRest,
    Customer,
    CustomerErased,
    CustomerRestricted,
    Sight,
    UndeclaredSource,
)
from rights_requests.admin.queue import request_page
from rights_requests.admin.rulings import JUDGED, OwnForm, RulingsForm, typed_in
from rights_requests.carrying_out import DataChanged, is_held
from rights_requests.correcting import (
    CannotCorrect,
    correct_own,
    decide,
    foresee,
    foresee_own,
    write_item,
)
from rights_requests.decisions import AlreadyDecided, CannotRefuse, InTheWay, hindrances
from rights_requests.forms import KEPT_HERE
from rights_requests.item_forms import ItemForm
from rights_requests.items import named
from rights_requests.models import Demand, RightsRequest


def demand_of(asked: RightsRequest) -> Demand:
    """The demand for rectification of `asked`."""
    demand = asked.demands.filter(right=Right.RECTIFICATION).select_related("decided_by").first()
    if demand is None:
        raise Http404
    demand.request = asked
    return demand


def item(request: HttpRequest, asked: RightsRequest, place: int) -> HttpResponse:
    """What the person has said of the item at `place`, or of one more (0), in a letter, a call or
    an answer (P56)."""
    demand = demand_of(asked)
    items = list(demand.items.all())
    if place > len(items):
        raise Http404
    own = items[place - 1] if place else None
    initial = {name: getattr(own, name) for name in ItemForm.base_fields} if own else {}
    sent = request.POST if request.method == "POST" else None
    form = ItemForm(sent, initial=initial, listed=KEPT_HERE, by_staff=True)
    if form.is_valid():
        try:
            write_item(demand, own, form.cleaned_data, now=timezone.now())
        except AlreadyDecided:
            messages.error(request, gettext("This can no longer be done to this request."))
        else:
            messages.success(request, gettext("Written down."))
        return HttpResponseRedirect(request_page(asked))
    title = gettext("Item to put right: %(name)s") % {"name": named(own, place)} if own else ""
    return _page(request, asked, "item", title or gettext("One more item to put right"), form=form)


def _page(
    request: HttpRequest, asked: RightsRequest, name: str, title: str, **words: Any
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": title,
        "opts": RightsRequest._meta,
        "asked": asked,
        **words,
    }
    return TemplateResponse(request, f"admin/rights_requests/rightsrequest/{name}.html", context)


def page_of_items(asked: RightsRequest) -> str:
    """The address where each item of `asked` is decided."""
    return reverse("admin:rights_requests_rightsrequest_correct", args=[asked.number])


def correct(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """To decide on each item: what is typed, then what it will do, then the deed (R07)."""
    demand = demand_of(asked)
    if stop := _stop(demand):
        messages.error(request, stop)
        return HttpResponseRedirect(request_page(asked))
    customer: Any = asked.customer
    hidden = AtRest() if reason_of(request, customer) else customer.at_rest
    step = request.POST.get("step", "")
    sent = request.POST if request.method == "POST" else None
    form = RulingsForm(demand, sent, step=step, hidden=hidden)
    consulted(request, [customer], Sight.PAGE)
    words: dict[str, Any] = {"form": form, "demand": demand, "hides": bool(hidden)}
    if step in JUDGED and form.is_valid():
        try:
            return _act(request, demand, form, step, words)
        except AlreadyDecided as first:
            stop = first.message
        except (InTheWay, CannotCorrect, CannotRefuse):
            stop = gettext("This can no longer be done to this request.")
        except UndeclaredSource:
            stop = gettext("The privacy notice names no source by which a person gives data.")
        except DataChanged:
            words |= _changed(request, form)
        if stop:
            messages.error(request, stop)
            return HttpResponseRedirect(request_page(asked))
    return _page(request, asked, "correct", gettext("Decide item by item"), **words)


def _changed(request: HttpRequest, form: RulingsForm | OwnForm) -> dict[str, bool]:
    """Say that the data are no longer those of the preview; what was typed is shown again."""
    messages.error(request, gettext("The data have changed meanwhile. Look at them again."))
    form.say_what_stands()
    return {"has_changed": True}


def _stop(demand: Demand) -> str:
    """Why nothing can be decided here; empty when it can."""
    asked = demand.request
    if not demand.is_open:
        return AlreadyDecided(demand).message
    if not is_held(asked.customer):
        return gettext("Choose the customer, or answer that nothing is held.")
    if stops := hindrances(demand):
        return " ".join(map(str, stops))
    if not demand.items.exists():
        return gettext("The request names no data yet. Add an item to put right first.")
    return ""


def _act(
    request: HttpRequest, demand: Demand, form: RulingsForm, step: str, words: dict[str, Any]
) -> HttpResponse:
    now, terms = timezone.now(), form.terms()
    asked = demand.request
    if step == "foresee" or not form.cleaned_data["seen"]:
        done = foresee(demand, by=request.user, now=now, **terms)
        title = gettext("What will happen")
        items = [
            (ruling.named(place), ruling, done.written[place])
            for place, ruling in enumerate(terms["rulings"], 1)
        ]
        return _page(request, asked, "foreseen", title, done=done, items=items, **words)
    decide(demand, by=request.user, now=now, seen=form.cleaned_data["seen"], **terms)
    messages.success(request, gettext("Decided, item by item."))
    return HttpResponseRedirect(request_page(asked))


def correct_own_view(admin_page: Any, request: HttpRequest, reference: str) -> HttpResponse:
    """What staff have seen to be wrong, without a request: whoever had the old value is told all
    the same (P54, P58)."""
    customers: Any = admin_page.admin_site.get_model_admin(Customer)
    customer = customers.get_object(request, reference)
    if customer is None or customer.erased_at:
        raise Http404
    if not customers.has_change_permission(request, customer):
        raise PermissionDenied
    if away := customers.asks(request) or leads_away(customers, request, customer):
        return away
    step = request.POST.get("step", "")
    sent = request.POST if step in JUDGED else None
    hidden = customer.at_rest
    form = OwnForm(
        customer,
        "",
        sent,
        initial=typed_in(request.POST, with_values=step != "show"),
        hidden=hidden,
    )
    consulted(request, [customer], Sight.PAGE)
    words: dict[str, Any] = {
        "form": form,
        "customer": customer,
        "customer_name": word(request, customer),
    }
    address = reverse("admin:register_customer_change", args=[customer.reference])
    if sent and form.is_valid():
        terms = form.terms(by=request.user, now=timezone.now())
        try:
            if step == "decide" and form.cleaned_data["seen"]:
                correct_own(customer, **terms, seen=form.cleaned_data["seen"])
                messages.success(request, gettext("Put right. Whoever must know gets a letter."))
                return HttpResponseRedirect(address)
            words["done"] = foresee_own(customer, **terms)
        except DataChanged:
            words |= _changed(request, form)
        except (CustomerRestricted, CustomerErased, CannotCorrect):
            messages.error(request, gettext("The data of this customer are restricted or erased."))
            return HttpResponseRedirect(address)
    title = gettext("Put data right")
    name = "own_foreseen" if "done" in words else "own"
    context = {
        **admin.site.each_context(request),
        "title": title,
        "opts": Customer._meta,
        **words,
    }
    return TemplateResponse(request, f"admin/rights_requests/rightsrequest/{name}.html", context)
