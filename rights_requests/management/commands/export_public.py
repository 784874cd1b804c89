"""Writes the notice in force, and the request form, as files for a web site elsewhere."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from audit.paper import Pdf
from notices.export import ForeignFiles, files_of, write_into
from notices.models import Notice
from rights_requests import paper_form


class Command(BaseCommand):
    help = (
        "Writes the notice in force into FOLDER, for a firm whose web site is elsewhere: in each "
        "of its languages a plain page, the same as PDF, and a request form to print, with an "
        "index.html that leads to them. Files of others in FOLDER stay as they are. "
        "Exit 0: written; 2: nothing was changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["folder"])
        notice = Notice.objects.in_force()
        if notice is None:
            self._stop(_("No notice is in force: load one with load_notice FILE --adopt."))
        files = {**files_of(notice), **paper_form.files_of(notice)}
        try:
            write_into(folder, files)
        except ForeignFiles as error:
            self._stop(
                _("Others have written %(names)s in this folder: choose another folder.")
                % {"names": ", ".join(error.names)}
            )
        except OSError:
            self._stop(_("The folder cannot be written: %(folder)s") % {"folder": folder})
        self.stdout.write(
            _("Version %(version)s: %(count)s files in %(folder)s. Their links lead to %(url)s.")
            % {
                "version": notice.version,
                "count": len(files),
                "folder": folder,
                "url": settings.BASE_URL,
            }
        )

        for name, content in files.items():
            if isinstance(content, Pdf) and not content.is_archival:
                self.stdout.write(
                    _("%(name)s has characters that our fonts cannot show: look at it.")
                    % {"name": name}
                )

    def _stop(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)
