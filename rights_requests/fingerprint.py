"""What a decision was shown: a fingerprint of everything that its preview is made of, so that
nobody decides about data that have changed since they looked."""

import hashlib
import json
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from notices.models import governing_notice
from register.given import given_to
from register.models import Customer, Disclosure
from register.ownership import RECORDS, history_of
from rights_requests.models import Demand, Mandate, RightsRequest
from rights_requests.suggesting import suggestions


def fingerprint(demand: Demand) -> str:
    """The same for as long as nothing has changed: the request, its right, the notice in force, all
    that the register and its history hold of the customer, what was forbidden, who has the data;
    while nobody is chosen, who may be the person.
    Looking at them changes nothing. As many queries however much there is."""
    request = demand.request
    notice = governing_notice()
    seen: list[Any] = [
        notice and notice.version,
        _last(RightsRequest, id=request.pk),
        _last(Demand, id=demand.pk),
        _last(Mandate, request=request.pk),
    ]
    customer = request.customer
    seen += _of(customer) if customer else [one.customer.pk for one in suggestions(request)]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def _of(customer: Customer) -> list[Any]:
    today = timezone.localdate()
    return [
        *(_counted(found) for _model, found in history_of(customer)),
        *(_last(model, customer=customer.pk) for model in RECORDS),
        customer.prohibitions().count(),
        [given[0].recipient.pk for given in given_to(customer, today=today)],
        Disclosure.objects.published().about(customer).count(),
    ]


def _last(model: Any, **which: Any) -> list[Any]:
    return _counted(model.history.filter(**which))


def _counted(history: Any) -> list[Any]:
    found = history.order_by().aggregate(last=Max("history_id"), number=Count("history_id"))
    return [found["last"], found["number"]]
