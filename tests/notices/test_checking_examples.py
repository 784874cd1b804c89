"""The errors that a lawyer finds in notices of several templates, and no other errors (A5, A6)."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from notices.checking import check
from notices.reading import read

EXAMPLES = Path(__file__).parent / "examples"
TODAY = date(2026, 11, 21)

#: Each error with the section where it stands; D11 is one for each right, or for recipients.
ERRORS = {
    "blog.txt": "D07 controller; D16 cookies; D26 cookies; D06 purpose; 13(2)(e) purpose; "
    "13(2)(c) consent; D04 complaint; D10 drawn_up; D11 rectification; D11 restriction; "
    "D11 portability; D11 objection",
    "capitals.txt": "13(2)(c) consent; 13(2)(e) purpose; D04 complaint; D11 restriction; "
    "D11 portability; D11 objection",
    "hyphens.txt": "13(2)(e) purpose; D04 complaint; D11 portability; D11 objection",
    "rights_after_cookies.txt": "13(2)(e) purpose",
    "signed_letter.txt": "D40 data_content; 13(2)(e) purpose; D11 restriction; D11 portability; "
    "D11 objection; D11 recipients",
    "split_headings.txt": "D08 controller; D17 purpose; D13 legitimate_interest; "
    "D19 data_categories; D20 recipients; D14 consent; D40 data_content; D16 cookies; "
    "D26 cookies; D26 cookies; D30 cookies; D23 access; D12 objection; D25 objection; "
    "13(2)(c) consent",
}


def findings(text):
    with translation.override("en"):
        return check(read(text.encode()), today=TODAY)


@pytest.mark.parametrize("name", ERRORS)
def test_it_finds_the_errors_that_a_lawyer_finds_and_no_others(name):
    found = findings((EXAMPLES / name).read_text(encoding="utf-8"))

    errors = [f"{one.id} {one.section}" for one in found if one.severity == "error"]
    assert sorted(errors) == sorted(ERRORS[name].split("; "))


@pytest.mark.parametrize("name", ERRORS)
def test_the_words_at_fault_stand_in_the_notice(name):
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    spoken = " ".join(text.split())

    found = [one for one in findings(text) if one.words]
    assert found
    for one in found:
        assert " ".join(one.words.split()) in spoken


#: A sentence under its heading, the id it might be taken for, and whether it is found.
CASES = [
    ("Säännönmukaiset luovutukset", "Tietoja luovutetaan lajiliitolle lisenssejä varten.",
     "D11 recipients", False),
    ("Säännönmukaiset luovutukset", "Ei säännönmukaisia luovutuksia.", "D11 recipients", False),
    ("Säännönmukaiset luovutukset", "Tietoja luovutetaan vain asiakkaan suostumuksella.",
     "D11 recipients", True),
    ("Tarkastusoikeus", "Voit korjata tai poistaa tietosi.", "D11 rectification", False),
    ("Tarkastusoikeus", "Pyyntö tehdään allekirjoitetulla kirjeellä tai sähköpostilla.",
     "D23 access", False),
    ("Tarkastusoikeus", "Pyyntö tehdään allekirjoitetulla kirjeellä.", "D23 access", True),
    ("Käsittelyn tarkoitus", "Peruste on suostumus (dokumentoitu, vapaaehtoinen, yksilöity, "
                             "tietoinen ja yksiselitteinen).", "13(2)(e) purpose", True),
    ("Käsittelyn tarkoitus", "Oikeusperuste on\n- henkilön suostumus\n- sopimus.",
     "13(2)(c) consent", True),
    ("Tietolähteet", "Asiakas ja Maanmittauslaitos", "14(2)(f) sources", False),
    ("Säilytysaika", "Kaksi (2) vuotta viimeisestä tilauksesta. Kirjanpitoaineisto kirjanpitolain "
                     "edellyttämän ajan.", "D32 retention", False),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "sentence", "told", "is_found"), CASES)
def test_it_tells_a_flaw_from_what_only_looks_like_one(heading, sentence, told, is_found):
    found = findings(f"Rekisterin nimi\nAsiakasrekisteri\n\n{heading}\n{sentence}\n")

    assert (told in [f"{one.id} {one.section}" for one in found]) is is_found


def test_d10_a_month_without_a_day_is_a_date_but_not_exact():
    found = findings("Laatimispäivä\n2/2024\n\nRekisterin nimi\nAsiakasrekisteri\n")

    assert [(one.severity, one.words) for one in found if one.id == "D10"] == [
        ("warning", "2/2024")
    ]


def test_d39_a_sole_trader_is_a_person():
    party = "Tmi Aura Kehrä, Villatie 4, 99999 Hillasuo, aura@kehra.example"

    found = findings(f"Rekisterinpitäjä\n{party}\n\nYhteyshenkilö\nAura Kehrä\n")

    assert "D39" in [one.id for one in found]


def test_d33_a_label_of_the_form_is_no_hedge():
    label = "Muut yhteystiedot (esim. puhelin virka-aikana, sähköpostiosoite)"

    found = findings(f"Rekisterinpitäjä\nNimi\nKetjupaja Oy\n{label}\n000 123 4567\n")

    assert "D33" not in [one.id for one in found]
