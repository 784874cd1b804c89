"""An existing notice is read whole: its words stay, its promises are recognised."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from notices.reading import MAX_BYTES, Party, UnknownKey, UnreadableNotice, read, split_items
from notices.terms import ClauseKind

EXAMPLES = Path(__file__).parent / "examples"


def example(name):
    return read((EXAMPLES / name).read_bytes())


def keys(reading):
    return [section.key for section in reading.sections]


def section(reading, key):
    [found] = [section for section in reading.sections if section.key == key]
    return found


def terms(reading, kind):
    return [fact.term for fact in reading.facts_of(kind)]


def words(text):
    return Counter(re.findall(r"\w+", text))


def words_of(reading):
    """All the words of a reading; the title's text repeats its heading."""
    kept = [section.heading for section in reading.sections]
    kept += [section.text for section in reading.sections if section.key != "title"]
    return words("\n".join([*kept, *reading.unplaced]))


@pytest.mark.parametrize("name", ["tabbed.txt", "wrapped.txt", "svenska.txt", "english.txt"])
def test_it_keeps_every_word_of_the_file(name):
    text = (EXAMPLES / name).read_text(encoding="utf-8")

    assert words_of(example(name)) == words(re.sub(r"<[^>]*>", " ", text))


# Tab-separated (A1: 000-002 and 004)


def test_it_reads_a_tab_separated_notice_in_the_order_of_the_file():
    assert keys(example("tabbed.txt")) == [
        "title",
        "drawn_up",
        "controller",
        "contact",
        "register_name",
        "purpose",
        "legitimate_interest",
        "data_categories",
        "recipients",
        "consent",
        "data_content",
        "sources",
        "retention",
        "disclosures",
        "transfers",
        "other",
        "cookies",
        "access",
        "rectification",
        "profiling",
    ]


def test_the_title_is_its_own_text():
    title = section(example("tabbed.txt"), "title")

    assert (title.heading, title.text) == ("Asiakasrekisteri - tietosuojaseloste",) * 2


def test_it_joins_a_heading_that_was_split_over_two_lines_with_both_halves_of_its_value():
    rectification = section(example("tabbed.txt"), "rectification")

    assert rectification.heading == "Oikeus vaatia tiedon korjaamista"
    assert rectification.text.endswith("Pyydä sitä kirjallisesti, niin saat vastauksen viikossa.")


def test_it_joins_a_paragraph_that_a_page_break_had_cut():
    cookies = section(example("tabbed.txt"), "cookies").text.splitlines()

    assert cookies[-1] == "Sinun oikeutesi Voit kieltää evästeet selaimesi asetuksissa."


def test_it_continues_a_value_on_the_indented_line_that_follows():
    assert section(example("tabbed.txt"), "data_content").text.splitlines() == [
        "Tallennamme nämä:",
        "- Etu- ja sukunimi- Edustamansa yritys- Sähköposti- Postiosoite",
        "- Matkapuhelin- Ostohistoria",
    ]


def test_a_heading_without_a_value_is_an_empty_section():
    reading = example("tabbed.txt")

    empty = [section.key for section in reading.sections if section.empty]
    assert empty == ["consent", "profiling"]


def test_a_heading_stays_one_when_an_editor_cut_off_its_tab():
    reading = read("Rekisterin nimi\tAsiakkaat\nSuostumus\nTietolähteet\tAsiakas itse\n".encode())

    assert keys(reading) == ["register_name", "consent", "sources"]
    assert section(reading, "consent").empty


def test_the_parts_of_a_party_may_stand_in_rows_of_their_own():
    reading = read(
        "Rekisterinpitäjä\tKaarna Oy\nOsoite\tKäpytie 2, 99999 Metsälä\n"
        "Puhelin\t000 111 2222\nRekisterin nimi\tAsiakkaat\n".encode()
    )

    assert reading.controller == Party("Kaarna Oy", "Käpytie 2, 99999 Metsälä", "000 111 2222")
    assert keys(reading) == ["controller", "register_name"]


# Plain text, hard-wrapped (A1: 003)


def test_it_reads_headings_wrapped_over_several_lines_and_unplaced_words_before_them():
    reading = example("wrapped.txt")

    assert keys(reading) == [
        "register_name",
        "purpose",
        "data_content",
        "sources",
        "disclosures",
        "security_manual",
        "security_electronic",
        "cookies",
        "rectification",
        "other_rights",
    ]
    assert section(reading, "security_electronic").heading == (
        "Rekisterin suojauksen periaatteet B: ATK:lla käsiteltävät toiminnot"
    )
    assert reading.unplaced == ("Näsiä-Nikkarit tekee huonekaluja tilauksesta.",)
    assert section(reading, "cookies").empty


