"""What a row would change in a customer who is there already, and what somebody chooses for it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.history import as_words
from register.admin.customers import customer_page
from register.admin.naming import read, words_for
from register.importing.billings import TARGETS, billing_of
from register.importing.matching import choosable
from register.importing.reporting import sentence_of
from register.importing.sentences import target_words
from register.importing.staging import VALUES
from register.importing.vouchers import DUPLICATE
from register.models import ContactRole, Customer, Restriction
from register.models.imports import Duplicates, Import, ImportedRow, ImportLine
from register.models.words import closed

ROWS_A_PAGE = 20
CHOICES = (
    ("", _("As chosen for all rows")),
    (Duplicates.SKIP, _("Leave it out")),
    (Duplicates.MERGE, _("Complete and change this customer")),
    (Duplicates.STORE, _("Take it in as a new customer")),
)
_CUSTOMER: Any = Customer._meta
_ORGANISATION: Any = ContactRole._meta.get_field("organisation")


class Change(NamedTuple):
    """What stands in the register, and what a row would put there."""

    label: str
    known: str
    told: str


class ChoicesForm(forms.Form):
    """The choices for the rows of one page.

    A field is named after its line and the customer whom the page shows beside it: what was sent
    of a row that is about another by now is nobody's field, and is not read.
    """

    def __init__(
        self, request: HttpRequest, bringing: Import, page: str | None, data: Any = None
    ) -> None:
        super().__init__(data)
        self.page = Paginator(choosable(bringing), ROWS_A_PAGE).get_page(page)
        rows = list(self.page)
        there = Customer.objects.unerased().in_bulk({row.customer_key for row in rows})
        # what is sent back shows nobody
        told = (read if data is None else words_for)(request, there.values())
        Restriction.objects.mask(there.values())
        self._meant: dict[str, tuple[int, str]] = {}
        known = [(row, there[row.customer_key]) for row in rows if row.customer_key in there]
        changes = _changes(request, known)
        self.rows = []
        for row, customer in known:
            name = f"row_{row.line}_{customer.reference}"
            self._meant[name] = (row.line, customer.reference)
            self.fields[name] = forms.ChoiceField(
                label=gettext("What becomes of line %(line)s") % {"line": row.line},
                # somebody else is never changed
                choices=[one for one in CHOICES if _fits(one[0], row)],
                required=False,
                initial=row.choice if row.chosen_for == row.customer_key else "",
            )
            self.rows.append(
                {
                    "line": row.line,
                    "reference": customer.reference,
                    "name": told[customer.pk],
                    "address": customer_page(customer),
                    "why": sentence_of(ImportLine(line=row.line, code=row.code), bringing.kind),
                    "changes": changes[row.pk],
                    "field": self[name],
                }
            )

    @property
    def choices(self) -> dict[tuple[int, str], str]:
        """What was sent, by line and reference."""
        return {
            place: self.cleaned_data[name]
            for name, place in self._meant.items()
            if name in self.data
        }


def _fits(choice: str, row: ImportedRow) -> bool:
    return choice != Duplicates.MERGE or row.code == DUPLICATE


def _changes(
    request: HttpRequest, known: Iterable[tuple[ImportedRow, Customer]]
) -> Mapping[int, list[Change]]:
    """By row, what it would change in its customer: a spelling too, as it would be kept."""
    known = list(known)
    beside = ImportedRow.objects.in_bulk({row.organisation_id for row, _one in known} - {None})
    roles = ContactRole.objects.filter(
        person__in=[customer.pk for _row, customer in known], organisation__isnull=False
    )
    speaking: dict[int, list[str]] = defaultdict(list)
    beside_them = list(roles.order_by("pk").select_related("organisation"))
    named = words_for(request, {one.organisation for one in beside_them if one.organisation})
    for one in beside_them:
        speaking[one.person_id].append(named[one.organisation_id])
    owners = [*(row for row, _one in known), *beside.values()]
    bills = billing_of(one.customer_key or 0 for one in owners if one.billing)
    found: dict[int, list[Change]] = defaultdict(list)
    for row, customer in known:
        for name in VALUES:
            field = _CUSTOMER.get_field(name)
            told, held = as_words(row, field), as_words(customer, field)
            if told and told != held and name != "phone_e164":
                found[row.pk].append(Change(field.verbose_name, held, told))
        if row.organisation_id:
            told, some = beside[row.organisation_id].organisation_name, speaking[customer.pk]
            if closed(told) not in map(closed, some):
                found[row.pk].append(Change(_ORGANISATION.verbose_name, ", ".join(some), told))
        billed = beside.get(row.organisation_id or 0, row)
        for name, told in (billed.billing or {}).items():
            held = getattr(bills.get(billed.customer_key or 0), name, "")
            if told != held:
                found[row.pk].append(Change(target_words(TARGETS[name]), held, told))
    return found
