"""The day by which the queue is in order follows every act that moves a clock, and is never off."""

import io
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command

from audit.reasons import because
from notices.terms import Right
from rights_requests import decisions, desk, doubting
from rights_requests.letters import mark_sent
from rights_requests.models import Demand, ExtensionCause, LetterKind, Proof, RightsRequest
from tests.factories import CustomerFactory, LetterFactory
from tests.rights_requests.test_decisions import (  # noqa: F401
    ARRIVED,
    LATER,
    _in_english,
    ask,
    decider,
    proven,
    refuse,
)
from tests.rights_requests.test_doubting import ANSWERED, ASKED, doubt_of, large

DUE, EXTENDED, ANSWERED_DUE = date(2026, 10, 1), date(2026, 12, 1), date(2026, 10, 12)


def next_of(request):
    """What is stored, which must be what the clocks say of themselves."""
    stored = RightsRequest.objects.get(pk=request.pk)
    lying = {one.demand_id for one in stored.letters.all() if one.is_answer_to_post}
    running = [
        one.due_on
        for one in stored.demands.all()
        if (one.is_open or one.pk in lying) and one.due_on
    ]
    assert stored.next_due_on == min(running, default=None)
    return stored.next_due_on


def demand_of(request, right):
    return request.demands.get(right=right)


def extend(demand):
    decisions.extend(
        demand, by=decider(), now=LATER, cause=ExtensionCause.COMPLEXITY, reason="Much paper."
    )


def test_it_begins_with_the_receipt():
    """T01, T08"""
    assert next_of(ask(Right.ACCESS, Right.ERASURE)) == DUE


def test_what_works_at_once_has_none():
    """M01"""
    assert next_of(ask(Right.PROHIBITION)) is None


def test_a_question_stops_it_from_when_its_letter_leaves_until_the_answer():
    """T06"""
    request = ask(Right.ACCESS, Right.ERASURE)
    doubt = doubt_of(request, leaves=False)
    assert next_of(request) == DUE
    mark_sent(doubt.letter, now=ASKED)
    assert next_of(request) is None
    doubting.record_answer(request, came_on=ANSWERED.date(), now=ANSWERED)
    assert next_of(request) == ANSWERED_DUE


def test_a_proof_that_answers_the_question_moves_it_too():
    """T06"""
    aino = CustomerFactory(email="aino@koe.example")
    request = ask(Right.ACCESS, customer=aino)
    doubt_of(request)
    assert next_of(request) is None
    decisions.prove(request, Proof.IN_PERSON, now=ANSWERED, by=decider(), evidence="Passport.")
    assert next_of(request) == ANSWERED_DUE


def test_a_clock_that_stands_alone_leaves_the_others_to_be_followed():
    """T06, T07: a large quantity is asked about for access alone."""
    request = proven(Right.ACCESS, Right.OBJECTION, customer=large())
    doubt_of(request, reason="large_quantity", means="which_data", why="")
    assert demand_of(request, Right.ACCESS).due_on is None
    assert next_of(request) == DUE


def test_more_time_for_one_leaves_the_other_first():
    """T03, T04: each right has a clock of its own."""
    request = ask(Right.ACCESS, Right.ERASURE)
    extend(demand_of(request, Right.ACCESS))
    assert next_of(request) == DUE
    extend(demand_of(request, Right.ERASURE))
    assert next_of(request) == EXTENDED


@pytest.mark.parametrize(
    "decide",
    [refuse, lambda demand: decisions.grant(demand, by=decider(), now=LATER)],
    ids=["refused", "granted"],
)
def test_a_decision_leaves_what_is_still_open(decide):
    """P62"""
    request = proven(Right.ACCESS, Right.PORTABILITY)
    extend(demand_of(request, Right.ACCESS))
    decide(demand_of(request, Right.PORTABILITY))
    assert next_of(request) == EXTENDED
    decide(demand_of(request, Right.ACCESS))
    assert next_of(request) is None


def test_what_is_an_answer_is_the_same_for_one_letter_and_for_many():
    """T01, art. 12(3)"""
    request = ask(Right.ACCESS)
    for kind in (one for one in LetterKind if one != LetterKind.INFORMATION):
        LetterFactory(request=request, kind=kind, medium="post", sent_at=None)
    of_one = {one.kind for one in request.letters.all() if one.is_answer_to_post}
    of_many = set(request.letters.to_post().answers().values_list("kind", flat=True))
    assert of_one == of_many
    assert {"answer_access", "refusal", "erasure_done"} < of_one
    assert not {"receipt", "question", "withdrawn", "told_erasure"} & of_one


def test_an_answer_on_paper_is_owed_until_it_is_posted():
    """T01, art. 12(3): what lies in the house has told nobody. It is late when its day has passed,
    and each thing that tells of late answers tells of it."""
    away = {"email": "", "street": "Kampikuja 3", "postcode": "06100", "city": "Porvoo"}
    request = ask(Right.ACCESS, Right.PORTABILITY, **away)
    decisions.prove(request, Proof.IN_PERSON, now=LATER, by=decider(), evidence="Passport.")
    refuse(demand_of(request, Right.ACCESS))
    refuse(demand_of(request, Right.PORTABILITY))
    assert next_of(request) == DUE
    late = DUE + timedelta(days=1)
    asked = RightsRequest.objects.get(pk=request.pk)
    assert list(desk.overdue(late)) == [asked]
    assert desk.overdue_lines(late)
    assert desk.next_step(asked, blocked=[], telling=False, posting=True).startswith("Post the")
    told = io.StringIO()
    with time_machine.travel(late), pytest.raises(SystemExit):
        call_command("check_promises", stdout=told)
    assert "The day has passed by which this request had to be answered." in told.getvalue()
    first, second = request.letters.answers()
    mark_sent(first, now=LATER, posted_by=decider())
    assert next_of(request) == DUE
    mark_sent(second, now=LATER, posted_by=decider())
    assert next_of(request) is None
    assert not desk.overdue_lines(late)
    assert RightsRequest.objects.get(pk=request.pk).closed_at == LATER


def test_what_is_withdrawn_has_none():
    """T01"""
    request = ask(Right.ACCESS)
    other = ask(Right.ACCESS)
    decisions.withdraw(request, now=LATER)
    assert next_of(request) is None
    assert next_of(other) == DUE


def test_whoever_saves_a_request_read_before_puts_no_old_day_back():
    """T03"""
    request = ask(Right.ACCESS)
    before = RightsRequest.objects.get(pk=request.pk)
    extend(demand_of(request, Right.ACCESS))
    with because("Test"):
        before.phone = "040 1234567"
        before.save()
    assert before.next_due_on == next_of(request) == EXTENDED


def test_the_soonest_comes_first_and_what_stands_still_last():
    """T06, I02: of two alike the newer one."""
    still = ask(Right.ACCESS)
    doubt_of(still)
    long = ask(Right.ACCESS)
    extend(long.demands.get())
    first, second = ask(Right.ACCESS), ask(Right.ERASURE)
    sooner = ask(Right.ACCESS, now=datetime(2026, 8, 20, 12, tzinfo=ARRIVED.tzinfo))
    assert list(RightsRequest.objects.by_due_date()) == [sooner, second, first, long, still]


def test_history_is_not_told_what_the_clocks_tell_it():
    """Q06"""
    columns = {field.name for field in RightsRequest.history.model._meta.fields}
    assert "next_due_on" not in columns
    assert "due_on" in {field.name for field in Demand.history.model._meta.fields}
