"""What a draft of a notice would change in the register, for the page that publishes it (V07)."""

from django import template
from django.utils import timezone

from notices.models import Notice, governing_notice
from register.foreseeing import Foreseen, foresee
from register.narrowing import Kept, dropped_by, kept_of

register = template.Library()


@register.simple_tag
def kept_though_dropped(draft: Notice) -> list[Kept]:
    """What stays for now although `draft` does not list it."""
    governing = governing_notice()
    return kept_of(dropped_by(draft, governing)) if governing else []


@register.simple_tag
def foreseen_of(draft: Notice) -> Foreseen | None:
    """What changes in the register when `draft` comes into force; None for a first notice."""
    governing = governing_notice()
    return foresee(draft, governing, today=timezone.localdate()) if governing else None
