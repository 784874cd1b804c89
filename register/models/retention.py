"""What retention did, run by run: on which day, under which notice, how many (D02r, E09)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered, RememberedQuerySet
from notices.models import Notice


class Question(models.TextChoices):
    """Why somebody must say yes before a run erases anything."""

    CLOCK = "clock", _("The day of this run is far from that of the last one: look at the clock.")
    MANY = "many", _("Unusually many customers, or single data of so many, fall due at once.")


class RetentionRunQuerySet(RememberedQuerySet["RetentionRun"]):
    """Runs by what they wait for."""

    def open(self) -> "RetentionRunQuerySet":
        return self.filter(ended_at__isnull=True)

    def asking(self) -> "RetentionRunQuerySet":
        """Those that wait for somebody's yes."""
        return self.open().filter(confirmed_at__isnull=True).exclude(question="")


class RetentionRun(Remembered):
    """One going-through of those whose retention period is over, and what came of it."""

    today_on = models.DateField(_("as of"))
    begun_at = models.DateTimeField(_("begun at"))
    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="+", verbose_name=_("privacy notice")
    )
    due = models.PositiveIntegerField(_("due"))
    erased = models.PositiveIntegerField(_("erased"), default=0)
    emptied = models.PositiveIntegerField(_("single data erased"), default=0)
    blocked = models.PositiveIntegerField(_("kept for a reason"), default=0)
    #: rows by model, as an erasure counts them
    counts = models.JSONField(_("rows"), default=dict)
    question = models.CharField(_("asks"), max_length=10, choices=Question, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = RetentionRunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")
        ordering: ClassVar[list[Any]] = ["-pk"]
        indexes = [
            models.Index(name="retention_open", fields=["id"], condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return gettext("Retention %(number)s, %(day)s") % {
            "number": self.number,
            "day": date_format(self.today_on, "SHORT_DATE_FORMAT"),
        }

    @property
    def number(self) -> str:
        """What erased rows say that they were erased by: "R-3"."""
        return f"R-{self.pk}"

    @property
    def is_asking(self) -> bool:
        return bool(self.question) and self.confirmed_at is None and self.ended_at is None
