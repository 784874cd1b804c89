"""E07, P67: after an erasure and the night that follows, no file of the database tells the name."""

from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, Timer

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from audit import cleaning
from audit.reasons import because
from notices.terms import DataCategory
from register.erasure import erase
from register.models import Customer
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
PLANTED = ("Kylvetti", "Siemenranta", "kylvetti.siemen", "Taimitarhankuja", "Turvepenkki")


def files():
    """The bytes of the database's own files, its log of changes with them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            name = str(connection.settings_dict["NAME"])
            found = [Path(name), Path(f"{name}-wal")]
        else:
            cursor.execute("CHECKPOINT")
            cursor.execute("SHOW data_directory")
            folder = Path(cursor.fetchone()[0])
            cursor.execute(
                "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't')"
            )
            found = [folder / path for (path,) in cursor.fetchall() if path]
    return b"\n".join(path.read_bytes() for path in found if path.exists())


def left():
    """Which of the planted words are in the files, and how often."""
    said = files().lower()
    return {word: count for word in PLANTED if (count := said.count(word.lower().encode()))}


@pytest.fixture
def planted():
    """Somebody among many: words of all sorts, changed once, and found by a search."""
    NoticeFactory(in_force=True, declared=list(DataCategory))
    source = CollectionFactory()
    for number in range(60):
        CustomerFactory(given_name=f"Koe{number}", email=f"koe{number}@koe.example")
    who = CustomerFactory(
        given_name="Kylvetti",
        family_name="Siemenranta",
        email="kylvetti.siemen@koe.example",
        street="Taimitarhankuja 1",
        postcode="00100",
        city="Helsinki",
    )
    OrderLineFactory(order=OrderFactory(customer=who), description="Turvepenkki " * 20)
    with because("Test"):
        who.city = "Espoo"
        who.save(collection=source)
    for number in range(60, 120):
        CustomerFactory(given_name=f"Koe{number}", email=f"koe{number}@koe.example")
    return who


def test_nobody_is_named_in_the_files_after_the_night(planted):
    """E07, P67"""
    assert set(left()) == set(PLANTED)
    with because("Test"):
        erase(planted, request_number="2026-1", now=timezone.now())
    assert "clean_database" in settings.DAILY_COMMANDS
    call_command("clean_database")
    assert left() == {}
    assert Customer.objects.unerased().count() == 120


@contextmanager
def busy_for(seconds, url, *statements):
    """Meanwhile somebody else is in a transaction that began with `statements`."""
    begun, over = Event(), Event()

    def be_busy():
        other = connection.copy()
        other.settings_dict = connection.settings_dict | url
        try:
            with other.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                    if cursor.description:
                        cursor.fetchall()
                begun.set()
                over.wait(60)
                cursor.execute("ROLLBACK")
        finally:
            other.close()

    thread = Thread(target=be_busy)
    thread.start()
    assert begun.wait(20)
    timer = Timer(seconds, over.set)
    try:
        yield timer
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("where", ["here", "in another database"])
def test_whoever_keeps_the_past_is_waited_for(planted, where):
    """E07: PostgreSQL keeps an old row for whoever may still see it, in the table written anew."""
    if connection.vendor == "sqlite":
        # a file that nobody else can be in has no other database
        url, statements = {}, ["BEGIN", "PRAGMA schema_version"]
    elif where == "here":
        # none of the tables that are written anew
        url = {}
        statements = ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM pg_class"]
    else:
        url, statements = {"NAME": "postgres"}, ["BEGIN", "SELECT pg_current_xact_id()"]
    with busy_for(1.5, url, *statements) as timer:
        with because("Test"):
            erase(planted, request_number="2026-1", now=timezone.now())
        timer.start()
        call_command("clean_database")
        assert left() == {}


def test_what_is_too_large_to_be_written_anew_is_cleaned_as_far_as_that_goes(planted, monkeypatch):
    """SQLite has overwritten what was deleted, and empties its log; PostgreSQL gives the space
    back, and its bytes are there until it is used again, or until somebody writes all anew."""
    monkeypatch.setattr(cleaning, "MOST_BYTES", 0)
    with because("Test"):
        erase(planted, request_number="2026-1", now=timezone.now())
    assert left()
    call_command("clean_database")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute(
                "SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'register_customer'"
            )
            assert cursor.fetchone() == (1,)
        call_command("clean_database", whole=True)
    assert left() == {}


def test_whoever_reads_all_the_time_is_not_kept_waiting_and_the_night_tries_again(monkeypatch):
    NoticeFactory(in_force=True)
    CustomerFactory()

    def read_meanwhile():
        try:
            with transaction.atomic():
                list(Customer.objects.all())
                reads.set()
                over.wait(60)
        finally:
            connection.close()

    reads, over = Event(), Event()
    reader = Thread(target=read_meanwhile)
    reader.start()
    try:
        assert reads.wait(20)
        with monkeypatch.context() as hurried:
            hurried.setattr(cleaning, "TRIES", 2)
            hurried.setattr(cleaning, "PAUSE_SECONDS", 0)
            hurried.setattr(cleaning, "WAIT_MILLISECONDS", 10)
            with pytest.raises(CommandError, match="in use"):
                call_command("clean_database")
    finally:
        over.set()
        reader.join()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)
            assert cursor.execute("PRAGMA secure_delete").fetchone() == (1,)
    call_command("clean_database")
