"""The clock of article 12(3), against the worked examples and a reckoning of our own."""

import json
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from rights_requests import deadlines
from rights_requests.deadlines import (
    CALENDAR,
    ImpossiblePause,
    Kind,
    Step,
    due_date,
    extension_possible_until,
    holiday_name,
    received_on,
    target_on,
)

SHARED = Path(__file__).parents[3] / "shared" / "deadline_vectors.json"
#: Received, due, due if extended, due if the eves were holidays; pauses.
VECTORS = [
    ("2026-03-05", "2026-04-07", "2026-06-05", "2026-04-07", []),
    ("2026-08-31", "2026-09-30", "2026-11-30", "2026-09-30", []),
    ("2026-01-15", "2026-02-16", "2026-04-15", "2026-02-16", []),
    ("2026-01-31", "2026-03-02", "2026-04-30", "2026-03-02", []),
    ("2027-01-29", "2027-03-01", "2027-04-29", "2027-03-01", []),
    ("2028-01-29", "2028-02-29", "2028-05-02", "2028-02-29", []),
    ("2028-01-31", "2028-02-29", "2028-05-02", "2028-02-29", []),
    ("2028-02-29", "2028-03-29", "2028-05-29", "2028-03-29", []),
    ("2026-03-03", "2026-04-07", "2026-06-03", "2026-04-07", []),
    ("2026-04-01", "2026-05-04", "2026-07-01", "2026-05-04", []),
    ("2026-04-14", "2026-05-15", "2026-07-14", "2026-05-15", []),
    ("2026-05-19", "2026-06-19", "2026-08-19", "2026-06-22", []),
    ("2026-05-20", "2026-06-22", "2026-08-20", "2026-06-22", []),
    ("2026-09-30", "2026-10-30", "2026-12-30", "2026-10-30", []),
    ("2026-10-31", "2026-11-30", "2027-02-01", "2026-11-30", []),
    ("2026-11-06", "2026-12-07", "2027-02-08", "2026-12-07", []),
    ("2026-11-24", "2026-12-24", "2027-02-24", "2026-12-28", []),
    ("2026-11-25", "2026-12-28", "2027-02-25", "2026-12-28", []),
    ("2025-12-06", "2026-01-07", "2026-03-06", "2026-01-07", []),
    ("2026-12-01", "2027-01-04", "2027-03-01", "2027-01-04", []),
    ("2025-11-30", "2025-12-30", "2026-03-02", "2025-12-30", []),
    ("2026-07-04", "2026-08-04", "2026-10-05", "2026-08-04", []),
    ("2025-10-01", "2025-11-03", "2026-01-02", "2025-11-03", []),
    ("2026-02-10", "2026-03-18", "2026-05-18", "2026-03-18", [("2026-02-12", "2026-02-20")]),
    (
        "2026-06-02",
        "2026-07-13",
        "2026-09-14",
        "2026-07-13",
        [("2026-06-03", "2026-06-09"), ("2026-06-11", "2026-06-15")],
    ),
]
ONE_DAY = timedelta(days=1)


def day(text):
    return date.fromisoformat(text)


def days(pauses):
    return [(day(asked), day(answered)) for asked, answered in pauses]


# --- a reckoning of our own: the acts of T02, and a walk from day to day


def easter(year):
    """The Gregorian computus (Meeus, Jones, Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, before = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, before + 1)


def saturday_after(on):
    return next(
        later for later in (on + passed * ONE_DAY for passed in range(1, 8)) if later.weekday() == 5
    )


def days_of_the_acts(year):
    fixed = {(1, 1), (1, 6), (5, 1), (12, 6), (12, 25), (12, 26)}
    moving = {easter(year) + passed * ONE_DAY for passed in (-2, 0, 1, 39, 49)}
    saturdays = {saturday_after(date(year, 6, 19)), saturday_after(date(year, 10, 30))}
    return {date(year, *month_and_day) for month_and_day in fixed} | moving | saturdays


OF_THE_ACTS = {year: days_of_the_acts(year) for year in range(1995, 2100)}


def rests(on):
    return on.weekday() in (5, 6) or on in OF_THE_ACTS[on.year]


def next_working_day(on):
    while rests(on):
        on += ONE_DAY
    return on


def walked(received, months):
    """Over as many turns of the month, then to the day-number or the month's last day."""
    on, turns = received, 0
    while turns < months or (on.day < received.day and (on + ONE_DAY).day != 1):
        on += ONE_DAY
        turns += on.day == 1
    return on


