from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import ReasonForm, RememberedAdmin
from audit.reasons import because
from staff.invitations import send_invitation
from staff.models import Invitation, Undertaking, UndertakingText, User
from staff.roles import Act, acts_of


class UserForm(ReasonForm):
    """An account, which somebody who may set up must always remain."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        # locked: two who set up must not take each other's role away at the same moment
        setting_up = list(User.objects.setting_up().select_for_update())
        others = [user for user in setting_up if user.pk != self.instance.pk]
        changed = User(
            is_superuser=self.instance.is_superuser,
            role=data.get("role", ""),
            is_active=data.get("is_active", False),
        )
        if Act.CONFIGURE not in acts_of(changed) and not others:
            raise ValidationError(
                _(
                    "This is the last person who may set up accounts. Let another person do"
                    " that first: invite one as an administrator, or make one an administrator."
                ),
                code="last_administrator",
            )
        return data


@admin.register(User)
class UserAdmin(RememberedAdmin):
    """People with accounts: their roles and languages, and whether they may still sign in."""

    form = UserForm
    list_display = ["name", "email", "role", "is_superuser", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "language", "role", "is_superuser", "is_active", "reason"]
    readonly_fields = ["email", "is_superuser"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        # people are invited: nobody but its owner ever knows a password (P36)
        return False


class OnceWritten(RememberedAdmin):
    """Staff page of what is written once and then only read."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(OnceWritten):
    """Invitations: sent by e-mail, and the link shown once for handing over otherwise."""

    form: Any = forms.ModelForm
    list_display = ["__str__", "email", "role", "invited_at", "expires_at", "accepted_at"]
    search_fields = ["name", "email"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        history = ["invited_by", "invited_at", "expires_at", "accepted_at", "user"]
        return ["name", "email", "role", "language", *(history if obj else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        withdrawable = obj is None or obj.accepted_at is None
        return withdrawable and request.user.has_perm("staff.delete_invitation")

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        token = obj.issue(by=request.user, now=timezone.now())
        request.new_link = request.build_absolute_uri(reverse("invitation", args=[token]))
        request.link_was_sent = False
        transaction.on_commit(partial(self.send, request, obj))

    def send(self, request: Any, invitation: Invitation) -> None:
        """Post the link; a mail server that fails must not take the link with it."""
        try:
            send_invitation(invitation, request.new_link)
        except OSError:
            return
        request.link_was_sent = True

    def response_add(
        self, request: Any, obj: Any, post_url_continue: str | None = None
    ) -> TemplateResponse:
        """The link on this one page: kept anywhere else it would open an account for a reader."""
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Invitation"),
            "opts": self.opts,
            "invitation": obj,
        }
        return TemplateResponse(request, "staff/invited.html", context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with because(gettext("Invitation withdrawn")):
            obj.delete()


@admin.register(UndertakingText)
class UndertakingTextAdmin(OnceWritten):
    """The words of the undertaking: a new version asks everyone to sign again."""

    list_display = ["version", "fi"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["version", "fi", "sv", "en"] if obj else ["fi", "sv", "en", "reason"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        current = UndertakingText.objects.current()
        return {language: getattr(current, language) for language in ("fi", "sv", "en")}


@admin.register(Undertaking)
class UndertakingAdmin(OnceWritten):
    """Who has signed what, and when."""

    list_display = ["user", "version", "signed_at", "reception"]
    list_filter = ["version"]
    list_select_related = ["user", "received_by"]
    search_fields = ["signed_name"]
    fields = ["user", "version", "signed_name", "signed_at", "reception", "language", "text"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("received by"))
    def reception(self, undertaking: Undertaking) -> str:
        return undertaking.reception
