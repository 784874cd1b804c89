"""Good notices of invented firms in three languages, and what is found when a line is spoilt."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from notices.checking import check
from notices.reading import read

EXAMPLES = Path(__file__).parent / "examples"
TODAY = date(2026, 11, 21)
GOOD = ("good_fi.txt", "good_sv.txt", "good_en.txt", "good_other_fi.txt")


def findings(text):
    with translation.override("en"):
        return check(read(text.encode()), today=TODAY)


def spoilt(name, old, new):
    """A good notice in which one thing was said in another way, or not at all."""
    text = (EXAMPLES / name).read_text()
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize("name", GOOD)
def test_a_good_notice_gives_no_error_and_no_warning(name):
    """V01, A6: also where retention, complaint and rights stand under unknown headings."""
    found = findings((EXAMPLES / name).read_text())

    assert [(one.id, one.words) for one in found if one.severity != "info"] == []


def test_retention_recipients_rights_and_complaint_stand_there_under_unknown_headings():
    reading = read((EXAMPLES / "good_other_fi.txt").read_bytes())

    unknown = {section.heading for section in reading.sections if section.key == "other"}
    assert unknown >= {"Muistimme", "Ystävämme", "Sinun vuorosi", "Jos olet eri mieltä"}


FI, SV, EN, OTHER = GOOD
#: (notice, words, what they are replaced by, the id that is found, its severity)
CHANGES = [
    # who and when
    (FI, "Hillasuon Kutomo Oy\nPirtanauhantie 12, 99999 Hillasuo\npuh. 000 123 4567\n"
         "kutomo@hillasuo.example", "", "D07", "error"),
    (FI, "Pirtanauhantie 12, 99999 Hillasuo", "Pirtanauhantie 12", "D09", "warning"),
    (SV, "Kvistvägen 7, 99999 Sälgby", "Kvistvägen 7", "D09", "warning"),
    (FI, "Laadittu 4.5.2026", "", "D10", "error"),
    (SV, "Upprättad 12.3.2026, uppdaterad 1.9.2026", "", "D10", "error"),
    (EN, "Last updated: 14 August 2026", "", "D10", "error"),
    (OTHER, "Päivitetty 3.6.2026.", "", "D10", "error"),
    (FI, "Laadittu 4.5.2026", "Laadittu 4.5.2025", "D10", "warning"),
    (EN, "14 August 2026", "14 August 2025", "D10", "warning"),
    (FI, "Hillasuon Kutomo Oy", "Aura Loimikangas", "D39", "warning"),
    (FI, " Tietosuojavastaavaa emme ole nimittäneet.", "", "D38", "info"),
    (SV, "Företaget har inget dataskyddsombud, eftersom lagen inte kräver det.", "", "D38", "info"),
    (EN, " We have not appointed a data protection officer.", "", "D38", "info"),
    (FI, "029 566 6700", "029 56 66700", "D38", "info"),
    # laws, gaps, tags
    (FI, "Käytämme tietojasi", "Noudatamme henkilötietolakia. Käytämme tietojasi", "D01", "error"),
    (SV, "Du behöver inte", "Vi följer personuppgiftslagen. Du behöver inte", "D01", "error"),
    (EN, "You must give", "We follow the Personal Data Act (523/1999). You must give", "D01",
     "error"),
    (FI, "Sähköpostilla osoitteeseen".lower(), "sähköpostilla (s-postiosoite)", "D02", "error"),
    (SV, "Lova Sälg", "[namn på kontaktpersonen]", "D02", "error"),
    (EN, "Wren Alder", "XXXX", "D02", "error"),
    (FI, "- tilaukset", "- tilaukset<br>", "D35", "warning"),
    # purposes and bases
    (SV, "Grunden är avtal med dig.", "", "P16", "warning"),
    (FI, "Tietojen antaminen on vapaaehtoista, mutta ilman nimeä ja osoitetta emme voi toimittaa "
         "tilausta.", "", "13(2)(e)", "error"),
    (SV, "Du behöver inte lämna uppgifter, men utan namn och adress kan vi inte leverera.", "",
     "13(2)(e)", "error"),
    (EN, "You must give your name and address, because we cannot deliver an order without them. "
         "Giving other data is voluntary.", "", "13(2)(e)", "error"),
    # data and their sources
    (SV, "Vi samlar inte in uppgifter från offentliga källor.",
     "Vi får också uppgifter från uppdateringstjänster.", "D41", "warning"),
    (EN, "We use no publicly available sources.", "We also get data from update services.",
     "D41", "warning"),
    (FI, "Emme hae tietoja julkisista lähteistä.", "Päivityksiä saamme viranomaisilta.",
     "D41", "warning"),
    (OTHER, "He käsittelevät", "Perintätoimisto hoitaa perinnän. He käsittelevät", "D18",
     "warning"),
    (EN, "Sets no cookies".lower(), "uses cookies to analyse visits and stores the IP address",
     "D30", "error"),
    # recipients, transfers
    (OTHER, "Tietojen vastaanottajia ovat tilitoimistomme ja varausjärjestelmän ylläpitäjä. He "
            "käsittelevät tietoja vain meidän lukuumme.", "Emme huutele.", "D11", "error"),
    (FI, "Emme siirrä tietoja EU:n tai ETA:n ulkopuolelle.",
     "Tietoja ei siirretä EU:n ulkopuolelle, ellei se ole teknisesti tarpeellista.", "D22",
     "warning"),
    (SV, "Uppgifterna lagras i Finland och lämnar inte EU.",
     "Uppgifter överförs inte utanför EU om det inte är nödvändigt.", "D22", "warning"),
    (EN, "We do not transfer personal data outside the EU or the EEA.",
     "We do not transfer personal data outside the EU unless it is necessary.", "D22", "warning"),
    (EN, "Our website sets no cookies.", "Our website uses Google Analytics.", "D16", "error"),
    (SV, "använder inga kakor", "använder Google Analytics", "D16", "error"),
    (OTHER, "Kaikki tiedot pysyvät EU-alueella.", "", "13(1)(f)", "warning"),
    # retention
    (FI, "Asiakassuhde päättyy, kun viimeisestä tilauksesta on kaksi vuotta.", "", "D32",
     "warning"),
    (EN, "The relationship ends when 24 months have passed since your last order.", "", "D32",
     "warning"),
    # rights
    (FI, " sekä siirtää antamasi tiedot järjestelmästä toiseen", "", "D11", "error"),
    (SV, " samt rätt till dataportabilitet", "", "D11", "error"),
    (EN, ", to restrict their processing", "", "D11", "error"),
    (OTHER, ", rajoittaa niiden käyttöä", "", "D11", "error"),
    (OTHER, "Kantelun voit tehdä tietosuojavaltuutetulle.", "", "D04", "error"),
    (FI, "Voit vastustaa käsittelyä, joka perustuu oikeutettuun etuun. Suoramarkkinoinnin voit "
         "kieltää milloin tahansa.", "Voit pyytää tietosi.", "D12", "error"),
    (SV, "Du får när som helst säga nej till reklam. Du får också invända mot behandling som "
         "grundar sig på berättigat intresse.", "Du kan be om rättelse.", "D12", "error"),
    (EN, "You can object to processing that rests on legitimate interest. You can opt out of "
         "direct marketing at any time.", "You can ask for your data.", "D12", "error"),
    (FI, "Lähetä pyyntö sähköpostilla osoitteeseen aura@hillasuo.example suomeksi.",
     "Pyyntö on allekirjoitettava. Tee se suomeksi.", "D23", "error"),
    (SV, "Du kan begära detta på svenska per e-post till lova@salgrenen.example.",
     "Begäran ska undertecknas. Gör den på svenska.", "D23", "error"),
    (EN, "Write to privacy@pebblefern.example in English.",
     "The request must be signed. Make it in English.", "D23", "error"),
    (FI, "Vastaamme kuukauden kuluessa.", "", "D24", "warning"),
    (SV, "Vi svarar inom en månad, och det kostar inget.", "", "D24", "warning"),
    (EN, "There is no charge.", "", "D24", "warning"),
    (OTHER, "Asian voi viedä myös tuomioistuimeen.", "", "D24", "warning"),
    (FI, "Pyyntö on maksuton.", "Jos olet yrityksen yhteyshenkilö, tietojasi ei voida poistaa.",
     "D25", "error"),
    (EN, "There is no charge.", "The data of a contact person cannot be erased.", "D25", "error"),
    (EN, " in English", "", "D36", "warning"),
    (EN, "in English", "in Finnish", "D36", "warning"),
    # cookies and profiling
    (FI, "Verkkokauppamme käyttää vain ostoskorin välttämätöntä evästettä. Se poistuu, kun suljet "
         "selaimen.", "Evästeillä kohdennamme mainontaa. Evästeet voit estää selaimen asetuksista.",
     "D26", "error"),
    (SV, "Vår webbplats använder inga kakor.", "Kakorna används för riktad reklam.", "D26",
     "error"),
    (EN, "Our website sets no cookies.", "We use cookies for advertising.", "D26", "error"),
    (EN, "Our website sets no cookies.", "We use cookies for advertising.", "13(2)(c)", "error"),
    (EN, "Our website sets no cookies.", "We rely on the Privacy Shield.", "D27", "warning"),
    (FI, "Emme tee automaattisia päätöksiä emmekä profiloi.", "", "D15", "warning"),
    (FI, "Verkkokauppamme käyttää vain ostoskorin välttämätöntä evästettä. Se poistuu, kun suljet "
         "selaimen.", "", "D28", "warning"),
    (FI, "Pyyntö on maksuton.", "Pyyntö on maksuton. Tietoja käytetään luottopäätöksen tukena.",
     "D37", "error"),
    # the authority
    (FI, "PL 800, 00531 Helsinki", "Ratapihantie 9, 00521 Helsinki", "D03", "error"),
    (SV, "PB 800, 00531 Helsingfors", "Bangårdsvägen 9, 00521 Helsingfors", "D03", "error"),
    (FI, "Voit valittaa tietosuojavaltuutetulle, jos",
     "Voit valittaa tietosuojavaltuutetulle asuinpaikkasi maassa, jos", "D42", "warning"),
    # words
    (SV, "Transportföretaget får", "Uppgifterna kan lämnas ut till transportföretaget, som får",
     "D33", "warning"),
    (EN, "The post office receives", "The post office may receive", "D33", "warning"),
    (FI, "Kuljetusliike saa", "Asiakasomistajarekisteristä kuljetusliike saa", "D31", "warning"),
    (FI, "Kuljetusliike saa", "Riorganisaation kuljetusliike saa", "D34", "info"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "id", "severity"), CHANGES)
def test_a_spoilt_line_is_found(name, old, new, id, severity):
    found = findings(spoilt(name, old, new))

    assert (id, severity) in {(one.id, str(one.severity)) for one in found}


@pytest.mark.parametrize(("name", "old", "new", "id", "severity"), CHANGES)
def test_what_is_found_is_new_and_little_else_is(name, old, new, id, severity):
    """A defect is told by the rule that knows it, not by a crowd of others."""
    found = {one.id for one in findings(spoilt(name, old, new)) if one.severity != "info"}

    assert len(found - {id}) <= 4


@pytest.mark.parametrize(
    ("controller", "contact"),
    [
        ("Rekisterinpitäjä\nVarpukoto Oy", "Yhteyshenkilö\nPihla Varpu, pihla@varpukoto.example"),
        ("Personuppgiftsansvarig\nVarpukoto Ab", "Kontaktperson\nPihla Varpu, p@varpukoto.example"),
        ("Controller\nVarpukoto Ltd", "Contact person\nPihla Varpu, pihla@varpukoto.example"),
    ],
)
def test_d08_a_controller_who_is_only_named_cannot_be_reached(controller, contact):
    found = findings(f"{controller}\n\n{contact}\n")

    assert [one.words for one in found if one.id == "D08"] == [controller.splitlines()[1]]


#: Headings that no notice has, and what firms say under them.
ASIDES = [
    "Aukioloajat\nAvoinna ma-pe 9-17. Poikkeukset saattavat muuttua, esim. juhlapyhinä.",
    "Rengashotelli\nSäilytämme renkaat 6 kuukautta. Renkaat hävitetään 2 vuoden kuluttua.",
    "Palvelumme\nTarjoamme Google Analytics -koulutusta. Teemme luottopäätöksen minuuteissa. "
    "Asiakasomistajat saavat bonusta.",
    "Hinnasto\nMaksuaika on 14 päivää. Avoimet laskut siirtyvät perintään. Hinnat [alv 0 %].",
    "Yrityksen historia\nATK tuli meille 1985, ja henkilötietolakia alettiin noudattaa 1999.",
    "Takuuehdot\nTakuu on 2 vuotta ostosta. Lomake on allekirjoitettava.",
    "Toimitusehdot\nTavaraa ei siirretä EU:n ulkopuolelle, ellei asiakas maksa tullia.",
    "Hoidot\nHoidamme allergioita ja sairauksia jne. Sijainnin näet Google Mapsista.",
    "Öppettider\nVi kan ändra tiderna vid behov, t.ex. på sommaren.",
    "Opening hours\nWe may close early, e.g. in bad weather. Prices are usually lower in winter.",
]


@pytest.mark.parametrize("aside", ASIDES, ids=lambda text: text.split("\n")[0])
def test_what_is_no_part_of_a_notice_gives_no_finding(aside):
    """A1: an unknown heading may be over opening hours, prices or the firm's history."""
    heading, text = aside.split("\n")
    good = (EXAMPLES / OTHER).read_text()

    assert findings(f"{good}\n# {heading}\n{text}\n") == findings(good)


