"""What the words of a notice promise, each fact with the sentence or item that says it."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from notices.terms import (
    ClauseKind,
    DataCategory,
    DisclosureGround,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    Purpose,
    RecipientKind,
    Right,
    SectionKey,
    SourceKind,
)

from . import recognisers
from .paragraphs import sentences
from .reading import Fact, ReadSection
from .recognisers import Table

OWN_SECTION = {
    SectionKey.ACCESS: Right.ACCESS,
    SectionKey.PORTABILITY: Right.PORTABILITY,
    SectionKey.RECTIFICATION: Right.RECTIFICATION,
    SectionKey.RESTRICTION: Right.RESTRICTION,
    SectionKey.OBJECTION: Right.OBJECTION,
    SectionKey.COMPLAINT: Right.COMPLAINT,
}
# Each sentence is tried on every table; a notice has some two hundred.
MOST_SENTENCES = 10_000
RIGHTS_SECTIONS = (*OWN_SECTION, SectionKey.OTHER_RIGHTS)


@dataclass(frozen=True)
class Said:
    """One sentence and where it stands."""

    words: str
    index: int
    section: ReadSection

    @cached_property
    def folded(self) -> str:
        return fold_case(self.words)


def fold_case(words: str) -> str:
    """The form in which the recognisers read."""
    return unicodedata.normalize("NFC", words).replace("\xad", "").casefold()


def facts_of(sections: Sequence[ReadSection]) -> tuple[Fact, ...]:
    """All that is recognised, by kind and then in the order of the vocabulary (A2, A3)."""
    said = list(islice(_said(sections), MOST_SENTENCES))
    return (
        *_data(said),
        *_purposes(said),
        *_sources(said),
        *_recipients(said),
        *_disclosures(said),
        *_rights(said, sections),
        *_retention(said),
    )


def _said(sections: Sequence[ReadSection]) -> Iterator[Said]:
    """Each sentence once: what is said again promises nothing more."""
    for index, section in enumerate(sections):
        if section.key != SectionKey.TITLE:
            for words in dict.fromkeys(sentences(section.text)):
                yield Said(words, index, section)


def request_languages_of(sections: Sequence[ReadSection]) -> tuple[Language, ...]:
    """The languages in which the notice invites requests (P50)."""
    text = fold_case("\n".join(s.text for s in sections if s.key in RIGHTS_SECTIONS))
    found = ((p.search(text), language) for language, p in recognisers.REQUEST_LANGUAGES)
    return tuple(language for match, language in found if match)


def _under(said: Iterable[Said], *keys: SectionKey) -> list[Said]:
    return [one for one in said if one.section.key in keys]


def _data(said: list[Said]) -> list[Fact]:
    """What the list of data names (P20), then what only another heading does (P17, P39-P46)."""
    declared = list(_categories(_under(said, SectionKey.DATA_CONTENT)))
    elsewhere = [
        *_categories(_under(said, SectionKey.DATA_CATEGORIES)),
        *_named(
            ClauseKind.DATA,
            recognisers.SITE_DATA,
            (
                one
                for one in _under(said, SectionKey.COOKIES, SectionKey.OTHER)
                if not recognisers.NOT_COLLECTED.search(one.folded)
            ),
        ),
    ]
    return _first_of_each(DataCategory, [*declared, *_marked_elsewhere(elsewhere)])


def _categories(said: Iterable[Said]) -> Iterator[Fact]:
    contact_details: list[Fact] = []
    named = set()
    for one in said:
        if recognisers.NOT_COLLECTED.search(one.folded):
            continue
        for category in _categories_in(one):
            named.add(category)
            called = _called(one.folded) if category == DataCategory.ORDERS else ""
            yield replace(_fact(ClauseKind.DATA, category, one), called=called)
        if recognisers.CONTACT_DETAILS.search(one.folded):
            contact_details += [
                _fact(ClauseKind.DATA, category, one) for category in recognisers.CONTACT_CATEGORIES
            ]
    if named.isdisjoint(recognisers.CONTACT_CATEGORIES):
        yield from contact_details


def _categories_in(one: Said) -> Iterator[DataCategory]:
    rest = one.folded
    for category, pattern in recognisers.DATA[one.section.language]:
        rest, count = pattern.subn("|", rest)
        if count and category:
            yield category


def _called(folded: str) -> str:
    """The controller's own word for an order, where it is another one (A2: 003)."""
    for word, pattern in recognisers.ORDER_WORDS:
        if pattern.search(folded):
            return "" if word == OrderWord.ORDERS else str(word)
    return ""


