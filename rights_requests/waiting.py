"""Erasures that somebody has decided, and that wait for what keeps the data: whoever is kept by
nothing any more is erased without a new request, and told (P30, E06)."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import InterfaceError, OperationalError, models, transaction
from django.db.models.functions import Lower

from audit.models import Task
from audit.reasons import because
from audit.tasks import does, failed, fault_of
from register.emails import every_spelling, same_mailbox
from register.holds import Block, BlockKind, are_papers, blocks_of, roles_of
from register.models import Customer
from register.models.customers import CARRY_OUT_ERASURE
from rights_requests.carrying_out import carry_out_erasure, held_and_needless, put_off_erasure
from rights_requests.deadlines import received_on
from rights_requests.decisions import of_what_is_asked, reason_of, what_keeps
from rights_requests.holding import hold_with_customer
from rights_requests.models import Demand
from rights_requests.models.requests import WITH_COPY, DemandQuerySet

A_BLOCK = 500

log = logging.getLogger(__name__)


class ErasuresFailed(Exception):
    """Some erasures met an error and were not carried out; carries the numbers of their requests
    and the kind of each error. All others were."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(", ".join(f"{number} ({fault})" for number, fault in faults.items()))
        self.faults = faults


@dataclass(frozen=True)
class Waiting:
    """An erasure that waits, and what it waits for; nothing where it goes the next time."""

    demand: Demand
    kept: list[Block]

    @property
    def look_again_on(self) -> date | None:
        """The first day on which one of the facts is looked at again."""
        return min((one.until for one in self.kept if one.until), default=None)


def in_order() -> DemandQuerySet:
    """What waits, the longest first."""
    waiting = Demand.objects.waiting().select_related("request__customer", "decided_by")
    return waiting.order_by("pk")


def facts_of(demands: Iterable[Demand], *, today: date) -> list[Waiting]:
    """What each of `demands` waits for, as `what_keeps` tells of one; in as many queries for
    many."""
    waiting = list(demands)
    customers = {one.request.customer_id: one.request.customer for one in waiting}
    people = [one for one in customers.values() if one]
    found = blocks_of(one.pk for one in people)
    asked = _asked_by_mail(people)
    # each by itself: of two requests of one customer one may not wait for the role
    weighed = {
        one.request.customer_id: received_on(one.granted_at)
        for one in waiting
        if one.needed_for_role and one.request.customer_id and one.granted_at
    }
    roles = roles_of(weighed, today=today)
    return [
        Waiting(
            one,
            of_what_is_asked(
                one,
                [
                    *found.get(key, ()),
                    *(roles.get(key, ()) if one.needed_for_role else ()),
                    *asked.get(key, ()),
                ],
            ),
        )
        for one in waiting
        for key in [one.request.customer_id or 0]
    ]


def _asked_by_mail(customers: Sequence[Customer]) -> dict[int, list[Block]]:
    """Demands for data from the customers' e-mail addresses that nobody has found yet (A09)."""
    owners = defaultdict(list)
    for one in customers:
        if one.email:
            owners[same_mailbox(one.email)].append(one.pk)
    found: dict[int, list[Block]] = defaultdict(list)
    asking = Demand.objects.undecided().filter(
        request__customer=None, request__identified_at__isnull=False, right__in=WITH_COPY
    )
    spelt = {spelling for one in customers for spelling in every_spelling(one.email)}
    mailed = asking.alias(mailbox=Lower("request__email")).filter(mailbox__in=spelt)
    # several rights of one request are one fact
    asked = {one.request for one in mailed.select_related("request")}
    for request in sorted(asked, key=lambda one: one.pk):
        for key in owners[same_mailbox(request.email)]:
            found[key].append(Block(BlockKind.OPEN_REQUEST, request.number))
    return found


def carry_out(*, now: datetime, customers: Iterable[int] | None = None) -> int:
    """Erase those, of `customers` (keys) or of all who wait, whom nothing keeps any more; gives how
    many. Each is a transaction of its own, so a second run goes on where a kill left.

    An error in one stops no other: raises `ErasuresFailed` in the end. While the database is away
    nothing can go on, and its own error is raised at once.
    """
    erased = after = 0
    faults = {}
    waiting = in_order()
    if customers is not None:
        waiting = waiting.filter(request__customer__in=list(customers))
    while block := list(waiting.filter(pk__gt=after)[:A_BLOCK]):
        after = block[-1].pk
        for one in facts_of(block, today=received_on(now)):
            if one.kept and not are_papers(one.kept):
                continue
            request = one.demand.request
            try:
                erased += _erase(one.demand, now=now)
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:
                log.exception("an erasure that has waited failed")
                failed(CARRY_OUT_ERASURE, request.customer_id, error, now=now)
                faults[request.number] = fault_of(error)
    if faults:
        raise ErasuresFailed(faults)
    return erased


def failing() -> "models.QuerySet[Task, int | None]":
    """The customers (keys) whose erasure nothing keeps, and met an error when it was tried last."""
    tried = Task.objects.undone(CARRY_OUT_ERASURE).exclude(fault="")
    return tried.order_by().values_list("subject", flat=True).distinct()


def _erase(demand: Demand, *, now: datetime) -> bool:
    """Carry out `demand`; False when something keeps the data again, or somebody was faster. Where
    papers are all that is left to wait for, what they do not need goes before (E03)."""
    with transaction.atomic():
        request = hold_with_customer(demand.request)
        own = Demand.objects.get(pk=demand.pk)
        own.request = request
        if not own.is_waiting or request.customer is None:
            return False
        kept = what_keeps(own, today=received_on(now))
        if kept:
            if are_papers(kept) and held_and_needless(own, request.customer, kept)[1]:
                with because(reason_of(own)):
                    put_off_erasure(own, request.customer, kept, now=now)
            return False
        with because(reason_of(own)):
            carry_out_erasure(own, request.customer, now=now)
    return True


@does(CARRY_OUT_ERASURE)
def _look_again(subject: int | None, *, now: datetime) -> None:
    carry_out(now=now, customers=[subject or 0])
