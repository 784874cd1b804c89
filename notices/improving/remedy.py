"""What to do about a finding: a better text for its place, and the questions to answer first.

remedy = remedy_for(finding, reading, answers, today=today)
better = improved(reading, finding, answers, today=today)        the text as offered
better = improved(reading, finding, answers, text, today=today)  the text as somebody changed it
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext

from notices.checking import Finding, check
from notices.checking.agreement import told_otherwise
from notices.improving.cures import CURES, Cure, cure_of, sentence_key
from notices.improving.question import Answers, BadAnswer, Given, Question
from notices.improving.topics.agreeing import following, is_text
from notices.improving.wording import language_of, resaid, reworded, says, still_says, without_words
from notices.reading import Fact, Reading, ReadSection
from notices.terms import Language, SectionKey
from notices.writing import write
from notices.writing.sections import home_of

#: How often a cure may grow before it is offered as it is.
MOST_ATTEMPTS = 4


@dataclass(frozen=True)
class Changed:
    """One text that a remedy changes: what stands there now, and what will."""

    key: SectionKey
    language: Language
    before: str
    after: str


@dataclass(frozen=True)
class Remedy:
    """What is offered for a finding.

    `text` is for the place that the finding is about, None where an answer is missing first or
    where no text stands; `also` are the other texts that change along; `better` is the notice
    after it. A remedy that does not offer anything leaves the finding to its reader.
    """

    questions: tuple[Question, ...] = ()
    text: str | None = None
    also: tuple[Changed, ...] = ()
    offers: bool = True
    better: Reading | None = None

    @property
    def is_simple(self) -> bool:
        """Whether it can be accepted without an answer."""
        return self.offers and not self.questions


def remedy_for(
    finding: Finding, reading: Reading, answers: Answers | None = None, *, today: date
) -> Remedy:
    """What is offered for `finding` as `answers` stand, completed by what the notice says."""
    cure = cure_of(finding, reading)
    if not cure.offers:
        return Remedy(offers=False)
    cure, better = _settled(reading, finding, answers or {}, today)
    if isinstance(better, BadAnswer):
        return Remedy(tuple(cure.questions(reading, today)))
    place = _place_of(finding, cure, better)
    return Remedy(
        tuple(cure.questions(reading, today)),
        None if place is None else better.sections[place].text,
        tuple(_changed(reading, better, place)),
        better=better,
    )


def can_be_simple(finding: Finding, reading: Reading, *, today: date) -> bool:
    """Whether, as far as can be told without trying, a remedy needs no answer."""
    cure = cure_of(finding, reading)
    return cure.offers and not cure.questions(reading, today)


def improved(
    reading: Reading,
    finding: Finding,
    answers: Answers | None = None,
    text: str | None = None,
    *,
    today: date,
) -> Reading:
    """`reading` after the remedy of `finding`: facts and words changed together.

    `text`, if given, stands at the finding's place instead of the text offered. Raises BadAnswer.
    """
    cure, better = _settled(reading, finding, answers or {}, today)
    if isinstance(better, BadAnswer):
        raise better
    place = _place_of(finding, cure, better)
    if text is None or place is None or _tidy(text) == _tidy(better.sections[place].text):
        return better
    return _with_text(better, place, _tidy(text))


def _settled(
    reading: Reading, finding: Finding, answers: Answers, today: date
) -> tuple[Cure, Reading | BadAnswer]:
    """The cure, grown until it brings no error that was not there, and the notice after it: a new
    text may speak of what the notice did not, and must then say all of it."""
    cure = cure_of(finding, reading)
    if cure.better is not None:
        return cure, _cured(reading, finding, cure, Given((), answers))
    before = _errors(reading, today)
    for _attempt in range(MOST_ATTEMPTS):
        try:
            given = Given(cure.questions(reading, today), answers)
            better = _cured(reading, finding, cure, given)
        except BadAnswer as error:
            return cure, error
        new = [rule for rule in _errors(better, today) if rule not in before]
        grown = cure.with_topics(topic for rule in new for topic in CURES.get(rule, ()))
        if "V01-words" in new:
            grown = grown.with_topics(map(following, _parted(better)))
        if grown == cure:
            break
        cure = grown
    return cure, better


@lru_cache(maxsize=64)
def _errors(reading: Reading, today: date) -> tuple[str, ...]:
    """The rules that find an error."""
    return tuple({one.id: one for one in check(reading, today=today) if one.is_error})


def _parted(reading: Reading) -> list[SectionKey]:
    """The texts that still say what the clauses no longer do."""
    places = [place for place, _words in told_otherwise(reading)]
    return [key for key in SectionKey if key in {reading.sections[one].key for one in places}]


def _cured(reading: Reading, finding: Finding, cure: Cure, given: Given) -> Reading:
    if cure.better is not None and finding.place is not None:
        return reworded(reading, finding.place, finding.words or "", cure.better)
    if cure.unclear:
        return _said_clearly(reading, finding, cure, given)
    # what stands under no heading is in no stored notice
    told = replace(reading, unplaced=())
    told = replace(told, markup=None) if cure.drops_markup else told
    for topic in cure.topics:
        told = topic.tell(told, given)
    if cure.fills:
        return _written(reading, _filled(told, finding), cure.keys_beside)
    better = _written(reading, told, cure.keys_for(given))
    stays = cure.agrees is not None and is_text(given)
    return better if stays or finding.place is None else _without_fault(better, finding)


def _said_clearly(reading: Reading, finding: Finding, cure: Cure, given: Given) -> Reading:
    """Each sentence at fault as its writer says it now, and nothing else."""
    place, words = finding.place or 0, finding.words or ""
    language = reading.sections[place].language
    for number, sentence in enumerate(cure.unclear, start=1):
        key = sentence_key(number)
        answer = given[key] or ""
        if answer and still_says(answer, finding, language):
            told = gettext("It still says “%(words)s”.") % {"words": words}
            raise BadAnswer(key, told)
        reading = resaid(reading, place, sentence, answer)
    return reading


def _written(before: Reading, told: Reading, keys: Collection[SectionKey]) -> Reading:
    """`told` with the sections `keys` written anew, those that the program wrote, and those that
    must now say what a text left out said before."""
    wanted = set(keys) | {section.key for section in told.sections if section.written}
    unsaid_before = {replace(f, words="") for f in before.facts if f.section is None}
    while True:
        homeless = [
            fact
            for fact in told.facts
            if _loses_its_place(fact, told.sections, wanted)
            or (fact.section is None and fact not in unsaid_before)
        ]
        homes = {home_of(fact) for fact in homeless}
        if homes <= wanted:
            return write(told, wanted - {SectionKey.OTHER})
        wanted |= homes


def _loses_its_place(
    fact: Fact, sections: tuple[ReadSection, ...], keys: Collection[SectionKey]
) -> bool:
    return fact.section is not None and sections[fact.section].key in keys


def _without_fault(reading: Reading, finding: Finding) -> Reading:
    """The words at fault also go from where the program writes nothing: own words, and matters
    that are the controller's own."""
    for place, section in enumerate(reading.sections):
        same = (section.key, section.language) == (finding.section, finding.language)
        if not same or not finding.words:
            continue
        own = section.key == SectionKey.OTHER or finding.words in section.own_words
        if own and says(section, finding.words):
            return without_words(reading, place, finding.words)
    return reading


