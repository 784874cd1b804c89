"""Which is true where a text and the clauses part: one of them follows the other (V01)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext

from notices.checking.agreement import told_otherwise
from notices.improving.question import Given, Question, Shape
from notices.improving.topic import Topic, topic
from notices.reading import Fact, Reading
from notices.terms import ClauseKind, CookieUse, SectionKey, TransferTool

#: The question, and the answer by which the clauses follow the text.
HOLDS, TEXT = "holds", "text"
CLAUSES = "clauses"
#: "None" stands beside no other term of its kind.
NOTHING = {ClauseKind.TRANSFER: TransferTool.NONE, ClauseKind.COOKIES: CookieUse.NONE}


def following(key: SectionKey) -> Topic:
    """A section that only has to say what the clauses have become."""
    return topic(key)


def agreement(key: SectionKey, place: int, words: str) -> Topic:
    """Either the section says what the clauses say, or the clauses what `words` say there."""

    def told(reading: Reading, given: Given) -> Reading:
        return _promised(reading, _facts(reading, place, words)) if is_text(given) else reading

    return topic(key, ask=_ask, tell=told)


def is_text(given: Given) -> bool:
    """Whether the text is true, and so stays as it is."""
    return bool(given[HOLDS] == TEXT)


def _facts(reading: Reading, place: int, words: str) -> Sequence[Fact]:
    otherwise = told_otherwise(reading)
    return [
        fact
        for (section, said), facts in otherwise.items()
        if section == place and said.startswith(words)
        for fact in facts
    ]


def _ask(reading: Reading, today: date) -> list[Question]:
    return [
        Question(
            HOLDS,
            gettext("Which is true?"),
            gettext("What you do not choose is changed: the text, or what the register obeys."),
            choices=(
                (CLAUSES, gettext("The clauses: write this section anew from them")),
                (TEXT, gettext("The text: change the clauses to what it says")),
            ),
            initial=CLAUSES,
            shape=Shape.CHOICE,
        )
    ]


def _promised(reading: Reading, facts: Sequence[Fact]) -> Reading:
    """`reading` whose clauses hold `facts`, each in the place of the one that it contradicts."""
    for fact in facts:
        old = _contradicted(reading, fact)
        kept = [one for one in reading.facts if one not in old]
        reading = replace(reading, facts=(*kept, fact))
    return reading


def _contradicted(reading: Reading, fact: Fact) -> list[Fact]:
    clauses = reading.facts_of(fact.kind)
    if fact.kind in NOTHING:
        none = NOTHING[fact.kind]
        return [one for one in clauses if fact.term == none or one.term in (none, fact.term)]
    if fact.kind == ClauseKind.RETENTION:
        return _same_data(clauses, fact)
    return [one for one in clauses if one.term == fact.term and one.name in ("", fact.name)]


def _same_data(rules: Sequence[Fact], fact: Fact) -> list[Fact]:
    """The rule for the same data from the same start, else the only one for those data."""
    about = [rule for rule in rules if rule.categories == fact.categories]
    same = [rule for rule in about if rule.term == fact.term]
    return same or (about if len(about) == 1 else [])
