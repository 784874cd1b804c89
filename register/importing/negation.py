"""Whether words say no, in Finnish, Swedish and English; the same of headings and of cells."""

import re
import unicodedata
from typing import Final

#: "Not": by itself it answers, before other words it turns them round. "En" is Swedish too.
PARTICLE: Final = (
    r"\b(?:ei|eivat|eika|ett(?:ei|en|eivat)|ellei|emme"
    r"|e[nt](?= (?:halu|salli|suostu|anna|hyvaks|tilaa|ota))|ala(?:ka)?|alkaa(?= \w+k[oa])|ilman"
    r"|ej|inte|icke|ing(?:a|et|en)|nej|aldrig|utan"
    r"|no|not|non|none|never|nor|neither|without|cannot"
    r"|(?:do|does|did|is|are|was|were|has|have|must|should|would|could|wo|ca)n ?t)\b"
)
#: Words of somebody who forbids, or takes back what was allowed.
_FORBIDDING: Final = "|".join(
    r"""
    kiel(?:to|l[aeo]|ta[anmvy]|si) \best(?:a|aa|an|anyt|et\w*|o\w*)\b \w{4}esto\b
    \bperu(?:a|i|n|nu\w*|t\w*)?\b peruut \bpoistu vastust torju hyla[tn] evatty evannyt epasi
    lopet \bero(?:nn|si\b) rajoit salai(?:nen|set|sen)\b hemlig piilot mitatoi
    luvat(?:on|ta)\b suostumukset(?:on|ta)\b
    forb(?:ud|ju|od) sparr \bdold[at]?\b avregistr avanmal avslut avs[at]a avstar avboj
    avbest avbr[uy]t avvis avsl[ao]g aterkall atert[ao]g undanb mots[ae]g motsatt \bneka vagra slipp
    upphor uppsagd begrans
    forbid forbad prohibit \bden(?:y|ie) refus reject declin withdr[ae]w cancel revo[kc] rescind
    terminat \bopt(?:ed|s|ing)?\s?out unsub \bobject(?:s|ed|ing|ions?)?\b \bstop stopp block
    restrict \bhid(?:e|den)\b unlisted \bex\s?directory \bdn[cdm]\b suppress
    (?:sulku|esto|kielto|musta)\s?lista
    exclu[ds](?!ive) blacklist robinson \bnix\b complain abuse
    """.split()
)
#: What was allowed is so no more, or something is free of it: "reklamfri".
_LAPSED: Final = "|".join(
    r"""
    \bpoist(?:et|anu|o\b) \bpois\b vanhentu rauen paattyn paattyi suljettu puuttu
    sakna bortta raderad utgang avstang \bstangd expir remov delet archiv \bleft\b \bclosed \bended
    missing \black \w{4}fri(?:tt|a)?\b \w{4}vapaa\b
    """.split()
)
#: "Disallowed", "otillåten": a no before a word that says yes.
_PREFIXED: Final = (
    r"\b(?:un|dis|in|non|o|epa)(?=subscri|allow|agree|approv|accept|consent|confirm|authori|permit"
    r"|want|wish|activ|aktiv|aktiiv|valid|abled|tillat|godkan|giltig|bekraft|onsk)"
)
#: "Ei kieltoa", "not unsubscribed": what is not forbidden is allowed.
_NOT_FORBIDDEN = re.compile(
    PARTICLE + r" (?:(?:ole|ollut|mitaan|har|hon|han|nagot|nagra|been|be|any) )?"
    rf"\w*?(?:{_FORBIDDING})\w*"
)
_REFUSING = re.compile(_FORBIDDING)
_DENYING = re.compile(f"{_FORBIDDING}|{_LAPSED}|{_PREFIXED}")
_PARTICLE = re.compile(PARTICLE)


def plain(text: str) -> str:
    """`text` in lower case without accents and apostrophes, its words with single blanks."""
    marked = unicodedata.normalize("NFKD", text.casefold())
    kept = (char for char in marked if not unicodedata.combining(char) and char not in "'’")
    return " ".join(re.sub(r"(?<=[a-z])-(?=[a-z])|_", " ", "".join(kept)).split())


def without_double(text: str) -> str:
    """`text`, folded, with what it says not to be forbidden as allowed; the other functions take
    such texts."""
    return _NOT_FORBIDDEN.sub("sallittu", text)


def refuses(text: str) -> bool:
    """Whether the words are those of somebody who forbids or takes back."""
    return _REFUSING.search(text) is not None


def forbids_by_itself(text: str) -> bool:
    """Whether the words say no without a "not": it is forbidden, taken back, or over."""
    return _DENYING.search(text) is not None


def says_not(text: str) -> bool:
    """Whether a "not" is among the words."""
    return _PARTICLE.search(text) is not None


def denies(text: str) -> bool:
    """Whether the words say no in any way."""
    return forbids_by_itself(text) or says_not(text)
