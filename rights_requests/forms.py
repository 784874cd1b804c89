"""The form on the web: one page for all the rights chosen, each asking only what it needs."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.texts import fault_of
from notices.declarations import KEPT_ELSEWHERE
from notices.terms import DataCategory, ProhibitedUse, ProhibitionScope, Right
from register.emails import AddressFormField
from register.models import Channel
from register.models.countries import told_postcode
from register.models.prohibitions import normalised
from rights_requests.intake import contacts_of, receive
from rights_requests.models import OFFERED, OWN_WORDS, Demand, RightsRequest
from rights_requests.tokens import stored_once

#: What each right is good for, in one plain sentence.
IN_WORDS = {
    Right.ACCESS: _("Get a copy of the data that we hold about you, or word that we hold none."),
    Right.RECTIFICATION: _("Have data about you put right that are wrong, missing or outdated."),
    Right.ERASURE: _("Have the data about you erased."),
    Right.RESTRICTION: _("Have the data about you kept but not used for the time being."),
    Right.PORTABILITY: _("Get the data that you gave us in a form that other systems can read."),
    Right.OBJECTION: _("Object to the use of your data because of your own situation."),
    Right.PROHIBITION: _(
        "Forbid marketing and publication: without a reason, and with effect at once."
    ),
}
#: The value at fault is not repeated: it may be anything, and ten megabytes of it.
CHOOSE = _("Choose from these.")
ALL_SCOPES = "all"
CONTACT = ("name", "email", "phone", "street", "postcode", "city")
POSTAL = ("street", "postcode", "city")
#: No name has these, and a letter that greets by them would carry a stranger's advertisement.
NO_NAME = re.compile(r"://|www\.|@", re.IGNORECASE)
#: What is asked for each right beyond who asks; nobody is asked why they want access (A05).
ASKED: dict[Right, tuple[str, ...]] = {
    Right.RECTIFICATION: ("datum", "wanted", "rectification_ground"),
    Right.ERASURE: ("erased_data",),
    Right.RESTRICTION: ("restriction_ground", "restricted_data"),
    Right.OBJECTION: ("objection_ground",),
    Right.PROHIBITION: ("scopes", "uses"),
}
#: What can be erased or restricted by itself: the data that this program keeps.
KEPT_HERE = [one for one in DataCategory if one not in KEPT_ELSEWHERE]
#: Whom else is told of these is told to the person, if the person wants to know (art. 19; N02).
TOLD_TO_OTHERS = frozenset({Right.RECTIFICATION, Right.ERASURE, Right.RESTRICTION})


def chosen_rights(values: Iterable[str]) -> list[Right]:
    """Those of the rights offered that are among `values`, in the order of the page."""
    wanted = set(values)
    return [right for right in OFFERED if right in wanted]


class Text(forms.CharField):
    """A text as it was typed, composed (NFC): the first thing wrong with it is told, and alone.

    No `maxlength` stands in the page: a browser would cut off what is pasted without a word.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {"required": _("Fill this in.")}

    def __init__(self, *, longest: int, autocomplete: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        if autocomplete:
            self.widget.attrs["autocomplete"] = autocomplete

    def to_python(self, value: Any) -> str:
        # lines end as the browser sends them; a lone carriage return is no line end
        text = super().to_python(value) or ""
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))

    def run_validators(self, value: str) -> None:
        if len(value) > self.longest:
            raise ValidationError(
                gettext("This is too long: %(length)s characters. There is room for %(most)s.")
                % {"length": len(value), "most": self.longest}
            )
        if fault := next(filter(None, map(fault_of, self.lines(value))), ""):
            raise ValidationError(fault)
        super().run_validators(value)

    def lines(self, value: str) -> list[str]:
        """Each part of `value` that must be without line breaks."""
        return [value]


class LongText(Text):
    """A text of several lines."""

    widget = forms.Textarea(attrs={"rows": 4})

    def lines(self, value: str) -> list[str]:
        return value.split("\n")


class EmailText(Text, AddressFormField):
    """An e-mail address, judged as that of a customer is."""

    def __init__(self, **kwargs: Any) -> None:
        # Django's own limit would stand in the page as `maxlength`
        super().__init__(max_length=None, **kwargs)


