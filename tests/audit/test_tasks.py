import logging
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from audit import tasks
from audit.models import Task
from audit.tasks import (
    LEASE,
    ActIsTaken,
    NotNow,
    NoUseTrying,
    UnknownAct,
    does,
    fault_of,
    later,
    run_next,
    stands_still,
    try_again,
)
from tests.factories import TaskFactory

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _acts_of_this_test_only(monkeypatch):
    monkeypatch.setattr(tasks, "_acts", {})


class Letters:
    """An act that remembers what it sent and what was recorded, and fails when told to."""

    def __init__(self):
        self.sent, self.recorded, self.given_up = [], [], []
        self.error = self.error_of_record = None
        does("deliver", given_up=lambda *told: self.given_up.append(told))(self.deliver)

    def deliver(self, subject, *, now):
        self.sent.append((subject, now))
        if self.error:
            raise self.error
        return lambda: self.record(subject)

    def record(self, subject):
        TaskFactory(act="recorded", subject=subject, due_at=NOW + 365 * DAY)
        self.recorded.append(subject)
        if self.error_of_record:
            raise self.error_of_record


@pytest.fixture
def letters():
    return Letters()


def moments_of_trying(task):
    """Run `task` each time it is due, until it waits for nothing more."""
    while task.done_at is None and task.given_up_at is None:
        due_at = task.due_at
        assert not run_next(due_at - timedelta(microseconds=1))
        assert run_next(due_at)
        task.refresh_from_db()
        yield due_at


# --- once


def test_a_task_is_done_when_it_is_due_and_once(letters):
    task = later("deliver", 7, now=NOW, due_at=NOW + HOUR)
    assert list(moments_of_trying(task)) == [NOW + HOUR]
    assert not run_next(NOW + DAY)
    assert (letters.sent, letters.recorded) == ([(7, NOW + HOUR)], [7])
    assert (task.done_at, task.leased_until_at, task.fault) == (NOW + HOUR, None, "")


def test_what_is_longest_due_comes_first(letters):
    for subject, minutes in [(1, 2), (2, 1), (3, 3)]:
        later("deliver", subject, now=NOW, due_at=NOW + minutes * MINUTE)
    while run_next(NOW + HOUR):
        pass
    assert letters.recorded == [2, 1, 3]


def test_an_act_may_have_no_subject_and_nothing_to_record():
    does("count")(lambda subject, *, now: None)
    task = later("count", None, now=NOW)
    assert run_next(NOW)
    task.refresh_from_db()
    assert task.done_at == NOW


def test_a_task_goes_with_its_cause(letters):
    with transaction.atomic():
        later("deliver", 7, now=NOW)
        transaction.set_rollback(True)
    assert not run_next(NOW)
    assert letters.sent == []


def test_an_act_that_nobody_does_is_refused():
    with pytest.raises(UnknownAct):
        later("deliver", 7, now=NOW)
    assert not Task.objects.exists()


def test_an_act_is_done_by_one_function(letters):
    with pytest.raises(ActIsTaken):
        does("deliver")(lambda subject, *, now: None)


def test_a_task_of_another_release_waits_for_a_worker_that_knows_it():
    task = TaskFactory(act="deliver", made_at=NOW, due_at=NOW)
    assert run_next(NOW)
    letters = Letters()
    assert run_next(NOW + MINUTE)
    assert letters.recorded == [task.subject]


def test_a_task_is_not_both_done_and_given_up():
    with pytest.raises(IntegrityError):
        TaskFactory(done_at=NOW, given_up_at=NOW)


def test_looking_for_work_where_there_is_none_reads_once(django_assert_num_queries):
    TaskFactory(done_at=NOW)
    TaskFactory(given_up_at=NOW)
    TaskFactory(due_at=NOW + MINUTE)
    with django_assert_num_queries(1) as asked:
        assert not run_next(NOW)
    assert asked[0]["sql"].startswith("SELECT")


# --- tried again


