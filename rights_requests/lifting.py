"""The end of a restriction: the person is told first, and the data are used again after that
(art. 18(3); S05)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from audit.reasons import because
from audit.tasks import does
from notices.terms import DataCategory, Right
from register.models import Restriction
from register.restricting import lift as lift_in_register
from register.restricting import take_back
from rights_requests.holding import hold_with_customer
from rights_requests.identifying import answers_at
from rights_requests.letters import END_WITHDRAWN, write
from rights_requests.models import Letter, LetterKind, RightsRequest
from rights_requests.notifying import tell_of_lifting


class NothingRestricted(Exception):
    """No restriction because of this request is in force."""


class NotToldYet(Exception):
    """The letter that tells of the lifting has not left (S05)."""


def restriction_of(request: RightsRequest) -> Restriction | None:
    """The restriction in force because of `request`; None for none."""
    if request.customer is None or request.customer.erased_at:
        return None
    held = request.customer.restrictions.in_force()
    return held.filter(imposed_by_request=request.number).first()


def notice_of(restriction: Restriction, request: RightsRequest) -> Letter | None:
    """The newest letter that tells that `restriction` will be lifted; None for none."""
    letters = request.letters.filter(kind=LetterKind.LIFTING)
    return letters.filter(written_at__gte=restriction.imposed_at).order_by("-pk").first()


def tell(request: RightsRequest, *, reasons: str, now: datetime) -> Letter:
    """Write to the person that the restriction will be lifted, and for which `reasons`. A letter
    that was written before stays the one. Raises `NothingRestricted`."""
    with transaction.atomic(), because(_("The person is told of the lifting")):
        own = hold_with_customer(request)
        restriction = restriction_of(own)
        if restriction is None:
            raise NothingRestricted
        if before := notice_of(restriction, own):
            return before
        # a request that has forgotten who asked has no address any more
        to = answers_at(own) or (None if own.can_be_written_to else own.customer)
        with override(own.language):
            data = [str(DataCategory(one).label) for one in restriction.categories]
        return write(
            LetterKind.LIFTING,
            own,
            now=now,
            demand=own.demands.filter(right=Right.RESTRICTION).first(),
            to=to,
            data=data,
            reasons=reasons,
        )


def lift(request: RightsRequest, *, by: Any, now: datetime) -> Restriction:
    """Let the data be used again, now that the person knows. Raises `NothingRestricted`, and
    `NotToldYet` while the letter has not left."""
    with transaction.atomic(), because(_("Restriction lifted")):
        own = hold_with_customer(request)
        restriction = restriction_of(own)
        if restriction is None:
            raise NothingRestricted
        letter = notice_of(restriction, own)
        if letter is None or letter.sent_at is None or letter.sent_at >= now:
            raise NotToldYet
        lift_in_register(restriction, told_at=letter.sent_at, by=by, now=now)
        for demand in own.demands.filter(right=Right.RESTRICTION):
            demand.request = own
            tell_of_lifting(demand, restriction.customer, now=now)
    return restriction


@does(END_WITHDRAWN)
def end_withdrawn(subject: int | None, *, now: datetime) -> None:
    """What rested as soon as it was known who asks, and nobody had decided on when the person
    withdrew the request `subject`, is used again after the letter about that (art. 18(3); S05)."""
    request = RightsRequest.objects.filter(pk=subject or 0).first()
    if request is None or request.withdrawn_at is None:
        return
    with transaction.atomic(), because(_("Withdrawn by the person")):
        own = hold_with_customer(request)
        restriction = restriction_of(own)
        told = own.letters.filter(kind=LetterKind.WITHDRAWN, sent_at__isnull=False)
        if restriction is None or restriction.imposed_by_id or not told.exists():
            return
        take_back(restriction.customer, request_number=own.number)
        for demand in own.demands.filter(right=Right.RESTRICTION):
            demand.request = own
            tell_of_lifting(demand, restriction.customer, now=now)
