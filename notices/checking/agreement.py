"""What the controller's own text promises and no clause holds: the text read once more."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from notices.checking.rules.recipients import NEED_NO_NAMING
from notices.reading import Fact, Reading, ReadSection
from notices.reading.facts import facts_of
from notices.terms import ClauseKind, CookieUse, DataCategory, Language


def told_otherwise(reading: Reading) -> dict[tuple[int, str], list[Fact]]:
    """The promises of own texts that the clauses hold otherwise or not at all, by the section and
    the sentence that make them."""
    found: dict[tuple[int, str], list[Fact]] = {}
    for fact in _told(reading):
        if fact.section is not None and not _is_held(fact, reading):
            found.setdefault((fact.section, fact.words), []).append(fact)
    return found


def _told(reading: Reading) -> Iterator[Fact]:
    """What the own texts say, each language by itself: they are read as the whole that they are."""
    sections, controller = reading.sections, reading.controller.name
    if all(section.written or section.empty for section in sections):
        return
    # what the program writes of one right it says of all: of their own ways own texts speak alone
    alone = tuple(replace(one, text="") if one.written else one for one in sections)
    for language in dict.fromkeys(section.language for section in sections):
        for fact in _read_again(sections, reading.unplaced, controller, language):
            if fact.kind != ClauseKind.RIGHT and _is_own(fact, sections):
                yield fact
        for fact in _read_again(alone, reading.unplaced, controller, language):
            if fact.kind == ClauseKind.RIGHT and _is_own(fact, sections):
                yield fact


def _is_own(fact: Fact, sections: tuple[ReadSection, ...]) -> bool:
    return fact.section is not None and not sections[fact.section].written


@lru_cache(maxsize=32)
def _read_again(
    sections: tuple[ReadSection, ...],
    unplaced: tuple[str, ...],
    controller: str | None,
    language: Language,
) -> tuple[Fact, ...]:
    spoken = [
        section if section.language == language else replace(section, heading="", text="")
        for section in sections
    ]
    return facts_of(spoken, unplaced, controller)


def _is_held(fact: Fact, reading: Reading) -> bool:
    if _needs_no_clause(fact, reading):
        return True
    clauses = [one for one in reading.facts_of(fact.kind) if one.term == fact.term]
    return any(_says_the_same(fact, clause) for clause in clauses)


def _needs_no_clause(fact: Fact, reading: Reading) -> bool:
    """Cookies that a page needs are no data of the register; an authority is no recipient
    (art. 4(9))."""
    if fact.kind == ClauseKind.DATA and fact.term == DataCategory.COOKIES:
        measures = (CookieUse.ANALYTICS, CookieUse.MARKETING)
        return not reading.promises(ClauseKind.COOKIES, *measures)
    return fact.kind == ClauseKind.RECIPIENT and fact.term in NEED_NO_NAMING


def _says_the_same(fact: Fact, clause: Fact) -> bool:
    """Whether a clause of the same kind and term holds what the text says; where the text leaves
    something open, the clause may say more."""
    if fact.kind == ClauseKind.RETENTION:
        return _is_the_same_rule(fact, clause)
    if fact.kind == ClauseKind.PURPOSE:
        return None in (fact.legal_basis, clause.legal_basis) or (
            fact.legal_basis == clause.legal_basis
        )
    if fact.kind == ClauseKind.RECIPIENT:
        return fact.name in clause.name or (clause.name != "" and clause.name in fact.name)
    if fact.kind == ClauseKind.RIGHT:
        return set(fact.ways) <= set(clause.ways)
    return True


def _is_the_same_rule(fact: Fact, clause: Fact) -> bool:
    if (fact.years or 0, fact.months or 0) != (clause.years or 0, clause.months or 0):
        return False
    if fact.inactive_months and fact.inactive_months != clause.inactive_months:
        return False
    # of data that are kept no more, the list of data is at fault
    return fact.categories == clause.categories or (
        clause.categories != () and set(clause.categories) < set(fact.categories)
    )
