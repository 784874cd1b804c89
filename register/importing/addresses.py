"""Postal addresses: postcodes, towns, and whole addresses in one cell."""

import re
from functools import lru_cache
from typing import NamedTuple

from register.models.words import fold

from .countries import code_of_country

_FINNISH = re.compile(r"\d{5}")
_PREFIXED = re.compile(r"(FIN|FI|SF|AX|SE|S|NO|N|DK|EE|DE|D|LT|LV)[\s-]{1,3}(?=\d)", re.I)
_OF_PREFIX = {"SF": "FI", "FIN": "FI", "S": "SE", "N": "NO", "D": "DE"}
_CODE = r"(?:(?:FIN|FI|AX|SE|S|NO|DK|EE|DE|D)[\s-]{1,3})?(?:\d{5}|\d{3} ?\d{2}|\d{4})"
_TOWN = r"[^\W\d_][^\d,\n]{0,80}"
_POSTCODE_AND_CITY = re.compile(rf"({_CODE})[\s,]{{1,3}}({_TOWN})", re.I)
#: A spreadsheet has taken the zeros of "00100".
_SHORTENED = re.compile(r"(\d{3})\s([^\W\d_]{2,30})")
_CITY_AND_POSTCODE = re.compile(
    rf"({_TOWN}?)\s{{1,3}}((?:FIN?-|SE-)?\d{{5}}|\d{{3}} \d{{2}})", re.I
)
_POSTCODE = re.compile(r"(?:FIN?-|SE-)?\d{5}|\d{3} \d{2}", re.I)
#: "Mannerheimintie 1 00100 Helsinki", with nothing between.
_AT_THE_END = re.compile(r"\s((?:FIN?-|SE-)?\d{5}|\d{3} \d{2})\s(\D{2,40})$", re.I)
#: Mailchimp: street, second line, city, state, postcode, country, each after two blanks.
_FIXED_PARTS = 6
_REGIONS = frozenset(
    """
    uusimaa nyland varsinais-suomi satakunta kanta-hame pirkanmaa paijat-hame kymenlaakso
    etela-karjala etela-savo pohjois-savo pohjois-karjala keski-suomi etela-pohjanmaa pohjanmaa
    osterbotten keski-pohjanmaa pohjois-pohjanmaa kainuu lappi ahvenanmaa aland
    """.split()
)


class Address(NamedTuple):
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""


def is_finnish(postcode: str) -> bool:
    return _FINNISH.fullmatch(postcode) is not None


def without_country(postcode: str) -> tuple[str, str]:
    """ "FI-00100" as ("00100", "FI"); the country is empty where none stands before it."""
    found = _PREFIXED.match(postcode)
    if not found:
        return postcode, ""
    code = found[1].upper()
    return postcode[found.end() :], _OF_PREFIX.get(code, code)


@lru_cache(4096)
def split_address(text: str) -> Address:
    """An address in one cell: "00330 Helsinki", "Storgatan 1, 114 55 Stockholm, Sverige", or the
    same over several lines or with two blanks between (as Mailchimp writes it). What has neither
    postcode nor town is a street."""
    fixed = [part.strip() for part in text.split("  ")]
    if len(fixed) == _FIXED_PARTS and (country := code_of_country(fixed[5])):
        street, more, city, state, postcode, _country = fixed
        if country not in ("FI", "AX", "SE"):
            city = _with_region(city, state)
        return _address([street, more], postcode, city, country)
    parts = [part for raw in re.split(r"[,;\n]|\s{2,}", text) if (part := raw.strip())]
    if not parts:
        return Address()
    country = code_of_country(parts[-1]) if len(parts) > 1 else ""
    if country:
        parts.pop()
    for place in range(len(parts) - 1, -1, -1):
        part = parts[place]
        found = _POSTCODE_AND_CITY.fullmatch(part)
        if not found and place == len(parts) - 1 and country in ("", "FI"):
            found = _SHORTENED.fullmatch(part)
        if found:
            return _address(parts[:place] + parts[place + 1 :], found[1], found[2], country)
        if found := _CITY_AND_POSTCODE.fullmatch(part):
            town, rest = found[1], parts[:place]
            if place > 1 and _is_region(town):
                town, rest = _with_region(rest[-1], town), rest[:-1]
            return _address(rest + parts[place + 1 :], found[2], town, country)
        if len(parts) > 1 and _POSTCODE.fullmatch(part):
            return _with_town_apart(parts, place, country)
    if found := _AT_THE_END.search(parts[-1]):
        rest = [*parts[:-1], parts[-1][: found.start()].strip()]
        return _address(rest, found[1], found[2], country)
    city = ""
    if (
        (len(parts) > 1 or country)
        and parts[-1][0].isupper()
        and not any(map(str.isdigit, parts[-1]))
    ):
        city = parts.pop()
    return Address(", ".join(parts), "", city, country)


def _with_town_apart(parts: list[str], place: int, country: str) -> Address:
    """The town stands after the postcode at `place`, or before it, where a region may come
    between."""
    is_town = [not any(map(str.isdigit, part)) for part in parts]
    start, end = place, place + 1
    if end < len(parts) and is_town[end]:
        town, end = parts[end], end + 1
    else:
        start -= is_town[start - 1]
        town = parts[start] if start < place else ""
        if start > 1 and is_town[start - 1] and _is_region(town):
            start -= 1
            town = _with_region(parts[start], town)
    return _address(parts[:start] + parts[end:], parts[place], town, country)


def _is_region(part: str) -> bool:
    return (part.isupper() and part.isalpha() and len(part) < 4) or fold(part) in _REGIONS


def _with_region(town: str, region: str) -> str:
    """A Finnish postcode tells the region already."""
    return town if not region or fold(region) in _REGIONS | {fold(town)} else f"{town}, {region}"


def _address(rest: list[str], postcode: str, city: str, country: str) -> Address:
    """With the country that stands after the town, or before the postcode."""
    town, _blank, last = city.strip().rpartition(" ")
    if town and not country and len(last) > 3 and (named := code_of_country(last)):
        city, country = town, named
    postcode, prefix = without_country(postcode)
    street = [part.strip(" /–-") for part in rest if fold(part) not in _REGIONS]
    return Address(", ".join(filter(None, street)), postcode, city.strip(), country or prefix)
