"""Letters through a real mail server that misbehaves: nothing lost, nothing doubled."""

import socket
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from django.utils import translation

from audit.models import Task
from audit.reasons import because
from audit.tasks import LEASE, run_next
from notices.terms import Right
from register.models import Channel
from rights_requests.intake import receive
from rights_requests.letters import can_go_by_post
from rights_requests.models import Demand, Letter, LetterKind, RightsRequest
from tests.factories import NoticeFactory

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=ZoneInfo("Europe/Helsinki"))
SECOND = timedelta(seconds=1)


class Server:
    """What the mail server answers, in turn; then it takes everything."""

    def __init__(self) -> None:
        self.taken: list = []
        self.answers: list[str] = []
        self.drop_after: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(envelope)
        if self.drop_after:
            self.drop_after -= 1
            # the letter is taken, and the sender never hears of it
            server.transport.abort()
        return "250 taken"


@pytest.fixture
def server(settings):
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=0)
    # port 0 is a free one, which the controller cannot ask for
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()
    handler.controller = controller
    settings.EMAIL_BACKEND = "audit.mail.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_TIMEOUT = 1
    yield handler
    controller.stop()


@pytest.fixture
def letter(db):
    """The receipt of a request; the note to the contact person is out of the way."""
    NoticeFactory(in_force=True)
    with translation.override("en"):
        request = receive(
            RightsRequest(
                channel=Channel.FORM,
                language="en",
                received_at=NOW,
                name="Äijö Öhman",
                email="aijo@koe.example",
            ),
            [Demand(right=Right.ACCESS)],
            now=NOW,
        )
    receipt = request.letters.get(kind=LetterKind.RECEIPT)
    Task.objects.exclude(subject=receipt.pk).delete()
    return receipt


def ids(server):
    return [line for one in server.taken for line in head(one) if line.startswith("Message-ID")]


def head(envelope):
    return envelope.content.decode().split("\r\n\r\n", 1)[0].split("\r\n")


def run_at(*moments):
    return [run_next(moment) for moment in moments]


def test_a_letter_leaves_once_and_its_time_is_known(server, letter):
    assert run_at(NOW, NOW + timedelta(days=1)) == [True, False]
    assert len(server.taken) == 1
    assert server.taken[0].rcpt_tos == ["aijo@koe.example"]
    letter.refresh_from_db()
    assert letter.sent_at == NOW


def test_a_letter_names_its_answer_address_and_says_it_is_a_machines(server, letter):
    run_next(NOW)
    lines = head(server.taken[0])
    assert "Reply-To: tietosuoja@koepaja.example" in lines
    assert "Auto-Submitted: auto-generated" in lines
    assert f"Message-ID: {letter.message_id}" in lines
    text = "".join(lines)
    assert "Öhman" not in text


def test_a_grey_list_is_waited_for(server, letter):
    server.answers = ["451 4.7.1 come back later", "451 4.7.1 later still"]
    minute = timedelta(minutes=1)
    assert run_at(NOW, NOW + minute - SECOND, NOW + minute) == [True, False, True]
    assert server.taken == []
    assert run_at(NOW + 6 * minute) == [True]
    assert len(server.taken) == 1
    letter.refresh_from_db()
    assert letter.sent_at == NOW + 6 * minute


def test_an_address_that_does_not_exist_becomes_a_red_task_at_once(server, letter):
    server.answers = ["550 5.1.1 no such user here"]
    run_next(NOW)
    letter.refresh_from_db()
    assert letter.failed_at == NOW
    assert letter.fault == "SMTPRecipientsRefused 550"
    assert list(Letter.objects.undelivered()) == [letter]


