"""How an objection was weighed: the words that stand for each purpose (art. 21(1); M02)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered
from notices.terms import Purpose
from rights_requests.grounds import WEIGHED, ground_choices
from rights_requests.models.decisions import ReasonsMissing
from rights_requests.models.requests import Demand


class Weighing(Remembered):
    """What somebody decided about the objection to one purpose, on which ground, and why."""

    personal: ClassVar[frozenset[str]] = frozenset({"reasons"})

    demand = models.ForeignKey(
        Demand, models.PROTECT, related_name="weighings", verbose_name=_("right demanded")
    )
    purpose = models.CharField(_("purpose"), max_length=30, choices=Purpose)
    #: on which the objection is refused; empty where it is upheld
    ground = models.CharField(_("ground"), max_length=40, choices=ground_choices, blank=True)
    reasons = models.TextField(_("reasons"), max_length=4_000)

    class Meta:
        verbose_name = _("weighing of an objection")
        verbose_name_plural = _("weighings of objections")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["demand", "purpose"], name="weighed_once"),
            models.CheckConstraint(
                name="weighed_on_a_ground_of_the_law", condition=Q(ground__in=["", *WEIGHED])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand}, {self.get_purpose_display()}"

    @property
    def is_upheld(self) -> bool:
        return not self.ground

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises `ReasonsMissing`: nothing is refused without words (art. 12(4))."""
        if self.ground and not self.reasons.strip():
            raise ReasonsMissing
        super().save(*args, **kwargs)
