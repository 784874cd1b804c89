"""The page of the notice in force is answered from a copy, also while the database is away."""

import ast
import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from audit.reasons import because
from notices.models import Notice
from notices.pages import copies
from notices.publishing import adopt
from tests.factories import NoticeFactory, SectionFactory

pytestmark = pytest.mark.django_db
LANGUAGES = ["fi", "sv", "en"]


def new_notice(heading="Koepajan seloste", **fields):
    notice = NoticeFactory(**fields)
    SectionFactory(notice=notice, key="title", position=0, heading=heading, text="")
    SectionFactory(notice=notice, position=1, heading="Tarkoitus", text="Ensin tämä.")
    adopt(notice, now=datetime(2026, 3, 4, 9, tzinfo=UTC))
    return notice


@pytest.fixture
def client():
    """A visitor, who is shown what fails."""
    return Client(raise_request_exception=False)


@pytest.fixture
def notice():
    return new_notice()


@pytest.fixture
def stale(monkeypatch):
    """No copy is fresh: the register is asked at each visit, also just after it was away."""
    monkeypatch.setattr(copies, "FRESH", -1.0)
    monkeypatch.setattr(copies, "AWAY_FOR", -1.0)


@pytest.fixture
def fresh(monkeypatch):
    """Every copy is fresh, however slow the machine is."""
    monkeypatch.setattr(copies, "FRESH", 1e6)


@pytest.fixture
def gone():
    """Puts the database away: `with gone():`; whoever asks it anything is told so."""

    def away(error=OperationalError):
        def refuse(execute, sql, params, many, context):
            raise error("away")

        return connection.execute_wrapper(refuse)

    return away


@pytest.fixture
def restart():
    """The process begins again: only the file is left."""

    def begin_again():
        copies.forget()
        copies.release.cache_clear()

    return begin_again


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fresh_copy_is_sent_without_any_query(
    client, notice, fresh, language, django_assert_num_queries
):
    first = client.get(f"/{language}/")
    assert first["Content-Language"] == language
    assert first["Content-Length"] == str(len(first.content))
    with django_assert_num_queries(0):
        again = client.get(f"/{language}/")
        head = client.head(f"/{language}/")
    assert (again.status_code, again.content, again["ETag"]) == (200, first.content, first["ETag"])
    assert (head.status_code, head.headers) == (200, first.headers)


def test_a_conditional_request_runs_no_query_and_is_told_that_nothing_changed(
    client, notice, fresh, django_assert_num_queries
):
    etag = client.get("/fi/")["ETag"]
    assert etag.startswith('"')
    for condition in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        with django_assert_num_queries(0):
            response = client.get("/fi/", headers={"if-none-match": condition})
            head = client.head("/fi/", headers={"if-none-match": condition})
        assert (response.status_code, response.content) == (304, b"")
        assert (response["ETag"], response["Cache-Control"]) == (etag, "no-cache")
        assert (head.status_code, head["ETag"]) == (304, etag)
        assert "Content-Security-Policy" in response
    with django_assert_num_queries(0):
        assert client.get("/fi/", headers={"if-none-match": '"other"'}).status_code == 200


def asked_again(client, etag, language="fi"):
    return client.get(f"/{language}/", headers={"if-none-match": etag})


@pytest.fixture
def published(client, django_capture_on_commit_callbacks):
    """Publishes a notice, with what is done behind the commit; gives the tag of its page."""

    def publish(heading="Koepajan seloste"):
        with django_capture_on_commit_callbacks(execute=True):
            new_notice(heading)
        return client.get("/fi/")["ETag"]

    return publish


def test_a_conditional_request_runs_no_query_however_old_the_copy_is(
    client, published, stale, django_assert_num_queries
):
    etag = published()
    with django_assert_num_queries(0):
        assert [asked_again(client, etag).status_code for _visit in range(3)] == [304] * 3
    with django_assert_num_queries(1):
        assert asked_again(client, '"other"').status_code == 200


