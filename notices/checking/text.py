"""A notice as the rules look at it: sentence by sentence, and as one text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

from notices.own_words import text_of
from notices.reading import Fact, Reading, ReadSection
from notices.reading.facts import facts_of
from notices.reading.paragraphs import sentences
from notices.reading.said import fold_case
from notices.terms import ClauseKind, Language, SectionKey

LONGEST_WORDS = 400


@dataclass(frozen=True)
class Flaw:
    """What a rule found, before its id and its law are put to it."""

    message: str
    advice: str
    section: SectionKey | None = None
    words: str | None = None
    place: int | None = None
    language: Language | None = None
    severity: str | None = None


@dataclass(frozen=True)
class Said:
    """Words that stand in a section, or under none."""

    words: str
    place: int | None
    section: ReadSection | None

    @cached_property
    def folded(self) -> str:
        return fold_case(self.words)

    def cut(self, found: re.Match[str]) -> "Said":
        """The very words that a pattern found in the case-folded ones."""
        if len(self.folded) != len(self.words):
            return self
        return Said(self.words[found.start() : found.end()], self.place, self.section)

    def flaw(self, message: str, advice: str, severity: str | None = None) -> Flaw:
        """The flaw that these words are."""
        section = self.section
        return Flaw(
            message,
            advice,
            section.key if section else None,
            _as_typed(self.words, section)[:LONGEST_WORDS] or None,
            self.place,
            section.language if section else None,
            severity,
        )


def absent(
    section: SectionKey | None, message: str, advice: str, severity: str | None = None
) -> Flaw:
    """The flaw that something is not there, with the section where it would stand."""
    return Flaw(message, advice, section, severity=severity)


class NoticeText:
    """The words and the facts of one notice, ready to be searched.

    What is asked of "the notice" is asked of its authoritative language, Finnish if it has it.
    """

    def __init__(self, reading: Reading, today: date) -> None:
        #: The sections that are no part of a notice: opening hours, prices, the firm's history.
        self.asides = {place for place, one in enumerate(reading.sections) if _is_aside(one)}
        facts = tuple(fact for fact in reading.facts if fact.section not in self.asides)
        self.reading = replace(reading, facts=facts)
        self.today = today

    @cached_property
    def main(self) -> Language | None:
        """The authoritative language."""
        used = {section.language for section in self.reading.sections}
        return next((language for language in Language if language in used), None)

    @cached_property
    def sections(self) -> list[tuple[int, ReadSection]]:
        """The sections of the authoritative language, with their places and their own words."""
        return [
            (place, spoken(section))
            for place, section in enumerate(self.reading.sections)
            if section.language == self.main and place not in self.asides
        ]

    @cached_property
    def everything(self) -> list[Said]:
        """Every sentence under every heading, in all languages, and what stands under none."""
        said = [
            Said(words, place, section)
            for place, section in enumerate(self.reading.sections)
            for text in _texts(section)
            for words in sentences(text)
        ]
        unplaced = (words for line in self.reading.unplaced for words in sentences(line))
        return [*said, *(Said(words, None, None) for words in unplaced)]

    @cached_property
    def sentences(self) -> list[Said]:
        """The same without the asides."""
        return [one for one in self.everything if one.place not in self.asides]

    @cached_property
    def own(self) -> list[Said]:
        """The sentences of the authoritative language."""
        return [one for one in self.sentences if self._is_main(one.section)]

    @cached_property
    def own_facts(self) -> list[Fact]:
        """What the controller's own words promise, read as if they alone stood in their section;
        no clause need hold it."""
        controller = self.reading.controller.name
        return [
            replace(fact, section=place)
            for place, section in enumerate(self.reading.sections)
            if section.own_words and place not in self.asides
            for fact in facts_of([own_section(section)], (), controller)
        ]

    @cached_property
    def headings(self) -> list[Said]:
        return [
            Said(section.heading, place, section)
            for place, section in enumerate(self.reading.sections)
            if section.heading and section.key != SectionKey.TITLE and place not in self.asides
        ]

    @cached_property
    def whole(self) -> str:
        """All that the authoritative language says, case-folded; a heading over nothing is left
        out."""
        parts = [f"{s.heading}\n{_text(s)}" for _place, s in self.sections if not s.empty]
        return fold_case("\n".join([*parts, *self.reading.unplaced]))

    @cached_property
    def body(self) -> str:
        """The same without headings, which may ask what nothing answers (D17)."""
        parts = [_text(section) for _place, section in self.sections]
        return fold_case("\n".join([*parts, *self.reading.unplaced]))

    def _is_main(self, section: ReadSection | None) -> bool:
        return section is None or section.language == self.main

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the notice says it anywhere, headings included."""
        return pattern.search(self.whole) is not None

    def answers(self, pattern: re.Pattern[str]) -> bool:
        """Whether the notice says it anywhere under its headings."""
        return pattern.search(self.body) is not None

    def under(self, *keys: SectionKey) -> list[Said]:
        """The sentences under these headings, in the authoritative language."""
        return [one for one in self.own if one.section and one.section.key in keys]

    def section(self, key: SectionKey) -> tuple[int, ReadSection] | None:
        """A section of the authoritative language."""
        return next(((place, s) for place, s in self.sections if s.key == key), None)

    def text_of(self, *keys: SectionKey) -> str:
        """What stands under these headings, case-folded; "" where nothing does."""
        return fold_case("\n".join(_text(s) for _place, s in self.sections if s.key in keys))

    def text_at(self, place: int | None) -> str:
        """What stands in one section, case-folded."""
        return "" if place is None else fold_case(_text(self.reading.sections[place]))

    def line_of(self, fact: Fact) -> str:
        """The whole line, or list item, that says a fact, case-folded."""
        words = fold_case(fact.words)
        lines = self.text_at(fact.section).splitlines()
        return next((line for line in lines if words and words in line), words)

    def find(self, pattern: re.Pattern[str], among: Iterable[Said] | None = None) -> Iterator[Said]:
        """Each place where a pattern stands: in one section each wording once."""
        seen = set()
        for one in self.sentences if among is None else among:
            for found in pattern.finditer(one.folded):
                key = (one.place, found[0])
                if found[0] and key not in seen:
                    seen.add(key)
                    yield one.cut(found)

    def telling(
        self, pattern: re.Pattern[str], among: Iterable[Said] | None = None
    ) -> Iterator[Said]:
        """Each sentence that a pattern is found in, once in a section."""
        seen = set()
        for one in self.own if among is None else among:
            if (one.place, one.folded) not in seen and pattern.search(one.folded):
                seen.add((one.place, one.folded))
                yield one

    def facts(self, kind: ClauseKind) -> list[Fact]:
        """The facts of a kind; of those read in several languages, the authoritative one's."""
        sections = self.reading.sections
        return [
            fact
            for fact in self.reading.facts_of(kind)
            if fact.section is None or self._is_main(sections[fact.section])
        ]

    def promises(self, kind: ClauseKind, *terms: str) -> bool:
        """Whether a fact of `kind` says one of `terms`."""
        return self.reading.promises(kind, *terms)

    def said_by(self, fact: Fact) -> Said:
        """The words of a fact where they stand."""
        section = None if fact.section is None else self.reading.sections[fact.section]
        return Said(fact.words, fact.section, section)

    def at(self, place: int, section: ReadSection) -> Said:
        """The first words of a section, or its heading where it has none."""
        first = next((one for one in self.sentences if one.place == place), None)
        return first or Said(section.heading, place, section)


