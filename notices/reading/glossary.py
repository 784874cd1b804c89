"""The names that headings go by, in Finnish, Swedish and English (law.md A1)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from notices.terms import Language, SectionKey

MOST_WORDS = 30
LONGEST_HEADING = 240
LONGEST_TITLE = 90
NUMBER = re.compile(
    r"""\s*(?:§\s?\d{1,2}\s?[.):]?|\d{1,2}\s?(?-i:[a-z])(?:[.):]|(?=\s))|\d{1,2}(?:\.\d{1,2}){0,2}\s?[.):§]?|[a-z]\)
    |(?-i:[A-ZÅÄÖ])[.):]|(?-i:[a-z])\.(?=\s?(?-i:[A-ZÅÄÖ]))|[ivx]{1,5}[.):])\s*(?=[^\W\d_])""",
    re.IGNORECASE | re.VERBOSE,
)
BOTH = re.compile(r"\s*/\s*|\s(?:ja|sekä|och|samt|and|&)\s", re.IGNORECASE)
WORD = re.compile(r"\w+")
HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
#: What different notices call by different words in the same heading: the first stands for all.
SAME = [
    (re.compile(pattern), name)
    for pattern, name in (
        (r"\b(?:henkilötietojen|henkilötietojesi|tietojesi|tietojenne)\b", "tietojen"),
        (r"\b(?:henkilötietoja|henkilötietojasi|tietojasi|tietosi|tietojanne)\b", "tietoja"),
        (r"\b(eu|eta|ees) (?:alueen|maiden)\b", r"\1 n"),
        (r"\beu(?: n)?(?: tai| ja| sekä)? eta n\b", "eu n tai eta n"),
        (r"\b(?:dina uppgifter|dina personuppgifter|uppgifterna)\b", "uppgifter"),
        (r"\b(?:the|your) (?:personal )?data\b", "data"),
    )
]


class Certainty(IntEnum):
    """How surely a heading is known: its keyword, its first words, or all of it."""

    KEYWORD = 1
    BEGINNING = 2
    WHOLE = 3


@dataclass(frozen=True)
class Place:
    """Where a heading belongs, and the languages in which it can be read so."""

    key: SectionKey
    languages: frozenset[Language]
    certainty: Certainty


def fold(text: str) -> str:
    """Text for comparison: case-folded words and nothing else."""
    text = unicodedata.normalize("NFC", text).replace("\xad", "").casefold()
    return " ".join(WORD.findall(text))


def name_of(heading: str) -> str:
    """The words of a heading, those that mean the same said in one way."""
    words = fold(heading)
    for pattern, name in SAME:
        words = pattern.sub(name, words)
    return words


@lru_cache(maxsize=4096)
def place(heading: str) -> Place | None:
    """Where a heading belongs, the longest known name first; None for one that fits none."""
    if len(heading) > LONGEST_HEADING:
        return None
    bare = NUMBER.sub("", heading, count=1) if NUMBER.match(heading) else heading
    if both := _of_both_parts(heading):
        return both
    if found := NAMES.get(name_of(HYPHEN.sub("", bare))):
        return Place(*found, certainty=Certainty.WHOLE)
    words = name_of(bare).split()
    for count in range(min(len(words), MOST_WORDS), 0, -1):
        if found := NAMES.get(" ".join(words[:count])):
            whole = Certainty.WHOLE if count == len(words) else Certainty.BEGINNING
            return Place(*found, certainty=whole)
    return None if title_language(heading) else _by_keyword(fold(bare))


def _of_both_parts(heading: str) -> Place | None:
    """A heading of two known names: "Rekisterin nimi ja tietosisältö", "... / ..."."""
    parts = [name_of(NUMBER.sub("", part, count=1)) for part in BOTH.split(heading)]
    names = [NAMES[part] for part in parts if part in NAMES]
    if len(parts) < 2 or len(names) < len(parts):
        return None
    return Place(*names[0], certainty=Certainty.WHOLE)


@lru_cache(maxsize=4096)
def place_of_whole(heading: str) -> Place | None:
    """Where a heading belongs whose every word is known."""
    found = place(heading)
    return found if found and found.certainty == Certainty.WHOLE else None


def title_language(line: str) -> Language | None:
    """The language of a line that names the whole document; None where it does not."""
    if len(line) > LONGEST_TITLE or line.endswith((".", ":")):
        return None
    words = fold(line)
    return next((language for language, name in TITLES.items() if name.search(words)), None)


def is_inner(heading: str) -> bool:
    """Whether a heading is known to stand inside the text about cookies."""
    return fold(heading) in INNER


def _by_keyword(words: str) -> Place | None:
    """The subject of a heading by its keywords; where it names two, the first one."""
    parts = AND.split(words, maxsplit=1)
    for part in dict.fromkeys([parts[0], words]):
        for language, keywords in KEYWORDS.items():
            for key, keyword in keywords:
                if keyword.search(part):
                    return Place(key, frozenset({language}), Certainty.KEYWORD)
    return None


@lru_cache(maxsize=4096)
def themes_of(heading: str) -> frozenset[SectionKey]:
    """What a heading names besides its own subject: "tietosisältö ja tietolähteet"."""
    words = fold(heading[:LONGEST_HEADING])
    if not AND.search(words):
        return frozenset()
    return frozenset(
        key
        for part in AND.split(words)
        if (found := NAMES.get(name_of(part)) or _keyword_of(part)) and (key := found[0]) in THEMES
    )


def _keyword_of(part: str) -> tuple[SectionKey, frozenset[Language]] | None:
    found = _by_keyword(part)
    return (found.key, found.languages) if found else None


AND = re.compile(r" (?:ja|sekä|och|samt|and) ")
THEMES = frozenset(
    {
        SectionKey.PURPOSE,
        SectionKey.DATA_CONTENT,
        SectionKey.SOURCES,
        SectionKey.RECIPIENTS,
        SectionKey.DISCLOSURES,
        SectionKey.TRANSFERS,
        SectionKey.RETENTION,
        SectionKey.COOKIES,
        SectionKey.PROFILING,
    }
)

TITLES = {
    Language.FINNISH: re.compile(
        r"\b(?:(?:rekisteri ja )?tietosuojaseloste|tietosuojailmoitus|rekisteriseloste"
        r"|tietosuojakäytän(?:tö|nöt|ne)|tietosuojalauseke|tietosuojainformaatio|tietosuojatiedote"
        r"|tietosuojakuvaus|rekisterikuvaus|seloste henkilötietojen käsittelystä"
        r"|henkilötietojen käsittelyseloste|informointiasiakirja)\b"
        r"|^tietosuoja (?:ja )?evästeet$|^evästeet ja tietosuoja$"
        r"|\bgdpr seloste\b|^henkilötietojen käsittely(?: \w{2,30}){0,3}(?:ssa|ssä|lla|llä)$"
        r"|^tietosuoja(?: \w{2,30}(?:ssa|ssä|lla|llä))?$"
    ),
    Language.SWEDISH: re.compile(
        r"\b(?:dataskydds|register|integritets|sekretess)(?:beskrivning|meddelande|policy)\b"
        r"|\b(?:dataskydds|integritets)(?:information|förklaring|redogörelse)\b"
        r"|\bkundregisterbeskrivning\b|^dataskydd$"
    ),
    Language.ENGLISH: re.compile(
        r"\b(?:privacy|data protection) (?:notice|policy|statement|description)\b"
        r"|\bgdpr (?:notice|policy|statement)\b"
        r"|\bdescription of (?:the )?(?:data )?file\b|^privacy$|^data protection$"
    ),
}

INNER = frozenset({"sinun oikeutesi", "google analytics", "dina rättigheter", "your rights"})

FINNISH = {
    SectionKey.DRAWN_UP: """
        laatimispäivä / laatimispäivämäärä / laadittu / selosteen laatimispäivä / päivitetty
        viimeksi päivitetty / päivämäärä / laatimispäivä ja päivitykset / selosteen päiväys
        päiväys / selosteen päivämäärä / päivitetty viimeksi / viimeksi muutettu
        viimeisin päivitys
        laatimis tai muutosajankohta
        viimeisin muutos / laadittu ja päivitetty / seloste päivitetty / seloste laadittu
        laatimispvm / tietosuojaseloste päivitetty / tietosuojaseloste laadittu
    """,
    SectionKey.CONTROLLER: """
        rekisterinpitäjä / rekisterin pitäjä / rekisterinpitäjän yhteystiedot
        rekisterinpitäjä ja yhteystiedot / rekisterinpitäjän nimi ja yhteystiedot
        rekisterinpitäjä ja yhteyshenkilö / rekisterinpitäjä ja sen yhteystiedot
        henkilötietojen rekisterinpitäjä / kuka vastaa henkilötiedoistasi / kuka on rekisterinpitäjä
        yhdistyksen nimi ja yhteystiedot / yrityksen nimi ja yhteystiedot
        rekisterinpitäjän nimi ja osoite
        rekisterinpitäjän tiedot / rekisterin ylläpitäjä / kuka olemme / keitä olemme
        keitä me olemme
        rekisterinpitäjä y tunnus ja yhteystiedot / yrityksen tiedot / yrityksen yhteystiedot
    """,
    SectionKey.CONTACT: """
        yhteyshenkilö rekisteriä koskevissa asioissa / yhteyshenkilö / yhteyshenkilöt
        rekisteristä vastaava yhteyshenkilö / rekisteriasioista vastaava henkilö
        rekisteristä vastaava henkilö / rekisterinpitäjän yhteyshenkilö / rekisterin yhteyshenkilö
        yhteyshenkilö tietosuoja asioissa / yhteyshenkilön yhteystiedot / tietosuojavastaava
        tietosuojavastaavan yhteystiedot / rekisteriasioita hoitava henkilö
        rekisterin vastuuhenkilö / rekisteriasioista vastaava / rekisteriasioiden yhteyshenkilö
        tietosuoja asioiden yhteyshenkilö / yhteyshenkilö ja yhteystiedot / tietosuojayhteyshenkilö
        rekisteriasioista vastaavat henkilöt / yhteyshenkilö tietosuoja asioissa
        yhteyshenkilö henkilötietojen käsittelyä koskevissa asioissa / yhteystietomme
        yhteystietosi
        yhteyshenkilöt rekisteriasioissa / yhteyshenkilö rekisteriasioissa
        tietosuojasta vastaava henkilö / tietosuojavastaava tai yhteyshenkilö / tietosuojavastaavat
        rekisteriä koskevat yhteydenotot / lisätietoja / lisätiedot / lisätietojen antaja
    """,
    SectionKey.REGISTER_NAME: """
        rekisterin nimi / rekisterien nimet / henkilörekisterin nimi / rekisteri
    """,
    SectionKey.PURPOSE: """
        oikeusperuste ja henkilötietojen käsittelyn tarkoitus
        oikeusperuste ja henkilötietojen käsittelyn tarkoitus onko tietojen antaminen \
        lakisääteinen tai sopimukseen perustuva vaatimus
        henkilötietojen käsittelyn tarkoitus / henkilötietojen käsittelyn tarkoitukset
        henkilötietojen käsittelyn tarkoitus ja oikeusperuste / käsittelyn tarkoitus
        henkilötietojen käsittelyn oikeusperuste ja tarkoitus / rekisterin käyttötarkoitus
        henkilötietojen käsittelyn tarkoitus ja käsittelyn oikeusperuste / rekisterin tarkoitus
        käsittelyn tarkoitus ja oikeusperuste / käsittelyn oikeusperuste / käsittelyn peruste
        henkilötietojen käsittelyn peruste / henkilötietojen käsittelyn perusteet
        henkilötietojen käyttötarkoitus / henkilötietojen käyttötarkoitukset / käyttötarkoitus
        mihin käytämme henkilötietoja / miksi keräämme tietoja / oikeusperuste
        käsittelyn tarkoitukset / käsittelyn perusteet
        käsittelyn oikeusperusteet / tietojen käyttötarkoitus / tietojen käyttötarkoitukset
        mihin tietoja käytetään / mihin käytämme tietoja / mihin käytämme tietojasi
        tietojen käsittelyn tarkoitus / tietojen käsittelyn peruste / käyttötarkoitukset
        käsittelyn tarkoitukset ja oikeusperusteet / rekisterin pitämisen peruste ja tarkoitus
        tietojen keräämisen tarkoitus / tietojen keräämisen peruste
        tietojen keräämisen ja käsittelyn peruste / henkilötietojen käsittelyn oikeusperuste
        henkilötietojen käsittelyn tarkoitukset ja oikeusperusteet / tietojen käyttö
        rekisterin pitämisen tarkoitus / rekisterin pitämisen peruste
    """,
    SectionKey.LEGITIMATE_INTEREST: """
        oikeutetun edun peruste / oikeutettu etu / rekisterinpitäjän oikeutettu etu
        oikeutetut edut
    """,
    SectionKey.DATA_CATEGORIES: """
        kyseessä olevat henkilötietoryhmät / henkilötietoryhmät / rekisteröityjen ryhmät
        käsiteltävät henkilötietoryhmät / rekisteröityjen ryhmät ja henkilötietoryhmät
        henkilötietojen ryhmät / tietoryhmät
    """,
    SectionKey.RECIPIENTS: """
        vastaanottajat ja vastaanottajaryhmät / vastaanottajat / vastaanottajaryhmät
        henkilötietojen vastaanottajat / henkilötietojen vastaanottajat ja vastaanottajaryhmät
        tietojen vastaanottajat / henkilötietojen käsittelijät / käsittelijät
        tietojen käsittelijät / alihankkijat
    """,
    SectionKey.CONSENT: """
        suostumus / suostumuksen peruuttaminen / suostumukset / oikeus peruuttaa suostumus
    """,
    SectionKey.DATA_CONTENT: """
        rekisterin tietosisältö / tietosisältö / rekisterin tiedot / käsiteltävät henkilötiedot
        rekisterin sisältämät tiedot / rekisteriin tallennettavat tiedot / kerättävät tiedot
        rekisterissä käsiteltävät henkilötiedot / käsiteltävät tiedot / kerättävät henkilötiedot
        mitä tietoja keräämme / mitä henkilötietoja keräämme / mitä tietoja käsittelemme
        mitä henkilötietoja käsittelemme / käsiteltävien henkilötietojen sisältö
        henkilörekisterin tietosisältö / rekisterin tietosisältö ja tietoryhmät / henkilötiedot
        millaisia tietoja keräämme / millaisia tietoja käsittelemme / rekisterin sisältö
        tallennettavat tiedot / tallennettavat henkilötiedot / mitä tietoja tallennamme
        rekisteriin kerättävät tiedot / mitä henkilötietoja rekisteri sisältää
    """,
    SectionKey.SOURCES: """
        säännönmukaiset tietolähteet / tietolähteet / henkilötietojen lähteet / tietojen lähteet
        rekisterin säännönmukaiset tietolähteet / henkilötietojen tietolähteet / tietojen lähde
        tiedonlähteet / tietolähde / tietojen alkuperä / mistä tiedot saadaan
        henkilötietojen lähde
        mistä saamme tiedot / mistä tiedot tulevat / miten keräämme tietoja / miten keräämme tiedot
        mistä saamme tietoja / mistä tiedot kerätään / mistä keräämme tietoja
    """,
    SectionKey.RETENTION: """
        henkilötietojen säilyttämisaika / henkilötietojen säilytysaika / säilytysaika / säilytysajat
        tietojen säilytysaika / tietojen säilyttämisaika / henkilötietojen säilyttäminen
        henkilötietojen säilytysajat / tietojen säilyttäminen / tietojen säilytys
        henkilötietojen säilytys / henkilötietojen säilytysaika ja poistaminen
        kuinka kauan säilytämme tietoja / kuinka kauan tietoja säilytetään / tietojen poistaminen
        kuinka kauan säilytämme henkilötietoja / säilytysaika ja poistaminen / säilyttäminen
        henkilötietojen säilyttämisen kesto
        henkilörekisterin sisältämien henkilötietojen säilytysaika
        tietojen säilytysajat / säilytysajat ja perusteet / tietojen säilytys ja poistaminen
        tietojen säilyttämisaika ja poistaminen / tietojen säilytysajat ja niiden perusteet
        tietojen säilyttäminen ja poistaminen / säilytys / tietojen hävittäminen
    """,
    SectionKey.DISCLOSURES: """
        tietojen säännönmukaiset luovutukset / säännönmukaiset luovutukset / tietojen luovutukset
        säännönmukaiset tietojen luovutukset / tietojen luovuttaminen / henkilötietojen luovutukset
        henkilötietojen luovuttaminen / henkilötietojen säännönmukaiset luovutukset
        säännönmukaiset tietojenluovutukset / kenelle luovutamme tietoja
        tietojen säännönmukaiset luovutukset ja tietojen siirto eu n tai eta n ulkopuolelle
        tietojen luovutus / henkilötietojen luovutus / luovutukset / kenelle tietoja luovutetaan
        luovutetaanko tietoja muille / säännönmukaiset tietojen luovutukset ja tietojen siirto
        tietojen säännönmukaiset luovuttamiset / säännönmukainen tietojen luovutus
        kenelle jaamme tietoja / kenen kanssa jaamme tietoja / tietojen jakaminen
        kenelle tietoja annetaan / kenelle annamme tietoja
        kenelle tietoja voidaan luovuttaa / tietojen luovutukset ja siirrot
        kuka muu näkee tietoja / kuka saa tietoja / ketkä saavat tietoja / ketkä näkevät tietoja
    """,
    SectionKey.TRANSFERS: """
        tietojen siirto eu n tai eta n ulkopuolelle / tietojen siirto eu n ja eta n ulkopuolelle
        tietojen siirto eu n tai euroopan talousalueen ulkopuolelle
        tietojen siirtäminen eu n tai eta n ulkopuolelle / tietojen siirto kolmansiin maihin
        henkilötietojen siirto eu n tai eta n ulkopuolelle
        tietojen siirrot eu n tai eta n ulkopuolelle
        henkilötietojen siirto kolmansiin maihin / henkilötietojen siirto eu n ulkopuolelle
        siirto eu n ulkopuolelle / tietojen siirto / siirrot kolmansiin maihin / siirrot
        kansainväliset siirrot
        siirto kolmansiin maihin / siirretäänkö tietoja eu n ulkopuolelle / tietojen siirrot
        tietojen siirto eu n ulkopuolelle / henkilötietojen siirtäminen eu n tai eta n ulkopuolelle
        siirrot eu n tai eta n ulkopuolelle / siirto eu n tai eta n ulkopuolelle
        tietojen siirto eta n ulkopuolelle / siirrot eu n ulkopuolelle / minne lähetämme tietoja
        mihin lähetämme tietoja
        siirto kolmansiin maihin tai kansainvälisille järjestöille
        tietojen siirrot eu n ulkopuolelle
    """,
    SectionKey.SECURITY_MANUAL: """
        rekisterin suojauksen periaatteet a manuaalinen aineisto / manuaalinen aineisto
        rekisterin suojauksen periaatteet manuaalinen aineisto / manuaalisen aineiston suojaus
        a manuaalinen aineisto / paperiaineisto / manuaaliset aineistot / suojaus paperiaineisto
    """,
    SectionKey.SECURITY_ELECTRONIC: """
        rekisterin suojauksen periaatteet b sähköinen aineisto / sähköinen aineisto
        rekisterin suojauksen periaatteet b atk lla käsiteltävät toiminnot / sähköiset aineistot
        rekisterin suojauksen periaatteet sähköinen aineisto / b sähköinen aineisto
        atk lla käsiteltävät toiminnot / atk lla käsiteltävät tiedot / b atk lla käsiteltävät tiedot
        rekisterin suojauksen periaatteet b atk lla käsiteltävät tiedot / rekisterin suojaus
        rekisterin suojauksen periaatteet / rekisterin suojaamisen periaatteet / tietoturva
        rekisterin suojaus ja tietoturva / tietojen suojaus / henkilötietojen suojaus
        tietojen suojaamisen periaatteet / tietojen suojauksen periaatteet
        henkilötietojen suojaaminen / sähköisesti käsiteltävät tiedot / tietojen suojaaminen
        atk aineisto / suojauksen periaatteet / rekisterin suojaaminen / miten suojaamme tietoja
        tietoturvallisuus
        suojaus / suojaaminen / tietojen suojaus / tietojen suojaaminen
        miten suojaamme tietosi / miten suojaamme henkilötietoja / suojaus sähköinen aineisto
    """,
    SectionKey.COOKIES: """
        evästeet / evästeiden käyttö / evästeet ja seuranta / evästekäytäntö / cookies
        evästeet ja analytiikka / verkkosivujen evästeet / evästeet cookies / käytämmekö evästeitä
        evästeiden cookies käyttö / evästeiden käyttäminen / miten käytämme evästeitä
        evästekäytännöt / evästeseloste / evästeet ja niiden käyttö / evästepolitiikka
        evästeilmoitus / evästeistä
    """,
    SectionKey.PROFILING: """
        automaattinen käsittely ja profilointi / automaattinen päätöksenteko ja profilointi
        profilointi / automaattinen päätöksenteko / automatisoitu päätöksenteko
        mahdollisen automaattisen päätöksenteon olemassaolo
        profilointi ja automaattinen päätöksenteko
        automatisoitu päätöksenteko ja profilointi / automaattiset päätökset ja profilointi
    """,
    SectionKey.ACCESS: """
        tarkastusoikeus / tarkastusoikeus eli oikeus saada pääsy henkilötietoihin / tarkistusoikeus
        oikeus saada pääsy henkilötietoihin / oikeus saada pääsy tietoihin / oikeus tarkastaa tiedot
        rekisteröidyn tarkastusoikeus / oikeus tarkastaa tietonsa
        tarkastusoikeus ja oikeus vaatia tiedon korjaamista / oikeus tarkistaa tiedot
        oikeus tarkastaa omat tiedot / oikeus saada pääsy omiin tietoihin
        omien tietojen tarkastaminen
        rekisteritietojen tarkastus
        oikeus tutustua tietoihin / oikeus pyytää pääsy henkilötietoihin / tarkastuspyyntö
    """,
    SectionKey.PORTABILITY: """
        oikeus siirtää tiedot järjestelmästä toiseen / siirto oikeus / oikeus siirtää tiedot
        tietojen siirrettävyys / oikeus tietojen siirrettävyyteen / oikeus tietojen siirtämiseen
        oikeus siirtää tietoja järjestelmästä toiseen
    """,
    SectionKey.RECTIFICATION: """
        oikeus vaatia tiedon korjaamista / oikeus tietojen oikaisemiseen / tiedon korjaaminen
        oikeus oikaista tietoja / oikaisuoikeus / oikeus vaatia tietojen korjaamista
        korjausoikeus / oikeus oikaista tiedot / oikeus tiedon oikaisemiseen / tiedon oikaiseminen
        tietojen oikaisu / oikeus oikaisuun / oikeus tietojen oikaisuun / tietojen oikaiseminen
        oikeus korjata tietoja
        oikeus tiedon korjaamiseen / tietojen korjaaminen / oikeus tietojen korjaamiseen
    """,
    SectionKey.RESTRICTION: """
        rajoittamisoikeus / oikeus käsittelyn rajoittamiseen / käsittelyn rajoittaminen
        oikeus rajoittaa käsittelyä / oikeus rajoittaa tietojen käsittelyä
    """,
    SectionKey.OBJECTION: """
        vastustamisoikeus / oikeus vastustaa käsittelyä / käsittelyn vastustaminen
        oikeus vastustaa henkilötietojen käsittelyä / oikeus vastustaa
        oikeus vastustaa tietojen käsittelyä
    """,
    SectionKey.COMPLAINT: """
        oikeus tehdä valitus valvontaviranomaiselle / oikeus tehdä valitus / valitusoikeus
        oikeus tehdä kantelu valvontaviranomaiselle / oikeus valittaa valvontaviranomaiselle
        valvontaviranomainen / valitus / valitus valvontaviranomaiselle / valituksen tekeminen
        oikeus tehdä valitus tietosuojavaltuutetulle / oikeus valittaa / kantelu
    """,
    SectionKey.OTHER_RIGHTS: """
        muut henkilötietojen käsittelyyn liittyvät oikeudet / muut oikeudet / rekisteröidyn oikeudet
        muut henkilötietojen käsittelyyn liittyvät rekisteröidyn oikeudet / kielto oikeus
        muut rekisteröidyn oikeudet / sinun oikeutesi / oikeutesi / kieltooikeus
        oikeus poistoon / oikeus saada tiedot poistetuksi / oikeus saada tiedot poistettua
        mitä oikeuksia sinulla on omiin tietoihisi / oikeutesi rekisteröitynä
        oikeudet / mitä oikeuksia sinulla on / asiakkaan oikeudet / jäsenen oikeudet
        oikeuksiesi käyttäminen
        rekisteröidyn oikeudet ja niiden käyttäminen / mitkä ovat oikeutesi / oikeus poistaa tiedot
        oikeus tulla unohdetuksi / oikeus tietojen poistamiseen / poisto oikeus
    """,
}

SWEDISH = {
    SectionKey.DRAWN_UP: """
        datum för upprättande / upprättad / upprättat / uppdaterad / datum / senast uppdaterad
        senaste ändring / senast ändrad / datum för beskrivningen
        datum när beskrivningen upprättades / upprättandedatum / uppgjord / uppgjort
    """,
    SectionKey.CONTROLLER: """
        personuppgiftsansvarig / registeransvarig / den personuppgiftsansvarige / registerförare
        registerhållare / den registeransvariga / personuppgiftsansvarigs kontaktuppgifter
        den personuppgiftsansvariga / registrator / vem är personuppgiftsansvarig
        personuppgiftsansvarig och kontaktuppgifter / vilka vi är / vem vi är / vilka är vi
    """,
    SectionKey.CONTACT: """
        kontaktperson / kontaktperson i ärenden som gäller registret / dataskyddsombud
        kontaktperson i registerärenden / kontaktperson för registret / registrets kontaktperson
        kontaktperson i frågor som gäller registret / kontaktuppgifter i ärenden angående registret
        kontaktperson i dataskyddsärenden / registrets kontaktpersoner / kontakta oss
    """,
    SectionKey.REGISTER_NAME: "registrets namn / namn på registret / namnet på registret",
    SectionKey.PURPOSE: """
        ändamålet med behandlingen av personuppgifter / ändamål / behandlingens ändamål
        syftet med behandlingen av personuppgifter / syfte / registrets användningsändamål
        rättslig grund och ändamål / rättslig grund / ändamål och rättslig grund
        ändamålet med och den rättsliga grunden för behandlingen / registrets ändamål
        rättslig grund för och syfte med behandlingen av personuppgifter
        ändamål med behandlingen / varför vi behandlar personuppgifter
        varför behandlar vi uppgifter
        ändamål med och rättslig grund för behandling av personuppgifter / användningsändamål
        ändamålet med och den rättsliga grunden för behandlingen av personuppgifter
        behandlingens syfte / grunden för behandlingen / rättsliga grunder för behandlingen
        varför vi använder uppgifterna / syftet med behandlingen
        ändamålen med behandlingen och rättsliga grunder
    """,
    SectionKey.LEGITIMATE_INTEREST: "berättigat intresse / berättigade intressen",
    SectionKey.DATA_CATEGORIES: """
        kategorier av personuppgifter / kategorier av registrerade / personuppgiftskategorier
        kategorier av registrerade och personuppgifter
    """,
    SectionKey.RECIPIENTS: """
        personuppgiftsbiträden
        mottagare / mottagare av personuppgifter / mottagare och mottagargrupper
        mottagare och kategorier av mottagare / kategorier av mottagare
        vem får uppgifter / vilka får uppgifter / vem ser uppgifter
    """,
    SectionKey.CONSENT: "samtycke",
    SectionKey.DATA_CONTENT: """
        registrets datainnehåll / registrets informationsinnehåll / uppgifter i registret
        registrets innehåll / personuppgifter som behandlas / vilka uppgifter vi samlar in
        uppgifter som behandlas / datainnehåll / uppgifter som registreras / personuppgifter
        registrets uppgiftsinnehåll / vilka uppgifter samlar vi in
        vilka personuppgifter vi samlar in och varför / vilka personuppgifter vi samlar in
        vilka personuppgifter behandlar vi
        personuppgifter som samlas in / uppgifter vi samlar in / uppgifterna i registret
    """,
    SectionKey.SOURCES: """
        regelmässiga informationskällor / informationskällor / källor / uppgiftskällor
        uppgifternas källa / källor till uppgifterna / var får vi uppgifterna
        uppgiftskällor som i regel används
        varifrån får vi uppgifterna / regelmässiga uppgiftskällor / varifrån uppgifterna kommer
        personuppgifternas källor
    """,
    SectionKey.RETENTION: """
        lagringstid / lagringstid för personuppgifter / förvaringstid / bevaringstid
        förvaringstid för personuppgifter / hur länge uppgifterna sparas
        hur länge sparar vi uppgifter / hur länge vi behåller uppgifter
        hur länge vi behåller dina data / hur länge vi sparar uppgifter
        lagringstider / hur länge bevaras uppgifterna / förvaringstider / lagring av uppgifter
        lagring av personuppgifter / förvaring av personuppgifter
    """,
    SectionKey.DISCLOSURES: """
        regelmässigt utlämnande av uppgifter / utlämnande av uppgifter / regelmässiga utlämnanden
        utlämnande av personuppgifter / regelmässiga utlämnanden av uppgifter
        regelmässig utlämning av uppgifter / överlåtelse av uppgifter
        vilka vi delar dina data med / vem delar vi uppgifter med / vilka vi delar uppgifter med
        till vem lämnas uppgifter ut / till vem lämnar vi ut uppgifter
        vem lämnas uppgifter ut till
    """,
    SectionKey.TRANSFERS: """
        överföring av uppgifter utanför eu eller ees / överföring till tredjeländer
        överföring av uppgifter till länder utanför eu eller ees / överföring till tredje land
        överföring av personuppgifter till tredjeländer / överföring utanför eu eller ees
        överföring av personuppgifter utanför eu eller ees
        översändning av uppgifter utanför eu eller ees
        överföring av uppgifter utanför eu / överföring av personuppgifter
        internationella överföringar
        översändning av uppgifter utanför eu / överförs uppgifter utanför eu
    """,
    SectionKey.SECURITY_MANUAL: """
        principer för skydd av registret a manuellt material / manuellt material
        a manuellt material / skydd av manuellt material / skydd pappersmaterial
    """,
    SectionKey.SECURITY_ELECTRONIC: """
        principer för skydd av registret b elektroniskt material / elektroniskt material
        b elektroniskt material / principer för skydd av registret / skydd av registret
        principerna för skyddet av registret / datasäkerhet / skydd av personuppgifter
        principer för skyddet av registret / registrets skyddsprinciper / skyddsprinciper
        hur skyddar vi uppgifterna / informationssäkerhet / skydd elektroniskt material
    """,
    SectionKey.COOKIES: """
        cookies / kakor / använder vi cookies / användning av kakor / användning av cookies
        webbkakor
    """,
    SectionKey.PROFILING: """
        automatiserat beslutsfattande och profilering / profilering / automatiserat beslutsfattande
        automatiserade beslut och profilering / automatisk behandling och profilering
    """,
    SectionKey.ACCESS: """
        rätt till insyn / rätt att få tillgång till uppgifter / rätt till tillgång / insynsrätt
        rätt att kontrollera uppgifter / kontrollrätt / den registrerades rätt till insyn
        rätt till tillgång till uppgifter / insynsrätt / kontrollrätt och rätt att kräva rättelse
        granskningsrätt / rätt att granska uppgifter / rätt att få insyn
    """,
    SectionKey.PORTABILITY: """
        rätt till dataportabilitet / rätt att överföra uppgifter / dataportabilitet
        rätt att överföra uppgifter från ett system till ett annat
    """,
    SectionKey.RECTIFICATION: """
        rätt till rättelse / rätt att kräva rättelse / rätt att yrka på rättelse
        rättelse av uppgifter
        rätt att kräva rättelse av uppgifter
    """,
    SectionKey.RESTRICTION: "rätt till begränsning / rätt till begränsning av behandling",
    SectionKey.OBJECTION: """
        rätt att göra invändningar / rätt att invända / invändningsrätt
        rätt att motsätta sig behandling
    """,
    SectionKey.COMPLAINT: """
        rätt att lämna in klagomål / rätt att klaga / tillsynsmyndighet / klagomål
        rätt att lämna in klagomål till tillsynsmyndigheten / rätt att besvära sig
        rätt att anföra klagomål hos tillsynsmyndigheten
    """,
    SectionKey.OTHER_RIGHTS: """
        övriga rättigheter / andra rättigheter / den registrerades rättigheter / dina rättigheter
        övriga rättigheter i samband med behandlingen av personuppgifter
        andra rättigheter som gäller behandlingen av personuppgifter / förbudsrätt
        dina rättigheter / rättigheter / vilka rättigheter har du / kundens rättigheter
        vilka rättigheter du har / vilka rättigheter du har över dina data
        rätt till radering / rätt att bli glömd / rätt att bli bortglömd
    """,
}

ENGLISH = {
    SectionKey.DRAWN_UP: """
        date / drawn up on / date of preparation / drawn up / updated / last updated / date drawn up
        effective date / date of the notice / last modified / issued / last revised / last update
    """,
    SectionKey.CONTROLLER: """
        controller / data controller / the controller / the data controller / who we are
        who are we / who is responsible for your data / about us / register controller / registrar
        data controller and contact details / who is the controller / register keeper
        controller and contact details / name and contact details of the controller
    """,
    SectionKey.CONTACT: """
        contact person / contact person for the register / contact person in register matters
        contact / contact us / data protection officer / contact for register matters
        contact person in matters concerning the register / contact person for data protection
        how to contact us / who can i contact about my data / contact details / questions
        contact person for matters concerning the register
        contact person responsible for the register
        contact for data protection matters / who can you contact / how can you contact us
        contact information / your contact information / how to reach us
    """,
    SectionKey.REGISTER_NAME: """
        name of the register / register name / name of register / name of the data file
        name of the filing system
    """,
    SectionKey.PURPOSE: """
        purpose of processing / purposes of processing / purpose of the processing of personal data
        purposes and legal basis of processing / legal basis and purpose of processing
        purpose and legal basis / legal basis / purpose of the register / purposes and legal basis
        purpose and legal basis of processing / purpose / purposes / legal basis for processing
        purpose and legal basis for processing personal data / why we process your data
        purpose and legal basis for processing / purposes of the processing / how we use your data
        why do we process your data / why do we collect your data / how do we use your data
        legal basis and purpose of the processing of personal data / grounds for processing
        legal basis and purpose of the processing of personal data whether the provision of \
        the data is a legal or contractual requirement / purpose of use
        what do we use your data for
        how we use your information / how do we use your information
        purpose of processing personal data
        purpose of collecting personal data and legal basis for processing / legal grounds
    """,
    SectionKey.LEGITIMATE_INTEREST: """
        legitimate interest / legitimate interests / basis of legitimate interest
    """,
    SectionKey.DATA_CATEGORIES: """
        categories of personal data / categories of data / categories of data subjects
        categories of data subjects and personal data / personal data categories
        the categories of personal data concerned
    """,
    SectionKey.RECIPIENTS: """
        processors / data processors
        recipients / recipients of personal data / recipients and categories of recipients
        recipients of the data / who receives your data / categories of recipients
        recipients and groups of recipients / data recipients and recipient groups / data recipients
    """,
    SectionKey.CONSENT: "consent / withdrawal of consent",
    SectionKey.DATA_CONTENT: """
        data in the register / data content of the register / personal data we collect
        data content
        personal data processed / data we collect / what data we collect / content of the register
        what personal data we collect / information we collect / personal data we process
        data contained in the register / data stored in the register / contents of the register
        what information we collect / the data we collect / data we hold / what data do we collect
        what information do we collect / what personal data do we collect
        what personal data we collect and why we collect it
        personal data stored in the register
        data content of the register / content of the register / personal data collected
        personal data
    """,
    SectionKey.SOURCES: """
        regular sources of data / sources of data / sources of personal data / data sources
        sources
        where the data come from / regular data sources / regular sources of information
        where we get the data / sources of information / where do we get the data / source of data
        where do we get your data / regular sources of informations / how do we collect your data
        how we collect your data / where do data come from
    """,
    SectionKey.RETENTION: """
        retention / retention period / retention of data / retention of personal data
        data retention
        storage period / how long the data are kept / how long we keep your data / retention periods
        retention period of personal data / how long we keep the data
        how long we keep personal data / how long do we keep your data / data retention period
        how long do we store your data / how long is data kept / how long do we keep the data
        storage of data / how long do we keep personal data / storage of personal data
        how long we retain your data / how long we store your data / data retention
        how long we keep your data
    """,
    SectionKey.DISCLOSURES: """
        disclosures / regular disclosures / disclosure of data / disclosure of personal data
        regular disclosures of data / disclosures of personal data / regular disclosure of data
        sharing of personal data / who we share your data with / who do we share your data with
        data sharing / do we share your data / sharing your information / disclosure of your data
        disclosure to third parties / with whom do we share your data
        who else sees it / who else sees data / who sees data / who gets data / who receives data
        regular disclosures and transfers
    """,
    SectionKey.TRANSFERS: """
        transfers outside the eu and the eea / transfers outside the eu or the eea
        transfer of data outside the eu or eea / international transfers / international transfer
        transfers outside the eu / transfer of data outside the eu or the eea
        transfers outside the eea / transfers to third countries
        transfer outside the eu or the eea
        transfers outside the eu or eea / transfer of data outside the eu / transfers
        do we transfer data outside the eu / transfer of personal data outside the eu or the eea
        transfer of data outside the eu and eea / transfer of personal data outside the eu eea
        where your data is sent / where we send your data / transfers outside the eu eea
    """,
    SectionKey.SECURITY_MANUAL: """
        principles of protection a manual material / manual material / paper documents
        manual data / protection of paper documents
        principles of register protection a manual material
    """,
    SectionKey.SECURITY_ELECTRONIC: """
        principles of protection b electronic material / electronic material / security
        electronic data / data security / protection of the register / information security
        principles of register protection / security of processing / how we protect your data
        principles of register protection b electronic material / principles of protection
        how do we protect your data / protection of data / electronic documents
    """,
    SectionKey.COOKIES: """
        cookies / use of cookies / cookies and analytics / cookie policy / do we use cookies
        how do we use cookies / how we use cookies / cookie notice
    """,
    SectionKey.PROFILING: """
        automated decision making and profiling / profiling / automated decision making
        automated decisions and profiling / automated processing and profiling / automated decisions
        automated individual decision making / do we make automated decisions
        automatic processing and profiling
    """,
    SectionKey.ACCESS: """
        right of access / right to access / right of inspection / right to inspect / access to data
        right of access to personal data / right to access data
        right of inspection i e right of access to personal data
        right to review data / your right of access
    """,
    SectionKey.PORTABILITY: """
        right to data portability / data portability / right to portability
        right to transfer data from one system to another / right to transfer your data
    """,
    SectionKey.RECTIFICATION: """
        right to rectification / right to correction / rectification / right to correct data
        right to have data corrected / right to demand correction
        right to demand correction of data
        right to request correction of data / correction of data
    """,
    SectionKey.RESTRICTION: """
        right to restriction of processing / right to restriction / restriction of processing
        right to restrict processing / right of restriction
    """,
    SectionKey.OBJECTION: "right to object / objection / right of objection",
    SectionKey.COMPLAINT: """
        right to complain / right to lodge a complaint / supervisory authority / complaints
        right to complain to the supervisory authority / right to make a complaint
        right to lodge a complaint with a supervisory authority / complaint
        right to lodge a complaint with the supervisory authority
    """,
    SectionKey.OTHER_RIGHTS: """
        other rights / your rights / rights of the data subject / data subject rights
        other rights related to the processing of personal data / right to erasure
        right to be forgotten / your other rights / rights of data subjects / what are your rights
        what rights do you have / customer rights / what rights you have over your data
        what rights you have / your rights over your data
        other rights relating to the processing of personal data
        your data protection rights / rights
    """,
}


def _keywords(table: str) -> list[tuple[SectionKey, re.Pattern[str]]]:
    """One key a line, the most telling first: "luovutusten vastaanottajat" are recipients."""
    rows = (row.split(maxsplit=1) for row in table.strip().splitlines())
    return [(SectionKey(key), re.compile(pattern)) for key, pattern in rows]


# For headings that no list foresees; only a line that is surely a heading is looked up here.
KEYWORDS = {
    Language.FINNISH: _keywords(
        r"""
        retention            ^kauanko|kuinka kauan|miten kauan
        data_categories      ^(?:keitä|ketkä|ketä|kenen).{0,20} rekisterö|^kenen tieto
        recipients           ^kuka saa|^ketkä|^kenen kanssa|^kuka tieto|^kuka näkee
        recipients           ^kenellä .{0,20}pääsy
        controller           ^ketä me|^keitä|^kuka (?:on|vastaa|käsittelee|kerää|toimii)|^kuka me
        drawn_up             ^milloin .{0,20}(?:laadit|kirjoit|päivit)
        drawn_up             ^laadit|^laatim|^päivit|päivämäär|viimeisin (?:muutos|päivit)|^päiväys
        complaint            valitu|valitta|kantelu|valvontaviranomai
        contact              yhteyshenkil|tietosuojavasta|vastuuhenkil|hoitava henkil
        contact              rekisteri\w{0,9} (?:vastaava|hoitava)
        legitimate_interest  oikeute\w{1,5} etu|oikeute\w{1,5} edu
        controller           rekisterinpitäj|rekisterin pitäj|^kuka vastaa
        register_name        rekisteri\w{0,3} nim
        portability          siirto.?oike|järjestelmästä toiseen|siirrettävyy|oikeus siirtää
        transfers            ulkopuolel|kolman\w{1,6} mai|siirto eu|kansainväli|siirretään
        transfers            tietojen siir
        data_categories      tietoryhm|rekisteröityjen ryhm|rekisteröidyt ryhm
        recipients           vastaanottaj
        restriction          rajoitt
        objection            vastusta
        rectification        korjaa|korjau|oikais
        access               tarkastus|tarkistus|tarkastam|tarkistam|pääsy|tarkastaa|tarkistaa
        cookies              eväste|cookie
        profiling            profiloin|automaatti|automatiso
        consent              suostumu
        retention            säilyt
        disclosures          luovut
        sources              läht(?:ee|eis)|lähde|mistä\b.{0,40} tie
        security_manual      manuaali|paperi
        other_rights         oikeuksia|^oikeu(?:det|tesi)
        security_electronic  suoja(?:us|uks|aa|tta|ttu)|suojelu|tietoturv|sähköi|\batk
        data_content         tietosisäl|sisältämät|(?:kerättävät|käsiteltävät|tallennettavat)\s
        data_content         ^mitä .{0,40}tie|^millaisia .{0,30}tie|^tiedot$
        data_content         tietojen kerää(?!mis\w{1,3} (?:tark|per))
        disclosures          ^(?:mihin|kenelle) .{0,20}(?:luovut|siirrä|anna)|^kenelle
        purpose              tarkoitu|oikeusperust|käsittelyperust|perusteet|peruste$|^miksi|^mihin
        purpose              tietojen käyttö|^käyttö
        other_rights         oikeude|oikeute|unohdetu|poistam
        other_rights         ^mitä (?:voit|saat|voin|saan) .{0,20}(?:pyy|vaati)
        """
    ),
    Language.SWEDISH: _keywords(
        r"""
        drawn_up             ^upprätta|^uppdater
        retention            ^hur länge
        controller           ^vem (?:ansvarar|är ansvarig|är det som|är vi|är personupp)
        data_categories      ^vems (?:person)?uppgift|^vilka är de registrer
        complaint            klagomål|besvär|tillsynsmynd
        contact              kontaktperson|dataskyddsombud
        legitimate_interest  berättiga\w{1,3} intress
        controller           personuppgiftsansvar|registeransvar|registerför
        register_name        registrets namn
        portability          portabilitet|ett system till
        transfers            tredje.?l[aä]nd|utanför (?:eu|ees|europ)|överför(?:s|ing)|översänd
        data_categories      kategorier av (?:person|registr)
        recipients           mottagar|^vem (?:får|ser|har tillgång)|^vilka (?:får|ser)
        restriction          begräns
        objection            invänd|motsätta
        rectification        rättels|rätta\b|korriger
        access               insyn|tillgång|kontrollr|granskning
        cookies              \bkakor|cookie
        profiling            profiler|automati
        consent              samtyck
        retention            lagring|förvaring|bevar|gallring
        disclosures          utlämn|överlåt
        sources              käll|^var(?:ifrån)? (?:kommer|får|samlas)
        security_manual      manuel|papper
        security_electronic  skydd(?!s(?:ombud|besk|info))|säkerhet|elektronisk
        data_content         innehåll|vilka (?:person)?uppgifter|personuppgifter som
        purpose              ändamål|syfte|rättslig grund|^varför
        other_rights         rättighet|radering|bortglömd|\bbli glömd|förbudsr
        other_rights         ^vad kan du (?:be|krä)
        """
    ),
    Language.ENGLISH: _keywords(
        r"""
        drawn_up             ^drawn up|^(?:last )?(?:updated|modified|revised)|^date of
        complaint            complain|supervisory auth
        contact              contact|protection officer
        legitimate_interest  legitimate inter
        recipients           ^who (?:sees|can see|has access|gets|receives|uses|processes)
        controller           controller|^who (?:are we|we are)|who is responsible
        data_categories      ^whose (?:personal )?data
        register_name        name of the (?:register|file)
        portability          portab|system to another
        transfers            outside (?:the )?(?:eu|eea|europ)|third countr|international transf
        data_categories      categories of (?:personal )?data
        recipients           recipient
        restriction          restrict
        objection            \bobject
        rectification        rectif|correct
        access               right of access|access to|right to access|inspect|right to know
        cookies              cookie
        profiling            profiling|automated
        consent              consent
        retention            retention|retain|how long|storage (?:period|time)
        disclosures          disclos|\bshar(?:e|ing)
        sources              source|where do we|where we
        sources              ^where (?:the|your|does|do) .{0,24}(?:come|from)
        security_manual      manual|paper
        security_electronic  secur|protect|electronic
        data_content         data (?:we|content)|what (?:personal )?(?:data|info)|contents? of
        data_content         ^what (?:is|do we|we) (?:on|in|store|keep|kept|know|record)
        purpose              purpose|legal bas|\bwhy\b|how (?:do )?we use|grounds
        other_rights         rights|erasure|forgotten
        other_rights         ^what (?:you can|can you) (?:ask|do|demand|request)
        """
    ),
}


def _names() -> Iterator[tuple[str, SectionKey, Language]]:
    for language, glossary in (
        (Language.FINNISH, FINNISH),
        (Language.SWEDISH, SWEDISH),
        (Language.ENGLISH, ENGLISH),
    ):
        for key, names in glossary.items():
            for name in re.split(r"[/\n]", names):
                if name.strip():
                    yield name_of(name), key, language


def _glossary() -> dict[str, tuple[SectionKey, frozenset[Language]]]:
    glossary: dict[str, tuple[SectionKey, frozenset[Language]]] = {}
    for name, key, language in _names():
        known, languages = glossary.get(name, (key, frozenset()))
        glossary[name] = (known, languages | {language})
    return glossary


NAMES = _glossary()
