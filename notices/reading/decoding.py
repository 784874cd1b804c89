"""From bytes to text: which encoding it was, and what is no text at all."""

import codecs
from collections.abc import Sequence

from .errors import UnreadableNotice

MAX_BYTES = 1024 * 1024
# 1 MiB of well-filled lines has some 20 000; a notice has a few hundred.
MAX_LINES = 40_000
# A section of a stored notice holds no more; a notice has some thirty of them.
MAX_SECTIONS, MAX_SECTION = 500, 100_000

MAGIC = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"PK\x03\x04", "archive"),  # also DOCX and ODT
    (b"\xd0\xcf\x11\xe0", "archive"),  # DOC
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "archive"),
)

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

BLANK = b" \t\r\n\f\v"
CONTROLS = dict.fromkeys([*range(9), *range(14, 32), 127])


def decode(raw: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or cp1252; raises UnreadableNotice for anything else."""
    if len(raw) > MAX_BYTES:
        raise UnreadableNotice("too_large", limit=MAX_BYTES, found=len(raw))
    start = raw[:1024].lstrip(BLANK)
    for magic, code in MAGIC:
        if start.startswith(magic):
            raise UnreadableNotice(code)
    text = _decoded(raw)
    if not text.strip():
        raise UnreadableNotice("empty")
    _refuse_binary(text)
    refuse_too_many(len(text.splitlines()))
    return text


def refuse_too_many(lines: int) -> None:
    """Raise UnreadableNotice for more lines than any notice has: each of them costs time."""
    if lines > MAX_LINES:
        raise UnreadableNotice("too_large", what="lines", limit=MAX_LINES, found=lines)


def refuse_too_much(texts: Sequence[str], unplaced: Sequence[str] = ()) -> None:
    """Raise UnreadableNotice for more sections than any notice has, and for one of a whole book:
    what comes after reading takes its time section by section."""
    if len(texts) > MAX_SECTIONS:
        raise UnreadableNotice("too_large", what="sections", limit=MAX_SECTIONS, found=len(texts))
    longest = max([sum(map(len, unplaced)), *map(len, texts)])
    if longest > MAX_SECTION:
        raise UnreadableNotice("too_large", what="section", limit=MAX_SECTION, found=longest)


def _decoded(raw: bytes) -> str:
    for bom, encoding in BOMS:
        if raw.startswith(bom):
            return _strictly(raw[len(bom) :], encoding)
    if b"\0" in raw:
        return _strictly(raw, _utf16_order(raw))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        _refuse_broken_utf8(raw)
        return _strictly(raw, "cp1252")


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableNotice("bad_encoding", encoding=encoding, where=error.start) from error


def _utf16_order(raw: bytes) -> str:
    """In western text every other byte of UTF-16 is zero; which half tells the byte order."""
    even, odd = raw[0::2].count(0) / len(raw), raw[1::2].count(0) / len(raw)
    if odd > 0.35 and even < 0.05:
        return "utf-16-le"
    if even > 0.35 and odd < 0.05:
        return "utf-16-be"
    raise UnreadableNotice("not_text")


def _refuse_broken_utf8(raw: bytes) -> None:
    """A damaged UTF-8 file would read as cp1252 without an error, and its letters as rubbish."""
    text = raw.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - damaged
    if whole > damaged:
        raise UnreadableNotice("bad_encoding", encoding="utf-8", damaged=damaged)


def _refuse_binary(text: str) -> None:
    controls = len(text) - len(text.translate(CONTROLS))
    if "\0" in text or controls * 100 > len(text):
        raise UnreadableNotice("not_text")
