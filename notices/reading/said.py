"""Sentences and where they stand, and the facts that are made of them."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from notices.terms import ClauseKind, Language, SectionKey

from .glossary import themes_of
from .paragraphs import sentences
from .reading import Fact, ReadSection

#: As much as a clause can keep; what runs on for longer is no sentence, and stays in its section.
LONGEST_SENTENCE = 10_000


@dataclass(frozen=True)
class Said:
    """One sentence and where it stands."""

    words: str
    index: int | None
    section: ReadSection

    @cached_property
    def folded(self) -> str:
        """The form in which the recognisers read."""
        return fold_case(self.words)


def fold_case(words: str) -> str:
    """Words in one case and one spelling, without soft hyphens."""
    return unicodedata.normalize("NFC", words).replace("\xad", "").casefold()


def said_in(sections: Sequence[ReadSection], unplaced: Sequence[str] = ()) -> Iterator[Said]:
    """Each sentence once: what is said again promises nothing more; last what has no heading."""
    for index, section in enumerate(sections):
        if section.key != SectionKey.TITLE:
            for words in _said_once(section.text):
                yield Said(words, index, section)
    language = sections[0].language if sections else Language.FINNISH
    nowhere = ReadSection(SectionKey.OTHER, language, "", "\n".join(unplaced))
    for words in _said_once(nowhere.text):
        yield Said(words, None, nowhere)


def _said_once(text: str) -> Iterable[str]:
    return dict.fromkeys(one for one in sentences(text) if len(one) <= LONGEST_SENTENCE)


def under(said: Iterable[Said], *keys: SectionKey) -> list[Said]:
    """What stands under one of `keys`, or under a heading that names it as well."""
    wanted = set(keys)
    return [
        one
        for one in said
        if one.section.key in wanted or not wanted.isdisjoint(themes_of(one.section.heading))
    ]


def fact_of(kind: ClauseKind, term: str, one: Said) -> Fact:
    """A fact in the words of one sentence."""
    return Fact(kind, term, one.words, one.index)


def marked_elsewhere(facts: Iterable[Fact]) -> list[Fact]:
    """Facts that stand under another heading than their own."""
    return [replace(fact, under_other_heading=True) for fact in facts]


def first_of_each(vocabulary: Iterable[str], facts: Iterable[Fact]) -> list[Fact]:
    """One fact for each term, the first that says it, in the order of the vocabulary."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact.term, fact)
    return [first[term] for term in vocabulary if term in first]


def language_of(fact: Fact, sections: Sequence[ReadSection]) -> Language:
    """The language in which a fact is said."""
    return sections[fact.section or 0].language
