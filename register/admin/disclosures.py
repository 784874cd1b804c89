"""Where data go: the recipients, the ledger of what was given to whom, and giving one's data."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.admin import ReasonForm, RememberedAdmin
from audit.history import as_words
from audit.reasons import because
from notices.models import Notice, governing_notice
from notices.terms import ClauseKind, DataCategory, DisclosureGround, Purpose, RecipientKind
from register.admin.base import GovernedAdmin
from register.admin.consulting import asks_what_for, listed
from register.admin.sayings import OfOne
from register.models import Customer, CustomerList, Disclosure, Recipient, Refusal
from register.models.disclosures import needs_to_give
from register.models.recipients import DisclosureRefused, named
from register.models.restrictions import unrestricted
from register.models.uses import InTheWay

A_PAGE = 50
#: What is said where something stands in the way of giving.
REFUSALS = {why: Refusal(why.value) for why in InTheWay}


def _declared(notice: Notice | None) -> list[tuple[str, Any]]:
    return [(one.value, one.label) for one in DataCategory if notice and one in notice.declared]


def named_choices(notice: Notice, kind: ClauseKind, terms: Any) -> list[tuple[str, Any]]:
    """The choices among `terms` that the notice names."""
    return [(one.value, one.label) for one in terms if one in named(notice, kind)]


class RecipientForm(ReasonForm):
    """A recipient: what it may have is chosen among what the notice lists."""

    categories = forms.MultipleChoiceField(
        label=_("Data it may be given"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "categories" in self.fields:
            self.fields["categories"].choices = _declared(governing_notice())  # type: ignore[attr-defined]


@admin.register(Recipient)
class RecipientAdmin(GovernedAdmin):
    """To whom data may be given, under which contract, where."""

    form = RecipientForm
    list_display = ("name", "kind", "country", "data", "has_standing_access", "ended_on")
    fieldsets = (
        (None, {"fields": ("name", "kind", "country", "email", "address", "language")}),
        (_("What it may have"), {"fields": ("categories", "has_standing_access")}),
        (_("Contract"), {"fields": ("contract_on", "ended_on")}),
        (
            _("Outside the EU and the EEA"),
            {"fields": ("transfer_tool", "transfer_reason")},
        ),
        (None, {"fields": ("reason",)}),
    )

    @admin.display(description=_("data"))
    def data(self, recipient: Recipient) -> str:
        return as_words(recipient, Recipient._meta.get_field("categories"))


@admin.register(Disclosure)
class DisclosureAdmin(RememberedAdmin):
    """The ledger: nothing in it changes, and what comes in comes in with its act."""

    list_display = ("__str__", "on_what", "purpose", "data", "people", "disclosed_by")
    list_select_related = ("recipient", "disclosed_by")
    fields = (
        "recipient",
        "moved_to",
        "request_number",
        "on_what",
        "purpose",
        "data",
        "people",
        "disclosed_at",
        "disclosed_by",
        "notice",
    )
    change_form_template = "admin/register/disclosure/change_form.html"

    @admin.display(description=_("ground"))
    def on_what(self, disclosure: Disclosure) -> str:
        return disclosure.on_what

    @admin.display(description=_("data"))
    def data(self, disclosure: Disclosure) -> str:
        return as_words(disclosure, Disclosure._meta.get_field("categories"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if self.has_view_permission(request) and (away := asks_what_for(request)):
            return away
        key = self.history_key(request, object_id)
        shown = unrestricted([DataCategory.NAME])
        customers = Customer.objects.filter(shown, disclosed__disclosure=key).order_by("pk")
        people = Paginator(customers, A_PAGE).get_page(request.GET.get("p"))
        if self.has_view_permission(request):
            listed(request, people.object_list)
        made_as = CustomerList.objects.select_related("taken_by").filter(disclosure=key).first()
        context = {"people": people, "made_as": made_as, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)


class GivenForm(OfOne):
    """That data about one customer were given to a recipient."""

    title = _("Data were given to somebody")
    verb = _("Save")

    channel = None  # type: ignore[assignment]
    recipient: Any = forms.ModelChoiceField(label=_("To whom"), queryset=None, empty_label=None)
    ground = forms.ChoiceField(label=_("On what ground"), widget=forms.RadioSelect)
    purpose = forms.ChoiceField(label=_("For what"), widget=forms.RadioSelect)
    categories = forms.MultipleChoiceField(
        label=_("Which data"), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("recipient", "ground", "purpose", "categories", "on")

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        choices = {
            "ground": named_choices(self.notice, ClauseKind.DISCLOSURE, DisclosureGround),
            "purpose": named_choices(self.notice, ClauseKind.PURPOSE, Purpose),
            "categories": _declared(self.notice),
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]
        kinds = named(self.notice, ClauseKind.RECIPIENT) - {RecipientKind.OWN_STAFF}
        self.fields["recipient"].queryset = Recipient.objects.filter(kind__in=kinds)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if {"recipient", "ground", "purpose", "categories"} <= told.keys():
            for why in self._in_the_way():
                # of what rests only a ground of the law lets something go
                at = "ground" if why == Refusal.RESTRICTED else "purpose"
                self.add_error(at, str(why.label))
        if not self.errors:
            given = self._given()
            at = given.pop("at")
            for column, why in (
                Disclosure(notice=self.notice, disclosed_at=at, **given).refusals().items()
            ):
                self.add_error("on" if why == Refusal.NOT_NOW else column, str(why.label))
        return told

    def _in_the_way(self) -> list[Refusal]:
        """Why these data of the customer may not be given so (P52, P65, S02)."""
        told = self.cleaned_data
        needed = needs_to_give(
            told["recipient"], told["ground"], told["purpose"], told["categories"]
        )
        return [REFUSALS[why] for why in self.customer.in_the_way(needed)]

    def _given(self) -> dict[str, Any]:
        told = self.cleaned_data
        # today's at this moment, that of another day at its noon
        now = timezone.localtime()
        noon = timezone.make_aware(datetime.combine(told["on"], time(12)))
        return {
            **{name: told[name] for name in ("recipient", "ground", "purpose", "categories")},
            "at": now if told["on"] == now.date() else noon,
        }

    def save(self) -> None:
        with because(_("Data given to a recipient")), transaction.atomic():
            Customer.objects.hold([self.customer.pk])
            if refusals := self._in_the_way():
                raise DisclosureRefused(refusals)
            own = Customer.objects.filter(pk=self.customer.pk)
            Disclosure.objects.record(own, by=self.by, **self._given())
