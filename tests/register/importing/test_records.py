from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from register.importing import Normaliser, guess
from register.importing.amounts import NotReadable, amount_of, day_of
from register.importing.names import Name, family_comes_first, split_name
from register.open_invoices import rows_in
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
        ("Herra Aino Koe", Name("Aino", "Koe")),
        ("Rouva Aino Koe", Name("Aino", "Koe")),
        ("Herr Bo Koe", Name("Bo", "Koe")),
        ("Fru Aino Koe", Name("Aino", "Koe")),
        ("Mr. Bo Koe", Name("Bo", "Koe")),
        ("Mrs Aino Koe", Name("Aino", "Koe")),
        ("Anna von und zu Koe", Name("Anna", "von und zu Koe")),
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


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ola af Koe", Name("Ola", "af Koe")),
        ("Anna von und zu Koe", Name("Anna", "von und zu Koe")),
        ("de la Koe Ville", Name("Ville", "de la Koe")),
        ("Nguyen Van An", Name("Van An", "Nguyen")),
        ("Herra Koe Bo", Name("Bo", "Koe")),
        ("Herra Pekka Koe", Name("Pekka", "Koe")),
        ("Aino ja Pekka Koe", Name("Aino ja Pekka", "Koe")),
        ("Koe Aino ja Pekka", Name("Aino ja Pekka", "Koe")),
        ("Perhe Koe", Name("Perhe", "Koe")),
    ],
)
def test_a_name_among_family_names_first(name, parts):
    assert split_name(name, family_first=True) == parts


@pytest.mark.parametrize(
    ("name", "told"),
    [
        *((one, ["several_people"]) for one in (
            *("Aino ja Pekka Koe", "Koe Aino & Pekka", "Aino och Bo Koe", "Aino and Bo Koe"),
            *("Perhe Koe", "Familjen Koe", "Aino sekä Pekka Koe"),
        )),
        *((one, []) for one in ("Aino Koe", "Koe & Koe Oy", "Jaakko Andersson", "Sandra Koe")),
        *((one, ["no_name"]) for one in ("Ei Ole", "Tuntematon", "Unknown")),
        ("-", []),
    ],
)  # fmt: skip
def test_r01_a_name_of_several_people_or_of_nobody_is_told(name, told):
    """R01: each person's data are their own, and what is left out is told."""
    [record] = records_of(f"Nimi;Sähköposti\n{name};a@koe.example\n")
    assert problems_of([record]) == [(2, "Nimi" if one == "no_name" else "", one) for one in told]


def test_r01_a_couple_among_family_names_first_is_told():
    """R01."""
    records = records_of("Nimi\nKoe Aino\nElo Pekka\nAino ja Pekka Koe\nPerhe Koe\nKoe & Koe Oy\n")
    assert problems_of(records) == [(4, "", "several_people"), (5, "", "several_people")]


@pytest.mark.parametrize(
    ("given", "told"), [("Aino ja Bo", ["several_people"]), ("Ei ole", ["no_name"]), ("Aino", [])]
)
def test_r01_a_given_name_of_several_people_or_of_nobody_is_told(given, told):
    """R01."""
    [record] = records_of(f"Etunimi;Sukunimi;Sähköposti\n{given};Koe;a@koe.example\n")
    assert [one.code for one in record.problems] == told


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
        ("Kotisivu", "http://user:pw@koe.example", "website_invalid"),
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


def test_an_ip_number_is_of_a_day_that_has_been():
    content = "Email Address,OPTIN_TIME,OPTIN_IP\na@koe.example,2026-06-08 18:22:11,192.0.2.7\n"
    [record] = records_of(content, today=TODAY)
    assert (record.ip_address, record.ip_seen_on, record.refused) == ("", None, None)
    assert problems_of([record]) == [(2, "OPTIN_TIME", "ip_ahead")]


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


UNPAID = (
    "Ei maksettu|Ei suoritettu|Ei vielä maksettu|maksamatta|Maksu puuttuu|Ej betald|Inte betald"
    "|obetald|Att betala|Not yet paid|unpaid|To be paid|ei|no|0|Avoin|Lähetetty|Overdue"
)
IN_PART = "osittain maksettu|Osamaksu|Osasuoritus|delbetald|Delvis betald|Partially paid|Half paid"
PAID = "Maksettu|MAKSETTU 1.2.2026|Suoritettu|Kyllä|x|1|Betald|Inbetalt|Betalats|Paid in full|Ja"


