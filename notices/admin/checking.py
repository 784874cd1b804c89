"""The checker beside the text: what is wrong, and what to write instead."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from notices.admin.base import PUBLISH, draft_or_404, show
from notices.checking import Finding, Severity
from notices.drafts import unreadable_message
from notices.improving import (
    BadAnswer,
    DraftChanged,
    FindingGone,
    Remedy,
    Review,
    accept,
    accept_simple,
    accepted,
    can_be_simple,
    improved,
    leave,
    remedy_for,
    review,
    take_back,
)
from notices.improving.asking import AcceptForm, LeaveForm
from notices.models import Notice, NoticeIsFinal
from notices.reading import Reading, ReadSection, UnreadableNotice
from notices.terms import Language, SectionKey

#: In place of a finding's key: all suggestions that need no answer.
SIMPLE = "simple"
WIDTH = 100


@dataclass(frozen=True)
class Place:
    """One text of the draft with what is wrong in it; without a text, what is missing."""

    label: str
    language: Language
    heading: SafeString
    text: SafeString
    findings: list[Finding]
    anchor: str


@dataclass(frozen=True)
class Bar:
    """One part of the figure: how many findings of a kind, and how wide that is."""

    name: str
    label: str
    count: int
    x: float
    width: float


def findings(admin: Any, request: HttpRequest, key: int) -> HttpResponse:
    """A notice with the findings beside its text; whoever may not write only reads."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    notice = get_object_or_404(Notice, pk=key)
    if not admin.has_view_permission(request, notice):
        raise PermissionDenied
    current = review(notice, today=timezone.localdate())
    may_change = notice.version is None and request.user.has_perm(PUBLISH)
    return show(
        admin,
        request,
        "check.html",
        gettext("Check the notice"),
        notice=notice,
        review=current,
        errors=len(current.errors),
        bars=_bars(current, accepted(notice)),
        runs=_runs(_places(current)),
        missing=_missing(current),
        languages=_languages(current.reading),
        simple=may_change and _simple(current),
        may_change=may_change,
    )


def finding(admin: Any, request: HttpRequest, key: int, finding: str) -> HttpResponse:
    """One finding: accept the text offered, change it, or leave it with a reason."""
    notice = draft_or_404(request, key)
    if finding == SIMPLE:
        return _accept_simple(request, notice)
    today = timezone.localdate()
    current = review(notice, today=today)
    try:
        found = current.found(finding)
    except FindingGone:
        messages.info(request, gettext("The draft has changed: this is not found any more."))
        return HttpResponseRedirect(_list_of(notice))
    return _Page(admin, request, notice, current, found).answer()


