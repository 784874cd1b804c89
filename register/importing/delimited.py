"""Rows of text files whose cells stand between delimiters: CSV of every kind."""

import csv
import io
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from .encodings import Encoding, mended
from .faults import UnreadableTable
from .headings import count_known
from .rows import MOST_COLUMNS, Row

DELIMITERS = ";,\t|"
#: Stands in no file; a single column is read with it.
NO_DELIMITER = "\x1f"
LONGEST_LINE = 4 * 1024 * 1024
#: A cell over more lines than this is an open quotation mark.
MOST_LINES = 500
MOST_BROKEN = 1000
SAMPLE = 256 * 1024
#: Stands for the line break that is none in this file, while csv reads: a noncharacter.
_BREAK = "\ufdd0"
_QUOTED = re.compile(r'"[^"]*"')
#: A whole cell between quotation marks: two letters at least, for an apostrophe may end a word.
_SINGLE = re.compile(r"(?:^|[;,\t|])'(?:[^']|''){2,4000}'(?=[;,\t|]|$)")
_DOUBLE = re.compile(r'(?:^|[;,\t|])"')
_LINE_END = re.compile(r"\r\n|\r|\n")


class Dialect:
    """How the text of one file is cut into rows and cells."""

    def __init__(self, file: BinaryIO, encoding: Encoding) -> None:
        self._file, self._encoding = file, encoding
        sample = self._sample()
        self.line_end = _line_end(sample)
        self.first_line, declared = _declared(sample)
        self.quote = _quote(sample)
        self.delimiter = declared or self._best(sample)

    def rows(self) -> Iterator[Row]:
        """All rows, from the first; texts in composed form (NFC).

        A row with broken quotation marks comes as a row with a fault, and reading goes on with the
        next line. Raises `UnreadableTable` for a line or a row without end.
        """
        stream = decoded(self._file, self._encoding, self.line_end)
        try:
            yield from _Records(stream, self.delimiter, self.quote, self.line_end, self.first_line)
        finally:
            stream.detach()

    def _sample(self) -> str:
        stream = decoded(self._file, self._encoding, "\n")
        try:
            return stream.read(SAMPLE)
        finally:
            stream.detach()

    def _best(self, sample: str) -> str:
        """The delimiter that gives known headings, or else the same number of cells most often."""
        whole = len(sample) < SAMPLE
        scores = {one: self._score(sample, one, whole) for one in DELIMITERS}
        best = max(DELIMITERS, key=scores.__getitem__)
        lines = sample.splitlines()[:30]
        alone = any(count_known([line.strip(f"{self.quote} ")]) for line in lines)
        return best if scores[best] > (int(alone), 0, 0) else NO_DELIMITER

    def _score(self, sample: str, delimiter: str, whole: bool) -> tuple[int, float, int]:
        if delimiter not in sample:
            return 0, 0, 0
        stream = io.StringIO(sample, newline=self.line_end)
        read = []
        for row in _Records(stream, delimiter, self.quote, self.line_end, 0):
            if row.cells:
                read.append(row.cells)
            if len(read) > 200:
                break
        if not whole and len(read) > 1:
            read.pop()  # the sample ends in the middle of it
        widths = Counter(len(cells) for cells in read)
        widths.pop(1, None)
        if not widths:
            return 0, 0, 0
        width, rows = max(widths.items(), key=lambda one: (one[1], one[0]))
        known = max(count_known(cells) for cells in read[:30] if len(cells) > 1)
        return known, rows / len(read), width


def decoded(file: BinaryIO, encoding: Encoding, line_end: str | None) -> io.TextIOWrapper:
    """The text of `file` from its beginning, mended where it was decoded twice.

    Lines end as for `open(newline=line_end)`. Detach it after use: `file` stays open.
    """
    raw: BinaryIO = _Kept(file, encoding.mark)  # type: ignore[assignment]
    if encoding.twice:
        raw = _Mended(raw)  # type: ignore[assignment]
    return io.TextIOWrapper(raw, encoding.name, "replace", newline=line_end)


