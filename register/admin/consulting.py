"""The log of consultations: what staff are here for, and who looked at whom (A03, D05r)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import RememberedAdmin
from register.admin.resting import opened
from register.forms import REFERENCE
from register.models import TASKS, Consultation, Customer, Occasion, Sight

#: What a sitting is for, in the session.
OCCASION = "occasion"
#: Where the reader wanted to go when it was asked: an address of ours, with no words of a search.
GOING_TO = "going_to"


def enter(request: HttpRequest, occasion: str) -> None:
    """The reader has come to a task: what is looked at from now on is for that."""
    if request.session.get(OCCASION) != occasion:
        request.session[OCCASION] = occasion


def occasion_of(request: HttpRequest) -> str:
    """What the sitting is for; empty while nobody knows."""
    return str(request.session.get(OCCASION, ""))


def asks_what_for(request: HttpRequest) -> HttpResponse | None:
    """To the question what the reader is here for; None where that is known."""
    if occasion_of(request) or request.method not in ("GET", "HEAD"):
        return None
    request.session[GOING_TO] = request.get_full_path()
    return HttpResponseRedirect(reverse("admin:register_customer_occasion"))


def consulted(request: HttpRequest, customers: Iterable[Customer], sight: str) -> None:
    """Write down that the reader is shown `customers`: one statement, however many they are."""
    shown = list(customers)
    occasion = occasion_of(request) or Occasion.CARE
    if len(shown) == 1:
        # of data that may only be kept, the reason that opened the page
        occasion = opened(request).get(shown[0].pk) or occasion
    if shown:
        Consultation.objects.record(
            [one.pk for one in shown],
            by=request.user,
            sight=sight,
            occasion=occasion,
            at=timezone.now(),
        )


def listed(request: HttpRequest, customers: Iterable[Customer], sight: str = Sight.LIST) -> None:
    """The same of those on a page of a list: of who is erased it shows nothing."""
    consulted(request, [one for one in customers if not one.erased_at], sight)


class OccasionForm(forms.Form):
    """What a sitting is for."""

    occasion = forms.ChoiceField(
        label=_("What are you here for?"),
        choices=[(one.value, one.label) for one in TASKS],
        widget=forms.RadioSelect,
    )


def occasion_view(page: Any, request: HttpRequest) -> HttpResponse:
    """GET asks once in a sitting; POST goes on to where the reader wanted to go."""
    if not page.has_view_permission(request):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else None
    form = OccasionForm(sent, initial={"occasion": occasion_of(request)})
    if form.is_valid():
        enter(request, form.cleaned_data["occasion"])
        start = reverse("admin:register_customer_changelist")
        return HttpResponseRedirect(request.session.pop(GOING_TO, start))
    context = {
        **page.admin_site.each_context(request),
        "title": gettext("What are you here for?"),
        "opts": page.opts,
        "form": form,
    }
    return TemplateResponse(request, "admin/register/customer/occasion.html", context)


class ByOccasion(admin.SimpleListFilter):
    """Looks on one occasion."""

    title = _("occasion")
    parameter_name = "occasion"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Occasion.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        return queryset.filter(occasion=chosen) if chosen in Occasion.values else queryset


class ByPerson(admin.SimpleListFilter):
    """Looks of one of staff."""

    title = _("looked by")
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(one.pk), str(one)) for one in get_user_model().objects.order_by("pk")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value() or ""
        return queryset.filter(looked_by=int(chosen)) if chosen.isdecimal() else queryset


@admin.register(Consultation)
class ConsultationAdmin(RememberedAdmin):
    """Who looked at whom, for the data protection contact: a list, in which nothing changes."""

    list_display = ("looked_at", "looked_by", "reference", "sight", "occasion")
    list_display_links = None
    list_select_related = ("customer", "looked_by")
    list_filter = (ByOccasion, ByPerson)
    list_per_page = 50
    sortable_by = ()
    # shows the search box; what it searches is `get_search_results`
    search_fields = ("pk",)
    search_help_text = _("Reference of a customer")

    @admin.display(description=_("customer"))
    def reference(self, look: Consultation) -> str:
        """By reference: the log shows no data, so reading it is no look."""
        reference = look.customer.reference
        address = reverse("admin:register_customer_change", args=[reference])
        return format_html('<a href="{}">{}</a>', address, reference)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        reference = search_term.strip().upper()
        found = reference if REFERENCE.fullmatch(reference) else ""
        customer = Customer.objects.filter(reference=found).first()
        return queryset.filter(customer=customer and customer.pk), False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        # the list says all of it
        raise Http404

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        # a look never changes
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        raise Http404

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
