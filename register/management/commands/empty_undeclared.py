from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from register.narrowing import empty_undeclared


class Command(BaseCommand):
    help = "Lets the worker empty what the notice in force does not list and no fact keeps."

    def handle(self, *args: Any, **options: Any) -> None:
        empty_undeclared(now=timezone.now())
