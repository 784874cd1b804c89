"""Erasure: everything that a notice must declare goes, in history too; what the law makes the
register keep stays with a customer who has no name any more (P30, P67, art. 17). Of a customer who
was sent invoices that are the name and address on each, until bookkeeping needs them no more (E03).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.reasons import ReasonMissing, current_reason
from notices.declarations import declared_columns
from register.models import (
    Collection,
    Consultation,
    ContactDigest,
    ContactRole,
    Customer,
    Disclosed,
    InformationDuty,
    Word,
)
from register.models.attachments import remove_files_of
from register.models.restrictions import AGAINST_ERASURE
from register.ownership import Owned, history_of, records_of, rows_of

#: A debt prescribes in three years from its due date, or from what interrupts that (E05).
PRESCRIPTION_YEARS = 3
A_BLOCK = 1000


class BlockKind(models.TextChoices):
    """Which fact makes an erasure wait (P30)."""

    OPEN_INVOICE = "open_invoice", _("open invoice")
    COLLECTION = "collection", _("debt collection")
    # named as the ground on which an erasure is refused for it
    RESTRICTED = "restriction_asked", _("restriction of processing")


@dataclass(frozen=True)
class Block:
    """A fact that makes an erasure wait: what it is, since when, and when to look again (E04)."""

    kind: BlockKind
    reference: str
    since: date | None = None
    until: date | None = None

    def __str__(self) -> str:
        sentences = {
            BlockKind.OPEN_INVOICE: gettext(
                "Invoice %(number)s of %(since)s is not paid; this is looked at again on %(until)s "
                "at the latest."
            ),
            BlockKind.COLLECTION: gettext(
                "Invoice %(number)s has been in debt collection since %(since)s; this is looked at "
                "again on %(until)s at the latest."
            ),
            BlockKind.RESTRICTED: gettext(
                "The person has wanted the data kept and not used since %(since)s (request "
                "%(number)s)."
            ),
        }
        return sentences[self.kind] % {
            "number": self.reference,
            "since": date_format(self.since, "SHORT_DATE_FORMAT") if self.since else "—",
            "until": date_format(self.until, "SHORT_DATE_FORMAT") if self.until else "—",
        }


class ErasureBlocked(Exception):
    """An erasure must wait; carries the blocks."""

    def __init__(self, found: list[Block]) -> None:
        super().__init__(", ".join(f"{one.kind} {one.reference}" for one in found))
        self.blocks = found


@dataclass(frozen=True)
class Erased:
    """What an erasure did, in rows by model ("register.order"): emptied, their versions in
    history, and kept because of the law (E09). All empty when it had been done before."""

    counts: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


def blocks(customer: Customer) -> list[Block]:
    """The facts that make an erasure of `customer` wait: data that the person wants kept (E11),
    and invoices that are open or in debt collection, the oldest first (P30, E04)."""
    kept = customer.restrictions.in_force().filter(ground__in=AGAINST_ERASURE).order_by("pk")
    found = [
        Block(BlockKind.RESTRICTED, one.imposed_by_request, localtime(one.imposed_at).date())
        for one in kept
    ]
    for invoice in customer.invoices.hindering().order_by("due_on", "pk"):
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


def erase(customer: Customer, *, request_number: str, now: datetime) -> Erased:
    """Erase `customer` because of the request `request_number` ("2026-17"), all or nothing.

    Needs a `because` block, which says why. Erasing twice changes nothing (E11). Raises
    `ErasureBlocked` while an invoice is open or in debt collection, or the person wants the data
    kept, and `ReasonMissing`.
    """
    if not current_reason():
        raise ReasonMissing(Customer._meta.label)
    with transaction.atomic():
        # every save of the customer's rows holds this row (`Customer.objects.hold`): whoever came
        # first is seen below, whoever comes later finds the customer erased
        held = Customer.objects.select_for_update().get(pk=customer.pk)
        if held.erased_at:
            return Erased()
        list(held.invoices.order_by("pk").select_for_update().values_list("pk"))
        if found := blocks(held):
            raise ErasureBlocked(found)
        done = _empty(held, request_number, now)
        customer.refresh_from_db()
        _tell(customer, now)
    return done


def _empty(customer: Customer, request_number: str, now: datetime) -> Erased:
    rows, versions = rows_of(customer), history_of(customer)
    kept: dict[str, int] = {}
    _forget_sources(_collections_of([*rows, *versions]), request_number)
    _forget_words(customer)
    ContactDigest.objects.filter(customer=customer).delete()
    InformationDuty.objects.filter(customer=customer).delete()
    remove_files_of([customer], now=now)
    for model, said in records_of(customer):
        # they stay, with no word of why: that is free text
        _door(model.history.filter(customer=customer)).update(**_past(request_number))  # type: ignore[attr-defined]
        kept[model._meta.label_lower] = said.count()
    kept["register.consultation"] = Consultation.objects.filter(customer=customer).count()
    kept["register.disclosed"] = Disclosed.objects.filter(customer=customer).count()
    # history first: which rows it is about is asked of the rows as they are
    of_history = {
        model._meta.label_lower: _door(history).update(**_nothing(model), **_past(request_number))
        for model, history in versions
    }
    of_rows = {model._meta.label_lower: _door(own).update(**_nothing(model)) for model, own in rows}
    _door(Customer.objects.filter(pk=customer.pk)).update(
        erased_at=now, erased_by_request=request_number
    )
    emptied = {model._meta.label_lower for model, _rows in rows if declared_columns(model)}
    return Erased(
        counts={label: count for label, count in of_rows.items() if label in emptied},
        versions=of_history,
        kept=kept | {label: count for label, count in of_rows.items() if label not in emptied},
    )


def _door(rows: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
    """The same rows, unguarded. Erasure is the one act that changes rows together and past
    history, because history must forget as well (E07)."""
    return models.QuerySet(rows.model, rows.query.chain())


def _nothing(model: Any) -> dict[str, Any]:
    """An empty value for each column of `model` that a notice must declare."""
    values: dict[str, Any] = {"collected": {}}
    for column in declared_columns(model):
        one = model._meta.get_field(column)
        values[column] = None if one.null else ""
    if model is Customer:
        # nobody is left to write to, and a rare language tells of somebody
        values["language"] = Customer._meta.get_field("language").get_default()
    return values


def _past(request_number: str) -> dict[str, Any]:
    """What else changes in a row of history: its reason is free text and may name somebody, and
    without the salt nobody can try values against its commitment."""
    with override(settings.LANGUAGE_CODE):
        reason = gettext("Reason erased together with the data")
    return {
        "history_change_reason": reason,
        "erased_by": request_number,
        "salt": None,
    }


def _collections_of(owned: Owned) -> set[int]:
    return {
        key
        for _model, rows in owned
        for collected in rows.values_list("collected", flat=True)
        for key in collected.values()
    }


def _forget_sources(keys: Iterable[int], request_number: str) -> None:
    """Empty the names of sources that staff typed for this customer alone."""
    every = sorted(keys)
    for start in range(0, len(every), A_BLOCK):
        own = Collection.objects.filter(pk__in=every[start : start + A_BLOCK], serves_one=True)
        past = Collection.history.filter(id__in=own.values("pk"))
        _door(past).update(source_name="", **_past(request_number))
        _door(own).update(source_name="")


def _forget_words(customer: Customer) -> None:
    """Nobody is found by the customer's words any more, the people of an organisation included;
    an invoice is still found by its number."""
    Word.objects.filter(customer=customer).exclude(origin="invoice").delete()
    people = ContactRole.objects.filter(organisation=customer).values("pk")
    Word.objects.filter(origin="contact_role", origin_id__in=people).delete()


def _tell(customer: Customer, now: datetime) -> None:
    Customer.history.bulk_history_create(
        [customer], update=True, default_change_reason=current_reason(), default_date=now
    )