def test_a_conditional_request_sees_a_publication_of_another_process(client, published, stale):
    """V02"""
    etag = published()
    as_it_was = dict(copies._answers)
    published("Uusi seloste")
    copies._answers.update(as_it_was)
    response = asked_again(client, etag)
    assert response.status_code == 200
    assert "Uusi seloste" in response.text
    assert asked_again(client, response["ETag"]).status_code == 304


def test_while_a_notice_comes_into_force_nobody_goes_by_the_mark(
    client, published, stale, monkeypatch, django_assert_num_queries
):
    """V02: the process that publishes can be killed behind the commit, too."""
    etag = published()
    copies._put_mark(b"")
    with django_assert_num_queries(1):
        assert asked_again(client, etag).status_code == 304
    with django_assert_num_queries(1):
        assert asked_again(client, etag).status_code == 304
    monkeypatch.setattr(copies, "UNDER_WAY_FOR", 0)
    with django_assert_num_queries(1):
        assert asked_again(client, etag).status_code == 304
    with django_assert_num_queries(0):
        assert asked_again(client, etag).status_code == 304


def test_a_publication_between_the_mark_and_the_answer_shows(client, published, stale, monkeypatch):
    etag = published()
    asked = copies._renderings

    def published_meanwhile():
        copies._put_mark(copies.DONE)
        return asked()

    with monkeypatch.context() as patched:
        patched.setattr(copies, "_renderings", published_meanwhile)
        client.get("/fi/")
    with patch.object(copies, "_renderings", side_effect=asked) as asking:
        assert asked_again(client, etag).status_code == 304
        assert asking.call_count == 1
        assert asked_again(client, etag).status_code == 304
        assert asking.call_count == 1


def test_where_no_mark_can_be_written_the_register_is_asked(
    client, notice, stale, settings, tmp_path, django_assert_num_queries
):
    (tmp_path / "taken").write_text("a file where the folder should be")
    settings.NOTICE_COPIES = tmp_path / "taken"
    etag = client.get("/fi/")["ETag"]
    with django_assert_num_queries(1):
        assert asked_again(client, etag).status_code == 304


def test_whoever_has_the_page_marked_with_its_time_is_given_the_usual_one_when_it_is_back(
    client, published, stale, gone
):
    published()
    with gone():
        marked = client.get("/fi/")
    assert asked_again(client, marked["ETag"]).status_code == 200


def test_the_languages_have_copies_of_their_own(client, notice):
    pages = {language: client.get(f"/{language}/") for language in LANGUAGES}
    assert len({page["ETag"] for page in pages.values()}) == 3
    for language, page in pages.items():
        assert f'<html lang="{language}">' in page.text


def test_a_copy_that_is_no_longer_fresh_costs_one_query(
    client, notice, stale, django_assert_num_queries
):
    etag = client.get("/fi/")["ETag"]
    with django_assert_num_queries(1):
        assert client.get("/fi/")["ETag"] == etag


def test_a_publication_in_this_process_is_seen_at_once(client, notice):
    """V02"""
    assert "Koepajan seloste" in client.get("/fi/").text
    new_notice("Uusi seloste")
    assert "Uusi seloste" in client.get("/fi/").text


def test_a_publication_in_another_process_is_seen_when_the_copy_is_no_longer_fresh(
    client, notice, fresh, monkeypatch
):
    before = client.get("/fi/").text
    with monkeypatch.context() as patched:
        patched.setattr(copies, "forget", lambda: None)
        new_notice("Uusi seloste")
    assert client.get("/fi/").text == before
    monkeypatch.setattr(copies, "monotonic", lambda: 1e12)
    assert "Uusi seloste" in client.get("/fi/").text


def test_a_page_that_was_being_made_while_another_came_into_force_is_not_kept(
    client, notice, monkeypatch
):
    made = copies._rendered

    def slowly(key, language):
        page = made(key, language)
        copies.forget()
        return page

    monkeypatch.setattr(copies, "_rendered", slowly)
    assert client.get("/fi/").status_code == 200
    assert copies._answers == {}