def _filled(reading: Reading, finding: Finding) -> Reading:
    """`reading` with what a language lacks written, and every text that stands there kept (V05)."""
    there = {(one.key, one.language) for one in reading.sections if not one.empty}
    keys = {finding.section} if finding.id == "V05" and finding.section else None
    full = write(reading, keys or {key for key, _language in there})
    texts = {(one.key, one.language): one for one in reversed(reading.sections)}
    sections = tuple(
        texts[spoken] if (spoken := (one.key, one.language)) in there and one.written else one
        for one in full.sections
    )
    after = {(one.position, one.language): index for index, one in enumerate(sections)}
    before = [after.get((one.position, one.language)) for one in reading.sections]
    facts = tuple(
        fact if fact.section is None else replace(fact, section=before[fact.section])
        for fact in reading.facts
    )
    return replace(full, sections=sections, facts=facts)


def _place_of(finding: Finding, cure: Cure, reading: Reading) -> int | None:
    """Where the remedy's own text stands in what it made of the notice."""
    key = finding.section
    if cure.topics and key not in cure.keys:
        key = cure.topics[0].home
    language = language_of(finding, reading)
    places = [
        place
        for place, section in enumerate(reading.sections)
        if (section.key, section.language) == (key, language)
    ]
    return finding.place if finding.place in places else next(iter(places), None)


def _with_text(reading: Reading, place: int, text: str) -> Reading:
    sections = list(reading.sections)
    sections[place] = replace(sections[place], text=text, written=False)
    facts = tuple(
        replace(fact, words="") if fact.section == place and fact.words not in text else fact
        for fact in reading.facts
    )
    return replace(reading, sections=tuple(sections), facts=facts)


def _tidy(text: str) -> str:
    """Line ends as we keep them: a browser sends its own."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip("\n")


def _changed(reading: Reading, better: Reading, place: int | None) -> Iterator[Changed]:
    before = {(one.key, one.language): one.text for one in reversed(reading.sections)}
    for index, section in enumerate(better.sections):
        old = before.get((section.key, section.language), "")
        if index != place and section.text != old and section.key != SectionKey.OTHER:
            yield Changed(section.key, section.language, old, section.text)
