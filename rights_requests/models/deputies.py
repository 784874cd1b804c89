"""Who stands in for the contact person."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered, RememberedQuerySet


class DeputyQuerySet(RememberedQuerySet["Deputy"]):
    """Words for choosing deputies."""

    def on(self, day: date) -> "Deputy | None":
        """Who stands in on `day`; the one named last, if two do."""
        return self.filter(first_on__lte=day, last_on__gte=day).order_by("-pk").first()


class Deputy(Remembered):
    """A person who takes the contact person's mail about requests from a day to a day (P03)."""

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"))
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("until"))

    objects = DeputyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("deputy of the contact person")
        verbose_name_plural = _("deputies of the contact person")
        ordering = ["-first_on"]
        constraints = [
            models.CheckConstraint(
                name="deputy_stands_in_for_a_while",
                condition=Q(last_on__gte=F("first_on")),
                violation_error_message=_("The last day cannot be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
