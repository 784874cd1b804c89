"""Writes a notice as TOML, which load_notice reads back to the same clauses and words."""

import os
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from notices.drafts import reading_of
from notices.models import Notice
from notices.reading import toml


class Command(BaseCommand):
    help = (
        "Writes the notice in force, or another one, as TOML to FILE or to standard output; "
        "load_notice reads it back to the same clauses and words. Exit 0: done; 2: there is no "
        "such notice, or FILE cannot be written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", nargs="?")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--notice", type=int, metavar="VERSION", help="an earlier version")
        which.add_argument("--draft", type=int, metavar="KEY", help="a draft, by its key")

    def handle(self, *args: Any, **options: Any) -> None:
        text = toml.write(reading_of(self._notice(options)))
        if options["file"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            write_whole(Path(options["file"]), text)
        except OSError:
            self._stop(_("%(name)s cannot be written: check the name.") % {"name": options["file"]})

    def _notice(self, options: dict[str, Any]) -> Notice:
        if options["draft"] is not None:
            notice = Notice.objects.drafts().filter(pk=options["draft"]).first()
            reason = _("There is no draft %(key)s.") % {"key": options["draft"]}
        elif options["notice"] is not None:
            notice = Notice.objects.filter(version=options["notice"]).first()
            reason = _("There is no version %(key)s.") % {"key": options["notice"]}
        else:
            notice = Notice.objects.in_force()
            reason = _("No notice is in force: load one with load_notice FILE --adopt.")
        return notice or self._stop(reason)

    def _stop(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path` so that a kill leaves the file before it or the whole new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
