"""How many are to be told of a new version of the notice, for the front page (13(3); V08)."""

from django import template

from notices.models import Notice
from register.models import Customer
from register.models.uses import FIRST_VERSION

register = template.Library()


@register.simple_tag
def untold_of(notice: Notice) -> int:
    """How many have not been given `notice`, which is in force; the first version is news to
    nobody."""
    if notice.version == FIRST_VERSION:
        return 0
    return Customer.objects.untold(notice).order_by().count()
