"""The two-letter code of a country named in Finnish, Swedish or English."""

import gettext
import re
from functools import cache, lru_cache
from pathlib import Path

from django.utils.translation import override

from register.models.countries import countries
from register.models.words import fold

#: What lists write beside the official names.
_ALSO = {
    "fi": "FI",
    "fin": "FI",
    "swe": "SE",
    "nor": "NO",
    "dnk": "DK",
    "est": "EE",
    "deu": "DE",
    "ger": "DE",
    "gbr": "GB",
    "uk": "GB",
    "united kingdom": "GB",
    "yhdistynyt kuningaskunta": "GB",
    "great britain": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "republic of ireland": "IE",
    "netherlands": "NL",
    "the netherlands": "NL",
    "indien": "IN",
    "kongo": "CD",
    "makedonia": "MK",
    "makedonien": "MK",
    "saint martin": "MF",
    "swaziland": "SZ",
    "swazimaa": "SZ",
    "syria": "SY",
    "suomen tasavalta": "FI",
    "ahvenanmaan maakunta": "AX",
    "england": "GB",
    "scotland": "GB",
    "englanti": "GB",
    "iso-britannia": "GB",
    "britannia": "GB",
    "storbritannien": "GB",
    "usa": "US",
    "u.s.a.": "US",
    "us": "US",
    "united states": "US",
    "yhdysvallat": "US",
    "forenta staterna": "US",
    "aland": "AX",
    "ahvenanmaa": "AX",
    "aland islands": "AX",
    "holland": "NL",
    "hollanti": "NL",
    "alankomaat": "NL",
    "nederlanderna": "NL",
    "tsekki": "CZ",
    "tjeckien": "CZ",
    "czech republic": "CZ",
    "etela-korea": "KR",
    "sydkorea": "KR",
    "south korea": "KR",
    "russia": "RU",
    "venaja": "RU",
    "ryssland": "RU",
    "turkki": "TR",
    "turkey": "TR",
    "turkiet": "TR",
    "viro": "EE",
    "eesti": "EE",
    "deutschland": "DE",
    "espana": "ES",
    "danmark": "DK",
    "norge": "NO",
    "sverige": "SE",
}


@cache
def _codes() -> dict[str, str]:
    # slow to load, and of use to imports alone
    import django_countries
    from django_countries.data import COUNTRIES

    folder = Path(django_countries.__file__).parent / "locale"
    with override(None):
        named = {code: str(name) for code, name in COUNTRIES.items()}
    found = {code.lower(): code for code in named}
    for language in ("en", "sv", "fi"):
        names = gettext.translation("django", folder, [language], fallback=True)
        found |= {fold(names.gettext(name)): code for code, name in named.items()}
    for language in ("en", "sv", "fi"):
        with override(language):
            found |= {fold(str(name)): code for code, name in countries()}
    return found | _ALSO


@lru_cache(1024)
def code_of_country(name: str) -> str:
    """The ISO 3166 code of a country named or coded as people do; empty when it is none known."""
    folded = " ".join(fold(name).strip(" .").split())
    # "Suomi/Finland", "FI - Finland", "Finland (FI)"
    parts = filter(None, re.split(r"[\s/()-]+", folded))
    return _codes().get(folded) or _only({_codes().get(part, "") for part in parts})


def _only(codes: set[str]) -> str:
    return codes.pop() if len(codes) == 1 else ""
