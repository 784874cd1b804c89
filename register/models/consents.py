"""What customers have agreed to, in which words, and when they took it back (art. 7; C01, P19)."""

from datetime import date
from typing import Any, NoReturn

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from audit.models import BypassesHistory, Remembered, RememberedQuerySet
from audit.texts import clean, fault_of
from notices.models import Clause, Notice
from notices.personal_data import IdentityCodeFound
from notices.terms import ClauseKind, LegalBasis, Purpose
from register.models.informing import customers_of
from register.models.lifespans import Lifespan
from register.models.telling import Channel, NotYetInForce


class NoConsentClause(Exception):
    """A consent for what the notice in force does not rest on consent (P19); carries the purpose
    and the notice."""

    def __init__(self, purpose: str, notice: Notice) -> None:
        super().__init__(f"notice version {notice.version} asks no consent for {purpose!r}")
        self.purpose, self.notice = purpose, notice


class NotTold(Exception):
    """A purpose that is new to the customer, who had not been told of it by the day of the consent
    (C04); carries the purpose."""

    def __init__(self, purpose: str) -> None:
        super().__init__(purpose)
        self.purpose = purpose


class GivenTwice(Exception):
    """A consent for the same purpose, given on the same day in the same way, that still holds."""


class ConsentIsFinal(Exception):
    """What was agreed to stays as it was said; only its withdrawal comes later, and once."""


class ConsentQuerySet(RememberedQuerySet["Consent"]):
    """Consents by whether they hold."""

    def create_remembered(self, rows: Any) -> NoReturn:
        # each asks by itself whether it may be
        raise BypassesHistory("create_remembered")

    def given(self) -> "ConsentQuerySet":
        """Those that have not been withdrawn."""
        return self.filter(withdrawn_on__isnull=True)

    def in_force(self) -> "ConsentQuerySet":
        """Those given of which the notice in force still says that it rests on consent (P19)."""
        clause = Clause.objects.filter(
            notice__version__isnull=False,
            notice__superseded_at__isnull=True,
            kind=ClauseKind.PURPOSE,
            legal_basis=LegalBasis.CONSENT,
            term=OuterRef("purpose"),
        )
        return self.given().filter(Exists(clause))

    def withdraw(self, customer: Any, purpose: str, *, channel: str, on: date) -> int:
        """Take back all that `customer` has given for `purpose`; gives how many consents ended.
        Needs no notice and no reason of the customer (C01); a `because` block says whose act it
        was."""
        with transaction.atomic():
            given = self.given().filter(customer=customer, purpose=purpose).select_for_update()
            consents = list(given.order_by("pk"))
            for consent in consents:
                consent.withdrawn_on, consent.withdrawn_by_channel = on, Channel(channel)
                consent.save()
        return len(consents)


class Consent(Remembered):
    """That a customer agreed to a purpose in certain words, and perhaps took it back."""

    customer = models.ForeignKey(
        "register.Customer",
        models.PROTECT,
        related_name="consents",
        verbose_name=_("customer"),
    )
    purpose = models.CharField(_("purpose"), max_length=30, choices=Purpose)
    wording = models.TextField(_("words agreed to"))
    #: that which was in force on the day
    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="+", verbose_name=_("privacy notice")
    )
    channel = models.CharField(_("given by"), max_length=20, choices=Channel)
    given_on = models.DateField(_("given on"))
    withdrawn_by_channel = models.CharField(
        _("withdrawn by"), max_length=20, choices=Channel, blank=True
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True)

    objects = ConsentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="withdrawal_has_day_and_channel",
                condition=Q(withdrawn_on__isnull=True, withdrawn_by_channel="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_by_channel="")),
            ),
            models.CheckConstraint(
                name="withdrawn_when_given_or_later",
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("given_on")),
            ),
            models.CheckConstraint(name="consent_has_words", condition=~Q(wording="")),
        ]
        indexes = [
            models.Index(
                name="consent_given",
                fields=["purpose", "customer"],
                condition=Q(withdrawn_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.given_on}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a consent under the notice of its day, or its withdrawal.

        Raises what `judge` raises, `CustomerErased`, `IdentityCodeFound` for a new one, and
        `ConsentIsFinal` for any other change of an old one.
        """
        with transaction.atomic():
            if is_new := self._state.adding:
                self._refuse()
            else:
                self._keep()
            super().save(*args, **kwargs)
            if is_new:
                Lifespan.objects.spoke([self.customer_id], self.given_on)

    def judge(self, notice: Notice) -> Notice:
        """The notice that was in force on the day of a new consent; `notice` is that in force now.

        Raises `NoConsentClause`, `NotTold`, `GivenTwice`, and `NotYetInForce` where no notice that
        asked for such a consent was in force on that day (C01, C04).
        """
        if self.purpose not in notice.asks_consent_for:
            raise NoConsentClause(self.purpose, notice)
        then = Notice.objects.in_force_on(self.given_on)
        if then is None or self.purpose not in then.asks_consent_for:
            raise NotYetInForce(notice, self.given_on)
        customers: Any = customers_of(Consent).objects
        told = customers.told_of(self.purpose, by=self.given_on)
        if not told.filter(pk=self.customer_id).exists():
            raise NotTold(self.purpose)
        same = {name: getattr(self, name) for name in ("customer_id", "purpose", "channel")}
        if Consent.objects.given().filter(given_on=self.given_on, **same).exists():
            raise GivenTwice
        return then

    def _refuse(self) -> None:
        customers: Any = customers_of(Consent)
        customers.objects.hold([self.customer_id])
        self.wording = clean(self.wording).strip()
        self.notice = self.judge(customers.held_notice())
        if any(map(fault_of, self.wording.split("\n"))):
            raise IdentityCodeFound(Consent, "wording")

    def _keep(self) -> None:
        stored = Consent.objects.get(pk=self.pk)
        later = {"withdrawn_on", "withdrawn_by_channel"}
        columns = {field.attname for field in self._meta.concrete_fields}
        changed = {name for name in columns if getattr(self, name) != getattr(stored, name)}
        if stored.withdrawn_on or not changed <= later:
            raise ConsentIsFinal

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("delete")
