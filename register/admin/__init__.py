"""Staff pages of the register: find a customer, see everything, enter what the notice allows."""

from register.admin.attachments import AttachmentAdmin
from register.admin.billing import BillingDataAdmin, InvoicingProgramAdmin
from register.admin.customers import CustomerAdmin
from register.admin.disclosures import DisclosureAdmin, RecipientAdmin
from register.admin.imports import ImportAdmin
from register.admin.invoices import InvoiceAdmin
from register.admin.lists import CustomerListAdmin
from register.admin.narrowings import NarrowingAdmin
from register.admin.orders import OrderAdmin
from register.admin.papers import PaperAdmin, StoragePlaceAdmin
from register.admin.retention import RetentionRunAdmin

__all__ = [
    "AttachmentAdmin",
    "BillingDataAdmin",
    "CustomerAdmin",
    "CustomerListAdmin",
    "DisclosureAdmin",
    "ImportAdmin",
    "InvoiceAdmin",
    "InvoicingProgramAdmin",
    "NarrowingAdmin",
    "OrderAdmin",
    "PaperAdmin",
    "RecipientAdmin",
    "RetentionRunAdmin",
    "StoragePlaceAdmin",
]
