"""The language versions against each other (V05)."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from notices.checking.rules.rule import ERROR, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, spoken
from notices.reading import Fact
from notices.terms import ClauseKind, Language, SectionKey


@rule("V05", WARNING, gdpr("12(1)"))
def version_lacks_section(notice: NoticeText) -> Iterator[Flaw]:
    """A section of the authoritative language that another version lacks."""
    filled = {language: _filled(notice, language) for language in Language}
    for language in notice.reading.languages:
        if language == notice.main or notice.main is None:
            continue
        name = language.label
        if not filled[language]:
            yield Flaw(
                _("There is no version in this language: %(language)s.") % {"language": name},
                _("Translate the notice, or take the language out."),
                language=language,
            )
            continue
        for key in filled[notice.main] - filled[language]:
            yield Flaw(
                _("A section is missing in this language: %(language)s, %(section)s.")
                % {"language": name, "section": SectionKey(key).label},
                _("Translate the section; until then readers see it in the other language."),
                SectionKey(key),
                language=language,
            )


@rule("V05-retention", ERROR, gdpr("5(1)(a)", "13(2)(a)"))
def versions_keep_differently(notice: NoticeText) -> Iterator[Flaw]:
    """The same data from the same start, kept for one time in one language and another in
    another."""
    own = {_about(fact): fact for fact in notice.facts(ClauseKind.RETENTION)}
    here = set(map(id, own.values()))
    for fact in notice.reading.facts_of(ClauseKind.RETENTION):
        other = own.get(_about(fact))
        if fact.section is None or other is None or id(fact) in here:
            continue
        if notice.reading.sections[fact.section].language == notice.main:
            continue
        if _months(fact) != _months(other):
            yield notice.said_by(fact).flaw(
                _("The same data have another retention period in another language: “%(words)s”.")
                % {"words": other.words},
                _("Write the same period in every language."),
            )


def _about(fact: Fact) -> tuple[str, tuple[str, ...]]:
    return fact.term, tuple(fact.categories)


def _months(fact: Fact) -> int:
    return (fact.years or 0) * 12 + (fact.months or 0)


def _filled(notice: NoticeText, language: Language) -> Counter[SectionKey]:
    return Counter(
        section.key
        for section in notice.reading.sections
        if section.language == language and not spoken(section).empty
    )
