"""Reads a firm's existing privacy notice; with --adopt it governs the register from this moment."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notices.drafts import (
    draft_of,
    gaps,
    holds_more_message,
    missing_message,
    unreadable_message,
)
from notices.models import Notice
from notices.publishing import AnotherCameFirst, RegisterHoldsMore, adopt
from notices.reading import Fact, Reading, UnknownKey, UnreadableNotice, read
from notices.reading.decoding import MAX_BYTES
from notices.terms import ClauseKind


class Command(BaseCommand):
    help = (
        "Reads an existing privacy notice (plain text, tab-separated headings, HTML, or our own "
        "TOML) and stores it as a draft; with --adopt puts it in force as it stands. Reports each "
        "section's place, the facts recognised and every line that found no place. Exit 0: done; "
        "1: adopting needs more, nothing stored; 2: the file cannot be used, nothing stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--adopt", action="store_true", help="put it in force as it stands")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            dest="values",
            metavar="KEY=TEXT",
            help=(
                "give what the notice lacks; keys: controller.name, controller.address, "
                "controller.phone, controller.email, contact.name, contact.phone, "
                "contact.email, register_name"
            ),
        )
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        reading = self._read(options["file"], options["values"])
        missing = reading.missing() if options["adopt"] else []
        notice = None if missing else self._store(reading, options)
        if options["json"]:
            document = {"notice": notice and notice.pk, **reading.as_json()}
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
        else:
            self._report(reading, notice)
        if missing:
            how = " ".join(f"--set {key}=…" for key in missing)
            self._stop(f"{missing_message(missing)} {how}", code=1)

    def _read(self, name: str, values: list[str]) -> Reading:
        try:
            with Path(name).open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except OSError:
            self._stop(_("There is no readable file at %(name)s: check the name.") % {"name": name})
        try:
            reading = read(raw)
            given = dict(value.split("=", 1) for value in values)
            return reading.with_values(given)
        except UnreadableNotice as error:
            self._stop(unreadable_message(error))
        except UnknownKey as error:
            self._stop(
                _("--set does not know %(key)s: see the keys that load_notice --help names.")
                % {"key": error.key}
            )
        except ValueError:
            self._stop(_("Write --set as KEY=TEXT, such as controller.name=…"))

    def _store(self, reading: Reading, options: dict[str, Any]) -> Notice:
        try:
            with transaction.atomic():
                notice = draft_of(reading, reason=gettext_lazy("Read from an existing notice"))
                if options["adopt"]:
                    adopt(notice, now=timezone.now())
        except UnreadableNotice as error:
            self._stop(unreadable_message(error))
        except RegisterHoldsMore as error:
            self._stop(holds_more_message(error.counts), code=1)
        except AnotherCameFirst:
            self._stop(_("Another notice was put in force at the same moment."), code=1)
        return notice

    def _stop(self, sentence: str, code: int = 2) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(code)

    def _report(self, reading: Reading, notice: Notice | None) -> None:
        facts = reading.as_json()
        for section in facts["sections"]:
            text = _("(empty)") if section["empty"] else _shortened(section["text"])
            self.stdout.write(f"{section['key']:20} {section['heading']}: {text}")
        for name in ("controller", "contact", "drawn_up_on", "updated_on", "register_name"):
            self.stdout.write(f"{name:20} {_plain(facts[name])}")
        for name in (
            "data",
            "data_under_other_headings",
            "called",
            "retention",
            "identification",
            "request_languages",
        ):
            self.stdout.write(f"{name:20} {_plain(facts[name])}")
        for kind in (
            ClauseKind.PURPOSE,
            ClauseKind.SOURCE,
            ClauseKind.RECIPIENT,
            ClauseKind.DISCLOSURE,
            ClauseKind.RIGHT,
            ClauseKind.TRANSFER,
            ClauseKind.COOKIES,
            ClauseKind.STATEMENT,
        ):
            told = "; ".join(map(_told, reading.facts_of(kind)))
            self.stdout.write(f"{kind:20} {told or '—'}")
        if reading.markup:
            self.stdout.write(
                _("Readers of the text see tags such as %(markup)s.") % {"markup": reading.markup}
            )
        for line in facts["unplaced"]:
            self.stdout.write(_("Found no place: %(line)s") % {"line": line})
        for gap in gaps(reading) if notice else []:
            self.stdout.write(gap)
        if notice and notice.version:
            self.stdout.write(_("Version %(version)s is in force.") % {"version": notice.version})
        elif notice:
            self.stdout.write(_("Stored as draft %(key)s.") % {"key": notice.pk})


def _shortened(text: str, most: int = 70) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _told(fact: Fact) -> str:
    """A fact in one word, with who and where: "partner (Palvelinpaja Oy, US)"."""
    more = ", ".join(filter(None, (fact.name, fact.country, fact.legal_basis or "")))
    return f"{fact.term} ({more})" if more else str(fact.term)


def _plain(fact: Any) -> str:
    """A recognised fact on one line."""
    if isinstance(fact, dict):
        return ", ".join(f"{key}: {_plain(value)}" for key, value in fact.items() if value)
    if isinstance(fact, list):
        return "; ".join(_plain(value) for value in fact) or "—"
    return "—" if fact is None else str(fact)
