"""Questions to the person: who asks, or which of many data are meant (art. 12(6), rec. 63)."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.models import Remembered, RememberedQuerySet
from notices.terms import Right
from rights_requests.deadlines import Pause, received_on
from rights_requests.models.letters import Letter
from rights_requests.models.requests import Demand, RightsRequest


class DoubtReason(models.TextChoices):
    """The only reasons to ask, said of the request and never of the register (I05, I08). A missing
    ground or a missing signature is none of them (T07)."""

    ADDRESS = "address", _("the address that the request came from does not show who asks")
    SEVERAL = "several", _("what the request tells may fit more than one person")
    CONTRADICTION = "contradiction", _("the parts of the request do not agree with each other")
    UNCLEAR_PROOF = "unclear_proof", _("what came as a proof cannot be read, or names another")
    IMPERSONATION = "impersonation", _("there are signs that somebody else asks in this name")
    LARGE_QUANTITY = "large_quantity", _("we hold a large quantity of data about you")
    ACCURACY = "accuracy", _("we cannot see yet which value is right")


class Means(models.TextChoices):
    """What the person is asked for, the mildest first. A copy or a photo of an identity card, and a
    personal identity code, are none of them (I05, I06)."""

    CODE = "code", _("a code that we post to the address in the register")
    DETAIL = "detail", _("something that only the person can tell, such as an invoice number")
    SIGNED = "signed", _("a signed letter")
    IN_PERSON = "in_person", _("a visit, with an identity card of which no copy is taken")
    WHICH_DATA = "which_data", _("which data, or which use of them, are meant")
    #: of a value that is said to be wrong, and never of who asks (R04)
    WHERE_SEEN = "where_seen", _("where the right value can be seen")
    PAPER_SHOWN = "paper_shown", _("a paper that says so, of which no copy is taken")
    PAPER_COPY = "paper_copy", _("a copy of such a paper, with all else covered")


#: What can be asked for to see which value is right, the mildest first (R04).
EVIDENCE = (Means.WHERE_SEEN, Means.PAPER_SHOWN, Means.PAPER_COPY)
#: Reasons that leave nobody in doubt of who asks.
ABOUT_DATA = (DoubtReason.LARGE_QUANTITY, DoubtReason.ACCURACY)


class DoubtQuerySet(RememberedQuerySet["Doubt"]):
    """Words for choosing questions."""

    def open(self) -> "DoubtQuerySet":
        """Those that wait for an answer."""
        return self.filter(answered_at=None)


class Doubt(Remembered):
    """A question to the person, with its reason and the mildest means; the clock stands still
    between the letter that asks and the answer, where the law lets it (T06, T07)."""

    personal: ClassVar[frozenset[str]] = frozenset({"why_not_milder"})

    request = models.ForeignKey(
        RightsRequest,
        models.PROTECT,
        related_name="doubts",
        verbose_name=pgettext_lazy("of a data subject", "request"),
    )
    reason = models.CharField(_("why we ask"), max_length=20, choices=DoubtReason)
    means = models.CharField(_("what we ask for"), max_length=20, choices=Means)
    why_not_milder = models.TextField(_("why nothing milder is enough"), max_length=500, blank=True)
    letter = models.OneToOneField(
        Letter, models.PROTECT, related_name="doubt", verbose_name=_("letter")
    )
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    #: not where the question came late (T06)
    stops_clock = models.BooleanField(_("stops the clock"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects = DoubtQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("question to the person")
        verbose_name_plural = _("questions to people")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(answered_at=None),
                name="one_question_at_a_time",
            ),
            models.CheckConstraint(
                name="asked_before_answered",
                condition=Q(answered_at=None) | Q(answered_at__gte=F("asked_at")),
            ),
            # much data are asked about, and nobody's identity, and the other way round (T07)
            models.CheckConstraint(
                name="which_data_of_a_large_quantity",
                condition=Q(reason="large_quantity", means="which_data")
                | (~Q(reason="large_quantity") & ~Q(means="which_data")),
            ),
            # evidence is asked of a value, and nobody's identity (R04)
            models.CheckConstraint(
                name="evidence_of_a_value",
                condition=Q(reason="accuracy", means__in=EVIDENCE, stops_clock=False)
                | (~Q(reason="accuracy") & ~Q(means__in=EVIDENCE)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.get_reason_display()}"

    @property
    def asked_on(self) -> date | None:
        """The day in Helsinki when the letter left; None while it has not."""
        return received_on(self.letter.sent_at) if self.letter.sent_at else None

    @property
    def answered_on(self) -> date | None:
        return received_on(self.answered_at) if self.answered_at else None

    def pause_of(self, demand: Demand) -> Pause | None:
        """From which day to which the clock of `demand` stands still because of this question: a
        large quantity is asked about for access alone (T07)."""
        is_for_access = self.reason == DoubtReason.LARGE_QUANTITY
        if not self.stops_clock or (is_for_access and demand.right != Right.ACCESS):
            return None
        asked_on, answered_on = self.asked_on, self.answered_on
        if asked_on is None or (answered_on and answered_on < asked_on):
            return None
        return asked_on, answered_on
