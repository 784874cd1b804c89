"""The public pages of requests: no account, no script, no cookie (I01).

Nothing here looks a customer up, so that no answer tells who is one (I08). A link that came by
mail is opened by scanners too: reading changes nothing, only a button acts.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from audit.files import to_save
from notices.models import Notice, governing_notice
from notices.pages.public import languages_of, public_page
from notices.terms import Language, Right
from rights_requests import decisions, paper_form
from rights_requests.apart import Reading, letters_of, signed_letter
from rights_requests.copies import given
from rights_requests.deadlines import due_date
from rights_requests.forms import IN_WORDS, RequestForm, chosen_rights
from rights_requests.letters import MOST_A_DAY, contact_lines
from rights_requests.models import Link, LinkPurpose, RightsRequest
from rights_requests.offering import offered
from rights_requests.pace import slow_down
from rights_requests.reckoning import as_rows, sentences
from rights_requests.report import serving
from rights_requests.report.document import stored
from rights_requests.status import Done, act_on, copies_given, is_readable, status_of
from rights_requests.tokens import OtherContents, new_token, nonce_of
from rights_requests.transferring import moved

P = ParamSpec("P")
Page: TypeAlias = Callable[Concatenate[HttpRequest, Notice, P], HttpResponseBase]
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

#: Without a time: the same request has the same confirmation, however often it is sent.
_SENT = signing.Signer(salt="rights_requests.sent")


def under_a_notice(page: Page[P]) -> View[P]:
    """Gives the notice in force to `page`; without one nothing can be asked."""

    @wraps(page)
    def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        notice = governing_notice()
        if notice is None:
            return public_page(request, "notices/none.html", {}, status=503)
        return page(request, notice, *args, **kwargs)

    return view


def read_only(page: Page[P]) -> View[P]:
    """A page that is only read."""
    return require_safe(under_a_notice(page))


def read_and_sent(page: Page[P]) -> View[P]:
    """A page with a form, which waits a little when its network sends much."""
    view = under_a_notice(page)

    # No cookie and no session is read, so another site can send nothing in a visitor's name that
    # it could not send in its own; the form's token works once, the link's is its receiver's.
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def paced(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        # a visitor, even where staff are signed in: no session is read, and no one is in history
        request.user = AnonymousUser()
        if request.method == "POST":
            slow_down(request)
        return view(request, *args, **kwargs)

    return paced


def confidential(view: View[P]) -> View[P]:
    """Keeps a page whose address is a secret out of caches, search engines and referrers."""

    @wraps(view)
    def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return kept


# --- asking


@read_only
def choose(request: HttpRequest, notice: Notice) -> HttpResponse:
    """The rights that the notice offers, to choose from (P16)."""
    return _choose(request, notice, chosen_rights(request.GET.getlist("right"), notice))


@read_and_sent
def form(request: HttpRequest, notice: Notice) -> HttpResponse:
    """The form: filled in, checked, sent, or changed before that."""
    is_sent = request.method == "POST"
    sent = request.POST if is_sent else request.GET
    rights = chosen_rights(sent.getlist("right"), notice)
    if not rights:
        return _choose(request, notice, [], is_missing=True)
    if not is_sent:
        return _form_page(request, notice, RequestForm(rights, notice=notice))
    step = request.POST.get("step")
    if step in ("change", "another"):
        asked = RequestForm.filled(rights, request.POST, notice=notice)
        if step == "another" and asked.items:
            asked.items.grow()
        return _form_page(request, notice, asked)
    asked = RequestForm(rights, request.POST, notice=notice)
    if not asked.is_valid():
        return _form_page(request, notice, asked)
    if step == "send":
        return _send(request, notice, asked)
    if step == "paper":
        return _on_paper(notice, asked)
    return _check_page(request, notice, asked)


def _choose(
    request: HttpRequest, notice: Notice, chosen: list[Right], *, is_missing: bool = False
) -> HttpResponse:
    rights = [(right, IN_WORDS[right], right in chosen) for right in offered(notice)]
    context = {
        "notice": notice,
        "rights": rights,
        "is_missing": is_missing,
        "contact": contact_lines(notice),
    }
    return public_page(request, "requests/choose.html", context)


def _form_page(request: HttpRequest, notice: Notice, asked: RequestForm) -> HttpResponse:
    context = {"notice": notice, "form": asked, "chosen": _query(asked)}
    return public_page(request, "requests/form.html", context)


def _check_page(
    request: HttpRequest, notice: Notice, asked: RequestForm, **context: Any
) -> HttpResponse:
    context |= {"notice": notice, "form": asked, "token": new_token()}
    return public_page(request, "requests/check.html", context)


def _on_paper(notice: Notice, asked: RequestForm) -> HttpResponse:
    """What was typed, on a form to print and sign; it is stored nowhere (I01, P51)."""
    language = get_language() or Language.FINNISH
    response = _pdf(paper_form.filled(notice, asked, language), language)
    response["Cache-Control"] = "no-store"
    return response


def _pdf(content: bytes, language: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    return to_save(response, f"{paper_form.NAME}-{language}.pdf")


@read_only
def paper(request: HttpRequest, notice: Notice) -> HttpResponse:
    """The form to print, empty."""
    language = get_language() or Language.FINNISH
    return _pdf(paper_form.blank(notice, language), language)


@read_only
def without_email(request: HttpRequest, notice: Notice) -> HttpResponse:
    """How to ask by letter, by phone or in person (art. 12(2); I01, P49)."""
    context = {
        "notice": notice,
        **paper_form.without_email(notice),
        "web_address": reverse("requests:choose"),
        "paper_address": reverse("requests:paper"),
    }
    return public_page(request, "requests/without_email.html", context)


def _query(asked: RequestForm) -> str:
    return urlencode({"right": [right.value for right in asked.rights]}, doseq=True)


def _send(request: HttpRequest, notice: Notice, asked: RequestForm) -> HttpResponse:
    nonce = nonce_of(request.POST.get("token", ""))
    if nonce is None:
        return _check_page(request, notice, asked, is_old=True)
    language = get_language() or Language.FINNISH
    try:
        made = asked.send(nonce, language=language, now=timezone.now())
    except OtherContents as before:
        return _check_page(request, notice, asked, sent_before=before.made.number)
    return redirect("requests:sent", signed=confirmation_of(made))


def confirmation_of(made: RightsRequest) -> str:
    """What the confirmation says: a number, a day and four yes or no, and nobody's data."""
    flags = {
        "needs_proof": made.needs_proof,
        "by_email": bool(made.email),
        "by_letter": bool(made.can_be_written_to and not made.email),
        "forbids": made.demands.filter(right=Right.PROHIBITION).exists(),
    }
    told = {"number": made.number, "received_on": made.received_on.isoformat()} | flags
    return _SENT.sign_object(told)


