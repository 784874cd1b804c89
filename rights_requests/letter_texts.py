"""The words of letters: the templates of templates/letters, filled so that no value forges them."""

import re
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise

#: What staff write in words of their own, in paragraphs and lists; all else stands on one line.
IN_PARAGRAPHS = frozenset({"done", "done_for_rest", "reason", "reasons", "refused_what", "until"})
#: Line breaks of any kind, and the characters that show nothing but break off or hide the rest.
BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)


def text_of(kind: str, words: Mapping[str, Any]) -> str:
    """The letter `kind` in the active language: paragraphs with one empty line between them.

    A value stays on its own line, or among its own paragraphs, and makes no heading there.
    """
    clean = {name: _clean(name, value) for name, value in words.items()}
    text = render_to_string(f"letters/{kind}.txt", clean)
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def _clean(name: str, value: Any) -> Any:
    match value:
        case str() | Promise() if name in IN_PARAGRAPHS:
            lines = [_line(line).lstrip("# ") for line in BREAKS.sub("\n", str(value)).split("\n")]
            return "\n".join(lines).strip()
        case str() | Promise():
            return _line(str(value))
        case list() | tuple():
            return [_line(str(one)) for one in value]
        case _:
            return value


def _line(text: str) -> str:
    return " ".join(UNSEEN.sub("", BREAKS.sub(" ", text)).split())
