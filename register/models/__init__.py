"""What is kept: customers, their orders and invoices, and where each value came from."""

from register.models.collection import Collection, UndeclaredSource
from register.models.customers import ContactRole, Customer, CustomerErased
from register.models.invoices import Invoice
from register.models.orders import Order, OrderLine
from register.models.prohibitions import ContactDigest, ContactKind, Prohibition
from register.models.words import Word

__all__ = [
    "Collection",
    "ContactDigest",
    "ContactKind",
    "ContactRole",
    "Customer",
    "CustomerErased",
    "Invoice",
    "Order",
    "OrderLine",
    "Prohibition",
    "UndeclaredSource",
    "Word",
]
