import os
import signal
from datetime import date
from threading import Event, Timer
from time import monotonic, sleep

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone

from audit import cleaning, tasks
from audit.management.commands import run_worker
from audit.management.commands.run_worker import run_due
from audit.models import DailyRun, Task
from audit.tasks import does, later

pytestmark = pytest.mark.django_db
TODAY = date(2028, 2, 29)


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    """Acts and answers to signals of this test only, and a worker that hardly pauses."""
    monkeypatch.setattr(tasks, "_acts", {})
    monkeypatch.setattr(run_worker, "PAUSE_SECONDS", 0.001)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, answer in before.items():
        signal.signal(number, answer)


def tell_to_stop(number=signal.SIGTERM):
    os.kill(os.getpid(), number)


def done():
    return set(Task.objects.exclude(done_at=None).values_list("subject", flat=True))


def test_each_daily_command_runs_once_a_day(settings):
    settings.DAILY_COMMANDS = ["clearsessions", "forget_invitations"]
    assert run_due(TODAY) == ["clearsessions", "forget_invitations"]
    assert run_due(TODAY) == []
    assert run_due(date(2028, 3, 1)) == ["clearsessions", "forget_invitations"]


@pytest.mark.parametrize("error", [ValueError("x"), IntegrityError("x")])
def test_a_command_that_fails_stops_no_other_and_is_tried_again(settings, monkeypatch, error):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("staff.management.commands.forget_invitations.Command.handle", fail)
    settings.DAILY_COMMANDS = ["no_such_command", "forget_invitations", "clearsessions"]
    assert run_due(TODAY) == ["clearsessions"]
    assert list(DailyRun.objects.values_list("command", flat=True)) == ["clearsessions"]


# the database is cleaned outside any transaction
@pytest.mark.django_db(transaction=True)
def test_once_does_every_task_and_then_the_daily_clock(settings, monkeypatch):
    # other tests write for long in the other databases of the same server
    monkeypatch.setattr(cleaning, "_is_past_over", lambda mark: True)
    clock = []
    does("look")(lambda subject, *, now: clock.append(DailyRun.objects.count()))
    for subject in range(3):
        later("look", subject, now=timezone.now())
    call_command("run_worker", once=True)
    assert (done(), clock) == ({0, 1, 2}, [0, 0, 0])
    ran = set(DailyRun.objects.values_list("command", flat=True))
    assert ran == set(settings.DAILY_COMMANDS) >= {"clearsessions", "forget_tasks"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_told_to_stop_ends_the_task_at_hand_and_begins_no_other(number):
    does("stop")(lambda subject, *, now: tell_to_stop(number))
    for subject in (1, 2):
        later("stop", subject, now=timezone.now())
    call_command("run_worker")
    assert done() == {1}
    assert not DailyRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_long_keeps_nothing_else_waiting_and_is_ended_before_the_worker_stops():
    """Also what is long itself, one after the other; and what was long due comes first."""
    short_done, began = Event(), []

    def long_act(subject, *, now):
        began.append(subject)
        assert short_done.wait(30)
        tell_to_stop()
        sleep(0.5)  # the signal reaches the other thread

    does("long", is_long=True)(long_act)
    does("short")(lambda subject, *, now: subject == 12 and short_done.set())
    for subject in (1, 2):
        later("long", subject, now=timezone.now())
    for subject in (11, 12):
        later("short", subject, now=timezone.now())
    call_command("run_worker")
    assert (began, done()) == ([1], {1, 11, 12})


def test_a_worker_told_to_stop_while_it_pauses_stops_at_once(monkeypatch):
    monkeypatch.setattr(run_worker, "PAUSE_SECONDS", 60)
    begun = monotonic()
    timer = Timer(0.3, tell_to_stop)
    timer.start()
    call_command("run_worker")
    timer.join()
    assert 0.3 <= monotonic() - begun < 30


@pytest.mark.django_db(transaction=True)
def test_a_worker_survives_a_database_that_is_away():
    def first_away(subject, *, now):
        if subject == 2:
            tell_to_stop()
        elif connection.vendor == "sqlite":
            raise OperationalError("database is locked")
        else:
            connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")

    does("try")(first_away)
    for subject in (1, 2):
        later("try", subject, now=timezone.now())
    call_command("run_worker")
    assert done() == {2}
    assert Task.objects.get(subject=1).leased_until_at


def test_a_failing_daily_command_is_not_tried_at_every_pause(settings, monkeypatch):
    settings.DAILY_COMMANDS = ["forget_invitations"]
    failed, rounds = [], []

    def fail(*_args, **_kwargs):
        failed.append(1)
        raise ValueError

    def nothing_due(now, *, long):
        rounds.append(1)
        if len(rounds) == 10:
            tell_to_stop()
        return False

    monkeypatch.setattr("staff.management.commands.forget_invitations.Command.handle", fail)
    monkeypatch.setattr(run_worker, "run_next", nothing_due)
    call_command("run_worker")
    assert (len(rounds), len(failed)) == (10, 1)
