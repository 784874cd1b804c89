import tempfile
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from audit.files import to_save
from audit.paging import Ranked
from audit.private_search import TokenChangeList
from notices.models import Notice
from notices.terms import ClauseKind, DataCategory, ProhibitionScope, Purpose, Statement
from register.admin.base import PersonalDataAdmin
from register.admin.consulting import consulted, occasion_view
from register.admin.disclosures import GivenForm
from register.admin.filters import Kind, LetterLanguage, OpenInvoices, UsableFor
from register.admin.holding import Holding
from register.admin.naming import word
from register.admin.resting import in_words, reason_of, say_how_many
from register.admin.retention import HoldEndForm, HoldForm
from register.admin.sayings import ConsentForm, OfOne, ToldForm, WithdrawalForm, saying_view
from register.admin.telling import telling_view
from register.forms import (
    MOST_ALIKE,
    REFERENCE,
    ContactRoleForm,
    CustomerForm,
    RowsWithOrigin,
)
from register.holds import blocks_of_retention
from register.models import (
    AtRest,
    BillingData,
    ContactRole,
    Customer,
    Disclosure,
    HoldKind,
    InformationDuty,
    Sight,
)
from register.models.customers import MOST_FOUND
from register.models.recipients import named
from register.models.restrictions import unrestricted
from register.models.uses import InTheWay
from register.naming import is_named, with_rest
from register.narrowing import kept_undeclared
from register.ownership import RECORDS
from register.portability import pack
from register.retention import data_due_on, due_on

MOST_SHOWN = 20


def customer_page(customer: Customer) -> str:
    """The address of a customer's own page, by reference."""
    return reverse("admin:register_customer_change", args=[customer.reference])


def _first(rows: Any) -> dict[str, Any]:
    """The first rows for the page, and how many there are when those are not all."""
    shown = list(rows[: MOST_SHOWN + 1])
    more = len(shown) > MOST_SHOWN
    return {"rows": shown[:MOST_SHOWN], "of": rows.count() if more else 0}


def _uses(customer: Customer, notice: Notice | None) -> dict[Purpose, list[str]]:
    """Each purpose of `notice` with what stands in its way, in words: a list serves marketing too,
    and who has forbidden that alone has not forbidden to be published (P14)."""
    uses = customer.uses(notice)
    told = {one: [str(why.label) for why in whys] for one, whys in uses.items()}
    hindrances = uses.get(Purpose.PUBLICATION, [])
    if InTheWay.FORBIDDEN in hindrances:
        itself = customer.prohibitions().filter(scope=ProhibitionScope.PUBLICATION)
        if not itself.exists():
            why = gettext("the customer has forbidden marketing, and lists serve that too")
            told[Purpose.PUBLICATION][hindrances.index(InTheWay.FORBIDDEN)] = why
    return told


def _caution_about_alike(request: HttpRequest, customer: Customer) -> None:
    """Say who is there already and may be the same person as `customer`, who is new."""
    found = Customer.objects.exclude(pk=customer.pk).in_use()
    alike = found.alike(customer.contacts, customer.name, MOST_ALIKE)
    if not alike:
        return
    consulted(request, alike, Sight.SEARCH)
    links = format_html_join(
        ", ", '<a href="{}">{}</a>', ((customer_page(one), str(one)) for one in alike)
    )
    told = gettext("The same person may be here already: {customers}.")
    messages.warning(request, format_html(told, customers=links))


class ByReference(TokenChangeList):
    """The list of customers, each linked by reference."""

    def url_for_result(self, result: Any) -> str:
        return customer_page(result)


class RolesWithOrigin(RowsWithOrigin):
    """Contact roles whose rows call an organisation that rests by its reference alone."""

    has_asked = False

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        # asked once for all rows; those of organisations are shown, and never saved
        if not self.has_asked:
            self.has_asked = True
            for firm in with_rest(role.organisation for role in rows if role.organisation):
                if not is_named(firm, may_see=True):
                    firm.organisation_name = firm.email = ""
        return rows


