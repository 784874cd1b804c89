"""Who outside was given which data of a customer: by the ledger, or by seeing them all the time
(art. 19; N01, P58)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Min
from django.utils.timezone import localdate, make_aware

from register.models import Customer, Disclosed, Recipient


@dataclass(frozen=True)
class Given:
    """That `recipient` was given `categories` of data at a moment; or that it sees them all the
    time, or saw them until that moment since an earlier one."""

    recipient: Recipient
    categories: frozenset[str]
    at: datetime | None = None
    since: datetime | None = None

    def has_had(self, category: str, *, until: datetime) -> bool:
        """Whether the recipient knows data of `category` as they were before `until`."""
        first = self.since or self.at
        return category in self.categories and (first is None or first <= until)


@dataclass(frozen=True)
class Access:
    """That `recipient` saw the data of all customers all the time, from one day to another."""

    recipient: Recipient
    categories: frozenset[str]
    begins_on: date
    ends_on: date

    def goes_on(self, today: date) -> bool:
        return self.ends_on >= today

    @property
    def over_at(self) -> datetime | None:
        """The moment when it was over, or will be; None for one without an end."""
        return None if self.ends_on == date.max else _morning(self.ends_on + timedelta(days=1))

    def saw(self, since: datetime) -> bool:
        """Whether it had not ended when data of somebody came who is here `since` then."""
        return self.ends_on >= localdate(since)

    def given(self, since: datetime, *, today: date) -> Given | None:
        """What it was given of a customer whose data are here `since` then; None for nothing."""
        if self.begins_on > today or not self.saw(since):
            return None
        if self.goes_on(today):
            return Given(self.recipient, self.categories)
        begun = since if self.begins_on <= localdate(since) else _morning(self.begins_on)
        return Given(self.recipient, self.categories, self.over_at, begun)


def accesses() -> list[Access]:
    """Every time in which somebody outside saw the data all the time, also one that is over: who
    had them then may have them still, and is told of what becomes of them (art. 19)."""
    history: Any = Recipient.history
    ever = history.filter(has_standing_access=True).order_by().values("id")
    recipients = Recipient.objects.in_bulk(list(ever.distinct().values_list("id", flat=True)))
    versions = history.filter(id__in=recipients).order_by("id", "history_date", "history_id")
    return [
        one
        for key, of_one in groupby(versions, key=lambda version: version.id)
        for one in _accesses_of(recipients[key], list(of_one))
    ]


def _accesses_of(recipient: Recipient, versions: list[Any]) -> list[Access]:
    """What `versions`, oldest first, say of the times in which `recipient` saw the data: the last
    one of a time has its days as they were put right; the mark that comes and goes bounds them."""
    runs = [list(run) for _sees, run in groupby(versions, key=lambda one: one.has_standing_access)]
    found = []
    for place, run in enumerate(runs):
        if not run[0].has_standing_access:
            continue
        begins, ends = run[-1].contract_on or date.min, run[-1].ended_on or date.max
        if place:
            begins = max(begins, localdate(run[0].history_date))
        if place + 1 < len(runs):
            ends = min(ends, localdate(runs[place + 1][0].history_date))
        saw = frozenset().union(*(one.categories for one in run))
        found.append(Access(recipient, saw, begins, ends))
    return found


def _morning(day: date) -> datetime:
    return make_aware(datetime(day.year, day.month, day.day))


def seen_by(customer: Customer) -> list[Access]:
    """Each time in which somebody outside sees the data of `customer` all the time, or saw them, or
    will by contract; in the order of names."""
    every = accesses()
    here = _here_since([customer.pk]) if every else {}
    saw = [one for one in every if one.saw(here[customer.pk])]
    return sorted(saw, key=lambda one: (one.recipient.name, one.recipient.pk, one.begins_on))


def recipients_of(customer: Customer, *, today: date) -> list[Recipient]:
    """Who was given data of `customer`, by the ledger, and who sees or saw such data all the time,
    in the order of names."""
    return [given[0].recipient for given in given_to(customer, today=today)]


def given_to(customer: Customer, *, today: date) -> list[list[Given]]:
    """What each recipient was given of the data of `customer`, in the order of names."""
    each = given_to_each([customer.pk], today=today).values()
    return [given for of_customer in each for given in of_customer.values()]


def given_to_each(
    customers: Iterable[int], *, today: date
) -> dict[Recipient, dict[int, list[Given]]]:
    """What each recipient was given of the data of `customers` (keys), by customer, in the order of
    names; in as many queries for many."""
    keys = sorted(customers)
    found: dict[Recipient, dict[int, list[Given]]] = {}
    every = accesses()
    here = _here_since(keys) if every else {}
    for access in every:
        for key in keys:
            if given := access.given(here[key], today=today):
                found.setdefault(access.recipient, {}).setdefault(key, []).append(given)
    rows = Disclosed.objects.filter(customer__in=keys, disclosure__recipient__isnull=False)
    for row in rows.select_related("disclosure__recipient").order_by("pk"):
        of = row.disclosure
        if of.recipient:
            given = Given(of.recipient, frozenset(of.categories), of.disclosed_at)
            found.setdefault(of.recipient, {}).setdefault(row.customer_id, []).append(given)
    return dict(sorted(found.items(), key=lambda of: (of[0].name, of[0].pk)))


def _here_since(customers: list[int]) -> dict[int, datetime]:
    """Since when data of `customers` (keys) have been here, as their history says."""
    history: Any = Customer.history
    rows = history.filter(id__in=customers).order_by().values("id")
    return dict(rows.annotate(at=Min("history_date")).values_list("id", "at"))
