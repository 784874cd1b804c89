"""Which words promise what: readable tables from pattern to term, language by language.

Patterns are searched in one case-folded sentence. `&` joins patterns that the sentence must all
hold, `&!` one that it must not. Repetitions are bounded, so that no notice takes long to read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from notices.terms import (
    DataCategory,
    DisclosureGround,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    Purpose,
    RecipientKind,
    RetentionStart,
    Right,
    SourceKind,
)

Term = TypeVar("Term", bound=str, covariant=True)
FI, SV, EN = Language.FINNISH, Language.SWEDISH, Language.ENGLISH


@dataclass(frozen=True)
class Recogniser:
    """What a sentence must hold, and what it must not."""

    all_of: tuple[re.Pattern[str], ...]
    none_of: tuple[re.Pattern[str], ...]

    def matches(self, sentence: str) -> bool:
        """Whether the case-folded sentence says it."""
        return all(pattern.search(sentence) for pattern in self.all_of) and not any(
            pattern.search(sentence) for pattern in self.none_of
        )


@cache
def recogniser(rule: str) -> Recogniser:
    """A rule of the tables below, ready to use."""
    parts = [part.strip() for part in rule.split(" & ")]
    return Recogniser(
        tuple(re.compile(part) for part in parts if part[0] != "!"),
        tuple(re.compile(part[1:]) for part in parts if part[0] == "!"),
    )


class Table(Generic[Term]):
    """Rules per language; a term may have several."""

    def __init__(self, rules: dict[Language, Sequence[tuple[Term, str]]]) -> None:
        self._rules = {
            language: [(term, recogniser(rule)) for term, rule in rows]
            for language, rows in rules.items()
        }

    def terms(self, sentence: str, language: Language) -> list[Term]:
        """The terms that a case-folded sentence names, each once."""
        found = (term for term, rule in self._rules[language] if rule.matches(sentence))
        return list(dict.fromkeys(found))


#: What is left of a list item is read on: "IP-osoite" is no "osoite" (A2). None: no such data.
DATA: dict[Language, list[tuple[DataCategory | None, re.Pattern[str]]]] = {
    language: [(category, re.compile(pattern)) for category, pattern in rows]
    for language, rows in {
        FI: [
            (
                None,
                r"\b(?:rekisterin|käyttäjä|tiedoston|tuotteen|palvelun|verkkotunnuksen) ?nim\w*",
            ),
            (None, r"\buutiskir\w{0,12}(?: tilau\w{0,10})?|\bkäyttäjätunnu\w*"),
            (None, r"\bper(?:ua|uuttaa|umalla) (?:\w{1,12} )?tilau\w{0,8}|\btoimeksianta\w{0,10}"),
            (DataCategory.IP_ADDRESS, r"\bip\b[- ]?(?:numero|osoit|tie)?\w{0,10}"),
            (
                DataCategory.WEBSITE,
                r"\b(?:www|web|internet|verkko)-?(?:sivu\w{0,8} )?-? ?osoit\w{0,10}"
                r"|\bwww-sivusto\w{0,4} osoit\w{0,8}",
            ),
            (
                DataCategory.WEBSITE,
                r"\bkotisivu(?!ill|lom)\w{0,10}|\bwww-(?!lomak)\w{0,12}|\burl\b"
                r"|^(?:verkko|web|www|internet)-?sivu\w{0,6}$",
            ),
            (None, r"\bwww-lomak\w{0,8}|\bverkkosiv\w{0,12}|\bmaksukort\w{0,8} numero\w{0,4}"),
            (None, r"\byhteyshenkilö\w{0,6}|\bsuostumu\w{0,10}|\bkiel(?:lot|toja|to)\b"),
            (
                DataCategory.BILLING,
                r"\b(?:verkko)?lasku\w{0,14}(?:- ja \w{0,12})?"
                r"|\b\w{0,12}maksu(?:tie|tap|tapahtum)\w{0,8}"
                r"|\b(?:jäsen|kurssi|vuokra|osallistumis|lukukausi)maksu\w{0,8}"
                r"|\bmaksu(?:t|si|nsa)(?=$|[,;.)]| ja | sekä )",
            ),
            (DataCategory.EMAIL, r"\b(?:sähköposti|s-posti|e-mail|email)(?!tse)\w{0,14}"),
            (
                DataCategory.ORGANISATION,
                r"\bedust\w{0,10} (?:yhteisö|organisaatio|yrity)\w{0,6}|\by-tunnu\w{0,6}"
                r"|\b(?:yrityksen|organisaation|yhteisön|työnantajan|asiakasyrityksen|yritys\w{0,2})"
                r" (?:nim|tie|yhteys)\w{0,8}|\byritysnim\w{0,6}|\btyönantaja\w{0,3}"
                r"|(?:^|[,;:(/]\s?|\bja |\bsekä |\btai )(?:yrity(?:s|ksen)|organisaatio|yhteisö)"
                r"(?=$|[,;.)/]| ja | sekä | tai )|\basiakasyritys|\bedusta\w{0,5} (?:taho"
                r"|yrity)\w{0,6}",
            ),
            (DataCategory.NAME, r"\b(?:etu|suku|koko|henkilön)?-? ?nim(?:i|et|en|eä|iä|itie\w+)\b"),
            (DataCategory.NAME, r"\b(?:etu|suku)nim\w{0,8}|\bnim(?:i|en)-|\bnim(?:esi|ensä)\b"),
            (DataCategory.PHONE, r"\b(?:matka|mobiili)?puhelin\w{0,14}|\bgsm\b|\bpuh\b"),
            (
                DataCategory.POSTAL_ADDRESS,
                r"\b(?:posti|katu|koti|käynti|toimitus|lähi|kohde|nouto|asuin|perhe)?-?osoit\w{0,10}",
            ),
            (DataCategory.POSTAL_ADDRESS, r"\bpostinumero\w{0,5}"),
            (
                DataCategory.ORDERS,
                r"\b(?:\w{0,10}tilau[sk]|(?:huolto|käynti|asiointi|hoito)histor|käynti(?:tied|päiv|kerr)"
                r"|olet (?:ostanut|tilannut|varannut)|\w{0,8}varau(?:s|kse|ksi)"
                r"|tila(?:tut|tuista|tuja)\b|ostot|ostokse|osto-?(?:histor|tied|tapaht)|ostoista"
                r"|ostetu|toimeksian|(?:\w{2,12})?sopimu(?:ksi|kset|sti|shis|s(?=$|[,;.)]))"
                r"|sopimukse(?=n tied)|hankin(?:ta|nat|noi))"
                r"\w{0,16}",
            ),
            (DataCategory.COOKIES, r"\beväst\w{0,12}"),
            (DataCategory.DEMOGRAPHICS, r"\bikä\b|\bsukupuol\w{0,6}|\bkiinnostuksen ?koh\w{0,6}"),
        ],
        SV: [
            (None, r"\b(?:registrets|användar|produktens) ?namn\w*|\bnyhetsbrev\w*"),
            (DataCategory.IP_ADDRESS, r"\bip\b[- ]?(?:adress|nummer)?\w{0,6}"),
            (
                DataCategory.WEBSITE,
                r"\b(?:webb|www|internet|hemsid)\w{0,9}[- ]?adress\w{0,6}"
                r"|^(?:webbplats|hemsida|www)$",
            ),
            (None, r"\bwebb\w{0,12}|\bhemsid\w{0,8}|\bsamtyck\w{0,6}"),
            (DataCategory.BILLING, r"\b(?:faktur|betal)\w{0,18}"),
            (DataCategory.EMAIL, r"\be-?(?:post|mail)\w{0,10}"),
            (
                DataCategory.ORGANISATION,
                r"\b(?:organisation|företag|sammanslutning|arbetsgivar)(?:en|et|ets|ens|are|aren)?"
                r"(?: som \w{1,12} företräder|s? namn)?(?=$|[,;.)/]| och | samt | eller | som )"
                r"|\bfo-nummer",
            ),
            (DataCategory.NAME, r"\b(?:för|efter|person)?-?(?: och efter)?namn\w{0,3}\b"),
            (DataCategory.PHONE, r"\b(?:mobil)?telefon\w{0,10}|\bmobilnummer\w{0,3}"),
            (DataCategory.POSTAL_ADDRESS, r"\b(?:post|gatu|hem|leverans)?adress\w{0,6}"),
            (
                DataCategory.ORDERS,
                r"\b(?:beställning|beställda|bokning|uppdrag|köp|order|\w{0,14}avtal)\w{0,10}",
            ),
            (DataCategory.COOKIES, r"\bcookie\w{0,8}|\bkak(?:or|a)\w{0,5}"),
            (DataCategory.DEMOGRAPHICS, r"\bålder\b|\bkön\b|\bintressen\b"),
        ],
        EN: [
            (None, r"\b(?:user|register|file|product|domain) ?names?\b|\bnewsletter\w*"),
            (DataCategory.IP_ADDRESS, r"\bip(?:[- ](?:address(?:es)?|numbers?))?\b"),
            (
                DataCategory.WEBSITE,
                r"\b(?:web ?site|web|www|internet)[- ]?address(?:es)?\b|\burl\b"
                r"|^(?:your |the )?(?:web ?site|home ?page|www)$",
            ),
            (None, r"\bweb ?sites?\b|\bweb form\w?|\bconsents?\b|\bpayment card\w?"),
            (
                DataCategory.BILLING,
                r"\b(?:billing|invoic|payment)\w{0,6}(?: (?:address|data|info))?",
            ),
            (DataCategory.EMAIL, r"\be-?mail(?:[- ]?address(?:es)?)?\b"),
            (
                DataCategory.ORGANISATION,
                r"\b(?:organi[sz]ation|company|business|employer|community)(?:'s)?(?: name)?"
                r"(?: (?:that )?(?:you|they|he or she|the person) represents?| represented)?"
                r"(?=$|[,;.)/]| and | or )|\bbusiness id\b",
            ),
            (DataCategory.NAME, r"\b(?:first|last|full|given|family|sur)?[- ]?names?\b"),
            (DataCategory.PHONE, r"\b(?:tele|mobile )?phone(?: numbers?)?\b|\bmobile\b"),
            (
                DataCategory.POSTAL_ADDRESS,
                r"\b(?:postal |home |street |delivery )?address(?:es)?\b",
            ),
            (
                DataCategory.ORDERS,
                r"\b(?:order|purchase|assignment|booking|reservation)(?:s|ed)?\b(?: history)?"
                r"|\bcontracts\b",
            ),
            (DataCategory.COOKIES, r"\bcookies?\b"),
            (DataCategory.DEMOGRAPHICS, r"\bage\b|\bsex\b|\bgender\b|\binterests\b"),
        ],
    }.items()
}

#: "Contact details" stand for these three where none of them is named by itself.
CONTACT_DETAILS = re.compile(
    r"\byhteystie\w{0,10}|\bkontaktuppgift\w{0,4}|\bcontact (?:details|info)"
)
CONTACT_CATEGORIES = (DataCategory.EMAIL, DataCategory.POSTAL_ADDRESS, DataCategory.PHONE)

NOT_COLLECTED = re.compile(
    r"\b(?:emme|ei|eikä) (?:\w{1,14} )?(?:kerä|tallen|käsit|käyt|pyyd)|\b(?:samlar|lagrar"
    r"|behandlar|använder) (?:vi )?inte"
    r"|\b(?:not|never) (?:collect|store|process|use)|\bsamlas inte|\black?s inte"
)
#: What data are used for, among what they are.
TELLS_USE = re.compile(
    r"^(?:käytämme|käsittelemme|tarvitsemme) (?:\w{1,14} ){0,2}tieto\w{0,5} (?!kuten|ovat)(?!.*:)"
    r"(?=.{0,90}(?:een|iin|seksi|miseksi|varten)\b)|\btietoja(?:si)? käytetään\b"
    r"|^vi använder (?:\w{1,10} )?uppgift|^uppgifterna används"
    r"|^we use (?:your|the|this) (?:personal )?(?:data|information)"
)
#: "Koiran nimi, rotu, ikä": data of a thing or an animal, and of no person.
OF_A_THING = re.compile(
    r"^-?\s?(?:(?:hoito|potilas)?(?:koira|kissa|hevo|eläim|lemmik)\w{0,8}n|ajoneuvo\w{0,2}n|auton"
    r"|veneen|laitteen|tuotteen|kohteen|huoneiston|hundens|bilens|båtens|the (?:dog|car|boat)'s)"
    r" (?!\w{0,12}(?:omist|halti|asiakk|vuokra|ägar|owner))"
)

#: Where no heading is about the data, such a sentence lists them.
COLLECTS = re.compile(
    r"\b(?:keräämme|tallennamme|käsittelemme|kirjaamme)\b|\b(?:kerätään|tallennetaan) (?!\w*evä)"
    r"|\btallentu(?:u|vat) (?:\w{1,14} )?(?!\w*evä)"
    r"|\b(?:sparar|lagrar|behandlar|antecknar) vi\b"
    r"|\b(?:samlar|lagrar|registrerar) (?:vi )?in\b|\bvi (?:samlar|lagrar|behandlar|sparar)"
    r"|\bwe (?:collect|store|hold|process)"
)

#: Data which a web site gathers, told under its own heading (P39-P46).
SITE_DATA = Table(
    {
        FI: [
            (
                DataCategory.COOKIES,
                r"\beväste|\bcookie & \b(?:käytämme|käytetään|käyttää|kerä|tallen|käytössä)",
            ),
            (
                DataCategory.DEMOGRAPHICS,
                r"\bikä\b|\bsukupuol|demographics|kiinnostuksen ?koh & tallen|kerä|analytics",
            ),
        ],
        SV: [
            (DataCategory.COOKIES, r"\bcookie|\bkakor & \b(?:använd|saml|lagra)"),
            (DataCategory.DEMOGRAPHICS, r"\bålder\b|\bkön\b|demographics & saml|lagra|analytics"),
        ],
        EN: [
            (DataCategory.COOKIES, r"\bcookies? & \b(?:we|uses?|used|collect|stored?)\b"),
            (
                DataCategory.DEMOGRAPHICS,
                r"\bage\b|\bgender\b|\bsex\b|demographics & collect|stor|analytics",
            ),
        ],
    }
)

ORDER_WORDS: list[tuple[OrderWord, re.Pattern[str]]] = [
    (OrderWord.ORDERS, re.compile(r"\b\w{0,10}tilau|\bbeställ|\border")),
    (OrderWord.ASSIGNMENTS, re.compile(r"toimeksian(?!ta)|\buppdrag|\bassignment")),
    (OrderWord.PURCHASES, re.compile(r"\bosto|\bostan|\bhankin|\bköp|\bpurchase")),
    (OrderWord.CONTRACTS, re.compile(r"sopimu|avtal|\bcontract")),
]

#: P05-P09, P11, P14.
PURPOSES = Table(
    {
        FI: [
            (
                Purpose.MAINTAIN,
                r"rekisteri\w{0,4} (?:ylläpi|pitämi)|ylläpi\w{0,8} \w{0,12}rekister"
                r"|\w{0,12}luettelo\w{0,3} (?:ylläpi|pitämi)",
            ),
            (Purpose.MAINTAIN, r"jäsenluettel"),
            (
                Purpose.ORDERS,
                r"\b\w{0,12}tilau[sk]|toimeksian(?!tosopimukseen)|\bostojen|\b\w{0,12}sopimu(?:sten|sasioi|svelvoit)"
                r"|\btoimitu(?!sosoit|sehdo)|varau[sk]|\bosto[jk]|\w{0,20}töiden|\w{0,12}kauppojen"
                r"|\b(?:matkan|tapahtuman|kurssin|leirin|tilaisuuden) (?=järjest|toteut)"
                r"|\b\w{0,14}sopimuksen (?=hoi|hallin|tekem|solm)|kuvausten|huoltojen"
                r" & hallin|hallit|hallin|arkisto|käsittel|toimit(?!usosoit)|hoita|hoida|hoito"
                r"|järjestämi|toteutta|vastaanot|täyttä|lähetä",
            ),
            (
                Purpose.ORDERS,
                r"^(?:(?:ajan|pöytä|huone)?varau(?:kset|ksen)|ajanvaraus|pöytävaraus)\b"
                r"|palvelu\w{0,6} (?:tuotta|toimitta|toteutta)",
            ),
            (
                Purpose.RELATIONSHIP,
                r"(?:suhteen|suhteiden) (?:jatku|kehittäm)|kanta-asiaka\w{0,8}(?:etu|ohjelma|edu)"
                r"|suhteen (?:hoi[td]|ylläpi|hallin|hallit)|suhteiden (?:hoi[td]|yllä|hallin)"
                r"|suhdetta|suhdettasi|asiakkuu\w{1,4} (?:hoi[td]|ylläpi|hallin)|suhteen perust",
            ),
            (
                Purpose.RELATIONSHIP,
                r"palvelusuhteen|asiakassuhteiden|\basiakassuhde (?=\()|\basiakaspalvelu"
                r"|yhteydenpi",
            ),
            (
                Purpose.DEVELOPMENT,
                r"(?:toiminnan|toimintamme|toimintaa|palvelu\w{0,9}|tuotteiden|valikoima\w{0,6})"
                r" kehittä|kehit(?:ämme|tää|tämi)",
            ),
            (Purpose.STATISTICS, r"\btilasto"),
            (
                Purpose.PERSONALISED_CONTENT,
                r"kohdenne\w{0,6} sisäl|personoi|yksilöllis\w{0,8} sisäl"
                r"|henkilökohtai\w{0,8} sisäl",
            ),
            (
                Purpose.AD_TARGETING,
                r"mainon\w{0,4} kohd|kohden\w{0,8} (?:\w{1,9} )?\w{0,5}mainon"
                r"|\b(?:suora|sähköposti)?(?:markkinoin(?:ti|nin|tia|tiin)|mainon(?:ta|nan|taa|taan))"
                r"|\buutiskir|\bmarkkinoimme|\bmainos(?:postitu|viest|kirje)"
                r"|\w{0,12}asiakaskirj"
                r" & !kieltää|kielto|\bei käytetä|\bemme käytä",
            ),
            (
                Purpose.PUBLICATION,
                r"\bjulkaist|\bjulkaise|postitustarr|tulosta & luettelo|postitustarr|osoitetarr",
            ),
        ],
        SV: [
            (
                Purpose.MAINTAIN,
                r"upprätthåll\w{0,4} (?:av )?\w{0,8}regist|för(?:a|er) (?:\w{0,6})regist",
            ),
            (
                Purpose.ORDERS,
                r"\bbeställ(?:ning|da)|\buppdrag|\bleverans|\bbokning|\bköp"
                r" & hanter|handlägg|arkiver|behandl|sköt|leverer|utför",
            ),
            (Purpose.RELATIONSHIP, r"kundrelation|kundförhållande|kundservice|kundkontakt"),
            (
                Purpose.DEVELOPMENT,
                r"utveckl\w{0,4} (?:av )?(?:\w{0,12} )?(?:verksamhet|tjänst|sortiment)",
            ),
            (Purpose.STATISTICS, r"\bstatisti"),
            (
                Purpose.PERSONALISED_CONTENT,
                r"personlig\w{0,6} (?:riktat )?innehåll|riktat innehåll",
            ),
            (Purpose.AD_TARGETING, r"rikta\w{0,3} (?:\w{0,10} ){0,2}\w{0,4}annons"),
            (Purpose.AD_TARGETING, r"marknadsför|nyhetsbrev|reklam(?!ation|era) & !förbjud"),
            (
                Purpose.PUBLICATION,
                r"\bpublicer|skriver ut|adressetikett & förteckning|adressetikett|lista",
            ),
        ],
        EN: [
            (
                Purpose.MAINTAIN,
                r"(?:maintain|keep)\w{0,4} (?:of )?(?:the |our "
                r"|a )?(?:[\w'’]{2,18} )?(?:customer )?reg",
            ),
            (
                Purpose.ORDERS,
                r"\borders?\b|\bassignments?\b|\bbookings?\b|\bpurchases?\b|\breservations?\b"
                r" & manag|archiv|handl|process|fulfil|deliver",
            ),
            (Purpose.ORDERS, r"provi(?:de|ding|sion of) (?:you with )?(?:the |our )?services?\b"),
            (Purpose.RELATIONSHIP, r"customer relation|customer service|relationship with"),
            (
                Purpose.DEVELOPMENT,
                r"(?:develop\w{0,5}|improv\w{1,4}) (?:of )?(?:the |our )?"
                r"(?:business|service|oper|range|product)",
            ),
            (Purpose.DEVELOPMENT, r"(?:business|service) development"),
            (Purpose.STATISTICS, r"\bstatisti"),
            (
                Purpose.PERSONALISED_CONTENT,
                r"personali[sz]ed,? (?:and )?(?:targeted )?content|personali[sz]ed content",
            ),
            (
                Purpose.AD_TARGETING,
                r"\badvertis(?:ing|ement)|\bmarketing|\bnewsletter"
                r" & !forbid|prohibit",
            ),
            (Purpose.PUBLICATION, r"\bpublish|\bprint & list|director|mailing label|address label"),
        ],
    }
)

STATES_BASIS = re.compile(
    r"perust(?:e\b|eena|eella|uu|eet)|oikeusperust|käsittelyperust|\bgrund|\bbas(?:is|ed)\b"
)
#: Enough in the sentence that tells the purpose: "tilausten käsittely (sopimus)".
STATES_ITS_BASIS = re.compile(
    r"^(?:oikeutettu etu|\w{0,14}sopimu(?:s|ksen täytäntöönpano)|suostumus|(?:laki|lakisääteinen)"
    r" ?velvo(?:ite|llisuus))(?: \([^()]{1,40}\))?: |(?:annettu|antanut|given)\b.{0,20}"
    r"(?:suostumu|consent)"
    r"|\((?:peruste:? )?\w{0,14} ?(?:sopimus|suostumus|etu|velvoite|laki)\)|suostumuksel"
    r"|suostumuste"
    r"|sopimuks\w{1,4} (?:täyt|toteut|panem)|sopimusvelvoit|\bmed (?:ditt )?samtycke|avtal\)"
    r"|samtycke\)|intresse\)|under (?:our|the|a|your) contract|with your consent"
    r"|\((?:contract|consent|legitimate interests?|legal obligation)\)|our legitimate interest"
    r"|performance of (?:our|the|a) contract|: (?:sopimus|suostumus|oikeutettu etu)"
    # a row of a table: "Bookings: contract"
    r"|: (?:lakisääteinen velvoite|avtal|samtycke|berättigat intresse|rättslig förpliktelse"
    r"|contract|consent|legitimate interests?|legal obligation)\W*$"
)
#: "Käsittely perustuu sopimukseen": the basis of what was said before, and of nothing else.
SAYS_BASIS_OF_ALL = re.compile(
    r"^(?:(?:henkilö|asiakas)?tietojen |tietojesi |rekisterin |rekisteröinnin |tämän )?"
    r"(?:käsittely\b|käsittelyn |käsittelyperust|oikeusperust|oikeudelli\w{1,6} perust|perust)"
    r"|^(?:den )?(?:rättsliga )?grunden\b|^rättslig grund|^behandlingen\b|^vår rättsliga"
    r"|^(?:the |our )?(?:legal |lawful )?basis\b|^(?:the )?processing\b"
)
SAYS_BASIS_OF_REST = re.compile(r"(?:muu|muut|muilta|muuten|muussa|övrig|annan|other)\b")
#: A heading that asks for the basis and for nothing else.
ASKS_BASIS = re.compile(
    r"^\W*(?:\d{1,2}\W{1,2})?(?:(?:henkilö)?tietojen |rekisterin )?(?:käsittelyn |pitämisen )?"
    r"(?:oikeus)?peruste(?:et)?$"
    r"|^\W*(?:\d{1,2}\W{1,2})?(?:behandlingens )?rättslig\w? grund(?:er)?$"
    r"|^\W*(?:\d{1,2}\W{1,2})?legal (?:basis|grounds)(?: (?:for|of) (?:the )?processing)?$"
)
BY_CONSENT = re.compile(r"suostumuksel|suostumuste|\bmed (?:ditt )?samtycke|with your consent")
#: P16; a sentence that says no consent is needed names none.
LEGAL_BASES = Table(
    {
        FI: [
            (LegalBasis.CONSENT, r"\bsuostumu & !suostumusta ei|\bei\b"),
            (LegalBasis.CONTRACT, r"sopimu"),
            (
                LegalBasis.LEGAL_OBLIGATION,
                r"lakisäätei|lainsäädäntö|lain velvoi|perustuu lakiin|\bperuste:? (?:on )?laki\b",
            ),
            (LegalBasis.LEGITIMATE_INTEREST, r"oikeute\w{1,5} e[td]u"),
        ],
        SV: [
            (LegalBasis.CONSENT, r"\bsamtyck & !\binte\b"),
            (LegalBasis.CONTRACT, r"\bavtal"),
            (LegalBasis.LEGAL_OBLIGATION, r"rättslig förpliktelse|lagstad"),
            (LegalBasis.LEGITIMATE_INTEREST, r"berättiga\w{1,3} intress"),
        ],
        EN: [
            (LegalBasis.CONSENT, r"\bconsent & !\bnot?\b"),
            (LegalBasis.CONTRACT, r"\bcontract"),
            (LegalBasis.LEGAL_OBLIGATION, r"legal obligation|required by law"),
            (LegalBasis.LEGITIMATE_INTEREST, r"legitimate interest"),
        ],
    }
)

#: Who a register is about, by the name that a trade gives them.
PERSON = (
    r"(?:asiakas|jäsen|potilas|osakas|asukas|vuokralainen|tilaaja|rekisteröity|omistaja|oppilas"
    r"|kurssilainen|osallistuja|matkustaja|vieras|huoltaja|hakija|henkilö itse)"
)

#: P21-P26.
SOURCES = Table(
    {
        FI: [
            (
                SourceKind.REGISTRATION,
                r"rekisteröitymi|rekisteröityessä|rekisteröity(?:y|vät|t)\b|lomakk|hakemu"
                r"|rekisteröidyt? asiak|\bliity(?:t|essä|ttäessä)|\bliitty(?:essä|mise|mällä)"
                r"|liittyy jäsen|ilmoittau(?:d|t)u",
            ),
            (
                SourceKind.CUSTOMER_NOTICE,
                r"(?:asiakkaan|jäsenen|henkilön|rekisteröidyn)\b.{0,30}\b(?:ilmoit|anta)|\w{3,16}(?:kkaalta|kkailta|neltä|siltä|laalta)\b"
                r"|rekisteröidy(?:ltä|iltä)|\bitse(?:ltä\w{0,3}|ensä)?\b|\bsinulta|\bteiltä"
                r"|asiakkaan (?:itsensä |itse )?(?:anta|toimit)|asiakas (?:itse |antaa"
                r"|ilmoittaa|luovuttaa)",
            ),
            (
                SourceKind.CUSTOMER_NOTICE,
                rf"^\W?(?:kanta-|\w{{3,14}}n )?{PERSON}"
                r"(?:$|[.,;](?= |$)|(?: itse| ja | sekä | tai ))"
                rf"|\b{PERSON} (?:\w{{1,12}} )?(?:kerto|ilmoitta|anta|luovutta|toimitta|täyttä)"
                r"|\bota\w{0,3} (?:meihin )?yhtey|\bolet (?:itse )?(?:anta|kerto|ilmoit|toimit)",
            ),
            (
                SourceKind.PURCHASE,
                r"\bostoks|\bostotapahtum|\bostoi?sta|^ostot?\b|jälleenmyyj|\bostat\b"
                r"|(?:tilauksen|oston|kaupan) (?:yhteydessä|tekemi)|tilat(?:essa|tessa)"
                r"|\bkun (?:tilaat|ostat|teet tilau)|ostotie|kassajärjestelm|ostohistor",
            ),
            (
                SourceKind.UPDATE_SERVICE,
                r"päivityspalvelu|väestötie|kaupparekist|yritystietojärj|\bytj\b|osoitepalvelu"
                r"|maanmittauslait|kiinteistörekist|ajoneuvorekist",
            ),
            (SourceKind.SUBCONTRACTOR, r"\balihankkij"),
            (
                SourceKind.PARTNER,
                r"yhteistyökumppan\w{1,6} (?:sivu|verkko|tietojärj|järjestel|rekister)"
                r"|yhteistyökumppan(?:eilta|ilta)",
            ),
            (SourceKind.COOKIES, r"\beväst & !\bemme\b|\bei\b"),
        ],
        SV: [
            (
                SourceKind.REGISTRATION,
                r"registrering(?:ar|en)? (?:som )?(?:kunden|gjord)|\bregistrerar|^registrering\b",
            ),
            (SourceKind.REGISTRATION, r"kundens (?:egna )?registrering|formulär"),
            (
                SourceKind.CUSTOMER_NOTICE,
                r"kunden (?:själv )?(?:med|upp|läm|anm)|av kunden|kundens an",
            ),
            (SourceKind.CUSTOMER_NOTICE, r"\bsjälva?\b|anmälningar|^kundens meddel|\bav dig\b"),
            (SourceKind.PURCHASE, r"\bköp|återförsälj"),
            (
                SourceKind.UPDATE_SERVICE,
                r"uppdateringstjänst|befolkningsdata|handelsregist|adresstjänst|\bfods\b",
            ),
            (SourceKind.SUBCONTRACTOR, r"underleverantör"),
            (SourceKind.PARTNER, r"(?:samarbets)?partner\w{0,6} (?:webb|system|sid|inform|data)"),
            (SourceKind.PARTNER, r"från (?:våra )?(?:samarbets)?partner"),
            (SourceKind.COOKIES, r"\bcookie|\bkakor & !\binte\b"),
        ],
        EN: [
            (SourceKind.REGISTRATION, r"\bregistrations?\b|\byou register|\bforms?\b"),
            (
                SourceKind.CUSTOMER_NOTICE,
                r"(?:customer|data subject|you)(?:s|'s)? (?:tell|give|provid|not)",
            ),
            (
                SourceKind.CUSTOMER_NOTICE,
                r"from (?:the (?:customer|data subject)|you\b)|you tell|by the customer"
                r"|customer notices",
            ),
            (SourceKind.PURCHASE, r"\bpurchase|\breseller"),
            (
                SourceKind.UPDATE_SERVICE,
                r"updat\w{1,3} services?|population (?:information|register)|trade register",
            ),
            (SourceKind.SUBCONTRACTOR, r"\bsubcontractor"),
            (
                SourceKind.PARTNER,
                r"partner\w{0,3} (?:web|site|system)|(?:from|of) (?:our )?partners",
            ),
            (SourceKind.COOKIES, r"\bcookies & !\bnot?\b"),
        ],
    }
)

#: What else one firm sells: mail and files in the cloud measure no visits.
NO_ANALYTICS = r"(?! (?:workspace|drive|cloud|calendar|kalenter|forms|meet|maps|suite))"

#: Named as recipients (art. 13(1)(e)).
RECIPIENTS = Table(
    {
        FI: [
            (RecipientKind.OWN_STAFF, r"henkilöstö|henkilökunt|työntekij"),
            (RecipientKind.ACCOUNTING, r"taloushallin|kirjanpi|tilitoimist"),
            (
                RecipientKind.PARTNER,
                r"yhteistyökumppan|\bit-|palvelin|palvelim|alihankkij|ohjelmisto|konesal"
                r"|järjestelmä(?:toim|n (?:ylläpi|toimit))",
            ),
            (
                RecipientKind.SERVICE_PROVIDER,
                r"palveluntarjoaj|palveluntuottaj|kuljetus|toimitusyhti|maksupalvel|maksunvälit"
                r"|osoitepalvelu|uutiskirjepalvel|\bposti\b|laboratorio|\bit-?(?:tuki|tuen|palvel|toimit)"
                r"|maksut? (?:hoita|hoide|välit|käsit)|maksuliiken|huoltoyhti|urakoitsij|painotalo"
                r"|kuriiri|lähettipalv|noutopalv",
            ),
            (RecipientKind.CREDIT, r"luottotieto|rahoitusyhti"),
            (RecipientKind.COLLECTION_AGENCY, r"perintä|perintää"),
            (
                RecipientKind.AUTHORITY,
                r"viranomai|verohallin|verottaj|poliisi|\bkela(?:n|lle|an|sta)?\b|metsäkesku"
                r"|kansaneläkelaito|aluehallintovir|ely-kesku|traficom|ulosot",
            ),
            (RecipientKind.ANALYTICS, rf"google{NO_ANALYTICS}|analytiikka"),
        ],
        SV: [
            (RecipientKind.OWN_STAFF, r"\bpersonal\b|anställda|personalen"),
            (RecipientKind.ACCOUNTING, r"bokför|ekonomiförvalt|redovisning"),
            (RecipientKind.PARTNER, r"partner|\bit-|server|\bservr|underleverantör"),
            (
                RecipientKind.SERVICE_PROVIDER,
                r"tjänsteleverantör|tjänsteproducent|transport|betaltjänst|adresstjänst"
                r"|\bit-?(?:stöd|leverantör|tjänst)",
            ),
            (RecipientKind.CREDIT, r"kreditupplysning|finansbolag"),
            (RecipientKind.COLLECTION_AGENCY, r"inkasso|indrivning"),
            (
                RecipientKind.AUTHORITY,
                r"myndighet|skatteförvalt|\bpolis(?:en)?\b|\bfpa\b|utsökning",
            ),
            (RecipientKind.ANALYTICS, rf"google{NO_ANALYTICS}|analys"),
        ],
        EN: [
            (RecipientKind.OWN_STAFF, r"\bstaff\b|personnel|employees"),
            (RecipientKind.ACCOUNTING, r"accounting|accountant|bookkeep|financial management"),
            (RecipientKind.PARTNER, r"\bpartners?\b|hosting|server|\bit-"),
            (
                RecipientKind.SERVICE_PROVIDER,
                r"\bproviders?\b|courier|carrier|post office|transport compan"
                r"|address service|\bit (?:support|supplier|service)",
            ),
            (RecipientKind.CREDIT, r"credit information|credit bureau|financ(?:e|ing) compan"),
            (RecipientKind.COLLECTION_AGENCY, r"debt collect|collection agenc"),
            (RecipientKind.AUTHORITY, r"authorit|\bpolice\b|tax administration"),
            (RecipientKind.ANALYTICS, rf"google{NO_ANALYTICS}|analytics"),
        ],
    }
)

SPEAKS_OF_RECIPIENTS = re.compile(
    r"vastaanottaj|\bluovutamme|\bmottagar|\bvi lämnar ut|\brecipient|\bwe (?:share|disclose)"
)
#: A sentence that denies disclosures names a recipient only as an exception.
DENIES_DISCLOSURE = re.compile(
    r"\b(?:ei|emme|eikä) (?:\w{1,20} ){0,2}luovut|\b(?:ut)?lämnas? (?:\w{1,12} ){0,2}inte"
    r"|\b(?:not|never) (?:be )?(?:disclos|shar|given)"
)
MAKES_EXCEPTION = re.compile(
    r"\bpaitsi|\bellei|muille kuin|muualle kuin|\blukuun ottamatta|ainoastaan|\bvain\b"
    r"|\bförutom|\butom|\bandra än|except|unless|other than|\bonly\b"
)

#: Recipients of whom another section speaks: partners' servers (P12), the exceptions to
#: "not disclosed" (P27, P28), the analytics service (P45).
IMPLIED_RECIPIENTS = Table(
    {
        FI: [
            (RecipientKind.PARTNER, r"yhteistyökumppan & palvelim"),
            (RecipientKind.SERVICE_PROVIDER, r"ulkois\w{1,5} palveluntarjoaj"),
            (RecipientKind.CREDIT, r"luottopäätö|luott[io]hakem & paitsi|voidaan"),
            (RecipientKind.COLLECTION_AGENCY, r"perintä|perinnä & luovut & !hävit"),
            (
                RecipientKind.AUTHORITY,
                r"lainsäädän|\blain |\blaki|viranomai & velvo|edellyt|vaati & luovut & !hävit",
            ),
            (RecipientKind.ANALYTICS, r"google analytics & kerä|tallen|käyt & !\bemme\b"),
        ],
        SV: [
            (RecipientKind.PARTNER, r"partner & serv"),
            (RecipientKind.SERVICE_PROVIDER, r"extern\w{0,2} tjänst"),
            (RecipientKind.CREDIT, r"kreditbeslut|kreditansök"),
            (RecipientKind.COLLECTION_AGENCY, r"inkasso|indrivning & lämna|utom|förutom"),
            (RecipientKind.AUTHORITY, r"\blag|myndighet & förplikt|kräv|förutsätt & lämna"),
            (RecipientKind.ANALYTICS, r"google analytics & saml|använd & !\binte\b"),
        ],
        EN: [
            (RecipientKind.PARTNER, r"partner & serv"),
            (RecipientKind.SERVICE_PROVIDER, r"external service provider"),
            (RecipientKind.CREDIT, r"credit (?:decision|application)"),
            (RecipientKind.COLLECTION_AGENCY, r"debt collection & disclos|except"),
            (RecipientKind.AUTHORITY, r"\blaw\b|legislation|authorit & requir|oblig & disclos"),
            (RecipientKind.ANALYTICS, r"google analytics & collect|use & !\bnot\b"),
        ],
    }
)

#: P27, P28. The promise to erase speaks of debts too (P30) and grants no disclosure.
DISCLOSURES = Table(
    {
        FI: [
            (DisclosureGround.VALUE_ADDED_SERVICE, r"lisäarvopalvelu & !hävit"),
            (DisclosureGround.CREDIT_DECISION, r"luottopäätö & !hävit"),
            (DisclosureGround.CREDIT_APPLICATION, r"luott[io]hakem & !hävit"),
            (DisclosureGround.COLLECTION, r"perintä|perinnä & !hävit|poistam"),
            (DisclosureGround.BILLING, r"\blaskutu(?!sohjel|sjärjest)|\blaskujen & !hävit|poistam"),
            (
                DisclosureGround.LEGAL_OBLIGATION,
                r"lainsäädän|\blain |\blaki|viranomai & velvo|edellyt|vaati|lakisää"
                r" & !hävit|poistam",
            ),
            (
                DisclosureGround.LEGAL_OBLIGATION,
                r"laissa (?:erikseen )?(?:säädet|määrät)|\blain nojalla & !hävit|poistam",
            ),
        ],
        SV: [
            (DisclosureGround.VALUE_ADDED_SERVICE, r"mervärdestjänst"),
            (DisclosureGround.CREDIT_DECISION, r"kreditbeslut"),
            (DisclosureGround.CREDIT_APPLICATION, r"kreditansök"),
            (DisclosureGround.COLLECTION, r"indrivning|inkasso & !förstör|radera"),
            (DisclosureGround.BILLING, r"fakturer & !förstör|radera"),
            (
                DisclosureGround.LEGAL_OBLIGATION,
                r"\blag|myndighet & förplikt|kräv|förutsätt & !förstör|radera",
            ),
        ],
        EN: [
            (DisclosureGround.VALUE_ADDED_SERVICE, r"value[- ]added service"),
            (DisclosureGround.CREDIT_DECISION, r"credit decision"),
            (DisclosureGround.CREDIT_APPLICATION, r"credit application"),
            (DisclosureGround.COLLECTION, r"debt collection|collection agenc & !eras|destroy"),
            (DisclosureGround.BILLING, r"\bbilling|\binvoicing & !eras|destroy"),
            (
                DisclosureGround.LEGAL_OBLIGATION,
                r"\blaw\b|legislation|legal|authorit & requir|oblig|demand & !eras|destroy",
            ),
        ],
    }
)

#: Under a heading that is not about disclosures or retention, only such sentences count.
SPEAKS_OF_DISCLOSURE = re.compile(
    r"luovut|\bjaamme|palveluntarjoaj|lämna|tjänsteleverant|disclos|provider"
)
SPEAKS_OF_RETENTION = re.compile(
    r"säilyt|\bpoist(?:etaan|amme)|raderas|deleted|lagras|sparas|bevaras|förvaras|\bkept\b|stored|retain"
)

#: P48-P67; the same patterns tell which right a heading or a sentence is about.
RIGHTS = Table(
    {
        FI: [
            (
                Right.ACCESS,
                r"tarkastus-?oike|tarkistus-?oike|tarkastaa|tarkistaa|tarkastami|tarkastuspyyn"
                r"|saada pääsy"
                r"|pääsy\w{0,2} (?:omiin )?tieto|nähtäv|kopio\w{0,3} (?:\w{1,12} ){0,3}tie(?:do|to)"
                r"|oikeus saada tietää|\bmitä (?:\w{1,12} )?tietoja (?:\w{1,12} ){0,3}"
                r"(?:sinusta|hänestä|itsestä|minusta|meillä|rekiste)"
                r"|(?:^|, )pääsy(?=$|[,.])"
                r"|(?:katsoa|nähdä|tutustua) (?:\w{1,12} ){0,2}(?:tie|kort)",
            ),
            (Right.RECTIFICATION, r"oikais|korja[aut]|korjausoike & !epää|\bemme korjaa"),
            (Right.ERASURE, r"hävitet|hävittä & pyyn|pyydä"),
            (Right.ERASURE, r"(?:^|, |\bja )poisto(?=$|[,.])"),
            (Right.ERASURE, r"unohta(?:maan|mme) (?:sinut|itse|hänet|kaikki)"),
            (
                Right.ERASURE,
                r"oikeu|pyytää|vaatia|voit|pyynnöstä & poistam|poistaa|poistet|poistoa|unohdetu"
                r" & !\bei (?:\w{1,14} ){0,2}(?:poist|hävit|voi|ole|koske|tehdä)",
            ),
            (Right.ERASURE, r"oikeus tietojen poistami|poistamista tai|^poistamme"),
            (Right.RESTRICTION, r"rajoit"),
            (
                Right.PORTABILITY,
                r"siirtää|siirtämi & tieto|tiedot|tietosi|järjestelmästä & !ulkopuol",
            ),
            (Right.OBJECTION, r"vastusta & !olet vastusta"),
            (Right.PROHIBITION, r"kieltää|kielto|kiellon & markkin|suoram|julkai|luovut"),
            (Right.ANONYMISATION, r"anonymis|ettei sinua tunnista"),
            (Right.COMPLAINT, r"\bkantelu|\bkannella|\bvalitu|\bvalittaa|\bvalitta"),
            (Right.COMPLAINT, r"tietosuojavaltuut & \bväärin|lainvasta|puoleen"),
        ],
        SV: [
            (
                Right.ACCESS,
                r"insyn|kontrollrätt|tillgång till|att få tillgång|kontrollera|vilka uppgifter"
                r"|\bfå se\b|begära att (?:se|veta)|\bgranska",
            ),
            (Right.RECTIFICATION, r"rättels|rättas|rätta\b|korriger & !inte korriger"),
            (
                Right.ERASURE,
                r"\brader|\butplån|förstörs|bortglömd|bli glömd|tas bort|ta bort & !\binte rader",
            ),
            (Right.RESTRICTION, r"begräns"),
            (Right.PORTABILITY, r"portabilitet"),
            (Right.PORTABILITY, r"överför|flytta & system|annan"),
            (Right.OBJECTION, r"\binvänd|motsätta & !har invänt"),
            (
                Right.PROHIBITION,
                r"förbjud|förbud & marknads|reklam|publicer|utlämn|lämna|direktmarknad",
            ),
            (Right.ANONYMISATION, r"anonymis|inte går att känna igen"),
            (Right.COMPLAINT, r"klagomål|besvär|\bklaga"),
        ],
        EN: [
            (
                Right.ACCESS,
                r"right of access|right to access|inspect|access to|access your|what data"
                r"|(?:ask|right|want|request) to (?:see|view)|you (?:may|can) (?:see|view)"
                r"|know whether we|copy of (?:all )?your",
            ),
            (Right.RECTIFICATION, r"rectif|correct(?!ly) & !do not correct"),
            (Right.ERASURE, r"eras|forgotten|delet|destroyed & !not erase"),
            (Right.RESTRICTION, r"restrict"),
            (Right.RESTRICTION, r"\blimit & \buse\b|process"),
            (Right.PORTABILITY, r"portab|\bport\b|take (?:it|them|(?:your |the )?data) with you"),
            (Right.PORTABILITY, r"transfer|move & system|another controller"),
            (Right.OBJECTION, r"\bobject & !\bobjected"),
            (
                Right.PROHIBITION,
                r"forbid|prohibit|opt out & market|advert|publi|disclos",
            ),
            (Right.ANONYMISATION, r"anonymi[sz]|cannot be recogni[sz]ed"),
            (Right.COMPLAINT, r"complain"),
        ],
    }
)

#: Sentences about the refusal of a request, and its certificate (P59), ask nothing of the person.
ABOUT_REFUSAL = re.compile(
    r"epää|evät|todistuks|hylkä|emme (?:toteuta|korjaa)|vägra|avslå|avslag|intyg|inte uppfyller"
    r"|refus|certificate|do not (?:carry out|correct)"
)
#: A prohibition needs no proof of who asks (art. 21(2)); what is said of it is said of no other.
ABOUT_PROHIBITION = re.compile(r"\bkiel(?:to|lo|tää|lä)|förbud|förbjud|prohibit|forbid|opt out")
#: "Samat ohjeet koskevat kaikkia pyyntöjä": the ways of access are those of the others too.
SAME_WAYS = re.compile(
    r"sama\w{0,4} .{0,20}kuin tarkast|samat? (?:ohje\w*|tav\w*) koske\w* kaikki"
    r"|desamma som|samma (?:anvisning\w*|sätt) gäller|same as (?:in|for)|same .{0,20}appl\w* to all"
)
NOT_ASKED = re.compile(
    r"\bei (?:tarvit|edellyt|vaadi|ole pakolli)|behöver inte|krävs inte|inte (?:obligator|ett krav)"
    r"|not (?:need|requir|have to be|compuls|mandat|oblig)"
)

#: P49, P51, P55.
WAYS = Table(
    {
        FI: [
            (Identification.SIGNATURE, r"allekirjoit"),
            (
                Identification.PROVEN_EMAIL,
                r"(?:tunniste|todenne|varmenne|todenta|todista"
                r"|vahviste)\w{0,14} (?:\w{1,14} )?sähköposti"
                r"|rekister\w{0,12} (?:\w{1,12} )?sähköposti|sähköposti\w{0,20} osoitteesta,? jo"
                r"|ilmoitta\w{0,6} sähköposti|sähköpostiosoitteesta,? jo"
                r"|sähköposti\w{0,20} (?:\w{1,14} )?\w{0,10}rekister\w{0,8}"
                r" (?:ole|löyty|ilmoit|tallen|merki)\w{0,10} osoit"
                r"|sähköposti\w{0,16} (?:\w{1,22} )?(?:anne|ilmoite|antama|ilmoittama)\w{1,6}"
                r" osoittee"
                r"|sähköposti\w{0,20},? jo(?:nka|sta) .{0,30}(?:tunnist|todenn|todent|varmist)"
                r"|sähköposti\w{0,20},? jo(?:ta|lla|nka|sta|hon) (?:\w{1,12} )?"
                r"(?:olet|on|olemme|asiakas|hän) (?:\w{1,12} )?"
                r"(?:käyttä|tilan|vara|ilmoitt|anta|rekister|lähett)"
                r"|sähköposti\w{0,20},? jo(?:ka|ta) on (?:\w{1,16} )?"
                r"(?:\w{0,14}rekister|\w{0,14}tilaukse|meillä|tiedoissa|järjestelm)",
            ),
            (
                Identification.IN_PERSON,
                r"henkilökohtaise(?:sti|lla)|paikan päällä|toimipaika|toimipistee|vastaanotolla"
                r"|tule\w{0,3} (?:\w{1,10} )?(?:liikkee|toimisto|myymälä|käymään)"
                r"|(?:liikkee|myymälä)ssä|\btoimistossa(?:mme|ni)?\b|\bsalilla\b|studiolla"
                r"|\bkäymällä (?!(?:\w{1,12} )?\w{0,12}(?:sivu|verkko|osoit|netti|www|asiakastil))",
            ),
            (
                Identification.STRONG_ELECTRONIC,
                r"vahva\w{0,4} (?:sähköi\w{0,6} )?tunnist|vahvasti (?:sähköi\w{0,6} )?tunnist"
                r"|pankkitunn|mobiilivarmen|suomi\.fi|sähköi\w{1,6} tunnistaut",
            ),
        ],
        SV: [
            (Identification.SIGNATURE, r"underteckna|underskri|signera"),
            (
                Identification.PROVEN_EMAIL,
                r"(?:identifier|bevislig|verifier|registrer)\w{0,6} e-post"
                r"|e-post\w{0,8} som (?:finns|är|du har|du (?:använ|uppge|gett|angav))"
                r"|från den (?:e-post)?adress (?:som )?du"
                r"|e-postadress i registret",
            ),
            (
                Identification.IN_PERSON,
                r"personligen|på plats|verksamhetsställe|kommer (?:själv )?till vår"
                r"|besök\w{0,3} (?:på |i |till )?vår",
            ),
            (Identification.STRONG_ELECTRONIC, r"stark\w? \w{0,12} ?(?:autent|ident)|bankkod"),
        ],
        EN: [
            (Identification.SIGNATURE, r"\bsign(?:ed|ature)?\b"),
            (
                Identification.PROVEN_EMAIL,
                r"(?:identifiable|verifi\w{2,4}|prov\w{2,4}|registered) e-?mail"
                r"|e-?mail address (?:that |which )?(?:we can verify|you have|is in|in) "
                r"|e-?mail address (?:that |which )?we can verify|address in (?:the|our) register"
                r"|from the (?:same )?(?:e-?mail )?(?:address|account) (?:that |which )?you"
                r" (?:use|gave|have|regist|book|order|provid)",
            ),
            (
                Identification.IN_PERSON,
                r"in person|at our (?:office|premises)|come to our (?:shop|office)"
                r"|\bat the (?:studio|shop|salon|office|reception|clinic|counter)"
                r"|visit(?:ing)? (?:us|our (?:shop|office|premises|store))",
            ),
            (
                Identification.STRONG_ELECTRONIC,
                r"strong (?:electronic |customer )?(?:ident|authent)|bank(?:ing)? credentials",
            ),
        ],
    }
)

WRITTEN = {
    FI: recogniser(
        r"kirjalli|sähköpostitse|sähköpostilla|sähköpostia|kirjeellä|kirjeitse|\bkirjoita\b"
        r" & pyyn|pyyd|yhtey|pyytää|vaatimu|osoittee|ilmoit"
    ),
    SV: recogniser(r"skriftlig|per e-post|med e-post|per brev & begär|förfråg|kontakt"),
    EN: recogniser(
        r"in writing|written|by e-?mail|by letter|e-?mail us|send(?:ing)? .{0,30}e-?mail"
        r" & request|contact|right|us at|\bask\b"
    ),
}
OR_ELSE = re.compile(r"\btai\b|\beller\b|\bor\b")
ASKS_WHO = re.compile(r"henkilöllisyy|identitet|identity|tunnistam|tunnistaut")

#: The words that invite requests, and in them the languages: "in Finnish or English".
INVITES = re.compile(
    r"\b(?:suome|ruotsi|englanni)ksi\b"
    r"|\b(?:suomen|ruotsin|englannin)-?"
    r"(?:,? (?:tai |ja |sekä )?(?:suomen|ruotsin|englannin)-?){0,2} ?kiel"
    r"|\bpå (?:finska|svenska|engelska)(?:,? (?:eller |och |samt )?(?:på )?"
    r"(?:finska|svenska|engelska)){0,2}"
    r"|\bin (?:finnish|swedish|english)(?:,? (?:or |and )?(?:in )?(?:finnish|swedish|english)){0,2}"
)
REQUEST_LANGUAGES: list[tuple[Language, re.Pattern[str]]] = [
    (FI, re.compile(r"suome|finsk|finnish")),
    (SV, re.compile(r"ruotsi|svensk|swedish")),
    (EN, re.compile(r"englan|engelsk|english")),
]

#: A period and its unit, then from when it is counted (P31).
NUMBERS = {
    name: number
    for names in (
        "yhden kahden kolmen neljän viiden kuuden seitsemän kahdeksan yhdeksän kymmenen",
        "yksi kaksi kolme neljä viisi kuusi",
        "yhteen kahteen kolmeen neljään viiteen kuuteen seitsemään kahdeksaan yhdeksään kymmeneen",
        "ett två tre fyra fem sex sju åtta nio tio",
        "one two three four five six seven eight nine ten",
    )
    for number, name in enumerate(names.split(), start=1)
} | {
    "kaksitoista": 12, "kahdentoista": 12, "kahteentoista": 12, "tolv": 12, "twelve": 12,
    "kaksikymmentäneljä": 24, "tjugofyra": 24, "en": 1, "a": 1, "puolen": 0, "puoli": 0,
    "ett halvt": 0, "half a": 0,
}  # fmt: skip

PERIOD = re.compile(
    rf"(?:\b(?P<number>\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
    r"(?: \(\d{1,3}\))?[ -]?)?"
    r"\b(?:(?P<year>vuotta|vuosi\b|vuode[nks]\w{0,2}|vuosi|vuoteen|v\b\.?|år\b|years?\b)"
    r"|(?P<month>kuukau\w{0,6}|kk\b|månad\w{0,4}|months?\b)"
    r"|(?P<day>päivää|päivän|vuorokau\w{0,4}|vrk\b|dagar|dygn|days?\b)"
    r"|(?P<week>viikko\w{0,2}|viikon|veck\w{1,3}|weeks?\b))"
)

#: What a trade does for its customers; it counts as an order.
SERVICE = (
    r"(?:kuvaukse|noudo|nouto|muuto|toimitukse|asennukse|korjaukse|remonti|tapaamise|vuokraukse"
    r"|koulutukse|kurssi|leiri|matka|hoitojakso|hoitokerra|hoido|hoito|palvelu|katsastukse"
    r"|pesu|majoitukse|työ|työsuoritukse|urakoinni|urakka|urakan|välitykse|konsultoinni)"
)

STARTS = Table(
    {
        FI: [
            (
                RetentionStart.FINANCIAL_YEAR_END,
                r"tilikau|tilinpäätöks|kalenterivuo|verovuo|\+ ?kuluva|kuluva\w? (?:vuo|vuod)",
            ),
            (
                RetentionStart.RELATIONSHIP_END,
                r"asiakkuu|suhteen|suhde|asiakassuh|jäsenyy|sopimuksen (?:päät|irtisan)|sopimuskau"
                r"|vuokrasuh|\bsopimus päät|eroami|\beroaa|\berosta",
            ),
            (RetentionStart.INVOICE, r"\blasku(?:n|sta|jen|ista|ttami)"),
            (
                RetentionStart.ORDER,
                r"\b\w{0,12}tilau(?:s|ks)\w{0,6}st[aä]|tilauspäiv|\bosto(?:sta|ksesta|ista|päiv)"
                r"|toimitukse|toimituspäiv|(?:varauksen|oston|käynnin) jälk|\burak"
                r"|(?:työn|leirin|kurssin|tapahtuman|matkan|hoidon|projektin|koulutuksen|hankkeen"
                r"|vuokra\w{0,8}) (?:luovut|päätty|valmist|jälk)"
                r"|toimeksian|huollosta|varauksesta|käynnistä|asioinnista|yhteydenot"
                r"|tapahtumasta|\be[it] ole (?:\w{1,12} ){0,2}(?:asioinut|tilannut|ostanut"
                r"|käynyt|varannut|käyttänyt)|(?:ostoja|tilauksia|varauksia|käyntejä) ei ole"
                r"|\bkaupasta|palvelun päätty"
                rf"|\b\w{{0,16}}{SERVICE}(?:sta|stä|n jälk|n päätty)\b"
                r"|viimeise(?:stä|n) (?!kirjau|rekister|muuto)\w{3,24}(?:st[aä]|n jälk)",
            ),
            (
                RetentionStart.COLLECTED,
                r"kerääm|tallent|tallen(?:nu|tam|net)|keräyk|saami|saapumi|vastaanot|antami|jättämi"
                r"|rekisteröi",
            ),
        ],
        SV: [
            (RetentionStart.FINANCIAL_YEAR_END, r"räkenskapsperiod|räkenskapsår|kalenderår"),
            (
                RetentionStart.RELATIONSHIP_END,
                r"kundrelation|kundförhåll|avtalsförh|medlemskap"
                r"|avtalet (?:har )?(?:upphör|slut|avslut|gått)|avtalets (?:slut|upphör)|avtalstid",
            ),
            (RetentionStart.INVOICE, r"\bfaktura"),
            (
                RetentionStart.ORDER,
                r"\bbeställning(?:en|ar)?\b|beställningsdag|\bköp|\bleverans|\buppdrag|\bbokning"
                r"|arbetet|\bbesök|\bkursen|\bevenemang|senaste (?:kontakt|besök|köp|beställ)",
            ),
            (
                RetentionStart.COLLECTED,
                r"samla|registrer|erhåll|lagringsdag|lagrats|lagrades|sparats|sparades",
            ),
        ],
        EN: [
            (
                RetentionStart.FINANCIAL_YEAR_END,
                r"(?:financial|accounting) (?:year|period)|calendar year",
            ),
            (
                RetentionStart.RELATIONSHIP_END,
                r"relationship|membership|(?:end|termination|expiry|duration) of (?:the|your|our) "
                r"(?:\w{1,12} )?(?:contract|agreement|subscription)|(?:contract|agreement"
                r"|subscription) (?:has )?(?:end|expire|terminat)|close your account"
                r"|account is closed",
            ),
            (RetentionStart.INVOICE, r"\binvoice"),
            (
                RetentionStart.ORDER,
                r"\border|\bpurchase|\bassignment|\bbooking|\bstay\b|\bvisit|\breservation"
                r"|\bappointment|\bdelivery|\bevent\b|\bcourse\b|last contact|\bservice was",
            ),
            (RetentionStart.COLLECTED, r"collect|obtained|stored|registration"),
        ],
    }
)

#: The relationship has ended without a word, when nothing happened for so long (D01r).
ENDS_UNSAID = {
    FI: recogniser(
        r"päätty(?:y\b|neeksi|nyt)|päättyvän & \bkun\b|\bjos\b|mikäli|ellei"
        r" & kulunut|\bei ole|viimei|asioin & !säilyt|poistamme tie|poistetaan"
    ),
    SV: recogniser(
        r"upphör|upphört|avsluta & \bnär\b|\bom\b|ifall & senaste|\binte\b|\binga|gått"
        r" & !lagras|bevara|raderas"
    ),
    EN: recogniser(
        r"\bends\b|\bended|has ended & \bwhen\b|\bif\b & \bnot\b|\bno\b|last|passed"
        r" & !\bkept\b|stored|retained"
    ),
}
#: What retention rules are about, besides the words for data: vouchers are billing data.
RETAINED: dict[Language, list[tuple[DataCategory | None, re.Pattern[str]]]] = {
    FI: [
        (None, re.compile(r"\bmuut? tie\w+|\basiakkaan tie\w+|\basiakastie\w+")),
        (
            DataCategory.BILLING,
            re.compile(
                r"\b\w{0,12}kirjanpito\w*|\b\w{0,12}tosit\w+|\blasku\w*|\bkui(?:tit|tti|tte)\w*"
                r"|\btilinpäätö\w*|\bmaksutie\w*"
            ),
        ),
        (
            DataCategory.ORDERS,
            re.compile(r"\b(?:tilau|varau)(?:ksen|sten|s)\w* ?tie\w*|\b(?:tilaukset|varaukset)\b"),
        ),
    ],
    SV: [
        (None, re.compile(r"\b(?:andra|övriga) uppgift\w+|\bkunduppgift\w+")),
        (
            DataCategory.BILLING,
            re.compile(r"\bbokföring\w*|\bverifikat\w*|\bfaktur\w*|\bkvitto\w*"),
        ),
    ],
    EN: [
        (None, re.compile(r"\bother data\b|\bcustomer data\b|\bcustomer's data\b")),
        (
            DataCategory.BILLING,
            re.compile(r"\baccounting\w*|\bvouchers?|\binvoices?|bookkeep\w*|\breceipts?"),
        ),
    ],
}
