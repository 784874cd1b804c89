"""Where each word of a notice stands: its headings, what is under them, and what is under none."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from notices.terms import Language, SectionKey

from .dates import first_date
from .decoding import refuse_too_many
from .errors import UnreadableNotice
from .glossary import (
    LONGEST_HEADING,
    NAMES,
    NUMBER,
    Certainty,
    Place,
    fold,
    is_inner,
    place,
    place_of_whole,
    title_language,
)
from .markup import Line, lines_of, without_tags
from .paragraphs import SENTENCE_END, goes_on, joined, wrap_width
from .reading import ReadSection

PAGE = re.compile(r"<(?:!doctype|html|body|table)\b", re.IGNORECASE)
MARKUP = re.compile(r"<(?:!doctype|html|body|table|h[1-6]|div|dl)\b", re.IGNORECASE)
MARKDOWN = re.compile(r"(#{1,6})\s+(.*?)[\s#]*$|\*\*([^*]+)\*\*:?$")
UNDERLINE = re.compile(r"[=\-~*_]{3,}$")
LIST_NUMBER = re.compile(r"(\d{1,2})(?:[.):]\s*|\s+)(?=[^\W\d_])")
BARE_NUMBER = re.compile(r"\d{1,2}[.)]?$")
BEFORE_DATE = re.compile(r"[\s:]*(?:\b(?:den|on|the)\b)?[\s:]*$")

LONGEST_WRAPPED_HEADING = 6
MOST_HEADING_WORDS = 16
FIRST_WORDS = frozenset(name.split()[0] for name in NAMES)
# Under a party these name its parts; in a table they stand where headings stand.
PARTY_ROWS = frozenset(
    "nimi osoite puhelin puhelinnumero sähköposti sähköpostiosoite postiosoite käyntiosoite "
    "ytunnus namn adress telefon epost name address phone email yritys".split()
)
PARTIES = (SectionKey.CONTROLLER, SectionKey.CONTACT)


@dataclass(frozen=True)
class Heading:
    """A heading found in the text: how many lines it takes, and what follows on its last."""

    words: str
    place: Place | None
    lines: int = 1
    value: str = ""


@dataclass
class Draft:
    """A section while it is being read."""

    key: SectionKey
    languages: frozenset[Language]
    heading: str
    lines: list[str] = field(default_factory=list)


class Sheet:
    """Collects the drafts; a line that comes before any heading is unplaced."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.unplaced: list[str] = []
        self._open = False

    @property
    def key(self) -> SectionKey | None:
        """The key of the section being read."""
        return self.drafts[-1].key if self._open else None

    def open(self, heading: str, found: Place | None) -> None:
        """Begin a section under its heading."""
        key = found.key if found else SectionKey.OTHER
        self.drafts.append(Draft(key, found.languages if found else frozenset(), heading))
        self._open = True

    def title(self, line: str) -> bool:
        """Take the line for the title if it is one; a later heading ends what follows it."""
        language = title_language(line)
        if language is None or not self._awaits_title(language):
            return False
        self.drafts.append(Draft(SectionKey.TITLE, frozenset({language}), line, [line]))
        self._open = False
        return True

    def add(self, line: str) -> None:
        """Put a line under the heading it follows."""
        if self._open:
            self.drafts[-1].lines.append(line)
        elif line:
            self.unplaced.append(line)

    def _awaits_title(self, language: Language) -> bool:
        """Only the first words in a language are its title; later ones speak of the notice."""
        return not any(
            language in draft.languages or draft.key == SectionKey.OTHER for draft in self.drafts
        )


def sections_of(text: str) -> tuple[list[ReadSection], list[str]]:
    """The sections and the lines under none; raises UnreadableNotice without any known heading."""
    text = "\n".join(text.splitlines())
    rows = [] if PAGE.search(text) else _rows(text)
    if rows:
        sheet, width = _read_rows(rows), float("inf")
    else:
        wrapped = bool(MARKUP.search(text))
        lines = _headed(lines_of(text, wrapped=wrapped))
        refuse_too_many(len(lines))
        sheet = _Walk(lines).sheet
        width = wrap_width([] if wrapped else [line.text for line in lines])
    if not any(draft.key not in (SectionKey.TITLE, SectionKey.OTHER) for draft in sheet.drafts):
        raise UnreadableNotice("no_headings")
    return _settled(sheet.drafts, width), sheet.unplaced


# Tab-separated: a heading, a tab, its value


@dataclass
class Row:
    """A line with a tab, or without one; continuation lines have no heading."""

    heading: str
    value: list[str]


def _rows(text: str) -> list[Row]:
    """The rows of a tab-separated notice; none if the text is no such notice."""
    rows = [_row(line) for line in text.split("\n")]
    tabbed = sum(bool(row.heading and _is_known(row.heading)) for row in rows)
    if not tabbed:
        return []
    plain = sum(bool(not row.heading and _is_bare_heading(row.value[0])) for row in rows)
    return rows if tabbed >= plain else []


