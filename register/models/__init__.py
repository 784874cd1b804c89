"""What is kept: customers, their orders and invoices, and where each value came from."""

from register.models.attachments import Attachment
from register.models.billing import BillingData
from register.models.collection import BeyondSource, Collection, UndeclaredSource
from register.models.consents import Consent, ConsentIsFinal, NoConsentClause, NotTold
from register.models.customers import ContactRole, Customer, CustomerErased
from register.models.disclosures import Disclosed, Disclosure
from register.models.imports import (
    Duplicates,
    Fate,
    Import,
    ImportedContact,
    ImportedRow,
    ImportLine,
    Turn,
)
from register.models.informing import InformationDuty
from register.models.invoices import (
    Invoice,
    InvoicingProgram,
    NotThisCustomers,
    Payment,
    VoucherIsFinal,
)
from register.models.orders import Order, OrderLine
from register.models.prohibitions import ContactDigest, ContactKind, Prohibition
from register.models.recipients import DisclosureRefused, Recipient, Refusal
from register.models.telling import Channel, NeverInForce, NoticeGiven, NotYetInForce
from register.models.words import Word

__all__ = [
    "Attachment",
    "BeyondSource",
    "BillingData",
    "Channel",
    "Collection",
    "Consent",
    "ConsentIsFinal",
    "ContactDigest",
    "ContactKind",
    "ContactRole",
    "Customer",
    "CustomerErased",
    "Disclosed",
    "Disclosure",
    "DisclosureRefused",
    "Duplicates",
    "Fate",
    "Import",
    "ImportLine",
    "ImportedContact",
    "ImportedRow",
    "InformationDuty",
    "Invoice",
    "InvoicingProgram",
    "NeverInForce",
    "NoConsentClause",
    "NotThisCustomers",
    "NotTold",
    "NotYetInForce",
    "NoticeGiven",
    "Order",
    "OrderLine",
    "Payment",
    "Prohibition",
    "Recipient",
    "Refusal",
    "Turn",
    "UndeclaredSource",
    "VoucherIsFinal",
    "Word",
]
