"""In which words small firms promise things, and which of their words promise nothing."""

import pytest

from notices.reading import read
from tests.notices.summary import summary

LANGUAGES = {"sv": "Registrets namn\nKunder", "en": "Name of the register\nCustomers"}


def said(heading, text, language="fi"):
    first = LANGUAGES.get(language, "Rekisterin nimi\nAsiakkaat")
    return summary(read(f"{first}\n\n{heading}\n\n{text}\n".encode()))


@pytest.mark.parametrize(
    ("sentence", "recipients"),
    [
        ("kuljetus: Reppu Oy ja Matkakuorma Oy",
         "service_provider/Reppu Oy; service_provider/Matkakuorma Oy"),
        ("Kuljetusyhtiö Reppu Oy sekä Laskukone AB (laskutus) ja perintätoimisto",
         "service_provider/Reppu Oy; service_provider/Laskukone AB; collection_agency"),
        ("Pilvikamari Inc. (palvelimet, Irlanti), Tilituuli Oy (kirjanpito, laskut)",
         "accounting/Tilituuli Oy; partner/Pilvikamari Inc."),
        ("Maksut hoitaa puolestamme Maksukulma Oy.", "service_provider/Maksukulma Oy"),
        ("Uutiskirje: Mailchimp", "service_provider/Mailchimp"),
        ("Kauppa toimii Shopifyn alustalla, ja paketit vie perille Posti.",
         "partner/Shopify; service_provider/Posti"),
        ("Google Workspace (sähköposti ja kalenteri)", "partner/Google Workspace"),
        ("Postia lähetetään vain asiakkaille.", ""),
        ("Kela ja poliisi", "authority"),
    ],
)  # fmt: skip
def test_p18_a_recipient_is_known_by_its_trade_or_by_its_name(sentence, recipients):
    found = said("Vastaanottajat", sentence)

    assert set((found.get("recipient") or "").split("; ")) == set(recipients.split("; "))


@pytest.mark.parametrize(
    ("language", "heading", "sentence", "rules"),
    [
        ("fi", "Säilytysaika", "Laskutustiedot kuusi vuotta kirjanpitolain mukaan.",
         "financial_year_end/6y/billing"),
        ("fi", "Säilytysaika", "Laskut: 6 vuotta + kuluva vuosi.", "financial_year_end/6y/billing"),
        ("fi", "Säilytysaika", "Laskutustiedot kuusi vuotta.", None),
        ("fi", "Säilytysaika", "Säilytämme tiedot jäsenyyden ajan ja vuoden sen jälkeen.",
         "relationship_end/1y"),
        ("fi", "Säilytysaika", "Tiedot poistetaan vuoden kuluessa jäsenyyden päättymisestä.",
         "relationship_end/1y"),
        ("fi", "Säilytysaika", "Tiedot poistetaan kuukauden kuluessa pyynnön saapumisesta.", None),
        ("fi", "Säilytysaika", "Kortti tuhotaan, kun asiakas ei ole käynyt kolmeen vuoteen.",
         "order/3y"),
        ("fi", "Säilytysaika", "Poistan tietosi, kun et ole käynyt kahteen vuoteen.", "order/2y"),
        ("fi", "Säilytysaika", "Tiedot poistetaan, kun ostoja ei ole tehty kolmeen vuoteen.",
         "order/3y"),
        ("fi", "Säilytysaika", "Tiedot poistetaan 2 vuoden kuluttua viimeisestä hoitojaksosta.",
         "order/2y"),
        ("fi", "Säilytysaika", "12 kk noudosta", "order/1y"),
        ("fi", "Säilytysaika", "Tositteet säilytetään 6 vuotta ja tilinpäätös 10 vuotta tilikauden "
         "päättymisestä.", "financial_year_end/6y/billing; financial_year_end/10y/billing"),
        ("sv", "Förvaringstid", "Offerter som inte lett till beställning raderas efter ett år.",
         None),
        ("sv", "Förvaringstid", "Uppgifterna sparas i tio år efter att arbetet har slutförts.",
         "order/10y"),
        ("sv", "Förvaringstid", "Tre år efter att avtalet har upphört.", "relationship_end/3y"),
        ("en", "Retention", "Booking details are kept for three years after your stay.",
         "order/3y/orders"),
        ("en", "Retention", "Data are retained for the duration of the contract and 24 months "
         "thereafter.", "relationship_end/2y"),
        ("en", "Retention", "Order lists are deleted after six months.", None),
    ],
)  # fmt: skip
def test_p31_a_period_counts_from_what_the_trade_does(language, heading, sentence, rules):
    assert said(heading, sentence, language).get("retention") == rules