def _row(line: str) -> Row:
    heading, tab, value = line.partition("\t")
    return Row(without_tags(heading), [value]) if tab and heading.strip() else Row("", [line])


def _is_known(heading: str) -> bool:
    found = place(heading)
    return found is not None and found.certainty >= Certainty.BEGINNING


def _is_bare_heading(line: str) -> bool:
    """A heading whose tab some editor cut off, its value being empty."""
    return line[:1].isupper() and place_of_whole(without_tags(line)) is not None


def _read_rows(rows: Sequence[Row]) -> Sheet:
    sheet = Sheet()
    for row in _with_whole_headings(rows):
        _read_row(sheet, row)
    return sheet


def _read_row(sheet: Sheet, row: Row) -> None:
    values = [line.text for line in lines_of("\n".join(row.value), wrapped=False)]
    if not row.heading and values and sheet.title(values[0]):
        values = values[1:]
    if row.heading and _names_party_part(sheet, row.heading):
        values = [f"{row.heading.rstrip(':')}: {' '.join(values[:1])}", *values[1:]]
    elif row.heading:
        sheet.open(row.heading, place(row.heading))
    for value in values:
        sheet.add(value)


def _names_party_part(sheet: Sheet, heading: str) -> bool:
    return sheet.key in PARTIES and fold(heading).replace(" ", "") in PARTY_ROWS


def _with_whole_headings(rows: Iterable[Row]) -> Iterator[Row]:
    """Join what continues a row: more of its value, or the other half of its heading."""
    current = Row("", [])
    for row in rows:
        if not row.heading and _is_bare_heading(row.value[0]):
            row = Row(without_tags(row.value[0]), [])
        if not row.heading and title_language(row.value[0].strip()):
            yield current
            current = row
        elif not row.heading:
            current.value += row.value
        elif _halves_of_one(current.heading, row.heading):
            current = Row(f"{current.heading} {row.heading}", current.value + row.value)
        else:
            yield current
            current = row
    yield current


def _halves_of_one(first: str, second: str) -> bool:
    if not first or len(first) + len(second) > LONGEST_HEADING:
        return False
    whole, head, tail = place_of_whole(f"{first} {second}"), place(first), place(second)
    if whole:
        return not (place_of_whole(first) and place_of_whole(second))
    if second[0].islower():
        return place_of_whole(second) is None
    return head is None and tail is None and _is_known(f"{first} {second}")


# Plain text and HTML: headings on lines of their own


def _headed(lines: Iterable[Line]) -> list[Line]:
    """Take Markdown's signs for the markup that they are."""
    headed: list[Line] = []
    for line in lines:
        mark = MARKDOWN.match(line.text) if line.text[:1] in ("#", "*") else None
        if mark:
            headed.append(Line(mark[2] or mark[3], len(mark[1] or "") or 7))
        elif not UNDERLINE.match(line.text) or not headed or not headed[-1].text:
            headed.append(line)
    return headed


