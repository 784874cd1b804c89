from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from register.importing.applying import sweep


class Command(BaseCommand):
    help = "Removes what was read from files and not taken into the register within a day."

    def handle(self, *args: Any, **options: Any) -> None:
        sweep(timezone.now())