def _purposes(said: list[Said]) -> list[Fact]:
    facts = list(_named(ClauseKind.PURPOSE, recognisers.PURPOSES, _under(said, SectionKey.PURPOSE)))
    of_notice = _only(
        basis
        for one in _under(
            said, SectionKey.PURPOSE, SectionKey.LEGITIMATE_INTEREST, SectionKey.CONSENT
        )
        for basis in _bases(one.words, one.section.language)
    )
    return [
        replace(
            fact,
            legal_basis=_only(_bases(fact.words, _language(fact, said))) or of_notice,
        )
        for fact in _first_of_each(Purpose, facts)
    ]


def _bases(words: str, language: Language) -> list[LegalBasis]:
    folded = fold_case(words)
    if not recognisers.STATES_BASIS.search(folded):
        return []
    return recognisers.LEGAL_BASES.terms(folded, language)


def _only(bases: Iterable[LegalBasis]) -> LegalBasis | None:
    """One basis, or none: a purpose has exactly one (P16), and the reader does not choose."""
    found = set(bases)
    return found.pop() if len(found) == 1 else None


def _language(fact: Fact, said: list[Said]) -> Language:
    return next(one.section.language for one in said if one.index == fact.section)


def _sources(said: list[Said]) -> list[Fact]:
    named = _named(ClauseKind.SOURCE, recognisers.SOURCES, _under(said, SectionKey.SOURCES))
    return _first_of_each(SourceKind, named)


def _recipients(said: list[Said]) -> list[Fact]:
    kind = ClauseKind.RECIPIENT
    implied = _under(
        said,
        SectionKey.DISCLOSURES,
        SectionKey.PURPOSE,
        SectionKey.SOURCES,
        SectionKey.COOKIES,
        SectionKey.OTHER,
    )
    named = [
        *_named(kind, recognisers.RECIPIENTS, _under(said, SectionKey.RECIPIENTS)),
        *_marked_elsewhere(_named(kind, recognisers.IMPLIED_RECIPIENTS, implied)),
    ]
    return _first_of_each(RecipientKind, named)


def _disclosures(said: list[Said]) -> list[Fact]:
    kind, table = ClauseKind.DISCLOSURE, recognisers.DISCLOSURES
    elsewhere = [
        one
        for one in _under(said, SectionKey.SOURCES, SectionKey.OTHER)
        if recognisers.SPEAKS_OF_DISCLOSURE.search(one.folded)
    ]
    named = [
        *_named(kind, table, _under(said, SectionKey.DISCLOSURES)),
        *_marked_elsewhere(_named(kind, table, elsewhere)),
    ]
    return _first_of_each(DisclosureGround, named)


def _rights(said: list[Said], sections: Sequence[ReadSection]) -> list[Fact]:
    """The rights that the notice names, each with the ways that it calls enough (P48-P67)."""
    elsewhere = _under(
        said,
        SectionKey.PURPOSE,
        SectionKey.SOURCES,
        SectionKey.DISCLOSURES,
        SectionKey.RETENTION,
        SectionKey.OTHER,
    )
    named = list(_named(ClauseKind.RIGHT, recognisers.RIGHTS, _under(said, *RIGHTS_SECTIONS)))
    by_own_heading = [fact for fact in named if _is_at_home(fact, sections)]
    facts = _first_of_each(
        Right,
        [
            *by_own_heading,
            *named,
            *_by_heading(sections),
            *_marked_elsewhere(_named(ClauseKind.RIGHT, recognisers.RIGHTS, elsewhere)),
        ],
    )
    return [replace(fact, ways=_ways(Right(fact.term), said)) for fact in facts]


