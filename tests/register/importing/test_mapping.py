import pytest

from notices.terms import DataCategory
from register.importing import Kind, Normaliser, Target, Why, chosen, guess
from register.importing.headings import meaning_of
from register.importing.refusals import CONTACT, MARKETING, PROTECTED, PUBLICATION
from tests.register.importing.files import filled, problems_of, records_of, table_of


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("Etunimi", Target.GIVEN_NAME),
        ("First Name", Target.GIVEN_NAME),
        ("firstName", Target.GIVEN_NAME),
        ("Förnamn", Target.GIVEN_NAME),
        ("Efternamn", Target.FAMILY_NAME),
        ("Nimi", Target.FULL_NAME),
        ("Namn", Target.FULL_NAME),
        ("Sähköpostiosoite", Target.EMAIL),
        ("E-mail 1 - Value", Target.EMAIL),
        ("E-postadress *", Target.EMAIL),
        ("Billing Phone", Target.PHONE),
        ("Puhelin (työ)", Target.PHONE),
        ("Postinumero", Target.POSTCODE),
        ("Puhelin 1 – arvo", Target.PHONE),
        ("Telefon 1 - Värde", Target.PHONE),
        ("Verkkosivusto 1 – arvo", Target.WEBSITE),
        ("Organisaatio 1 – nimi", Target.ORGANISATION),
        ("Adress 1 - Gata", Target.STREET),
        ("WWW-sivu", Target.WEBSITE),
        ("Työosoite: Maa tai alue", Target.COUNTRY),
        ("Työosoite: Katu 2", Target.STREET_2),
        ("Katu 2", Target.STREET_2),
        ("Yhteyspuhelin", Target.PHONE),
        ("Contact number", Target.PHONE),
        ("E-mail ID", Target.EMAIL),
        ("Postios.", Target.ADDRESS),
        ("Pnro ja -paikka", Target.ADDRESS),
        ("Zip Code/Postal", Target.POSTCODE),
        ("Verkkolaskuos.", Target.EINVOICE_ADDRESS),
        ("VAT", Target.BUSINESS_ID),
        ("Tuote/palvelu", Target.DESCRIPTION),
        ("Palvelu", Target.DESCRIPTION),
        ("Määrä kpl", Target.QUANTITY),
        ("Faktnr", Target.INVOICE_NUMBER),
        ("Kvarstår", Target.OPEN_AMOUNT),
        ("Open", Target.OPEN_AMOUNT),
        ("Tags", Target.LABELS),
        ("Group Membership", Target.LABELS),
        ("Tunnisteet", Target.LABELS),
        ("Luokat", Target.LABELS),
        ("billing_postcode", Target.POSTCODE),
        ("Lähiosoite", Target.STREET),
        ("Työosoite: katu", Target.STREET),
        ("billing_address_1", Target.STREET),
        ("Default Address Address2", Target.STREET_2),
        ("Default Address Company", Target.ORGANISATION),
        ("Postiosoite", Target.ADDRESS),
        ("Laskutusosoite", Target.ADDRESS),
        ("Maa/alue", Target.COUNTRY),
        ("Kotisivut", Target.WEBSITE),
        ("Laskun numero", Target.INVOICE_NUMBER),
        ("Eräpäivä", Target.DUE_ON),
        ("Tilausnumero", Target.ORDER_NUMBER),
        ("Street Address Line 2", Target.STREET_2),
        ("C/O-adress", Target.CARE_OF),
        ("Postinro ja -toimipaikka", Target.ADDRESS),
        ("MATKAPUH.", Target.PHONE),
        ("Yhteyshenkilön sähköposti", Target.EMAIL),
        ("Yht.hlö", Target.CONTACT_PERSON),
        ("Lasku nro.", Target.INVOICE_NUMBER),
        ("Invoice #", Target.INVOICE_NUMBER),
        ("Förf.dag", Target.DUE_ON),
        ("Summa sis. alv", Target.AMOUNT),
        ("Totalbelopp inkl. moms (EUR)", Target.AMOUNT),
        ("Hinta (alv 0 %)", Target.UNIT_PRICE),
    ],
)
def test_a_heading_means_its_target(heading, target):
    assert meaning_of(heading).target is target


