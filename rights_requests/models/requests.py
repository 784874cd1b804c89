"""What people demand: the request as it came, and each right in it with its own clock."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.models import Remembered, RememberedQuerySet
from notices.models import Notice
from notices.terms import (
    DataCategory,
    Language,
    ProhibitedUse,
    ProhibitionScope,
    Purpose,
    Right,
)
from register.emails import AddressField
from register.models import Channel, Customer, RestrictionGround
from register.models.recipients import CategoriesField
from rights_requests.deadlines import DueDate, Pause, due_date, received_on, target_on
from rights_requests.reckoning import as_rows

#: What can be asked here; the rest of `Right` is asked elsewhere. Which of them people are offered
#: follows from the notice in force: see `offering`.
OFFERED = (
    Right.ACCESS,
    Right.RECTIFICATION,
    Right.ERASURE,
    Right.ANONYMISATION,
    Right.RESTRICTION,
    Right.PORTABILITY,
    Right.OBJECTION,
    Right.WITHDRAWAL,
    Right.PROHIBITION,
)
#: What empties the register of a person: an anonymisation keeps the orders as figures of nobody,
#: where the notice promises that, and is an erasure in all else (P66).
ERASING = (Right.ERASURE, Right.ANONYMISATION)
#: What works at once, without a decision: a prohibition as it comes, a withdrawal of consent when
#: it is known who asks (art. 7(3), 21(3); C01, M01).
AT_ONCE = (Right.PROHIBITION, Right.WITHDRAWAL)
#: What is answered with the data, behind a link.
WITH_COPY = (Right.ACCESS, Right.PORTABILITY)
OFFERED_CHOICES = [(right.value, right.label) for right in OFFERED]


class Proof(models.TextChoices):
    """How a person showed who asks: ways that the notice names, and wider ones (A4)."""

    PROVEN_EMAIL = "proven_email", _("link sent to the e-mail address")
    SIGNATURE = "signature", _("signature seen")
    DETAIL = "detail", _("something told that only the person can tell")
    IN_PERSON = "in_person", _("in person")
    STRONG = "strong_electronic", _("strong electronic identification")
    WRITTEN = "written", _("written request, which the privacy notice calls enough")
    CODE_BY_POST = "code_by_post", _("code sent to the postal address in the register")


#: The grounds of a restriction as the person says them (art. 18(1); S01).
OWN_WORDS = {
    RestrictionGround.ACCURACY: _("the data are wrong, and you are checking them"),
    RestrictionGround.UNLAWFUL: _(
        "the data are used against the law, and I do not want them erased"
    ),
    RestrictionGround.CLAIMS: _("you no longer need the data, but I need them for a legal claim"),
    RestrictionGround.OBJECTION: _("I have objected, and you are weighing it"),
}


class ExtensionCause(models.TextChoices):
    """The only causes for more time (art. 12(3))."""

    COMPLEXITY = "complexity", _("the request is complex")
    NUMBER = "number", _("there are many requests")


#: The order of the queue.
BY_DUE_DATE = (F("next_due_on").asc(nulls_last=True), "-year", "-sequence")


class RightsRequestQuerySet(RememberedQuerySet["RightsRequest"]):
    """Words for choosing requests."""

    def open(self) -> "RightsRequestQuerySet":
        """Those that no decision and no withdrawal has closed."""
        return self.filter(closed_at=None)

    def unproven(self) -> "RightsRequestQuerySet":
        """Open ones whose sender has not shown who asks; never dropped for that."""
        return self.open().filter(identified_at=None, needs_proof=True)

    def by_due_date(self) -> "RightsRequestQuerySet":
        """Whose answer is due the soonest first; last those for which no clock runs."""
        return self.order_by(*BY_DUE_DATE)

    def due_by(self, day: date) -> "RightsRequestQuerySet":
        """Open ones with an answer due on `day` or before."""
        return self.open().filter(Exists(Demand.objects.unanswered().of_row().due_by(day)))

    def to_lose(self, category: DataCategory) -> "RightsRequestQuerySet":
        """Those by which somebody has decided to erase `category` and other data by name, as soon
        as nothing keeps it."""
        waiting = Demand.objects.waiting().of_row().alias(has=Cast("categories", TextField()))
        return self.filter(Exists(waiting.filter(has__contains=f'"{category.value}"')))

    def numbered(self, number: str) -> "RightsRequest | None":
        """The request with `number`, such as 2026-17; None for none."""
        found = self.all_numbered([number]).first()
        return found if found and found.number == number else None

    def all_numbered(self, numbers: Iterable[str]) -> "RightsRequestQuerySet":
        """The requests with `numbers`; what is no number of a request finds none."""
        by_year: dict[int, list[int]] = defaultdict(list)
        for number in numbers:
            year, _dash, sequence = number.partition("-")
            if year.isdecimal() and sequence.isdecimal() and len(number) <= 12:
                by_year[int(year)].append(int(sequence))
        found = Q(pk__in=[])
        for one, sequences in by_year.items():
            found |= Q(year=one, sequence__in=sequences)
        return self.filter(found)


class RightsRequest(Remembered):
    """A demand of a data subject, as it came, with everything that happened to it and when."""

    #: Columns that say who asked; blanked when the person is erased.
    personal: ClassVar[frozenset[str]] = frozenset(
        {
            "name",
            "email",
            "phone",
            "street",
            "postcode",
            "city",
            "country",
            "evidence",
            # keyed, but it still tells whether somebody asked this
            "content_digest",
        }
    )
    not_remembered: ClassVar[frozenset[str]] = frozenset(
        {"form_digest", "content_digest", "next_due_on"}
    )

    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    sequence = models.PositiveIntegerField(_("number in the year"), editable=False)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.FINNISH
    )
    channel = models.CharField(_("came by"), max_length=10, choices=Channel)
    received_at = models.DateTimeField(_("received"))
    recorded_at = models.DateTimeField(_("recorded"), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    notice = models.ForeignKey(
        Notice, models.PROTECT, editable=False, related_name="+", verbose_name=_("privacy notice")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = AddressField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    street = models.CharField(_("street address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    needs_proof = models.BooleanField(_("needs a proof"), editable=False)
    wants_recipients = models.BooleanField(_("wants to know who else is told"), default=True)
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="rights_requests",
        verbose_name=_("customer"),
    )
    #: as staff chose the customer or a proof came; a correction may change that address later (I04)
    knew_address = models.BooleanField(
        _("came from an address in the register"), default=False, editable=False
    )
    identified_at = models.DateTimeField(_("proven"), null=True, editable=False)
    identified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("proof seen by"),
    )
    proof = models.CharField(_("proof"), max_length=20, choices=Proof, blank=True, editable=False)
    evidence = models.CharField(_("what was seen"), max_length=300, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    #: by the clocks of its demands, which history tells; kept here for the order of a long queue
    next_due_on = models.DateField(_("next answer due on"), null=True, editable=False)
    #: set with an erasure: who asked is forgotten as soon as the last letter has left
    to_forget_at = models.DateTimeField(_("to be forgotten since"), null=True, editable=False)
    forgotten_at = models.DateTimeField(_("forgotten"), null=True, editable=False)
    # one form makes one request, however often it is sent
    form_digest = models.CharField(max_length=64, blank=True, editable=False)
    content_digest = models.CharField(max_length=64, blank=True, editable=False)

    objects = RightsRequestQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = pgettext_lazy("of a data subject", "request")
        verbose_name_plural = _("requests of data subjects")
        ordering = ["-year", "-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="request_number_is_unique"),
            models.UniqueConstraint(
                fields=["form_digest"],
                condition=~Q(form_digest=""),
                name="one_request_per_form",
            ),
            models.CheckConstraint(
                name="received_before_recorded", condition=Q(received_at__lte=F("recorded_at"))
            ),
            models.CheckConstraint(
                name="proven_in_some_way",
                condition=Q(identified_at=None, proof="", identified_by=None)
                | (Q(identified_at__isnull=False) & ~Q(proof="")),
            ),
            models.CheckConstraint(
                name="withdrawn_is_closed",
                condition=Q(withdrawn_at=None) | Q(closed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["received_at"], name="open_requests", condition=Q(closed_at=None)),
            # in the order of BY_DUE_DATE
            models.Index(
                fields=["next_due_on", "-year", "-sequence"],
                name="open_requests_by_due_date",
                condition=Q(closed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What the request goes by: 2026-17."""
        return f"{self.year}-{self.sequence}"

    @property
    def received_on(self) -> date:
        """The day of receipt in Helsinki (T09)."""
        return received_on(self.received_at)

    @property
    def is_proven(self) -> bool:
        return self.identified_at is not None

    @property
    def can_be_written_to(self) -> bool:
        """Whether there is an address to which a letter can go."""
        return bool(self.email or self.street)

    @property
    def can_be_proven(self) -> bool:
        """Whether a proof still changes anything."""
        return self.needs_proof and self.closed_at is None

    @property
    def can_be_linked(self) -> bool:
        """Whether staff may still say which customer asks: a prohibition, closed as it came, then
        holds for all that the register knows of the person."""
        done = any(demand.is_done_for_somebody for demand in self.demands.all())
        return not (done or self.withdrawn_at or self.to_forget_at)

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether a decision is still to come, or an erasure that was granted."""
        is_to_come = any(demand.is_open or demand.is_waiting for demand in self.demands.all())
        return self.closed_at is None and is_to_come

    def reckon_again(self) -> None:
        """Count the due dates of what is open anew, as a question was asked or answered (T06). The
        caller holds the request, in a transaction and a `because` block."""
        for demand in self.demands.all():
            demand.request = self
            if demand.is_open:
                demand.reckon()
                demand.save()

    def follow_clocks(self) -> None:
        """Keep the first day on which an answer is due, as a clock was moved or has ended. Every
        save of the request, of a demand and of a letter on paper ends here."""
        running = Demand.objects.unanswered().filter(request=self.pk, due_on__isnull=False)
        days = running.order_by("due_on").values_list("due_on", flat=True)
        self.next_due_on = days.first()
        rows: models.QuerySet[RightsRequest] = models.QuerySet(RightsRequest).filter(pk=self.pk)
        rows.update(next_due_on=self.next_due_on)

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(savepoint=False):
            super().save_base(*args, **kwargs)
            # whoever saves may have read the row before a clock was moved
            self.follow_clocks()

    @property
    def rights(self) -> list[str]:
        """The labels of the rights demanded."""
        return [str(demand.get_right_display()) for demand in self.demands.all()]


class DemandQuerySet(RememberedQuerySet["Demand"]):
    """Words for choosing demands."""

    def undecided(self) -> "DemandQuerySet":
        """Those that still wait for a decision."""
        return self.filter(
            granted_at=None, refused_at=None, carried_out_at=None, request__withdrawn_at=None
        )

    def unanswered(self) -> "DemandQuerySet":
        """Those whose answer the person has still to get: undecided, or decided while the letter on
        paper that says so lies in the house (art. 12(3))."""
        letters: Any = Demand._meta.get_field("letters").related_model
        lying = letters.objects.to_post().answers().order_by().values("demand")
        return self.undecided() | self.filter(pk__in=lying, request__withdrawn_at=None)

    def waiting(self) -> "DemandQuerySet":
        """Erasures that somebody has decided, and that wait for what keeps the data (E06)."""
        return self.filter(
            right__in=ERASING,
            granted_at__isnull=False,
            carried_out_at=None,
            request__withdrawn_at=None,
        )

    def unfinished(self) -> "DemandQuerySet":
        """Those that still wait for a decision, or for what was decided to be carried out."""
        return self.undecided() | self.waiting()

    def standing(self, customers: Iterable[Customer]) -> "DemandQuerySet":
        """What `customers` have asked for and nobody has refused, as far as it still bears on the
        use of their data: objection, and a restriction or an erasure that is not carried out."""
        bears = (
            Q(right=Right.OBJECTION)
            | Q(right=Right.RESTRICTION, granted_at=None)
            | Q(right__in=ERASING, carried_out_at=None)
        )
        return self.filter(
            bears,
            request__customer__in=[one.pk for one in customers],
            request__withdrawn_at=None,
            refused_at=None,
        )

    def of_row(self) -> "DemandQuerySet":
        """Those of the request of the query around."""
        return self.filter(request=OuterRef("pk"))

    def due_by(self, day: date) -> "DemandQuerySet":
        """Those with an answer due on `day` or before; more time counts from when the letter that
        tells of it has left (T04)."""
        untold = Demand.objects.filter(letters__kind="extension", letters__sent_at=None)
        return self.filter(
            Q(due_on__lte=day) | Q(first_due_on__lte=day, pk__in=untold.order_by().values("pk"))
        )


class Demand(Remembered):
    """One right demanded in a request, with its own clock, decision and answer (P62)."""

    personal: ClassVar[frozenset[str]] = frozenset(
        {
            "wanted",
            "ground",
            "extension_reason",
            "needed_for_role",
            "transfer_to",
            "transfer_address",
        }
    )

    request = models.ForeignKey(
        RightsRequest,
        models.PROTECT,
        related_name="demands",
        verbose_name=pgettext_lazy("of a data subject", "request"),
    )
    right = models.CharField(_("right"), max_length=20, choices=OFFERED_CHOICES)
    wanted = models.TextField(_("what it should be"), max_length=2_000, blank=True)
    ground = models.TextField(_("why"), max_length=4_000, blank=True)
    restriction_ground = models.CharField(
        _("ground"), max_length=20, choices=RestrictionGround, blank=True
    )
    #: objected to, or no longer consented to; none for all that may be
    purposes = models.JSONField(_("which use of the data"), default=list, blank=True)
    #: to whom the data shall go directly (art. 20(2)), and where: e-mail or a web address
    transfer_to = models.CharField(_("where the data should go"), max_length=200, blank=True)
    transfer_address = models.CharField(_("its e-mail or web address"), max_length=254, blank=True)
    scopes = models.JSONField(_("what is forbidden"), default=list, blank=True)
    uses = models.JSONField(_("how the data may not be used"), default=list, blank=True)
    #: no day while the clock stands still (T06)
    due_on = models.DateField(_("answer due on"), null=True, editable=False)
    first_due_on = models.DateField(_("answer due without more time"), null=True, editable=False)
    reckoning = models.JSONField(_("how the due date was counted"), default=list, editable=False)
    extended_at = models.DateTimeField(_("extended"), null=True, editable=False)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("extended by"),
    )
    extension_cause = models.CharField(
        _("cause"), max_length=20, choices=ExtensionCause, blank=True, editable=False
    )
    extension_reason = models.TextField(_("reason for the extension"), blank=True, editable=False)
    granted_at = models.DateTimeField(_("granted"), null=True, editable=False)
    refused_at = models.DateTimeField(_("refused"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    #: a prohibition works at once: there is nothing to decide (M01). An erasure that was decided
    #: may wait for what keeps the data (E06)
    carried_out_at = models.DateTimeField(_("carried out"), null=True, editable=False)
    #: of data whose erasure or restriction is asked for, then of those for which it was granted, or
    #: which were corrected; none for all of them (S08)
    categories = CategoriesField(_("data concerned"), editable=False)
    #: weighed by who decided: with it the erasure waits for the end of the person's role too (P63)
    needed_for_role = models.TextField(
        _("why the data are needed while the person speaks for an organisation"),
        blank=True,
        editable=False,
    )

    objects = DemandQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("right demanded")
        verbose_name_plural = _("rights demanded")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "right"], name="one_demand_per_right"),
            # no decision without a named person (P47)
            models.CheckConstraint(
                name="a_person_decides",
                condition=Q(granted_at=None, refused_at=None, decided_by=None)
                | (
                    Q(decided_by__isnull=False)
                    & (
                        Q(granted_at__isnull=False, refused_at=None)
                        | Q(granted_at=None, refused_at__isnull=False)
                    )
                ),
            ),
            # a prohibition cannot be refused (M01); a consent is taken back without a decision, and
            # nothing else happens so
            models.CheckConstraint(
                name="a_prohibition_is_carried_out_and_not_decided",
                condition=Q(right=Right.PROHIBITION, granted_at=None, refused_at=None)
                | Q(right=Right.WITHDRAWAL, granted_at=None, refused_at=None)
                | Q(right__in=ERASING, granted_at__isnull=False)
                | (~Q(right=Right.PROHIBITION) & Q(carried_out_at=None)),
            ),
            models.CheckConstraint(
                name="extended_by_somebody_for_a_cause",
                condition=Q(extended_at=None, extended_by=None, extension_cause="")
                | (
                    Q(extended_at__isnull=False, extended_by__isnull=False) & ~Q(extension_cause="")
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="erasures_waiting",
                condition=Q(right__in=ERASING, granted_at__isnull=False, carried_out_at=None),
            ),
            models.Index(
                fields=["due_on"],
                name="undecided_demands",
                condition=Q(granted_at=None, refused_at=None, carried_out_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}, {self.get_right_display()}"

    @property
    def decided_at(self) -> datetime | None:
        return self.granted_at or self.refused_at

    @property
    def is_partly_granted(self) -> bool:
        """Whether a part of it was granted and another refused: of items to put right, of uses
        objected to, of the pieces of a copy (R07, M02, A07)."""
        if not hasattr(self, "certificate"):
            return False
        related: Any = self
        upheld = any(one.is_upheld for one in related.weighings.all())
        return self.granted_at is not None or upheld

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a decision."""
        return not (self.decided_at or self.carried_out_at or self.request.withdrawn_at)

    @property
    def is_done_for_somebody(self) -> bool:
        """Whether something was done with the data of the customer chosen, who can no longer be
        another one."""
        is_taken_back = self.right == Right.WITHDRAWAL and self.carried_out_at is not None
        return self.granted_at is not None or is_taken_back

    @property
    def is_waiting(self) -> bool:
        """Whether it is an erasure that was decided, and that something makes wait (E06)."""
        is_decided = self.right in ERASING and self.granted_at is not None
        return is_decided and not (self.carried_out_at or self.request.withdrawn_at)

    @property
    def target_on(self) -> date:
        """The day to be ready by ourselves (T11); sooner for a correction (P57)."""
        came = self.request.received_on
        if self.right == Right.RECTIFICATION:
            return target_on(came, settings.RECTIFICATION_DAYS)
        return target_on(came)

    def is_behind(self, day: date) -> bool:
        """Whether it still waits on `day` though our own target has passed (T11, P57); never while
        the clock stands still (T06)."""
        return self.is_open and self.due_on is not None and day > self.target_on

    @property
    def late_since(self) -> date | None:
        """The last day to answer, where the decision came after it (art. 12(3)); None where not."""
        decided = self.decided_at or self.carried_out_at
        is_late = decided and self.due_on and received_on(decided) > self.due_on
        return self.due_on if is_late else None

    def is_late_to_refuse(self, day: date) -> bool:
        """Whether a refusal on `day` would be late: it has no extension of its own (T05)."""
        return self.first_due_on is not None and day > self.first_due_on

    @property
    def is_paused(self) -> bool:
        """Whether the clock stands still until the person answers (T06)."""
        return self.due_on is None and self.is_open

    @property
    def unpaused_on(self) -> date:
        """The day that an answer would be due if no question stopped the clock (T06)."""
        return due_date(self.request.received_on, extended=self.extended_at is not None).unpaused

    def reckon(self) -> DueDate:
        """Count the due date and keep how it was counted, with the calendar used (T10)."""
        pauses = [] if self._state.adding else self._pauses()
        came = self.request.received_on
        due = due_date(came, extended=self.extended_at is not None, pauses=pauses)
        first = due_date(came, pauses=pauses)
        self.due_on, self.first_due_on = due.date, first.date
        self.reckoning = as_rows(due.trace)
        return due

    def _pauses(self) -> list[Pause]:
        """When the clock stood still, or since when it does (T06)."""
        asked = self.request.doubts.select_related("letter")
        return [pause for doubt in asked if (pause := doubt.pause_of(self))]

    @property
    def scope_labels(self) -> list[str]:
        return [str(ProhibitionScope(scope).label) for scope in self.scopes]

    @property
    def category_labels(self) -> list[str]:
        return [str(DataCategory(one).label) for one in self.categories]

    @property
    def purpose_labels(self) -> list[str]:
        return [str(Purpose(one).label) for one in self.purposes]

    @property
    def use_labels(self) -> list[str]:
        return [str(ProhibitedUse(use).label) for use in self.uses]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.reckon()
        super().save(*args, **kwargs)

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(savepoint=False):
            super().save_base(*args, **kwargs)
            self.request.follow_clocks()
