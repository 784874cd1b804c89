from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.reasons import because
from staff.models import Invitation

KEPT = timedelta(days=30)


class Command(BaseCommand):
    help = "Deletes invitations that nobody accepted and that expired over 30 days ago."

    def handle(self, *args: Any, **options: Any) -> None:
        forgotten = list(Invitation.objects.expired_before(timezone.now() - KEPT))
        with because(_("Expired over 30 days ago")):
            for invitation in forgotten:
                invitation.delete()
        if options["verbosity"]:
            self.stdout.write(_("Invitations forgotten: %(count)s") % {"count": len(forgotten)})
