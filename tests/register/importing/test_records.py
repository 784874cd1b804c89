from datetime import date
from decimal import Decimal

import pytest

from register.importing import Normaliser, guess
from register.importing.names import Name, family_comes_first, split_name
from register.phones import e164
from tests.register.importing.files import filled, problems_of, records_of, table_of


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Aino Koe", Name("Aino", "Koe")),
        ("Koe, Aino", Name("Aino", "Koe")),
        ("Koe; Aino", Name("Aino", "Koe")),
        ("Anna-Liisa Maria Koe-Testi", Name("Anna-Liisa Maria", "Koe-Testi")),
        ("Ebba af Koe", Name("Ebba", "af Koe")),
        ("Juan de la Koe", Name("Juan", "de la Koe")),
        ("rva Aino Koe", Name("Aino", "Koe")),
        ("Aino", Name("Aino", "")),
        ("Koe", Name("", "Koe")),
        ("Koe Oy", Name(organisation="Koe Oy")),
        ("Oy Koe Ab", Name(organisation="Oy Koe Ab")),
        ("Tmi Aino Koe", Name(organisation="Tmi Aino Koe")),
        ("Kylän Koe ry", Name(organisation="Kylän Koe ry")),
        ("Koesäätiö", Name(organisation="Koesäätiö")),
        ("Koelan kunta", Name(organisation="Koelan kunta")),
        ("Koelan seurakunta", Name(organisation="Koelan seurakunta")),
        ("Tilitoimisto Koe", Name(organisation="Tilitoimisto Koe")),
        ("Pariskunta Koe", Name("Pariskunta", "Koe")),
        ("Aino ja Bo Koe", Name("Aino ja Bo", "Koe")),
        ("Aino Kuntanen", Name("Aino", "Kuntanen")),
    ],
)
def test_a_whole_name_is_taken_apart(name, parts):
    assert split_name(name) == parts


def test_a_list_shows_its_own_order():
    assert family_comes_first(["Koe Aino", "Testi Matti", "Koe Oy"])
    assert not family_comes_first(["Aino Koe", "Matti Testi"])
    assert split_name("von Koe Aino Maria", family_first=True) == Name("Aino Maria", "von Koe")


@pytest.mark.parametrize(
    ("typed", "country", "dialled"),
    [
        ("040 123 4567", "", "+358401234567"),
        ("+358 (0)40 123 4567", "", "+358401234567"),
        ("00358401234567", "", "+358401234567"),
        ("401234567", "", "+358401234567"),
        ("358401234567", "", "+358401234567"),
        ("(09) 123 4567", "", "+35891234567"),
        ("070-123 45 67", "SE", "+46701234567"),
        ("+46 70 123 45 67", "", "+46701234567"),
        ("040 123 4567 (työ)", "", "+358401234567"),
        ("123", "", ""),
    ],
)
def test_phone_numbers_are_dialled_however_they_are_typed(typed, country, dialled):
    assert e164(typed, country) == dialled


def test_finnish_mobile_numbers_are_judged_as_the_library_judges_them():
    import phonenumbers

    numbers = [
        f"0{prefix}{'1234567890'[:length]}" for prefix in range(40, 51) for length in range(11)
    ]
    assert {one: e164(one) != "" for one in numbers} == {
        one: phonenumbers.is_valid_number(phonenumbers.parse(one, "FI"))
        for one in numbers
        if len(one) > 3
    } | {one: False for one in numbers if len(one) <= 3}


def test_one_row_can_be_a_person_and_an_organisation():
    [both, person, firm] = records_of(
        "Nimi;Yritys;Y-tunnus\nAino Koe;Koe Oy;\nBo Koe;;\nKoivikon Leipomo;;1234567-8\n"
    )
    assert (both.has_role, filled(both)) == (
        True,
        {"given_name": "Aino", "family_name": "Koe", "organisation": "Koe Oy"},
    )
    assert (person.has_role, firm.has_role) == (False, False)
    assert filled(firm) == {"organisation": "Koivikon Leipomo"}


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("00330 Helsinki", {"postcode": "00330", "city": "Helsinki"}),
        ("Koekuja 1", {"street": "Koekuja 1"}),
        (
            "Koekuja 1 A 2, 00330 Helsinki",
            {"street": "Koekuja 1 A 2", "postcode": "00330", "city": "Helsinki"},
        ),
        (
            "Koegatan 1, 114 55 Stockholm, Sverige",
            {"street": "Koegatan 1", "postcode": "114 55", "city": "Stockholm", "country": "SE"},
        ),
        ("Koegatan 1, Stockholm", {"street": "Koegatan 1", "city": "Stockholm"}),
        (
            "Koekuja 1  Helsinki    00330  FI",
            {"street": "Koekuja 1", "postcode": "00330", "city": "Helsinki", "country": "FI"},
        ),
    ],
)
def test_an_address_in_one_cell_is_taken_apart(cell, found):
    [record] = records_of(f'Email;Osoite\na@koe.example;"{cell}"\n')
    assert filled(record) == {"email": "a@koe.example", **found}


