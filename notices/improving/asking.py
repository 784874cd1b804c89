"""The questions of a remedy as a form: only shows them; the remedy judges the answers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.improving.question import Question, Shape

WHY_LENGTH = 1_000
TEXT_LENGTH = 100_000

#: An answer that may be longer is asked for in a box of several lines.
LONGEST_LINE = 300


def _field(question: Question) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help,
        "required": False,
        "initial": question.initial,
    }
    if question.shape == Shape.SEVERAL:
        common["initial"] = question.initial.split()
        return forms.MultipleChoiceField(
            choices=question.choices, widget=forms.CheckboxSelectMultiple, **common
        )
    if question.shape == Shape.CHOICE:
        empty = () if question.initial else (("", "–"),)
        return forms.ChoiceField(choices=(*empty, *question.choices), **common)
    if question.shape == Shape.DAY:
        widget: Any = forms.DateInput(attrs={"type": "date"})
    elif question.shape == Shape.EMAIL:
        widget = forms.EmailInput(attrs={"autocomplete": "off"})
    elif question.shape == Shape.NUMBER:
        widget = forms.NumberInput(attrs={"min": 1})
    elif question.longest > LONGEST_LINE:
        widget = forms.Textarea(attrs={"rows": 3})
    else:
        widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(widget=widget, max_length=TEXT_LENGTH, **common)


class AcceptForm(forms.Form):
    """The questions, and the text offered, to be changed at will.

    `offered` is the text as the page showed it: what differs from it somebody has changed. `seen`
    is the fingerprint of the draft that they were made of; `text` and `fingerprint` are those
    of now.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    text = forms.CharField(
        label=_("Text offered"),
        required=False,
        strip=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("You may change it."),
    )
    offered = forms.CharField(
        required=False, strip=False, max_length=TEXT_LENGTH, widget=forms.HiddenInput
    )

    def __init__(
        self,
        questions: Sequence[Question],
        *args: Any,
        fingerprint: str,
        text: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        own = dict(self.fields) if text is not None else {"seen": self.fields["seen"]}
        self.questions, self.text_now, self.fingerprint = questions, text, fingerprint
        self.fields = {question.key: _field(question) for question in questions} | own
        self.initial = {"seen": fingerprint, **self.initial}
        if text is not None:
            self.initial = {"text": text, "offered": text, **self.initial}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        seen = cleaned.get("seen")
        if seen and seen != self.fingerprint:
            self._take_what_is_offered_now()
            self.add_error(
                None,
                _(
                    "The draft has changed since you opened this page. What you have typed is"
                    " kept. Read the text below once more. To use it, accept again."
                ),
            )
        return cleaned

    def _take_what_is_offered_now(self) -> None:
        """A text that nobody has changed is the one of now; one that somebody has changed stays,
        and is judged against the one of now."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined]
        sent["seen"] = self.fingerprint
        if self.text_now is not None:
            if self.own_text is None:
                sent["text"] = sent["offered"] = self.text_now
            elif _lines(self.text_now) != self.own_text:
                sent["offered"] = self.text_now
        self.data = sent

    @property
    def answers(self) -> dict[str, str]:
        """What was typed, as the remedy takes it."""
        values = {one.key: self.cleaned_data.get(one.key, "") for one in self.questions}
        return {
            key: " ".join(value) if isinstance(value, list) else value
            for key, value in values.items()
        }

    @property
    def own_text(self) -> str | None:
        """The text where somebody has changed what was offered, else None."""
        typed, offered = (_lines(self.cleaned_data.get(name)) for name in ("text", "offered"))
        return typed if "text" in self.fields and typed != offered else None


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class LeaveForm(forms.Form):
    """Why a finding stays as it is."""

    why = forms.CharField(
        label=_("Why it stays as it is"),
        max_length=WHY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays in the history beside your name."),
    )
