"""The ledger of what left the register: to whom, on what ground, for what, which data, about whom
(arts 5(2), 15(1)(c), 19; P11, P14, P27, P28; A02)."""

from collections.abc import Iterable, Mapping, Set
from datetime import date, datetime
from typing import Any, NoReturn

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.bulk import insert_from, reserve_keys
from audit.models import BypassesHistory, Remembered, RememberedQuerySet, WrittenOnce
from notices.models import Notice
from notices.personal_data import PersonalData
from notices.terms import ClauseKind, DataCategory, DisclosureGround, Purpose
from register.models.informing import InformationDuty, customers_of
from register.models.recipients import CategoriesField, DisclosureRefused, Recipient, Refusal, named
from register.models.restrictions import unrestricted
from register.models.uses import InTheWay, needs_of, opted_in

#: What restricted data may be given for: claims, and what the public interest demands by law.
CLAIMS = frozenset({DisclosureGround.COLLECTION, DisclosureGround.LEGAL_OBLIGATION})
#: On which grounds data are given in spite of what stands in the way of the purpose: who is to be
#: erased waits for an open invoice, a collection or the books (E05, E06). A debt is collected for a
#: purpose that the customer was told of; only the law waits for no letter (C04).
IN_SPITE_OF: Mapping[InTheWay, Set[str]] = {
    InTheWay.RESTRICTED: CLAIMS,
    InTheWay.TO_ERASE: CLAIMS | {DisclosureGround.BILLING},
    InTheWay.UNTOLD: {DisclosureGround.LEGAL_OBLIGATION},
    InTheWay.NO_CONSENT: CLAIMS,
    InTheWay.OBJECTED: CLAIMS,
}


def forbids(why: InTheWay, ground: str) -> bool:
    """Whether `why`, which stands in the way of a purpose, also forbids to give data to somebody
    outside on `ground` (P52, P65)."""
    return ground not in IN_SPITE_OF.get(why, ())


def is_given_away(recipient: Recipient | None, purpose: str) -> bool:
    """Whether whoever is given the data publishes them as its own: no firm that prints or sends for
    the controller does."""
    return purpose == Purpose.PUBLICATION and recipient is not None and not recipient.is_processor


def needs_to_give(
    recipient: Recipient, ground: str, purpose: str, categories: Iterable[str]
) -> dict[InTheWay, Q]:
    """What a customer must meet for `categories` of data to be given to `recipient`, by what stands
    in the way else (P14, P52, P65)."""
    needed = needs_of(purpose, categories=categories) or {}
    if is_given_away(recipient, purpose):
        needed.setdefault(InTheWay.NO_CONSENT, opted_in(purpose))
    return {why: met for why, met in needed.items() if forbids(why, ground)}


def needed_of(
    recipient: Recipient | None, ground: str, purpose: str, categories: Iterable[str]
) -> list[Q]:
    """What a customer must meet to be in a disclosure."""
    if recipient is None:
        # who makes a list has asked the rest
        return [unrestricted(categories)]
    return [*needs_to_give(recipient, ground, purpose, categories).values()]


