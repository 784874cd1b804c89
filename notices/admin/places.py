"""One place of a draft: its heading, text and own words, in every language at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from audit.admin import ReasonForm
from audit.reasons import because
from notices.models import Notice, Section, locked
from notices.own_words import cleaned, html_of
from notices.terms import Language, SectionKey

PARTS = ("heading", "text", "own_words")
#: The parts that the program writes from the clauses.
WRITTEN_PARTS = ("heading", "text")
MOST_OWN_WORDS: int = Section._meta.get_field("own_words").max_length or 0


class Words(forms.CharField):
    """Words of a notice; their lines end as they are stored, not as browsers send them."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class OwnWords(Words):
    """The controller's own words, without what no page would show of them."""

    def to_python(self, value: Any) -> str:
        words = super().to_python(value)
        # cleaning spells entities out, so that the result is measured; what is too long as it was
        # typed is refused without the time that cleaning takes
        return words if len(words) > MOST_OWN_WORDS else cleaned(words).strip()


@dataclass(frozen=True)
class Column:
    """What the page shows of one language: its fields, and the own words as readers see them."""

    language: Language
    heading: forms.BoundField
    text: forms.BoundField
    own_words: forms.BoundField
    is_missing: bool
    #: another language has own words here, and this one none (V05)
    lacks_own_words: bool

    @property
    def shown(self) -> str:
        return html_of(cleaned((self.own_words.value() or "")[:MOST_OWN_WORDS]))


class PlaceForm(ReasonForm):
    """A place with all its languages; saved in one transaction, with one reason.

    `sections` are the rows of the place; none makes a new place at the end of `notice`. A language
    whose parts are all emptied goes; one that was missing comes when something is written.
    """

    key = forms.ChoiceField(label=_("Subject"), choices=SectionKey.choices)

    class Meta:
        model = Notice
        fields = ()

    def __init__(
        self, data: QueryDict | None = None, *, notice: Notice, sections: Sequence[Section]
    ) -> None:
        super().__init__(data, instance=notice)
        self.sections = {Language(section.language): section for section in sections}
        self.languages = [
            language
            for language in Language
            if language in notice.languages or language in self.sections
        ] or [Language.FINNISH]
        self._know_what_is_seen()
        if sections:
            self.initial["key"] = sections[0].key
        for language in self.languages:
            self._add_fields(language)

    def _know_what_is_seen(self) -> None:
        """Two people in two places of one notice do not overtake each other."""
        keys = [section.pk for section in self.sections.values()]
        rows = Section.history.filter(id__in=keys).select_related("history_user")
        self.newest = rows.order_by("-history_date", "-history_id").first()
        self.initial["seen"] = self.newest and self.newest.history_date.isoformat()

    def _add_fields(self, language: Language) -> None:
        section = self.sections.get(language)
        for part, field in _fields().items():
            field.widget.attrs["lang"] = language.value
            name = f"{part}_{language}"
            self.fields[name] = field
            if section:
                self.initial[name] = getattr(section, part)

    def show_again(self, posted: QueryDict) -> None:
        """Show what was typed without judging it, as when only its look was asked for."""
        self.initial.update({name: posted[name] for name in self.fields if name in posted})

    @property
    def columns(self) -> list[Column]:
        has_own = any(self[f"own_words_{language}"].value() for language in self.languages)
        return [
            Column(
                language,
                self[f"heading_{language}"],
                self[f"text_{language}"],
                self[f"own_words_{language}"],
                is_missing=language not in self.sections,
                lacks_own_words=has_own and not self[f"own_words_{language}"].value(),
            )
            for language in self.languages
        ]

    @property
    def is_written(self) -> bool:
        return any(section.written for section in self.sections.values())

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean()
        if not self.errors and not any(map(self._words, self.languages)):
            self.add_error(None, _("Write a heading or a text, or delete the section."))
        return cleaned_data

    def save(self, commit: bool = True) -> Notice:
        """Store the place. Raises `NoticeIsFinal` when the notice has come into force."""
        with transaction.atomic(), because(self.cleaned_data["reason"]):
            notice = locked(self.instance.pk)
            position = next(
                (section.position for section in self.sections.values()), notice.next_place
            )
            by_hand = self._is_by_hand()
            kept = []
            for language in self.languages:
                if words := self._words(language):
                    section = self.sections.get(language) or Section(
                        notice=notice, language=language, position=position
                    )
                    values = {**words, "key": self.cleaned_data["key"]}
                    _store(section, values | ({"written": False} if by_hand else {}))
                    kept.append(section)
            gone = [section for section in self.sections.values() if section not in kept]
            _hand_over(gone, kept[0])
        return notice

    def _words(self, language: Language) -> dict[str, str]:
        """The parts in `language`; none when all of them are empty."""
        words = {part: self.cleaned_data.get(f"{part}_{language}", "") for part in PARTS}
        return words if any(words.values()) else {}

    def _is_by_hand(self) -> bool:
        """Whether the words that the program writes were changed in any language."""
        return any(
            self.fields[name].has_changed(self.initial.get(name, ""), self.cleaned_data[name])
            for language in self.languages
            for name in (f"{part}_{language}" for part in WRITTEN_PARTS)
        )


