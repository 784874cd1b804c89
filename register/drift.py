"""Where the rows of the register do not keep what the notice and the law promise."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from audit.drift import Found, looks_for
from notices.declarations import (
    declared_columns,
    derived_columns,
    is_filled,
    provided_columns,
)
from notices.models import Clause, governing_notice
from notices.terms import ClauseKind, Purpose
from register.models import (
    Collection,
    ContactDigest,
    Customer,
    CustomerList,
    Disclosed,
    Disclosure,
    InformationDuty,
    Recipient,
    StoragePlace,
    Word,
)
from register.models.papers import misplaced
from register.models.prohibitions import ContactKind
from register.narrowing import kept_of, undeclared_by
from register.ownership import paths


def _rows_of(*, erased: bool) -> Iterator[tuple[Any, "models.QuerySet[Any]"]]:
    """The rows of each model of people who were erased, or of the others."""
    for model, path in paths().items():
        at = "__".join(filter(None, [path, "erased_at", "isnull"]))
        yield model, models.QuerySet(model).filter(**{at: not erased}).order_by()


@looks_for(
    "no_origin",
    _("Nothing says where the value came from."),
    advice=_("Enter the value again on its page, with its source, or empty it."),
    law="P21",
)
def no_origin(_now: datetime) -> Found:
    for model, rows in _rows_of(erased=False):
        for column in provided_columns(model):
            if column in derived_columns(model):
                continue
            key = Cast(KT(f"collected__{column}"), BigIntegerField())
            known = Collection.objects.filter(pk=OuterRef("origin"))
            lost = rows.filter(is_filled(model, column)).annotate(origin=key)
            yield f"{model._meta.label_lower}.{column}", lost.filter(~Exists(known)).count()


@looks_for(
    "undeclared_source",
    _("The notice under which these data were obtained does not name their source."),
    advice=_("Find out where the data come from. Erase those that may not be kept."),
    law="P21",
)
def undeclared_source(_now: datetime) -> Found:
    yield "register.collection", _unnamed(Collection, ClauseKind.SOURCE, "source_kind")


def _unnamed(model: Any, kind: ClauseKind, column: str) -> int:
    """How many rows name in `column` what their notice does not."""
    clauses = Clause.objects.filter(notice=OuterRef("notice"), kind=kind, term=OuterRef(column))
    rows: models.QuerySet[Any] = models.QuerySet(model).exclude(**{column: ""})
    return rows.filter(~Exists(clauses)).order_by().count()


@looks_for(
    "erased_left",
    _("Somebody who has been erased is still told of here."),
    advice=_("Find out how it came back, and empty it in the database."),
    law="E07",
)
def erased_left(_now: datetime) -> Found:
    for model, rows in _rows_of(erased=True):
        history: models.QuerySet[Any] = models.QuerySet(model.history.model)
        history = history.filter(id__in=rows.values("pk"))
        for column in declared_columns(model):
            label = f"{model._meta.label_lower}.{column}"
            yield label, rows.filter(is_filled(model, column)).count()
            past = history.filter(is_filled(model, column)).order_by()
            yield f"{label} (history)", past.count()
    gone = Customer.objects.filter(erased_at__isnull=False)
    # an invoice is still found by its number
    words = Word.objects.exclude(origin="invoice")
    for kept in (words, ContactDigest.objects.all(), InformationDuty.objects.all()):
        rows = kept.filter(customer__in=gone.values("pk")).order_by()
        yield kept.model._meta.label_lower, rows.count()


@looks_for(
    "unmarked",
    _("A prohibition would not meet this customer."),
    advice=_("Open the customer’s page and save it once."),
    law="M11",
)
def unmarked(_now: datetime) -> Found:
    people = Customer.objects.unerased().order_by()
    for kind, held in (
        (ContactKind.EMAIL, ~Q(email="")),
        (ContactKind.PHONE, ~Q(phone_e164="")),
    ):
        marks = ContactDigest.objects.filter(customer=OuterRef("pk"), kind=kind)
        yield f"register.customer.{kind}", people.filter(held, ~Exists(marks)).count()


@looks_for(
    "undeclared_disclosure",
    _("Data were given out in a way that the notice of that time does not name."),
    advice=_("Find out what happened. It may be a breach that must be reported in 72 hours."),
    law="P27, P28, P11",
)
def undeclared_disclosure(_now: datetime) -> Found:
    label = Disclosure._meta.label_lower
    yield f"{label}.ground", _unnamed(Disclosure, ClauseKind.DISCLOSURE, "ground")
    yield f"{label}.purpose", _unnamed(Disclosure, ClauseKind.PURPOSE, "purpose")
    advertised = Disclosure.objects.filter(
        recipient__isnull=False, purpose=Purpose.AD_TARGETING
    ).order_by()
    yield f"{label}.recipient", advertised.count()


@looks_for(
    "ledger",
    _("The ledger does not say of everybody that they were on the list."),
    advice=_("Find out who has access to the database. Put the rows back from a backup."),
    law="P14, A02",
)
def ledger(_now: datetime) -> Found:
    lists = Disclosure.objects.annotate(found=Count("disclosed")).exclude(found=F("people"))
    known = Exists(Disclosure.objects.filter(pk=OuterRef("disclosure")))
    making = Exists(CustomerList.objects.filter(disclosure=OuterRef("disclosure"), made_at=None))
    lost = Disclosed.objects.filter(~known, ~making).order_by()
    yield Disclosed._meta.label_lower, lists.order_by().count() + lost.count()


@looks_for(
    "undeclared_recipient",
    _("The notice in force does not let this recipient have these data."),
    advice=_("End the recipient’s contract on its page, or publish a notice that names it."),
    law="P27, P29",
)
def undeclared_recipient(now: datetime) -> Found:
    notice, today = governing_notice(), localdate(now)
    if notice is None:
        return
    refused = 0
    for block in Recipient.objects.in_blocks():
        refused += sum(one.is_one_on(today) and bool(one.refusals(notice)) for one in block)
    yield Recipient._meta.label_lower, refused


@looks_for(
    "misplaced",
    _("Papers are in a place that is not as the notice in force promises."),
    advice=_("Move them to a place that is, and say so on their pages."),
    law="P32",
)
def misplaced_papers(_now: datetime) -> Found:
    if notice := governing_notice():
        yield StoragePlace._meta.label_lower, misplaced(notice).order_by().count()


@looks_for(
    "untold",
    _("The day has passed by which this customer had to be told of data from others."),
    advice=_("Send the letters that wait in the list of those who must be told."),
    law="T12",
)
def untold(now: datetime) -> Found:
    late = InformationDuty.objects.by_day().filter(inform_by_on__lt=localdate(now))
    yield InformationDuty._meta.label_lower, late.order_by().count()


@looks_for(
    "held",
    _("The notice in force does not list these data, and a fact keeps them for now."),
    advice=_("Nothing needs to be done: they are emptied when the fact has ended."),
    law="V07, E04",
    is_expected=True,
)
def held(_now: datetime) -> Found:
    if notice := governing_notice():
        for one in kept_of(undeclared_by(notice)):
            yield str(one), one.people
