from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from register.bookkeeping import forget_vouchers


class Command(BaseCommand):
    help = "Removes what erasures left of invoices, once bookkeeping needs it no more."

    def handle(self, *args: Any, **options: Any) -> None:
        forget_vouchers(today=timezone.localdate())