def every_day(first_year, last_year):
    first, last = date(first_year, 1, 1), date(last_year, 12, 31)
    return [first + passed * ONE_DAY for passed in range((last - first).days + 1)]


# --- the worked examples


@pytest.mark.parametrize(("received", "due", "extended", "eves", "pauses"), VECTORS)
def test_the_worked_examples_are_met(received, due, extended, eves, pauses):
    """T01, T02, T03, T06."""
    assert due_date(day(received), pauses=days(pauses)).date == day(due)
    assert due_date(day(received), pauses=days(pauses), extended=True).date == day(extended)


@pytest.mark.parametrize(("received", "due", "extended", "eves", "pauses"), VECTORS)
def test_the_eves_move_the_end_only_where_they_are_said_to(
    received, due, extended, eves, pauses, monkeypatch
):
    """T02: the switch is off."""
    assert deadlines.EVES_ARE_HOLIDAYS is False
    monkeypatch.setattr(deadlines, "EVES_ARE_HOLIDAYS", True)
    assert due_date(day(received), pauses=days(pauses)).date == day(eves)


@pytest.mark.skipif(not SHARED.exists(), reason="the examples are not beside the project")
def test_the_worked_examples_are_the_shared_ones():
    shared = [
        (
            one["received"],
            one["due"],
            one["due_extended"],
            one["due_if_eves_count"],
            [tuple(pause) for pause in one["pauses"]],
        )
        for one in json.loads(SHARED.read_text())
    ]
    assert shared == VECTORS


# --- the independent reckoning


@pytest.mark.parametrize(("extended", "months"), [(False, 1), (True, 3)])
def test_every_day_of_ten_years_is_due_where_a_walk_ends(extended, months):
    """T01, T02, T03."""
    received = every_day(2026, 2035)
    assert {on: due_date(on, extended=extended).date for on in received} == {
        on: next_working_day(walked(on, months)) for on in received
    }


def test_the_holidays_are_those_of_the_acts():
    """T02: thirteen a year, neither eve among them."""
    counted = {on for on in every_day(2020, 2040) if holiday_name(on)}
    assert counted == set.union(*(OF_THE_ACTS[year] for year in range(2020, 2041)))


def test_a_request_received_later_is_never_due_earlier():
    """T01."""
    dues = [due_date(on).date for on in every_day(2026, 2029)]
    assert all(earlier <= later for earlier, later in pairwise(dues))


# --- what holds for any day and any pauses

#: Days from receipt on which something was asked, and how long the answer took.
PAUSES = {
    "one": [(0, 7)],
    "two, past the month": [(3, 20), (25, 15)],
    "overlapping": [(2, 10), (8, 7)],
    "answered at once": [(5, 0)],
    "a year": [(6, 365)],
}


@pytest.mark.parametrize(("extended", "months"), [(False, 1), (True, 3)])
@pytest.mark.parametrize("spans", PAUSES.values(), ids=PAUSES)
def test_every_day_of_ten_years_with_pauses_is_due_where_a_walk_ends(spans, extended, months):
    """T01, T02, T03, T06: with pauses and extensions."""
    # each day that stands still is told once, whatever asks on it
    still = len({after + passed for after, length in spans for passed in range(length)})
    due = {
        on: due_date(on, extended=extended, pauses=paused(on, spans))
        for on in every_day(2026, 2035)
    }
    ends = {on: walked(on, months) for on in due}
    assert {on: one.date for on, one in due.items()} == {
        on: next_working_day(end + still * ONE_DAY) for on, end in ends.items()
    }
    assert {on: one.unpaused for on, one in due.items()} == {
        on: next_working_day(end) for on, end in ends.items()
    }


