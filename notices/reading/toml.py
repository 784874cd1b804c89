"""Our own form of a notice, as `export_notice` writes it and people can write it by hand."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from notices.terms import (
    TERMS,
    ClauseKind,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    SectionKey,
)

from .errors import UnreadableNotice
from .reading import Fact, Party, Reading, ReadSection

OURS = re.compile(r"^[ \t]{0,8}\[[ \t]{0,8}notice[ \t]{0,8}\]", re.MULTILINE)
LONGEST_PERIOD = 999

NOTICE = {"register_name", "languages", "drawn_up_on", "updated_on", "request_languages"}
CONTROLLER = {"name", "address", "phone", "email"}
CONTACT = {"name", "phone", "email"}
CLAUSE = {"kind", "section", "words", "under_other_heading"}
CLAUSE_OF_KIND: Mapping[ClauseKind, set[str]] = {
    ClauseKind.DATA: {"term", "called"},
    ClauseKind.PURPOSE: {"term", "legal_basis"},
    ClauseKind.RIGHT: {"term", "ways"},
    ClauseKind.RETENTION: {"from", "years", "months"},
}

Table = Mapping[str, Any]
Choice = TypeVar("Choice", bound=Enum)
Kind = TypeVar("Kind")


def is_ours(text: str) -> bool:
    """Whether the text means to be our TOML: it has a line that opens the [notice] table."""
    return OURS.search(text) is not None


def read(text: str) -> Reading:
    """Read our TOML; raises UnreadableNotice("bad_toml") with where and what was found."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of more than 4300 digits
        raise UnreadableNotice("bad_toml", where="file", found=str(error)[:200]) from error
    _refuse_unknown(document, {"notice", "controller", "contact", "clause", "section"}, "file")
    notice = _table(document, "notice", NOTICE)
    sections = tuple(_sections(_tables(document, "section")))
    languages = _choices(Language, notice.get("languages", []), "notice.languages")
    return Reading(
        register_name=_text(notice, "register_name", "notice"),
        languages=languages or tuple(dict.fromkeys(section.language for section in sections)),
        drawn_up_on=_day(notice, "drawn_up_on"),
        updated_on=_day(notice, "updated_on"),
        controller=_party(_table(document, "controller", CONTROLLER), "controller"),
        contact=_party(_table(document, "contact", CONTACT), "contact"),
        request_languages=_choices(
            Language, notice.get("request_languages", []), "notice.request_languages"
        ),
        facts=tuple(_facts(_tables(document, "clause"), sections)),
        sections=sections,
        unplaced=(),
    )


def _sections(tables: Iterable[tuple[str, Table]]) -> Iterator[ReadSection]:
    for where, table in tables:
        _refuse_unknown(table, {"key", *Language.values}, where)
        key = _choice(SectionKey, table.get("key"), f"{where}.key")
        for language in table:
            if language != "key":
                spoken = _table(table, language, {"heading", "text"}, where)
                heading = _text(spoken, "heading", f"{where}.{language}") or ""
                text = _text(spoken, "text", f"{where}.{language}") or ""
                yield ReadSection(key, Language(language), heading, text)


def _facts(
    tables: Iterable[tuple[str, Table]], sections: tuple[ReadSection, ...]
) -> Iterator[Fact]:
    places: dict[SectionKey, int] = {}
    for index, section in enumerate(sections):
        places.setdefault(section.key, index)
    for where, table in tables:
        kind = _choice(ClauseKind, table.get("kind"), f"{where}.kind")
        _refuse_unknown(table, CLAUSE | CLAUSE_OF_KIND.get(kind, {"term"}), where)
        key = _optional(SectionKey, table, "section", where)
        if key and key not in places:
            raise _bad(f"{where}.section", key)
        yield _fact(kind, table, where, places[key] if key else None)


def _fact(kind: ClauseKind, table: Table, where: str, section: int | None) -> Fact:
    field = "from" if kind == ClauseKind.RETENTION else "term"
    term = _choice(TERMS[kind], table.get(field), f"{where}.{field}")
    fact = Fact(
        kind,
        term,
        _text(table, "words", where) or "",
        section,
        called=_optional(OrderWord, table, "called", where) or "",
        ways=_choices(Identification, table.get("ways", []), f"{where}.ways"),
        legal_basis=_optional(LegalBasis, table, "legal_basis", where),
        under_other_heading=_typed(bool, table, "under_other_heading", where) or False,
    )
    return _with_period(fact, table, where) if kind == ClauseKind.RETENTION else fact


def _with_period(fact: Fact, table: Table, where: str) -> Fact:
    years, months = _typed(int, table, "years", where), _typed(int, table, "months", where)
    if (years is None) == (months is None):
        raise _bad(f"{where}.years", "one of years and months")
    if not 0 < (years or months or 0) <= LONGEST_PERIOD:
        raise _bad(f"{where}.years", years or months or 0)
    return replace(fact, years=years, months=months)


def _party(table: Table, where: str) -> Party:
    return Party(**{field: _text(table, field, where) or None for field in table})


# What a value may be


def _tables(document: Table, name: str) -> Iterator[tuple[str, Table]]:
    tables = _typed(list, document, name, "file") or []
    for number, table in enumerate(tables, start=1):
        if not isinstance(table, dict):
            raise _bad(f"{name}[{number}]", table)
        yield f"{name}[{number}]", table


def _table(document: Table, name: str, known: set[str], where: str = "file") -> Table:
    table: Table = _typed(dict, document, name, where) or {}
    _refuse_unknown(table, known, name)
    return table


def _refuse_unknown(table: Table, known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise _bad(where, key)


def _text(table: Table, key: str, where: str) -> str | None:
    text: str | None = _typed(str, table, key, where)
    if text and "\0" in text:
        raise _bad(f"{where}.{key}", text)
    return text


def _day(notice: Table, key: str) -> date | None:
    day = _typed(date, notice, key, "notice")
    return day


def _typed(kind: type[Kind], table: Table, key: str, where: str) -> Kind | None:
    """The value of a key, of exactly this type: True is no number, a time is no day."""
    value = table.get(key)
    if value is None or type(value) is kind:
        return value
    raise _bad(f"{where}.{key}", value)


def _choice(choices: type[Choice], value: object, where: str) -> Choice:
    try:
        return choices(value)
    except ValueError as error:
        raise _bad(where, value) from error


def _optional(choices: type[Choice], table: Table, key: str, where: str) -> Choice | None:
    value = table.get(key)
    return None if value in (None, "") else _choice(choices, value, f"{where}.{key}")


def _choices(choices: type[Choice], values: object, where: str) -> tuple[Choice, ...]:
    if not isinstance(values, list):
        raise _bad(where, values)
    return tuple(dict.fromkeys(_choice(choices, value, where) for value in values))


def _bad(where: str, found: object) -> UnreadableNotice:
    return UnreadableNotice("bad_toml", where=where, found=str(found)[:200])
