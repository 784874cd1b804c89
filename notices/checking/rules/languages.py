"""The language versions against each other (V05)."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from notices.checking.rules.rule import WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, spoken
from notices.terms import Language, SectionKey


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


def _filled(notice: NoticeText, language: Language) -> Counter[SectionKey]:
    return Counter(
        section.key
        for section in notice.reading.sections
        if section.language == language and not spoken(section).empty
    )