@pytest.mark.parametrize("takes_them", [True, False])
@pytest.mark.parametrize("address", ["äijö@koe.example", f"{'ä' * 64}@koe.example"])
def test_letters_beyond_ascii_before_the_at_arrive_or_are_a_red_task(
    server, letter, takes_them, address
):
    """Nothing goes to an address that only looks like the one given."""
    server.controller.SMTP_kwargs["enable_SMTPUTF8"] = takes_them
    letter.to_email = address
    with because("Test"):
        letter.save()
    assert run_at(NOW, NOW + timedelta(days=1)) == [True, False]
    letter.refresh_from_db()
    if takes_them:
        [taken] = server.taken
        assert taken.rcpt_tos == [address]
        mail = message_from_bytes(taken.content, policy=policy.SMTPUTF8)
        assert (mail["To"], mail["Message-ID"]) == (address, letter.message_id)
        assert "Äijö Öhman" in mail.get_content()
        assert (letter.sent_at, letter.failed_at) == (NOW, None)
    else:
        assert server.taken == []
        assert (letter.failed_at, letter.fault) == (NOW, "SMTPNotSupportedError")
        assert can_go_by_post(letter)


def test_a_server_that_is_down_is_tried_for_five_days_then_a_red_task(settings, letter):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    moment, tries = NOW, 0
    while Letter.objects.filter(failed_at=None, pk=letter.pk).exists() and tries < 100:
        if run_next(moment):
            tries += 1
        moment += timedelta(minutes=1)
        due = Task.objects.filter(done_at=None, given_up_at=None).first()
        moment = max(moment, due.due_at) if due else moment
    letter.refresh_from_db()
    assert timedelta(days=4) < letter.failed_at - NOW <= timedelta(days=5)
    assert 15 < tries < 30
    assert "ConnectionRefused" in letter.fault


def test_a_connection_dropped_after_the_letter_sends_it_again_under_the_same_name(server, letter):
    """Whoever reads it sees one letter: mailboxes know it by its Message-ID."""
    server.drop_after = 1
    run_at(NOW, NOW + timedelta(minutes=1))
    assert len(server.taken) == 2
    assert len(set(ids(server))) == 1
    letter.refresh_from_db()
    assert letter.sent_at


def test_a_server_that_hangs_holds_nobody_for_long(settings, letter):
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
    settings.EMAIL_TIMEOUT = 0.5
    begun = monotonic()
    assert run_next(NOW)
    assert monotonic() - begun < 5
    silent.close()
    letter.refresh_from_db()
    assert letter.sent_at is None
    assert Task.objects.get().due_at == NOW + timedelta(minutes=1)


def test_a_worker_killed_between_sending_and_recording_sends_the_same_letter(
    server, letter, monkeypatch
):
    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("rights_requests.letters.mark_sent", killed)
        with pytest.raises(SystemExit):
            run_next(NOW)
    letter.refresh_from_db()
    assert letter.sent_at is None
    assert run_at(NOW + LEASE - SECOND, NOW + LEASE) == [False, True]
    letter.refresh_from_db()
    assert letter.sent_at == NOW + LEASE
    assert len(set(ids(server))) == 1


def test_a_fault_never_holds_the_address(server, letter, caplog):
    server.answers = ["550 5.1.1 <aijo@koe.example> unknown"]
    run_next(NOW)
    letter.refresh_from_db()
    told = letter.fault + Task.objects.get().fault + caplog.text
    assert "koe.example" not in told


def test_no_page_waits_for_mail(settings, db):
    """The request is stored and answered while the mail server is away."""
    settings.EMAIL_BACKEND = "tests.rights_requests.test_delivery.Unreachable"
    NoticeFactory(in_force=True)
    request = receive(
        RightsRequest(channel=Channel.FORM, received_at=NOW, email="aijo@koe.example"),
        [Demand(right=Right.ERASURE)],
        now=NOW,
    )
    assert request.letters.filter(sent_at=None).count() == 2


class Unreachable:
    """A mail backend that must not be asked."""

    def __init__(self, *args, **kwargs):
        raise AssertionError("a page sent mail by itself")
