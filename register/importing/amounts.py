"""Sums and days as lists write them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils import timezone

from register.days import EARLIEST

_MONEY = r"(?:€|eur(?:oa|os|o)?(?![a-z])\.?)"
#: A sum or a quantity. A group of thousands has three digits, so that no day is a sum.
_NUMBER = re.compile(
    rf"""
    '?(?P<open>\(\s?)? (?:{_MONEY}\s?)? (?P<sign>[+-]\s?)? (?:{_MONEY}\s?)?
    (?P<number>
        (?: [1-9]\d{{0,2}} (?P<blank>[ ']) \d{{3}} (?:(?P=blank)\d{{3}}){{0,2}} | \d{{1,12}} )
        (?: [.,]\d{{1,8}} | [.,:]- )?
        | [1-9]\d{{0,2}} (?:\.\d{{3}}){{1,3}} (?: ,\d{{1,8}} | [,:]- )
        | [1-9]\d{{0,2}} (?:,\d{{3}}){{1,3}} (?: \.\d{{1,8}} | [.:]- )
        | [1-9]\d{{0,2}} (?: (?:\.\d{{3}}){{2,3}} | (?:,\d{{3}}){{2,3}} )
        | [.,]\d{{1,8}}
    )
    (?:\s?(?:{_MONEY}|e\.?))?
    # what was counted: "2 kpl", "15,00 €/kpl"
    (?:\s?/?\s?(?:kpl|st|pcs|h|kg|m|l|pkt)\.?)?
    (?P<after>\s?-)? (?P<close>\s?\))?
    """,
    re.I | re.X,
)
#: Money of another country beside a sum.
_OTHER_MONEY = re.compile(
    r"[$£¥₽₺₴₩₹]|(?<![a-z])(?:kr|sek|nok|dkk|isk|usd|gbp|chf|pln|czk|huf|rub|jpy|cny|cad|aud|ron|try"
    r"|uah|inr|bgn|kruunu\w*|kronor|krona|dollar\w*|pounds?|punta\w*)(?![a-z])",
    re.I,
)
_EURO = re.compile(r"eur(?:o|oa|os)?|€|e", re.I)
_UNCLEAR = re.compile(r"[1-9]\d{0,2}[.,]\d{3}(?:[.,:]-)?")
_ISO = re.compile(r"(\d{4})(?P<between>[-/])(\d{1,2})(?P=between)(\d{1,2})(?:[T ].*)?")
#: A time of which it is told where it was read from a clock.
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)",
    re.I,
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])([0-3]\d)")
_FINNISH = re.compile(r"(\d{1,2})[.-]\s?(\d{1,2})[.-]\s?(\d{4}|\d{2})(?:\s.*)?")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?:\s.*)?")
#: A day as a spreadsheet counts it: from 1990 to 2050.
_COUNTED = re.compile(r"(3[3-9]\d{3}|4\d{4}|5[0-4]\d{3})(?:[.,]\d{1,12})?")
_NAMED = re.compile(r"(\d{1,2})\.? ([A-Za-zäöå]{3,12})\.? (\d{4})(?:[\s,].*)?")
#: "5-Jan-25"
_SHORT = re.compile(r"(\d{1,2})-([A-Za-zäöå]{3,12})\.?-(\d{4}|\d{2})(?:\s.*)?")
#: The day of the week: "su 5.1.2025", "den 5 januari", "Sun, 5 Jan".
_WEEKDAY = re.compile(
    r"(?:(?:ma|ti|ke|to|pe|la|su)|(?:maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai"
    r"|sunnuntai)(?:na)?|(?:mån|tis|ons|tors?|fre|lör|sön)(?:dag(?:en)?)?"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)\.?,?\s+(?:den\s+)?"
    r"|den\s+",
    re.I,
)
_NAMED_FIRST = re.compile(r"([A-Za-z]{3,12})\.? (\d{1,2}),? (\d{4})(?:[\s,].*)?")
_MONTHS = {
    start: number
    for number, starts in enumerate(
        "jan tammi|feb helmi|mar maalis mars|apr huhti|may touko maj|jun kesa|jul heina|aug elo"
        "|sep syys|oct loka okt|nov marras|dec joulu".split("|"),
        start=1,
    )
    for start in starts.split()
}


class NotReadable(ValueError):
    """A cell that holds no sum or no day."""


class MistypedYear(NotReadable):
    """A day of a year in which nothing that a register holds can have been."""


class OtherCurrency(NotReadable):
    """A sum in money of another country, which is nothing that can be kept as euros (R05)."""


def is_other_money(text: str) -> bool:
    """Whether the heading of a sum, or the sum, names another currency than euros."""
    return _OTHER_MONEY.search(text) is not None


def is_euro(text: str) -> bool:
    """Whether the cell of a currency says euros."""
    return _EURO.fullmatch(text.strip()) is not None


@lru_cache(8192)
def amount_of(text: str) -> Decimal:
    """The sum in `text`: "1 234,50", "1,234.50", "-10,00 €", "1.234,50". Raises `NotReadable`,
    as `OtherCurrency` where it is not euros.

    Of comma and point the last one parts off the cents. "1,234" and "1.234" are one sum in Finland
    and another in England: neither is taken. No day is a sum: "31.12.2025", "1.2.3".
    """
    if is_other_money(text):
        raise OtherCurrency
    bare = " ".join(text.split()).replace("−", "-").replace("–", "-").replace("’", "'")
    found = _NUMBER.fullmatch(bare)
    if not found or bool(found["open"]) != bool(found["close"]):
        raise NotReadable
    number = found["number"]
    if _UNCLEAR.fullmatch(number):
        raise NotReadable
    mark = max(number.rfind(","), number.rfind("."))
    has_cents = mark >= 0 and number.count(number[mark]) == 1
    whole, cents = (number[:mark], number[mark + 1 :]) if has_cents else (number, "")
    whole, cents = (re.sub(r"\D", "", part) for part in (whole, cents))
    minuses = [found["open"], found["after"], (found["sign"] or "").startswith("-")]
    if sum(map(bool, minuses)) > 1:
        raise NotReadable
    return Decimal(f"{'-' if any(minuses) else ''}{whole or 0}" + (f".{cents}" if cents else ""))


def exceeds(left: Decimal | None, amount: Decimal | None) -> bool:
    """Whether more would be left to pay of an invoice, or of a credit note, than its sum."""
    if left is None or amount is None:
        return False
    return abs(left) > abs(amount) and left * amount >= 0


@lru_cache(8192)
def day_of(text: str, month_first: bool = False, latest: date | None = None) -> date:
    """The day in `text`: "2026-03-04 12:00:00", "4.3.2026", "04/03/2026", "4 Mar 2026", or the
    number by which a spreadsheet keeps it; of a time with an offset from UTC it is the day in
    Finland. Raises `NotReadable`, as `MistypedYear` before `EARLIEST`. Slashes have the day first
    unless `month_first`. A year of two digits that would be after `latest` is of the century
    before."""
    text = text.strip()
    if text[:1].isalpha() and (found := _WEEKDAY.match(text)):
        text = text[found.end() :]
    if found := _INSTANT.fullmatch(text):
        return _day_of_instant(found[1], found[2], found[3])
    if found := _ISO.fullmatch(text):
        return _day(found[1], found[3], found[4])
    if found := _COMPACT.fullmatch(text):
        return _day(found[1], found[2], found[3])
    if found := _FINNISH.fullmatch(text):
        return _day(found[3], found[2], found[1], latest)
    if found := _SLASHES.fullmatch(text):
        day, month = (found[2], found[1]) if month_first else (found[1], found[2])
        return _day(found[3], month, day, latest)
    if found := _COUNTED.fullmatch(text):
        return date(1899, 12, 30) + timedelta(days=int(found[1]))
    if found := _NAMED.fullmatch(text):
        return _day(found[3], str(_month(found[2])), found[1])
    if found := _SHORT.fullmatch(text):
        return _day(found[3], str(_month(found[2])), found[1], latest)
    if found := _NAMED_FIRST.fullmatch(text):
        return _day(found[3], str(_month(found[1])), found[2])
    raise NotReadable


def _day_of_instant(day: str, time: str, offset: str) -> date:
    offset = "+00:00" if offset[0] not in "+-" else offset
    try:
        found = timezone.localdate(datetime.fromisoformat(f"{day}T{time}{offset}"))
    except (ValueError, OverflowError) as error:
        raise NotReadable from error
    return _likely(found)


def _month(name: str) -> int:
    folded = name.casefold().replace("ä", "a").replace("ö", "o")
    return next((number for start, number in _MONTHS.items() if folded.startswith(start)), 0)


def _day(year: str, month: str, day: str, latest: date | None = None) -> date:
    whole = int(year) + (2000 if len(year) == 2 else 0)
    try:
        found = date(whole, int(month), int(day))
        if latest and len(year) == 2 and found > latest:
            found = date(whole - 100, int(month), int(day))
    except ValueError as error:
        raise NotReadable from error
    return _likely(found)


def _likely(day: date) -> date:
    if day < EARLIEST:
        raise MistypedYear
    return day
