"""The reckoning of a due date: kept as rows beside it, and told in words (T10)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from rights_requests.deadlines import Kind, Step, holiday_name


def as_rows(trace: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps as JSON: rule, kind, date and what belongs to them; the calendar is frozen in
    the last one."""
    return [
        {
            "rule": step.rule,
            "kind": step.kind.value,
            "date": step.date.isoformat(),
            "name": step.name,
            "until": step.until and step.until.isoformat(),
            "holidays": [[day.isoformat(), name] for day, name in step.holidays],
        }
        for step in trace
    ]


def sentences(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What a reader is told of each step, in the active language. While the clock stands still, the
    last one tells the day without that (T06)."""
    stands = any(row["kind"] == Kind.PAUSE and row["until"] is None for row in rows)
    return [told for row in rows if (told := _sentence(row, stands=stands))]


def _sentence(row: dict[str, Any], *, stands: bool) -> str:
    day = date.fromisoformat(row["date"])
    words = {
        "day": _spoken(day),
        "until": row["until"] and _spoken(date.fromisoformat(row["until"])),
    }
    match Kind(row["kind"]):
        case Kind.RECEIVED:
            return gettext("The request came on %(day)s.") % words
        case Kind.SAME_DAY if row["rule"] == "T03":
            return gettext("With the extension, three months from then is %(day)s.") % words
        case Kind.SAME_DAY:
            return gettext("One month from then is %(day)s.") % words
        case Kind.LAST_OF_MONTH if row["rule"] == "T03":
            return (
                gettext(
                    "With the extension, three months count. The last month has no such day, so "
                    "its last day counts: %(day)s."
                )
                % words
            )
        case Kind.LAST_OF_MONTH:
            return gettext("The month has no such day, so its last day counts: %(day)s.") % words
        case Kind.PAUSE if row["until"]:
            return gettext("The clock stood still from %(day)s to %(until)s.") % words
        case Kind.PAUSE:
            return gettext("The clock stands still since %(day)s.") % words
        case Kind.AFTER_PAUSES:
            return gettext("With the days it stood still, that is %(day)s.") % words
        case Kind.WEEKEND:
            return gettext("%(day)s is no working day, so the next day counts.") % words
        case Kind.HOLIDAY:
            name = holiday_name(day, get_language() or "fi") or row["name"]
            return gettext("%(day)s is a holiday (%(name)s), so the next day counts.") % {
                **words,
                "name": name,
            }
        case Kind.CALENDAR if stands:
            return gettext("Without that, the last day to answer would be %(day)s.") % words
        case Kind.CALENDAR:
            return gettext("The last day to answer is %(day)s.") % words


def _spoken(day: date) -> str:
    """The day with its weekday, as a sentence needs it."""
    return f"{date_format(day, 'l')} {date_format(day, 'SHORT_DATE_FORMAT')}"
