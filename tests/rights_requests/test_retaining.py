import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import override

from audit.models import Task
from audit.reasons import because
from audit.tasks import run_next
from notices.publishing import adopt
from notices.terms import ClauseKind
from register.models import Customer, Prohibition, Question, RetentionRun
from rights_requests.models import Letter, RightsRequest
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    HoldFactory,
    LetterFactory,
    NoticeFactory,
    RetentionRunFactory,
    RightsRequestFactory,
)

pytestmark = pytest.mark.django_db
OLD = date(2010, 1, 2)


@pytest.fixture(autouse=True)
def notice():
    notice = NoticeFactory()
    ClauseFactory(
        notice=notice,
        kind=ClauseKind.RETENTION,
        term="relationship_end",
        years=10,
        inactive_months=24,
    )
    ClauseFactory(
        notice=notice, kind=ClauseKind.RETENTION, term="collected", years=3, categories=["phone"]
    )
    adopt(notice, now=timezone.now(), reason="Test")
    with override("en"):
        yield notice


def old_customer(**values):
    origin = CollectionFactory(source_kind="partner", collected_on=OLD)
    return CustomerFactory(collection=origin, **values)


def command(capsys, *arguments):
    """Exit status, standard output and standard error of the command."""
    try:
        call_command("apply_retention", *arguments)
        status = 0
    except SystemExit as stopped:
        status = stopped.code
    return status, *capsys.readouterr()


def forbid(asked):
    """What the form does at once with a prohibition."""
    with because("Made for a test"):
        Prohibition.objects.forbid(
            {"email": asked.email},
            ["direct_advertising"],
            ["processing"],
            request_number=asked.number,
            today=asked.received_on,
        )


def test_with_the_customer_go_requests_and_letters_that_say_who_it_was(notice):
    """P67: a closed request, a prohibition that nobody had linked, and a letter sent unasked."""
    aino = old_customer(email="aino@koe.example")
    long_ago = datetime(2024, 1, 2, tzinfo=UTC)
    closed = {"received_at": long_ago, "recorded_at": long_ago, "closed_at": long_ago}
    RightsRequestFactory(customer=aino, email="aino@koe.example", **closed)
    forbidding = RightsRequestFactory(email="Aino@koe.example", needs_proof=False, **closed)
    forbid(forbidding)
    other = RightsRequestFactory(email="eero@koe.example", needs_proof=False, **closed)
    LetterFactory(request=None, customer=aino, notice=notice, kind="information", sent_at=long_ago)
    call_command("apply_retention", verbosity=0)
    aino.refresh_from_db()
    assert aino.erased_at
    assert RightsRequest.objects.exclude(email="").get() == other
    assert Letter.objects.get().to_email == ""


def test_the_command_tells_in_a_dry_run_what_it_then_does(capsys):
    """D02r: the preview; the daily work asks by itself when many are due."""
    held, free = old_customer(), old_customer()
    HoldFactory(customer=held)
    CustomerFactory()
    told = {
        "due": 2,
        "erased": 1,
        "blocked": [
            {
                "customer": held.reference,
                "reasons": [
                    "The data have been needed for a legal claim since 4 March 2026; this is "
                    "looked at again on 4 March 2027 at the latest."
                ],
            }
        ],
    }
    status, out, err = command(capsys, "--json", "--dry-run")
    foreseen, done = {"emptied": None, "data_due": {}}, {"emptied": 0, "data_due": None}
    assert (status, json.loads(out), err) == (0, {**told, **foreseen}, "")
    assert not RetentionRun.objects.exists()
    status, out, err = command(capsys, "--json")
    assert (status, json.loads(out), err) == (0, {**told, **done}, "")
    assert Customer.objects.get(erased_at__isnull=False) == free
    status, out, _err = command(capsys, "--json")
    assert json.loads(out) == {**told, **done, "due": 1, "erased": 0}


