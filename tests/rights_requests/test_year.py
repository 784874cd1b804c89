"""The year at a glance: counted by the database, and the same numbers as by hand."""

import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from audit.reasons import because
from rights_requests.models import Demand
from rights_requests.year import year_of, years
from staff.roles import Role
from tests.factories import (
    CertificateFactory,
    DoubtFactory,
    ItemFactory,
    LetterFactory,
    NoticeFactory,
    RightsRequestFactory,
    UserFactory,
    WeighingFactory,
)
from tests.register.look import look_of
from tests.rights_requests.at_the_desk import QUEUE, staff

pytestmark = pytest.mark.django_db
HELSINKI = ZoneInfo("Europe/Helsinki")
TODAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _in_english():
    NoticeFactory(in_force=True)
    with translation.override("en"):
        yield


def at(day, hour=12):
    return datetime(day.year, day.month, day.day, hour, tzinfo=HELSINKI)


def asked(right, on, **columns):
    """A demand of `right`, received `on` a day."""
    request = RightsRequestFactory(received_at=at(on), rights=[right], **columns)
    return request.demands.get()


def decided(demand, on, outcome="granted_at"):
    with because("Test"):
        setattr(demand, outcome, at(on))
        if outcome != "carried_out_at":
            demand.decided_by = UserFactory()
        demand.save()
    return demand


def refused(demand, on, ground="not_identified"):
    decided(demand, on, "refused_at")
    return CertificateFactory(demand=demand, ground=ground)


def row(found, label):
    return next(one for one in found.by_right if one.label == label)


def page_of(year, name="year"):
    return reverse(f"admin:rights_requests_rightsrequest_{name}", args=[year])


def test_rights_are_counted_by_what_became_of_them():
    """Q02: what was asked in the year, and how it was answered."""
    decided(asked("access", date(2026, 3, 2)), date(2026, 3, 6))
    decided(asked("access", date(2026, 3, 2)), date(2026, 4, 1))
    refused(asked("access", date(2026, 3, 2)), date(2026, 3, 12))
    with because("Test"):
        withdrawn = asked("access", date(2026, 3, 2)).request
        withdrawn.withdrawn_at = withdrawn.closed_at = at(date(2026, 3, 3))
        withdrawn.save()
    asked("access", date(2026, 11, 20))
    decided(asked("prohibition", date(2026, 5, 4)), date(2026, 5, 4), "carried_out_at")
    found = year_of(2026, today=TODAY)
    access = row(found, "Access")
    assert (access.asked, access.done, access.refused) == (5, 2, 1)
    assert (access.withdrawn, access.open, access.overdue) == (1, 1, 0)
    assert (access.in_target, access.usual, access.longest) == (2, 10, 30)
    assert found.total.asked == 6
    assert found.requests == 6
    assert found.total.in_target == 3


def test_the_year_is_that_of_the_receipt_in_helsinki():
    """T09: a request of New Year's Eve in UTC is one of the new year here."""
    RightsRequestFactory(
        received_at=datetime(2025, 12, 31, 22, 30, tzinfo=ZoneInfo("UTC")), rights=["access"]
    )
    RightsRequestFactory(
        received_at=datetime(2025, 12, 31, 21, 30, tzinfo=ZoneInfo("UTC")), rights=["erasure"]
    )
    assert [one.label for one in year_of(2026, today=TODAY).by_right] == ["Access"]
    assert [one.label for one in year_of(2025, today=TODAY).by_right] == ["Erasure"]
    assert years(today=TODAY) == [2026, 2025]


@pytest.mark.parametrize(
    ("days", "place"),
    [
        # received on Monday 2 March, due on Thursday 2 April: 31 days
        (0, 0),
        (3, 0),
        (4, 1),
        (28, 9),
        (31, 9),
        (32, 10),
    ],
)
def test_days_used_are_drawn_against_the_deadline(days, place):
    """T11: each answer stands in the tenth of its own time, or behind the line when late."""
    decided(asked("access", date(2026, 3, 2)), date(2026, 3, 2) + timedelta(days=days))
    found = year_of(2026, today=TODAY)
    assert [bar.number for bar in found.bars] == [int(one == place) for one in range(11)]
    assert found.bars[place].height == 60
    assert found.bars[place].is_late is (place == 10)
    assert found.total.late == int(days > 31)


