"""What staff say when they prove, grant, refuse or extend."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from notices.models import governing_notice
from notices.terms import Right
from register.forms import CustomerField
from register.models import RestrictionGround
from rights_requests.admin.scanning import scans_of_proof
from rights_requests.deadlines import received_on
from rights_requests.decisions import Hindrance, grounds_open
from rights_requests.doubting import is_mildest, means_for, reasons_open
from rights_requests.fields import EmailText, LongText, Text
from rights_requests.forms import KEPT_HERE
from rights_requests.grounds import BY_KEY, Ground
from rights_requests.identifying import SEEN, proofs_of
from rights_requests.models import (
    Demand,
    Excuse,
    ExtensionCause,
    Means,
    Proof,
    RightsRequest,
)
from rights_requests.models.requests import ERASING
from rights_requests.offering import needed_roles, usual_ground
from rights_requests.suggesting import suggestions

#: What staff can see with their own eyes; the other proofs come from the person.
PROOF_SEEN = [(one.value, one.label) for one in Proof if one in SEEN | {Proof.WRITTEN}]
SHORTEST_REASONS = 15
SHORTEST_DEMONSTRATION = 100


def evidence_field(**kwargs: Any) -> Text:
    """What was seen, in a few words; no identity code gets into it (I06)."""
    return Text(
        label=_("What was seen"),
        longest=300,
        help_text=_(
            "Such as “signed letter” or “driving licence”. Take no copy, and write no personal "
            "identity code."
        ),
        **kwargs,
    )


class CustomerForm(forms.Form):
    """Who of the register asks."""

    customer = CustomerField(label=_("Another customer"), may_rest=True)


class CameOnForm(forms.Form):
    """The day when an answer came, which starts the clock again (T06)."""

    came_on = forms.DateField(
        label=_("It came on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "The day when the answer to our question reached us, not the day of the request. The "
            "clock goes on from that day."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["came_on"].initial = received_on(timezone.now())

    def clean_came_on(self) -> date | None:
        day: date | None = self.cleaned_data["came_on"]
        if day and day > received_on(timezone.now()):
            raise ValidationError(gettext("This day is in the future."))
        return day


class ProofForm(CameOnForm):
    """A proof that staff have seen."""

    field_order = ("proof", "evidence", "scans", "came_on")

    proof = forms.ChoiceField(label=_("Proof"), widget=forms.RadioSelect)
    evidence = evidence_field()
    scans = scans_of_proof()

    def __init__(self, asked: RightsRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        proofs = [(proof.value, proof.label) for proof in proofs_of(asked)]
        self.fields["proof"].choices = proofs  # type: ignore[attr-defined]
        # empty for today
        self.fields["came_on"].required = False
        self.fields["came_on"].help_text = gettext(
            "The day when the proof reached us, not the day of the request. If we had asked for "
            "it, the clock goes on from that day. Empty means today."
        )


class MandateForm(forms.Form):
    """Who asks for the person, and what the mandate says of the answers (I14)."""

    agent = Text(label=_("Who asks for the person"), longest=200)
    evidence = Text(
        label=_("What was seen"),
        longest=300,
        help_text=_("Such as “signed power of attorney of 2 March”. Write no personal code."),
    )
    takes_answers = forms.BooleanField(
        label=_("The mandate says that answers go to the agent"),
        help_text=_("Without the tick they go to the person."),
        required=False,
    )
    agent_email = EmailText(label=_("E-mail of the agent"), longest=254, required=False)
    agent_address = LongText(label=_("Postal address of the agent"), longest=400, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        reached = said.get("agent_email") or said.get("agent_address")
        if said.get("takes_answers") and not reached and "agent_email" not in self.errors:
            self.add_error("agent_email", gettext("Give an address where the answers go."))
        return said


class SpokenForm(forms.Form):
    """An answer told in words (art. 12(1); I11)."""

    is_asked = forms.BooleanField(
        label=_("The person asked to be told in words"),
        error_messages={"required": _("Only who asks for that is told in words.")},
    )
    note = LongText(
        label=_("What was told, and how it was known who it was"),
        longest=1_000,
        help_text=_("A voice or a number on a display shows nobody. Write no personal code."),
    )


class AskForm(forms.Form):
    """What the person is asked, and why (art. 12(6); I05)."""

    reason = forms.ChoiceField(label=_("Why we ask"), widget=forms.RadioSelect)
    means = forms.ChoiceField(
        label=_("What we ask for"),
        widget=forms.RadioSelect,
        help_text=_(
            "The mildest is first. Never ask for a copy or photo of an identity card, nor for a "
            "personal identity code."
        ),
    )
    why_not_milder = LongText(
        label=_("Why nothing milder is enough"),
        longest=500,
        required=False,
        help_text=_(
            "Only where something milder is left: the link in our receipt, or what stands above "
            "your choice. For our own record."
        ),
    )

    def __init__(self, asked: RightsRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        reasons = reasons_open(asked)
        means = dict.fromkeys(one for reason in reasons for one in means_for(asked, reason))
        for name, choices in (("reason", reasons), ("means", means)):
            field: Any = self.fields[name]
            field.choices = [(one.value, one.label) for one in choices]
        self.initial = {"means": next(iter(means), None)}
        if len(reasons) == 1:
            self.initial["reason"] = reasons[0]
        if set(means) == {Means.WHICH_DATA}:
            del self.fields["why_not_milder"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        means = said.get("means")
        is_short = len(said.get("why_not_milder", "").strip()) < SHORTEST_REASONS
        reason = said.get("reason")
        if reason and means and means not in means_for(self.asked, reason):
            self.add_error("means", gettext("This is not what is asked for such a reason."))
        must_say = means and "why_not_milder" in self.fields and not is_mildest(self.asked, means)
        if must_say and is_short:
            told = gettext("Something milder is left. Say why it is not enough.")
            self.add_error("why_not_milder", f"{told} {_too_short(SHORTEST_REASONS, None)}")
        return said


class CodeForm(forms.Form):
    """A code that came back."""

    code = Text(
        label=_("Code from the letter"),
        longest=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class GrantForm(forms.Form):
    """A grant of which nothing is left to say."""

    #: whether staff write words of their own
    writes = False
    #: whether it is decided now and carried out when facts have ended
    waits = False

    def terms(self) -> dict[str, Any]:
        """What the grant is told."""
        return {}


class NobodyForm(GrantForm):
    """That nothing is held, while somebody of the register may be the person (A01)."""

    none_of_them = forms.BooleanField(
        label=_("I have looked: none of these customers is the person who asks."),
        error_messages={
            "required": _(
                "Look at each of them first. If one is the person, choose that customer on the "
                "page of the request."
            )
        },
    )

    def terms(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RestrictionForm(GrantForm):
    """On which ground, and which data, may only be kept (art. 18(1); S01, S08)."""

    ground = forms.ChoiceField(
        label=_("Ground"), choices=RestrictionGround, widget=forms.RadioSelect
    )
    categories = forms.MultipleChoiceField(
        label=_("Which data"),
        required=False,
        choices=[(one.value, one.label) for one in KEPT_HERE],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick nothing, and all data of the customer are restricted."),
    )

    def terms(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ErasureForm(GrantForm):
    """An erasure: what stops it is waited for, and so is the end of a role as contact person where
    staff have weighed that (E06, P63)."""

    wait = forms.BooleanField(required=False, widget=forms.HiddenInput)
    categories = forms.MultipleChoiceField(
        label=_("Which data"),
        required=False,
        choices=[(one.value, one.label) for one in KEPT_HERE],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Tick nothing, and the customer is erased. Where the person names some data, tick "
            "those: all else stays."
        ),
    )
    needed_for_role = LongText(
        label=_("Why the data are needed while the person speaks for an organisation"),
        longest=2_000,
        required=False,
        help_text=_(
            "Empty: the data go although the person has that role. These words go into the answer."
        ),
    )

    def __init__(
        self, demand: Demand, stops: list[Hindrance], roles: list[Any], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if demand.right == Right.ANONYMISATION:
            # of nobody there is nothing left to choose from (P66)
            del self.fields["categories"]
        self.waits = bool(stops) and all(one.can_be_waited_for for one in stops)
        self.writes = bool(roles)
        if self.waits:
            self.initial["wait"] = True
        else:
            del self.fields["wait"]
        if not roles:
            del self.fields["needed_for_role"]

    def clean_needed_for_role(self) -> str:
        reasons: str = self.cleaned_data["needed_for_role"]
        if 0 < len(reasons) < SHORTEST_DEMONSTRATION:
            raise ValidationError(_too_short(SHORTEST_DEMONSTRATION, BY_KEY["contact_person_role"]))
        return reasons

    def terms(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def grant_form(demand: Demand, stops: list[Hindrance], sent: Any) -> GrantForm:
    """What is left to say where `demand` is granted."""
    customer = demand.request.customer
    # what the person named is ticked, and staff decide on it
    wish = {"ground": demand.restriction_ground, "categories": demand.categories}
    if suggestions(demand.request):
        return NobodyForm(sent)
    form = GrantForm(sent)
    if customer is None or customer.erased_at:
        return form
    if demand.right in ERASING:
        roles = needed_roles(customer, today=localdate())
        form = ErasureForm(demand, stops, roles, sent, initial=wish)
    elif demand.right == Right.RESTRICTION:
        form = RestrictionForm(sent, initial=wish)
    if "categories" in form.fields:
        form.fields["categories"].choices = _there_may_be(demand)  # type: ignore[attr-defined]
    return form


def _there_may_be(demand: Demand) -> list[tuple[str, str]]:
    """The data to choose from: what the notice in force lists, and what the person named (P20)."""
    notice = governing_notice() or demand.request.notice
    listed = {*notice.declared, *demand.categories}
    return [(one.value, str(one.label)) for one in KEPT_HERE if one in listed]


class LiftingForm(forms.Form):
    """Why a restriction ends, in words for the person (art. 18(3); S05)."""

    reasons = LongText(
        label=_("Why the restriction ends"),
        longest=2_000,
        help_text=_("These words go into the letter. Write in the language of the request."),
    )


class ExcuseForm(forms.Form):
    """Why a recipient or source is not told (art. 19; N01)."""

    why = forms.ChoiceField(
        label=_("Why nobody tells it"), choices=Excuse.choices, widget=forms.RadioSelect
    )
    reason = LongText(
        label=_("Reason"),
        longest=2_000,
        help_text=_("What was tried, or why the effort is too great. Name nobody."),
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(reason) < SHORTEST_REASONS:
            raise ValidationError(_too_short(SHORTEST_REASONS, None))
        return reason


class RefusalForm(forms.Form):
    """What the certificate of a refusal says (art. 12(4); P59)."""

    writes = True

    ground = forms.ChoiceField(label=_("Ground"), widget=forms.RadioSelect)
    refused_what = LongText(
        label=_("What is refused"),
        longest=2_000,
        help_text=_("All of it, or which part."),
    )
    reasons = LongText(
        label=_("Reasons"),
        longest=4_000,
        help_text=_("In plain words that the person understands."),
    )
    until = LongText(
        label=_("Until when"),
        longest=1_000,
        help_text=_("Such as “until the invoice is paid”, and what happens then."),
    )
    done_for_rest = LongText(label=_("What was done for the rest"), longest=2_000, required=False)

    def __init__(
        self, demand: Demand, hindrances: list[Hindrance], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, str(one)) for one in grounds_open(demand)]
        self.fields["ground"].choices = choices  # type: ignore[attr-defined]
        kinds = {one.kind.value for one in hindrances}
        keys = [key for key, _label in choices]
        fitting = next((key for key in keys if key in kinds), usual_ground(demand))
        if fitting in keys:
            self.initial["ground"] = fitting

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            demonstrated(cleaned.get("reasons", ""), BY_KEY.get(cleaned.get("ground", "")))
        except ValidationError as error:
            self.add_error("reasons", error)
        return cleaned

    def clean_ground(self) -> str:
        key: str = self.cleaned_data["ground"]
        if key not in BY_KEY:
            raise ValidationError(gettext("Choose a ground."))
        return key


def demonstrated(reasons: str, ground: Ground | None) -> None:
    """Raises `ValidationError` for `reasons` that are too short for `ground`; without any another
    error is said."""
    shortest = SHORTEST_DEMONSTRATION if ground and ground.needs_demonstration else SHORTEST_REASONS
    if 0 < len(reasons) < shortest:
        raise ValidationError(_too_short(shortest, ground))


def _too_short(shortest: int, ground: Ground | None) -> str:
    room = ngettext(
        "Write at least %(count)s character.", "Write at least %(count)s characters.", shortest
    ) % {"count": shortest}
    if ground and ground.needs_demonstration:
        return gettext("This ground must be shown: tell the facts it rests on.") + " " + room
    return room


class ExtensionForm(forms.Form):
    """Why two months more are needed (art. 12(3))."""

    writes = True

    cause = forms.ChoiceField(
        label=_("Cause"),
        choices=ExtensionCause.choices,
        widget=forms.RadioSelect,
        help_text=_("Holidays or a shortage of staff are no cause."),
    )
    reason = LongText(
        label=_("Reason"), longest=2_000, help_text=_("Goes into the letter to the person.")
    )
    is_no_contact_data = forms.BooleanField(
        label=_("It is not about a name, an address, a phone number or an e-mail address"),
        error_messages={"required": _("Contact data are corrected without more time.")},
    )

    def __init__(self, demand: Demand, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if demand.right != Right.RECTIFICATION:
            del self.fields["is_no_contact_data"]
