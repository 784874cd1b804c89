"""Letters: written with the act they tell of, delivered afterwards, kept as they were sent."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.models import Remembered, RememberedQuerySet
from notices.models import Notice
from notices.terms import Language
from register.emails import AddressField
from register.models import Customer, Recipient
from rights_requests.models.links import LIFE, Link, LinkPurpose
from rights_requests.models.requests import Demand, RightsRequest

#: A letter that leaves so soon needs no longer life for its links.
USUAL_WAIT = timedelta(minutes=10)


class LetterIsFinal(Exception):
    """A letter says for good what it was written to say."""


class LetterKind(models.TextChoices):
    """What a letter is for; its words stand in templates/letters."""

    RECEIPT = "receipt", _("receipt of the request")
    PROOF = "proof", _("proof of who asks")
    CODE = "code", _("code by post")
    QUESTION = "question", _("question to the person")
    EXTENSION = "extension", _("more time")
    ANSWER_ACCESS = "answer_access", _("answer: access")
    ANSWER_PORTABILITY = "answer_portability", _("answer: data portability")
    ANSWER_NOTHING_HELD = "answer_nothing_held", _("answer: nothing held")
    ANSWER_ERASURE = "answer_erasure", _("answer: erasure")
    ANSWER_ERASURE_WAITS = "answer_erasure_waits", _("answer: erasure that waits")
    ERASURE_DONE = "erasure_done", _("erasure carried out")
    ANSWER_RECTIFICATION = "answer_rectification", _("answer: rectification")
    ANSWER_RESTRICTION = "answer_restriction", _("answer: restriction of processing")
    LIFTING = "lifting", _("restriction will be lifted")
    ANSWER_OBJECTION = "answer_objection", _("answer: objection")
    ANSWER_WITHDRAWAL = "answer_withdrawal", _("consent withdrawn")
    ANSWER_PROHIBITION = "answer_prohibition", _("prohibition in force")
    REFUSAL = "refusal", _("refusal certificate")
    WITHDRAWN = "withdrawn", _("request withdrawn")
    INFORMATION = "information", _("information on the processing of data")
    TOLD_RECTIFICATION = "told_rectification", _("to a recipient or source: data corrected")
    TOLD_ERASURE = "told_erasure", _("to a recipient: data erased")
    TOLD_PUBLICATION = "told_publication", _("to whoever copied a published list: data erased")
    TOLD_RESTRICTION = "told_restriction", _("to a recipient: data restricted")
    TOLD_LIFTING = "told_lifting", _("to a recipient: restriction lifted")
    TOLD_TRANSFER = "told_transfer", _("to another controller: data that the person moves there")
    STAFF_ARRIVAL = "staff_arrival", _("to the contact person: arrival")
    STAFF_REMINDER = "staff_reminder", _("to the contact person: reminder")
    STAFF_OVERDUE = "staff_overdue", _("to the contact person: overdue")


class Medium(models.TextChoices):
    """How a letter travels."""

    EMAIL = "email", _("e-mail")
    POST = "post", _("post")


#: Letters that anybody can set off who knows an address.
BY_ANYBODY = (
    LetterKind.RECEIPT,
    LetterKind.PROOF,
    LetterKind.ANSWER_PROHIBITION,
    LetterKind.WITHDRAWN,
)
#: What tells a person of a decision.
ANSWERS = (
    *(kind for kind in LetterKind if kind.startswith("answer_")),
    LetterKind.REFUSAL,
    LetterKind.ERASURE_DONE,
)
#: Who has such a link or code has somebody's data, or is taken for somebody.
SECRET = (LinkPurpose.REPORT, LinkPurpose.CODE, LinkPurpose.TRANSFER)
TO_STAFF = Q(kind__startswith="staff_")
#: To recipients and sources of data, about somebody (art. 19), and to whom a person moves data.
TO_OTHERS = Q(kind__startswith="told_")


UNDELIVERED = Q(medium=Medium.EMAIL, sent_at=None, failed_at__isnull=False)
TO_POST = Q(medium=Medium.POST, sent_at=None)


class LetterQuerySet(RememberedQuerySet["Letter"]):
    """Words for choosing letters."""

    def to_people(self) -> "LetterQuerySet":
        """Those to data subjects, oldest first."""
        return self.exclude(TO_STAFF | TO_OTHERS).order_by("pk")

    def undelivered(self) -> "LetterQuerySet":
        """E-mail that the program has given up sending."""
        return self.filter(UNDELIVERED)

    def to_post(self) -> "LetterQuerySet":
        """Those to be printed and posted by staff."""
        return self.filter(TO_POST)

    def answers(self) -> "LetterQuerySet":
        """Those that tell a person what was decided."""
        return self.filter(kind__in=ANSWERS)

    def unasked(self, customers: Any) -> "LetterQuerySet":
        """Those that tell `customers` of their data, oldest first."""
        return self.filter(customer__in=customers, kind=LetterKind.INFORMATION).order_by("pk")

    def set_off_to(self, address: str) -> "LetterQuerySet":
        """Those to `address` that anybody can set off who knows it: to a sender who has not been
        proven to be who is written to."""
        # as the index has it: forms come in while there are letters of years
        anybody = self.alias(address=Lower("to_email")).filter(kind__in=BY_ANYBODY)
        return anybody.filter(address=Lower(Value(address)), request__identified_at=None)

    def owed(self) -> "LetterQuerySet":
        """Those that a person, a recipient or a source must still get, whatever keeps them: not a
        link for a proof, which has no use once a request is answered."""
        return self.exclude(TO_STAFF).filter(sent_at=None).exclude(kind=LetterKind.PROOF)


class Letter(Remembered):
    """A letter to a data subject, or about one to a recipient or source of data, or a note to the
    contact person; and what became of it."""

    personal: ClassVar[frozenset[str]] = frozenset({"to_name", "to_email", "to_address", "body"})
    not_remembered: ClassVar[frozenset[str]] = frozenset({"body", "mark"})

    request = models.ForeignKey(
        RightsRequest,
        models.PROTECT,
        null=True,
        related_name="letters",
        verbose_name=pgettext_lazy("of a data subject", "request"),
    )
    demand = models.ForeignKey(
        Demand, models.PROTECT, null=True, related_name="letters", verbose_name=_("right demanded")
    )
    #: whom a letter tells of the data here, unasked, with the notice that it tells of (art. 14)
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        related_name="letters",
        verbose_name=_("customer"),
    )
    notice = models.ForeignKey(
        Notice, models.PROTECT, null=True, related_name="+", verbose_name=_("privacy notice")
    )
    #: who is told of what the register erases by itself, which is at nobody's request (art. 19)
    recipient = models.ForeignKey(
        Recipient, models.PROTECT, null=True, related_name="+", verbose_name=_("recipient")
    )
    kind = models.CharField(_("letter"), max_length=30, choices=LetterKind)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    medium = models.CharField(_("by"), max_length=10, choices=Medium)
    to_name = models.CharField(_("name"), max_length=300, blank=True)
    to_email = AddressField(_("e-mail"), blank=True)
    to_address = models.TextField(_("postal address"), blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    #: stands around the places of links in the body, so that no text of a stranger makes one
    mark = models.CharField(max_length=16)
    written_at = models.DateTimeField(_("written"))
    #: the same at each try, by which a mailbox knows a letter that comes twice
    message_id = models.CharField(max_length=255, unique=True)
    #: the next day, where the address got its letters of the day before that
    leaves_at = models.DateTimeField(_("waits until"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("posted by"),
    )
    failed_at = models.DateTimeField(_("given up"), null=True)
    fault = models.CharField(_("why"), max_length=200, blank=True)

    objects = LetterQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="sent_or_given_up", condition=Q(sent_at=None) | Q(failed_at=None)
            ),
            models.CheckConstraint(
                name="e_mail_is_posted_by_nobody",
                condition=Q(posted_by=None) | Q(medium="post"),
            ),
            models.CheckConstraint(
                name="told_of_a_notice",
                condition=Q(customer__isnull=True, notice__isnull=True)
                | Q(customer__isnull=False, notice__isnull=False, kind="information"),
            ),
            models.UniqueConstraint(
                name="one_information_at_a_time",
                fields=["customer"],
                condition=Q(sent_at=None, customer__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["medium"], name="letters_waiting", condition=Q(sent_at=None)),
            models.Index(
                Lower("to_email"), name="letters_of_anybody", condition=Q(kind__in=BY_ANYBODY)
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_to_staff(self) -> bool:
        return self.kind.startswith("staff_")

    @property
    def is_posted(self) -> bool:
        """Whether staff print it and send it on its way."""
        return self.medium == Medium.POST

    @property
    def is_answer_to_post(self) -> bool:
        """Whether it says on paper what was decided, and lies in the house: it has told nobody."""
        return self.kind in ANSWERS and self.is_posted and self.sent_at is None

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(savepoint=False):
            super().save_base(*args, **kwargs)
            # the clock of what it answers runs until it is posted
            if self.request and self.demand_id and self.is_posted:
                self.request.follow_clocks()

    @property
    def is_to_person(self) -> bool:
        """Whether the data subject is who it is written to."""
        return not (self.is_to_staff or self.is_to_others)

    @property
    def is_to_others(self) -> bool:
        """Whether it tells a recipient or source of data what was done (art. 19), or hands data to
        another controller (art. 20(2))."""
        return self.kind.startswith("told_")

    def text(self, *, with_links: bool) -> str:
        """The body as it is read: with its links for the envelope, without them for everyone
        who reads it elsewhere."""
        own = self._links() if with_links else []
        links = {str(link.pk): link for link in own if not (link.ended_at or link.used_at)}

        def in_words(found: "re.Match[str]") -> str:
            link = links.get(found[1])
            if link is None:
                return "…"
            if link.purpose == LinkPurpose.CODE:
                return f"{link.token[:5]} {link.token[5:]}"
            return address_of(link)

        return re.sub(self._place, in_words, self.body)

    @property
    def _place(self) -> str:
        """Where a link stands in the body."""
        return rf"\[{re.escape(self.mark)}:(\d+)\]"

    def _links(self) -> list[Link]:
        """The links that stand in the body."""
        keys = [int(key) for key in re.findall(self._place, self.body)]
        return list(
            Link.objects.filter(request=self.request_id, pk__in=keys).select_related("request")
        )

    @property
    def carries_secret(self) -> bool:
        """Whether somebody's data, or a proof of who asks, hang on a link or code in the body."""
        return any(link.purpose in SECRET for link in self._links())

    def renew_proof(self, *, now: datetime) -> None:
        """Let the link for a proof be open from when the letter leaves, and not from when it was
        written: a mail server may be away for days."""
        life = LIFE[LinkPurpose.PROOF]
        if not life or now - self.written_at < USUAL_WAIT:
            return
        for link in self._links():
            if link.purpose == LinkPurpose.PROOF and not (link.ended_at or link.used_at):
                link.expires_at = now + life
                link.save()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            stored: Any = Letter.objects.filter(pk=self.pk).values_list("body", "subject").first()
            if stored and stored != (self.body, self.subject):
                raise LetterIsFinal
        super().save(*args, **kwargs)


def new_mark() -> str:
    return secrets.token_hex(8)


def address_of(link: Link) -> str:
    """The whole address that opens `link`, in the language of its request."""
    return f"{settings.BASE_URL}/{link.request.language}/requests/{link.purpose}/{link.token}/"
