"""The writer: clauses in, the sections of a notice out, in plain words of each language.

written = write(reading)                          every section
written = write(reading, {SectionKey.RETENTION})  these only
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from notices.reading import Fact, Reading, ReadSection
from notices.terms import (
    RIGHTS_OF_LAW,
    WITHOUT_IDENTIFICATION,
    ClauseKind,
    Identification,
    Language,
    SectionKey,
    Statement,
)

from .places import Place, in_order, place_for, places_of
from .sections import WRITERS, Written, home_of, written

__all__ = ["write"]


def write(reading: Reading, keys: Collection[SectionKey] | None = None) -> Reading:
    """`reading` with the sections `keys` (all by default) written from its facts and fields.

    In each language of the notice; a place that is missing is added where it usually stands, own
    words stay. Each fact then stands in the section that says it, with the words that say it.
    """
    wanted = [key for key in WRITERS if keys is None or key in keys]
    languages = _languages(reading)
    reading = replace(reading, facts=_with_rights(reading, wanted))
    texts = {
        (key, language): written(reading, key, language) for key in wanted for language in languages
    }
    places = places_of(reading.sections)
    for key in wanted:
        for language in languages:
            _put(places, key, language, texts[key, language])
    spoken = list(in_order(places, languages))
    return replace(
        reading,
        languages=languages,
        sections=tuple(place.sections[language] for place, language in spoken),
        facts=_placed(reading, spoken, texts, languages),
    )


def _languages(reading: Reading) -> tuple[Language, ...]:
    found = reading.languages or tuple(section.language for section in reading.sections)
    return tuple(dict.fromkeys(found)) or (Language.FINNISH,)


# What the law adds to the clauses


def _with_rights(reading: Reading, keys: Collection[SectionKey]) -> tuple[Fact, ...]:
    """The facts with those that the sections `keys` promise by law: the rights that a notice
    forgets exist all the same, a signature is never the only way (A4), the authority is named."""
    ways = _usual_ways(reading)
    stated = [Fact(ClauseKind.RIGHT, right, "", None) for right in RIGHTS_OF_LAW]
    stated.append(Fact(ClauseKind.STATEMENT, Statement.AUTHORITY, "", None))
    missing = [
        fact
        for fact in stated
        if home_of(fact) in keys and not reading.promises(fact.kind, fact.term)
    ]
    return tuple(
        _identified(fact, ways) if fact.kind == ClauseKind.RIGHT and home_of(fact) in keys else fact
        for fact in (*reading.facts, *missing)
    )


def _usual_ways(reading: Reading) -> tuple[Identification, ...]:
    """The ways of the first right that names any; else the link that the program itself sends."""
    named = (fact.ways for fact in reading.facts_of(ClauseKind.RIGHT) if fact.ways)
    return next(named, (Identification.PROVEN_EMAIL,))


def _identified(fact: Fact, usual: tuple[Identification, ...]) -> Fact:
    if fact.term in WITHOUT_IDENTIFICATION:
        return fact
    ways = set(fact.ways or usual)
    if ways == {Identification.SIGNATURE}:
        ways.add(Identification.PROVEN_EMAIL)
    return replace(fact, ways=tuple(way for way in Identification if way in ways))


# Where each text and each fact stands


def _put(places: list[Place], key: SectionKey, language: Language, text: Written | None) -> None:
    """Put a text in its place. With nothing to say, what the program wrote before goes, and what
    the controller wrote stays."""
    here = next((place for place in places if place.key == key), None)
    old = here.sections.get(language) if here else None
    own_words = old.own_words if old else ""
    if text:
        place = place_for(places, key)
        place.sections[language] = ReadSection(
            key,
            language,
            text.heading,
            text.text,
            written=True,
            own_words=own_words,
            position=place.position,
        )
    else:
        for place in (place for place in places if place.key == key):
            _take_out(place, language)


def _take_out(place: Place, language: Language) -> None:
    old = place.sections.get(language)
    if old and old.written:
        if old.own_words:
            place.sections[language] = replace(old, text="")
        else:
            del place.sections[language]


def _placed(
    reading: Reading,
    spoken: list[tuple[Place, Language]],
    texts: Mapping[tuple[SectionKey, Language], Written | None],
    languages: tuple[Language, ...],
) -> tuple[Fact, ...]:
    """The facts, each in the section of the authoritative language that says it."""
    first = Language.FINNISH if Language.FINNISH in languages else languages[0]
    moved: dict[int, int] = {}
    homes: dict[SectionKey, int] = {}
    for index, (place, language) in enumerate(spoken):
        if language in place.before:
            moved[place.before[language]] = index
        if language == first and (place.key, language) in texts:
            homes.setdefault(place.key, index)
    sections = [place.sections[language] for place, language in spoken]
    return tuple(_fact_placed(fact, moved, homes, texts, sections, first) for fact in reading.facts)


def _fact_placed(
    fact: Fact,
    moved: Mapping[int, int],
    homes: Mapping[SectionKey, int],
    texts: Mapping[tuple[SectionKey, Language], Written | None],
    sections: list[ReadSection],
    first: Language,
) -> Fact:
    key = home_of(fact)
    text = texts.get((key, first))
    if text and fact in text.promises:
        return replace(
            fact, section=homes[key], words=text.promises[fact], under_other_heading=False
        )
    if fact.section is None:
        return fact
    section = moved.get(fact.section)
    if section is None or not _says(sections[section], fact):
        return replace(fact, section=None, words="")
    return replace(fact, section=section)


def _says(section: ReadSection, fact: Fact) -> bool:
    """Whether a section still says a fact: the controller's own text does, and own words may."""
    return not section.written or fact.words in section.text or fact.words in section.own_words