def test_what_is_no_part_of_a_notice_answers_for_nothing_either():
    """D24: coffee is free there, requests are not."""
    text = spoilt(OTHER, ", eikä se maksa mitään", "") + "\n# Kahvila\nKahvi on maksuton.\n"

    assert "free of charge" in " ".join(one.message for one in findings(text) if one.id == "D24")


def test_d02_a_gap_that_nobody_filled_in_is_found_under_any_heading():
    text = (EXAMPLES / OTHER).read_text() + "\n# Aukioloajat\nTODO: lisää kesän ajat\n"

    assert [one.words for one in findings(text) if one.id == "D02"] == ["TODO"]


NOT_NEEDED = {
    "good_fi.txt": (
        "Vastaamme kuukauden kuluessa.",
        "Vastaamme kuukauden kuluessa. Allekirjoitusta ei tarvita.",
        "Oikeus vaatia tiedon korjaamista\nKorjauspyyntö tulee tehdä omakätisesti"
        " allekirjoitetulla pyynnöllä.",
        "Korjauspyyntö tulee tehdä omakätisesti allekirjoitetulla pyynnöllä.",
    ),
    "good_sv.txt": (
        "Vi svarar inom en månad",
        "Underskrift behövs inte. Vi svarar inom en månad",
        "Rätt till rättelse\nBegäran om rättelse måste undertecknas.",
        "Begäran om rättelse måste undertecknas.",
    ),
    "good_en.txt": (
        "Write to privacy@pebblefern.example in English.",
        "Write to privacy@pebblefern.example in English. A signature is not needed.",
        "Right to rectification\nA request for rectification must be signed.",
        "A request for rectification must be signed.",
    ),
}


