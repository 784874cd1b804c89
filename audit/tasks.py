"""What is done later, once: stored with its cause, done by a worker, tried again when it fails.

An act does its outside work (a letter handed to a mail server) outside any transaction and gives
back what there is to record; that is stored in one transaction with the task's end. While an act is
at work its lease is renewed. A worker that is killed in between leaves a lease that runs out, and
the task is done again: rather twice than never. What may take minutes is long: the worker does it
beside the others, so that no letter waits for it. A worker that stood still longer than its lease
may find that another has begun: what is long must itself see to it that two at once do no harm.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from threading import Event, Thread
from typing import Any, NamedTuple, Protocol, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from audit.models import Task, TaskQuerySet

#: So long after its last sign of life a worker counts as killed. Who waits for the lock of SQLite
#: waits 20 seconds at most.
LEASE = timedelta(seconds=30)
#: A worker that is at work says so this often.
BEAT = timedelta(seconds=5)
#: So many tries that were lost with their workers are followed by the next one when the lease ends.
LOST_AT_ONCE = 3
#: How long after each failed try the next one follows; after the last, always as long again.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480))
#: Counted from the first try: a worker that was away for a week still tries more than once.
GIVE_UP_AFTER = timedelta(days=5)
#: The fault of a task whose worker was killed at every try.
LOST = "Lost"

Record = Callable[[], object]
GivenUp = Callable[[int | None, str, datetime], object]

log = logging.getLogger(__name__)


class Act(Protocol):
    """The outside work of a task; gives what there is to record, or None."""

    def __call__(self, subject: int | None, /, *, now: datetime) -> Record | None: ...


ActT = TypeVar("ActT", bound=Act)


class Known(NamedTuple):
    act: Act
    given_up: GivenUp | None
    is_long: bool


class UnknownAct(KeyError):
    """A task was asked for that nobody does; carries the name of the act."""

    def __init__(self, act: str) -> None:
        super().__init__(act)
        self.act = act


class ActIsTaken(Exception):
    """Two functions want to do the same act; carries its name."""

    def __init__(self, act: str) -> None:
        super().__init__(act)
        self.act = act


class NotNow(Exception):
    """Raised by an act that cannot be done yet: it is due again at `due_at`, and nothing failed."""

    def __init__(self, due_at: datetime) -> None:
        super().__init__(due_at)
        self.due_at = due_at


class NoUseTrying(Exception):
    """Raised by an act that will never succeed: the task is given up at once.

    Carries the fault: a kind and a code, as `fault_of` gives them, never the text of an error.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


_acts: dict[str, Known] = {}


def does(
    act: str, *, given_up: GivenUp | None = None, is_long: bool = False
) -> Callable[[ActT], ActT]:
    """Decorates the function that does `act`, in a module that the app imports when it is ready.

    `given_up(subject, fault, now)` is called in the transaction that gives such a task up. What
    `is_long` may take minutes. Raises `ActIsTaken`.
    """

    def known(function: ActT) -> ActT:
        if act in _acts:
            raise ActIsTaken(act)
        _acts[act] = Known(function, given_up, is_long)
        return function

    return known


def later(act: str, subject: int | None, *, now: datetime, due_at: datetime | None = None) -> Task:
    """Store that `act` is to be done about the row with the key `subject`, at once or at `due_at`.

    It stands in the caller's transaction, so it comes and goes with its cause. Raises `UnknownAct`.
    """
    if act not in _acts:
        raise UnknownAct(act)
    return Task.objects.create(act=act, subject=subject, made_at=now, due_at=due_at or now)


def later_each(act: str, subjects: Iterable[int], *, now: datetime) -> None:
    """`later` for each of the rows with the keys `subjects`, in one statement."""
    if act not in _acts:
        raise UnknownAct(act)
    Task.objects.bulk_create(
        [Task(act=act, subject=subject, made_at=now, due_at=now) for subject in subjects]
    )


def failed(act: str, subject: int | None, error: BaseException, *, now: datetime) -> None:
    """Store that `act` has failed where no task had asked for it, so that it is tried again like
    one and whoever looks sees it."""
    fault = fault_of(error)[:200]
    if not Task.objects.undone(act).filter(subject=subject).update(fault=fault):
        due_at = now + RETRY_AFTER[0]
        Task.objects.create(act=act, subject=subject, made_at=now, due_at=due_at, fault=fault)


def try_again(act: str, subject: int | None, *, now: datetime) -> bool:
    """Put a task that was given up back, due now, with all its days anew; gives whether there was
    one."""
    given_up = Task.objects.filter(act=act, subject=subject, given_up_at__isnull=False)
    newest = given_up.order_by("-pk").first()
    anew = {"given_up_at": None, "due_at": now, "tries": 0, "first_tried_at": None, "fault": ""}
    return newest is not None and bool(given_up.filter(pk=newest.pk).update(**anew))


def due(now: datetime, *, long: bool | None = None) -> TaskQuerySet:
    """What waits to be done at `now`, the longest due first: all, or what is `long` or is not."""
    waiting = Task.objects.due(now)
    if long is None:
        return waiting
    acts = [name for name, known in _acts.items() if known.is_long]
    return waiting.filter(act__in=acts) if long else waiting.exclude(act__in=acts)