@pytest.mark.parametrize(
    ("language", "heading", "sentence", "rights"),
    [
        ("fi", "Oikeutesi", "Voit pyytää kopion sinua koskevista tiedoista.", "access"),
        ("fi", "Oikeutesi", "Kysy, mitä tietoja meillä on sinusta.", "access"),
        ("fi", "Oikeutesi", "Saat katsoa korttisi liikkeessä.", "access/in_person"),
        ("fi", "Oikeutesi", "Saat nähdä omat tietosi. Soita tai tule käymään.",
         "access/in_person"),
        ("fi", "Oikeutesi", "Voit tarkistaa tietosi käymällä pesulassa.", "access/in_person"),
        ("fi", "Oikeutesi", "Voit tarkistaa tietosi käymällä verkkosivuillamme.", "access"),
        ("fi", "Oikeutesi", "Tarkastuspyyntö lähetetään siitä sähköpostiosoitteesta, jota olet "
         "käyttänyt tilatessasi.", "access/proven_email"),
        ("fi", "Oikeutesi", "Voit tarkistaa tietosi. Tunnistamme sinut sähköpostiosoitteesta, joka "
         "on tilauksessasi.", "access/proven_email"),
        ("fi", "Oikeutesi", "Voit tarkistaa tietosi. Laita sähköpostia osoitteeseen "
         "oili@lumme.example.", "access/written"),
        ("fi", "Oikeutesi", "Voit pyytää minua unohtamaan sinut.", "erasure"),
        ("sv", "Kontrollrätt", "Begäran görs vid ett besök på vårt kontor.", "access/in_person"),
        ("sv", "Kontrollrätt", "Begäran skickas från den e-postadress som du uppgett.",
         "access/proven_email"),
        ("en", "Right of access", "Send your request from the address you used when booking.",
         "access/proven_email"),
        ("en", "Right of access", "Data can be requested by visiting our office.",
         "access/in_person"),
    ],
)  # fmt: skip
def test_p48_p51_rights_and_ways_are_told_in_plain_words(language, heading, sentence, rights):
    assert said(heading, sentence, language).get("right") == rights


@pytest.mark.parametrize(
    ("sentence", "sources"),
    [
        ("Asiakas.", "customer_notice"),
        ("Asiakas, maanmittauslaitos ja metsäkeskus", "customer_notice; update_service"),
        ("Koiran omistaja kertoo ne varausta tehdessään.", "customer_notice"),
        ("Sinulta, kun liityt jäseneksi.", "registration; customer_notice"),
        ("Saamme tiedot, kun tilaat verkkokaupasta.", "purchase"),
        ("Ostotiedot kertyvät kassajärjestelmästä.", "purchase"),
        ("Asiakasrekisteri", None),
    ],
)
def test_p21_to_p26_sources_are_told_in_plain_words(sentence, sources):
    assert said("Tietolähteet", sentence).get("source") == sources


@pytest.mark.parametrize(
    ("sentence", "data"),
    [
        ("Koiran nimi, rotu ja ikä", None),
        ("Koiran omistajan nimi", "name"),
        ("toimeksiantajan nimi", "name"),
        ("työtilaukset ja huoltohistoria", "orders"),
        ("lähtö- ja kohdeosoite", "postal_address"),
        ("jäsenmaksutiedot", "billing"),
        ("sen, mitä olet ostanut", "orders/ostot"),
        ("Käytämme tietoja tilauksesi käsittelyyn ja laskutukseen.", None),
        ("Voit perua tilauksen milloin tahansa.", None),
        ("Kun teet tilauksen, keräämme nimesi ja osoitteesi.", "name; postal_address"),
    ],
)
def test_p20_what_is_told_of_people_is_told_of_nothing_else(sentence, data):
    assert said("Rekisterin tietosisältö", sentence).get("data") == data


def test_p20_a_condition_that_says_what_is_collected_is_no_mere_condition():
    found = said("What data we collect", "When you book we collect your name, phone number.", "en")

    assert found["data"] == "name; phone"