def test_it_joins_the_lines_of_a_paragraph_and_keeps_paragraphs_and_items_apart():
    reading = example("wrapped.txt")

    assert len(section(reading, "purpose").text.splitlines()) == 2
    assert section(reading, "disclosures").text == (
        "Tietoja annetaan ulkopuolelle ainoastaan lisäarvopalvelun tuottajalle, ja "
        "silloinkin vain asiakkaan suostumuksella tehtyyn toimitukseen."
    )
    assert section(reading, "data_content").text.splitlines()[1:] == [
        "- Etunimi ja sukunimi",
        "- Puhelinnumero",
        "- Toimeksiannot",
    ]


def test_numbered_headings_follow_one_another_even_where_no_list_knows_them():
    reading = read(
        b"1. Controller\nFern Ltd\n2. Register name\nCustomers\n"
        b"3. How our ferns are watered\nThe steps:\n1. Fill the can.\n2. Pour\n"
    )

    assert keys(reading) == ["controller", "register_name", "other"]
    assert section(reading, "other").text.startswith("The steps:")


def test_a_heading_may_share_its_line_with_its_value():
    reading = read(b"Rekisterin nimi: Asiakkaat\nLaadittu 1.2.2024\n")

    assert keys(reading) == ["register_name", "drawn_up"]
    assert (reading.register_name, reading.drawn_up_on) == ("Asiakkaat", date(2024, 2, 1))


def test_the_authoritys_form_prints_numbers_and_labels_on_lines_of_their_own():
    reading = read(
        "REKISTERISELOSTE\n\n1\nRekisterinpitäjä\nNimi\nKaarna Tmi\nOsoite\nKäpytie 2\n\n"
        "2\nRekisterin nimi\nAsiakkaat\n".encode()
    )

    assert [section.heading for section in reading.sections[1:]] == [
        "1 Rekisterinpitäjä",
        "2 Rekisterin nimi",
    ]
    assert reading.controller == Party("Kaarna Tmi", "Käpytie 2")


def test_a_name_may_begin_with_a_small_letter():
    reading = read("Rekisterinpitäjä\neKaarna Oy\n\nRekisterin nimi\nAsiakkaat\n".encode())

    assert reading.controller.name == "eKaarna Oy"


def test_markdown_signs_are_markup():
    reading = read("# Tietosuojaseloste\n\n## Evästeet\nKäytämme.\n\n## Muuta\nPuuta.\n".encode())

    assert [(s.key, s.heading) for s in reading.sections] == [
        ("title", "Tietosuojaseloste"),
        ("cookies", "Evästeet"),
        ("other", "Muuta"),
    ]


def test_a_heading_that_stands_twice_becomes_another_matter():
    reading = read("Evästeet\n\nYksi.\n\nTietoturva\n\nKaksi.\n\nEvästeet\n\nKolme.\n".encode())

    assert keys(reading) == ["cookies", "security_electronic", "other"]


def test_each_section_has_its_language_in_a_notice_of_two():
    reading = read(b"Rekisterin nimi\nAsiakkaat\n\nRegistrets namn\nKunder\n")

    assert [(s.key, s.language) for s in reading.sections] == [
        ("register_name", "fi"),
        ("register_name", "sv"),
    ]
    assert reading.languages == ("fi", "sv")
    assert reading.register_name == "Asiakkaat"


# HTML


def test_it_reads_html_with_inner_headings_inside_the_cookies():
    reading = example("page.html")

    assert keys(reading) == [
        "title",
        "drawn_up",
        "controller",
        "data_content",
        "other",
        "cookies",
        "other_rights",
    ]
    assert section(reading, "cookies").text.splitlines()[1::2] == [
        "Google Analytics",
        "Sinun oikeutesi",
    ]


def test_script_and_style_are_no_words_of_the_notice_but_what_only_looks_like_a_tag_is():
    reading = example("page.html")

    assert not {"hidden", "red"} & set(words_of(reading))
    assert section(reading, "other_rights").text == (
        "Kirjoita meille: <kaisla@lumme.example>, kun 1 < 2."
    )
    assert section(reading, "controller").heading == "1. Rekisterinpitäjä"


def test_list_items_of_html_become_lines_with_a_dash():
    assert section(example("page.html"), "data_content").text.splitlines() == [
        "Rekisterissä on",
        "- nimi",
        "- IP-osoite",
        "- asiakkaan kotisivu",
    ]