@dataclass
class _Page:
    """The page of one finding, and what is sent from it."""

    admin: Any
    request: HttpRequest
    notice: Notice
    review: Review
    found: Finding

    def answer(self) -> HttpResponse:
        acts = {"leave": self._leave, "take_back": self._take_back, "show": self._show}
        if self.request.method != "POST":
            return self._page(self._offered())
        return acts.get(self.request.POST.get("act", ""), self._accept)()

    def _remedy(self, answers: dict[str, str] | None = None) -> Remedy:
        return remedy_for(self.found, self.review.reading, answers, today=timezone.localdate())

    def _offered(self) -> AcceptForm:
        remedy = self._remedy()
        return AcceptForm(remedy.questions, text=remedy.text, fingerprint=self.review.seen)

    def _typed(self) -> AcceptForm:
        sent = self.request.POST
        remedy = self._remedy({key: " ".join(values) for key, values in sent.lists()})
        text = remedy.text or sent.get("text")
        form = AcceptForm(remedy.questions, sent, text=text, fingerprint=self.review.seen)
        form.is_valid()
        return form

    def _accept(self) -> HttpResponse:
        form = self._typed()
        if form.errors:
            return self._page(form)
        try:
            accept(
                self.notice,
                self.found.key,
                form.answers,
                form.own_text,
                today=timezone.localdate(),
                seen=self.review.seen,
            )
        except DraftChanged:
            # between the two looks at it: the page begins again, and tells
            return finding(self.admin, self.request, self.notice.pk, self.found.key)
        except BadAnswer as error:
            self._judge(form)
            self._tell(form, error)
            return self._page(form)
        except UnreadableNotice as error:
            form.add_error(None, unreadable_message(error))
            return self._page(form)
        except FindingGone:
            messages.info(self.request, _overtaken())
        except NoticeIsFinal:
            messages.error(self.request, gettext("The notice is in force and cannot change."))
        else:
            messages.success(self.request, gettext("The draft is changed."))
        return self._next()

    def _tell(self, form: AcceptForm, error: BadAnswer) -> None:
        """Once at its field; for a question that only these answers raise, above all fields."""
        if error.key not in form.errors:
            form.add_error(error.key if error.key in form.fields else None, error.sentence)

    def _judge(self, form: AcceptForm) -> None:
        """Every answer that cannot be used, told at once."""
        for question in form.questions:
            try:
                question.answered(form.answers)
            except BadAnswer as error:
                self._tell(form, error)

    def _show(self) -> HttpResponse:
        """The text as the answers make it; one that somebody has changed stays."""
        form = self._typed()
        if form.errors:
            return self._page(form)
        try:
            improved(self.review.reading, self.found, form.answers, today=timezone.localdate())
        except BadAnswer as error:
            self._judge(form)
            self._tell(form, error)
            return self._page(form)
        remedy = self._remedy(form.answers)
        shown = AcceptForm(
            remedy.questions,
            text=form.own_text or remedy.text,
            fingerprint=self.review.seen,
            initial=_initial(form),
        )
        shown.initial["offered"] = remedy.text
        return self._page(shown, remedy)

    def _leave(self) -> HttpResponse:
        form = LeaveForm(self.request.POST)
        if not form.is_valid():
            return self._page(self._offered(), leave_form=form)
        try:
            leave(self.notice, self.found.key, form.cleaned_data["why"], today=timezone.localdate())
        except FindingGone:
            messages.info(self.request, _overtaken())
        except NoticeIsFinal:
            messages.error(self.request, gettext("The notice is in force and cannot change."))
        else:
            messages.success(self.request, gettext("It stays as it is, with your reason."))
        return self._next()

    def _take_back(self) -> HttpResponse:
        try:
            take_back(self.notice, self.found.key)
        except NoticeIsFinal:
            messages.error(self.request, gettext("The notice is in force and cannot change."))
        return HttpResponseRedirect(_page_of(self.notice, self.found))

    def _next(self) -> HttpResponse:
        """The list, at the finding that is the next one open."""
        current = review(self.notice, today=timezone.localdate())
        following = next(iter(current.open), None)
        anchor = f"#f-{following.key}" if following else ""
        return HttpResponseRedirect(_list_of(self.notice) + anchor)

    def _page(
        self,
        form: AcceptForm,
        remedy: Remedy | None = None,
        leave_form: LeaveForm | None = None,
    ) -> HttpResponse:
        why = {one.key: row.why for one, row in self.review.left}.get(self.found.key, "")
        section = _section_of(self.found, self.review.reading)
        return show(
            self.admin,
            self.request,
            "finding.html",
            gettext("Finding %(rule)s") % {"rule": self.found.id},
            notice=self.notice,
            finding=self.found,
            section=section,
            heading=_marked(section.heading, [self.found]) if section else "",
            stands=_marked(_text_of(section), [self.found]) if section else "",
            remedy=remedy or self._remedy(),
            form=form,
            leave_form=leave_form or LeaveForm(initial={"why": why}),
            left=why,
        )


def _initial(form: AcceptForm) -> dict[str, Any]:
    return {one.key: form.cleaned_data.get(one.key) for one in form.questions}


def _overtaken() -> str:
    return gettext("Somebody else has changed the draft: this is not found any more.")


def _accept_simple(request: HttpRequest, notice: Notice) -> HttpResponse:
    if request.method == "POST":
        before = _rows(notice)
        try:
            done = accept_simple(notice, today=timezone.localdate())
        except DraftChanged:
            messages.error(
                request, gettext("Somebody else has just changed the draft. Press once more.")
            )
        except NoticeIsFinal:
            messages.error(request, gettext("The notice is in force and cannot change."))
        else:
            told = ngettext(
                "%(count)s suggestion accepted.", "%(count)s suggestions accepted.", done
            )
            messages.success(request, told % {"count": done})
            if changed := _changed(notice, before):
                messages.info(request, changed)
    return HttpResponseRedirect(_list_of(notice))


def _rows(notice: Notice) -> Counter[tuple[str, ...]]:
    rows = notice.sections.values_list("key", "language", "heading", "text")
    return Counter(rows)


def _changed(notice: Notice, before: Counter[tuple[str, ...]]) -> SafeString:
    """The texts that differ, each with the way to it: what was accepted unseen is seen then."""
    new = [
        row
        for row in notice.sections.all()
        if not before[row.key, row.language, row.heading, row.text]
    ]
    texts = format_html_join(
        ", ",
        '<a href="{}">{} ({})</a>',
        (
            (
                reverse("admin:notices_notice_place", args=[notice.pk, row.position]),
                row.get_key_display(),
                row.get_language_display(),
            )
            for row in new
        ),
    )
    return format_html("{} {}", gettext("Written anew, read them:"), texts) if new else SafeString()


