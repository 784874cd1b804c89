"""Clauses that cannot both be obeyed (V01, P16, P31)."""

from collections.abc import Iterator
from itertools import chain

from django.utils.translation import gettext as _

from notices.checking import contradictions, denials, sayings
from notices.checking.rules.rule import ERROR, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, Said
from notices.reading import Fact
from notices.terms import (
    ClauseKind,
    CookieUse,
    LegalBasis,
    Purpose,
    SectionKey,
    Statement,
    TransferTool,
)

TRANSFER, COOKIES, STATEMENT = ClauseKind.TRANSFER, ClauseKind.COOKIES, ClauseKind.STATEMENT
#: What cannot both be true.
EXCLUDE_EACH_OTHER = (
    *(
        ((TRANSFER, TransferTool.NONE), (TRANSFER, tool))
        for tool in TransferTool
        if tool != TransferTool.NONE
    ),
    *(((COOKIES, CookieUse.NONE), (COOKIES, use)) for use in CookieUse if use != CookieUse.NONE),
    ((STATEMENT, Statement.NO_CONSENT), (COOKIES, CookieUse.ANALYTICS)),
    ((STATEMENT, Statement.NO_CONSENT), (COOKIES, CookieUse.MARKETING)),
    ((STATEMENT, Statement.NO_CONSENT), (ClauseKind.PURPOSE, LegalBasis.CONSENT)),
    ((STATEMENT, Statement.NO_PUBLIC_SOURCES), (STATEMENT, Statement.PUBLIC_SOURCES)),
    ((STATEMENT, Statement.GIVEN_FREELY), (STATEMENT, Statement.DEMANDED_BY_LAW)),
    ((STATEMENT, Statement.NO_PAPER), (STATEMENT, Statement.LOCKED_STORAGE)),
    ((STATEMENT, Statement.NO_PAPER), (STATEMENT, Statement.FIREPROOF_STORAGE)),
    (
        (STATEMENT, Statement.NO_AUTOMATED_DECISIONS),
        (ClauseKind.PURPOSE, Purpose.PERSONALISED_CONTENT),
    ),
)


@rule("V01-contradiction", ERROR, gdpr("5(1)(a)"))
def clauses_against_each_other(notice: NoticeText) -> Iterator[Flaw]:
    """Two clauses of which only one can be true; what own words say counts as a clause."""
    first: dict[tuple[str, str], Fact] = {}
    for fact in chain(notice.reading.facts, notice.own_facts):
        first.setdefault((fact.kind, fact.term), fact)
        if fact.kind == ClauseKind.PURPOSE and fact.legal_basis:
            first.setdefault((fact.kind, fact.legal_basis), fact)
    told = set()
    for one, other in EXCLUDE_EACH_OTHER:
        if one in first and other in first and one not in told:
            weight = contradictions.weight(first[one], first[other])
            if weight:
                told.add(one)
                yield _against(notice, first[one], first[other], weight)
    yield from _officer_after_all(notice, first.get((STATEMENT, Statement.NO_OFFICER)))
    nowhere = (TRANSFER, TransferTool.NONE)
    if nowhere not in told:
        yield from _outside_after_all(notice, first.get(nowhere))
    yield from _kept_after_all(notice)


def _against(notice: NoticeText, one: Fact, other: Fact, weight: str | None = None) -> Flaw:
    """Told where words stand: the writer leaves out what another clause contradicts."""
    if not one.words:
        one, other = other, one
    return _flaw(notice.said_by(one), other, weight)


def _flaw(one: Said, other: Fact, weight: str | None = None) -> Flaw:
    return one.flaw(
        _("This cannot be true together with: “%(words)s”.")
        % {"words": other.words or contradictions.label_of(other)},
        _("Keep the one that is true, and take the other out."),
        weight,
    )


