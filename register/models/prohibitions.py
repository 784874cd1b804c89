"""What customers have forbidden, known by keyed digests of how they are reached (P52, M11).

A prohibition outlives the data: after an erasure it still meets the same person who is imported
again, and tells nobody who that is.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import product
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from audit.digests import digest_of, digests_of
from audit.models import Derived, Remembered, RememberedQuerySet
from notices.terms import ProhibitedUse, ProhibitionScope
from register.models.words import fold, national

_UP_TO_POSTCODE = re.compile(r".*\b\d{5}\b", re.DOTALL)


class ContactKind(models.TextChoices):
    """How a person is reached."""

    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("phone number")
    POSTAL_ADDRESS = "postal_address", _("postal address")


def normalised(kind: str, value: str) -> str:
    """`value` as it is the same however it is spelt; empty where it reaches nobody.

    A postal address is its street and postcode: what stands after the postcode is the town.
    """
    match ContactKind(kind):
        case ContactKind.EMAIL:
            return value.strip().casefold()
        case ContactKind.PHONE:
            return national(value)
        case ContactKind.POSTAL_ADDRESS:
            found = _UP_TO_POSTCODE.match(value)
            return re.sub(r"[\W_]", "", fold(found[0] if found else value))


class ContactDigestQuerySet(models.QuerySet["ContactDigest"]):
    """Rebuilt with the customers that the digests come from."""

    def put(self, customers: Iterable[Any]) -> None:
        """Replace the digests of `customers`, under every key."""
        found = list(customers)
        self.filter(customer__in=[customer.pk for customer in found]).delete()
        self.bulk_create(
            [
                ContactDigest(customer_id=customer.pk, kind=kind, digest=digest)
                for customer in found
                for kind, value in customer.contacts.items()
                if (same := normalised(kind, value))
                for digest in digests_of(kind, same)
            ],
            batch_size=2000,
        )


class ContactDigest(Derived):
    """A way in which a customer is reached, as a prohibition knows it."""

    customer = models.ForeignKey(
        "register.Customer", models.PROTECT, related_name="contact_digests"
    )
    kind = models.CharField(max_length=20, choices=ContactKind)
    digest = models.CharField(max_length=80)

    objects = ContactDigestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="contact_digest", fields=["digest"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest}"


class ProhibitionQuerySet(RememberedQuerySet["Prohibition"]):
    """Prohibitions by whom they meet."""

    def meeting(self, customer: Any) -> "ProhibitionQuerySet":
        """Those that forbid something about `customer`."""
        return self.filter(digest__in=customer.contact_digests.values("digest"))

    def in_words(self) -> list[str]:
        """What they forbid, scope by scope: "market research (use by ourselves)"."""
        forbidden = set(self.order_by().values_list("scope", "use").distinct())
        return [
            f"{scope.label} ({', '.join(uses)})"
            for scope in ProhibitionScope
            if (uses := [str(use.label) for use in ProhibitedUse if (scope, use) in forbidden])
        ]

    def forbid(
        self,
        contacts: Mapping[str, str],
        scopes: Iterable[str],
        uses: Iterable[str],
        *,
        request_number: str,
        today: date,
    ) -> list["Prohibition"]:
        """Forbid `uses` within `scopes` for whoever is reached by `contacts` (kind -> value).

        Takes effect at once, also for those who come into the register later. What is forbidden
        already stays as it is; gives the new rows. Needs a `because` block around it.
        """
        forbidden = list(product(map(ProhibitionScope, scopes), map(ProhibitedUse, uses)))
        values = {
            ContactKind(kind): same
            for kind, value in contacts.items()
            if (same := normalised(kind, value))
        }
        wanted = [
            (kind, value, scope, use) for kind, value in values.items() for scope, use in forbidden
        ]
        while True:
            try:
                with transaction.atomic():
                    return self._add(wanted, request_number=request_number, today=today)
            except IntegrityError:
                pass  # somebody forbade the same at this moment: their row is found now

    def _add(
        self,
        wanted: list[tuple[ContactKind, str, ProhibitionScope, ProhibitedUse]],
        *,
        request_number: str,
        today: date,
    ) -> list["Prohibition"]:
        digests = {one[:2]: digests_of(*one[:2]) for one in wanted}
        known = [digest for every in digests.values() for digest in every]
        # A customer who was stored before the newest key came gets the digest under it too. Asked
        # of older keys only: a stranger must not see by the time it takes who is a customer (I08)
        newest = [every[0] for every in digests.values()]
        stale = (
            ContactDigest.objects.filter(digest__in=set(known) - set(newest))
            .exclude(customer__contact_digests__digest__in=newest)
            .select_related("customer")
        )
        ContactDigest.objects.put({row.customer_id: row.customer for row in stale}.values())
        there = set(self.filter(digest__in=known).values_list("digest", "scope", "use"))
        return self.create_remembered(
            [
                Prohibition(
                    scope=scope,
                    use=use,
                    contact_kind=kind,
                    digest=digest_of(kind, value),
                    made_on=today,
                    request_number=request_number,
                )
                for kind, value, scope, use in wanted
                if not any((digest, scope, use) in there for digest in digests[kind, value])
            ]
        )


class Prohibition(Remembered):
    """A use that somebody has forbidden, whoever they are: it holds no name and no address."""

    scope = models.CharField(_("scope"), max_length=30, choices=ProhibitionScope)
    use = models.CharField(_("forbidden use"), max_length=20, choices=ProhibitedUse)
    contact_kind = models.CharField(_("known by"), max_length=20, choices=ContactKind)
    digest = models.CharField(_("digest"), max_length=80, editable=False)
    made_on = models.DateField(_("forbidden on"))
    request_number = models.CharField(_("request"), max_length=20, blank=True)

    objects = ProhibitionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("prohibition")
        verbose_name_plural = _("prohibitions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "scope", "use", "contact_kind"], name="forbidden_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: {self.get_use_display()}"