@confidential
@read_only
def sent(request: HttpRequest, notice: Notice, signed: str) -> HttpResponse:
    """What happens next with the request that was sent."""
    try:
        told = _SENT.unsign_object(signed)
    except signing.BadSignature:
        return _no_such_link(request, notice)
    received_on = date.fromisoformat(told["received_on"])
    due = due_date(received_on)
    context = told | {
        "notice": notice,
        "contact": contact_lines(notice),
        "received_on": received_on,
        "due_on": due.date,
        "steps": sentences(as_rows(due.trace)),
        # said whether or not anything waits: that would tell what others have asked for (I08)
        "most_a_day": MOST_A_DAY,
    }
    return public_page(request, "requests/sent.html", context)


# --- links


@confidential
@read_and_sent
def proof(request: HttpRequest, notice: Notice, token: str) -> HttpResponse:
    """Where the link in the e-mail leads: a button, which shows who asks (I04)."""
    now = timezone.now()
    link = Link.objects.by_token(LinkPurpose.PROOF, token, now=now)
    if link is None:
        return _no_such_link(request, notice)
    if request.method != "POST":
        context = {"notice": notice, "asked": link.request}
        return public_page(request, "requests/proof.html", context)
    if not decisions.prove_by_link(link, now=now):
        return _no_such_link(request, notice)
    return redirect("requests:proven")


@read_only
def proven(request: HttpRequest, notice: Notice) -> HttpResponse:
    """What is said after the button."""
    return public_page(request, "requests/proven.html", {"notice": notice})


