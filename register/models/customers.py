"""Customers: persons, organisations, and persons at organisations."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models, transaction
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.iso7064 import mod_37_36

from audit.prepared import Prepared, keys_of
from audit.tasks import later_each
from notices.declarations import Kept, declared_columns
from notices.models import Notice
from notices.personal_data import PersonalData, PersonalDataQuerySet
from notices.terms import DataCategory, Language, Purpose
from register.emails import AddressField
from register.models.countries import clean_postcode, countries
from register.models.informing import InformationDuty
from register.models.lifespans import Lifespan
from register.models.prohibitions import (
    ContactDigest,
    ContactKind,
    Prohibition,
    ProhibitionQuerySet,
    contacts_of,
    digests_by_contact,
)
from register.models.restrictions import (
    AtRest,
    CustomerRestricted,
    Restriction,
    refuses,
    unrestricted,
)
from register.models.telling import NoticeGiven
from register.models.uses import InTheWay, agreed, needs, needs_of, not_forbidden
from register.models.words import (
    ANYWHERE,
    OF_CUSTOMER,
    Word,
    as_at_rest,
    closed,
    customers_at_rest,
    customers_fitting,
    customers_holding,
    readings,
    same_words,
    search_terms,
    words_of,
    words_of_customer,
)
from register.phones import e164
from register.websites import has_login

RowT = TypeVar("RowT", bound="OfCustomer")

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 9
MOST_FOUND = 100
#: The act of the worker that erases whom nothing keeps any more.
CARRY_OUT_ERASURE = "carry_out_erasure"


def new_reference() -> str:
    """Eight random characters that cannot be misread, and a check character (ISO 7064)."""
    return reference_of(int.from_bytes(secrets.token_bytes(5)))


def reference_of(drawn: int) -> str:
    """The reference that forty drawn bits make."""
    body = "".join([CROCKFORD[drawn >> bits & 31] for bits in range(0, 40, 5)])
    return body + mod_37_36.calc_check_digit(body, CROCKFORD)


class WrongParties(Exception):
    """A contact role joins a person to an organisation, and nothing else to anything else."""


class CustomerErased(Exception):
    """Something was about to be stored about a customer who has been erased (P67); carries the
    reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"customer {reference} has been erased")
        self.reference = reference


class ValueMissing(Exception):
    """A row without a value that it must have; carries the model and the columns."""

    def __init__(self, model: type[models.Model], columns: list[str]) -> None:
        super().__init__(f"{model._meta.label}: {', '.join(columns)}")
        self.model, self.columns = model, columns


@dataclass(frozen=True)
class Sought:
    """Whom a search finds: the keys of those in use, the best first, and the references of those
    whose data may only be kept."""

    keys: list[int] = field(default_factory=list)
    resting: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.keys or self.resting)


