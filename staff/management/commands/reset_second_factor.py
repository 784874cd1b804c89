import sys
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from staff.models import User


class Command(BaseCommand):
    help = "Takes away a lost second factor; the next sign-in asks for a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            self.stderr.write(_("There is no account with that e-mail."))
            sys.exit(2)
        Authenticator.objects.filter(user=user).delete()
        self.stdout.write(_("Done. The next sign-in asks for a new second factor."))
