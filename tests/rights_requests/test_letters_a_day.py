"""Three letters a day to one address: whoever types it in fills nobody's mailbox."""

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.utils import translation

from audit.tasks import run_next
from notices.terms import Right
from rights_requests import decisions
from rights_requests.admin.letters import state_of
from rights_requests.desk import overdue_letters
from rights_requests.letters import MORNING, MOST_A_DAY, mark_undelivered
from rights_requests.models import Letter, LetterKind, LinkPurpose, Proof, RightsRequest
from tests.factories import CustomerFactory, NoticeFactory
from tests.rights_requests.asking import answers, send
from tests.rights_requests.test_decisions import HELSINKI, ask, decider, only

VICTIM = "victim@koe.example"
NOON = datetime(2026, 9, 1, 12, tzinfo=HELSINKI)
NEXT_DAY = datetime.combine(NOON.date() + timedelta(days=1), MORNING, HELSINKI)


@pytest.fixture(autouse=True)
def _in_english(db):
    NoticeFactory(in_force=True)
    with translation.override("en"):
        yield


def ask_often(count, *, email=VICTIM, now=NOON, right=Right.ACCESS):
    return [ask(right, email=email, now=now) for _time in range(count)]


def deliver_all(now):
    """Let the worker do all that is due at `now`; gives what it sent to the victim."""
    before = len(mail.outbox)
    for _time in range(100):
        if not run_next(now):
            break
    return [one for one in mail.outbox[before:] if one.to[0].casefold() == VICTIM]


def test_the_fourth_letter_waits_and_the_next_day_one_carries_what_waited():
    asked = ask_often(6)
    assert RightsRequest.objects.count() == 6
    assert len(deliver_all(NOON)) == MOST_A_DAY
    assert deliver_all(NEXT_DAY - timedelta(seconds=1)) == []
    (one,) = deliver_all(NEXT_DAY)
    assert one.subject == "3 letters about your requests"
    for request in asked[MOST_A_DAY:]:
        assert f"\n\nWe have received your request {request.number}\n\n" in f"\n\n{one.body}"
    assert "## " not in one.body
    assert not Letter.objects.filter(to_email=VICTIM, sent_at=None).exists()
    assert deliver_all(NEXT_DAY + timedelta(days=1)) == []


def test_the_links_in_what_waited_are_open_from_when_it_leaves():
    """I04"""
    *_sent, last = ask_often(4)
    deliver_all(NEXT_DAY)
    link = last.links.get(purpose=LinkPurpose.PROOF)
    assert link.expires_at == NEXT_DAY + timedelta(hours=24)


@pytest.mark.parametrize("right", [Right.ACCESS, Right.PROHIBITION])
def test_an_address_is_one_however_it_is_spelt_and_whatever_is_asked(right):
    ask_often(2)
    ask_often(2, email="Victim@KOE.example", right=right)
    ask_often(1, email="other@koe.example")
    held = Letter.objects.filter(leaves_at__isnull=False)
    assert list(held.values_list("to_email", "leaves_at")) == [("Victim@KOE.example", NEXT_DAY)]


def test_letters_are_counted_and_not_requests():
    """A link that is asked for again is a letter too, and so is a withdrawal."""
    (request,) = ask_often(1)
    for _time in range(2):
        decisions.send_proof(request, now=NOON)
    decisions.withdraw(request, now=NOON)
    held = request.letters.filter(leaves_at__isnull=False)
    assert [one.kind for one in held] == [LetterKind.WITHDRAWN]


def test_what_waited_counts_as_one_on_its_day():
    ask_often(6)
    ask_often(3, now=NEXT_DAY)
    held = Letter.objects.filter(leaves_at__gt=NEXT_DAY)
    assert held.count() == 1


def test_the_day_begins_at_midnight_in_helsinki():
    """T09"""
    late = datetime(2026, 9, 1, 23, 59, tzinfo=HELSINKI)
    ask_often(3, now=late)
    ask_often(1, now=late + timedelta(minutes=1))
    assert not Letter.objects.filter(leaves_at__isnull=False).exists()


def test_a_proven_request_is_not_counted_and_its_letters_never_wait():
    """E11, I12: who asks often is no abuser for that."""
    aino = CustomerFactory(email=VICTIM)
    for request in ask_often(3):
        decisions.prove(request, Proof.PROVEN_EMAIL, now=NOON)
        decisions.link(request, aino, now=NOON)
    ask_often(3)
    assert not Letter.objects.filter(leaves_at__isnull=False).exists()
    decisions.withdraw(request, now=NOON)
    assert request.letters.get(kind=LetterKind.WITHDRAWN).leaves_at is None


def test_what_staff_write_never_waits():
    """T04: a refusal or more time would be late."""
    for request in ask_often(4):
        decisions.extend(only(request), by=decider(), now=NOON, cause="number", reason="Many.")
    held = Letter.objects.filter(leaves_at__isnull=False)
    assert [one.kind for one in held] == [LetterKind.RECEIPT]


def test_a_letter_that_waits_for_its_day_raises_no_alarm_and_says_so():
    """I13: before its hour the worker is not to blame."""
    *_sent, last = ask_often(4)
    held = {"leaves_at__isnull": False}
    assert not overdue_letters(NOON + timedelta(hours=2)).filter(**held).exists()
    late = overdue_letters(NEXT_DAY + timedelta(hours=2))
    letter = late.get(**held)
    assert letter.request == last
    letter.leaves_at = datetime.now(HELSINKI) + timedelta(days=1)
    assert "the address has got its letters of the day" in state_of(letter)


def test_of_what_waits_together_one_that_cannot_leave_keeps_no_other():
    ask_often(6)
    deliver_all(NOON)
    first = Letter.objects.filter(leaves_at__isnull=False).order_by("pk").first()
    mark_undelivered(first, fault="550", now=NOON)
    (one,) = deliver_all(NEXT_DAY)
    assert one.subject == "2 letters about your requests"


@pytest.mark.parametrize("rights", [["access"], ["prohibition"]])
def test_the_page_after_sending_is_true_of_what_leaves_now_and_of_what_waits(client, rights):
    """I08: the same words for the first request and for one whose letter waits."""
    pages = []
    for _time in range(MOST_A_DAY + 1):
        sent = send(client, answers(*rights, email=VICTIM), language="en")
        number = RightsRequest.objects.latest("pk").number
        pages.append(client.get(sent["Location"]).text.replace(number, "NUMBER"))
    assert Letter.objects.filter(to_email=VICTIM).exclude(leaves_at=None).exists()
    assert len({re.sub(r"/sent/[^/]+/", "/sent/", page) for page in pages}) == 1
    said = "To one address we send at most 3 such letters a day. Any others go the next morning."
    assert said in pages[0]
    assert "We have sent" not in pages[0]
