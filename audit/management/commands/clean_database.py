from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.cleaning import InUse, clean


class Command(BaseCommand):
    help = "Overwrites in the files of the database what was erased."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--whole", action="store_true", help="however large they are: nobody can work meanwhile"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            clean(whole=options["whole"])
        except InUse as error:
            raise CommandError("the database was in use all the time; run it again") from error
