"""To ask the person, where it is open who asks, which of many data are meant or which value is
right: for a reason from a list, by the mildest means, and as soon as the doubt is there
(art. 12(6), rec. 63; I05, T06, T07, R04)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from audit.reasons import because
from notices.terms import DataCategory, Right
from register.models import Customer
from rights_requests.deadlines import moment_of
from rights_requests.identifying import (
    answers_at,
    is_email_proven,
    is_enough_for,
    same_email,
)
from rights_requests.items import named
from rights_requests.letters import write
from rights_requests.models import (
    ABOUT_DATA,
    EVIDENCE,
    Doubt,
    DoubtReason,
    Item,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Means,
    RightsRequest,
)

#: A question that comes later than this after its cause stops no clock (T06: no undue delay).
WITHOUT_DELAY = timedelta(days=7)
#: So many orders and invoices are a large quantity of data (rec. 63; T07).
LARGE = 100
#: How the means are told to the person.
WAYS: dict[Means, Promise] = {
    Means.DETAIL: _(
        "Tell us something that only you and we can know. It can be the number of an order or of "
        "an invoice."
    ),
    Means.SIGNED: _("Send us a letter with your signature, or a scan of one."),
    Means.IN_PERSON: _("Visit us and show an identity card. We take no copy of it."),
    Means.WHICH_DATA: _(
        "Tell us which of the data you mean, or which use of them. If you want all of them, say "
        "so. Then you get all."
    ),
    Means.WHERE_SEEN: _(
        "Tell us where the right value can be seen. It can be a public register or a page."
    ),
    Means.PAPER_SHOWN: _("Show us a paper that has the right value. We take no copy of it."),
    Means.PAPER_COPY: _(
        "Send us a copy of a paper that has the right value. Cover everything else on it."
    ),
}
#: Whoever is reached by them knows them best: no evidence of them is relevant (R04).
OWN_WORD_IS_ENOUGH = frozenset(
    {
        DataCategory.EMAIL,
        DataCategory.PHONE,
        DataCategory.POSTAL_ADDRESS,
        DataCategory.WEBSITE,
    }
)
#: Only a paper on what somebody is called would be one of identity: of that no copy is asked (I05).
NO_COPY = frozenset({DataCategory.NAME.value, ""})


class CannotAsk(Exception):
    """There is nothing to doubt, something was asked already, or milder means would do."""


def reasons_open(request: RightsRequest) -> list[DoubtReason]:
    """The reasons for which the person may be asked now; empty where it is known who asks, as then
    nothing more may be asked (P51), and while an answer is waited for."""
    open_demands = [one for one in request.demands.all() if one.is_open]
    waits = any(one.answered_at is None for one in request.doubts.all())
    if not request.needs_proof or not open_demands or waits:
        return []
    if request.customer is None or not all(map(is_enough_for, open_demands)):
        return [one for one in DoubtReason if one not in ABOUT_DATA]
    asks = any(one.right == Right.ACCESS for one in open_demands)
    large = [DoubtReason.LARGE_QUANTITY] if _is_large(request.customer) and asks else []
    return [*large, *([DoubtReason.ACCURACY] if to_prove(request) else [])]


def to_prove(request: RightsRequest) -> dict[int, Item]:
    """The undecided items, by place, of which it may be relevant to ask which value is right: not
    contact data, which the person knows best (R04)."""
    demands = [one for one in request.demands.all() if one.right == Right.RECTIFICATION]
    items = [item for one in demands if one.is_open for item in one.items.all()]
    places = enumerate(items, 1)
    return {place: one for place, one in places if one.category not in OWN_WORD_IS_ENOUGH}


def _is_large(customer: Customer) -> bool:
    return customer.orders.count() + customer.invoices.count() >= LARGE


def means_open(request: RightsRequest) -> list[Means]:
    """What the person can be asked for to show who asks, the mildest first."""
    means = []
    if request.customer and request.customer.street:
        means.append(Means.CODE)
    if request.can_be_written_to:
        means += [Means.DETAIL, Means.SIGNED, Means.IN_PERSON]
    return means


def means_for(request: RightsRequest, reason: str) -> list[Means]:
    """What may be asked for because of `reason`, the mildest first (I05, T07, R04)."""
    if reason == DoubtReason.LARGE_QUANTITY:
        return [Means.WHICH_DATA]
    if reason != DoubtReason.ACCURACY:
        return means_open(request)
    of_names = any(one.category in NO_COPY for one in to_prove(request).values())
    return [one for one in EVIDENCE if not (of_names and one == Means.PAPER_COPY)]


def is_mildest(request: RightsRequest, means: str) -> bool:
    """Whether nothing milder than `means` is left to ask for: mildest is the link in the receipt,
    which stops no clock (I04), where it would show who asks."""
    if means in (Means.WHICH_DATA, *EVIDENCE):
        return means in (Means.WHICH_DATA, EVIDENCE[0])
    customer = request.customer
    by_link = bool(request.email) and not is_email_proven(request)
    if by_link and (customer is None or same_email(request, customer)):
        return False
    return means == next(iter(means_open(request)), None)


def ask(
    request: RightsRequest,
    *,
    reason: str,
    means: str,
    by: Any,
    now: datetime,
    why_not_milder: str = "",
) -> Doubt:
    """Write to the person, and let the clock stand still from when the letter leaves.

    The letter that carries a code goes to the address in the register, and tells nobody else that
    the register has one (I08). Raises `CannotAsk`.
    """
    with transaction.atomic(), because(_("The person is asked")):
        own = RightsRequest.objects.select_for_update().get(pk=request.pk)
        if reason not in reasons_open(own) or means not in means_for(own, reason):
            raise CannotAsk
        if not (is_mildest(own, means) or why_not_milder.strip()):
            raise CannotAsk
        # to check a value is our own work, and no doubt of who asks (T06)
        in_time = now - _cause_of(own) <= WITHOUT_DELAY
        stops_clock = in_time and reason != DoubtReason.ACCURACY
        doubt = Doubt(
            request=own,
            reason=reason,
            means=means,
            why_not_milder=why_not_milder,
            letter=_write(own, DoubtReason(reason), Means(means), stops=stops_clock, now=now),
            asked_at=now,
            asked_by=by,
            stops_clock=stops_clock,
        )
        doubt.save()
    return doubt


def _cause_of(request: RightsRequest) -> datetime:
    """When what may raise a doubt came: the request, a proof, or an answer that does not do."""
    answered = [one.answered_at for one in request.doubts.all() if one.answered_at]
    return max(filter(None, [request.received_at, request.identified_at, *answered]))


def _write(
    request: RightsRequest, reason: DoubtReason, means: Means, *, stops: bool, now: datetime
) -> Letter:
    words: dict[str, Any] = {"doubt": reason.label, "stops": stops}
    if means == Means.CODE:
        made = Link.objects.issue(request, LinkPurpose.CODE, now=now)
        return write(LetterKind.CODE, request, now=now, links=[made], to=request.customer, **words)
    about_data = reason in ABOUT_DATA
    if reason == DoubtReason.ACCURACY:
        with override(request.language):
            words["about_items"] = [named(one, place) for place, one in to_prove(request).items()]
    return write(
        LetterKind.QUESTION,
        request,
        now=now,
        to=answers_at(request),
        way=WAYS[means],
        about_who=not about_data,
        **words,
    )


def record_answer(request: RightsRequest, *, came_on: date, now: datetime) -> bool:
    """The answer has come on `came_on`: the clock goes on. False where nothing was asked."""
    with transaction.atomic(), because(_("The person has answered")):
        own = RightsRequest.objects.select_for_update().get(pk=request.pk)
        return settle(own, came_on=came_on, now=now)


def settle(
    request: RightsRequest, *, came_on: date, now: datetime, about_who: bool = False
) -> bool:
    """End the question that is open, with `about_who` only one about who asks. Needs a transaction
    that holds `request`, and a `because` block."""
    doubt = request.doubts.open().first()
    if doubt is None or (about_who and doubt.reason in ABOUT_DATA):
        return False
    doubt.answered_at = max(moment_of(came_on, now), doubt.asked_at)
    doubt.save()
    request.reckon_again()
    return True
