"""When a notice was drawn up and last updated (P01)."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

MONTHS = {
    name: number
    for names in (
        "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu "
        "marraskuu joulukuu",
        "januari februari mars april maj juni juli augusti september oktober november december",
        "january february march april may june july august september october november december",
        "jan feb mar apr maj jun jul aug sep okt nov dec",
        "jan feb mar apr may jun jul aug sept oct nov dec",
    )
    for number, name in enumerate(names.split(), start=1)
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))

DATE = re.compile(
    rf"""(?<![\d.])(?:
        (?P<y1>\d{{4}})[-/](?P<m1>\d{{1,2}})[-/](?P<d1>\d{{1,2}})
      | (?P<d2>\d{{1,2}})(?P<sep>[./-])\s?(?P<m2>\d{{1,2}})(?P=sep)\s?(?P<y2>\d{{4}})
      | (?P<d5>\d{{1,2}})\.(?P<m5>\d{{1,2}})\.[-–'’]?(?P<y5>\d{{2}})
      | (?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th|:e)?\s(?:of\s)?
        (?P<m3>{_MONTH})(?:ta|n)?\.?,?\s(?P<y3>\d{{4}})
    )(?!\d) | \b(?P<m4>{_MONTH})n?\.?\s(?P<d4>\d{{1,2}})
        (?:\.|st|nd|rd|th)?(?:\späivänä)?,?\s(?P<y4>\d{{4}})
    (?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)
UPDATED = re.compile(
    r"päivit[ey]|\bpäiv\.|muut(?:os|ettu)|muokat|tarkiste|viimeksi|viimeisin|uppdater|ändra|reviderad|senast"
    r"|updated|revised|amended|modified",
    re.IGNORECASE,
)
SPEAKS_OF_ITS_AGE = re.compile(
    r"laadit|laatim|päivit[ey]|päiväty|viimeisin muutos|viimeksi (?:muut|muok|tarkist)"
    r"|muutettu viimeksi|voimassa|voimaan|upprätta|uppgjor|uppdater"
    r"|ändra"
    r"|gäller från|drawn up|prepared|updated|revised|amended|effective|dated",
    re.IGNORECASE,
)
PLACE_AND_DATE = re.compile(r"(?:[A-ZÅÄÖ][\w-]{1,30}(?:ssa|ssä|lla|llä)?,?\s)?(?:den\s)?")
#: "Saksilassa 2.6.2018 Kirsi Sakset": somebody signs it at a place.
IN_A_PLACE = re.compile(r"[A-ZÅÄÖ][\w-]{1,30}(?:ssa|ssä|lla|llä)\s$")
SIGNED = re.compile(r"[\s,]{1,3}[A-ZÅÄÖ][\w-]{1,30}(?: [A-ZÅÄÖ][\w-]{1,30}){0,2}$")


def first_date(text: str) -> re.Match[str] | None:
    """Where the first date of a text stands."""
    return next((found for found in DATE.finditer(text) if _date(found)), None)


def drawn_up_and_updated(text: str) -> tuple[date | None, date | None]:
    """The day a notice was drawn up and the latest day it was changed, each None where unsaid."""
    drawn_up, updated = None, None
    for day, is_update in _dates(text):
        if is_update:
            updated = max(day, updated or day)
        else:
            drawn_up = drawn_up or day
    return drawn_up, updated


def _dates(text: str) -> Iterator[tuple[date, bool]]:
    end = 0
    for found in DATE.finditer(text):
        if day := _date(found):
            yield day, bool(UPDATED.search(text, end, found.start()))
            end = found.end()


def dated_sentences(lines: Iterable[str]) -> str:
    """What a notice says of its own age anywhere: such sentences, and a place with a day."""
    return "\n".join(line for line in lines if _tells_age(line))


def _tells_age(line: str) -> bool:
    found = first_date(line)
    if found is None:
        return False
    before, after = line[: found.start()], line[found.end() :].rstrip(" .")
    if SPEAKS_OF_ITS_AGE.search(line) or (IN_A_PLACE.fullmatch(before) and SIGNED.match(after)):
        return True
    return PLACE_AND_DATE.fullmatch(before) is not None and not after


def _date(found: re.Match[str]) -> date | None:
    parts = {name[0]: value for name, value in found.groupdict().items() if value and name != "sep"}
    month, day, year = parts["m"].lower(), int(parts["d"]), int(parts["y"])
    number = MONTHS.get(month) or int(month)
    if number > 12 and found["sep"] == "/":
        number, day = day, number
    try:
        return date(year if year > 99 else 2000 + year, number, day)
    except ValueError:
        return None
