from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from rights_requests.waiting import ErasuresFailed, carry_out


class Command(BaseCommand):
    help = (
        "Erases whose decided erasure nothing keeps waiting any more, and tells them. One that "
        "meets an error stops no other. Exit 0: done; 1: some failed, told by the numbers of their "
        "requests."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            carry_out(now=timezone.now())
        except ErasuresFailed as failed:
            for number, fault in failed.faults.items():
                told = {"number": number, "fault": fault}
                self.stderr.write(_("Request %(number)s was not carried out: %(fault)s.") % told)
            # the worker takes it for a command that failed, and tries it again
            sentence = _("Erasures that failed: %(count)s. All others that could go are done.")
            raise CommandError(sentence % {"count": len(failed.faults)}, returncode=1) from failed