def test_a_copy_does_not_outlive_its_notice(client, notice, stale):
    """As when the database was emptied, or put back from an older day."""
    client.get("/fi/")
    path = copies._file_of("fi")
    assert path.exists()
    notice.superseded_at = timezone.now()
    with because("Test"):
        notice._store_force()
    assert client.get("/fi/").status_code == 503
    assert not path.exists()


@pytest.mark.parametrize(
    ("asked", "headers"),
    [
        ("/fi/?<b>x=1", {}),
        ("/fi/", {"accept-language": "sv", "x-forwarded-host": "evil.example"}),
        ("/fi/", {"cookie": "sessionid=abc; django_language=sv"}),
    ],
)
def test_nothing_that_a_visitor_sends_stands_in_the_copy_of_the_next(
    client, notice, asked, headers
):
    usual = client.get("/fi/").content
    copies.forget()
    first = Client(headers=headers).get(asked)
    assert first.content == usual
    assert client.get("/fi/").content == usual
    assert not first.cookies
    assert "Vary" not in first


def test_a_visitor_who_names_a_foreign_host_is_refused_as_everywhere(client, notice):
    client.get("/fi/")
    assert client.get("/fi/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_copy_answers_whoever_reads_and_nobody_else(client, notice, method):
    client.get("/fi/")
    assert getattr(client, method)("/fi/").status_code == 405


def test_without_a_notice_in_force_the_page_says_so_each_time(client):
    assert client.get("/fi/").status_code == 503
    new_notice()
    assert client.get("/fi/").status_code == 200


# --- the database is away


def words_of_the_mark(moment, language="en"):
    with override(language):
        return f"This is a copy of the notice, of {date_format(moment, 'SHORT_DATETIME_FORMAT')}."


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, ProgrammingError])
def test_while_the_database_is_away_the_copy_is_sent_and_marked_with_its_time(
    client, notice, stale, gone, error
):
    """Art. 12(1): the notice stays readable."""
    etag = client.get("/en/")["ETag"]
    moment = timezone.localtime()
    with gone(error):
        response = client.get("/en/", headers={"if-none-match": etag})
        assert response.status_code == 200
        assert words_of_the_mark(moment) in response.text
        assert response["ETag"] != etag
        again = client.get("/en/", headers={"if-none-match": response["ETag"]})
        assert again.status_code == 304
    back = client.get("/en/")
    assert (back["ETag"], "This is a copy" in back.text) == (etag, False)


def test_a_database_that_is_away_is_not_asked_by_every_visitor(client, notice, stale, gone):
    client.get("/fi/")
    asked = []

    def refuse(execute, sql, params, many, context):
        asked.append(sql)
        raise OperationalError("away")

    with connection.execute_wrapper(refuse), patch.object(copies, "AWAY_FOR", 10.0):
        pages = {client.get(f"/{one}/").content for one in LANGUAGES for _visit in range(3)}
    assert (len(asked), len(pages)) == (1, 3)


def test_after_a_few_seconds_one_visitor_asks_whether_the_database_is_back(
    client, notice, gone, monkeypatch
):
    seconds = 1000.0
    monkeypatch.setattr(copies, "monotonic", lambda: seconds)
    usual = client.get("/fi/").content
    seconds += copies.FRESH
    with gone():
        marked = client.get("/fi/").content
    seconds += 9
    assert client.get("/fi/").content == marked != usual
    seconds += 2
    assert client.get("/fi/").content == usual


def test_while_one_visitor_waits_for_the_database_the_others_do_not(client, notice, stale):
    """A database whose packets are dropped lets whoever asks wait for seconds."""
    usual = client.get("/fi/").content
    pages = []
    with copies._asking, patch.object(copies, "AWAY_FOR", 10.0):
        other = threading.Thread(target=lambda: pages.append(client.get("/fi/").content))
        other.start()
        other.join(5)
        assert pages == [usual]


