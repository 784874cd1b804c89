"""The form on the web: one page for all the rights chosen, each asking only what it needs."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.declarations import KEPT_ELSEWHERE
from notices.models import Notice
from notices.offering import objectionable
from notices.terms import DataCategory, ProhibitedUse, ProhibitionScope, Purpose, Right
from register.models import Channel
from register.models.countries import told_postcode
from register.models.prohibitions import meanings_of
from rights_requests.fields import CHOOSE, EmailText, LongText, SeveralField, Text
from rights_requests.intake import contacts_of, receive
from rights_requests.item_forms import Items
from rights_requests.models import OWN_WORDS, Demand, RightsRequest
from rights_requests.offering import offered
from rights_requests.tokens import stored_once

#: What each right is good for, in one plain sentence.
IN_WORDS = {
    Right.ACCESS: _("Get a copy of the data that we hold about you, or word that we hold none."),
    Right.RECTIFICATION: _("Have data about you put right that are wrong, missing or outdated."),
    Right.ERASURE: _("Have the data about you erased."),
    Right.RESTRICTION: _("Have the data about you kept but not used for the time being."),
    Right.PORTABILITY: _("Get the data that you gave us in a form that other systems can read."),
    Right.OBJECTION: _("Object to the use of your data because of your own situation."),
    Right.WITHDRAWAL: _("Take back a consent that you gave us. No reason is needed."),
    Right.ANONYMISATION: _(
        "Have everything removed that tells who you are. Your orders stay as figures only."
    ),
    Right.PROHIBITION: _(
        "Forbid marketing and publication: without a reason, and with effect at once."
    ),
}
ALL_SCOPES = "all"
LONGEST_ADDRESS = 254
CONTACT = ("name", "email", "phone", "street", "postcode", "city")
POSTAL = ("street", "postcode", "city")
#: No name has these, and a letter that greets by them would carry a stranger's advertisement.
NO_NAME = re.compile(r"://|www\.|@", re.IGNORECASE)
#: What is asked for each right beyond who asks; nobody is asked why they want access (A05).
ASKED: dict[Right, tuple[str, ...]] = {
    Right.ERASURE: ("erased_data",),
    Right.RESTRICTION: ("restriction_ground", "restricted_data"),
    Right.PORTABILITY: ("transfer_to", "transfer_address"),
    Right.OBJECTION: ("objected_purposes", "objection_ground"),
    Right.WITHDRAWAL: ("withdrawn_purposes",),
    Right.PROHIBITION: ("scopes", "uses"),
}
#: What can be erased or restricted by itself: the data that this program keeps.
KEPT_HERE = [one for one in DataCategory if one not in KEPT_ELSEWHERE]
#: Whom else is told of these is told to the person, if the person wants to know (art. 19; N02).
TOLD_TO_OTHERS = frozenset(
    {Right.RECTIFICATION, Right.ERASURE, Right.ANONYMISATION, Right.RESTRICTION}
)


def chosen_rights(values: Iterable[str], notice: Notice) -> list[Right]:
    """Those of the rights that `notice` offers that are among `values`, in the order of the page
    (P16)."""
    wanted = set(values)
    return [right for right in offered(notice) if right in wanted]


def which_data() -> SeveralField:
    """Which of the data an erasure or a restriction is asked for; none for all of them (S08)."""
    return SeveralField(
        label=_("Which data"),
        help_text=_("Tick those that are meant. If none is ticked, all of the data are meant."),
        choices=[(one.value, one.label) for one in KEPT_HERE],
        required=False,
        error_messages={"invalid_choice": CHOOSE},
    )


def which_use(label: Any) -> SeveralField:
    """Which uses of the data an objection or a withdrawal is about; none for all of them."""
    return SeveralField(
        label=label,
        help_text=_("Tick those that are meant. If none is ticked, all of them are meant."),
        choices=Purpose.choices,
        required=False,
        error_messages={"invalid_choice": CHOOSE},
    )


def judged_address(address: str) -> str:
    """`address` of another controller; raises `ValidationError` for one that is neither an e-mail
    nor a web address with encryption."""
    try:
        if "@" in address and "://" not in address:
            EmailText(longest=LONGEST_ADDRESS).clean(address)
        else:
            URLValidator(schemes=["https"])(address)
    except ValidationError:
        raise ValidationError(
            gettext(
                "Write an e-mail address, such as name@example.fi, or a web address that begins "
                "with https://."
            )
        ) from None
    return address


class RequestForm(forms.Form):
    """The answers that the chosen rights need, and how the person is reached.

    Which customer this may be is for staff to find: nothing here looks (I08).
    """

    erased_data = which_data()
    restriction_ground = forms.ChoiceField(
        label=_("Why the data should rest"),
        choices=[(ground.value, words) for ground, words in OWN_WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    restricted_data = which_data()
    transfer_to = Text(
        label=_("Send the data to another controller too: its name"),
        help_text=_("May be left out. You get the data yourself in any case."),
        longest=200,
        required=False,
    )
    transfer_address = Text(
        label=_("Its e-mail address or web address"), longest=LONGEST_ADDRESS, required=False
    )
    objected_purposes = which_use(_("Which use do you object to?"))
    withdrawn_purposes = which_use(_("Which consent do you take back?"))
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
        notice: Notice,
        **kwargs: Any,
    ) -> None:
        """A form for `rights`; what there is to choose from is what `notice` lists: data, uses that
        can be objected to, consents."""
        super().__init__(*args, **kwargs)
        self.rights = rights
        data: list[Any] = [one for one in KEPT_HERE if one in notice.declared]
        choices: dict[str, list[Any]] = {
            "erased_data": data,
            "restricted_data": data,
            "objected_purposes": objectionable(notice),
            "withdrawn_purposes": notice.asks_consent_for,
        }
        for name, terms in choices.items():
            found = [(one.value, one.label) for one in terms]
            self.fields[name].choices = found  # type: ignore[attr-defined]
        asked = {name for right in rights for name in ASKED.get(right, ())}
        asked -= {name for name, terms in choices.items() if not terms}
        if TOLD_TO_OTHERS & set(rights):
            asked.add("wants_recipients")
        self.fields = {
            name: field for name, field in self.fields.items() if name in asked or name in CONTACT
        }
        self.fields["name"].required = self.needs_proof
        #: what is to be put right, item by item; None where nothing is
        self.items = (
            Items(self.data if self.is_bound else None, listed=notice.declared)
            if Right.RECTIFICATION in rights
            else None
        )

    @classmethod
    def filled(
        cls,
        rights: Sequence[Right],
        sent: MultiValueDict[str, Any],
        *,
        notice: Notice,
    ) -> "RequestForm":
        """The form with what was sent, before anybody judges it."""
        form = cls(rights, notice=notice)
        form.initial = {
            name: field.widget.value_from_datadict(sent, MultiValueDict(), name)
            for name, field in form.fields.items()
        }
        if form.items:
            form.items = Items(sent, listed=notice.declared, is_judged=False)
        return form

    @property
    def needs_proof(self) -> bool:
        """Whether it must be shown who asks: not for a prohibition (M01, I07)."""
        return any(right != Right.PROHIBITION for right in self.rights)

    def is_valid(self) -> bool:
        # both, so that everything is said at once
        items_are_valid = self.items is None or not self.is_bound or self.items.is_valid()
        return super().is_valid() and items_are_valid

    @property
    def is_faulty(self) -> bool:
        """Whether anything is wrong, in an item or elsewhere."""
        return bool(self.errors) or bool(self.items and self.items.errors)

    def clean_scopes(self) -> list[str]:
        chosen = self.cleaned_data["scopes"]
        return [one for one in ProhibitionScope.values if one in chosen or ALL_SCOPES in chosen]

    def clean_uses(self) -> list[str]:
        return self.cleaned_data["uses"] or ProhibitedUse.values

    def clean_transfer_address(self) -> str:
        address: str = self.cleaned_data["transfer_address"]
        return judged_address(address) if address else ""

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
        self._judge_transfer(cleaned)
        # said together with all other faults, unless the address itself is one of them
        if not {"email", "phone", *POSTAL} & set(self.errors) and not self._is_reached():
            self.add_error("email", self._how_to_be_reached())
        return self.cleaned_data

    def _judge_transfer(self, cleaned: dict[str, Any]) -> None:
        """Another controller has a name and an address, or there is none."""
        to, address = cleaned.get("transfer_to"), cleaned.get("transfer_address")
        if bool(to) == bool(address) or {"transfer_to", "transfer_address"} & set(self.errors):
            return
        if to:
            self.add_error("transfer_address", gettext("Write where the data should go."))
        else:
            self.add_error("transfer_to", gettext("Write who shall get the data."))

    def _is_reached(self) -> bool:
        """Whether a letter arrives; a prohibition alone is content with anything to know by."""
        asked = self._request()
        if self.needs_proof:
            return asked.can_be_written_to
        return any(meanings_of(kind, value) for kind, value in contacts_of(asked).items())

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
            contents=[
                list(self.rights),
                self.cleaned_data,
                self.items.contents() if self.items else [],
            ],
            store=lambda: receive(
                asked, demands, items=self.items.items() if self.items else [], now=now
            ),
        )

    def _request(self) -> RightsRequest:
        return RightsRequest(
            wants_recipients=self.cleaned_data.get("wants_recipients", True),
            **{name: self.cleaned_data.get(name, "") for name in CONTACT},
        )

    def _demand(self, right: Right) -> Demand:
        said = self.cleaned_data
        match right:
            case Right.ERASURE:
                return Demand(right=right, categories=said["erased_data"])
            case Right.RESTRICTION:
                return Demand(
                    right=right,
                    restriction_ground=said["restriction_ground"],
                    categories=said["restricted_data"],
                )
            case Right.OBJECTION:
                return Demand(
                    right=right,
                    ground=said["objection_ground"],
                    purposes=said.get("objected_purposes", []),
                )
            case Right.WITHDRAWAL:
                return Demand(right=right, purposes=said.get("withdrawn_purposes", []))
            case Right.PORTABILITY:
                return Demand(
                    right=right,
                    transfer_to=said["transfer_to"],
                    transfer_address=said["transfer_address"],
                )
            case Right.PROHIBITION:
                return Demand(right=right, scopes=said["scopes"], uses=said["uses"])
        return Demand(right=right)

    # --- for the pages

    def asked_for(self) -> list["Asked"]:
        """The rights that ask something of their own, each with its fields."""
        return [
            Asked(right, fields)
            for right in self.rights
            if (fields := [self[name] for name in ASKED.get(right, ()) if name in self.fields])
            or right == Right.RECTIFICATION
        ]

    def others(self) -> forms.BoundField | None:
        """Whether to tell who else is told; None where nobody is."""
        return self["wants_recipients"] if "wants_recipients" in self.fields else None

    def contact_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in CONTACT]

    def sent_values(self) -> list[tuple[str, str]]:
        """Each name and value as it was sent, for the hidden fields of the next page."""
        sent: Any = self.data
        own = [(name, value) for name in self.fields for value in sent.getlist(name)]
        return [*own, *(self.items.sent_values() if self.items else [])]

    def answers(self, names: Collection[str] = ()) -> list["Answer"]:
        """What was answered, in words: of the items, and of the fields `names` or of all."""
        wanted = [name for name in self.fields if not names or name in names]
        said = [Answer(str(self[name].label), _in_words(self, name)) for name in wanted]
        return [*self._answers_of_items(), *(answer for answer in said if answer.text)]

    def _answers_of_items(self) -> list["Answer"]:
        items = self.items.said if self.items else []
        return [
            Answer(
                f"{form[name].label} ({place})" if len(items) > 1 else str(form[name].label), text
            )
            for place, form in enumerate(items, 1)
            for name in form.fields
            if form.cleaned_data[name] and (text := _in_words(form, name))
        ]

    def faults(self) -> list["Fault"]:
        """Every error, with the place where it is mended."""
        return [
            Fault(form[name], str(sentence))
            for form in (*(self.items.said if self.items else ()), self)
            for name, found in form.errors.items()
            for sentence in found
        ]


def _in_words(form: forms.Form, name: str) -> str:
    """The answer to the field `name` of `form`, as people read it."""
    value = form.cleaned_data[name]
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    choices: dict[str, Any] = dict(getattr(form.fields[name], "choices", ()))
    if isinstance(value, list):
        return "\n".join(str(choices[one]) for one in value)
    return str(choices.get(value, value))


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
