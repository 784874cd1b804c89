"""A postal address in one form, however it is spelt: what its digests are made of (M11)."""

import re

from register.models.words import fold

#: "FI-00100", "D-10115", "SE 114 56": where letters go before, a postcode of digits follows.
_COUNTRY = re.compile(r"(?:(?:fin|[a-z]{1,2})[\s-]{1,3}|fin?)(?=\d{3})")
#: The town, and whatever else, stands after the postcode.
_UP_TO_POSTCODE = re.compile(
    r"(.*?)((?:\b(?:fin|[a-z]{1,2})-)?\b\d{5})\b(?!.*\b\d{5}\b)", re.DOTALL
)
_CARE_OF = re.compile(r"\bc\s?/\s?o\b[\s.:]*")
#: "c/o Aino Koekajo Koekuja 1": the last word before the number is the street.
_STREET = re.compile(r"[^\W\d_]\S*\s+\d.*")
_BOX = re.compile(
    r"\b(?:p\.?\s?l\.?|p\.?\s?b\.?|(?:p\.?\s?o\.?\s?)?box|pob|postilokero|postbox|postfack)"
    r"\s*(?=\d)"
)
#: What stands before the number of a flat, and says no more than the number.
_FLAT = re.compile(
    r"(?:\b|(?<=\d))(?:as|asunto|huoneisto|bst|bostad|lgh|lagenhet|apt|apartment)\b\.?\s*(?=\d)"
)
_TOKENS = re.compile(r"\d+|[^\W\d_]+")


def same_address(address: str) -> str:
    """The same text for every spelling of `address`: a street and, on the next line, a postcode; or
    both in one line, where what follows the postcode is the town. Empty where it is nowhere."""
    street, line, postcode = fold(address).rpartition("\n")
    if not line and (found := _UP_TO_POSTCODE.match(postcode)):
        street, postcode = found[1], found[2]
    elif not line:
        return _same_street(postcode)
    place, code = _same_street(street), re.sub(r"[\W_]", "", without_letters(postcode))
    return f"{place},{code}" if place and code else ""


def without_letters(postcode: str) -> str:
    """`postcode` without the letters of a country before its digits: "FI-00100" is "00100"."""
    bare = postcode.strip()
    return bare[found.end() :] if (found := _COUNTRY.match(bare.lower())) else bare


def _same_street(street: str) -> str:
    parts = re.split(r"[,;\n]", street)
    # where there is nothing but a name, that is the address
    text = " ".join(filter(None, map(_without_care_of, parts))) or street
    text = _FLAT.sub("", _BOX.sub("pl", text))
    tokens = [one.lstrip("0") or "0" if one.isdecimal() else one for one in _TOKENS.findall(text)]
    # house 1, flat 12 is not house 11, flat 2
    return re.sub(r"(?<=\d)-(?!\d)|(?<!\d)-", "", "-".join(tokens))


def _without_care_of(part: str) -> str:
    """`part` of an address without whose home it is."""
    before, *after = _CARE_OF.split(part, maxsplit=1)
    street = _STREET.search(after[0]) if after else None
    return " ".join(filter(None, [before.strip(), street[0] if street else ""]))
