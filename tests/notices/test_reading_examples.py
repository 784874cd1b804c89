"""Notices of many templates, formats and languages, and what a person reads in each of them."""

import html
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from notices.reading import UnreadableNotice, read
from notices.terms import ClauseKind, Language
from tests.notices.summary import summary

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "demo" / "notice.toml"
EXPECTED = tomllib.loads((HERE / "expected_readings.toml").read_text(encoding="utf-8"))


def raw(name):
    return (HERE / "examples" / name).read_bytes()


def text_of(name):
    source = raw(name)
    return source.decode("cp1252" if name == "cp1252.txt" else "utf-8")


def words(text):
    return Counter(re.findall(r"[^\W_]+", text))


def spoken(text):
    """The words that a reader of the file sees: no tags, no scripts, no styles."""
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[!/?a-zA-Z][^<>]*>", " ", text)
    return html.unescape(text)


@pytest.mark.parametrize("name", EXPECTED)
def test_it_reads_what_a_person_reads(name):
    assert summary(read(raw(name))) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_each_word_is_in_a_section_or_told_as_unplaced(name):
    reading = read(raw(name))
    kept = [section.heading for section in reading.sections]
    kept += [section.text for section in reading.sections if section.key != "title"]

    assert words("\n".join([*kept, *reading.unplaced])) == words(spoken(text_of(name)))


@pytest.mark.parametrize("name", EXPECTED)
def test_no_markup_survives(name):
    reading = read(raw(name))

    for section in reading.sections:
        assert not re.search(r"</?\w+[ >]|\*\*|__|^#|javascript:", section.heading + section.text)
        assert "|" not in section.text


@pytest.mark.parametrize("name", EXPECTED)
def test_each_fact_keeps_the_words_that_say_it(name):
    reading = read(raw(name))

    for fact in reading.facts:
        if fact.section is None:
            assert any(fact.words in line for line in reading.unplaced)
        else:
            section = reading.sections[fact.section]
            assert fact.words in section.heading or fact.words in section.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("name", ["entrepreneur.txt", "association.md", "dentist.html"])
def test_the_encoding_makes_no_difference(name, encoding):
    text = text_of(name).replace("●", "-")

    assert read(text.encode(encoding)) == read(text.encode())


def texts_of_demo():
    """The demo's own notice in each language, as plain text and as Markdown."""
    sections = read(DEMO.read_bytes()).sections
    for language in Language:
        spoken = [one for one in sections if one.language == language]
        for mark in ("", "## "):
            yield pytest.param(
                "\n\n".join(
                    one.heading if one.key == "title" else f"{mark}{one.heading}\n\n{one.text}"
                    for one in spoken
                ),
                id=f"{language} {mark}",
            )


@pytest.mark.parametrize("text", list(texts_of_demo()))
def test_the_clauses_of_the_demo_are_read_from_its_own_words(text):
    """What the demo's clauses say is what its texts say, in each language."""
    clauses = read(DEMO.read_bytes())
    reading = read(text.encode())

    assert [s.key for s in reading.sections] == list(dict.fromkeys(s.key for s in clauses.sections))
    for kind in ClauseKind:
        assert said(reading, kind) == said(clauses, kind), kind


def said(reading, kind):
    """The facts under their own headings, without the words."""
    return {
        (fact.term, fact.name, fact.years, fact.months, fact.categories, fact.inactive_months,
         frozenset(fact.ways), fact.legal_basis)
        for fact in reading.facts_of(kind)
        if not fact.under_other_heading
    }  # fmt: skip


# One thing at a time


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1.2.2024", "2024-02-01"),
        ("01.02.2024", "2024-02-01"),
        ("1. 2. 2024", "2024-02-01"),
        ("2024-02-01", "2024-02-01"),
        ("2024/02/01", "2024-02-01"),
        ("1/2/2024", "2024-02-01"),
        ("2/15/2024", "2024-02-15"),
        ("01-02-2024", "2024-02-01"),
        ("1. helmikuuta 2024", "2024-02-01"),
        ("1 helmikuuta 2024", "2024-02-01"),
        ("helmikuun 1. päivänä 2024", "2024-02-01"),
        ("den 1 februari 2024", "2024-02-01"),
        ("1 feb 2024", "2024-02-01"),
        ("1 February 2024", "2024-02-01"),
        ("1st of February 2024", "2024-02-01"),
        ("February 1, 2024", "2024-02-01"),
        ("Feb 1st, 2024", "2024-02-01"),
        ("1.2.-24", "2024-02-01"),
        ("1.2.24", "2024-02-01"),
        ("helmikuu 2024", None),
        ("31.2.2024", None),
        ("versio 1.2", None),
    ],
)
def test_p01_it_reads_days_in_every_usual_form_and_invents_none(written, day):
    found = read(f"Laatimispäivä\n{written}\n\nEvästeet\nEi evästeitä.\n".encode())

    assert found.as_json()["drawn_up_on"] == day


