"""Who outside was given which data of a customer: by the ledger, or by seeing them all the time
(art. 19; N01, P58)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from register.models import Customer, Disclosed, Disclosure, Recipient


@dataclass(frozen=True)
class Given:
    """That `recipient` was given `categories` of data at a moment, or sees them all the time."""

    recipient: Recipient
    categories: frozenset[str]
    at: datetime | None = None

    def has_had(self, category: str, *, until: datetime) -> bool:
        """Whether the recipient knows data of `category` as they were before `until`."""
        return category in self.categories and (self.at is None or self.at <= until)


def given_to(customer: Customer, *, today: date) -> list[list[Given]]:
    """What each recipient was given of the data of `customer`, in the order of names."""
    given = Disclosure.objects.about(customer).filter(recipient__isnull=False)
    standing = Recipient.objects.on(today).filter(has_standing_access=True)
    every = [
        *(Given(one, frozenset(one.categories)) for one in standing),
        *(
            Given(one.recipient, frozenset(one.categories), one.disclosed_at)
            for one in given.select_related("recipient").order_by("pk")
            if one.recipient
        ),
    ]
    return _by_recipient(every)


def given_to_each(
    customers: Iterable[int], *, today: date
) -> dict[Recipient, dict[int, list[Given]]]:
    """What each recipient was given of the data of `customers` (keys), by customer: the same for
    many, in two queries; in the order of names."""
    keys = sorted(customers)
    found: dict[Recipient, dict[int, list[Given]]] = {}
    for one in Recipient.objects.on(today).filter(has_standing_access=True):
        found[one] = {key: [Given(one, frozenset(one.categories))] for key in keys}
    rows = Disclosed.objects.filter(customer__in=keys, disclosure__recipient__isnull=False)
    for row in rows.select_related("disclosure__recipient").order_by("pk"):
        of = row.disclosure
        if of.recipient:
            given = Given(of.recipient, frozenset(of.categories), of.disclosed_at)
            found.setdefault(of.recipient, {}).setdefault(row.customer_id, []).append(given)
    return dict(sorted(found.items(), key=lambda of: (of[0].name, of[0].pk)))


def _by_recipient(every: Iterable[Given]) -> list[list[Given]]:
    found: dict[int, list[Given]] = {}
    for one in every:
        found.setdefault(one.recipient.pk, []).append(one)
    return sorted(found.values(), key=lambda of: (of[0].recipient.name, of[0].recipient.pk))