@pytest.mark.parametrize(
    ("country", "code"),
    [("Suomi", "FI"), ("SVERIGE", "SE"), ("Norway", "NO"), ("ee", "EE"), ("Åland", "AX")],
)
def test_a_country_is_known_by_name_and_code(country, code):
    [record] = records_of(f"Nimi;Maa\nAino Koe;{country}\n")
    assert record.country == code


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("Sähköposti", "aino(at)koe", "email_invalid"),
        ("Puhelin", "soita äidille", "phone_invalid"),
        ("Kotisivu", "javascript:alert(1)", "website_invalid"),
        ("Maa", "Kuu", "country_unknown"),
        ("Postinumero", "123456", "postcode_invalid"),
        ("Kaupunki", "HEL\x00SINKI", "control_characters"),
        ("Kaupunki", "x" * 101, "too_long"),
        ("Kaupunki", "010190-123A", "identity_code"),
        ("Kaupunki", "Turku 010190–123A", "identity_code"),
    ],
)
def test_a_row_with_a_value_that_cannot_be_is_refused_and_the_value_is_told_to_nobody(
    heading, cell, code
):
    [record, other] = records_of(f"Nimi;{heading}\nAino Koe;{cell}\nBo Koe;\n")
    assert tuple(record.refused) == (2, heading, code)
    assert other.refused is None


@pytest.mark.parametrize(
    ("heading", "cell", "kept"),
    [
        ("Sähköposti", " åke@koe.example ", {"email": "åke@koe.example"}),
        ("Sähköposti", "Aino <a@koe.example>", {"email": "a@koe.example"}),
        ("Sähköposti", "-", {}),
        ("Kotisivu", "www.koe.example", {"website": "https://www.koe.example"}),
        ("Yritys", "=1+1", {"organisation": "=1+1"}),
        ("Yritys", "Koe\u200b\nOy", {"organisation": "Koe Oy"}),
        ("Kaupunki", "\u00a0Turku", {"city": "Turku"}),
        ("Postinumero", "120", {"postcode": "00120"}),
        ("Postinumero", "120.0", {"postcode": "00120"}),
        ("Puhelin", "358401112223.0", {"phone": "358401112223", "phone_e164": "+358401112223"}),
        ("Yritys", "Yksityishenkilö", {}),
        ("Postinumero", "FI-00120", {"postcode": "00120", "country": "FI"}),
    ],
)
def test_a_value_is_kept_in_its_usual_form(heading, cell, kept):
    [record] = records_of(f'Nimi;{heading}\nAino Koe;"{cell}"\n')
    assert (filled(record), record.refused) == (
        {"given_name": "Aino", "family_name": "Koe", **kept},
        None,
    )


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        (
            "Koekuja 1  as. A  Helsinki  Uusimaa  00100  Finland",
            "Koekuja 1, as. A|00100|Helsinki|FI",
        ),
        ("Koekuja 1    Helsinki    00100  FI", "Koekuja 1|00100|Helsinki|FI"),
        ("12 Main St    Atlanta  GA  30308  US", "12 Main St|30308|Atlanta, GA|US"),
        ("Koekuja 1, Asunto B, Helsinki, 00100", "Koekuja 1, Asunto B|00100|Helsinki|"),
        ("Koekuja 1, FIN-00100 Helsinki, Uusimaa", "Koekuja 1|00100|Helsinki|FI"),
        ("Koekuja 1 / 00100 Helsinki", "Koekuja 1|00100|Helsinki|"),
        ("12 Main St, Koe Town, IL 62701, USA", "12 Main St|62701|Koe Town, IL|US"),
        ("Helsinki, Finland", "||Helsinki|FI"),
        ("100 Helsinki", "|00100|Helsinki|"),
        ("Helsinki 00100", "|00100|Helsinki|"),
        ("00100  HELSINKI, Finland", "|00100|HELSINKI|FI"),
        ("c/o Koe\nKoekuja 1\n00100 Helsinki\nSuomi", "c/o Koe, Koekuja 1|00100|Helsinki|FI"),
        ("Gränd 1\n114 55 Stockholm\nSverige", "Gränd 1|114 55|Stockholm|SE"),
    ],
)
def test_an_address_is_taken_apart_as_systems_write_it(cell, parts):
    [record] = records_of(f'Nimi;Osoite\nAino Koe;"{cell}"\n')
    assert record.refused is None
    told = (record.street, record.postcode, record.city, record.country)
    assert "|".join(told) == parts


