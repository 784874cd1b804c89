"""How a draft begins: read from an existing notice, or copied from a notice of ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.reasons import with_values
from notices.admin.base import PUBLISH, page_of, show
from notices.drafts import gaps, missing_message, next_draft
from notices.forms import ReadForm
from notices.models import Clause, Notice
from notices.reading import Fact, Party, Reading, ReadSection, words_of_lines
from notices.reading.layout import MARKUP
from notices.reading.markup import lines_of
from notices.terms import ClauseKind, DataCategory, Identification, Language, OrderWord, SectionKey

#: A notice has a few hundred lines; what is longer is read whole and shown in part.
MOST_LINES = 2000


@dataclass(frozen=True)
class SourceLine:
    """One line of the file: the section that begins there, and whether it found a place."""

    text: str
    begins: str
    unplaced: bool
    #: which section begins there; None for all other lines
    section: int | None = None


@dataclass(frozen=True)
class FoundSection:
    """A section of the notice as it was read, with the facts that its words say."""

    place: str
    language: str
    heading: str
    paragraphs: list[str]
    facts: list["FoundFact"]
    is_other: bool


@dataclass(frozen=True)
class FoundFact:
    """A fact in our words, and the notice's own words for it."""

    kind: str
    label: str
    words: str
    elsewhere: bool


def read(admin: Any, request: HttpRequest) -> HttpResponse:
    """Read a firm's existing notice: show what was found, and store it only on the second press.

    The text travels in the form: nothing is kept until somebody saves it as a draft.
    """
    if not admin.has_add_permission(request):
        raise PermissionDenied
    posted = request.method == "POST"
    form = ReadForm(request.POST, request.FILES) if posted else ReadForm()
    if request.POST.get("act") == "change":
        form = ReadForm(initial={"text": request.POST.get("text", "")})
    elif posted and form.is_valid():
        if request.POST.get("act") != "save":
            return _preview(admin, request, form)
        if notice := form.save():
            messages.success(request, gettext("The notice was read. Check it here."))
            return HttpResponseRedirect(page_of(notice))
    return show(admin, request, "read.html", gettext("Read an existing notice"), form=form)


def _preview(admin: Any, request: HttpRequest, form: ReadForm) -> HttpResponse:
    reading, source = form.reading, form.source
    is_html = bool(MARKUP.search(source))
    lines = source.splitlines()
    if is_html:
        # a saved web page is mostly tags: what a reader compares are its words
        lines = [line.text for line in lines_of(source, wrapped=True) if line.text]
    return show(
        admin,
        request,
        "read_preview.html",
        gettext("What was found"),
        lines=list(_source_lines(lines[:MOST_LINES], reading)),
        is_html=is_html,
        left_out=max(0, len(lines) - MOST_LINES),
        basics=_basics(reading),
        sections=_sections(reading),
        nowhere=[_fact(fact) for fact in reading.facts if fact.section is None],
        unplaced=reading.unplaced,
        lacking=_lacking(reading),
        markup=reading.markup,
        form=ReadForm(initial={"text": source}),
    )


def _source_lines(lines: list[str], reading: Reading) -> Iterator[SourceLine]:
    """The lines of the file, each marked where a section begins or where no place was found."""
    begin = [(section, words_of_lines(section.heading)) for section in reading.sections]
    unplaced = {words_of_lines(line) for line in reading.unplaced} - {""}
    following = 0
    for line in lines:
        words = words_of_lines(line)
        label, begun = "", None
        if following < len(begin) and words and _begins(words, begin[following][1]):
            label, begun = _place(begin[following][0]), following
            following += 1
        yield SourceLine(line, label, not label and words in unplaced, begun)


def _begins(line: str, heading: str) -> bool:
    """Whether a line opens with a heading, or with the first half of one that was split."""
    return bool(heading) and (line.startswith(heading) or heading.startswith(line))


def _place(section: ReadSection) -> str:
    return str(SectionKey(section.key).label)


def _sections(reading: Reading) -> list[FoundSection]:
    facts: dict[int | None, list[FoundFact]] = {}
    for fact in reading.facts:
        facts.setdefault(fact.section, []).append(_fact(fact))
    many = len(reading.languages) > 1
    return [
        FoundSection(
            place=_place(section),
            language=str(Language(section.language).label) if many else "",
            heading=section.heading,
            paragraphs=section.text.splitlines() if section.key != SectionKey.TITLE else [],
            facts=facts.get(index, []),
            is_other=section.key == SectionKey.OTHER,
        )
        for index, section in enumerate(reading.sections)
    ]


def _fact(fact: Fact) -> FoundFact:
    kind = ClauseKind(fact.kind)
    clause = Clause(
        kind=fact.kind, term=fact.term, name=fact.name, years=fact.years, months=fact.months
    )
    more = [
        *(str(DataCategory(category).label) for category in fact.categories),
        *(str(Identification(way).label) for way in fact.ways),
        *([str(OrderWord(fact.called).label)] if fact.called in OrderWord.values else []),
        *([str(fact.legal_basis.label)] if fact.legal_basis else []),
        *([fact.country] if fact.country else []),
    ]
    if fact.inactive_months:
        more.append(
            gettext("ends after %(count)s months without contact") % {"count": fact.inactive_months}
        )
    label = f"{clause.label}: {', '.join(more)}" if more else clause.label
    return FoundFact(str(kind.label), label, fact.words, fact.under_other_heading)


def _basics(reading: Reading) -> list[tuple[str, str]]:
    """Who, when, and in which languages: what a notice says of itself."""

    def languages(codes: tuple[Language, ...]) -> str:
        return ", ".join(str(Language(code).label) for code in codes)

    return [
        (gettext("Controller"), _party(reading.controller)),
        (gettext("Contact person"), _party(reading.contact)),
        (gettext("Name of the register"), reading.register_name or ""),
        (gettext("Drawn up on"), _day(reading.drawn_up_on)),
        (gettext("Updated on"), _day(reading.updated_on)),
        (gettext("Languages"), languages(reading.languages)),
        (gettext("Languages of requests"), languages(reading.request_languages)),
    ]


def _party(party: Party) -> str:
    return ", ".join(filter(None, (party.name, party.address, party.phone, party.email)))


def _day(day: Any) -> str:
    return date_format(day) if day else ""


def _lacking(reading: Reading) -> list[str]:
    """What keeps the notice from being in force, or the register from being used under it."""
    missing = [missing_message(reading.missing())] if reading.missing() else []
    return [*missing, *gaps(reading)]


def copy(admin: Any, request: HttpRequest, key: int) -> HttpResponse:
    """Begin the next version with a draft that says what this notice says."""
    if not request.user.has_perm(PUBLISH):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    before = get_object_or_404(Notice, pk=key)
    draft = next_draft(before, reason=with_values(_("Copied from: %(name)s"), name=before))
    messages.success(request, gettext("The draft says what the notice says. Change it here."))
    return HttpResponseRedirect(page_of(draft))
