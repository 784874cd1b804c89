from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from register.admin.base import OfCustomerAdmin
from register.models import Invoice


@admin.register(Invoice)
class InvoiceAdmin(OfCustomerAdmin):
    """The bare facts of invoices."""

    list_display = ("number", "customer_name", "invoiced_on", "due_on", "amount", "state")
    fields = (
        "customer",
        "number",
        "invoiced_on",
        "due_on",
        "amount",
        "paid_on",
        "collection_started_on",
        "collection_ended_on",
    )

    @admin.display(description=_("state"))
    def state(self, invoice: Invoice) -> str:
        if invoice.is_in_collection:
            return gettext("in debt collection")
        return gettext("paid") if invoice.paid_on else gettext("open")
