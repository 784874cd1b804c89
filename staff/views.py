from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import login
from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext, override
from django.views.csrf import csrf_failure
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from staff.forms import AcceptForm, UndertakingForm
from staff.models import Invitation, InvitationClosed, UndertakingText, User
from staff.typed import MOST, TYPED, opened, sealed, sent, writer_of

forms_only = require_http_methods(["GET", "HEAD", "POST"])


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The answer to who is not signed in; what somebody typed before the session ended is kept."""
    writer = writer_of(request)
    if request.method != "POST" or writer is None:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    typed = sent(request, writer)
    context = {
        "form": LoginForm(request=request),
        "next": reverse("typed"),
        "typed": sealed(typed, timezone.now()),
        "has_files": typed.has_files,
    }
    return render(request, "staff/sign_in_again.html", context, status=403)


@forms_only
def sign_in(request: HttpRequest) -> HttpResponse:
    """allauth's page; once the password is right, what was typed waits in the session."""
    response: HttpResponse = login(request)
    leads_to = response.get("Location")
    was_right = leads_to is not None and leads_to != reverse("account_inactive")
    if (content := request.POST.get(TYPED, "")) and was_right and len(content) <= MOST:
        request.session[TYPED] = content
    return response


@require_safe
@login_required
def show_typed(request: HttpRequest) -> HttpResponse:
    """What was typed before the session ended, for its writer alone, to be sent once more."""
    typed = opened(request.session.get(TYPED, ""), timezone.now())
    if typed is None or typed.writer != request.user.pk:
        if request.session.pop(TYPED, None):
            messages.warning(request, gettext("What was typed before could not be kept."))
        return redirect("admin:index")
    return render(request, "staff/typed.html", {"typed": typed})


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form whose token is not of this session.

    Somebody who signed in again in another window sends an old page: Django has looked at the
    origin first, and a page of ours may ask whether to send it once more.
    """
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if not is_ours or not request.path_info.startswith(reverse("admin:index")):
        return csrf_failure(request, reason)
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    typed = sent(request, request.user.pk)
    return render(request, "staff/typed.html", {"typed": typed}, status=403)


@forms_only
@login_required
def sign_undertaking(request: HttpRequest) -> HttpResponse:
    """The confidentiality undertaking, to read and to sign (P37)."""
    user: User = request.user  # type: ignore[assignment]
    if user.has_signed():
        return redirect(_wanted_page(request))
    text = UndertakingText.objects.current()
    form = UndertakingForm(user, _sent(request))
    if request.method == "POST" and form.is_valid():
        user.sign(text, name=form.cleaned_data["name"], now=timezone.now())
        return redirect(_wanted_page(request))
    context = {
        "form": form,
        "text": text.in_language(user.language),
        "version": text.version,
        "receiver": user.received_by(),
        "next": _wanted_page(request),
    }
    return render(request, "staff/undertaking.html", context)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _wanted_page(request: HttpRequest) -> str:
    """The page of ours that `next` asks for, else the first page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else resolve_url(settings.LOGIN_REDIRECT_URL)


@forms_only
@sensitive_post_parameters("password1", "password2")
@sensitive_variables()
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation leads; opening it changes nothing, sending the form makes the account.

    The site's referrer policy keeps the token from other sites. It must not be `no-referrer`:
    browsers would then send `Origin: null` and the form would be refused as forged.
    """
    invitation = Invitation.objects.by_token(token, timezone.now())
    if invitation is None:
        return _closed(request)
    with override(invitation.language if invitation.email else get_language()):
        form = AcceptForm(invitation, _sent(request))
        sent = request.method == "POST" and form.is_valid()
        answer = _accept(request, invitation, form) if sent else None
        context = {"form": form, "invitation": invitation}
        return answer or render(request, "staff/invitation.html", context)


def _accept(request: HttpRequest, invitation: Invitation, form: AcceptForm) -> HttpResponse | None:
    """Make the account and sign in; None when the form must be shown again with its faults."""
    try:
        user = invitation.accept(
            password=form.cleaned_data["password1"], now=timezone.now(), **form.said()
        )
    except InvitationClosed:
        return _closed(request)
    except ValidationError as error:
        # the address got an account in another way in the meantime
        form.add_error(None, error.messages)
        return None
    record_authentication(request, user, method="password", email=user.email)
    response: HttpResponse = perform_login(request, Login(user=user, email=user.email))
    return response


def _closed(request: HttpRequest) -> HttpResponse:
    """One answer for used, expired and forged links: it tells nothing of what exists."""
    return render(request, "staff/invitation_closed.html", status=404)


class ActivateSecondFactor(ActivateTOTPView):
    """allauth's page; whoever has just shown a code has given it in this session."""

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa")
        return response
