from django import template
from django.template.context import RequestContext

from demo.mailbox import folder_in_use
from staff.roles import Act

register = template.Library()


@register.simple_tag(takes_context=True)
def opens_mailbox(context: RequestContext) -> bool:
    """Whether this installation keeps its mail to itself, and the reader may see it."""
    return folder_in_use() is not None and context["user"].may(Act.DECIDE)
