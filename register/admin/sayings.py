"""Pages on which staff write down what was said: a notice given, a consent, its withdrawal."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.once import OnceForm, SentBefore, once
from audit.reasons import because
from audit.texts import fault_of
from notices.models import Notice
from notices.terms import Purpose
from register.admin.naming import word
from register.admin.resting import leads_away
from register.models import (
    Channel,
    Consent,
    Customer,
    CustomerErased,
    DisclosureRefused,
    GivenTwice,
    NoticeGiven,
    NotTold,
    NotYetInForce,
)
from register.models.uses import InTheWay


class SayingForm(OnceForm):
    """How and when something was said."""

    title: ClassVar[str | Promise]
    verb: ClassVar[str | Promise]

    channel = forms.ChoiceField(label=_("How"), choices=Channel, widget=forms.RadioSelect)
    on = forms.DateField(
        label=_("On"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, notice: Notice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = notice

    def clean_on(self) -> Any:
        if self.cleaned_data["on"] > timezone.localdate():
            raise ValidationError(gettext("That day has not come yet."))
        return self.cleaned_data["on"]

    def said(self) -> dict[str, Any]:
        return {"channel": self.cleaned_data["channel"], "on": self.cleaned_data["on"]}


def not_before(notice: Notice, on: date) -> date:
    """`on`; raises `ValidationError` for a day on which nobody can have been given `notice`."""
    if notice.begins_on and on < notice.begins_on:
        raise ValidationError(gettext("The privacy notice was not in force yet on that day."))
    return on


_GIVEN_TWICE = _("This consent is stored already: the same purpose, day and channel.")


class OfOne(SayingForm):
    """The same about one customer."""

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer

    @property
    def why_not(self) -> str:
        """Why there is nothing to write down; empty where there is."""
        return ""

    def save(self) -> None:
        raise NotImplementedError


class ToldForm(OfOne):
    """Which version of the notice was given (V02)."""

    title = _("The privacy notice was given")
    verb = _("Save")

    version = forms.ModelChoiceField(
        label=_("Privacy notice"), queryset=Notice.objects.once_in_force(), empty_label=None
    )
    field_order = ("version",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.notice.pk

    def clean_on(self) -> date:
        on: date = super().clean_on()
        version = self.cleaned_data.get("version")
        return not_before(version, on) if version else on

    def save(self) -> None:
        with because(_("Told of the privacy notice")):
            NoticeGiven.objects.record(
                [self.customer], notice=self.cleaned_data["version"], **self.said()
            )


class ConsentForm(OfOne):
    """A consent as it was given: no box is ticked beforehand (C01, C02)."""

    title = _("A consent was given")
    verb = _("Save")

    purpose = forms.ChoiceField(
        label=_("Purpose"),
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _("The privacy notice in force asks no consent for this purpose.")
        },
    )
    wording = forms.CharField(
        label=_("Words agreed to"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Exactly as the customer read or heard them."),
    )
    field_order = ("purpose", "wording")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(purpose.value, purpose.label) for purpose in self.notice.asks_consent_for]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]

    @property
    def why_not(self) -> str:
        """P19"""
        if self.notice.asks_consent_for:
            return ""
        return gettext(
            "The privacy notice in force asks no consent for anything, so none can be stored. What "
            "rests on consent must stand in the notice first."
        )

    def clean_wording(self) -> str:
        wording = str(self.cleaned_data["wording"])
        if why := next(filter(None, map(fault_of, wording.splitlines())), ""):
            raise ValidationError(why)
        return wording

    def clean_purpose(self) -> str:
        purpose = str(self.cleaned_data["purpose"])
        if InTheWay.UNTOLD in self.customer.uses(self.notice)[Purpose(purpose)]:
            raise ValidationError(
                gettext(
                    "This purpose is new, and the customer has not been told of it. Give the "
                    "privacy notice in force first."
                )
            )
        return purpose

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"purpose", "channel", "on"} <= cleaned.keys():
            try:
                self._consent().judge(self.notice)
            except NotYetInForce:
                self.add_error(
                    "on", gettext("The privacy notice asked no such consent on that day.")
                )
            except NotTold:
                self.add_error("on", gettext("The customer was told of this purpose later."))
            except GivenTwice:
                self.add_error("on", _GIVEN_TWICE)
        return cleaned

    def _consent(self) -> Consent:
        told = self.cleaned_data
        return Consent(
            customer=self.customer,
            purpose=told["purpose"],
            wording=told.get("wording", ""),
            channel=told["channel"],
            given_on=told["on"],
        )

    def save(self) -> None:
        with because(_("Consent given")):
            self._consent().save()


class WithdrawalForm(OfOne):
    """A consent taken back: how and when, and no more is asked (C01)."""

    title = _("A consent was withdrawn")
    verb = _("Withdraw")

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = purpose
        self.given = list(self.customer.consents.given().filter(purpose=purpose))
        if not self.given:
            raise Http404

    def clean_on(self) -> Any:
        on = super().clean_on()
        if any(on < consent.given_on for consent in self.given):
            raise ValidationError(gettext("It was given later than that."))
        return on

    def save(self) -> None:
        with because(_("Consent withdrawn")):
            Consent.objects.withdraw(self.customer, self.purpose, **self.said())


def say_it_was_sent(request: HttpRequest) -> None:
    """Nothing was done: the form had done its act before."""
    messages.warning(
        request,
        gettext("This form was sent before, so nothing was done again. Open a new one for more."),
    )


def saying_view(
    page: Any, request: HttpRequest, reference: str, form_class: type[OfOne], **about: Any
) -> HttpResponse:
    """GET asks how and when, POST stores it and leads back to the customer."""
    customer = page.get_object(request, reference)
    if customer is None:
        raise Http404
    notice = page.notice(request)
    if notice is None or not page.may_record(request, customer):
        raise PermissionDenied
    if away := leads_away(page, request, customer):
        return away
    sent = request.POST if request.method == "POST" else None
    form = form_class(sent, customer=customer, notice=notice, **about)
    if form.is_valid():
        try:
            with once(form.cleaned_data["token"]):
                form.save()
            name = {"name": word(request, customer)}
            messages.success(request, gettext("Stored: %(name)s") % name)
        except SentBefore:
            say_it_was_sent(request)
        except CustomerErased:
            messages.error(
                request, gettext("The customer was erased meanwhile. Nothing was stored.")
            )
        except GivenTwice:
            messages.error(request, str(_GIVEN_TWICE))
        except DisclosureRefused as refused:
            # another notice has come into force since the form was judged
            messages.error(request, str(refused.refusals[0].label))
        return HttpResponseRedirect(
            reverse("admin:register_customer_change", args=[customer.reference])
        )
    context = {
        **page.admin_site.each_context(request),
        "title": form.title,
        "opts": page.opts,
        "customer": customer,
        "name": word(request, customer),
        "form": form,
    }
    return TemplateResponse(request, "admin/register/customer/say.html", context)
