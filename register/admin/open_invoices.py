"""The page on which a list of open invoices is taken over from the program where they live."""

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
from notices.reading.decoding import decode
from notices.reading.errors import UnreadableNotice
from notices.terms import SourceKind
from register.forms import source_choices
from register.models import Collection, CustomerErased, CustomerRestricted, InvoicingProgram
from register.open_invoices import MOST_ROWS, Plan, Row, plan_of, rows_in, take_over

MOST_SHOWN = 500


class OpenInvoicesForm(forms.Form):
    """A list, pasted or as a file, and where it comes from."""

    text = forms.CharField(
        label=_("List"),
        required=False,
        max_length=1024 * 1024,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 80}),
        help_text=_(
            "One invoice on each line: number; customer (reference or full name); date; due date; "
            "amount."
        ),
    )
    file = forms.FileField(
        label=_("or a file (CSV)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
    )
    source_kind = forms.ChoiceField(
        label=_("Where from"), choices=source_choices, initial=SourceKind.PURCHASE
    )
    source_name = forms.CharField(label=_("Name of the source"), max_length=200, required=False)
    paid_on = forms.DateField(
        label=_("Those no longer on the list were paid on"),
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if file := cleaned.get("file"):
            try:
                cleaned["text"] = decode(file.read(1024 * 1024 + 1))
            except UnreadableNotice:
                self.add_error("file", gettext("This is no text of at most 1 MB. Save it as CSV."))
                return cleaned
        self.rows = rows_in(cleaned.get("text") or "")
        if not self.rows and not self.errors:
            # an empty list would offer everything as paid
            self.add_error("text", gettext("There is no invoice on the list."))
        if len(self.rows) > MOST_ROWS:
            self.add_error("text", gettext("The list is too long."))
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
        rows=plan.rows[:MOST_SHOWN],
        more=max(0, len(plan.rows) - MOST_SHOWN),
    )


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
