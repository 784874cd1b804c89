"""The page on which a call becomes an order: find or enter who calls, write down what is ordered,
ask the two questions, save.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import RowFormSet
from audit.paging import Ranked
from audit.private_search import LONGEST_SEARCH
from notices.declarations import declared_columns
from notices.models import Notice, governing_notice
from notices.terms import DataCategory, ProhibitionScope
from register.admin.consulting import consulted, enter
from register.admin.customers import customer_page
from register.admin.orders import Renamed
from register.days import EARLIEST
from register.forms import REFERENCE, OriginForm
from register.importing.amounts import NotReadable, amount_of
from register.importing.names import split_name
from register.models import (
    Customer,
    CustomerErased,
    CustomerRestricted,
    NoticeGiven,
    Occasion,
    Order,
    OrderLine,
    Restriction,
    Sight,
)
from register.models.prohibitions import meanings_of
from register.models.words import ANYWHERE
from rights_requests.admin.recording import past_day
from rights_requests.forbidding import MARKETING
from rights_requests.phone_order import (
    PhoneOrder,
    alike,
    cautions_for_new,
    cautions_of,
    hindrance,
    meets_restricted,
    restricted_called,
)
from rights_requests.suggesting import Suggestion
from rights_requests.tokens import OtherContents, new_token, stored_before, stored_once

NEEDED = [
    "register.view_customer",
    "register.add_customer",
    "register.add_order",
    "rights_requests.add_rightsrequest",
]
#: What is chosen in the place of a reference.
NEW = "new"
#: Of these somebody new gives one, where the notice lists any.
REACHED_BY = ("phone", "email", "street")
MOST_SHOWN = 10
MOST_LINES = 10
#: What one form is sent with beside what was said on the phone.
NO_CONTENT = frozenset({"csrfmiddlewaretoken", "token", "act", "q", "searched", "read"})
_NUMBER = re.compile(r"[+(]?\d[\d\s()./-]{3,}")
_AT_THE_END = re.compile(r"\s[+(]?\d[\d\s()./-]{3,}$")


class Judged:
    """A form that tells no faults while somebody is still looking for the customer."""

    def __init__(self, *args: Any, judged: bool, **kwargs: Any) -> None:
        self.judged = judged
        super().__init__(*args, **kwargs)

    @property
    def errors(self) -> ErrorDict:
        return super().errors if self.judged else ErrorDict()  # type: ignore[misc]


class AmountField(forms.DecimalField):
    """A number with a comma or a point, as people in any language write it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        try:
            return super().to_python(str(amount_of(value)) if str(value or "").strip() else "")
        except NotReadable:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class LineForm(Judged, forms.ModelForm[OrderLine]):
    """One thing that is ordered."""

    class Meta:
        model = OrderLine
        fields = ("description", "quantity", "unit_price")
        field_classes = {"quantity": AmountField, "unit_price": AmountField}
        # by its placeholder the style sheet knows an empty line
        widgets = {"description": forms.TextInput(attrs={"placeholder": " "})}


LineFormSet = forms.inlineformset_factory(
    Order,
    OrderLine,
    form=LineForm,
    formset=RowFormSet,
    min_num=1,
    max_num=MOST_LINES,
    extra=MOST_LINES - 1,
    can_delete=False,
)


