"""Where requests are not handled as the notice and the law promise."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from audit.drift import Found, looks_for
from notices.terms import Right
from rights_requests.models import Certificate, Demand, RightsRequest


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


@looks_for(
    "late",
    _("The day has passed by which this request had to be answered."),
    advice=_("Answer it today. An answer that is late is still owed."),
    law="T01",
)
def late(now: datetime) -> Found:
    overdue = Demand.objects.undecided().filter(due_on__lt=localdate(now))
    yield Demand._meta.label_lower, overdue.order_by().count()


@looks_for(
    "not_erased",
    _("An erasure was granted, and the customer has not been erased."),
    advice=_("Find out how the data came back, and let the person’s request be decided again."),
    law="P30, E01",
)
def not_erased(_now: datetime) -> Found:
    granted = Demand.objects.filter(
        right=Right.ERASURE,
        granted_at__isnull=False,
        # some data only, and those that wait, leave the customer here
        categories=[],
        request__withdrawn_at=None,
        request__customer__erased_at__isnull=True,
        request__customer__to_erase_at__isnull=True,
    ).exclude(request__customer=None)
    yield Demand._meta.label_lower, granted.order_by().count()
