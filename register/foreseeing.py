"""What a draft of a notice would change in the register, in numbers, before it is published: who
falls due, which lists may go out no more, who must be told, and which recipients are dropped (V07,
V08, C04, N01, N03)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Count, TextField
from django.db.models.functions import Cast

from notices.declarations import kept_for_now
from notices.models import Notice
from notices.terms import ClauseKind, DataCategory, Purpose
from register.given import accesses
from register.got import has_got
from register.models import Customer, CustomerList, Lifespan, Recipient
from register.retention import Rule, count_due, data_due, rules_of, whole


@dataclass(frozen=True)
class Dropped:
    """A recipient whom the draft does not let have all of its data: which it loses, and of how many
    customers it has got any (art. 19)."""

    recipient: Recipient
    categories: list[DataCategory]
    people: int
    #: of how many a letter asks it to erase them when they are emptied: not of whom a fact keeps
    #: them; None where they stay in the register, and nobody asks but staff
    asked: int | None

    @property
    def data(self) -> str:
        return ", ".join(str(one.label) for one in self.categories)


@dataclass(frozen=True)
class Foreseen:
    """What changes when a draft comes into force."""

    #: of how many the day of the whole customer is counted anew, and how many are due before, after
    moved: int
    due_before: int
    due_after: int
    #: of how many customers single data are due then, where their periods change
    data: list[tuple[DataCategory, int]]
    #: how many ready lists it is that forbids them
    lists: int
    #: purposes that the notice in force does not name, and of how many people they are news
    purposes: list[Purpose]
    to_tell: int
    dropped: list[Dropped]

    @property
    def changes(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.moved or self.data or self.lists or self.purposes or self.dropped)


def foresee(draft: Notice, governing: Notice, *, today: date) -> Foreseen:
    """What `draft` would change against `governing`; as many queries for many customers."""
    before, after = rules_of(governing), rules_of(draft)
    is_moved = _periods(whole(before)) != _periods(whole(after))
    single = _periods(one for one in before if one.categories) != _periods(
        one for one in after if one.categories
    )
    purposes = _purposes(draft) - _purposes(governing)
    people = Customer.objects.unerased().filter(organisation_name="")
    return Foreseen(
        moved=Lifespan.objects.count() if is_moved else 0,
        due_before=count_due(whole(before), today),
        due_after=count_due(whole(after), today),
        data=[(one, len(keys)) for one, keys in data_due(draft, today).items()] if single else [],
        lists=_lists(draft, governing),
        purposes=[one for one in Purpose if one in purposes],
        to_tell=people.count() if purposes else 0,
        dropped=_dropped(draft, governing, today=today),
    )


def _periods(rules: Iterable[Rule]) -> set[tuple[Any, ...]]:
    return {(rule.start, rule.months, rule.inactive_months, rule.categories) for rule in rules}


def _purposes(notice: Notice) -> set[str]:
    return {one.term for one in notice.clauses.all() if one.kind == ClauseKind.PURPOSE}


def _lists(draft: Notice, governing: Notice) -> int:
    """How many lists wait that `draft` forbids, their purpose or data on them, and `governing` does
    not."""
    ready = CustomerList.objects.filter(made_at__isnull=False, ended_at=None)
    still = _allowed(draft).values("pk")
    return _allowed(governing).filter(pk__in=ready.values("pk")).exclude(pk__in=still).count()


def _allowed(notice: Notice) -> "models.QuerySet[Any]":
    rows: models.QuerySet[Any] = models.QuerySet(CustomerList)
    rows = rows.filter(purpose__in=_purposes(notice)).alias(has=Cast("categories", TextField()))
    for category in DataCategory:
        if category not in notice.declared:
            rows = rows.exclude(has__contains=f'"{category.value}"')
    return rows


def _dropped(draft: Notice, governing: Notice, *, today: date) -> list[Dropped]:
    """Those who have got any, counted as the letters to them name people."""
    losing = {
        one: _lost(one, draft, why)
        for block in Recipient.objects.on(today).in_blocks()
        for one in block
        if (why := one.refusals(draft)) and not one.refusals(governing)
    }
    every, counts = accesses(), {}
    for one, lost in losing.items():
        got = {of: has_got(one, [of], every, today=today) for of in lost}
        goes = [has & ~kept_for_now(Customer, of) for of, has in got.items()]
        counts[f"of_{one.pk}"] = Count("pk", filter=reduce(or_, got.values()))
        counts[f"asked_{one.pk}"] = Count("pk", filter=reduce(or_, goes))
    found = Customer.objects.unerased().aggregate(**counts)
    return [
        Dropped(
            one,
            lost,
            people,
            found[f"asked_{one.pk}"] if draft.declared.isdisjoint(lost) else None,
        )
        for one, lost in losing.items()
        if (people := found[f"of_{one.pk}"])
    ]


def _lost(recipient: Recipient, draft: Notice, why: Iterable[str]) -> list[DataCategory]:
    """What `recipient` may have no more under `draft`, which refuses the columns `why`, in the
    order of the vocabulary."""
    kept = draft.declared if set(why) == {"categories"} else frozenset()
    return [one for one in DataCategory if one in set(recipient.categories) - kept]
