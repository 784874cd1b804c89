"""Fields of the forms about requests: texts as they were typed, and choices."""

import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.texts import fault_of
from register.emails import AddressFormField

#: The value at fault is not repeated: it may be anything, and ten megabytes of it.
CHOOSE = _("Choose from these.")


class Text(forms.CharField):
    """A text as it was typed, composed (NFC): the first thing wrong with it is told, and alone.

    No `maxlength` stands in the page: a browser would cut off what is pasted without a word.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {"required": _("Fill this in.")}

    def __init__(self, *, longest: int, autocomplete: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        if autocomplete:
            self.widget.attrs["autocomplete"] = autocomplete

    def to_python(self, value: Any) -> str:
        # lines end as the browser sends them; a lone carriage return is no line end
        text = super().to_python(value) or ""
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))

    def run_validators(self, value: str) -> None:
        if len(value) > self.longest:
            raise ValidationError(
                gettext("This is too long: %(length)s characters. There is room for %(most)s.")
                % {"length": len(value), "most": self.longest}
            )
        if fault := next(filter(None, map(fault_of, self.lines(value))), ""):
            raise ValidationError(fault)
        super().run_validators(value)

    def lines(self, value: str) -> list[str]:
        """Each part of `value` that must be without line breaks."""
        return [value]


class LongText(Text):
    """A text of several lines."""

    widget = forms.Textarea(attrs={"rows": 4})

    def lines(self, value: str) -> list[str]:
        return value.split("\n")


class EmailText(Text, AddressFormField):
    """An e-mail address, judged as that of a customer is."""

    def __init__(self, **kwargs: Any) -> None:
        # Django's own limit would stand in the page as `maxlength`
        super().__init__(max_length=None, **kwargs)


class SeveralField(forms.MultipleChoiceField):
    """Several of the choices: each once and in their order, however they were sent."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        return [str(key) for key in dict(self.choices) if key in chosen]  # type: ignore[arg-type]