class _Walk:
    """One pass over the lines, heading by heading."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.width = wrap_width(line.text for line in lines)
        self.sheet = Sheet()
        self.level = self._main_level()
        self.titled = any(line.level and title_language(line.text) for line in lines)
        self.number = 0
        self._read()

    def _main_level(self) -> int | None:
        levels = Counter(line.level for line in self.lines if line.level and _is_known(line.text))
        return min(levels, key=lambda level: (-levels[level], level), default=None)

    def _read(self) -> None:
        index = 0
        while index < len(self.lines):
            line = self.lines[index]
            if self._may_be_title(index) and self.sheet.title(line.text):
                index += 1
            elif heading := self._heading_at(index):
                self.sheet.open(heading.words, heading.place)
                self.number = _number(heading.words) or self.number
                if heading.value:
                    self.sheet.add(heading.value)
                index += heading.lines
            else:
                self.sheet.add(line.text)
                index += 1

    def _may_be_title(self, index: int) -> bool:
        """A line by itself; and where markup shows a title, no other will do."""
        line = self.lines[index]
        alone = not index or not self.lines[index - 1].text or line.text.isupper()
        return bool(line.level) or (alone and not self.titled)

    def _heading_at(self, index: int) -> Heading | None:
        line = self.lines[index]
        if not line.text:
            return None
        if self.level:
            return self._marked_heading(line) if line.level else _heading_with_value(line.text)
        return (
            self._whole_heading(index)
            or _heading_with_value(line.text)
            or self._numbered_heading(line.text)
            or self._lone_heading(index)
        )

    def _marked_heading(self, line: Line) -> Heading | None:
        deeper = self.level is not None and line.level > self.level
        found = place(line.text)
        if self.sheet.key == SectionKey.COOKIES and is_inner(line.text):
            found = None if deeper or not found else found
            return Heading(line.text, found) if found else None
        if deeper and (found is None or found.certainty == Certainty.KEYWORD):
            return _heading_with_value(line.text)
        return Heading(line.text, found)

    def _whole_heading(self, index: int) -> Heading | None:
        """A line, or up to six that a heading was wrapped over, whose every word is known."""
        if not self._may_begin(index):
            return None
        group = self._group(index)
        for count in range(len(group), 0, -1):
            words = " ".join(group[:count])
            found = place_of_whole(words)
            if found and self._may_end(index + count - 1) and not self._is_inner(words):
                return Heading(words, found, count)
        return None

    def _lone_heading(self, index: int) -> Heading | None:
        """Lines between empty ones that begin as a known heading does, and are no sentence."""
        if not self._may_begin(index) or (index and self.lines[index - 1].text):
            return None
        group = self._group(index)
        words = " ".join(group)
        after = index + len(group)
        alone = after >= len(self.lines) or not self.lines[after].text
        wrapped = all(map(goes_on, group[1:]))
        found = place(words) if alone and wrapped and _is_no_sentence(words) else None
        if found is None or found.certainty == Certainty.KEYWORD:
            return None
        return Heading(words, found, len(group))

    def _numbered_heading(self, text: str) -> Heading | None:
        """A line that carries the next number of the headings; known or not, it is one."""
        number = _number(text)
        if number is None or not self.number < number <= self.number + 3:
            return None
        words = NUMBER.sub("", text, count=1)
        if not words[:1].isupper() or not _is_no_sentence(words):
            return None
        found = place(text)
        if self.number and (found or number == self.number + 1):
            return Heading(text, found)
        # The first number of all could as well begin a list.
        return Heading(text, found) if found and found.certainty > Certainty.KEYWORD else None

    def _group(self, index: int) -> list[str]:
        group: list[str] = []
        for line in self.lines[index : index + LONGEST_WRAPPED_HEADING]:
            if not line.text or (line.level and group):
                break
            group.append(line.text)
        return group

    def _may_begin(self, index: int) -> bool:
        text = self.lines[index].text
        if BARE_NUMBER.match(text) and index + 1 < len(self.lines):
            text = self.lines[index + 1].text or text
        words = fold(NUMBER.sub("", text[:60], count=1) if NUMBER.match(text[:60]) else text[:60])
        if not (text[0].isupper() or text[0].isdigit() or NUMBER.match(text[:60])):
            return False
        if not words or words.split()[0] not in FIRST_WORDS:
            return False
        before = self.lines[index - 1].text if index else ""
        return not before or before.endswith(SENTENCE_END) or len(before) < self.width * 0.8

    def _may_end(self, index: int) -> bool:
        after = self.lines[index + 1].text if index + 1 < len(self.lines) else ""
        return not after or not goes_on(after)

    def _is_inner(self, words: str) -> bool:
        return self.sheet.key == SectionKey.COOKIES and is_inner(words)


def _heading_with_value(text: str) -> Heading | None:
    """ "Rekisterin nimi: Asiakasrekisteri", "Laadittu 1.2.2024": a heading and its value."""
    words, colon, value = text.partition(":")
    if colon and value.strip() and len(words) < 100 and (found := place_of_whole(words)):
        return Heading(words, found, value=value.strip())
    dated = first_date(text[:100])
    words = BEFORE_DATE.sub("", text[: dated.start()]) if dated else ""
    found = place_of_whole(words)
    if found and found.key == SectionKey.DRAWN_UP:
        return Heading(words, found, value=text[len(words) :].strip())
    return None


def _is_no_sentence(words: str) -> bool:
    return not words.endswith((".", ",", ";", "!")) and len(words.split()) <= MOST_HEADING_WORDS


def _number(text: str) -> int | None:
    number = LIST_NUMBER.match(text)
    return int(number[1]) if number else None


# Settling what one heading cannot say by itself


def _settled(drafts: list[Draft], width: float) -> list[ReadSection]:
    """A key stands once in a language: again at once it is an inner heading, later another matter.

    "Laadittu ... Päivitetty ..." is the first case.
    """
    settled: list[tuple[Draft, Language]] = []
    places: set[tuple[SectionKey, Language]] = set()
    for draft, language in zip(drafts, _languages(drafts), strict=True):
        again = draft.key != SectionKey.OTHER and (draft.key, language) in places
        if again and (settled[-1][0].key, settled[-1][1]) == (draft.key, language):
            settled[-1][0].lines += [draft.heading, *draft.lines]
            continue
        places.add((draft.key, language))
        settled.append((replace(draft, key=SectionKey.OTHER) if again else draft, language))
    return [
        ReadSection(draft.key, language, draft.heading, joined(draft.lines, width))
        for draft, language in settled
    ]


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
