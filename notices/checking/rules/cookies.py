"""Cookies, analytics, profiling (917/2014 s. 205; art. 13(2)(f), 22; P39-P47, K01-K04)."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from notices.checking import known, sayings
from notices.checking.rules.purposes import uses_more_than_necessary
from notices.checking.rules.rule import ERROR, INFO, WARNING, cookie_law, gdpr, rule
from notices.checking.text import Flaw, NoticeText, Said, absent
from notices.terms import ClauseKind, SectionKey, Statement

COOKIES, PROFILING = SectionKey.COOKIES, SectionKey.PROFILING


@rule("D26", ERROR, cookie_law)
def cookies_without_consent(notice: NoticeText) -> Iterator[Flaw]:
    """Cookies that need consent, of which the notice does not tell enough (K01, K02)."""
    if not uses_more_than_necessary(notice):
        return
    about = "\n".join(one.folded for one in _about_cookies(notice))
    consents = sayings.CONSENT.search(about)
    missing = [
        name
        for pattern, name in (
            (sayings.CONSENT, _("that they wait for consent")),
            (sayings.COOKIE_LIFETIME, _("how long they last")),
            (sayings.COOKIE_READERS, _("who else reads them")),
        )
        if not pattern.search(about)
    ]
    if missing:
        yield absent(
            COOKIES,
            _("The text on cookies does not say: %(missing)s.") % {"missing": ", ".join(missing)},
            _("Ask for consent before other than necessary cookies, and list each with its "
              "purpose, lifetime and reader."),
            WARNING if consents else ERROR,
        )  # fmt: skip
    if not consents:
        for one in _first_in_each_section(notice.telling(sayings.BROWSER_SETTINGS)):
            yield one.flaw(
                _("The settings of a browser are no consent to cookies."),
                _("Let the visitor accept or refuse cookies on your site before they are stored."),
            )


def _first_in_each_section(said: Iterable[Said]) -> Iterator[Said]:
    seen = set()
    for one in said:
        if one.place not in seen:
            seen.add(one.place)
            yield one


def _about_cookies(notice: NoticeText) -> list[Said]:
    return [
        one
        for one in notice.own
        if (one.section and one.section.key == COOKIES) or sayings.COOKIES.search(one.folded)
    ]


@rule("D27", WARNING, gdpr("12(1)"))
def dead_services(notice: NoticeText) -> Iterator[Flaw]:
    """Pages and services that are no more."""
    for pattern in known.DEAD_SERVICES:
        for one in notice.find(pattern):
            yield one.flaw(
                _("“%(name)s” no longer exists or works.") % {"name": one.words},
                _("Leave it out, or write what you use today."),
            )


@rule("D28", ERROR, cookie_law)
def nothing_on_cookies(notice: NoticeText) -> Iterator[Flaw]:
    """Nothing stands under “cookies”; worse when the notice speaks of them elsewhere."""
    section = notice.section(COOKIES)
    if not section or not section[1].empty:
        return
    elsewhere = sayings.COOKIES.search(notice.body)
    yield notice.at(*section).flaw(
        _("Nothing stands under the heading on cookies, though data are collected by cookies.")
        if elsewhere
        else _("Nothing stands under the heading on cookies."),
        _("Say which cookies you use and for what, or that you use none."),
        ERROR if elsewhere else WARNING,
    )


@rule("D29", WARNING, gdpr("4(1)", "5(1)(a)"))
def nobody_identified(notice: NoticeText) -> Iterator[Flaw]:
    """“Nobody can be identified”, though IP numbers are collected or data are combined."""
    if not (notice.answers(sayings.IP_ADDRESS) or notice.answers(sayings.COMBINED)):
        return
    for one in notice.telling(sayings.NOT_IDENTIFIED):
        if one.section and one.section.key in (COOKIES, SectionKey.OTHER):
            yield one.flaw(
                _("A visitor can be identified by an IP number and by data combined with it."),
                _("Leave the claim out, and say what data are collected and combined."),
            )


@rule("D15", ERROR, gdpr("13(2)(f)", "22"))
def profiling_unanswered(notice: NoticeText) -> Iterator[Flaw]:
    """Nothing stands under “profiling”, though the notice describes it (P09, P40, P46)."""
    section = notice.section(PROFILING)
    if not section or not section[1].empty:
        return
    described = next(notice.find(sayings.PROFILING_LIKE, notice.own), None)
    yield notice.at(*section).flaw(
        _("Nothing stands under this heading, though the notice describes profiling: “%(words)s”.")
        % {"words": described.words}
        if described
        else _("Nothing stands under the heading on automated decisions and profiling."),
        _profiling_advice(),
        ERROR if described else WARNING,
    )


@rule("13(2)(f)", ERROR, gdpr("13(2)(f)", "22"))
def profiling_untold(notice: NoticeText) -> Iterator[Flaw]:
    """Profiling is described, but not called so; or not a word is said of it."""
    if notice.section(PROFILING) or notice.answers(sayings.AUTOMATED):
        return
    if notice.promises(ClauseKind.STATEMENT, Statement.NO_AUTOMATED_DECISIONS):
        return
    for one in notice.find(sayings.PROFILING_LIKE, notice.own):
        yield one.flaw(
            _("This is profiling or an automated decision, but the notice does not tell of them."),
            _profiling_advice(),
        )
        return
    yield absent(
        PROFILING,
        _("The notice does not say whether decisions are automated or customers profiled."),
        _profiling_advice(),
        INFO,
    )


def _profiling_advice() -> str:
    return _("Say that there are no automated decisions and no profiling, or how they work.")


@rule("D37", ERROR, gdpr("14(1)(d)", "22"))
def credit_decisions(notice: NoticeText) -> Iterator[Flaw]:
    """Credit decisions need credit data, which the notice does not list."""
    listed = notice.text_of(SectionKey.DATA_CONTENT, SectionKey.DATA_CATEGORIES)
    if sayings.CREDIT_DATA.search(listed):
        return
    among = (one for one in notice.own if not sayings.NOT_USED.search(one.folded))
    for one in notice.find(sayings.CREDIT_DECISION, among):
        yield one.flaw(
            _("A credit decision needs credit data, which are not in the list of data."),
            _("List the credit data and say who decides, or leave credit decisions out."),
        )
