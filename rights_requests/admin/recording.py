"""Requests that staff type in: a letter, a call, a visit, an e-mail (P49, I02)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.files import digest_of, remove_files
from audit.reasons import because
from notices.models import governing_notice
from notices.terms import Language, ProhibitedUse, ProhibitionScope, Right
from register.importing.countries import code_of_country
from register.models import Channel, RestrictionGround
from register.models.countries import told_postcode
from register.models.prohibitions import meanings_of
from rights_requests.admin.forms import PROOF_SEEN, evidence_field
from rights_requests.admin.scanning import ScansField, keep_scans, scans_of_proof
from rights_requests.deadlines import moment_of, received_on
from rights_requests.fields import EmailText, LongText, SeveralField, Text
from rights_requests.forms import KEPT_HERE, LONGEST_ADDRESS, which_data, which_use
from rights_requests.intake import contacts_of, receive
from rights_requests.item_forms import Items
from rights_requests.models import (
    OFFERED,
    Demand,
    Item,
    RightsRequest,
)
from rights_requests.offering import offered
from rights_requests.tokens import new_token, stored_once

#: Before this day there was no such right (art. 99(2)): the year is mistyped.
FIRST_DAY = date(2018, 5, 25)
#: So many data to put right have room on the form; more are added on the request's page.
ROWS = 3
CONTACT = ("name", "email", "phone", "street", "postcode", "city", "country")

#: What is written down for each right beyond that it was asked, by column. A letter says what it
#: says: nothing of it is a condition, the clock runs anyway (P56).
SAID: dict[Right, dict[str, Callable[[], forms.Field]]] = {
    Right.ERASURE: {"categories": which_data},
    Right.RESTRICTION: {
        "restriction_ground": lambda: forms.ChoiceField(
            label=_("Ground"),
            choices=[("", _("not said")), *RestrictionGround.choices],
            widget=forms.RadioSelect,
            required=False,
        ),
        "categories": which_data,
    },
    Right.PORTABILITY: {
        "transfer_to": lambda: Text(
            label=_("Where the data should go"), longest=200, required=False
        ),
        "transfer_address": lambda: Text(
            label=_("Its e-mail address or web address"), longest=LONGEST_ADDRESS, required=False
        ),
    },
    Right.WITHDRAWAL: {"purposes": lambda: which_use(_("Which consent is taken back"))},
    Right.OBJECTION: {
        "purposes": lambda: which_use(_("Which use it is against")),
        "ground": lambda: LongText(label=_("Why"), longest=4_000, required=False),
    },
    Right.PROHIBITION: {
        "scopes": lambda: SeveralField(
            label=_("What is forbidden"),
            choices=ProhibitionScope.choices,
            initial=ProhibitionScope.values,
            required=False,
        ),
        "uses": lambda: SeveralField(
            label=_("Which use is forbidden"),
            choices=ProhibitedUse.choices,
            initial=ProhibitedUse.values,
            required=False,
        ),
    },
}


def past_day(day: date, *, earliest: date = FIRST_DAY) -> date:
    """`day`; raises `ValidationError` for one that nothing can have come on."""
    if day > received_on(timezone.now()):
        raise ValidationError(gettext("This day is in the future."))
    if day < earliest:
        raise ValidationError(gettext("Check the year."))
    return day


@dataclass(frozen=True)
class AskedRight:
    """A right on the form: its box, and the fields that it brings along."""

    box: forms.BoundField
    fields: list[forms.BoundField]
    #: the data to be put right, item by item
    items: Items | None = None


class RecordForm(forms.Form):
    """A request as it came by another way than the form on the web."""

    channel = forms.ChoiceField(
        label=_("It came by"),
        choices=[one for one in Channel.choices if one[0] != Channel.FORM],
        initial=Channel.LETTER,
    )
    received_on = forms.DateField(
        label=_("It came on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day when it reached us, not the day when it was read (the clock runs)."),
    )
    language = forms.ChoiceField(
        label=_("Language of the answer"), choices=Language.choices, initial=Language.FINNISH
    )
    name = Text(label=_("Name"), longest=200, required=False)
    email = EmailText(label=_("E-mail"), longest=254, required=False)
    phone = Text(label=_("Phone"), longest=40, required=False)
    street = Text(label=_("Street address"), longest=200, required=False)
    postcode = Text(label=_("Postcode"), longest=20, required=False)
    city = Text(label=_("City"), longest=100, required=False)
    country = Text(label=_("Country"), longest=100, required=False)
    wants_recipients = forms.BooleanField(
        label=_("wants to know who else is told"),
        help_text=_("Leave the tick unless the person does not want it."),
        initial=True,
        required=False,
    )
    proof = forms.ChoiceField(
        label=_("Proof of who asks"),
        choices=[("", pgettext_lazy("proof", "none yet")), *PROOF_SEEN],
        widget=forms.RadioSelect,
        required=False,
    )
    evidence = evidence_field(required=False)
    scans = ScansField(
        label=_("Papers"),
        required=False,
        help_text=_("PDF, JPEG or PNG, at most 10 MB each. They are kept encrypted."),
    )
    proof_scans = scans_of_proof()
    #: one form makes one request, however often its button is pressed
    token = forms.CharField(widget=forms.HiddenInput, initial=new_token, required=False)

    def __init__(self, *args: Any, may_prove: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_prove:
            del self.fields["proof"], self.fields["evidence"]
        self.fields["received_on"].initial = received_on(timezone.now())
        notice = governing_notice()
        self.offered = offered(notice) if notice else list(OFFERED)
        for right in OFFERED:
            self.fields[right] = forms.BooleanField(label=right.label, required=False)
            for column, field in SAID.get(right, {}).items():
                self.fields[f"{right}-{column}"] = field()
        sent = self.data if self.is_bound else None
        self.items = Items(sent, listed=KEPT_HERE, by_staff=True, rows=ROWS)

    # --- judging

    def is_valid(self) -> bool:
        # both, so that everything is said at once
        items_are_valid = not self.is_bound or self.items.is_valid()
        return super().is_valid() and items_are_valid

    @property
    def is_faulty(self) -> bool:
        """Whether anything is wrong, in an item or elsewhere."""
        return bool(self.errors or self.items.errors)

    def clean_received_on(self) -> date:
        return past_day(self.cleaned_data["received_on"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.chosen:
            self.add_error(None, gettext("Choose what is asked, one right at least."))
        known_by = {"name", "email", "phone"}
        if not any(said.get(column) for column in known_by) and not known_by & set(self.errors):
            self.add_error("name", gettext("Give a name, an e-mail address or a phone number."))
        if said.get("proof") and not said.get("evidence") and "evidence" not in self.errors:
            self.add_error("evidence", gettext("Say what was seen."))
        self._judge_postcode()
        if Right.PROHIBITION in self.chosen:
            self._judge_prohibition()
        if self.errors or not self.items.is_valid():
            self._ask_for_files()
        return said

    def _judge_postcode(self) -> None:
        postcode, country = (self.cleaned_data.get(one, "") for one in ("postcode", "country"))
        try:
            # a country that nobody knows by name is not ours
            code = (code_of_country(country) or country) if country else ""
            self.cleaned_data["postcode"] = told_postcode(postcode, code)
        except ValidationError as error:
            self.add_error("postcode", error)

    def _ask_for_files(self) -> None:
        for name in ("scans", "proof_scans"):
            if name in self.files:
                told = gettext("Choose the files again: browsers do not keep them.")
                self.add_error(name, told)

    def _judge_prohibition(self) -> None:
        for column in ("scopes", "uses"):
            if not self.cleaned_data.get(f"{Right.PROHIBITION}-{column}"):
                self.add_error(f"{Right.PROHIBITION}-{column}", gettext("Choose one at least."))
        reached = contacts_of(self._request()).items()
        if not self.errors and not any(meanings_of(kind, value) for kind, value in reached):
            self.add_error(
                "email",
                gettext(
                    "A prohibition is known by an e-mail address, a phone number or a postal "
                    "address: give one of them."
                ),
            )

    @property
    def chosen(self) -> list[Right]:
        """The rights that are asked."""
        return [right for right in OFFERED if self.cleaned_data.get(right)]

    # --- storing

    def save(self, *, by: Any, now: datetime) -> RightsRequest:
        """Store the request with its papers, or give the one that the same form made before.

        Raises `OtherContents` when that one had other contents.
        """
        asked = self._request()
        asked.channel, asked.language = self.cleaned_data["channel"], self.cleaned_data["language"]
        asked.received_at = moment_of(self.cleaned_data["received_on"], now)
        if proof := self.cleaned_data.get("proof"):
            asked.proof, asked.evidence = proof, self.cleaned_data["evidence"]
            asked.identified_at, asked.identified_by = now, by
        token = self.cleaned_data["token"] or new_token()
        papers = {
            name: [digest_of(file) for _kind, file in self.cleaned_data[name]]
            for name in ("scans", "proof_scans")
        }
        return stored_once(
            asked,
            nonce=token,
            contents=self.cleaned_data | {"token": "", "items": self.items.contents(), **papers},
            store=lambda: self._store(asked, by=by, now=now),
        )

    def ask_again(self, made: RightsRequest) -> None:
        """Let one more press record these contents too, as a request of their own."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["token"] = new_token()  # type: ignore[index]
        self.add_error(
            None,
            gettext(
                "You recorded this form before, as request %(number)s, with other contents. Press "
                "Record to record these as a new request."
            )
            % {"number": made.number},
        )
        self._ask_for_files()

    def _store(self, asked: RightsRequest, *, by: Any, now: datetime) -> None:
        kept: list[str] = []
        try:
            with transaction.atomic(), because(_("Request recorded by staff")):
                receive(asked, self._demands(), items=self._items(), now=now, by=by)
                said = self.cleaned_data
                keep_scans(asked, said["scans"], kept=kept, now=now)
                keep_scans(asked, said["proof_scans"], kept=kept, now=now, shows_who=True)
        except BaseException:
            # no row leads to them: they would lie there for ever
            remove_files(kept)
            raise

    def _request(self) -> RightsRequest:
        return RightsRequest(
            wants_recipients=self.cleaned_data["wants_recipients"],
            **{name: self.cleaned_data.get(name, "") for name in CONTACT},
        )

    def _demands(self) -> list[Demand]:
        return [
            Demand(
                right=right,
                **{
                    column: self.cleaned_data[f"{right}-{column}"] for column in SAID.get(right, {})
                },
            )
            for right in self.chosen
        ]

    def _items(self) -> list[Item]:
        return self.items.items() if Right.RECTIFICATION in self.chosen else []

    # --- for the page

    def how(self) -> list[forms.BoundField]:
        return [self[name] for name in ("channel", "received_on", "language")]

    def who(self) -> list[forms.BoundField]:
        return [self[name] for name in CONTACT]

    def what(self) -> list[AskedRight]:
        """The rights that the notice in force offers (P16)."""
        return [self._asked_right(right) for right in OFFERED if right in self.offered]

    def beyond(self) -> list[AskedRight]:
        """Those that it does not: who asks for them in a letter is answered all the same."""
        return [self._asked_right(right) for right in OFFERED if right not in self.offered]

    def _asked_right(self, right: Right) -> AskedRight:
        fields = [self[f"{right}-{column}"] for column in SAID.get(right, {})]
        return AskedRight(self[right], fields, self.items if right == Right.RECTIFICATION else None)

    def seen(self) -> list[forms.BoundField]:
        return [
            self[name]
            for name in ("proof", "evidence", "proof_scans", "scans")
            if name in self.fields
        ]
