"""What a draft of a notice drops and facts keep for now, for the page that publishes it (V07)."""

from django import template

from notices.models import Notice, governing_notice
from register.narrowing import Kept, dropped_by, kept_of

register = template.Library()


@register.simple_tag
def kept_though_dropped(draft: Notice) -> list[Kept]:
    """What stays for now although `draft` does not list it."""
    governing = governing_notice()
    return kept_of(dropped_by(draft, governing)) if governing else []
