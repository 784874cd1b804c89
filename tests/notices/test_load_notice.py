import json
import random
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from notices.models import Clause, Notice, Section
from notices.terms import ClauseKind, Language, SectionKey

EXAMPLES = Path(__file__).parent / "examples"
pytestmark = pytest.mark.django_db

TEXT = """Asiakasrekisteri - tietosuojaseloste

Laatimispäivä\t6.3.2026
Rekisterinpitäjä\tKoepaja Oy, Koekuja 1, 00100 Helsinki, 09 000 1234, koe@koepaja.example
Rekisterin nimi\tAsiakasrekisteri
Rekisterin tietosisältö\t- nimi
\t- sähköpostiosoite
Säännönmukaiset tietolähteet\tTietoja saadaan asiakkaan tekemistä rekisteröitymisistä.
"""
NO_CONTROLLER = "\n".join(line for line in TEXT.splitlines() if "Koepaja" not in line)


@pytest.fixture
def load(tmp_path):
    """Runs the command on `raw`; gives exit code, standard output and standard error."""

    def run(raw, *options, name="notice.txt"):
        file = tmp_path / name
        if raw is not None:
            file.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        out, err = StringIO(), StringIO()
        code = 0
        try:
            call_command("load_notice", str(file), *options, stdout=out, stderr=err)
        except SystemExit as stopped:
            code = stopped.code
        return code, out.getvalue(), err.getvalue()

    return run


def stored():
    return (Notice.objects.count(), Section.objects.count(), Clause.objects.count())


def test_a_notice_is_stored_as_a_draft_and_told_as_one_json_document(load):
    code, out, err = load(TEXT, "--json")
    document = json.loads(out)
    notice = Notice.objects.get()
    assert (code, err) == (0, "")
    assert document["notice"] == notice.pk
    assert list(document) == [
        "notice",
        "register_name",
        "languages",
        "drawn_up_on",
        "updated_on",
        "controller",
        "contact",
        "data",
        "data_under_other_headings",
        "called",
        "retention",
        "identification",
        "request_languages",
        "sections",
        "unplaced",
        "missing",
    ]
    assert document["data"] == ["name", "email"]
    assert document["controller"]["name"] == "Koepaja Oy"
    assert (notice.version, notice.controller_name) == (None, "Koepaja Oy")
    assert [section.key for section in notice.sections.all()] == [
        section["key"] for section in document["sections"]
    ]


def test_adopting_puts_it_in_force_as_it_stands(load):
    code, _out, _err = load(TEXT, "--adopt")
    notice = Notice.objects.in_force()
    assert code == 0
    assert notice.version == 1
    assert notice.declared == {"name", "email"}
    assert notice.history.first().history_user is None
    assert notice.history.first().history_change_reason


def test_the_words_stay_as_they_were(load):
    load(TEXT.replace("rekisteröitymisistä", "rekisteröitymisitsä <b>heti</b>"), "--adopt")
    sources = Section.objects.get(key=SectionKey.SOURCES)
    assert sources.text == "Tietoja saadaan asiakkaan tekemistä rekisteröitymisitsä heti."


def test_adopting_without_a_controller_is_refused_and_nothing_is_stored(load):
    """Art. 13(1)(a), D07."""
    code, out, err = load(NO_CONTROLLER, "--adopt", "--json")
    assert code == 1
    assert json.loads(out)["missing"] == ["controller.name", "controller.email"]
    assert json.loads(out)["notice"] is None
    assert "controller.name" in err
    assert stored() == (0, 0, 0)


def test_what_is_missing_can_be_given(load):
    code, _out, _err = load(
        NO_CONTROLLER,
        "--adopt",
        "--set",
        "controller.name=Koepaja = Oy",
        "--set",
        "controller.email=koe@koepaja.example",
    )
    assert code == 0
    assert Notice.objects.in_force().controller_name == "Koepaja = Oy"


def test_a_draft_is_kept_though_something_is_missing(load):
    assert load(NO_CONTROLLER)[0] == 0
    assert Notice.objects.drafts().count() == 1


def test_the_report_names_each_section_and_what_found_no_place(load):
    _code, out, _err = load("Hei kaikki!\n\n" + TEXT)
    assert "data_content" in out
    assert "Hei kaikki!" in out


