from collections.abc import Callable
from typing import TypeAlias

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from csp.constants import SELF
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from staff.typed import know_writer

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]

#: What the second factor is given with, and the way out.
OPEN_WITHOUT_SECOND_FACTOR = frozenset(
    {"mfa_activate_totp", "mfa_reauthenticate", "account_reauthenticate", "account_logout"}
)


def staff_pages(get_response: GetResponse) -> GetResponse:
    """Staff pages speak the reader's language, ask for the second factor and are kept nowhere.

    Public pages pass untouched: they neither look at a session nor vary on one.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(settings.STAFF_PATHS):
            return get_response(request)
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        response = ask_for_second_factor(request) or get_response(request)
        know_writer(request, response)
        response["Cache-Control"] = "private, no-store"
        setattr(response, "_csp_update", {"script-src": [SELF], "connect-src": [SELF]})  # noqa: B010
        return response

    return middleware


def ask_for_second_factor(request: HttpRequest) -> HttpResponseBase | None:
    """The answer to who has signed in with a password only where more is required (P36)."""
    if settings.SECOND_FACTOR == "optional" or not request.user.is_authenticated:
        return None
    has_app = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
    if has_app and gave_second_factor(request):
        return None
    if _view_name(request) in OPEN_WITHOUT_SECOND_FACTOR:
        return None
    if request.method not in ("GET", "HEAD"):
        return render(request, "staff/refused.html", {"why": "second_factor"}, status=403)
    # an app activated in another session does not open this one: its code is asked for
    page = reverse("mfa_reauthenticate" if has_app else "mfa_activate_totp")
    return redirect_to_login(request.get_full_path(), page)


def gave_second_factor(request: HttpRequest) -> bool:
    """Whether a code was given in this session."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def _view_name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""