class _Kept(io.RawIOBase):
    """A file from `start` on, that stays open when its reader is closed."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        file.seek(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self._file.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def read1(self, size: int = -1) -> bytes:
        return self._file.read(size if size > 0 else 64 * 1024)


class _Mended(io.RawIOBase):
    """UTF-8 that was decoded as cp1252 and encoded again, as the UTF-8 that it was."""

    def __init__(self, raw: BinaryIO) -> None:
        self._lines = io.TextIOWrapper(raw, "utf-8", newline="\n")

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        text = self._lines.read(64 * 1024)
        # to the end of a run of letters: the next character is read with the last one
        while text and not text[-1].isascii() and (more := self._lines.read(1)):
            text += more
        return mended(text).encode() if text else b""


class _Records:
    """Iterates over the rows of a text stream."""

    def __init__(
        self, stream: io.TextIOBase, delimiter: str, quote: str, line_end: str, skipped: int
    ) -> None:
        self._readline = partial(stream.readline, LONGEST_LINE)
        self._delimiter, self._quote = delimiter, quote
        self._alone = line_end == "\r"
        self._skipped = skipped
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._number = 0
        self._marked = self._ended = False
        self._broken = 0

    def __iter__(self) -> Iterator[Row]:
        for _line in range(self._skipped):
            self._readline()
            self._number += 1
        while not self._ended:
            yield from self._until_broken()

    def _until_broken(self) -> Iterator[Row]:
        """Rows up to one that cannot be read; then what follows its first line is to be read
        again, and that row comes last."""
        reader = csv.reader(
            self._lines(), delimiter=self._delimiter, quotechar=self._quote, strict=True
        )
        taken = self._taken
        while True:
            taken.clear()
            line = self._number + 1
            try:
                cells = next(reader)
            except StopIteration:
                self._ended = True
                return
            except csv.Error:
                pieces = self._pieces(taken[0])
                yield Row(line, [], self._give_back(line), pieces)
                return
            if len(cells) > MOST_COLUMNS:
                raise UnreadableTable("too_many_columns", line=line, found=len(cells))
            if self._marked:
                cells = self._unmarked(cells)
            if len(taken) > 1 or not unicodedata.is_normalized("NFC", taken[0]):
                cells = [unicodedata.normalize("NFC", cell) for cell in cells]
            yield Row(line, cells)

    def _give_back(self, line: int) -> str:
        first, *rest = self._taken
        self._again.extendleft(reversed(rest))
        self._number = line
        if not rest and len(first) > csv.field_size_limit():
            return "too_long"
        self._broken += 1
        if self._broken > MOST_BROKEN:
            raise UnreadableTable("broken_quotes", line=line)
        return "broken_quotes"

    def _pieces(self, line: str) -> list[str]:
        """The cells of a line whose quotation marks are broken, as if there were none."""
        if line.count(self._delimiter) >= MOST_COLUMNS:
            return []
        text = unicodedata.normalize("NFC", line.rstrip("\r\n"))
        return [cell.strip().strip(self._quote) for cell in text.split(self._delimiter)]

    def _unmarked(self, cells: list[str]) -> list[str]:
        self._marked = False
        meant = "\n" if self._alone else "\r"
        return [cell.replace(_BREAK, meant) for cell in cells]

    def _lines(self) -> Iterator[str]:
        taken, again, readline = self._taken, self._again, self._readline
        other = "\n" if self._alone else "\r"
        while True:
            line = again.popleft() if again else readline()
            if not line:
                return
            self._number += 1
            if len(taken) >= MOST_LINES:
                again.appendleft(line)
                self._number -= 1
                return  # csv then finds the quotation mark open
            if len(line) == LONGEST_LINE:
                raise UnreadableTable("line_too_long", line=self._number, limit=LONGEST_LINE)
            taken.append(line)
            if other in line:
                line = self._with_marks(line, other)
            yield line

    def _with_marks(self, line: str, other: str) -> str:
        """`line` without line breaks that are none in this file: csv would break the row there."""
        end = "\r\n" if line.endswith("\r\n") else line[-1:] if line[-1:] in "\r\n" else ""
        inner = line[: len(line) - len(end)]
        if other in inner:
            self._marked = True
            inner = inner.replace(other, _BREAK)
        return inner + end


def _quote(sample: str) -> str:
    """What stands around cells: single quotation marks where they stand around some cell of most
    lines, and no double ones do."""
    lines = [line for line in sample[:64_000].splitlines() if line.strip()][:50]
    single = sum(1 for line in lines if _SINGLE.search(line))
    is_single = single * 2 > len(lines) and not any(map(_DOUBLE.search, lines))
    return "'" if is_single else '"'


def _line_end(sample: str) -> str:
    """What ends the lines: LF, alone or after CR, or else a lone CR."""
    first = _LINE_END.search(_QUOTED.sub("", sample[:64_000])) or _LINE_END.search(sample)
    return "\r" if first and first[0] == "\r" else "\n"


def _declared(sample: str) -> tuple[int, str]:
    """Excel's first line "sep=;": how many lines to leave out, and the delimiter it names."""
    first = sample[:8].rstrip("\r\n").split("\r")[0].split("\n")[0]
    if first.lower().startswith("sep=") and len(first) == 5:
        return 1, first[4]
    if first.lower() == "sep=" and sample[4:5] == "\t":
        return 1, "\t"
    return 0, ""