def test_the_report_tells_what_the_document_of_programs_has_no_key_for(load):
    """P16, P29, P39, P18; the document keeps exactly its keys."""
    text = TEXT + (
        "Käsittelyn tarkoitus\tTilausten käsittely (sopimus)\n"
        "Vastaanottajat\tTilitoimisto Helmitaulu Oy\n"
        "Tietojen siirto EU:n ulkopuolelle\tUutiskirje lähtee Yhdysvalloista "
        "vakiosopimuslausekkeiden nojalla.\n"
        "Evästeet\tEi evästeitä.\nProfilointi\t<p>Ei.</p>\n"
    )
    _code, out, _err = load(text)
    for line in (
        r"purpose +orders \(contract\)",
        r"recipient +accounting \(Tilitoimisto Helmitaulu Oy\)",
        r"transfer +standard_clauses \(US\)",
        r"cookies +none",
        r"statement +no_automated_decisions",
        r"(tags such as|kuten) <p>",
    ):
        assert re.search(line, out), line


def test_an_address_that_hides_from_robots_is_an_address(load):
    code, _out, err = load(TEXT.replace("koe@koepaja", "koe(at)koepaja"), "--adopt")
    assert (code, err) == (0, "")
    assert Notice.objects.in_force().controller_email == "koe@koepaja.example"


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
BROKEN_UTF16 = "Rekisterinpitäjä".encode("utf-16") + b"\x00"


@pytest.mark.parametrize(
    "raw",
    [
        None,
        b"",
        b"  \n\t\n",
        b"\xef\xbb\xbf",
        b"Rekisterin nimi\tx\n" * 300_000,
        PNG,
        PDF,
        BROKEN_UTF16,
        b"PK\x03\x04" + b"\x00" * 50,
        b"maitoa\nleip\xc3\xa4\xc3\xa4\nkahvia\n",
        random.Random(7).randbytes(5000),  # noqa: S311
        b"[notice]\nregister_name = 1",
    ],
    ids=[
        "missing",
        "empty",
        "blank",
        "only a mark",
        "5 MB",
        "PNG",
        "PDF",
        "broken UTF-16",
        "ZIP",
        "shopping list",
        "noise",
        "bad TOML",
    ],
)
@pytest.mark.parametrize("options", [(), ("--adopt", "--json")])
def test_what_is_no_notice_gets_one_sentence_and_stores_nothing(load, raw, options):
    code, out, err = load(raw, *options)
    assert (code, out) == (2, "")
    assert err.strip().count("\n") == 0
    assert err.strip().endswith((".", "…"))
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("value", ["controller.shoe=42", "controller.name", ""])
def test_a_wrong_value_to_set_is_told_in_one_sentence(load, value):
    code, out, err = load(TEXT, "--set", value)
    assert (code, out, err.strip().count("\n")) == (2, "", 0)
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("value", ["controller.email=ei osoite", f"controller.name={'A' * 500}"])
def test_a_value_that_cannot_be_stored_is_told_in_one_sentence(load, value):
    code, out, err = load(TEXT, "--adopt", "--set", value)
    assert (code, out, err.strip().count("\n")) == (2, "", 0)
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_usual_encodings_read_the_same(load, encoding):
    code, out, _err = load(TEXT.encode(encoding), "--json")
    assert code == 0
    assert json.loads(out)["sections"][1]["heading"] == "Laatimispäivä"


def test_the_demo_s_own_notice_is_read_from_toml_in_three_languages(load, settings):
    code, _out, _err = load((settings.BASE_DIR / "demo" / "notice.toml").read_bytes(), "--adopt")
    notice = Notice.objects.in_force()
    assert code == 0
    assert notice.languages == ["fi", "sv", "en"]
    by_language = {
        language: set(notice.sections.filter(language=language).values_list("position", "key"))
        for language in Language
    }
    assert by_language["fi"] == by_language["sv"] == by_language["en"]
    assert {key for _place, key in by_language["fi"]} >= set(SectionKey) - {"other"}
    kinds = set(notice.clauses.values_list("kind", flat=True))
    assert kinds == set(ClauseKind)


def test_freshly_written_notices_of_every_shape_can_be_adopted(load):
    given = ("--set", "controller.name=Koe", "--set", "controller.email=k@koe.example")
    for file in sorted(EXAMPLES.iterdir()):
        code, _out, err = load(file.read_bytes(), "--adopt", *given)
        assert (code, err) == (0, ""), file.name
