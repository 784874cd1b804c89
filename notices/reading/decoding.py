"""From bytes to text: which encoding it was, and what is no text at all."""

from collections.abc import Sequence

from audit.encodings import damage_of, is_binary, kind_of, marked, order_of_utf16

from .errors import UnreadableNotice

MAX_BYTES = 1024 * 1024
# 1 MiB of well-filled lines has some 20 000; a notice has a few hundred.
MAX_LINES = 40_000
# A section of a stored notice holds no more; a notice has some thirty of them.
MAX_SECTIONS, MAX_SECTION = 500, 100_000


def decode(raw: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or cp1252; raises UnreadableNotice for anything else."""
    if len(raw) > MAX_BYTES:
        raise UnreadableNotice("too_large", limit=MAX_BYTES, found=len(raw))
    if kind := kind_of(raw):
        raise UnreadableNotice(kind if kind in ("pdf", "image") else "archive")
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
    encoding, length = marked(raw)
    if encoding:
        return _strictly(raw[length:], encoding)
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
    if order := order_of_utf16(raw):
        return order
    raise UnreadableNotice("not_text")


def _refuse_broken_utf8(raw: bytes) -> None:
    whole, damaged = damage_of(raw.decode("utf-8", errors="replace"))
    if whole > damaged:
        raise UnreadableNotice("bad_encoding", encoding="utf-8", damaged=damaged)


def _refuse_binary(text: str) -> None:
    if "\0" in text or is_binary(text):
        raise UnreadableNotice("not_text")