@pytest.mark.parametrize("name", NOT_NEEDED)
def test_d23_a_demand_for_a_signature_is_found_though_it_is_needless_elsewhere(name):
    """Art. 12(2), 12(6): what one right says does not take another's demand away."""
    old, new, demand, words = NOT_NEEDED[name]
    free = spoilt(name, old, new)

    assert [one for one in findings(free) if one.id == "D23"] == []
    found = findings(f"{free}\n\n{demand}\n")
    assert [(one.words, one.severity) for one in found if one.id == "D23"] == [(words, "error")]


BOXES = ["PL 12", "Postilokero 12", "postilokero 12", "PB 12", "Postbox 12", "P.O. Box 12"]


@pytest.mark.parametrize("box", BOXES)
def test_d39_a_post_box_is_no_home(box):
    def homes(address):
        text = spoilt("good_fi.txt", "Hillasuon Kutomo Oy", "Aura Loimikangas")
        text = text.replace("Pirtanauhantie 12, 99999 Hillasuo", address)
        return [one.id for one in findings(text) if one.id == "D39"]

    assert homes(f"{box}, 99999 Hillasuo") == []
    assert homes("Pirtanauhantie 12, 99999 Hillasuo") == ["D39"]


MATTERS = [
    "Asianomainen voi saattaa epäämisen tietosuojavaltuutetun ratkaistavaksi.",
    "Rekisteröity saattaa asian tietosuojavaltuutetun käsiteltäväksi.",
    "Sinulla on oikeus saattaa asia tuomioistuimen ratkaistavaksi.",
]


