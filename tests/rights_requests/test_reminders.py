"""The contact person hears of each arrival, of what is due and of what is late (P03, T11)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from audit.reasons import because
from notices.terms import Right
from rights_requests import decisions
from rights_requests.decisions import CannotExtend, extend
from rights_requests.desk import overdue_lines, reminder_lines
from rights_requests.models import Letter, LetterKind
from staff.roles import Role
from tests.factories import (
    DemandFactory,
    DeputyFactory,
    NoticeFactory,
    RightsRequestFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import act_on, ask, page_of, staff

HELSINKI = ZoneInfo("Europe/Helsinki")
ARRIVED = datetime(2026, 9, 1, 9, 0, tzinfo=HELSINKI)  # due on 1 October, target 15 September


@pytest.fixture(autouse=True)
def _in_english(db):
    NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example", languages=["en"])
    with translation.override("en"):
        yield


@pytest.fixture
def request_(db):
    return RightsRequestFactory(
        received_at=ARRIVED, recorded_at=ARRIVED, year=2026, rights=[Right.ACCESS]
    )


def at(monkeypatch, day):
    moment = datetime(day.year, day.month, day.day, 6, 0, tzinfo=HELSINKI)
    monkeypatch.setattr(timezone, "now", lambda: moment)


def sent():
    return list(Letter.objects.order_by("pk").values_list("kind", "to_email"))


def test_the_reminded_days_are_the_target_and_seven_three_and_one_before_the_end(request_):
    """T11"""
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(40)]
    reminded = [day.isoformat() for day in days if reminder_lines(day)]
    assert reminded == ["2026-09-15", "2026-09-24", "2026-09-28", "2026-09-30"]


def test_late_is_every_day_after_the_last(request_):
    assert overdue_lines(date(2026, 10, 1)) == []
    (line,) = overdue_lines(date(2026, 10, 2))
    assert line.startswith(f"{request_.number}, access: due on ")


def test_who_was_answered_is_not_reminded_of(request_):
    with because("Test"):
        decisions.withdraw(request_, now=ARRIVED)
    assert reminder_lines(date(2026, 9, 30)) == []
    assert overdue_lines(date(2026, 10, 2)) == []


def test_the_contact_person_is_mailed_once_a_day_and_without_personal_data(request_, monkeypatch):
    """P03, T11"""
    at(monkeypatch, date(2026, 9, 30))
    call_command("remind_of_requests")
    call_command("remind_of_requests")
    (letter,) = Letter.objects.all()
    assert letter.kind == LetterKind.STAFF_REMINDER
    assert letter.to_email == "vastuu@koepaja.example"
    assert request_.number in letter.body
    assert "Koekajo" not in letter.body + letter.subject
    at(monkeypatch, date(2026, 10, 2))
    call_command("remind_of_requests")
    assert sent()[1:] == [(LetterKind.STAFF_OVERDUE, "vastuu@koepaja.example")]


def test_a_quiet_day_sends_nothing(request_, monkeypatch):
    at(monkeypatch, date(2026, 9, 16))
    call_command("remind_of_requests")
    assert sent() == []


def test_a_deputy_gets_the_mail_from_the_first_day_to_the_last(request_, monkeypatch):
    """P03"""
    DeputyFactory(first_on=date(2026, 9, 24), last_on=date(2026, 9, 28))
    for day in (24, 28, 30):
        at(monkeypatch, date(2026, 9, day))
        call_command("remind_of_requests")
    assert [address for _kind, address in sent()] == [
        "eero@koe.example",
        "eero@koe.example",
        "vastuu@koepaja.example",
    ]


def test_the_daily_clock_reminds(settings):
    assert "remind_of_requests" in settings.DAILY_COMMANDS


def test_somebody_who_decides_ends_the_reminders(request_):
    with because("Test"):
        decisions.refuse(
            request_.demands.get(),
            by=UserFactory(),
            now=ARRIVED,
            ground=decisions.grounds_for(Right.ACCESS)[0],
            refused_what="All.",
            reasons="Nobody showed who asks.",
            until="Until it is shown.",
        )
    assert reminder_lines(date(2026, 9, 30)) == []


# --- corrections are quick


def test_a_correction_is_to_be_ready_in_seven_days_and_no_later_than_the_law(settings):
    """P57, T11"""
    request = RightsRequestFactory(received_at=datetime(2026, 9, 1, 12, tzinfo=HELSINKI))
    correction = DemandFactory(request=request, right="rectification")
    access = DemandFactory(request=request, right="access")
    assert (correction.target_on, access.target_on) == (date(2026, 9, 8), date(2026, 9, 15))
    settings.RECTIFICATION_DAYS = 90
    assert correction.target_on == date(2026, 10, 1)


def test_the_contact_person_is_reminded_of_a_correction_after_a_week():
    """P57"""
    request = RightsRequestFactory(received_at=datetime(2026, 9, 1, 12, tzinfo=HELSINKI))
    DemandFactory(request=request, right="rectification")
    assert len(reminder_lines(date(2026, 9, 8))) == 1
    assert reminder_lines(date(2026, 9, 15)) == []


def test_contact_data_get_no_more_time():
    """P57: more time for a correction is offered only where staff say that it is of other data."""
    contact = staff(Role.DATA_PROTECTION_CONTACT)
    asked = ask("rectification")
    assert "More time, if it is not about contact data" in contact.get(page_of(asked)).text
    said = {"cause": "complexity", "reason": "Two archives must be searched."}
    page = contact.post(act_on(asked, "rectification", "extend"), said)
    assert "Contact data are corrected without more time." in page.text
    with pytest.raises(CannotExtend):
        extend(asked.demands.get(), by=UserFactory(), now=timezone.now(), **said)
    contact.post(act_on(asked, "rectification", "extend"), said | {"is_no_contact_data": "on"})
    assert asked.demands.get().extended_at
    other = ask("access")
    page = contact.get(act_on(other, "access", "extend")).text
    assert "is_no_contact_data" not in page
