from django import template

from notices.models import Notice

register = template.Library()


@register.simple_tag
def notice_in_force() -> Notice | None:
    """The notice that governs the register now, or None."""
    return Notice.objects.in_force()


@register.simple_tag
def newest_draft() -> Notice | None:
    """The draft that was begun last, or None."""
    return Notice.objects.drafts().order_by("-pk").first()
