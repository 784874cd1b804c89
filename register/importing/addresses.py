"""Postal addresses: postcodes, towns, and whole addresses in one cell."""

import re
from functools import lru_cache
from typing import NamedTuple

from .countries import code_of_country

_FINNISH = re.compile(r"\d{5}")
_PREFIXED = re.compile(r"(FI|SF|AX|SE|S|NO|N|DK|EE|DE|D|LT|LV)[\s-]{1,3}(?=\d)", re.I)
_OF_PREFIX = {"SF": "FI", "S": "SE", "N": "NO", "D": "DE"}
_POSTCODE_AND_CITY = re.compile(
    r"((?:(?:FI|AX|SE|S|NO|DK|EE|DE|D)[\s-]{1,3})?(?:\d{5}|\d{3} ?\d{2}|\d{4}))"
    r"[\s,]{1,3}(\D[^\d,\n]{0,80})",
    re.I,
)
_HOUSE = re.compile(r"\D\d|\b(?:pl|pb|box|po box)\b", re.I)


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
    same over several lines or with two blanks between (as Mailchimp writes it)."""
    parts = [part for raw in re.split(r"[,;\n]|\s{2,}", text) if (part := raw.strip())]
    if not parts:
        return Address()
    country = code_of_country(parts[-1]) if len(parts) > 1 else ""
    if country:
        parts.pop()
    postcode = city = ""
    for place in range(len(parts) - 1, -1, -1):
        if found := _POSTCODE_AND_CITY.fullmatch(parts[place]):
            postcode, city = found[1], found[2].strip()
            del parts[place:]
            break
        if place and re.fullmatch(r"(?:FI-|SE-)?\d{5}|\d{3} \d{2}", parts[place], re.I):
            # street, city, region, postcode
            postcode = parts[place]
            city = parts[place + 1] if place + 1 < len(parts) else parts[1] if place > 1 else ""
            del parts[1 if place > 1 else place :]
            break
    else:
        # "Mannerheimintie 1 00100 Helsinki", with nothing between
        found = re.search(r"\s(\d{5})\s(\D{2,40})$", parts[-1])
        if found and len(parts) == 1:
            postcode, city = found[1], found[2].strip()
            parts = [parts[0][: found.start()].strip()]
        elif len(parts) > 1 and not any(char.isdigit() for char in parts[-1]):
            city = parts.pop()
        elif len(parts) == 1 and not _HOUSE.search(parts[0]) and not parts[0].isdigit():
            return Address(street=parts[0], country=country)
    postcode, prefix = without_country(postcode)
    return Address(", ".join(parts), postcode, city, country or prefix)
