from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.admin import RememberedAdmin
from register.admin.base import OfCustomerAdmin
from register.forms import BillingForm
from register.models import BillingData, InvoicingProgram, Occasion


@admin.register(BillingData)
class BillingDataAdmin(OfCustomerAdmin):
    """Where invoices go and how they are paid."""

    occasion = Occasion.BILLING
    form = BillingForm
    list_display = ("customer_name", "street", "city", "einvoice_address", "business_id")
    fields = (
        "customer",
        "street",
        "postcode",
        "city",
        "country",
        "einvoice_address",
        "einvoice_operator",
        "business_id",
        "reference_number",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(customer__erased_at__isnull=True)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.declares(request, "street") and super().has_add_permission(request)


@admin.register(InvoicingProgram)
class InvoicingProgramAdmin(RememberedAdmin):
    """Whether the controller's invoices live in another program, and in which."""

    list_display = ("name", "used_since_on", "used_until_on")
    fields = ("name", "used_since_on", "used_until_on", "reason")
