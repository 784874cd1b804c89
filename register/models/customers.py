"""Customers: persons, organisations, and persons at organisations."""

import secrets
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.iso7064 import mod_37_36

from notices.declarations import Kept
from notices.models import Notice
from notices.personal_data import PersonalData, PersonalDataQuerySet
from notices.terms import DataCategory, Language
from register.models.words import (
    Word,
    matching_customers,
    phone_words,
    search_terms,
    words_of,
)

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST_FOUND = 1000


def new_reference() -> str:
    """Eight random characters that cannot be misread, and a check character (ISO 7064)."""
    body = "".join(secrets.choice(CROCKFORD) for _place in range(8))
    return body + mod_37_36.calc_check_digit(body, CROCKFORD)


class WrongParties(Exception):
    """A contact role joins a person to an organisation, and nothing else to anything else."""


class CustomerQuerySet(PersonalDataQuerySet["Customer"]):
    """Customers by what they are."""

    def search(self, text: str) -> "CustomerQuerySet":
        """Those of whom every term of `text` starts some word: part of a name, organisation,
        e-mail, phone, order or invoice number. When nobody does, terms may stand anywhere."""
        terms = search_terms(text)
        if not terms:
            return self.none()
        for contained in (False, True):
            found = self.order_by()
            for keys in matching_customers(terms, contained):
                found = found.filter(pk__in=keys)
            # keys first: a page of the list then reads 25 rows by key and sorts no more
            if keys_found := list(found.values_list("pk", flat=True)[:MOST_FOUND]):
                return self.filter(pk__in=keys_found)
        return self.none()

    def store(self, rows: Sequence[Any], *, collection: Any) -> list[Any]:
        with transaction.atomic():
            self.redraw(rows)
            return super().store(rows, collection=collection)

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


class Customer(PersonalData):
    """Somebody the controller serves: a person, or an organisation."""

    declaration = {
        "reference": Kept.NOT_PERSONAL,
        "given_name": DataCategory.NAME,
        "family_name": DataCategory.NAME,
        "organisation_name": DataCategory.ORGANISATION,
        "email": DataCategory.EMAIL,
        "phone": DataCategory.PHONE,
        "street": DataCategory.POSTAL_ADDRESS,
        "postcode": DataCategory.POSTAL_ADDRESS,
        "city": DataCategory.POSTAL_ADDRESS,
        "country": DataCategory.POSTAL_ADDRESS,
        "website": DataCategory.WEBSITE,
        "ip_address": DataCategory.IP_ADDRESS,
        "ip_seen_on": DataCategory.IP_ADDRESS,
        "language": Kept.BY_LAW,
    }

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
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(
        _("phone"),
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"\d", _("Write a phone number with digits."))],
    )
    street = models.CharField(_("street address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Use a two-letter code, such as FI."))],
        help_text=_("Two-letter code; empty means Finland."),
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

    objects = CustomerQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-pk"]
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            Customer.objects.redraw([self])
        super().save(*args, **kwargs)

    def search_words(self) -> set[str]:
        return words_of(self.reference, self.name, self.email) | phone_words(self.phone)

    @classmethod
    def after_store(cls, rows: Sequence[Any]) -> None:
        Word.objects.put("customer", [(row.pk, row.pk, row.search_words()) for row in rows])
        # an organisation's people are found by its name
        roles = ContactRole.objects.filter(organisation__in=[row.pk for row in rows])
        ContactRole.after_store(list(roles.select_related("organisation")))


class ContactRole(PersonalData):
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
        return ", ".join(filter(None, [str(self.organisation), self.role]))

    def refuse(self, notice: Notice) -> None:
        super().refuse(notice)
        if self.person.is_organisation or not self.organisation.is_organisation:
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
