"""From the customer's page: what somebody forbids by phone, at the counter or in a letter."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices.terms import ProhibitedUse, ProhibitionScope
from register.admin.sayings import OfOne, saying_view
from register.models import Channel, Customer
from rights_requests.forbidding import MARKETING, forbid_at_once


class ForbidForm(OfOne):
    """What is forbidden: all of marketing unless staff say otherwise, and no reason (M01, P52)."""

    title = _("Forbid marketing or publication")
    verb = _("Forbid")

    scopes = forms.MultipleChoiceField(
        label=_("What is forbidden"),
        choices=ProhibitionScope,
        initial=MARKETING,
        widget=forms.CheckboxSelectMultiple,
    )
    uses = forms.MultipleChoiceField(
        label=_("Which use"),
        choices=ProhibitedUse,
        initial=ProhibitedUse.values,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("scopes", "uses", "channel", "on")

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.initial["channel"] = Channel.PHONE

    def save(self) -> None:
        forbid_at_once(
            self.customer,
            self.cleaned_data["scopes"],
            uses=self.cleaned_data["uses"],
            **self.said(),
            by=self.by,
            now=timezone.now(),
        )


def forbid_view(admin: Any, request: HttpRequest, reference: str) -> HttpResponse:
    """Two presses from the customer's page: this page, and its button."""
    customers = admin.admin_site.get_model_admin(Customer)
    return saying_view(customers, request, reference, ForbidForm, by=request.user)
