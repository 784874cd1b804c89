"""What became of each row, by line, in the reader's language."""

import csv
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import override

from audit.bulk import A_BLOCK
from register.models.imports import REFUSAL_WORDS, Fate, Import, ImportLine

from .faults import FORBIDDING, NOTED, REFUSING, Problem
from .mapping import Kind
from .sentences import problem_sentence
from .targets import WISHES


class ReportLine(NamedTuple):
    """What is said of one line of the file; `fate` is empty where it stands elsewhere."""

    line: int
    fate: str
    code: str
    message: str


def lines_of(bringing: Import, *fates: str) -> Iterator[ReportLine]:
    """The lines of the report with one of `fates`, in the file's order, in keyset blocks."""
    rows = ImportLine.objects.filter(bringing=bringing, fate__in=fates).order_by("line", "pk")
    after: tuple[int, int] = (0, 0)
    while True:
        block = list(
            rows.filter(line__gte=after[0]).exclude(line=after[0], pk__lte=after[1])[:A_BLOCK]
        )
        for row in block:
            yield ReportLine(row.line, row.fate, row.code, sentence_of(row, bringing.kind))
        if len(block) < A_BLOCK:
            return
        after = (block[-1].line, block[-1].pk)


def sentence_of(row: ImportLine, kind: str) -> str:
    """What is said of a line, empty where there is nothing to say; names columns and lines, never a
    value."""
    if not row.code:
        return ""
    if row.code in REFUSING | NOTED:
        faults = [(row.code, row.column), *(row.further or [])]
        return " ".join(problem_sentence(Problem(row.line, name, code)) for code, name in faults)
    if row.code == "empty":
        return _("The row is empty.")
    if row.code == "sum":
        return _("The row only adds up those above.")
    if row.code == "about_list":
        return _("The row is about the list itself: its page, day, length or end.")
    if row.code == "headings":
        return _("The row says the headings again.")
    if row.code == "order_cancelled":
        return _("The order was cancelled or refunded, or failed, and no day says when.")
    if row.code == "invoice_void":
        return _(
            "The invoice was cancelled, credited, refunded or written off, or is a draft: it is "
            "not owed."
        )
    if row.code == "group_card":
        return _("The card is that of a group and not of a customer.")
    if row.code == "number_taken":
        return _("Another customer has this number.")
    if row.code == "several_named":
        return _("Several customers have this name: give the e-mail address or phone number too.")
    if row.code == "restricted":
        return _("The data of this customer are restricted: lift that first.")
    if row.code == "to_erase":
        return _("This customer is to be erased: nothing new is stored about them.")
    if row.code == "several_reached":
        return _(
            "Several customers have this e-mail address or phone number: give the whole name too."
        )
    if row.code == "not_whole":
        return _("Another line of this order is refused: mend it and bring the order in again.")
    if row.code == "days_differ":
        return _("The lines of this order tell different days of it: mend the day of the order.")
    if row.code == "other_name":
        return _("Somebody of another name has the same e-mail address or phone number.")
    if row.code == "missed":
        return _("Your choice was for another customer than the one whom the row is about by now.")
    if row.code == "other_kind":
        return _("A person and an organisation have the same e-mail address or phone number.")
    if kind != Kind.CUSTOMERS and not (row.code == "identical" and row.other_line):
        return {
            "identical": _("This is in the register already."),
            "duplicate": _("The number is on an earlier line too."),
            "completed": _("This is in the register, and a day that it lacks comes from here."),
            "differs": _("This is in the register, which says something else: nothing changes."),
        }[row.code]
    if row.other_line:
        return {
            "identical": _("The same as line %(line)s."),
            "duplicate": _("About the same customer as line %(line)s, and differs from it."),
        }[row.code] % {"line": row.other_line}
    return {
        "identical": _("The register has all of this already."),
        "duplicate": _("The customer is in the register already, and the row differs."),
    }[row.code]


def as_json(bringing: Import) -> dict[str, Any]:
    """The report as programs read it."""

    def told(fate: str, *, forbidding: bool = False) -> list[dict[str, Any]]:
        return [
            {"line": one.line, "code": one.code, "message": one.message}
            for one in lines_of(bringing, fate)
            if (one.code in FORBIDDING) == forbidding
        ]

    reading = bringing.reading
    return {
        "format": reading["format"],
        "encoding": reading["encoding"],
        "delimiter": reading["delimiter"],
        "rows": bringing.rows,
        "stored": bringing.counts[Fate.STORED],
        "merged": bringing.counts[Fate.MERGED],
        "skipped": told(Fate.SKIPPED),
        "refused": told(Fate.REFUSED),
        # of rows that are taken in, what was left out or mended
        "noted": told(""),
        # which rows bring a prohibition, whatever becomes of them, and how many of each column
        "forbidding": told("", forbidding=True),
        "noes": [
            {"column": column, "code": code, "rows": rows}
            for column, code, rows in noes_by_column(bringing)
        ],
        "dropped_columns": [name for name, _why in reading["dropped"]],
        "mapped": reading["mapped"],
        # of a column that holds several of them, what its cells are taken apart into
        "taken_apart": reading["taken_apart"],
        # what a column forbids, and by which answer
        "prohibiting": {
            name: target for _place, name, target, _why in reading["columns"] if target in WISHES
        },
    }


def to_look_at(bringing: Import) -> list[str]:
    """The headings of columns that are left out and hold words of refusal: somebody looks whether
    they forbid anything, before the rows come in (P14, P52)."""
    lines = ImportLine.objects.filter(bringing=bringing, code=REFUSAL_WORDS).order_by("column")
    return list(lines.values_list("column", flat=True).distinct())


def noes_by_column(bringing: Import) -> list[tuple[str, str, int]]:
    """Of how many rows each column forbids what: heading, code, rows."""
    lines = ImportLine.objects.filter(bringing=bringing, code__in=FORBIDDING)
    counted = lines.order_by("column", "code").values("column", "code")
    return list(
        counted.annotate(rows=Count("line", distinct=True)).values_list("column", "code", "rows")
    )


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(bringing: Import, language: str) -> Iterator[str]:
    """The report as a table, line by line, in `language`: line, what became of it, why."""
    write = csv.writer(_Line(), delimiter=";").writerow
    with override(language):
        # without the mark spreadsheets take UTF-8 for something else
        yield "\ufeff" + write([_("Line"), _("What became of it"), _("Why")])
        for one in lines_of(bringing, *Fate.values, ""):
            fate = bringing.says(one.fate) if one.fate else _("noted")
            yield write([one.line, fate, harmless(one.message)])


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula: headings are others' words."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