def test_what_cannot_be_told_apart_of_an_address_is_kept_whole_and_told():
    [record] = records_of("Nimi;Osoite\nAino Koe;Koekuja 1, toinen kerros\n")
    assert (record.street, record.city) == ("Koekuja 1, toinen kerros", "")
    assert problems_of([record]) == [(2, "Osoite", "address_whole")]
    [record] = records_of("Nimi;Osoite;Kaupunki\nAino Koe;Koekuja 1, Kallio;Helsinki\n")
    assert (record.street, record.city) == ("Koekuja 1, Kallio", "Helsinki")


def test_a_number_that_a_spreadsheet_has_rounded_is_left_out_and_told():
    records = records_of("Nimi;Puhelin\nAino Koe;3,58403E+11\n;3.58403E+11\n")
    assert [record.phone for record in records] == ["", ""]
    assert problems_of(records) == [
        (2, "Puhelin", "phone_mangled"),
        (3, "Puhelin", "phone_mangled"),
        (3, "", "nobody"),
    ]


def test_a_row_of_sums_or_of_headings_is_nobody():
    content = (
        "Laskunro;Asiakas;Pvm;Eräpvm;Summa sis. alv\n"
        "1;Total Oy;1.2.2026;15.2.2026;100,00\n"
        "2;Total;1.2.2026;15.2.2026;50,00\n"
        ";;;;\n"
        "Yhteensä;;;;1\u00a0150,00 €\n"
    )
    *invoices, _empty, total = records_of(content)
    assert [one.customer.passed_over or one.refused for one in invoices] == [None, None]
    assert (total.customer.passed_over, total.number) == ("sum", "Yhteensä")
    content = "Nimi;Puhelin\nAino Koe;0401112223\nNimi;Puhelin\nYhteensä 25 jäsentä;\n"
    assert [one.passed_over for one in records_of(content)] == ["", "headings", "sum"]


def test_an_ip_number_comes_only_with_its_day():
    content = (
        "Email Address,OPTIN_TIME,OPTIN_IP\n"
        "a@koe.example,2025-11-02 18:22:11,192.0.2.7\nb@koe.example,,192.0.2.8\n"
    )
    records = records_of(content)
    assert [(record.ip_address, record.ip_seen_on) for record in records] == [
        ("192.0.2.7", date(2025, 11, 2)),
        ("", None),
    ]
    assert problems_of(records) == [(3, "OPTIN_IP", "ip_without_date")]


def test_empty_rows_and_rows_about_nobody_are_told_apart():
    [blank, empty, nobody] = records_of("Nimi;Kaupunki\n\n;\n;Turku\nx;y\n")[:3]
    assert [one.passed_over for one in (blank, empty, nobody)] == ["empty", "empty", ""]
    assert nobody.refused.code == "nobody"


def test_cells_past_the_headings_refuse_the_row_unless_its_last_cell_is_in_place():
    records = records_of("Nimi;Sähköposti\nKoe;a@koe.example;lisä\nKoe;Aino;a@koe.example\n")
    assert problems_of(records) == [
        (2, "", "cells_without_heading"),
        (3, "", "too_many_cells"),
    ]


def test_an_invoice_is_read_with_its_days_and_sums():
    content = (
        "Laskunumero;Asiakas;Laskun pvm;Eräpäivä;Summa;Tila\n"
        "1;Koe Oy;1.2.2026;15.2.2026;1\u00a0234,50;Maksettu\n"
        "2;Aino Koe;2.2.2026;16.2.2026;-10,00 €;Avoin\n"
        "3;Aino Koe;2.2.2026;1.2.2026;1,234;\n"
        ";Aino Koe;;;5;\n"
    )
    records = records_of(content)
    assert [filled(record) for record in records[:2]] == [
        {
            "number": "1",
            "invoiced_on": date(2026, 2, 1),
            "due_on": date(2026, 2, 15),
            "amount": Decimal("1234.50"),
            "is_paid": True,
        },
        {
            "number": "2",
            "invoiced_on": date(2026, 2, 2),
            "due_on": date(2026, 2, 16),
            "amount": Decimal("-10.00"),
        },
    ]
    assert records[1].is_paid is False
    assert problems_of(records) == [
        (2, "", "paid_day_unknown"),
        (4, "Summa", "amount_invalid"),
        (4, "", "amount_missing"),
        (4, "", "due_before_date"),
        (5, "", "number_missing"),
        (5, "", "date_missing"),
        (5, "", "due_missing"),
    ]


