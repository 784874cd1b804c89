"""Phone numbers in one international form (E.164), however they are typed."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

HOME = "FI"
#: "(0)" after a country code, and words such as "(työ)".
_ASIDE = re.compile(r"\(0\)|\([^\d()]{0,40}\)")
_BETWEEN = re.compile(r"[\s()./-]{1,40}")
_AT_HOME = re.compile(r"(?:\+358|00358|0(?!0))([1-9][0-9]{3,12})")
#: What a number is made of, and nothing beside it.
_BARE = re.compile(r"[\s\d+()./-]*")
#: "(1)", "1)": which of somebody's numbers it is.
_COUNTED = re.compile(r"(?<=\d)\s{0,4}\((?!0\))\d\d?\)\s*$|^\s*\(?\d\)(?=\s*[+0(])")
#: Bullets, underscores and the like between digits.
_STROKES = re.compile(r"[^\w\s+()./,;:|&#*-]|_")
#: "040…Pekka", but not the "x12" of an extension.
_GROWN_TOGETHER = re.compile(r"(?<=\d)(?=[^\W\d_]{2})|(?<=[^\W\d_]{2})(?=\d)")
#: In a number typed by hand the letters that look like 0 and 1 stand for them, or do not.
_LOOK_ALIKE = re.compile(r"(?<![^\W\d_])[OoIl]{1,3}(?=\d)|(?<=\d)[OoIl]{1,3}(?![^\W\d_])")
_MEANT = str.maketrans("OoIl", "0011")
#: When somebody is reached: "9-16", "18.30-20".
_HOURS = re.compile(r"(?<!\S)\d\d?(?:[.:]\d\d)?\s?-\s?\d\d?(?:[.:]\d\d)?(?!\S)")


def e164(text: str, country: str = "") -> str:
    """`text` as "+358401234567"; empty when it holds no valid number, or several. What stands
    beside the number ("alanumero 5", "klo 9-16", a name) is not of it. A number without a country
    code is one of `country` (two letters), else of Finland."""
    region = country.upper() or HOME
    bare = "" if _is_counted(text) else _BETWEEN.sub("", _ASIDE.sub("", text))
    if region == HOME and (home := _AT_HOME.fullmatch(bare)):
        # nearly all numbers are such: the library takes forty times as long to say the same
        return f"+358{home[1]}" if _numbers_at_home().fullmatch(home[1]) else ""
    if is_bare(text):
        # digits that are no number as a whole are not made one by leaving some of them out
        return _parsed(_ASIDE.sub("", unicodedata.normalize("NFKC", text)).strip(), region)
    found = _numbers(text, region)
    return found[0] if len(found) == 1 and not _LOOK_ALIKE.search(text) else ""


def numbers_in(text: str) -> tuple[str, ...]:
    """Every number that `text` may mean, as E.164, so that no prohibition is missed: also each of
    several, and the one with letters in the place of digits ("O40…")."""
    if one := e164(text):
        return (one,)
    return _numbers(_LOOK_ALIKE.sub(lambda found: found[0].translate(_MEANT), text), HOME)


def is_bare(text: str) -> bool:
    """Whether nothing stands in `text` that is no part of a number."""
    return _BARE.fullmatch(text) is not None and not _is_counted(text)


def _is_counted(text: str) -> bool:
    return ")" in text and _COUNTED.search(text) is not None


@lru_cache(8192)
def _numbers(text: str, region: str) -> tuple[str, ...]:
    """The valid numbers in `text`, each once, in order."""
    text = _COUNTED.sub("", unicodedata.normalize("NFKC", text))
    if is_bare(bare := _ASIDE.sub("", text)) and (one := _parsed(bare.strip(), region)):
        return (one,)
    text = _GROWN_TOGETHER.sub(" ", _STROKES.sub(" ", text))
    return _matched(text, region) or _matched(_HOURS.sub(" ", text), region)


def _matched(text: str, region: str) -> tuple[str, ...]:
    import phonenumbers

    found = phonenumbers.PhoneNumberMatcher(text, region, phonenumbers.Leniency.VALID)
    return tuple(dict.fromkeys(_formatted(one.number) for one in found))


def _parsed(text: str, region: str) -> str:
    import phonenumbers

    for typed in _spellings(text, region):
        try:
            number = phonenumbers.parse(typed, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return _formatted(number)
    return ""


def _formatted(number: Any) -> str:
    import phonenumbers

    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


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