def place_of(notice: Notice, position: int) -> list[Section]:
    """The rows of `notice` at `position`, in the order of the languages."""
    order = list(Language)
    rows = notice.sections.filter(position=position)
    return sorted(rows, key=lambda section: order.index(Language(section.language)))


def neighbour(notice: Notice, position: int, *, before: bool) -> int | None:
    """The position of the place just before or after `position`; None at the end."""
    positions = notice.sections.values_list("position", flat=True)
    if before:
        return max((other for other in positions if other < position), default=None)
    return min((other for other in positions if other > position), default=None)


def move(notice: Notice, position: int, *, before: bool) -> int:
    """Exchange a place of a draft with the one before or after it; gives where it stands now.

    Raises `NoticeIsFinal`.
    """
    with transaction.atomic(), because(_("Section moved")):
        notice = locked(notice.pk)
        other = neighbour(notice, position, before=before)
        if other is None:
            return position
        mine, theirs = place_of(notice, position), place_of(notice, other)
        # one place holds one text per language at any moment, so mine steps aside first
        for rows, to in ((mine, notice.next_place), (theirs, position), (mine, other)):
            for row in rows:
                _store(row, {"position": to})
    return other


def delete(sections: Iterable[Section]) -> None:
    """Take a place out of a draft, in every language; its clauses stay. Raises `NoticeIsFinal`."""
    with transaction.atomic(), because(_("Section deleted")):
        for section in sections:
            section.delete()


def written_by_hand(section: Section) -> None:
    """From now on nobody but people writes the place of `section`, in whatever language."""
    for row in place_of(section.notice, section.position):
        _store(row, {"written": False})


def _store(section: Section, values: dict[str, Any]) -> None:
    """Set `values`; a row that has them already keeps its history short."""
    if section.pk and all(getattr(section, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(section, name, value)
    section.save()


def _hand_over(gone: Iterable[Section], to: Section) -> None:
    """Delete the rows of languages that were emptied; their clauses keep the place."""
    for section in gone:
        for clause in section.clauses.all():
            clause.section = to
            clause.save()
        section.delete()


def _fields() -> dict[str, forms.CharField]:
    return {
        "heading": Words(label=_("Heading"), max_length=1_000, required=False),
        "text": Words(
            label=_("Text"),
            max_length=100_000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 14}),
        ),
        "own_words": OwnWords(
            label=_("Own words"),
            max_length=MOST_OWN_WORDS,
            required=False,
            widget=forms.Textarea(attrs={"rows": 6}),
        ),
    }
