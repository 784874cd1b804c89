from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from audit.models import Task, UsedForm

KEPT = timedelta(days=30)


class Command(BaseCommand):
    help = "Deletes what was to be done later, and which forms were used, over 30 days ago."

    def handle(self, *args: Any, **options: Any) -> None:
        before = timezone.now() - KEPT
        Task.objects.filter(done_at__lt=before).delete()
        # nobody is signed in for so long with the form still open
        UsedForm.objects.filter(used_at__lt=before).delete()