@pytest.mark.parametrize(
    "heading",
    [
        "Username",
        "Customer ID",
        "Asiakasnro",
        "Contact owner",
        "E-mail 1 - Label",
        "Business Fax",
        "Faksi (työ)",
        "Osoite 1 – tyyppi",
        "Address 1 - Type",
        "Address 1 - Label",
        "Telefon 1 - Typ",
        "Henkilötunnus",
        "Syntymäaika",
        "Kundnr.",
        "Item #",
        "Summa alv 0 %",
        "",
    ],
)
def test_a_heading_without_a_place_means_nothing(heading):
    assert meaning_of(heading) is None


def test_each_column_is_mapped_or_dropped_and_named():
    columns = guess(table_of("Nimi,Email,Email,,Tags\nKoe Aino,a@koe.example,b@koe.example,c,d\n"))
    assert columns.mapped == {"Nimi": "family_name", "Email": "email"}
    assert [(one.column.name, one.why) for one in columns.dropped] == [
        ("Email", Why.SECOND_CHOICE),
        ("(4)", Why.UNKNOWN),
        ("Tags", Why.LABELS),
    ]


def test_what_the_notice_does_not_declare_is_dropped_before_any_cell_is_read():
    """P20."""
    content = "Nimi;Sähköposti;Kotisivu\nKoe Aino;a@koe.example;ei mikään osoite\n"
    declared = {DataCategory.NAME, DataCategory.EMAIL}
    columns = guess(table_of(content), declared=declared)
    assert [(one.column.name, one.why) for one in columns.dropped] == [("Kotisivu", Why.UNDECLARED)]
    assert problems_of(records_of(content, declared=declared)) == []


def test_a_mobile_number_comes_before_others_which_are_used_where_it_is_missing():
    content = (
        "Nimi;Kotipuhelin;Matkapuhelin\n"
        "Koe Aino;09 1234567;040 1112223\nKoe Bo;02 1234567;\nKoe Cia;;\n"
    )
    records = records_of(content)
    assert [record.phone for record in records] == ["040 1112223", "02 1234567", ""]
    assert problems_of(records) == [(2, "Kotipuhelin", "second_value")]


def test_the_customer_s_own_address_comes_before_that_of_whom_to_ask_for():
    content = (
        "Nimi;Yhteyshenkilön sähköposti;Sähköposti\n"
        "Koe Oy;aino@koe.example;info@koe.example\nToinen Oy;bo@koe.example;\n"
    )
    records = records_of(content)
    assert [record.email for record in records] == ["info@koe.example", "bo@koe.example"]
    assert problems_of(records) == [(2, "Yhteyshenkilön sähköposti", "second_value")]


def test_the_name_of_whom_to_ask_for_stands_beside_that_of_the_organisation():
    content = "Nimi;Yhteyshenkilön etunimi;Yhteyshenkilön sukunimi\nKoela;Aino;Koe\n"
    [record] = records_of(content)
    assert filled(record) == {
        "given_name": "Aino",
        "family_name": "Koe",
        "organisation": "Koela",
    }


def test_a_town_without_a_word_of_whose_it_is_completes_the_street_that_has_one():
    content = (
        "Företag/Namn;Fakturaadress 1;Fakturaadress 2;Postnr;Ort;Leveransadress\n"
        "Koe Ab;Gränd 2;vån. 3;65100;Vasa;\n"
    )
    [record] = records_of(content)
    assert filled(record) == {
        "organisation": "Koe Ab",
        "street": "Gränd 2, vån. 3",
        "postcode": "65100",
        "city": "Vasa",
    }
    [two] = records_of(
        "Nimi;Työosoite (katu);Työosoite (kaupunki);Työosoite (osavaltio);Kotiosoite (katu)\n"
        "Aino Koe;;;Uusimaa;Kotikuja 2\n"
    )
    assert (two.street, two.city) == ("Kotikuja 2", "")


