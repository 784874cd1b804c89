"""Forms that enter personal data: they always ask where the data came from."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import ReasonForm, RowFormSet
from audit.files import shown_name
from audit.paging import Ranked
from audit.pdf import NotThisPdf
from audit.texts import fault_of
from notices.declarations import declared_columns, provided_columns
from notices.models import Notice, governing_notice
from notices.personal_data import undeclared_message
from notices.terms import DataCategory, SourceKind
from register.days import EARLIEST
from register.holds import blocks, spare
from register.models import (
    Attachment,
    Collection,
    ContactRole,
    Customer,
    Invoice,
    Order,
    Restriction,
)
from register.models.attachments import TooLarge, judged, refusal_of
from register.models.collection import beyond, beyond_message
from register.models.customers import CROCKFORD, CustomerQuerySet
from register.models.invoices import MOST_AHEAD
from register.naming import is_named, with_rest, word_for

MOST_NAMED = 5
#: Of those who agree with a new customer in one way of being reached, so many are looked at.
MOST_ALIKE = 5
REFERENCE = re.compile(rf"\b([{CROCKFORD}]{{9}})\b")
_TO_ERASE = _(
    "This customer is to be erased. Until then nothing new is stored but what the erasure waits "
    "for needs, such as a payment."
)
ORIGIN_FIELDS = ("source_kind", "source_name", "collected_on", "reason")


def source_choices() -> list[tuple[str, Any]]:
    """The sources that the notice in force names."""
    notice = governing_notice()
    sources = notice.sources if notice else frozenset()
    return [(kind.value, kind.label) for kind in SourceKind if kind in sources]


class CustomerField(forms.CharField):
    """A customer, chosen by reference or by any words that fit one customer only."""

    #: whether the reader may see customers: else no words find one, and none is named
    may_see = True

    def __init__(
        self, *, organisations_only: bool = False, may_rest: bool = False, **kwargs: Any
    ) -> None:
        """`may_rest`: also who is restricted as a whole, by reference."""
        self.organisations_only, self.may_rest = organisations_only, may_rest
        #: whose names this form shows, to be written down by the page
        self.named: list[Customer] = []
        kwargs.setdefault("help_text", _("Name, e-mail, phone or reference of the customer."))
        super().__init__(max_length=200, **kwargs)

    def _customers(self) -> CustomerQuerySet:
        customers = Customer.objects.unerased()
        return customers.organisations() if self.organisations_only else customers

    def __deepcopy__(self, memo: dict[int, Any]) -> "CustomerField":
        # each form has a field of its own
        copied: CustomerField = super().__deepcopy__(memo)
        copied.named = []
        return copied

    def prepare_value(self, value: Any) -> Any:
        """What the box shows: the name with the reference, which chooses the same one again; of
        whom the reader may not see the name, the reference."""
        chosen = value if isinstance(value, Customer) else self._referred(str(value or ""))
        return self._word(chosen) if chosen else value

    def _word(self, customer: Customer) -> str:
        word = word_for(customer, may_see=self.may_see)
        if not is_named(customer, may_see=self.may_see):
            return word
        self.named.append(customer)
        return f"{word} ({customer.reference})"

    def _referred(self, reference: str) -> Customer | None:
        if not REFERENCE.fullmatch(reference):
            return None
        return self._customers().filter(reference=reference).first()

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        shown = REFERENCE.search(text.upper())
        if shown and (chosen := self._referred(shown[1])):
            if chosen.at_rest.is_whole and not self.may_rest:
                raise ValidationError(gettext("The data of this customer are restricted."))
            return chosen
        if not self.may_see:
            raise ValidationError(gettext("Write the customer's reference."))
        customers = self._customers()
        found = Ranked(customers, customers.ranked(text))[: MOST_NAMED + 1]
        if len(found) == 1:
            return found[0]
        raise ValidationError(self._not_one(found))

    def _not_one(self, found: list[Customer]) -> str:
        if not found:
            return gettext("Nobody was found. Check the words, or add the customer first.")
        named = [self._word(one) for one in with_rest(found[:MOST_NAMED])]
        more = " …" if len(found) > MOST_NAMED else ""
        return gettext("Several fit: %(named)s. Write more, or the reference.") % {
            "named": ", ".join(named) + more
        }

    def run_validators(self, value: Any) -> None:
        """The text was judged by finding the customer."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


