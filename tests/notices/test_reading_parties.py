"""Who a notice says is behind it, in the sentences and lines of small firms (P02, P03)."""

import pytest

from notices.reading import Party, read

REST = "\n\nTietolähteet\n\nAsiakas itse.\n"


def controller(text):
    return read(text.encode()).controller


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Revontulimaja is run by Aurinkomaja Oy (business ID 1234567-1), 3 Aurora Street, 99960 "
         "Maala, Finland. You can reach us at maja@aurinko.example or by phone on 000 321 6541.",
         Party("Aurinkomaja Oy", "3 Aurora Street, 99960 Maala, Finland", "000 321 6541",
               "maja@aurinko.example")),
        ("Verkkosivustomme osoite on: https://lanka.example. Verkkokauppaa pitää Lankavyyhti Oy, "
         "Kerintie 4, 99960 Lankala. Asiakaspalvelu: hei@lanka.example",
         Party("Lankavyyhti Oy", "Kerintie 4, 99960 Lankala", None, "hei@lanka.example")),
        ("Lelunurkka Oy\nLeikkikatu 1\n99960 Nallela\nAsiakaspalvelu arkisin klo 9-15, "
         "puh. 000-654321", Party("Lelunurkka Oy", "Leikkikatu 1, 99960 Nallela", "000-654321")),
        ("Asuntovälitys Tupa Oy LKV, Laiturikatu 6, 99960 Rantala",
         Party("Asuntovälitys Tupa Oy LKV", "Laiturikatu 6, 99960 Rantala")),
        ("Muutto ja Kuljetus Ripeä Oy, Lastauskuja 3, 99960 Kuormala",
         Party("Muutto ja Kuljetus Ripeä Oy", "Lastauskuja 3, 99960 Kuormala")),
    ],
)  # fmt: skip
def test_p02_the_controller_is_read_from_lines_and_from_sentences(text, who):
    assert controller(f"Rekisterinpitäjä\n\n{text}{REST}") == who


def test_p02_a_sentence_without_a_heading_tells_the_controller_and_how_to_reach_it():
    text = (
        "Tietosuoja\n\nHeippa!\n\nRekisterinpitäjänä toimii Joogasali Lumme (Tmi Oili Lumme, "
        "y-tunnus 1234567-1), Rauhankatu 8, 99960 Tyynelä. Minut tavoittaa osoitteesta "
        "oili@lumme.example. Yhteyshenkilö on Arja Kari, arja@lumme.example."
    )

    assert controller(text + REST) == Party(
        "Joogasali Lumme", "Rauhankatu 8, 99960 Tyynelä", None, "oili@lumme.example"
    )


def test_p02_a_notice_may_begin_with_its_one_firm_and_its_address():
    text = (
        "Tietosuojakäytäntö\n\nPaahtimo Papu Oy (Paahtajantie 3, 99960 Papula, papu@papu.example) "
        "kunnioittaa asiakkaidensa yksityisyyttä."
    )

    assert controller(text + REST) == Party(
        "Paahtimo Papu Oy", "Paahtajantie 3, 99960 Papula", None, "papu@papu.example"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Tietosuojakäytäntö\n\nPaahtimo Papu Oy kunnioittaa asiakkaidensa yksityisyyttä.",
        "Tietosuojakäytäntö\n\nPaahtimo Papu Oy (99960 Papula) ja Jauhatus Oy, 99970 Myllylä.",
        "Tietosuojakäytäntö",
    ],
)
def test_d07_of_firms_that_are_only_named_none_is_taken_for_the_controller(text):
    assert controller(f"{text}{REST}\nVastaanottajat\n\nKirja Oy, 99970 Kirjala") == Party()


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("Saksilassa 2.6.2018 Kirsi Sakset", ("2018-06-02", None)),
        ("Tätä käytäntöä on viimeksi muutettu 9.11.2022.", (None, "2022-11-09")),
        ("Pesulassa 2.6.2018 asioinut asiakas voi pyytää tietonsa.", (None, None)),
    ],
)
def test_p01_the_day_stands_where_somebody_signs_or_says_it(line, days):
    found = read(f"Rekisterin nimi\nAsiakkaat{REST}\n{line}\n".encode()).as_json()

    assert (found["drawn_up_on"], found["updated_on"]) == days


@pytest.mark.parametrize(
    "text",
    [
        "1.1 Nimi: Vuokrapiha Oy\n1.2 Osoite: Pihatie 4 A, 99960 Tupala\n1.3 Puhelin: 000 357 1593",
        "Nimi: Vuokrapiha Oy\nOsoite: Pihatie 4 A\nPostinumero: 99960\nPostitoimipaikka: Tupala\n"
        "Puhelinnumero: 000 357 1593",
    ],
)
def test_p02_the_fields_of_a_form_are_parts_of_the_controller(text):
    assert controller(f"1 REKISTERINPITÄJÄ\n{text}\n\n2 TIETOLÄHTEET\nAsiakas.\n") == Party(
        "Vuokrapiha Oy", "Pihatie 4 A, 99960 Tupala", "000 357 1593"
    )