def test_invoices_are_known_by_their_sums_and_days_where_the_number_has_no_name():
    content = (
        "Date (UTC),No.,Customer,Due Date,Amount,Open Balance\n"
        "01/15/2026,1037,Aino Koe,02/14/2026,362.07,0.00\n"
    )
    columns = guess(table_of(content))
    assert (columns.kind, columns.mapped["No."]) == (Kind.INVOICES, "invoice_number")


def test_an_empty_column_comes_after_one_that_is_filled():
    columns = guess(table_of("Saaja;Nimi;Sähköposti\n;Aino Koe;a@koe.example\n"))
    assert columns.mapped == {"Nimi": "family_name", "Sähköposti": "email"}
    assert [(one.column.name, one.why) for one in columns.dropped] == [("Saaja", Why.SECOND_CHOICE)]


def test_an_address_is_never_put_together_of_two():
    content = (
        "Nimi;Työosoite: katu;Työosoite: kaupunki;Kotiosoite: katu;Kotiosoite: kaupunki\n"
        "Koe Aino;Työkatu 1;Espoo;;Vantaa\nKoe Bo;;;Kotikatu 2;Turku\n"
    )
    assert [(record.street, record.city) for record in records_of(content)] == [
        ("Työkatu 1", "Espoo"),
        ("Kotikatu 2", "Turku"),
    ]


def test_addresses_are_known_by_their_cells_where_the_heading_is_strange():
    columns = guess(table_of("alfa;Nimi\na@koe.example;Koe Aino\nb@koe.example;Koe Bo\n"))
    assert columns.mapped == {"alfa": "email", "Nimi": "family_name"}


def test_without_headings_the_cells_tell():
    [record, _other] = records_of(
        "Aino Koe;a@koe.example;040 1112223;Koekuja 1;00100;Helsinki\n"
        "Bo Koe;b@koe.example;040 1112224;Koekuja 2;65100;Vaasa\n"
    )
    assert filled(record) == {
        "given_name": "Aino",
        "family_name": "Koe",
        "email": "a@koe.example",
        "phone": "040 1112223",
        "phone_e164": "+358401112223",
        "street": "Koekuja 1",
        "postcode": "00100",
        "city": "Helsinki",
    }


def test_people_can_choose_otherwise():
    table = table_of("alfa;beeta;Puhelin\nKoe;Aino;1234567\n")
    columns = chosen(table, {0: Target.FAMILY_NAME, 1: Target.GIVEN_NAME, 2: None})
    assert columns.mapped == {"alfa": "family_name", "beeta": "given_name"}
    assert [(one.column.name, one.why) for one in columns.dropped] == [("Puhelin", Why.CHOSEN)]


def test_a_table_about_nobody_is_known():
    assert not guess(table_of("alfa;Kaupunki\nx;Turku\n")).finds_somebody
    assert guess(table_of("alfa;Puhelin\nx;1234567\n")).finds_somebody


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        ("Nimi;Summa;Laskutettu", Kind.CUSTOMERS),
        ("Laskunumero;Asiakas;Eräpäivä;Summa", Kind.INVOICES),
        ("Order number;Order date;Customer name;Product", Kind.ORDERS),
    ],
)
def test_the_headings_tell_what_the_rows_are(headings, kind):
    assert guess(table_of(headings + "\n")).kind is kind


def test_an_address_beside_a_postcode_and_town_is_the_street():
    columns = guess(
        table_of("Nimi;Osoite;Postinumero ja -toimipaikka\nKoe Aino;Tie 1;33200 Tampere\n")
    )
    assert [one.target for one in sorted(columns.choices, key=lambda one: one.column.place)] == [
        Target.FULL_NAME,
        Target.STREET,
        Target.ADDRESS,
    ]


