"""Who asks for another, and what is told in words: both written down by who saw or said it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from rights_requests.identifying import is_known_who_asks
from rights_requests.models import Demand, Mandate, RightsRequest, Spoken


class CannotRecord(Exception):
    """The request is closed, or it is open who asks."""


def record_mandate(
    request: RightsRequest,
    *,
    by: Any,
    now: datetime,
    agent: str,
    evidence: str,
    takes_answers: bool,
    agent_email: str = "",
    agent_address: str = "",
) -> Mandate:
    """Write down the mandate of an agent, once seen; a later one takes the place of an earlier one
    (I14). Raises `CannotRecord`."""
    with transaction.atomic(), because(_("Mandate of an agent seen")):
        own = RightsRequest.objects.select_for_update().get(pk=request.pk)
        if own.closed_at:
            raise CannotRecord
        mandate = Mandate.objects.filter(request=own).first() or Mandate(request=own)
        mandate.agent, mandate.evidence, mandate.takes_answers = agent, evidence, takes_answers
        mandate.agent_email, mandate.agent_address = agent_email, agent_address
        mandate.seen_at, mandate.seen_by = now, by
        mandate.save()
    return mandate


def can_be_told(demand: Demand) -> bool:
    """Whether the answer may be told in words: it is given, and it is known who asks (I11)."""
    request = demand.request
    is_answered = demand.decided_at is not None and not request.forgotten_at
    return is_answered and request.customer is not None and is_known_who_asks(request)


def tell(demand: Demand, *, by: Any, now: datetime, note: str) -> Spoken:
    """Write down that `by` has told the answer in words, because the person asked for that; the
    letter has been written all the same (art. 12(1); I11). Raises `CannotRecord`."""
    with transaction.atomic(), because(_("Answer told in words")):
        own = Demand.objects.select_related("request__customer").get(pk=demand.pk)
        RightsRequest.objects.select_for_update().get(pk=own.request_id)
        if not can_be_told(own) or Spoken.objects.filter(demand=own).exists():
            raise CannotRecord
        spoken = Spoken(demand=own, note=note, told_at=now, told_by=by)
        spoken.save()
    return spoken
