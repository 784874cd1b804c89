"""What customers have forbidden, known by keyed digests of how they are reached (P52, M11).

A prohibition outlives the data: after an erasure it still meets the same person who is imported
again, and tells nobody who that is.
"""

import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from itertools import product
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.digests import digests_of
from audit.models import Derived, Remembered, RememberedQuerySet
from audit.prepared import keys_of
from notices.terms import ProhibitedUse, ProhibitionScope
from register.emails import same_mailbox
from register.models.addresses import same_address
from register.models.informing import customers_of
from register.models.words import dialled, national
from register.phones import numbers_in

#: No number that reaches somebody has fewer digits, its area code's zero aside.
SHORTEST_NUMBER = 5
#: What may be a number by itself in a text that holds no valid one.
_RUN = re.compile(r"[+\d][\d ()-]{3,40}")
#: The digests of one way to reach somebody, under every key: the newest first.
Digests = tuple["ContactKind", Sequence[str]]


class ContactKind(models.TextChoices):
    """How a person is reached."""

    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("phone number")
    POSTAL_ADDRESS = "postal_address", _("postal address")
    #: Not an address: a mark at the customer that keeps what was forbidden when addresses change.
    CUSTOMER = "customer", _("customer")


def normalised(kind: str, value: str) -> str:
    """`value` as it is the same however it is spelt; empty where it reaches nobody.

    A postal address is its street and postcode, as `contacts_of` joins them (`same_address`).
    """
    match kind:
        case ContactKind.EMAIL:
            return same_mailbox(value)
        case ContactKind.PHONE:
            number = dialled(value)
            return number if len(number.lstrip("+0")) >= SHORTEST_NUMBER else ""
        case ContactKind.POSTAL_ADDRESS:
            return same_address(value)
        case _:
            return value


def contacts_of(email: str, phone: str, street: str, postcode: str) -> dict[str, str]:
    """How somebody is reached, by kind; an address is one with a street and a postcode."""
    whole = f"{street}\n{postcode}" if street and postcode else ""
    found = {
        ContactKind.EMAIL: email,
        ContactKind.PHONE: phone,
        ContactKind.POSTAL_ADDRESS: whole,
    }
    return {kind.value: value for kind, value in found.items() if value}


def meanings_of(kind: str, value: str) -> list[str]:
    """All that `value` may be the same as, `normalised`: a field for one phone number may hold two,
    or one that is spoilt. Where that is unsure there are more, so that no prohibition is missed."""
    if kind != ContactKind.PHONE:
        return [same] if (same := normalised(kind, value)) else []
    if found := numbers_in(value):
        return list(found)
    parts = [national(run) for run in _RUN.findall(value)]
    every = dict.fromkeys([normalised(kind, value), *parts])
    return [one for one in every if len(one.lstrip("+0")) >= SHORTEST_NUMBER]


def digests_by_contact(contacts: Mapping[str, str]) -> list[Digests]:
    """The digests of `contacts` (kind -> value) under every key; of those that reach somebody."""
    return [
        (ContactKind(kind), digests_of(kind, same))
        for kind, value in contacts.items()
        for same in meanings_of(kind, value)
    ]


