"""E-mail addresses as people have them: letters beyond ASCII before the @ too (RFC 6531)."""

import re
from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.db import models
from django.utils.deconstruct import deconstructible


@deconstructible
class AddressValidator(EmailValidator):
    """As Django's own, which knows no "åke@…"."""

    user_regex = re.compile(r"[-\w!#$%&'*+/=?^`{|}~]+(?:\.[-\w!#$%&'*+/=?^`{|}~]+)*\Z")


validate_address = AddressValidator()


class AddressFormField(forms.EmailField):
    default_validators = [validate_address]


class AddressField(models.EmailField[str, str]):
    """The e-mail address of a customer."""

    default_validators = [validate_address]

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressFormField, **kwargs})