@pytest.mark.parametrize(
    ("status", "is_paid", "told"),
    [
        *((status, False, []) for status in UNPAID.split("|")),
        *((status, False, ["part_is_paid"]) for status in IN_PART.split("|")),
        *((status, True, ["paid_day_unknown"]) for status in PAID.split("|")),
        ("Perinnässä", None, ["in_collection"]),
    ],
)
def test_an_invoice_is_paid_only_where_its_status_says_so(status, is_paid, told):
    """E03: an invoice that is not paid keeps an erasure waiting."""
    headings = "Laskunumero;Asiakas;Päivä;Eräpäivä;Summa;Tila"
    [record] = records_of(f"{headings}\n1;Aino Koe;1.2.2026;15.2.2026;100;{status}\n")
    assert (record.is_paid, [one.code for one in record.problems]) == (is_paid, told)


def test_a_no_and_a_part_are_stronger_than_the_day_of_a_payment():
    headings = "Laskunumero;Asiakas;Päivä;Eräpäivä;Summa;Tila;Maksupvm\n"
    row = "1;Aino Koe;1.2.2026;15.2.2026;100;{};3.2.2026\n"
    for status, paid_on in (
        *(("Ei maksettu", None), ("Osittain maksettu", None)),
        *(("Lähetetty", date(2026, 2, 3)), ("", date(2026, 2, 3))),
    ):
        [record] = records_of(headings + row.format(status))
        assert record.paid_on == paid_on


FILLERS = "-|0|N/A|#N/A|ei tiedossa|Ei Tiedossa|#PUUTTUU!|#REF!|puuttuu|okänd|Unknown|x|."


@pytest.mark.parametrize("filler", FILLERS.split("|"))
def test_what_stands_where_nobody_is_known_is_nobody_s_name(filler):
    headings = "Nimi;Yhteyshenkilö;Puhelin"
    [record, bare] = records_of(f"{headings}\n{filler};{filler};0401112223\n{filler};;\n")
    assert filled(record) == {"phone": "0401112223", "phone_e164": "+358401112223"}
    assert bare.refused.code == "nobody"
    [firm] = records_of(f"{headings}\nKoe Oy;{filler};\n")
    assert filled(firm) == {"organisation": "Koe Oy"}


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Dr. Pekka Puupää, PhD", "Pekka", "Puupää"),
        ("Prof. Dr. Pekka Puupää", "Pekka", "Puupää"),
        ("Pekka Puupää Ph.D.", "Pekka", "Puupää"),
        ("Pekka Puupää, MBA, DI", "Pekka", "Puupää"),
        ("Maija Virtanen-Korhonen (s. 1960)", "Maija", "Virtanen-Korhonen"),
        ("Virtanen, Maija (os. Koe)", "Maija", "Virtanen"),
        ("Nguyen, Di", "Di", "Nguyen"),
    ],
)
def test_a_name_is_kept_without_titles_degrees_and_brackets(name, given, family):
    [record] = records_of(f'Nimi\n"{name}"\n')
    assert (record.given_name, record.family_name) == (given, family)


def test_days_are_read_in_one_way_in_the_whole_file():
    """However late the first one stands that can be read in one way only."""
    headings = "Order number,Order date,Customer,Product\n"
    unsure = "".join(f"{number},03/04/2026,Aino Koe,Vene\n" for number in range(399))
    for last, day in (("03/25/2026", date(2026, 3, 4)), ("25/03/2026", date(2026, 4, 3))):
        *records, end = records_of(f"{headings}{unsure}400,{last},Aino Koe,Vene\n")
        assert {one.ordered_on for one in records} == {day}
        assert end.ordered_on == date(2026, 3, 25)
    *records, end = records_of(f"{headings}1,25/03/2026,A Koe,Vene\n2,03/25/2026,A Koe,Vene\n")
    assert problems_of([end])[0] == (3, "Order date", "date_invalid")


TODAY = date(2026, 6, 7)


