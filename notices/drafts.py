"""Drafts: made of what was read, or of the notice before; and what each still lacks."""

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from audit.reasons import because
from notices.declarations import declared_columns, personal_models
from notices.models import Clause, Notice, RegisterHoldsMore, Section
from notices.reading import Reading, UnreadableNotice

PartT = TypeVar("PartT", Section, Clause)
COPIED = (
    "register_name",
    "languages",
    "request_languages",
    "drawn_up_on",
    "updated_on",
    "controller_name",
    "controller_address",
    "controller_phone",
    "controller_email",
    "contact_name",
    "contact_phone",
    "contact_email",
)


def draft_of(reading: Reading, *, reason: str) -> Notice:
    """Store `reading` as a draft: its words in sections, its facts in clauses.

    One transaction: the whole draft or nothing. Raises `UnreadableNotice` for a value that is
    no address or too long.
    """
    with transaction.atomic(), because(reason):
        notice = Notice(
            register_name=reading.register_name or "",
            languages=[str(language) for language in reading.languages],
            request_languages=[str(language) for language in reading.request_languages],
            drawn_up_on=reading.drawn_up_on,
            updated_on=reading.updated_on,
            controller_name=reading.controller.name or "",
            controller_address=reading.controller.address or "",
            controller_phone=reading.controller.phone or "",
            controller_email=reading.controller.email or "",
            contact_name=reading.contact.name or "",
            contact_phone=reading.contact.phone or "",
            contact_email=reading.contact.email or "",
        )
        try:
            notice.clean_fields()
        except ValidationError as error:
            where, (told, *_more) = next(iter(error.message_dict.items()))
            raise UnreadableNotice("bad_value", where=where, found=told) from error
        notice.save()
        sections = Section.objects.create_remembered(_sections(notice, reading))
        Clause.objects.create_remembered(_clauses(notice, reading, sections))
    return notice


def next_draft(notice: Notice, *, reason: str) -> Notice:
    """A draft with all that `notice` says, to be changed into the version that follows it."""
    with transaction.atomic(), because(reason):
        draft = Notice(**{name: getattr(notice, name) for name in COPIED})
        draft.save()
        before = list(notice.sections.all())
        keys = [section.pk for section in before]
        after = Section.objects.create_remembered([_copy(row, draft) for row in before])
        places = dict(zip(keys, after, strict=True))
        clauses = [_copy(row, draft) for row in notice.clauses.all()]
        for clause in clauses:
            clause.section = places.get(clause.section_id or 0)
        Clause.objects.create_remembered(clauses)
    return draft


def _copy(row: PartT, draft: Notice) -> PartT:
    row.pk, row.notice, row._state.adding = None, draft, True
    return row


def _sections(notice: Notice, reading: Reading) -> list[Section]:
    """One row for each section and language; translations of one section share its place."""
    places: dict[tuple[str, int], int] = {}
    seen: dict[tuple[str, str], int] = {}
    rows = []
    for section in reading.sections:
        nth = seen[section.key, section.language] = seen.get((section.key, section.language), 0) + 1
        place = places.setdefault((section.key, nth), len(places))
        rows.append(
            Section(
                notice=notice,
                key=section.key,
                language=section.language,
                position=place,
                heading=section.heading,
                text=section.text,
            )
        )
    return rows


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
            years=fact.years,
            months=fact.months,
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


def holds_more_message(error: RegisterHoldsMore) -> str:
    """What the register holds that a notice does not list, column by column (V07)."""
    names = {
        f"{model._meta.model_name}.{column}": str(model._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
        for model in personal_models()
        for column in declared_columns(model)
    }
    counts = ", ".join(f"{names[column]}: {count}" for column, count in error.counts.items())
    return gettext("The register holds data that this notice does not list (%(counts)s).") % {
        "counts": counts
    }


def gaps(notice: Notice) -> list[str]:
    """What keeps the register from being used under `notice`, though it may be in force."""
    found = []
    if not notice.declared:
        found.append(gettext("It lists no data, so the register can hold none."))
    if not notice.sources:
        found.append(gettext("It names no source of data, so nothing can be entered."))
    return found


def unreadable_message(error: UnreadableNotice) -> str:
    """Why a file could not be read as a notice, and what to do, in one sentence."""
    sentences = {
        "empty": gettext("The file is empty: choose the file that holds the notice."),
        "too_large": gettext("The file is over 1 MB: a notice is a text of a few pages."),
        "not_text": gettext("The file is not text: save the notice as text or HTML."),
        "pdf": gettext("The file is a PDF: copy its text into a text file and read that."),
        "image": gettext("The file is a picture: type or copy the notice into a text file."),
        "archive": gettext("The file is packed or a word processor's: save the notice as text."),
        "no_headings": gettext(
            "No heading of a privacy notice was found: put each heading on a line of its own."
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
