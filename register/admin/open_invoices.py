"""The page on which a list of open invoices is taken over from the program where they live."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from audit.texts import fault_of
from notices.terms import SourceKind
from register.admin.consulting import enter
from register.admin.naming import read
from register.forms import source_choices
from register.importing.faults import UnreadableTable
from register.importing.sentences import unreadable_sentence
from register.models import (
    Collection,
    CustomerErased,
    CustomerRestricted,
    Invoice,
    InvoicingProgram,
    Occasion,
)
from register.open_invoices import ColumnsMissing, Plan, Row, plan_of, rows_in, take_over, text_of

MOST_SHOWN = 500
MOST_ROWS = 20_000
LONGEST = 1024 * 1024


class OpenInvoicesForm(forms.Form):
    """A list, pasted or as a file, and where it comes from."""

    text = forms.CharField(
        label=_("List"),
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 80}),
        help_text=_(
            "One invoice on each line, under headings such as number, customer (reference, name or "
            "e-mail), date, due date, amount, open. Without headings: number; customer; date; due "
            "date; amount."
        ),
    )
    file = forms.FileField(
        label=_("or a file (CSV, XLSX)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    source_kind = forms.ChoiceField(
        label=_("Where from"), choices=source_choices, initial=SourceKind.PURCHASE
    )
    source_name = forms.CharField(label=_("Name of the source"), max_length=200, required=False)
    paid_on = forms.DateField(
        label=_("What is no longer open was paid on"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    rows: list[Row]

    def clean_source_kind(self) -> str:
        kind = str(self.cleaned_data["source_kind"])
        if kind == SourceKind.UPDATE_SERVICE:
            raise ValidationError(gettext("An update service gives no invoices."))
        return kind

    def clean_source_name(self) -> str:
        name = str(self.cleaned_data["source_name"])
        if why := fault_of(name):
            raise ValidationError(why)
        return name

    def clean_paid_on(self) -> date:
        day: date = self.cleaned_data["paid_on"]
        if day > timezone.localdate():
            raise ValidationError(gettext("That day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        place = "file" if cleaned.get("file") else "text"
        self.rows = []
        try:
            if file := cleaned.get("file"):
                cleaned["text"] = text_of(file, file.name) if file.size <= LONGEST else ""
                if not 0 < len(cleaned["text"]) <= LONGEST:
                    self.add_error("file", gettext("The list is too long."))
            # an empty list would offer everything as paid
            if (cleaned.get("text") or "").strip() and not self.errors:
                self.rows = rows_in(cleaned["text"])
        except UnreadableTable as error:
            self.add_error(place, unreadable_sentence(error))
        except ColumnsMissing as error:
            self.add_error(place, str(error))
        if not self.rows and not self.errors:
            self.add_error(place, gettext("There is no invoice on the list."))
        if len(self.rows) > MOST_ROWS:
            self.add_error(place, gettext("The list is too long."))
        return cleaned


def open_invoices_view(page: Any, request: HttpRequest) -> HttpResponse:
    """GET asks for the list, a first POST shows what it would do, a second one does it."""
    if not request.user.has_perm("register.add_invoice") or not request.user.has_perm(
        "register.change_invoice"
    ):
        raise PermissionDenied
    program = InvoicingProgram.in_use()
    if request.method != "POST" or program is None:
        initial = {"source_name": program.name if program else ""}
        return _show(page, request, program=program, form=OpenInvoicesForm(initial=initial))
    form = OpenInvoicesForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(page, request, program=program, form=form)
    if "run" not in request.POST:
        return _preview(page, request, program, form, plan_of(form.rows))
    try:
        with transaction.atomic():
            plan = plan_of(form.rows)
            if not plan.is_whole:
                return _preview(page, request, program, form, plan)
            if plan.digest == request.POST.get("plan"):
                return _run(request, form, plan)
    except (IntegrityError, CustomerErased, CustomerRestricted):
        pass  # somebody else was faster: what the list does now is shown below
    messages.warning(
        request, gettext("The register has changed meanwhile. Look at the preview again.")
    )
    return _preview(page, request, program, form, plan_of(form.rows))


def _preview(
    page: Any, request: HttpRequest, program: Any, form: OpenInvoicesForm, plan: Plan
) -> HttpResponse:
    told = form.cleaned_data
    # the text travels in the form: nothing is kept until somebody takes it over
    again = OpenInvoicesForm(
        initial={
            "text": told["text"],
            "source_kind": told["source_kind"],
            "source_name": told["source_name"],
            "paid_on": told["paid_on"],
        }
    )
    return _show(
        page,
        request,
        program=program,
        form=again,
        plan=plan,
        gone=_named(request, plan),
        rows=plan.rows[:MOST_SHOWN],
        more=max(0, len(plan.rows) - MOST_SHOWN),
    )


def _named(request: HttpRequest, plan: Plan) -> list[tuple[Invoice, str]]:
    """The invoices that are no longer on the list, with whose they are, for who may see that."""
    enter(request, Occasion.BILLING)
    told = read(request, [one.customer for one in plan.gone])
    return [(one, told[one.customer_id]) for one in plan.gone]


def _run(request: HttpRequest, form: OpenInvoicesForm, plan: Plan) -> HttpResponse:
    told, user = form.cleaned_data, request.user
    reason = gettext("List of open invoices from %(name)s") % {
        "name": told["source_name"] or SourceKind(told["source_kind"]).label
    }
    with because(reason):
        collection = Collection.objects.create(
            source_kind=told["source_kind"],
            source_name=told["source_name"],
            collected_on=timezone.localdate(),
            collected_by=user if user.is_authenticated else None,
        )
    paid = [int(key) for key in request.POST.getlist("paid") if key.isdecimal()]
    take_over(plan, collection=collection, paid=paid, paid_on=told["paid_on"], reason=reason)
    messages.success(request, gettext("The list was taken over."))
    return HttpResponseRedirect(reverse("admin:register_invoice_changelist"))


def _show(page: Any, request: HttpRequest, **context: Any) -> HttpResponse:
    shown = {
        **page.admin_site.each_context(request),
        "title": gettext("Open invoices from another program"),
        "opts": page.opts,
        **context,
    }
    return TemplateResponse(request, "admin/register/invoice/open.html", shown)
