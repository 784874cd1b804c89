"""Drafts: made of what was read, or of the notice before; and what each still lacks."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext

from audit.reasons import because
from notices.declarations import declared_columns, personal_models
from notices.models import Clause, Notice, NoticeIsFinal, Section, SetAside, locked
from notices.reading import Fact, Party, Reading, ReadSection, UnreadableNotice
from notices.terms import (
    TERMS,
    ClauseKind,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    SectionKey,
)


class DraftChanged(Exception):
    """Somebody has changed the draft since it was read."""


PartT = TypeVar("PartT", Section, Clause)


def draft_of(reading: Reading, *, reason: str | Promise) -> Notice:
    """Store `reading` as a draft: its words in sections, its facts in clauses.

    One transaction: the whole draft or nothing. Raises `UnreadableNotice` for a value that is
    no address or too long.
    """
    with transaction.atomic(), because(reason):
        notice = Notice(**_fields(reading))
        _refuse_bad_values(notice)
        notice.save()
        sections = _sections(notice, reading)
        _refuse_bad_rows(sections)
        Section.objects.create_remembered(sections)
        clauses = _clauses(notice, reading, sections)
        _refuse_bad_rows(clauses)
        Clause.objects.create_remembered(clauses)
    return notice


def reading_of(notice: Notice) -> Reading:
    """What a stored notice says, as values; `draft_of` stores them as they were."""
    rows = list(notice.sections.all())
    indexes = {section.pk: index for index, section in enumerate(rows)}
    positions = _in_a_row(row.position for row in rows)
    return Reading(
        register_name=notice.register_name or None,
        languages=tuple(map(Language, notice.languages)),
        drawn_up_on=notice.drawn_up_on,
        updated_on=notice.updated_on,
        controller=Party(
            name=notice.controller_name or None,
            address=notice.controller_address or None,
            phone=notice.controller_phone or None,
            email=notice.controller_email or None,
        ),
        contact=Party(
            name=notice.contact_name or None,
            phone=notice.contact_phone or None,
            email=notice.contact_email or None,
        ),
        request_languages=tuple(map(Language, notice.request_languages)),
        facts=tuple(_fact_of(clause, indexes) for clause in notice.clauses.all()),
        sections=tuple(
            ReadSection(
                SectionKey(row.key),
                Language(row.language),
                row.heading,
                row.text,
                written=row.written,
                own_words=row.own_words,
                position=positions[row.position],
            )
            for row in rows
        ),
    )


def _in_a_row(positions: Iterable[int]) -> dict[int, int]:
    """Positions counted from 0 in their order, without the gaps that a deleted place leaves."""
    return {position: number for number, position in enumerate(dict.fromkeys(positions))}


def _fact_of(clause: Clause, indexes: dict[int, int]) -> Fact:
    kind = ClauseKind(clause.kind)
    return Fact(
        kind=kind,
        term=TERMS[kind](clause.term),
        words=clause.words,
        section=indexes.get(clause.section_id or 0),
        called=clause.called,
        name=clause.name,
        country=clause.country,
        years=clause.years,
        months=clause.months,
        categories=tuple(map(DataCategory, clause.categories)),
        inactive_months=clause.inactive_months,
        ways=tuple(map(Identification, clause.ways)),
        legal_basis=LegalBasis(clause.legal_basis) if clause.legal_basis else None,
        under_other_heading=clause.under_other_heading,
    )


def stored_draft(notice: Notice) -> Notice:
    """The draft as it is stored now, not locked: a large one takes seconds to check, and SQLite has
    one writer. Raises NoticeIsFinal."""
    stored = Notice.objects.get(pk=notice.pk)
    if stored.version is not None:
        raise NoticeIsFinal(stored.version)
    return stored


def locked_as(reading: Reading, notice: Notice) -> Notice:
    """The draft, locked, if it still says `reading`. Raises DraftChanged, NoticeIsFinal."""
    stored = locked(notice.pk)
    if reading_of(stored) != reading:
        raise DraftChanged
    return stored


def redraft(notice: Notice, reading: Reading, *, reason: str | Promise) -> None:
    """Make a stored draft say what `reading` says: rows that say the same already stay.

    One transaction. Raises `NoticeIsFinal`, or `UnreadableNotice` for a value that is no address
    or too long.
    """
    with transaction.atomic(), because(reason):
        stored = locked(notice.pk)
        for name, value in _fields(reading).items():
            setattr(stored, name, value)
        _refuse_bad_values(stored)
        stored.save()
        sections = _sections(stored, reading)
        _refuse_bad_rows(sections)
        _save_in_turn(*_settled(stored.sections.all(), sections))
        clauses = _clauses(stored, reading, sections)
        _refuse_bad_rows(clauses)
        changed, _kept = _settled(stored.clauses.all(), clauses)
        for clause in changed:
            clause.save()


def _settled(before: Iterable[PartT], after: list[PartT]) -> tuple[list[PartT], list[PartT]]:
    """Give each row of `after` its key, and delete the rows of `before` that none of them is.

    Gives those that are still to be saved, and the stored ones that stay. A row stays the same row
    wherever it stands, so that an open page never acts on another one than it shows.
    """
    stored = list(before)
    pairs = _paired(stored, after)
    changed = []
    for row, old in zip(after, pairs, strict=True):
        if old is not None:
            row.pk, row._state.adding = old.pk, False
        if old is None or _values(old) != _values(row):
            changed.append(row)
    kept = [old for old in pairs if old is not None]
    for old in stored:
        if old not in kept:
            old.delete()
    return changed, kept


def _paired(stored: list[PartT], after: list[PartT]) -> list[PartT | None]:
    """Which stored row each of `after` is: one of its name, rather one that says the same."""
    left: dict[Any, list[PartT]] = {}
    for old in stored:
        left.setdefault(_name(old), []).append(old)
    found: dict[int, PartT] = {}
    for as_one in (_said, _name):
        for index, row in enumerate(after):
            ours = left.get(_name(row), [])
            same = next((one for one in ours if as_one(one) == as_one(row)), None)
            if same is not None and index not in found:
                ours.remove(same)
                found[index] = same
    return [found.get(index) for index in range(len(after))]


def _name(row: Section | Clause) -> Any:
    if isinstance(row, Section):
        return row.key, row.language
    return row.kind, row.term, row.name


def _said(row: Section | Clause) -> Any:
    """What a row says, wherever it stands."""
    where = ("id", "position", "section_id")
    return {name: value for name, value in _values(row).items() if name not in where}


def _save_in_turn(changed: list[Section], kept: list[Section]) -> None:
    """Save sections that change places. A place has one text per language at any moment: who goes
    to an empty one goes first, and in a ring one steps aside."""
    held = {_place(old): old for old in kept}
    aside = max((row.position for row in (*changed, *kept)), default=0)
    while changed:
        free = [row for row in changed if held.get(_place(row), row) == row]
        if not free:
            old = held.pop(_place(changed[0]))
            old.position = aside = aside + 1
            old.save()
            held[_place(old)] = old
            continue
        for row in free:
            row.save()
        held = {place: old for place, old in held.items() if old not in free}
        held |= {_place(row): row for row in free}
        changed = [row for row in changed if row not in free]


def _place(row: Section) -> tuple[int, str]:
    return row.position, row.language


def _values(row: Section | Clause) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def next_draft(notice: Notice, *, reason: str | Promise) -> Notice:
    """A draft with all that `notice` says, to be changed into the version that follows it."""
    with transaction.atomic(), because(reason):
        draft = draft_of(reading_of(notice), reason=reason)
        left = [
            SetAside(notice=draft, finding=row.finding, rule=row.rule, why=row.why)
            for row in notice.set_aside.all()
        ]
        SetAside.objects.create_remembered(left)
    return draft


def _fields(reading: Reading) -> dict[str, Any]:
    """The columns of a notice, as `reading` fills them."""
    return {
        "register_name": reading.register_name or "",
        "languages": [str(language) for language in reading.languages],
        "request_languages": [str(language) for language in reading.request_languages],
        "drawn_up_on": reading.drawn_up_on,
        "updated_on": reading.updated_on,
        "controller_name": reading.controller.name or "",
        "controller_address": reading.controller.address or "",
        "controller_phone": reading.controller.phone or "",
        "controller_email": reading.controller.email or "",
        "contact_name": reading.contact.name or "",
        "contact_phone": reading.contact.phone or "",
        "contact_email": reading.contact.email or "",
    }


def _refuse_bad_values(notice: Notice) -> None:
    try:
        notice.clean_fields()
    except ValidationError as error:
        where, (told, *_more) = next(iter(error.message_dict.items()))
        raise UnreadableNotice("bad_value", where=where, found=told) from error


def _refuse_bad_rows(rows: Iterable[Section | Clause]) -> None:
    for row in rows:
        try:
            # the keys lead to rows of ours; each would cost a query
            row.clean_fields(exclude={"notice", "section"})
            row.clean()
        except ValidationError as error:
            name, (told, *_more) = next(iter(error.message_dict.items()))
            field = row._meta.get_field(name)
            where = f"{_subject(row)}, {field.verbose_name}"  # type: ignore[union-attr]
            raise UnreadableNotice("bad_value", where=where, found=told) from error


def _subject(row: Section | Clause) -> str:
    """Which part of a notice it is; its own words may be what is too long."""
    if isinstance(row, Section):
        return f"{row.get_key_display()} ({row.language})"
    return str(row.get_kind_display())


def _sections(notice: Notice, reading: Reading) -> list[Section]:
    """One row for each section and language; translations of one section share its place."""
    positions = _in_a_row(section.position for section in reading.sections)
    return [
        Section(
            notice=notice,
            key=section.key,
            language=section.language,
            position=positions[section.position],
            heading=section.heading,
            text=section.text,
            written=section.written,
            own_words=section.own_words,
        )
        for section in reading.sections
    ]


def _clauses(notice: Notice, reading: Reading, sections: list[Section]) -> list[Clause]:
    return [
        Clause(
            notice=notice,
            section=None if fact.section is None else sections[fact.section],
            kind=fact.kind,
            term=fact.term,
            position=position,
            words=fact.words,
            called=fact.called,
            name=fact.name,
            country=fact.country,
            years=fact.years,
            months=fact.months,
            categories=[str(category) for category in fact.categories],
            inactive_months=fact.inactive_months,
            ways=[str(way) for way in fact.ways],
            legal_basis=fact.legal_basis or "",
            under_other_heading=fact.under_other_heading,
        )
        for position, fact in enumerate(reading.facts)
    ]


def missing_message(missing: list[str]) -> str:
    """What a notice still needs before it can be in force, in words (art. 13(1)(a))."""
    names = {
        "controller.name": gettext("who the controller is"),
        "controller.email": gettext("an e-mail address for requests"),
    }
    return gettext("To be in force the notice still needs: %(names)s.") % {
        "names": ", ".join(names[key] for key in missing)
    }


def holds_more_message(held: Mapping[str, int]) -> str:
    """What the register holds that a notice does not list, column by column (V07)."""
    names = {
        f"{model._meta.model_name}.{column}": str(model._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
        for model in personal_models()
        for column in declared_columns(model)
    }
    counts = ", ".join(f"{names[column]}: {count}" for column, count in held.items())
    return gettext("The register holds data that this notice does not list (%(counts)s).") % {
        "counts": counts
    }


def gaps(reading: Reading) -> list[str]:
    """What keeps the register from being used under a notice, though it may be in force."""
    found = []
    if not reading.facts_of(ClauseKind.DATA):
        found.append(gettext("It lists no data, so the register can hold none."))
    if not reading.facts_of(ClauseKind.SOURCE):
        found.append(gettext("It names no source of data, so nothing can be entered."))
    return found


def _too_large(error: UnreadableNotice) -> str:
    sentences = {
        "lines": gettext("The file has over %(limit)s lines: a notice is a text of a few pages."),
        "sections": gettext("The notice has over %(limit)s headings: leave out the needless ones."),
        "section": gettext(
            "Over %(limit)s characters stand under one heading: a notice is a text of a few pages."
        ),
        "clauses": gettext("The notice has over %(limit)s clauses: leave out the needless ones."),
        "toml": gettext("The TOML notice is over %(limit)s characters: leave something out."),
    }
    sentence = sentences.get(str(error.params.get("what", "")))
    if sentence is None:
        return gettext("The file is over 1 MB: a notice is a text of a few pages.")
    return sentence % {"limit": number_format(error.params["limit"], use_l10n=True)}


def unreadable_message(error: UnreadableNotice) -> str:
    """Why a file could not be read as a notice, and what to do, in one sentence."""
    sentences = {
        "empty": gettext("The file is empty: choose the file that holds the notice."),
        "too_large": _too_large(error),
        "not_text": gettext("The file is not text: save the notice as text or HTML."),
        "pdf": gettext("The file is a PDF: copy its text into a text file and read that."),
        "image": gettext("The file is a picture: type or copy the notice into a text file."),
        "archive": gettext("The file is packed or a word processor's: save the notice as text."),
        "no_headings": gettext(
            "No heading of a privacy notice was found, in Finnish, Swedish or English: put each "
            "heading on a line of its own."
        ),
        "bad_encoding": gettext("The file's characters are broken: save it again as UTF-8."),
    }
    if error.code == "bad_value":
        return gettext("The notice cannot be stored: %(where)s: %(found)s") % error.params
    if error.code == "bad_toml":
        return gettext("The TOML notice has a mistake at %(where)s: %(found)s.") % {
            "where": error.params.get("where", ""),
            "found": error.params.get("found", ""),
        }
    return sentences.get(error.code, sentences["not_text"])