@confidential
@read_and_sent
def status(request: HttpRequest, notice: Notice, token: str) -> HttpResponse:
    """Where a request stands, and what the person may do about it."""
    now = timezone.now()
    link = Link.objects.by_token(LinkPurpose.STATUS, token, now=now)
    if link is None or not is_readable(link.request, now=now):
        return _no_such_link(request, notice)
    if request.method == "POST":
        return _act(request, link.request, now=now)
    done = request.GET.get("done")
    context = {
        "notice": notice,
        "status": status_of(link.request, now=now),
        "done": Done(done) if done in Done.values else None,
    }
    return public_page(request, "requests/status.html", context)


def _act(request: HttpRequest, asked: RightsRequest, *, now: datetime) -> HttpResponse:
    act, code = request.POST.get("act", ""), request.POST.get("code", "")
    done = act_on(asked, act, code=code, now=now)
    query = f"?done={done}" if done else ""
    return HttpResponseRedirect(request.path + query)


@confidential
@read_and_sent
def report(request: HttpRequest, notice: Notice, token: str) -> HttpResponseBase:
    """What answers a request: the person's data, on a page or as a file, and our letters; as often
    as wanted while the link is open (A06)."""
    link = Link.objects.by_token(LinkPurpose.REPORT, token, now=timezone.now())
    copies = copies_given(link.request) if link else {}
    letters = letters_of(link.request) if link else []
    if not (link and (copies or letters)):
        return _no_such_link(request, notice)
    access, package = copies.get(Right.ACCESS), copies.get(Right.PORTABILITY)
    is_sent = request.method == "POST"
    wanted = request.POST.get("format", "page") if is_sent else ""
    if letters and (wanted == "letters" or (wanted and not copies)):
        return _letters_page(request, notice, letters)
    if package and wanted and (wanted == "package" or not access):
        response = HttpResponse(given(package), content_type="application/zip")
        return to_save(response, f"seloste-{link.request.number}.zip")
    document = stored(access) if access else None
    if document and is_sent:
        context = {"notice": notice, "languages": languages_of("")}
        saved = serving.file(document, notice, request.POST.dict())
        return saved or serving.page(document, context, files="buttons")
    context = {
        "notice": notice,
        "asked": link.request,
        "link": link,
        "copies": copies,
        "volumes": serving.volumes(document) if document else [],
        "has_letters": bool(letters),
    }
    return public_page(request, "requests/report.html", context)


@confidential
@read_and_sent
def transfer(request: HttpRequest, notice: Notice, token: str) -> HttpResponseBase:
    """Where another controller gets what a person moves there: a button, then the file; as often as
    wanted while the link is open (art. 20(2); O03)."""
    link = Link.objects.by_token(LinkPurpose.TRANSFER, token, now=timezone.now())
    package = copies_given(link.request).get(Right.PORTABILITY) if link else None
    if link is None or package is None:
        return _no_such_link(request, notice)
    if request.method == "POST":
        pieces = StreamingHttpResponse(moved(package), content_type="application/zip")
        return to_save(pieces, f"seloste-{link.request.number}.zip")
    context = {"notice": notice, "asked": link.request, "link": link}
    return public_page(request, "requests/transfer.html", context)


@confidential
@read_and_sent
def letter(request: HttpRequest, notice: Notice, token: str) -> HttpResponse:
    """A letter about no request, which its mail leads to (art. 14): a button, then the letter."""
    found = signed_letter(token)
    if found is None:
        return _no_such_link(request, notice)
    return _letters_page(request, notice, [found] if request.method == "POST" else [])


def _letters_page(request: HttpRequest, notice: Notice, letters: list[Reading]) -> HttpResponse:
    return public_page(request, "requests/letters.html", {"notice": notice, "letters": letters})


def _no_such_link(request: HttpRequest, notice: Notice) -> HttpResponse:
    """One page for every link that opens nothing, whatever the cause: it tells nobody which."""
    language = Language(get_language() or Language.FINNISH)
    context = {
        "notice": notice,
        "contact": contact_lines(notice),
        # the same page in other languages would have the link in its address
        "languages": [{"code": language.value, "name": language.label, "is_current": True}],
    }
    return public_page(request, "requests/no_such_link.html", context, status=404)