class DisclosureQuerySet(RememberedQuerySet["Disclosure"]):
    """Disclosures by whom they were about."""

    def about(self, customer: Any) -> "DisclosureQuerySet":
        """Those that `customer` was in (P14)."""
        return self.filter(disclosed__customer=customer)

    def published(self) -> "DisclosureQuerySet":
        """Those that anybody may have copied: directories made to be published (P14; E08), of which
        somebody took the file. Labels and e-mail lists stay with us, whatever they are for."""
        is_out = Q(made_as__kind="directory", made_as__taken_at__isnull=False)
        return self.filter(Q(made_as=None) | is_out, purpose=Purpose.PUBLICATION)

    def record(
        self,
        customers: Any,
        *,
        purpose: str,
        categories: Iterable[str],
        recipient: Recipient | None = None,
        ground: str = "",
        by: Any = None,
        at: datetime,
    ) -> "Disclosure":
        """Remember that `categories` of data about `customers` (a queryset of customers, or several
        with nobody in common) left the register at `at`: to `recipient` on `ground`, or without
        both on a list of our own. Nothing is given of those in whom one of `categories` is
        restricted, but for legal claims (S02), nor to anybody outside of those whose data may not
        serve `purpose` (`forbids`).

        All or nothing, in as many statements however many they are. None of them is erased before
        the transaction ends, so that whoever has data is told of the erasure (E12). Needs a
        `because` block; raises `DisclosureRefused`, `NoNoticeInForce` and `ReasonMissing`.
        """
        every: Iterable[Any] = [customers] if isinstance(customers, models.QuerySet) else customers
        (key,) = reserve_keys(Disclosure, 1)
        with transaction.atomic():
            notice = PersonalData.held_notice()
            needed = needed_of(recipient, ground, purpose, categories)
            people = sum(
                insert_from(
                    Disclosed,
                    some.unerased().filter(*needed).order_by("pk").select_for_update(no_key=True),
                    {"disclosure": key, "customer": F("pk")},
                )
                for some in every
            )
            disclosure = self.enter(
                key,
                people=people,
                notice=notice,
                purpose=purpose,
                categories=categories,
                recipient=recipient,
                ground=ground,
                by=by,
                at=at,
            )
            if recipient:
                about = customers_of(Disclosed).objects.filter(disclosed__disclosure=key)
                on = localtime(at).date()
                InformationDuty.objects.disclosed(about.order_by().values("pk"), on)
        return disclosure

    def transfer(
        self,
        customer: Any,
        *,
        to: str,
        categories: Iterable[str],
        request_number: str,
        by: Any,
        at: datetime,
    ) -> "Disclosure":
        """Remember that data of `customer`, those of `categories`, were moved to the controller
        `to` at the customer's own request (art. 20(2); A02). No purpose and no ground of ours
        stands behind that, nor does anything of ours stand in its way. Needs a `because` block;
        raises `CustomerErased`."""
        (key,) = reserve_keys(Disclosure, 1)
        customers: Any = customers_of(Disclosed).objects
        with transaction.atomic():
            notice = PersonalData.held_notice()
            customers.hold([customer.pk])
            own = customers.filter(pk=customer.pk).order_by("pk")
            insert_from(Disclosed, own, {"disclosure": key, "customer": F("pk")})
            moved = Disclosure(
                pk=key,
                moved_to=to,
                request_number=request_number,
                categories=[one.value for one in DataCategory if one in set(categories)],
                disclosed_at=at,
                disclosed_by=by,
                notice=notice,
                people=1,
            )
            moved.save(force_insert=True)
        return moved

    def enter(
        self,
        key: int,
        *,
        people: int,
        notice: Notice,
        purpose: str,
        categories: Iterable[str],
        recipient: Recipient | None = None,
        ground: str = "",
        by: Any = None,
        at: datetime,
    ) -> "Disclosure":
        """Enter the disclosure `key`, whose `people` stand in `Disclosed` already: from now on it
        is seen. As `record` else, but that the duty to inform of it is left to the caller; needs a
        transaction."""
        disclosure = Disclosure(
            pk=key,
            recipient=recipient,
            ground=ground,
            purpose=purpose,
            categories=[one.value for one in DataCategory if one in set(categories)],
            disclosed_at=at,
            disclosed_by=by,
            notice=notice,
            people=people,
        )
        disclosure.save(force_insert=True)
        return disclosure