class ContactDigestQuerySet(models.QuerySet["ContactDigest"]):
    """Rebuilt with the customers that the digests come from."""

    def put(self, customers: Iterable[Any]) -> None:
        """Let `customers` have the digests of how they are reached, under every key; what stays is
        not written again. What was forbidden for somebody whose contacts change holds for the new
        ones too (M01, M11)."""
        found = list(customers)
        stored = self.filter(customer__in=[customer.pk for customer in found])
        contacts = {customer.pk: digests_by_contact(customer.contacts) for customer in found}
        wanted = {
            (customer, kind.value, digest): None
            for customer, ways in contacts.items()
            for kind, every in ways
            for digest in every
        }
        before: dict[int, dict[str, str]] = defaultdict(dict)
        gone = []
        for pk, customer, kind, digest in stored.values_list("pk", "customer", "kind", "digest"):
            before[customer][digest] = kind
            if (customer, kind, digest) in wanted:
                del wanted[customer, kind, digest]
            elif kind != ContactKind.CUSTOMER:
                gone.append(pk)
        if gone:
            self.filter(pk__among=keys_of(gone)).delete()
        self.bulk_create(
            [
                ContactDigest(customer_id=customer, kind=kind, digest=digest)
                for customer, kind, digest in wanted
            ],
            batch_size=2000,
        )
        self._carry_on(before, contacts)

    def marks(self, customers: Iterable[int]) -> dict[int, str]:
        """What stands for each of `customers` (keys) where no address does: drawn, not made of the
        reference, which an erasure leaves."""
        keys = set(customers)
        own = self.filter(customer__in=keys, kind=ContactKind.CUSTOMER)
        marks = dict(own.values_list("customer_id", "digest"))
        drawn = {key: secrets.token_hex() for key in keys - marks.keys()}
        self.bulk_create(
            ContactDigest(customer_id=key, kind=ContactKind.CUSTOMER, digest=mark)
            for key, mark in drawn.items()
        )
        return marks | drawn

    def let_go(self, customers: Iterable[Any]) -> None:
        """Remove the digests of `customers` (keys), who are being erased; what they have forbidden
        holds on (`spread`)."""
        own = self.filter(customer__in=list(customers))
        own.spread()
        own.delete()

    def spread(self) -> None:
        """Let what met one of these customers, who are being erased, hold for every way in which
        the register knows that one (M11); a way that somebody else has too stays as it was, for
        the other has forbidden nothing."""
        own = self
        met: dict[str, list[Prohibition]] = defaultdict(list)
        for one in Prohibition.objects.filter(digest__in=own.values("digest")):
            met[one.digest].append(one)
        meeting: dict[int, list[Prohibition]] = defaultdict(list)
        if met:
            for key, digest in own.filter(digest__in=met).values_list("customer_id", "digest"):
                meeting[key] += met[digest]
        people = customers_of(ContactDigest)._base_manager.filter(pk__in=meeting)
        ways = {one.pk: digests_by_contact(one.contacts) for one in people} if meeting else {}
        every_way = {
            digest for known in ways.values() for _kind, every in known for digest in every
        }
        holders: dict[str, set[int]] = defaultdict(set)
        if every_way:
            holding = ContactDigest.objects.filter(digest__in=every_way).values_list(
                "digest", "customer_id"
            )
            for digest, key in holding:
                holders[digest].add(key)
        wanted = [
            (one.copy_for(kind, every[0]), every)
            for key, known in ways.items()
            for kind, every in known
            if all(holders[digest] <= {key} for digest in every)
            for one in meeting[key]
        ]
        if wanted:
            Prohibition.objects.add_missing(wanted)

    def _carry_on(
        self,
        before: Mapping[int, Mapping[str, str]],
        contacts: Mapping[int, Sequence[Digests]],
    ) -> None:
        """Copy what met a customer `before` to each new one of the `contacts` and to the
        customer's mark, by which it is met when no address is left."""
        moved = {}
        for customer, known in before.items():
            now = contacts[customer]
            new = [(kind, every) for kind, every in now if known.keys().isdisjoint(every)]
            kept = {digest for _kind, every in now for digest in every}
            if new or any(known[one] != ContactKind.CUSTOMER for one in known.keys() - kept):
                moved[customer] = new
        meeting: dict[str, list[Prohibition]] = defaultdict(list)
        if digests := {digest for customer in moved for digest in before[customer]}:
            for one in Prohibition.objects.filter(digest__in=digests):
                meeting[one.digest].append(one)
        wanted: list[tuple[Prohibition, Sequence[str]]] = []
        marks = []
        for customer, new in moved.items():
            known = before[customer]
            if met := [one for digest in known for one in meeting[digest]]:
                mark = next((one for one in known if known[one] == ContactKind.CUSTOMER), None)
                if mark is None:
                    # drawn, not made of the reference, which an erasure leaves
                    mark = secrets.token_hex()
                    marks.append(
                        ContactDigest(customer_id=customer, kind=ContactKind.CUSTOMER, digest=mark)
                    )
                wanted += [
                    (one.copy_for(kind, every[0]), every)
                    for kind, every in [*new, (ContactKind.CUSTOMER, [mark])]
                    for one in met
                ]
        if wanted:
            self.bulk_create(marks)
            Prohibition.objects.add_missing(wanted)


