"""Columns that say no to marketing or publication, and what their cells mean (P14, P52, M11).

Such a column is never dropped. A no becomes a prohibition; a yes is no consent, for it has no
wording and no date. What cannot be understood counts as a no: the person's wish may stand there.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from notices.terms import ProhibitedUse, ProhibitionScope

from .negation import PARTICLE, denies, forbids_by_itself, plain, refuses, says_not, without_double

Prohibited = frozenset[tuple[ProhibitionScope, ProhibitedUse]]


class Refusal(NamedTuple):
    """What a column forbids, and whether a "yes" in it means that it does."""

    forbids: Prohibited
    #: "Markkinointikielto" says no by "yes"; "Markkinointilupa" by "no"
    yes_forbids: bool
    #: the cell is a day or a reason, or empty: "UNSUB_TIME"
    by_presence: bool = False
    #: "Sallittu/kielletty", "Kielto peruttu": nobody knows what a bare "yes" or "no" means
    is_doubtful: bool = False


class Answer(NamedTuple):
    """What a cell of such a column says."""

    forbids: bool
    is_clear: bool = True


_UNCLEAR = Answer(True, is_clear=False)


def _all(scopes: tuple[ProhibitionScope, ...], uses: tuple[ProhibitedUse, ...]) -> Prohibited:
    return frozenset((scope, use) for scope in scopes for use in uses)


_BOTH = tuple(ProhibitedUse)
_SELLING = (
    ProhibitionScope.DIRECT_ADVERTISING,
    ProhibitionScope.DISTANCE_SELLING,
    ProhibitionScope.DIRECT_MARKETING,
)
_STUDIES = (ProhibitionScope.MARKET_RESEARCH, ProhibitionScope.OPINION_RESEARCH)
MARKETING: Final = _all(_SELLING, _BOTH)
STUDIES: Final = _all(_STUDIES, _BOTH)
CONTACT: Final = MARKETING | STUDIES
PUBLICATION: Final = _all((ProhibitionScope.PUBLICATION,), _BOTH)
DISCLOSURE: Final = _all(tuple(ProhibitionScope), (ProhibitedUse.DISCLOSURE,))
#: A protected address ("turvakielto"): kept from everybody outside, and published nowhere.
PROTECTED: Final = DISCLOSURE | PUBLICATION

#: What a no is called, the widest first.
_KINDS: Final = {
    "forbids_contact": CONTACT,
    "forbids_marketing": MARKETING,
    "forbids_studies": STUDIES,
    "forbids_protected": PROTECTED,
    "forbids_publication": PUBLICATION,
    "forbids_disclosure": DISCLOSURE,
}


@lru_cache(64)
def kinds_of(forbidden: Prohibited) -> list[str]:
    """What is forbidden, as codes: marketing, or marketing and surveys, or publication."""
    found: list[str] = []
    covered: Prohibited = frozenset()
    for code, kind in _KINDS.items():
        if kind <= forbidden and not kind <= covered:
            found.append(code)
            covered = covered | kind
    return found


# Headings are folded before: lower case, no accents, single blanks.
#: Words that are about a wish wherever they stand.
_TOPICS: tuple[tuple[re.Pattern[str], Prohibited], ...] = (
    (
        re.compile(
            r"turvakiel|sparrmark|skyddad|sekretess(?!avtal|forbind)|kvarskriv"
            r"|protected (?:identity|address|person)|suojattu (?:henkilo|osoite)"
            r"|(?:salai(?:nen|set|sen)|hemlig[at]?|secret) (?:num|nro|nr\b|osoit|adress|address|puh"
            r"|gsm|tel|phone)"
        ),
        PROTECTED,
    ),
    (
        re.compile(
            r"markkin|maino[nks]|suoramark|marknad|reklam|market(?!.?place)|advert"
            r"|\bpromo(?:s|tion\w*)?\b(?! ?[ck]od)|\bsolicit|\boffers\b|erbjudanden?\b|tarjou"
            r"|newsletter|uutiskir|nyhetsbrev|jasenkir|asiakaskir|medlemsbrev|kundbrev|kampanja"
            r"|mailing ?list|postituslist|sahkopostilist|\blistalta|suoraposti|massaposti"
            r"|\bbulk e? ?mail|myyntipuhel|sales calls?\b|telemarket"
            r"|(?:communication|contact) (?:preference|permission)s?|viestintatoive"
            r"|preferred (?:contact|communication)|yhteydenottota[pv]|kontaktsatt"
            r"|\bmass e? ?mail|\be ?mailing|\bgets? (?:\w+ )?e? ?mails?\b|tiedot(?:teet|teita|tuk)"
            r"|^postitus(?:et)?$|(?:medlems|kund)tidning|(?:jasen|asiakas)leh[td]"
        ),
        MARKETING,
    ),
    (re.compile(r"tutkimu|kyselyt|survey|enkat|research|opinion|undersokning"), STUDIES),
    (
        re.compile(
            r"julkais|publi[cks]|luettelo(?:on|ssa|sta|kiel|lupa)|hakemisto(?:on|ssa|sta)"
            r"|katalogi(?:in|ssa|sta)|i katalog|matrikkeli(?:in|ssa|sta)?\b|jasenluettelo\b"
            r"|matrikeln?\b(?! (?:nr|nummer|id)\b)|(?:in|from) directory|directory listing"
            r"|opt ?in ?directory|\bex directory|\bunlisted|\bnaky(?:y|a|vi\w*|ko|yko)\b|\bpiilot"
            r"|\b(?:nayt(?:a|etaan|taa)|visa|show|display)\b.*"
            r"(?:verkko|nett|sivu|jasen|muille|medlem|webb|hemsid|andra|member|website|online|other)"
            r"|\bvisas\b|\bsynlig|\bhid(?:e|den)\b|\bdold[at]?\b"
        ),
        PUBLICATION,
    ),
    (
        re.compile(
            r"luovut(?:us|taa|ta)|utlamn|disclos|third part|kolmansille|tredje part|data shar"
            r"|share (?:my )?data"
        ),
        DISCLOSURE,
    ),
    (
        re.compile(
            r"opt(?:ed)? ?in\b(?! (?:time|ip))|utskick|subscri|member status"
            r"|tilaaja(?:tila|status)|prenumer"
        ),
        MARKETING,
    ),
)
#: Asks for a wish, and names none.
_PREFERENCE = re.compile(r"preference|viestintatoive|preferens")
#: Ways to reach somebody: with a word of wishing beside them.
_CALLING = (
    r"\bcontact(?! ?(?:person|name|owner))|kontakt(?!person|uppgift)|\byhtey(?!shenk|stied|shlo)"
    r"|\bsoit|\bcall|phone|puhel|telefon|\bring(?:a|as|er|t)?\b|samtal|disturb|lahesty|hairi[nt]"
    r"|\bstor(?:a|as)?\b|\bdn[cd]\b"
)
_REACHING = (
    rf"{_CALLING}|\bsahkop\b|communicat|kommunik|\b(?:sahko)?post(?!al|code|n|ort|inum|itoim|ios)|mail|mejl|\bsms|viest\w*|message"
    r"|\blaheta\b|lahetta|lahetys[el]|\bskick|\bsend\b|kirje|letter|\bbrev|meddeland"
    r"|\bads?\b|\bspam\b|\bd[mr]\b|\bmark\b"
)
_CALLS, _REACHES = re.compile(_CALLING), re.compile(_REACHING)
_NOT_TO_REACH = re.compile(
    rf"{PARTICLE} (?:\w+ ){{0,3}}\w*?(?:{_REACHING})"
    r"|\b(?:ring|skicka|kontakta|mejla|maila) (?:inte|ej|icke)\b"
)
_PICTURES = re.compile(r"kuva(?:us|ta|taan|a|lu[pv]a|kiel)|valokuv|foto|photo|\bbild")
#: What forbids, or is allowed, with nothing said of what.
_ALONE = re.compile(
    r"\bopt(?:ed|s)? ?out|unsub|\bnix\b|robinson|blacklist|suppress|avregistr|avanmal|undanb"
    r"|kiel(?:to|l[aeo]|ta[any])|forb(?:ud|ju)|sparr|avbo[jt]|\btacka\w* nej\b|\bdn[cdm]\b"
    r"|\b(?:sulku|esto|kielto|musta) ?lista"
    r"|^(?:on |is |ar )?(?:est(?:etty|etyt|ot?)|block(?:ed|lista\w*|list)|blockerad)$|^luvat$"
    r"|(?:suostum\w{0,5}|samtycke|\bconsent|\blu[pv]an?)"
    r"(?: (?:annettu|saatu|givet|given|status|state|tila|tilanne))?$"
)
#: A permission of which its heading says that it is none.
_CONSENT = re.compile(r"suostum|samtyck|\bconsent|\blu[pv]a")
_WISH = re.compile(
    r"\bsaa(?:ko|nko)?\b|lupa|luvat|salli|suostu|hyvaksy(?:n|y|nyt|tty)?\b|halua"
    r"|\bfar\b|tillat|tillst[ao]nd|samtyck|godkan(?:d|t|ner)?\b|\bvill\b"
    r"|\baccept(?:s|ed)?\b|allow|consent|permi(?:t|ssion)|agree|\bwants?\b|\bmay\b|\bcan\b|\bok\b"
)
#: "Kyllä/ei" in a heading says how it is answered, "ei pakollinen" whether.
_CHOICES = re.compile(
    r"\b(?:[01x] )?(?:(?:kylla|joo|k)(?: tai)?(?: 0)? (?:ei|e)"
    r"|(?:ei|e)(?: tai)?(?: 1)? (?:kylla|joo|k)"
    r"|(?:ja|j)(?: eller)?(?: 0)? (?:nej|n)|(?:nej|n)(?: eller)?(?: 1)? (?:ja|j)"
    r"|(?:yes|y)(?: or)?(?: 0)? (?:no|n)|(?:no|n)(?: or)?(?: 1)? (?:yes|y))\b"
    r"|\b(?:ei|ej|not) (?:pakolli|valttam|obligator|required|mandatory)\w*"
)
#: "If no phone" is no wish, and "Phone no" a number.
_ASIDE = re.compile(r"\b(?:jos|if|om)\b.*|(?<=\w)(?<!wants)(?<!want) no\b")
_ABOUT = "|".join(topic.pattern for topic, _forbids in _TOPICS) + f"|{_REACHING}"
#: "Ei markkinointia", and not "Marketing (not transactional)".
_NOT_THIS = re.compile(
    rf"{PARTICLE}(?:$| (?:\w+ ){{0,3}}?\w*?(?:{_ABOUT}|{_WISH.pattern}|{_PICTURES.pattern}"
    r"|kiitos|tack|thank))"
)
#: A heading that can be taken both ways.
_EITHER = re.compile(
    r"(?:sallit|lupa|allow|tillat)\w* (?:tai |eller |or )?\w*(?:kiel|forb|prohib)"
    r"|(?:kiel[tl]|forb|prohib)\w* (?:tai |eller |or )?\w*(?:sallit|lupa|allow|tillat)"
    r"|(?:kiel[tl]|forbud|sparr|prohibition|block|opt ?out)\w* (?:on |is |has been |har )?"
    r"(?:peru|poist|lopet|paatt|aterk|havd|withdr|cancel|lifted|revok|remov)"
)
#: When, or why: whoever has said no has something in such a column.
_WHEN = re.compile(r"(?:time|date|day|pvm|paiva\w*|datum)$|\b(?:at|on)$")
_WHY = re.compile(r"reason|syy\b|orsak")
#: Of marketing, but about nobody's wish: sums, times, names of campaigns.
_NO_WISH = re.compile(
    r"campaign|kampanjan|title|utm|source|lahde|(?<!ater)kalla|spend|cost|budget|kulut|\btime zone"
    r"|last (?:e ?mail|marketing)|first (?:e ?mail|marketing)|\bsends\b"
    r"|clicks|opens|\bopened\b|delivered|bounce(?! )|date of last|level$|updated? at"
    r"|prenumerations?(?:nummer|nr|id|kod)\b|subscription (?:number|no|nr|code|plan|item|period)\b"
    r"|^marketing ?(?:manager|department|director|contact until)|\b(?:ip|id|version|text|url)$"
)


@lru_cache(4096)
def refusal_of(folded: str) -> Refusal | None:
    """What the column with this folded heading forbids; None when it speaks of no such wish."""
    if _NO_WISH.search(folded):
        return None
    heading = _CHOICES.sub(" ", folded).strip()
    forbids = next((forbids for topic, forbids in _TOPICS if topic.search(heading)), None)
    if forbids is None:
        heading = _ASIDE.sub(" ", heading).strip()
        forbids = _without_topic(heading)
    if forbids is None:
        return None
    heading = without_double(heading)
    says_no = denies(heading)
    if _WHY.search(heading) and not says_no:
        return None
    return Refusal(
        forbids,
        yes_forbids=says_no or forbids is PROTECTED,
        by_presence=says_no and bool(_WHEN.search(heading) or _WHY.search(heading)),
        is_doubtful=_can_be_taken_both_ways(heading),
    )


def _can_be_taken_both_ways(heading: str) -> bool:
    if forbids_by_itself(heading):
        return _EITHER.search(heading) is not None
    return says_not(heading) and not _NOT_THIS.search(heading)


def _without_topic(heading: str) -> Prohibited | None:
    said = without_double(heading)
    asks = refuses(said) or _WISH.search(said)
    if _PICTURES.search(heading) and (asks or denies(said)):
        return PUBLICATION
    if _NOT_TO_REACH.search(heading) or (asks and _REACHES.search(heading)):
        return CONTACT if _CALLS.search(heading) else MARKETING
    if _ALONE.search(heading) or (_CONSENT.search(heading) and denies(said)):
        return MARKETING
    return None


_YES = frozenset("yes y true t 1 x k kylla kyl on joo j ja v ok ✓ ✔ ☑ ✅ checked sant tosi".split())
_NO = frozenset(
    "no not non n false f 0 e ei en ej nej inte icke ingen inget inga falskt epatosi off "
    "- – — ✗ ✘ ☐ ❌".split()
)
#: A state in which permissions and prohibitions can be: it answers the heading, as "yes" does.
_STATES = frozenset(
    """
    voimassa hyvaksytty hyvaksyy hyvaksyn annettu aktiivinen haluaa haluan galler giltig godkand
    godkant godkanner given givet gett aktiv vill accepted accepts granted confirmed approved active
    valid enabled given wants
    """.split()
)
#: "Not asked" answers as "no" does; "asked" alone answers nothing.
_ASKED = frozenset("ilmoitettu kysytty kirjattu asetettu set specified stated asked".split())
#: Words that say nothing by themselves.
_FILLERS = frozenset(
    """
    on ole ollut oli mitaan enaa viela klo alkaen lahtien ar har kl fran sedan is was has been
    been at since from in to i ha att toistaiseksi utc gmt eet eest z am pm t
    """.split()
)
#: Allowed, whatever the heading asks for.
_ALLOWED = re.compile(
    r"salli|suostu|\blu[pv]a|\bsaa\b|\btila(?:aja|ttu|nnut|a\b)|tillat|samtyck|\bfar\b|prenumer"
    r"|allow|consent|agree|permi(?:t|ssion)|\bmay\b|\bopt(?:ed|s)? ?in\b|subscri|^pending"
    r"|^marketing contact|^markkinointi(?:kontakti|yhteys)|^marknadsforingskontakt"
)
_UNDERSTOOD = re.compile(rf"\w*?(?:{_ALLOWED.pattern}|{_ABOUT})\w*")
#: "Only by post": the rest is refused.
_IN_PART = re.compile(
    r"\b(?:vain|ainoastaan|paitsi|asti|saakka|endast|bara|utom|forutom|tills|only|except|until)\b"
)
#: What a system says of its own matters: letters that came back, or whom it bills for.
_NO_ANSWER = re.compile(
    r"cleaned|(?:hard |soft )?bounced?|non marketing(?: contact)?"
    r"|(?:muu kuin |ei )markkinointi(?:kontakti|yhteys\S{0,12})|icke marknadsforings\S{0,20}"
    r"|null|none|nan|n/a|unknown|ei tieto?a|ei tiedossa|\(blank\)|"
)
_DAY = re.compile(
    r"(?:\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4})"
    r"(?:(?:t|,? (?:klo |kl )?)\d{1,2}[:.]\d\d[\d:.]*z?(?: ?[+-]\d\d:?\d\d)?)?"
)
#: Nobody answers yes or no at such length.
_LONGEST = 300
_WORD = re.compile(r"\w+|[✓✔☑✅✗✘☐❌]")


def answer_of(cell: str, refusal: Refusal) -> Answer | None:
    """What `cell` says in a column of `refusal`; None for one that says nothing of it."""
    return _UNCLEAR if len(cell) > _LONGEST else _understood(cell, refusal)


@lru_cache(4096)
def _understood(cell: str, refusal: Refusal) -> Answer | None:
    text = plain(cell)
    if _NO_ANSWER.fullmatch(text):
        return None
    if refusal.by_presence:
        return Answer(bool(text.strip("0-:./ ")) and text not in _NO - {"✗", "✘", "❌"})
    has_day, text = _DAY.search(text) is not None, _DAY.sub(" ", text)
    words = _WORD.findall(text) or ([] if has_day else [text])
    telling = [word for word in words if word not in _FILLERS] or ([] if has_day else words)
    if not telling:
        return _answering(refusal, Answer(refusal.yes_forbids))
    if set(telling) & _NO and set(telling) <= _NO | _STATES | _ASKED:
        # "ei voimassa" answers the heading; "ei sähköpostia" says no whatever it asks
        return _answering(refusal, Answer(not refusal.yes_forbids))
    text = without_double(text)
    if denies(text):
        return Answer(True)
    first = telling[0]
    if _IN_PART.search(text):
        return _UNCLEAR
    if first not in _YES:
        left = _WORD.findall(_UNDERSTOOD.sub(" ", text))
        if not all(word in _FILLERS | _STATES or word.isdigit() for word in left):
            return _UNCLEAR
        if _ALLOWED.search(text):
            return Answer(False)
    if first in _YES or _STATES & set(telling):
        return _answering(refusal, Answer(refusal.yes_forbids))
    return _UNCLEAR


def _answering(refusal: Refusal, answer: Answer) -> Answer:
    """A bare "yes" or "no" says what the heading makes of it."""
    return _UNCLEAR if refusal.is_doubtful else answer


_BETWEEN_LABELS = re.compile(r":::|[,;|\n]")
_NO_LETTER = re.compile(r"[^\w]+|_")


@lru_cache(1024)
def said_by_labels(cell: str) -> Prohibited:
    """What the labels in `cell` forbid: those that would forbid by a yes if they were headings."""
    forbidden: Prohibited = frozenset()
    for label in _BETWEEN_LABELS.split(cell):
        refusal = refusal_of(" ".join(_NO_LETTER.sub(" ", plain(label[:_LONGEST])).split()))
        if refusal and refusal.yes_forbids:
            forbidden = forbidden | refusal.forbids
    return forbidden


#: A word of a state or a wish, and no text.
_SHORT = 60
#: Somebody has none, or wants none.
_HAS_NONE = re.compile(
    r"(?:ei(?: ole)?|ingen|inget|har inte|no|without|has no) (?:puh\w*|gsm|numero\w*|osoite\w*"
    r"|sahkop\w*|e ?mail\w*|e ?post\w*|phone\w*|tele\w*|number|address)(?: address| number)?\.?"
)


class Overheard(NamedTuple):
    """What a cell says in a column that is dropped, and whether words of refusal in it say no to
    nobody knows what."""

    forbids: Prohibited = frozenset()
    is_unclear: bool = False


@lru_cache(4096)
def overheard_in(cell: str) -> Overheard:
    """What `cell` says whatever its heading: "unsubscribed", "Ei halua uutiskirjettä"."""
    if len(cell) > _SHORT or _NO_ANSWER.fullmatch(plain(cell)):
        return Overheard()
    if _HAS_NONE.fullmatch(plain(cell)):
        return Overheard(is_unclear=True)
    forbids = said_by_labels(cell)
    return Overheard(forbids, not forbids and refuses(without_double(plain(cell))))


def says_yes_or_no(cell: str) -> bool | None:
    """What a cell answers that says nothing else; None for any other."""
    said = plain(cell)
    return said in _YES if said in _YES | _NO else None


def names_a_wish(heading: str) -> bool:
    """Whether a heading speaks of allowing or forbidding, and not only of marketing."""
    folded = without_double(plain(heading))
    return denies(folded) or any(
        words.search(folded) for words in (_WISH, _ALONE, _PREFERENCE, _TOPICS[-1][0], _ALLOWED)
    )
