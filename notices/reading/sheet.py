"""The sheet on which a notice is laid out while it is being read."""

from dataclasses import dataclass, field

from notices.terms import Language, SectionKey

from .glossary import Place, title_language


@dataclass
class Draft:
    """A section while it is being read."""

    key: SectionKey
    languages: frozenset[Language]
    heading: str
    lines: list[str] = field(default_factory=list)
    #: the heading shared its line with its value
    inline: bool = False

    def as_lines(self) -> list[str]:
        """Heading and text as they stood, for a heading that proves to be an inner one."""
        if self.inline and self.lines:
            return [f"{self.heading}: {self.lines[0]}", *self.lines[1:]]
        return [self.heading, *self.lines]


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

    def open(self, heading: str, found: Place | None, *, inline: bool = False) -> None:
        """Begin a section under its heading; `inline`: its value stands on the same line."""
        key = found.key if found else SectionKey.OTHER
        languages: frozenset[Language] = found.languages if found else frozenset()
        self.drafts.append(Draft(key, languages, heading, inline=inline))
        self._open = True

    def title(self, line: str) -> bool:
        """Take the line for the title if it is one; a later heading ends what follows it."""
        language = title_language(line)
        if language is None or not self._awaits_title(language):
            return False
        self.drafts.append(Draft(SectionKey.TITLE, frozenset({language}), line, [line]))
        self._open = False
        return True

    def leave_out(self, line: str) -> None:
        """A line that stands around the notice, under no heading of it."""
        if line:
            self.unplaced.append(line)

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
