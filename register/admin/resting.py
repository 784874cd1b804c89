"""Restricted data on staff pages: marked, left out, and opened only for one of four reasons
(art. 18(2); S02, S03, S08)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from notices.declarations import declared_columns
from notices.terms import DataCategory
from register.models import OPENING, Consultation, Customer, Restriction, Sight
from register.models.consultations import OPEN_FOR, TAKES_FOR

#: As many of those found are led to.
MOST_LED_TO = 5


class WhyForm(forms.Form):
    """Why restricted data must be seen."""

    occasion = forms.ChoiceField(
        label=_("Why must you see the data?"),
        choices=[(one.value, one.label) for one in OPENING],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one. For any other reason the data may not be seen.")
        },
    )


def rests(page: Any, customer: Customer) -> bool:
    """Whether what `page` shows of `customer` may only be kept: everything, or the data that a
    page about something of the customer's is made of."""
    if customer.at_rest.is_whole or page.model is Customer:
        return customer.at_rest.is_whole
    return any(one in customer.at_rest for one in declared_columns(page.model).values())


def opened(request: HttpRequest) -> dict[Any, str]:
    """The reasons asked for so far, by customer's key: once for each request."""
    known: dict[Any, str] = vars(request).setdefault("opened", {})
    return known


def reason_of(request: HttpRequest, customer: Customer) -> str:
    """Why the reader must see the restricted data of `customer`, as said lately; empty for none."""
    known = opened(request)
    if customer.pk not in known:
        within = TAKES_FOR if request.method == "POST" else OPEN_FOR
        known[customer.pk] = Consultation.objects.reason_of(
            customer, by=request.user, now=timezone.now(), within=within
        )
    return known[customer.pk]


def leads_away(
    page: Any, request: HttpRequest, row: Any, *, hides: bool = True
) -> HttpResponse | None:
    """To the question why, where `row` of `page` may only be kept and the reader has not answered
    it; None where it may be shown. A page that hides no single data gives `hides=False`."""
    if row is None or not page.has_view_permission(request, row):
        return None
    customer = page.customer_of(row)
    closes = rests(page, customer) if hides else bool(customer.at_rest)
    if not closes or reason_of(request, customer):
        return None
    return HttpResponseRedirect(why_page(page, row))


def why_page(page: Any, row: Any) -> str:
    """The address where it is asked why `row` must be seen."""
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_why", args=[_key(row)])


def _key(row: Any) -> str:
    return str(getattr(row, "reference", row.pk))


def why_view(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """GET asks why, without any data; POST writes the look down and opens the page for a while."""
    if not page.has_view_permission(request):
        raise PermissionDenied
    row = page.get_object(request, object_id)
    if row is None:
        raise Http404
    customer = page.customer_of(row)
    address = reverse(
        f"admin:{page.opts.app_label}_{page.opts.model_name}_change", args=[_key(row)]
    )
    if not customer.at_rest or customer.erased_at:
        return HttpResponseRedirect(address)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        Consultation.objects.record(
            [customer.pk],
            by=request.user,
            sight=Sight.REASON,
            occasion=form.cleaned_data["occasion"],
            at=timezone.now(),
        )
        return HttpResponseRedirect(address)
    context = {
        **page.admin_site.each_context(request),
        "title": gettext("Restricted data"),
        "opts": page.opts,
        "customer": customer,
        "restrictions": in_words(customer),
        "form": form,
    }
    return TemplateResponse(request, "admin/register/customer/why.html", context)


def in_words(customer: Customer) -> list[str]:
    """Each restriction in force: which data, since when, because of which request."""
    return [
        gettext("%(data)s, since %(day)s, request %(number)s")
        % {
            "data": data_in_words(one),
            "day": date_format(localtime(one.imposed_at), "SHORT_DATE_FORMAT"),
            "number": one.imposed_by_request,
        }
        for one in customer.restrictions.in_force().order_by("pk")
    ]


def data_in_words(restriction: Restriction) -> str:
    """Which data a restriction is about."""
    if not restriction.categories:
        return gettext("All data")
    return str(capfirst(", ".join(str(DataCategory(one).label) for one in restriction.categories)))


def say_how_many(request: HttpRequest, addresses: Sequence[str], *, count: int = 0) -> None:
    """Say that a search met restricted records, and nothing of them; `addresses` lead to where it
    is asked why they must be seen."""
    count = count or len(addresses)
    if not count or getattr(request, "has_said_resting", False):
        return
    request.has_said_resting = True  # type: ignore[attr-defined]
    told = ngettext(
        "%(count)s restricted record matches. Its data are not shown.",
        "%(count)s restricted records match. Their data are not shown.",
        count,
    ) % {"count": count}
    links = format_html_join(
        " ",
        '<a href="{}">{}</a>',
        ((one, gettext("Say why you must see it")) for one in addresses[:MOST_LED_TO]),
    )
    messages.warning(request, format_html("{} {}", told, links))


def say_it_rests(request: HttpRequest) -> None:
    """Nothing was stored: the data may only be kept."""
    messages.error(
        request, gettext("The data of this customer are restricted. Nothing was stored.")
    )
