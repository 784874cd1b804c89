"""What the bytes of a file are: text, and in which of the wide encodings, or no text at all."""

import codecs

#: How files that are no text begin, and what they are.
BEGINNINGS = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"PK\x03\x04", "zip"),  # also XLSX, DOCX and ODT
    (b"PK\x05\x06", "zip"),  # an empty one
    (b"\xd0\xcf\x11\xe0", "old_office"),  # XLS, DOC, and whatever Office locks with a password
    (b"\x1f\x8b", "packed"),
    (b"BZh", "packed"),
    (b"7z\xbc\xaf", "packed"),
    (b"{\\rtf", "rich_text"),
)

#: Longest first: the mark of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

BLANK = b" \t\r\n\f\v"
CONTROLS = dict.fromkeys([*range(9), *range(14, 32), 127])


def kind_of(start: bytes) -> str:
    """What a file is that begins with `start`, by BEGINNINGS; empty when it may be text."""
    start = start[:1024].lstrip(BLANK)
    return next((kind for beginning, kind in BEGINNINGS if start.startswith(beginning)), "")


def marked(start: bytes) -> tuple[str, int]:
    """The encoding that the mark at the head of `start` names, and the mark's length."""
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding, len(mark)
    return "", 0


def order_of_utf16(raw: bytes) -> str:
    """UTF-16 without a mark: in western text every other byte is zero, and which half tells the
    byte order. Empty when `raw` is no such text."""
    even, odd = raw[0::2].count(0) / len(raw), raw[1::2].count(0) / len(raw)
    if odd > 0.35 and even < 0.05:
        return "utf-16-le"
    if even > 0.35 and odd < 0.05:
        return "utf-16-be"
    return ""


def damage_of(text: str) -> tuple[int, int]:
    """How many characters of `text`, decoded with replacement, are whole and beyond ASCII, and how
    many are damaged.

    More whole than damaged: a UTF-8 file that was spoilt. It would read as cp1252 without an
    error, and its letters as rubbish.
    """
    damaged = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - damaged, damaged


def is_binary(text: str) -> bool:
    """Whether more than one character in a hundred is a control character."""
    controls = len(text) - len(text.translate(CONTROLS))
    return controls * 100 > len(text)
