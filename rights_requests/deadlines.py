"""The clock of article 12(3): the day an answer is due, with the reckoning anyone can check.

Days are counted here. Whether a pause or an extension may be had at all (T04-T07) is judged where
it is made.
"""

from calendar import monthrange
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from zoneinfo import ZoneInfo

from django.utils import timezone

MONTHS = 1
MONTHS_EXTENDED = 3
#: Rest days before courts and authorities only (150/1930 s. 1, 5): no time for a controller (T02).
EVES_ARE_HOLIDAYS = False

#: Where the controller is: a reader in another time zone moves no deadline (T09).
HELSINKI = ZoneInfo("Europe/Helsinki")
CALENDAR = f"holidays {version('holidays')}, FI"
#: Ours to the library's: it answers an unknown one in English, without a word.
LANGUAGES = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}
FRIDAY, SATURDAY = 4, 5
ONE_DAY = timedelta(days=1)

Day = date  # for classes with a field called date
Pause = tuple[date, date | None]
Calendar = Container[date] | Mapping[date, str]
NameOf = Callable[[date], str | None]


class ImpossiblePause(ValueError):
    """A question put before the request came, or answered before it was put."""

    def __init__(self, asked_on: date, answered_on: date | None) -> None:
        super().__init__(asked_on, answered_on)
        self.asked_on = asked_on
        self.answered_on = answered_on


class Kind(StrEnum):
    """What a step tells of its date."""

    RECEIVED = "received"
    SAME_DAY = "same_day"
    LAST_OF_MONTH = "last_of_month"
    PAUSE = "pause"
    AFTER_PAUSES = "after_pauses"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Step:
    """One step of the reckoning: the rule, the date and what the rule made of it."""

    rule: str
    date: Day
    kind: Kind
    #: the holiday's Finnish name, or the calendar's
    name: str = ""
    #: the day of the answer that ended a pause
    until: Day | None = None
    #: every holiday from receipt to the end, as the calendar had them
    holidays: tuple[tuple[Day, str], ...] = ()


@dataclass(frozen=True)
class DueDate:
    """The last day to answer, or None while a pause is open; `unpaused` is it without pauses.

    While a pause is open the trace explains `unpaused`.
    """

    date: Day | None
    unpaused: Day
    trace: tuple[Step, ...]


def received_on(moment: datetime) -> date:
    """The day it was in Helsinki (T09)."""
    return timezone.localdate(moment, HELSINKI)


def moment_of(day: date, now: datetime) -> datetime:
    """When something came of which the day is known: now if today, else noon of that day in
    Helsinki (T08, T09)."""
    return now if day == received_on(now) else datetime.combine(day, time(12), HELSINKI)


def due_date(
    received_on: date,
    *,
    extended: bool = False,
    pauses: Iterable[Pause] = (),
    holidays: Calendar | None = None,
) -> DueDate:
    """The day an answer is due; `holidays` takes the place of Finland's."""
    name_of = _names(holidays)
    pauses = sorted(pauses, key=lambda pause: pause[0])
    paused = _days_paused(received_on, pauses)
    # from receipt even if extended: the first deadline has been clamped, maybe moved (T03)
    same_day = _months_after(received_on, MONTHS_EXTENDED if extended else MONTHS)
    kind = Kind.SAME_DAY if same_day.day == received_on.day else Kind.LAST_OF_MONTH
    trace = [
        Step("T08", received_on, Kind.RECEIVED),
        Step("T03" if extended else "T01", same_day, kind),
        *(Step("T06", asked_on, Kind.PAUSE, until=until) for asked_on, until in pauses),
    ]
    is_open = any(answered_on is None for _, answered_on in pauses)
    last = same_day
    if pauses and not is_open:
        last += len(paused) * ONE_DAY
        trace.append(Step("T06", last, Kind.AFTER_PAUSES))
    end, passed = _working_day(last, name_of)
    named = ((day, name_of(day)) for day in _days(received_on, end))
    frozen = tuple((day, name) for day, name in named if name is not None)
    calendar = CALENDAR if holidays is None else ""
    trace += [*passed, Step("T10", end, Kind.CALENDAR, name=calendar, holidays=frozen)]
    unpaused, _ = _working_day(same_day, name_of)
    return DueDate(None if is_open else end, unpaused, tuple(trace))


def extension_possible_until(
    received_on: date,
    *,
    pauses: Iterable[Pause] = (),
    holidays: Calendar | None = None,
) -> date | None:
    """The last day to send the notice of an extension (T04); None while a pause is open."""
    return due_date(received_on, pauses=pauses, holidays=holidays).date


def target_on(received_on: date, days: int = 14) -> date:
    """The day to be ready by ourselves, never later than the law allows (T11)."""
    return min(received_on + timedelta(days=days), _months_after(received_on, MONTHS))


def holiday_name(day: date, language: str = "fi") -> str | None:
    """What a public holiday of Finland is called; None for any other day."""
    if not EVES_ARE_HOLIDAYS and _is_eve(day):
        return None
    return _finnish_holidays(day.year, language).get(day)


@cache
def _finnish_holidays(year: int, language: str) -> Mapping[date, str]:
    """One year: the library's dictionary grows while it is asked, which threads must not share."""
    import holidays  # half a second, which no page but those with deadlines should wait for

    return dict(holidays.country_holidays("FI", years=year, language=LANGUAGES[language]))


def _is_eve(day: date) -> bool:
    """Christmas Eve and the Friday before Midsummer Day, which the library counts as holidays."""
    midsummer_eve = day.month == 6 and 19 <= day.day <= 25 and day.weekday() == FRIDAY
    return midsummer_eve or (day.month, day.day) == (12, 24)


def _names(holidays: Calendar | None) -> NameOf:
    if holidays is None:
        return holiday_name
    if isinstance(holidays, Mapping):
        return holidays.get
    return lambda day: "" if day in holidays else None


def _months_after(day: date, months: int) -> date:
    """The same day-number, or the last day of a month that has none (T01)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _working_day(day: date, name_of: NameOf) -> tuple[date, list[Step]]:
    """The first working day from here on, and the days passed over (T02)."""
    passed = []
    while (name := name_of(day)) is not None or day.weekday() >= SATURDAY:
        kind = Kind.WEEKEND if name is None else Kind.HOLIDAY
        passed.append(Step("T02", day, kind, name=name or ""))
        day += ONE_DAY
    return day, passed


def _days_paused(received_on: date, pauses: Iterable[Pause]) -> set[date]:
    """The days that do not count, each once however many pauses hold it (T06)."""
    days: set[date] = set()
    for asked_on, answered_on in pauses:
        if asked_on < received_on or (answered_on and answered_on < asked_on):
            raise ImpossiblePause(asked_on, answered_on)
        if answered_on:
            days |= set(_days(asked_on, answered_on))
    return days


def _days(first: date, after: date) -> Iterator[date]:
    return (first + passed * ONE_DAY for passed in range((after - first).days))