receipts = st.dates(date(2000, 1, 1), date(2090, 12, 31))
spans = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40)), max_size=4)


def paused(received, spans):
    return [
        (received + after * ONE_DAY, received + (after + length) * ONE_DAY)
        for after, length in spans
    ]


@settings(deadline=None)
@given(receipts, st.booleans(), spans)
def test_no_answer_is_due_on_a_day_of_rest(received, extended, spans):
    """T02."""
    due = due_date(received, extended=extended, pauses=paused(received, spans))
    assert not rests(due.date)
    assert not rests(due.unpaused)


@settings(deadline=None)
@given(receipts, st.booleans(), spans)
def test_each_day_that_stands_still_counts_once(received, extended, spans):
    """T06."""
    pauses = paused(received, spans)
    still = {
        on
        for on in (received + passed * ONE_DAY for passed in range(131))
        if any(asked <= on < answered for asked, answered in pauses)
    }
    raw = walked(received, 3 if extended else 1)
    due = due_date(received, extended=extended, pauses=pauses)
    assert due.date == next_working_day(raw + len(still) * ONE_DAY)
    assert due.unpaused == next_working_day(raw)


@settings(deadline=None)
@given(receipts, st.booleans(), spans, st.tuples(st.integers(0, 90), st.integers(0, 40)))
def test_one_pause_more_never_brings_the_day_nearer(received, extended, spans, more):
    """T06."""
    before = due_date(received, extended=extended, pauses=paused(received, spans))
    after = due_date(received, extended=extended, pauses=paused(received, [*spans, more]))
    assert walked(received, 1) <= before.unpaused <= before.date <= after.date


@settings(deadline=None)
@given(receipts, st.booleans(), spans)
def test_the_frozen_calendar_alone_gives_the_same_day_again(received, extended, spans):
    """T10."""
    asked = {"extended": extended, "pauses": paused(received, spans)}
    due = due_date(received, **asked)
    calendar = due.trace[-1]
    assert (calendar.rule, calendar.kind, calendar.name) == ("T10", Kind.CALENDAR, CALENDAR)
    again = due_date(received, **asked, holidays=dict(calendar.holidays))
    assert (again.date, again.unpaused) == (due.date, due.unpaused)
    assert again.trace[:-1] == due.trace[:-1]


# --- the reckoning that is shown


def test_the_trace_names_every_holiday_that_moved_the_end():
    """T02, T10."""
    assert due_date(date(2026, 3, 3)).trace == (
        Step("T08", date(2026, 3, 3), Kind.RECEIVED),
        Step("T01", date(2026, 4, 3), Kind.SAME_DAY),
        Step("T02", date(2026, 4, 3), Kind.HOLIDAY, name="Pitkäperjantai"),
        Step("T02", date(2026, 4, 4), Kind.WEEKEND),
        Step("T02", date(2026, 4, 5), Kind.HOLIDAY, name="Pääsiäispäivä"),
        Step("T02", date(2026, 4, 6), Kind.HOLIDAY, name="Toinen pääsiäispäivä"),
        Step(
            "T10",
            date(2026, 4, 7),
            Kind.CALENDAR,
            name=CALENDAR,
            holidays=(
                (date(2026, 4, 3), "Pitkäperjantai"),
                (date(2026, 4, 5), "Pääsiäispäivä"),
                (date(2026, 4, 6), "Toinen pääsiäispäivä"),
            ),
        ),
    )


def test_the_trace_tells_pauses_in_their_order_and_where_they_lead():
    """T03, T06."""
    pauses = [(date(2026, 6, 11), date(2026, 6, 15)), (date(2026, 6, 3), date(2026, 6, 9))]
    due = due_date(date(2026, 6, 2), extended=True, pauses=pauses)
    assert due.trace[1:-1] == (
        Step("T03", date(2026, 9, 2), Kind.SAME_DAY),
        Step("T06", date(2026, 6, 3), Kind.PAUSE, until=date(2026, 6, 9)),
        Step("T06", date(2026, 6, 11), Kind.PAUSE, until=date(2026, 6, 15)),
        Step("T06", date(2026, 9, 12), Kind.AFTER_PAUSES),
        Step("T02", date(2026, 9, 12), Kind.WEEKEND),
        Step("T02", date(2026, 9, 13), Kind.WEEKEND),
    )


