"""How long bookkeeping keeps invoices and payments (Accounting Act 1336/1997, ch. 2 s. 10)."""

from calendar import monthrange
from datetime import date

from django.conf import settings
from django.db import models, transaction

from register.models import Invoice, Payment, Remark, Word

#: Counted from the end of the calendar year in which the financial year ended (T15).
VOUCHER_YEARS = 6


def kept_until(invoiced_on: date) -> date:
    """The last day on which the voucher of `invoiced_on` must be kept (T15)."""
    return date(financial_year_end(invoiced_on).year + VOUCHER_YEARS, 12, 31)


def financial_year_end(day: date) -> date:
    """The last day of the calendar year in which the financial year of `day` ends (T15)."""
    return date(day.year + (day > _year_end(day.year)), 12, 31)


def _year_end(year: int) -> date:
    """The last day of the financial year that ends in `year`."""
    month, day = settings.FINANCIAL_YEAR_ENDS_ON
    return date(year, month, min(day, monthrange(year, month)[1]))


def forget_vouchers(*, today: date) -> int:
    """Remove the invoices of erased customers that bookkeeping needs no more, with their payments
    and history; gives their number. The plain query sets are the door of this act alone: what an
    erasure had to leave goes now (E06)."""
    last = _year_end(today.year - VOUCHER_YEARS - 1)
    with transaction.atomic():
        over = Invoice.objects.filter(
            customer__erased_at__isnull=False,
            invoiced_on__lte=last,
            # a credit note says which invoice it credits: that one stays as long as it
        ).exclude(credited_by__invoiced_on__gt=last)
        keys = list(over.values_list("pk", flat=True))
        Word.objects.filter(origin="invoice", origin_id__in=keys).delete()
        for model, way in ((Payment.history.model, "invoice_id"), (Payment, "invoice")):
            models.QuerySet(model).filter(**{f"{way}__in": keys})._raw_delete("default")
        beside = {"of_model": "invoice", "of_row__in": keys}
        for remarks in (Remark.history.model, Remark):
            models.QuerySet(remarks).filter(**beside)._raw_delete("default")
        models.QuerySet(Invoice.history.model).filter(id__in=keys)._raw_delete("default")
        models.QuerySet(Invoice).filter(pk__in=keys)._raw_delete("default")
    return len(keys)
