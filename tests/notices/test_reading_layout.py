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


def test_an_accordion_opens_with_its_headings():
    text = (
        "<div><h2>Tietosuoja ja evästeet</h2><details><summary>Rekisterinpitäjä</summary>"
        "<p>Kompassi Oy</p></details><details><summary>Mistä tiedot saadaan?</summary>"
        "<p>Asiakkaalta.</p></details></div>"
    )

    assert keys(text) == [
        ("title", "Tietosuoja ja evästeet"),
        ("controller", "Rekisterinpitäjä"),
        ("sources", "Mistä tiedot saadaan?"),
    ]


def test_a_dash_parts_headings_from_values_where_many_lines_have_one():
    text = (
        "Tietosuojaseloste\n\nRekisterinpitäjä – Vasama Oy\nRekisteri – Asiakasrekisteri\n"
        "Tietolähteet – Asiakas – ei muita\n"
    )

    assert [(one.key, one.text) for one in read(text.encode()).sections[1:]] == [
        ("controller", "Vasama Oy"),
        ("register_name", "Asiakasrekisteri"),
        ("sources", "Asiakas – ei muita"),
    ]


def test_a_short_line_over_a_text_is_a_heading_where_such_lines_are():
    text = (
        "Henkilötietojen käsittely leirikeskuksessa\n\n"
        "Rekisterinpitäjän yhteystiedot\nNuotioyhdistys ry\n\n"
        "Kenen tietoja käsittelemme\nLeiriläiset ja heidän huoltajansa, jotka ilmoittavat.\n\n"
        "Mistä tiedot saadaan\nHuoltaja täyttää lomakkeen leirille ilmoittautuessa.\n\n"
        "Tietojen säilytysaika\nVuosi leirin päättymisestä.\n\n"
        "Tiedoista pidetään huolta\nja ne ovat turvassa.\n\n"
        "Lisätietoja\nTuire Hiillos, tuire@nuotio.example\n"
    )

    assert [key for key, _heading in keys(text)] == [
        "title",
        "controller",
        "data_categories",
        "sources",
        "retention",
        "contact",
    ]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Vem ansvarar för dina personuppgifter?", "controller"),
        ("Hur länge sparas uppgifterna?", "retention"),
        ("What is on the card?", "data_content"),
        ("Who sees it?", "recipients"),
        ("Where the information comes from?", "sources"),
        ("What can you ask?", "other_rights"),
        ("Käsittelijät", "recipients"),
        ("Siirrot", "transfers"),
        ("Suojaus", "security_electronic"),
    ],
)
def test_a_question_is_known_in_each_language(heading, key):
    text = f"## Evästeet\nEi ole.\n\n## {heading}\nSamat kuin ennen.\n"

    assert [key for key, _heading in keys(text)] == ["cookies", key]
