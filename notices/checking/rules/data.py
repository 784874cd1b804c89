"""What data the register holds, and where they come from (art. 14(1)(d), 14(2)(f); P17, P20)."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from notices.checking import sayings
from notices.checking.rules.purposes import uses_more_than_necessary
from notices.checking.rules.rule import ERROR, WARNING, gdpr, identity_code_law, rule
from notices.checking.text import Flaw, NoticeText, Said, absent
from notices.reading import Fact
from notices.reading.recognisers import COLLECTS, NOT_COLLECTED
from notices.terms import ClauseKind, DataCategory, SectionKey, SourceKind, Statement

CONTENT, CATEGORIES, SOURCES = (
    SectionKey.DATA_CONTENT,
    SectionKey.DATA_CATEGORIES,
    SectionKey.SOURCES,
)
FROM_ELSEWHERE = (SourceKind.UPDATE_SERVICE, SourceKind.SUBCONTRACTOR, SourceKind.PARTNER)


@rule("D18", ERROR, gdpr("5(1)(a)", "14(1)(d)"))
def billing_data_missing(notice: NoticeText) -> Iterator[Flaw]:
    """Billing data under another heading only, or nowhere though bills are sent."""
    advice = _("Add billing data to the list of data in the register.")
    billing = [f for f in notice.facts(ClauseKind.DATA) if f.term == DataCategory.BILLING]
    if billing and billing[0].under_other_heading and notice.section(CONTENT):
        yield notice.said_by(billing[0]).flaw(
            _("Billing data are named here, but not in the list of data in the register."), advice
        )
    elif not billing and notice.section(CONTENT) and not _lists(notice, sayings.BILLING_DATA):
        needed = list(notice.find(sayings.BILLING_NEEDED, notice.own))
        if needed:
            yield needed[0].flaw(
                _("The notice speaks of billing or debt collection, but lists no billing data."),
                advice,
                ERROR if _sells_on_account(notice) else WARNING,
            )


def _sells_on_account(notice: NoticeText) -> bool:
    """Whether bills are sent, stay open and are collected: nobody does that without their data."""
    return notice.answers(sayings.OPEN_INVOICES) and notice.answers(sayings.COLLECTION)


def _lists(notice: NoticeText, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.search(notice.text_of(CONTENT, CATEGORIES)))


@rule("D19", ERROR, gdpr("14(1)(d)"))
def people_instead_of_data(notice: NoticeText) -> Iterator[Flaw]:
    """“Categories of personal data” answered with groups of people (002)."""
    section = notice.section(CATEGORIES)
    if not section or section[1].empty:
        return
    if sayings.OF_DATA_SUBJECTS.search(section[1].heading.casefold()):
        return
    if not sayings.PERSONAL_DATA_WORD.search(notice.text_of(CATEGORIES)):
        yield notice.at(*section).flaw(
            _("The heading asks for categories of data, but the text names groups of people."),
            _("Name the categories of data, such as name, contact details and orders."),
        )


@rule("D30", ERROR, gdpr("5(1)(a)", "14(1)(d)"))
def data_told_elsewhere_only(notice: NoticeText) -> Iterator[Flaw]:
    """The list of data lacks what the notice says elsewhere that it collects."""
    if notice.section(CONTENT) and not _list_is_open(notice):
        for one, severity in _collected_elsewhere(notice):
            yield one.flaw(
                _("These data are collected, but they are not in the list of data."),
                _("Add them to the list of data in the register, or stop collecting them."),
                severity,
            )


@rule("14(1)(d)", ERROR, gdpr("14(1)(d)"))
def data_not_listed(notice: NoticeText) -> Iterator[Flaw]:
    """No list of data, or one that only says what it may hold."""
    if not notice.facts(ClauseKind.DATA) and not notice.answers(sayings.COLLECTS_DATA):
        yield absent(
            CONTENT,
            _("The notice does not say what data are collected."),
            _("List the data, item by item."),
        )
    if notice.section(CONTENT) and _list_is_open(notice):
        for one, severity in _collected_elsewhere(notice):
            yield one.flaw(
                _("The list of data says only what it may hold, and lacks these data."),
                _("Make the list complete: name every kind of data that you collect."),
                severity,
            )


def _list_is_open(notice: NoticeText) -> bool:
    return bool(sayings.MAY_CONTAIN.search(notice.text_of(CONTENT)))


def _collected_elsewhere(notice: NoticeText) -> Iterator[tuple[Said, str]]:
    for fact in notice.facts(ClauseKind.DATA):
        if fact.under_other_heading and _counts(fact, notice):
            yield from _at_fault(fact, notice)
    if not notice.promises(ClauseKind.DATA, DataCategory.IP_ADDRESS):
        collected = [
            one
            for one in notice.under(SectionKey.COOKIES)
            if not sayings.NOT_USED.search(one.folded)
        ]
        for one in notice.find(sayings.IP_ADDRESS, collected):
            yield one, ERROR
            return


def _counts(fact: Fact, notice: NoticeText) -> bool:
    """Billing has a rule of its own, and cookies that a service needs hold nothing to list."""
    if fact.term == DataCategory.COOKIES:
        return uses_more_than_necessary(notice)
    return fact.term != DataCategory.BILLING


def _at_fault(fact: Fact, notice: NoticeText) -> Iterator[tuple[Said, str]]:
    """The words that name the data: of cookies those of what they collect, if any do."""
    if fact.term != DataCategory.COOKIES:
        yield notice.said_by(fact), ERROR
        return
    told = list(notice.find(sayings.VISIT_DATA, notice.under(SectionKey.COOKIES)))
    yield from ((one, ERROR) for one in told)
    if not told:
        yield notice.said_by(fact), WARNING


def names_data(pattern: re.Pattern[str], one: Said) -> bool:
    """Whether a sentence names such data as collected: not "we ask for no"."""
    found = pattern.search(one.folded)
    return bool(
        found
        and not NOT_COLLECTED.search(one.folded)
        and not sayings.DENIED.search(one.folded[: found.start()])
    )


def _collected(notice: NoticeText, pattern: re.Pattern[str]) -> Iterator[Said]:
    """Where the text lists such data; own words have a rule of their own."""
    among = [
        one
        for one in notice.sentences
        if one.section
        and one.words in one.section.text
        and (one.section.key in (CONTENT, CATEGORIES) or COLLECTS.search(one.folded))
        and names_data(pattern, one)
    ]
    return notice.find(pattern, among)


@rule("9(1)", WARNING, gdpr("9(1)", "10"))
def special_categories(notice: NoticeText) -> Iterator[Flaw]:
    """Data on health, religion, crimes and the like: no term of the register holds them."""
    for one in _collected(notice, sayings.SPECIAL_DATA):
        yield one.flaw(
            _("“%(words)s” belongs to the data that the law protects most, and this register "
              "cannot hold it.") % {"words": one.words},
            _("Leave it out, or keep such data elsewhere, on a ground of article 9(2)."),
        )  # fmt: skip


@rule("87", WARNING, identity_code_law)
def identity_codes(notice: NoticeText) -> Iterator[Flaw]:
    """The personal identity code may be processed on few grounds only; no register holds it."""
    for one in _collected(notice, sayings.IDENTITY_CODE):
        yield one.flaw(
            _("“%(words)s”: a personal identity code may be kept only on grounds that the law "
              "lists, and this register cannot hold it.") % {"words": one.words},
            _("Leave it out, or keep it elsewhere and name the ground."),
        )  # fmt: skip


@rule("14(2)(f)", WARNING, gdpr("14(2)(f)"))
def no_source(notice: NoticeText) -> Iterator[Flaw]:
    """Nothing says where the data come from."""
    section = notice.section(SOURCES)
    told = section is not None and not section[1].empty
    if not (told or notice.facts(ClauseKind.SOURCE) or notice.answers(sayings.SOURCE_TOLD)):
        yield absent(
            SOURCES,
            _("The notice does not say where the data come from."),
            _("Name each source, such as the customer or an update service."),
        )


@rule("D41", WARNING, gdpr("14(2)(f)"))
def public_source_untold(notice: NoticeText) -> Iterator[Flaw]:
    """Data come from elsewhere than the person: from public sources, yes or no?"""
    if notice.answers(sayings.PUBLIC_SOURCE) or notice.promises(
        ClauseKind.STATEMENT, Statement.PUBLIC_SOURCES, Statement.NO_PUBLIC_SOURCES
    ):
        return
    message = _("It is not said whether the data come from public sources.")
    advice = _("Name the sources, and say which of them are public.")
    for one in notice.telling(sayings.FROM_OTHERS, notice.under(SOURCES, SectionKey.OTHER)):
        yield one.flaw(message, advice)
        return
    for fact in notice.facts(ClauseKind.SOURCE):
        if fact.term in FROM_ELSEWHERE:
            yield notice.said_by(fact).flaw(message, advice)
            return
