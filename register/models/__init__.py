"""What is kept: customers, their orders and invoices, and where each value came from."""

from register.models.attachments import Attachment
from register.models.billing import BillingData
from register.models.collection import BeyondSource, Collection, UndeclaredSource
from register.models.consents import (
    Consent,
    ConsentIsFinal,
    GivenTwice,
    NoConsentClause,
    NotTold,
)
from register.models.consultations import OPENING, TASKS, Consultation, Occasion, Sight
from register.models.customers import ContactRole, Customer, CustomerErased
from register.models.disclosures import Disclosed, Disclosure
from register.models.figures import OrderFigure
from register.models.holds import Hold, HoldKind
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
from register.models.lifespans import Lifespan
from register.models.lists import CustomerList, ListKind, ListLayout, ListPart
from register.models.narrowings import Narrowing
from register.models.objections import Objection
from register.models.orders import Order, OrderLine
from register.models.papers import Loan, Paper, PaperRefused, StoragePlace
from register.models.prohibitions import ContactDigest, ContactKind, Prohibition
from register.models.recipients import DisclosureRefused, Recipient, Refusal
from register.models.remarks import Remark, RemarkKind
from register.models.restrictions import (
    AtRest,
    CustomerRestricted,
    Restriction,
    RestrictionGround,
)
from register.models.retention import Question, RetentionRun
from register.models.telling import Channel, NeverInForce, NoticeGiven, NotYetInForce
from register.models.words import Word

__all__ = [
    "OPENING",
    "TASKS",
    "AtRest",
    "Attachment",
    "BeyondSource",
    "BillingData",
    "Channel",
    "Collection",
    "Consent",
    "ConsentIsFinal",
    "Consultation",
    "ContactDigest",
    "ContactKind",
    "ContactRole",
    "Customer",
    "CustomerErased",
    "CustomerList",
    "CustomerRestricted",
    "Disclosed",
    "Disclosure",
    "DisclosureRefused",
    "Duplicates",
    "Fate",
    "GivenTwice",
    "Hold",
    "HoldKind",
    "Import",
    "ImportLine",
    "ImportedContact",
    "ImportedRow",
    "InformationDuty",
    "Invoice",
    "InvoicingProgram",
    "Lifespan",
    "ListKind",
    "ListLayout",
    "ListPart",
    "Loan",
    "Narrowing",
    "NeverInForce",
    "NoConsentClause",
    "NotThisCustomers",
    "NotTold",
    "NotYetInForce",
    "NoticeGiven",
    "Objection",
    "Occasion",
    "Order",
    "OrderFigure",
    "OrderLine",
    "Paper",
    "PaperRefused",
    "Payment",
    "Prohibition",
    "Question",
    "Recipient",
    "Refusal",
    "Remark",
    "RemarkKind",
    "Restriction",
    "RestrictionGround",
    "RetentionRun",
    "Sight",
    "StoragePlace",
    "Turn",
    "UndeclaredSource",
    "VoucherIsFinal",
    "Word",
]