def test_a_part_that_was_paid_comes_with_its_day_or_is_told():
    headings = "Laskunumero;Asiakas;Päivä;Eräpäivä;Summa;{};Maksupvm\n"
    row = "1;Aino Koe;1.2.2026;15.2.2026;100;{};{}\n"
    for heading, sum_ in (("Avoinna", "40"), ("Maksettu summa", "60,00"), ("Maksettu", "60,00")):
        for day, part in (("3.2.2026", Decimal(60)), ("", None)):
            [record] = records_of(headings.format(heading) + row.format(sum_, day))
            assert (record.is_paid, record.paid_on, record.part) == (False, None, part)
            told = [] if day else [(2, "", "part_is_paid")]
            assert problems_of([record]) == told
    [record] = records_of(headings.format("Maksettu summa") + row.format("100,00", "3.2.2026"))
    assert (record.is_paid, record.paid_on, record.part) == (True, date(2026, 2, 3), None)


def test_what_was_counted_may_stand_beside_the_number():
    [record] = records_of(
        "Tilausnro;Tilauspvm;Asiakas;Puhelin;Tuote;Määrä;á-hinta\n"
        "1;2-1-2026;Aino Koe;salainen;Muki;2 kpl;15,00 €/kpl\n"
    )
    assert (record.quantity, record.unit_price) == (Decimal(2), Decimal("15.00"))
    assert (record.ordered_on, record.customer.phone, record.problems) == (
        *(date(2026, 1, 2), "", []),
    )


def test_the_days_of_an_order_follow_each_other():
    content = (
        "Tilausnro;Tilauspvm;Toimituspvm;Peruttu;Asiakas;Tuote\n"
        "1;1.2.2026;3.2.2026;;Aino Koe;Ruuvi\n1;;;;;Mutteri\n"
        "2;1.2.2026;31.1.2026;;Aino Koe;Naula\n3;46054;;46055;Aino Koe;Ruuvi\n"
        "4;1.2.2026;1.4.2026;;Aino Koe;Ruuvi\n"
    )
    table = table_of(content)
    first, more, wrong, cancelled, ahead = Normaliser(guess(table), today=date(2026, 3, 1)).records(
        table.rows()
    )
    assert (first.delivered_on, more.delivered_on) == (date(2026, 2, 3), date(2026, 2, 3))
    assert wrong.refused.code == "order_of_days"
    assert (cancelled.ordered_on, cancelled.cancelled_on) == (date(2026, 2, 1), date(2026, 2, 2))
    assert ahead.delivered_on is None
    assert problems_of([ahead]) == [(6, "Toimituspvm", "delivery_ahead")]


def test_later_lines_of_an_order_need_not_say_again_who_and_when():
    records = records_of(
        "Tilausnumero;Tilauspäivä;Asiakas;Sähköposti;Tuote\n"
        "A-1;1.2.2026;Aino Koe;a@koe.example;Ruuvi\n"
        "A-1;;;;Mutteri\nA-2;;;;Naula\n"
    )
    assert [filled(one.customer).get("email") for one in records[:2]] == ["a@koe.example"] * 2
    assert [one.ordered_on for one in records[:2]] == [date(2026, 2, 1)] * 2
    assert records[2].refused.code == "nobody"


def test_an_order_of_several_lines_has_several_rows():
    records = records_of(
        "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
        "Accepts Marketing,Total Spent,Billing Name\n"
        "#1,a@koe.example,paid,2025-11-02 18:20:00 +0200,2,Kuppi,10.00,,,Aino Koe\n"
        "#1,a@koe.example,,2025-11-02 18:20:00 +0200,1,Lautanen,4.00,,,\n"
    )
    assert [(one.number, one.description, one.quantity, one.unit_price) for one in records] == [
        ("#1", "Kuppi", Decimal(2), Decimal("10.00")),
        ("#1", "Lautanen", Decimal(1), Decimal("4.00")),
    ]
    assert records[0].customer.family_name == "Koe"
