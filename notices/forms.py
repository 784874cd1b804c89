"""Forms of the notice pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import ReasonForm
from notices.admin.places import OwnWords, Words
from notices.drafts import draft_of, unreadable_message
from notices.models import Clause, Notice, Section
from notices.reading import Reading, UnreadableNotice, read
from notices.reading.decoding import MAX_BYTES, decode
from notices.terms import TERMS, ClauseKind, DataCategory, Identification, Language


def clause_choices() -> list[tuple[str, list[tuple[str, Any]]]]:
    """Every promise that a clause can make, by kind: "data:email" and so on."""
    return [
        (
            str(kind.label),
            [(f"{kind}:{term}", str(label)) for term, label in vocabulary.choices],
        )
        for kind, vocabulary in TERMS.items()
    ]


class ClauseForm(ReasonForm):
    """A clause: its kind and term are chosen as one."""

    promise = forms.ChoiceField(label=_("Clause"), choices=clause_choices)
    ways = forms.MultipleChoiceField(
        label=_("Ways of identification"),
        choices=Identification.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    categories = forms.MultipleChoiceField(
        label=_("Data that a retention rule is about"),
        choices=DataCategory.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Clause
        fields = (
            "words",
            "legal_basis",
            "called",
            "name",
            "country",
            "years",
            "months",
            "inactive_months",
            "categories",
            "ways",
            "under_other_heading",
        )
        widgets = {"words": forms.Textarea(attrs={"rows": 4})}

    field_order = ("promise",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])
        if self.instance.pk:
            self.initial["promise"] = f"{self.instance.kind}:{self.instance.term}"

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

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
    """A section's heading and words, in one language."""

    class Meta:
        model = Section
        fields = ("key", "language", "heading", "text", "own_words")
        field_classes = {"heading": Words, "text": Words, "own_words": OwnWords}
        widgets = {
            "heading": forms.TextInput,
            "text": forms.Textarea(attrs={"rows": 18}),
            "own_words": forms.Textarea(attrs={"rows": 6}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        section: Section = self.instance
        if section.pk:
            place = section.notice.sections.filter(position=section.position)
            others = place.exclude(pk=section.pk)
            if others.filter(language=cleaned.get("language")).exists():
                self.add_error("language", _("The section has a text in this language already."))
        return cleaned


class ReadForm(forms.Form):
    """An existing notice, as a file or as pasted text; saving it makes a draft."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("At most 1 MB."),
    )
    text = forms.CharField(
        label=_("or the text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Each heading on a line of its own."),
    )
    reading: Reading

    @property
    def source(self) -> str:
        """The notice as text, whichever way it came."""
        return str(self.cleaned_data.get("source", ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text", "")
        if file and text.strip():
            self.add_error(
                "file",
                _(
                    "You gave a file and a text. To read the file, empty the box and choose the"
                    " file again; to read the text, go on."
                ),
            )
            return cleaned
        if not file and not text.strip():
            if not self.errors:
                raise forms.ValidationError(_("Choose a file or paste the text of the notice."))
            return cleaned
        raw = file.read(MAX_BYTES + 1) if file else text.encode()
        try:
            self.reading = read(raw)
            cleaned["source"] = decode(raw)
        except UnreadableNotice as error:
            told = _to_be_pasted(error.code) if file else ""
            self.add_error("file" if file else "text", told or unreadable_message(error))
        return cleaned

    def save(self) -> Notice | None:
        """The stored draft; None, with an error at the form, when a value cannot be stored."""
        try:
            return draft_of(self.reading, reason=_("Read from an existing notice"))
        except UnreadableNotice as error:
            self.add_error(None, unreadable_message(error))
            return None


def _to_be_pasted(code: str) -> str:
    """What to do with a file that is no text, where a box for the text stands beside it."""
    sentences = {
        "pdf": gettext("The file is a PDF: copy its text and paste it into the box below."),
        "image": gettext("The file is a picture: type or copy the notice into the box below."),
        "archive": gettext(
            "The file is packed or a word processor's: copy its text and paste it into the box"
            " below."
        ),
    }
    return sentences.get(code, "")
