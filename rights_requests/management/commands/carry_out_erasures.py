from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from rights_requests.waiting import carry_out


class Command(BaseCommand):
    help = "Erases whose decided erasure nothing keeps waiting any more, and tells them."

    def handle(self, *args: Any, **options: Any) -> None:
        carry_out(now=timezone.now())
