"""Checks a privacy notice, stored or not: what is wrong in it, and what to write instead."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.checking import Finding, check, errors_of
from notices.drafts import reading_of, unreadable_message
from notices.models import Notice
from notices.reading import Reading, UnreadableNotice, read
from notices.reading.decoding import MAX_BYTES
from notices.terms import Language


class Command(BaseCommand):
    help = (
        "Checks a privacy notice: a file that load_notice can read, a version that is or was in "
        "force (--notice 3), or a draft (--draft 7; load_notice and the list of notices tell its "
        "key). Tells what is wrong, where, and what to write instead. Exit 0: nothing found; 1: "
        "something found; 2: nothing to check. A notice with an error cannot be published."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("file", metavar="FILE", nargs="?", help="text, HTML or our own TOML")
        which.add_argument("--notice", type=int, metavar="N", help="version N of the stored notice")
        which.add_argument("--draft", type=int, metavar="KEY", help="a draft, by its key")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = check(self._reading(options), today=timezone.localdate())
        publishable = not errors_of(findings)
        if options["json"]:
            document = {
                "findings": [finding.as_json() for finding in findings],
                "publishable": publishable,
            }
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
        else:
            for line in _report(findings, publishable=publishable):
                self.stdout.write(line)
        if findings:
            sys.exit(1)

    def _reading(self, options: dict[str, Any]) -> Reading:
        if options["notice"] is not None:
            return self._stored(version=options["notice"])
        if options["draft"] is not None:
            return self._stored(version=None, pk=options["draft"])
        return self._read(options["file"])

    def _stored(self, **which: int | None) -> Reading:
        notice = Notice.objects.filter(**which).first()
        if notice is None:
            self._stop(_("There is no such notice: see the list of notices for its number."))
        return reading_of(notice)

    def _read(self, name: str) -> Reading:
        try:
            with Path(name).open("rb") as file:
                return read(file.read(MAX_BYTES + 1))
        except (OSError, ValueError):  # a name with a null byte is a ValueError
            self._stop(_("There is no readable file at %(name)s: check the name.") % {"name": name})
        except UnreadableNotice as error:
            self._stop(unreadable_message(error))

    def _stop(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)


def _report(findings: list[Finding], *, publishable: bool) -> Iterator[str]:
    for severity, group in groupby(findings, key=lambda finding: finding.severity):
        same = list(group)
        yield f"{severity.label} ({len(same)})".upper()
        for finding in same:
            yield from _lines(finding)
        yield ""
    if not findings:
        yield _("Nothing to mend was found.")
    elif publishable:
        yield _("No error was found: the notice can be published.")
    else:
        yield _("The notice cannot be published before its errors are mended.")


def _lines(finding: Finding) -> Iterator[str]:
    where = str(finding.section.label) if finding.section else ""
    if finding.language not in (None, Language.FINNISH):
        where += f" ({finding.language})"
    yield f"  {finding.id:8} {where}".rstrip()
    if finding.words:
        yield f"           “{_shortened(finding.words)}”"
    yield f"           {finding.message}"
    yield f"           → {finding.advice} ({finding.law})"


def _shortened(words: str, most: int = 100) -> str:
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1] + "…"
