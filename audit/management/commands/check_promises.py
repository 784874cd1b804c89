"""Finds where the rows do not keep what the notice in force and the law promise."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.drift import drift


class Command(BaseCommand):
    help = (
        "Compares the rows with what the notice in force and the law promise, and tells what does "
        "not agree: what came in past the program, or was left undone. It changes nothing. "
        "What a fact keeps for now is told too. Exit 0: nothing else found; 1: something found."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        told = list(drift(timezone.now()))
        found = [one for one in told if not one.is_expected]
        held = [one for one in told if one.is_expected]
        if options["json"]:
            document = {
                "drift": [one.as_json() for one in found],
                "held": [one.as_json() for one in held],
                "kept": not found,
            }
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
        else:
            for one in (*found, *held):
                rows = ngettext("%(count)s row", "%(count)s rows", one.count) % {"count": one.count}
                self.stdout.write(f"{one.id}  {one.where}: {rows}. {one.message} ({one.law})")
                self.stdout.write(f"    {one.advice}")
            if not found:
                self.stdout.write(_("The rows keep what is promised."))
        if found:
            sys.exit(1)
