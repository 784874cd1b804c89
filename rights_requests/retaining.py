"""Retention as the worker and the command carry it out: with each customer go the requests and
letters that say who it was (P31, P67)."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from audit.tasks import does, later
from notices.models import governing_notice
from register.models import RetentionRun
from register.retention import CARRY_OUT, begin, carry_out
from rights_requests.carrying_out import leaving


def carry_out_run(run: RetentionRun, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Do what is left of `run`, with all that requests know of whoever is erased."""

    carry_out(run, clock=clock, around=lambda customers: leaving(customers, now=clock()))


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
