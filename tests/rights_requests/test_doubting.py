"""To ask the person: for a reason from a list, by the mildest means, with the clock standing."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.reasons import because
from notices.terms import Right
from rights_requests import decisions, desk, doubting
from rights_requests.decisions import CannotExtend
from rights_requests.doubting import LARGE, CannotAsk, means_open, reasons_open
from rights_requests.letters import mark_sent
from rights_requests.models import (
    Demand,
    Doubt,
    DoubtReason,
    ExtensionCause,
    LetterKind,
    LinkPurpose,
    Means,
    Medium,
    Proof,
    RightsRequest,
)
from rights_requests.reckoning import sentences
from rights_requests.status import status_of
from tests.factories import CustomerFactory, ItemFactory, OrderFactory
from tests.rights_requests.test_decisions import (  # noqa: F401
    ARRIVED,
    HELSINKI,
    LATER,
    _in_english,
    ask,
    decider,
    only,
    proven,
)
from tests.rights_requests.test_identifying import HOME

#: Asked on 3 September, answered on the 13th: ten days that do not count.
ASKED = datetime(2026, 9, 3, 12, tzinfo=HELSINKI)
ANSWERED = datetime(2026, 9, 13, 12, tzinfo=HELSINKI)
WHY = "The mailbox is said to be stolen."


def doubt_of(request, *, now=ASKED, reason="contradiction", means="detail", leaves=True, why=WHY):
    """The person is asked, by a letter that leaves at once."""
    words = {"reason": reason, "means": means, "why_not_milder": why}
    doubt = doubting.ask(request, by=decider(), now=now, **words)
    if leaves:
        mark_sent(doubt.letter, now=now)
    return Doubt.objects.get()


def days(request):
    return [(one.due_on, one.first_due_on) for one in request.demands.order_by("pk")]


def large():
    aino = CustomerFactory(email="aino@koe.example")
    OrderFactory.create_batch(LARGE, customer=aino)
    return aino


# --- the clock


def test_the_clock_stands_still_from_the_letter_to_the_answer_for_every_right():
    """T06: while it does there is no last day, and the one without it stays in sight."""
    request = ask(Right.ACCESS, Right.ERASURE)
    doubt_of(request)
    assert days(request) == [(None, None)] * 2
    demand = request.demands.first()
    assert demand.is_paused
    assert demand.unpaused_on == date(2026, 10, 1)
    assert sentences(demand.reckoning)[-2:] == [
        "The clock stands still since Thursday 3 September 2026.",
        "Without that, the last day to answer would be Thursday 1 October 2026.",
    ]
    assert doubting.record_answer(request, came_on=ANSWERED.date(), now=ANSWERED)
    # the eleventh of October is a Sunday
    assert days(request) == [(date(2026, 10, 12), date(2026, 10, 12))] * 2


def test_the_answer_counts_from_when_it_came_and_not_from_when_it_was_read():
    """T06, T08"""
    request = ask(Right.ACCESS)
    doubt_of(request)
    doubting.record_answer(request, came_on=date(2026, 9, 5), now=ANSWERED)
    assert days(request) == [(date(2026, 10, 5), date(2026, 10, 5))]


def test_a_question_that_has_not_left_stops_nothing():
    """T06: the person does not know of it."""
    request = ask(Right.ACCESS)
    doubt = doubt_of(request, leaves=False)
    assert days(request) == [(date(2026, 10, 1), date(2026, 10, 1))]
    assert doubt.asked_on is None
    mark_sent(doubt.letter, now=ASKED + timedelta(days=1))
    assert days(request) == [(None, None)]


@pytest.mark.parametrize(("late", "stops"), [(timedelta(), True), (timedelta(seconds=1), False)])
def test_a_question_that_comes_late_is_asked_and_stops_nothing(late, stops):
    """T06: only one that was asked without undue delay."""
    request = ask(Right.ACCESS)
    doubt = doubt_of(request, now=ARRIVED + doubting.WITHOUT_DELAY + late)
    assert doubt.stops_clock is stops
    assert request.demands.get().is_paused is stops
    said = "the time to answer you stands still" in doubt.letter.body
    assert said is stops


def test_a_second_question_counts_from_the_answer_that_did_not_do():
    """T06: several pauses add up."""
    request = ask(Right.ACCESS)
    doubt_of(request)
    doubting.record_answer(request, came_on=ANSWERED.date(), now=ANSWERED)
    again = ANSWERED + timedelta(days=2)
    second = doubting.ask(
        request, reason="unclear_proof", means="signed", why_not_milder=WHY, by=decider(), now=again
    )
    mark_sent(second.letter, now=again)
    doubting.record_answer(request, came_on=date(2026, 9, 18), now=again + timedelta(days=9))
    assert days(request) == [(date(2026, 10, 14), date(2026, 10, 14))]


def test_a_proof_answers_the_question():
    """T06: enough has come."""
    request = ask(Right.ACCESS)
    doubt_of(request)
    decisions.prove(request, Proof.SIGNATURE, now=ANSWERED, by=decider(), came_on=date(2026, 9, 4))
    assert Doubt.objects.get().answered_on == date(2026, 9, 4)
    assert days(request) == [(date(2026, 10, 2), date(2026, 10, 2))]


def test_a_link_to_a_stranger_s_address_answers_no_question():
    """I04, T06"""
    request = ask(Right.ACCESS, email="stranger@muu.example")
    decisions.link(request, CustomerFactory(email="aino@koe.example", **HOME), now=ARRIVED)
    doubt_of(request, now=ARRIVED, means="code")
    link = request.links.get(purpose=LinkPurpose.PROOF)
    assert decisions.prove_by_link(link, now=ARRIVED)
    assert Doubt.objects.open().exists()


def test_while_the_clock_stands_nothing_is_late_and_no_time_is_taken():
    """T04, T06, T11"""
    request = ask(Right.ACCESS)
    doubt_of(request)
    later = datetime(2027, 3, 1, tzinfo=HELSINKI)
    assert not RightsRequest.objects.due_by(later.date()).exists()
    assert desk.overdue_lines(later.date()) == []
    assert desk.reminder_lines(date(2026, 9, 15)) == []
    asked = RightsRequest.objects.get()
    assert desk.next_step(asked, blocked=False, telling=False, posting=False).startswith(
        "Wait for the answer"
    )
    cause = {"cause": ExtensionCause.COMPLEXITY, "reason": "Ten years of paper."}
    with pytest.raises(CannotExtend):
        decisions.extend(only(request), by=decider(), now=ASKED, **cause)


def test_more_time_after_a_pause_counts_both():
    """T03, T06: three months from receipt, and the ten days."""
    request = ask(Right.ACCESS)
    doubt_of(request)
    doubting.record_answer(request, came_on=ANSWERED.date(), now=ANSWERED)
    cause = {"cause": ExtensionCause.COMPLEXITY, "reason": "Ten years of paper."}
    moment = datetime(2026, 10, 12, 12, tzinfo=HELSINKI)
    decisions.extend(only(request), by=decider(), now=moment, **cause)
    assert days(request) == [(date(2026, 12, 11), date(2026, 10, 12))]


# --- what may be asked


def test_a_missing_signature_and_a_missing_ground_are_no_reasons_to_ask():
    """T07, I03, I05: nor is a copy of an identity card among the means."""
    assert list(DoubtReason) == [
        "address",
        "several",
        "contradiction",
        "unclear_proof",
        "impersonation",
        "large_quantity",
        "accuracy",
    ]
    assert list(Means) == [
        "code",
        "detail",
        "signed",
        "in_person",
        "which_data",
        "where_seen",
        "paper_shown",
        "paper_copy",
    ]


@pytest.mark.parametrize("proof", [Proof.PROVEN_EMAIL, Proof.SIGNATURE, Proof.IN_PERSON])
def test_nothing_is_asked_of_whom_a_proof_has_shown(proof):
    """P51: what the notice calls enough is enough."""
    aino = CustomerFactory(email="aino@koe.example", **HOME)
    request = ask(Right.ACCESS)
    decisions.link(request, aino, now=ARRIVED)
    decisions.prove(request, proof, now=ARRIVED)
    assert reasons_open(RightsRequest.objects.get()) == []
    with pytest.raises(CannotAsk):
        doubt_of(request, means="signed")
    assert not Doubt.objects.exists()


def test_one_question_waits_at_a_time():
    request = ask(Right.ACCESS)
    doubt_of(request)
    with pytest.raises(CannotAsk):
        doubt_of(request)


@pytest.mark.parametrize("reason", ["", "no_signature", "large_quantity"])
def test_a_reason_comes_from_the_list(reason):
    """I05, T07"""
    with pytest.raises(CannotAsk):
        doubt_of(ask(Right.ACCESS), reason=reason)


def test_what_is_harder_than_the_mildest_needs_its_reason():
    """I05: the link in the receipt is milder than all, then the code."""
    request = ask(Right.ACCESS, email="stranger@muu.example")
    with pytest.raises(CannotAsk):
        doubt_of(request, why=" ")
    decisions.link(request, CustomerFactory(email="aino@koe.example", **HOME), now=ARRIVED)
    request = RightsRequest.objects.get()
    assert means_open(request) == ["code", "detail", "signed", "in_person"]
    with pytest.raises(CannotAsk):
        doubt_of(request, means="signed", why="")
    assert doubt_of(request, means="code", why="").means == Means.CODE


def test_the_letter_of_a_code_goes_to_the_register_s_address_and_to_no_stranger():
    """I08: whoever asks does not learn that the register has an address."""
    request = ask(Right.ACCESS, email="stranger@muu.example")
    decisions.link(request, CustomerFactory(email="aino@koe.example", **HOME), now=ARRIVED)
    letter = doubt_of(request, means="code", why="").letter
    assert (letter.kind, letter.medium) == (LetterKind.CODE, Medium.POST)
    assert letter.to_address == "Koetie 1\n00100 Helsinki"
    assert "The parts of the request do not agree with each other." in letter.body
    shown = status_of(RightsRequest.objects.get(), now=ASKED)
    receipt = request.letters.get(kind=LetterKind.RECEIPT)
    assert [one.subject for one in shown.letters] == [receipt.subject]
    assert len(shown.questions) == 1


def test_the_letter_says_why_and_what_is_enough_and_what_nobody_wants():
    """I05, I06"""
    letter = doubt_of(ask(Right.ACCESS)).letter
    assert (letter.kind, letter.to_email) == (LetterKind.QUESTION, "aino@koe.example")
    for said in (
        "The parts of the request do not agree with each other.",
        "It can be the number of an order or of an invoice.",
        "That is enough.",
        "Send us no copy or photo of an identity card.",
        "Send us no personal identity code either.",
        "Your request stands meanwhile.",
    ):
        assert said in letter.body


# --- a large quantity


def test_a_large_quantity_is_asked_about_for_access_alone():
    """T07, rec. 63: the other right in the request runs on."""
    request = proven(Right.ACCESS, Right.RECTIFICATION, customer=large())
    words = {"reason": "large_quantity", "means": "which_data"}
    doubt = doubt_of(request, **words, now=LATER, why="")
    assert days(request) == [(None, None), (date(2026, 10, 1), date(2026, 10, 1))]
    assert "If you want all of them, say so." in doubt.letter.body
    assert "identity" not in doubt.letter.body


@pytest.mark.parametrize("right", [Right.ERASURE, Right.RECTIFICATION, Right.PORTABILITY])
def test_for_no_other_right_and_no_small_quantity(right):
    """T07"""
    request = proven(right, customer=large())
    small = proven(Right.ACCESS, customer=CustomerFactory(email="aino@koe.example"))
    for one in (request, small):
        assert reasons_open(one) == []


def test_much_data_and_identity_are_never_asked_about_in_one():
    """T07"""
    request = ask(Right.ACCESS)
    doubt_of(request)
    doubt = Doubt.objects.get()
    doubt.means = Means.WHICH_DATA
    with because("Test"), pytest.raises(IntegrityError), transaction.atomic():
        doubt.save()


def test_a_request_that_comes_in_has_no_question_and_counts_without_one(
    django_assert_num_queries,
):
    request = ask(Right.ACCESS)
    demand = Demand(request=request, right=Right.ERASURE)
    with django_assert_num_queries(0):
        assert demand.reckon().date == date(2026, 10, 1)


# --- which value is right


def put_right(**columns):
    """A request of a known person for one item."""
    asked = proven(Right.RECTIFICATION)
    decisions.link(asked, CustomerFactory(email="aino@koe.example", **HOME), now=LATER)
    ItemFactory(demand=asked.demands.get(), **columns)
    return RightsRequest.objects.get(pk=asked.pk)


@pytest.mark.parametrize("category", ["email", "phone", "postal_address", "website"])
def test_of_contact_data_the_own_word_is_enough(category):
    """R04: evidence that is not relevant is not asked for."""
    asked = put_right(category=category)
    assert reasons_open(asked) == []
    with pytest.raises(CannotAsk):
        doubt_of(asked, reason="accuracy", means="where_seen")


@pytest.mark.parametrize(
    ("category", "means"),
    [
        ("orders", ["where_seen", "paper_shown", "paper_copy"]),
        ("billing", ["where_seen", "paper_shown", "paper_copy"]),
        ("name", ["where_seen", "paper_shown"]),
        ("", ["where_seen", "paper_shown"]),
    ],
)
def test_evidence_is_asked_from_a_list_and_the_mildest_first(category, means):
    """R04: and of a name no copy, which would be one of an identity paper (I05)."""
    asked = put_right(category=category)
    assert reasons_open(asked) == [DoubtReason.ACCURACY]
    assert [str(one) for one in doubting.means_for(asked, "accuracy")] == means
    for other in set(Means) - set(means):
        with pytest.raises(CannotAsk):
            doubt_of(asked, reason="accuracy", means=other)
    with pytest.raises(CannotAsk):
        doubt_of(asked, reason="accuracy", means="paper_shown", why=" ")
    doubt_of(asked, reason="accuracy", means="paper_shown")


def test_to_check_a_value_stops_no_clock():
    """R04, T06, T07: it is our own work; the letter names the item and asks no identity."""
    asked = put_right(category="orders")
    before = days(asked)
    doubt = doubt_of(asked, reason="accuracy", means="where_seen", why="")
    assert not doubt.stops_clock
    assert days(RightsRequest.objects.get(pk=asked.pk)) == before
    for words in (
        "We cannot see yet which value is right.",
        "It is about these:\n\n- 1. Earlier orders\n",
        "Tell us where the right value can be seen.",
        "The time to answer you runs on meanwhile.",
    ):
        assert words in doubt.letter.body
    assert "identity card" not in doubt.letter.body
    assert doubting.record_answer(asked, came_on=date(2026, 9, 10), now=ANSWERED)


def test_nobody_is_doubted_for_a_value():
    """R04, I05: reasons and means do not mix, in the database either."""
    asked = put_right(category="orders")
    doubt_of(asked, reason="accuracy", means="where_seen", why="")
    doubt = Doubt.objects.get()
    for wrong in ({"means": "detail"}, {"reason": "several"}, {"stops_clock": True}):
        for column, value in wrong.items():
            setattr(doubt, column, value)
        with because("Test"), pytest.raises(IntegrityError), transaction.atomic():
            doubt.save()
        doubt.refresh_from_db()