@pytest.mark.parametrize("sentence", MATTERS)
def test_d33_bringing_a_matter_before_somebody_is_no_hedge(sentence):
    def hedges(words):
        text = spoilt("good_fi.txt", "Vastaamme kuukauden kuluessa.", f"{words} Vastaamme"
                      " kuukauden kuluessa.")  # fmt: skip
        return [one.words for one in findings(text) if one.id == "D33"]

    assert hedges(sentence) == []
    assert hedges("Tietoja saattaa siirtyä muille.") == ["saattaa"]


#: (notice, words, what follows them, the rule, the very words at fault)
OPPOSITES = [
    (FI, "Vastaamme kuukauden kuluessa.", "Emme tallenna puhelinnumeroa.", "V01-contradiction"),
    (FI, "Vastaamme kuukauden kuluessa.", "Tiedot siirretään Yhdysvaltoihin.",
     "V01-contradiction"),
    (SV, "Vi svarar inom en månad, och det kostar inget.", "Uppgifterna lagras i USA.",
     "V01-contradiction"),
    (SV, "Vi svarar inom en månad, och det kostar inget.", "Vi lagrar inget telefonnummer.",
     "V01-contradiction"),
    (EN, "Write to privacy@pebblefern.example in English.",
     "Your data are stored in the United States.", "V01-contradiction"),
    (EN, "Write to privacy@pebblefern.example in English.", "We do not store your name.",
     "V01-contradiction"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "words", "opposite", "id"), OPPOSITES)
