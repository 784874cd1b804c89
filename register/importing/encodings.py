"""Which encoding a file of a table is in, found by reading it once from end to end."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from audit.encodings import damage_of, is_binary, kind_of, marked, order_of_utf16

from .eastern import eastern_of
from .faults import UnreadableTable

CHUNK = 1024 * 1024
#: Letters beyond ASCII that are enough to tell one old encoding from another.
ENOUGH = 20_000

_HIGH = re.compile(rb"[\x80-\xff]")
# Finnish and Swedish have two in a row at most, "yöllä", "ÄÄNI"; Cyrillic has whole words
_LONG_RUN = re.compile(rb"[\x80-\xff]{4,}")
#: JSON, XML, a drawing, a calendar: read as a list, all of it would be one name
_FOR_PROGRAMS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,64}(?:\[\s{0,64}[\"{\[]|\{\s{0,64}\"|<\?xml|BEGIN:VCALENDAR"
    rb"|<svg\b|<!DOCTYPE svg\b)",
    re.I,
)
_PAGE = re.compile(rb"<(?:!doctype html|html)\b", re.I)

#: In the order of preference where a text reads the same in several.
OLD = ("cp1252", "iso-8859-15", "cp850", "mac-roman")
_COMMON, _USUAL = "äöåÄÖÅ", "éüÉÜßøæØÆšžŠŽ"
_SIGNS = "€£§–—‘’“”„…«»°´·•\u00a0²³½±×"

#: What stands for each byte where UTF-8 was read as cp1252, and vice versa.
_AS_BYTES = {
    ord(bytes([byte]).decode("cp1252", "ignore") or chr(byte)): byte for byte in range(256)
}


@dataclass(frozen=True)
class Encoding:
    """How a file is to be decoded: its name for Python, the length of its mark, what was found."""

    name: str
    mark: int = 0
    #: characters that no encoding explains; their rows are refused one by one
    damaged: int = 0
    #: UTF-8 that was read as cp1252 and stored as UTF-8 again
    twice: bool = False
    #: letters of the west and of the east explain the text alike
    unsure: bool = False


def encoding_of(file: BinaryIO) -> Encoding:
    """The encoding of `file`, a seekable binary file, whose whole length is read.

    Raises `UnreadableTable` for what is no text, for a file cut off in the middle of a character
    and for encodings of other scripts.
    """
    file.seek(0)
    start = file.read(64 * 1024)
    if not start:
        raise UnreadableTable("empty")
    if kind := kind_of(start):
        raise UnreadableTable("packed" if kind == "zip" else kind)
    if _PAGE.search(start[:1024]):
        raise UnreadableTable("web_page")
    if _FOR_PROGRAMS.match(start):
        raise UnreadableTable("for_programs")
    name, mark = marked(start)
    if name == "utf-8" or (not name and b"\0" not in start):
        return _narrow(file, mark)
    if not name and not (name := order_of_utf16(start)):
        # some zeros in what else is text are a fault of their rows
        if start.count(0) * 100 > max(len(start), 1000):
            raise UnreadableTable("not_text")
        return _narrow(file, 0)
    _check_wide(file, name, mark)
    return Encoding(name, mark)


def mended(text: str) -> str:
    """`text`, whose UTF-8 was read as cp1252 before it was stored, as it was meant.

    Raises `UnicodeError` where it cannot have come about so.
    """
    return text.translate(_AS_BYTES).encode("latin-1").decode("utf-8")


def _chunks(file: BinaryIO, start: int) -> Iterator[bytes]:
    file.seek(start)
    while chunk := file.read(CHUNK):
        yield chunk


def _check_wide(file: BinaryIO, name: str, mark: int) -> None:
    decoder = codecs.getincrementaldecoder(name)()
    empty = True
    try:
        for number, chunk in enumerate(_chunks(file, mark)):
            text = decoder.decode(chunk)
            empty = empty and not text.strip()
            if not number and is_binary(text):
                raise UnreadableTable("not_text")
    except UnicodeDecodeError as error:
        raise UnreadableTable("bad_encoding", encoding=name) from error
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise UnreadableTable("cut_off", encoding=name) from error
    if empty:
        raise UnreadableTable("empty")


class _Utf8Reading:
    """What comes out when a file is read as UTF-8, whether it is or not."""

    def __init__(self) -> None:
        self.whole = self.damaged = 0
        self.empty = True
        self.cut_off = False
        #: None until a letter beyond ASCII was seen
        self.twice: bool | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, chunk: bytes) -> None:
        text = self._decoder.decode(chunk)
        if not (chunk.isascii() and text.isascii()):
            self._count(text)
        self.empty = self.empty and not text.strip()

    def end(self) -> None:
        self.cut_off = bool(self._decoder.getstate()[0])
        self._count(self._decoder.decode(b"", final=True) + "\n")

    def _count(self, text: str) -> None:
        whole, damaged = damage_of(text)
        self.whole += whole
        self.damaged += damaged
        if self.twice is False:
            return
        # a run of letters that the chunk has cut waits for its rest
        text = self._rest + text
        kept = next((at for at in range(len(text), 0, -1) if text[at - 1].isascii()), 0)
        text, self._rest = text[:kept], text[kept:]
        if len(self._rest) > 100:
            self.twice = False
        elif not text.isascii():
            try:
                mended(text)
                self.twice = True
            except UnicodeError:
                self.twice = False


def _narrow(file: BinaryIO, mark: int) -> Encoding:
    """UTF-8 or one of the old encodings with one byte for each character."""
    reading = _Utf8Reading()
    for number, chunk in enumerate(_chunks(file, mark)):
        reading.feed(chunk)
        zeros = chunk.count(0)
        controls = len(chunk) - len(chunk.translate(None, bytes([*range(9), *range(14, 32), 127])))
        if zeros * 100 > max(len(chunk), 1000) or (
            not number and controls * 20 > max(1000, len(chunk))
        ):
            raise UnreadableTable("not_text")
    reading.end()
    if reading.empty:
        raise UnreadableTable("empty")
    if not reading.damaged:
        return Encoding("utf-8", mark, twice=bool(reading.twice))
    if reading.whole > reading.damaged or mark:
        if reading.cut_off:
            raise UnreadableTable("cut_off", encoding="utf-8")
        return Encoding("utf-8", mark, damaged=reading.damaged)
    return _old(file)


def _old(file: BinaryIO) -> Encoding:
    """Which of the encodings from before Unicode makes words of the letters beyond ASCII."""
    seen: Counter[tuple[int, int, int]] = Counter()
    in_runs = found = 0
    for chunk in _chunks(file, 0):
        in_runs += sum(len(run) for run in _LONG_RUN.findall(chunk))
        for match in _HIGH.finditer(chunk):
            at = match.start()
            before = chunk[at - 1] if at else 10
            after = chunk[at + 1] if at + 1 < len(chunk) else 10
            seen[before, chunk[at], after] += 1
            found += 1
            if found >= ENOUGH:
                break
        if found >= ENOUGH:
            break
    if in_runs * 2 > found:
        raise UnreadableTable("unknown_encoding")
    scores = {name: _likelihood(name, seen) for name in OLD}
    best = max(OLD, key=scores.__getitem__)
    eastern, is_unsure = eastern_of(seen, best)
    if eastern:
        return Encoding(eastern)
    if scores[best] < 0:
        raise UnreadableTable("unknown_encoding")
    return Encoding(best, unsure=is_unsure)


def _likelihood(name: str, seen: Counter[tuple[int, int, int]]) -> int:
    return sum(
        count * _weight(*(bytes([byte]).decode(name, "replace") for byte in three))
        for three, count in seen.items()
    )


def _weight(before: str, letter: str, after: str) -> int:
    """How well a letter beyond ASCII stands between its neighbours, in northern Europe."""
    inside = before.isalpha() and after.isalpha()
    if letter.isalpha():
        if letter.isupper() and before.islower():
            return -4
        return 10 if letter in _COMMON else 6 if letter in _USUAL else 3
    if letter in _SIGNS:
        return -3 if inside and letter not in "’´–·" else 2
    if letter == "\ufffd" or not letter.isprintable():
        return -20
    # frames, fractions and marks that no list of customers has
    return -10 if inside else -4
