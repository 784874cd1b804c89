"""How a request comes in: from the form on the web, or typed in by staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from notices.models import governing_notice
from notices.personal_data import NoNoticeInForce
from notices.terms import Right
from register.models import Prohibition
from register.models.prohibitions import contacts_of as reached_by
from rights_requests.deadlines import received_on
from rights_requests.letters import tell_contact, write
from rights_requests.models import (
    Counted,
    Demand,
    Item,
    LetterKind,
    Link,
    LinkPurpose,
    RightsRequest,
    next_number,
)


def receive(
    request: RightsRequest,
    demands: Sequence[Demand],
    *,
    items: Sequence[Item] = (),
    now: datetime,
    by: Any = None,
) -> RightsRequest:
    """Store a new `request` with its `demands`, and `items` with the one for rectification; in the
    same transaction its number is given, its prohibitions take effect, the receipt is written and
    the contact person is told.

    `received_at` is the day it reached any channel of ours (T08); `by` is who typed it in. What
    the register knows of the person is not looked at here: a stranger learns nothing from the
    answer, its timing or its letters (I08). Raises `NoNoticeInForce`.
    """
    notice = governing_notice()
    if notice is None:
        raise NoNoticeInForce
    with transaction.atomic(), because(_("Request received")):
        request.notice = notice
        request.recorded_at, request.recorded_by = now, by
        request.needs_proof = any(demand.right != Right.PROHIBITION for demand in demands)
        request.year = received_on(now).year
        request.sequence = next_number(Counted.REQUEST, request.year)
        if not request.needs_proof:
            request.closed_at = now
        request.save()
        for demand in demands:
            demand.request = request
            if demand.right == Right.PROHIBITION:
                forbid(demand, contacts_of(request), now=now)
                demand.carried_out_at = now
            demand.save()
            for item in items if demand.right == Right.RECTIFICATION else ():
                item.demand = demand
                item.save()
        _answer_arrival(request, now=now)
    return request


def contacts_of(request: RightsRequest) -> dict[str, str]:
    """The addresses and numbers given in a request, by kind."""
    return reached_by(request.email, request.phone, request.street, request.postcode)


def forbid(demand: Demand, contacts: dict[str, str], *, now: datetime) -> None:
    """Let the prohibition take effect for `contacts`, from now on (M01, P52, P65)."""
    Prohibition.objects.forbid(
        contacts,
        demand.scopes,
        demand.uses,
        request_number=demand.request.number,
        today=received_on(now),
    )


def _answer_arrival(request: RightsRequest, *, now: datetime) -> None:
    Link.objects.issue(request, LinkPurpose.STATUS, now=now)
    links = []
    if request.needs_proof and request.email and not request.is_proven:
        links.append(Link.objects.issue(request, LinkPurpose.PROOF, now=now))
    if request.can_be_written_to:
        if request.needs_proof:
            to_complete = _to_complete(request)
            write(LetterKind.RECEIPT, request, now=now, links=links, to_complete=to_complete)
        for demand in request.demands.filter(carried_out_at__isnull=False):
            write(LetterKind.ANSWER_PROHIBITION, request, now=now, demand=demand)
    tell_contact(LetterKind.STAFF_ARRIVAL, key=request.number, now=now, request=request)


def _to_complete(request: RightsRequest) -> list[str]:
    """What a request for rectification has left out, as questions in its language; the clock runs
    meanwhile (P56)."""
    demand = request.demands.filter(right=Right.RECTIFICATION).first()
    if demand is None:
        return []
    lacking = [item.lacks for item in demand.items.all()] or [Item().lacks]
    with override(request.language):
        questions = {
            "datum": gettext("Which data are wrong or missing? Write them word for word."),
            "wanted": gettext("What should they be?"),
            "ground": gettext("Why should they be changed?"),
        }
    return [said for column, said in questions.items() if any(column in one for one in lacking)]
