"""Staff pages of the register: find a customer, see everything, enter what the notice allows."""

from register.admin.attachments import AttachmentAdmin
from register.admin.billing import BillingDataAdmin, InvoicingProgramAdmin
from register.admin.customers import CustomerAdmin
from register.admin.disclosures import DisclosureAdmin, RecipientAdmin
from register.admin.imports import ImportAdmin
from register.admin.invoices import InvoiceAdmin
from register.admin.lists import CustomerListAdmin
from register.admin.orders import OrderAdmin

__all__ = [
    "AttachmentAdmin",
    "BillingDataAdmin",
    "CustomerAdmin",
    "CustomerListAdmin",
    "DisclosureAdmin",
    "ImportAdmin",
    "InvoiceAdmin",
    "InvoicingProgramAdmin",
    "OrderAdmin",
    "RecipientAdmin",
]
