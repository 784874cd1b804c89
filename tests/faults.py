"""Acts that are stopped at their n-th write, by an error as of a full disk or by a kill -9, and
every row of the database before and after."""

import os
import re
import signal
import sys
import traceback
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path

from django.apps import apps
from django.core.files.storage import storages
from django.core.management.color import no_style
from django.db import OperationalError, connection

WRITES = {"INSERT", "UPDATE", "DELETE"}
READS = {"BEGIN", "SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "SHOW"}

DRAWN = re.compile("[0-9a-f]{16,}")


class WriteFailed(OperationalError):
    """What a full disk says."""


@contextmanager
def _at_writes(meet):
    """Calls `meet(number, run)` for each write and each commit of the block, which runs it or does
    not."""
    numbers = count(1)
    commit = connection._commit

    def execute(run, sql, params, many, context):
        word = sql.split(None, 1)[0].rstrip(";").upper()
        assert word in WRITES | READS, sql
        written = partial(run, sql, params, many, context)
        return meet(next(numbers), written) if word in WRITES else written()

    connection._commit = lambda: meet(next(numbers), commit)
    try:
        with connection.execute_wrapper(execute):
            yield
    finally:
        del connection._commit


@contextmanager
def failing_at(write):
    """Lets the write of the block with that number fail; gives how many came."""
    seen = []

    def meet(number, run):
        seen.append(number)
        if number == write:
            raise WriteFailed
        return run()

    with _at_writes(meet):
        yield seen


def fails(act, write):
    """Whether `act` came to the write with that number, which fails as on a full disk."""
    came = []

    def meet(number, run):
        if number == write:
            came.append(number)
            raise WriteFailed
        return run()

    with suppress(WriteFailed), _at_writes(meet):
        act()
    return bool(came)


def dies(act, write):
    """Whether `act`, in a process and with a connection of its own, came to the write with that
    number; the process is killed right after it."""
    connection.close()
    child = os.fork()
    if not child:
        _die_at(act, write)
    _child, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "see what the process wrote"
    return False


def _die_at(act, write):
    def meet(number, run):
        done = run()
        if number == write:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    try:
        with _at_writes(meet):
            act()
        connection.close()
        os._exit(0)
    except BaseException:
        # nothing of the tests' own may run here, such as what they do at their end
        sys.__stderr__.write(traceback.format_exc())
        sys.__stderr__.flush()
        os._exit(1)


# --- every row


class Rows(dict):
    """Every row of every table, by table, but for the columns `unseen` ("table.column"); and the
    private files that they name and that are there."""

    def __init__(self, own=connection, unseen=()):
        super().__init__()
        with own.cursor() as cursor:
            for table in sorted(own.introspection.table_names(cursor)):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (names from the database)
                names = [column[0] for column in cursor.description]
                shown = [n for n, name in enumerate(names) if f"{table}.{name}" not in unseen]
                self[table] = {tuple(_plain(row[n]) for n in shown) for row in cursor.fetchall()}
        files = _files()
        every = str(self) if files else ""
        self["files"] = {(path.name,) for path in files if path.name in every}

    def but_for_drawn(self):
        """The same, without what is drawn anew whenever an act is begun: salts, marks, names."""
        return {
            table: sorted(DRAWN.sub("…", repr(row)) for row in rows) for table, rows in self.items()
        }


def _files():
    folder = Path(storages["private"].location)
    return list(folder.iterdir()) if folder.exists() else []


def _plain(value):
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def begin_again_with_keys():
    """PostgreSQL gives no key twice, even when nothing was stored under it: let two runs of one
    act give the same."""
    for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
        with connection.cursor() as cursor:
            cursor.execute(statement)


@contextmanager
def a_copy(name):
    """The block works in a copy of the database and of the private files as they stand."""
    connection.close()
    files = {path: path.read_bytes() for path in _files()}
    creation, settings = connection.creation, connection.settings_dict
    creation.clone_test_db(name, verbosity=0, autoclobber=True)
    own = settings["NAME"]
    settings["NAME"] = creation.get_test_db_clone_settings(name)["NAME"]
    try:
        yield
    finally:
        connection.close()
        for path, content in files.items():
            path.write_bytes(content)
        settings["NAME"] = own
        creation.destroy_test_db(suffix=name, verbosity=0)


# --- one act, however it is stopped


def stored_by(act, unseen=()):
    """What an undisturbed `act` has stored after each commit, as others see it, and what was there
    before; a commit that changes nothing is left out."""
    beside = connection.copy()
    seen = [Rows(beside, unseen)]

    def meet(_number, run):
        done = run()
        if (now := Rows(beside, unseen)) != seen[-1]:
            seen.append(now)
        return done

    begin_again_with_keys()
    with closing(beside), _at_writes(meet):
        act()
    return seen


def stored_at_last(act, stops, unseen=()):
    """What is there whenever `act` has been stopped, at its first write, its second and so on, and
    is begun again, until it comes through; and how often it was stopped. `stops` is `fails` or
    `dies`."""
    seen, write, times = [Rows(unseen=unseen)], 1, 0
    while True:
        begin_again_with_keys()
        stopped = stops(act, write)
        times += stopped
        assert times < 1000, "it never comes through"
        now = Rows(unseen=unseen)
        if now != seen[-1]:
            seen.append(now)
            # what is stored for good is not done again: on from there
            write = 0
        if not stopped:
            return seen, times
        write += 1
