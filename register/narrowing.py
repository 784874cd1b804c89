"""A notice that lists less than the one before: what it drops is emptied first, everywhere and in
history, so that it can come into force (V07). In blocks, each whole: killed, it goes on."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.bulk import Pauses
from audit.reasons import because
from audit.tasks import later
from notices.declarations import keeps_for_now, kept_for_now
from notices.models import Notice, governing_notice
from notices.terms import DataCategory
from register.erasure import empty_together, held_of, holding
from register.holds import Block, BlockKind, blocks_of_own_motion, facts_about, last_until
from register.models import Customer, Narrowing
from register.models.customers import CustomerQuerySet
from register.ownership import paths

A_BLOCK = 600
CARRY_OUT = "empty_dropped_data"
NOT_LISTED = _("The privacy notice does not list these data")


def dropped_by(draft: Notice, governing: Notice) -> list[DataCategory]:
    """What the notice in force lists and `draft` does not, in the order of the vocabulary."""
    return [one for one in DataCategory if one in governing.declared - draft.declared]


def holders(categories: Collection[DataCategory]) -> CustomerQuerySet:
    """The customers about whom anything of `categories` is kept, or was."""
    return Customer.objects.unerased().filter(holding(categories)).order_by("pk")


@keeps_for_now
def _by_facts(model: type[models.Model], category: DataCategory) -> Q:
    way = OuterRef(paths()[model] or "id")
    return reduce(
        or_,
        (Q(Exists(facts.filter(customer=way))) for facts in facts_about(category).values()),
    )


@dataclass(frozen=True)
class Kept:
    """Data that no notice lists any more, kept by facts of one kind: of how many customers, and
    when the last of the facts is looked at again, if a day is known."""

    category: DataCategory
    kind: BlockKind
    people: int
    until: date | None

    def __str__(self) -> str:
        told: dict[str, Any] = {"data": self.category.label, "why": self.kind.label}
        if self.until is None:
            return gettext("%(data)s: %(why)s, until that ends") % told
        told["day"] = date_format(self.until, "SHORT_DATE_FORMAT")
        return gettext("%(data)s: %(why)s, looked at again on %(day)s at the latest") % told


def kept_of(categories: Iterable[DataCategory]) -> list[Kept]:
    """What of `categories` must stay for now, and why; as many queries for many customers."""
    found = []
    for category in categories:
        people = holders([category]).order_by()
        for kind, facts in facts_about(category).items():
            held = people.filter(Exists(facts.filter(customer=OuterRef("pk"))))
            if count := held.count():
                own = facts.filter(customer__in=held.values("pk"))
                found.append(Kept(category, kind, count, last_until(kind, own)))
    return found


def undeclared_by(notice: Notice) -> list[DataCategory]:
    """What `notice` does not list, in the order of the vocabulary."""
    return [one for one in DataCategory if one not in notice.declared]


def kept_undeclared(
    customer: Customer, notice: Notice, found: Iterable[Block]
) -> list[DataCategory]:
    """What there is of `customer`, be it in history alone, that `notice` does not list and that one
    of `found` keeps."""
    facts = [one for one in found if not one.is_weighed]
    kept = [one for one in undeclared_by(notice) if any(why.keeps([one]) for why in facts)]
    return held_of(customer, kept) if kept else []


def kept_back(categories: Collection[DataCategory]) -> int:
    """Of how many something of `categories` stays for now: an open invoice or a decision needs it,
    or they are restricted."""
    kept = Q(pk__in=[])
    for one in categories:
        kept |= Q(holding([one])) & kept_for_now(Customer, one)
    return Customer.objects.unerased().filter(kept).count()


def is_there_more(categories: Iterable[DataCategory]) -> bool:
    """Whether anybody has data of `categories` that nothing keeps."""
    return any(
        holders([one]).exclude(kept_for_now(Customer, one)).order_by().exists()
        for one in categories
    )


def empty_undeclared(*, now: datetime) -> Narrowing | None:
    """Let the worker empty what the notice in force does not list and what nothing keeps any more;
    None when there is nothing, or it is being done."""
    notice = governing_notice()
    if notice is None or Narrowing.objects.filter(ended_at=None).exists():
        return None
    categories = [one for one in undeclared_by(notice) if is_there_more([one])]
    if not categories:
        return None
    with because(NOT_LISTED):
        return begin(categories, by=None, now=now)


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


#: Called with the data that are about to be emptied, and the keys of whose they are.
Before = Callable[[Mapping[DataCategory, Collection[int]]], object]


def _told_nobody(_going: Mapping[DataCategory, Collection[int]]) -> None:
    """The register alone has nobody to tell: whoever knows letters gives another."""


def carry_out(
    one: Narrowing,
    *,
    clock: Callable[[], datetime] = timezone.now,
    before: Before = _told_nobody,
) -> None:
    """Do what is left of `one`; `before` is called with the data that are emptied, and the keys of
    whose they are, once in the transaction that does it. Twice at once does no harm: each block
    holds its row."""
    pause = Pauses()
    with because(NOT_LISTED):
        while _next_block(one.pk, clock(), before):
            pause()
    one.refresh_from_db()


def _next_block(key: int, now: datetime, before: Before) -> bool:
    """Empty one block of customers; False when none is left."""
    with transaction.atomic():
        one = Narrowing.objects.select_for_update().get(pk=key)
        if one.ended_at:
            return False
        categories = [DataCategory(value) for value in one.categories]
        rows = holders(categories).filter(pk__gt=one.after).values_list("pk", flat=True)
        if keys := list(rows[:A_BLOCK]):
            blocks = blocks_of_own_motion(keys)
            goes: dict[frozenset[int], list[DataCategory]] = {}
            for category in categories:
                free = frozenset(
                    key
                    for key in keys
                    if not any(why.keeps([category]) for why in blocks.get(key, ()))
                )
                goes.setdefault(free, []).append(category)
            before({category: free for free, together in goes.items() for category in together})
            for free, together in goes.items():
                one.emptied += empty_together(
                    free,
                    together,
                    which=lambda _model: Q(),
                    because_of=one.number,
                    now=now,
                )
            one.done += len(keys)
            # a fact that keeps only what somebody has nothing of keeps nothing
            kept = [
                Q(pk__in=[*set(keys) - free]) & holding(together) for free, together in goes.items()
            ]
            one.kept += Customer.objects.filter(reduce(or_, kept)).count()
            one.after = keys[-1]
        else:
            one.ended_at = now
        one.save()
    return bool(keys)
