from typing import Any

from allauth.account.fields import PasswordField, SetPasswordField
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from staff.models import Invitation, Language, User, must_name_a_person


def folded(name: str) -> str:
    return " ".join(name.split()).casefold()


class UndertakingForm(forms.Form):
    """The signature: one's own name typed, and one tick."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agree = forms.BooleanField(
        label=_("I have read the undertaking and I keep to it."),
        error_messages={"required": _("Tick the box if you undertake this.")},
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if folded(name) != folded(self.user.name):
            raise ValidationError(
                _(
                    "Write your name as your account has it: %(name)s. If that is not your"
                    " name, ask the person who invited you to correct it."
                ),
                code="not_your_name",
                params={"name": self.user.name},
            )
        return name


class AcceptForm(forms.Form):
    """What a person invited chooses; the very first one also says who it is."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        validators=[must_name_a_person],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(label=_("Language of your pages"), choices=Language.choices)
    password1 = SetPasswordField(label=_("Password"))
    password2 = PasswordField(label=_("The same password again"), autocomplete="new-password")

    def __init__(self, invitation: Invitation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invitation.email:
            for known in ("name", "email", "language"):
                del self.fields[known]
        # the password may not resemble the name or the address
        password: SetPasswordField = self.fields["password1"]
        password.user = User(name=invitation.name, email=invitation.email)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("password1") and data.get("email"):
            self._refuse_resembling(User(name=data.get("name", ""), email=data["email"]))
        if data.get("password1") and data.get("password1") != data.get("password2"):
            self.add_error("password2", _("Type the same password twice."))
        return data

    def _refuse_resembling(self, user: User) -> None:
        """The first account's owner is known only now."""
        try:
            validate_password(self.cleaned_data["password1"], user)
        except ValidationError as error:
            self.add_error("password1", error)

    def said(self) -> dict[str, str]:
        """What the person told of itself."""
        data = self.cleaned_data
        return {key: data[key] for key in ("name", "email", "language") if key in data}
