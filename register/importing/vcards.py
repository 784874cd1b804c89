"""Rows of vCard files, one for each card: versions 2.1 (old Outlook), 3.0 and 4.0.

No library: vobject, the one that is kept, gives up the whole file at one bad line.
"""

import io
import quopri
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import BinaryIO, NamedTuple

from .delimited import LONGEST_LINE, decoded
from .encodings import Encoding
from .faults import UnreadableTable
from .headings import says_wishes
from .rows import Row

#: What a row takes of a card, besides what says yes or no to marketing; of other properties only
#: the name is told.
WANTED = frozenset("N FN ORG EMAIL TEL ADR URL KIND X-ABSHOWAS LANG".split())
FIRST = ("N.given", "N.additional", "N.family", "FN", "ORG", "KIND")
POSTAL = ("ADR.street", "ADR.street 2", "ADR.postcode", "ADR.city", "ADR.country")
#: Properties of the card itself, about nobody.
_OF_CARD = frozenset("BEGIN END VERSION PRODID REV UID X-ABLABEL X-ABSHOWAS SOURCE".split())
MOST_OF_A_KIND = 20
#: Why a row is nobody's: it only lists others.
GROUP_CARD = "group_card"

_BEGIN = re.compile(r"\s*BEGIN\s*:\s*VCARD\s*", re.I)
_END = re.compile(r"\s*END\s*:\s*VCARD\s*", re.I)
_PROPERTY = re.compile(
    r"(?:[\w-]{1,60}\.)?(?P<name>[\w-]{1,80})(?P<params>(?:;(?:[^\":;]|\"[^\"]*\"){0,500}){0,30}):",
)
_ESCAPE = re.compile(r"\\(.)", re.S)
_BLANK_OF_TYPE = {"CELL": 0, "MOBILE": 0, "PREF": 1, "VOICE": 3, "HOME": 4, "WORK": 5}


class Property(NamedTuple):
    """One line of a card, unfolded and decoded."""

    name: str
    types: frozenset[str]
    pref: int
    value: str


