"""Filters beside the lists, each choice with how many it finds."""

from functools import reduce
from operator import and_
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.paging import Keys, rounded, tally
from notices.terms import Language, Purpose
from register.models import Customer, Invoice
from register.models.uses import needs


class Counted(admin.SimpleListFilter):
    """One choice at a time. The numbers are of the whole register, so a search shows none."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.is_search = SEARCH_VAR in request.GET

    def conditions(self) -> dict[str, Any]:
        """What the rows of each choice meet."""
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        condition = self.conditions().get(chosen) if chosen else None
        return queryset if condition is None else queryset.filter(condition)

    def choices(self, changelist: Any) -> Any:
        counts = {} if self.is_search else self._counts(changelist.paginator.span)
        for choice in super().choices(changelist):
            value = choice["query_string"].rpartition(f"{self.parameter_name}=")[2].split("&")[0]
            if told := counts.get(value):
                choice["display"] = f"{choice['display']} ({told})"
            yield choice

    def _counts(self, span: tuple[int, int]) -> dict[str, str]:
        conditions = self.conditions()
        are_judged, counts = tally(Customer.objects.in_use(), conditions, span)
        told = [gettext("about %(count)s") % {"count": rounded(one)} for one in counts]
        few = gettext("few")
        return {
            value: (text if count else few) if are_judged else str(count)
            for value, text, count in zip(conditions, told, counts, strict=True)
        }


class Kind(Counted):
    """Persons, or organisations."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("person", _("persons")), ("organisation", _("organisations"))]

    def conditions(self) -> dict[str, Any]:
        return {
            "person": Q(organisation_name=""),
            "organisation": ~Q(organisation_name=""),
        }


class OpenInvoices(Counted):
    """Customers of whom an invoice is not paid, or in debt collection."""

    title = _("invoices")
    parameter_name = "invoices"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", pgettext_lazy("invoices", "open"))]

    def conditions(self) -> dict[str, Any]:
        own = Invoice.objects.hindering().filter(customer=OuterRef("pk"))
        return {"open": Q(Exists(own.order_by()))}

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "open" and self.keys(request) is None:
            # few among all the customers are looked up; few customers would each be asked
            few = Invoice.objects.hindering().order_by().values("customer_id")
            return queryset.filter(pk__in=few)
        return super().queryset(request, queryset)

    @classmethod
    def keys(cls, request: HttpRequest) -> Keys | None:
        """Who they are, where nothing else is asked for: the invoices alone say that."""
        asked = {name: value for name, value in request.GET.items() if name != PAGE_VAR}
        if asked != {cls.parameter_name: "open"}:
            return None
        return Keys(Invoice.objects.hindering().debtors())


class LetterLanguage(Counted):
    """The language in which a customer is written to."""

    title = _("language of letters")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Language.choices)

    def conditions(self) -> dict[str, Any]:
        return {value: Q(language=value) for value in Language.values}


class UsableFor(Counted):
    """Customers whose data may serve a purpose of the notice in force (C01, C04, P19)."""

    title = _("permitted use")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self.notice = notice = model_admin.notice(request)
        return [(one.value, one.label) for one in Purpose if notice and notice.bases(one)]

    def conditions(self) -> dict[str, Any]:
        # asked only when something is chosen or counted: a search does neither
        return {
            # everybody has a key
            purpose.value: reduce(and_, whys.values(), Q(pk__gte=0))
            for purpose, whys in needs(self.notice).items()
        }
