"""A notice that lists less than the one before: what it drops is emptied first, everywhere and in
history, so that it can come into force (V07). In blocks, each whole: killed, it goes on."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.bulk import Pauses
from audit.reasons import because
from audit.tasks import later
from notices.models import Notice
from notices.terms import DataCategory
from register.erasure import empty_together, holding
from register.holds import NO_USE_FOR_A_DEBT, blocks_of_own_motion
from register.models import Customer, Hold, Invoice, Narrowing, Restriction
from register.models.customers import CustomerQuerySet

A_BLOCK = 300
CARRY_OUT = "empty_dropped_data"


def dropped_by(draft: Notice, governing: Notice) -> list[DataCategory]:
    """What the notice in force lists and `draft` does not, in the order of the vocabulary."""
    return [one for one in DataCategory if one in governing.declared - draft.declared]


def holders(categories: Collection[DataCategory]) -> CustomerQuerySet:
    """The customers about whom anything of `categories` is kept, or was."""
    return Customer.objects.unerased().filter(holding(categories)).order_by("pk")


def kept_back(categories: Collection[DataCategory]) -> int:
    """How many of them keep theirs for now: an open invoice or a decision needs the data, or they
    are restricted."""
    held = Q(Exists(Hold.objects.holding().filter(customer=OuterRef("pk"))))
    held |= Q(Exists(Restriction.objects.in_force().filter(customer=OuterRef("pk"))))
    if not set(categories) <= NO_USE_FOR_A_DEBT:
        held |= Q(Exists(Invoice.objects.hindering().filter(customer=OuterRef("pk"))))
    return holders(categories).filter(held).count()


def begin(categories: Collection[DataCategory], *, by: Any, now: datetime) -> Narrowing:
    """Let the worker empty `categories`. Needs a `because` block, which says why."""
    with transaction.atomic():
        one = Narrowing.objects.create(
            categories=list(categories),
            asked_by=by,
            asked_at=now,
            people=holders(categories).count(),
        )
        later(CARRY_OUT, one.pk, now=now)
    return one


def _told_nobody(_customers: list[int]) -> None:
    """The register alone has nobody to tell: whoever knows letters gives another."""


def carry_out(
    one: Narrowing,
    *,
    clock: Callable[[], datetime] = timezone.now,
    before: Callable[[list[int]], object] = _told_nobody,
) -> None:
    """Do what is left of `one`; `before` is called with the keys of whose data are emptied, in the
    transaction that does it. Twice at once does no harm: each block holds its row."""
    pause = Pauses()
    with because(_("The next privacy notice does not list these data")):
        while _next_block(one.pk, clock(), before):
            pause()
    one.refresh_from_db()


def _next_block(key: int, now: datetime, before: Callable[[list[int]], object]) -> bool:
    """Empty one block of customers; False when none is left."""
    with transaction.atomic():
        one = Narrowing.objects.select_for_update().get(pk=key)
        if one.ended_at:
            return False
        categories = [DataCategory(value) for value in one.categories]
        rows = holders(categories).filter(pk__gt=one.after).values_list("pk", flat=True)
        if keys := list(rows[:A_BLOCK]):
            blocks = blocks_of_own_motion(keys)
            kept = {
                customer
                for customer in keys
                if any(why.keeps(categories) for why in blocks.get(customer, ()))
            }
            goes = [customer for customer in keys if customer not in kept]
            before(goes)
            one.emptied += empty_together(
                goes,
                categories,
                which=lambda _model: Q(),
                because_of=one.number,
                now=now,
            )
            one.done += len(keys)
            one.kept += len(kept)
            one.after = keys[-1]
        else:
            one.ended_at = now
        one.save()
    return bool(keys)
