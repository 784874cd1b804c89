import pytest

from register.importing import UnreadableTable, guess
from register.importing.refusals import MARKETING
from tests.register.importing.files import filled, problems_of, records_of, table_of

PHONE = r"""BEGIN:VCARD
VERSION:3.0
N:Koe;Aino;Maria;;
FN:Aino Maria Koe
ORG:Koe Oy;Myynti
EMAIL;type=INTERNET;type=WORK:aino@oy.example
EMAIL;type=INTERNET;type=HOME;type=pref:aino@koe.example
TEL;type=HOME;type=VOICE:09 1234567
TEL;type=CELL;type=VOICE;type=pref:040 111 2223
TEL;type=HOME;type=FAX:09 1234568
item1.ADR;type=HOME;type=pref:;;Koekuja 1\, A 2;Hel
 sinki;;00100;Suomi
item2.URL:koe.example
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/
 4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRof
NOTE:salaisuus
END:VCARD
"""
OLD = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=84ij=C3=A4l=C3=A4;=C3=85ke
TEL;CELL;VOICE:040 111 2223
ADR;WORK;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;Pitk=C3=A4katu =
1;Turku;;20100;Suomi
PHOTO;TYPE=JPEG;ENCODING=BASE64:
 /9j/4AAQSkZJRgABAQEAYABgAAD
GBcUFhYaHSUfGhsjHBYWICwgIyYn

END:VCARD
"""
NEW = """BEGIN:VCARD
VERSION:4.0
FN:Maija von Koe
TEL;VALUE=uri;PREF=1;TYPE="voice,home":tel:+358-9-1234567
TEL;VALUE=uri;TYPE=cell:tel:+358401112223
KIND:individual
END:VCARD
"""


def test_a_card_of_a_phone_gives_its_best_values():
    table = table_of(PHONE, name="a.vcf")
    [record] = records_of(PHONE, name="a.vcf")
    assert (table.format, table.delimiter) == ("vcard", None)
    assert filled(record) == {
        "given_name": "Aino Maria",
        "family_name": "Koe",
        "organisation": "Koe Oy",
        "email": "aino@koe.example",
        "phone": "040 111 2223",
        "phone_e164": "+358401112223",
        "street": "Koekuja 1, A 2",
        "postcode": "00100",
        "city": "Helsinki",
        "country": "FI",
        "website": "https://koe.example",
    }
    assert problems_of([record]) == [(1, "EMAIL 2", "second_value"), (1, "TEL 2", "second_value")]


def test_pictures_and_notes_are_named_and_never_kept():
    """P20, P52: notes are looked through for a no."""
    table = table_of(PHONE)
    assert [column.heading for column in table.columns][-2:] == ["PHOTO", "NOTE"]
    [row] = table.rows()
    assert row.cells[-2] == "…"
    assert guess(table).dropped_columns[-2:] == ["PHOTO", "NOTE"]
    [record] = records_of(PHONE.replace("NOTE:", "NOTE:Ei mainoksia. "), name="a.vcf")
    assert record.prohibitions == MARKETING


def test_an_old_card_is_read_with_its_quoted_letters_and_its_picture():
    [record] = records_of(OLD)
    assert filled(record) == {
        "given_name": "Åke",
        "family_name": "Äijälä",
        "phone": "040 111 2223",
        "phone_e164": "+358401112223",
        "street": "Pitkäkatu 1",
        "postcode": "20100",
        "city": "Turku",
        "country": "FI",
    }


def test_a_new_card_is_read_without_its_schemes():
    [record] = records_of(NEW)
    assert filled(record) == {
        "given_name": "Maija",
        "family_name": "von Koe",
        "phone": "+358401112223",
        "phone_e164": "+358401112223",
    }


def test_a_card_of_a_company_is_an_organisation():
    [record] = records_of(
        "BEGIN:VCARD\nVERSION:3.0\nN:;;;;\nFN:Koe\nORG:Koe;\nX-ABShowAs:COMPANY\nEND:VCARD\n"
    )
    assert filled(record) == {"organisation": "Koe"}


def test_a_broken_card_costs_itself_only():
    content = PHONE + "BEGIN:VCARD\nroskaa\nFN:Katki\nEND:VCARD\n" + NEW + "BEGIN:VCARD\nFN:Auki\n"
    records = records_of(content)
    assert [(record.line, record.refused and record.refused.code) for record in records] == [
        (1, None),
        (18, "broken_card"),
        (22, None),
        (29, "broken_card"),
    ]


def test_lone_carriage_returns_fold_and_end_lines_too():
    [record] = records_of(PHONE.replace("\n", "\r"))
    assert record.city == "Helsinki"


def test_a_file_without_a_card_is_no_card_file():
    with pytest.raises(UnreadableTable):
        table_of("\n\n")


def test_the_language_of_a_card_is_that_of_letters():
    content = (
        "BEGIN:VCARD\nVERSION:4.0\nFN:Aino Koe\nLANG;PREF=1:sv\nNOTE:x\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nFN:Bo Koe\nEND:VCARD\n"
    )
    records = records_of(content, name="a.vcf")
    assert [(one.language, one.problems) for one in records] == [("sv", []), ("", [])]


def test_the_card_of_a_group_is_nobody_s():
    """It lists others, who have cards of their own."""
    card = "BEGIN:VCARD\nVERSION:4.0\n{}FN:{}\nEND:VCARD\n"
    people, aino = records_of(
        card.format("KIND:group\nMEMBER:mailto:a@koe.example\n", "Kantaasiakkaat")
        + card.format("KIND:individual\n", "Aino Koe"),
        name="cards.vcf",
    )
    assert (people.passed_over, people.problems, filled(people)) == (
        *("group_card", [], {"passed_over": "group_card"}),
    )
    assert (aino.given_name, aino.passed_over) == ("Aino", "")


@pytest.mark.parametrize(
    ("line", "forbids"),
    [
        ("X-MARKKINOINTILUPA:kyllä", set()),
        ("X-MARKKINOINTILUPA:ei", MARKETING),
        ("X-MARKKINOINTIKIELTO:ei", set()),
        ("X-MARKKINOINTIKIELTO;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:kyll=C3=A4", MARKETING),
        ("item1.X-MARKKINOINTILUPA:kyllä\nitem2.X-MARKKINOINTILUPA:ei postia", MARKETING),
        ("CATEGORIES:Asiakas,Ei markkinointia", MARKETING),
        ("CATEGORIES:Asiakas,VIP", set()),
    ],
)
def test_p52_a_card_is_asked_what_it_says_of_marketing(line, forbids):
    """P52, M11: by its value, and by its categories."""
    [record] = records_of(f"BEGIN:VCARD\nVERSION:3.0\nFN:Aino Koe\n{line}\nEND:VCARD\n")
    assert (record.prohibitions, record.problems) == (forbids, [])
