"""What the controller's own words promise besides the clauses (V01, art. 5(1)(a)).

The register keeps what clauses say: data, periods and recipients that stand in own words alone are
promised to readers, and kept by nobody.
"""

from collections.abc import Iterator
from itertools import chain

from django.utils.translation import gettext as _

from notices.checking import contradictions, sayings
from notices.checking.finding import Severity
from notices.checking.rules.data import names_data
from notices.checking.rules.purposes import uses_more_than_necessary
from notices.checking.rules.recipients import NEED_NO_NAMING
from notices.checking.rules.rule import ERROR, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, Said, own_section
from notices.reading.retention import periods_in
from notices.reading.said import said_in
from notices.terms import ClauseKind, DataCategory, SectionKey

LISTS = (SectionKey.DATA_CONTENT, SectionKey.DATA_CATEGORIES)
#: What a sentence promises, and how much it weighs that no clause does.
Promise = tuple[str, Severity]


@rule("V01-own-words", ERROR, gdpr("5(1)(a)", "5(2)"))
def more_than_the_clauses(notice: NoticeText) -> Iterator[Flaw]:
    """Data, retention periods, recipients and selling that stand in own words only."""
    recognised = _recognised(notice)
    declared = _declared_periods(notice)
    for one in _said(notice):
        cannot = list(_no_category(one))
        others = chain(
            recognised.get((one.place, one.words), ()), _periods(one, declared), _sold(one)
        )
        found = dict([*cannot, *others])
        if found:
            yield one.flaw(
                _("No clause declares what your own words say here: %(what)s.")
                % {"what": ", ".join(found)},
                _("Take it out of your own words: this register cannot hold such data.")
                if cannot
                else _("Add it to the clauses of the notice, or take it out of your own words."),
                ERROR if ERROR in found.values() else WARNING,
            )


def _said(notice: NoticeText) -> Iterator[Said]:
    """Each sentence of own words, with the section that they stand in."""
    for place, section in enumerate(notice.reading.sections):
        if section.own_words:
            for one in said_in([own_section(section)]):
                yield Said(one.words, place, section)


def _recognised(notice: NoticeText) -> dict[tuple[int | None, str], list[Promise]]:
    """The data and the recipients that no clause declares, by the sentences that name them."""
    promises: dict[tuple[int | None, str], list[Promise]] = {}
    weights = {ClauseKind.DATA: ERROR, ClauseKind.RECIPIENT: WARNING}
    needless: set[str] = set(NEED_NO_NAMING)
    if not uses_more_than_necessary(notice):
        needless.add(DataCategory.COOKIES)
    for fact in notice.own_facts:
        unknown = fact.kind in weights and fact.term not in needless
        if unknown and not notice.promises(fact.kind, fact.term):
            label = contradictions.label_of(fact)
            promises.setdefault((fact.section, fact.words), []).append((label, weights[fact.kind]))
    return promises


def _no_category(one: Said) -> Iterator[Promise]:
    """Data that no clause can declare: identity codes and special categories."""
    listed = one.section is not None and one.section.key in LISTS
    if listed or sayings.WE_COLLECT.search(one.folded):
        for pattern in (sayings.IDENTITY_CODE, sayings.SPECIAL_DATA):
            if names_data(pattern, one):
                yield from ((found[0], ERROR) for found in pattern.finditer(one.folded))


def _declared_periods(notice: NoticeText) -> set[int]:
    rules = notice.reading.facts_of(ClauseKind.RETENTION)
    return {(fact.years or 0) * 12 + (fact.months or 0) for fact in rules}


def _periods(one: Said, declared: set[int]) -> Iterator[Promise]:
    if one.section is None or not _is_on_retention(one):
        return
    if set(periods_in(one.folded, one.section.language)) - declared:
        yield _("a retention period"), WARNING if _is_of_other_data(one) else ERROR


def _is_on_retention(one: Said) -> bool:
    key = one.section.key if one.section else None
    if key == SectionKey.COOKIES or sayings.COOKIES.search(one.folded):
        return False
    return key == SectionKey.RETENTION or bool(sayings.WE_KEEP.search(one.folded))


def _is_of_other_data(one: Said) -> bool:
    """What a law demands, and backups, logs and the like: no clause is about them."""
    law = sayings.PERIOD_OF_LAW.search(one.folded)
    return bool(law) or contradictions.names_some_data(one.folded)


def _sold(one: Said) -> Iterator[Promise]:
    if sayings.SELLS_DATA.search(one.folded) and not sayings.DENIED.search(one.folded):
        yield _("selling of data"), ERROR
