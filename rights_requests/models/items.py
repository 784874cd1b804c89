"""What is to be put right, item by item, as the person says it and as it was decided (art. 16)."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered
from notices.terms import DataCategory
from rights_requests.grounds import ground_choices
from rights_requests.models.requests import Demand


class ItemKind(models.TextChoices):
    """What is the matter with a datum (P54)."""

    ERRONEOUS = "erroneous", _("it is wrong")
    UNNECESSARY = "unnecessary", _("it is not needed")
    INCOMPLETE = "incomplete", _("something is missing")
    OUTDATED = "outdated", _("it is outdated")


class Outcome(models.TextChoices):
    """What came of an item (P54, R07)."""

    CORRECTED = "corrected", _("corrected")
    REMOVED = "removed", _("removed")
    COMPLETED = "completed", _("completed")
    REFUSED = "refused", _("refused")


#: What each kind can lead to besides a refusal; what nobody has said can lead to all of it.
OUTCOMES: Mapping[str, tuple[Outcome, ...]] = {
    ItemKind.ERRONEOUS: (Outcome.CORRECTED, Outcome.REMOVED),
    ItemKind.UNNECESSARY: (Outcome.REMOVED,),
    ItemKind.INCOMPLETE: (Outcome.COMPLETED,),
    ItemKind.OUTDATED: (Outcome.CORRECTED, Outcome.REMOVED),
    "": (Outcome.CORRECTED, Outcome.REMOVED, Outcome.COMPLETED),
}


def _outcome_of_kind() -> Q:
    fits = Q(outcome__in=["", Outcome.REFUSED])
    for kind, outcomes in OUTCOMES.items():
        fits |= Q(kind=kind, outcome__in=outcomes)
    return fits


class Item(Remembered):
    """One datum that the person wants put right, with what is wrong and why, and its decision."""

    personal: ClassVar[frozenset[str]] = frozenset(
        {"datum", "wanted", "ground", "statement", "reasons"}
    )

    demand = models.ForeignKey(
        Demand, models.PROTECT, related_name="items", verbose_name=_("right demanded")
    )
    #: empty where a letter does not say it, or where it is none that the notice lists
    category = models.CharField(_("which data"), max_length=20, choices=DataCategory, blank=True)
    kind = models.CharField(_("what is the matter"), max_length=20, choices=ItemKind, blank=True)
    datum = models.TextField(_("what is wrong or missing"), max_length=2_000, blank=True)
    wanted = models.TextField(_("what it should be"), max_length=2_000, blank=True)
    removes = models.BooleanField(_("it shall be removed"), default=False)
    ground = models.TextField(_("why"), max_length=4_000, blank=True)
    statement = models.TextField(_("supplementary statement"), max_length=2_000, blank=True)
    outcome = models.CharField(
        _("decision"), max_length=20, choices=Outcome, blank=True, editable=False
    )
    refusal_ground = models.CharField(
        _("ground"), max_length=40, choices=ground_choices, blank=True, editable=False
    )
    #: of a refusal, in plain words (P59)
    reasons = models.TextField(_("reasons"), max_length=2_000, blank=True, editable=False)

    class Meta:
        verbose_name = _("item to put right")
        verbose_name_plural = _("items to put right")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="outcome_fits_the_kind", condition=_outcome_of_kind()),
            models.CheckConstraint(
                name="an_item_is_refused_on_a_ground",
                condition=(Q(outcome=Outcome.REFUSED) & ~Q(refusal_ground=""))
                | (~Q(outcome=Outcome.REFUSED) & Q(refusal_ground="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_category_display() or self._meta.verbose_name)

    @property
    def is_refused(self) -> bool:
        return self.outcome == Outcome.REFUSED

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What the item can come to, besides a refusal (P54)."""
        return OUTCOMES[self.kind]

    @property
    def said(self) -> dict[str, str]:
        """What the person has said of it besides which data it is, by what the form asks."""
        wanted = self.wanted or (gettext("to be removed") if self.removes else "")
        said = {
            gettext("What is the matter with it"): self.get_kind_display(),
            gettext("What is wrong or missing"): self.datum,
            gettext("What it should be"): wanted,
            gettext("Why"): self.ground,
            gettext("Words of the person"): self.statement,
        }
        return {label: words for label, words in said.items() if words}

    @property
    def lacks(self) -> list[str]:
        """What the person has not said of it, by column; a letter may leave all of it out (P56)."""
        says_what = self.removes or self.wanted or self.statement
        said = {"datum": self.datum or self.category, "wanted": says_what, "ground": self.ground}
        return [column for column, words in said.items() if not words]
