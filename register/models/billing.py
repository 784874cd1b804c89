"""Billing data, where the notice declares them: where invoices go and how they are paid (P17)."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum import iban, iso11649
from stdnum.fi import ytunnus

from notices.declarations import Kept
from notices.terms import DataCategory
from register.models.countries import clean_postcode, countries, is_in_eea
from register.models.customers import Customer, OfCustomer

_WEIGHTS = (7, 3, 1)
_OVT = re.compile(r"0037\d{8}[A-Za-z0-9]{0,5}")
_LIKE_IBAN = re.compile(r"[A-Za-z]{2}\d{2}[A-Za-z0-9]{11,30}")
#: Such as that of Peppol ("0216:003712345671").
_IDENTIFIER = re.compile(r"[A-Za-z0-9:._-]{1,35}")


def is_reference_number(text: str) -> bool:
    """Whether `text`, without spaces, is a Finnish reference number or an RF one (ISO 11649)."""
    if text.startswith("RF"):
        return bool(iso11649.is_valid(text))
    if not (text.isascii() and text.isdigit() and 4 <= len(text) <= 20):
        return False
    *body, check = map(int, text)
    total = sum(digit * _WEIGHTS[i % 3] for i, digit in enumerate(reversed(body)))
    return check == -total % 10


def is_einvoice_address(text: str) -> bool:
    """Whether `text`, without spaces, can be where e-invoices go: an OVT identifier, an IBAN whose
    check digits are right, or another plain identifier."""
    if text.startswith("0037"):
        return bool(_OVT.fullmatch(text))
    if _LIKE_IBAN.fullmatch(text) and is_in_eea(text[:2].upper()):
        return bool(iban.is_valid(text))
    return bool(_IDENTIFIER.fullmatch(text))


class BillingData(OfCustomer):
    """How a customer is billed: the address of invoices, the e-invoice, the numbers."""

    declaration = {
        "customer": Kept.LINK,
        "street": DataCategory.BILLING,
        "postcode": DataCategory.BILLING,
        "city": DataCategory.BILLING,
        "country": DataCategory.BILLING,
        "einvoice_address": DataCategory.BILLING,
        "einvoice_operator": DataCategory.BILLING,
        "business_id": DataCategory.BILLING,
        "reference_number": DataCategory.BILLING,
    }

    customer = models.OneToOneField(
        Customer,
        models.PROTECT,
        related_name="billing",
        verbose_name=_("customer"),
        error_messages={"unique": _("This customer has billing data already.")},
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
    einvoice_address = models.CharField(
        _("e-invoice address"),
        max_length=50,
        blank=True,
        help_text=_("Such as 003712345671 or an IBAN."),
    )
    einvoice_operator = models.CharField(
        _("e-invoice operator"), max_length=50, blank=True, help_text=_("Name or identifier.")
    )
    business_id = models.CharField(
        _("business ID"), max_length=20, blank=True, help_text=_("Such as 1234567-8.")
    )
    reference_number = models.CharField(
        _("reference number"),
        max_length=40,
        blank=True,
        help_text=_("The one that the customer always pays with."),
    )

    #: what a page calls the customer, where that may be told its reader
    owner_word = ""

    class Meta:
        verbose_name = _("billing data")
        verbose_name_plural = _("billing data")
        ordering = ["-pk"]

    def __str__(self) -> str:
        if own := self.business_id or self.street or self.owner_word:
            return own
        # never a name: not everybody who sees these sees the customer (S03, P35)
        return self.customer.reference if self.customer_id else "—"

    def tidy(self) -> None:
        """Numbers as they are written officially; those that are none stay as typed."""
        super().tidy()
        if self.business_id and ytunnus.is_valid(self.business_id):
            self.business_id = ytunnus.format(self.business_id)
        self.reference_number = "".join(self.reference_number.split()).upper()
        self.einvoice_address = "".join(self.einvoice_address.split())

    def clean(self) -> None:
        super().clean()
        clean_postcode(self)
        if faults := self.faults():
            raise ValidationError(faults)

    def faults(self) -> dict[str, str]:
        """By column, why its value is none that billing data have."""
        faults = {}
        if self.business_id and not ytunnus.is_valid(self.business_id):
            faults["business_id"] = gettext("This is no Finnish business ID: check its digits.")
        if self.reference_number and not is_reference_number(self.reference_number):
            faults["reference_number"] = gettext(
                "This is no reference number: check its digits, the last of which is a check."
            )
        if self.einvoice_address and not is_einvoice_address(self.einvoice_address):
            faults["einvoice_address"] = gettext(
                "This is no e-invoice address: write an OVT identifier (003712345671), an IBAN, or "
                "another identifier of at most 35 characters."
            )
        return faults