def test_a_year_of_two_digits_is_not_to_come():
    """But for the day on which an invoice is due."""
    headings = "Laskunumero;Asiakas;Päivä;Eräpäivä;Summa\n"
    days = ("7.6.26;1.1.27", "8.6.96;1.1.97", "1/2/98;1.1.99")
    rows = [f"{number};Aino Koe;{two};5,00\n" for number, two in enumerate(days)]
    records = records_of(headings + "".join(rows), today=TODAY)
    assert [(one.invoiced_on, one.due_on) for one in records] == [
        (date(2026, 6, 7), date(2027, 1, 1)),
        (date(1996, 6, 8), date(1997, 1, 1)),
        (date(1998, 2, 1), date(1999, 1, 1)),
    ]


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("7.6.2026;7.6.2026;7.6.2026", []),
        ("8.6.2026;9.6.2026;", [(2, "Päivä", "date_ahead")]),
        ("1.6.2026;7.6.2036;", []),
        ("1.6.2026;7.6.2099;", [(2, "Eräpäivä", "due_too_far")]),
        ("1.6.2026;7.6.2026;8.6.2026", [(2, "Maksupvm", "payment_ahead")]),
    ],
)
def test_no_day_of_an_invoice_is_to_come_but_that_on_which_it_is_due(days, found):
    headings = "Laskunumero;Asiakas;Päivä;Eräpäivä;Maksupvm;Summa\n"
    [record] = records_of(f"{headings}1;Aino Koe;{days};5,00\n", today=TODAY)
    assert problems_of([record]) == found
    assert record.paid_on == (TODAY if days.endswith("7.6.2026") and not found else None)


@pytest.mark.parametrize(
    ("days", "heading"),
    [("8.6.2026;", "Tilauspvm"), ("1.6.2026;8.6.2026", "Peruttu"), ("7.6.2026;7.6.2026", None)],
)
def test_no_day_of_an_order_is_to_come(days, heading):
    headings = "Tilausnro;Asiakas;Tuote;Tilauspvm;Peruttu\n0;Bo Koe;Vene;1.1.2026;2.1.2026\n"
    [_before, record] = records_of(f"{headings}1;Aino Koe;Vene;{days}\n", today=TODAY)
    assert problems_of([record]) == ([(3, heading, "date_ahead")] if heading else [])


WOO = "Order Number,Order Status,Order Date,First Name (Billing),Last Name (Billing),Item Name"


@pytest.mark.parametrize(
    ("status", "why"),
    [
        *((one, "order_cancelled") for one in ("Cancelled", "wc-refunded", "Failed", "Peruttu")),
        *((one, "") for one in ("Completed", "processing", "Partially refunded", "Ei peruttu", "")),
    ],
)
def test_an_order_that_came_to_nothing_on_no_day_is_none(status, why):
    """And its further lines are none either."""
    first, more, other = records_of(
        f"{WOO}\n7,{status},2026-02-01,Aino,Koe,Vene\n7,,,,,Airo\n8,,2026-02-01,Bo,Koe,Mela\n"
    )
    assert [one.customer.passed_over for one in (first, more, other)] == [why, why, ""]
    assert [one.refused for one in (first, more, other)] == [None] * 3


@pytest.mark.parametrize(
    ("heading", "said", "why"),
    [
        ("Peruttu", "kyllä", "order_cancelled"),
        ("Peruttu", "ei", ""),
        ("Avbeställd", "ja", "order_cancelled"),
        ("Cancelled", "true", "order_cancelled"),
        ("Cancelled", "FALSE", ""),
        ("Cancelled", "", ""),
    ],
)
def test_a_bare_yes_tells_that_an_order_came_to_nothing(heading, said, why):
    """And a bare no that it did not; beside a day, which another row has, too."""
    headings = f"Tilausnro;Asiakas;Tuote;Tilauspvm;{heading}\n"
    first, more, dated, answered = records_of(
        f"{headings}7;Aino Koe;Vene;1.2.2026;{said}\n7;;Airo;;\n8;Bo Koe;Mela;1.2.2026;2.2.2026\n"
        "9;Bo Koe;Mela;1.2.2026;no\n"
    )
    assert [one.customer.passed_over for one in (first, more)] == [why, why]
    assert (dated.cancelled_on, dated.customer.passed_over) == (date(2026, 2, 2), "")
    assert [one.refused for one in (first, more, dated, answered)] == [None] * 4
    assert answered.customer.passed_over == ""


