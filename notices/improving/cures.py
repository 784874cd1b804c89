"""Which remedy each finding of the checker has (law.md A5, A6)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext

from notices.checking import Finding
from notices.checking.known import PLACEHOLDER
from notices.checking.sayings import OFFICER
from notices.improving.question import LONGEST_WORDS, Given, Question
from notices.improving.topic import Topic
from notices.improving.topics import agreeing, parties, purposes, register, rights, site
from notices.improving.wording import (
    Better,
    contact_address,
    corrected,
    in_force,
    unclear_sentences,
    usual_number,
    without_tags,
)
from notices.reading import Reading
from notices.reading.said import fold_case
from notices.terms import ClauseKind, Purpose, SectionKey, Statement
from notices.writing import write
from notices.writing.sections import home_of


@dataclass(frozen=True)
class Cure:
    """How a finding is settled: by a better word alone, else by topics whose headings are written
    anew. One that fills writes what a language lacks, and touches no text that stands there."""

    topics: tuple[Topic, ...] = ()
    #: sentences that only whoever knows what is done can say clearly
    unclear: tuple[str, ...] = ()
    better: str | None = None
    fills: bool = False
    drops_markup: bool = False
    drops_unplaced: bool = False
    #: the topic that asks whether text or clauses hold
    agrees: Topic | None = None

    @property
    def offers(self) -> bool:
        """Whether there is anything to accept."""
        return bool(
            self.topics
            or self.unclear
            or self.fills
            or self.drops_markup
            or self.drops_unplaced
            or self.better is not None
        )

    @property
    def keys(self) -> frozenset[SectionKey]:
        """The headings that are written anew."""
        return frozenset(key for topic in self.topics for key in topic.keys)

    def keys_for(self, given: Given) -> frozenset[SectionKey]:
        """The same without the text that stays, because the clauses follow it."""
        asked = {self.agrees} if agreeing.is_text(given) else set()
        return frozenset(key for topic in self.topics if topic not in asked for key in topic.keys)

    @property
    def keys_beside(self) -> frozenset[SectionKey]:
        """The headings written anew beside the texts that were filled in."""
        filled = {topic for topic in self.topics if topic is parties.LANGUAGES}
        return frozenset(key for topic in self.topics if topic not in filled for key in topic.keys)

    def with_topics(self, more: Iterable[Topic]) -> "Cure":
        """The cure with topics added that it lacks."""
        return replace(self, topics=tuple(dict.fromkeys((*self.topics, *more))))

    def questions(self, reading: Reading, today: date) -> list[Question]:
        """What must be answered first, each thing once."""
        if self.better is not None:
            return []
        if self.unclear:
            return [_asks_for(number, one) for number, one in enumerate(self.unclear, start=1)]
        asked = [question for topic in self.topics for question in topic.ask(reading, today)]
        once = {question.key: question for question in reversed(asked)}
        return [_without_gap(question) for question in reversed(once.values())]


def _without_gap(question: Question) -> Question:
    """A gap that nobody filled in answers nothing (D02)."""
    gap = PLACEHOLDER.search(fold_case(question.initial))
    return replace(question, initial="") if gap else question


def _asks_for(number: int, sentence: str) -> Question:
    return Question(
        sentence_key(number),
        gettext("Say this anew"),
        gettext("Only you know what is true. An empty answer takes it out."),
        initial=sentence,
        required=False,
        partial=True,
        longest=max(LONGEST_WORDS, len(sentence)),
    )


def sentence_key(number: int) -> str:
    """The question on the nth unclear sentence."""
    return f"sentence.{number}"


#: The topic of each heading, for findings about its words as a whole.
OF_SECTION: dict[SectionKey, tuple[Topic, ...]] = {
    SectionKey.CONTROLLER: (parties.CONTROLLER,),
    SectionKey.CONTACT: (parties.CONTACT,),
    SectionKey.DRAWN_UP: (parties.DATES,),
    SectionKey.REGISTER_NAME: (parties.REGISTER_NAME,),
    SectionKey.PURPOSE: (purposes.BASES,),
    SectionKey.LEGITIMATE_INTEREST: (purposes.BASES,),
    SectionKey.CONSENT: (purposes.CONSENT,),
    SectionKey.DATA_CATEGORIES: (register.DATA,),
    SectionKey.DATA_CONTENT: (register.DATA,),
    SectionKey.SOURCES: (register.SOURCES,),
    SectionKey.RECIPIENTS: (register.RECIPIENTS,),
    SectionKey.DISCLOSURES: (register.RECIPIENTS,),
    SectionKey.RETENTION: (register.RETENTION,),
    SectionKey.TRANSFERS: (site.TRANSFERS,),
    SectionKey.COOKIES: (site.COOKIES,),
    SectionKey.PROFILING: (purposes.AUTOMATION,),
    SectionKey.SECURITY_MANUAL: (rights.PAPER_STORAGE,),
    SectionKey.SECURITY_ELECTRONIC: (rights.PROTECTION,),
    **{key: (rights.rights(key),) for key in rights.SECTIONS_OF_RIGHTS},
}


#: What settles a rule wherever its words stand.
CURES: dict[str, tuple[Topic, ...]] = {
    "13(1)(c)": (purposes.BASES,),
    "13(1)(d)": (purposes.BASES,),
    "13(1)(f)": (site.TRANSFERS,),
    "13(2)(c)": (site.COOKIES,),
    "13(2)(e)": (purposes.BASES,),
    "13(2)(f)": (purposes.AUTOMATION,),
    "14(1)(d)": (register.DATA, site.COOKIES),
    "14(2)(f)": (register.SOURCES,),
    "21(4)": (rights.rights(SectionKey.OBJECTION),),
    "D04": (rights.rights(SectionKey.COMPLAINT),),
    "D05": (register.RETENTION,),
    "D06": (purposes.BASES,),
    "D07": (parties.CONTROLLER, parties.CONTACT),
    "D08": (parties.CONTROLLER,),
    "D09": (parties.CONTROLLER,),
    "D10": (parties.DATES,),
    "D12": (rights.rights(SectionKey.OBJECTION),),
    "D13": (purposes.BASES,),
    "D13-basis": (purposes.BASES,),
    "D14": (site.COOKIES,),
    "D15": (purposes.AUTOMATION,),
    "D16": (site.COOKIES, site.TRANSFERS),
    "D17": (purposes.BASES,),
    "D18": (register.DATA,),
    "D19": (register.DATA,),
    "D20": (register.RECIPIENTS,),
    "D21": (register.RECIPIENTS,),
    "D22": (site.TRANSFERS,),
    "D24": (rights.rights(SectionKey.ACCESS), rights.rights(SectionKey.OTHER_RIGHTS)),
    "D26": (site.COOKIES,),
    "D27": (site.COOKIES, site.TRANSFERS),
    "D28": (site.COOKIES,),
    "D29": (site.COOKIES,),
    "D30": (site.COOKIES, register.DATA),
    "D32": (register.RETENTION,),
    "D36": (parties.LANGUAGES,),
    "D37": (register.CREDIT,),
    "D39": (parties.HOME,),
    "D40": (purposes.BASES,),
    "D41": (register.SOURCES,),
    "P16": (purposes.BASES,),
    "V01-retention": (register.RETENTION,),
    "V05-retention": (register.RETENTION,),
}
#: Rules whose very words must go, so that the heading over them is written anew as well.
AT_THEIR_PLACE = frozenset({"D16", "D21", "D22", "D24", "D27", "D29", "D37"})
#: Rules that a better word may settle; the heading is written anew where it does not.
WORDS: dict[str, Better] = {
    "D01": in_force,
    "D02": contact_address,
    "D31": corrected,
    "D34": corrected,
    "D35": without_tags,
    "D38": usual_number,
}
#: Rules whose heading is written anew: what the law says there is the same for all.
BY_SECTION = frozenset(
    {
        "D01",
        "D02",
        "D03",
        "D11",
        "D23",
        "D25",
        "D31",
        "D34",
        "D35",
        "D38",
        "D42",
        "LIX-sentence",
        "V01-contradiction",
        "V01-empty",
        "V01-words",
    }
)
#: The rule settled by writing what a language lacks.
FILLING = frozenset({"V05"})
#: Rules settled by their sentences alone: what these hold no clause may hold, and a hedge left out
#: by us would promise what nobody said.
SAID_ANEW = frozenset({"D33", "87", "9(1)", "V01-own-words"})
#: Rules that no text of ours settles: the style of a whole notice, and the program's own record.
ONLY_TOLD = frozenset({"LIX", "V10"})


def cure_of(finding: Finding, reading: Reading) -> Cure:
    """The cure of `finding`; of a rule without one of its own, its heading written anew."""
    if finding.id in ONLY_TOLD:
        return Cure()
    if finding.id in SAID_ANEW and finding.place is not None:
        return Cure(unclear=tuple(unclear_sentences(finding, reading)))
    if finding.id == "V01-words" and finding.section and finding.place is not None:
        agrees = agreeing.agreement(finding.section, finding.place, finding.words or "")
        return Cure((agrees,), agrees=agrees)
    if finding.place is not None and finding.id in WORDS:
        better = WORDS[finding.id](finding, reading)
        if better is not None:
            return Cure(better=better)
    topics = CURES.get(finding.id) or _topics_of_place(finding, reading)
    if finding.id in AT_THEIR_PLACE:
        topics += tuple(one for one in _topics_of_place(finding, reading) if one not in topics)
    if purposes.AUTOMATION in topics and _chooses_content(reading):
        topics = (purposes.BASES, *topics)
    if rights.rights(SectionKey.ACCESS) in topics:
        topics += tuple(one for one in rights.told_otherwise(reading) if one not in topics)
    if finding.id == "V05" and _can_fill(finding, reading):
        return Cure(fills=True)
    return Cure(
        topics,
        fills=finding.id == "D36",
        drops_markup=finding.id == "D35",
        drops_unplaced=bool(unplaced_words(finding, reading)),
    )


def unplaced_words(finding: Finding, reading: Reading) -> str:
    """The words at fault where they stand under no heading: no stored notice holds such text."""
    words = finding.words or ""
    outside = finding.section is None and any(words in line for line in reading.unplaced)
    return words if outside else ""


def _speaks_of_officer(finding: Finding, reading: Reading) -> bool:
    """Whether "no officer" stands against words that name one."""
    none = reading.promises(ClauseKind.STATEMENT, Statement.NO_OFFICER)
    told = OFFICER.search((finding.words or "").casefold())
    return finding.id == "V01-contradiction" and none and bool(told)


def _can_fill(finding: Finding, reading: Reading) -> bool:
    """Whether the clauses say enough to write what a language lacks."""
    if finding.section is None:
        return True
    full = write(reading, {finding.section})
    there = {(one.key, one.language) for one in full.sections if not one.empty}
    return (finding.section, finding.language) in there


def _chooses_content(reading: Reading) -> bool:
    return reading.promises(ClauseKind.PURPOSE, Purpose.PERSONALISED_CONTENT)


def _topics_of_place(finding: Finding, reading: Reading) -> tuple[Topic, ...]:
    """The topics of the heading at fault; of a clause that stands nowhere, those of its own."""
    if (finding.id == "D38" and not finding.words) or _speaks_of_officer(finding, reading):
        return (parties.OFFICER,)
    if finding.id == "D11" and finding.words:
        return (rights.rights(SectionKey.OTHER_RIGHTS),)  # told only among other matters
    if finding.section:
        return OF_SECTION.get(finding.section, ())
    facts = [fact for fact in reading.facts if finding.words and fact.words == finding.words]
    return OF_SECTION.get(home_of(facts[0]), ()) if facts else ()
