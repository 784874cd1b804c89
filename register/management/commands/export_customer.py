"""Writes one customer's data as a package that people and programs read (art. 20)."""

import json
import os
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from register.models import Customer
from register.portability import pack


class Command(BaseCommand):
    help = (
        "Writes everything held of one customer to FILE: a ZIP with JSON and its schema, CSV, a "
        "page to read, and the attachments. What art. 20 does not cover is marked. import_package "
        "takes it into another installation. Exit 0: done; 2: there is no such customer, "
        "or their data are restricted, or FILE is there already or cannot be written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", metavar="REF")
        parser.add_argument("--output", metavar="FILE", required=True)
        parser.add_argument("--overwrite", action="store_true", help="also where FILE is there")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["output"])
        reference = options["reference"].strip().upper()
        customer = Customer.objects.unerased().filter(reference=reference).first()
        if customer is None:
            self._stop(_("No customer here has this reference."))
        if customer.at_rest:
            self._stop(_("The data of this customer are restricted: lift the restriction first."))
        try:
            size = self._write(customer, path, is_free=options["overwrite"])
        except FileExistsError:
            self._stop(_("The file is there already: choose another name, or add --overwrite."))
        except OSError:
            self._stop(_("The file cannot be written: check the name and the folder."))
        if options["json"]:
            told = {"customer": customer.reference, "file": str(path), "bytes": size}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(
                _("The package of customer %(reference)s is written (%(size)s bytes).")
                % {"reference": customer.reference, "size": size}
            )

    def _write(self, customer: Customer, path: Path, *, is_free: bool) -> int:
        """Whole or not at all, and readable by nobody else: mkstemp makes it 0600."""
        if not is_free and os.path.lexists(path):
            raise FileExistsError
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".seloste-")
        part = Path(name)
        try:
            with os.fdopen(handle, "w+b") as file:
                pack(customer, file, now=timezone.now())
                file.flush()
                os.fsync(file.fileno())
            if is_free:
                part.replace(path)
            else:
                # what somebody has put there meanwhile stays
                os.link(part, path)
            return path.stat().st_size
        finally:
            part.unlink(missing_ok=True)

    def _stop(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)
