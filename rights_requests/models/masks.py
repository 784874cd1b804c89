"""What a person is not shown of the data, piece by piece, with the reason (art. 15(4); A07, A08).

The right of access is never refused for other people's sake: what is theirs is masked, and the rest
is given.
"""

from datetime import date
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered, RememberedQuerySet
from rights_requests.deadlines import received_on
from rights_requests.models.requests import Demand


class MaskReason(models.TextChoices):
    """The only reasons: the rights of others, and the three limits of national law."""

    OTHER_PERSON = "other_person", _("data about another person")
    CONFIDENCE = "confidence", _("told to us by another person in confidence")
    TRADE_SECRET = "trade_secret", _("a trade secret")
    SECURITY = "security", _("national security, public order or the prevention of crime")
    DANGER = "danger", _("serious danger to health or care, or to somebody’s rights")
    SUPERVISION = "supervision", _("supervision by an authority")

    @property
    def is_limit(self) -> bool:
        """Whether it is one of the limits of 1050/2018 s. 34(1)."""
        return self in LIMITS

    @property
    def law(self) -> str:
        """Where it stands."""
        if self.is_limit:
            place = LIMITS.index(self) + 1
            return gettext("Data Protection Act 1050/2018, section 34(1), paragraph %(place)s") % {
                "place": place
            }
        return gettext("General Data Protection Regulation, article 15(4)")


#: In the order of 1050/2018 s. 34(1), paragraphs 1-3.
LIMITS = (MaskReason.SECURITY, MaskReason.DANGER, MaskReason.SUPERVISION)


class MaskQuerySet(RememberedQuerySet["Mask"]):
    """Words for choosing masks."""

    def standing(self) -> "MaskQuerySet":
        """Those that nobody has taken away again, oldest first."""
        return self.filter(removed_at=None).order_by("pk")


class Mask(Remembered):
    """A piece of the data, or a part of its text, that the copy for a demand does not show."""

    personal: ClassVar[frozenset[str]] = frozenset({"text", "explanation"})

    demand = models.ForeignKey(
        Demand, models.PROTECT, related_name="masks", verbose_name=_("right demanded")
    )
    #: a digest of where the piece stands: a key opens nothing, and says nothing
    piece = models.CharField(_("piece"), max_length=32, editable=False)
    #: what kind of piece it is, such as "Order line: description"
    label = models.CharField(_("what it is"), max_length=200)
    text = models.TextField(_("only this part"), max_length=4_000, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=MaskReason)
    explanation = models.TextField(_("why"), max_length=1_000, blank=True)
    #: 1050/2018 s. 34(3)
    is_told = models.BooleanField(_("the person is told the reason"), default=True)
    made_at = models.DateTimeField(_("masked"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("masked by")
    )
    removed_at = models.DateTimeField(_("taken away"), null=True)

    objects = MaskQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("mask")
        verbose_name_plural = _("masks")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="the_reason_is_told_but_for_a_limit",
                condition=Q(is_told=True) | Q(reason__in=("security", "danger", "supervision")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.get_reason_display()}"

    @property
    def is_limit(self) -> bool:
        return MaskReason(self.reason).is_limit

    @property
    def law(self) -> str:
        return MaskReason(self.reason).law

    @property
    def mark(self) -> str:
        """What stands in the place of what is masked, in the active language."""
        if self.is_told:
            return gettext("[masked: %(reason)s]") % {"reason": self.get_reason_display()}
        return gettext("[not given: Data Protection Act, section 34]")

    def over(self, text: str) -> str:
        """`text` with the mark over it, or over each place where the part stands."""
        return text.replace(self.text, self.mark) if self.text else self.mark

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        # its text would stay in history, where no erasure finds it
        raise TypeError("a mask is taken away by removed_at")


class Handover(Remembered):
    """That the person asked, and somebody gave the Ombudsman what section 34 keeps from the person
    (1050/2018 s. 34(4); A08)."""

    personal: ClassVar[frozenset[str]] = frozenset({"note"})

    demand = models.OneToOneField(
        Demand, models.PROTECT, related_name="handover", verbose_name=_("right demanded")
    )
    asked_on = models.DateField(_("the person asked on"))
    note = models.CharField(_("how it was handed over"), max_length=300)
    handed_at = models.DateTimeField(_("handed over"))
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handed over by")
    )

    class Meta:
        verbose_name = _("handover to the Ombudsman")
        verbose_name_plural = _("handovers to the Ombudsman")

    def __str__(self) -> str:
        return str(self.demand)

    @property
    def handed_on(self) -> date:
        return received_on(self.handed_at)
