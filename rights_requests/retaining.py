"""Retention as the worker and the command carry it out: with each customer go the requests and
letters that say who it was (P31, P67)."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from django.utils import timezone

from audit.tasks import does, later
from notices.models import governing_notice
from notices.terms import DataCategory
from register import narrowing
from register.models import Narrowing, RetentionRun
from register.retention import CARRY_OUT, begin, carry_out
from rights_requests.carrying_out import leaving
from rights_requests.notifying import Unasked, tell_of_own_erasure


def carry_out_run(run: RetentionRun, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Do what is left of `run`, with all that requests know of whoever is erased."""

    def around(customers: list[int]) -> AbstractContextManager[None]:
        return leaving(customers, now=clock(), unasked=Unasked.RETENTION)

    def before(customers: list[int], categories: Collection[DataCategory]) -> None:
        going = dict.fromkeys(categories, customers)
        tell_of_own_erasure(customers, why=Unasked.PART, going=going, now=clock())

    carry_out(run, clock=clock, around=around, before=before)


def carry_out_narrowing(one: Narrowing, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Do what is left of `one`; whoever has got the data is told before they go (art. 19; E12)."""

    def before(going: Mapping[DataCategory, Collection[int]]) -> None:
        customers = set().union(*going.values())
        tell_of_own_erasure(customers, why=Unasked.NOTICE, going=going, now=clock())

    narrowing.carry_out(one, clock=clock, before=before)


@does(narrowing.CARRY_OUT, is_long=True)
def _narrow(subject: int | None, *, now: datetime) -> None:
    for one in Narrowing.objects.filter(pk=subject or 0):
        carry_out_narrowing(one)


@does(CARRY_OUT, is_long=True)
def _carry_out(subject: int | None, *, now: datetime) -> None:
    for run in RetentionRun.objects.filter(pk=subject or 0):
        carry_out_run(run)


def order_run(*, now: datetime) -> RetentionRun | None:
    """Begin the run of today, or go on with the one that a kill left; the worker carries it out,
    unless it asks first. None while no notice is in force."""
    notice = governing_notice()
    if notice is None:
        return None
    run = begin(notice, today=timezone.localdate(now), now=now)
    if not run.is_asking:
        later(CARRY_OUT, run.pk, now=now)
    return run