@pytest.mark.parametrize(
    ("sentence", "rules"),
    [
        ("Laskutustiedot 6 vuotta tilikauden päättymisestä.",
         "financial_year_end/6y/billing"),
        ("IP-osoite poistetaan kuuden kuukauden kuluttua tallentamisesta.",
         "collected/6m/ip_address"),
        ("Tilaukset säilytetään kymmenen vuotta tilauksesta ja muut tiedot 24 kk asiakassuhteen "
         "päättymisestä.", "order/10y/orders; relationship_end/2y"),
        ("Säilytämme tiedot 2–3 vuotta asiakassuhteen päättymisestä.", "relationship_end/3y"),
        ("Vuoden ajan tilauksesta.", "order/1y"),
        ("Tiedot säilytetään puoli vuotta ostosta.", "order/6m"),
        ("18 kuukautta keräämisestä", "collected/18m"),
        ("6 vuotta sen kalenterivuoden lopusta, jonka aikana tilikausi on päättynyt.",
         "financial_year_end/6y"),
        ("30 päivää tallentamisesta.", None),
        ("5 vuotta viimeisestä tilauksesta.", "order/5y"),
        ("Kaksi (2) vuotta asiakassuhteen päättymisestä.", "relationship_end/2y"),
        ("Niin kauan kuin asiakassuhde kestää ja 3 vuotta sen jälkeen.", "relationship_end/3y"),
        ("Kirjanpitolain edellyttämän ajan.", None),
        ("Asiakkaan tiedot poistetaan, kun hän ei ole asioinut meillä kolmeen vuoteen.",
         "order/3y"),
        ("1 vuosi sopimuksen päättymisestä.", "relationship_end/1y"),
        ("Tiedot poistetaan vuoden kuluttua asiakassuhteen päättymisestä.", "relationship_end/1y"),
        ("10 vuotta asiakkuuden päättymisestä, jonka jälkeen tiedot tuhotaan 1 kuukauden kuluessa.",
         "relationship_end/10y"),
        ("Laskut 6 vuotta laskun päiväyksestä, muut tiedot 12 kk viimeisestä yhteydenotosta.",
         "invoice/6y/billing; order/1y"),
        ("Fakturor bevaras sex år från räkenskapsperiodens utgång.",
         "financial_year_end/6y/billing"),
        ("Vi sparar uppgifterna i ett år efter beställningen.", "order/1y"),
        ("Customer data are kept for two years after the end of the relationship.",
         "relationship_end/2y"),
        ("10 vuotta asiakkuuden päättymisestä. Asiakassuhde katsotaan päättyneeksi, kun asiakas "
         "ei ole asioinut 24 kuukauteen.", "relationship_end/10y/inactive 24m"),
        ("3 år från att kundrelationen har upphört. Kundrelationen upphör när det har gått två år "
         "sedan den senaste beställningen.", "relationship_end/3y/inactive 24m"),
    ],
)  # fmt: skip
def test_p31_d01r_it_reads_each_rule_with_its_data_and_its_start(sentence, rules):
    names = {"Fakturor": "Lagringstid", "Vi": "Lagringstid", "3": "Lagringstid"}
    name = names.get(sentence.split()[0], "Säilytysaika")
    if sentence.startswith("Customer"):
        name = "Retention"
    found = summary(read(f"{name}\n{sentence}\n".encode()))

    assert found.get("retention") == rules


@pytest.mark.parametrize(
    ("sentence", "ways"),
    [
        ("Pyyntö on tehtävä kirjallisesti ja allekirjoitettava.", "signature"),
        ("Pyyntö tehdään allekirjoitetulla kirjeellä tai sähköpostilla rekisterissä olevasta "
         "osoitteesta.", "signature+proven_email"),
        ("Pyyntö tehdään sähköpostilla, jonka lähettäjä voidaan tunnistaa.", "proven_email"),
        ("Pyynnön voi esittää henkilökohtaisella käynnillä toimistossa.", "in_person"),
        ("Pyyntö tehdään kirjallisesti tai henkilökohtaisesti.", "written+in_person"),
        ("Pyyntö tehdään kirjallisesti. Sitä ei tarvitse allekirjoittaa.", "written"),
        ("Pyyntö tehdään kirjallisesti, ja henkilöllisyys on todistettava.", ""),
        ("Pyyntö tehdään vahvasti tunnistautuneena asiakasportaalissa.", "strong_electronic"),
    ],
)  # fmt: skip
def test_p51_it_reads_each_way_that_is_enough(sentence, ways):
    found = summary(read(f"Rekisterin nimi\nAsiakkaat\n\nTarkastusoikeus\n{sentence}\n".encode()))

    assert found["right"] == "/".join(filter(None, ["access", ways]))


