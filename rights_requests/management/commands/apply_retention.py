"""Erases whoever's retention period is over, or tells who that would be (P31, D02r)."""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.models import Notice, governing_notice
from notices.terms import DataCategory
from register.models import Question, RetentionRun
from register.retention import begin, blocked, count_due, data_due, rules_of, whole
from rights_requests.retaining import carry_out_run


class Command(BaseCommand):
    help = (
        "Erases the customers whose retention period is over by the notice in force, and tells "
        "who is kept all the same and why. It works in blocks, and a second run finishes what a "
        "kill left. With --dry-run it only tells. Exit 0: done; 1: it asks first, see --yes; 2: it "
        "cannot."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only tell")
        parser.add_argument(
            "--yes", action="store_true", help="also when many are due, or the clock has jumped"
        )
        parser.add_argument("--today", metavar="DATE", help="as of this day, as in 2026-12-31")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        today = self._day(options["today"])
        notice = governing_notice()
        if notice is None:
            self._stop(_("Put a privacy notice in force first."))
        run = None if options["dry_run"] else self._applied(notice, today, options)
        is_applied = run is not None and not run.is_asking
        if run is None:
            told = self._foreseen(notice, today)
        else:
            told = {"due": run.due, "erased": run.erased, "blocked": self._blocked(notice, today)}
        told["emptied"] = run.emptied if run and is_applied else None
        # what is still to go: of how many customers, by category
        told["data_due"] = (
            None
            if is_applied
            else {one.value: len(keys) for one, keys in data_due(notice, today).items()}
        )
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._tell(told, notice, is_applied=is_applied)
        if run and run.is_asking:
            self.stderr.write(
                _("%(why)s Nothing was erased. Look at the list, then add --yes.")
                % {"why": Question(run.question).label}
            )
            sys.exit(1)

    def _day(self, text: str | None) -> date:
        try:
            return date.fromisoformat(text) if text else timezone.localdate()
        except ValueError:
            self._stop(_("--today takes a day such as 2026-12-31."))

    def _applied(self, notice: Notice, today: date, options: dict[str, Any]) -> RetentionRun:
        run = begin(
            notice,
            today=today,
            now=timezone.now(),
            yes=options["yes"],
            is_given=options["today"] is not None,
        )
        carry_out_run(run)
        run.refresh_from_db()
        return run

    def _foreseen(self, notice: Notice, today: date) -> dict[str, Any]:
        count = count_due(whole(rules_of(notice)), today)
        kept = self._blocked(notice, today) if count else []
        return {"due": count, "erased": count - len(kept), "blocked": kept}

    def _blocked(self, notice: Notice, today: date) -> list[dict[str, Any]]:
        return [
            {"customer": customer.reference, "reasons": [str(one) for one in reasons]}
            for customer, reasons in blocked(notice, today)
        ]

    def _tell(self, told: dict[str, Any], notice: Notice, *, is_applied: bool) -> None:
        self.stdout.write(_("Due: %(count)s") % {"count": told["due"]})
        erased = _("Erased: %(count)s") if is_applied else _("Would be erased: %(count)s")
        self.stdout.write(erased % {"count": told["erased"]})
        for one in told["blocked"]:
            self.stdout.write(f"{one['customer']}: {' '.join(one['reasons'])}")
        if is_applied:
            self.stdout.write(
                _("Single data erased, in rows: %(count)s") % {"count": told["emptied"]}
            )
        for category, count in (told["data_due"] or {}).items():
            self.stdout.write(
                _("Single data due, %(data)s: %(count)s")
                % {"data": DataCategory(category).label, "count": count}
            )
        for rule in rules_of(notice):
            if any(part.is_by_hand for part in rule.parts):
                self.stdout.write(
                    _("To be done by hand: “%(rule)s”. The register does not know its days.")
                    % {"rule": rule.label}
                )

    def _stop(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)
