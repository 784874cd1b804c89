"""Tests the way in of requests, once a day (I13)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rights_requests.probing import probe


class Command(BaseCommand):
    help = "Sends a request through the form, undoes it, and lets its mail go out."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = probe(now=timezone.now())
        if sent and sent.fault:
            raise CommandError(f"The way in of requests is broken: {sent.fault}")
