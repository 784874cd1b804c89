"""Phone numbers in one international form (E.164), however they are typed."""

import re
from functools import cache
from typing import Any

HOME = "FI"
_BETWEEN = re.compile(r"[\s()./-]{1,40}")
_AT_HOME = re.compile(r"(?:\+358|00358|0(?!0))([1-9][0-9]{3,12})")


def e164(text: str, country: str = "") -> str:
    """`text` as "+358401234567"; empty when it is no valid number. A number without a country code
    is one of `country` (two letters), else of Finland."""
    region = country.upper() or HOME
    if region == HOME and (home := _AT_HOME.fullmatch(_BETWEEN.sub("", text))):
        # nearly all numbers are such: the library takes forty times as long to say the same
        return f"+358{home[1]}" if _numbers_at_home().fullmatch(home[1]) else ""
    return _parsed(text, region)


def _parsed(text: str, region: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_valid_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


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
