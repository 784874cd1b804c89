from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from audit.files import PaperType, download
from audit.reasons import because
from register.admin.base import OfCustomerAdmin
from register.admin.consulting import consulted
from register.admin.resting import leads_away
from register.forms import ORIGIN_FIELDS, AttachmentForm
from register.models import Attachment, Occasion, Sight


@admin.register(Attachment)
class AttachmentAdmin(OfCustomerAdmin):
    """Papers of customers: only this page gives them out."""

    occasion = Occasion.ORDER
    form = AttachmentForm
    list_display = ("__str__", "customer_name", "order", "invoice", "pages")
    list_select_related = ("customer", "order", "invoice")
    fields = ("customer", "title", "order", "invoice")
    readonly_fields = ("customer_name", "paper")
    not_in_history = frozenset({"collected", "file"})

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(customer__erased_at__isnull=True)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.declares(request, "file") and super().has_add_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # a paper does not move to another customer
        own = ("customer",) if obj else ()
        return (*super().get_readonly_fields(request, obj), *own)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = super().get_fields(request, obj)
        writes = "reason" in fields
        own = [name for name in fields if name not in ORIGIN_FIELDS]
        if obj:
            own = ["customer_name" if name == "customer" else name for name in own]
            own.append("paper")
        if writes:
            own.append("removal" if obj else "upload")
        return [*own, *(ORIGIN_FIELDS if writes else ())]

    @admin.display(description="PDF")
    def paper(self, attachment: Attachment) -> str:
        if not attachment.file:
            return gettext("removed")
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:register_attachment_file", args=[attachment.pk]),
            gettext("Download (%(pages)s pages, %(size)s kB)")
            % {"pages": attachment.pages, "size": -(-attachment.size // 1024)},
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.title = form.cleaned_data["title"]
            with because(self.reason_for(form)):
                obj.put(*form.cleaned_data["upload"], collection=form.collection(request.user))
        elif form.cleaned_data.get("removal"):
            with because(self.reason_for(form)):
                obj.remove(collection=form.collection(request.user), now=timezone.now())
        else:
            super().save_model(request, obj, form, change)

    def get_urls(self) -> list[Any]:
        own = path(
            "<int:key>/file/",
            self.admin_site.admin_view(self.file_view),
            name="register_attachment_file",
        )
        return [own, *super().get_urls()]

    def file_view(self, request: HttpRequest, key: int) -> HttpResponse:
        return _file(request, self, key)


@require_safe
def _file(request: HttpRequest, page: AttachmentAdmin, key: int) -> HttpResponse:
    """The paper itself, decrypted for whoever may see customers and their orders."""
    if not page.has_view_permission(request):
        raise Http404
    found = page.get_queryset(request).exclude(file="").filter(pk=key).first()
    if found is None:
        raise Http404
    if away := page.asks(request) or leads_away(page, request, found):
        return away
    consulted(request, [found.customer], Sight.PAPER)
    return download(found.file, PaperType.PDF, f"{found.customer.reference}-{found.pk}")