class Card:
    """The properties of one card, and the line where it begins."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.properties: list[Property] = []
        self.names: list[str] = []
        self.broken = False

    def of(self, name: str) -> list[str]:
        """The values of a property, the best to use first."""
        found = [one for one in self.properties if one.name == name and one.value.strip(" ;")]
        if name == "TEL":
            found = [one for one in found if "FAX" not in one.types and "PAGER" not in one.types]
        return [one.value for one in sorted(found, key=_order)]


def _order(one: Property) -> tuple[int, int]:
    """Preferred ones first; of phones mobile ones, then those without a word, home, work."""
    best = min((_BLANK_OF_TYPE.get(kind, 6) for kind in one.types), default=2)
    return (0 if one.name == "TEL" and best == 0 else 1, min(one.pref * 10, 100) + best)


class CardFile:
    """The cards of a file as a table."""

    def __init__(self, file: BinaryIO, encoding: Encoding) -> None:
        """Reads the file once, to know which properties it has."""
        self._file, self._encoding = file, encoding
        names: dict[str, None] = {}
        most = {"EMAIL": 1, "TEL": 1, "URL": 1, "ADR": 1}
        found = False
        for card in self._cards():
            found = True
            names |= dict.fromkeys(card.names)
            for name in most:
                most[name] = max(most[name], min(len(card.of(name)), MOST_OF_A_KIND))
        if not found:
            raise UnreadableTable("no_cards")
        self._most = most
        known = WANTED - {"LANG"} | _OF_CARD
        self._others = [name for name in names if name not in known]
        self.headings = [
            *FIRST,
            *(
                _numbered(name, place)
                for name in ("EMAIL", "TEL", "URL")
                for place in range(most[name])
            ),
            *POSTAL,
            *(_numbered("ADR", place) for place in range(1, most["ADR"])),
            *self._others,
        ]

    def rows(self) -> Iterator[Row]:
        """A row for each card, with the line of its BEGIN; of a group there is nothing to tell.
        What a card holds of the properties that no row takes is told by "…" alone."""
        for card in self._cards():
            if card.broken:
                yield Row(card.line, [], "broken_card")
            elif any(kind.strip().casefold() == "group" for kind in card.of("KIND")):
                yield Row(card.line, [], GROUP_CARD)
            else:
                yield Row(card.line, self._cells(card))

    def _cells(self, card: Card) -> list[str]:
        name = _parts(next(iter(card.of("N")), ""), 5)
        organisation = _parts(next(iter(card.of("ORG")), ""), 1)[0]
        kind = next(iter(card.of("KIND")), "")
        if any("COMPANY" in value.upper() for value in card.of("X-ABSHOWAS")):
            kind = "org"
        cells = [
            name[1],
            name[2],
            name[0],
            *map(_plain, card.of("FN")[:1] or [""]),
            organisation,
            kind,
        ]
        for wanted in ("EMAIL", "TEL", "URL"):
            values = [_bare(_plain(value)) for value in card.of(wanted)][: self._most[wanted]]
            cells += values + [""] * (self._most[wanted] - len(values))
        addresses = [_parts(value, 7) for value in card.of("ADR")]
        first = addresses[0] if addresses else [""] * 7
        street = first[2] or first[0] or first[1]
        extra = ", ".join(part for part in (first[0], first[1]) if part and part != street)
        cells += [street, extra, first[5], first[3], first[6]]
        more = [", ".join(filter(None, parts)) for parts in addresses[1 : self._most["ADR"]]]
        cells += more + [""] * (self._most["ADR"] - 1 - len(more))
        return cells + [_other(card, name) for name in self._others]

    def _cards(self) -> Iterator[Card]:
        stream = decoded(self._file, self._encoding, None)
        try:
            yield from _cards(stream)
        finally:
            stream.detach()


def is_cards(start: str) -> bool:
    return _BEGIN.match(start) is not None


@lru_cache(1024)
def _is_taken(name: str) -> bool:
    return name in WANTED or says_wishes(name)


def _other(card: Card, name: str) -> str:
    if _is_taken(name):
        return ", ".join(map(_plain, card.of(name)))
    return "…" if name in card.names else ""


def _numbered(name: str, place: int) -> str:
    return f"{name} {place + 1}" if place else name


def _cards(stream: io.TextIOBase) -> Iterator[Card]:
    card: Card | None = None
    for number, line in _unfolded(stream):
        if _BEGIN.fullmatch(line):
            if card:
                card.broken = True
                yield card
            card = Card(number)
        elif _END.fullmatch(line):
            if card:
                yield card
            card = None
        elif card and line.strip():
            _take(card, line)
    if card:
        card.broken = True
        yield card


def _take(card: Card, line: str) -> None:
    found = _PROPERTY.match(line)
    if not found:
        card.broken = True
        return
    name = found["name"].upper()
    card.names.append(name)
    if _is_taken(name):
        types, pref, charset, quoted = _params(found["params"])
        value = line[found.end() :]
        if quoted:
            value = _unquoted(value, charset)
        card.properties.append(Property(name, types, pref, unicodedata.normalize("NFC", value)))


def _unfolded(stream: io.TextIOBase) -> Iterator[tuple[int, str]]:
    """Whole lines with the number of their first one. Of values that nobody takes (photos) only
    the beginning is kept."""
    held, start = "", 0
    number = 0
    for line in iter(partial(stream.readline, LONGEST_LINE), ""):
        number += 1
        if len(line) == LONGEST_LINE:
            raise UnreadableTable("line_too_long", line=number, limit=LONGEST_LINE)
        text = line.rstrip("\r\n")
        if held.endswith("=") and "QUOTED-PRINTABLE" in held[:300].upper():
            held = held[:-1] + text
        elif held and text[:1] in (" ", "\t"):
            if len(held) < 100_000 and _is_wanted(held):
                held += text[1:]
        elif held and _is_packed(held) and not _PROPERTY.match(text):
            continue  # old Outlook folds its pictures without a blank
        else:
            if held:
                yield start, held
            held, start = text, number
    if held:
        yield start, held


def _is_wanted(line: str) -> bool:
    found = _PROPERTY.match(line[:2000])
    return found is None or _is_taken(found["name"].upper())


def _is_packed(line: str) -> bool:
    head = line[:300].partition(":")[0].upper()
    return "BASE64" in head or "ENCODING=B" in head


def _params(text: str) -> tuple[frozenset[str], int, str, bool]:
    types: set[str] = set()
    pref, charset, quoted = 9, "", False
    for param in re.findall(r"(?:[^;\"]|\"[^\"]*\")+", text):
        key, given, value = param.partition("=")
        key, value = key.upper(), value.strip('"')
        if not given:
            key, value = "TYPE", param
        match key:
            case "TYPE":
                types |= {one.strip().upper() for one in value.split(",")}
            case "PREF":
                pref = int(value) if value.isdigit() and len(value) < 4 else 9
            case "CHARSET":
                charset = value
            case "ENCODING":
                quoted = value.upper() == "QUOTED-PRINTABLE"
    if "QUOTED-PRINTABLE" in types:
        quoted = True
    if "PREF" in types:
        pref = min(pref, 1)
    return frozenset(types), pref, charset, quoted


def _unquoted(value: str, charset: str) -> str:
    raw = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
    for name in (charset or "utf-8", "utf-8", "cp1252"):
        try:
            return raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")


def _parts(value: str, count: int) -> list[str]:
    """The parts of a structured value, which stand between semicolons."""
    parts = re.split(r"(?<!\\);", value)
    texts = [_plain(part) for part in parts[:count]]
    return texts + [""] * (count - len(texts))


def _plain(value: str) -> str:
    text = _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return text.strip()


def _bare(value: str) -> str:
    """Without the "tel:" or "mailto:" of version 4."""
    found = re.match(r"(?:tel|mailto):([^;?]{0,300})", value, re.I)
    return found[1] if found else value
