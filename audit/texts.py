"""What no text here keeps: personal identity codes (P20, I06), and signs that show nothing."""

import re
import unicodedata

from django.utils.translation import gettext

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
#: As both databases search for it, whatever the case.
SHAPE_OF_CODE = (
    r"(^|[^0-9a-z])(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])[0-9][0-9]"
    r" ?[-+a-fu-y] ?[0-9]{3}[0-9a-fhj-npr-y]($|[^0-9a-z])"
)
_CODE = re.compile(
    r"(?<![0-9a-z])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d"
    r"\s?[-+a-fu-y]\s?\d{3}[0-9a-fhj-npr-y](?![0-9a-z])",
    re.IGNORECASE,
)

#: Of the characters that show nothing: the break inside a word, and what Persian is spelt with.
INVISIBLE_KEPT = "\u00ad\u200c\u200d"


def holds_identity_code(text: str) -> bool:
    """Whether `text` has the shape of a personal identity code anywhere in it.

    The shape alone is enough, its check character is not asked: a mistyped code tells as much.
    Full-width digits, long dashes and invisible characters do not hide one.
    """
    if len(text) < 11:
        return False
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES)
    visible = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    return _CODE.search(visible) is not None


def is_unshowable(text: str) -> bool:
    """Whether `text` has control characters or half of a pair: a line break in a name forges
    the head of a letter, and a PDF stops at the first."""
    return any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


def fault_of(text: str) -> str:
    """Why one line of `text` may not be kept, in the user's language; empty when it may."""
    if holds_identity_code(text):
        return gettext(
            "This looks like a personal identity code. The register may not hold one: take it out."
        )
    if is_unshowable(text):
        return gettext("The text holds invisible control characters. Type it again without them.")
    return ""


def clean(text: str) -> str:
    """Without the characters that show nothing but reorder or break off what others show."""
    text = unicodedata.normalize("NFC", "\n".join(text.splitlines())).replace("\t", " ")
    return "".join(
        character
        for character in text
        if character in INVISIBLE_KEPT + "\n"
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )


def one_line(text: str) -> str:
    """`text`, cleaned, on one line with single blanks."""
    return " ".join(clean(text).split())