def test_a_table_of_two_columns_has_its_headings_in_the_first():
    reading = read(
        b"<table><tr><td>Register name</td><td>Customers</td></tr>"
        b"<tr><td>Our ferns</td><td>Green</td></tr></table>"
    )

    assert [(s.key, s.heading, s.text) for s in reading.sections] == [
        ("register_name", "Register name", "Customers"),
        ("other", "Our ferns", "Green"),
    ]


# Parties and dates (P01-P03)


@pytest.mark.parametrize(
    ("text", "party"),
    [
        (
            "Oy Kuikka Ab Rantatie 7 B 2, 99999 Lampila +358 00 111 2222 k@kuikka.example",
            Party("Oy Kuikka Ab", "Rantatie 7 B 2, 99999 Lampila", "+358 00 111 2222",
                  "k@kuikka.example"),
        ),
        ("Aamu Usva Itäinen Rantakatu 4, 99999 Lampila",
         Party("Aamu Usva", "Itäinen Rantakatu 4, 99999 Lampila")),
        ("Aamu Usva Aleksis Halavan katu 4", Party("Aamu Usva", "Aleksis Halavan katu 4")),
        ("Aamu Usva, Rantakatu 4", Party("Aamu Usva", "Rantakatu 4")),
        ("Nimi: Kuikka Oy (1234567-8)\nOsoite: PL 12, 99999 Lampila\nPuh. 000-1112222",
         Party("Kuikka Oy", "PL 12, 99999 Lampila", "000-1112222")),
        ("Kuikka Oy", Party("Kuikka Oy")),
        ("Aamu Usva aamu(at)kuikka.example", Party("Aamu Usva", email="aamu@kuikka.example")),
        ("Rekisterinpitäjänä toimii Kuikka Oy", Party("Kuikka Oy")),
    ],
)  # fmt: skip
def test_p02_it_takes_a_party_apart(text, party):
    assert read(f"Rekisterinpitäjä\t{text}".replace("\n", "\n\t").encode()).controller == party


def test_p03_the_contact_person_has_no_address():
    assert example("tabbed.txt").contact == Party(
        "Kaino Koivunoksa", None, "000 123 4568", "kaino@puuvirta.example"
    )


@pytest.mark.parametrize(
    ("text", "drawn_up_on", "updated_on"),
    [
        ("30.5.2021", date(2021, 5, 30), None),
        ("04.01.2018 Päivitetty 07.01.2020", date(2018, 1, 4), date(2020, 1, 7)),
        ("2024-02-29", date(2024, 2, 29), None),
        ("6. lokakuuta 2021", date(2021, 10, 6), None),
        ("6 October 2021, updated October 7, 2022", date(2021, 10, 6), date(2022, 10, 7)),
        ("den 3 maj 2024, ändrad 4 juni 2024", date(2024, 5, 3), date(2024, 6, 4)),
        ("30.2.2021", None, None),
        ("keväällä", None, None),
    ],
)
def test_p01_it_reads_when_a_notice_was_drawn_up_and_updated(text, drawn_up_on, updated_on):
    reading = read(f"Laatimispäivä\t{text}".encode())

    assert (reading.drawn_up_on, reading.updated_on) == (drawn_up_on, updated_on)


def test_p01_a_date_before_the_first_heading_counts_where_no_heading_is_about_dates():
    reading = read("Tämä seloste on laadittu 5.6.2023.\n\nRekisterin nimi\nAsiakkaat\n".encode())

    assert reading.drawn_up_on == date(2023, 6, 5)


# Facts


def test_p20_a2_it_recognises_the_data_and_the_word_for_orders():
    document = example("tabbed.txt").as_json()

    assert document["data"] == [
        "name",
        "organisation",
        "email",
        "postal_address",
        "phone",
        "orders",
    ]
    assert document["data_under_other_headings"] == ["billing", "cookies"]
    assert document["called"] == {"orders": "ostot"}


def test_each_fact_keeps_the_item_or_sentence_that_says_it():
    reading = example("tabbed.txt")

    for fact in reading.facts:
        told = reading.sections[fact.section]
        assert fact.words in (told.heading, *told.text.splitlines()) or fact.words in told.text