def _officer_after_all(notice: NoticeText, none: Fact | None) -> Iterator[Flaw]:
    """A data protection officer with a name or an address, though there is none (art. 37(7))."""
    if none is None:
        return
    for one in notice.telling(sayings.OFFICER, notice.sentences):
        if one.words != none.words and contradictions.names_officer(one):
            yield _flaw(one, none)
            return


def _outside_after_all(notice: NoticeText, none: Fact | None) -> Iterator[Flaw]:
    """Data go to a country outside the EU, though none do (art. 13(1)(f))."""
    if none is None:
        return
    for one in filter(denials.goes_outside, notice.sentences):
        if one.words != none.words:
            yield _flaw(one, none)


def _kept_after_all(notice: NoticeText) -> Iterator[Flaw]:
    """Data are listed that a sentence says are not kept (P20)."""
    declared = {fact.term: fact for fact in notice.facts(ClauseKind.DATA)}
    for one in notice.sentences:
        for category in denials.denied_data(one):
            fact = declared.get(category)
            if fact and fact.words != one.words:
                yield _flaw(one, fact)
                break


@rule("D13-basis", ERROR, gdpr("6(1)", "13(1)(c)"))
def two_bases_for_one_purpose(notice: NoticeText) -> Iterator[Flaw]:
    """A purpose has exactly one legal basis (P16)."""
    first: dict[str, Fact] = {}
    for fact in notice.facts(ClauseKind.PURPOSE):
        if fact.legal_basis:
            other = first.setdefault(fact.term, fact)
            if other.legal_basis != fact.legal_basis:
                yield _against(notice, fact, other)
    among = notice.under(SectionKey.PURPOSE, SectionKey.LEGITIMATE_INTEREST, SectionKey.CONSENT)
    for one, other_one in denials.on_two_bases(among):
        yield other_one.flaw(
            _("This cannot be true together with: “%(words)s”.") % {"words": one.words},
            _("Keep the one that is true, and take the other out."),
        )
    for one in filter(denials.two_bases_in, among):
        yield one.flaw(
            _("This gives one purpose two legal bases: each has exactly one."),
            _("Choose the basis that the purpose really rests on."),
            WARNING,
        )


@rule("V01-retention", ERROR, gdpr("5(1)(e)", "13(2)(a)"))
def two_periods_for_the_same_data(notice: NoticeText) -> Iterator[Flaw]:
    """A retention rule without a period, or two for the same data from the same start; each is
    told once, against the first of its kind."""
    first: dict[tuple[str, str], Fact] = {}
    for fact in notice.facts(ClauseKind.RETENTION):
        if not _months(fact):
            yield notice.said_by(fact).flaw(
                _("This retention rule has no period: it is neither years nor months."),
                _("Say how many years or months these data are kept, or take the rule out."),
            )
        elif not sayings.END_DEFINED.search(fact.words.casefold()):
            others = [first.setdefault((fact.term, about), fact) for about in _about(fact)]
            other = next((one for one in others if _differ(one, fact)), None)
            if other:
                yield notice.said_by(fact).flaw(
                    _("The same data have another retention period here: “%(words)s”.")
                    % {"words": other.words},
                    _("Keep one period for the same data, the shorter one if it is enough."),
                    _weight_of_periods(fact, other),
                )


def _about(fact: Fact) -> tuple[str, ...]:
    """The data of a rule; "" stands for all that no other rule names."""
    return fact.categories or ("",)


def _differ(one: Fact, other: Fact) -> bool:
    """Whether two rules have two periods; a sentence such as "vouchers 6 years and ledgers 10"
    gives each to data of its own."""
    if _months(one) == _months(other):
        return False
    return one.words != other.words or not contradictions.is_about_some_data(one)


def _weight_of_periods(fact: Fact, other: Fact) -> str:
    """Rules that name no category we know may be about two other kinds of data."""
    alike = fact.categories or not any(map(contradictions.is_about_some_data, (fact, other)))
    return ERROR if alike else WARNING


def _months(fact: Fact) -> int:
    return (fact.years or 0) * 12 + (fact.months or 0)
