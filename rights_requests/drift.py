"""Where requests are not handled as the notice and the law promise."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, Subquery, TextField, When
from django.db.models.functions import Cast, TruncDate
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from audit.drift import Differs, Found, looks_for
from notices.declarations import is_filled
from notices.terms import DataCategory, Right
from register.models import Customer, Disclosure, Recipient
from rights_requests.forgetting import OF_REQUEST, blank_values
from rights_requests.models import (
    Certificate,
    Demand,
    Item,
    Notification,
    Outcome,
    Report,
    RightsRequest,
)
from rights_requests.models.requests import ERASING


@looks_for(
    "number_missing",
    _("A number is missing from the year’s row of numbers."),
    advice=_("Find out who has access to the database. Put the row back from a backup."),
    law="P59, Q06",
)
def number_missing(_now: datetime) -> Found:
    for model in (RightsRequest, Certificate):
        years: Any = model._base_manager.order_by().values("year")
        gaps = years.annotate(last=Max("sequence"), found=Count("pk")).exclude(last=F("found"))
        yield model._meta.label_lower, sum(one["last"] - one["found"] for one in gaps)


@looks_for(
    "no_certificate",
    _("A right was refused without a certificate."),
    advice=_("Find out who has access to the database. Put the certificate back from a backup."),
    law="P59",
)
def no_certificate(_now: datetime) -> Found:
    certificates = Certificate.objects.filter(demand=OuterRef("pk"))
    refused = Demand.objects.filter(~Exists(certificates), refused_at__isnull=False)
    yield Demand._meta.label_lower, refused.order_by().count()
    certificates = Certificate.objects.filter(demand=OuterRef("demand"))
    items = Item.objects.filter(~Exists(certificates), outcome=Outcome.REFUSED)
    yield Item._meta.label_lower, items.order_by().count()


@looks_for(
    "late",
    _("The day has passed by which this request had to be answered."),
    advice=_("Answer it today. An answer that is late is still owed."),
    law="T01",
)
def late(now: datetime) -> Found:
    overdue = Demand.objects.unanswered().filter(due_on__lt=localdate(now))
    yield Demand._meta.label_lower, overdue.order_by().count()


@looks_for(
    "due_date_astray",
    _("The queue has another due date for this request than its clocks have."),
    advice=_("Find out who has access to the database. Put the due date right there."),
    law="T01, T06",
)
def due_date_astray(_now: datetime) -> Found:
    running = Demand.objects.unanswered().of_row().filter(due_on__isnull=False)
    soonest = Subquery(running.order_by("due_on").values("due_on")[:1])
    astray = RightsRequest.objects.filter(Differs(F("next_due_on"), soonest))
    yield RightsRequest._meta.label_lower, astray.order_by().count()


@looks_for(
    "not_erased",
    _("An erasure was granted, and the customer has not been erased."),
    advice=_("Find out how the data came back, and let the person’s request be decided again."),
    law="P30, E01",
)
def not_erased(_now: datetime) -> Found:
    granted = Demand.objects.filter(
        right__in=ERASING,
        granted_at__isnull=False,
        # some data only, and those that wait, leave the customer here
        categories=[],
        request__withdrawn_at=None,
        request__customer__erased_at__isnull=True,
        request__customer__to_erase_at__isnull=True,
    ).exclude(request__customer=None)
    yield Demand._meta.label_lower, granted.order_by().count()


@looks_for(
    "recipient_untold",
    _("Data were corrected, erased or restricted, and a recipient is neither told nor excused."),
    advice=_("Look in the ledger who got the data of the request’s customer, and write to them."),
    law="N01, P58, E08",
)
def recipient_untold(_now: datetime) -> Found:
    deeds = [Right.RECTIFICATION, *ERASING, Right.RESTRICTION]
    came = Customer.history.filter(id=OuterRef("request__customer")).order_by("history_date")
    carried_out = (
        Demand.objects.filter(
            right__in=deeds, granted_at__isnull=False, request__customer__isnull=False
        )
        # nothing of the register was wrong
        .exclude(right=Right.RECTIFICATION, categories=[])
        # of an erasure that waits, those are told who have what has gone already
        .exclude(right__in=ERASING, carried_out_at=None)
        # who had been erased before was told of then
        .exclude(request__customer__erased_at__lt=F("granted_at"))
        .annotate(
            # whoever had a value when its correction was asked had it before it was corrected
            until=Case(
                When(right=Right.RECTIFICATION, then=F("request__received_at")),
                default=F("granted_at"),
            ),
            on=TruncDate("granted_at"),
            came_on=TruncDate(Subquery(came.values("history_date")[:1])),
        )
    )
    before = {
        "disclosed__customer": OuterRef("request__customer"),
        "disclosed_at__lt": OuterRef("until"),
    }
    given = Disclosure.objects.filter(recipient__isnull=False, **before)
    got = _concerned(given, recipient=OuterRef("recipient"))
    # who saw the data all the time at any time since they came, by what had been written by then;
    # of a time the last version has its days, and the next one may end it
    newer = Recipient.history.filter(
        id=OuterRef("id"),
        history_id__gt=OuterRef("history_id"),
        history_date__lte=OuterRef(OuterRef("granted_at")),
    ).order_by("history_id")
    saw = (
        Recipient.history.filter(
            Q(contract_on=None) | Q(contract_on__lte=OuterRef("on")),
            Q(ended_on=None) | Q(ended_on__gte=OuterRef("came_on")),
            has_standing_access=True,
            history_date__lte=OuterRef("granted_at"),
        )
        .annotate(
            goes_on=Subquery(newer.values("has_standing_access")[:1]),
            over_on=TruncDate(Subquery(newer.values("history_date")[:1])),
        )
        .filter(
            Q(goes_on=None) | Q(goes_on=False),
            Q(over_on=None) | Q(over_on__gte=OuterRef("came_on")),
        )
    )
    sees = _concerned(saw, recipient=OuterRef("id"))
    # of what was published, whoever has copied it is told that it is erased (E08)
    published = Disclosure.objects.published().filter(**before)
    copied = Q(Exists(_concerned(published, publication__isnull=False)), right__in=ERASING)
    left = carried_out.filter(Exists(got) | Exists(sees) | copied)
    yield Demand._meta.label_lower, left.order_by().count()


@looks_for(
    "to_erase_unasked",
    _("A customer is marked as to be erased, and no decided request says so."),
    advice=_("Find out who has access to the database. Take the mark away there."),
    law="P30, E06",
)
def to_erase_unasked(_now: datetime) -> Found:
    waiting = Demand.objects.waiting().filter(request__customer=OuterRef("pk"))
    marked = Customer.objects.filter(to_erase_at__isnull=False)
    yield Customer._meta.label_lower, marked.filter(~Exists(waiting)).order_by().count()


@looks_for(
    "request_remembers",
    _("A request that has forgotten who asked says it again."),
    advice=_("Find out how it came back, and empty it in the database."),
    law="E07, P67",
)
def request_remembers(_now: datetime) -> Found:
    for model, way in OF_REQUEST.items():
        # a copy of data is kept for as long as its link opens
        if model is Report:
            continue
        at = "forgotten_at" if way == "pk" else f"{way}__forgotten_at"
        rows: Any = models.QuerySet(model).filter(**{f"{at}__isnull": False}).order_by()
        history: Any = model.history.model  # type: ignore[attr-defined]
        past: Any = models.QuerySet(history).filter(id__in=rows.values("pk")).order_by()
        remembered = {field.name for field in history._meta.fields}
        for column in sorted(blank_values(model)):
            label = f"{model._meta.label_lower}.{column}"
            yield label, rows.filter(is_filled(model, column)).count()
            if column in remembered:
                yield f"{label} (history)", past.filter(is_filled(model, column)).count()


def _concerned(rows: Any, **whom: Any) -> Any:
    """Those of `rows` that say that somebody had data which the demand around is about, and whom no
    notification for `whom` tells."""
    both = (
        Q(wanted__contains=f'"{one.value}"', had__contains=f'"{one.value}"') for one in DataCategory
    )
    notifications = Notification.objects.filter(
        demand=OuterRef(OuterRef("pk")),
        customer=OuterRef(OuterRef("request__customer")),
        **whom,
    )
    return rows.annotate(
        wanted=Cast(OuterRef("categories"), TextField()), had=Cast("categories", TextField())
    ).filter(reduce(or_, both, Q(wanted="[]")), ~Exists(notifications))