@pytest.mark.parametrize(
    ("sentence", "transfer"),
    [
        ("Tietoja ei siirretä EU:n ulkopuolelle.", "none"),
        ("Ei siirretä.", "none"),
        ("Ei.", "none"),
        ("Kaikki tiedot pysyvät EU-alueella.", "none"),
        ("Henkilötietoja ei siirretä Euroopan unionin ulkopuolelle, ellei se ole teknisesti "
         "tarpeellista.", "if_necessary"),
        ("Tietoja voidaan siirtää EU- tai ETA-alueen ulkopuolelle.", "if_necessary"),
        ("Siirrämme tietoja Yhdysvaltoihin vakiosopimuslausekkeiden nojalla.",
         "standard_clauses/US"),
        ("Palvelimet ovat Isossa-Britanniassa. Komissio on todennut maan tietosuojan riittäväksi.",
         "adequacy/GB"),
        ("Pilvikamari Inc. käsittelee tietoja Yhdysvalloissa komission mallilausekkeiden nojalla.",
         "standard_clauses/Pilvikamari Inc./US"),
        ("Siirto perustuu tietosuoja-asetuksen 49 artiklaan.", "exception"),
    ],
)  # fmt: skip
def test_p29_it_reads_transfers_with_their_tool_and_country(sentence, transfer):
    found = summary(read(f"Tietojen siirto EU:n tai ETA:n ulkopuolelle\n{sentence}\n".encode()))

    assert found.get("transfer") == transfer


@pytest.mark.parametrize(
    ("sentence", "uses"),
    [
        ("Emme käytä evästeitä.", "none"),
        ("Sivustolla ei ole evästeitä.", "none"),
        ("Käytämme vain välttämättömiä evästeitä.", "necessary"),
        ("Emme käytä muita kuin välttämättömiä evästeitä.", "necessary"),
        ("Suostumuksellasi mittaamme kävijämääriä.", "analytics"),
        ("Kohdennamme mainontaa evästeiden avulla.", "marketing"),
        ("Välttämättömät evästeet pitävät ostoskorin. Tilastoevästeillä laskemme kävijöitä.",
         "necessary; analytics"),
        ("", None),
    ],
)  # fmt: skip
def test_p39_to_p45_it_reads_the_uses_of_cookies(sentence, uses):
    found = summary(read(f"Rekisterin nimi\nAsiakkaat\n\nEvästeet\n{sentence}\n".encode()))

    assert found.get("cookies") == uses


@pytest.mark.parametrize(
    ("heading", "sentence", "statement"),
    [
        ("Rekisterinpitäjä", "Meillä ei ole tietosuojavastaavaa.", "no_officer"),
        ("Tietosuojavastaava", "Ei nimetty", "no_officer"),
        ("Profilointi", "Emme tee automaattisia päätöksiä.", "no_automated_decisions"),
        ("Profilointi", "Ei.", "no_automated_decisions"),
        ("Suostumus", "Suostumusta ei tarvita.", "no_consent"),
        ("Tietolähteet", "Emme käytä julkisia lähteitä.", "no_public_sources"),
        ("Tietolähteet", "Kaupparekisteri ja muut julkiset rekisterit", "public_sources"),
        ("Käsittelyn tarkoitus", "Tietojen antaminen on sopimuksen edellytys.",
         "needed_for_contract"),
        ("Käsittelyn tarkoitus", "Tietojen antaminen on vapaaehtoista.", "given_freely"),
        ("Käsittelyn tarkoitus", "Tietojen antaminen on lakisääteistä.", "demanded_by_law"),
        ("Tietoturva", "Työntekijät ovat sitoutuneet vaitioloon ja allekirjoittaneet "
                       "vaitiolositoumuksen.", "undertakings"),
        ("Tietoturva", "Jokaisella on oma salasana.", "personal_accounts"),
        ("Tietoturva", "Palvelin on palomuurin takana.", "firewall"),
        ("Manuaalinen aineisto", "Paperit ovat lukitussa kaapissa.", "locked_storage"),
        ("Manuaalinen aineisto", "Säilytystila on paloturvallinen.", "fireproof_storage"),
        ("Manuaalinen aineisto", "Manuaalista aineistoa ei ole.", "no_paper"),
        ("Oikeus tehdä valitus", "Valvontaviranomainen on tietosuojavaltuutettu.", "authority"),
        ("Oikeus tehdä valitus", "Voit valittaa viranomaiselle.", None),
        ("Säännönmukaiset luovutukset", "Luovutamme tietoja lain velvoittaessa.", None),
    ],
)  # fmt: skip
def test_p32_to_p38_it_reads_what_else_a_notice_states(heading, sentence, statement):
    found = summary(read(f"Rekisterin nimi\nAsiakkaat\n\n{heading}\n{sentence}\n".encode()))

    assert found.get("statement") == statement


