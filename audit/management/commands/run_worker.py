"""The worker: does what is due, keeps the daily clock, and survives a database that is away.

What is long is done beside the rest, in a thread with its own connection: letters go on.
"""

import logging
import signal
from argparse import ArgumentParser
from datetime import date
from threading import Event, Thread
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.utils import timezone

from audit.models import DailyRun
from audit.tasks import due, run_next

PAUSE_SECONDS = 2
#: The daily clock is looked at less often: a command that fails is tried again at each look.
CLOCK_SECONDS = 60

log = logging.getLogger(__name__)


def run_due(today: date) -> list[str]:
    """Run each command of the daily clock that has not been finished on `today`; gives their
    names. A command that fails is tried again at the next call and stops no other."""
    done = set(DailyRun.objects.filter(ran_on=today).values_list("command", flat=True))
    ran = []
    for command in settings.DAILY_COMMANDS:
        if command in done:
            continue
        try:
            call_command(command, verbosity=0)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("the daily command %s failed", command)
            continue
        DailyRun.objects.get_or_create(command=command, ran_on=today)
        ran.append(command)
    return ran


class Beside:
    """Does what is long, one after the other, while the worker goes on."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop
        self._thread: Thread | None = None
        self._rests_until = 0.0

    def look(self) -> None:
        """Begin, when something long is due; now and then, however often it is called."""
        if monotonic() < self._rests_until or (self._thread and self._thread.is_alive()):
            return
        self._rests_until = monotonic() + PAUSE_SECONDS
        if due(timezone.now(), long=True).exists():
            self._thread = Thread(target=self._run)
            self._thread.start()

    def end(self) -> None:
        """Wait for what is at hand."""
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.is_set() and run_next(timezone.now(), long=True):
                pass
        except (OperationalError, InterfaceError):
            log.warning("the database does not answer; trying again")
        finally:
            connections.close_all()


class Command(BaseCommand):
    help = "Does what is due, in one process, until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        if not options["once"]:
            signal.signal(signal.SIGTERM, lambda *_signal: stop.set())
            signal.signal(signal.SIGINT, lambda *_signal: stop.set())
        clock_rests_until = 0.0
        beside = Beside(stop)
        while not stop.is_set():
            try:
                while not stop.is_set():
                    if not options["once"]:
                        beside.look()
                    # once, all is done when this ends
                    if not run_next(timezone.now(), long=None if options["once"] else False):
                        break
                if not stop.is_set() and monotonic() >= clock_rests_until:
                    clock_rests_until = monotonic() + CLOCK_SECONDS
                    run_due(timezone.localdate())
            except (OperationalError, InterfaceError):
                # locked or restarted: the next round tries again with a new connection
                log.warning("the database does not answer; trying again")
                close_old_connections()
            if options["once"]:
                return
            stop.wait(PAUSE_SECONDS)
        beside.end()