@contextmanager
def taken_away():
    """The database is really gone: the file is moved, or PostgreSQL knows no such name."""
    connection.close()
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        away = Path(name).rename(f"{name}.away")
        yield
        connection.close()
        away.rename(name)
    else:
        renamed = 'ALTER DATABASE "{}" RENAME TO "{}"'.format
        with connection._nodb_cursor() as cursor:
            cursor.execute(renamed(name, f"{name}.away"))
        yield
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(renamed(f"{name}.away", name))


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_really_gone_leaves_the_copy_readable(client, stale, restart):
    """Art. 12(1); SQLite makes an empty database where its file was, which holds no table."""
    new_notice()
    usual = client.get("/en/").text
    with taken_away():
        marked = client.get("/en/").text
        restart()
        after_a_restart = client.get("/sv/").text
    assert "This is a copy of the notice" in marked
    assert "Koepajan seloste" in marked
    assert "Koepajan seloste" in after_a_restart
    assert client.get("/en/").text == usual


def test_a_process_that_starts_without_a_database_has_the_copy_of_the_one_before(
    client, notice, gone, restart
):
    usual = client.get("/en/").text
    # the clock may have gone on to the next minute
    known_at = timezone.localtime(copies._filed("en").known_at)
    restart()
    with gone():
        page = client.get("/en/").text
    assert words_of_the_mark(known_at) in page
    assert re.sub('<p class="mark" role="status">.*?</p>\n', "", page) == usual


def test_the_copy_in_the_file_is_written_anew_when_its_time_is_long_ago(client, notice, stale):
    client.get("/fi/")
    before = copies._filed("fi").known_at
    client.get("/fi/")
    assert copies._filed("fi").known_at == before
    with patch.object(copies, "FILED_EVERY", timedelta(0)):
        client.get("/fi/")
    assert {copies._filed(language).known_at > before for language in LANGUAGES} == {True}


@pytest.mark.parametrize("spoilt", ["", "{", "x:y", "\udcff", "changed", "half", "of Swedish"])
def test_a_spoilt_file_is_no_copy(client, notice, gone, restart, spoilt):
    client.get("/fi/")
    path = copies._file_of("fi")
    whole, swedish = path.read_bytes(), copies._file_of("sv").read_bytes()
    made = {"changed": b"A" + whole[1:], "half": whole[:500], "of Swedish": swedish}
    path.write_bytes(made.get(spoilt, spoilt.encode(errors="surrogateescape")))
    restart()
    with gone():
        response = client.get("/fi/")
    assert response.status_code == 503
    assert response["Retry-After"]


def shown_away(gone):
    with gone():
        return Client(raise_request_exception=False).get("/fi/").status_code


def test_the_file_of_another_installation_is_not_believed(client, notice, gone, restart, settings):
    client.get("/fi/")
    restart()
    assert shown_away(gone) == 200
    restart()
    settings.SECRET_KEY = "another installation's"
    assert shown_away(gone) == 503
    settings.SECRET_KEY_FALLBACKS = ["no key of it"]
    restart()
    assert shown_away(gone) == 503


@pytest.mark.parametrize("name", ["HOST", "PORT", "NAME"])
def test_the_file_of_another_database_is_not_believed(
    client, notice, gone, restart, monkeypatch, name
):
    client.get("/fi/")
    restart()
    monkeypatch.setitem(connection.settings_dict, name, "another")
    assert shown_away(gone) == 503
    monkeypatch.undo()


# --- another notice comes into force


def test_all_languages_are_filed_whatever_language_somebody_reads(client, notice, gone, restart):
    """Art. 12(1): no language stays behind with what was replaced."""
    client.get("/fi/")
    restart()
    with gone():
        assert {client.get(f"/{one}/").status_code for one in LANGUAGES} == {200}


def test_a_publication_that_nobody_reads_is_in_the_files(
    client, notice, gone, restart, django_capture_on_commit_callbacks
):
    for language in LANGUAGES:
        client.get(f"/{language}/")
    with django_capture_on_commit_callbacks(execute=True):
        new_notice("Uusi seloste")
    restart()
    with gone():
        for language in LANGUAGES:
            page = client.get(f"/{language}/").text
            assert "Uusi seloste" in page
            assert "Koepajan seloste" not in page


