"""Finnish personal identity codes (hetu), known only in order to be refused (P20, I06)."""

import re
import unicodedata

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_CODE = re.compile(
    r"(?<![0-9a-z])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d"
    r"\s?[-+a-fu-y]\s?\d{3}[0-9a-fhj-npr-y](?![0-9a-z])",
    re.IGNORECASE,
)


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
