"""Transfers, cookies, and what else arts 13 and 14 make a notice say (P29, P32-P46)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from notices.terms import ClauseKind, CookieUse, Language, SectionKey, Statement, TransferTool

from .names import companies_in, countries_in, place_of_country
from .reading import Fact
from .recognisers import EN, FI, SV, Table
from .said import Said, fact_of, first_of_each, marked_elsewhere, under

OUTSIDE = re.compile(
    r"\b(?:eu|eta|euroopan)\b.{0,60}ulkopuol|ulkopuol\w{2,5} (?:eu|euroop)|kolman\w{1,7} mai"
    r"|\b(?:utanför|utom) (?:eu|ees|europe)|tredje ?l[aä]nd"
    r"|outside (?:of )?(?:the )?(?:eu|eea|europe)|third countr"
)
INSIDE = re.compile(
    r"(?:pysyvät|säilyvät|sijaitsevat|ovat) .{0,30}(?:\beu|\beta|euroop)\S{0,14}(?:alueella|ssa\b)"
    r"|(?:stannar|finns|lagras) (?:\w{1,9} )?inom (?:eu|ees)"
    r"|(?:stay|remain|stored) (?:with)?in the e"
)
DENIES = re.compile(
    r"\b(?:ei|emme|eikä|eivät|emmekä)\b|\b(?:inte|inga|inget|ingen|varken|nej)\b"
    r"|\b(?:not|no|never|neither)\b"
)
EXCEPTS = re.compile(
    r"\bellei|\bellemme|\bpaitsi|\bilman\b|\bmuutoin kuin|\bjollei|\bom det inte|\bförutom|\butan\b"
    r"|\bunless|\bexcept|\bwithout"
)
SHORT_NO = re.compile(r"(?:ei(?: siirretä| luovuteta| siirtoja)?|nej|no|none|inga)\W*$")
TRANSFERS = re.compile(
    r"siir|luovut|sijait|palvelim|säilyt|käsitel|överför|översän"
    r"|\bför(?:s|a|t)? (?:\w{1,9} )?över\b|lämna|serv|lagra"
    r"|transfer|process|locat|stor"
)

TOOLS: list[tuple[TransferTool, re.Pattern[str]]] = [
    (TransferTool.ADEQUACY, re.compile(r"riittäv\w{0,6}|adekvat|adequa|privacy framework|dpf\b")),
    (
        TransferTool.STANDARD_CLAUSES,
        re.compile(
            r"(?:vakio|malli)(?:sopimus)?(?:lausek|ehto|ehdo)|standardavtalsklausul"
            r"|standard(?:iserade dataskyddsbestäm|klausul)|modellklausul"
            r"|standard (?:contractual|data protection) clauses|model clauses|\bscc"
        ),
    ),
    (
        TransferTool.EXCEPTION,
        re.compile(r"(?:artikla\w{0,3}|artikel|article) 49|49 artikla|nimenomais\w{1,6} suostumu"),
    ),
]

COOKIE = re.compile(r"\beväst|\bcookie|\bkakor")
NO_COOKIES = re.compile(
    r"\b(?:ei(?:vät)?|emme) (?:\w{1,12} ){0,2}(?:käyt\w{1,5}|aset\w{1,4}|ole) (?:mitään )?eväste"
    r"|eväste\w{0,3} ei (?:käyte|ole|tallen)|\b(?:ei|eikä) (?:muita )?evästeitä|evästeettö"
    r"|använder (?:vi )?inte (?:några )?(?:cookies|kakor)|\binga (?:cookies|kakor)"
    r"|använder inga|används inga|\bno cookies|\bnot (?:use|set) (?:any )?cookies"
)
ONLY = re.compile(r"\bmuita|\bandra än|\bother than")
COOKIE_USES = Table(
    {
        FI: [
            (
                CookieUse.NECESSARY,
                r"välttämät|toiminnan kannalta tarpeelli|toiminnalli\w+ eväst"
                r"|(?:ostoskori|kirjautumi)\w{0,6}.{0,30}(?:toteut|toimi|muista|säily|varten)",
            ),
            (
                CookieUse.ANALYTICS,
                r"analyt|analys|\banalyso|tilasto|statist|kävijä\w{0,4}(?:määr|seur|mit|lask)"
                r"|kävij\w+ (?:laskem|seuraa)|käyttöstatist & !\\bemme\b|\beivät\b",
            ),
            (CookieUse.MARKETING, r"markkinoi|mainon|mainost & !\bemme\b|\bei\b|\beivät\b"),
        ],
        SV: [
            (CookieUse.NECESSARY, r"nödvändig"),
            (CookieUse.ANALYTICS, r"analy|statisti|besöks(?:mät|antal) & !\binte\b|\binga\b"),
            (CookieUse.MARKETING, r"marknadsför|reklam|annons & !\binte\b|\binga\b"),
        ],
        EN: [
            (CookieUse.NECESSARY, r"necessary|essential"),
            (CookieUse.ANALYTICS, r"analy|statistic|measur & !\bnot\b|\bno\b"),
            (CookieUse.MARKETING, r"marketing|advertis & !\bnot\b|\bno\b"),
        ],
    }
)

STATEMENTS = Table(
    {
        FI: [
            (
                Statement.NO_OFFICER,
                r"tietosuojavastaav & \bei (?:ole|tarvi|edelly|nime|vaadi)|\bemme ole|\beikä"
                r" & !ei ole pakko",
            ),
            (
                Statement.NO_AUTOMATED_DECISIONS,
                r"automaatti|automatisoi|profiloi & \b(?:ei|emme|eikä|emmekä|eivät)\b & !\bellei",
            ),
            (
                Statement.NEEDED_FOR_CONTRACT,
                r"antami\w* .{0,60}(?:edelly|välttämät|vaatimu|tarpee)"
                r"|\bilman (?:niitä|tietoja|näitä|henkilötie|nimeä|yhteystie|osoite)"
                r"|sopimus edellyttää"
                r"|tie(?:toja|dot) (?:tarvitaan|ovat välttämät).{0,60}(?:sopimu|tilau)"
                r" & !\bei ole (?:laki|pakolli)",
            ),
            (
                Statement.GIVEN_FREELY,
                r"vapaaehtoi|ei ole pakollis & anta|anna|tieto|tiedot"
                r" & !markkinoi|dokumentoi|yksilöity|yksiselit",
            ),
            (
                Statement.DEMANDED_BY_LAW,
                r"antami\w* .{0,40}(?:lakisää|lain vaati)|\blaki (?:vaatii"
                r"|edellyttää) (?:\w{1,12} ){0,2}"
                r"(?:antami|tieto|tiedot) & !\bei\b|\bluovut",
            ),
            (
                Statement.NO_CONSENT,
                r"suostumu & \bei tarvi|\bei vaadi|\bei perustu|\bemme (?:käsittele"
                r"|pyydä) & !\bilman\b",
            ),
            (
                Statement.NO_PUBLIC_SOURCES,
                r"julki\w{1,7} (?:lähte|läht|rekister) & \b(?:ei|emme|eikä)\b",
            ),
            (
                Statement.PUBLIC_SOURCES,
                r"julki\w{1,7} (?:lähte|lähde|läht|rekister|saata)|kaupparekister|\bytj\b"
                r"|väestötietojär"
                r" & !\bemme\b|\bei\b|\beivät ole julki",
            ),
            (
                Statement.UNDERTAKINGS,
                r"(?:salassapito|vaitiolo)\w{0,14} & allekirj|sitoutu|tehnyt|tehneet",
            ),
            (
                Statement.PERSONAL_ACCOUNTS,
                r"(?:henkilökohtai\w{1,6}|\boma|\bomat|\bomalla|\bomilla)"
                r" .{0,25}(?:tunnu|salasan)",
            ),
            (Statement.FIREWALL, r"palomuur"),
            (Statement.LOCKED_STORAGE, r"lukit|lukolli|lukkojen|lukkojen|lukkolli"),
            (Statement.FIREPROOF_STORAGE, r"paloturva|palosuoja|palonkestä"),
            (
                Statement.NO_PAPER,
                r"\b(?:ei|emme) (?:\w{1,12} ){0,2}(?:manuaali|paperi)"
                r"|(?:manuaali|paperi)\w* (?:\w{3,12} )?ei (?:ole|säily|synny|muodostu|pide)",
            ),
        ],
        SV: [
            (
                Statement.NO_OFFICER,
                r"dataskyddsombud & \binget|\binte|\bingen",
            ),
            (
                Statement.NO_AUTOMATED_DECISIONS,
                r"automat|profiler & \b(?:inte|inga|inget|ingen|varken)\b",
            ),
            (
                Statement.NEEDED_FOR_CONTRACT,
                r"(?:lämna|att ge)\w* .{0,60}(?:krav|förutsättning|nödvändig|behövs)"
                r"|\butan (?:dem|uppgifterna)|avtalet förutsätter"
                r"|avtal\w* förutsätter & !frivillig",
            ),
            (Statement.GIVEN_FREELY, r"frivillig"),
            (
                Statement.DEMANDED_BY_LAW,
                r"lag\w* (?:kräver|förutsätter) att (?:du|kunden) & !\binte\b",
            ),
            (
                Statement.NO_CONSENT,
                r"samtyck & \bbehövs inte|\binte (?:på|med stöd|utifrån)|behandlar inte",
            ),
            (Statement.NO_PUBLIC_SOURCES, r"offentlig\w{0,3} (?:käll|regist) & \binte\b|\binga\b"),
            (
                Statement.PUBLIC_SOURCES,
                r"offentlig\w{0,3} (?:käll|regist)|handelsregist|\bfods\b"
                r"|befolkningsdata & !\binte\b",
            ),
            (
                Statement.UNDERTAKINGS,
                r"(?:tystnads|sekretess)\w{1,14} & underteck|skrivit under|förbund",
            ),
            (
                Statement.PERSONAL_ACCOUNTS,
                r"\b(?:personlig\w{0,2}|egna|eget|egen)\b .{0,25}(?:användar|lösen|inlogg|konto)",
            ),
            (Statement.FIREWALL, r"brandmur|brandvägg"),
            (Statement.LOCKED_STORAGE, r"\blåst|\blåsta|\blåsbar"),
            (Statement.FIREPROOF_STORAGE, r"brandsäk|brandtrygg|brandskydd"),
            (
                Statement.NO_PAPER,
                r"\b(?:inget|inga|inte) (?:\w{1,12} )?(?:manuell|papper)|(?:manuell"
                r"|papper)\w* \w* ?inte",
            ),
        ],
        EN: [
            (
                Statement.NO_OFFICER,
                r"protection officer & \bno\b|\bnot\b",
            ),
            (
                Statement.NO_AUTOMATED_DECISIONS,
                r"automat|profil & \b(?:not|no|never|neither)\b",
            ),
            (
                Statement.NEEDED_FOR_CONTRACT,
                r"(?:giving|providing|provision) .{0,60}(?:necessary|required|requirement"
                r"|condition)"
                r"|\bwithout (?:them|the data|these)|contract requires & !voluntary"
                r"|\bnot (?:a )?requir",
            ),
            (Statement.GIVEN_FREELY, r"voluntary|\bfreely"),
            (
                Statement.DEMANDED_BY_LAW,
                r"law (?:requires|demands) (?:that )?you|statutory requirement",
            ),
            (
                Statement.NO_CONSENT,
                r"consent & \bnot (?:needed|required)|\bnot process|\bnot based|\bno process",
            ),
            (Statement.NO_PUBLIC_SOURCES, r"public\w{0,2} (?:sourc|regist|avail) & \bno\b|\bnot\b"),
            (
                Statement.PUBLIC_SOURCES,
                r"public\w{0,2} (?:sourc|regist|avail)|trade register|business information system"
                r" & !\bnot\b|\bno\b",
            ),
            (
                Statement.UNDERTAKINGS,
                r"confidential & \bsign|undertak|agreement",
            ),
            (
                Statement.PERSONAL_ACCOUNTS,
                r"\b(?:personal|individual|own)\b .{0,25}(?:user|passw|account|credential|login)"
                r"|(?:passw\w*|account|credentials) of their own",
            ),
            (Statement.FIREWALL, r"firewall"),
            (Statement.LOCKED_STORAGE, r"\block(?:ed|able)"),
            (Statement.FIREPROOF_STORAGE, r"fire-?\s?(?:safe|proof|resist)"),
            (Statement.NO_PAPER, r"\b(?:no|not) (?:\w{1,12} )?(?:paper|manual)"),
        ],
    }
)
#: Security is told under its own headings; elsewhere "locked" may be anything.
OF_SECURITY = frozenset(
    {
        Statement.UNDERTAKINGS,
        Statement.PERSONAL_ACCOUNTS,
        Statement.FIREWALL,
        Statement.LOCKED_STORAGE,
        Statement.FIREPROOF_STORAGE,
        Statement.NO_PAPER,
    }
)
SECURITY = (SectionKey.SECURITY_MANUAL, SectionKey.SECURITY_ELECTRONIC)
AUTHORITY = re.compile(
    r"tietosuojavaltuutet|dataombudsman|dataskyddsombudsman|data protection ombudsman"
)
COMPLAINT = (SectionKey.COMPLAINT, SectionKey.OTHER_RIGHTS, SectionKey.OTHER, SectionKey.OBJECTION)
OFFICER = re.compile(r"tietosuojavastaav|dataskyddsombud\b|protection officer")
NOT_NAMED = re.compile(r"\b(?:ei|inte|inget|no|not|none)\b")


def transfers_of(said: Sequence[Said]) -> list[Fact]:
    """Whether data leave the EU and the EEA, where to, and on what that rests (P29)."""
    home = under(said, SectionKey.TRANSFERS)
    at_home = {id(one) for one in home}
    elsewhere = [one for one in said if id(one) not in at_home and _is_about_transfers(one.folded)]
    own = [
        one
        for one in home
        if one.section.key == SectionKey.TRANSFERS
        or OUTSIDE.search(one.folded)
        or _tools(one.folded)
    ]
    facts = [*_transfers(own, home=True), *marked_elsewhere(_transfers(elsewhere, home=False))]
    return first_of_each(TransferTool, facts)


def _is_about_transfers(folded: str) -> bool:
    """Whether a sentence speaks of other countries, or of one of them and of what allows it."""
    if OUTSIDE.search(folded) or INSIDE.search(folded):
        return True
    return bool(countries_in(folded) and _tools(folded))


def _transfers(said: list[Said], *, home: bool) -> Iterator[Fact]:
    countries = {code for one in said for code in countries_in(one.folded)}
    for one in said:
        for tool in _tools(one.folded) or _without_tool(one, home=home):
            fact = fact_of(ClauseKind.TRANSFER, tool, one)
            if tool == TransferTool.NONE:
                yield fact
                continue
            here = countries_in(one.folded) or list(countries)
            country = here[0] if len(here) == 1 else ""
            yield replace(fact, country=country, name=_name_of(one, country) or _name_in(said))


def _name_of(one: Said, country: str) -> str:
    """The firm of a sentence; of several the last one before the country, which is its own."""
    named = companies_in(one.words)
    if len(named) > 1:
        place = place_of_country(one.folded, country)
        named = [(name, at) for name, at in named if at < place][-1:]
    return named[0][0] if named else ""


def _name_in(said: list[Said]) -> str:
    names = {name for one in said for name, _place in companies_in(one.words)}
    return names.pop() if len(names) == 1 else ""


def _tools(folded: str) -> list[TransferTool]:
    return [tool for tool, pattern in TOOLS if pattern.search(folded)]


def _without_tool(one: Said, *, home: bool) -> list[TransferTool]:
    text = one.folded
    if INSIDE.search(text) and not EXCEPTS.search(text) and not OUTSIDE.search(text):
        return [TransferTool.NONE]
    if SHORT_NO.match(text) and home:
        return [TransferTool.NONE]
    if not TRANSFERS.search(text) or not (OUTSIDE.search(text) or DENIES.search(text)):
        return []
    if not DENIES.search(text) or EXCEPTS.search(text):
        return [TransferTool.IF_NECESSARY] if OUTSIDE.search(text) else []
    return [TransferTool.NONE]


def cookies_of(said: Sequence[Said]) -> list[Fact]:
    """What the site uses cookies for (P39-P46); "none" only where no use is told."""
    facts: list[Fact] = []
    none: list[Fact] = []
    told = under(said, SectionKey.COOKIES) or [
        one for one in under(said, SectionKey.OTHER) if COOKIE.search(one.folded)
    ]
    for one in told:
        uses = COOKIE_USES.terms(one.folded, one.section.language)
        facts += [fact_of(ClauseKind.COOKIES, use, one) for use in uses]
        if NO_COOKIES.search(one.folded) and not ONLY.search(one.folded):
            none.append(fact_of(ClauseKind.COOKIES, CookieUse.NONE, one))
    return first_of_each(CookieUse, facts or none)


def statements_of(said: Sequence[Said]) -> list[Fact]:
    """What else the notice states, each with the sentence that says it."""
    facts = []
    secure = {id(one) for one in under(said, *SECURITY)}
    any_secure = bool(secure)
    for one in said:
        for statement in _statements(one):
            if statement not in OF_SECURITY or id(one) in secure or not any_secure:
                facts.append(fact_of(ClauseKind.STATEMENT, statement, one))
    return first_of_each(Statement, facts)


def _statements(one: Said) -> Iterator[Statement]:
    language: Language = one.section.language
    if AUTHORITY.search(one.folded) and one.section.key in COMPLAINT:
        yield Statement.AUTHORITY
    if OFFICER.search(one.section.heading.casefold()) and NOT_NAMED.match(one.folded):
        yield Statement.NO_OFFICER
    if one.section.key == SectionKey.PROFILING and SHORT_NO.match(one.folded):
        yield Statement.NO_AUTOMATED_DECISIONS
    if one.section.key != SectionKey.COOKIES:
        yield from STATEMENTS.terms(one.folded, language)
