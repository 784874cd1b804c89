"""The pages on which staff mask pieces of a copy of data, and hand to the Ombudsman what national
law keeps from the person (A07, A08)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from notices.terms import Right
from register.admin.consulting import consulted, enter
from register.models import Occasion, Sight
from rights_requests.admin.forms import SHORTEST_REASONS, GrantForm, _too_short
from rights_requests.admin.queue import request_page
from rights_requests.copies import lines_of
from rights_requests.deadlines import received_on
from rights_requests.fields import LongText, Text
from rights_requests.masking import (
    NothingLimited,
    Noting,
    NotOpen,
    Piece,
    as_shown,
    can_be_handed_over,
    hand_over,
    put_mask,
    take_mask,
)
from rights_requests.models import Demand, MaskReason, RightsRequest
from rights_requests.report import serving
from rights_requests.report.document import stored

MOST_SHOWN = 100


class MaskForm(forms.Form):
    """What of a piece is not shown, and why."""

    writes = True

    text = LongText(
        label=_("Only this part"),
        longest=4_000,
        required=False,
        help_text=_("Copy the words exactly. If it is empty, the whole piece is masked."),
    )
    reason = forms.ChoiceField(
        label=_("Reason"), choices=MaskReason.choices, widget=forms.RadioSelect
    )
    explanation = LongText(
        label=_("Why"),
        longest=1_000,
        required=False,
        help_text=_(
            "In plain words that tell nothing of what is masked. A limit of section 34 needs them."
        ),
    )
    is_told = forms.BooleanField(
        label=_("Tell the person the reason"),
        initial=True,
        required=False,
        help_text=_(
            "Take the tick away only for a limit of section 34, and only if telling the reason "
            "would endanger what it is for."
        ),
    )

    def __init__(self, piece: Piece, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.piece = piece
        if piece.is_file:
            del self.fields["text"]

    def clean_text(self) -> str:
        part: str = self.cleaned_data["text"]
        if part and not self.piece.holds(part):
            raise ValidationError(gettext("These words do not stand in the piece."))
        return part

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        is_limit = said.get("reason") in [one for one in MaskReason if one.is_limit]
        if is_limit and len(said.get("explanation", "").strip()) < SHORTEST_REASONS:
            self.add_error("explanation", _too_short(SHORTEST_REASONS, None))
        if said.get("reason") and not is_limit and not said.get("is_told"):
            self.add_error("is_told", gettext("This reason is told."))
        return said


class HandoverForm(forms.Form):
    """That the person asked, and how the Ombudsman got it."""

    asked_on = forms.DateField(
        label=_("The person asked on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = Text(
        label=_("How it was handed over"),
        longest=300,
        help_text=_("Such as “secure mail of the Ombudsman, 2 March”. Name nobody."),
    )

    def clean_asked_on(self) -> Any:
        day = self.cleaned_data["asked_on"]
        if day > received_on(timezone.now()):
            raise ValidationError(gettext("This day is in the future."))
        return day


class AccessForm(GrantForm):
    """A grant of access, with the masks that were there as the page was made."""

    masked = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, demand: Demand, sent: Any) -> None:
        super().__init__(sent)
        self.initial = {"masked": as_shown(demand)}

    def terms(self) -> dict[str, Any]:
        return {"masked": str(self.cleaned_data["masked"])}


@require_safe
def masks(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """The pieces of the copy that may be somebody else's, each with its masks."""
    demand = _open_access(asked)
    _look(request, asked)
    page = Paginator(_pieces(demand), MOST_SHOWN).get_page(request.GET.get("page"))
    return _page(request, demand, "masks", gettext("Mask data of others"), page=page)


def mask(request: HttpRequest, asked: RightsRequest, piece: str) -> HttpResponse:
    """One piece: what of it is masked, and for which reason."""
    demand = _open_access(asked)
    found = next((one for one in _pieces(demand) if one.key == piece), None)
    if found is None:
        raise Http404
    form = MaskForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _put(request, demand, found, form.cleaned_data)
    _look(request, asked)
    title = gettext("Mask: %(what)s") % {"what": found.label}
    return _page(request, demand, "mask", title, form=form, piece=found)


def _put(request: HttpRequest, demand: Demand, piece: Piece, said: dict[str, Any]) -> HttpResponse:
    given = {"text": "", **said}
    try:
        put_mask(demand, piece, by=request.user, now=timezone.now(), **given)
    except NotOpen:
        return _decided(request, demand.request)
    messages.success(request, gettext("Masked. The copy shows the mark and the reason."))
    return HttpResponseRedirect(_address(demand.request))


@require_POST
def unmask(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """Take a mask away again."""
    key = request.POST.get("mask", "")
    try:
        if key.isdecimal() and take_mask(_open_access(asked), int(key), now=timezone.now()):
            messages.success(request, gettext("The mask is taken away."))
    except NotOpen:
        return _decided(request, asked)
    return HttpResponseRedirect(_address(asked))


# --- section 34(4)


def handover(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """Record that the Ombudsman got what section 34 keeps from the person, who asked for that."""
    demand = _limited(asked)
    form = HandoverForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            hand_over(demand, by=request.user, now=timezone.now(), **form.cleaned_data)
        except NothingLimited:
            raise Http404 from None
        messages.success(request, gettext("Recorded: handed to the Ombudsman."))
        return HttpResponseRedirect(request_page(asked))
    title = gettext("Hand to the Ombudsman at the person’s request")
    return _page(request, demand, "handover", title, form=form)


@require_safe
def handover_package(request: HttpRequest, asked: RightsRequest) -> HttpResponseBase:
    """What the Ombudsman gets: the report as it was given, and what was left out of it."""
    demand = _limited(asked)
    document = stored(demand.report)
    if document is None:
        raise Http404
    _look(request, asked, Sight.EXPORT)
    return serving.for_ombudsman(document, demand.report, asked.notice)


def _limited(asked: RightsRequest) -> Demand:
    demand = asked.demands.filter(right=Right.ACCESS).first()
    if demand is None or not can_be_handed_over(demand) or not hasattr(demand, "report"):
        raise Http404
    demand.request = asked
    return demand


# --- what the pages share


def _open_access(asked: RightsRequest) -> Demand:
    demand = asked.demands.filter(right=Right.ACCESS).first()
    held = asked.customer is not None and not asked.customer.erased_at
    if demand is None or not held:
        raise Http404
    demand.request = asked
    return demand


def _pieces(demand: Demand) -> list[Piece]:
    """Every piece of the copy, what may be somebody else's first, in the language of the copy."""
    noting = Noting(demand.masks.standing())
    customer = demand.request.customer
    with override(demand.request.language):
        for _line in lines_of(demand.request, customer, noting) if customer else ():
            pass
    return noting.pieces


def _look(request: HttpRequest, asked: RightsRequest, sight: Sight = Sight.PAGE) -> None:
    enter(request, Occasion.REQUEST)
    if asked.customer:
        consulted(request, [asked.customer], sight)


def _address(asked: RightsRequest) -> str:
    return reverse("admin:rights_requests_rightsrequest_masks", args=[asked.number])


def _decided(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    messages.error(request, gettext("Access has been decided. The copy stays as it was given."))
    return HttpResponseRedirect(request_page(asked))


def _page(
    request: HttpRequest, demand: Demand, name: str, title: str, **words: Any
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": title,
        "opts": RightsRequest._meta,
        "asked": demand.request,
        "demand": demand,
        **words,
    }
    return TemplateResponse(request, f"admin/rights_requests/rightsrequest/{name}.html", context)
