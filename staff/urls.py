"""Sign-in, mounted at /account/: allauth's pages that we use, and the invitation."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from staff.views import (
    ActivateSecondFactor,
    accept_invitation,
    forms_only,
    show_typed,
    sign_in,
)

urlpatterns = [
    path("login/", sign_in, name="account_login"),
    path("typed/", show_typed, name="typed"),
    path("logout/", forms_only(account.logout), name="account_logout"),
    path("inactive/", forms_only(account.account_inactive), name="account_inactive"),
    path("confirm/", forms_only(account.reauthenticate), name="account_reauthenticate"),
    path("password/", forms_only(account.password_change), name="account_change_password"),
    path("reset/", forms_only(account.password_reset), name="account_reset_password"),
    path(
        "reset/sent/", forms_only(account.password_reset_done), name="account_reset_password_done"
    ),
    re_path(
        r"^reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        forms_only(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "reset/done/",
        forms_only(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("code/", forms_only(mfa.authenticate), name="mfa_authenticate"),
    path("second-factor/", forms_only(mfa.index), name="mfa_index"),
    path("second-factor/confirm/", forms_only(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "second-factor/app/activate/",
        forms_only(ActivateSecondFactor.as_view()),
        name="mfa_activate_totp",
    ),
    path(
        "second-factor/app/deactivate/",
        forms_only(totp.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path(
        "second-factor/recovery-codes/",
        forms_only(codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/generate/",
        forms_only(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/download/",
        forms_only(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("invitation/<str:token>/", accept_invitation, name="invitation"),
]