def test_an_order_that_was_cancelled_on_a_day_says_so():
    shopify = (
        "Name,Email,Financial Status,Created at,Cancelled at,Lineitem name,Accepts Marketing,"
        "Total Spent\n"
        "#1,a@koe.example,voided,2026-02-01,2026-02-02,Kuppi,,\n"
        "#2,b@koe.example,voided,2026-02-01,,Kuppi,,\n"
    )
    cancelled, void = records_of(shopify)
    assert (cancelled.cancelled_on, cancelled.customer.passed_over) == (date(2026, 2, 2), "")
    assert void.customer.passed_over == "order_cancelled"


def test_a_quantity_that_cannot_be_names_its_column():
    [record] = records_of("Tilausnro;Tilauspvm;Asiakas;Tuote;Määrä\n1;1.2.2026;Aino Koe;Vene;0\n")
    assert problems_of([record]) == [(2, "Määrä", "quantity_invalid")]


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2026-02-28T23:59:59Z", date(2026, 3, 1)),
        ("2026-02-28 23:59:59 UTC", date(2026, 3, 1)),
        ("2026-02-28T22:30+00:00", date(2026, 3, 1)),
        ("2026-02-28 23:30:00 +0200", date(2026, 2, 28)),
        ("2026-03-01T00:30:00.000+0900", date(2026, 2, 28)),
        ("2026-02-28T23:59:59", date(2026, 2, 28)),
    ],
)
def test_a_time_with_an_offset_is_of_the_day_that_it_was_in_finland(told, day):
    content = f"Tilausnumero;Asiakas;Tilauspäivä;Tuote\n1;Aino Koe;{told};Koe\n"
    [record] = records_of(content)
    assert (record.ordered_on, record.problems) == (day, [])


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ("29.2.2025", (2, "IP-päivä", "ip_date_invalid")),
        ("", (2, "IP-osoite", "ip_without_date")),
        ("-", (2, "IP-osoite", "ip_without_date")),
    ],
)
def test_a_spoilt_day_of_an_ip_number_is_told_as_that(told, problem):
    """P20: without a day the number is left out either way."""
    [record] = records_of(f"Nimi;IP-osoite;IP-päivä\nAino Koe;192.0.2.1;{told}\n")
    assert (record.ip_address, problems_of([record])) == ("", [problem])


def test_a_particle_behind_a_hyphen_belongs_to_the_family_name():
    [record] = records_of("Nimi\nEve O'Connor-von Smith\n")
    assert (record.given_name, record.family_name) == ("Eve", "O'Connor-von Smith")


INVOICE = "Laskunumero;Laskupäivä;Eräpäivä;Asiakas;Sähköposti"
OWED = "1;1.3.2024;15.3.2024;Aino Koe;aino@koe.example"


@pytest.mark.parametrize(
    ("headings", "cells", "column"),
    [
        ("Summa;Valuutta", "1000,00;SEK", "Valuutta"),
        ("Total;Currency", "1000.00;usd", "Currency"),
        ("Summa;Muuta", "1000,00 kr;", "Summa"),
        ("Summa;Muuta", "$10.00;", "Summa"),
        ("Summa (SEK);Muuta", "1000,00;", "Summa (SEK)"),
    ],
)
def test_r05_an_invoice_in_another_currency_is_refused(headings, cells, column):
    """R05: what an invoice says is never altered, so it may not say euros that are none."""
    [record] = records_of(f"{INVOICE};{headings}\n{OWED};{cells}\n")
    assert record.refused == (2, column, "other_currency")


