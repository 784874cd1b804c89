"""How long data are kept (art. 13(2)(a), 5(1)(e); P31)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from notices.checking import sayings
from notices.checking.rules.rule import ERROR, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, Said, absent
from notices.terms import ClauseKind, RetentionStart, SectionKey

RETENTION = SectionKey.RETENTION


@rule("D05", ERROR, gdpr("13(2)(a)"))
def no_retention(notice: NoticeText) -> Iterator[Flaw]:
    """Nothing says how long data are kept."""
    if not _says_how_long(notice):
        yield absent(
            RETENTION,
            _("The notice does not say how long the data are kept."),
            _how_to_say(),
        )
        return
    if not notice.facts(ClauseKind.RETENTION) and not _names_period(notice):
        for one in _without_criterion(notice):
            yield one.flaw(
                _("This does not say how long the data are kept: nobody can tell when it ends."),
                _how_to_say(),
            )


def _names_period(notice: NoticeText) -> bool:
    """Whether a sentence on keeping data names a time, its own or a law's."""
    return any(
        sayings.PERIOD.search(one.folded) or sayings.PERIOD_OF_LAW.search(one.folded)
        for one in _on_keeping(notice)
    )


def _on_keeping(notice: NoticeText) -> list[Said]:
    return [
        one
        for one in notice.own
        if one.section
        and one.section.key != SectionKey.COOKIES
        and (one.section.key == RETENTION or sayings.WE_KEEP.search(one.folded))
    ]


def _how_to_say() -> str:
    return _("Write a retention period for each kind of data, and from when it is counted.")


def _without_criterion(notice: NoticeText) -> Iterator[Said]:
    """Sentences that name neither a period nor what decides on it."""
    return notice.telling(sayings.AS_LONG_AS_NEEDED, _on_keeping(notice))


def _says_how_long(notice: NoticeText) -> bool:
    section = notice.section(RETENTION)
    return bool(
        notice.facts(ClauseKind.RETENTION)
        or (section and not section[1].empty)
        or notice.answers(sayings.KEPT_FOR)
    )


@rule("D32", WARNING, gdpr("5(1)(e)", "13(2)(a)"))
def one_period_for_all(notice: NoticeText) -> Iterator[Flaw]:
    """One period for all data, or a start that nobody can tell."""
    advice = _("Give each kind of data its own period, as short as its purpose allows.")
    if not _says_how_long(notice):
        yield absent(RETENTION, _("No kind of data has a retention period of its own."), advice)
        return
    rules = notice.facts(ClauseKind.RETENTION)
    if len(rules) == 1 and not rules[0].categories and _periods(notice) < 2:
        yield notice.said_by(rules[0]).flaw(
            _("All data have the same retention period, whatever they are needed for."), advice
        )
    for one in notice.telling(sayings.FOR_GOOD, _on_keeping(notice)):
        yield one.flaw(_("These data are kept for good, whatever they are needed for."), advice)
    yield from _end_of_relationship(notice)


def _periods(notice: NoticeText) -> int:
    """How many sentences on retention name a period."""
    at_home = [
        one
        for one in notice.under(RETENTION)
        if sayings.PERIOD.search(one.folded) or sayings.PERIOD_OF_LAW.search(one.folded)
    ]
    anywhere = [one for one in notice.own if sayings.KEPT_FOR.search(one.folded)]
    return max(len(at_home), len(anywhere))


def _end_of_relationship(notice: NoticeText) -> Iterator[Flaw]:
    if notice.answers(sayings.END_DEFINED):
        return
    for fact in notice.facts(ClauseKind.RETENTION):
        if fact.term == RetentionStart.RELATIONSHIP_END and not fact.inactive_months:
            said = notice.said_by(fact)
            start = sayings.RELATIONSHIP_END.search(said.folded)
            yield (said.cut(start) if start else said).flaw(
                _("It is not said when the customer relationship ends if nobody ends it."),
                _("Add when it ends by itself, such as 24 months after the latest order."),
            )
            return
