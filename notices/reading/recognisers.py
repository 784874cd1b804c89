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
            (DataCategory.IP_ADDRESS, r"\bip\b[- ]?(?:numero|osoit|tie)?\w{0,10}"),
            (DataCategory.WEBSITE, r"\b(?:www|web|internet|verkko)[- ]?(?:osoit|sivu)\w{0,10}"),
            (DataCategory.WEBSITE, r"\bkotisiv\w{0,10}|\bwww-\w{0,12}|\burl\b"),
            (
                DataCategory.BILLING,
                r"\b(?:verkko)?lasku\w{0,14}(?:- ja \w{0,12})?|\bmaksutie\w{0,8}",
            ),
            (DataCategory.EMAIL, r"\b(?:sähköposti|s-posti|e-mail|email)(?!tse)\w{0,14}"),
            (
                DataCategory.ORGANISATION,
                r"\bedust\w{0,10} (?:yhteisö|organisaatio|yrity)\w{0,6}|\by-tunnu\w{0,6}"
                r"|\b(?:yrityksen|organisaation|yhteisön|työnantajan|asiakasyrityksen|yritys\w{0,2})"
                r" (?:nim|tie|yhteys)\w{0,8}|\byritysnim\w{0,6}|\btyönantaja\w{0,3}"
                r"|(?:^|[,;:(/]\s?|\bja |\bsekä |\btai )(?:yritys|organisaatio|yhteisö)"
                r"(?=$|[,;.)/]| ja | sekä | tai )",
            ),
            (DataCategory.NAME, r"\b(?:etu|suku|koko|henkilön)?-? ?nim(?:i|et|en|eä|iä|itie\w+)\b"),
            (DataCategory.NAME, r"\b(?:etu|suku)nim\w{0,8}|\bnim(?:i|en)-"),
            (DataCategory.PHONE, r"\b(?:matka|mobiili)?puhelin\w{0,14}|\bgsm\b|\bpuh\b"),
            (DataCategory.POSTAL_ADDRESS, r"\b(?:posti|katu|koti|käynti|toimitus)?-?osoit\w{0,10}"),
            (DataCategory.POSTAL_ADDRESS, r"\bpostinumero\w{0,5}"),
            (
                DataCategory.ORDERS,
                r"\b(?:tilau[sk]|ostot|ostoh|ostoista|toimeksian|sopimu[sk]|hankin(?:ta|nat|noi))"
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
                r"\b(?:webb|www|internet|hemsid)[- ]?(?:adress|plats|a)?\w{0,6}",
            ),
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
            (DataCategory.ORDERS, r"\b(?:beställning|uppdrag|köp|avtal|order)\w{0,10}"),
            (DataCategory.COOKIES, r"\bcookie\w{0,8}|\bkak(?:or|a)\w{0,5}"),
            (DataCategory.DEMOGRAPHICS, r"\bålder\b|\bkön\b|\bintressen\b"),
        ],
        EN: [
            (None, r"\b(?:user|register|file|product|domain) ?names?\b|\bnewsletter\w*"),
            (DataCategory.IP_ADDRESS, r"\bip(?:[- ](?:address(?:es)?|numbers?))?\b"),
            (DataCategory.WEBSITE, r"\b(?:web ?site|web|www|internet)(?: ?address)?\b|\burl\b"),
            (
                DataCategory.BILLING,
                r"\b(?:billing|invoic|payment)\w{0,6}(?: (?:address|data|info))?",
            ),
            (DataCategory.EMAIL, r"\be-?mail(?:[- ]?address(?:es)?)?\b"),
            (
                DataCategory.ORGANISATION,
                r"\b(?:organi[sz]ation|company|business|employer|community)(?:'s)?(?: name)?"
                r"(?: (?:you|they|he or she|the person) represents?| represented)?"
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
                r"\b(?:order|purchase|assignment|contract)(?:s|ed)?\b(?: history)?",
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
    r"\b(?:emme|ei) (?:kerä|tallen|käsit|käyt)|\b(?:samlar|lagrar|behandlar|använder) (?:vi )?inte"
    r"|\b(?:not|never) (?:collect|store|process|use)|\bsamlas inte|\black?s inte"
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
    (OrderWord.ORDERS, re.compile(r"\btilau|\bbeställ|\border")),
    (OrderWord.ASSIGNMENTS, re.compile(r"toimeksian|\buppdrag|\bassignment")),
    (OrderWord.PURCHASES, re.compile(r"\bosto|\bhankin|\bköp|\bpurchase")),
    (OrderWord.CONTRACTS, re.compile(r"sopimu|\bavtal|\bcontract")),
]

#: P05-P09, P11, P14.
PURPOSES = Table(
    {
        FI: [
            (Purpose.MAINTAIN, r"rekisterin ylläpi|rekisterin pitämi"),
            (
                Purpose.ORDERS,
                r"\btilau[sk]|toimeksian|\bostojen|\bsopimusten|\btoimitu"
                r" & hallin|hallit|arkisto|käsittel|toimit|hoita",
            ),
            (
                Purpose.RELATIONSHIP,
                r"suhteen (?:hoita|ylläpi|hallin|hallit)|suhteiden (?:hoita|yllä)",
            ),
            (Purpose.RELATIONSHIP, r"palvelusuhteen|asiakassuhteiden|\basiakaspalvelun|yhteydenpi"),
            (Purpose.DEVELOPMENT, r"(?:toiminnan|toimintamme|palvelu\w{0,9}|tuotteiden) kehittä"),
            (Purpose.STATISTICS, r"\btilasto"),
            (
                Purpose.PERSONALISED_CONTENT,
                r"kohdenne\w{0,6} sisäl|personoi|yksilöllis\w{0,8} sisäl",
            ),
            (
                Purpose.AD_TARGETING,
                r"mainon\w{0,4} kohd|kohdenne\w{0,6} mainon|\b(?:suora)?markkinoin(?:ti|nin)"
                r" & !kieltää|kielto",
            ),
            (Purpose.PUBLICATION, r"\bjulkaist|\bjulkaise|postitustarr & luettelo|postitustarr"),
        ],
        SV: [
            (Purpose.MAINTAIN, r"upprätthåll\w{0,4} (?:av )?(?:kund)?regist|föra (?:kund)?regist"),
            (Purpose.ORDERS, r"\bbeställning|\buppdrag|\bleverans & hanter|arkiver|behandl|sköt"),
            (Purpose.RELATIONSHIP, r"kundrelation|kundförhållande|kundservice"),
            (Purpose.DEVELOPMENT, r"utveckl\w{0,4} (?:av )?(?:\w{0,12} )?(?:verksamhet|tjänst)"),
            (Purpose.STATISTICS, r"\bstatisti"),
            (
                Purpose.PERSONALISED_CONTENT,
                r"personlig\w{0,6} (?:riktat )?innehåll|riktat innehåll",
            ),
            (Purpose.AD_TARGETING, r"rikta\w{0,3} (?:\w{0,10} )?(?:reklam|annons)|marknadsföring"),
            (Purpose.PUBLICATION, r"\bpublicer & förteckning|adressetikett|lista"),
        ],
        EN: [
            (
                Purpose.MAINTAIN,
                r"(?:maintain|keep)\w{0,4} (?:of )?(?:the |our |a )?(?:customer )?reg",
            ),
            (Purpose.ORDERS, r"\borders?\b|\bassignments?\b & manag|archiv|handl|process|fulfil"),
            (Purpose.RELATIONSHIP, r"customer relation|customer service"),
            (
                Purpose.DEVELOPMENT,
                r"develop\w{0,5} (?:of )?(?:the |our )?(?:business|service|oper)",
            ),
            (Purpose.DEVELOPMENT, r"(?:business|service) development"),
            (Purpose.STATISTICS, r"\bstatisti"),
            (Purpose.PERSONALISED_CONTENT, r"personali[sz]ed (?:and targeted )?content"),
            (Purpose.AD_TARGETING, r"target\w{0,4} (?:of )?(?:our |own )*adverti|\bmarketing"),
            (Purpose.PUBLICATION, r"\bpublish & list|director|mailing label"),
        ],
    }
)

STATES_BASIS = re.compile(
    r"perust(?:e\b|eena|eella|uu|eet)|oikeusperust|käsittelyperust|\bgrund|\bbas(?:is|ed)\b"
)
#: P16; a sentence that says no consent is needed names none.
LEGAL_BASES = Table(
    {
        FI: [
            (LegalBasis.CONSENT, r"\bsuostumu & !suostumusta ei|\bei\b"),
            (LegalBasis.CONTRACT, r"\bsopimu"),
            (LegalBasis.LEGAL_OBLIGATION, r"lakisäätei|lainsäädäntö|lain velvoi"),
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
            (LegalBasis.LEGAL_OBLIGATION, r"legal obligation"),
            (LegalBasis.LEGITIMATE_INTEREST, r"legitimate interest"),
        ],
    }
)

#: P21-P26.
SOURCES = Table(
    {
        FI: [
            (SourceKind.REGISTRATION, r"rekisteröitymi|rekisteröityessä|rekisteröityy|lomakk"),
            (
                SourceKind.CUSTOMER_NOTICE,
                r"asiakkaan\b.{0,30}\bilmoit|asiakkaalta|rekisteröidyltä"
                r"|asiakkaan (?:itsensä |itse )?(?:anta|toimit)|henkilöltä itseltään",
            ),
            (SourceKind.PURCHASE, r"\bostoks|\bostotapahtum|\bostoista|jälleenmyyj"),
            (SourceKind.UPDATE_SERVICE, r"päivityspalvelu|väestötie|kaupparekist|yritystietojärj"),
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
                r"registrering(?:ar|en)? (?:som )?(?:kunden|gjord)|\bregistrerar",
            ),
            (SourceKind.REGISTRATION, r"kundens (?:egna )?registrering|formulär"),
            (
                SourceKind.CUSTOMER_NOTICE,
                r"kunden (?:själv )?(?:med|upp|läm|anm)|av kunden|kundens an",
            ),
            (SourceKind.CUSTOMER_NOTICE, r"den registrerade själv|anmälningar"),
            (SourceKind.PURCHASE, r"\bköp|återförsälj"),
            (SourceKind.UPDATE_SERVICE, r"uppdateringstjänst|befolkningsdata|handelsregist"),
            (SourceKind.SUBCONTRACTOR, r"underleverantör"),
            (SourceKind.PARTNER, r"(?:samarbets)?partner\w{0,6} (?:webb|system|sid|inform|data)"),
            (SourceKind.PARTNER, r"från (?:våra )?(?:samarbets)?partner"),
            (SourceKind.COOKIES, r"\bcookie|\bkakor & !\binte\b"),
        ],
        EN: [
            (SourceKind.REGISTRATION, r"\bregistrations?\b|when you register|\bforms?\b"),
            (
                SourceKind.CUSTOMER_NOTICE,
                r"(?:customer|data subject|you)(?:s|'s)? (?:tell|give|provid|not)",
            ),
            (
                SourceKind.CUSTOMER_NOTICE,
                r"from the (?:customer|data subject)|you tell|by the customer",
            ),
            (SourceKind.PURCHASE, r"\bpurchase|\breseller"),
            (
                SourceKind.UPDATE_SERVICE,
                r"updat\w{1,3} services?|population (?:information|register)",
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

#: Named as recipients (art. 13(1)(e)).
RECIPIENTS = Table(
    {
        FI: [
            (RecipientKind.OWN_STAFF, r"henkilöstö|henkilökunt|työntekij"),
            (RecipientKind.ACCOUNTING, r"taloushallin|kirjanpi|tilitoimist"),
            (RecipientKind.PARTNER, r"yhteistyökumppan|\bit-|palvelin|alihankkij"),
            (RecipientKind.SERVICE_PROVIDER, r"palveluntarjoaj|palveluntuottaj"),
            (RecipientKind.CREDIT, r"luottotieto|rahoitusyhti"),
            (RecipientKind.COLLECTION_AGENCY, r"perintä|perintää"),
            (RecipientKind.AUTHORITY, r"viranomai|verohallin"),
            (RecipientKind.ANALYTICS, r"google|analytiikka"),
        ],
        SV: [
            (RecipientKind.OWN_STAFF, r"\bpersonal\b|anställda|personalen"),
            (RecipientKind.ACCOUNTING, r"bokför|ekonomiförvalt|redovisning"),
            (RecipientKind.PARTNER, r"samarbetspartner|\bit-|server|underleverantör"),
            (RecipientKind.SERVICE_PROVIDER, r"tjänsteleverantör|tjänsteproducent"),
            (RecipientKind.CREDIT, r"kreditupplysning|finansbolag"),
            (RecipientKind.COLLECTION_AGENCY, r"inkasso|indrivning"),
            (RecipientKind.AUTHORITY, r"myndighet"),
            (RecipientKind.ANALYTICS, r"google|analys"),
        ],
        EN: [
            (RecipientKind.OWN_STAFF, r"\bstaff\b|personnel|employees"),
            (RecipientKind.ACCOUNTING, r"accounting|accountant|bookkeep"),
            (RecipientKind.PARTNER, r"\bpartners?\b|hosting|server|\bit-"),
            (RecipientKind.SERVICE_PROVIDER, r"service provider"),
            (RecipientKind.CREDIT, r"credit information|credit bureau|financ(?:e|ing) compan"),
            (RecipientKind.COLLECTION_AGENCY, r"debt collect|collection agenc"),
            (RecipientKind.AUTHORITY, r"authorit"),
            (RecipientKind.ANALYTICS, r"google|analytics"),
        ],
    }
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
            (DisclosureGround.BILLING, r"\blaskutu|\blaskujen & !hävit|poistam"),
            (
                DisclosureGround.LEGAL_OBLIGATION,
                r"lainsäädän|\blain |\blaki|viranomai & velvo|edellyt|vaati|lakisää"
                r" & !hävit|poistam",
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
SPEAKS_OF_DISCLOSURE = re.compile(r"luovut|palveluntarjoaj|lämna|tjänsteleverant|disclos|provider")
SPEAKS_OF_RETENTION = re.compile(r"säilyt|lagras|sparas|bevaras|förvaras|\bkept\b|stored|retain")

#: P48-P67; the same patterns tell which right a heading or a sentence is about.
RIGHTS = Table(
    {
        FI: [
            (Right.ACCESS, r"tarkastusoike|tarkastaa|tarkistaa|tarkastuspyyn|saada pääsy"),
            (Right.RECTIFICATION, r"oikais|korja[aut] & !epää"),
            (Right.ERASURE, r"hävitetään|hävittä & pyyn|pyydä"),
            (Right.ERASURE, r"oikeu|pyytää|vaatia & poistam|poistaa|poistet|unohdetu & !\bei\b"),
            (Right.RESTRICTION, r"rajoit"),
            (Right.PORTABILITY, r"siirtää & tieto|tiedot & !ulkopuol"),
            (Right.OBJECTION, r"vastusta"),
            (Right.PROHIBITION, r"kieltää|kielto & markkin|suoram|julkai|luovut"),
            (Right.ANONYMISATION, r"anonymis"),
            (Right.COMPLAINT, r"\bkantelu|\bkannella|\bvalitu|\bvalittaa"),
        ],
        SV: [
            (Right.ACCESS, r"insyn|tillgång till|kontrollera|vilka uppgifter"),
            (Right.RECTIFICATION, r"rättels|rättas|rätta\b|korriger"),
            (Right.ERASURE, r"rade|förstör|bortglömd|bli glömd"),
            (Right.RESTRICTION, r"begräns"),
            (Right.PORTABILITY, r"portabilitet|överför & system|annan"),
            (Right.OBJECTION, r"invänd|motsätta"),
            (Right.PROHIBITION, r"förbjud|förbud & marknads|reklam|publicer|utlämn|lämna"),
            (Right.ANONYMISATION, r"anonymis"),
            (Right.COMPLAINT, r"klagomål|besvär|\bklaga"),
        ],
        EN: [
            (Right.ACCESS, r"right of access|right to access|inspect|access to|what data"),
            (Right.RECTIFICATION, r"rectif|correct"),
            (Right.ERASURE, r"eras|forgotten|delet|destroyed"),
            (Right.RESTRICTION, r"restrict"),
            (Right.PORTABILITY, r"portab|transfer & system|another controller"),
            (Right.OBJECTION, r"\bobject"),
            (Right.PROHIBITION, r"forbid|prohibit|opt out & market|advert|publi|disclos"),
            (Right.ANONYMISATION, r"anonymi[sz]"),
            (Right.COMPLAINT, r"complain"),
        ],
    }
)

#: Sentences about the refusal of a request, and its certificate (P59), ask nothing of the person.
ABOUT_REFUSAL = re.compile(r"epää|evät|todistuks|vägra|avslå|avslag|intyg|refus|certificate")
NOT_ASKED = re.compile(
    r"\bei (?:tarvit|edellyt|vaadi)|behöver inte|krävs inte|not (?:need|requir|have to be)"
)

#: P49, P51, P55.
WAYS = Table(
    {
        FI: [
            (Identification.SIGNATURE, r"allekirjoit"),
            (Identification.PROVEN_EMAIL, r"(?:tunniste|todenne|varmenne)\w{0,14} sähköposti"),
            (Identification.IN_PERSON, r"henkilökohtaisesti|paikan päällä|toimipaika|toimipistee"),
            (
                Identification.STRONG_ELECTRONIC,
                r"vahva\w{0,4} (?:sähköi\w{0,6} )?tunnist|pankkitunn|mobiilivarmen|suomi\.fi",
            ),
        ],
        SV: [
            (Identification.SIGNATURE, r"underteckna|underskri|signera"),
            (Identification.PROVEN_EMAIL, r"(?:identifier|bevislig|verifier)\w{0,6} e-post"),
            (Identification.IN_PERSON, r"personligen|på plats|verksamhetsställe"),
            (Identification.STRONG_ELECTRONIC, r"stark\w? \w{0,12} ?(?:autent|ident)|bankkod"),
        ],
        EN: [
            (Identification.SIGNATURE, r"\bsign(?:ed|ature)?\b"),
            (Identification.PROVEN_EMAIL, r"(?:identifiable|verifi\w{2,4}|prov\w{2,4}) e-?mail"),
            (Identification.IN_PERSON, r"in person|at our (?:office|premises)"),
            (
                Identification.STRONG_ELECTRONIC,
                r"strong (?:electronic |customer )?(?:ident|authent)",
            ),
        ],
    }
)

WRITTEN = {
    FI: recogniser(r"kirjalli|sähköpostitse|sähköpostilla|kirjeellä|kirjeitse & pyyn|pyyd|yhtey"),
    SV: recogniser(r"skriftlig|per e-post|med e-post|per brev & begär|förfråg|kontakt"),
    EN: recogniser(r"in writing|written|by e-?mail|by letter & request|contact"),
}
OR_ELSE = re.compile(r"\btai\b|\beller\b|\bor\b")
ASKS_WHO = re.compile(r"henkilöllisyy|identitet|identity|tunnistam")

REQUEST_LANGUAGES: list[tuple[Language, re.Pattern[str]]] = [
    (FI, re.compile(r"\bsuomeksi|\bsuomen kiel|på finska|in finnish")),
    (SV, re.compile(r"\bruotsiksi|\bruotsin kiel|på svenska|in swedish")),
    (EN, re.compile(r"\benglanniksi|\benglannin kiel|på engelska|in english")),
]

#: A period and its unit, then from when it is counted (P31).
NUMBERS = {
    name: number
    for names in (
        "yhden kahden kolmen neljän viiden kuuden seitsemän kahdeksan yhdeksän kymmenen",
        "yksi kaksi kolme neljä viisi kuusi",
        "ett två tre fyra fem sex sju åtta nio tio",
        "one two three four five six seven eight nine ten",
    )
    for number, name in enumerate(names.split(), start=1)
} | {"kaksitoista": 12, "kahdentoista": 12, "tolv": 12, "twelve": 12}

PERIOD = re.compile(
    rf"\b(\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})(?: \(\d{{1,3}}\))?[ -]?"
    r"(?:(vuotta|vuoden|vuosi|v\b|år|years?)|(kuukau|kk\b|månad|months?))"
)

STARTS = Table(
    {
        FI: [
            (RetentionStart.FINANCIAL_YEAR_END, r"tilikau"),
            (RetentionStart.RELATIONSHIP_END, r"asiakkuu|suhteen|suhde|asiakassuh"),
            (RetentionStart.INVOICE, r"\blasku"),
            (RetentionStart.ORDER, r"\btilau|\bostos|\btoimitu|toimeksian"),
            (RetentionStart.COLLECTED, r"kerääm|tallent|tallen|keräyk|saami|antami|rekisteröi"),
        ],
        SV: [
            (RetentionStart.FINANCIAL_YEAR_END, r"räkenskapsperiod|räkenskapsår"),
            (RetentionStart.RELATIONSHIP_END, r"kundrelation|kundförhåll|avtalsförh"),
            (RetentionStart.INVOICE, r"\bfaktura"),
            (RetentionStart.ORDER, r"\bbeställning|\bköp|\bleverans|\buppdrag"),
            (RetentionStart.COLLECTED, r"samla|registrer|erhåll"),
        ],
        EN: [
            (RetentionStart.FINANCIAL_YEAR_END, r"financial (?:year|period)"),
            (RetentionStart.RELATIONSHIP_END, r"relationship"),
            (RetentionStart.INVOICE, r"\binvoice"),
            (RetentionStart.ORDER, r"\border|\bpurchase|\bassignment"),
            (RetentionStart.COLLECTED, r"collect|obtained|stored|registration"),
        ],
    }
)
