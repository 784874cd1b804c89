"""What every step is made of: questions, the forms that ask them, rows that can be added to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.boundfield import BoundField
from django.forms.renderers import get_default_renderer
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.texts import fault_of
from notices.guiding.explaining import Hints
from notices.guiding.promising import (
    KINDS,
    SECTIONS,
    Step,
    Values,
    chosen,
    is_done,
    is_written,
    own_keys,
)
from notices.reading import Reading
from notices.terms import Language, SectionKey
from notices.writing.starting import usual_facts

LONGEST_YEARS, LONGEST_MONTHS, LONGEST_NAME = 50, 600, 200


def one_line(text: str) -> None:
    """Refuses what no line of a notice may hold."""
    if fault := fault_of(text):
        raise forms.ValidationError(fault)


@dataclass(frozen=True)
class Row:
    """One question, with those that only matter when it is answered with yes."""

    asked: BoundField
    brings: tuple[BoundField, ...] = ()


@dataclass(frozen=True)
class Group:
    """Questions under one heading, with a word on why they are asked."""

    legend: str
    rows: tuple[Row, ...]
    why: str = ""
    #: words that the questions use, with what they mean
    meanings: tuple[tuple[str, str], ...] = ()
    #: short questions, side by side
    is_compact: bool = False


class Explained(forms.CheckboxSelectMultiple):
    """Boxes to tick, each with a sentence on what it means."""

    def __init__(self, hints: Hints) -> None:
        super().__init__()
        self.hints = hints

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if hint := self.hints.get(str(value)):
            option["hint"] = hint
            if key := option["attrs"].get("id"):
                option["attrs"]["aria-describedby"] = f"{key}_hint"
        return option


class Ticks(forms.MultipleChoiceField):
    """Terms of a vocabulary to tick, explained."""

    def __init__(self, terms: Iterable[Any], hints: Hints, **kwargs: Any) -> None:
        choices = [(str(term), term.label) for term in terms]
        super().__init__(choices=choices, widget=Explained(hints), **kwargs)


def spoken(**kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=Language.choices, widget=forms.CheckboxSelectMultiple, **kwargs
    )


def line(**kwargs: Any) -> forms.CharField:
    return forms.CharField(validators=[one_line, *kwargs.pop("validators", ())], **kwargs)


def tick(**kwargs: Any) -> forms.BooleanField:
    return forms.BooleanField(required=False, **kwargs)


def number(most: int, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(most)],
        widget=forms.NumberInput(attrs={"min": 1, "max": most, "inputmode": "numeric"}),
        **kwargs,
    )


def answers(reading: Reading, step: Step) -> Values:
    """What `step` asks: as the notice answers it, else as most firms do."""
    if step == Step.WHO or is_done(reading, step):
        return chosen(reading, step)
    usual = [fact for fact in usual_facts() if fact.kind in KINDS[step]]
    return chosen(replace(reading, facts=(*reading.facts, *usual)), step)


class StepForm(forms.Form):
    """One step: its questions, the rows that can be added to, and the text that goes with it."""

    step: ClassVar[Step]
    #: rows of their own kind, where a step has them
    rows_class: ClassVar[type["Rows"] | None] = None
    rewrite = forms.MultipleChoiceField(
        label=_("Write these sections from the choices"),
        help_text=_("Your own text there is replaced, in each language. The history keeps it."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, reading: Reading, **kwargs: Any) -> None:
        self.reading = reading
        self.before = answers(reading, self.step)
        start = self.start(self.before) | {"seen": self.fingerprint}
        super().__init__(data, initial=start, **kwargs)
        self.rows = (
            self.rows_class(data, prefix="row", reading=reading, initial=self.first_rows())
            if self.rows_class
            else None
        )
        self.choose_rewrite()

    @property
    def fingerprint(self) -> str:
        """The same as long as nobody else has answered this step."""
        return sha256(repr((self.before, self.first_rows())).encode()).hexdigest()[:16]

    def choose_rewrite(self) -> None:
        """Offers to write what the program does not write yet: the controller's own text, and
        in a notice that was read, a section that is missing."""
        own = own_keys(self.reading)
        there = {section.key for section in self.reading.sections}
        choices = [
            (str(key), key.label)
            for key in SECTIONS[self.step]
            if key in own or not (key in there or is_written(self.reading))
        ]
        field = self.fields["rewrite"]
        if choices:
            field.choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["rewrite"]

    def start(self, before: Values) -> dict[str, Any]:
        """The answers as the boxes of this form hold them."""
        return before

    def first_rows(self) -> list[dict[str, Any]]:
        return []

    def has_changed(self) -> bool:
        return super().has_changed() or (self.rows is not None and self.rows.has_changed())

    def is_valid(self) -> bool:
        # both, so that every mistake is told at once
        rows_fit = self.rows is None or self.rows.is_valid()
        return super().is_valid() and rows_fit

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        seen = cleaned.get("seen")
        if seen and seen != self.fingerprint:
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data["seen"] = self.fingerprint
            self.data = data
            self.add_error(
                None,
                _(
                    "Somebody else changed these answers after you had opened them. To keep what"
                    " you have chosen, save again."
                ),
            )
        return cleaned

    @property
    def values(self) -> Values:
        """The answers, as `promised` takes them."""
        return {name: self.cleaned_data[name] for name in self.before}

    @property
    def ticked(self) -> list[SectionKey]:
        return [SectionKey(key) for key in self.cleaned_data.get("rewrite", ())]

    def groups(self) -> Iterator[Group]:
        """The questions in the order in which the page asks them."""
        raise NotImplementedError

    def all_groups(self) -> list[Group]:
        groups = list(self.groups())
        if "rewrite" in self.fields:
            groups.append(
                Group(
                    gettext("Your own text"),
                    self.asked("rewrite"),
                    gettext(
                        "The program obeys the choices; readers read the text. Correct the text"
                        " where the two differ, or have it written."
                    ),
                )
            )
        return groups

    def asked(self, *names: str) -> tuple[Row, ...]:
        return tuple(Row(self[name]) for name in names)

    @property
    def mistakes(self) -> list[tuple[str, str, str]]:
        """Where something is wrong: id of the box, its label, the sentence."""
        forms_here = [self, *(self.rows.forms if self.rows else ())]
        told = [
            (form[name].auto_id, str(form[name].label), str(sentence))
            for form in forms_here
            for name in self._as_shown(form)
            for sentence in form.errors.get(name, ())
        ]
        general = [*self.non_field_errors(), *(self.rows.non_form_errors() if self.rows else ())]
        return [("", "", str(sentence)) for sentence in general] + told

    def _as_shown(self, form: forms.Form) -> list[str]:
        """The fields of a form in the order of the page, and not of the checks."""
        shown = [row for group in self.all_groups() for row in group.rows]
        fields = [field for row in shown for field in (row.asked, *row.brings)]
        names = [field.name for field in fields if field.form is form]
        return [
            *names,
            *(name for name in form.errors if name in form.fields and name not in names),
        ]


class RowForm(forms.Form):
    """One row of a step; an empty one counts for nothing."""

    reading: Reading

    def __init__(self, *args: Any, reading: Reading, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading = reading
        # what the notice has is asked in full, whatever number of rows the page was sent with
        self.empty_permitted = not self.initial


class Rows(forms.BaseFormSet[Any]):
    """Rows of a step: those that are there, and an empty one to add."""

    form = RowForm
    extra = 1
    can_delete = True
    can_delete_extra = False
    can_order = False
    min_num, max_num, absolute_max = 0, 20, 40
    validate_min = validate_max = False
    edit_only = False
    renderer = get_default_renderer()

    def __init__(self, data: Any, *, reading: Reading, **kwargs: Any) -> None:
        self.reading = reading
        super().__init__(data, form_kwargs={"reading": reading}, **kwargs)

    def add_fields(self, form: Any, index: Any) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = gettext("Take this away")

    @property
    def kept(self) -> list[Any]:
        """The rows that say something and stay."""
        return [
            form
            for form in self.forms
            if not self._should_delete_form(form)  # type: ignore[attr-defined]
            and (form.has_changed() or form.initial)
        ]


def of_row(row: RowForm, *names: str) -> tuple[Row, ...]:
    """The questions of a row, and the box that takes it away."""
    shown = [*names, *(["DELETE"] if "DELETE" in row.fields else [])]
    return tuple(Row(row[name]) for name in shown)
