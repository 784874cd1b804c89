"""Forms of the notice pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import ReasonForm
from notices.drafts import draft_of, unreadable_message
from notices.models import Clause, Notice, Section
from notices.reading import Reading, UnreadableNotice, read
from notices.reading.decoding import MAX_BYTES
from notices.terms import TERMS, ClauseKind, Identification, Language


def clause_choices() -> list[tuple[str, list[tuple[str, Any]]]]:
    """Every promise that a clause can make, by kind: "data:email" and so on."""
    return [
        (
            str(kind.label),
            [(f"{kind}:{term}", str(label)) for term, label in vocabulary.choices],
        )
        for kind, vocabulary in TERMS.items()
    ]


class ClauseForm(forms.ModelForm[Clause]):
    """A clause: its kind and term are chosen as one."""

    promise = forms.ChoiceField(label=_("Clause"), choices=clause_choices)
    ways = forms.MultipleChoiceField(
        label=_("Ways of identification"),
        choices=Identification.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Clause
        fields = ("words", "called", "years", "months", "ways", "legal_basis")
        widgets = {"words": forms.Textarea(attrs={"rows": 2, "cols": 40})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["promise"].initial = f"{self.instance.kind}:{self.instance.term}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, _colon, term = cleaned.get("promise", "").partition(":")
        self.instance.kind, self.instance.term = kind, term
        if kind == ClauseKind.RETENTION and not (cleaned.get("years") or cleaned.get("months")):
            self.add_error("years", _("Say how many years or months."))
        return cleaned


class LanguagesForm(ReasonForm):
    """A notice, with its languages ticked."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=Language.choices, widget=forms.CheckboxSelectMultiple
    )
    request_languages = forms.MultipleChoiceField(
        label=_("Languages of requests"),
        choices=Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Notice
        fields = "__all__"


class SectionForm(ReasonForm):
    """A section's heading and words."""

    class Meta:
        model = Section
        fields = ("key", "language", "heading", "text")
        widgets = {"heading": forms.TextInput, "text": forms.Textarea(attrs={"rows": 18})}


class ReadForm(forms.Form):
    """An existing notice, as a file or as pasted text; saving it makes a draft."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("Plain text or HTML, at most 1 MB."),
    )
    text = forms.CharField(
        label=_("or the text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Each heading on a line of its own."),
    )
    reading: Reading

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text", "")
        if not file and not text.strip():
            raise forms.ValidationError(_("Choose a file or paste the text of the notice."))
        raw = file.read(MAX_BYTES + 1) if file else text.encode()
        try:
            self.reading = read(raw)
        except UnreadableNotice as error:
            self.add_error("file" if file else "text", unreadable_message(error))
        return cleaned

    def save(self) -> Notice | None:
        """The stored draft; None, with an error at the form, when a value cannot be stored."""
        try:
            return draft_of(self.reading, reason=gettext("Read from an existing notice"))
        except UnreadableNotice as error:
            self.add_error(None, unreadable_message(error))
            return None
