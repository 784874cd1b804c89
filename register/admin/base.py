"""The base of staff pages over personal data: only declared fields, always with their origin."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import RememberedAdmin
from audit.history import Linked, SourceOf, as_words
from audit.reasons import because
from notices.declarations import Kept, declared_columns
from notices.models import Notice, governing_notice
from notices.terms import DataCategory
from register.admin.consulting import asks_what_for, consulted, enter, listed, occasion_of
from register.admin.holding import Holding
from register.admin.naming import in_history, may_see_customers
from register.admin.resting import (
    leads_away,
    reason_of,
    rests,
    say_how_many,
    say_it_rests,
    why_page,
    why_view,
)
from register.forms import ORIGIN_FIELDS, ForCustomerForm, OriginForm
from register.holds import Block, blocks_of_own_motion
from register.models import (
    Collection,
    Customer,
    CustomerErased,
    CustomerRestricted,
    Remark,
    Restriction,
    Sight,
)
from register.models.restrictions import unrestricted
from register.models.words import rows_found, search_terms


def _why_kept(category: DataCategory, blocks: Sequence[Block]) -> str:
    """Why data of `category` stay that no notice lists, and until when."""
    whys = [str(one) for one in blocks if one.keeps([category])]
    if not whys:
        return gettext("The privacy notice does not list this. Nothing keeps it: it goes soon.")
    told = gettext("The privacy notice does not list this. It is kept for this alone: %(why)s")
    return told % {"why": " ".join(whys)}


class GovernedAdmin(RememberedAdmin):
    """A staff page on which nothing is entered while no notice is in force."""

    def notice(self, request: HttpRequest) -> Notice | None:
        """The notice in force, read once for each request."""
        if not hasattr(request, "governing_notice"):
            request.governing_notice = governing_notice()  # type: ignore[attr-defined]
        notice: Notice | None = request.governing_notice  # type: ignore[attr-defined]
        return notice

    def called(self, request: HttpRequest, names: Linked) -> Linked:
        return in_history(request, names)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.notice(request) is not None and super().has_add_permission(request)


class PersonalDataAdmin(GovernedAdmin):
    """A staff page of rows that the notice governs."""

    # shows the search box; what it searches is `get_search_results`
    search_fields = ("pk",)
    list_filter: ClassVar[tuple[Any, ...]] = (Holding,)
    # a column has no index of its own to be sorted by
    sortable_by = ()
    form = OriginForm
    not_in_history = frozenset({"collected"})
    change_form_template = "admin/register/change_form.html"

    #: what a sitting that begins on this page is for; empty where the page tells nothing of it
    occasion = ""

    def customer_of(self, row: Any) -> Customer:
        """Whose the row is."""
        raise NotImplementedError

    def get_urls(self) -> Any:
        def why(request: HttpRequest, object_id: str) -> HttpResponse:
            return why_view(self, request, object_id)

        name = f"{self.opts.app_label}_{self.opts.model_name}_why"
        own = path("<str:object_id>/why/", self.admin_site.admin_view(why), name=name)
        return [own, *super().get_urls()]

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if request.method == "GET" else None
        if row and self.has_history_permission(request):
            if away := self.asks(request) or leads_away(self, request, row, hides=False):
                return away
            consulted(request, [self.customer_of(row)], Sight.HISTORY)
        return super().history_view(request, object_id, extra_context)

    def asks(self, request: HttpRequest) -> HttpResponse | None:
        """To the question what the reader is here for, unless this page tells by itself."""
        if self.occasion and not occasion_of(request):
            enter(request, self.occasion)
        return asks_what_for(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row and self.has_view_permission(request, row):
            if away := self.asks(request) or leads_away(self, request, row):
                return away
            if request.method == "GET":
                consulted(request, [self.customer_of(row)], Sight.PAGE)
        context = self.beside_form(request, row) if row else {}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> Any:
        customer = self.customer_of(obj) if obj else None
        # nothing is saved any more: what rests is left out of titles and ways back too (S08)
        if customer and customer.at_rest and not reason_of(request, customer):
            Restriction.objects.mask([customer])
            context["subtitle"] = str(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def beside_form(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the page of `row` shows besides its form."""
        return {}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == Holding.parameter_name or super().lookup_allowed(lookup, value, request)

    def declares(self, request: HttpRequest, column: str) -> bool:
        """Whether the notice in force lets `column` hold anything."""
        category = declared_columns(self.model).get(column)
        notice = self.notice(request)
        return category is None or (notice is not None and category in notice.declared)

    def undeclared(self, request: HttpRequest) -> list[DataCategory]:
        """What this model could hold and the notice does not list."""
        columns = declared_columns(self.model)
        return sorted({columns[name] for name in columns if not self.declares(request, name)})

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        shown = super().get_changelist_instance(request)
        customers = [self.customer_of(row) for row in shown.result_list]
        Restriction.objects.mask(customers)
        # who is listed is looked at, whether anybody was sought or not (A03)
        listed(request, customers, Sight.SEARCH if shown.query else Sight.LIST)
        return shown

    def kept(self, request: HttpRequest, obj: Any) -> dict[str, str]:
        """By column, why the row still has a value that the notice in force does not list: it is
        read for what keeps it, and changed for nothing (art. 18(2); P20, V07)."""
        if "_kept" not in vars(obj):
            columns = declared_columns(self.model)
            held = [
                str(name)
                for name in self.fields or ()
                if not self.declares(request, str(name)) and getattr(obj, str(name))
            ]
            key = self.customer_of(obj).pk
            blocks = blocks_of_own_motion([key]).get(key, []) if held else []
            vars(obj)["_kept"] = {name: _why_kept(columns[name], blocks) for name in held}
        known: dict[str, str] = vars(obj)["_kept"]
        return known

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [name for name in self.list_display if self.declares(request, str(name))]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        kept = self.kept(request, obj) if obj else ()
        return (*super().get_readonly_fields(request, obj), *kept)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        kept = self.kept(request, obj) if obj else ()
        shown = [
            name
            for name in self.fields or ()
            if self.declares(request, str(name)) or str(name) in kept
        ]
        may_write = (
            self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        )
        return [*shown, *ORIGIN_FIELDS] if may_write else shown

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = self.get_fields(request, obj)
        own = [name for name in fields if name not in ORIGIN_FIELDS]
        sets: list[Any] = [(None, {"fields": own})]
        if len(own) < len(fields):
            sets.append((gettext("Where the data come from"), {"fields": list(ORIGIN_FIELDS)}))
        return sets

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs.setdefault("help_texts", self._helps_and_why_kept(request, obj) if obj else None)
        return super().get_form(request, obj, change, **kwargs)

    def beside(self, obj: Any) -> dict[str, list[Remark]]:
        """By column, what stands beside the values of the row, read once for each page (R01)."""
        if "_beside" not in vars(obj):
            vars(obj)["_beside"] = Remark.objects.beside(obj)
        known: dict[str, list[Remark]] = vars(obj)["_beside"]
        return known

    def helps(self, obj: Any) -> dict[str, Any]:
        """What stands under each value of the page: where it came from, after what helps to fill
        it in (P21-P26)."""
        helps = {
            one["column"]: format_html(
                '{}<span class="origin">{}</span>', one["help"], one["collection"]
            )
            for one in self.origins(obj)
            if one["collection"]
        }
        for column, remarks in self.beside(obj).items():
            said = format_html_join(
                "", '<span class="remark">{}</span>', ((one,) for one in remarks if one.is_readable)
            )
            helps[column] = format_html("{}{}", helps.get(column, ""), said)
        return helps

    def _helps_and_why_kept(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        helps = self.helps(obj)
        for column, why in self.kept(request, obj).items():
            told = format_html('{}<span class="origin">{}</span>', helps.get(column, ""), why)
            helps[column] = told
        return helps

    def reason_for(self, form: Any) -> str:
        return str(form.why())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and not set(form.changed_data) - {*ORIGIN_FIELDS, "seen"}:
            return
        with because(self.reason_for(form)):
            obj.save(collection=form.collection(request.user))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            row.save(collection=form.collection(request.user))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._say_when_nothing_governs(request)
        looks = request.method == "GET" and self.has_view_permission(request)
        if looks and (away := self.asks(request)):
            return away
        page: HttpResponse = super().changelist_view(request, extra_context)
        return page

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        self._say_when_nothing_governs(request)
        context = {"undeclared": self.undeclared(request), **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except CustomerErased:
            messages.error(
                request, gettext("The customer was erased meanwhile. Nothing was stored.")
            )
        except CustomerRestricted:
            say_it_rests(request)
        return HttpResponseRedirect(request.get_full_path())

    def _say_when_nothing_governs(self, request: HttpRequest) -> None:
        if request.method == "GET" and self.notice(request) is None:
            messages.warning(
                request,
                gettext("No privacy notice is in force, so the register takes nothing yet."),
            )

    def sources_told(self, rows: Sequence[Any]) -> SourceOf:
        """Where each value came from, and on which day, beside the reason that somebody typed."""
        # a restriction on the customer's page has no origin
        origins = [getattr(row, "collected", {}) for row in rows]
        found = Collection.objects.in_bulk({key for told in origins for key in told.values()})
        words = {key: str(collection) for key, collection in found.items()}
        return lambda row, column: words.get(getattr(row, "collected", {}).get(column), "")

    def origins(self, obj: Any) -> list[dict[str, Any]]:
        """Each filled value of the row with where it came from."""
        found = Collection.objects.in_bulk(set(obj.collected.values()))
        return [
            {
                "column": column,
                "help": obj._meta.get_field(column).help_text,
                "label": obj._meta.get_field(column).verbose_name,
                "value": as_words(obj, obj._meta.get_field(column)),
                "collection": found.get(obj.collected.get(column)),
            }
            for column in obj.filled_columns()
            if obj.declaration[column] is not Kept.LINK
        ]


class OfCustomerAdmin(PersonalDataAdmin):
    """Something of a customer's: found by the customer's words, opened from the customer."""

    form = ForCustomerForm
    list_select_related: ClassVar[tuple[str, ...]] = ("customer",)
    readonly_fields: ClassVar[tuple[str, ...]] = ("customer_name",)
    search_help_text = _(
        "The start of any of the customer's names, e-mail or phone, or of the number"
    )

    @admin.display(description=_("customer"))
    def customer_name(self, row: Any) -> str:
        return str(row.customer)

    def customer_of(self, row: Any) -> Customer:
        customer: Customer = row.customer
        return customer

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _back_to_customer(request, obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _back_to_customer(request, obj) or super().response_post_save_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        closed = obj is not None and (obj.customer.erased_at or self.is_read_only(obj))
        return not closed and super().has_change_permission(request, obj)

    def is_read_only(self, row: Any) -> bool:
        """Whether a restriction lets nobody change anything of `row`."""
        return rests(self, row.customer)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj and obj.customer.erased_at else self.inlines

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        if "customer" in form.base_fields:
            # the form is made for one reader, and its field is shared by all
            field = deepcopy(form.base_fields["customer"])
            field.may_see = may_see_customers(request)
            form.base_fields["customer"] = field
        return form

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        form = context["adminform"].form
        if "customer" in form.fields:
            # what the box says, and whom its fault names
            form["customer"].value()
            own = getattr(form.initial.get("customer"), "pk", None)
            named = {one.pk: one for one in form.fields["customer"].named if one.pk != own}
            listed(request, named.values(), Sight.LIST)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = super().get_fields(request, obj)
        if "reason" in fields:
            return fields
        return ["customer_name" if name == "customer" else name for name in fields]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        used = queryset.filter(self.in_use())
        if not search_term:
            return used, False
        # the number itself first; else everything of the customers who fit the words
        if own := rows_found(self.opts.model_name or "", search_terms(search_term)):
            resting = queryset.filter(~self.in_use(), pk__in=own)
            say_how_many(request, [why_page(self, row) for row in resting])
            return used.filter(pk__in=own), False
        sought = Customer.objects.sought(search_term)
        say_how_many(request, [], count=len(sought.resting))
        return used.filter(customer__in=sought.keys), False

    def in_use(self) -> Q:
        """The rows that may be used: neither they nor their customers rest (S02)."""
        return unrestricted(set(declared_columns(self.model).values()), customer="customer")


def _back_to_customer(request: HttpRequest, row: Any) -> HttpResponseRedirect | None:
    """To the page of the customer on which `row` was begun: its links name the customer."""
    began = request.GET.get("customer")
    if began != row.customer.reference or not may_see_customers(request):
        return None
    return HttpResponseRedirect(reverse("admin:register_customer_change", args=[began]))
