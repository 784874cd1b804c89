from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from rights_requests.retaining import order_run


class Command(BaseCommand):
    help = "Lets the worker erase those whose retention period is over, or asks first."

    def handle(self, *args: Any, **options: Any) -> None:
        order_run(now=timezone.now())
