"""What a data subject may demand and how to show who asks; how data are protected."""

import re
from datetime import date

from django.utils.translation import gettext

from notices.improving.facts import with_facts, with_only
from notices.improving.question import BadAnswer, Given, Question, Shape
from notices.improving.topic import Topic, topic
from notices.improving.topics.parties import ask_email, tell_email
from notices.reading import Reading
from notices.reading.said import fold_case
from notices.terms import (
    RIGHTS_OF_LAW,
    WITHOUT_IDENTIFICATION,
    ClauseKind,
    Identification,
    Right,
    SectionKey,
    Statement,
)

SECTIONS_OF_RIGHTS = (
    SectionKey.ACCESS,
    SectionKey.PORTABILITY,
    SectionKey.RECTIFICATION,
    SectionKey.RESTRICTION,
    SectionKey.OBJECTION,
    SectionKey.COMPLAINT,
    SectionKey.OTHER_RIGHTS,
)
#: How a request must look, in notices that do not leave it free.
DEMANDS_FORM = re.compile(
    r"\b(?:tulee|täytyy|pitää|on) (?:\w{1,15} ){0,4}(?:kirjallis|allekirj|omakät)"
    r"|\b(?:ska|skall|måste) (?:\w{1,12} ){0,4}(?:skriftlig|underteckna|egenhänd)"
    r"|\bmust (?:\w{1,10} ){0,4}(?:in writing|signed)\b"
)
#: Never a signature alone (6097/161/21): an address that the register knows is enough.
CAREFUL_WAYS = (Identification.SIGNATURE, Identification.PROVEN_EMAIL)
PAPER = (Statement.LOCKED_STORAGE, Statement.FIREPROOF_STORAGE, Statement.NO_PAPER)
#: The answer of whoever has no safeguard of ours.
NOTHING = "none"
PROTECTED = (Statement.UNDERTAKINGS, Statement.PERSONAL_ACCOUNTS, Statement.FIREWALL)


def tell_rights(reading: Reading, given: Given) -> Reading:
    """Every right of the law, and ways to show who asks of which none is the only one (A4)."""
    told = with_facts(tell_email(reading, given), ClauseKind.RIGHT, RIGHTS_OF_LAW)
    told = with_facts(told, ClauseKind.STATEMENT, [Statement.AUTHORITY])
    for right in Right:
        if right not in WITHOUT_IDENTIFICATION and told.promises(ClauseKind.RIGHT, right):
            told = with_facts(told, ClauseKind.RIGHT, [right], ways=_ways(reading, right))
    return told


def _ways(reading: Reading, right: Right) -> tuple[Identification, ...]:
    """What the notice allows and what it must: `written` alone lets in anybody."""
    said = {
        way
        for fact in reading.facts_of(ClauseKind.RIGHT)
        if fact.term == right
        for way in fact.ways
    }
    wanted = (said | set(CAREFUL_WAYS)) - {Identification.WRITTEN}
    return tuple(way for way in Identification if way in wanted)


def ask_storage(reading: Reading, today: date) -> list[Question]:
    """P32: whether paper exists, and where it is kept."""
    said = [str(term) for term in PAPER if reading.promises(ClauseKind.STATEMENT, term)]
    return [
        Question(
            "paper",
            gettext("Where paper documents on customers are kept"),
            choices=tuple((str(term), str(term.label)) for term in PAPER),
            initial=" ".join(said),
            shape=Shape.SEVERAL,
        )
    ]


def tell_storage(reading: Reading, given: Given) -> Reading:
    """As answered."""
    said = given["paper"]
    if Statement.NO_PAPER in said and len(said) > 1:
        raise BadAnswer("paper", gettext("Either there is no paper, or it is kept somewhere."))
    return with_only(reading, ClauseKind.STATEMENT, said, among=PAPER)


def ask_protection(reading: Reading, today: date) -> list[Question]:
    """P34-P38: what holds for the system; the notice may confess that nothing does."""
    said = [str(term) for term in PROTECTED if reading.promises(ClauseKind.STATEMENT, term)]
    return [
        Question(
            "protected",
            gettext("How the register is protected"),
            choices=(
                *((str(term), str(term.label)) for term in PROTECTED),
                (NOTHING, gettext("none of these")),
            ),
            initial=" ".join(said),
            shape=Shape.SEVERAL,
        )
    ]


def tell_protection(reading: Reading, given: Given) -> Reading:
    """As answered."""
    said = given["protected"]
    if NOTHING in said and len(said) > 1:
        raise BadAnswer("protected", gettext("Either none of these holds, or some do."))
    said = [term for term in said if term != NOTHING]
    return with_only(reading, ClauseKind.STATEMENT, said, among=PROTECTED)


def rights(key: SectionKey) -> Topic:
    """The right said under `key`: whichever lacks, all are promised together."""
    return topic(key, ask=ask_email, tell=tell_rights)


def told_otherwise(reading: Reading) -> tuple[Topic, ...]:
    """The other rights whose requests must look in a way that the right of access, once written,
    says that no request must."""
    keys = [
        one.key
        for one in reading.sections
        if one.key in SECTIONS_OF_RIGHTS
        and one.key not in (SectionKey.ACCESS, SectionKey.COMPLAINT)
        and not one.written
        and DEMANDS_FORM.search(fold_case(one.text))
    ]
    return tuple(rights(key) for key in dict.fromkeys(keys))


PAPER_STORAGE = topic(SectionKey.SECURITY_MANUAL, ask=ask_storage, tell=tell_storage)
PROTECTION = topic(SectionKey.SECURITY_ELECTRONIC, ask=ask_protection, tell=tell_protection)