class ContactRoleInline(admin.TabularInline[ContactRole, Customer]):
    """The organisations that a person speaks for."""

    model = ContactRole
    fk_name = "person"
    fields = ("organisation", "role", "started_on", "ended_on")
    form = ContactRoleForm
    formset = RolesWithOrigin
    extra = 0
    can_delete = False
    verbose_name = _("contact person at an organisation")
    verbose_name_plural = _("contact person at an organisation")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj):
            return self.fields
        return ("organisation_name", *self.fields[1:])

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("organisation")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # made anew for each request, as the inline is
        self.reader = request
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description=_("organisation"))
    def organisation_name(self, role: ContactRole) -> str:
        return word(self.reader, role.organisation) if role.organisation else ""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("organisation_name",)


@admin.register(Customer)
class CustomerAdmin(PersonalDataAdmin):
    """Everything about one customer on one page."""

    list_display = ("name_or_reference", "email", "phone", "city", "reference")
    list_filter = (Holding, Kind, OpenInvoices, LetterLanguage, UsableFor)
    form = CustomerForm
    fields = (
        "given_name",
        "family_name",
        "organisation_name",
        "email",
        "phone",
        "phone_e164",
        "street",
        "postcode",
        "city",
        "country",
        "website",
        "ip_address",
        "ip_seen_on",
        "language",
        "relationship_ended_on",
    )
    readonly_fields = ("phone_e164",)
    inlines = (ContactRoleInline,)
    change_form_template = "admin/register/customer/change_form.html"
    search_help_text = _(
        "The start of any name, e-mail, phone, order or invoice number; a number's end too"
    )

    @admin.display(description=_("name"))
    def name_or_reference(self, customer: Customer) -> str:
        return str(customer)

    def customer_of(self, row: Any) -> Customer:
        customer: Customer = row
        return customer

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        if self.declares(request, "organisation_name"):
            return list(self.list_filter)
        return [one for one in self.list_filter if one is not Kind]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Customer | None:
        """By reference: a primary key opens nothing."""
        if not REFERENCE.fullmatch(object_id):
            return None
        return self.get_queryset(request).filter(reference=object_id).first()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ByReference]:
        return ByReference

    def get_urls(self) -> Any:
        def of_one(form: type[OfOne]) -> Any:
            def view(request: HttpRequest, reference: str, **about: Any) -> HttpResponse:
                return saying_view(self, request, reference, form, **about)

            return self.admin_site.admin_view(view)

        def given(request: HttpRequest, reference: str) -> HttpResponse:
            return saying_view(self, request, reference, GivenForm, by=request.user)

        def held(request: HttpRequest, reference: str, **about: Any) -> HttpResponse:
            if not request.user.has_perm("register.add_hold"):
                raise PermissionDenied
            form = HoldEndForm if about else HoldForm
            return saying_view(self, request, reference, form, **about)

        def telling(request: HttpRequest) -> HttpResponse:
            return telling_view(self, request)

        def occasion(request: HttpRequest) -> HttpResponse:
            return occasion_view(self, request)

        own = [
            path(
                "occasion/", self.admin_site.admin_view(occasion), name="register_customer_occasion"
            ),
            path("telling/", self.admin_site.admin_view(telling), name="register_customer_telling"),
            path("<str:reference>/told/", of_one(ToldForm), name="register_customer_told"),
            path("<str:reference>/consent/", of_one(ConsentForm), name="register_customer_consent"),
            path(
                "<str:reference>/withdrawal/<slug:purpose>/",
                of_one(WithdrawalForm),
                name="register_customer_withdrawal",
            ),
            path(
                "<str:reference>/given/",
                self.admin_site.admin_view(given),
                name="register_customer_given",
            ),
            path(
                "<str:reference>/hold/",
                self.admin_site.admin_view(held),
                name="register_customer_hold",
            ),
            path(
                "<str:reference>/hold/<int:hold>/end/",
                self.admin_site.admin_view(held),
                name="register_customer_hold_end",
            ),
            path(
                "<str:reference>/package/",
                self.admin_site.admin_view(self.package_view),
                name="register_customer_package",
            ),
        ]
        return [*own, *super().get_urls()]

    def rows_of(self) -> list[tuple[Any, str]]:
        return [*super().rows_of(), *((model, "customer") for model in RECORDS)]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        # what a colleague wrote down of a call is in nobody's way who saves the customer
        form.rows_of = super().rows_of()
        return form

    def history_key(self, request: HttpRequest, object_id: str) -> Any:
        customer = self.get_object(request, object_id)
        return customer and customer.pk

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, gettext("Stored: %(name)s") % {"name": obj})
        _caution_about_alike(request, obj)
        if "_addanother" in request.POST:
            return HttpResponseRedirect(reverse("admin:register_customer_add"))
        return HttpResponseRedirect(customer_page(obj))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = super().get_fields(request, obj)
        # made of the phone number, where it is one: there is nothing to fill in
        hidden = [] if obj and obj.phone_e164 else ["phone_e164"]
        if obj:
            hidden += self._hidden(request, obj).columns(Customer)
        return [name for name in fields if name not in hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        resting = obj.at_rest.columns(Customer) if obj else ()
        return [*super().get_readonly_fields(request, obj), *resting]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        notice = self.notice(request)
        speaks = notice is not None and DataCategory.ORGANISATION in notice.declared
        alone = obj and (
            obj.is_organisation or obj.erased_at or DataCategory.ORGANISATION in obj.at_rest
        )
        return self.inlines if speaks and not alone else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        closed = obj is not None and (obj.erased_at or obj.at_rest.is_whole)
        return not closed and super().has_change_permission(request, obj)

    def may_record(self, request: HttpRequest, customer: Customer) -> bool:
        """Whether what the customer says may be written down: also while the data rest."""
        return not customer.erased_at and super().has_change_permission(request, customer)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if not search_term:
            used, keys = queryset.in_use(), OpenInvoices.keys(request)
            return used if keys is None else Ranked(used, keys), False
        sought = queryset.sought(search_term)
        say_how_many(
            request,
            [reverse("admin:register_customer_why", args=[one]) for one in sought.resting],
        )
        return Ranked(queryset, sought.keys, MOST_FOUND), False

    def package_view(self, request: HttpRequest, reference: str) -> FileResponse:
        return _package(request, self, reference)

    def beside_form(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        customer: Customer = row
        notice = self.notice(request)
        orders = notice.called(DataCategory.ORDERS) if notice else gettext("orders")
        hides_orders = DataCategory.ORDERS in self._hidden(request, customer)
        shown_orders = customer.orders.none() if hides_orders else customer.orders.unerased()
        papers = customer.attachments.none() if hides_orders else customer.attachments.all()
        shown_people = unrestricted([DataCategory.NAME], customer="person")
        return {
            "forbidden": customer.prohibitions().in_words(),
            "restricted": in_words(customer) if customer.at_rest else [],
            "hides_orders": hides_orders,
            "is_hidden": bool(self._hidden(request, customer)),
            **self._may_add(customer),
            "orders_heading": orders,
            "orders": _first(shown_orders.prefetch_related("lines")),
            "invoices": _first(customer.invoices.all()),
            "attachments": _first(papers.exclude(file="")),
            "may_attach": self._may_attach(request, customer),
            "papers": _first(customer.papers.kept().with_holder().select_related("place")),
            "may_keep_paper": self._may_keep_paper(request, customer),
            **self._billing(request, customer),
            **self._said(request, customer),
            **self._kept(request, customer),
            "disclosures": _first(Disclosure.objects.about(customer).select_related("recipient")),
            "may_give": self._may_give(request, customer),
            "people": _first(customer.contact_people.filter(shown_people).select_related("person")),
        }

    def _hidden(self, request: HttpRequest, customer: Customer) -> AtRest:
        """What is not shown: the data that rest, until somebody has said why they must be seen."""
        is_shown = customer.at_rest and reason_of(request, customer)
        return AtRest() if is_shown else customer.at_rest

    def _may_add(self, customer: Customer) -> dict[str, bool]:
        """What may come to the customer: nothing to data that may only be kept (S03), and no order
        to who is to be erased, but on the phone, where they are asked (E06)."""
        is_here = not customer.erased_at
        may_call = is_here and DataCategory.ORDERS not in customer.at_rest
        return {
            "may_call": may_call,
            "may_order": may_call and not customer.to_erase_at,
            "may_invoice": is_here and not customer.at_rest.is_whole,
            "may_export": is_here and not customer.at_rest,
        }

    def _said(self, request: HttpRequest, customer: Customer) -> dict[str, Any]:
        """Which notices were given, what was agreed to and what waits to be told (V02, C01); what
        the data may be used for (C04, P19)."""
        notice = self.notice(request)
        given = _first(customer.notices_given.select_related("notice"))
        told = notice is not None and any(one.notice_id == notice.pk for one in given["rows"])
        duty = InformationDuty.objects.filter(customer=customer).first()
        return {
            "given": given,
            "untold": notice if not told and not customer.is_organisation else None,
            "uses": {} if customer.erased_at else _uses(customer, notice),
            "duty": duty,
            "duty_is_late": duty is not None and duty.inform_by_on < timezone.localdate(),
            "consents": _first(customer.consents.select_related("notice")),
            "asks_consent": bool(notice and notice.asks_consent_for),
            "may_say": notice is not None and self.may_record(request, customer),
        }

    def _kept(self, request: HttpRequest, customer: Customer) -> dict[str, Any]:
        """When the data go, what keeps them longer, and who may say so (P31, D02r)."""
        if customer.erased_at:
            return {}
        today, notice = timezone.localdate(), self.notice(request)
        may_hold = self.has_change_permission(request, customer)
        blocks = blocks_of_retention([customer.pk], today=today).get(customer.pk, [])
        return {
            "due_on": due_on(customer, notice),
            "data_due_on": data_due_on(customer, notice),
            "blocks": blocks,
            "kept_undeclared": kept_undeclared(customer, notice, blocks) if notice else [],
            "claims": customer.holds.holding().filter(kind=HoldKind.LEGAL_CLAIM),
            "may_hold": may_hold and request.user.has_perm("register.add_hold"),
        }

    def _billing(self, request: HttpRequest, customer: Customer) -> dict[str, Any]:
        """Billing data, for those who may see them, where the notice lists them (P17)."""
        notice = self.notice(request)
        if not request.user.has_perm("register.view_billingdata") or customer.erased_at:
            return {}
        if DataCategory.BILLING in self._hidden(request, customer):
            return {}
        found = BillingData.objects.filter(customer=customer).first()
        rests = DataCategory.BILLING in customer.at_rest
        listed = notice is not None and DataCategory.BILLING in notice.declared
        return {
            "may_bill": listed and not rests,
            "billing": found,
            "billing_values": self.origins(found) if found else [],
        }

    def _may_give(self, request: HttpRequest, customer: Customer) -> bool:
        notice = self.notice(request)
        gives = notice is not None and bool(named(notice, ClauseKind.DISCLOSURE))
        return gives and self.may_record(request, customer)

    def _may_attach(self, request: HttpRequest, customer: Customer) -> bool:
        notice = self.notice(request)
        listed = notice is not None and DataCategory.ORDERS in notice.declared
        may = request.user.has_perm("register.add_attachment")
        return listed and may and self._may_add(customer)["may_order"]

    def _may_keep_paper(self, request: HttpRequest, customer: Customer) -> bool:
        notice = self.notice(request)
        promised = named(notice, ClauseKind.STATEMENT) if notice else frozenset()
        may = notice is not None and request.user.has_perm("register.add_paper")
        return may and Statement.NO_PAPER not in promised and not customer.erased_at


@require_POST
def _package(request: HttpRequest, page: CustomerAdmin, reference: str) -> FileResponse:
    """The customer's package, from a file without a name that is gone when it has been sent."""
    if not request.user.has_perm("register.export_customer"):
        raise PermissionDenied
    customer = page.get_object(request, reference)
    if customer is None or customer.erased_at:
        raise Http404
    if customer.at_rest:
        # at the person's own request it goes out as an answer (art. 20)
        raise PermissionDenied
    consulted(request, [customer], Sight.EXPORT)
    file = tempfile.TemporaryFile(dir=settings.DATA_DIR)  # noqa: SIM115 - the response closes it
    try:
        pack(customer, file, now=timezone.now())
    except BaseException:
        file.close()
        raise
    file.seek(0)
    response = FileResponse(file, content_type="application/zip")
    return to_save(response, f"seloste-{customer.reference}.zip")
