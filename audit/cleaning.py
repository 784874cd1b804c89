"""What was erased leaves the files of the database too, every night (E07, P67).

SQLite overwrites what is deleted (`secure_delete`), but its log of changes keeps it until that is
emptied, and a page that was divided may keep fragments. PostgreSQL keeps every old row until
`VACUUM`, and its bytes until the space is used again. What is small is written anew as a whole; a
large file would be locked for too long, and gets what does without.
"""

import time
from collections.abc import Callable
from functools import partial

from django.apps import apps
from django.db import OperationalError, connection

#: The largest SQLite file, and the largest table of PostgreSQL, that are written anew every night.
MOST_BYTES = 64 * 1024 * 1024
#: For how long SQLite's lock is waited for, and how often a lock is tried for, with which pause.
WAIT_MILLISECONDS, TRIES, PAUSE_SECONDS = 500, 20, 1.0


class InUse(Exception):
    """Somebody reads or writes all the time, so that the cleaning found no gap."""


def clean(*, whole: bool = False) -> None:
    """Clean the files of the database; with `whole`, whatever their size. Not in a transaction.
    Raises `InUse`, after which a second run begins anew."""
    if connection.vendor == "postgresql":
        _clean_postgresql(whole=whole)
    else:
        _clean_sqlite(whole=whole)


def _clean_sqlite(*, whole: bool) -> None:
    before = _asked("PRAGMA busy_timeout")
    # whoever waits for a reader with the writer's lock in hand keeps every other writer waiting
    _asked(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}")
    try:
        if whole or _asked("PRAGMA page_count") * _asked("PRAGMA page_size") <= MOST_BYTES:
            _tried(_vacuum)
        _tried(_empty_log)
    finally:
        _asked(f"PRAGMA busy_timeout = {before}")


def _vacuum() -> bool:
    try:
        _asked("VACUUM")
    except OperationalError:
        return False
    return True


def _empty_log() -> bool:
    # nearly all of it is copied without any lock
    _asked("PRAGMA wal_checkpoint(PASSIVE)")
    return not _asked("PRAGMA wal_checkpoint(TRUNCATE)")


def _clean_postgresql(*, whole: bool) -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    names = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    # a row that somebody may still see as it was is written along
    mark = _asked("SELECT pg_current_xact_id()")
    _tried(partial(_is_past_over, str(mark)))
    for table in sorted(names.intersection(tables)):
        quoted = connection.ops.quote_name(table)
        if whole or _asked("SELECT pg_total_relation_size(%s::regclass)", quoted) <= MOST_BYTES:
            _tried(partial(_rewritten, quoted))
        else:
            _asked(f"VACUUM {quoted}")


def _is_past_over(mark: str) -> bool:
    """Whether the transactions until `mark` are over, and nobody reads the time before it.

    A transaction that writes in another database of the same server counts: the snapshot that
    `VACUUM FULL` takes knows of all databases. A mere reader there does not.
    """
    return bool(
        _asked(
            "SELECT (pg_snapshot_xmin(pg_current_snapshot()) > %s::xid8 AND NOT EXISTS ("
            "SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            # a replica that reports what it reads belongs to no database
            "AND (datname = current_database() OR datname IS NULL) "
            "AND age(backend_xmin) > age(%s::xid8::xid)))::int",
            mark,
            mark,
        )
    )


def _rewritten(table: str) -> bool:
    """Write `table` anew, which nobody may read meanwhile; False when it is in use."""
    before = _file_of(table)
    _asked(f"VACUUM (FULL, SKIP_LOCKED) {table}")
    return _file_of(table) != before


def _file_of(table: str) -> int:
    return _asked("SELECT pg_relation_filenode(%s::regclass)", table)


def _tried(act: Callable[[], bool]) -> None:
    for _round in range(TRIES):
        if act():
            return
        time.sleep(PAUSE_SECONDS)
    raise InUse


def _asked(sql: str, *values: str) -> int:
    """Carry out `sql`; gives the first value of its answer, 0 where it has none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        row = cursor.fetchone() if cursor.description else None
    return int(row[0]) if row and row[0] is not None else 0
