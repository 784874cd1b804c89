"""How people show who they are, and what else the law makes a notice say."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.checking.sayings import PO_BOX
from notices.guiding.explaining import STATEMENTS, WAYS
from notices.guiding.promising import Step, Values, is_done, rests_on_consent
from notices.guiding.steps.base import Group, StepForm, Ticks, tick
from notices.terms import RIGHTS_OF_LAW, Identification, Right, Statement

IN_PERSON = Identification.IN_PERSON
STATEMENT_GROUPS: Mapping[str, tuple[Statement, ...]] = {
    "needed": (
        Statement.NEEDED_FOR_CONTRACT,
        Statement.GIVEN_FREELY,
        Statement.DEMANDED_BY_LAW,
    ),
    "public": (Statement.NO_PUBLIC_SOURCES, Statement.PUBLIC_SOURCES),
    "general": (Statement.NO_OFFICER, Statement.NO_AUTOMATED_DECISIONS, Statement.NO_CONSENT),
    "security": (Statement.UNDERTAKINGS, Statement.PERSONAL_ACCOUNTS, Statement.FIREWALL),
    "paper": (Statement.LOCKED_STORAGE, Statement.FIREPROOF_STORAGE, Statement.NO_PAPER),
}


class RightsForm(StepForm):
    """Rights, how people show who asks, and how data are protected (arts 12-22; P32-P67, A4)."""

    step = Step.RIGHTS
    anonymisation = tick(
        label=_("Customers may also have their data made anonymous"),
        help_text=_("More than the law demands. The orders stay as figures; nobody is recognised."),
    )
    ways = Ticks(Identification, WAYS, label=_("What is enough to show who asks"))
    needed = Ticks(
        STATEMENT_GROUPS["needed"], STATEMENTS, label=_("Must customers give their data?")
    )
    public = Ticks(STATEMENT_GROUPS["public"], STATEMENTS, label=_("Do you use public sources?"))
    general = Ticks(
        STATEMENT_GROUPS["general"], STATEMENTS, label=_("What is true of you"), required=False
    )
    security = Ticks(
        STATEMENT_GROUPS["security"], STATEMENTS, label=_("Electronic data"), required=False
    )
    paper = Ticks(STATEMENT_GROUPS["paper"], STATEMENTS, label=_("Paper documents"))

    def start(self, before: Values) -> dict[str, Any]:
        told = set(before["statements"])
        if not is_done(self.reading, self.step) and rests_on_consent(self.reading):
            told.discard(Statement.NO_CONSENT)
        groups = {
            name: [str(term) for term in terms if term in told]
            for name, terms in STATEMENT_GROUPS.items()
        }
        anonymisation = Right.ANONYMISATION in before["rights"]
        return groups | {"ways": self._ways(before), "anonymisation": anonymisation}

    def _ways(self, before: Values) -> list[str]:
        """Nobody can come in person to a post box: then only who knows a place ticks it."""
        box = PO_BOX.search(self.reading.controller.address or "")
        first = not is_done(self.reading, self.step)
        return [way for way in before["ways"] if not (box and first and way == IN_PERSON)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("ways") == [Identification.SIGNATURE]:
            self.add_error(
                "ways",
                _("A signature may not be the only way: choose a second one."),
            )
        if Statement.GIVEN_FREELY in cleaned.get("needed", ()) and len(cleaned["needed"]) > 1:
            self.add_error("needed", _("Data cannot be both voluntary and needed: choose one."))
        if len(cleaned.get("public", ())) > 1:
            self.add_error("public", _("Choose one of the two."))
        if Statement.NO_PAPER in cleaned.get("paper", ()) and len(cleaned["paper"]) > 1:
            self.add_error("paper", _("Choose either no paper or how it is stored."))
        if Statement.NO_CONSENT in cleaned.get("general", ()) and rests_on_consent(self.reading):
            self.add_error("general", _("A purpose or a cookie needs consent: take the tick away."))
        return cleaned

    @property
    def values(self) -> Values:
        cleaned = self.cleaned_data
        extra = (Right.ANONYMISATION,) if cleaned["anonymisation"] else ()
        return {
            "rights": (*RIGHTS_OF_LAW, *extra),
            "ways": cleaned["ways"],
            "statements": [term for name in STATEMENT_GROUPS for term in cleaned[name]],
        }

    def groups(self) -> Iterator[Group]:
        rights = ", ".join(str(right.label) for right in RIGHTS_OF_LAW)
        yield Group(
            gettext("Rights"),
            self.asked("anonymisation"),
            gettext("The law gives these to everyone, and the notice lists them: %(rights)s.")
            % {"rights": rights},
            (
                (
                    gettext("More than the law demands"),
                    gettext(
                        "The notice promises to erase data on request without asking for grounds,"
                        " and to stop research and lists, such as mailing labels, for whoever"
                        " forbids them. The program does both for you. To promise less, write that"
                        " section in your own words."
                    ),
                ),
            ),
        )
        yield Group(
            gettext("Who asks?"),
            self.asked("ways"),
            gettext("Any one of these is enough. A prohibition of marketing needs none."),
        )
        yield Group(gettext("What the law wants said"), self.asked("needed", "public", "general"))
        yield Group(
            gettext("How the data are protected"),
            self.asked("security", "paper"),
            gettext("Tick only what is true: a notice is a promise."),
        )