class OriginForm(ReasonForm):
    """A form over personal data: where the values came from, and when."""

    source_kind = forms.ChoiceField(label=_("Where from"), choices=source_choices)
    source_name = forms.CharField(
        label=_("Name of the source"),
        max_length=200,
        required=False,
        help_text=_("Such as “call”, “contact form” or the name of a partner."),
    )
    collected_on = forms.DateField(
        label=_("Obtained on"), initial=timezone.localdate, widget=AdminDateWidget
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        required=False,
        help_text=_("Own words for the history. Left empty, the source is the reason."),
    )

    #: the notice in force, given by the page once for each request
    notice: Notice | None = None
    #: chosen beforehand, where the notice names it
    likely_source = SourceKind.CUSTOMER_NOTICE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "source_kind" in self.fields:
            self.fields["source_kind"].initial = self.likely_source

    def clean_collected_on(self) -> date:
        day: date = self.cleaned_data["collected_on"]
        if day > timezone.localdate():
            raise ValidationError(gettext("That day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if why := fault_of(cleaned.get("source_name") or ""):
            self.add_error("source_name", why)
        for category in self._posted_undeclared():
            self.add_error(None, undeclared_message(category))
        given = set(self.changed_data) & set(provided_columns(self._meta.model))
        if beyond(cleaned.get("source_kind", ""), self._meta.model, given):
            self.add_error("source_kind", beyond_message())
        for name in self._not_stored_any_more(self.whose(cleaned), cleaned):
            self.add_error(name, _TO_ERASE)
        return cleaned

    def whose(self, cleaned: dict[str, Any]) -> Customer | None:
        """The customer whom what is entered is about, where there is one already."""
        return self.instance if isinstance(self.instance, Customer) else None

    def _not_stored_any_more(
        self, customer: Customer | None, cleaned: dict[str, Any]
    ) -> Iterator[str]:
        """The fields at which something new is given about a customer who is to be erased, and
        which nothing that the erasure waits for needs (E06)."""
        if customer is None or not customer.to_erase_at:
            return
        columns = declared_columns(self._meta.model)
        # a paper that there is must be known, or nobody shreds it
        if self.instance.pk is None and isinstance(self.instance, Order | Attachment):
            yield "customer"
        going = spare(blocks(customer))
        for name in self.changed_data:
            if cleaned.get(name) and columns.get(name) in going:
                yield name

    def _posted_undeclared(self) -> list[DataCategory]:
        """Categories posted past the form, which shows declared fields only (P20)."""
        columns = declared_columns(self._meta.model)
        posted = {
            category
            for column, category in columns.items()
            if column not in self.fields and str(self.data.get(column, "")).strip()
        }
        return sorted(posted)

    def add_error(self, field: str | None, error: Any) -> None:
        # a value that the page does not show has no field to say it at
        if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            told: dict[str, list[Any]] = {}
            for name, errors in error.error_dict.items():
                told.setdefault(name if name in self.fields else NON_FIELD_ERRORS, []).extend(
                    errors
                )
            error = ValidationError(told)
        super().add_error(field, error)

    def collection(self, user: Any) -> Collection:
        """The origin of everything that this form stores, made when it is first needed."""
        if not hasattr(self, "_collection"):
            self._collection = Collection(
                source_kind=self.cleaned_data["source_kind"],
                source_name=self.cleaned_data["source_name"],
                collected_on=self.cleaned_data["collected_on"],
                collected_by=user,
                serves_one=True,
            )
            self._collection.save()
        return self._collection

    def why(self) -> str:
        """The reason for the history: own words, else the source."""
        if words := self.cleaned_data.get("reason"):
            return str(words)
        kind = SourceKind(self.cleaned_data["source_kind"]).label
        return ", ".join(filter(None, [str(kind), self.cleaned_data["source_name"]]))


class CustomerForm(OriginForm):
    """A customer. Nobody whose data may only be kept is entered anew beside that (art. 18(2); S02,
    S03)."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk is None:
            named = ("given_name", "family_name", "organisation_name")
            ways = ("email", "phone", "street", "postcode")
            new = Customer(**{column: cleaned.get(column) or "" for column in (*named, *ways)})
            found = Customer.objects.alike(new.contacts, new.name, MOST_ALIKE)
            if Restriction.objects.at_rest(one.pk for one in found):
                told = gettext(
                    "The register has somebody like this whose data are restricted. Nothing was "
                    "stored: ask the data protection contact."
                )
                self.add_error(None, told)
        return cleaned


class ForCustomerForm(OriginForm):
    """A form over something of a customer's: an order, an invoice."""

    customer = CustomerField(label=_("Customer"))

    def whose(self, cleaned: dict[str, Any]) -> Customer | None:
        return cleaned.get("customer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["customer"] = self.instance.customer

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        _refuse_unlikely_days(self)
        return cleaned


def _refuse_unlikely_days(form: Any) -> None:
    """What has happened cannot have happened on a day that is still to come, or so long ago."""
    for name in getattr(form._meta.model, "happened", frozenset()) & set(form.changed_data):
        day = form.cleaned_data.get(name)
        if day and day > timezone.localdate():
            form.add_error(name, gettext("That day has not come yet."))
        elif day and day < EARLIEST:
            form.add_error(name, gettext("Check the year."))


class BillingForm(ForCustomerForm):
    """Where invoices go: written down of what was bought."""

    likely_source = SourceKind.PURCHASE


class NumberField(forms.CharField):
    """An order or an invoice, by its number."""

    def __init__(self, model: type[Order | Invoice], **kwargs: Any) -> None:
        self.model = model
        super().__init__(max_length=50, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return self.model._base_manager.filter(pk=value).values_list("number", flat=True)[0]
        return value

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        if not number:
            return None
        if found := self.model._base_manager.filter(number=number).first():
            return found
        raise ValidationError(gettext("There is no such number."))

    def run_validators(self, value: Any) -> None:
        """The text was judged by finding the row."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()


class InvoiceForm(ForCustomerForm):
    """An invoice, or a credit note by the number of what it credits."""

    # the controller wrote it of what was bought
    likely_source = SourceKind.PURCHASE

    credits = NumberField(
        Invoice,
        label=_("Credits the invoice"),
        help_text=_("Number of the invoice, for a credit note."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        due_on = cleaned.get("due_on")
        if due_on and due_on > timezone.localdate() + MOST_AHEAD:
            self.add_error("due_on", gettext("The due date is more than ten years ahead."))
        if self.initial.get("paid_on") and "paid_on" in self.changed_data:
            told = gettext("Its payments say when it was paid: enter money given back below zero.")
            self.add_error("paid_on", told)
        elif cleaned.get("paid_on") and cleaned.get("credits"):
            told = gettext("A credit note is settled by itself: leave this empty.")
            self.add_error("paid_on", told)
        return cleaned


class AttachmentForm(ForCustomerForm):
    """A paper: whose it is, what it is, and the PDF."""

    order = NumberField(Order, label=_("Number of the order"))
    invoice = NumberField(Invoice, label=_("Number of the invoice"))
    upload = forms.FileField(label="PDF", widget=forms.FileInput(attrs={"accept": ".pdf"}))
    removal = forms.BooleanField(
        label=_("Remove the PDF"),
        required=False,
        help_text=_("It is deleted for good; the history says that there was one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # a PDF is not exchanged: the old one is removed and a new one is added
        self.fields.pop("upload" if self.instance.pk else "removal", None)

    def clean_upload(self) -> tuple[bytes, int]:
        try:
            return judged(self.cleaned_data["upload"])
        except (NotThisPdf, TooLarge) as error:
            raise ValidationError(refusal_of(error)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        upload = self.files.get("upload")
        if upload and not cleaned.get("title") and "title" in self.fields:
            cleaned["title"] = shown_name(upload.name or "") or gettext("paper")
        return cleaned


class RowsWithOrigin(RowFormSet):
    """Rows of a table on a page whose form says where they came from."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if form.is_valid():
                _refuse_unlikely_days(form)
        given = {name for form in self.forms for name in form.changed_data}
        model: Any = self.model
        if beyond(self.data.get("source_kind", ""), model, given):
            raise ValidationError(beyond_message())


class ContactRoleForm(forms.ModelForm[ContactRole]):
    """An organisation that a person speaks for."""

    organisation = CustomerField(label=_("Organisation"), organisations_only=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["organisation"] = self.instance.organisation