def test_v01_what_one_sentence_denies_and_another_says_is_found(name, words, opposite, id):
    found = findings(spoilt(name, words, f"{words} {opposite}"))

    assert [(one.words, one.severity) for one in found if one.id == id] == [(opposite, "error")]


DENIALS_OF_LESS = [
    "Emme tallenna puhelinnumeroa evästeisiin.",
    "Emme kerää muita tietoja kuin nimen ja puhelinnumeron.",
    "Emme säilytä puhelinnumeroa pidempään kuin 3 vuotta.",
    "Emme luovuta puhelinnumeroasi kenellekään.",
    "Emme siirrä tietoja Yhdysvaltoihin.",
]


@pytest.mark.parametrize("sentence", DENIALS_OF_LESS)
def test_v01_what_is_denied_of_a_part_contradicts_nothing(sentence):
    old = "Vastaamme kuukauden kuluessa."
    found = findings(spoilt(FI, old, f"{old} {sentence}"))

    assert [one.words for one in found if one.id == "V01-contradiction"] == []


TWO_BASES = [
    ("Tilausten hoitaminen perustuu sopimukseen.",
     "Tilausten hoitaminen perustuu suostumukseen."),
    ("Tilausten käsittelyn oikeusperuste on sopimus.",
     "Tilausten käsittely perustuu oikeutettuun etuun."),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), TWO_BASES)
def test_p16_one_purpose_on_two_bases_is_found(one, other):
    def bases(*said):
        text = spoilt(FI, "Käytämme tietojasi", f"{' '.join(said)} Käytämme tietojasi")
        return [
            (found.words, found.severity) for found in findings(text) if found.id == "D13-basis"
        ]

    assert bases(one, other) == [(other, "error")]
    assert bases(one) == []
    assert bases(one, "Tilausten arkistointi perustuu lakisääteiseen velvoitteeseen.") == []


def test_p16_one_sentence_with_two_bases_is_told():
    said = "Suoramarkkinointi perustuu suostumukseen ja oikeutettuun etuun."
    text = spoilt(FI, "Käytämme tietojasi", f"{said} Käytämme tietojasi")

    found = [(one.words, one.severity) for one in findings(text) if one.id == "D13-basis"]

    assert found == [(said, "warning")]


def test_d11_a_right_that_the_reader_recognised_is_told():
    """The preview and the checker agree: “Korjausoikeus” is the right to rectification."""
    reading = read((EXAMPLES / FI).read_bytes())
    right = next(fact for fact in reading.facts if fact.term == "rectification")
    text = (EXAMPLES / FI).read_text().replace(", oikaista ne", ", korjausoikeus")

    assert right.words
    assert [one.message for one in findings(text) if one.id == "D11"] == []


def test_lix_says_what_the_figure_means_and_what_to_do():
    """V04: short sentences of long words need shorter words, not shorter sentences."""
    words = "Henkilötietojenkäsittelytoimenpiteitä dokumentoidaan järjestelmällisesti. "
    text = spoilt(FI, "Käytämme tietojasi", f"{words * 120} Käytämme tietojasi")
    (found,) = [one for one in findings(text) if one.id == "LIX"]

    assert "a figure for long sentences and long words" in found.message
    assert found.advice == (
        "The sentences are short enough: use shorter words, and verbs for nouns."
    )
