"""The page of a request on which its restriction ends: first the letter, then the lifting (S05)."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from register.admin.resting import data_in_words
from rights_requests import lifting
from rights_requests.admin.forms import LiftingForm
from rights_requests.admin.letters import state_of
from rights_requests.admin.queue import request_page
from rights_requests.models import RightsRequest


def lift(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """GET shows how far it is; POST writes the letter, and lifts once that has left."""
    restriction = lifting.restriction_of(asked)
    if restriction is None:
        return _back(request, asked, gettext("No restriction of this request is in force."))
    letter = lifting.notice_of(restriction, asked)
    form = LiftingForm(request.POST if request.method == "POST" and letter is None else None)
    if request.method == "POST" and letter:
        return _lift(request, asked)
    if form.is_valid():
        return _tell(request, asked, form.cleaned_data["reasons"])
    context = {
        **admin.site.each_context(request),
        "title": gettext("Lift the restriction"),
        "opts": RightsRequest._meta,
        "asked": asked,
        "restriction": restriction,
        "data": data_in_words(restriction),
        "letter": letter,
        "letter_state": state_of(letter) if letter else "",
        "form": form,
    }
    return TemplateResponse(request, "admin/rights_requests/rightsrequest/lift.html", context)


def _tell(request: HttpRequest, asked: RightsRequest, reasons: str) -> HttpResponse:
    try:
        lifting.tell(asked, reasons=reasons, now=timezone.now())
    except lifting.NothingRestricted:
        return _back(request, asked, gettext("No restriction of this request is in force."))
    messages.success(
        request, gettext("The letter is written. Lift the restriction when it has left.")
    )
    return HttpResponseRedirect(request.path)


def _lift(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    try:
        lifting.lift(asked, by=request.user, now=timezone.now())
    except lifting.NothingRestricted:
        return _back(request, asked, gettext("No restriction of this request is in force."))
    except lifting.NotToldYet:
        messages.error(
            request, gettext("The letter has not left. The person must be told before the lifting.")
        )
        return HttpResponseRedirect(request.path)
    messages.success(request, gettext("The restriction is lifted."))
    return HttpResponseRedirect(request_page(asked))


def _back(request: HttpRequest, asked: Any, why: str) -> HttpResponse:
    messages.error(request, why)
    return HttpResponseRedirect(request_page(asked))