PURPOSE = "Käsittelyn tarkoitus"


@pytest.mark.parametrize(
    ("language", "heading", "sentence", "purposes"),
    [
        ("fi", "Käsittelyn tarkoitus", "Asiakassuhteen hoitaminen ja suoramainonta",
         "relationship; ad_targeting"),
        ("fi", "Käsittelyn tarkoitus", "Asiakassuhteen hoitaminen. Voit kieltää mainonnan.",
         "relationship"),
        ("sv", "Ändamål", "Vi sköter kundrelationen och skickar reklam per post.",
         "relationship; ad_targeting"),
        ("sv", "Ändamål", "Vi sköter kundrelationen och behandlar reklamationer.", "relationship"),
        ("en", "Purposes of processing", "Customer service and advertising by post",
         "relationship; ad_targeting"),
    ],
)  # fmt: skip
def test_p11_advertising_in_own_words_is_a_purpose(language, heading, sentence, purposes):
    assert said(heading, sentence, language).get("purpose") == purposes


@pytest.mark.parametrize(
    ("heading", "text", "purposes"),
    [
        (PURPOSE, "Hoidamme tilaukset ja asiakassuhteen hoitamisen. Käsittely perustuu "
         "sopimukseen. Suoramarkkinointi perustuu oikeutettuun etuumme.",
         "orders/contract; relationship/contract; ad_targeting/legitimate_interest"),
        (PURPOSE, "- Tilausten käsittely.\n- Markkinointi\nKäsittely perustuu sopimukseen.",
         "orders/contract; ad_targeting/contract"),
        (PURPOSE, "- Tilausten käsittely.\n- Markkinointi. Peruste on suostumus.\n- Tilastot. "
         "Peruste on oikeutettu etu.", "orders; statistics/legitimate_interest; "
         "ad_targeting/consent"),
        (PURPOSE, "Tilausten käsittely. Uutiskirjeen lähetämme suostumuksesi perusteella.",
         "orders; ad_targeting/consent"),
        (PURPOSE, "Jäsenluettelon ylläpito. Muu käsittely perustuu oikeutettuun etuun.",
         "maintain"),
        (PURPOSE, "Tilausten käsittely\n\nKäsittelyn oikeusperuste\n\nSopimus.", "orders/contract"),
        (PURPOSE, "Tilausten käsittely\n\nKäsittelyn oikeusperuste\n\nSopimus ja suostumus.",
         "orders"),
        (PURPOSE, "Jos olet antanut siihen suostumuksesi, lähetämme uutiskirjeen. Käsittelemme "
         "tilaukset.", "orders; ad_targeting/consent"),
        ("1. Käsittelyn tarkoitus", "Sopimuksen täytäntöönpano: tilausten toimittaminen.\n"
         "Oikeutettu etu: suoramarkkinointi.\n\n2. Tietolähteet\n\nAsiakas.",
         "orders/contract; ad_targeting/legitimate_interest"),
        (PURPOSE, "Asiakassuhteen hoitaminen, tilausten toimittaminen ja laskuttaminen (sopimus) "
         "sekä uutiskirje (suostumus). Kirjanpito perustuu lakisääteiseen velvoitteeseen.",
         "orders/contract; relationship/contract; ad_targeting/consent"),
        (PURPOSE, "Tilausten käsittely ja tilastot sekä uutiskirje (suostumus). Kirjanpito "
         "perustuu lakiin.", "orders/consent; statistics/consent; ad_targeting/consent"),
        (PURPOSE, "Ajanvaraus ja asiakassuhde (oikeutettu etu).",
         "orders/legitimate_interest; relationship/legitimate_interest"),
        (PURPOSE, "Toimitusosoite kysytään tilauksessa.", None),
    ],
)  # fmt: skip
def test_p16_a_basis_is_of_the_purposes_that_it_is_told_of(heading, text, purposes):
    assert said(heading, text).get("purpose") == purposes


