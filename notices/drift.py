"""What the register holds that the notice in force does not list."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.drift import Found, looks_for
from notices.declarations import stored_outside
from notices.models import governing_notice


@looks_for(
    "undeclared",
    _("The notice in force does not list these data."),
    advice=_(
        "They are emptied by themselves in the night, or sooner by manage.py empty_undeclared. "
        "Or publish a notice that lists them."
    ),
    law="P17, P20",
)
def undeclared(_now: datetime) -> Found:
    notice = governing_notice()
    declared = notice.declared if notice else frozenset()
    yield from stored_outside(declared).items()