def _is_at_home(fact: Fact, sections: Sequence[ReadSection]) -> bool:
    return fact.section is not None and OWN_SECTION.get(sections[fact.section].key) == fact.term


def _by_heading(sections: Sequence[ReadSection]) -> Iterator[Fact]:
    """A heading names its right even where the text below speaks of others (D12)."""
    for index, section in enumerate(sections):
        if section.key in RIGHTS_SECTIONS and not section.empty:
            for right in _rights_of(section):
                yield Fact(ClauseKind.RIGHT, right, section.heading, index)


def _ways(right: Right, said: list[Said]) -> tuple[Identification, ...]:
    about = [
        one
        for one in _under(said, *RIGHTS_SECTIONS)
        if right in _rights_of(one.section)
        and not recognisers.ABOUT_REFUSAL.search(one.folded)
        and not recognisers.NOT_ASKED.search(one.folded)
    ]
    ways = {
        way for one in about for way in recognisers.WAYS.terms(one.folded, one.section.language)
    }
    if _written_is_enough(about, ways):
        ways.add(Identification.WRITTEN)
    return tuple(way for way in Identification if way in ways)


def _rights_of(section: ReadSection) -> list[Right]:
    """The right a section is about; a heading may name two of them."""
    by_heading = recognisers.RIGHTS.terms(fold_case(section.heading), section.language)
    own = OWN_SECTION.get(section.key)
    return [*by_heading, own] if own else by_heading


def _written_is_enough(about: list[Said], ways: set[Identification]) -> bool:
    """Where nothing more is asked, or the other way is only another choice (003, P55)."""
    written = [
        one for one in about if recognisers.WRITTEN[one.section.language].matches(one.folded)
    ]
    if any(recognisers.ASKS_WHO.search(one.folded) for one in about):
        return False
    if ways & {Identification.SIGNATURE, Identification.PROVEN_EMAIL}:
        return False
    if ways:
        return any(
            recognisers.OR_ELSE.search(one.folded)
            and recognisers.WAYS.terms(one.folded, one.section.language)
            for one in written
        )
    return bool(written)


def _retention(said: list[Said]) -> list[Fact]:
    """Each period with its start (P31); a period without a start can be no rule."""
    home = _under(said, SectionKey.RETENTION)
    elsewhere = [
        one
        for one in _under(said, SectionKey.PURPOSE, SectionKey.DATA_CONTENT, SectionKey.OTHER)
        if recognisers.SPEAKS_OF_RETENTION.search(one.folded)
    ]
    facts = [
        *(fact for one in home for fact in _periods(one)),
        *_marked_elsewhere(fact for one in elsewhere for fact in _periods(one)),
    ]
    return list(dict.fromkeys(facts))


def _periods(one: Said) -> Iterator[Fact]:
    found = list(recognisers.PERIOD.finditer(one.folded))
    ends = [later.start() for later in found[1:]] + [len(one.folded)]
    for period, end in zip(found, ends, strict=False):
        part = one.folded if len(found) == 1 else one.folded[period.start() : end]
        starts = recognisers.STARTS.terms(part, one.section.language)
        number = recognisers.NUMBERS.get(period[1]) or int(period[1])
        if not starts or not number:
            continue
        years, months = (number, None) if period[2] else divmod(number, 12)
        fact = _fact(ClauseKind.RETENTION, starts[0], one)
        yield (replace(fact, years=years) if not months else replace(fact, months=number))


def _named(kind: ClauseKind, table: Table[str], said: Iterable[Said]) -> Iterator[Fact]:
    for one in said:
        for term in table.terms(one.folded, one.section.language):
            yield _fact(kind, term, one)


def _fact(kind: ClauseKind, term: str, one: Said) -> Fact:
    return Fact(kind, term, one.words, one.index)


def _marked_elsewhere(facts: Iterable[Fact]) -> list[Fact]:
    return [replace(fact, under_other_heading=True) for fact in facts]


def _first_of_each(vocabulary: Iterable[str], facts: Iterable[Fact]) -> list[Fact]:
    """One fact for each term, the first that says it, in the order of the vocabulary."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact.term, fact)
    return [first[term] for term in vocabulary if term in first]
