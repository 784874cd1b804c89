"""The five real notices: every defect that law.md A5 lists, and none that it does not."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from notices.checking import check, errors_of
from notices.reading import read

NOTICES = Path(__file__).parents[3] / "shared" / "notices"
pytestmark = pytest.mark.skipif(
    not NOTICES.is_dir(), reason="the five real notices are not kept in this repository"
)
NAMES = ("000", "001", "002", "003", "004")
TODAY = date(2026, 11, 21)

#: law.md A5, id by id: E, W or I and the last digits of the notices. D18, D23 and D32 also as the
#: evidence that A5 gives says; D37 has its evidence, "luottopäätöksen", in all five.
DEFECTS = {
    "D01": "E34",
    "D02": "E01234",
    "D03": "E02",
    "D04": "E34",
    "D05": "E34",
    "D06": "E34",
    "D07": "E3",
    "D08": "E2",
    "D09": "W01",
    "D10": "E3 W0124",
    "D11": "E34",
    "D12": "E012",
    "D13": "E012",
    "D14": "E012",
    "D15": "E012",
    "D16": "E0124",
    "D17": "E012",
    "D18": "E01234",
    "D19": "E2",
    "D20": "E012",
    "D21": "W01234",
    "D22": "W01234",
    "D23": "E0234 I1",
    "D24": "W01234",
    "D25": "E012",
    "D26": "E0124",
    "D27": "W0124",
    "D28": "E3",
    "D29": "W0124",
    "D30": "E012",
    "D31": "W01234",
    "D32": "W01234",
    "D33": "W01234",
    "D34": "I01234",
    "D35": "W0124",
    "D36": "W01234",
    "D37": "E01234",
    "D38": "I01234",
    "D39": "W4",
    "D40": "E01234",
    "D41": "W01234",
    "D42": "W012",
}
SEVERITY = {"E": "error", "W": "warning", "I": "info"}
EXPECTED = {
    (id, f"00{digit}"): SEVERITY[group[0]]
    for id, groups in DEFECTS.items()
    for group in groups.split()
    for digit in group[1:]
}

#: law.md A6: what no D rule reports.
ARTICLES = {
    "13(2)(c)": NAMES,
    "13(2)(e)": ("003", "004"),
    "13(2)(f)": ("003", "004"),
    "14(1)(d)": ("004",),
    "21(4)": ("003", "004"),
}

#: Words at fault, as A5 gives them.
WORDS = [
    ("D01", "34", "henkilötietolain"),
    ("D02", "01234", "(s-postiosoite)"),
    ("D03", "02", "Ratapihantie 9, 00521 Helsinki"),
    ("D16", "0124", "GOOGLE ANALYTICS"),
    ("D18", "01", "laskutustiedot"),
    ("D22", "01234", "teknisen toteutuksen varmistamiseksi"),
    ("D25", "012", "tänä aikana"),
    ("D27", "0124", "google.com/settings/ads"),
    ("D27", "0124", "Google Analytics Demographics"),
    ("D29", "0124", "ei voida yksilöidä"),
    ("D31", "01234", "asiakasomistaja- ja asiakasrekisteriä"),
    ("D33", "01234", "voidaan"),
    ("D33", "01234", "saattaa"),
    ("D33", "01234", "esim."),
    ("D33", "0124", "mm."),
    ("D33", "012", "soveltuvin osin"),
    ("D33", "01234", "tai vastaavia"),
    ("D34", "01", "riorganisaation"),
    ("D34", "01", "yorganisaation"),
    ("D34", "012", "tietosuojasetuksen"),
    ("D34", "012", "ulkoituskumppanit"),
    ("D34", "0124", "luottihakemukseen"),
    ("D34", "234", "tilastollisiin tarkoitukseen"),
    ("D34", "2", "katseluaikat"),
    ("D34", "2", "yritykseen- tai"),
    ("D34", "2", "tietosuojaja-asetusta"),
    ("D34", "1", "Puhelinvaihe"),
    ("D34", "4", "henkilökohtai-semman"),
    ("D34", "4", "suojaaa"),
    ("D34", "4", "vieraillevalla"),
    ("D34", "4", "aihepiiritedon"),
    ("D34", "4", "soveltuvien osin"),
    ("D34", "234", "ATK:lla"),
    ("D35", "0124", "<p>"),
    ("D38", "02", "029 56 66700"),
]


def raw(name):
    return next(NOTICES.glob(f"{name}_*")).read_bytes()


@pytest.fixture(scope="module")
def found():
    """The reading and the findings of each of the five."""
    with translation.override("en"):
        readings = {name: read(raw(name)) for name in NAMES}
        return {name: (r, check(r, today=TODAY)) for name, r in readings.items()}


@pytest.mark.parametrize(("id", "name"), EXPECTED, ids=lambda value: value)
def test_a5_every_defect_is_found_with_its_severity(found, id, name):
    severities = {str(one.severity) for one in found[name][1] if one.id == id}

    assert EXPECTED[id, name] in severities


@pytest.mark.parametrize("name", NAMES)
def test_a5_no_other_defect_is_found(found, name):
    ids = {one.id for one in found[name][1] if one.id in DEFECTS}

    assert ids == {id for id, where in EXPECTED if where == name}


@pytest.mark.parametrize(("id", "digits", "words"), WORDS)
def test_a5_the_words_at_fault_are_named(found, id, digits, words):
    naming = {
        name
        for name in NAMES
        if any(one.id == id and one.words and words in one.words for one in found[name][1])
    }

    assert naming == {f"00{digit}" for digit in digits}


@pytest.mark.parametrize("id", ARTICLES)
def test_a6_what_no_d_rule_reports_has_the_article_as_its_id(found, id):
    naming = tuple(name for name in NAMES if any(one.id == id for one in found[name][1]))

    assert naming == ARTICLES[id]


@pytest.mark.parametrize("name", NAMES)
def test_a6_a_perfect_run_on_the_five_never_returns_publishable(found, name):
    assert errors_of(found[name][1])


@pytest.mark.parametrize("name", NAMES)
def test_words_stand_literally_in_their_section_or_in_the_file(found, name):
    reading, findings = found[name]
    for one in findings:
        if one.words and one.place is not None:
            section = reading.sections[one.place]
            assert one.section == section.key
            assert one.words in section.text or one.words in section.heading
        elif one.words:
            assert one.words in raw(name).decode()


@pytest.mark.parametrize("name", NAMES)
def test_each_place_and_word_is_told_once(found, name):
    keys = [one.key for one in found[name][1]]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", NAMES)
def test_each_finding_is_told_in_plain_sentences_with_its_law(found, name):
    for one in found[name][1]:
        assert one.message.endswith(".")
        assert one.advice.endswith(".")
        assert max(len(one.message.split()), len(one.advice.split())) < 40
        assert one.law
