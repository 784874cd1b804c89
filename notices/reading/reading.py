"""What was read: a notice as its words and as the facts recognised in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from notices.terms import (
    ClauseKind,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    SectionKey,
)

from .errors import UnknownKey


@dataclass(frozen=True)
class Party:
    """The controller, or the contact person, whose address no notice needs (art. 13(1)(a); P02)."""

    name: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class ReadSection:
    """One heading with its words, unaltered but for markup (law.md A1).

    Sections of one `position` say the same in different languages. `written` says that the program
    wrote the text from the clauses; `own_words` are what the controller adds to it.
    """

    key: SectionKey
    language: Language
    heading: str
    text: str
    written: bool = False
    own_words: str = ""
    position: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing but perhaps a dash stands under the heading."""
        return not any(character.isalnum() for character in self.text)


def paired(sections: Iterable[ReadSection]) -> list[ReadSection]:
    """The sections of a text with their positions: nothing in it says which is whose translation,
    so the nth of a key in each language shares the nth position of that key."""
    positions: dict[tuple[SectionKey, int], int] = {}
    seen: dict[tuple[SectionKey, Language], int] = {}
    found = []
    for section in sections:
        spoken = section.key, section.language
        nth = seen[spoken] = seen.get(spoken, 0) + 1
        position = positions.setdefault((section.key, nth), len(positions))
        found.append(replace(section, position=position))
    return found


@dataclass(frozen=True)
class Fact:
    """What a clause is made of, with the sentence or list item that says it.

    `section` is an index of `Reading.sections`; `term` comes from the vocabulary of the kind, and
    for a retention rule it is a RetentionStart. `name` and `country` say who a recipient is, or
    where data are transferred; `categories` what data a retention rule is about (none: all that no
    other rule names), `inactive_months` when the relationship has ended without a word.
    """

    kind: ClauseKind
    term: str
    words: str
    section: int | None
    called: str = ""
    name: str = ""
    country: str = ""
    years: int | None = None
    months: int | None = None
    categories: tuple[DataCategory, ...] = ()
    inactive_months: int | None = None
    ways: tuple[Identification, ...] = ()
    legal_basis: LegalBasis | None = None
    under_other_heading: bool = False


@dataclass(frozen=True)
class Reading:
    """A notice as values: what was read, or what a stored one says; nothing of it is stored here.

    `markup` is the first tag that a plain text shows to its readers.
    """

    register_name: str | None
    languages: tuple[Language, ...]
    drawn_up_on: date | None
    updated_on: date | None
    controller: Party
    contact: Party
    request_languages: tuple[Language, ...]
    facts: tuple[Fact, ...]
    sections: tuple[ReadSection, ...]
    unplaced: tuple[str, ...] = ()
    markup: str | None = None

    def missing(self) -> list[str]:
        """What being in force still needs: who the controller is, and a contact for requests."""
        missing = []
        if not self.controller.name:
            missing.append("controller.name")
        if not (self.controller.email or self.contact.email):
            missing.append("controller.email")
        return missing

    def with_values(self, values: Mapping[str, str]) -> "Reading":
        """The reading with values given by hand, by dotted key; raises UnknownKey."""
        reading = self
        for key, value in values.items():
            if key not in SETTABLE:
                raise UnknownKey(key)
            reading = reading._with(key, " ".join(value.split()) or None)
        return reading

    def _with(self, key: str, value: str | None) -> "Reading":
        part, _, field = key.partition(".")
        if part == "controller":
            return replace(self, controller=replace(self.controller, **{field: value}))
        if part == "contact":
            return replace(self, contact=replace(self.contact, **{field: value}))
        return replace(self, register_name=value)

    def facts_of(self, kind: ClauseKind) -> list[Fact]:
        """The facts of one kind, in the order of the vocabulary or, for retention, of the file."""
        return [fact for fact in self.facts if fact.kind == kind]

    def terms_of(self, kind: ClauseKind) -> list[str]:
        """The terms of the facts of one kind, each once."""
        return list(dict.fromkeys(fact.term for fact in self.facts_of(kind)))

    def promises(self, kind: ClauseKind, *terms: str) -> bool:
        """Whether a fact of `kind` says one of `terms`."""
        return not set(terms).isdisjoint(self.terms_of(kind))

    def position_for(self, key: SectionKey) -> int:
        """Where a section that is missing in a language stands: beside its translations, else
        behind all."""
        there = (section.position for section in self.sections if section.key == key)
        last = max((section.position for section in self.sections), default=-1)
        return next(there, last + 1)

    def as_json(self) -> dict[str, Any]:
        """The document of `load_notice --json`, but for the number of the stored notice."""
        data = self.facts_of(ClauseKind.DATA)
        return {
            "register_name": self.register_name,
            "languages": _values(self.languages),
            "drawn_up_on": self.drawn_up_on and self.drawn_up_on.isoformat(),
            "updated_on": self.updated_on and self.updated_on.isoformat(),
            "controller": _party(self.controller, ("name", "address", "phone", "email")),
            "contact": _party(self.contact, ("name", "phone", "email")),
            "data": _categories(fact for fact in data if not fact.under_other_heading),
            "data_under_other_headings": _categories(
                fact for fact in data if fact.under_other_heading
            ),
            "called": {
                str(fact.term): str(fact.called)
                for fact in data
                if fact.called not in ("", OrderWord.ORDERS)
            },
            "retention": [_retention(fact) for fact in self.facts_of(ClauseKind.RETENTION)],
            "identification": {
                str(fact.term): _values(fact.ways)
                for fact in self.facts_of(ClauseKind.RIGHT)
                if fact.ways
            },
            "request_languages": _values(self.request_languages),
            "sections": [_section(section) for section in self.sections],
            "unplaced": list(self.unplaced),
            "missing": self.missing(),
        }


SETTABLE = frozenset(
    {
        "register_name",
        *(f"controller.{field}" for field in ("name", "address", "phone", "email")),
        *(f"contact.{field}" for field in ("name", "phone", "email")),
    }
)


def _values(terms: Iterable[str]) -> list[str]:
    return [str(term) for term in terms]


def _party(party: Party, fields: Iterable[str]) -> dict[str, str | None]:
    return {field: getattr(party, field) for field in fields}


def _categories(facts: Iterable[Fact]) -> list[str]:
    found = {fact.term for fact in facts}
    return [str(category) for category in DataCategory if category in found]


def _retention(fact: Fact) -> dict[str, int | str | None]:
    rule: dict[str, int | str | None] = {"years": fact.years}
    if fact.months:
        rule["months"] = fact.months
    return rule | {"from": str(fact.term), "words": fact.words}


def _section(section: ReadSection) -> dict[str, str | bool]:
    return {
        "key": str(section.key),
        "language": str(section.language),
        "heading": section.heading,
        "text": section.text,
        "empty": section.empty,
    }
