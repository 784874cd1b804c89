"""What is kept: customers, their orders and invoices, and where each value came from."""

from register.models.collection import Collection, UndeclaredSource
from register.models.customers import ContactRole, Customer
from register.models.invoices import Invoice
from register.models.orders import Order, OrderLine
from register.models.words import Word

__all__ = [
    "Collection",
    "ContactRole",
    "Customer",
    "Invoice",
    "Order",
    "OrderLine",
    "UndeclaredSource",
    "Word",
]