def test_it_says_in_words_what_was_done_and_what_is_left_to_do_by_hand(capsys):
    draft = NoticeFactory()
    for rule in (
        {"term": "relationship_end", "years": 10, "inactive_months": 24},
        {"term": "collected", "years": 3, "categories": ["phone"]},
        {"term": "invoice", "years": 3, "categories": ["orders"]},
    ):
        ClauseFactory(notice=draft, kind=ClauseKind.RETENTION, **rule)
    adopt(draft, now=timezone.now(), reason="Test")
    old_customer()
    origin = CollectionFactory(source_kind="customer_notice", collected_on=date(2022, 1, 2))
    young = CustomerFactory(phone="040 123 4567", collection=origin)
    status, out, err = command(capsys, "--dry-run")
    assert (status, err) == (0, "")
    assert out.splitlines()[:3] == [
        "Due: 1",
        "Would be erased: 1",
        "Single data due, phone number: 1",
    ]
    by_hand = "To be done by hand: “earlier orders: 3 years from the invoice”."
    assert out.splitlines()[3].startswith(by_hand)
    told = json.loads(command(capsys, "--json", "--dry-run")[1])
    assert (told["emptied"], told["data_due"]) == (None, {"phone": 1})
    done = command(capsys)[1].splitlines()
    assert done[1:3] == ["Erased: 1", "Single data erased, in rows: 1"]
    young.refresh_from_db()
    assert (young.phone, young.erased_at) == ("", None)


def test_it_looks_ahead_to_a_day(capsys):
    old_customer()
    CustomerFactory()
    ahead = (timezone.localdate() + timedelta(days=12 * 366 + 30)).isoformat()
    looked = command(capsys, "--json", "--today", ahead, "--dry-run")
    assert json.loads(looked[1])["due"] == 2


def test_a_day_that_somebody_gives_is_no_jump_of_the_clock(capsys):
    """T14: on the last day nobody goes, on the next they do."""
    aino = old_customer()
    RetentionRunFactory(today_on=date(2020, 1, 1), ended_at=timezone.now())
    CustomerFactory()
    ahead = (timezone.localdate() + timedelta(days=12 * 366 + 30)).isoformat()
    status, out, err = command(capsys, "--json", "--today", ahead)
    assert (status, json.loads(out)["erased"], err) == (0, 2, "")
    aino.refresh_from_db()
    assert aino.erased_at


@pytest.mark.parametrize("arguments", [["--today", "31.12.2026"]], ids=str)
def test_what_it_cannot_use_is_one_sentence(arguments, capsys):
    status, out, err = command(capsys, "--json", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_when_the_clock_has_jumped_it_asks_and_yes_is_an_answer(capsys):
    old_customer()
    RetentionRunFactory(today_on=date(2020, 1, 1), ended_at=timezone.now())
    status, out, err = command(capsys, "--json")
    assert (status, json.loads(out)["erased"]) == (1, 0)
    assert err.startswith(str(Question.CLOCK.label))
    assert not Customer.objects.filter(erased_at__isnull=False).exists()
    status, out, err = command(capsys, "--json", "--yes")
    assert (status, json.loads(out)["erased"], err) == (0, 1, "")


def test_the_daily_clock_lets_the_worker_erase():
    """P31: without anybody's hand, and once a day."""
    aino = old_customer()
    assert "begin_retention" in settings.DAILY_COMMANDS
    call_command("begin_retention")
    call_command("begin_retention")
    aino.refresh_from_db()
    assert aino.erased_at is None
    while run_next(timezone.now(), long=True):
        pass
    aino.refresh_from_db()
    assert aino.erased_by_request == RetentionRun.objects.get().number
    assert not Task.objects.filter(given_up_at__isnull=False).exists()


def test_the_daily_clock_leaves_a_run_that_asks_to_somebody():
    old_customer()
    RetentionRunFactory(today_on=date(2020, 1, 1), ended_at=timezone.now())
    for _day in range(2):
        call_command("begin_retention")
    assert RetentionRun.objects.asking().count() == 1
    assert not Task.objects.exists()
