from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import path
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from notices.terms import DataCategory
from register.admin.base import OfCustomerAdmin
from register.admin.open_invoices import open_invoices_view
from register.admin.resting import reason_of
from register.forms import ORIGIN_FIELDS, InvoiceForm, RowsWithOrigin
from register.models import Invoice, Occasion, Payment


class PaymentInline(admin.TabularInline[Payment, Invoice]):
    """What came for the invoice; what was entered stays as it is."""

    model = Payment
    formset = RowsWithOrigin
    fields = ("paid_on", "amount")
    extra = 1
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


#: What stands on an invoice of whom it was sent to.
SENT_TO = (DataCategory.NAME, DataCategory.ORGANISATION, DataCategory.POSTAL_ADDRESS)


@admin.register(Invoice)
class InvoiceAdmin(OfCustomerAdmin):
    """Invoices: what they say stays as it is, what became of them is added."""

    occasion = Occasion.BILLING
    form = InvoiceForm
    change_list_template = "admin/register/invoice/change_list.html"
    list_display = ("number", "customer_name", "invoiced_on", "due_on", "amount", "state")
    fields = (
        "customer",
        "number",
        "invoiced_on",
        "due_on",
        "amount",
        "credits",
        "paid_on",
        "collection_started_on",
        "collection_ended_on",
    )
    inlines = (PaymentInline,)
    #: what is shown of a stored invoice, besides
    shown = ("billed_to", "lives_in", "left", "noted")

    def is_read_only(self, row: Any) -> bool:
        # what is owed may be collected (S04); the rest of an invoice stays as it is anyhow
        return False

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_inlines(request, obj) if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # a day that is typed becomes a payment
        fixed = [name for name in obj.fixed() if name != "paid_on"] if obj else ()
        return (*super().get_readonly_fields(request, obj), *self.shown, *fixed)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = super().get_fields(request, obj)
        if obj is None:
            return fields
        place = fields.index("paid_on")
        named = ["customer_name" if name == "customer" else name for name in fields]
        shown = ["left", "lives_in"] if obj.kept_in_id else ["left"]
        rests = any(one in obj.customer.at_rest for one in SENT_TO)
        if not obj.kept_in_id and (not rests or reason_of(request, obj.customer)):
            shown = ["billed_to", "left"]
        shown += ["noted"] if self.noted(obj) else []
        return [*named[:place], *shown, *named[place:]]

    @admin.display(description=_("sent to"))
    def billed_to(self, invoice: Invoice) -> str:
        return invoice.billed_to or "—"

    @admin.display(description=_("beside the invoice"))
    def noted(self, invoice: Invoice) -> str:
        """What was corrected since, or what the person says: the invoice itself stays (R05)."""
        beside = self.beside(invoice).values()
        told = dict.fromkeys(str(one) for found in beside for one in found if one.is_readable)
        return " ".join(told)

    @admin.display(description=_("the voucher is in"))
    def lives_in(self, invoice: Invoice) -> str:
        return str(invoice.kept_in)

    @admin.display(description=_("left to pay, €"))
    def left(self, invoice: Invoice) -> str:
        return number_format(invoice.left_to_pay)

    @admin.display(description=_("state"))
    def state(self, invoice: Invoice) -> str:
        return invoice.state

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if "paid_on" in form.changed_data:
            # it is paid by a payment, which follows those that were entered beside it
            obj.paid_on = None
            if change and not set(form.changed_data) - {*ORIGIN_FIELDS, "seen", "paid_on"}:
                return
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        day = form.cleaned_data.get("paid_on")
        if day and "paid_on" in form.changed_data:
            with because(self.reason_for(form)):
                collection = form.collection(request.user)
                Invoice.objects.pay({form.instance.pk: day}, collection=collection)
        left = form.instance.left_to_pay
        if left < 0 and not form.instance.credits_id:
            messages.warning(
                request,
                gettext("%(amount)s € more than the invoice has come. Give it back.")
                % {"amount": number_format(-left)},
            )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(
            lambda request: open_invoices_view(self, request), cacheable=False
        )
        return [path("open/", view, name="register_invoice_open"), *super().get_urls()]
