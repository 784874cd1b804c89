"""Lines into paragraphs, paragraphs into items and sentences; no word is altered."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from .markup import LIST_MARK

SENTENCE_END = (".", ":", "!", "?")
# "etu- ja sukunimi": a hanging hyphen, no new item.
ITEM = re.compile(r"\s*-\s+(?!(?:ja|tai|sekä|eli|och|eller|samt|and|or)\b)")
# No sentence ends in "mm. Posti", "Pilvi Inc. (palvelimet)", "puh. (09) 123".
SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\bmm\.)(?<!\besim\.)(?<!\bns\.)(?<!\bks\.)(?<!\bpuh\.)(?<!\bos\.)(?<!\bp\.)"
    r"(?<!\bt\.ex\.)(?<!\bbl\.a\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\btfn\.)(?<!\btel\.)"
    r"(?<!\bInc\.)(?<!\bLtd\.)(?<!\bCorp\.)"
    r"\s+(?=[A-ZÅÄÖ\"”(])"
)
SEGMENT = re.compile(r"[;,]\s|(?<!-)\s(?:ja|sekä|och|samt|and)\s")
BRACKETS = re.compile(r"\([^()]{0,200}\)")
NARROWEST_WRAP, WIDEST_WRAP = 50, 140


def wrap_width(lines: Iterable[str]) -> float:
    """From which length a line was broken for want of room; infinite where nothing is wrapped.

    A line broken for want of room is one whose next word would have passed four fifths of the
    longest line: proportional fonts make the right edge of such notices ragged.
    """
    longest = max(map(len, lines), default=0)
    return longest * 0.8 if NARROWEST_WRAP <= longest <= WIDEST_WRAP else float("inf")


def joined(lines: Iterable[str], width: float = float("inf")) -> str:
    """Paragraphs and list items, each on a line of its own."""
    paragraphs: list[list[str]] = []
    gap = False
    for line in lines:
        if not line:
            gap = True
            continue
        if paragraphs and _continues(paragraphs[-1][-1], line, gap, width):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
        gap = False
    return "\n".join(" ".join(parts) for parts in paragraphs)


def goes_on(line: str) -> bool:
    """Whether a line begins in the middle of a sentence; "ePaja Oy" and an address do not."""
    first = line.split(maxsplit=1)[0]
    return first[0].isalpha() and first.islower() and "@" not in first and "://" not in first


def _continues(previous: str, line: str, gap: bool, width: float) -> bool:
    if LIST_MARK.match(line):
        return False
    if not previous.endswith(SENTENCE_END) and goes_on(line):
        return True  # also over an empty line: a page ended in the middle of a sentence
    return not gap and len(previous) + 1 + len(line.split(maxsplit=1)[0]) > width


#: "[x] nimi [ ] sähköposti": a form, filled in.
BOX = re.compile(r"\s*(?=(?:\[[ xX]?\]|[☐☑☒])\s)")
CHECKED = re.compile(r"\[[xX]\]|[☑☒]")
UNCHECKED = re.compile(r"(?:-\s)?(?:\[ ?\]|☐)\s")


def split_items(line: str) -> list[str]:
    """The items of a list line, also where several run together: "- A- B - C" is A, B and C.

    A line that starts with no dash is its own only item.
    """
    mark = LIST_MARK.match(line)
    if not mark:
        return [line]
    rest = line[mark.end() :]
    items = ITEM.split(rest) if line.startswith("-") else [rest]
    return [item for item in map(str.strip, items) if item] or [line]


def sentences(text: str) -> Iterator[str]:
    """Each sentence and each list item of a section; of a form, what is ticked."""
    is_form = CHECKED.search(text) is not None
    for line in text.splitlines():
        for item in split_items(line):
            for box in BOX.split(item) if is_form else [item]:
                if not (is_form and UNCHECKED.match(box)):
                    yield from filter(None, map(str.strip, SENTENCE.split(box)))


def split_segments(sentence: str) -> list[tuple[int, int]]:
    """Where the parts of a sentence begin and end, between commas and words for "and".

    What stands in brackets is of one part: "Pilvikamari Inc. (palvelimet, USA)".
    """
    kept = [bracket.span() for bracket in BRACKETS.finditer(sentence)]
    ends = (
        part.end()
        for part in SEGMENT.finditer(sentence)
        if not any(start < part.start() < end for start, end in kept)
    )
    edges = [0, *ends, len(sentence)]
    return list(pairwise(edges))
