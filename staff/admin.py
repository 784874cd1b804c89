from datetime import date, datetime, time
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
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
from staff.models import (
    Invitation,
    Language,
    Undertaking,
    UndertakingText,
    User,
    must_name_a_person,
)
from staff.roles import Act, acts_of


class OnPaperForm(forms.ModelForm[Undertaking]):
    """A signature that a person without an account wrote with a pen (P33)."""

    name = forms.CharField(
        label=_("Name of the person"),
        max_length=150,
        required=False,
        validators=[must_name_a_person],
        help_text=_("For somebody who has not signed before."),
    )
    signed_on = forms.DateField(
        label=_("Signed on"), initial=timezone.localdate, widget=AdminDateWidget
    )

    class Meta:
        model = Undertaking
        fields = ("user", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["user"]
        people.queryset = User.objects.without_account()
        people.required = False
        people.label = gettext("Somebody who has signed before")
        self.fields["language"].initial = Language.FINNISH

    def clean_signed_on(self) -> date:
        day: date = self.cleaned_data["signed_on"]
        if day > timezone.localdate():
            raise ValidationError(gettext("That day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        known, name = told.get("user"), told.get("name")
        if "name" not in self.errors and bool(known) == bool(name):
            self.add_error("name", gettext("Choose a person, or write the name of a new one."))
        if known and known.has_signed():
            self.add_error("user", gettext("This person has signed the undertaking now in use."))
        return told

    def signed(self, *, received_by: User) -> Undertaking:
        """The stored signature, and the person with it when it is a new one."""
        told = self.cleaned_data
        at = timezone.make_aware(datetime.combine(told["signed_on"], time(12)))
        with transaction.atomic():
            person: User | None = told["user"]
            if person is None:
                person = User(name=told["name"], language=told["language"], is_active=False)
                person.set_unusable_password()
                with because(gettext("Confidentiality undertaking signed on paper")):
                    person.save()
            # in the language that was signed, whatever the person's own is
            person.language = told["language"]
            text = UndertakingText.objects.current()
            return person.sign(text, name=person.name, now=at, received_by=received_by)


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
    """People: their roles and languages, and whether they may still sign in."""

    form = UserForm
    list_display = ["name", "email", "role", "is_superuser", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "language", "role", "is_superuser", "is_active", "reason"]
    readonly_fields = ["email", "is_superuser"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj and obj.email is None:
            # nobody signs in without an address to be invited at
            return ["name", "language", "reason"]
        return list(self.fields)

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
    """Who has signed what, and when; and the signatures on paper of those without an account."""

    form: Any = OnPaperForm
    list_display = ["user", "version", "signed_at", "reception"]
    list_filter = ["version"]
    list_select_related = ["user", "received_by"]
    search_fields = ["signed_name"]
    readonly_fields = ["reception"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return ["user", "name", "language", "signed_on"]
        return ["user", "version", "signed_name", "signed_at", "reception", "language", "text"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        # what the form adds of its own is no field of the model
        own = {"fields": ["user", "language"]} if obj is None else {"form": forms.ModelForm}
        return super().get_form(request, obj, change, **kwargs | own)

    def save_form(self, request: Any, form: Any, change: bool) -> Undertaking:
        signed: Undertaking = form.signed(received_by=request.user)
        # what Django calls next: nothing here leads to many rows
        form.save_m2m = lambda: None
        return signed

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """`save_form` has stored it, with the person."""

    @admin.display(description=_("received by"))
    def reception(self, undertaking: Undertaking) -> str:
        return undertaking.reception