def test_the_trace_says_where_the_month_was_too_short():
    """T01."""
    assert due_date(date(2026, 8, 31)).trace[1] == Step(
        "T01", date(2026, 9, 30), Kind.LAST_OF_MONTH
    )


def test_nobody_changes_a_reckoning():
    """T10."""
    due = due_date(date(2026, 8, 31))
    with pytest.raises(FrozenInstanceError):
        due.date = date(2026, 10, 1)
    with pytest.raises(FrozenInstanceError):
        due.trace[0].date = date(2026, 10, 1)


# --- months, leap days, extension


def test_an_extension_runs_from_receipt_and_not_from_the_first_deadline():
    """T03: 30 April, neither 28 April nor two months from 2 March."""
    assert due_date(date(2026, 1, 31)).date == date(2026, 3, 2)
    assert due_date(date(2026, 1, 31), extended=True).date == date(2026, 4, 30)


@pytest.mark.parametrize(
    ("received", "raw"),
    [
        ("2027-01-28", "2027-02-28"),
        ("2027-01-29", "2027-02-28"),
        ("2028-01-28", "2028-02-28"),
        ("2028-01-29", "2028-02-29"),
        ("2028-01-30", "2028-02-29"),
        ("2028-02-28", "2028-03-28"),
        ("2028-02-29", "2028-03-29"),
        ("2027-12-31", "2028-01-31"),
    ],
)
def test_the_end_of_february_ends_the_period(received, raw):
    """T01: the day itself, shown before any rest moves it."""
    assert due_date(day(received)).trace[1].date == day(raw)


def test_only_the_end_moves():
    """T02: received on a Saturday that is a holiday, and counted from it."""
    assert due_date(date(2025, 12, 6)).trace[1].date == date(2026, 1, 6)


def test_the_reasons_for_an_extension_may_be_sent_until_the_unextended_end():
    """T04: a pause moves that end too, and an open one leaves none."""
    received = date(2026, 1, 31)
    answered = (date(2026, 2, 2), date(2026, 2, 5))
    assert extension_possible_until(received) == date(2026, 3, 2)
    assert extension_possible_until(received, pauses=[answered]) == date(2026, 3, 3)
    assert extension_possible_until(received, pauses=[(date(2026, 2, 2), None)]) is None


def test_the_target_is_two_weeks_and_never_after_the_law():
    """T11."""
    assert target_on(date(2026, 3, 5)) == date(2026, 3, 19)
    assert target_on(date(2026, 3, 5), days=7) == date(2026, 3, 12)
    assert target_on(date(2026, 1, 31), days=60) == date(2026, 2, 28)


# --- pauses


def test_an_open_pause_leaves_no_date_but_the_unpaused_one():
    """T06: what was answered earlier brings no date back."""
    pauses = [(date(2026, 6, 3), date(2026, 6, 9)), (date(2026, 6, 11), None)]
    due = due_date(date(2026, 6, 2), pauses=pauses)
    assert (due.date, due.unpaused) == (None, date(2026, 7, 2))
    assert Step("T06", date(2026, 6, 11), Kind.PAUSE) in due.trace
    assert Kind.AFTER_PAUSES not in {step.kind for step in due.trace}


def test_the_trace_of_an_open_pause_explains_the_unpaused_date():
    """T02, T06."""
    due = due_date(date(2026, 1, 15), pauses=[(date(2026, 1, 20), None)])
    assert due.unpaused == date(2026, 2, 16)
    assert due.trace[-2] == Step("T02", date(2026, 2, 15), Kind.WEEKEND)


