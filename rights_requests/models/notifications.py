"""Who else must be told of what was done with somebody's data, and what became of it (art. 19)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered, RememberedQuerySet
from register.models import Collection, Customer, Disclosure, Recipient
from rights_requests.models.letters import Letter
from rights_requests.models.requests import Demand


class Deed(models.TextChoices):
    """What was done with the data."""

    RECTIFICATION = "rectification", _("data corrected")
    ERASURE = "erasure", _("data erased")
    RESTRICTION = "restriction", _("data restricted")
    LIFTING = "lifting", _("restriction lifted")


class Excuse(models.TextChoices):
    """Why somebody is not told (art. 19)."""

    IMPOSSIBLE = "impossible", _("it is impossible")
    DISPROPORTIONATE = "disproportionate", _("the effort would be disproportionate")


class NotificationQuerySet(RememberedQuerySet["Notification"]):
    """Words for choosing notifications."""

    def with_addressees(self) -> "NotificationQuerySet":
        """With whom each is for, oldest first."""
        return self.select_related("recipient", "source", "publication").order_by("pk")

    def waiting(self) -> "NotificationQuerySet":
        """Those that are neither sent nor excused."""
        return self.filter(excused_at=None, letter__sent_at=None)

    def sent(self) -> "NotificationQuerySet":
        return self.filter(letter__sent_at__isnull=False)

    def excused(self) -> "NotificationQuerySet":
        return self.filter(excused_at__isnull=False)


class Notification(Remembered):
    """That a recipient or a source of data must be told of a deed (P58, N01), or whoever has copied
    data that were published (art. 17(2); E08), with the letter that tells it, or why nobody tells
    it."""

    personal: ClassVar[frozenset[str]] = frozenset({"reason"})

    demand = models.ForeignKey(
        Demand,
        models.PROTECT,
        related_name="notifications",
        verbose_name=_("right demanded"),
    )
    #: whom it is about: the request may turn out to be somebody else's
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="notifications", verbose_name=_("customer")
    )
    deed = models.CharField(_("what was done"), max_length=20, choices=Deed)
    recipient = models.ForeignKey(
        Recipient,
        models.PROTECT,
        null=True,
        related_name="notifications",
        verbose_name=_("recipient"),
    )
    source = models.ForeignKey(
        Collection, models.PROTECT, null=True, related_name="+", verbose_name=_("source")
    )
    #: the last list that was published with the customer on it: nobody knows who has copied it
    publication = models.ForeignKey(
        Disclosure, models.PROTECT, null=True, related_name="+", verbose_name=_("published list")
    )
    letter = models.OneToOneField(
        Letter, models.PROTECT, null=True, related_name="notification", verbose_name=_("letter")
    )
    made_at = models.DateTimeField(_("made"))
    excused_at = models.DateTimeField(_("excused"), null=True)
    excused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("excused by"),
    )
    excuse = models.CharField(_("why not"), max_length=20, choices=Excuse, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = NotificationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("notification of a recipient or source")
        verbose_name_plural = _("notifications of recipients and sources")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="recipient_source_or_publication",
                condition=Q(recipient__isnull=False, source=None, publication=None)
                | Q(recipient=None, source__isnull=False, publication=None)
                | Q(recipient=None, source=None, publication__isnull=False),
            ),
            models.CheckConstraint(
                name="whoever_copied_is_told_of_an_erasure",
                condition=Q(publication=None) | Q(deed="erasure"),
            ),
            models.CheckConstraint(
                name="a_source_is_told_of_a_correction",
                condition=Q(source=None) | Q(deed="rectification"),
            ),
            # a letter, or somebody who said why there is none
            models.CheckConstraint(
                name="told_or_excused",
                condition=Q(letter__isnull=False, excused_at=None, excused_by=None, excuse="")
                | (
                    Q(letter=None, excused_at__isnull=False, excused_by__isnull=False)
                    & ~Q(excuse="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.addressee}: {self.get_deed_display()}"

    @property
    def addressee(self) -> str:
        """Who is told, by name."""
        if self.recipient:
            return self.recipient.name
        if self.publication:
            day = date_format(self.publication.disclosed_on, "SHORT_DATE_FORMAT")
            return gettext("Whoever has copied our directory of %(day)s") % {"day": day}
        source = self.source
        return (source.source_name or str(source.get_source_kind_display())) if source else ""

    @property
    def addressee_in_words(self) -> str:
        """Who is told, for the person: a source is said to be one (P58)."""
        if not self.source:
            return self.addressee
        return gettext("%(name)s, who gave us the data") % {"name": self.addressee}

    @property
    def waits(self) -> bool:
        """Whether it is neither sent nor excused."""
        return self.letter is not None and self.letter.sent_at is None

    @property
    def can_be_excused(self) -> bool:
        """Whether nothing is on its way by itself: an e-mail in the queue leaves."""
        letter = self.letter
        return letter is not None and self.waits and (letter.is_posted or bool(letter.failed_at))