class CustomerQuerySet(PersonalDataQuerySet["Customer"]):
    """Customers by what they are."""

    def search(self, text: str) -> "CustomerQuerySet":
        """Those whom `ranked` finds."""
        return self.filter(pk__in=self.ranked(text))

    def ranked(self, text: str) -> list[int]:
        """Keys of those in use whom `sought` finds."""
        return self.sought(text).keys

    def sought(self, text: str) -> Sought:
        """Those of whom every term of `text` starts some word: part of a name, an organisation,
        e-mail, phone, order or invoice number. When nobody's does, terms may stand anywhere in a
        word. At most `MOST_FOUND` and one more, the best first: whole words before starts of
        words, a family name or organisation before all else, then the newest. A text that begins
        with `ANYWHERE` is looked for in the middle of all words. Nobody is found by data that
        rest, but of whom those would be found is told (S02, S03, S08)."""
        found = self._fitting(text)
        met = self._met_at_rest(text)
        return Sought(found.keys, [*dict.fromkeys([*found.resting, *met])]) if met else found

    def _met_at_rest(self, text: str) -> list[str]:
        """References of those whom `text` would find if some of their data did not rest."""
        if not Word.objects.are_at_rest():
            return []
        for terms in readings(text.strip().removeprefix(ANYWHERE)):
            if found := customers_at_rest(terms, MOST_FOUND):
                named = self._among_these(_of_keys(keys_of(found)))
                return [reference for _key, reference, *_rest in named]
        return []

    def _fitting(self, text: str) -> Sought:
        """Those whom `text` finds by words or by reference."""
        if text.strip().startswith(ANYWHERE):
            terms = search_terms(text.strip().removeprefix(ANYWHERE))
            held = customers_holding(terms, MOST_FOUND, in_all=True) if terms else {}
            return self._in_order(held, terms)
        if chosen := self._referred(text):
            return chosen
        for terms in readings(text):
            if found := self._in_order(customers_fitting(terms, MOST_FOUND), terms):
                return found
        terms = search_terms(text)
        return self._in_order(customers_holding(terms, MOST_FOUND), terms) if terms else Sought()

    def _referred(self, text: str) -> Sought:
        reference = text.strip().upper()
        if len(reference) != REFERENCE_LENGTH or not reference.isalnum():
            return Sought()
        return _sought(self._among_these(_of_reference(reference)))

    def _in_order(self, found: dict[int, int], terms: Sequence[str]) -> Sought:
        if not found:
            return Sought()
        starts = tuple(terms)

        def place(row: tuple[Any, ...]) -> tuple[int, bool, int]:
            key, _reference, _used, family, organisation = row
            is_named_so = closed(family or organisation).startswith(starts)
            return found[key], not is_named_so, -key

        named = self._among_these(_of_keys(keys_of(found)))
        return _sought(sorted(named, key=place)[: MOST_FOUND + 1])

    def _among_these(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Those of `rows`, which begin with a key, that a filter has not left out before."""
        if not self.query.where:
            return rows
        among = self.filter(pk__among=keys_of(row[0] for row in rows)).order_by()
        mine = set(among.values_list("pk", flat=True))
        return [row for row in rows if row[0] in mine]

    def store(self, rows: Sequence[Any], *, collection: Any) -> list[Any]:
        with transaction.atomic():
            self.redraw(rows)
            stored = super().store(rows, collection=collection)
            _follow({row.pk for row in stored}, stored, collection)
        return stored

    def amend(self, rows: Sequence[Any], *, collection: Any) -> list[Any]:
        """Raises `CustomerErased` too."""
        with transaction.atomic():
            self.hold([row.pk for row in rows])
            changed = super().amend(rows, collection=collection)
            _follow({row.pk for row in changed}, changed, collection)
        return changed

    def redraw(self, rows: Sequence[Any]) -> None:
        """New references for those of `rows` whose reference is another's: at a million
        customers two of forty bits meet more than once in three tries."""
        taken = set(
            self.filter(reference__in=[row.reference for row in rows]).values_list(
                "reference", flat=True
            )
        )
        for row in rows:
            while row.reference in taken:
                row.reference = new_reference()
            taken.add(row.reference)

    def organisations(self) -> "CustomerQuerySet":
        return self.exclude(organisation_name="")

    def unerased(self) -> "CustomerQuerySet":
        return self.filter(erased_at__isnull=True)

    def in_use(self, categories: Iterable[str] = ()) -> "CustomerQuerySet":
        """Those who are neither erased nor restricted, as a whole or in one of `categories` (S02,
        S08): whom lists, exports and figures may hold."""
        return self.unerased().filter(unrestricted(categories))

    def to_inform(self) -> "CustomerQuerySet":
        """Those who must be told of data that did not come from them, each with `inform_by_on`, the
        most urgent first (T12)."""
        return (
            self.in_use()
            .filter(information_duty__isnull=False)
            .annotate(inform_by_on=F("information_duty__inform_by_on"))
            .order_by("information_duty__inform_by_on", "pk")
        )

    def untold(self, notice: Notice) -> "CustomerQuerySet":
        """The people who have not been given `notice` (V02)."""
        given = NoticeGiven.objects.filter(customer=OuterRef("pk"), notice=notice)
        return self.in_use().filter(~Exists(given), organisation_name="")

    def told_of(self, purpose: str, *, by: date | None = None) -> "CustomerQuerySet":
        """Those whose data may serve `purpose` as far as telling goes: the notice in force names
        it, and what an earlier one did not name they were told of since, on the day `by` or before
        (C04). An organisation is nobody to tell."""
        needed = needs_of(purpose, by)
        return self.none() if needed is None else self._meeting(needed, InTheWay.UNTOLD)

    def consenting(self, purpose: str) -> "CustomerQuerySet":
        """Those who have agreed to `purpose` and not taken it back; nobody under a notice that
        asks no consent for it (C01, P19)."""
        return self.unerased().filter(agreed(purpose))

    def usable_for(self, purpose: str, categories: Iterable[str] = ()) -> "CustomerQuerySet":
        """Those whose data may serve `purpose` now: not restricted, as a whole or in one of
        `categories`, told of it, consenting where the notice in force rests it on nothing else,
        and not forbidding it (C04, P14, P19, S02, S08)."""
        needed = needs_of(purpose, categories=categories)
        return self.none() if needed is None else self._meeting(needed, *InTheWay)

    def _meeting(self, needed: Mapping[InTheWay, Q], *which: InTheWay) -> "CustomerQuerySet":
        return self.unerased().filter(*(needed[one] for one in which if one in needed))

    def not_forbidding(self, scope: str, use: str) -> "CustomerQuerySet":
        """Those whom a list of `scope` for `use` may hold: neither e-mail, phone nor postal
        address is under such a prohibition, whenever it was made (P14, P52, M11)."""
        return self.unerased().filter(not_forbidden([(scope, use)]))

    def reached_by(self, kind: str, value: str) -> "CustomerQuerySet":
        """Those whose e-mail, phone or postal address (street and postcode) is `value`, however
        it is spelt."""
        ways = digests_by_contact({kind: value})
        digests = {digest for _kind, every in ways for digest in every}
        met = ContactDigest.objects.filter(digest__in=digests).values("customer_id")
        return self.unerased().filter(pk__in=met)

    def alike(
        self, contacts: Mapping[str, str], name: str, most: int
    ) -> "dict[Customer, list[str]]":
        """Those who may be the same person as somebody called `name` who is reached by `contacts`
        (kind and value), each with the kinds in which they agree: at an address lives many a one,
        and there the name must be the same. Of each kind at most so many."""
        found: dict[Customer, list[str]] = defaultdict(list)
        for kind, value in contacts.items():
            for one in self.reached_by(kind, value)[:most]:
                if kind != ContactKind.POSTAL_ADDRESS or same_words(name, one.name):
                    found[one].append(kind)
        return dict(found)

    def look_again(self, keys: Iterable[Any]) -> None:
        """Something has ended that kept data of the customers `keys`: the worker sees whether
        those who are to be erased, or some of whose data are (who have asked for something that is
        not over), can go now (E06)."""
        leaving = Q(to_erase_at__isnull=False)
        asking = Q(rights_requests__isnull=False, rights_requests__closed_at__isnull=True)
        waiting = self.filter(leaving | asking, pk__in=set(keys)).order_by("pk")
        if found := list(waiting.values_list("pk", flat=True).distinct()):
            later_each(CARRY_OUT_ERASURE, found, now=timezone.now())

    def hold(self, keys: Iterable[Any]) -> None:
        """Let nobody erase the customers `keys` before this transaction ends.

        Raises `CustomerErased` when one of them has been erased. SQLite needs no lock of a row:
        its transactions write one at a time.
        """
        held = self.filter(pk__in=set(keys)).order_by("pk").select_for_update(no_key=True)
        for reference, erased_at in held.values_list("reference", "erased_at"):
            if erased_at:
                raise CustomerErased(reference)


class Customer(PersonalData):
    """Somebody the controller serves: a person, or an organisation."""

    declaration = {
        "reference": Kept.NOT_PERSONAL,
        "given_name": DataCategory.NAME,
        "family_name": DataCategory.NAME,
        "organisation_name": DataCategory.ORGANISATION,
        "email": DataCategory.EMAIL,
        "phone": DataCategory.PHONE,
        "phone_e164": DataCategory.PHONE,
        "street": DataCategory.POSTAL_ADDRESS,
        "postcode": DataCategory.POSTAL_ADDRESS,
        "city": DataCategory.POSTAL_ADDRESS,
        "country": DataCategory.POSTAL_ADDRESS,
        "website": DataCategory.WEBSITE,
        "ip_address": DataCategory.IP_ADDRESS,
        "ip_seen_on": DataCategory.IP_ADDRESS,
        "language": Kept.BY_LAW,
        # without it nobody knows how long the rest may be kept (art. 5(1)(e); D01r)
        "relationship_ended_on": Kept.BY_LAW,
        "to_erase_at": Kept.NOT_PERSONAL,
        "erased_at": Kept.NOT_PERSONAL,
        "erased_by_request": Kept.NOT_PERSONAL,
    }
    derived = {"phone_e164": "phone"}

    reference = models.CharField(
        _("reference"), max_length=9, unique=True, default=new_reference, editable=False
    )
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    organisation_name = models.CharField(
        _("organisation"),
        max_length=200,
        blank=True,
        help_text=_("Only when the customer is an organisation."),
    )
    email = AddressField(_("e-mail"), blank=True)
    phone = models.CharField(
        _("phone"),
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"\d", _("Write a phone number with digits."))],
    )
    phone_e164 = models.CharField(
        _("phone, international form"), max_length=16, blank=True, editable=False
    )
    street = models.CharField(_("street address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        choices=countries,
        help_text=_("Empty means Finland."),
    )
    website = models.CharField(
        _("web address"),
        max_length=200,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
    )
    ip_address = models.GenericIPAddressField(_("IP number"), null=True, blank=True)
    #: found by it, in history too, when its period is over
    ip_seen_on = models.DateField(_("IP number seen on"), null=True, blank=True, db_index=True)
    language = models.CharField(
        _("language of letters"), max_length=2, choices=Language, default=Language.FINNISH
    )
    relationship_ended_on = models.DateField(
        _("relationship ended on"),
        null=True,
        blank=True,
        help_text=_("Only when it is known. Who orders again is a customer again."),
    )
    #: decided; it waits for what keeps the data (E06)
    to_erase_at = models.DateTimeField(_("to be erased since"), null=True, editable=False)
    erased_at = models.DateTimeField(_("erased at"), null=True, editable=False)
    erased_by_request = models.CharField(
        _("erased by request or retention"), max_length=20, blank=True, editable=False
    )

    objects = CustomerQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-pk"]
        indexes = [
            # the list and its count leave out who is erased
            models.Index(
                name="customer_unerased",
                fields=["id"],
                condition=Q(erased_at__isnull=True),
            ),
            models.Index(
                name="customer_language",
                fields=["language", "id"],
                condition=Q(erased_at__isnull=True),
            ),
            models.Index(
                name="customer_organisation",
                fields=["id"],
                condition=Q(erased_at__isnull=True) & ~Q(organisation_name=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="person_or_organisation",
                condition=Q(organisation_name="") | Q(given_name="", family_name=""),
                violation_error_message=_(
                    "A customer is a person or an organisation. Make two customers, and join them "
                    "by a contact role."
                ),
            ),
            models.CheckConstraint(
                name="ip_number_has_its_date",
                condition=Q(ip_address__isnull=True, ip_seen_on__isnull=True)
                | Q(ip_address__isnull=False, ip_seen_on__isnull=False),
                violation_error_message=_("Give both the IP number and the day it was seen."),
            ),
            models.CheckConstraint(
                name="erasure_has_its_request",
                condition=Q(erased_at__isnull=True, erased_by_request="")
                | (Q(erased_at__isnull=False) & ~Q(erased_by_request="")),
            ),
            models.CheckConstraint(
                name="who_is_erased_waits_no_more",
                condition=Q(erased_at__isnull=True) | Q(to_erase_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.reference

    @property
    def name(self) -> str:
        """The name of the person or of the organisation."""
        return self.organisation_name or f"{self.given_name} {self.family_name}".strip()

    @property
    def is_organisation(self) -> bool:
        return bool(self.organisation_name)

    @cached_property
    def at_rest(self) -> AtRest:
        """Which data may only be kept, asked once for this instance."""
        return Restriction.objects.at_rest([self.pk]).get(self.pk, AtRest())

    @property
    def was_kept_long_enough(self) -> bool:
        """Whether retention erased the customer, and no request: by a run such as "R-3"."""
        return self.erased_by_request.startswith("R-")

    @property
    def contacts(self) -> dict[str, str]:
        """How the customer is reached, by kind: what a prohibition is made of."""
        return contacts_of(self.email, self.phone_e164 or self.phone, self.street, self.postcode)

    def prohibitions(self) -> ProhibitionQuerySet:
        """What has been forbidden by whoever is reached as this customer is."""
        return Prohibition.objects.meeting(self)

    def in_the_way(self, needed: Mapping[InTheWay, Q]) -> list[InTheWay]:
        """Which of `needed`, by what stands in the way else, this customer does not meet."""
        asked = {why: ExpressionWrapper(met, models.BooleanField()) for why, met in needed.items()}
        met: Any = Customer.objects.filter(pk=self.pk).values("pk", **asked).get()
        return [why for why in needed if not met[why]]

    def uses(self, notice: Notice | None) -> dict[Purpose, list[InTheWay]]:
        """Each purpose of `notice`, which is in force, with what stands in its way for this
        customer: nothing where the data may serve it. In as many queries for every notice."""
        needed = needs(notice)
        asked = {
            f"{purpose}_{why}": ExpressionWrapper(met, models.BooleanField())
            for purpose, whys in needed.items()
            for why, met in whys.items()
        }
        met: Any = Customer.objects.filter(pk=self.pk).values("pk", **asked).get()
        return {
            purpose: [why for why in whys if not met[f"{purpose}_{why}"]]
            for purpose, whys in needed.items()
        }

    def tidy(self) -> None:
        super().tidy()
        self.phone_e164 = e164(self.phone, self.country)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        # people write www.example.fi
        if self.website and "://" not in self.website:
            self.website = f"https://{self.website}"
        # the form's empty text is no number
        self.ip_address = self.ip_address or None
        faults: dict[str, Any] = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as error:
            faults = error.update_error_dict({})
        if "website" not in {*(exclude or ()), *faults} and has_login(self.website):
            told = gettext("Leave the user name and the password out of the web address.")
            faults["website"] = ValidationError(told)
        if faults:
            raise ValidationError(faults)

    def clean(self) -> None:
        super().clean()
        if not any([self.name, self.email, self.phone]):
            raise ValidationError(gettext("Give a name, an e-mail address or a phone number."))
        for name in ("relationship_ended_on", "ip_seen_on"):
            if (day := getattr(self, name)) and day > timezone.localdate():
                raise ValidationError({name: gettext("That day has not come yet.")})
        clean_postcode(self)

    def save(self, *args: Any, collection: Any = None, **kwargs: Any) -> None:
        """As every row of personal data; raises `CustomerErased` for one who has been erased."""
        with transaction.atomic():
            if self._state.adding:
                Customer.objects.redraw([self])
            Customer.objects.hold([self.pk])
            super().save(*args, collection=collection, **kwargs)
            _follow({self.pk}, [self], collection)

    def search_words(self, hidden: Collection[str] = ()) -> set[str]:
        """What finds the customer; what only the columns `hidden` say, as at rest."""
        named = ("given_name", "family_name", "organisation_name", "email", "phone")
        every = {name: getattr(self, name) for name in named}
        words = words_of_customer(**every)
        if not hidden:
            return words
        used = words_of_customer(**(every | dict.fromkeys(every.keys() & set(hidden), "")))
        return used | as_at_rest(words - used)

    @classmethod
    def before_store(cls, changes: Sequence[tuple[Any, set[str]]]) -> None:
        """Raises `CustomerRestricted`."""
        resting = Restriction.objects.at_rest(row.pk for row, _columns in changes)
        for row, columns in changes:
            if refuses(resting, row.pk, cls, columns):
                raise CustomerRestricted(row.reference)

    @classmethod
    def after_store(cls, rows: Sequence[Any]) -> None:
        hidden = hidden_in(cls, [row.pk for row in rows])
        Word.objects.put(
            OF_CUSTOMER,
            [(row.pk, row.pk, row.search_words(hidden.get(row.pk, ()))) for row in rows],
        )
        ContactDigest.objects.put(rows)
        # an organisation's people are found by its name
        roles = ContactRole.objects.filter(organisation__in=[row.pk for row in rows])
        ContactRole.after_store(list(roles.select_related("organisation")))


def _used() -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(unrestricted(), models.BooleanField())


def _seekable() -> "models.QuerySet[Customer, Any]":
    rows = Customer.objects.unerased().order_by().annotate(used=_used())
    return rows.values_list("pk", "reference", "used", "family_name", "organisation_name")


@Prepared
def _of_reference(reference: str) -> "models.QuerySet[Customer, Any]":
    return _seekable().filter(reference=reference)


@Prepared
def _of_keys(keys: Any) -> "models.QuerySet[Customer, Any]":
    return _seekable().filter(pk__among=keys)


def _sought(rows: Iterable[tuple[Any, ...]]) -> Sought:
    """Of keys and references, which are in use."""
    found = [row[:3] for row in rows]
    return Sought(
        [key for key, _reference, used in found if used],
        [reference for _key, reference, used in found if not used],
    )


def hidden_in(model: type[models.Model], customers: Iterable[Any]) -> dict[int, list[str]]:
    """By customer (of these keys), the columns of `model` by which nobody is found meanwhile. Who
    rests as a whole is still found, so that the search can say that somebody is."""
    resting = Restriction.objects.at_rest(customers)
    return {key: one.columns(model) for key, one in resting.items() if not one.is_whole}


def words_at_rest_in(
    hidden: Mapping[int, Collection[str]], customer: int, words: set[str]
) -> set[str]:
    """`words` of a row of `customer` (key), as at rest where some columns of it are `hidden`."""
    return as_at_rest(words) if hidden.get(customer) else words


def _follow(customers: set[int], rows: Iterable[Any], collection: Any) -> None:
    """`rows` of `customers` were stored: their periods run from new days, and who did not give
    the data must be told (D01r, T12)."""
    has_values = collection is not None and any(
        collection.pk in row.collected.values() for row in rows
    )
    Lifespan.objects.follow(customers, collection if has_values else None)
    if has_values and not collection.is_from_the_person:
        InformationDuty.objects.start(customers, collection.collected_on)


class OfCustomerQuerySet(PersonalDataQuerySet[RowT]):
    """Rows that belong to customers."""

    def store(self, rows: Sequence[RowT], *, collection: Any) -> list[RowT]:
        with transaction.atomic():
            parties = self.model.parties(rows)
            Customer.objects.hold(parties)
            stored = super().store(rows, collection=collection)
            _follow(parties, stored, collection)
        return stored

    def amend(self, rows: Sequence[RowT], *, collection: Any) -> list[RowT]:
        """Raises `CustomerErased` and `CustomerRestricted` too, as `save()` does."""
        with transaction.atomic():
            stored = {one.pk: one for one in self.filter(pk__in=[row.pk for row in rows])}
            before = self.model.parties(stored.values())
            Customer.objects.hold(before | self.model.parties(rows))
            moved = [row for row in rows if row.owner != stored[row.pk].owner]
            resting = Restriction.objects.at_rest(before) if moved else {}
            for row in moved if resting else ():
                left = self.model.parties([stored[row.pk]]) - self.model.parties([row])
                self.model.refuse_at_rest(resting, left, ())
            changed = super().amend(rows, collection=collection)
            if moved:
                self.model.after_move(moved, collection=collection)
            if changed:
                _follow(self.model.parties(changed), changed, collection)
                Lifespan.objects.follow(before)
        return changed


class OfCustomer(PersonalData):
    """A row that belongs to a customer: none is stored about one who has been erased."""

    #: what may change while the customer's data rest: legal claims need it (art. 18(2); S04)
    claims: ClassVar[frozenset[str]] = frozenset()
    #: the days of what has happened: none of them is to come
    happened: ClassVar[frozenset[str]] = frozenset()

    objects = OfCustomerQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @classmethod
    def parties(cls, rows: Iterable[Any]) -> set[int]:
        """Keys of the customers that `rows` lead to."""
        links = [
            link.attname
            for link in cls._meta.concrete_fields
            if isinstance(link, models.ForeignKey) and link.related_model is Customer
        ]
        return {key for row in rows for link in links if (key := getattr(row, link)) is not None}

    @property
    def owner(self) -> Any:
        """The key of the row that this one belongs to."""
        [link] = [name for name, place in self.declaration.items() if place is Kept.LINK]
        return getattr(self, self._attname(link))

    @classmethod
    def after_move(cls, rows: Sequence[Any], *, collection: Any) -> None:
        """What goes along with `rows` that now belong elsewhere, in the same transaction."""

    def refuse(self, notice: Notice) -> None:
        """Also raises `ValueMissing`: only erasure may empty a column that forms require."""
        super().refuse(notice)
        missing = [
            column
            for column in declared_columns(type(self))
            if getattr(self, self._attname(column)) is None
            and not self._meta.get_field(column).blank  # type: ignore[union-attr]
        ]
        if missing:
            raise ValueMissing(type(self), missing)

    @classmethod
    def before_store(cls, changes: Sequence[tuple[Any, set[str]]]) -> None:
        """Raises `CustomerRestricted`."""
        judged = [
            (row, columns) for row, columns in changes if not (cls.claims and columns <= cls.claims)
        ]
        resting = Restriction.objects.at_rest(cls.parties(row for row, _columns in judged))
        for row, columns in judged if resting else ():
            cls.refuse_at_rest(resting, cls.parties([row]), columns)

    @classmethod
    def refuse_at_rest(
        cls, resting: Mapping[int, AtRest], parties: Iterable[int], columns: Iterable[str]
    ) -> None:
        for key in parties:
            if refuses(resting, key, cls, columns):
                raise CustomerRestricted(Customer.objects.get(pk=key).reference)

    def save(self, *args: Any, collection: Any = None, **kwargs: Any) -> None:
        """As every row of personal data; raises `CustomerErased` when the customer that the row
        leads to, or has led to, has been erased, and `CustomerRestricted`."""
        with transaction.atomic():
            stored = type(self)._base_manager.filter(pk=self.pk)
            before = self.parties(stored)
            own = self.parties([self])
            Customer.objects.hold(own | before)
            if left := before - own:
                self.refuse_at_rest(Restriction.objects.at_rest(left), left, ())
            super().save(*args, collection=collection, **kwargs)
            if left:
                self.after_move([self], collection=collection)
                # what went away keeps nobody (D01r)
                Lifespan.objects.follow(left)
            _follow(self.parties([self]), [self], collection)


class ContactRole(OfCustomer):
    """A person who speaks for an organisation, in a role, from a day to a day (P63)."""

    declaration = {
        "person": Kept.LINK,
        "organisation": DataCategory.ORGANISATION,
        "role": DataCategory.ORGANISATION,
        "started_on": DataCategory.ORGANISATION,
        "ended_on": DataCategory.ORGANISATION,
    }

    person = models.ForeignKey(
        Customer, models.PROTECT, related_name="contact_roles", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,  # once erased
        related_name="contact_people",
        limit_choices_to=~Q(organisation_name=""),
        verbose_name=_("organisation"),
    )
    role = models.CharField(_("role"), max_length=100, blank=True)
    started_on = models.DateField(_("since"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact role")
        verbose_name_plural = _("contact roles")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="contact_role_ends_after_it_starts",
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=models.F("started_on")),
                violation_error_message=_("The role cannot end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, [str(self.organisation or ""), self.role])) or "—"

    def save(self, *args: Any, collection: Any = None, **kwargs: Any) -> None:
        """As every row of a customer's; with its end it no longer keeps the person here (P63)."""
        with transaction.atomic():
            super().save(*args, collection=collection, **kwargs)
            if self.ended_on:
                Customer.objects.look_again([self.person_id])

    def refuse(self, notice: Notice) -> None:
        super().refuse(notice)
        if self.person.is_organisation or not (
            self.organisation and self.organisation.is_organisation
        ):
            raise WrongParties

    def clean(self) -> None:
        super().clean()
        if self.person_id and self.person.is_organisation:
            raise ValidationError(gettext("Only a person speaks for an organisation."))

    @classmethod
    def after_store(cls, rows: Sequence[Any]) -> None:
        hidden = hidden_in(cls, [row.person_id for row in rows])
        Word.objects.put(
            "contact_role",
            [
                (
                    row.pk,
                    row.person_id,
                    words_at_rest_in(hidden, row.person_id, words_of(row.organisation.name)),
                )
                for row in rows
            ],
        )
