"""When a notice was drawn up and last updated (P01)."""

import re
from collections.abc import Iterator
from datetime import date

MONTHS = {
    name: number
    for names in (
        "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta "
        "heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
        "januari februari mars april maj juni juli augusti september oktober november december",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), start=1)
}
_MONTH = "|".join(MONTHS)

DATE = re.compile(
    rf"""(?<!\d)(?:
        (?P<y1>\d{{4}})-(?P<m1>\d{{1,2}})-(?P<d1>\d{{1,2}})
      | (?P<d2>\d{{1,2}})[./]\s?(?P<m2>\d{{1,2}})[./]\s?(?P<y2>\d{{4}})
      | (?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th)?\s(?:of\s)?(?P<m3>{_MONTH})\s(?P<y3>\d{{4}})
    )(?!\d) | \b(?P<m4>{_MONTH})\s(?P<d4>\d{{1,2}}),?\s(?P<y4>\d{{4}})(?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)
UPDATED = re.compile(
    r"päivite|muut(?:os|ettu)|tarkiste|uppdater|ändra|reviderad|updated|revised|amended",
    re.IGNORECASE,
)


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


def _date(found: re.Match[str]) -> date | None:
    parts = {name[0]: value for name, value in found.groupdict().items() if value}
    month = parts["m"].lower()
    try:
        return date(int(parts["y"]), MONTHS.get(month) or int(month), int(parts["d"]))
    except ValueError:
        return None
