"""What a decision leaves behind: the refusal certificate and the data that were given."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import Derived, Remembered
from rights_requests.deadlines import received_on
from rights_requests.grounds import ground_choices
from rights_requests.models.requests import Demand


class CertificateIsFinal(Exception):
    """A certificate cannot change (P59)."""


class ReasonsMissing(Exception):
    """A refusal without its reasons (P59)."""


class Certificate(Remembered):
    """The numbered certificate of a refusal: what, on what ground, why, and where to complain."""

    personal: ClassVar[frozenset[str]] = frozenset(
        {"refused_what", "reasons", "until", "done_for_rest"}
    )

    demand = models.OneToOneField(
        Demand, models.PROTECT, related_name="certificate", verbose_name=_("right demanded")
    )
    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    sequence = models.PositiveIntegerField(_("number in the year"), editable=False)
    ground = models.CharField(_("ground"), max_length=40, choices=ground_choices)
    refused_what = models.TextField(_("what is refused"), max_length=2_000)
    reasons = models.TextField(_("reasons"), max_length=4_000)
    until = models.TextField(_("until when"), max_length=1_000)
    done_for_rest = models.TextField(_("what was done for the rest"), max_length=2_000, blank=True)
    #: when what keeps the data of a contact person is looked at again (P63)
    review_on = models.DateField(_("looked at again on"), null=True)
    made_at = models.DateTimeField(_("dated"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signed by")
    )

    class Meta:
        verbose_name = _("refusal certificate")
        verbose_name_plural = _("refusal certificates")
        ordering = ["-year", "-sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "sequence"], name="certificate_number_is_unique"
            ),
            models.CheckConstraint(
                name="certificate_names_its_ground", condition=~models.Q(ground="")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What the certificate goes by: 2026-T-3."""
        return f"{self.year}-T-{self.sequence}"

    @property
    def made_on(self) -> date:
        return received_on(self.made_at)

    @property
    def is_late(self) -> bool:
        """Whether it came after the first month, which an extension does not lengthen (T05)."""
        return self.demand.is_late_to_refuse(self.made_on)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise CertificateIsFinal
        if not (self.refused_what.strip() and self.reasons.strip()):
            raise ReasonsMissing
        super().save(*args, **kwargs)


class Report(Remembered):
    """The copy of a person's data that was given on a day, encrypted (art. 15(3); A09)."""

    not_remembered: ClassVar[frozenset[str]] = frozenset({"content"})
    personal: ClassVar[frozenset[str]] = frozenset({"content"})

    demand = models.OneToOneField(
        Demand, models.PROTECT, related_name="report", verbose_name=_("right demanded")
    )
    content = models.BinaryField(null=True)
    taken_at = models.DateTimeField(_("taken"))

    class Meta:
        verbose_name = _("copy of data")
        verbose_name_plural = _("copies of data")

    def __str__(self) -> str:
        return str(self.demand)


class ReportPart(Derived):
    """A piece of a copy of data, encrypted: what is long is kept, and read again, in pieces."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="parts")
    #: the file it is a piece of; empty for the rows
    file = models.CharField(max_length=60, blank=True)
    content = models.BinaryField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.file or "rows"
