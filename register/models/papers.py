"""Papers about customers: where each is kept, who has it, and that it was shredded (P32, P33)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered
from notices.declarations import Kept
from notices.models import Notice
from notices.terms import ClauseKind, DataCategory, Statement
from register.models.customers import Customer, OfCustomer, OfCustomerQuerySet
from register.models.recipients import named
from register.models.restrictions import unrestricted


class PaperRefusal(models.TextChoices):
    """Why something cannot be done with a paper, in a sentence that says what to do."""

    NO_PAPER = (
        "no_paper",
        _("The privacy notice in force says that no paper is kept. Scan it, then shred it."),
    )
    NOT_LOCKED = (
        "not_locked",
        _("The privacy notice in force promises locked storage. Choose a place with a lock."),
    )
    NOT_FIREPROOF = (
        "not_fireproof",
        _("The privacy notice in force promises fire-safe storage. Choose such a place."),
    )
    PLACE_ENDED = "place_ended", _("That place is no longer used. Choose another.")
    UNSIGNED = (
        "unsigned",
        _("This person has not signed the confidentiality undertaking now in use."),
    )
    IS_OUT = "is_out", _("Somebody has this paper. Record first that it came back.")
    IS_IN = "is_in", _("Nobody has this paper.")
    SHREDDED = "shredded", _("This paper has been shredded.")


class PaperRefused(Exception):
    """Something that cannot be done with a paper; carries why."""

    def __init__(self, refusal: PaperRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class StoragePlace(Remembered):
    """Where papers are kept, and how well (P32)."""

    name = models.CharField(
        _("name"),
        max_length=100,
        unique=True,
        help_text=_("Such as “cabinet 2, back office”."),
    )
    is_locked = models.BooleanField(_("locked"), default=False)
    is_fireproof = models.BooleanField(_("fire-safe"), default=False)
    ended_on = models.DateField(_("no longer used since"), null=True, blank=True)

    class Meta:
        verbose_name = _("storage place for papers")
        verbose_name_plural = _("storage places for papers")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="place_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    def refusals(self, notice: Notice) -> Iterator[PaperRefusal]:
        """Why no paper may be kept here under `notice` (P32)."""
        promised = named(notice, ClauseKind.STATEMENT)
        if Statement.LOCKED_STORAGE in promised and not self.is_locked:
            yield PaperRefusal.NOT_LOCKED
        if Statement.FIREPROOF_STORAGE in promised and not self.is_fireproof:
            yield PaperRefusal.NOT_FIREPROOF
        if self.ended_on:
            yield PaperRefusal.PLACE_ENDED


class PaperQuerySet(OfCustomerQuerySet["Paper"]):
    """Papers by where they are."""

    def kept(self) -> "PaperQuerySet":
        """Those that are not shredded."""
        return self.filter(shredded_at=None)

    def in_handling(self) -> "PaperQuerySet":
        """Those that have no place yet."""
        return self.kept().filter(place=None)

    def to_shred(self) -> "PaperQuerySet":
        """Those for which a decided erasure waits, of the customer or of the orders alone (P32,
        E06)."""
        used = unrestricted([DataCategory.ORDERS], customer="customer")
        requests: Any = Customer._meta.get_field("rights_requests").related_model
        orders = requests.objects.to_lose(DataCategory.ORDERS).order_by().values("customer")
        leaving = Q(customer__to_erase_at__isnull=False) | Q(customer__in=orders)
        return self.kept().filter(used & leaving)

    def with_holder(self) -> "PaperQuerySet":
        """Each with `holder`, the name of who has taken it out; None while it is in its place."""
        loans = Loan.objects.filter(paper=OuterRef("pk"), returned_at=None).order_by()
        return self.annotate(holder=Subquery(loans.values("taken_by__name")[:1]))

    def out(self) -> "PaperQuerySet":
        """Those that somebody has taken out."""
        return self.filter(Exists(Loan.objects.filter(paper=OuterRef("pk"), returned_at=None)))


class Paper(OfCustomer):
    """A document on paper about a customer, known by the number that is written on it."""

    # as with attachments: what a customer and a firm put on paper is what was ordered
    declaration = {
        "customer": Kept.LINK,
        "title": DataCategory.ORDERS,
        "dated_on": DataCategory.ORDERS,
        "place": Kept.NOT_PERSONAL,
        "shredded_at": Kept.NOT_PERSONAL,
        "shredded_by": Kept.NOT_PERSONAL,
    }

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="papers", verbose_name=_("customer")
    )
    title = models.CharField(_("what it is"), max_length=200, blank=True)
    dated_on = models.DateField(_("dated"), null=True, blank=True)
    #: none while it is being handled for the first time
    place = models.ForeignKey(
        StoragePlace,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="papers",
        verbose_name=_("kept in"),
        help_text=_("Leave empty while the paper is being handled for the first time."),
    )
    shredded_at = models.DateTimeField(_("shredded at"), null=True, editable=False)
    shredded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("shredded by"),
    )

    objects = PaperQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="paper_shredded_by_somebody",
                condition=Q(shredded_at=None, shredded_by=None)
                | Q(shredded_at__isnull=False, shredded_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="paper_kept", fields=["customer"], condition=Q(shredded_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"P-{self.pk}" if self.pk else "P"

    def refuse(self, notice: Notice) -> None:
        """Also raises `PaperRefused`."""
        super().refuse(notice)
        if refusal := next(self._refusals(notice), None):
            raise PaperRefused(refusal)

    def clean(self) -> None:
        super().clean()
        for refusal in self._refusals(self.notice_that_governs()):
            at = "title" if refusal == PaperRefusal.NO_PAPER else "place"
            raise ValidationError({at: str(refusal.label)})

    def _refusals(self, notice: Notice) -> Iterator[PaperRefusal]:
        if self.shredded_at:
            # gone: wherever it was, and whatever the notice says now
            return
        if Statement.NO_PAPER in named(notice, ClauseKind.STATEMENT):
            yield PaperRefusal.NO_PAPER
        if self.place:
            yield from self.place.refusals(notice)

    @property
    def loan(self) -> "Loan | None":
        """By whom it is taken out now."""
        return self.loans.filter(returned_at=None).select_related("taken_by").first()

    def _held(self) -> "Paper":
        """This paper as it is stored, held until the transaction ends."""
        own = Paper.objects.select_for_update().get(pk=self.pk)
        if own.shredded_at:
            raise PaperRefused(PaperRefusal.SHREDDED)
        return own

    def take_out(self, person: Any, *, by: Any, now: datetime) -> "Loan":
        """Record that `person` took this paper. Only who has signed the undertaking may handle
        papers (P33). Needs a `because` block; raises `PaperRefused`."""
        with transaction.atomic():
            own = self._held()
            people: Any = get_user_model().objects
            if not people.bound().filter(pk=person.pk).exists():
                raise PaperRefused(PaperRefusal.UNSIGNED)
            if own.loan:
                raise PaperRefused(PaperRefusal.IS_OUT)
            return Loan.objects.create(paper=own, taken_by=person, taken_at=now, recorded_by=by)

    def bring_back(self, *, now: datetime) -> None:
        """Record that it came back. Needs a `because` block; raises `PaperRefused`."""
        with transaction.atomic():
            loan = self._held().loan
            if loan is None:
                raise PaperRefused(PaperRefusal.IS_IN)
            loan.returned_at = now
            loan.save()

    def shred(self, *, by: Any, now: datetime) -> None:
        """Record that `by` shredded it. Needs a `because` block; raises `PaperRefused`."""
        with transaction.atomic():
            Customer.objects.hold([self.customer_id])
            own = self._held()
            if own.loan:
                raise PaperRefused(PaperRefusal.IS_OUT)
            own.place, own.shredded_at, own.shredded_by = None, now, by
            own.save(collection=None)
            Customer.objects.look_again([self.customer_id])
            self.refresh_from_db()


class Loan(Remembered):
    """That somebody took a paper out, and when it came back (P33)."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="loans", verbose_name=_("paper"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken out"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    returned_at = models.DateTimeField(_("came back"), null=True)

    class Meta:
        verbose_name = _("loan of a paper")
        verbose_name_plural = _("loans of papers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["paper"], condition=Q(returned_at=None), name="one_has_a_paper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper}: {self.taken_by}"


def misplaced(notice: Notice) -> "models.QuerySet[StoragePlace]":
    """Places with papers in them that do not keep what `notice` promises (P32)."""
    promised = named(notice, ClauseKind.STATEMENT)
    unfit = Q(pk__in=[])
    if Statement.NO_PAPER in promised:
        unfit |= Q(pk__isnull=False)
    if Statement.LOCKED_STORAGE in promised:
        unfit |= Q(is_locked=False)
    if Statement.FIREPROOF_STORAGE in promised:
        unfit |= Q(is_fireproof=False)
    papers = Paper.objects.kept().filter(place=OuterRef("pk"))
    return StoragePlace.objects.filter(unfit, Exists(papers))
