"""Headings that nobody knows may be somebody's row: with the file they are forgotten (P20)."""

from typing import Any

from audit.bulk import A_BLOCK
from register.models.imports import Import, ImportLine

from .rows import Column
from .tables import Headings


def forget_headings(bringing: Import) -> None:
    """Let the report of `bringing`, which is over, call its columns by their places, where their
    headings were only guessed. May be done again."""
    reading = bringing.reading
    if reading.get("headings") != Headings.GUESSED:
        return
    names = {name: Column(place, "").name for place, name, *_rest in reading["columns"]}
    for kept in ("mapped", "taken_apart"):
        reading[kept] = {names.get(name, name): what for name, what in reading[kept].items()}
    reading["prohibiting"] = [names.get(name, name) for name in reading["prohibiting"]]
    reading["dropped"] = [[names.get(name, name), why] for name, why in reading["dropped"]]
    reading["columns"] = [[place, names[name], *rest] for place, name, *rest in reading["columns"]]
    Import.objects.filter(pk=bringing.pk).update(reading=reading)
    lines = ImportLine.objects.filter(bringing=bringing)
    for name, place in names.items():
        lines.filter(column=name[:200]).update(column=place)
    _forget_further(lines.exclude(further=None), {name[:200]: names[name] for name in names})


def _forget_further(lines: Any, names: dict[str, str]) -> None:
    """The same in what else is said of a line, in keyset blocks."""
    after = 0
    while block := list(lines.filter(pk__gt=after).order_by("pk")[:A_BLOCK]):
        for line in block:
            line.further = [[code, names.get(name, name)] for code, name in line.further]
        ImportLine.objects.bulk_update(block, ["further"], batch_size=500)
        after = block[-1].pk
