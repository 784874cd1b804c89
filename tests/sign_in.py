"""Signing a test client in: by the page as people do, or straight into a full session."""

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.urls import reverse

from tests.factories import PASSWORD


def give_app(user):
    """An authenticator app for `user`; gives its secret."""
    secret = generate_totp_secret()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    return secret


def code_of(secret, *, steps=0):
    """The code that the app shows now, or as many steps of half a minute from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(client, user, *, methods=("password", "mfa"), occasion="care"):
    """A session in which `user` has given a password and, unless told otherwise, a code, and has
    said what it is for."""
    if "mfa" in methods and not user.authenticator_set.filter(type="totp").exists():
        give_app(user)
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": method, "at": time.time()} for method in methods
    ]
    session["occasion"] = occasion
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client


def post_password(client, user, password=PASSWORD, **query):
    """What the sign-in page sends."""
    return client.post(
        reverse("account_login", query=query), {"login": user.email, "password": password}
    )
