"""The status page: where a request stands, and what the person may do about it there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.terms import DataCategory, Right
from register.models import Objection, Restriction
from rights_requests.apart import Reading, letters_of
from rights_requests.copies import send_copy_again
from rights_requests.decisions import prove_by_code, send_proof, withdraw
from rights_requests.doubting import WAYS
from rights_requests.forgetting import READABLE_AFTER
from rights_requests.lifting import restriction_of
from rights_requests.models import (
    ABOUT_DATA,
    Demand,
    Doubt,
    Link,
    LinkPurpose,
    Means,
    Proof,
    Report,
    RightsRequest,
)
from rights_requests.models.requests import WITH_COPY
from rights_requests.objecting import resting
from rights_requests.reckoning import sentences

#: A new link of a kind is sent once in this time, however often it is asked for.
ONCE_IN = timedelta(minutes=5)
#: Whoever has shown no more than this may have got a code. That none of them has is not told: a
#: code goes to customers only (I08).
BEFORE_A_CODE = ("", Proof.PROVEN_EMAIL, Proof.WRITTEN)
#: What is asked of whom it is not known who asks: by which means, the letter tells whom it reached.
WHO_ASKS = _("Show us that it is you who asks, as our letter says.")


class Act(models.TextChoices):
    """What a person may do on the status page."""

    WITHDRAW = "withdraw"
    SEND_PROOF = "proof"
    GIVE_CODE = "code"
    SEND_COPY = "copy"


class Done(models.TextChoices):
    """What came of an act, in one sentence."""

    WITHDRAWN = "withdrawn", _("You have withdrawn the request.")
    PROOF_SENT = (
        "proof_sent",
        _("A link is on its way to your e-mail address. We send at most one in five minutes."),
    )
    PROVEN = "proven", _("Thank you. You have shown that it is you who asks.")
    WRONG_CODE = "wrong_code", _("The code is not right. Look at the letter and type it again.")
    COPY_SENT = (
        "copy_sent",
        _(
            "A link to your data is on its way to your e-mail address. We send at most one in "
            "five minutes."
        ),
    )


@dataclass(frozen=True)
class Standing:
    """One right demanded, as it stands now."""

    demand: Demand
    steps: list[str]
    #: what the data do not serve while an objection is weighed (art. 18(1)(d))
    resting: list[Objection]


@dataclass(frozen=True)
class Question:
    """What we asked, as far as whoever holds the link to the page may know it."""

    doubt: Doubt
    what: str | Promise
    stops: bool


@dataclass(frozen=True)
class Status:
    """A request as its sender is shown it."""

    request: RightsRequest
    standings: list[Standing]
    letters: list[Reading]
    #: what rests because of the request; None for nothing
    restriction: Restriction | None

    @property
    def resting(self) -> str:
        """Which data rest, in words."""
        chosen = self.restriction.categories if self.restriction else []
        labels = [str(DataCategory(one).label) for one in chosen]
        return ", ".join(labels) or gettext("all data")

    #: those that have left; by which means is not told, as a code goes to customers only (I08)
    questions: list[Question]
    acts: frozenset[Act]


def is_readable(request: RightsRequest, *, now: datetime) -> bool:
    """Whether the status page is still there: ninety days after the end it is not."""
    return request.closed_at is None or now <= request.closed_at + READABLE_AFTER


def status_of(request: RightsRequest, *, now: datetime) -> Status:
    """Where `request` stands at `now`."""
    demands = list(
        request.demands.select_related("certificate").prefetch_related("items", "weighings")
    )
    for demand in demands:
        demand.request = request
    # those that are kept for the person alone stand behind a link of their own
    letters = [] if request.forgotten_at else letters_of(request)
    return Status(
        request=request,
        standings=[
            Standing(
                demand,
                sentences(demand.reckoning),
                resting(demand) if demand.right == Right.OBJECTION else [],
            )
            for demand in demands
        ],
        letters=letters,
        restriction=restriction_of(request),
        questions=[
            _question(one, demands)
            for one in request.doubts.select_related("letter")
            if one.asked_on
        ],
        acts=acts_open(request, now=now),
    )


def _question(doubt: Doubt, demands: Iterable[Demand]) -> Question:
    return Question(
        doubt,
        WAYS[Means(doubt.means)] if doubt.reason in ABOUT_DATA else WHO_ASKS,
        stops=any(doubt.pause_of(demand) for demand in demands),
    )


def acts_open(request: RightsRequest, *, now: datetime) -> frozenset[Act]:
    """What the person may do with `request` at `now`."""
    to_prove = request.can_be_proven and not request.is_proven
    codes = Link.objects.working(now).filter(request=request, purpose=LinkPurpose.CODE)
    may = {
        Act.WITHDRAW: request.can_be_withdrawn,
        Act.SEND_PROOF: to_prove and bool(request.email),
        Act.GIVE_CODE: request.can_be_proven and (request.proof in BEFORE_A_CODE or codes.exists()),
        Act.SEND_COPY: bool(request.email) and bool(copies_given(request)),
    }
    return frozenset(act for act, is_so in may.items() if is_so)


def copies_given(request: RightsRequest) -> dict[str, Report]:
    """What answered `request` with data, by right, but for what has been forgotten."""
    found = Report.objects.filter(
        demand__request=request, demand__right__in=WITH_COPY, content__isnull=False
    )
    # a package may be large, and only its download needs it
    reports = found.select_related("demand__request__notice").defer("content")
    return {report.demand.right: report for report in reports.order_by("pk")}


def act_on(request: RightsRequest, act: str, *, code: str, now: datetime) -> Done | None:
    """Do what the person asks on the page; None when that cannot be done (any more)."""
    if act not in acts_open(request, now=now):
        return None
    match Act(act):
        case Act.WITHDRAW:
            return Done.WITHDRAWN if withdraw(request, now=now) else None
        case Act.SEND_PROOF:
            send = partial(send_proof, request, now=now)
            _send_once(request, LinkPurpose.PROOF, send, now=now)
            return Done.PROOF_SENT
        case Act.GIVE_CODE:
            return Done.PROVEN if prove_by_code(request, code, now=now) else Done.WRONG_CODE
        case Act.SEND_COPY:
            if copies := copies_given(request):
                # whichever letter it is, its link opens all that was given
                demand = next(iter(copies.values())).demand
                send = partial(send_copy_again, demand, now=now)
                _send_once(request, LinkPurpose.REPORT, send, now=now)
            return Done.COPY_SENT


def _send_once(
    request: RightsRequest, purpose: LinkPurpose, send: Callable[[], object], *, now: datetime
) -> None:
    with transaction.atomic():
        # held, so that of two forms at once one sends
        RightsRequest.objects.select_for_update().get(pk=request.pk)
        lately = request.links.filter(purpose=purpose, made_at__gt=now - ONCE_IN)
        if not lately.exists():
            send()