@pytest.mark.parametrize(
    ("number", "second"),
    [("1. ", "2. "), ("1) ", "2) "), ("1 ", "2 "), ("A. ", "B. "), ("A: ", "B: "), ("a. ", "b. "),
     ("a) ", "b) "), ("I. ", "II. "), ("§ 1 ", "§ 2 "), ("1 § ", "2 § "), ("1.1 ", "1.2 "),
     ("", "")],
)  # fmt: skip
def test_headings_are_numbered_in_many_ways(number, second):
    reading = read(
        f"{number}Rekisterin nimi\nAsiakkaat\n{second}Tietolähteet\nAsiakas itse.\n".encode()
    )

    assert [section.key for section in reading.sections] == ["register_name", "sources"]


@pytest.mark.parametrize(
    "heading",
    ["**Tietolähteet**", "__Tietolähteet__", "<b>Tietolähteet</b>", "## Tietolähteet",
     "## **Tietolähteet** ##", "Tietolähteet\n------------", "Tietolähteet:", "TIETOLÄHTEET",
     "**2. Tietolähteet**", "2. **Tietolähteet**", "**Tietolähteet:**", "Tieto&shy;lähteet"],
)  # fmt: skip
def test_headings_are_marked_in_many_ways(heading):
    first = heading.replace("Tietolähteet", "Rekisterin nimi").replace("2.", "1.")
    first = first.replace("TIETOLÄHTEET", "REKISTERIN NIMI").replace(
        "Tieto&shy;lähteet", "Rekisteri&shy;n nimi"
    )
    reading = read(f"{first}\n\nAsiakkaat\n\n{heading}\n\nAsiakas itse.\n".encode())

    assert [(s.key, s.text) for s in reading.sections] == [
        ("register_name", "Asiakkaat"),
        ("sources", "Asiakas itse."),
    ]


@pytest.mark.parametrize(
    ("name", "markup"),
    [("translated.txt", "<p>"), ("tabbed.txt", "<p>"), ("web_shop.html", None),
     ("association.md", None), ("table.html", None), ("running.html", None), ("bold.txt", None)],
)  # fmt: skip
def test_d35_it_tells_tags_that_readers_of_a_text_would_see(name, markup):
    assert read(raw(name)).markup == markup


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Rekisteri-asioista vastaava", "contact"),
        ("REKISTERIN TIETO-SISÄLTÖ", "data_content"),
        ("1a. Rekisterinpitäjä", "controller"),
        ("Siirrot EU/ETA-alueen ulkopuolelle", "transfers"),
        ("Tietojesi säilytysaika", "retention"),
        ("Evästekäytännöt", "cookies"),
        ("Oikeus poistoon", "other_rights"),
        ("Kenelle jaamme tietosi", "disclosures"),
        ("How long we retain your data", "retention"),
        ("Hur länge vi behåller dina uppgifter", "retention"),
    ],
)
def test_a_heading_is_known_by_its_other_names_and_spellings(heading, key):
    reading = read(f"{heading}\nAsiakkaat\n".encode())

    assert [section.key for section in reading.sections] == [key]


def test_what_stands_around_a_notice_on_its_page_is_no_part_of_it():
    reading = read(
        b"<!doctype html><nav><ul><li>Shop</li></ul></nav><h2>Register name</h2><p>Customers</p>"
        b"<h2>Cookies</h2><p>None.</p><footer><p>Follow us</p></footer>"
    )

    assert [section.text for section in reading.sections] == ["Customers", "None."]
    assert reading.unplaced == ("- Shop", "Follow us")


ESTONIAN = """Privaatsuspoliitika

Vastutav töötleja
Kastani Raamatupood OÜ, Pärna 1, Tartu

Kogutavad andmed
Nimi, e-posti aadress ja telefoninumber.

Säilitamine
Andmeid säilitatakse kolm aastat.
"""


@pytest.mark.parametrize(
    "text", [ESTONIAN, "maito\nleipä\nvoi\n6 munaa\n", "Hei!\n\nNähdään perjantaina.\n"]
)
def test_what_is_no_notice_in_our_languages_is_refused(text):
    with pytest.raises(UnreadableNotice) as refusal:
        read(text.encode())

    assert refusal.value.code == "no_headings"
