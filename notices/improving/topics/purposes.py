"""Why data are processed and on what basis, whether giving them is needed, consent."""

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext

from notices.checking.sayings import AUTOMATED, NOT_USED, PROFILING_LIKE
from notices.guiding import explaining
from notices.guiding.explaining import USUAL_BASIS
from notices.guiding.promising import rests_on_consent
from notices.improving.facts import with_facts, with_only
from notices.improving.question import LONGEST_WORDS, BadAnswer, Choices, Given, Question, Shape
from notices.improving.topic import topic
from notices.improving.wording import with_own_section
from notices.reading import Fact, Reading
from notices.reading.paragraphs import sentences
from notices.terms import ClauseKind, LegalBasis, Purpose, SectionKey, Statement

#: What a small firm does with an ordinary customer register.
ORDINARY = (Purpose.MAINTAIN, Purpose.ORDERS, Purpose.RELATIONSHIP)
#: What a purpose cannot rest on a contract or a law for: nobody orders it.
ONLY_INTEREST_OR_CONSENT = (LegalBasis.LEGITIMATE_INTEREST, LegalBasis.CONSENT)
NEEDS = (Statement.NEEDED_FOR_CONTRACT, Statement.GIVEN_FREELY, Statement.DEMANDED_BY_LAW)
#: Purposes of which the writer says how they choose people (D15).
CHOOSING = (Purpose.PERSONALISED_CONTENT, Purpose.AD_TARGETING)
DROPPED = "no"
NO_AUTOMATION = "none"


def _bases(purpose: Purpose) -> Choices:
    may = tuple(LegalBasis) if purpose in ORDINARY else ONLY_INTEREST_OR_CONSENT
    return (
        *((str(basis), str(basis.label)) for basis in may),
        (DROPPED, gettext("we do not do this")),
    )


def _initial(fact: Fact) -> str:
    """What the notice says, where that can hold, else what is usual; of what few firms do,
    nothing: only they know whether it is true."""
    purpose, own = Purpose(fact.term), fact.legal_basis
    if own and str(own) in dict(_bases(purpose)):
        return str(own)
    return "" if purpose == Purpose.PERSONALISED_CONTENT else str(USUAL_BASIS[purpose])


def _purposes(reading: Reading) -> list[Fact]:
    said = reading.facts_of(ClauseKind.PURPOSE)
    return said or [Fact(ClauseKind.PURPOSE, purpose, "", None) for purpose in ORDINARY]


def ask_bases(reading: Reading, today: date) -> list[Question]:
    """Art. 13(1)(c): one basis for each purpose (P16); (2)(e): must the data be given."""
    return [
        *(
            Question(
                f"basis.{fact.term}",
                gettext("Legal basis: %(purpose)s") % {"purpose": Purpose(fact.term).label},
                _explained(fact, first=place == 0),
                choices=_bases(Purpose(fact.term)),
                initial=_initial(fact),
                shape=Shape.CHOICE,
            )
            for place, fact in enumerate(_purposes(reading))
        ),
        *ask_needs(reading, today),
    ]


def _explained(fact: Fact, *, first: bool) -> str:
    """What the purpose is, and over the first of them what each basis means."""
    bases = " ".join(f"{basis.label}: {explaining.BASES[basis]}" for basis in LegalBasis)
    purpose = str(explaining.PURPOSES[Purpose(fact.term)])
    return f"{purpose} {bases}" if first else purpose


def tell_bases(reading: Reading, given: Given) -> Reading:
    """Each purpose with its basis; what is not done any more goes."""
    bases = {fact.term: given[f"basis.{fact.term}"] for fact in _purposes(reading)}
    kept = [term for term, basis in bases.items() if basis != DROPPED]
    told = with_only(reading, ClauseKind.PURPOSE, kept)
    purposes = {fact.term: fact for fact in reversed(told.facts_of(ClauseKind.PURPOSE))}
    facts = [
        replace(fact, legal_basis=LegalBasis(bases[fact.term]))
        if fact.kind == ClauseKind.PURPOSE
        else fact
        for fact in told.facts
        # a purpose that had two bases has one now, and is said once
        if fact.kind != ClauseKind.PURPOSE or fact is purposes[fact.term]
    ]
    return tell_needs(tell_consent(replace(told, facts=tuple(facts)), given), given)