@pytest.mark.parametrize(
    ("item", "data"),
    [
        ("sähköpostiosoite", ["email"]),
        ("IP-osoite", ["ip_address"]),
        ("www-osoite", ["website"]),
        ("laskutusosoite", ["billing"]),
        ("yrityksen nimi", ["organisation"]),
        ("käyttäjänimi", []),
        ("nimi ja osoite", ["name", "postal_address"]),
        ("nimi, yhteystiedot", ["name", "email", "postal_address", "phone"]),
        ("yhteystiedot (puhelin)", ["phone"]),
        ("uutiskirjeen tilaus", []),
        ("aikaisemmat sopimukset", ["orders"]),
        ("ikä ja sukupuoli", ["demographics"]),
        ("Emme kerää IP-osoitteita", []),
    ],
)
def test_a2_one_word_for_one_category(item, data):
    assert read(f"Rekisterin tietosisältö\n- {item}\n".encode()).as_json()["data"] == data


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tabbed.txt", ["orders", "relationship", "statistics"]),
        ("wrapped.txt", ["orders", "relationship", "development", "publication"]),
        ("svenska.txt", ["orders", "relationship"]),
    ],
)
def test_p05_to_p14_it_recognises_the_purposes(name, expected):
    assert terms(example(name), ClauseKind.PURPOSE) == expected


def test_p16_a_basis_that_the_notice_states_is_the_basis_of_its_purposes():
    assert {f.legal_basis for f in example("tabbed.txt").facts_of(ClauseKind.PURPOSE)} == {
        "contract"
    }
    assert {f.legal_basis for f in example("wrapped.txt").facts_of(ClauseKind.PURPOSE)} == {None}


def test_p16_d14_a_consent_that_is_not_needed_is_no_basis():
    reading = read(
        "Käsittelyn tarkoitus\nAsiakassuhteen hoitaminen.\n\n"
        "Suostumus\nPeruste on sopimus, suostumusta ei tarvita.\n".encode()
    )

    [fact] = reading.facts_of(ClauseKind.PURPOSE)
    assert fact.legal_basis == "contract"


def test_p21_to_p26_it_recognises_the_sources():
    assert terms(example("tabbed.txt"), ClauseKind.SOURCE) == ["customer_notice", "purchase"]


def test_p18_p27_p28_it_recognises_recipients_and_grounds_of_disclosure():
    reading = example("tabbed.txt")

    assert terms(reading, ClauseKind.RECIPIENT) == [
        "own_staff",
        "accounting",
        "collection_agency",
        "authority",
    ]
    assert terms(reading, ClauseKind.DISCLOSURE) == ["collection", "billing", "legal_obligation"]


def test_p30_the_promise_to_erase_grants_no_disclosure():
    reading = read(
        "Tietojen luovutukset\nTiedot hävitetään pyynnöstä, ellei perintä tai laki sitä estä.\n"
        .encode()
    )  # fmt: skip

    assert terms(reading, ClauseKind.DISCLOSURE) == []
    assert terms(reading, ClauseKind.RIGHT) == ["erasure"]


@pytest.mark.parametrize(
    ("sentence", "rules"),
    [
        ("10 vuotta asiakkuuden päättymisestä.", [(10, None, "relationship_end")]),
        ("Säilytämme tietoja kuusi kuukautta keräämisestä.", [(None, 6, "collected")]),
        ("Tositteet 6 vuotta tilikauden päättymisestä, tilaukset 2 vuotta tilauksesta.",
         [(6, None, "financial_year_end"), (2, None, "order")]),
        ("Viiden vuoden ajan laskun päiväyksestä.", [(5, None, "invoice")]),
        ("Niin kauan kuin on tarpeen.", []),
        ("10 vuotta.", []),
    ],
)  # fmt: skip
def test_p31_it_reads_periods_and_their_start(sentence, rules):
    facts = read(f"Säilytysaika\n{sentence}\n".encode()).facts_of(ClauseKind.RETENTION)

    assert [(fact.years, fact.months, fact.term) for fact in facts] == rules
    assert {fact.words for fact in facts} <= {sentence}


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("Pyyntö on allekirjoitettava.", ["signature"]),
        ("Pyyntö esitetään kirjallisena. Se on allekirjoitettava.", ["signature"]),
        ("Pyyntö esitetään kirjallisesti.", ["written"]),
        ("Pyyntö esitetään kirjallisesti tai henkilökohtaisesti.", ["written", "in_person"]),
        ("Pyydä kirjallisesti. Todista henkilöllisyytesi.", []),
        ("Pyyntö tulee tunnistettavasta sähköpostiosoitteesta.", ["proven_email"]),
        ("Pyyntö tehdään vahvasti sähköisesti tunnistautuneena pankkitunnuksilla.",
         ["strong_electronic"]),
        ("Pyyntöä ei tarvitse allekirjoittaa.", []),
        ("Pyynnön epäämisestä annetaan kirjallinen, allekirjoitettu todistus.", []),
    ],
)  # fmt: skip
def test_p51_p55_it_reads_the_ways_of_identification(text, ways):
    identification = read(f"Tarkastusoikeus\n{text}\n".encode()).as_json()["identification"]

    assert identification == ({"access": ways} if ways else {})


