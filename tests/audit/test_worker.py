from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from audit.management.commands.run_worker import run_due
from audit.models import DailyRun

pytestmark = pytest.mark.django_db
TODAY = date(2028, 2, 29)


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


def test_the_worker_does_what_is_due_and_stops_when_told_to():
    call_command("run_worker", once=True)
    assert set(DailyRun.objects.values_list("command", flat=True)) == {
        "clearsessions",
        "forget_invitations",
    }
