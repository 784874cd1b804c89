from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from audit.models import Task

KEPT = timedelta(days=30)


class Command(BaseCommand):
    help = "Deletes what was to be done later and was done over 30 days ago."

    def handle(self, *args: Any, **options: Any) -> None:
        Task.objects.filter(done_at__lt=timezone.now() - KEPT).delete()