class ContactDigest(Derived):
    """A way in which a customer is reached, as a prohibition knows it."""

    # as with words
    customer = models.ForeignKey(
        "register.Customer", models.PROTECT, related_name="contact_digests", db_constraint=False
    )
    kind = models.CharField(max_length=20, choices=ContactKind)
    digest = models.CharField(max_length=80)

    objects = ContactDigestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="contact_digest", fields=["digest"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest}"


def _in_words(forbidden: Set[tuple[str, str]]) -> list[str]:
    return [
        f"{scope.label} ({', '.join(uses)})"
        for scope in ProhibitionScope
        if (uses := [str(use.label) for use in ProhibitedUse if (scope, use) in forbidden])
    ]


class ProhibitionQuerySet(RememberedQuerySet["Prohibition"]):
    """Prohibitions by whom they meet."""

    def meeting(self, customer: Any) -> "ProhibitionQuerySet":
        """Those that forbid something about `customer`."""
        return self.filter(digest__in=customer.contact_digests.values("digest"))

    def in_words(self) -> list[str]:
        """What they forbid, scope by scope: "market research (use by ourselves)"."""
        return _in_words(set(self.order_by().values_list("scope", "use").distinct()))

    def of_each(self, customers: Iterable[Any]) -> dict[Any, list[str]]:
        """What is forbidden about each of `customers`, by key, in the same words."""
        known = ContactDigest.objects.filter(customer__in=[one.pk for one in customers])
        pairs = list(known.values_list("digest", "customer_id"))
        forbidden: dict[str, set[tuple[str, str]]] = defaultdict(set)
        met = self.order_by().filter(digest__in={digest for digest, _customer in pairs})
        for digest, scope, use in met.values_list("digest", "scope", "use"):
            forbidden[digest].add((scope, use))
        found: dict[Any, set[tuple[str, str]]] = defaultdict(set)
        for digest, customer in pairs:
            found[customer] |= forbidden.get(digest, set())
        return {customer: words for customer, one in found.items() if (words := _in_words(one))}

    def for_contacts(self, contacts: Mapping[str, str]) -> "ProhibitionQuerySet":
        """Those that forbid something about whoever is reached by `contacts` (kind -> value),
        whether the register holds them or has erased them."""
        ways = digests_by_contact(contacts)
        return self.filter(digest__in={digest for _kind, every in ways for digest in every})

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

        Takes effect at once, also for those who come into the register later. What this request
        has forbidden already stays as it is; gives the new rows. Needs a `because` block around it.
        """
        forbidden = list(product(map(ProhibitionScope, scopes), map(ProhibitedUse, uses)))
        with transaction.atomic():
            return self.forbid_each(
                [(digests_by_contact(contacts), forbidden)],
                request_number=request_number,
                today=today,
            )

    def forbid_for(
        self,
        customer: Any,
        scopes: Iterable[str],
        uses: Iterable[str],
        *,
        request_number: str,
        today: date,
    ) -> list["Prohibition"]:
        """The same for a customer of the register; who has no address is met when one comes."""
        forbidden = list(product(map(ProhibitionScope, scopes), map(ProhibitedUse, uses)))
        with transaction.atomic():
            ways = digests_by_contact(customer.contacts) or [
                (ContactKind.CUSTOMER, [*ContactDigest.objects.marks([customer.pk]).values()])
            ]
            return self.forbid_each([(ways, forbidden)], request_number=request_number, today=today)

    def forbid_each(
        self,
        people: Iterable[tuple[Sequence[Digests], Iterable[tuple[str, str]]]],
        *,
        request_number: str = "",
        today: date,
    ) -> list["Prohibition"]:
        """The same for many `people`: of each the digests of all ways to reach them, and what is
        forbidden (scope, use). As many statements for many."""
        found = list(people)
        self._renew_digests(every for ways, _forbidden in found for _kind, every in ways)
        return self.add_missing(
            [
                (
                    Prohibition(
                        scope=scope,
                        use=use,
                        contact_kind=kind,
                        digest=every[0],
                        made_on=today,
                        request_number=request_number,
                    ),
                    every,
                )
                for ways, forbidden in found
                for kind, every in ways
                for scope, use in forbidden
            ]
        )

    def _renew_digests(self, wanted: Iterable[Sequence[str]]) -> None:
        """A customer who was stored before the newest key came gets the digest under it too. Asked
        of older keys only: a stranger must not see by the time it takes who is a customer (I08)."""
        every_one = list(wanted)
        newest = {every[0] for every in every_one}
        older = {digest for every in every_one for digest in every[1:]}
        stale = (
            ContactDigest.objects.filter(digest__in=older - newest)
            .exclude(customer__contact_digests__digest__in=newest)
            .select_related("customer")
        )
        ContactDigest.objects.put({row.customer_id: row.customer for row in stale}.values())

    def add_missing(
        self, wanted: Iterable[tuple["Prohibition", Sequence[str]]]
    ) -> list["Prohibition"]:
        """Insert the `wanted` rows that the same request has not made under any of the digests
        given with them, each once; gives those inserted."""
        by_place = {one.place(one.digest): (one, every) for one, every in wanted}
        try:
            with transaction.atomic():
                return self._add(by_place.values())
        except IntegrityError:
            # somebody forbade the same at this moment: their row is found now
            with transaction.atomic():
                return self._add(by_place.values())

    def _add(self, wanted: Iterable[tuple["Prohibition", Sequence[str]]]) -> list["Prohibition"]:
        digests = {digest for _one, every in wanted for digest in every}
        numbers = {one.request_number for one, _every in wanted}
        # what others have forbidden is not read: it would take its time, and tell of them (I08)
        known = self.filter(digest__in=digests, request_number__in=numbers)
        there = {one.place(one.digest) for one in known}
        return self.create_remembered(
            [
                one
                for one, every in wanted
                if there.isdisjoint(one.place(digest) for digest in every)
            ]
        )

    def own_of(self, customer: Any, request_numbers: Iterable[str]) -> "ProhibitionQuerySet":
        """What `customer` may take back: what their own requests (by number) forbid, wherever it is
        known from, and what meets nobody else; a home that is shared stays as others want it."""
        shared = ContactDigest.objects.exclude(customer=customer).values("digest")
        alone = customer.contact_digests.exclude(digest__in=shared).values("digest")
        return self.filter(Q(request_number__in=request_numbers) | Q(digest__in=alone))

    def take_back(self, request_number: str, *, but_for: Mapping[str, str]) -> None:
        """Remove what that request forbade for other contacts than `but_for` (kind -> value), and
        what was copied from there as addresses changed. Needs a `because` block around it."""
        kept = {digest for _kind, every in digests_by_contact(but_for) for digest in every}
        going: dict[int | None, Prohibition] = {}
        for one in self.filter(request_number=request_number).order_by("pk"):
            if one.digest not in kept and (
                one.copied_from_id is None or one.copied_from_id in going
            ):
                going[one.pk] = one
        self.remove(going.values())

    def remove(self, going: Iterable["Prohibition"]) -> None:
        """Remove those `going`; copies of them that stay stand by themselves from now on. Needs a
        `because` block around it."""
        gone = sorted(going, key=lambda one: one.pk or 0, reverse=True)
        with transaction.atomic():
            keys = [one.pk for one in gone]
            for copy in self.filter(copied_from__in=keys).exclude(pk__in=keys):
                copy.copied_from = None
                copy.save()
            for one in gone:
                one.delete()


class Prohibition(Remembered):
    """A use that somebody has forbidden, whoever they are: it holds no name and no address."""

    scope = models.CharField(_("scope"), max_length=30, choices=ProhibitionScope)
    use = models.CharField(_("forbidden use"), max_length=20, choices=ProhibitedUse)
    contact_kind = models.CharField(_("known by"), max_length=20, choices=ContactKind)
    digest = models.CharField(_("digest"), max_length=80, editable=False)
    made_on = models.DateField(_("forbidden on"))
    request_number = models.CharField(_("request"), max_length=20, blank=True)
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="copies"
    )

    objects = ProhibitionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("prohibition")
        verbose_name_plural = _("prohibitions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "scope", "use", "contact_kind", "request_number"],
                name="forbidden_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: {self.get_use_display()}"

    def place(self, digest: str) -> tuple[str, str, str, str]:
        """What may exist once under `digest`. Each request has its own rows: what one takes back,
        another may still forbid."""
        return digest, self.scope, self.use, self.request_number

    def copy_for(self, kind: ContactKind, digest: str) -> "Prohibition":
        """The same prohibition for another contact of the customer whom it meets."""
        return Prohibition(
            scope=self.scope,
            use=self.use,
            contact_kind=kind,
            digest=digest,
            made_on=self.made_on,
            request_number=self.request_number,
            copied_from=self,
        )
