from collections.abc import Sequence

from django import template

from notices.models import Notice, Section
from notices.terms import Language

register = template.Library()


@register.filter
def missing_in(sections: Sequence[Section], notice: Notice) -> list[Language]:
    """The languages of `notice` in which a place says less than in the others."""
    some = any(section.says_something for section in sections)
    has_own_words = any(section.own_words.strip() for section in sections)
    said = {
        section.language
        for section in sections
        if (section.says_something or not some) and (section.own_words.strip() or not has_own_words)
    }
    wanted = set(notice.languages) - said
    return [language for language in Language if language in wanted]


@register.filter
def after_last(places: Sequence[Sequence[Section]]) -> int:
    """The position of a place that comes after all of `places`."""
    return places[-1][0].position + 1 if places else 0
