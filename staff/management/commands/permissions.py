from typing import Any

from django.core.management.base import BaseCommand

from staff.roles import as_markdown


class Command(BaseCommand):
    help = "Prints docs/permissions.md from the tables of staff/roles.py."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(as_markdown(), ending="")
