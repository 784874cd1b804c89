from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.utils.translation import gettext

from audit.reasons import because


class Command(changepassword.Command):
    help = "Gives an account a new password, asked for twice; the history says where it was done."

    def handle(self, *args: Any, **options: Any) -> str:
        with because(gettext("Password changed from the command line")):
            return str(super().handle(*args, **options))
