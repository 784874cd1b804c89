"""The two-letter code of a country named in Finnish, Swedish or English."""

import gettext
from functools import cache, lru_cache
from pathlib import Path

from django.utils.translation import override

from register.models.words import fold

#: What lists write beside the official names.
_ALSO = {
    "suomi finland": "FI",
    "suomi-finland": "FI",
    "suomi/finland": "FI",
    "finland (fi)": "FI",
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
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "united kingdom (uk)": "GB",
    "englanti": "GB",
    "iso-britannia": "GB",
    "britannia": "GB",
    "storbritannien": "GB",
    "usa": "US",
    "u.s.a.": "US",
    "us": "US",
    "united states (us)": "US",
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
    return found | _ALSO


@lru_cache(1024)
def code_of_country(name: str) -> str:
    """The ISO 3166 code of a country named or coded as people do; empty when it is none known."""
    return _codes().get(" ".join(fold(name).strip(" .").split()), "")
