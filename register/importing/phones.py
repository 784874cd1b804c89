"""Phone numbers as E.164: +358401234567, however they are typed."""

import re
from functools import lru_cache

_NOT_DIGITS = re.compile(r"[^\d+]+")
#: Finnish mobile numbers, as phonenumberslite judges them; it is too slow for each of a long list.
_MOBILE = re.compile(r"(?:\+358|00358|0)(4[0-8]\d{5,8}|50\d{4,8})")
_HAS_DIGITS = re.compile(r"\d")


def has_digits(phone: str) -> bool:
    return _HAS_DIGITS.search(phone) is not None


def e164_of(phone: str, country: str = "") -> str:
    """`phone` as E.164; empty when it is no number that can be dialled.

    A number without a country code is one of `country`, a two-letter code; Finland when empty.
    """
    digits = _NOT_DIGITS.sub("", phone.replace("(0)", ""))
    found = _MOBILE.fullmatch(digits) if country in ("", "FI") or digits[:1] == "+" else None
    if found:
        return "+358" + found[1]
    return _parsed(digits if digits.count("+") <= 1 else phone, country or "FI")


@lru_cache(65_536)
def _parsed(digits: str, country: str) -> str:
    # slow to load, and of use to imports alone
    import phonenumbers

    for typed in _spellings(digits, country):
        try:
            number = phonenumbers.parse(typed, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""


def _spellings(digits: str, country: str) -> list[str]:
    """As typed; then with what a spreadsheet takes for a number's needless beginning."""
    spellings = [digits]
    if digits[:1] not in "+0":
        spellings.append("+" + digits)
        if country == "FI":
            spellings.append("0" + digits)
    return spellings
