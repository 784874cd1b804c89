"""Columns that say no to marketing or publication, and what their cells mean (P14, P52, M11).

Such a column is never dropped. A no becomes a prohibition; a yes is no consent, for it has no
wording and no date. What cannot be understood counts as a no: the person's wish may stand there.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from notices.terms import ProhibitedUse, ProhibitionScope

Prohibited = frozenset[tuple[ProhibitionScope, ProhibitedUse]]


class Refusal(NamedTuple):
    """What a column forbids, and whether a "yes" in it means that it does."""

    forbids: Prohibited
    #: "Markkinointikielto" says no by "yes"; "Markkinointilupa" by "no"
    yes_forbids: bool
    #: the cell is a day, or empty: "UNSUB_TIME"
    by_presence: bool = False


class Answer(NamedTuple):
    """What a cell of such a column says."""

    forbids: bool
    is_clear: bool = True


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

# Headings are folded before: lower case, no accents, single blanks.
_TOPICS: tuple[tuple[re.Pattern[str], Prohibited], ...] = (
    (re.compile(r"turvakiel|sparrmark|skyddad (?:adress|uppgift)|sekretessmark"), PROTECTED),
    (
        re.compile(
            r"markkin|mainon|mainok|mainost|suoramarkkin|marknad|reklam|marketing|market(?!.?place)"
            r"|newsletter|uutiskir|nyhetsbrev|advert|promotion|mailing ?list|postituslist"
            r"|sahkopostilist|kampanja|tarjou|mainos|suoramark|\bmark kielto|\bmk kielto"
        ),
        MARKETING,
    ),
    (re.compile(r"tutkimu|kyselyt|survey|enkat|research|opinion|undersokning"), STUDIES),
    (
        re.compile(
            r"julkais|kuvauslu[pv]|publi[cks]|luettelo(?:on|kiel|lupa)|hakemistoon|katalogiin"
            r"|i katalog|in directory|directory listing|opt ?in ?directory"
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
)
#: Headings that speak of reaching the person, with nothing said of why.
_REACHING = re.compile(
    r"^(?:saa|ei saa|fa?r|far inte|may|can|do not|dont|don t|no|ei)?\s?"
    r"(?:lahettaa|lahetettava|ottaa yhteytta|soittaa|skicka|kontakta\w{0,2}|ringa|contact|e? ?mail"
    r"|sms|call|phone|disturb)\b"
)
_UNSUBSCRIBED = re.compile(
    r"unsub|opt(?:ed)? ?out|avregistrer|perunut|peruutt|poistunut .{0,40}(?:lista|tila)"
    r"|avslutat .{0,40}prenumer|avanmal"
    r"|suppress|do not (?:contact|e? ?mail|call|phone|sms|mail|disturb)|dont contact"
    r"|don t contact|ei (?:saa )?(?:ottaa )?yhtey|ei saa (?:lahett|soitt)"
    r"|\bala(?:ka)? (?:soita|laheta|ota)|skicka inte|ring inte|kontakta inte"
    r"|kontaktforbud|yhteydenottokiel|nix|robinson|blacklist|\b(?:ei|ej|inga?) (?:posti|sahkopost"
    r"|tekstiviest|soit|puhelu|utskick|post|e ?post|sms|samtal)|fa?r ej kontakt|ej kontakt"
    r"|(?:^|\w )(?:kielto|kiellot|forbud)$|\w(?:kielto|kiellot|forbud)$"
)
_SUBSCRIBED = re.compile(
    r"opt(?:ed)? ?in\b(?! (?:time|ip))|utskick|subscri|member status|tilaaja(?:tila|status)"
    r"|sahkopostilupa"
    r"|smslupa|sms lupa|tekstiviestilupa|postituslupa|lahetyslupa|yhteydenottolupa"
    r"|saa (?:lahett|ottaa|soitt)|far (?:skicka|kontakt|ringa)|may (?:send|contact|call)"
    r"|accepts (?:e ?mail|sms)|suostum\w{0,5}$|samtycke$|\bconsent$|email permission"
    r"|prenumer"
)
_NEGATIVE = re.compile(
    r"kiel(?:to|taa|tanyt|letty|tay|lot|taytyn)|kiellot|forbud|forbjud|\bei\b|\beivat\b|\binte\b"
    r"|\bnej\b|\bno\b|\bnot\b|\bdont\b|\bdon t\b|\bopt(?:ed)? ?out\b|optout|unsub|esto\b|estetty"
    r"|sparr|spar\b|prohibit|forbid|denied|refus|block|exclu|suppress|avreg|undanbe|avbojt|avboj"
    r"|perunut|never|reject|object|vastust|motsatt"
)
#: Of marketing, but about nobody's wish: sums, times, names of campaigns.
_NO_WISH = re.compile(
    r"campaign|kampanjan|reason|syy\b|orsak|title|utm|source|lahde|kalla|spend|cost|budget"
    r"|cost|kulut|\btime zone|last (?:e ?mail|marketing)|first (?:e ?mail|marketing)|\bsends\b"
    r"|clicks|opens|\bopened\b|delivered|bounce(?! )|date of last|level$|updated? at"
    r"|^marketing ?(?:manager|department|director|contact until)"
)


@lru_cache(4096)
def refusal_of(folded: str) -> Refusal | None:
    """What the column with this folded heading forbids; None when it speaks of no such wish."""
    if _NO_WISH.search(folded):
        return None
    if re.search(r"unsub\w* time|unsubscribed? (?:at|on|date)|optout date", folded):
        return Refusal(MARKETING, yes_forbids=True, by_presence=True)
    negative = bool(_NEGATIVE.search(folded))
    for topic, forbids in _TOPICS:
        if topic.search(folded):
            return Refusal(forbids, yes_forbids=negative or forbids is PROTECTED)
    if _UNSUBSCRIBED.search(folded):
        reaching = (
            CONTACT
            if re.search(r"contact|yhtey|kontakt|disturb|soit|ring|call|phone", folded)
            else MARKETING
        )
        return Refusal(reaching, yes_forbids=True)
    if _SUBSCRIBED.search(folded):
        return Refusal(MARKETING, yes_forbids=negative)
    if _REACHING.search(folded) and negative:
        return Refusal(CONTACT, yes_forbids=True)
    return None


_YES = frozenset(
    "yes y true t 1 x k kylla kyl on joo j ja v ok ✓ ✔ ☑ ✅ checked sant tosi saa".split()
)
_NO = frozenset("no n false f 0 e ei nej falskt epatosi off - – — ✗ ✘ ☐ ❌".split())
_FORBIDDEN = re.compile(
    r"kielt|kiella|kiello|kielle|forbj|forbid|prohibit|denied|refus|unsub|opt(?:ed)? ?out"
    r"|non[ -]?subscri"
    r"|perunut|peruut|ei saa|ei lupaa|ei halua|far inte|vill inte|not allowed"
    r"|not subscribed|do not|avreg|blocked|estetty|sparr|archived|complain|abuse|reject|inactive"
    r"|invalid"
)
_ALLOWED = re.compile(
    r"sallit|allowed|tillat|^subscribed|opt(?:ed)? ?in|lupa (?:on|annettu)|^saa\b|accepted"
    r"|suostu|samtyck|^pending|ei kiel|ei forb|inget forb|no restrict|confirmed|granted"
    r"|^marketing contact|voimassa|tilaaja|hyvaksy|godkan|prenumer"
)
#: What a system says of its own matters: letters that came back, or whom it bills for.
_NO_ANSWER = re.compile(
    r"(?:cleaned|(?:hard |soft )?bounced?|non[ -]?marketing(?: contact)?"
    r"|(?:muu kuin |ei[ -]?)markkinointi(?:kontakti|yhteys\S{0,12})"
    r"|icke[ -]?marknadsforings\S{0,20})$"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}")


@lru_cache(4096)
def answer_of(cell: str, refusal: Refusal) -> Answer | None:
    """What `cell` says in a column of `refusal`; None for one that says nothing of it."""
    marked = unicodedata.normalize("NFKD", cell.strip().casefold())
    text = "".join(char for char in marked if not unicodedata.combining(char))
    if (
        not text
        or _NO_ANSWER.match(text)
        or text in ("null", "none", "nan", "n/a", "unknown", "ei tietoa", "(blank)")
    ):
        return None
    if refusal.by_presence:
        return Answer(text not in _NO or text in "✗✘❌")
    if _ALLOWED.search(text) and not _FORBIDDEN.search(text.replace("ei kiel", "")):
        return Answer(False)
    first = re.split(r"[\s,;:(./]+", text, maxsplit=1)[0]
    if text in _NO or first in _NO:
        # "ei markkinointia" forbids also where the heading asks for a prohibition
        if first in ("ei", "no", "nej", "inte") and re.search(
            r"markk|main|reklam|market|lahet", text
        ):
            return Answer(True)
        return Answer(not refusal.yes_forbids)
    if text in _YES or first in _YES or _DAY.search(text):
        return Answer(refusal.yes_forbids)
    if _FORBIDDEN.search(text):
        return Answer(True)
    return Answer(True, is_clear=False)


_WISH = re.compile(
    r"lupa|luvat|accept|consent|saa\b|opt|allow|suostum|samtyck|tillat|permission|hyvaks|godkan"
    r"|halua|vill|want|may\b|can\b|agree|subscri|tilaaja|prenumer"
)


def names_a_wish(heading: str) -> bool:
    """Whether a heading speaks of allowing or forbidding, and not only of marketing."""
    folded = unicodedata.normalize("NFKD", heading.casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return bool(_NEGATIVE.search(plain) or _WISH.search(plain) or _UNSUBSCRIBED.search(plain))
