from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from rights_requests.forgetting import forget_answered, forget_old


class Command(BaseCommand):
    help = "Forgets who asked in requests whose time is over, and copies that nobody can open."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        forget_answered(now=now)
        forget_old(now=now)
