from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.models import Invitation, User
from staff.roles import Role


class Command(BaseCommand):
    help = "Prints the one-time link that makes the first account; each run makes a new link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", default="http://127.0.0.1:8000")

    def handle(self, *args: Any, base_url: str, **options: Any) -> None:
        address = base_url.rstrip("/")
        if User.objects.all().exists():
            there = _("There are accounts already. Sign in at %(address)s")
            self.stdout.write(there % {"address": f"{address}{reverse('account_login')}"})
            return
        # everything a sole trader needs: the register's work and setting up
        first = Invitation(role=Role.DATA_PROTECTION_CONTACT, is_superuser=True)
        token = first.issue(by=None, now=timezone.now())
        once = _("Make your account with this link, which works once and for seven days:")
        self.stdout.write(f"{once}\n{address}{reverse('invitation', args=[token])}")