def test_a_column_that_is_taken_apart_says_into_what():
    """`mapped` has one name for each heading: that of the part which is always filled."""
    columns = guess(table_of("Nimi;Osoite;Sukunimi 2;Puhelin\nAino Koe;00330 Helsinki;;\n"))
    assert columns.mapped["Nimi"] == "family_name"
    assert columns.taken_apart == {
        "Nimi": ["given_name", "family_name", "organisation"],
        "Osoite": ["street", "postcode", "city", "country"],
    }


@pytest.mark.parametrize("heading", ["Viitenumero", "Referensnummer"])
def test_the_reference_of_one_invoice_is_told_to_be_that(heading):
    """A customer's own reference comes in with customers."""
    columns = guess(
        table_of(
            f"Laskunumero;Asiakas;Päivä;Eräpäivä;Summa;{heading}\n1;A;1.2.2026;1.2.2026;1;1232\n"
        )
    )
    assert [(one.column.name, one.why) for one in columns.dropped] == [(heading, Why.OF_VOUCHER)]


SENT = "Nimi;Merkintä\nKoe Aino;x\nKoe Bo;kyllä\nKoe Eva;ei\n"


@pytest.mark.parametrize(
    ("target", "forbidden"),
    [
        (Target.MARKETING_FORBIDDEN, [MARKETING, MARKETING, set()]),
        (Target.MARKETING_ALLOWED, [set(), set(), MARKETING]),
        (Target.PUBLICATION_FORBIDDEN, [PUBLICATION, PUBLICATION, set()]),
        (Target.PUBLICATION_ALLOWED, [set(), set(), PUBLICATION]),
        (Target.CONTACT_ALLOWED, [set(), set(), CONTACT]),
        (Target.PROTECTED, [PROTECTED, PROTECTED, set()]),
    ],
)
def test_p52_whoever_sends_a_column_to_a_prohibition_says_which_and_by_which_answer(
    target, forbidden
):
    """P14, P15, P52."""
    table = table_of(SENT)
    columns = chosen(table, {1: target})
    assert columns.prohibiting == ["Merkintä"]
    assert columns.by_place[1] == (1, "Merkintä", target, "")
    records = Normaliser(columns).records(table.rows())
    assert [one.prohibitions for one in records] == forbidden


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("Markkinointilupa", Target.MARKETING_ALLOWED),
        ("Markkinointikielto", Target.MARKETING_FORBIDDEN),
        ("Julkaisulupa", Target.PUBLICATION_ALLOWED),
        ("Älä soita", Target.CONTACT_FORBIDDEN),
        ("Turvakielto", Target.PROTECTED),
        ("Markkinointikielto peruttu", Target.EITHER_WAY),
    ],
)
def test_p52_a_heading_tells_by_which_answer_it_forbids(heading, target):
    assert meaning_of(heading).target is target


def test_p52_where_no_heading_tells_which_answer_forbids_somebody_can():
    """P52: and nobody can send such a column anywhere else."""
    table = table_of("Nimi;Markkinointikielto peruttu\nKoe Aino;kyllä\nKoe Bo;ei\n")
    told = chosen(table, {1: Target.MARKETING_ALLOWED})
    records = list(Normaliser(told).records(table.rows()))
    assert [one.prohibitions for one in records] == [set(), MARKETING]
    assert problems_of(records) == []
    for target in (None, Target.CITY):
        assert chosen(table, {1: target}).by_place[1][2] is Target.EITHER_WAY


@pytest.mark.parametrize(
    ("cell", "organisation"), [("FI01120389", "Koela"), ("0112038-9", "Koela"), ("24,00", "")]
)
def test_what_is_called_vat_may_be_a_sum(cell, organisation):
    [record] = records_of(f"Nimi;VAT\nKoela;{cell}\n")
    assert record.organisation == organisation


def test_an_open_invoice_may_be_told_by_a_word_or_by_a_sum():
    content = "Invoice;Customer;Date;Due date;Total;Open\n1;Koe Aino;1.2.2026;1.3.2026;10;{}\n"
    assert records_of(content.format("4,50"))[0].is_paid is False
    assert problems_of(records_of(content.format("Yes"))) == []