def test_what_fails_is_tried_for_five_days_and_then_given_up(letters):
    letters.error = SMTPServerDisconnected("aino@example.fi")
    task = later("deliver", 7, now=NOW)
    tried = list(moments_of_trying(task))
    after = [second - first for first, second in pairwise(tried)]
    table = [1 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
    assert after == table + [8 * HOUR] * 13
    assert tried[-1] <= NOW + 5 * DAY < tried[-1] + 8 * HOUR
    assert letters.given_up == [(7, "SMTPServerDisconnected", tried[-1])]
    assert (task.given_up_at, task.done_at) == (tried[-1], None)
    assert not run_next(NOW + 100 * DAY)


def test_the_five_days_begin_with_the_first_try(letters):
    letters.error = ValueError()
    task = later("deliver", 7, now=NOW)
    away = NOW + 7 * DAY
    assert run_next(away)
    assert run_next(away + 5 * DAY - MINUTE)
    task.refresh_from_db()
    assert (task.tries, task.given_up_at) == (2, away + 5 * DAY - MINUTE)


def test_a_worker_that_was_away_for_a_week_tries_before_it_gives_up(letters):
    letters.error = ValueError()
    task = later("deliver", 7, now=NOW)
    assert run_next(NOW)
    letters.error = None
    assert run_next(NOW + 7 * DAY)
    task.refresh_from_db()
    assert (task.done_at, letters.recorded) == (NOW + 7 * DAY, [7])


def test_a_task_that_failed_ends_without_a_fault(letters):
    letters.error = ValueError()
    task = later("deliver", 7, now=NOW)
    assert run_next(NOW)
    task.refresh_from_db()
    assert (task.fault, task.tries, task.due_at) == ("ValueError", 1, NOW + MINUTE)
    letters.error = None
    assert run_next(NOW + MINUTE)
    task.refresh_from_db()
    assert (task.fault, task.done_at, letters.given_up) == ("", NOW + MINUTE, [])


def test_what_cannot_succeed_is_given_up_at_once(letters):
    letters.error = NoUseTrying("SMTPRecipientsRefused 550")
    task = later("deliver", 7, now=NOW)
    assert list(moments_of_trying(task)) == [NOW]
    assert letters.given_up == [(7, "SMTPRecipientsRefused 550", NOW)]
    assert (task.given_up_at, task.fault) == (NOW, "SMTPRecipientsRefused 550")


def test_nothing_is_given_up_without_telling():
    told = []

    def tell(*what):
        told.append(what)
        if len(told) == 1:
            TaskFactory(act="half told", due_at=NOW + 365 * DAY)
            raise KeyError("aino@example.fi")

    def fail(subject, *, now):
        raise NoUseTrying("Gone")

    does("deliver", given_up=tell)(fail)
    task = later("deliver", 7, now=NOW)
    assert list(moments_of_trying(task)) == [NOW, NOW + LEASE]
    assert told == [(7, "Gone", NOW), (7, "Gone", NOW + LEASE)]
    assert not Task.objects.filter(act="half told").exists()


def test_what_is_put_off_has_not_failed(letters):
    task = later("deliver", 7, now=NOW)
    letters.error = NotNow(NOW + DAY)
    assert run_next(NOW)
    task.refresh_from_db()
    assert (task.due_at, task.tries, task.first_tried_at, task.leased_until_at, task.fault) == (
        NOW + DAY,
        0,
        None,
        None,
        "",
    )
    letters.error = None
    assert list(moments_of_trying(task)) == [NOW + DAY]
    assert letters.recorded == [7]


def test_what_was_given_up_begins_anew_when_staff_say_so(letters):
    letters.error = ValueError()
    task = later("deliver", 7, now=NOW)
    first = list(moments_of_trying(task))
    others = [TaskFactory(act="deliver", subject=8, given_up_at=NOW)]
    others += [TaskFactory(act="else", subject=7, given_up_at=NOW)]
    again = NOW + 30 * DAY
    assert try_again("deliver", 7, now=again)
    assert not try_again("deliver", 7, now=again)
    task.refresh_from_db()
    second = list(moments_of_trying(task))
    assert [moment - again for moment in second] == [moment - NOW for moment in first]
    assert [Task.objects.get(pk=other.pk).given_up_at for other in others] == [NOW, NOW]


def test_of_two_that_were_given_up_the_newer_one_is_tried_again():
    older, newer = [TaskFactory(act="deliver", subject=7, given_up_at=NOW) for _ in range(2)]
    assert try_again("deliver", 7, now=NOW)
    assert list(Task.objects.filter(given_up_at=None)) == [newer]
    assert list(Task.objects.filter(given_up_at=NOW)) == [older]


@pytest.mark.parametrize("end", ["done_at", "made_at"])
def test_only_what_was_given_up_is_tried_again(end):
    TaskFactory(act="deliver", subject=7, **{end: NOW})
    assert not try_again("deliver", 7, now=NOW)


# --- no text of an error


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ValueError("aino@example.fi"), "ValueError"),
        (SMTPDataError(552, b"aino@example.fi is over quota"), "SMTPDataError 552"),
        (
            SMTPRecipientsRefused({"aino@example.fi": (550, b"x"), "eero@example.fi": (450, b"x")}),
            "SMTPRecipientsRefused 450 550",
        ),
        (KeyError("aino@example.fi"), "KeyError"),
    ],
)
def test_of_an_error_its_kind_and_code_are_kept_and_logged(letters, caplog, error, fault):
    """Art. 32: the texts of errors quote addresses."""
    error.add_note("aino@example.fi")
    letters.error = error
    with caplog.at_level(logging.DEBUG):
        task = later("deliver", 7, now=NOW)
        list(moments_of_trying(task))
    assert fault_of(error) == task.fault == fault
    lines = [logging.Formatter("{name} {message}", style="{").format(row) for row in caplog.records]
    assert set(lines) == {
        f"audit.tasks the task deliver failed: {fault}",
        f"audit.tasks the task deliver is given up: {fault}",
    }


