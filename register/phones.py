"""Phone numbers in one international form (E.164), however they are typed."""

import re
from functools import cache, lru_cache
from typing import Any

HOME = "FI"
#: "(0)" after a country code, and words such as "(työ)".
_ASIDE = re.compile(r"\(0\)|\([^\d()]{0,40}\)")
_BETWEEN = re.compile(r"[\s()./-]{1,40}")
_AT_HOME = re.compile(r"(?:\+358|00358|0(?!0))([1-9][0-9]{3,12})")


def e164(text: str, country: str = "") -> str:
    """`text` as "+358401234567"; empty when it is no valid number. A number without a country code
    is one of `country` (two letters), else of Finland."""
    region = country.upper() or HOME
    bare = _ASIDE.sub("", text)
    if region == HOME and (home := _AT_HOME.fullmatch(_BETWEEN.sub("", bare))):
        # nearly all numbers are such: the library takes forty times as long to say the same
        return f"+358{home[1]}" if _numbers_at_home().fullmatch(home[1]) else ""
    return _parsed(bare.strip(), region)


@lru_cache(8192)
def _parsed(text: str, region: str) -> str:
    import phonenumbers

    for typed in _spellings(text, region):
        try:
            number = phonenumbers.parse(typed, region)
        except phonenumbers.NumberParseException:
            continue
        if not number.extension and phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return ""


def _spellings(text: str, region: str) -> list[str]:
    """As typed; then with what a spreadsheet takes for a number's needless beginning."""
    if not text[:1].isdigit() or text[0] == "0":
        return [text]
    return [text, f"+{text}", *([f"0{text}"] if region == HOME else [])]


@cache
def _numbers_at_home() -> re.Pattern[str]:
    """The numbers that there are in Finland and Åland, by the library's own tables."""
    import phonenumbers

    kinds = (
        "fixed_line mobile premium_rate toll_free shared_cost voip personal_number pager uan"
        " voicemail"
    ).split()
    patterns = []
    for region in phonenumbers.region_codes_for_country_code(358):
        table: Any = phonenumbers.PhoneMetadata.metadata_for_region(region)
        general = table.general_desc.national_number_pattern
        for kind in kinds:
            one = getattr(table, kind)
            if one is not None and one.national_number_pattern:
                patterns.append(f"(?={general}$)(?:{one.national_number_pattern})")
    return re.compile("|".join(patterns))
