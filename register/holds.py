"""What keeps data of a customer from being erased: facts of the register, and decisions (P30, E04).

A fact ends by itself: an invoice is paid, a year is over, a role ends. A decision is a row of
`Hold`. Whatever is to keep somebody from being erased stands here and nowhere else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.terms import DataCategory
from register.models import ContactRole, Customer, Hold, HoldKind, Invoice, Paper, Restriction
from register.models.restrictions import AGAINST_ERASURE, RestrictionQuerySet

#: A debt prescribes in three years from its due date, or from what interrupts that (E05).
PRESCRIPTION_YEARS = 3
NO_USE_FOR_A_DEBT = frozenset({DataCategory.IP_ADDRESS, DataCategory.WEBSITE})

#: By these the customer of a paper is known until it is shredded, and then told of the end (E06).
KNOWN_BY = frozenset(
    {
        DataCategory.NAME,
        DataCategory.ORGANISATION,
        DataCategory.EMAIL,
        DataCategory.POSTAL_ADDRESS,
    }
)


class BlockKind(models.TextChoices):
    """What makes an erasure wait (P30, D02r)."""

    OPEN_INVOICE = "open_invoice", _("open invoice")
    COLLECTION = "collection", _("debt collection")
    LEGAL_CLAIM = HoldKind.LEGAL_CLAIM.value, HoldKind.LEGAL_CLAIM.label
    OPEN_REQUEST = HoldKind.OPEN_REQUEST.value, HoldKind.OPEN_REQUEST.label
    CONTACT_ROLE = "contact_role", _("contact person of an organisation")
    # named as the ground on which an erasure is refused for it
    RESTRICTED = "restriction_asked", _("restriction of processing")
    PAPER = "paper", _("paper to be shredded")


@dataclass(frozen=True)
class Block:
    """What makes an erasure wait: what it is, since when, and when to look again (E04)."""

    kind: BlockKind
    reference: str
    since: date | None = None
    until: date | None = None

    @property
    def is_weighed(self) -> bool:
        """Whether staff may erase all the same: the law knows no such exception (P63, table A4)."""
        return self.kind == BlockKind.CONTACT_ROLE

    def keeps(self, categories: Iterable[DataCategory]) -> bool:
        """Whether any of `categories` must wait as well: what a debt does not need may go (E03),
        and a paper waits for the shredder and keeps nothing else."""
        if self.kind == BlockKind.PAPER:
            return False
        is_of_debt = self.kind in (BlockKind.OPEN_INVOICE, BlockKind.COLLECTION)
        return not (is_of_debt and set(categories) <= NO_USE_FOR_A_DEBT)

    def keeps_from_request(self, category: DataCategory) -> bool:
        """The same where a person asks that `category` go: a paper is found by what was ordered."""
        is_of_paper = self.kind == BlockKind.PAPER and category == DataCategory.ORDERS
        return is_of_paper or self.keeps([category])

    def __str__(self) -> str:
        return _sentence(self.kind) % {
            "number": self.reference,
            "since": date_format(self.since, "SHORT_DATE_FORMAT") if self.since else "—",
            "until": date_format(self.until, "SHORT_DATE_FORMAT") if self.until else "—",
        }


def are_papers(found: Iterable[Block]) -> bool:
    """Whether nothing but papers makes an erasure wait: they keep next to nothing else."""
    return all(block.kind == BlockKind.PAPER for block in found)


def _sentence(kind: BlockKind) -> str:
    return {
        BlockKind.OPEN_INVOICE: gettext(
            "Invoice %(number)s of %(since)s is not paid; this is looked at again on %(until)s "
            "at the latest."
        ),
        BlockKind.COLLECTION: gettext(
            "Invoice %(number)s has been in debt collection since %(since)s; this is looked at "
            "again on %(until)s at the latest."
        ),
        BlockKind.LEGAL_CLAIM: gettext(
            "The data have been needed for a legal claim since %(since)s; this is looked at again "
            "on %(until)s at the latest."
        ),
        BlockKind.OPEN_REQUEST: gettext(
            "Request %(number)s asks for the data, and has not been answered yet."
        ),
        BlockKind.RESTRICTED: gettext(
            "The person has wanted the data kept and not used since %(since)s (request %(number)s)."
        ),
        BlockKind.PAPER: gettext("Paper %(number)s must be shredded first."),
        BlockKind.CONTACT_ROLE: gettext(
            "The person speaks for an organisation that is a customer (%(number)s)."
        ),
    }[kind]


def blocks(customer: Customer) -> list[Block]:
    """What makes an erasure of `customer` wait: data that the person wants kept (E11), invoices
    that are open or in debt collection, the oldest first, decisions, papers that nobody has
    shredded; in four queries (P30, P32, E04)."""
    return blocks_of([customer.pk]).get(customer.pk, [])


def blocks_of(customers: Iterable[int]) -> dict[int, list[Block]]:
    """The same for each of `customers` (keys) who has any; as many queries for many."""
    keys = list(customers)
    found: dict[int, list[Block]] = defaultdict(list)
    _rest(found, Restriction.objects.filter(customer__in=keys, ground__in=AGAINST_ERASURE))
    hindering = Invoice.objects.hindering().filter(customer__in=keys)
    for invoice in hindering.order_by("due_on", "pk"):
        found[invoice.customer_id] += _of_invoice(invoice)
    for hold in Hold.objects.holding().filter(customer__in=keys).order_by("pk"):
        found[hold.customer_id].append(
            Block(BlockKind(hold.kind), hold.reference, hold.begun_on, hold.review_on)
        )
    papers: Any = Paper.objects.kept().filter(customer__in=keys).select_related("place")
    for paper in papers.with_holder().order_by("pk"):
        # who is to shred it goes there
        where = paper.holder or paper.place
        called = f"{paper} ({where})" if where else str(paper)
        found[paper.customer_id].append(Block(BlockKind.PAPER, called))
    return found


def _rest(found: dict[int, list[Block]], restrictions: RestrictionQuerySet) -> None:
    for one in restrictions.in_force().order_by("pk"):
        since = localtime(one.imposed_at).date()
        found[one.customer_id].append(Block(BlockKind.RESTRICTED, one.imposed_by_request, since))


def blocks_of_own_motion(customers: Iterable[int]) -> dict[int, list[Block]]:
    """What keeps the controller from erasing anything of each of `customers` (keys) without being
    asked: the same, and every restriction, under which data may only be kept (S02, S07)."""
    keys = list(customers)
    found = blocks_of(keys)
    resting = Restriction.objects.filter(customer__in=keys)
    _rest(found, resting.exclude(ground__in=AGAINST_ERASURE))
    return found


def facts_about(category: DataCategory) -> "dict[BlockKind, models.QuerySet[Any]]":
    """The rows, each of a `customer`, that keep data of `category` as `blocks_of_own_motion` tells
    of some customers: for statements over whole tables."""
    facts: dict[BlockKind, models.QuerySet[Any]] = {
        BlockKind.RESTRICTED: Restriction.objects.in_force(),
        BlockKind.LEGAL_CLAIM: Hold.objects.holding().filter(kind=HoldKind.LEGAL_CLAIM),
        BlockKind.OPEN_REQUEST: Hold.objects.holding().filter(kind=HoldKind.OPEN_REQUEST),
    }
    if category not in NO_USE_FOR_A_DEBT:
        facts[BlockKind.OPEN_INVOICE] = Invoice.objects.unpaid()
        facts[BlockKind.COLLECTION] = Invoice.objects.hindering().filter(
            collection_started_on__isnull=False, collection_ended_on__isnull=True
        )
    return facts


def last_until(kind: BlockKind, facts: "models.QuerySet[Any]") -> date | None:
    """The last day on which one of `facts` is looked at again; None where it ends by an act."""
    if kind in (BlockKind.OPEN_INVOICE, BlockKind.COLLECTION):
        days = facts.order_by().aggregate(
            due=models.Max("due_on"), started=models.Max("collection_started_on")
        )
        known = [days["due"], days["started"] if kind == BlockKind.COLLECTION else None]
        last = max((day for day in known if day), default=None)
        return _years_after(last, PRESCRIPTION_YEARS) if last else None
    if kind == BlockKind.LEGAL_CLAIM:
        day: date | None = facts.order_by().aggregate(day=models.Max("review_on"))["day"]
        return day
    return None


def roles_of(weighed_on: Mapping[int, date], *, today: date) -> dict[int, list[Block]]:
    """What keeps those (keys) for whom somebody weighed, on a day, that the data are needed while
    they speak for an organisation; that is looked at again after a year (P63, table A4)."""
    found: dict[int, list[Block]] = defaultdict(list)
    _speak(found, weighed_on, today=today)
    return {
        key: [
            replace(one, until=min(one.until or date.max, _years_after(weighed_on[key], 1)))
            for one in roles
        ]
        for key, roles in found.items()
    }


def spare(found: Iterable[Block]) -> list[DataCategory]:
    """What none of `found` needs, so that it goes before the rest (E03). Papers alone need what
    they and their customer are found by (P30)."""
    kept = list(found)
    if kept and are_papers(kept):
        return sorted(
            one
            for one in set(DataCategory) - KNOWN_BY
            if not any(why.keeps_from_request(one) for why in kept)
        )
    return sorted(one for one in NO_USE_FOR_A_DEBT if not any(why.keeps([one]) for why in kept))


def blocks_of_retention(customers: Iterable[int], *, today: date) -> dict[int, list[Block]]:
    """What keeps each of `customers` (keys) although the period is over: the same, and that
    somebody speaks for an organisation, with whom the relationship goes on (P63)."""
    keys = list(customers)
    found = blocks_of_own_motion(keys)
    _speak(found, keys, today=today)
    return found


def roles_now(customers: Iterable[int], *, today: date) -> "models.QuerySet[ContactRole]":
    """The roles in which `customers` (keys) speak for organisations that are customers."""
    lasts = Q(ended_on__isnull=True) | Q(ended_on__gte=today)
    return ContactRole.objects.filter(
        lasts,
        person__in=list(customers),
        organisation__isnull=False,
        organisation__erased_at__isnull=True,
    ).select_related("organisation")


def _speak(found: dict[int, list[Block]], customers: Iterable[int], *, today: date) -> None:
    for role in roles_now(customers, today=today).order_by("pk"):
        if role.organisation:
            found[role.person_id].append(
                Block(
                    BlockKind.CONTACT_ROLE,
                    role.organisation.reference,
                    role.started_on,
                    role.ended_on,
                )
            )


def _of_invoice(invoice: Invoice) -> list[Block]:
    found = []
    if not invoice.paid_on:
        found.append(
            Block(
                BlockKind.OPEN_INVOICE,
                invoice.number,
                invoice.invoiced_on,
                _years_after(invoice.due_on, PRESCRIPTION_YEARS),
            )
        )
    started_on = invoice.collection_started_on
    if started_on and invoice.is_in_collection:
        found.append(
            Block(
                BlockKind.COLLECTION,
                invoice.number,
                started_on,
                _years_after(max(invoice.due_on, started_on), PRESCRIPTION_YEARS),
            )
        )
    return found


def _years_after(day: date, years: int) -> date:
    """The same day `years` later, else the last of its month (150/1930 s. 3)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
