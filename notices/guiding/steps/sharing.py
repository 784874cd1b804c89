"""Who is given data, on what grounds, and what leaves the EEA."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.texts import fault_of
from notices.guiding.explaining import DISCLOSURES, NAMED, RECIPIENTS, TOOLS
from notices.guiding.promising import Step, Transfer, Values
from notices.guiding.steps.base import (
    LONGEST_NAME,
    Group,
    Row,
    RowForm,
    Rows,
    StepForm,
    Ticks,
    line,
    of_row,
    tick,
)
from notices.terms import DisclosureGround, RecipientKind, TransferTool
from notices.writing.countries import countries_outside

TOOLS_OFFERED = (TransferTool.ADEQUACY, TransferTool.STANDARD_CLAUSES, TransferTool.EXCEPTION)


#: Without such a recipient there is nobody to disclose to.
NEEDS_RECIPIENT: Mapping[str, RecipientKind] = {
    DisclosureGround.VALUE_ADDED_SERVICE: RecipientKind.SERVICE_PROVIDER,
    DisclosureGround.CREDIT_DECISION: RecipientKind.CREDIT,
    DisclosureGround.CREDIT_APPLICATION: RecipientKind.CREDIT,
    DisclosureGround.COLLECTION: RecipientKind.COLLECTION_AGENCY,
    DisclosureGround.LEGAL_OBLIGATION: RecipientKind.AUTHORITY,
}


class TransferForm(RowForm):
    """One transfer outside the EU and the EEA, with what makes it lawful (arts 44-49; P29)."""

    name = line(
        label=_("Who gets the data there"),
        max_length=200,
        required=False,
        help_text=_("The name of the service or firm."),
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    tool = forms.ChoiceField(label=_("On what ground"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country, tool = self.initial.get("country", ""), self.initial.get("tool", "")
        countries = countries_outside()
        if country and country not in dict(countries):
            countries.append((country, country))
        self.fields["country"].choices = [("", "—"), *countries]  # type: ignore[attr-defined]
        offered = [one for one in TransferTool if one in TOOLS_OFFERED or one == tool]
        self.fields["tool"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((str(one), one.label) for one in offered),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.has_changed() and not self.initial:
            return cleaned
        if not cleaned.get("tool"):
            self.add_error("tool", _("Choose the ground: without one data must stay."))
        if not cleaned.get("country") and cleaned.get("tool") != TransferTool.IF_NECESSARY:
            self.add_error("country", _("Choose the country to which data go."))
        return cleaned

    @property
    def transfer(self) -> Transfer:
        cleaned = self.cleaned_data
        return Transfer(TransferTool(cleaned["tool"]), cleaned["name"], cleaned["country"])


class TransferRows(Rows):
    """The transfers outside the EU and the EEA; without a row there are none."""

    form = TransferForm


class SharingForm(StepForm):
    """Who else gets data, why, and where (art. 13(1)(e)-(f); P18, P27-P29)."""

    step = Step.SHARING
    rows_class = TransferRows
    disclosures = Ticks(
        DisclosureGround,
        DISCLOSURES,
        label=_("On what grounds data may be disclosed"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        before = self.before["recipients"]
        for kind in RecipientKind:
            self.fields[f"to_{kind}"] = tick(
                label=kind.label, help_text=RECIPIENTS[kind], initial=kind in before
            )
            if kind in NAMED:
                self.fields[f"names_{kind}"] = forms.CharField(
                    label=_("Names, one on each line"),
                    initial="\n".join(before.get(kind, ())),
                    required=False,
                    max_length=2_000,
                    widget=forms.Textarea(attrs={"rows": 2}),
                )

    def first_rows(self) -> list[dict[str, Any]]:
        return [
            {"tool": str(one.tool), "name": one.name, "country": one.country}
            for one in self.before["transfers"]
            if one.tool != TransferTool.NONE
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        given = {kind for kind in RecipientKind if cleaned.get(f"to_{kind}")}
        if not given:
            self.add_error(
                f"to_{RecipientKind.OWN_STAFF}", _("Somebody uses the data: at least you.")
            )
        for kind in NAMED:
            for name in names_in(cleaned.get(f"names_{kind}", "")):
                if fault := fault_of(name):
                    self.add_error(f"names_{kind}", fault)
                elif len(name) > LONGEST_NAME:
                    self.add_error(f"names_{kind}", _("A name has at most 200 characters."))
        for ground in cleaned.get("disclosures", ()):
            needed = NEEDS_RECIPIENT.get(ground)
            if needed and needed not in given:
                self.add_error(
                    "disclosures",
                    gettext("“%(ground)s” needs a recipient: tick “%(recipient)s” above.")
                    % {
                        "ground": DisclosureGround(ground).label,
                        "recipient": needed.label,
                    },
                )
        return cleaned

    @property
    def values(self) -> Values:
        transfers = tuple(row.transfer for row in self.rows.kept) if self.rows else ()
        return {
            "recipients": {
                kind: tuple(names_in(self.cleaned_data.get(f"names_{kind}", "")))
                for kind in RecipientKind
                if self.cleaned_data[f"to_{kind}"]
            },
            "disclosures": self.cleaned_data["disclosures"],
            "transfers": transfers or (Transfer(TransferTool.NONE),),
        }

    def groups(self) -> Iterator[Group]:
        yield Group(
            gettext("Recipients"),
            tuple(
                Row(self[f"to_{kind}"], (self[f"names_{kind}"],) if kind in NAMED else ())
                for kind in RecipientKind
            ),
            gettext(
                "Everybody who gets to see the data, also those who only keep them for you. A name"
                " tells the reader more than a kind: write it if you know it."
            ),
        )
        yield Group(
            gettext("Disclosures"),
            self.asked("disclosures"),
            gettext("When data go to somebody who then decides about them. The rest stay here."),
        )
        for number_of, row in enumerate(self.rows.forms if self.rows else (), start=1):
            yield Group(
                gettext("Transfers outside the EU and the EEA")
                if number_of == 1
                else gettext("One more transfer, if there is one"),
                of_row(row, "name", "country", "tool"),
                gettext(
                    "Leave this empty if all data stay in the EU and the EEA. Large web services"
                    " often keep data in the United States as well."
                )
                if number_of == 1
                else "",
                tuple(
                    (str(tool.label), str(TOOLS[tool])) for tool in TOOLS_OFFERED if number_of == 1
                ),
            )


def names_in(text: str) -> list[str]:
    """The names in a box, one on each line."""
    names = (" ".join(name.split()) for name in text.splitlines())
    return list(dict.fromkeys(filter(None, names)))
