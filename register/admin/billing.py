from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.admin import RememberedAdmin
from register.admin.base import OfCustomerAdmin
from register.admin.naming import word
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

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        return _called(request, super().get_object(request, object_id, from_field))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, _called(request, obj), form, change)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.declares(request, "street") and super().has_add_permission(request)


def _called(request: HttpRequest, row: BillingData | None) -> BillingData | None:
    """`row`, called as its customer is where nothing of its own names it."""
    if row and not (row.business_id or row.street):
        row.owner_word = word(request, row.customer)
    return row


@admin.register(InvoicingProgram)
class InvoicingProgramAdmin(RememberedAdmin):
    """Whether the controller's invoices live in another program, and in which."""

    list_display = ("name", "used_since_on", "used_until_on")
    fields = ("name", "used_since_on", "used_until_on", "reason")
