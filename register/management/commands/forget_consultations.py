from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from register.models import Consultation


class Command(BaseCommand):
    help = "Removes from the log of consultations what is older than CONSULTATION_YEARS."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            long_ago = now.replace(year=now.year - settings.CONSULTATION_YEARS)
        except ValueError:  # a year without a 29 February
            long_ago = now.replace(year=now.year - settings.CONSULTATION_YEARS, day=28)
        Consultation.objects.forget(before=long_ago)