def test_r05_an_order_in_another_currency_is_refused():
    """R05: also of a web shop, which tells the currency on the first line of an order."""
    records = records_of(
        "Order,Order date,Email,Name,Product,Qty,Price,Currency\n"
        "A1,2025-01-05,a@koe.example,Aino Koe,Lamp,1,10.00,USD\n"
        "A2,2025-01-05,b@koe.example,Bo Ek,Lamp,1,100 SEK,\n"
        "A3,2025-01-05,c@koe.example,Cia Alm,Lamp,1,€10.00,EUR\n"
        "A4,2025-01-05,d@koe.example,Dan Alm,Lamp,1,10.00,\n"
    )
    assert [one.refused and one.refused[1:] for one in records] == [
        ("Currency", "other_currency"),
        ("Price", "other_currency"),
        None,
        None,
    ]
    assert [one.unit_price for one in records[2:]] == [Decimal("10.00")] * 2


@pytest.mark.parametrize(
    "status",
    (
        "Mitätöity,Hyvitetty,Luottotappio,Luonnos,Peruttu,Hyvityslasku,Void,Draft,Credited,"
        "Cancelled,Refunded,Written off,Write-off,Krediterad,Makulerad,Utkast,Avskriven,"
        "Kreditfaktura"
    ).split(","),
)
@pytest.mark.parametrize("heading", ["Tila", "Status", "Invoice status", "Maksutila"])
def test_r05_an_invoice_that_is_not_owed_is_left_out(heading, status):
    """R05: an invoice that is brought in as open stays so, and is collected."""
    [record] = records_of(f"{INVOICE};Summa;{heading}\n{OWED};10,00;{status}\n")
    assert record.customer.passed_over == "invoice_void"


@pytest.mark.parametrize("status", ["Avoin", "Ei hyvitetty", "Osittain hyvitetty", "Erääntynyt"])
def test_an_invoice_that_is_owed_is_taken_in(status):
    [record] = records_of(f"{INVOICE};Summa;Tila\n{OWED};10,00;{status}\n")
    assert (record.customer.passed_over, record.refused, record.is_paid) == ("", None, False)


@pytest.mark.parametrize(
    ("cell", "passed_over"), [("kyllä", "invoice_void"), ("5.3.2024", "invoice_void"), ("ei", "")]
)
@pytest.mark.parametrize("heading", ["Mitätöity", "Hyvitetty", "Peruttu", "Krediterad"])
def test_a_column_of_its_own_says_that_an_invoice_is_not_owed(heading, cell, passed_over):
    [record] = records_of(f"{INVOICE};Summa;{heading}\n{OWED};10,00;{cell}\n")
    assert record.customer.passed_over == passed_over


@pytest.mark.parametrize("status", ["Perinnässä", "In collection", "Inkasso", "Hos kronofogden"])
def test_that_a_debt_is_being_collected_is_told(status):
    """P30: the collection is data that the notice lists, with its start and its end."""
    [record] = records_of(f"{INVOICE};Summa;Tila\n{OWED};10,00;{status}\n")
    assert problems_of([record.customer]) == [(2, "Tila", "in_collection")]
    assert not record.is_paid


@pytest.mark.parametrize(
    ("cells", "code"),
    [("10,00;25,00", "open_exceeds"), ("10,00;10,00", ""), ("-10,00;-25,00", "open_exceeds")],
)
def test_r05_no_more_is_open_of_an_invoice_than_its_sum(cells, code):
    """R05: one of the two sums is wrong, and neither could be mended afterwards."""
    [record] = records_of(f"{INVOICE};Summa;Avoinna\n{OWED};{cells}\n")
    assert (record.refused.code if record.refused else "") == code


@pytest.mark.parametrize(
    "written",
    [
        *("su 5.1.2025", "su 5.1.2025 klo 12.30", "sunnuntaina 5.1.2025", "Su. 5.1.2025"),
        *("den 5 januari 2025", "söndag 5 januari 2025", "sön den 5 jan. 2025", "lör 5.1.2025"),
        *("2025/1/5", "2025/01/05 10:00", "2025-1-5"),
        *("Sun Jan 05 2025", "Sun, 5 Jan 2025 10:00:00 GMT", "Sunday, January 5, 2025"),
        *("5-Jan-25", "05-jan-2025", "5-tammi-2025", "January 5, 2025", "5 januari 2025"),
    ],
)
def test_a_day_is_read_with_its_weekday_and_month_in_words(written):
    assert day_of(written) == date(2025, 1, 5)


