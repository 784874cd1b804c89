"""What a PDF from somewhere is, told without opening it: a paper with pages, or something else.

Nothing is drawn and no object is followed. The bytes are read once; what is packed in them is
unpacked in blocks, which are counted and dropped, so no file takes much time or memory.
"""

import re
import zlib
from collections.abc import Iterator
from enum import Enum

MOST_STREAMS = 20_000
#: A page of 300 dots an inch in colour takes 26 MB as plain dots.
MOST_UNPACKED = 100 * 1024 * 1024
#: Of lists of objects, which may hold pages and scripts.
MOST_READ = 16 * 1024 * 1024
A_BLOCK = 64 * 1024
#: A ZIP archive is read from its end: this is as far as its comment may reach.
END_OF_ZIP = 66_000


class Fault(Enum):
    """Why a file is not taken as a PDF."""

    NOT_A_PDF = "not a pdf"
    TWO_KINDS = "two kinds of file in one"
    LOCKED = "locked"
    ACTIVE = "active"
    TOO_LARGE_UNPACKED = "too large unpacked"
    NO_PAGES = "no pages"


class NotThisPdf(Exception):
    """A file that is not taken as a PDF; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def _name(text: str) -> bytes:
    """A pattern for the name `text` after its slash, each sign plain or as #xx."""
    return b"".join(b"(?:%c|#(?i:%02x))" % (sign, sign) for sign in text.encode("ascii"))


_ACTIVE = ("JavaScript", "Launch", "EmbeddedFile", "RichMedia", "ImportData", "SubmitForm")
_END = rb"(?![A-Za-z0-9#])"
#: One pass for all: the names that matter, and the two of them that matter together.
_TELLING = re.compile(
    rb"/(?=[JLERISTF#])(?:"
    rb"(?P<page>" + _name("Type") + rb"\s{0,20}/" + _name("Page") + _END + rb")"
    rb"|(?P<active>" + b"|".join(map(_name, _ACTIVE)) + rb")"
    rb"|(?P<locked>" + _name("Encrypt") + _END + rb")"
    rb"|(?P<packed_twice>(?:FlateDecode|Fl)\s{0,20}/(?:FlateDecode|Fl)" + _END + rb"))"
)
_FAULTS = {
    "active": Fault.ACTIVE,
    "locked": Fault.LOCKED,
    "packed_twice": Fault.TOO_LARGE_UNPACKED,
}
_STREAM = re.compile(rb"stream\r?\n")


def pages_of(content: bytes) -> int:
    """How many pages the PDF `content` has, at most. Raises `NotThisPdf`."""
    if not content.startswith(b"%PDF-"):
        raise NotThisPdf(Fault.NOT_A_PDF)
    if not content[-A_BLOCK:].rstrip(b"\r\n\t \0").endswith(b"%%EOF"):
        # what stands behind the end is read by another program: a page, an archive
        raise NotThisPdf(Fault.TWO_KINDS)
    if b"PK\x05\x06" in content[-END_OF_ZIP:]:
        raise NotThisPdf(Fault.TWO_KINDS)
    pages = _pages_in(content) + _pages_packed(content)
    if not pages:
        raise NotThisPdf(Fault.NO_PAGES)
    return pages


def _pages_in(text: bytes) -> int:
    pages = 0
    for found in _TELLING.finditer(text):
        told = found.lastgroup or ""
        if told in _FAULTS:
            raise NotThisPdf(_FAULTS[told])
        pages += 1
    return pages


def _pages_packed(content: bytes) -> int:
    """Pages in the lists of objects that are packed; judges what all the rest unpacks to."""
    unpacked = read = pages = 0
    for count, found in enumerate(_STREAM.finditer(content)):
        if count >= MOST_STREAMS:
            raise NotThisPdf(Fault.TOO_LARGE_UNPACKED)
        start = found.end()
        if content[found.start() - 3 : found.start()] == b"end":
            continue
        if start + 1 >= len(content):
            break
        if content[start] & 0x0F != 8 or int.from_bytes(content[start : start + 2], "big") % 31:
            continue  # a picture, or text that is not packed
        objects = bytearray()
        is_list = None
        for block in _blocks(content, start):
            unpacked += len(block)
            if is_list is None:
                is_list = block.lstrip()[:1].isdigit() and b"<<" in block
            if is_list:
                read += len(block)
                objects += block
            if unpacked > MOST_UNPACKED or read > MOST_READ:
                raise NotThisPdf(Fault.TOO_LARGE_UNPACKED)
        pages += _pages_in(bytes(objects)) if is_list else 0
    return pages


def _blocks(content: bytes, start: int) -> Iterator[bytes]:
    """What is packed at `start`, unpacked, in blocks; it ends where nothing can be unpacked."""
    whole, unpack = memoryview(content), zlib.decompressobj()
    while not unpack.eof and start < len(whole):
        waiting: bytes | memoryview = whole[start : start + A_BLOCK]
        start += A_BLOCK
        while waiting and not unpack.eof:
            try:
                yield unpack.decompress(waiting, A_BLOCK)
            except zlib.error:
                return
            waiting = unpack.unconsumed_tail
