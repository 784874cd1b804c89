"""Which lines of a notice are its headings, where nothing marks them."""

import pytest

from notices.reading import read


def keys(text):
    return [(section.key, section.heading) for section in read(text.encode()).sections]


@pytest.mark.parametrize(
    "name", ["HIUSHAIVEN OY\nTIETOSUOJASELOSTE", "HIUSHAIVEN OY\n\nTIETOSUOJASELOSTE"]
)
def test_the_name_of_the_firm_above_the_title_is_no_heading(name):
    text = (
        f"{name}\n\nREKISTERINPITÄJÄ\nHiushaiven Oy\n\nTIETOLÄHTEET\nAsiakas.\n\n"
        "SÄILYTYSAIKA\nVuosi.\n\nTIETOTURVA\nSalasana.\n"
    )

    assert [key for key, _heading in keys(text)] == [
        "title",
        "controller",
        "sources",
        "retention",
        "security_electronic",
    ]
    assert read(text.encode()).unplaced == ("HIUSHAIVEN OY",)


def test_a_title_goes_on_where_its_line_hangs():
    text = "Tietosuojaseloste - Asukas- ja\nosakasrekisteri\n\nTietolähteet\nAsukas itse.\n"

    assert keys(text) == [
        ("title", "Tietosuojaseloste - Asukas- ja osakasrekisteri"),
        ("sources", "Tietolähteet"),
    ]


@pytest.mark.parametrize("letters", [("a) ", "b) "), ("A. ", "B. "), ("A: ", "B: "), ("", "")])
def test_p32_p35_the_two_halves_of_security_carry_the_heading_above_them(letters):
    a, b = letters
    text = (
        "8. TIETOLÄHTEET\nAsiakas.\n\n9. REKISTERIN SUOJAUS\n"
        f"{a}Manuaalinen aineisto\nLukittu kaappi.\n{b}Sähköinen aineisto\nSalasana.\n"
    )

    assert [key for key, _heading in keys(text)] == [
        "sources",
        "security_manual",
        "security_electronic",
    ]


def test_questions_are_headings_with_a_number_too():
    text = (
        "1. Kuka toimii rekisterinpitäjänä ja keneen voi ottaa yhteyttä?\n\nHavupiha Oy\n\n"
        "2. Keitä rekisteröidyt ovat?\n\nMetsänomistajia.\n\n"
        "3. Mitä henkilötietoja käsittelemme?\n\nNimi.\n\n"
        "4. Millä perusteella ja mihin tarkoitukseen käsittelemme tietoja?\n\n"
        "Oikeutettu etu: suoramarkkinointi.\n\n"
        "5. Kuka tietoja näkee?\n\nVain me.\n"
    )

    assert [key for key, _heading in keys(text)] == [
        "controller",
        "data_categories",
        "data_content",
        "purpose",
        "recipients",
    ]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Tietojen keräämisen tarkoitus", "purpose"),
        ("Miten keräämme tietoja", "sources"),
        ("Mistä tiedot tulevat", "sources"),
        ("Kenellä on pääsy tietoihin?", "recipients"),
        ("Vem får uppgifterna?", "recipients"),
        ("Mitä voit vaatia?", "other_rights"),
        ("Kuka me olemme?", "controller"),
    ],
)
def test_a_heading_in_plain_words_is_known_by_what_it_asks(heading, key):
    text = f"## Evästeet\nEi ole.\n\n## {heading}\nSamat kuin ennen.\n"

    assert [key for key, _heading in keys(text)] == ["cookies", key]