def test_a_crash_behind_the_publication_does_not_bring_the_notice_before_it_back(
    client, notice, gone, restart
):
    """What is done behind the commit is never done."""
    client.get("/fi/")
    new_notice("Uusi seloste")
    restart()
    with gone():
        response = client.get("/fi/")
    assert response.status_code == 503
    assert "Koepajan seloste" not in response.text
    restart()
    assert "Uusi seloste" in client.get("/sv/").text
    restart()
    with gone():
        assert "Uusi seloste" in client.get("/fi/").text


def test_a_process_that_has_not_seen_a_publication_shows_the_newer_file(
    client, notice, stale, gone, django_capture_on_commit_callbacks
):
    client.get("/fi/")
    as_it_was = dict(copies._answers)
    with django_capture_on_commit_callbacks(execute=True):
        new_notice("Uusi seloste")
    copies._answers.update(as_it_was)
    with gone():
        assert "Uusi seloste" in client.get("/fi/").text


def test_what_fails_behind_the_commit_does_not_fail_the_publication(
    client, notice, monkeypatch, django_capture_on_commit_callbacks
):
    with monkeypatch.context() as patched:
        patched.setattr(copies, "_made", lambda now: 1 / 0)
        with django_capture_on_commit_callbacks(execute=True):
            later = new_notice("Uusi seloste")
    assert Notice.objects.in_force() == later
    assert "Uusi seloste" in client.get("/fi/").text


def test_a_copy_does_not_outlive_its_release(client, notice, gone, restart, settings, tmp_path):
    """Its styles may be gone, and its words be corrected."""
    client.get("/fi/")
    restart()
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "public.css").write_text("body { color: red }")
    settings.BASE_DIR = tmp_path
    with gone():
        assert client.get("/fi/").status_code == 503
    copies.release.cache_clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_any_copy_the_usual_page_says_so_in_the_reader_s_language(
    client, notice, gone, language
):
    client.get("/fi/", headers={"accept-language": "fi"})
    for one in LANGUAGES:
        copies._file_of(one).unlink()
    copies.forget()
    with gone():
        response = client.get(f"/{language}/")
    assert response.status_code == 503
    assert f'<html lang="{language}">' in response.text


def test_a_page_that_cannot_be_filed_is_shown_all_the_same(client, notice, settings, tmp_path):
    (tmp_path / "taken").write_text("a file where the folder should be")
    settings.NOTICE_COPIES = tmp_path / "taken"
    assert client.get("/fi/").status_code == 200


def test_words_of_a_notice_cannot_move_the_mark(client, stale, gone):
    """The mark stands at the head of the page, whatever the notice says."""
    new_notice(heading='<main id="content">\n')
    client.get("/en/")
    with gone():
        page = client.get("/en/").text
    assert escape('<main id="content">') in page
    assert page.count('role="status"') == 1
    assert page.index('role="status"') < page.index("<h1")


def test_only_the_notice_in_force_is_kept(client, notice, django_assert_num_queries):
    client.get("/fi/versions/1/")
    assert copies._answers == {}
    assert Notice.objects.in_force() == notice


@pytest.mark.parametrize(
    ("asked", "seconds"), [("", 3), ("?connect_timeout=7", 7), ("?sslmode=require", 3)]
)
def test_postgresql_whose_packets_are_dropped_is_away_within_seconds(asked, seconds, tmp_path):
    """What the operator asks for in the address stays."""
    environment = {"DATABASE_URL": f"postgres://a:b@db.example/c{asked}", "DATA_DIR": str(tmp_path)}
    program = "from config.settings import DATABASES; print(DATABASES['default']['OPTIONS'])"
    told = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    options = ast.literal_eval(told.stdout)
    assert options["connect_timeout"] == seconds
    assert options["tcp_user_timeout"] <= 10_000
    assert options.get("sslmode") == ("require" if "sslmode" in asked else None)
