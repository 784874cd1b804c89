"""Who asks: the customer that staff choose, and the proof; each act leads back to the request."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from audit.files import remove_files
from audit.reasons import because
from register.admin.naming import word
from register.models import CustomerErased
from rights_requests import decisions, doubting, mandates
from rights_requests.admin.forms import (
    AskForm,
    CameOnForm,
    CodeForm,
    CustomerForm,
    MandateForm,
    ProofForm,
    SpokenForm,
)
from rights_requests.admin.page import show
from rights_requests.admin.queue import request_page
from rights_requests.admin.scanning import keep_scans
from rights_requests.copies import NotIdentified
from rights_requests.models import Letter, Medium, RightsRequest


@require_POST
def choose_customer(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """Link the customer chosen, or nobody again."""
    form = CustomerForm(request.POST)
    nobody = "nobody" in request.POST
    if not asked.can_be_linked:
        return _closed(request, asked)
    if not nobody and not form.is_valid():
        return show(request, asked, customer_form=form)
    customer = None if nobody else form.cleaned_data["customer"]
    try:
        decisions.link(asked, customer, now=timezone.now())
    except decisions.AlreadyDecided as first:
        messages.error(request, first.message)
        return HttpResponseRedirect(request_page(asked))
    except CustomerErased:
        messages.error(request, gettext("This customer has been erased in the meantime."))
        return HttpResponseRedirect(request_page(asked))
    return _done(
        request,
        asked,
        gettext("Nobody is chosen any more.")
        if customer is None
        else gettext("Chosen: %(name)s") % {"name": word(request, customer)},
    )


@require_POST
def record_proof(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """A proof that somebody of us has seen."""
    form = ProofForm(asked, request.POST, request.FILES)
    if not asked.can_be_proven:
        return _closed(request, asked)
    if not form.is_valid():
        return show(request, asked, proof_form=form)
    said = dict(form.cleaned_data)
    papers, now, kept = said.pop("scans"), timezone.now(), list[str]()
    try:
        with transaction.atomic(), because(_("Proof of who asks")):
            keep_scans(asked, papers, kept=kept, now=now, shows_who=True)
            decisions.prove(asked, now=now, by=request.user, **said)
    except BaseException:
        # no row leads to them: they would lie there for ever
        remove_files(kept)
        raise
    return _done(request, asked, gettext("The proof is recorded."))


@require_POST
def send_link(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """A new link to the e-mail address of the request; the one before it opens nothing more."""
    if not (asked.can_be_proven and asked.email):
        return _closed(request, asked)
    return _sent(request, asked, decisions.send_proof)


@require_POST
def send_code(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """A code to the postal address that the register has of the customer."""
    if not asked.can_be_proven:
        return _closed(request, asked)
    return _sent(request, asked, decisions.send_code)


@require_POST
def compare_code(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """The code that came back with an answer, a call or at the counter."""
    form = CodeForm(request.POST)
    if not asked.can_be_proven:
        return _closed(request, asked)
    if form.is_valid():
        code = form.cleaned_data["code"]
        if decisions.prove_by_code(asked, code, now=timezone.now(), by=request.user):
            return _done(request, asked, gettext("The code is right: the proof is recorded."))
        form.add_error(
            "code",
            gettext("The code is wrong, used or too old. After five wrong tries send a new one."),
        )
    return show(request, asked, code_form=form)


def ask(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """A question to the person, for a reason from the list (I05)."""
    if not doubting.reasons_open(asked):
        messages.error(request, gettext("There is nothing to ask the person now."))
        return HttpResponseRedirect(request_page(asked))
    form = AskForm(asked, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            doubt = doubting.ask(asked, by=request.user, now=timezone.now(), **form.cleaned_data)
        except doubting.CannotAsk:
            messages.error(request, gettext("There is nothing to ask the person now."))
            return HttpResponseRedirect(request_page(asked))
        told = (
            gettext("The letter is written. The clock stands still from when it leaves.")
            if doubt.stops_clock
            else gettext("The letter is written. The clock runs on.")
        )
        return _done(request, asked, told)
    days = doubting.WITHOUT_DELAY.days
    return _form(request, asked, "ask", gettext("Ask the person"), form, days=days)


def mandate(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """Somebody asks for the person: whose mandate somebody of us has seen (I14)."""
    form = MandateForm(request.POST if request.method == "POST" else None)
    if asked.closed_at:
        return _closed(request, asked)
    if request.method == "POST" and form.is_valid():
        try:
            mandates.record_mandate(asked, by=request.user, now=timezone.now(), **form.cleaned_data)
        except mandates.CannotRecord:
            return _closed(request, asked)
        return _done(request, asked, gettext("The mandate is recorded."))
    return _form(request, asked, "mandate", gettext("Somebody asks for the person"), form)


def spoken(request: HttpRequest, asked: RightsRequest, right: str) -> HttpResponse:
    """An answer that was told in words as well (I11)."""
    demand = asked.demands.filter(right=right).first()
    if demand is None:
        raise Http404
    form = SpokenForm(request.POST if request.method == "POST" else None)
    if not mandates.can_be_told(demand):
        return _closed(request, asked)
    if request.method == "POST" and form.is_valid():
        try:
            mandates.tell(
                demand, by=request.user, now=timezone.now(), note=form.cleaned_data["note"]
            )
        except mandates.CannotRecord:
            return _closed(request, asked)
        return _done(request, asked, gettext("It is recorded that the answer was told."))
    title = gettext("Told in words: %(right)s") % {"right": demand.get_right_display()}
    return _form(request, asked, "spoken", title, form)


def _form(
    request: HttpRequest, asked: RightsRequest, name: str, title: str, form: Any, **words: Any
) -> HttpResponse:
    """A page with one form about a request."""
    context = {
        **admin.site.each_context(request),
        "title": title,
        "opts": RightsRequest._meta,
        "asked": asked,
        "form": form,
        **words,
    }
    return TemplateResponse(request, f"admin/rights_requests/rightsrequest/{name}.html", context)


@require_POST
def answered(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """The answer to the question has come, and the clock goes on."""
    form = CameOnForm(request.POST, auto_id="answered_%s")
    if not form.is_valid():
        return show(request, asked, came_on_form=form)
    came_on = form.cleaned_data["came_on"]
    if not doubting.record_answer(asked, came_on=came_on, now=timezone.now()):
        return _closed(request, asked)
    return _done(request, asked, gettext("The answer is recorded: the clock goes on."))


def _sent(
    request: HttpRequest, asked: RightsRequest, send: Callable[..., Letter | None]
) -> HttpResponse:
    try:
        letter = send(asked, now=timezone.now())
    except NotIdentified:
        told = gettext("The register has no postal address to send the code to.")
        messages.error(request, told)
        return HttpResponseRedirect(request_page(asked))
    if letter is None:
        return _closed(request, asked)
    if letter.medium == Medium.POST:
        return _done(request, asked, gettext("The letter is written: print and post it."))
    return _done(
        request, asked, gettext("A new link goes to %(email)s.") % {"email": letter.to_email}
    )


def _done(request: HttpRequest, asked: RightsRequest, told: str) -> HttpResponse:
    messages.success(request, told)
    return HttpResponseRedirect(request_page(asked))


def _closed(request: HttpRequest, asked: Any) -> HttpResponse:
    messages.error(request, gettext("This can no longer be done to this request."))
    return HttpResponseRedirect(request_page(asked))
