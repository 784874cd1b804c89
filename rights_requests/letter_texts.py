"""The words of letters: the templates of templates/letters, filled so that no value forges them."""

import re
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise

from audit.texts import clean, one_line

#: What staff write in words of their own, in paragraphs and lists; all else stands on one line.
IN_PARAGRAPHS = frozenset({"done", "done_for_rest", "reason", "reasons", "refused_what", "until"})


#: A line that begins so is a heading; no value makes one.
HEADING = "## "


def text_of(kind: str, words: Mapping[str, Any]) -> str:
    """The letter `kind` in the active language: paragraphs with one empty line between them.

    A value stays on its own line, or among its own paragraphs, and makes no heading there.
    """
    tamed = {name: _tamed(name, value) for name, value in words.items()}
    text = render_to_string(f"letters/{kind}.txt", tamed)
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def without_marks(text: str) -> str:
    """`text` of letters as people read it where nothing is set, as in a mail: a heading is a line
    of its own, between empty ones."""
    apart = re.sub(rf"^{HEADING}(.+)$", r"\n\1\n", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", apart).lstrip("\n")


def _tamed(name: str, value: Any) -> Any:
    match value:
        case str() | Promise() if name in IN_PARAGRAPHS:
            lines = [one_line(line).lstrip("# ") for line in clean(str(value)).split("\n")]
            return "\n".join(lines).strip()
        case str() | Promise():
            return one_line(str(value))
        case list() | tuple():
            return [one_line(str(one)) for one in value]
        case _:
            return value
