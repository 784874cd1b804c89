"""From the customer's page: what somebody forbids by phone, at the counter or in a letter, and what
they allow again."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.terms import ProhibitedUse, ProhibitionScope
from register.admin.sayings import OfOne, saying_view
from register.models import Channel, Customer
from rights_requests.forbidding import (
    MARKETING,
    allow_again,
    forbid_at_once,
    own_prohibitions,
)

#: Nobody took anything back: it should never have been written down.
MISTAKE = "mistake"


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


class AllowForm(OfOne):
    """What the customer no longer forbids; what nobody ever forbade, too."""

    title = _("A prohibition was taken back")
    verb = _("Allow again")

    scopes = forms.MultipleChoiceField(
        label=_("What is allowed again"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Both for ourselves and for others."),
    )
    field_order = ("scopes", "channel", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        forbidden = set(own_prohibitions(self.customer).values_list("scope", flat=True))
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope.value, scope.label) for scope in ProhibitionScope if scope in forbidden
        ]
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            *Channel.choices,
            (MISTAKE, _("nobody took it back: it was written down by mistake")),
        ]

    @property
    def why_not(self) -> str:
        if self.fields["scopes"].choices:  # type: ignore[attr-defined]
            return ""
        return gettext(
            "This customer has forbidden nothing. What is shown was forbidden by somebody else who "
            "has the same address or number: only they can take it back."
        )

    def save(self) -> None:
        said = self.said()
        if said["channel"] == MISTAKE:
            said["channel"] = None
        allow_again(self.customer, self.cleaned_data["scopes"], **said)


def allow_view(admin: Any, request: HttpRequest, reference: str) -> HttpResponse:
    """From the customer's page, beside what is forbidden."""
    customers = admin.admin_site.get_model_admin(Customer)
    return saying_view(customers, request, reference, AllowForm)


def forbid_view(admin: Any, request: HttpRequest, reference: str) -> HttpResponse:
    """Two presses from the customer's page: this page, and its button."""
    customers = admin.admin_site.get_model_admin(Customer)
    return saying_view(customers, request, reference, ForbidForm, by=request.user)
