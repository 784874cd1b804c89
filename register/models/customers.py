"""Customers: persons, organisations, and persons at organisations."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models, transaction
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.iso7064 import mod_37_36

from audit.digests import digests_of
from notices.declarations import Kept, declared_columns
from notices.models import Notice
from notices.personal_data import PersonalData, PersonalDataQuerySet
from notices.terms import DataCategory, Language, Purpose
from register.emails import AddressField
from register.models.countries import clean_postcode, countries
from register.models.informing import InformationDuty
from register.models.prohibitions import (
    ContactDigest,
    Prohibition,
    ProhibitionQuerySet,
    contacts_of,
    normalised,
)
from register.models.telling import NoticeGiven
from register.models.uses import InTheWay, agreed, needs, needs_of, not_forbidden
from register.models.words import (
    OF_CUSTOMER,
    Word,
    closed,
    customers_fitting,
    customers_holding,
    readings,
    search_terms,
    words_of,
    words_of_customer,
)
from register.phones import e164

RowT = TypeVar("RowT", bound="OfCustomer")

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 9
MOST_FOUND = 100


def new_reference() -> str:
    """Eight random characters that cannot be misread, and a check character (ISO 7064)."""
    drawn = int.from_bytes(secrets.token_bytes(5))
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


class CustomerQuerySet(PersonalDataQuerySet["Customer"]):
    """Customers by what they are."""

    def search(self, text: str) -> "CustomerQuerySet":
        """Those whom `ranked` finds."""
        return self.filter(pk__in=self.ranked(text))

    def ranked(self, text: str) -> list[int]:
        """Keys of those of whom every term of `text` starts some word: part of a name, an
        organisation, e-mail, phone, order or invoice number. When nobody's does, terms may stand
        anywhere in a word. At most `MOST_FOUND` and one more, the best first: whole words before
        starts of words, a family name or organisation before all else, then the newest."""
        if (chosen := self._referred(text)) is not None:
            return [chosen]
        for terms in readings(text):
            if keys := self._in_order(customers_fitting(terms, MOST_FOUND), terms):
                return keys
        terms = search_terms(text)
        return self._in_order(customers_holding(terms, MOST_FOUND), terms) if terms else []

    def _referred(self, text: str) -> int | None:
        reference = text.strip().upper()
        if len(reference) != REFERENCE_LENGTH:
            return None
        return self.unerased().filter(reference=reference).values_list("pk", flat=True).first()

    def _in_order(self, found: dict[int, int], terms: Sequence[str]) -> list[int]:
        if not found:
            return []
        rows = self.unerased().filter(pk__in=found).order_by()
        named = rows.values_list("pk", "family_name", "organisation_name")
        starts = tuple(terms)

        def place(row: tuple[int, str, str]) -> tuple[int, bool, int]:
            key, family, organisation = row
            is_named_so = closed(family or organisation).startswith(starts)
            return found[key], not is_named_so, -key

        return [key for key, _f, _o in sorted(named, key=place)][: MOST_FOUND + 1]

    def store(self, rows: Sequence[Any], *, collection: Any) -> list[Any]:
        with transaction.atomic():
            self.redraw(rows)
            stored = super().store(rows, collection=collection)
            _start_clock({row.pk for row in stored}, stored, collection)
        return stored

    def amend(self, rows: Sequence[Any], *, collection: Any) -> list[Any]:
        """Raises `CustomerErased` too."""
        with transaction.atomic():
            self.hold([row.pk for row in rows])
            changed = super().amend(rows, collection=collection)
            _start_clock({row.pk for row in changed}, changed, collection)
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

    def to_inform(self) -> "CustomerQuerySet":
        """Those who must be told of data that did not come from them, each with `inform_by_on`, the
        most urgent first (T12)."""
        return (
            self.unerased()
            .filter(information_duty__isnull=False)
            .annotate(inform_by_on=F("information_duty__inform_by_on"))
            .order_by("information_duty__inform_by_on", "pk")
        )

    def untold(self, notice: Notice) -> "CustomerQuerySet":
        """The people who have not been given `notice` (V02)."""
        given = NoticeGiven.objects.filter(customer=OuterRef("pk"), notice=notice)
        return self.unerased().filter(~Exists(given), organisation_name="")

    def told_of(self, purpose: str) -> "CustomerQuerySet":
        """Those whose data may serve `purpose` as far as telling goes: the notice in force names
        it, and what an earlier one did not name they were told of since (C04). An organisation is
        nobody to tell."""
        needed = needs_of(purpose)
        return self.none() if needed is None else self._meeting(needed, InTheWay.UNTOLD)

    def consenting(self, purpose: str) -> "CustomerQuerySet":
        """Those who have agreed to `purpose` and not taken it back; nobody under a notice that
        asks no consent for it (C01, P19)."""
        return self.unerased().filter(agreed(purpose))

    def usable_for(self, purpose: str) -> "CustomerQuerySet":
        """Those whose data may serve `purpose` now: told of it, consenting where the notice in
        force rests it on nothing else, and not forbidding it (C04, P14, P19)."""
        needed = needs_of(purpose)
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
        digests = digests_of(kind, normalised(kind, value))
        met = ContactDigest.objects.filter(digest__in=digests).values("customer_id")
        return self.unerased().filter(pk__in=met)

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
    ip_seen_on = models.DateField(_("IP number seen on"), null=True, blank=True)
    language = models.CharField(
        _("language of letters"), max_length=2, choices=Language, default=Language.FINNISH
    )
    erased_at = models.DateTimeField(_("erased at"), null=True, editable=False)
    erased_by_request = models.CharField(
        _("erased by request"), max_length=20, blank=True, editable=False
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

    @property
    def contacts(self) -> dict[str, str]:
        """How the customer is reached, by kind: what a prohibition is made of."""
        return contacts_of(self.email, self.phone, self.street, self.postcode)

    def prohibitions(self) -> ProhibitionQuerySet:
        """What has been forbidden by whoever is reached as this customer is."""
        return Prohibition.objects.meeting(self)

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
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        super().clean()
        if not any([self.name, self.email, self.phone]):
            raise ValidationError(gettext("Give a name, an e-mail address or a phone number."))
        clean_postcode(self)

    def save(self, *args: Any, collection: Any = None, **kwargs: Any) -> None:
        """As every row of personal data; raises `CustomerErased` for one who has been erased."""
        with transaction.atomic():
            if self._state.adding:
                Customer.objects.redraw([self])
            Customer.objects.hold([self.pk])
            super().save(*args, collection=collection, **kwargs)
            _start_clock({self.pk}, [self], collection)

    def search_words(self) -> set[str]:
        return words_of_customer(
            self.given_name, self.family_name, self.organisation_name, self.email, self.phone
        )

    @classmethod
    def after_store(cls, rows: Sequence[Any]) -> None:
        Word.objects.put(OF_CUSTOMER, [(row.pk, row.pk, row.search_words()) for row in rows])
        ContactDigest.objects.put(rows)
        # an organisation's people are found by its name
        roles = ContactRole.objects.filter(organisation__in=[row.pk for row in rows])
        ContactRole.after_store(list(roles.select_related("organisation")))


def _start_clock(customers: set[int], rows: Iterable[Any], collection: Any) -> None:
    """`customers` must be told when `rows` of theirs got values from somebody else (T12)."""
    if collection is None or collection.is_from_the_person:
        return
    if any(collection.pk in row.collected.values() for row in rows):
        InformationDuty.objects.start(customers, collection.collected_on)


class OfCustomerQuerySet(PersonalDataQuerySet[RowT]):
    """Rows that belong to customers."""

    def store(self, rows: Sequence[RowT], *, collection: Any) -> list[RowT]:
        with transaction.atomic():
            parties = self.model.parties(rows)
            Customer.objects.hold(parties)
            stored = super().store(rows, collection=collection)
            _start_clock(parties, stored, collection)
        return stored


class OfCustomer(PersonalData):
    """A row that belongs to a customer: none is stored about one who has been erased."""

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

    def save(self, *args: Any, collection: Any = None, **kwargs: Any) -> None:
        """As every row of personal data; raises `CustomerErased` when the customer that the row
        leads to, or has led to, has been erased."""
        with transaction.atomic():
            stored = type(self)._base_manager.filter(pk=self.pk)
            Customer.objects.hold(self.parties([self, *stored]))
            super().save(*args, collection=collection, **kwargs)
            _start_clock(self.parties([self]), [self], collection)


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
        Word.objects.put(
            "contact_role",
            [(row.pk, row.person_id, words_of(row.organisation.name)) for row in rows],
        )