def _list_of(notice: Notice) -> str:
    return reverse("admin:notices_notice_check", args=[notice.pk])


def _page_of(notice: Notice, one: Finding) -> str:
    return reverse("admin:notices_notice_finding", args=[notice.pk, one.key])


def _simple(current: Review) -> int:
    """How many suggestions are likely to need no answer."""
    today = timezone.localdate()
    return sum(can_be_simple(one, current.reading, today=today) for one in current.open)


# --- the figure


def _bars(current: Review, done: int) -> list[Bar]:
    """What is open by weight, what was left and what was accepted, side by side."""
    counts = [
        (severity.value, _named(severity, count), count)
        for severity in Severity
        for count in [sum(one.severity == severity for one in current.open)]
    ]
    counts += [
        ("left", gettext("left as it is"), len(current.left)),
        ("accepted", gettext("accepted"), done),
    ]
    total = sum(count for _name, _label, count in counts) or 1
    bars, x = [], 0.0
    for name, label, count in counts:
        width = round(WIDTH * count / total, 2)
        bars.append(Bar(name, label, count, x, width))
        x = round(x + width, 2)
    return bars


def _named(severity: Severity, count: int) -> str:
    match severity:
        case Severity.ERROR:
            return ngettext("error", "errors", count)
        case Severity.WARNING:
            return ngettext("warning", "warnings", count)
        case Severity.INFO:
            return ngettext("hint", "hints", count)


# --- the text


def _places(current: Review) -> list[Place]:
    return [
        _place(index, section, [one for one in current.open if one.place == index])
        for index, section in enumerate(current.reading.sections)
    ]


def _place(index: int, section: ReadSection, found: list[Finding]) -> Place:
    return Place(
        label=str(section.key.label),
        language=section.language,
        heading=_marked(section.heading, found),
        text=_marked(_text_of(section), found),
        findings=found,
        anchor=f"place-{index}",
    )


def _runs(places: list[Place]) -> list[tuple[bool, list[Place]]]:
    """The places in their order, those next to each other in which nothing was found together."""
    return [
        (found, list(run)) for found, run in groupby(places, lambda place: bool(place.findings))
    ]


def _missing(current: Review) -> list[Finding]:
    """What stands nowhere."""
    return [one for one in current.open if one.place is None]


def _section_of(found: Finding, reading: Reading) -> ReadSection | None:
    return None if found.place is None else reading.sections[found.place]


def _text_of(section: ReadSection) -> str:
    return "\n\n".join(part for part in (section.text, section.own_words) if part)


def _marked(text: str, found: Iterable[Finding]) -> SafeString:
    """A text, escaped, with the words at fault marked."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", part) if at_fault else conditional_escape(part),)
            for part, at_fault in _split(text, [one.words for one in found if one.words])
        ),
    )


def _split(text: str, words: list[str]) -> list[tuple[str, bool]]:
    """`text` in parts, each with whether it is at fault."""
    at_fault = [False] * len(text)
    for one in words:
        start = text.find(one)
        while start >= 0:
            at_fault[start : start + len(one)] = [True] * len(one)
            start = text.find(one, start + len(one))
    edges = [i for i in range(1, len(text)) if at_fault[i] != at_fault[i - 1]]
    bounds = [0, *edges, len(text)]
    return [(text[a:b], at_fault[a]) for a, b in pairwise(bounds) if a < b]


def _languages(reading: Reading) -> list[str]:
    """How far the notice speaks each of its languages (V05); nothing to tell of one alone."""
    if len(reading.languages) < 2:
        return []
    keys = {(one.key, one.language) for one in reading.sections if not one.empty}
    wanted = {key for key, _language in keys if key != SectionKey.OTHER}
    own = {(one.key, one.language) for one in reading.sections if one.own_words.strip()}
    wanted_own = {key for key, _language in own}
    told = []
    for language in reading.languages:
        lacking = [str(key.label) for key in SectionKey if key in wanted - _spoken(keys, language)]
        lacking += [
            gettext("own words (%(section)s)") % {"section": key.label}
            for key in SectionKey
            if key in wanted_own - _spoken(own, language)
        ]
        if lacking:
            names = ", ".join(lacking)
            told.append(
                gettext("%(language)s: missing %(names)s.")
                % {"language": language.label, "names": names}
            )
        else:
            told.append(gettext("%(language)s: complete.") % {"language": language.label})
    return told


def _spoken(keys: set[tuple[SectionKey, Language]], language: Language) -> set[SectionKey]:
    return {key for key, spoken in keys if spoken == language}
