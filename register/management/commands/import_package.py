"""Takes in one person's package from another installation (art. 20)."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.personal_data import IdentityCodeFound, NoNoticeInForce
from notices.terms import SourceKind
from register.models import BeyondSource, UndeclaredSource
from register.models.collection import beyond_message
from register.portability import TakenIn, UnusablePackage, open_package, take_in
from register.portability.taking_in import NoSourceFits, Overtaken, SomebodyAlike


class Command(BaseCommand):
    help = (
        "Takes a package that export_customer has written into this register: the same values, "
        "field by field. What the notice in force does not list is named and left out. All is "
        "checked first, then stored in blocks. Where somebody here may be the same, nothing is "
        "stored until --as-new says otherwise. A second time adds nothing, and after a kill what "
        "is missing. Exit 0: all is here; 1: some was refused; 2: the package cannot be used, "
        "nothing stored, or something came between: run it again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--source",
            metavar="KIND",
            default="",
            choices=SourceKind.values,
            help="where the values come from; by itself, as the package says of each",
        )
        parser.add_argument(
            "--source-name",
            metavar="TEXT",
            default="",
            help="what a source without a name is called; by itself, the controller that made it",
        )
        parser.add_argument(
            "--as-new",
            action="store_true",
            help="a new customer, although somebody here is reached in the same way",
        )
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        taken = self._take_in(Path(options["file"]), options)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(taken), ensure_ascii=False, indent=1))
        else:
            for line in told(taken):
                self.stdout.write(line)
        if not taken.is_whole:
            sys.exit(1)

    def _take_in(self, path: Path, options: dict[str, Any]) -> TakenIn:
        try:
            with open_package(path) as package:
                return take_in(
                    package,
                    today=timezone.localdate(),
                    source_kind=options["source"],
                    source_name=options["source_name"],
                    is_another=options["as_new"],
                )
        except UnusablePackage as error:
            self._stop(str(error.fault.label))
        except OSError:
            self._stop(_("There is no readable file of that name: check the name."))
        except NoNoticeInForce:
            self._stop(_("No notice is in force: load one with load_notice FILE --adopt."))
        except NoSourceFits:
            self._stop(_("The notice in force lets no data come from the person: name a --source."))
        except SomebodyAlike as error:
            self._stop(
                _(
                    "It may be somebody who is here: %(references)s. Nothing was stored. If it is "
                    "somebody else, run this again with --as-new."
                )
                % {"references": ", ".join(error.references)}
            )
        except Overtaken:
            self._stop(
                _(
                    "Something else came between: the customer was erased or restricted, another "
                    "notice came into force, or a number was taken. Run this again: it adds what "
                    "is missing."
                )
            )
        except UndeclaredSource:
            self._stop(_("The notice in force does not name this source: choose another one."))
        except BeyondSource:
            self._stop(beyond_message())
        except IdentityCodeFound:
            self._stop(_("The name of the source looks like a personal identity code."))

    def _stop(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)


def as_json(taken: TakenIn) -> dict[str, Any]:
    """What programs read: every row of the package, by what became of it."""
    return {
        "customer": taken.customer,
        "is_new": taken.is_new,
        "stored": dict(taken.stored),
        "already_here": dict(taken.already_here),
        "undeclared": [
            {"column": column, "category": taken.categories[column].value, "values": count}
            for column, count in taken.undeclared.items()
        ],
        "refused": [
            {"row": row, "column": column, "message": why} for row, column, why in taken.refused
        ],
        "left_out": dict(taken.left_out),
        "alike": taken.alike,
    }


def told(taken: TakenIn) -> list[str]:
    """What people read."""
    first = (
        _("Stored as a new customer, %(reference)s.")
        if taken.is_new
        else _("The customer is here already, %(reference)s.")
    )
    lines = [first % {"reference": taken.customer}]
    lines += [
        _("%(list)s: %(count)s stored.") % {"list": name, "count": count}
        for name, count in taken.stored.items()
    ]
    lines += [
        _("%(list)s: %(count)s here already.") % {"list": name, "count": count}
        for name, count in taken.already_here.items()
    ]
    lines += [
        _("%(column)s: the notice in force does not list “%(category)s”; %(count)s left out.")
        % {"column": column, "category": taken.categories[column].label, "count": count}
        for column, count in taken.undeclared.items()
    ]
    lines += [
        _("%(row)s, %(column)s: refused. %(why)s") % {"row": row, "column": column, "why": why}
        for row, column, why in taken.refused
    ]
    lines += [
        _("%(list)s: %(count)s left out: they are vouchers of another controller’s bookkeeping.")
        % {"list": name, "count": count}
        for name, count in taken.left_out.items()
    ]
    lines += [
        _("Customer %(reference)s is reached in the same way: look whether it is the same.")
        % {"reference": one}
        for one in taken.alike
    ]
    return lines
