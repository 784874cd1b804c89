"""Who the controller is, and in which languages the notice speaks."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.timezone import localdate
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from notices.guiding.promising import Step, Values
from notices.guiding.steps.base import Group, StepForm, line, spoken
from notices.terms import Language

POSTCODE = RegexValidator(r"^\d{5}$", _("Write the five digits of the postcode."))


CITY = RegexValidator(r"^\D+$", _("Write the city without digits."))


class WhoForm(StepForm):
    """Who the controller is, and in which languages the notice speaks (art. 13(1)(a); P02, P04)."""

    step = Step.WHO
    languages = spoken(
        label=_("Languages of the notice"),
        help_text=_("The program writes each section in all of them. You translate what you add."),
    )
    request_languages = spoken(
        label=_("Languages in which you answer requests"),
        help_text=_(
            "The notice tells readers to ask in one of these. If you add a language to the"
            " notice, look whether it belongs here too."
        ),
    )
    controller_name = line(
        label=_("Name"),
        max_length=200,
        help_text=_("The firm as it is registered. A sole trader: the trade name and your own."),
    )
    controller_street = line(
        label=_("Street address or post office box"),
        max_length=240,
        help_text=_("If you work at home, a post office box will do."),
    )
    controller_postcode = line(
        label=_("Postcode"),
        max_length=5,
        validators=[POSTCODE],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
    )
    controller_city = line(label=_("City"), max_length=50, validators=[CITY])
    controller_phone = line(label=_("Phone"), max_length=50, required=False)
    controller_email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("Requests come here, unless the contact person has an address of their own."),
    )
    contact_name = line(
        label=_("Contact person"),
        max_length=200,
        help_text=_("Who answers questions about the register. A sole trader: you."),
    )
    contact_phone = line(label=_("Phone, if another"), max_length=50, required=False)
    contact_email = forms.EmailField(label=_("E-mail, if another"), required=False, max_length=254)
    register_name = line(
        label=_("Name of the register"),
        max_length=200,
        help_text=_("The usual name will do. The program translates it."),
    )
    drawn_up_on = forms.DateField(
        label=_("Drawn up on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    updated_on = forms.DateField(
        label=_("Updated on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave empty in a first notice."),
    )

    def start(self, before: Values) -> dict[str, Any]:
        with override(next(iter(before["languages"]), Language.FINNISH)):
            usual = gettext("Customer register")
        return before | {
            "register_name": before["register_name"] or usual,
            "drawn_up_on": before["drawn_up_on"] or localdate(),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        emails = ("controller_email", "contact_email")
        if not any(cleaned.get(name) or name in self.errors for name in emails):
            self.add_error("controller_email", _("Write an e-mail address for requests."))
        drawn_up, updated = cleaned.get("drawn_up_on"), cleaned.get("updated_on")
        if drawn_up and updated and updated < drawn_up:
            self.add_error("updated_on", _("This is before the day when the notice was drawn up."))
        return cleaned

    def groups(self) -> Iterator[Group]:
        yield Group(gettext("Languages"), self.asked("languages", "request_languages"))
        yield Group(
            gettext("Controller"),
            self.asked(
                "controller_name",
                "controller_street",
                "controller_postcode",
                "controller_city",
                "controller_phone",
                "controller_email",
            ),
            gettext("Whoever decides what customers' data are used for: you or your firm."),
        )
        yield Group(
            gettext("Contact person for the register"),
            self.asked("contact_name", "contact_phone", "contact_email"),
        )
        yield Group(gettext("The notice"), self.asked("register_name", "drawn_up_on", "updated_on"))
