from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from register.models import CustomerList


class Command(BaseCommand):
    help = "Removes the files of lists of customers a day after they were made."

    def handle(self, *args: Any, **options: Any) -> None:
        CustomerList.objects.all().forget(now=timezone.now())