# --- workers that die, hang and race


def test_an_act_and_its_record_stand_together(letters):
    letters.error_of_record = ValueError()
    task = later("deliver", 7, now=NOW)
    assert run_next(NOW)
    task.refresh_from_db()
    assert (task.done_at, task.fault, letters.recorded) == (None, "ValueError", [7])
    assert not Task.objects.filter(act="recorded").exists()
    letters.error_of_record = None
    assert run_next(NOW + MINUTE)
    assert Task.objects.filter(act="recorded").count() == 1


@pytest.mark.parametrize("place", ["error", "error_of_record"])
@pytest.mark.parametrize("end", [SystemExit, KeyboardInterrupt, OperationalError, InterfaceError])
def test_a_worker_that_dies_leaves_the_task_to_be_done_after_the_lease(letters, place, end):
    task = later("deliver", 7, now=NOW)
    setattr(letters, place, end())
    with pytest.raises(end):
        run_next(NOW)
    assert not run_next(NOW + LEASE - timedelta(microseconds=1))
    assert not Task.objects.filter(act="recorded").exists()
    setattr(letters, place, None)
    assert run_next(NOW + LEASE)
    task.refresh_from_db()
    assert (task.done_at, task.tries) == (NOW + LEASE, 2)


def test_a_task_that_kills_every_worker_is_given_up(letters):
    letters.error = SystemExit()
    task = later("deliver", 7, now=NOW)
    for _worker in range(40):
        with suppress(SystemExit):
            run_next(task.due_at)
        task.refresh_from_db()
    assert NOW + 5 * DAY < task.given_up_at <= NOW + 5 * DAY + 8 * HOUR
    assert letters.given_up == [(7, "Lost", task.given_up_at)]
    assert len(letters.sent) < 30


def test_what_was_lost_with_its_worker_is_done_half_a_minute_later_and_then_less_often(letters):
    letters.error = SystemExit()
    task = later("deliver", 7, now=NOW)
    waited = []
    for _worker in range(6):
        begun_at = task.due_at
        with pytest.raises(SystemExit):
            run_next(begun_at)
        task.refresh_from_db()
        waited.append(task.due_at - begun_at)
    assert timedelta(seconds=30) == LEASE
    assert waited == [LEASE, LEASE, LEASE, 1 * MINUTE, 5 * MINUTE, 15 * MINUTE]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_long", [False, True])