class Disclosure(Remembered):
    """That data about some customers left the register: given to a recipient, or on a list of our
    own."""

    recipient = models.ForeignKey(
        Recipient,
        models.PROTECT,
        null=True,
        related_name="disclosures",
        verbose_name=_("recipient"),
    )
    ground = models.CharField(_("ground"), max_length=30, choices=DisclosureGround, blank=True)
    #: to whom, where the person named a controller and it is no recipient of ours (art. 20(2))
    moved_to = models.CharField(_("moved at the person’s request to"), max_length=200, blank=True)
    request_number = models.CharField(_("request"), max_length=20, blank=True)
    purpose = models.CharField(_("purpose"), max_length=30, choices=Purpose, blank=True)
    categories = CategoriesField(_("data"))
    people = models.PositiveIntegerField(_("customers"), default=0)
    disclosed_at = models.DateTimeField(_("given at"))
    disclosed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    #: that which was in force
    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="+", verbose_name=_("privacy notice")
    )

    objects = DisclosureQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures and lists")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="recipient_has_ground",
                condition=Q(recipient__isnull=True, ground="")
                | (Q(recipient__isnull=False) & ~Q(ground="")),
            ),
            models.CheckConstraint(
                name="moved_by_a_request_or_given_for_a_purpose",
                condition=(Q(moved_to="", request_number="") & ~Q(purpose=""))
                | (Q(recipient__isnull=True, purpose="") & ~Q(moved_to="") & ~Q(request_number="")),
            ),
        ]

    def __str__(self) -> str:
        own = self.moved_to or gettext("a list of our own")
        to = str(self.recipient) if self.recipient else own
        return f"{to}, {date_format(self.disclosed_on, 'SHORT_DATE_FORMAT')}"

    @property
    def on_what(self) -> str:
        """On what ground it was given, in words; empty for a list of our own."""
        if self.moved_to:
            return gettext("at the person’s request (art. 20(2))")
        return str(self.get_ground_display())

    @property
    def disclosed_on(self) -> date:
        return localtime(self.disclosed_at).date()

    def refusals(self) -> dict[str, Refusal]:
        """Why this may not be given under its notice, by the column at fault."""
        found: dict[str, Refusal] = {}
        if self.moved_to:
            # at the person's own request, whatever the notice says of purposes
            return found
        if self.purpose not in named(self.notice, ClauseKind.PURPOSE):
            found["purpose"] = Refusal.UNDECLARED_PURPOSE
        if not self.categories or not set(self.categories) <= self.notice.declared:
            found["categories"] = Refusal.UNDECLARED_DATA
        if self.recipient is None:
            return found
        if self.ground not in named(self.notice, ClauseKind.DISCLOSURE):
            found["ground"] = Refusal.UNDECLARED_GROUND
        if self.purpose == Purpose.AD_TARGETING:
            found["purpose"] = Refusal.AD_TARGETING
        if not set(self.categories) <= set(self.recipient.categories):
            found["categories"] = Refusal.BEYOND_RECIPIENT
        of_recipient = self.recipient.refusals(self.notice)
        # what else it may be given, and a newer notice lists no more, hinders none of these
        of_recipient.pop("categories", None)
        if of_recipient:
            found["recipient"] = next(iter(of_recipient.values()))
        elif not self.recipient.is_one_on(self.disclosed_on):
            found["recipient"] = Refusal.NOT_NOW
        return found

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            # what was given is with others now, whatever is written here
            raise BypassesHistory("save")
        if refusals := self.refusals():
            raise DisclosureRefused(list(refusals.values()))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("delete")


class Disclosed(WrittenOnce):
    """That a customer was among those whom a disclosure or a list was about; of one that has not
    been entered yet, nobody asks."""

    disclosure = models.ForeignKey(
        Disclosure,
        models.PROTECT,
        related_name="disclosed",
        # a list's people are written before its row of the ledger
        db_constraint=False,
    )
    customer = models.ForeignKey("register.Customer", models.PROTECT, related_name="disclosed")

    class Meta:
        verbose_name = _("customer of a disclosure")
        verbose_name_plural = _("customers of disclosures")
        constraints = [
            models.UniqueConstraint(
                fields=["disclosure", "customer"], name="customer_once_in_a_disclosure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disclosure}: {self.customer}"