def ask_needs(reading: Reading, today: date) -> list[Question]:
    """Art. 13(2)(e): whether a law or a contract demands the data, or nothing does."""
    said = [term for term in NEEDS if reading.promises(ClauseKind.STATEMENT, term)]
    return [
        Question(
            "needs",
            gettext("Must a customer give the data?"),
            " ".join(f"{term.label}: {explaining.STATEMENTS[term]}" for term in NEEDS),
            choices=tuple((str(term), str(term.label)) for term in NEEDS),
            initial=str(said[0]) if said else "",
            shape=Shape.CHOICE,
        )
    ]


def tell_needs(reading: Reading, given: Given) -> Reading:
    """One of the three."""
    return with_only(reading, ClauseKind.STATEMENT, [given["needs"]], among=NEEDS)


def tell_consent(reading: Reading, given: Given) -> Reading:
    """That nothing rests on consent is said exactly where every purpose has another basis and no
    cookie needs consent (P19)."""
    purposes = reading.facts_of(ClauseKind.PURPOSE)
    known = bool(purposes) and all(fact.legal_basis for fact in purposes)
    none = [Statement.NO_CONSENT]
    if rests_on_consent(reading):
        return with_only(reading, ClauseKind.STATEMENT, [], among=none)
    return with_facts(reading, ClauseKind.STATEMENT, none) if known else reading


def ask_automation(reading: Reading, today: date) -> list[Question]:
    """Art. 13(2)(f), 22: whether a program decides on people or profiles them; never answered
    for a notice that describes it."""
    none = reading.promises(ClauseKind.STATEMENT, Statement.NO_AUTOMATED_DECISIONS)
    return [
        Question(
            "automation",
            gettext("Does a program decide on customers or profile them?"),
            gettext("To score, rate or group customers by a program is profiling."),
            choices=(
                (NO_AUTOMATION, gettext("neither")),
                ("decisions", gettext("it makes decisions")),
                ("profiling", gettext("it profiles customers, and people decide")),
            ),
            initial=NO_AUTOMATION if none and not _describes_automation(reading) else "",
            shape=Shape.CHOICE,
        ),
        Question(
            "automation.how",
            gettext("How it works and what follows for the customer"),
            gettext("Only where a program does. Stands in the notice as you write it."),
            required=False,
            longest=LONGEST_WORDS,
        ),
    ]


def _describes_automation(reading: Reading) -> bool:
    told = (
        sentence.casefold()
        for section in reading.sections
        for text in (section.text, section.own_words)
        for sentence in sentences(text)
    )
    return any(
        (PROFILING_LIKE.search(one) or AUTOMATED.search(one)) and not NOT_USED.search(one)
        for one in told
    )


def tell_automation(reading: Reading, given: Given) -> Reading:
    """That people decide (P47), where it was answered, or how the program does. Who chooses
    content for each person profiles."""
    stated = [Statement.NO_AUTOMATED_DECISIONS]
    if given["automation"] != NO_AUTOMATION:
        how = given["automation.how"]
        if not how:
            raise BadAnswer("automation.how", gettext("Tell how it works."))
        told = with_only(reading, ClauseKind.STATEMENT, [], among=stated)
        beside = told.promises(ClauseKind.PURPOSE, *CHOOSING)
        return with_own_section(told, SectionKey.PROFILING, how, beside=beside)
    chosen = reading.promises(ClauseKind.PURPOSE, Purpose.PERSONALISED_CONTENT)
    return with_only(reading, ClauseKind.STATEMENT, [] if chosen else stated, among=stated)


BASES = topic(
    SectionKey.PURPOSE,
    SectionKey.LEGITIMATE_INTEREST,
    SectionKey.CONSENT,
    ask=ask_bases,
    tell=tell_bases,
)
CONSENT = topic(SectionKey.CONSENT, tell=tell_consent)
AUTOMATION = topic(SectionKey.PROFILING, ask=ask_automation, tell=tell_automation)
