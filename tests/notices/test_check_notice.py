"""`check_notice`: a file, a version or a draft, as JSON or to be read."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from notices.drafts import draft_of
from notices.publishing import adopt
from notices.reading import read

DEMO = Path(__file__).parents[2] / "demo" / "notice.toml"
GOOD = Path(__file__).parent / "examples" / "good_fi.txt"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def run(*arguments):
    """Runs the command; gives exit code, standard output and standard error."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("check_notice", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stopped:
        code = stopped.code
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def spoilt(tmp_path):
    file = tmp_path / "notice.txt"
    file.write_text(GOOD.read_text().replace("Aura Loimikangas", "XXXX"))
    return file


def test_a_good_notice_exits_with_0():
    code, out, err = run(DEMO, "--json")

    assert (code, err) == (0, "")
    assert json.loads(out) == {"findings": [], "publishable": True}


def test_findings_exit_with_1_as_one_json_document(spoilt):
    code, out, err = run(spoilt, "--json")
    document = json.loads(out)

    assert (code, err) == (1, "")
    assert list(document) == ["findings", "publishable"]
    assert document["publishable"] is False
    (gap,) = [one for one in document["findings"] if one["id"] == "D02"]
    assert list(gap) == ["id", "severity", "section", "words", "message", "advice", "law"]
    assert (gap["severity"], gap["section"], gap["words"]) == ("error", "contact", "XXXX")


def test_a_notice_with_warnings_only_is_publishable(tmp_path):
    file = tmp_path / "notice.txt"
    file.write_text(GOOD.read_text().replace("Kuljetusliike saa", "Kuljetusliike saattaa saada"))

    code, out, _err = run(file, "--json")
    assert (code, json.loads(out)["publishable"]) == (1, True)


@pytest.mark.parametrize("active", ["fi", "sv", "en"])
def test_the_report_is_grouped_by_severity_in_the_active_language(spoilt, active):
    with translation.override(active):
        code, out, _err = run(spoilt)
        heading = f"{translation.gettext('error')} (1)".upper()

    assert code == 1
    assert out.splitlines()[0] == heading
    assert "D02" in out
    assert "“XXXX”" in out


def test_a_report_of_nothing_says_so():
    assert run(DEMO) == (0, "Nothing to mend was found.\n", "")


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"hello", b"[notice]\nx"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_what_is_no_notice_exits_with_2_and_one_sentence(tmp_path, raw, options):
    file = tmp_path / "notice"
    file.write_bytes(raw)

    code, out, err = run(file, *options)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["/no/such/file", "/", "a\0b"])
def test_a_file_that_cannot_be_read_exits_with_2(name):
    code, out, err = run(name)

    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


@pytest.mark.django_db
class TestStored:
    def test_a_draft_is_named_by_its_key(self, spoilt):
        draft = draft_of(read(spoilt.read_bytes()), reason="read")

        code, out, _err = run("--draft", draft.pk, "--json")
        assert code == 1
        assert "D02" in {one["id"] for one in json.loads(out)["findings"]}

    def test_a_version_is_named_by_its_number(self):
        notice = draft_of(read(DEMO.read_bytes()), reason="read")
        adopt(notice, now=timezone.now())

        code, out, _err = run("--notice", 1, "--json")
        assert (code, json.loads(out)["findings"]) == (0, [])

    def test_a_stored_notice_gives_what_its_file_gave(self, spoilt):
        draft = draft_of(read(spoilt.read_bytes()), reason="read")

        assert run("--draft", draft.pk, "--json") == run(spoilt, "--json")

    @pytest.mark.parametrize("which", [("--notice", 1), ("--draft", 99), ("--notice", 10**30)])
    def test_one_that_is_not_there_exits_with_2(self, which):
        code, out, err = run(*which)

        assert (code, out) == (2, "")
        assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], [DEMO, "--notice", "1"]])
def test_one_notice_is_checked_at_a_time(arguments):
    with pytest.raises(CommandError):
        run(*arguments)
