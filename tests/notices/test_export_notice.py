"""A notice goes out as TOML and comes back as the same clauses, words and page."""

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from notices.drafts import draft_of, reading_of
from notices.management.commands import export_notice
from notices.models import Notice
from notices.pages.rendering import renderings_of
from notices.publishing import adopt
from notices.reading import read
from tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
NOTICES = HERE.parents[2] / "shared" / "notices"
DEMO = HERE.parents[1] / "demo" / "notice.toml"
FILES = [DEMO, *sorted((HERE / "examples").iterdir()), *sorted(NOTICES.glob("*.txt"))]
NOW = timezone.now()
GIVEN = {"controller.name": "Koepaja Oy", "controller.email": "koe@koepaja.example"}


def export(*options):
    """Runs the command; gives exit code, standard output and standard error."""
    out, err = StringIO(), StringIO()
    try:
        call_command("export_notice", *map(str, options), stdout=out, stderr=err)
    except SystemExit as stopped:
        return stopped.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def in_force(raw):
    """A notice in force, adopted from `raw` with what it lacks."""
    reading = read(raw)
    lacking = {key: GIVEN[key] for key in reading.missing()}
    notice = draft_of(reading.with_values(lacking), reason="Test")
    adopt(notice, now=timezone.now())
    return notice


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_same_clauses_words_and_page_come_back(path, tmp_path):
    notice = in_force(path.read_bytes())
    code, out, err = export()
    again = in_force(out.encode())

    assert (code, err) == (0, "")
    assert reading_of(again) == reading_of(notice)
    assert page(again) == page(notice)


def page(notice):
    """The public page in each language, but for the number of the version."""
    stored = Notice.objects.get(pk=notice.pk)
    stored.version = 1
    return [(one.language, one.title, one.body) for one in renderings_of(stored, NOW)]


def test_it_is_written_to_a_file_without_a_trace_of_a_half_one(tmp_path):
    in_force(DEMO.read_bytes())
    file = tmp_path / "notice.toml"
    file.write_text("before")

    assert export(file) == (0, "", "")
    assert read(file.read_bytes()) == reading_of(Notice.objects.in_force())
    assert os.listdir(tmp_path) == ["notice.toml"]


def test_a_kill_while_writing_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    in_force(DEMO.read_bytes())
    file = tmp_path / "notice.toml"
    file.write_text("before")

    def killed(_handle):
        raise KeyboardInterrupt

    monkeypatch.setattr(export_notice.os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        export(file)
    assert file.read_text() == "before"
    assert os.listdir(tmp_path) == ["notice.toml"]


def test_an_earlier_version_or_a_draft_is_named(tmp_path):
    first = NoticeFactory(in_force=True, register_name="Ensimmäinen")
    NoticeFactory(in_force=True, register_name="Toinen")
    draft = NoticeFactory(register_name="Luonnos")

    assert "Toinen" in export()[1]
    assert "Ensimmäinen" in export("--notice", first.version)[1]
    assert "Luonnos" in export("--draft", draft.pk)[1]


@pytest.mark.parametrize(
    "options", [(), ("--notice", 7), ("--draft", 7), ("missing-folder/x.toml",)]
)
def test_what_cannot_be_exported_is_told_in_one_sentence(options):
    if options and options[0].startswith("missing"):
        NoticeFactory(in_force=True)
    code, out, err = export(*options)

    assert (code, out, err.strip().count("\n")) == (2, "", 0)
    assert err.strip().endswith(".")