#: What an unknown heading must speak of to be a part of the notice.
OF_DATA = re.compile(
    r"henkilötie|tietosuoj|rekisteri(?!numer|ote|tunnu)|rekisteröi(?:dy|ty)|\beväst(?!eik)"
    r"|\b(?:asiakas|yhteys|käyttäjä|lasku|laskutus|tilaus|luotto|kävijä)?tie(?:to|do)"
    r"(?:t|ja|jen|si|n|sta|ista|ihin|issa|lle|jasi|istasi|ihisi|jesi|jemme|jaan)\b"
    r"|\bkäsittelyä\b|vastusta|kieltää|e[td]u\w{0,3} perustu|\b\d{3,4}/(?:19|20)\d{2}\b"
    r"|tietoyhteiskuntakaar|sähköisen viestinn|informationssamhällsbalk|elektronisk kommunikation"
    r"|profiloi|suostumu|valvontavirano|tuomioistui|vastaanottaj|kävijäseuran|sivustoll"
    r"|oikeut(?:esi|ta|ena)\b|pyyntö|pyynnö|kantel|valit(?:us|uks|ta)\w{0,10}\b"
    r"|personuppgift|dataskydd|\bregist(?:er|ret)\b|registrerad|\bkak(?:or|an|orna)\b|cookies?\b"
    r"|\b(?:kund|kontakt|faktura?|fakturerings)?uppgift(?:er|erna)\b|profiler|samtyck|klagomål"
    r"|invända|förbjuda|tillsynsmynd|begäran|rättigheter|domstol|webbplats"
    r"|personal data|privacy|data protection|your data|\bdata\b|consent|profil|your rights"
    r"|object to|opt out|\bregister of\b|controller|gdpr|complain|\brequests?\b|website"
)


def _is_aside(section: ReadSection) -> bool:
    """Whether an unknown heading is over what no notice has to say."""
    if section.key != SectionKey.OTHER:
        return False
    return not OF_DATA.search(fold_case(f"{section.heading}\n{_text(section)}"))


#: Own words as their readers see them: bold, links and headings are not at fault.
plain = lru_cache(maxsize=1_000)(text_of)


def own_section(section: ReadSection) -> ReadSection:
    """A section that holds nothing but the own words of this one."""
    key = SectionKey.OTHER if section.key == SectionKey.TITLE else section.key
    return replace(section, key=key, text=plain(section.own_words), written=False, own_words="")


def spoken(section: ReadSection) -> ReadSection:
    """A section with its own words as a part of its text."""
    return replace(section, text=_text(section), own_words="") if section.own_words else section


def _texts(section: ReadSection) -> list[str]:
    return [section.text, plain(section.own_words)] if section.own_words else [section.text]


def _as_typed(words: str, section: ReadSection | None) -> str:
    """Words as they stand in a section: of own words that markup parts, the line as typed."""
    if not section or any(words in part for part in (section.text, section.heading)):
        return words
    if not section.own_words or words in section.own_words:
        return words
    lines = (line.strip() for line in section.own_words.splitlines())
    return next((line for line in lines if line and words in plain(line)), section.own_words)


def _text(section: ReadSection) -> str:
    return "\n".join(_texts(section))


def either(*patterns: str) -> re.Pattern[str]:
    """A pattern in Finnish, Swedish and English: a notice mixes them in names and in services."""
    return re.compile("|".join(patterns))