def test_a_mistyped_year_refuses_the_row_at_its_column():
    """R05: a period that runs from such a day would be over at once."""
    headings = "Laskunumero;Asiakas;Summa;Päivä;Eräpäivä;Maksupvm\n"
    for days in ("1.11.0205;1.12.0205;1.11.0205", "8.6.26;1.1.80;1.1.0001"):
        [record] = records_of(f"{headings}1;Aino Koe;5,00;{days}\n", today=TODAY)
        told = [(2, column, "year_unlikely") for column in ("Päivä", "Eräpäivä", "Maksupvm")]
        assert problems_of([record]) == told
    order = "Tilausnro;Tilauspvm;Toimitettu;Peruttu;Asiakas;Tuote\n"
    for written in ("5.11.0024", "1.1.0001", "0024-11-05", "0024-11-05T10:00Z", "1/11/1025"):
        [record] = records_of(f"{order}1;{written};;;Aino Koe;Vene\n")
        assert problems_of([record]) == [(2, "Tilauspvm", "year_unlikely")]
        [record] = records_of(f"{order}1;1.1.2026;{written};{written};Aino Koe;Vene\n")
        assert [one.column for one in record.customer.faults] == ["Toimitettu", "Peruttu"]


@pytest.mark.parametrize("written", ["su", "5-Foo-25", "den", "maa 5.1.2025", "March 32, 2025"])
def test_what_is_no_day_is_none(written):
    with pytest.raises(NotReadable):
        day_of(written)


@pytest.mark.parametrize(
    ("written", "month"), [("March 5, 2025", 3), ("May 5 2025", 5), ("Oct 5, 2025", 10)]
)
def test_a_month_is_no_weekday(written, month):
    assert day_of(written) == date(2025, month, 5)


@pytest.mark.parametrize(
    "cells",
    [
        *("kyllä;14.4.2026;100,00;;", "ei;;0,00;;", "kyllä;;100,00;;", "kyllä;;40,00;;"),
        *(";14.4.2026;100,00;;", ";;100,00;100,00;", ";;0,00;;Maksamatta", "ei;;;;Maksettu"),
        *(";;100,00;60,00;", ";;100,00;;Paid"),
    ],
)
def test_r05_a_row_that_says_paid_and_open_is_refused(cells):
    """R05, E03: neither is kept: the one would end a debt, the other keep an erasure waiting."""
    headings = "Laskunumero;Asiakas;Päivä;Eräpäivä;Summa;Maksettu;Maksupäivä;Avoinna"
    row = f"1;Aino Koe;1.2.2026;15.2.2026;100,00;{cells}"
    text = f"{headings};Maksettu summa;Tila\n{row}\n"
    [record] = records_of(text)
    assert [one.code for one in record.customer.faults] == ["paid_and_open"]
    with override("en"):
        [told] = rows_in(text)
    assert told.why.startswith("What is open and what has been paid contradict each other")


@pytest.mark.parametrize(
    ("cells", "is_paid"),
    [
        *(("kyllä;14.4.2026;0,00;100,00;Maksettu", True), ("ei;;100,00;0,00;Avoin", False)),
        *((";14.4.2026;40,00;60,00;Osittain maksettu", False), ("ei;;40,00;;Erääntynyt", False)),
        *((";14.4.2026;;;", True), (";;0,00;;Lähetetty", True)),
    ],
)
def test_a_row_that_agrees_with_itself_is_taken(cells, is_paid):
    headings = "Laskunumero;Asiakas;Päivä;Eräpäivä;Summa;Maksettu;Maksupäivä;Avoinna"
    row = f"1;Aino Koe;1.2.2026;15.2.2026;100,00;{cells}"
    text = f"{headings};Maksettu summa;Tila\n{row}\n"
    [record] = records_of(text)
    assert (record.is_paid, record.customer.refused) == (is_paid, None)
    assert rows_in(text)[0].why == ""


