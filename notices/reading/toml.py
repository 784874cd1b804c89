"""Our own form of a notice, as `export_notice` writes it and people can write it by hand.

reading = read(text)
read(write(reading)) == reading
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from itertools import count
from typing import Any, TypeVar

import tomli_w

from notices.terms import (
    TERMS,
    ClauseKind,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    SectionKey,
)

from .decoding import refuse_too_much
from .errors import UnreadableNotice
from .reading import Fact, Party, Reading, ReadSection

OURS = re.compile(r"^[ \t]{0,8}\[[ \t]{0,8}notice[ \t]{0,8}\]", re.MULTILINE)
#: Our own notice has some 40 000 characters.
MAX_TOML = 200_000
MAX_CLAUSES = 1_000
#: A key with many dots takes the parser their square; no key of ours has more than two.
MOST_DOTS = 20
#: Strings and comments, also those without an end: what stands in them is no key.
QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\[^\n]|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*",
    re.DOTALL,
)
LONGEST_PERIOD, LONGEST_CALLED, LONGEST_NAME = 999, 100, 200
COUNTRY = re.compile(r"[A-Z]{2}")

NOTICE = {
    "register_name",
    "languages",
    "drawn_up_on",
    "updated_on",
    "request_languages",
    "unplaced",
    "markup",
}
CONTROLLER = {"name", "address", "phone", "email"}
CONTACT = {"name", "phone", "email"}
SECTION = {"heading", "text", "written", "own_words"}
CLAUSE = {
    "kind",
    "section",
    "words",
    "called",
    "name",
    "country",
    "years",
    "months",
    "categories",
    "inactive_months",
    "ways",
    "legal_basis",
    "under_other_heading",
}

Table = Mapping[str, Any]
Choice = TypeVar("Choice", bound=Enum)
Kind = TypeVar("Kind")


def is_ours(text: str) -> bool:
    """Whether the text means to be our TOML: it has a line that opens the [notice] table."""
    return OURS.search(text) is not None


def read(text: str) -> Reading:
    """Read our TOML; raises UnreadableNotice("bad_toml") with where and what was found, and
    "too_large" for more than any notice holds."""
    if len(text) > MAX_TOML:
        raise UnreadableNotice("too_large", what="toml", limit=MAX_TOML, found=len(text))
    _refuse_dots(text)
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of more than 4300 digits
        raise UnreadableNotice("bad_toml", where="file", found=str(error)[:200]) from error
    clauses = document.get("clause", ())
    if isinstance(clauses, list) and len(clauses) > MAX_CLAUSES:
        raise UnreadableNotice("too_large", what="clauses", limit=MAX_CLAUSES, found=len(clauses))
    _refuse_unknown(document, {"notice", "controller", "contact", "clause", "section"}, "file")
    notice = _table(document, "notice", NOTICE)
    sections = tuple(_sections(_tables(document, "section")))
    refuse_too_much([section.text + section.own_words for section in sections])
    languages = _choices(Language, notice.get("languages", []), "notice.languages")
    if "languages" not in notice:
        languages = tuple(dict.fromkeys(section.language for section in sections))
    return Reading(
        register_name=_text(notice, "register_name", "notice"),
        languages=languages,
        drawn_up_on=_day(notice, "drawn_up_on"),
        updated_on=_day(notice, "updated_on"),
        controller=_party(_table(document, "controller", CONTROLLER), "controller"),
        contact=_party(_table(document, "contact", CONTACT), "contact"),
        request_languages=_choices(
            Language, notice.get("request_languages", []), "notice.request_languages"
        ),
        facts=tuple(_facts(_tables(document, "clause"), sections)),
        sections=sections,
        unplaced=_texts(notice, "unplaced", "notice"),
        markup=_text(notice, "markup", "notice"),
    )


def _refuse_dots(text: str) -> None:
    bare = QUOTED.sub(lambda quoted: "\n" * quoted[0].count("\n"), text)
    for number, line in enumerate(bare.split("\n"), start=1):
        if line.count(".") > MOST_DOTS:
            raise _bad(f"line {number}", line.strip())


def _sections(tables: Iterable[tuple[str, Table]]) -> Iterator[ReadSection]:
    for index, (where, table) in enumerate(tables):
        _refuse_unknown(table, {"key", *Language.values}, where)
        key = _choice(SectionKey, table.get("key"), f"{where}.key")
        for language in table:
            if language != "key":
                spoken = _table(table, language, SECTION, where)
                place = f"{where}.{language}"
                yield ReadSection(
                    key,
                    Language(language),
                    heading=_text(spoken, "heading", place) or "",
                    text=_text(spoken, "text", place) or "",
                    written=_typed(bool, spoken, "written", place) or False,
                    own_words=_text(spoken, "own_words", place) or "",
                    position=index,
                )


def _names(sections: Sequence[ReadSection]) -> Iterator[list[str]]:
    """By what names a clause can call each section, the shortest first.

    Its key where it is the first with that key, its key and language where it is the first in
    that language, and always its number among those: "other", "other.sv", "other.sv.2".
    """
    seen: set[str] = set()
    for section in sections:
        long = f"{section.key}.{section.language}"
        number = next(number for number in count(1) if f"{long}.{number}" not in seen)
        names = [name for name in (str(section.key), long) if name not in seen]
        seen.update(found := [*names, f"{long}.{number}"])
        yield found


def _facts(
    tables: Iterable[tuple[str, Table]], sections: tuple[ReadSection, ...]
) -> Iterator[Fact]:
    places = {name: index for index, names in enumerate(_names(sections)) for name in names}
    for where, table in tables:
        kind = _choice(ClauseKind, table.get("kind"), f"{where}.kind")
        _refuse_unknown(table, {*CLAUSE, _term_key(kind)}, where)
        name = _text(table, "section", where)
        if name and name not in places:
            raise _bad(f"{where}.section", name)
        yield _fact(kind, table, where, places[name] if name else None)


def _term_key(kind: ClauseKind) -> str:
    return "from" if kind == ClauseKind.RETENTION else "term"


def _fact(kind: ClauseKind, table: Table, where: str, section: int | None) -> Fact:
    key = _term_key(kind)
    fact = Fact(
        kind,
        _choice(TERMS[kind], table.get(key), f"{where}.{key}"),
        _text(table, "words", where) or "",
        section,
        called=_short(table, "called", where, LONGEST_CALLED),
        name=_short(table, "name", where, LONGEST_NAME),
        country=_short(table, "country", where, 2),
        years=_period(table, "years", where),
        months=_period(table, "months", where),
        categories=_choices(DataCategory, table.get("categories", []), f"{where}.categories"),
        inactive_months=_period(table, "inactive_months", where),
        ways=_choices(Identification, table.get("ways", []), f"{where}.ways"),
        legal_basis=_optional(LegalBasis, table, "legal_basis", where),
        under_other_heading=_typed(bool, table, "under_other_heading", where) or False,
    )
    if fact.country and not COUNTRY.fullmatch(fact.country):
        raise _bad(f"{where}.country", fact.country)
    if kind == ClauseKind.RETENTION and fact.years is None and fact.months is None:
        raise _bad(f"{where}.years", "one of years and months")
    return fact


def _period(table: Table, key: str, where: str) -> int | None:
    number = _typed(int, table, key, where)
    if number is not None and not 0 < number <= LONGEST_PERIOD:
        raise _bad(f"{where}.{key}", number)
    return number


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


def _short(table: Table, key: str, where: str, most: int) -> str:
    text = _text(table, key, where) or ""
    if len(text) > most:
        raise _bad(f"{where}.{key}", text)
    return text


def _texts(table: Table, key: str, where: str) -> tuple[str, ...]:
    texts = _typed(list, table, key, where) or []
    if not all(isinstance(text, str) and "\0" not in text for text in texts):
        raise _bad(f"{where}.{key}", texts)
    return tuple(texts)


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


# Writing


def write(reading: Reading) -> str:
    """The TOML of a reading, from which `read` makes the same reading with its translations beside
    each other.

    Paragraphs stand in multi-line strings, but for a text with carriage returns: TOML would take
    them out.
    """
    document = {
        "notice": _without_nothing(
            register_name=reading.register_name,
            languages=_values(reading.languages),
            drawn_up_on=reading.drawn_up_on,
            updated_on=reading.updated_on,
            request_languages=_values(reading.request_languages),
            unplaced=list(reading.unplaced) or None,
            markup=reading.markup,
        ),
        "controller": _without_nothing(**vars(reading.controller)),
        "contact": _without_nothing(**vars(reading.contact)),
        "clause": _clause_tables(reading),
        "section": _section_tables(reading.sections),
    }
    readable = tomli_w.dumps(document, multiline_strings=True)
    if tomllib.loads(readable) == document:
        return readable
    return tomli_w.dumps(document)


def _clause_tables(reading: Reading) -> list[dict[str, Any]]:
    names = [min(names, key=len) for names in _names(reading.sections)]
    return [
        {
            "kind": str(fact.kind),
            _term_key(fact.kind): str(fact.term),
            **_without_nothing(
                section=None if fact.section is None else names[fact.section],
                called=str(fact.called) or None,
                name=fact.name or None,
                country=fact.country or None,
                years=fact.years,
                months=fact.months,
                categories=_values(fact.categories) or None,
                inactive_months=fact.inactive_months,
                ways=_values(fact.ways) or None,
                legal_basis=fact.legal_basis and str(fact.legal_basis),
                under_other_heading=fact.under_other_heading or None,
                words=fact.words or None,
            ),
        }
        for fact in reading.facts
    ]


def _section_tables(sections: Iterable[ReadSection]) -> list[dict[str, Any]]:
    """One table for each place, with all its languages."""
    tables: dict[int, dict[str, Any]] = {}
    for section in sections:
        table = tables.setdefault(section.position, {"key": str(section.key)})
        table[str(section.language)] = _without_nothing(
            heading=section.heading,
            text=section.text,
            written=section.written or None,
            own_words=section.own_words or None,
        )
    return list(tables.values())


def _values(terms: Iterable[str]) -> list[str]:
    return [str(term) for term in terms]


def _without_nothing(**values: Any) -> dict[str, Any]:
    """TOML has no null: what is None is left out."""
    return {key: value for key, value in values.items() if value is not None}
