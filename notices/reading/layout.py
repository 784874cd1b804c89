"""Where each word of a notice stands: its headings, what is under them, and what is under none."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from notices.terms import Language, SectionKey

from .decoding import refuse_too_many
from .errors import UnreadableNotice
from .markdown import without_signs
from .markup import TAG, TAGS, lines_of
from .paragraphs import joined, wrap_width
from .reading import ReadSection
from .rows import read_rows, rows_of
from .sheet import Draft
from .tables import untangled
from .walk import Walk

PAGE = re.compile(r"<(?:!doctype|html|body|table)\b", re.IGNORECASE)
MARKUP = re.compile(r"<(?:!doctype|html|body|table|h[1-6]|div|dl)\b", re.IGNORECASE)
LONGEST_TAG = 200
SECURITY = (SectionKey.SECURITY_MANUAL, SectionKey.SECURITY_ELECTRONIC)


@dataclass(frozen=True)
class Layout:
    """The sections of a notice, the lines under none, and the first tag that its readers see."""

    sections: list[ReadSection]
    unplaced: list[str]
    markup: str | None


def layout_of(text: str) -> Layout:
    """Lay a notice out; raises UnreadableNotice where it has no known heading."""
    text = "\n".join(text.splitlines())
    rows = [] if PAGE.search(text) else rows_of(text)
    wrapped = bool(MARKUP.search(text))
    marked = False
    if rows:
        sheet, width = read_rows(rows), float("inf")
    else:
        lines = untangled(without_signs(lines_of(text, wrapped=wrapped)))
        refuse_too_many(len(lines))
        walk = Walk(lines)
        sheet, marked = walk.sheet, walk.is_marked
        width = wrap_width([] if wrapped else [line.text for line in lines])
    if not any(draft.key not in (SectionKey.TITLE, SectionKey.OTHER) for draft in sheet.drafts):
        raise UnreadableNotice("no_headings")
    shown = None if marked or (wrapped and not rows) else _first_tag(text)
    return Layout(_settled(sheet.drafts, width), sheet.unplaced, shown)


def _first_tag(text: str) -> str | None:
    tags = (tag for tag in TAG.finditer(text) if tag[1].lower() in TAGS)
    return next((tag[0][:LONGEST_TAG] for tag in tags), None)


# Settling what one heading cannot say by itself


def _settled(drafts: list[Draft], width: float) -> list[ReadSection]:
    """A key stands once in a language: again at once it is an inner heading, later another matter.

    "Laadittu ... Päivitetty ..." is the first case.
    """
    settled: list[tuple[Draft, Language]] = []
    places: set[tuple[SectionKey, Language]] = set()
    drafts = list(_with_whole_headings(drafts))
    for draft, language in zip(drafts, _languages(drafts), strict=True):
        again = draft.key != SectionKey.OTHER and (draft.key, language) in places
        if again and (settled[-1][0].key, settled[-1][1]) == (draft.key, language):
            settled[-1][0].lines += ["", *draft.as_lines()]
            continue
        places.add((draft.key, language))
        settled.append((replace(draft, key=SectionKey.OTHER) if again else draft, language))
    return [
        ReadSection(draft.key, language, draft.heading, joined(draft.lines, width))
        for draft, language in settled
    ]


def _with_whole_headings(drafts: list[Draft]) -> Iterator[Draft]:
    """ "Rekisterin suojaus", then at once "A: Manuaalinen aineisto": one heading in two parts."""
    above: Draft | None = None
    for draft in drafts:
        if above and draft.key in SECURITY:
            draft = replace(draft, heading=f"{above.heading} {draft.heading}")
        elif above:
            yield above
        is_above = draft.key == SectionKey.SECURITY_ELECTRONIC and not any(draft.lines)
        above = draft if is_above else None
        if not above:
            yield draft
    if above:
        yield above


def _languages(drafts: Sequence[Draft]) -> Iterator[Language]:
    """Each section's language: a word that several languages share is read in the one in use."""
    sure = Counter(
        language for draft in drafts if len(draft.languages) == 1 for language in draft.languages
    )
    main = max(Language, key=lambda language: sure[language])
    current = main
    for draft in drafts:
        possible = {
            language for language in draft.languages if sure[language] * 4 >= sure[main]
        } or {current}
        if current not in possible:
            current = main if main in possible else min(possible)
        yield current
