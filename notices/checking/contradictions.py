"""Whether two clauses are against each other in earnest: their words may be about two things.

"No paper is kept" is true beside "the server room is locked", and "handling orders needs no
consent" beside a newsletter that does.
"""

import re

from notices.checking import sayings
from notices.checking.finding import Severity
from notices.checking.text import Said, either
from notices.reading import Fact
from notices.reading.recognisers import DATA, NUMBERS, PERIOD, PURPOSES
from notices.reading.said import fold_case
from notices.terms import TERMS, ClauseKind, Language, Statement

WITHOUT_CONSENT = either(
    r"\bilman\b|\bennen\b|\bellei|\bellet|\bvain\b", r"\butan\b|\bförrän\b|\bom inte\b|\bbara\b",
    r"\bwithout\b|\bbefore\b|\bunless\b|\bonly\b",
)  # fmt: skip
#: "Muita evästeitä emme käytä": said of the rest only.
OF_THE_REST = either(
    r"\bmu(?:u|i)(?:t|n|ta|den|ta|sta|ssa|lta|hin|lle|toin)\b|\bpaitsi|lukuun ottamatta",
    r"\bandra\b|\bannat\b|\bannan\b|\bövriga\b|\bförutom\b|\butom\b",
    r"\bothers?\b|\bexcept|\botherwise\b",
)
#: "No consent is needed for" orders, for these cookies: not said of everything.
OF_SOME_PROCESSING = either(
    r"\bnäi(?:hin|tä|den)|\btä(?:hän|tä|mä)\b|\bniihin\b|eväst|uutiskirj|markkin|tilau[sk]|lasku"
    r"|\bsopimu|asiakassuh",
    r"\bdessa\b|\bdetta\b|kakor|cookie|nyhetsbrev|beställn|faktur|\bavtal|kundförh",
    r"\bthese\b|\bthis\b|cookie|newsletter|\border|invoice|\bcontract",
)
PLACES = either(
    r"palvel[iu]|konesal|tietokan|järjestelm|varmuuskop|laittee|tilat\b|tiloi|toimist|\bov(?:i|et)\b",
    r"server|datahall|databas|säkerhetskop|lokal|kontor|dörr",
    r"server|database|backup|premises|office|\bdoors?\b|\brooms?\b",
)
PAPER = either(
    r"paper|manuaal|asiakirj|mappi|mapei|kaapi|kaappi|kansio|tulost|aineisto|arkisto",
    r"papper|manuell|handling|pärm|skåp|utskrift|arkiv",
    r"paper|manual|document|folder|cabinet|printout|archive",
)
NAMED_OFFICER = re.compile(
    r"(?:[Tt]ietosuojavastaava\w{0,4}|[Dd]ataskyddsombud\w{0,4}|[Dd]ata [Pp]rotection [Oo]fficer)"
    r"\W{0,3}(?:(?:on|toimii|nimi|är|heter|is)\W{1,3})?"
    r"[A-ZÅÄÖ][\w'-]{1,30} (?:[a-z]{1,3} )?[A-ZÅÄÖ][\w'-]{1,30}"
)
#: Words of a retention rule that say nothing of which data it is about.
SAYS_NO_DATA = re.compile(
    r"(?:säily|tallen|poist|hävit|tuho|henkilötie|asiakastie|tieto|tiedo|tietä|kaik|muut|muid"
    r"|enint|vähint|noin|ajan|aika|kulut|kulue|jälke|kunnes|asti|saak|luki|alka|vuo|kuuk|emme"
    r"|niitä|näitä|sinu|asiak|suhte|suhde|päätt|viime|tilau|rekister|meill|koko|kerä|saami|saatu"
    r"|lasku|tilik|uppgif|personupp|kundupp|lagra|spara|bevar|förvar|rader|alla|dina|högst|minst"
    r"|efter|från|under|månad|kund|upphör|senas|bestäl|avslu|övrig|andra|räken|data|personal"
    r"|information|keep|kept|stor|retai|delet|eras|your|year|month|after|from|until|most|least"
    r"|relat|ends?|order|latest|last|other|them|they|will|invoi|colle|finan)"
)
WORD = re.compile(r"[^\W\d_]{4,}")


def weight(one: Fact, other: Fact) -> Severity | None:
    """How much it weighs that both stand in a notice; None where both may well be true."""
    if one.term == Statement.NO_AUTOMATED_DECISIONS:
        return Severity.WARNING
    if one.term == Statement.NO_CONSENT and _is_about_some_processing(one):
        return None
    if one.term == Statement.NO_PAPER and _locks_no_paper(other):
        return None
    if one.term == Statement.GIVEN_FREELY and any(map(_names_data, (one, other))):
        return None
    if one.words and one.words == other.words:
        return None  # it makes an exception of its own, or was read in two ways
    in_doubt = OF_THE_REST.search(fold_case(one.words)) or (
        other.kind == ClauseKind.COOKIES and _is_denied(other)
    )
    return Severity.WARNING if in_doubt else Severity.ERROR


def label_of(fact: Fact) -> str:
    """What a clause says that stands nowhere in words."""
    return str(TERMS[fact.kind](fact.term).label)


def names_officer(one: Said) -> bool:
    """Whether a sentence says who the data protection officer is, or how to reach one."""
    if sayings.DENIED.search(one.folded):
        return False
    emails = (found[0] for found in sayings.EMAIL.finditer(one.folded))
    reached = any(not sayings.AUTHORITY_EMAIL.search(email) for email in emails)
    return reached or NAMED_OFFICER.search(one.words) is not None


def is_about_some_data(fact: Fact) -> bool:
    """Whether the words of a retention rule without a category name some data after all."""
    return names_some_data(fold_case(fact.words))


def names_some_data(folded: str) -> bool:
    """Whether case-folded words on retention are about more than "data"."""
    rest = PERIOD.sub(" ", folded)
    words = (word for word in WORD.findall(rest) if word not in NUMBERS)
    return any(not SAYS_NO_DATA.match(word) for word in words)


def _is_about_some_processing(fact: Fact) -> bool:
    words = fold_case(fact.words)
    if OF_SOME_PROCESSING.search(words) or OF_THE_REST.search(words):
        return True
    return any(PURPOSES.terms(words, language) for language in Language)


def _locks_no_paper(fact: Fact) -> bool:
    words = fold_case(fact.words)
    return bool(PLACES.search(words)) and not PAPER.search(words)


def _names_data(fact: Fact) -> bool:
    """Whether giving some data is meant: "the name", "other data"."""
    words = fold_case(fact.words)
    if OF_THE_REST.search(words):
        return True
    return any(
        category and pattern.search(words)
        for language in Language
        for category, pattern in DATA[language]
    )


def _is_denied(fact: Fact) -> bool:
    words = fold_case(fact.words)
    return bool(sayings.NOT_USED.search(words)) and not WITHOUT_CONSENT.search(words)