class NewcomerForm(Judged, OriginForm):
    """Somebody new: what the notice lets the register know of whoever calls."""

    source_kind = source_name = collected_on = reason = seen = None  # type: ignore[assignment]

    class Meta:
        model = Customer
        fields = (
            "given_name",
            "family_name",
            "organisation_name",
            "phone",
            "email",
            "street",
            "postcode",
            "city",
            "country",
            "language",
        )

    def __init__(self, *args: Any, declared: frozenset[DataCategory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = declared_columns(Customer)
        #: what was typed, with its label, while another notice was in force
        self.dropped: list[tuple[str, str]] = []
        for name in [*self.fields]:
            if name in columns and columns[name] not in declared:
                gone, typed = self.fields.pop(name), str(self.data.get(name, "")).strip()
                self.dropped += [(capfirst(str(gone.label)), typed)] if typed else []
            else:
                self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        offered = [name for name in REACHED_BY if name in self.fields]
        if offered and not any(cleaned.get(name) or name in self.errors for name in offered):
            boxes = ", ".join(capfirst(str(self.fields[name].label)) for name in offered)
            self.add_error(
                offered[0],
                gettext(
                    "Ask how the customer is reached about this order, and fill in one of these: "
                    "%(boxes)s."
                )
                % {"boxes": boxes},
            )
        return cleaned

    def _posted_undeclared(self) -> list[DataCategory]:
        """Nothing to say at a box that is gone: the page tells of `dropped` once, at its top."""
        return []

    def guess(self, text: str) -> None:
        """Begin with what was looked for, unless something is filled in already."""
        data: Any = self.data
        guessed = {name: value for name, value in _guessed(text).items() if name in self.fields}
        if not any(data.get(name) for name in self.fields if name not in ("country", "language")):
            for name, value in guessed.items():
                data[name] = value


def _guessed(text: str) -> dict[str, str]:
    text = text.strip()
    if "@" in text:
        return {"email": text}
    if _NUMBER.fullmatch(text):
        return {"phone": text}
    called = _AT_THE_END.search(text)
    name = split_name(text[: called.start()] if called else text)
    return {
        "given_name": name.given,
        "family_name": name.family,
        "organisation_name": name.organisation,
        "phone": called[0].strip() if called else "",
    }


def _name_in(text: str) -> str:
    return " ".join(value for name, value in _guessed(text).items() if name.endswith("_name"))


class PhoneOrderForm(Judged, forms.ModelForm[Order]):
    """All of the page. Finding keeps what stands in it; saving judges it."""

    data: Any

    q = forms.CharField(
        label=_(
            "The start of any name, e-mail, phone, order or invoice number; a number's end too"
        ),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    #: what the customers shown were found by
    searched = forms.CharField(required=False, widget=forms.HiddenInput)
    customer = forms.CharField(required=False)
    was_told = forms.BooleanField(label=_("Told about the privacy notice?"), required=False)
    forbids_marketing = forms.BooleanField(
        label=_("Forbids marketing?"),
        required=False,
        help_text=_("Direct advertising, distance selling and direct marketing. It holds at once."),
    )
    forbids_publication = forms.BooleanField(
        label=_("Forbids publication in lists and directories?"), required=False
    )
    #: one form makes one order, however often its button is pressed
    token = forms.CharField(widget=forms.HiddenInput, initial=new_token, required=False)

    class Meta:
        model = Order
        fields = ("ordered_on", "number")
        widgets = {"ordered_on": forms.DateInput(attrs={"autocomplete": "off"})}

    def __init__(self, data: Any, *, notice: Notice | None, judged: bool, **kwargs: Any) -> None:
        super().__init__(data, judged=judged, **kwargs)
        self.notice = notice
        self.lines = LineFormSet(data, instance=self.instance, form_kwargs={"judged": judged})
        self.newcomer = NewcomerForm(
            data,
            declared=notice.declared if notice else frozenset(),
            judged=judged and data.get("customer") == NEW,
        )
        self.fields["ordered_on"].initial = timezone.localdate
        self.fields["was_told"].help_text = gettext(
            "Say who we are, what we use the data for, that marketing may be forbidden, and where "
            "the notice is: %(address)s"
        ) % {"address": settings.BASE_URL + reverse("notices:in_force")}
        #: customers who may be the one that is entered as new
        self.alike: Sequence[Suggestion] = ()

    # --- judging

    def clean_ordered_on(self) -> Any:
        return past_day(self.cleaned_data["ordered_on"], earliest=EARLIEST)

    def clean_customer(self) -> Customer:
        chosen = self.cleaned_data["customer"]
        if chosen == NEW:
            if not self.newcomer.is_valid():
                raise ValidationError(gettext("Correct what is marked at the new customer."))
            newcomer: Customer = self.newcomer.instance
            found = alike(newcomer)
            if meets_restricted(found):
                raise ValidationError(
                    gettext(
                        "The register has somebody like this whose data are restricted. No order "
                        "can be entered: ask the data protection contact."
                    )
                )
            self.alike = found
            return newcomer
        if REFERENCE.fullmatch(chosen) and (
            customer := Customer.objects.unerased().filter(reference=chosen).first()
        ):
            if DataCategory.ORDERS in customer.at_rest:
                raise ValidationError(
                    gettext(
                        "The data of this customer are restricted. No order can be entered: ask "
                        "the data protection contact."
                    )
                )
            return customer
        raise ValidationError(gettext("Choose who orders."))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if why := hindrance(self.notice):
            self.add_error(None, why)
        day, began = cleaned.get("ordered_on"), self.notice and self.notice.begins_on
        if cleaned.get("was_told") and day and began and day < began:
            self.add_error(
                "was_told", gettext("The privacy notice was not in force yet on that day.")
            )
        customer = cleaned.get("customer")
        if customer and self.forbidden and not _is_known_by_something(customer):
            self.add_error(
                "customer",
                gettext(
                    "A prohibition is known by an e-mail address, a phone number or a postal "
                    "address: enter one for this customer first."
                ),
            )
        return cleaned

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.lines.is_valid(), not self.loses])

    @property
    def loses(self) -> bool:
        """Whether somebody new would be stored without what was typed of them (P20)."""
        return bool(self.newcomer.dropped) and self.chosen() == NEW

    @property
    def forbidden(self) -> list[ProhibitionScope]:
        """What the person forbids."""
        said = self.cleaned_data
        marketing = MARKETING if said.get("forbids_marketing") else ()
        publication = (ProhibitionScope.PUBLICATION,) if said.get("forbids_publication") else ()
        return [*marketing, *publication]

    def unread(self) -> list[str]:
        """What staff must know of the chosen customer and have not been shown yet."""
        customer = self.cleaned_data["customer"]
        if customer.pk:
            cautions = cautions_of([customer]).get(customer.pk, [])
        else:
            cautions = cautions_for_new(customer, self.alike)
        read = self.data.getlist("read")
        return [one for one in cautions if one not in read]

    # --- storing

    @property
    def once(self) -> dict[str, Any]:
        """By what the form is known when it comes a second time."""
        said = {name: rows for name, rows in self.data.lists() if name not in NO_CONTENT}
        return {"nonce": self.data.get("token") or new_token(), "contents": said}

    def call(self) -> PhoneOrder:
        """What was said on the phone."""
        return PhoneOrder(
            customer=self.cleaned_data["customer"],
            order=self.instance,
            lines=[form.instance for form in self.lines.forms if form.has_changed()],
            was_told=self.cleaned_data["was_told"],
            forbidden=self.forbidden,
        )

    def ask_again(self, made: Order) -> None:
        """Let one more press store these contents too, as an order of their own."""
        self.data["token"] = new_token()
        self.add_error(
            None,
            gettext(
                "You saved this form before, as the order of %(customer)s, with other contents. "
                "Press Save to store these as a new order."
            )
            % {"customer": made.customer},
        )

    # --- for the page

    def chosen(self) -> str:
        return str(self["customer"].value() or "")

    def questions(self) -> list[forms.BoundField]:
        return [self[name] for name in ("was_told", "forbids_marketing", "forbids_publication")]


def _is_known_by_something(customer: Customer) -> bool:
    return any(meanings_of(kind, value) for kind, value in customer.contacts.items())


@dataclass(frozen=True)
class Found:
    """A customer to choose: why, if not by the words, and what to mind."""

    customer: Customer
    why: str
    cautions: Sequence[str]
    #: whether the notice in force was given
    was_told: bool


def phone_order(request: HttpRequest) -> HttpResponse:
    """Finds and shows on any sending but that which saves; the words stay out of the address."""
    if not request.user.has_perms(NEEDED):
        raise PermissionDenied
    enter(request, Occasion.CALL)
    notice = governing_notice()
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and data.get("act") == "find_anywhere":
        data["q"] = f"{ANYWHERE}{data.get('q', '').strip().removeprefix(ANYWHERE)}"
    saves = data is not None and _wants_to_save(data)
    form = PhoneOrderForm(
        data, notice=notice, judged=saves, initial={"customer": request.GET.get("customer", "")}
    )
    unread: Sequence[str] = ()
    if saves:
        made, unread = _stored(request, form)
        if made:
            return _next(request, form, made)
    return TemplateResponse(
        request, "admin/rights_requests/phone_order.html", _page(request, form, unread)
    )


def _wants_to_save(data: Any) -> bool:
    """Enter goes on: it looks for new words, and saves when they have been looked for."""
    act, text, searched = (str(data.get(name, "")).strip() for name in ("act", "q", "searched"))
    return act == "save" or (act == "next" and text == searched)


def _stored(request: HttpRequest, form: PhoneOrderForm) -> tuple[Order | None, Sequence[str]]:
    """The order of the form, new or made before; or what staff have not read yet."""
    once = form.once
    try:
        if made := stored_before(Order, **once):
            return made, ()
        if not form.is_valid():
            return None, ()
        if unread := form.unread():
            return None, unread
        call = form.call()
        notice: Any = form.notice

        def store() -> None:
            call.store(notice, by=request.user, now=timezone.now())

        return stored_once(call.order, **once, store=store), ()
    except OtherContents as before:
        form.ask_again(before.made)
    except CustomerErased:
        form.add_error(
            "customer", gettext("The customer was erased meanwhile. Nothing was stored.")
        )
    except CustomerRestricted:
        form.add_error(
            "customer", gettext("The data of this customer are restricted. Nothing was stored.")
        )
    return None, ()


def _next(request: HttpRequest, form: PhoneOrderForm, made: Order) -> HttpResponse:
    """An empty page for the next call, which says what became of this one."""
    customer = format_html('<a href="{}">{}</a>', customer_page(made.customer), str(made.customer))
    address = reverse("admin:register_order_change", args=[made.pk])
    order = format_html('<a href="{}">{}</a>', address, str(made))
    told = gettext("Stored for {customer}: {order}.")
    messages.success(request, format_html(told, customer=customer, order=order))
    if form.data.get("forbids_marketing") or form.data.get("forbids_publication"):
        messages.success(request, gettext("What was forbidden holds from now on."))
    return HttpResponseRedirect(reverse("phone_order"))


def _page(request: HttpRequest, form: PhoneOrderForm, unread: Sequence[str]) -> dict[str, Any]:
    options: Any = Renamed(Order._meta, form.notice) if form.notice else Order._meta
    text = str(form["q"].value() or "").strip()[:LONGEST_SEARCH]
    found, are_more, resting = _found(form, text)
    consulted(request, [one.customer for one in found], Sight.SEARCH)
    if text and not found and not resting:
        # the number may be another one than the register has of a restricted person
        resting = len(restricted_called(_name_in(text.removeprefix(ANYWHERE))))
        if form.is_bound and not form.chosen():
            form.data["customer"] = NEW
            form.newcomer.guess(text.removeprefix(ANYWHERE))
    elif len(found) == 1 and form.is_bound and form.chosen() in ("", NEW) and not form.judged:
        form.data["customer"] = found[0].customer.reference
    return {
        **admin.site.each_context(request),
        "title": capfirst(gettext("%(name)s by phone") % {"name": options.verbose_name}),
        "order_word": options.verbose_name,
        "form": form,
        "hindrance": hindrance(form.notice),
        "found": found,
        "are_more": are_more,
        "resting": resting,
        "searched": text,
        "unread": unread,
        "read": [*unread, *(caution for one in found for caution in one.cautions)],
        "focus": _focus(form, found, unread),
    }


def _found(form: PhoneOrderForm, text: str) -> tuple[list[Found], bool, int]:
    """Whom the page offers: who is like the new one, who is chosen, who fits the words; whether
    more do, and how many fit whose data may only be kept."""
    customers = Customer.objects.in_use()
    whys = {one.customer: one.why for one in form.alike}
    offered = list(whys)
    if REFERENCE.fullmatch(form.chosen()):
        offered += customers.filter(reference=form.chosen())
    sought = Customer.objects.sought(text)
    fitting = Ranked(customers, sought.keys)[: MOST_SHOWN + 1]
    shown = list(dict.fromkeys([*offered, *fitting[:MOST_SHOWN]]))
    Restriction.objects.mask(shown)
    _hide_undeclared(shown, form.notice)
    cautions = cautions_of(shown)
    given = NoticeGiven.objects.filter(customer__in=shown, notice=form.notice)
    told = set(given.values_list("customer_id", flat=True))
    rows = [
        Found(one, whys.get(one, ""), cautions.get(one.pk, []), was_told=one.pk in told)
        for one in shown
    ]
    return rows, len(fitting) > MOST_SHOWN, len(sought.resting)


def _hide_undeclared(customers: Sequence[Customer], notice: Notice | None) -> None:
    """Empty, in rows that are shown and never saved, what `notice` does not list: what is kept of
    it, for an open invoice or a claim, serves no order (art. 18(2); P20)."""
    listed = notice.declared if notice else frozenset()
    for column, category in declared_columns(Customer).items():
        if category not in listed:
            nothing = None if Customer._meta.get_field(column).null else ""
            for one in customers:
                setattr(one, column, nothing)


def _focus(form: PhoneOrderForm, found: Sequence[Found], unread: Sequence[str]) -> str:
    """Where the next key goes: to what must be read, to a fault, to whom was found."""
    if unread:
        return "unread"
    if form.judged:
        faulty = next(
            (
                field
                for one in (form, form.newcomer, *form.lines.forms)
                for field in one
                if field.errors and field.name != "customer"
            ),
            None,
        )
        if faulty:
            faulty.field.widget.attrs["autofocus"] = True
            return "fault"
    if form.is_bound:
        return "found"
    first = form.lines.forms[0].fields["description"] if found else form.fields["q"]
    first.widget.attrs["autofocus"] = True
    return "start"
