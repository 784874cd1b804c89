"""Where the rows of the register do not keep what the notice and the law promise."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from audit.drift import Found, looks_for
from audit.texts import SHAPE_OF_CODE
from notices.declarations import (
    declared_columns,
    derived_columns,
    is_filled,
    kept_for_now,
    provided_columns,
)
from notices.models import Clause, governing_notice
from notices.terms import ClauseKind, DataCategory, Purpose, SourceKind
from register.models import (
    Collection,
    ContactDigest,
    Customer,
    CustomerList,
    Disclosed,
    Disclosure,
    InformationDuty,
    Invoice,
    Lifespan,
    NoticeGiven,
    Order,
    Recipient,
    StoragePlace,
    Word,
)
from register.models.customers import hidden_in
from register.models.lifespans import SIGNS
from register.models.papers import misplaced
from register.models.prohibitions import ContactKind, digests_by_contact
from register.models.words import OF_CUSTOMER, rows_of
from register.narrowing import kept_of, undeclared_by
from register.ownership import paths
from register.retention import count_let_go, data_due


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
    advice=_(
        "Untick on the recipient’s page the data that the notice lists no more, end its contract "
        "there, or publish a notice that names it."
    ),
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


#: How long something may be due before it is drift: a run may wait that long for somebody's yes.
PATIENCE = timedelta(days=7)


@looks_for(
    "overdue",
    _("The period that the notice promises is over for a week, and nothing keeps these data."),
    advice=_("Look at the runs of retention: one may wait for a yes, or the worker does not run."),
    law="P31, D02r, D03r",
)
def overdue(now: datetime) -> Found:
    if notice := governing_notice():
        day = localdate(now) - PATIENCE
        yield Customer._meta.label_lower, count_let_go(notice, day)
        for category, keys in data_due(notice, day).items():
            yield f"{Customer._meta.label_lower}.{category}", len(keys)


@looks_for(
    "misdated",
    _("The days from which retention periods run are not those of the customer’s data."),
    advice=_("Open the customer’s page and save it once."),
    law="P31, D01r",
)
def misdated(now: datetime) -> Found:
    spans, label = Lifespan.objects.order_by(), Lifespan._meta.label_lower
    people = Customer.objects.unerased().order_by()
    own = Lifespan.objects.filter(customer=OuterRef("pk"))
    yield f"{label} (none)", people.filter(~Exists(own)).count()
    ahead = Q(obtained_on__gt=localdate(now)) | Q(spoken_on__gt=localdate(now))
    yield f"{label} (to come)", spans.filter(ahead).count()
    later = Q(pk__in=[])
    for model, column in ((Order, "ordered_on"), (Invoice, "invoiced_on")):
        dated: models.QuerySet[Any] = models.QuerySet(model).filter(
            customer=OuterRef("customer"), **{f"{column}__isnull": False}
        )
        later |= Q(Exists(dated.filter(**{f"{column}__gt": OuterRef(column)})))
        later |= Q(Exists(dated), **{f"{column}__isnull": True})
    signs = [Q(**{f"{sign}__gt": F("active_on")}) for sign in SIGNS]
    yield f"{label} (too early)", spans.filter(reduce(or_, signs, later)).count()
    yield f"{label} (too late)", spans.filter(_too_late()).count()
    newer = Q(pk__in=[])
    for column in provided_columns(Customer):
        people = people.annotate(
            **{f"of_{column}": Cast(KT(f"collected__{column}"), BigIntegerField())}
        )
        came = Collection.objects.filter(pk=OuterRef(f"of_{column}"))
        newer |= Q(Exists(came.filter(collected_on__gt=OuterRef("lifespan__obtained_on"))))
    yield f"{label} (older than its data)", people.filter(newer).count()


def _too_late() -> Q:
    """That a day of a span is one that nothing of the customer's has any more: it would keep the
    data for longer than promised."""
    orders: models.QuerySet[Any] = models.QuerySet(Order).filter(customer=OuterRef("customer"))
    invoices: models.QuerySet[Any] = models.QuerySet(Invoice).filter(customer=OuterRef("customer"))
    ordered = Exists(orders.filter(ordered_on__gte=OuterRef("ordered_on")))
    forgotten = Q(order_forgotten_on__isnull=False, order_forgotten_on__gte=F("ordered_on"))
    no_order = Q(ordered_on__isnull=False) & ~Q(ordered) & ~forgotten
    invoiced = Exists(invoices.filter(invoiced_on__gte=OuterRef("invoiced_on")))
    no_invoice = Q(invoiced_on__isnull=False) & ~Q(invoiced)
    said = "customer__relationship_ended_on"
    overtaken = Q(ordered_on__isnull=False, ordered_on__gt=F(said))
    no_end = Q(ended_on__isnull=True, **{f"{said}__isnull": False}) & ~overtaken
    other_end = Q(ended_on__gt=F(said)) | Q(ended_on__isnull=False, **{f"{said}__isnull": True})
    is_later = [
        Q(**{f"{one}__isnull": True}) | Q(**{f"{one}__lt": F("active_on")}) for one in SIGNS
    ]
    has_sign = reduce(or_, (Q(**{f"{one}__isnull": False}) for one in SIGNS))
    no_sign = reduce(and_, is_later) & (has_sign | Q(obtained_on__lt=F("active_on")))
    return no_order | no_invoice | no_end | other_end | no_sign


@looks_for(
    "unfound",
    _("A customer is not found by the right words, or is by wrong ones."),
    advice=_("Open the customer’s page and save it once."),
    law="S03, E07",
)
def unfound(_now: datetime) -> Found:
    wrong = 0
    for block in Customer.objects.unerased().in_blocks():
        keys = [one.pk for one in block]
        hidden = hidden_in(Customer, keys)
        right = {
            (row["customer_id"], row["word"])
            for row in rows_of(
                OF_CUSTOMER,
                [(one.pk, one.pk, one.search_words(hidden.get(one.pk, ()))) for one in block],
            )
        }
        own = Word.objects.filter(customer__in=keys, origin=OF_CUSTOMER)
        there = own.values_list("customer_id", "word")
        wrong += len({key for key, _word in right.symmetric_difference(there)})
    yield Customer._meta.label_lower, wrong


@looks_for(
    "mismarked",
    _("A prohibition would not meet this customer, or would meet somebody else."),
    advice=_("Open the customer’s page and save it once."),
    law="M11",
)
def mismarked(_now: datetime) -> Found:
    wrong = 0
    for block in Customer.objects.unerased().in_blocks():
        marks = ContactDigest.objects.filter(customer__in=[one.pk for one in block])
        there: dict[int, dict[str, set[str]]] = {}
        for key, kind, digest in marks.exclude(kind=ContactKind.CUSTOMER).values_list(
            "customer_id", "kind", "digest"
        ):
            there.setdefault(key, {}).setdefault(kind, set()).add(digest)
        for one in block:
            own = there.get(one.pk, {})
            right = digests_by_contact(one.contacts)
            wrong += own.keys() != {kind for kind, _every in right} or any(
                own[kind].isdisjoint(every) for kind, every in right
            )
    yield ContactDigest._meta.label_lower, wrong


@looks_for(
    "given_too_much",
    _("The ledger tells of data that the recipient was never allowed to have."),
    advice=_("Find out what happened. It may be a breach that must be reported in 72 hours."),
    law="P12, P28",
)
def given_too_much(_now: datetime) -> Found:
    given: models.QuerySet[Any] = models.QuerySet(Disclosure).filter(recipient__isnull=False)
    given = given.order_by().annotate(told=Cast("categories", TextField()))
    for category in DataCategory:
        word = f'"{category.value}"'
        versions = Recipient.history.filter(id=OuterRef("recipient"))
        allowed = versions.annotate(may=Cast("categories", TextField())).filter(may__contains=word)
        count = given.filter(~Exists(allowed), told__contains=word).count()
        yield f"{Disclosure._meta.label_lower}.{category}", count


@looks_for(
    "undeclared_past",
    _("History tells of data that the notice in force does not list and that nothing keeps."),
    advice=_("The worker empties them in the night. Look whether it runs."),
    law="V07, P20",
)
def undeclared_past(_now: datetime) -> Found:
    notice = governing_notice()
    for model, rows in _rows_of(erased=False) if notice else ():
        for column, category in declared_columns(model).items():
            if notice and category not in notice.declared and column not in derived_columns(model):
                history: models.QuerySet[Any] = models.QuerySet(model.history.model)
                past = history.filter(is_filled(model, column), id__in=rows.values("pk"))
                free = past.exclude(kept_for_now(model, category)).order_by()
                yield f"{model._meta.label_lower}.{column} (history)", free.count()


@looks_for(
    "identity_code",
    _("A text has the shape of a personal identity code, which no notice lists."),
    advice=_("Open the row’s page and take the code out."),
    law="P20, I06",
)
def identity_code(_now: datetime) -> Found:
    for model, rows in _rows_of(erased=False):
        for column in declared_columns(model):
            if isinstance(model._meta.get_field(column), models.CharField | models.TextField):
                label = f"{model._meta.label_lower}.{column}"
                yield label, rows.filter(**{f"{column}__iregex": SHAPE_OF_CODE}).count()


@looks_for(
    "duty_missing",
    _("Data came from others, the person was never told, and no duty to tell waits."),
    advice=_("Save the customer’s data again with their source, and send the letter."),
    law="T12",
)
def duty_missing(_now: datetime) -> Found:
    own = [one.value for one in SourceKind if one.is_the_person]
    people = Customer.objects.unerased().filter(organisation_name="").order_by()
    for waits in (InformationDuty, NoticeGiven):
        people = people.filter(~Exists(waits._base_manager.filter(customer=OuterRef("pk"))))
    from_others = Q(pk__in=[])
    for column in provided_columns(Customer):
        key = Cast(KT(f"collected__{column}"), BigIntegerField())
        people = people.annotate(**{f"of_{column}": key})
        came = Collection.objects.filter(pk=OuterRef(f"of_{column}")).exclude(source_kind__in=own)
        from_others |= Q(Exists(came))
    yield InformationDuty._meta.label_lower, people.filter(from_others).count()


@looks_for(
    "undeclared_list",
    _("A list waits whose purpose the notice in force does not name."),
    advice=_("Open the list and end it."),
    law="P05, P14",
)
def undeclared_list(_now: datetime) -> Found:
    if notice := governing_notice():
        named = Clause.objects.filter(notice=notice, kind=ClauseKind.PURPOSE).values("term")
        ready = CustomerList.objects.filter(made_at__isnull=False, ended_at=None)
        yield CustomerList._meta.label_lower, ready.exclude(purpose__in=named).count()
