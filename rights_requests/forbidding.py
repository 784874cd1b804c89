"""A prohibition that a customer tells staff: recorded as a request, in force at once, and answered
(art. 21(2)-(3); P15, P52, M01); and what the customer takes back later."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.reasons import because, with_values
from notices.terms import ProhibitedUse, ProhibitionScope, Right
from register.models import Channel, Customer, Prohibition
from rights_requests.deadlines import moment_of
from rights_requests.decisions import link
from rights_requests.intake import receive
from rights_requests.models import Demand, RightsRequest

#: What people mean who want no marketing.
MARKETING = (
    ProhibitionScope.DIRECT_ADVERTISING,
    ProhibitionScope.DISTANCE_SELLING,
    ProhibitionScope.DIRECT_MARKETING,
)


def asked_by(customer: Customer, channel: str) -> RightsRequest:
    """A request of `customer` that came by `channel`, as far as the register knows who that is."""
    return RightsRequest(
        channel=channel,
        language=customer.language,
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        street=customer.street,
        postcode=customer.postcode,
        city=customer.city,
        country=str(customer.get_country_display()),
    )


def forbid_at_once(
    customer: Customer,
    scopes: Iterable[str],
    *,
    uses: Iterable[str] = tuple(ProhibitedUse.values),
    channel: str,
    on: date,
    by: Any,
    now: datetime,
) -> RightsRequest:
    """What `customer` forbade on that day holds from now on, for all the register's ways to reach
    them, or nothing is recorded. Raises `NoNoticeInForce` and `CustomerErased`."""
    asked = asked_by(customer, channel)
    asked.received_at = moment_of(on, now)
    demand = Demand(right=Right.PROHIBITION, scopes=list(scopes), uses=list(uses))
    with transaction.atomic():
        receive(asked, [demand], now=now, by=by)
        link(asked, customer, now=now)
    return asked


def own_prohibitions(customer: Customer) -> QuerySet[Prohibition]:
    """The prohibitions that `customer` may take back: not what somebody else forbade who is reached
    at the same address."""
    asked = RightsRequest.objects.filter(customer=customer, demands__right=Right.PROHIBITION)
    return Prohibition.objects.own_of(customer, {one.number for one in asked})


def allow_again(
    customer: Customer, scopes: Iterable[str], *, channel: str | None, on: date
) -> None:
    """What `customer` had forbidden within `scopes` is allowed again from now on, for every way to
    reach them. History keeps how and when they said so; no channel means that nobody did, and that
    it was written down by mistake. The request stays as it was answered."""
    told = _("The customer took the prohibition back: %(how)s, %(on)s")
    why: Promise = _("The prohibition was written down by mistake")
    if channel:
        day = date_format(on, "SHORT_DATE_FORMAT")
        why = with_values(told, how=Channel(channel).label, on=day)
    with transaction.atomic(), because(why):
        going = own_prohibitions(customer).filter(scope__in=list(scopes))
        Prohibition.objects.remove(going)
