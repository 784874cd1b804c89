"""The demo's own notice: complete, plain, and with none of the defects of the five real ones."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from notices.terms import TERMS, ClauseKind, Identification, LegalBasis, SectionKey

NOTICE: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[2] / "demo" / "notice.toml").read_text(encoding="utf-8")
)
LANGUAGES = ("fi", "sv", "en")
SECTIONS: dict[str, dict[str, Any]] = {section["key"]: section for section in NOTICE["section"]}
CLAUSES: list[dict[str, Any]] = NOTICE["clause"]

HEDGES = {
    "fi": r"voida\w*|voi|saattaa|esim|esimerkiksi|mm|muun muassa|mahdollis\w*|yleensä|usein|jne"
    r"|yms|tarvittaessa|soveltuvin osin|tai vastaav\w*",
    "sv": r"kan komma|eventuell\w*|möjlig\w*|t\.ex|till exempel|bl\.a|bland annat|vanligen|ofta"
    r"|vid behov|m\.m|osv|i tillämpliga delar",
    "en": r"may|might|could|some|often|possib\w*|usually|e\.g|for example|such as|etc"
    r"|where applicable|as appropriate",
}
LONGEST = {"fi": 15, "sv": 20, "en": 22}
RETIRED_LAWS = r"henkilötietola|523/1999|516/2004|tietoyhteiskuntakaar|personuppgiftslag"
PLACEHOLDERS = r"\(s-postiosoite\)|\[[^\]]*\]|XXX|TODO|lorem|esimerkki@|<\w+"


def text_of(key: str, language: str = "fi") -> str:
    text: str = SECTIONS[key][language]["text"]
    return text


def sentences(text: str) -> list[str]:
    """Each list item and each sentence by itself; dates and numbers keep their full stops."""
    return [
        sentence
        for line in text.splitlines()
        for sentence in re.split(r"(?<=[.:!?])\s+", line.removeprefix("- ").strip())
        if sentence
    ]


def clauses(kind: str) -> list[dict[str, Any]]:
    return [clause for clause in CLAUSES if clause["kind"] == kind]


def terms(kind: str) -> set[str]:
    return {clause["term"] for clause in clauses(kind)}


# --- form ---------------------------------------------------------------------------------------


def test_sections_stand_in_the_order_of_the_vocabulary() -> None:
    assert list(SECTIONS) == [key.value for key in SectionKey if key is not SectionKey.OTHER]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", SECTIONS)
def test_every_section_has_a_heading_and_a_text(key: str, language: str) -> None:
    section = SECTIONS[key][language]
    assert section["heading"].strip()
    assert section["text"].strip()


@pytest.mark.parametrize("key", [key for key in SECTIONS if key != "drawn_up"])
def test_the_languages_have_the_same_paragraphs_items_and_figures(key: str) -> None:
    def shape(language: str) -> tuple[int, int, list[str]]:
        text = text_of(key, language)
        items = sum(line.startswith("- ") for line in text.splitlines())
        figures = sorted(re.findall(r"\d+", text))
        return text.strip().count("\n\n"), items, figures

    finnish, swedish, english = (shape(language) for language in LANGUAGES)
    assert swedish == finnish
    assert english == finnish


@pytest.mark.parametrize(
    "clause", CLAUSES, ids=lambda c: f"{c['kind']}-{c.get('term', c['words'])}"
)
def test_the_words_of_every_clause_stand_in_its_finnish_section(clause: dict[str, Any]) -> None:
    assert clause["words"] in text_of(clause["section"])


@pytest.mark.parametrize(
    "clause", CLAUSES, ids=lambda c: f"{c['kind']}-{c.get('term', c['words'])}"
)
def test_every_clause_selects_from_the_vocabulary(clause: dict[str, Any]) -> None:
    kind = ClauseKind(clause["kind"])
    term = clause["from"] if kind is ClauseKind.RETENTION else clause["term"]
    assert term in TERMS[kind].values
    assert set(clause.get("ways", [])) <= set(Identification.values)
    if kind is ClauseKind.PURPOSE:
        assert clause["legal_basis"] in LegalBasis.values
    if kind is ClauseKind.RETENTION:
        assert clause.get("years", clause.get("months", 0)) > 0


def test_no_term_is_declared_twice() -> None:
    declared = [(c["kind"], c.get("term"), c.get("from")) for c in CLAUSES]
    assert len(set(declared)) == len(declared)


# --- plain words (D02, D31-D35) -----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", SECTIONS)
def test_no_sentence_is_long(key: str, language: str) -> None:
    too_long = [
        sentence
        for sentence in sentences(text_of(key, language))
        if len(sentence.split()) > LONGEST[language]
    ]
    assert not too_long


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", SECTIONS)
def test_no_text_hedges(key: str, language: str) -> None:
    """D33."""
    found = re.findall(rf"\b(?:{HEDGES[language]})\b", text_of(key, language), re.IGNORECASE)
    assert not found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", SECTIONS)
def test_no_placeholder_mark_up_or_repealed_law_is_left(key: str, language: str) -> None:
    """D01, D02, D35."""
    text = text_of(key, language)
    assert not re.search(f"{PLACEHOLDERS}|{RETIRED_LAWS}", text, re.IGNORECASE)


# --- what articles 13 and 14 demand (A6) --------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", ["controller", "contact"])
def test_controller_and_contact_are_the_same_in_text_and_table(who: str, language: str) -> None:
    """D07, D08, D09."""
    text = text_of(who, language)
    for part in ("name", "phone", "email"):
        assert NOTICE[who][part] in text
    assert re.search(r", \d{5} \w+", NOTICE["controller"]["address"])
    assert NOTICE["controller"]["address"] in text_of("controller")


def test_dates_are_the_same_in_text_and_table() -> None:
    """D10."""
    for day in (NOTICE["notice"]["drawn_up_on"], NOTICE["notice"]["updated_on"]):
        for language in ("fi", "sv"):
            assert f"{day.day}.{day.month}.{day.year}" in text_of("drawn_up", language)
        assert f"{day:%-d %B %Y}" in text_of("drawn_up", "en")


def test_the_register_has_one_name() -> None:
    assert text_of("register_name") == NOTICE["notice"]["register_name"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ombudsman_is_where_he_is_now(language: str) -> None:
    """D03, D38."""
    text = text_of("complaint", language)
    street = "Fågelviksgränden 4" if language == "sv" else "Lintulahdenkuja 4"
    assert "Ratapihantie" not in text
    expected = (street, "00530", "800, 00531", "029 566 6700", "029 566 6768", "tietosuoja@om.fi")
    for detail in expected:
        assert detail in text


def test_complaint_names_residence_work_and_place_of_infringement() -> None:
    """D42."""
    for place in ("jossa asut tai työskentelet", "jossa väitetty rikkominen tapahtui"):
        assert place in text_of("complaint")


def test_no_data_protection_officer_is_stated() -> None:
    """D38."""
    assert "tietosuojavastaavaa" in text_of("controller")


def test_contact_persons_of_organisations_are_not_under_contract() -> None:
    """D40."""
    assert "sopimus on organisaation kanssa" in text_of("purpose")
    assert "organisaation" in text_of("legitimate_interest")


def test_legitimate_interest_names_interests_and_not_a_contract() -> None:
    """D13."""
    assert text_of("legitimate_interest").count("\n- ") >= 3
    assert "sopimus" not in text_of("legitimate_interest")


def test_purpose_says_whether_data_must_be_given_and_what_follows_if_not() -> None:
    """D17."""
    assert "Laki ei velvoita" in text_of("purpose")
    assert "Ilman niitä emme ota tilausta vastaan." in text_of("purpose")


def test_declared_data_are_those_of_the_demo_and_leave_out_the_web_address() -> None:
    """D18, D30: what the text speaks of is declared, and nothing else."""
    expected = {"name", "organisation", "email", "postal_address", "phone", "ip_address"}
    assert terms("data") == expected | {"orders", "billing"}


def test_recipients_cover_every_ground_of_disclosure() -> None:
    """D20, D21: each party that a disclosure names is a recipient too."""
    assert terms("disclosure") == {
        *("billing", "collection", "legal_obligation", "value_added_service")
    }
    assert {"accounting", "collection_agency", "authority", "service_provider"} <= terms(
        "recipient"
    )
    assert not {"analytics", "credit"} & terms("recipient")


def test_retention_has_several_rules_and_an_objective_end_of_the_relationship() -> None:
    """D05, D32."""
    assert {clause["from"] for clause in clauses("retention")} == {
        *("relationship_end", "order", "collected", "financial_year_end")
    }
    assert "viimeisestä tilauksesta on kulunut 24 kuukautta" in text_of("retention")


def test_sources_say_which_of_them_is_public() -> None:
    """D41."""
    assert "julkinen lähde" in text_of("sources")
    assert "eivät ole julkisia" in text_of("sources")


def test_nothing_leaves_the_eea_and_nobody_measures_visits() -> None:
    """D16, D22, D26, D27."""
    assert "Emme siirrä henkilötietoja EU:n tai ETA:n ulkopuolelle." in text_of("transfers")
    every = " ".join(text_of(key, language) for key in SECTIONS for language in LANGUAGES)
    assert "google" not in every.lower()
    assert "analytics" not in every.lower()


def test_profiling_and_consent_are_answered() -> None:
    """D14, D15."""
    assert "Emme tee automaattisia päätöksiä emmekä profiloi" in text_of("profiling")
    assert "pyydämme sen etukäteen" in text_of("consent")


# --- rights -------------------------------------------------------------------------------------


def test_every_right_of_the_law_is_promised() -> None:
    """D04, D11; that a consent can be taken back stands with the purpose that rests on it."""
    assert terms("right") == set(TERMS[ClauseKind.RIGHT].values) - {"withdrawal"}


def test_a_signature_is_one_way_among_others_and_never_required() -> None:
    """D23."""
    for clause in clauses("right"):
        assert clause.get("ways") != ["signature"]
    assert "Allekirjoitus ei ole pakollinen." in text_of("access")


def test_objection_stands_apart_and_speaks_of_nothing_else() -> None:
    """D12, art. 21(4)."""
    text = text_of("objection").lower()
    assert "suoramarkkinoin" in text
    assert "vastustaa käsittelyä" in text
    assert not re.search(r"tarkast|oikais|korja|poist", text)


def test_access_tells_form_time_price_and_languages() -> None:
    """D24, D36."""
    text = text_of("access")
    for promise in ("pyyntölomake", "kuukauden kuluessa", "maksutonta", "suomeksi, ruotsiksi"):
        assert promise in text
    assert NOTICE["contact"]["email"] in text
    assert "tuomioistuimeen" in text_of("other_rights")


def test_a_contact_person_is_erased_on_request_too() -> None:
    """D25."""
    assert "Sama koskee organisaation yhteyshenkilöä." in text_of("other_rights")
