import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override

from audit.reasons import because
from staff.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in of invited people: nobody signs up, and passwords are changed for a reason."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        with because(gettext("Password changed by its owner")):
            super().set_password(user, password)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        with override(user.language):
            super().send_password_reset_mail(user, email, context)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        # who signed in a moment ago is not asked for the password a second time
        records = get_authentication_records(self.request, self.request.user)
        fresh = records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
        return not fresh and super().is_reauthentication_required(app=app, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
    """The second factor: a QR code that is part of the page."""

    def build_totp_svg(self, url: str) -> SafeString:
        # the page's policy forbids images in data: addresses, so the drawing stands inline
        svg = super().build_totp_svg(url)
        drawing: str = svg[svg.index("<svg") :]
        return SafeString(drawing)  # drawn by us, no text in it