OF_PROGRAMS = (
    "id,Amount Due,Amount Paid,Amount Remaining,Currency,Customer,Date (UTC),Due Date (UTC),Number,"
    "Paid,Total,Customer Name,Status\n"
    "in_1,124.00,124.00,0.00,eur,cus_NffrF,2024-03-04 10:00,2024-04-04 10:00,A-1,true,124.00,"
    "Aino Koe,paid\n",
    "Date,Transaction Type,Num,Name,Memo/Description,Due Date,Amount,Open Balance\n"
    "03/04/2024,Invoice,A-1,Aino Koe,,04/04/2024,124.00,0.00\n"
    "03/25/2024,Invoice,A-2,Aino Koe,,04/24/2024,1.00,1.00\n",
    "Number,Invoice Partner Display Name,Invoice/Bill Date,Due Date,Tax Excluded,Total,Amount Due,"
    "Payment Status,Status\nA-1,Aino Koe,2024-03-04,2024-04-04,100.00,124.00,0.00,Paid,Posted\n",
    "name,invoice_partner_display_name,invoice_date,invoice_date_due,amount_untaxed_signed,"
    "amount_total_signed,amount_residual_signed,payment_state,state\n"
    "A-1,Aino Koe,2024-03-04,2024-04-04,100.00,124.00,0.0,paid,posted\n",
    "Number,Partner,Invoice Date,Due Date,Total Signed,Residual,Payment State\n"
    "A-1,Aino Koe,2024-03-04,2024-04-04,124.00,0.0,in_payment\n",
)


@pytest.mark.parametrize("text", OF_PROGRAMS, ids=["stripe", "quickbooks", *"odo"])
def test_lists_of_invoices_are_known_as_programs_write_them(text):
    record, *_more = records_of(text)
    assert (record.number, record.amount, record.is_paid) == ("A-1", Decimal(124), True)
    assert (record.invoiced_on, record.due_on) == (date(2024, 3, 4), date(2024, 4, 4))
    assert (record.customer.given_name, record.customer.family_name) == ("Aino", "Koe")
    assert problems_of([record]) == [(2, "", "paid_day_unknown")]


def test_a_numbered_list_of_sums_with_days_is_of_invoices_unless_it_says_how_people_are_reached():
    headings, row = "No.,Customer,Date,Amount,Status", "7,Aino Koe,2024-03-04,124.00,Overdue"
    assert problems_of(records_of(f"{headings}\n{row}\n")) == [(2, "", "due_missing")]
    [person] = records_of(f"{headings},E-mail\n{row},a@koe.example\n")
    assert (person.family_name, person.email) == ("Koe", "a@koe.example")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("1 234,50", "1234.50"),
        ("1\u202f234\u202f567,5", "1234567.5"),
        ("1,234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1'234.50", "1234.50"),
        ("12,50 e", "12.50"),
        ("12,- €", "12"),
        ("€-12,00", "-12.00"),
        ("(10,00)", "-10.00"),
        ("10,00 -", "-10.00"),
        ("15,00 €/kpl", "15.00"),
        (",50", "0.50"),
    ],
)
def test_a_sum_is_read_as_people_write_it(written, found):
    assert amount_of(written) == Decimal(found)


NO_SUMS = (
    *("31.12.2025", "1.2.3", "10 50", "12.50.00", "12,50,00", "5.1.2026 €", "2025-12-31"),
    *("1 2345", "1.234.56", "1 234'567", "1234.567,00", "-(5)", "(5", "1.1.", "12 34 567"),
)


@pytest.mark.parametrize("written", NO_SUMS)
def test_r05_a_day_or_a_slip_is_no_sum(written):
    """R05: it would be an invoice that is never altered, so its row is refused."""
    with pytest.raises(NotReadable):
        amount_of(written)
    [invoice] = records_of(
        f"Laskunumero;Asiakas;Päivä;Eräpäivä;Summa\n1;Aino Koe;1.2.2026;15.2.2026;{written}\n"
    )
    assert problems_of([invoice]) == [(2, "Summa", "amount_invalid")]
    [order] = records_of(
        "Tilausnro;Tilauspvm;Asiakas;Tuote;Määrä;Hinta\n"
        f"1;1.2.2026;Aino Koe;Vene;{written};{written}\n"
    )
    assert [one.code for one in order.problems] == ["quantity_invalid", "amount_invalid"]


