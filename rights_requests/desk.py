"""Staff's desk: what is waiting today, and what to do next with each request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext

from notices.terms import DataCategory
from register.holds import Block, BlockKind
from register.models import InformationDuty, Invoice, Paper
from register.models.restrictions import unrestricted
from rights_requests.deadlines import received_on
from rights_requests.identifying import is_known_who_asks
from rights_requests.models import (
    ABOUT_DATA,
    Certificate,
    Demand,
    Doubt,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Medium,
    Notification,
    Proof,
    RightsRequest,
)
from rights_requests.models.letters import TO_POST, UNDELIVERED, LetterQuerySet
from rights_requests.models.requests import ERASING, DemandQuerySet, RightsRequestQuerySet
from rights_requests.probing import is_lost
from rights_requests.waiting import failing

SOON = timedelta(days=7)
#: E-mail that has not left by then has something in its way.
SHOULD_LEAVE_IN = timedelta(hours=1)
#: Days before the due date on which the contact person is reminded (T11).
REMINDED_BEFORE = (7, 3, 1)


@dataclass(frozen=True)
class Today:
    """The figures of the front page."""

    due: int
    overdue: int
    unproven: int
    waiting: int
    failing: int
    undelivered: int
    overdue_letters: int
    to_post: int
    to_notify: int
    to_tell: int
    to_tell_late: int
    lost_probes: int
    to_shred: int

    @property
    def is_quiet(self) -> bool:
        return not any(vars(self).values())


def today_at(now: datetime) -> Today:
    """What is waiting at `now`: a handful of counts."""
    today = received_on(now)
    requests = RightsRequest.objects
    to_tell = InformationDuty.objects.filter(unrestricted(customer="customer"))
    return Today(
        due=due_soon(today).count(),
        overdue=overdue(today).count(),
        unproven=requests.unproven().count(),
        waiting=waiting_for_a_fact().count(),
        failing=failing().count(),
        overdue_letters=overdue_letters(now).count(),
        **Letter.objects.filter(sent_at=None).aggregate(
            undelivered=Count("pk", filter=UNDELIVERED), to_post=Count("pk", filter=TO_POST)
        ),
        to_notify=Notification.objects.waiting().count(),
        **to_tell.aggregate(
            to_tell=Count("pk"), to_tell_late=Count("pk", filter=Q(inform_by_on__lt=today))
        ),
        lost_probes=int(is_lost(now)),
        to_shred=Paper.objects.to_shred().count(),
    )


def overdue(today: date) -> RightsRequestQuerySet:
    """Open requests with an answer that is late."""
    return RightsRequest.objects.due_by(today - timedelta(days=1))


def due_soon(today: date) -> RightsRequestQuerySet:
    """Open requests with an answer due within seven days, and not late."""
    late = overdue(today).values("pk")
    return RightsRequest.objects.due_by(today + SOON).exclude(pk__in=late)


def waiting_for_a_fact() -> RightsRequestQuerySet:
    """Open requests for an erasure that an open invoice or a collection stops (E04), or that is
    decided and waits (E06)."""
    erasure = Demand.objects.undecided().of_row().filter(right__in=ERASING)
    stopped = Q(Exists(erasure), customer__in=Invoice.objects.hindering().values("customer"))
    return RightsRequest.objects.open().filter(
        stopped | Q(Exists(Demand.objects.waiting().of_row()))
    )


def overdue_letters(now: datetime) -> LetterQuerySet:
    """E-mail that has neither left nor been given up in an hour: the worker or the mail server
    does not work (I13). What waits for the next day waits for its hour then."""
    return Letter.objects.filter(
        Q(leaves_at=None) | Q(leaves_at__lt=now - SHOULD_LEAVE_IN),
        medium=Medium.EMAIL,
        sent_at=None,
        failed_at=None,
        written_at__lt=now - SHOULD_LEAVE_IN,
    )


def with_letters(requests: RightsRequestQuerySet) -> Any:
    """`requests`, each with what `next_step` wants to know of its letters and questions: whether an
    answer on paper lies in the house (`is_posting`), or a letter that asks (`is_asking`), and
    whether nothing is asked of who it is (`is_to_ask`)."""
    links = Link.objects.filter(request=OuterRef("pk"), ended_at=None, used_at=None)
    codes = links.filter(purpose=LinkPurpose.CODE)
    # a code that is wanted no more need not leave
    wants_code = Q(proof="") | Q(proof__in=(Proof.PROVEN_EMAIL, Proof.WRITTEN), knew_address=False)
    lying = Letter.objects.to_post().filter(request=OuterRef("pk")).order_by()
    question = Q(kind=LetterKind.QUESTION, doubt__isnull=False, doubt__answered_at=None)
    asked = Doubt.objects.open().filter(request=OuterRef("pk")).exclude(reason__in=ABOUT_DATA)
    proofs = links.filter(purpose__in=(LinkPurpose.PROOF, LinkPurpose.CODE))
    return requests.annotate(
        is_posting=Exists(lying.answers()),
        is_asking=Exists(lying.filter(question))
        | wants_code & Exists(codes) & Exists(lying.filter(kind=LetterKind.CODE)),
        is_to_ask=~Exists(proofs) & ~Exists(asked.order_by()),
    )


def next_step(
    request: RightsRequest,
    *,
    blocked: Iterable[Block],
    telling: bool,
    posting: bool,
    asking: bool = False,
    to_ask: bool = False,
) -> str:
    """What to do next with `request`, in one line; `blocked` are the facts of the register that
    stop an erasure, `telling` tells whether somebody else is still to be told. The rest is as
    `with_letters` tells it."""
    if request.closed_at:
        return gettext("Nothing: it is closed.")
    customer = request.customer
    undecided = [demand for demand in request.demands.all() if demand.is_open]
    if not undecided:
        steps = []
        if telling:
            steps.append(gettext("Tell those who have had the data, or say why nobody does."))
        if posting:
            steps.append(
                gettext(
                    "Post the answer, then press “I have posted it or handed it over” on its page."
                )
            )
        if steps:
            return " ".join(steps)
        if papers := _to_shred(request, blocked):
            told = gettext(
                "Shred %(papers)s, then press “It was shredded” on the paper's page; where "
                "somebody has it, first “It came back”."
            )
            return told % {"papers": ", ".join(papers)}
        return gettext("Nothing: the erasure runs by itself when nothing keeps the data any more.")
    if asking:
        return gettext(
            "Post the letter that asks, then press “I have posted it or handed it over” on its "
            "page."
        )
    if any(demand.is_paused for demand in undecided):
        return gettext("Wait for the answer to our question.")
    if request.needs_proof and not request.is_proven:
        if not to_ask:
            return gettext("Wait for the proof, or record another one.")
        if customer is None:
            return gettext("Find the customer, then ask for a proof.")
        return gettext("Ask for a proof, or record one.")
    if customer is None:
        return gettext("Choose the customer, or answer that nothing is held.")
    by_link = request.proof == Proof.PROVEN_EMAIL
    if by_link and not is_known_who_asks(request):
        if not to_ask:
            return gettext("Wait for the proof, or record another one.")
        return gettext("Ask for another proof: the e-mail is not the one in the register.")
    kinds = {block.kind for block in blocked}
    if kinds and {demand.right for demand in undecided} <= set(ERASING):
        named = ", ".join(str(kind.label) for kind in BlockKind if kind in kinds)
        return gettext(
            "Decide on the erasure: it waits by itself while this keeps the data: %(facts)s."
        ) % {"facts": named}
    named = ", ".join(str(demand.get_right_display()) for demand in undecided)
    return gettext("Decide: %(rights)s.") % {"rights": named}


def _to_shred(request: RightsRequest, blocked: Iterable[Block]) -> list[str]:
    """The papers that a decided erasure of `request` waits for, and where they are (P32)."""
    waiting = [demand for demand in request.demands.all() if demand.is_waiting]
    return [
        block.reference
        for block in blocked
        if block.kind == BlockKind.PAPER
        and any(
            not demand.categories
            or any(block.keeps_from_request(DataCategory(one)) for one in demand.categories)
            for demand in waiting
        )
    ]


# --- reminders


def reminder_lines(today: date) -> list[str]:
    """The requests to be reminded of today: at the target, and 7, 3 and 1 days before the end; and
    the certificates to be looked at again (P63)."""
    ends = [today + timedelta(days=days) for days in REMINDED_BEFORE]
    demands = _unanswered_in_order()
    again = Certificate.objects.filter(review_on=today).order_by("pk")
    return [
        *_lines(
            demand
            for demand in demands
            if demand.due_on
            and (demand.due_on in ends or (demand.target_on == today and demand.due_on > today))
        ),
        *(
            gettext("Certificate %(number)s: look again whether its ground still holds")
            % {"number": one.number}
            for one in again
        ),
    ]


def overdue_lines(today: date) -> list[str]:
    """The requests whose answer is late."""
    return _lines(_unanswered_in_order().filter(due_on__lt=today))


def _unanswered_in_order() -> DemandQuerySet:
    return Demand.objects.unanswered().select_related("request").order_by("due_on", "pk")


def _lines(demands: Iterable[Demand]) -> list[str]:
    return [
        gettext("%(number)s, %(right)s: due on %(day)s")
        % {
            "number": demand.request.number,
            "right": demand.get_right_display(),
            "day": date_format(demand.due_on, "SHORT_DATE_FORMAT") if demand.due_on else "",
        }
        for demand in demands
    ]