def test_p51_one_heading_may_name_two_rights():
    reading = read("9. Tarkastusoikeus ja oikeus vaatia tiedon korjaamista\n"
                   "Pyyntö on allekirjoitettava.\n".encode())  # fmt: skip

    assert reading.as_json()["identification"] == {
        "access": ["signature"],
        "rectification": ["signature"],
    }


def test_p50_it_reads_the_languages_of_requests():
    assert example("tabbed.txt").request_languages == ("fi", "sv", "en")
    assert example("wrapped.txt").request_languages == ()


def test_swedish_and_english_notices_are_read_as_well():
    swedish, english = example("svenska.txt").as_json(), example("english.txt").as_json()

    assert swedish["data"] == ["name", "email", "postal_address", "phone", "orders"]
    assert swedish["identification"] == {"access": ["signature"]}
    assert [rule["years"] for rule in english["retention"]] == [6, 2]
    assert english["data"] == ["name", "email", "billing"]
    assert english["controller"]["address"] == "12 Fern Lane"


# What a reading still needs, and can be given


def test_it_misses_a_controller_and_an_address_for_requests():
    assert example("wrapped.txt").missing() == ["controller.name", "controller.email"]
    assert example("tabbed.txt").missing() == []


def test_the_contact_persons_address_is_enough():
    reading = example("wrapped.txt").with_values(
        {"controller.name": "Näsiä-Nikkarit", "contact.email": "n@nasia.example"}
    )

    assert reading.missing() == []
    assert reading.as_json()["contact"]["email"] == "n@nasia.example"


def test_a_value_that_a_notice_does_not_have_is_refused():
    with pytest.raises(UnknownKey) as refusal:
        example("wrapped.txt").with_values({"contact.address": "Tie 1"})

    assert refusal.value.key == "contact.address"


def test_the_document_has_every_key_in_order():
    assert list(example("wrapped.txt").as_json()) == [
        "register_name",
        "languages",
        "drawn_up_on",
        "updated_on",
        "controller",
        "contact",
        "data",
        "data_under_other_headings",
        "called",
        "retention",
        "identification",
        "request_languages",
        "sections",
        "unplaced",
        "missing",
    ]


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("- Etu- ja sukunimi- Yhteisö- Osoite", ["Etu- ja sukunimi", "Yhteisö", "Osoite"]),
        ("- yksi - kaksi", ["yksi", "kaksi"]),
        ("- www-osoite", ["www-osoite"]),
        ("- För- och efternamn- Adress", ["För- och efternamn", "Adress"]),
        ("Nimi - ja muuta", ["Nimi - ja muuta"]),
        ("• Nimi", ["Nimi"]),
        ("-", ["-"]),
    ],
)
def test_it_splits_items_that_run_together_but_no_hanging_hyphen(line, items):
    assert split_items(line) == items


# Encodings and what is no notice


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("name", ["tabbed.txt", "wrapped.txt", "page.html"])
def test_it_reads_the_same_in_each_encoding(name, encoding):
    text = (EXAMPLES / name).read_text(encoding="utf-8")

    assert read(text.encode(encoding)) == example(name)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_it_reads_the_same_with_other_line_ends(end):
    text = (EXAMPLES / "wrapped.txt").read_text(encoding="utf-8")

    assert read(text.replace("\n", end).encode()) == example("wrapped.txt")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"a" * (MAX_BYTES + 1), "too_large"),
        (b"a\n" * 50_000, "too_large"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"PK\x03\x04 word/document.xml", "archive"),
        (b"Rekisterin nimi\0\0\0\0", "not_text"),
        (bytes(range(1, 32)) * 9, "not_text"),
        ("Evästeet".encode("utf-16")[:-1], "bad_encoding"),
        ("Evästeet ja käyttö ".encode() + b"\xe4\n", "bad_encoding"),
        (b"Cookies \x81\x8d\xe4", "bad_encoding"),
        (b"milk\neggs\nbread\n", "no_headings"),
        (b"Nimi\tOsoite\nAamu\tTie 1\n", "no_headings"),
    ],
)
def test_what_is_no_notice_is_refused_with_its_reason(raw, code):
    with pytest.raises(UnreadableNotice) as refusal:
        read(raw)

    assert refusal.value.code == code