@pytest.mark.parametrize(("on", "late"), [(date(2026, 4, 2), 0), (date(2026, 4, 3), 1)])
def test_a_refusal_has_the_same_month_as_any_answer(on, late):
    """T05: no action is told of within one month, and a refusal after it counts as late."""
    refused(asked("access", date(2026, 3, 2)), on)
    assert year_of(2026, today=TODAY).total.late == late


def test_more_time_moves_the_line():
    """T03: who was told of more time is not late, and uses a share of the longer time."""
    demand = asked("access", date(2026, 3, 2))
    with because("Test"):
        demand.extended_at, demand.extended_by = at(date(2026, 3, 20)), UserFactory()
        demand.extension_cause = "complexity"
        demand.reckon()
        demand.save()
    assert demand.due_on == date(2026, 6, 2)
    decided(demand, date(2026, 4, 20))
    found = year_of(2026, today=TODAY)
    assert found.total.late == 0
    # 49 of 92 days
    assert found.bars[5].number == 1


def a_question(demand, on, answered_on=None, **columns):
    """The clock of `demand` stands still from the letter `on` a day to the answer."""
    letter = LetterFactory(request=demand.request, kind="question", sent_at=at(on))
    columns |= {"answered_at": answered_on and at(answered_on), "stops_clock": True}
    DoubtFactory(request=demand.request, letter=letter, asked_at=at(on), **columns)
    with because("Test"):
        demand.request.reckon_again()
    demand.refresh_from_db()
    return demand


def test_days_on_which_the_clock_stood_still_are_not_days_used():
    """T06, T07: neither used nor given, of several questions each; one about much data stops access
    alone, and one that was put after the decision stops nothing."""
    first, last = date(2026, 3, 4), date(2026, 3, 24)
    several = a_question(asked("access", date(2026, 3, 2)), first, date(2026, 3, 14))
    a_question(several, date(2026, 3, 14), last)
    assert several.due_on == date(2026, 4, 22)
    decided(several, date(2026, 4, 1))
    much = RightsRequestFactory(received_at=at(date(2026, 3, 2)), rights=["access", "erasure"])
    a_question(much.demands.first(), first, last, reason="large_quantity", means="which_data")
    for demand in much.demands.all():
        decided(demand, date(2026, 4, 1))
    found = year_of(2026, today=TODAY)
    access, erasure = (row(found, label) for label in ("Access", "Erasure"))
    assert (access.usual, access.longest, access.in_target) == (10, 10, 2)
    assert (erasure.usual, erasure.longest, erasure.in_target) == (30, 30, 0)
    # 10 of 31 days, twice, and 30 of 31
    assert [bar.number for bar in found.bars] == [0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0]
    assert found.total.late == 0


def test_the_year_is_shown_while_a_clock_stands_still():
    """T06: without a last day, before the decision and after it."""
    demand = a_question(asked("access", date(2026, 3, 2)), date(2026, 3, 6))
    found = year_of(2026, today=TODAY)
    assert demand.due_on is None
    assert (found.total.open, found.total.overdue, found.total.answered) == (1, 0, 0)
    refused(demand, date(2026, 11, 2))
    found = year_of(2026, today=TODAY)
    assert (found.total.longest, found.total.late, found.bars[1].number) == (4, 0, 1)


def test_what_is_open_and_late_agrees_with_the_queue():
    """T04, T11: more time that nobody was told of is none."""
    asked("access", date(2026, 10, 1))
    late = asked("access", date(2026, 10, 1))
    with because("Test"):
        late.extended_at, late.extended_by = at(date(2026, 10, 20)), UserFactory()
        late.extension_cause = "complexity"
        late.reckon()
        late.save()
    LetterFactory(request=late.request, demand=late, kind="extension", sent_at=None)
    asked("access", date(2026, 11, 20))
    found = year_of(2026, today=TODAY)
    assert (found.total.open, found.total.overdue) == (3, 2)


def test_refusals_are_counted_by_ground():
    """Q02, P59: which grounds, by right, the most used first."""
    for right, ground in (
        ("erasure", "open_invoice"),
        ("access", "not_identified"),
        ("erasure", "open_invoice"),
    ):
        refused(asked(right, date(2026, 3, 2)), date(2026, 3, 12), ground)
    told = [(one.right, one.ground, one.number) for one in year_of(2026, today=TODAY).refusals]
    assert told == [
        ("Erasure", "An invoice is open.", 2),
        ("Access", "It has not been shown who asks.", 1),
    ]