def test_a_pause_inside_another_adds_nothing():
    """T06."""
    outer = (date(2026, 2, 12), date(2026, 2, 20))
    inner = (date(2026, 2, 13), date(2026, 2, 15))
    across = (date(2026, 2, 18), date(2026, 2, 23))
    assert due_date(date(2026, 2, 10), pauses=[inner, outer]).date == date(2026, 3, 18)
    assert due_date(date(2026, 2, 10), pauses=[across, outer]).date == date(2026, 3, 23)


def test_an_answer_on_the_day_of_asking_costs_nothing():
    """T06: the question may be put on the day of receipt, and answered at once."""
    received = date(2026, 2, 10)
    assert due_date(received, pauses=[(received, received)]).date == date(2026, 3, 10)
    assert due_date(received, pauses=[(received, received + ONE_DAY)]).date == date(2026, 3, 11)


@pytest.mark.parametrize(
    "pause",
    [
        (date(2026, 2, 20), date(2026, 2, 19)),
        (date(2026, 2, 9), date(2026, 2, 20)),
        (date(2026, 2, 9), None),
    ],
    ids=["answered before it was asked", "asked before the receipt", "asked before and open"],
)
def test_an_impossible_pause_is_refused_and_named(pause):
    """T06: a slip of the pen must not lengthen the period, nor be hidden by an open pause."""
    open_one = (date(2026, 2, 12), None)
    with pytest.raises(ImpossiblePause) as refused:
        due_date(date(2026, 2, 10), pauses=[open_one, pause])
    assert (refused.value.asked_on, refused.value.answered_on) == pause
    assert isinstance(refused.value, ValueError)


# --- the day in Helsinki


def test_the_day_of_receipt_is_the_day_in_helsinki():
    """T09: whatever time zone the reader keeps."""
    last_second = datetime(2026, 8, 31, 20, 59, 59, tzinfo=UTC)
    with timezone.override("America/New_York"):
        assert received_on(last_second) == date(2026, 8, 31)
        assert received_on(last_second + timedelta(seconds=1)) == date(2026, 9, 1)
    half_past_midnight = received_on(datetime(2026, 8, 31, 21, 30, tzinfo=UTC))
    assert due_date(half_past_midnight).date == date(2026, 10, 1)


def test_helsinki_keeps_winter_time_too():
    """T09."""
    assert received_on(datetime(2026, 1, 31, 21, 59, tzinfo=UTC)) == date(2026, 1, 31)
    assert received_on(datetime(2026, 1, 31, 22, 0, tzinfo=UTC)) == date(2026, 2, 1)


def test_a_moment_without_its_zone_has_no_day():
    """T09."""
    with pytest.raises(ValueError, match="naive"):
        received_on(datetime(2026, 8, 31, 21, 30))


# --- calendars and names


@pytest.mark.parametrize(
    ("holidays", "name"),
    [({date(2026, 9, 30)}, ""), ({date(2026, 9, 30): "Syyspäivä"}, "Syyspäivä")],
    ids=["days", "days and names"],
)
def test_another_calendar_takes_the_place_of_finlands(holidays, name):
    """T02, T10."""
    due = due_date(date(2026, 8, 31), holidays=holidays)
    assert due.date == date(2026, 10, 1)
    assert due.trace[-2] == Step("T02", date(2026, 9, 30), Kind.HOLIDAY, name=name)
    assert (due.trace[-1].name, due.trace[-1].holidays) == ("", ((date(2026, 9, 30), name),))
    assert due_date(date(2026, 11, 25), holidays=holidays).date == date(2026, 12, 25)


def test_a_holiday_has_its_name_in_each_language_and_an_eve_in_none():
    """T02."""
    named = [holiday_name(date(2026, 6, 20), language) for language in ("fi", "sv", "en")]
    assert named == ["Juhannuspäivä", "Midsommardagen", "Midsummer Day"]
    assert holiday_name(date(2026, 6, 20)) == "Juhannuspäivä"
    eves = (date(2026, 6, 19), date(2026, 12, 24))
    assert {holiday_name(on, language) for on in eves for language in ("fi", "sv", "en")} == {None}
    assert holiday_name(date(2026, 6, 18)) is None