def stands_still(acts: Iterable[str], subject: int, *, now: datetime) -> bool:
    """Whether one of `acts` about the row with the key `subject` was begun by a worker that has
    given no sign of life for two beats: another goes on when the lease has run out."""
    begun = Task.objects.filter(act__in=acts, subject=subject, done_at=None, given_up_at=None)
    return begun.filter(leased_until_at__lt=now + LEASE - 2 * BEAT).exists()


def run_next(now: datetime, *, long: bool | None = None) -> bool:
    """Do the task that is longest `due`, whatever comes of it; gives whether there was one.

    Raises `OperationalError` and `InterfaceError` when the database is away: the lease runs out,
    and the task is done again.
    """
    while task := due(now, long=long).first():
        was_lost = task.leased_until_at is not None
        if _lease(task, now):
            _try(task, now, was_lost)
            return True
    return False


def fault_of(error: BaseException) -> str:
    """The kind of an error, and what a mail server answered in numbers: its text may hold an
    address."""
    codes: set[int] = set()
    if isinstance(error, SMTPResponseException):
        codes = {error.smtp_code}
    elif isinstance(error, SMTPRecipientsRefused):
        codes = {code for code, _text in error.recipients.values()}
    return " ".join([type(error).__name__, *map(str, sorted(codes))])


def _lease(task: Task, now: datetime) -> bool:
    """Take `task` as it was read, unless somebody else was faster: one statement, no lock held."""
    as_read = Task.objects.filter(
        pk=task.pk, due_at=task.due_at, tries=task.tries, done_at=None, given_up_at=None
    )
    task.tries += 1
    task.first_tried_at = task.first_tried_at or now
    task.leased_until_at = now + LEASE
    return bool(
        as_read.update(
            tries=task.tries,
            first_tried_at=task.first_tried_at,
            leased_until_at=task.leased_until_at,
            due_at=now + _after_loss(task.tries),
        )
    )


def _after_loss(tries: int) -> timedelta:
    """How long after the last sign of life a try that was lost with its worker is followed by
    another: soon, but what kills every worker is not tried without end."""
    further = tries - LOST_AT_ONCE
    return max(LEASE, _pause(further)) if further > 0 else LEASE


def _pause(tries: int) -> timedelta:
    return RETRY_AFTER[min(tries, len(RETRY_AFTER)) - 1]


@contextmanager
def _kept(task: Task) -> Iterator[None]:
    """Renew the lease of `task` while its act is at work, over a connection of its own."""
    over = Event()

    def renew() -> None:
        is_mine = True
        while is_mine and not over.wait(BEAT.total_seconds()):
            try:
                is_mine = _renew(task, timezone.now())
            except (OperationalError, InterfaceError):
                # locked or restarted: the next beat tries with a new connection
                connection.close()
        connection.close()

    beating = Thread(target=renew, daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def _renew(task: Task, now: datetime) -> bool:
    """Say that the worker of `task` lives; gives whether it is still the one who has it."""
    mine = Task.objects.filter(pk=task.pk, leased_until_at=task.leased_until_at)
    until = now + LEASE
    if not mine.update(leased_until_at=until, due_at=now + _after_loss(task.tries)):
        return False
    task.leased_until_at = until
    return True


def _try(task: Task, now: datetime, was_lost: bool) -> None:
    try:
        if was_lost and _is_over(task, now):
            raise NoUseTrying(LOST)
        if task.act not in _acts:
            raise UnknownAct(task.act)
        with _kept(task):
            record = _acts[task.act].act(task.subject, now=now)
        _end(task, record, done_at=now, fault="")
    except (OperationalError, InterfaceError):
        raise
    except NotNow as later_on:
        tries = task.tries - 1
        first_tried_at = task.first_tried_at if tries else None
        _end(task, due_at=later_on.due_at, tries=tries, first_tried_at=first_tried_at)
    except NoUseTrying as hopeless:
        _give_up(task, hopeless.fault, now)
    except Exception as error:
        _fail(task, fault_of(error), now)


def _is_over(task: Task, moment: datetime) -> bool:
    return moment > (task.first_tried_at or moment) + GIVE_UP_AFTER


def _fail(task: Task, fault: str, now: datetime) -> None:
    log.warning("the task %s failed: %s", task.act, fault)
    due_at = now + _pause(task.tries)
    if _is_over(task, due_at):
        _give_up(task, fault, now)
    else:
        _end(task, due_at=due_at, fault=fault[:200])


def _give_up(task: Task, fault: str, now: datetime) -> None:
    known = _acts.get(task.act)

    def tell() -> None:
        if known and known.given_up:
            known.given_up(task.subject, fault, now)

    try:
        _end(task, tell, given_up_at=now, fault=fault[:200])
        log.error("the task %s is given up: %s", task.act, fault)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        # still leased, so it comes back: nothing is given up without telling
        log.error("giving up the task %s failed: %s", task.act, fault_of(error))


def _end(task: Task, record: Record | None = None, **values: Any) -> None:
    """Store what came of a try, and `record`, in one transaction; nothing when the lease ran out
    and another worker has the task."""
    with transaction.atomic(durable=True):
        mine = Task.objects.filter(pk=task.pk, leased_until_at=task.leased_until_at)
        if not mine.update(leased_until_at=None, **values):
            log.warning("the task %s took longer than its lease", task.act)
        elif record:
            record()