@pytest.mark.parametrize(
    ("language", "heading", "sentence", "transfer"),
    [
        ("sv", "Överföring till tredje land", "Vi för inte över uppgifter utanför EU eller EES.",
         "none"),
        ("fi", "Vastaanottajat", "Pilvikamari Inc. käsittelee tietoja Kanadassa, jonka tietosuojan "
         "taso on komission mukaan riittävä.", "adequacy*/Pilvikamari Inc./CA"),
        ("fi", "Vastaanottajat", "Tilituuli Oy Kanadassa.", None),
        ("en", "Who else sees it", "Our accountant (Ledger Wind Oy) and our booking system "
         "provider (Slotcloud Inc., USA - EU-US Data Privacy Framework).",
         "adequacy*/Slotcloud Inc./US"),
    ],
)  # fmt: skip
def test_p29_a_country_with_what_allows_it_is_a_transfer(language, heading, sentence, transfer):
    assert said(heading, sentence, language).get("transfer") == transfer


@pytest.mark.parametrize(
    ("sentence", "uses"),
    [
        ("Sivuilla ei ole seurantaa eikä evästeitä.", "none"),
        ("Evästeitä tarvitaan ostoskorin ja kirjautumisen toteuttamiseen.", "necessary"),
    ],
)
def test_p39_cookies_are_told_in_plain_words(sentence, uses):
    assert said("Evästeet", sentence).get("cookies") == uses


@pytest.mark.parametrize(
    "text",
    [
        "[x] nimi [X] osoite [ ] sähköpostiosoite",
        "[x] nimi\n[x] osoite\n[ ] sähköpostiosoite",
        "☒ nimi\n☑ osoite\n☐ sähköpostiosoite",
    ],
)
def test_p20_of_a_form_what_is_ticked_is_promised(text):
    assert said("Rekisterin tietosisältö", text)["data"] == "name; postal_address"


def test_p20_boxes_of_which_none_is_ticked_are_a_list():
    assert said("Rekisterin tietosisältö", "☐ nimi\n☐ osoite")["data"] == "name; postal_address"


@pytest.mark.parametrize(
    ("language", "heading", "sentence", "kind", "facts"),
    [
        ("fi", "Oikeutesi", "Pääsy, oikaisu, poisto, vastustaminen.", "right",
         "access; rectification; erasure; objection"),
        ("fi", "Oikeutesi", "Voit pyytää poistamista, jos laki ei velvoita säilyttämään tietoja.",
         "right", "erasure"),
        ("fi", "Oikeutesi", "Tietoja ei voida poistaa sopimuksen aikana.", "right", None),
        ("fi", "Oikeutesi", "Voit tarkistaa tietosi sähköpostilla ilmoittautumisessa annetusta "
         "osoitteesta.", "right", "access/proven_email"),
        ("sv", "Rättigheter", "Du kan begära att få se dina uppgifter.", "right", "access"),
        ("en", "Your rights", "You can ask to see your card. Ask at the studio or by e-mail.",
         "right", "access/written+in_person"),
        ("fi", "Luovutukset", "Laskutusohjelman toimittaja on Laskukone Oy.", "disclosure", None),
        ("sv", "Registrets innehåll", "När du bokar sparar vi ditt namn, telefonnummer.", "data",
         "name; phone"),
        ("fi", "Käsittelyn tarkoitus", "Matkan järjestäminen", "purpose", "orders"),
        ("en", "Retention", "Receipts are kept for six years from the end of the financial year.",
         "retention", "financial_year_end/6y/billing"),
        ("en", "Retention", "Invoices: six years after the end of the accounting year", "retention",
         "financial_year_end/6y/billing"),
        ("en", "Who else sees your data", "Our accountant (Ledger Wind Oy), our booking system "
         "provider (Slotcloud Inc.) and a debt collection agency.", "recipient",
         "accounting*/Ledger Wind Oy; service_provider*/Slotcloud Inc.; collection_agency*"),
        ("en", "Your rights", "You may see your data, limit or object to their use, and take them "
         "with you.", "right", "access; restriction; portability; objection"),
        ("en", "## Purpose", "| Purpose | Basis |\n|---|---|\n| Handling bookings | contract |\n"
         "| Newsletter | consent |", "purpose", "orders/contract; ad_targeting/consent"),
        ("sv", "Rättigheter", "Du har rätt att granska dina uppgifter.", "right", "access"),
        ("sv", "Till vem lämnas uppgifter ut?", "Till vår bokföringsbyrå.", "recipient",
         "accounting*"),
    ],
)  # fmt: skip
def test_small_firms_say_it_so(language, heading, sentence, kind, facts):
    assert said(heading, sentence, language).get(kind) == facts