class SeveralField(forms.MultipleChoiceField):
    """Several of the choices: each once and in their order, however they were sent."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        return [str(key) for key in dict(self.choices) if key in chosen]  # type: ignore[arg-type]


def which_data() -> SeveralField:
    """Which of the data an erasure or a restriction is asked for; none for all of them (S08)."""
    return SeveralField(
        label=_("Which data"),
        help_text=_("Tick those that are meant. If none is ticked, all of the data are meant."),
        choices=[(one.value, one.label) for one in KEPT_HERE],
        required=False,
        error_messages={"invalid_choice": CHOOSE},
    )


class RequestForm(forms.Form):
    """The answers that the chosen rights need, and how the person is reached.

    Which customer this may be is for staff to find: nothing here looks (I08).
    """

    datum = LongText(
        label=_("What is wrong or missing"),
        help_text=_("Word for word as it stands now, as far as you know it."),
        longest=2_000,
    )
    wanted = LongText(label=_("What it should be"), help_text=_("Word for word."), longest=2_000)
    rectification_ground = LongText(
        label=_("Why it should be changed"),
        help_text=_("For example: I have moved, or the name is misspelt."),
        longest=4_000,
    )
    erased_data = which_data()
    restriction_ground = forms.ChoiceField(
        label=_("Why the data should rest"),
        choices=[(ground.value, words) for ground, words in OWN_WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    restricted_data = which_data()
    objection_ground = LongText(
        label=_("Your own situation"),
        help_text=_(
            "Tell what in your situation speaks against the use. Marketing needs no reason: "
            "choose the prohibition of marketing for that."
        ),
        longest=4_000,
    )
    scopes = SeveralField(
        label=_("What do you forbid?"),
        choices=[(ALL_SCOPES, _("all of these")), *ProhibitionScope.choices],
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    uses = SeveralField(
        label=_("Which use do you forbid?"),
        help_text=_("If you choose none, both are forbidden."),
        choices=ProhibitedUse.choices,
        required=False,
        error_messages={"invalid_choice": CHOOSE},
    )
    wants_recipients = forms.BooleanField(
        label=_("Tell me who else is told"),
        help_text=_("We tell those who have got your data from us what was changed."),
        initial=True,
        required=False,
    )
    name = Text(label=_("Name"), longest=200, autocomplete="name")
    email = EmailText(
        label=_("E-mail"),
        longest=254,
        autocomplete="email",
        required=False,
        error_messages={"invalid": _("Write the address in full, such as name@example.fi.")},
    )
    phone = Text(
        label=_("Phone"),
        longest=40,
        autocomplete="tel",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    street = Text(
        label=_("Street address"), longest=200, autocomplete="street-address", required=False
    )
    postcode = Text(label=_("Postcode"), longest=20, autocomplete="postal-code", required=False)
    city = Text(label=_("City"), longest=100, autocomplete="address-level2", required=False)

    def __init__(
        self,
        rights: Sequence[Right],
        *args: Any,
        listed: Collection[DataCategory],
        **kwargs: Any,
    ) -> None:
        """A form for `rights`; data to choose from are those that the notice has `listed`."""
        super().__init__(*args, **kwargs)
        self.rights = rights
        choices = [(one.value, one.label) for one in KEPT_HERE if one in listed]
        for name in ("erased_data", "restricted_data"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        asked = {name for right in rights for name in ASKED.get(right, ())}
        if TOLD_TO_OTHERS & set(rights):
            asked.add("wants_recipients")
        self.fields = {
            name: field for name, field in self.fields.items() if name in asked or name in CONTACT
        }
        self.fields["name"].required = self.needs_proof

    @classmethod
    def filled(
        cls,
        rights: Sequence[Right],
        sent: MultiValueDict[str, Any],
        *,
        listed: Collection[DataCategory],
    ) -> "RequestForm":
        """The form with what was sent, before anybody judges it."""
        form = cls(rights, listed=listed)
        form.initial = {
            name: field.widget.value_from_datadict(sent, MultiValueDict(), name)
            for name, field in form.fields.items()
        }
        return form

    @property
    def needs_proof(self) -> bool:
        """Whether it must be shown who asks: not for a prohibition (M01, I07)."""
        return any(right != Right.PROHIBITION for right in self.rights)

    def clean_scopes(self) -> list[str]:
        chosen = self.cleaned_data["scopes"]
        return [one for one in ProhibitionScope.values if one in chosen or ALL_SCOPES in chosen]

    def clean_uses(self) -> list[str]:
        return self.cleaned_data["uses"] or ProhibitedUse.values

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if NO_NAME.search(name):
            raise ValidationError(gettext("Write the name only, without a web or e-mail address."))
        return name

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not re.search(r"\d", phone):
            raise ValidationError(gettext("Write a phone number with digits."))
        return phone

    def clean_postcode(self) -> str:
        return told_postcode(self.cleaned_data["postcode"])

    def clean(self) -> dict[str, Any]:
        cleaned = {name: self.cleaned_data.get(name, "") for name in self.fields}
        if any(cleaned[name] for name in POSTAL):
            for name in POSTAL:
                if not cleaned[name] and name not in self.errors:
                    self.add_error(name, gettext("Write the whole postal address."))
        # said together with all other faults, unless the address itself is one of them
        if not {"email", "phone", *POSTAL} & set(self.errors) and not self._is_reached():
            self.add_error("email", self._how_to_be_reached())
        return self.cleaned_data

    def _is_reached(self) -> bool:
        """Whether a letter arrives; a prohibition alone is content with anything to know by."""
        asked = self._request()
        if self.needs_proof:
            return asked.can_be_written_to
        return any(normalised(kind, value) for kind, value in contacts_of(asked).items())

    def _how_to_be_reached(self) -> str:
        if self.needs_proof:
            return gettext("Write an e-mail address or a postal address, so that we can answer.")
        return gettext("Write an e-mail address, a phone number or a postal address.")

    def send(self, nonce: str, *, language: str, now: datetime) -> RightsRequest:
        """Store the request, or give the one that the same form made before.

        Raises `OtherContents` when that one had other answers.
        """
        asked = self._request()
        asked.language, asked.channel, asked.received_at = language, Channel.FORM, now
        demands = [self._demand(right) for right in self.rights]
        return stored_once(
            asked,
            nonce=nonce,
            contents=[list(self.rights), self.cleaned_data],
            store=lambda: receive(asked, demands, now=now),
        )

    def _request(self) -> RightsRequest:
        return RightsRequest(
            wants_recipients=self.cleaned_data.get("wants_recipients", True),
            **{name: self.cleaned_data.get(name, "") for name in CONTACT},
        )

    def _demand(self, right: Right) -> Demand:
        said = self.cleaned_data
        match right:
            case Right.RECTIFICATION:
                return Demand(
                    right=right,
                    datum=said["datum"],
                    wanted=said["wanted"],
                    ground=said["rectification_ground"],
                )
            case Right.ERASURE:
                return Demand(right=right, categories=said["erased_data"])
            case Right.RESTRICTION:
                return Demand(
                    right=right,
                    restriction_ground=said["restriction_ground"],
                    categories=said["restricted_data"],
                )
            case Right.OBJECTION:
                return Demand(right=right, ground=said["objection_ground"])
            case Right.PROHIBITION:
                return Demand(right=right, scopes=said["scopes"], uses=said["uses"])
        return Demand(right=right)

    # --- for the pages

    def asked_for(self) -> list["Asked"]:
        """The rights that ask something of their own, each with its fields."""
        return [
            Asked(right, [self[name] for name in ASKED[right]])
            for right in self.rights
            if right in ASKED
        ]

    def others(self) -> forms.BoundField | None:
        """Whether to tell who else is told; None where nobody is."""
        return self["wants_recipients"] if "wants_recipients" in self.fields else None

    def contact_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in CONTACT]

    def sent_values(self) -> list[tuple[str, str]]:
        """Each name and value as it was sent, for the hidden fields of the next page."""
        sent: Any = self.data
        return [(name, value) for name in self.fields for value in sent.getlist(name)]

    def answers(self, names: Collection[str] = ()) -> list["Answer"]:
        """What was answered, in words: of the fields `names`, or of all."""
        wanted = [name for name in self.fields if not names or name in names]
        said = [Answer(str(self[name].label), self._in_words(name)) for name in wanted]
        return [answer for answer in said if answer.text]

    def _in_words(self, name: str) -> str:
        value = self.cleaned_data[name]
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        choices: dict[str, Any] = dict(getattr(self.fields[name], "choices", ()))
        if isinstance(value, list):
            return "\n".join(str(choices[one]) for one in value)
        return str(choices.get(value, value))

    def faults(self) -> list["Fault"]:
        """Every error, with the place where it is mended."""
        return [
            Fault(self[name], str(sentence))
            for name, found in self.errors.items()
            for sentence in found
        ]


@dataclass(frozen=True)
class Asked:
    """A right, and the fields that only it asks for."""

    right: Right
    fields: list[forms.BoundField]


@dataclass(frozen=True)
class Answer:
    """A question and its answer, in words."""

    label: str
    text: str


@dataclass(frozen=True)
class Fault:
    """An error, and the field that has it."""

    field: forms.BoundField
    sentence: str

    @property
    def target(self) -> str:
        """The id of what is mended: of several choices the first."""
        return self.field.auto_id + ("_0" if self.field.use_fieldset else "")
