"""When the notice was drawn up, and whether it is too old (P01, P10)."""

import re
from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notices.checking import known
from notices.checking.rules.rule import ERROR, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, Said, absent, either
from notices.reading.dates import MONTHS, drawn_up_and_updated, first_date
from notices.terms import SectionKey

SPEAKS_OF_ITSELF = either(
    r"laadi|laatim|päivite|tarkiste|voimassa|seloste", r"upprätt|uppdater|giltig|daterad",
    r"drawn up|updated|effective|revised|dated",
)  # fmt: skip

MONTH = re.compile(rf"\b(?:\d{{1,2}}[./]|(?:{'|'.join(MONTHS)})\w{{0,4}}\s)\s?(?:19|20)\d{{2}}\b")


@rule("D10", ERROR, gdpr("5(2)", "12(1)"))
def old_or_undated(notice: NoticeText) -> Iterator[Flaw]:
    """No date at all, one that cannot be right, or the last one over twelve months ago."""
    latest = _latest(notice)
    if wrong := _wrong_date(notice):
        yield _dated(notice, wrong, _("Write the right days: drawn up first, updated after it."))
        return
    month = next(notice.find(MONTH, notice.under(SectionKey.DRAWN_UP)), None)
    if latest is None and month:
        yield month.flaw(
            _("The date of the notice has no day, so nobody can tell which notice was in force."),
            _("Write the day when the notice was drawn up, and the day of its latest change."),
            WARNING,
        )
    elif latest is None:
        yield absent(
            SectionKey.DRAWN_UP,
            _("The notice has no date, so nobody can tell whether it is still true."),
            _("Write the day when the notice was drawn up, and the day of its latest change."),
        )
    elif _over_a_year(latest, notice.today):
        message = _("The notice was last updated over a year ago, on %(day)s.") % {
            "day": date_format(latest, "SHORT_DATE_FORMAT")
        }
        advice = _("Read it through, correct what has changed, and write the day of the update.")
        yield _dated(notice, message, advice, WARNING)


def _dated(notice: NoticeText, message: str, advice: str, severity: str | None = None) -> Flaw:
    """A flaw of the day, where the notice says it."""
    dated = [one for one in notice.under(SectionKey.DRAWN_UP) if first_date(one.words)]
    if dated:
        return dated[-1].flaw(message, advice, severity)
    return absent(SectionKey.DRAWN_UP, message, advice, severity)


def _wrong_date(notice: NoticeText) -> str | None:
    """What is wrong with the days that the notice gives as its own (art. 5(2))."""
    drawn_up, updated = notice.reading.drawn_up_on, notice.reading.updated_on
    ahead = max((day for day in (drawn_up, updated) if day), default=None)
    if ahead and ahead > notice.today:
        return _("The notice is dated in the future: %(day)s.") % {
            "day": date_format(ahead, "SHORT_DATE_FORMAT")
        }
    if drawn_up and updated and updated < drawn_up:
        return _("The notice was updated on %(updated)s, before it was drawn up.") % {
            "updated": date_format(updated, "SHORT_DATE_FORMAT")
        }
    return None


def _latest(notice: NoticeText) -> date | None:
    """The newest day that the notice gives as its own, wherever it stands."""
    days = [notice.reading.drawn_up_on, notice.reading.updated_on]
    if not any(days):
        for one in notice.own:
            if SPEAKS_OF_ITSELF.search(one.folded) and first_date(one.words):
                days += drawn_up_and_updated(one.words)
    return max((day for day in days if day), default=None)


def _over_a_year(day: date, today: date) -> bool:
    return (today.year - 1, today.month, today.day) > (day.year, day.month, day.day)


@rule("D01", ERROR, gdpr("5(1)(a)", "12(1)"))
def repealed_laws(notice: NoticeText) -> Iterator[Flaw]:
    """A law that was repealed before the notice's own date; a warning where it was so after."""
    dated = _latest(notice) or notice.today
    for law in known.REPEALED_LAWS:
        if law.repealed_on > notice.today:
            continue
        among = (one for one in notice.sentences if not known.SAYS_REPEALED.search(one.folded))
        for one in notice.find(law.pattern, among):
            yield one.flaw(
                _("“%(words)s” is not in force: it was repealed on %(day)s.")
                % {
                    "words": " ".join(one.words.split()),
                    "day": date_format(law.repealed_on, "SHORT_DATE_FORMAT"),
                },
                _("Name the law that is in force: %(law)s.") % {"law": _in_force(law.now)},
                ERROR if dated >= law.repealed_on else WARNING,
            )


def _in_force(number: str) -> str:
    """What took the place of a repealed law, by its number."""
    return {
        "1050/2018": _("the General Data Protection Regulation and the Data Protection Act "
                       "(1050/2018)"),
        "917/2014": _("the Act on Electronic Communications Services (917/2014)"),
    }.get(number, _("the General Data Protection Regulation"))  # fmt: skip


@rule("D02", ERROR, gdpr("12(1)"))
def placeholders(notice: NoticeText) -> Iterator[Flaw]:
    """A gap of the template that nobody filled in (P15)."""
    among = [*notice.everything, *notice.headings]
    at_home = [one for one in among if not _is_of_its_own(one)]
    elsewhere = [one for one in among if _is_of_its_own(one)]
    found = [*notice.find(known.PLACEHOLDER, at_home)]
    found += notice.find(known.SURE_PLACEHOLDER, elsewhere)
    for one in found:
        yield one.flaw(
            _("A gap of the template has not been filled in: “%(words)s”.") % {"words": one.words},
            _("Write here what the template asks for, or leave the place out."),
        )


def _is_of_its_own(one: Said) -> bool:
    """Whether words stand under a heading that the law knows nothing of."""
    return one.section is not None and one.section.key == SectionKey.OTHER


@rule("D35", WARNING, gdpr("12(1)"))
def literal_markup(notice: NoticeText) -> Iterator[Flaw]:
    """Tags that the reader sees."""
    message = _("The text shows HTML tags to its readers.")
    advice = _(
        "Take the tags out of the text; this program shows paragraphs and lists without them."
    )
    if notice.reading.markup:
        yield Flaw(message, advice, words=notice.reading.markup)
    for one in notice.find(TAG, notice.everything):
        yield one.flaw(message, advice)


TAG = re.compile(
    r"</?(?:p|ul|ol|li|br|b|i|strong|em|h[1-6]|div|span|table|tr|td)(?:\s[^<>\n]{0,200})?/?>"
)
