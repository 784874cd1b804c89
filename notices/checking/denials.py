"""What one sentence denies and another, or a clause, says after all."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

from notices.checking.contradictions import OF_THE_REST
from notices.checking.sayings import COOKIES, DENIED
from notices.checking.text import Said, either
from notices.reading import recognisers
from notices.reading.names import countries_in
from notices.reading.paragraphs import split_segments
from notices.reading.recognisers import DATA, LEGAL_BASES, PERIOD, PURPOSES
from notices.terms import DataCategory, LegalBasis, SectionKey

DENIES_DATA = either(
    r"\b(?:emme|ei|eikä) (?:\w{1,14} ){0,2}(?:kerä|tallen|säilytä|säilytetä|kysy|pyyd)",
    r"\b(?:samlar|lagrar|sparar|registrerar|frågar) (?:vi )?(?:aldrig|inte|inga|inget|ingen)\b",
    r"\b(?:not|never) (?:collect|store|keep|record|ask)|\b(?:collect|store|keep|record) no\b",
)
#: Said of some time, case or place only.
IN_PART = either(
    r"\b(?:jos|ellei|ilman|kauemmin|pidempään|vain|ainoastaan|enää|jälkeen|yhteydessä|paitsi)\b",
    r"\b(?:om|utan|längre|endast|bara|efter|när)\b",
    r"\b(?:if|unless|without|longer|only|after|when|anymore)\b",
)
GOES = either(
    r"siirr|siirty|luovut|tallen|säilyt|palvelim|sijait",
    r"överför|lagras|sparas|server|skickas",
    r"transfer|stored|\bsent\b|server|located",
)
WORD = re.compile(r"[^\W\d_]{4,}")
#: Words of a sentence on a basis that name no purpose.
OF_BASES = re.compile(
    r"(?:perust|oikeusp|oikeude|sopimu|suostu|oikeute|etuu|etumme|lakis|velvo|käsitt|tarkoit|henkilö"
    r"|tieto|grund|rättsl|avtal|samtyck|berätt|intress|förplikt|behandl|personup|uppgif"
    r"|basis|based|contract|consent|legit|interest|legal|oblig|process|personal|data)"
)


def denied_data(one: Said) -> Iterator[DataCategory]:
    """The data that a sentence says are not kept at all."""
    if one.section is None or one.section.key == SectionKey.COOKIES:
        return
    text = one.folded
    if not DENIES_DATA.search(text) or PERIOD.search(text):
        return
    if any(pattern.search(text) for pattern in (IN_PART, OF_THE_REST, COOKIES)):
        return
    for category, pattern in DATA[one.section.language]:
        text, count = pattern.subn("|", text)
        if count and category:
            yield category


def goes_outside(one: Said) -> bool:
    """Whether a sentence says that data go to a country outside the EU and the EEA."""
    text = one.folded
    return bool(countries_in(text) and GOES.search(text) and not DENIED.search(text))


def two_bases_in(one: Said) -> bool:
    """Whether a sentence names one purpose first, and then two bases."""
    if one.section is None or len(_bases(one)) < 2:
        return False
    start, end = split_segments(one.folded)[0]
    first, language = one.folded[start:end], one.section.language
    purposes = PURPOSES.terms(one.folded, language)
    return len(purposes) == 1 and purposes == PURPOSES.terms(first, language)


def on_two_bases(said: Iterable[Said]) -> Iterator[tuple[Said, Said]]:
    """Pairs of sentences that put the same purpose, in the same words, on two bases."""
    told = [one for one in said if len(_bases(one)) == 1 and _named(one)]
    for first, second in combinations(told, 2):
        if _named(first) == _named(second) and _bases(first) != _bases(second):
            yield first, second


def _bases(one: Said) -> list[LegalBasis]:
    if one.section is None or not recognisers.STATES_BASIS.search(one.folded):
        return []
    return LEGAL_BASES.terms(one.folded, one.section.language)


def _named(one: Said) -> frozenset[str]:
    """The beginnings of the words that name a purpose, for the ends of words bend."""
    if one.section is None or not PURPOSES.terms(one.folded, one.section.language):
        return frozenset()
    return frozenset(word[:6] for word in WORD.findall(one.folded) if not OF_BASES.match(word))