def test_each_ground_of_a_certificate_is_counted_once():
    """Q02, P59, R07: of items, and of uses that are objected to, each may have its own."""
    items = refused(asked("rectification", date(2026, 3, 2)), date(2026, 3, 4), "accurate").demand
    for ground in ("accurate", "accurate", "somebody_else", ""):
        outcome = "refused" if ground else "corrected"
        ItemFactory(demand=items, outcome=outcome, refusal_ground=ground)
    uses = asked("objection", date(2026, 3, 2))
    refused(uses, date(2026, 3, 4), "compelling_grounds")
    for purpose, ground in (
        ("statistics", "compelling_grounds"),
        ("development", "objection_claims"),
        ("publication", ""),
    ):
        WeighingFactory(demand=uses, purpose=purpose, ground=ground)
    told = [(one.right, one.ground, one.number) for one in year_of(2026, today=TODAY).refusals]
    assert told == [
        ("Objection", "The data are needed for a legal claim.", 1),
        ("Objection", "We have compelling legitimate grounds that override the objection.", 1),
        ("Rectification", "The data are correct.", 1),
        ("Rectification", "The data are not about the person who asks.", 1),
    ]


def test_what_is_refused_in_part_is_refused_in_both_tables():
    """Q02, R07: each certificate is a refusal, and what is asked is counted once."""
    demand = decided(asked("rectification", date(2026, 3, 2)), date(2026, 3, 4))
    CertificateFactory(demand=demand, ground="accurate")
    decided(asked("rectification", date(2026, 3, 2)), date(2026, 3, 4))
    found = year_of(2026, today=TODAY)
    counted = row(found, "Rectification")
    assert (counted.asked, counted.done, counted.refused) == (2, 1, 1)
    assert [one.number for one in found.refusals] == [1]
    page = staff(Role.HANDLER).get(page_of(2026)).text
    assert "Refused, wholly or in part" in page
    assert "A refusal on several grounds is counted on each of them." in page


@pytest.mark.parametrize("count", [1, 30])
def test_many_requests_take_as_many_queries_as_one(count, django_assert_num_queries):
    """Q02: the database counts; no request is read."""
    for number in range(count):
        refused(asked("access", date(2026, 3, 2)), date(2026, 3, 3) + timedelta(days=number))
    with django_assert_num_queries(5):
        year_of(2026, today=TODAY)
        years(today=TODAY)


def test_the_page_and_the_table_name_nobody_and_say_the_same():
    """Q02: no personal data; the table has numbers as numbers, and no formula."""
    refused(asked("access", date(2026, 3, 2), name="=Aino Koekajo"), date(2026, 3, 12))
    client = staff(Role.HANDLER)
    page = client.get(page_of(2026))
    assert page.status_code == 200
    assert page_of(date.today().year) in client.get(QUEUE).text
    assert page_of(date.today().year) in client.get(reverse("admin:index")).text
    response = client.get(page_of(2026, "year_xlsx"))
    assert response["Content-Disposition"] == 'attachment; filename="requests-2026.xlsx"'
    rows = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0)
    told = rows.to_python()
    widths, frozen, bold = look_of(response.content)
    assert [row[0] for row in bold] == ["Right", "Time used until the decision", "Right"]
    assert told[frozen - 1][: len(bold[0])] == bold[0]
    assert len(widths) == len(bold[0])
    assert told[1][:2] == ["Requests", 1.0]
    assert "Access" in [line[0] for line in told]
    assert any("GDPR articles 11(2), 12(2) and 12(6)" in line for line in told)
    for text in (page.text, str(told)):
        assert "Koekajo" not in text
        assert "It has not been shown who asks." in text
    assert not [cell for line in told for cell in line if str(cell).startswith(("=", "+", "@"))]


def test_only_who_sees_the_desk_sees_the_year():
    """Q02: nobody else, and no year that has nothing."""
    asked("access", date(2026, 3, 2))
    for name in ("year", "year_xlsx"):
        assert staff(Role.VIEWER).get(page_of(2026, name)).status_code == 403
        assert staff(Role.HANDLER).get(page_of(1999, name)).status_code == 404
        assert staff(Role.HANDLER).post(page_of(2026, name)).status_code == 405
    assert Demand.objects.count() == 1
