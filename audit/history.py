"""The history of one row, told as what changed from version to version, word by word."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal

from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

Kind = Literal["same", "gone", "new"]
#: Where the value of a column of a history row came from, in words; empty for nowhere.
SourceOf = Callable[[Any, str], str]
#: What stands for the rows that links lead to, by field and key.
Linked = dict[str, dict[Any, Any]]


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class FieldChange:
    """One field of one version: its label and the words that differ."""

    label: str
    pieces: list[Piece]
    #: where the new value came from, and when; empty where the whole version says it
    source: str = ""


@dataclass(frozen=True)
class Version:
    """One row of history as a reader sees it: when, what, who, why and how it changed."""

    at: datetime
    about: str
    who: str
    why: str
    type: str
    changes: list[FieldChange]
    erased_by: str
    #: where all values that changed came from, and when
    source: str = ""


def word_diff(old: str, new: str) -> list[Piece]:
    """What became of `old` in `new`, in runs of whole words (white space belongs to its word)."""
    before, after = re.findall(r"\s*\S+", old), re.findall(r"\s*\S+", new)
    if len(before) + len(after) > 4000:
        # the matcher is quadratic: a very long text is shown as replaced whole
        return [Piece("gone", old), Piece("new", new)]
    pieces: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        if b > a:
            pieces.append(Piece("gone", "".join(before[a:b])))
        if d > c:
            pieces.append(Piece("new", "".join(after[c:d])))
    return pieces


def as_words(
    row: models.Model,
    field: "models.Field[Any, Any]",
    names: dict[str, dict[Any, Any]] | None = None,
) -> str:
    """The value of `field` on `row` as a reader reads it: labels for choices, "" for nothing.

    `names` gives, by field and key, the rows that links lead to, where `row` has not read them; a
    key itself is never shown.
    """
    value = getattr(row, field.attname)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, models.ForeignKey):
        known = (names or {}).get(field.name, {})
        if value not in known and field.is_cached(row):
            return str(getattr(row, field.name))
        return str(known.get(value, "…"))
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, Decimal):
        return number_format(value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {value[key]}" for key in sorted(value))
    if isinstance(value, list):
        labels = getattr(field, "labels", {})
        return ", ".join(str(labels.get(one, one)) for one in value)
    if isinstance(value, datetime):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)


def _changes(
    row: models.Model,
    older: models.Model | None,
    fields: Iterable["models.Field[Any, Any]"],
    names: dict[str, dict[Any, Any]],
    source_of: SourceOf,
) -> Iterator[FieldChange]:
    for field in fields:
        old, new = (as_words(older, field, names) if older else ""), as_words(row, field, names)
        if old != new:
            source = source_of(row, field.name)
            yield FieldChange(str(field.verbose_name), word_diff(old, new), source)


def _names(rows: list[Any]) -> Linked:
    """The rows that the links of `rows` lead to, by field and key: one query for each field."""
    links = (
        [one for one in rows[0].tracked_fields if isinstance(one, models.ForeignKey)]
        if rows
        else []
    )
    return {
        link.name: link.related_model._base_manager.in_bulk(
            {key for row in rows if (key := getattr(row, link.attname)) is not None}
        )
        for link in links
    }


def _nowhere(row: Any, column: str) -> str:
    return ""


def _as_they_are(names: Linked) -> Linked:
    return names


def versions(
    rows: list[Any],
    hidden: frozenset[str] = frozenset(),
    source_of: SourceOf = _nowhere,
    called: Callable[[Linked], Linked] = _as_they_are,
) -> list[Version]:
    """Tell `rows` (history rows of one model, newest first) as versions, each compared with the
    one before it of the same object; `hidden` are names of fields left out, `source_of` tells
    where the value of a column of a row came from, `called` says what stands for the rows that
    links lead to."""
    types = {"+": _("Created"), "~": _("Changed"), "-": _("Deleted")}
    names = called(_names(rows))
    before: dict[Any, Any] = {}
    told = []
    for row in reversed(rows):
        key = getattr(row, row.instance_type._meta.pk.attname)
        fields = [
            field
            for field in row.tracked_fields
            if not field.primary_key and field.name not in hidden
        ]
        changes = list(_changes(row, before.get(key), fields, names, source_of))
        sources = {one.source for one in changes} - {""}
        source = sources.pop() if len(sources) == 1 else ""
        told.append(
            Version(
                at=row.history_date,
                about=str(row.instance_type._meta.verbose_name),
                who=row.history_user.name if row.history_user else _("the program"),
                why=row.history_change_reason,
                type=types[row.history_type],
                changes=[replace(one, source="") for one in changes] if source else changes,
                erased_by=row.erased_by,
                source=source,
            )
        )
        before[key] = row
    return told[::-1]
