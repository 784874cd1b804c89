"""Why the data are processed, and on which legal basis."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.guiding.explaining import BASES, PURPOSES, USUAL_BASIS
from notices.guiding.promising import Step, Values
from notices.guiding.steps.base import Group, Row, StepForm, tick
from notices.terms import LegalBasis, Purpose

#: What can be needed to carry out a contract; the rest cannot (art. 6(1)(b)).
OF_CONTRACT = frozenset({Purpose.MAINTAIN, Purpose.ORDERS, Purpose.RELATIONSHIP})


class PurposesForm(StepForm):
    """What data are used for, each purpose on exactly one basis (art. 6(1), 13(1)(c); P16)."""

    step = Step.PURPOSES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        before = self.before["purposes"]
        for purpose in Purpose:
            self.fields[f"for_{purpose}"] = tick(
                label=purpose.label, help_text=PURPOSES[purpose], initial=purpose in before
            )
            basis = before.get(purpose, USUAL_BASIS[purpose])
            self.fields[f"basis_{purpose}"] = forms.ChoiceField(
                label=_("Legal basis"),
                choices=[*([] if basis else [("", "—")]), *LegalBasis.choices],
                initial=basis,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        purposes = [purpose for purpose in Purpose if cleaned.get(f"for_{purpose}")]
        if not purposes:
            self.add_error(
                f"for_{Purpose.MAINTAIN}", _("Choose at least one purpose: data need one.")
            )
        for purpose in purposes:
            basis = cleaned.get(f"basis_{purpose}")
            if f"basis_{purpose}" in self.errors:
                continue
            if not basis:
                self.add_error(f"basis_{purpose}", _("Choose one legal basis for this purpose."))
            elif basis == LegalBasis.CONTRACT and purpose not in OF_CONTRACT:
                self.add_error(
                    f"basis_{purpose}",
                    _("You can carry out a contract without this: choose another basis."),
                )
        return cleaned

    @property
    def values(self) -> Values:
        return {
            "purposes": {
                purpose: LegalBasis(self.cleaned_data[f"basis_{purpose}"])
                for purpose in Purpose
                if self.cleaned_data[f"for_{purpose}"]
            }
        }

    def groups(self) -> Iterator[Group]:
        yield Group(
            gettext("Purposes"),
            tuple(Row(self[f"for_{one}"], (self[f"basis_{one}"],)) for one in Purpose),
            gettext(
                "Tick what you do with the data, and nothing for a rainy day. Each purpose rests on"
                " one legal basis; the usual one is chosen already."
            ),
            (
                *((str(basis.label), str(BASES[basis])) for basis in map(LegalBasis, BASES)),
                (
                    gettext("Contact people of organisations"),
                    gettext(
                        "Their organisation made the contract, not they. For them the notice says"
                        " legitimate interest in place of contract; you need not do anything."
                    ),
                ),
            ),
        )