def test_nobody_else_begins_what_a_worker_is_at(is_long, monkeypatch):
    """Longer than its lease: each sign of life renews it."""
    monkeypatch.setattr(tasks, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(tasks, "BEAT", timedelta(seconds=0.1))
    seen, recorded = [], []

    def work(subject, *, now):
        until = time.monotonic() + 3
        while time.monotonic() < until:
            seen.append(run_next(timezone.now()))
            assert not stands_still(["work"], subject, now=timezone.now())
            time.sleep(0.05)
        return lambda: recorded.append(subject)

    does("work", is_long=is_long)(work)
    task = later("work", 7, now=timezone.now())
    assert run_next(timezone.now())
    task.refresh_from_db()
    assert (set(seen), recorded, task.tries, task.fault) == ({False}, [7], 1, "")
    assert task.done_at


@pytest.mark.django_db(transaction=True)
def test_a_sign_of_life_that_is_not_stored_does_not_stop_the_next(monkeypatch):
    monkeypatch.setattr(tasks, "BEAT", timedelta(seconds=0.05))
    renew, given = tasks._renew, []

    def first_locked(task, now):
        given.append(now)
        if len(given) == 1:
            raise OperationalError("database is locked")
        return renew(task, now)

    monkeypatch.setattr(tasks, "_renew", first_locked)

    def work(subject, *, now):
        until = time.monotonic() + 20
        while len(given) < 3 and time.monotonic() < until:
            time.sleep(0.01)

    does("work")(work)
    task = later("work", 7, now=timezone.now())
    assert run_next(timezone.now())
    task.refresh_from_db()
    assert len(given) >= 3
    assert task.done_at


@pytest.mark.parametrize("dies", [False, True])
def test_who_comes_back_after_the_lease_records_nothing(dies):
    """Another worker has the task by then, or has done it."""
    recorded = []

    def slow(subject, *, now):
        if now == NOW:
            with suppress(SystemExit):
                run_next(NOW + LEASE)
        elif dies:
            raise SystemExit
        return lambda: recorded.append(now)

    does("slow")(slow)
    task = later("slow", 7, now=NOW)
    assert run_next(NOW)
    task.refresh_from_db()
    second = NOW + LEASE
    assert (recorded, task.done_at, task.leased_until_at) == (
        ([], None, second + LEASE) if dies else ([second], second, None)
    )


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_fifty_tasks_once_each():
    sent, recorded, barrier = [], [], Barrier(2)

    def deliver(subject, *, now):
        assert not connection.in_atomic_block
        sent.append(subject)

        def record():
            assert connection.in_atomic_block
            recorded.append(subject)

        return record

    does("deliver")(deliver)
    with transaction.atomic():
        for subject in range(50):
            later("deliver", subject, now=NOW)

    def work():
        done = 0
        try:
            barrier.wait()
            while run_next(NOW):
                done += 1
        finally:
            connection.close()
        return done

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(work) for _worker in range(2)]
        done = [future.result() for future in futures]
    assert sorted(sent) == sorted(recorded) == list(range(50))
    assert sum(done) == 50
    assert Task.objects.filter(done_at=NOW, tries=1).count() == 50


SENDS_AND_IS_KILLED = """
import sys, time, django
django.setup()
from django.utils import timezone
from audit.tasks import does, run_next

@does("deliver")
def deliver(subject, *, now):
    print("sent", subject, flush=True)
    time.sleep(60)

run_next(timezone.now())
"""


def database_url():
    """The database under test, for a process of its own."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_between_sending_and_recording_loses_nothing(letters):
    task = later("deliver", 7, now=timezone.now())
    with subprocess.Popen(
        [sys.executable, "-c", SENDS_AND_IS_KILLED],
        env=os.environ | {"DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        try:
            assert worker.stdout.readline() == "sent 7\n"
        finally:
            worker.kill()
    assert worker.returncode == -signal.SIGKILL
    task.refresh_from_db()
    assert (task.tries, task.done_at) == (1, None)
    assert task.due_at == task.leased_until_at < timezone.now() + timedelta(seconds=30)
    assert not run_next(timezone.now())
    silent_for = timezone.now() + timedelta(seconds=10)
    assert stands_still(["deliver", "else"], 7, now=silent_for)
    for others in [(["else"], 7), (["deliver"], 8)]:
        assert not stands_still(*others, now=silent_for)
    assert run_next(task.leased_until_at)
    assert letters.recorded == [7]
    assert not stands_still(["deliver"], 7, now=silent_for)


# --- forgotten


def test_what_was_done_over_thirty_days_ago_is_forgotten():
    now = timezone.now()
    for subject, end in enumerate(
        [
            {"done_at": now - 30 * DAY - MINUTE},
            {"done_at": now - 30 * DAY + MINUTE},
            {"given_up_at": now - 90 * DAY},
            {},
        ]
    ):
        TaskFactory(subject=subject, **end)
    call_command("forget_tasks")
    assert set(Task.objects.values_list("subject", flat=True)) == {1, 2, 3}
