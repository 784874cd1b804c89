"""The sentences of each language: words/fi.toml, words/sv.toml, words/en.toml, by the same keys."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import override

from notices.reading.paragraphs import ITEM
from notices.terms import Language

WORDS = Path(__file__).parent / "words"
# A dash before a space would begin a new item of a list, a line end a new paragraph.
DASH = re.compile(rf"{ITEM.pattern}|^[-–•·*\s]+")


@dataclass(frozen=True)
class Texts:
    """What the writer says in one language: texts("access.right") is a sentence of it."""

    language: Language

    def __call__(self, key: str, **values: str) -> str:
        """The sentence `key` with `values` filled in. Raises KeyError for one that is not there."""
        return texts_of(self.language)[key].format(**values)

    def has(self, key: str) -> bool:
        return key in texts_of(self.language)

    def listed(self, parts: Iterable[str], word: str = "and") -> str:
        """ "name, e-mail address and phone number"."""
        *first, last = parts
        return self(f"join.{word}").join(filter(None, [", ".join(first), last]))

    def date(self, day: date) -> str:
        with override(self.language):
            return format_date(day, self("date.format"))

    def length(self, months: int, ending: str = "") -> str:
        """How long something lasts, in whole years where it can be said so."""
        unit, count = ("month", months) if months % 12 or ending else ("year", months // 12)
        return self(f"length.{unit}{'' if count == 1 else 's'}{ending}", count=str(count))

    def register(self, name: str | None) -> str:
        """The name of the register; a usual Finnish one is translated."""
        given = filled_in(name or "")
        known = f"register.{given.casefold() or 'none'}"
        return self(known) if self.has(known) else given

    def country(self, code: str) -> str:
        known = f"country.{code.upper()}"
        return self(known) if self.has(known) else filled_in(code)


def filled_in(value: str) -> str:
    """A value as it can stand within a sentence: on one line, and no new item of a list."""
    return DASH.sub(lambda dash: " – " if dash.start() else "", " ".join(value.split()))


def capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


@cache
def texts_of(language: Language) -> Mapping[str, str]:
    """Every text of a language by its dotted key, in the order of the file."""
    tables = tomllib.loads((WORDS / f"{language}.toml").read_text("utf-8"))
    return dict(_flat(tables, ""))


def _flat(table: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield before + key, value
        else:
            yield from _flat(value, f"{before}{key}.")
