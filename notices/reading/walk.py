"""Headings on lines of their own, in plain text, Markdown and HTML: one pass over the lines."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from notices.terms import SectionKey

from .dates import first_date
from .glossary import (
    HYPHEN,
    NAMES,
    NUMBER,
    Certainty,
    Place,
    is_inner,
    name_of,
    place,
    place_of_whole,
    title_language,
)
from .markup import LIST_MARK, Line
from .paragraphs import SENTENCE_END, goes_on, wrap_width
from .sheet import Sheet

DECIMAL = re.compile(r"(?:(?P<section>§)\s?)?(?P<n>\d{1,2})(?:\s?[.):§]\s*|\s+)(?=[^\W\d_])")
SUB = re.compile(r"(?P<major>\d{1,2})\.(?P<n>\d{1,2})[.)]?\s*(?=[^\W\d_])")
LETTER = re.compile(r"(?P<upper>[A-ZÅÄÖ])[.):]\s*(?=[^\W\d_])|(?P<lower>[a-z])[.)]\s*(?=[A-ZÅÄÖ])")
ROMAN = re.compile(r"(?P<n>[IVX]{1,5})[.):]\s*(?=[^\W\d_])")
ROMANS = {
    numeral: number
    for number, numeral in enumerate(
        "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX".split(), start=1
    )
}
POSTCODE = re.compile(r"(?:FI-|AX-)?\d{5}\s")
#: "Tietosuojaseloste - Asukas- ja": a line that cannot end so.
HANGS = re.compile(r"(?:-|,|\s(?:ja|sekä|och|samt|and|of|för|–))$")
BARE_NUMBER = re.compile(r"\d{1,2}[.)]?$")
BEFORE_DATE = re.compile(r"[\s:]*(?:\b(?:den|on|the)\b)?[\s:]*$")
DASHED = re.compile(r"(?P<words>[^\W\d_][^:–—]{2,90}?)\s[–—-]\s(?P<value>\S.*)")
LABELLED = re.compile(r"(?P<words>[^\W\d_][^:]{2,90}):\s+(?P<value>\S.*)")

LONGEST_WRAPPED_HEADING = 6
MOST_HEADING_WORDS, MOST_OPENING_WORDS = 16, 9
#: From how many known headings of one style on, its other lines are headings as well.
FEWEST_TRUSTED = 3
#: Sections that begin with a name.
NAMED = (SectionKey.CONTROLLER, SectionKey.CONTACT, SectionKey.REGISTER_NAME)
#: How many lines show whether "Your rights" are those against cookies.
INNER_LINES = 4
SPEAKS_OF_COOKIES = re.compile(
    r"eväste|selai|cookie|\bkakor|webbläsare|browser|google|analyti", re.IGNORECASE
)
FIRST_WORDS = frozenset(name.split()[0] for name in NAMES)


@dataclass(frozen=True)
class Heading:
    """A heading found in the text: how many lines it takes, and what follows on its last."""

    words: str
    place: Place | None
    lines: int = 1
    value: str = ""


class Walk:
    """One pass over the lines, heading by heading."""

    def __init__(self, lines: list[Line]) -> None:
        known = any(line.aside and place_of_whole(line.text) for line in lines)
        self.aside = [] if known else [line.text for line in lines if line.aside]
        self.lines = [line for line in lines if known or not line.aside]
        self.width = wrap_width(line.text for line in self.lines)
        self.sheet = Sheet()
        self.trusted = self._trusted_styles()
        self.level = self._main_level()
        self.titled = any(line.level and title_language(line.text) for line in self.lines)
        self.numbering = ""
        self.numbers: dict[str, int] = {}
        self.index = 0
        self._read()
        for line in self.aside:
            self.sheet.leave_out(line)

    @property
    def is_marked(self) -> bool:
        """Whether markup shows which lines are headings."""
        return self.level is not None

    def _main_level(self) -> int | None:
        """The markup of most headings, unless more of them have none at all."""
        levels = Counter(line.level for line in self.lines if line.level and _is_known(line.text))
        level = min(levels, key=lambda level: (-levels[level], level), default=None)
        plain = sum(not line.level and _is_plain_heading(line) for line in self.lines)
        return None if level is None or plain > sum(levels.values()) else level

    def _read(self) -> None:
        index = 0
        while index < len(self.lines):
            self.index = index
            line = self.lines[index]
            if lines := self._title_at(index):
                index += lines
            elif heading := self._heading_at(index):
                self.sheet.open(heading.words, heading.place, inline=bool(heading.value))
                self._count(heading)
                if heading.value:
                    self.sheet.add(heading.value)
                index += heading.lines
            else:
                self.sheet.add(line.text)
                index += 1

    def _count(self, heading: Heading) -> None:
        for style, number in _ordinals(heading.words):
            if not self.numbering and heading.place:
                self.numbering = style
            self.numbers[style] = number

    def _title_at(self, index: int) -> int:
        """How many lines the title takes that begins here; 0 where none does."""
        if not self._may_be_title(index):
            return 0
        line = self.lines[index]
        after = self.lines[index + 1] if index + 1 < len(self.lines) else Line("")
        if HANGS.search(line.text) and after.text and after.level == line.level:
            whole = f"{line.text} {after.text}"
            if self.sheet.title(whole):
                return 2
        return int(self.sheet.title(line.text))

    def _may_be_title(self, index: int) -> bool:
        """A line by itself; and where markup shows a title, no other will do."""
        line = self.lines[index]
        alone = not index or not self.lines[index - 1].text or line.text.isupper()
        return bool(line.level) or ((alone or index < 3) and not self.titled)

    def _heading_at(self, index: int) -> Heading | None:
        line = self.lines[index]
        if not line.text:
            return None
        if line.lead and (heading := self._led_heading(line)):
            return heading
        if self.level:
            return self._marked_heading(line) if line.level else self._unmarked_heading(index)
        return (
            self._whole_heading(index)
            or self._heading_with_value(line.text)
            or self._numbered_heading(line.text)
            or self._styled_heading(index)
            or self._lone_heading(index)
            or self._opening_heading(index)
        )

    # Where markup shows headings

    def _marked_heading(self, line: Line) -> Heading | None:
        deeper = self.level is not None and line.level > self.level
        found = place(line.text)
        if self._is_inner(line.text):
            found = None if deeper or not found else found
            return Heading(line.text, found) if found else None
        if deeper and (found is None or found.certainty == Certainty.KEYWORD):
            return self._heading_with_value(line.text)
        return Heading(line.text, found)

    def _unmarked_heading(self, index: int) -> Heading | None:
        """One that somebody forgot to mark: all its words are known, and they are several."""
        heading = self._heading_with_value(self.lines[index].text)
        if heading is None and len(self.lines[index].text.split()) >= 3:
            heading = self._whole_heading(index)
        return heading

    def _led_heading(self, line: Line) -> Heading | None:
        """Bold words, then their text on the same line."""
        found = place_of_whole(line.lead)
        if found is None and "lead" in self.trusted:
            found = place(line.lead)
        if found is None or self._is_inner(line.lead):
            return None
        words = line.lead.rstrip(" :")
        return Heading(words, found, value=line.text[len(words) :].lstrip(" :–-"))

    # Where only words and lines do

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
        if not self._may_begin(index) and "lone" not in self.trusted:
            return None
        if not self._is_lone(index):
            return None
        group = self._group(index)
        words = " ".join(group)
        found = place(words) if all(map(goes_on, group[1:])) and _is_no_sentence(words) else None
        if found is None or self._is_inner(words):
            return None
        if found.certainty == Certainty.KEYWORD and not self._is_trusted_lone(words, found):
            return None
        return Heading(words, found, len(group))

    def _opening_heading(self, index: int) -> Heading | None:
        """The first line of a paragraph, where such lines are headings: it begins as one does."""
        text = self.lines[index].text
        if "opening" not in self.trusted or not self._may_begin(index) or not self._opens(index):
            return None
        found = place(text)
        if found is None or self._is_inner(text):
            return None
        if found.certainty == Certainty.KEYWORD and not self._opens_as_new(index, found):
            return None
        return Heading(text, found)

    def _opens_as_new(self, index: int, found: Place) -> bool:
        """One that no list foresees: it ends well before the margin, over a text of its own."""
        text, after = self.lines[index].text, self.lines[index + 1].text
        stands_off = len(text) < self.width * 0.75 and not goes_on(after)
        return stands_off and self._is_trusted_lone(text, found, style="opening")

    def _opens(self, index: int) -> bool:
        """Whether a short line stands over a text, with an empty line before it."""
        text = self.lines[index].text
        before_is_empty = not index or not self.lines[index - 1].text
        shaped = _is_no_sentence(text) and len(text.split()) <= MOST_OPENING_WORDS
        return before_is_empty and shaped and len(self._group(index)) > 1

    def _is_trusted_lone(self, words: str, found: Place, *, style: str = "lone") -> bool:
        """Where headings stand alone, one that no list foresees; a second of its kind is none."""
        is_new = found.key not in [draft.key for draft in self.sheet.drafts]
        shaped = words[0].isupper() and not words.endswith(":") and not LIST_MARK.match(words)
        return style in self.trusted and is_new and shaped

    def _is_lone(self, index: int) -> bool:
        after = index + len(self._group(index))
        before_is_empty = not index or not self.lines[index - 1].text
        return before_is_empty and (after >= len(self.lines) or not self.lines[after].text)

    def _numbered_heading(self, text: str) -> Heading | None:
        """A line that carries the next number of the headings; known or not, it is one."""
        value = ""
        label, colon, rest = text.partition(": ")
        if colon and len(label) < 100 and len(NUMBER.sub("", label, count=1)) > 3:
            text, value = label, rest
        words = NUMBER.sub("", text, count=1)
        if not words[:1].isupper() or not _is_no_sentence(words):
            return None
        found = place(text)
        if sub := SUB.match(text):
            under = int(sub["major"]) == self.numbers.get("1") or int(sub["major"]) == 1
            return Heading(text, found, value=value) if found and under else None
        for style, number in _ordinals(text):
            last = self.numbers.get(style, 0)
            if not last < number <= last + 3:
                continue
            # The first number of all could as well begin a list.
            if found and (last or found.certainty > Certainty.KEYWORD):
                return Heading(text, found, value=value)
            if style == self.numbering and number == last + 1:
                return Heading(text, found, value=value)
        return None

    def _styled_heading(self, index: int) -> Heading | None:
        """A line in the style of many that are known: capitals, questions."""
        line = self.lines[index]
        if self.trusted.isdisjoint(_styles(line.text)) or not self._begins_paragraph(index):
            return None
        group = [line.text]
        for text in self._group(index)[1:]:
            if not (line.text.isupper() and text.isupper() and _is_no_sentence(text)):
                break
            group.append(text)
        words = " ".join(group)
        found = place(words)
        if self._is_inner(words) or (found is None and self._awaits_name()):
            return None
        if found is None and not self.sheet.drafts:
            return None  # what stands above all headings is the firm's name or its slogan
        return Heading(words, found, len(group))

    def _awaits_name(self) -> bool:
        """Whether a name must come next: one in capitals is no heading."""
        return self.sheet.key in NAMED and not any(self.sheet.drafts[-1].lines)

    def _begins_paragraph(self, index: int) -> bool:
        before = self.lines[index - 1].text if index else ""
        return not before or before.endswith(SENTENCE_END) or len(before) < self.width * 0.8

    def _heading_with_value(self, text: str) -> Heading | None:
        """ "Rekisterin nimi: Asiakasrekisteri", "Laadittu 1.2.2024": a heading and its value."""
        if LIST_MARK.match(text):
            return None
        words, colon, value = text.partition(": ")
        if not colon and text.endswith(":") is False and ":" in text:
            words, colon, value = text.partition(":")
        if len(words) == 1 and ": " in value:
            rest, colon, value = value.partition(": ")
            words = f"{words}: {rest}"
        if colon and value.strip() and not value.startswith("//") and len(words) < 100:
            found = place_of_whole(words)
            if found is None and "labelled" in self.trusted and _may_be_label(words):
                found = place(words)
            if found and not self._is_inner(words) and not self._is_of_purposes(words, found):
                return Heading(words, found, value=value.strip())
        if "dashed" in self.trusted and (dashed := DASHED.match(text)):
            found = place_of_whole(dashed["words"])
            if found and not self._is_inner(dashed["words"]):
                return Heading(dashed["words"], found, value=dashed["value"].strip())
        dated = first_date(text[:100])
        words = BEFORE_DATE.sub("", text[: dated.start()]) if dated else ""
        found = place_of_whole(words)
        if found and found.key == SectionKey.DRAWN_UP:
            return Heading(words, found, value=text[len(words) :].strip())
        return None

    def _is_of_purposes(self, words: str, found: Place) -> bool:
        """ "Oikeutettu etu: markkinointi" among numbered headings: a basis and its purposes."""
        return (
            found.key in (SectionKey.LEGITIMATE_INTEREST, SectionKey.CONSENT)
            and self.sheet.key == SectionKey.PURPOSE
            and bool(self.numbering)
            and not NUMBER.match(words)
        )

    # Which styles of line are headings here

    def _trusted_styles(self) -> frozenset[str]:
        known: Counter[str] = Counter()
        for index, line in enumerate(self.lines):
            for style in self._styles_at(index, line):
                words = line.lead or line.text
                if style == "labelled":
                    words = words.partition(":")[0]
                elif style == "dashed" and (dashed := DASHED.match(words)):
                    words = dashed["words"]
                if place_of_whole(words) or (style in ("capitals", "question") and place(words)):
                    known[style] += 1
        return frozenset(style for style, count in known.items() if count >= FEWEST_TRUSTED)

    def _styles_at(self, index: int, line: Line) -> Iterator[str]:
        if not line.text or line.level:
            return
        yield from _styles(line.text)
        if line.lead:
            yield "lead"
        if LABELLED.match(line.text):
            yield "labelled"
        if DASHED.match(line.text):
            yield "dashed"
        if len(self._group(index)) == 1 and self._is_lone(index):
            yield "lone"
        if self._opens(index):
            yield "opening"

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
        start = HYPHEN.sub("", text[:60])
        words = name_of(NUMBER.sub("", start, count=1) if NUMBER.match(start) else start)
        if not (text[0].isupper() or text[0].isdigit() or NUMBER.match(text[:60])):
            return False
        if not words or words.split()[0] not in FIRST_WORDS:
            return False
        return self._begins_paragraph(index)

    def _may_end(self, index: int) -> bool:
        after = self.lines[index + 1].text if index + 1 < len(self.lines) else ""
        return not after or not goes_on(after)

    def _is_inner(self, words: str) -> bool:
        """Whether a heading stands inside the text about cookies: what follows speaks of them."""
        if self.sheet.key != SectionKey.COOKIES or not is_inner(words):
            return False
        after = (line.text for line in self.lines[self.index : self.index + INNER_LINES])
        return bool(SPEAKS_OF_COOKIES.search(" ".join(after)))


def _is_known(heading: str) -> bool:
    found = place(heading)
    return found is not None and found.certainty >= Certainty.BEGINNING


def _is_plain_heading(line: Line) -> bool:
    """A line without markup that can only be a heading: a number, and words that are known."""
    return bool(NUMBER.match(line.text)) and place_of_whole(line.text) is not None


def _is_no_sentence(words: str) -> bool:
    return not words.endswith((".", ",", ";", "!")) and len(words.split()) <= MOST_HEADING_WORDS


def _may_be_label(words: str) -> bool:
    return words[:1].isupper() and len(words.split()) <= 8 and not set(words) & set(".(,")


def _styles(text: str) -> Iterator[str]:
    if not _is_no_sentence(text) or LIST_MARK.match(text):
        return
    if text.isupper() and sum(map(str.isalpha, text)) > 3 and not POSTCODE.match(text):
        yield "capitals"
    if text.endswith("?") and NUMBER.sub("", text, count=1)[:1].isupper():
        yield "question"


def _ordinals(text: str) -> Iterator[tuple[str, int]]:
    """The number that a heading begins with, in each way in which it can be read."""
    if SUB.match(text):
        return
    if number := DECIMAL.match(text):
        yield "§" if number["section"] else "1", int(number["n"])
    if (roman := ROMAN.match(text)) and roman["n"] in ROMANS:
        yield "I", ROMANS[roman["n"]]
    if letter := LETTER.match(text):
        first = "A" if letter["upper"] else "a"
        yield first, ord(letter["upper"] or letter["lower"]) - ord(first) + 1
