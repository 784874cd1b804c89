"""Brings customers, their orders or their invoices in from the files that people have."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import replace
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from audit.texts import fault_of
from notices.models import Notice, governing_notice
from notices.terms import Language, SourceKind
from register.importing import Kind, Table, UnreadableTable, guess, open_table
from register.importing.applying import NoticeHasChanged, apply, foresee, forget
from register.importing.bringing import read_in
from register.importing.reporting import as_json, lines_of, noes_by_column
from register.importing.sentences import (
    noes_sentence,
    remark_sentence,
    target_words,
    unreadable_sentence,
    useless_sentence,
    why_sentence,
)
from register.models.collection import given_by
from register.models.imports import (
    FORBIDDEN,
    IN_NOTES,
    NEW,
    NOT_KEPT,
    UNCLEAR_NOTES,
    Duplicates,
    Fate,
    Import,
)

MANY = 20_000
_SAID = {None: None, "yes": True, "no": False}


class Command(BaseCommand):
    help = (
        "Brings customers in from a file: CSV in any encoding, XLSX or vCard, as Shopify, "
        "WooCommerce, Google, Outlook, Mailchimp, HubSpot, Kitsas and lists of members have them; "
        "orders and invoices too. Only what the notice in force declares is kept. Every row is "
        "reported. Exit 0: all is well; 1: rows were refused; 2: nothing can be taken in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--source", required=True, metavar="KIND", help="one of " + ", ".join(SourceKind)
        )
        parser.add_argument("--source-name", default="", metavar="TEXT")
        parser.add_argument(
            "--kind", metavar="KIND", help="customers, orders or invoices, where it is not guessed"
        )
        parser.add_argument(
            "--duplicates",
            default=Duplicates.SKIP.value,
            metavar="WHAT",
            help=(
                "what becomes of rows that differ from a customer who is there: skip them (as "
                "usual), merge them into the customer, or store them as new customers"
            ),
        )
        parser.add_argument(
            "--language",
            metavar="CODE",
            help=(
                "of letters to new customers whose row tells none: fi, sv or en; as usual sv where "
                "the headings are Swedish, else fi"
            ),
        )
        parser.add_argument(
            "--headings",
            choices=("yes", "no"),
            help="whether the file has a row of headings, where that is not found by itself",
        )
        parser.add_argument("--dry-run", action="store_true", help="tell, and take nothing in")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        notice = self._notice(options)
        try:
            with self._opened(options["file"], _SAID[options["headings"]]) as table:
                bringing = self._staged(table, notice, options)
            if options["dry_run"]:
                foresee(bringing, duplicates=options["duplicates"])
            else:
                apply(bringing, duplicates=options["duplicates"], progress=self._tell)
                bringing.refresh_from_db()
        except UnreadableTable as error:
            self._stop(unreadable_sentence(error))
        except NoticeHasChanged:
            self._stop(_("Another notice came into force meanwhile. Start again."))
        self._report(bringing, as_document=options["json"])
        if options["dry_run"]:
            forget(bringing)
            bringing.delete()
        if bringing.counts[Fate.REFUSED]:
            sys.exit(1)

    def _notice(self, options: dict[str, Any]) -> Notice:
        notice = governing_notice()
        if notice is None:
            self._stop(_("Put a privacy notice in force first."))
        if options["source"] not in notice.sources:
            named = ", ".join(sorted(notice.sources)) or "—"
            self._stop(
                _("The notice in force does not name the source %(source)s. It names: %(sources)s.")
                % {"source": options["source"], "sources": named}
            )
        if why := fault_of(options["source_name"]):
            self._stop(f"--source-name: {why}")
        for name, known in (
            ("duplicates", Duplicates.values),
            ("kind", Kind.values),
            ("language", Language.values),
        ):
            if options[name] and options[name] not in known:
                self._stop(
                    _("--%(name)s is one of %(known)s.") % {"name": name, "known": ", ".join(known)}
                )
        return notice

    def _opened(self, name: str, has_headings: bool | None) -> Table:
        try:
            return open_table(name, has_headings=has_headings)
        except (OSError, ValueError):  # a name with a null byte is a ValueError
            self._stop(_("There is no readable file at %(name)s: check the name.") % {"name": name})

    def _staged(self, table: Table, notice: Notice, options: dict[str, Any]) -> Import:
        source = options["source"]
        columns = guess(
            table,
            declared=notice.declared,
            given=given_by(source),
            kind=Kind(options["kind"]) if options["kind"] else None,
        )
        if options["language"]:
            columns = replace(columns, language=options["language"])
        if why := useless_sentence(columns, source):
            self._stop(why)
        return read_in(
            table,
            columns,
            notice=notice,
            source_kind=source,
            source_name=options["source_name"],
            progress=self._tell,
        )

    def _tell(self, rows: int) -> None:
        if sys.stderr.isatty() and rows % MANY == 0:
            self.stderr.write(_("%(count)s rows") % {"count": rows})

    def _stop(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)

    def _report(self, bringing: Import, *, as_document: bool) -> None:
        if as_document:
            self.stdout.write(json.dumps(as_json(bringing), ensure_ascii=False, indent=1))
            return
        reading = bringing.reading
        for code, value in reading["remarks"]:
            self.stdout.write(remark_sentence(code, value))
        self.stdout.write(
            _("Language of letters to new customers") + f": {Language(reading['language']).label}"
        )
        for _place, heading, target, why in reading["columns"]:
            if not why:
                self.stdout.write(f"{heading} → {target_words(target)}")
        for heading, why in reading["dropped"]:
            self.stdout.write(
                _("%(column)s was dropped: %(why)s") % {"column": heading, "why": why_sentence(why)}
            )
        for one in lines_of(bringing, Fate.REFUSED, Fate.SKIPPED, ""):
            said = bringing.says(one.fate) if one.fate else _("noted")
            self.stdout.write(
                _("Line %(line)s, %(fate)s: %(message)s")
                % {"line": one.line, "fate": said, "message": one.message}
            )
        counts = ", ".join(f"{bringing.says(fate)} {bringing.counts[fate]}" for fate in Fate)
        self.stdout.write(_("%(count)s rows") % {"count": bringing.rows} + f": {counts}")
        self.stdout.write(_("New customers") + f": {bringing.counts[NEW]}")
        self.stdout.write(_("Rows that bring a prohibition") + f": {bringing.counts[FORBIDDEN]}")
        for column, code, rows in noes_by_column(bringing):
            self.stdout.write(f"  {noes_sentence(column, code, rows)}")
        if in_notes := bringing.counts[IN_NOTES]:
            self.stdout.write(_("A no in the notes") + f": {in_notes}")
        if unclear := bringing.counts[UNCLEAR_NOTES]:
            self.stdout.write(_("Notes that may say no: look at them in the file") + f": {unclear}")
        if not_kept := bringing.counts[NOT_KEPT]:
            self.stdout.write(_("Refused rows whose no cannot be kept") + f": {not_kept}")
