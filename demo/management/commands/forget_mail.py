from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from demo.mailbox import folder_in_use, forget

KEPT = timedelta(days=30)


class Command(BaseCommand):
    help = "Deletes mails older than 30 days, where mail stays in files and is not sent."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = folder_in_use()
        if folder is not None:
            forget(folder, before=timezone.now() - KEPT)