@pytest.mark.parametrize(
    "row",
    [
        *("Sivu 1 / 2;;", "-- Page 2 of 3 --;;", "Sida 1;;", "Tulostettu 29.11.2026;;"),
        *("Tulostettu;29.11.2026 klo 12.00;", "Jäseniä yhteensä: 2;;", "Antal medlemmar: 12;;"),
        *("Raportti päättyy;;", "Slut på listan;;", "End of report;;", "Utskriven 2026-11-29;;"),
    ],
)
def test_what_a_list_says_of_itself_is_about_nobody(row):
    """P20: the foot of a page becomes no customer, and is told."""
    [koe, foot] = records_of(f"Nimi;Puhelin;Kaupunki\nAila Koe;0407008001;Turku\n{row}\n")
    assert (koe.passed_over, foot.passed_over) == ("", "about_list")


@pytest.mark.parametrize("name", ["Antal Nagy", "Page Koe", "Sida Lista", "Total Koe Oy"])
def test_who_is_called_like_a_foot_is_somebody(name):
    [one] = records_of(f"Nimi;Puhelin;Kaupunki\n{name};;\n")
    assert one.passed_over == ""


def test_a_mark_of_electronic_invoicing_that_a_spreadsheet_rounded_is_left_out():
    """R05: no invoice is sent to an address that is none."""
    content = (
        "Nimi;Verkkolaskuosoite;Välittäjä\nKoe Oy;3,70123E+11;3,72129E+11\n"
        "Elo Oy;003701234567;BAWCFI22\n"
    )
    koe, elo = records_of(content)
    assert koe.billing is None
    assert [one.code for one in koe.problems] == ["einvoice_mangled"] * 2
    assert elo.billing == {"einvoice_address": "003701234567", "einvoice_operator": "BAWCFI22"}
    assert elo.problems == []


def test_an_einvoice_address_that_is_none_is_left_out_and_its_row_is_taken():
    """P17, R05: spaces in one are not counted."""
    content = (
        "Nimi;Verkkolaskuosoite;Välittäjä\nKoe Oy;hello world <b>;BAWCFI22\n"
        "Elo Oy;0037 1234 5671;BAWCFI22\n"
    )
    koe, elo = records_of(content)
    assert koe.billing == {"einvoice_operator": "BAWCFI22"}
    assert [one.code for one in koe.problems] == ["einvoice_invalid"]
    assert elo.billing == {"einvoice_address": "003712345671", "einvoice_operator": "BAWCFI22"}
    assert elo.problems == []


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Virtanen Matti kp", ("", "", "Virtanen Matti kp")),
        ("Matti Virtasen kuolinpesä", ("", "", "Matti Virtasen kuolinpesä")),
        ("Virtanen K.P.", ("Virtanen", "K.P.", "")),
        ("Tri. Matti Virtanen jr.", ("Matti", "Virtanen jr.", "")),
        ("Virtanen, Matti jr.", ("Matti", "Virtanen jr.", "")),
    ],
)
def test_estates_and_sons_keep_their_names(name, parts):
    [one] = records_of(f'Nimi;Puhelin\n"{name}";0407008001\n')
    assert (one.given_name, one.family_name, one.organisation) == parts


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Beställd av;Telefon\nAino Koe;0407008001\n", {"family_name": "Koe"}),
        ("Kumppanin nimi;Email\nAino Koe;a@koe.example\n", {"family_name": "Koe"}),
        (
            "Nimi;Lähiosoite;Postinro ja -tmp\nAino Koe;Katu 1;00100 Helsinki\n",
            {"street": "Katu 1", "postcode": "00100", "city": "Helsinki"},
        ),
        (
            "Nimi;Katuosoite;Osoitteen 2. rivi\nAino Koe;Katu 1;as 4\n",
            {"street": "Katu 1, as 4"},
        ),
        (
            "First Name,Address 1 - Street,Address 1 - City,Address 1 - Postal Code\n"
            'Aino,"Katu 1\n00100 Helsinki\nFinland",Helsinki,\n',
            {"street": "Katu 1", "postcode": "00100", "city": "Helsinki", "country": "FI"},
        ),
    ],
)
def test_headings_and_cells_of_other_programs(content, expected):
    [one] = records_of(content)
    assert {name: getattr(one, name) for name in expected} == expected
    assert one.problems == []
