"""A notice as a page: its sections in one language, and what the register obeys of it."""

from collections import defaultdict
from dataclasses import dataclass

from notices.models import Clause, Notice, Section
from notices.terms import ClauseKind, Language, SectionKey


@dataclass(frozen=True)
class Page:
    """What a reader of one language is shown."""

    language: str
    is_translated: bool
    title: str
    sections: list[Section]
    clauses: dict[str, list[Clause]]

    @property
    def language_name(self) -> str:
        return str(Language(self.language).label)


def page_of(notice: Notice, language: str) -> Page:
    """The page of `notice` for a reader of `language`.

    Where the notice has no text in that language, its first language is shown and marked (V05).
    The sections keep the order of the notice itself.
    """
    by_language: dict[str, list[Section]] = defaultdict(list)
    for section in notice.sections.all():
        by_language[section.language].append(section)
    fallback = next(iter(notice.languages), Language.FINNISH)
    shown = language if by_language[language] else fallback
    titles = [one.heading for one in by_language[shown] if one.key == SectionKey.TITLE]
    clauses: dict[str, list[Clause]] = {kind: [] for kind in ClauseKind.values}
    for clause in notice.clauses.all():
        clause.notice = notice
        clauses[clause.kind].append(clause)
    return Page(
        language=shown,
        is_translated=shown == language,
        title=next(iter(titles), ""),
        sections=[one for one in by_language[shown] if one.key != SectionKey.TITLE],
        clauses=clauses,
    )
