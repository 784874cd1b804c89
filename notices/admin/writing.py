"""Writing a notice from clauses, step by step: the first one, and the clauses of any draft."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from audit.reasons import with_values
from notices.admin.base import draft_or_404, page_of, show
from notices.drafts import draft_of, reading_of, redraft, unreadable_message
from notices.guiding.promising import (
    Step,
    differing,
    given_up,
    is_done,
    keys_to_write,
    next_to_do,
    own_keys,
    promised,
    unsaid,
)
from notices.guiding.steps import FORMS, StepForm, WhoForm
from notices.improving import review
from notices.models import Notice, Section, locked
from notices.pages.comparing import label_of
from notices.reading import Fact, Reading, UnreadableNotice
from notices.terms import ClauseKind, Language, SectionKey
from notices.writing import write
from notices.writing.starting import starting_point

#: After the last step: the notice as it is written, and the verdict of the checker.
TEXT = "text"
STEPS = (*Step.values, TEXT)


def write_first(admin: Any, request: HttpRequest) -> HttpResponse:
    """Begin a notice: who the controller is, in which languages. The draft grows step by step."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    empty = replace(starting_point(_first_languages()), facts=())
    form = WhoForm(request.POST if request.method == "POST" else None, reading=empty)
    if request.method == "POST" and form.is_valid():
        reading = _written(promised(empty, Step.WHO, form.values))
        try:
            notice = draft_of(reading, reason=_("Notice begun"))
        except UnreadableNotice as error:
            form.add_error(None, unreadable_message(error))
        else:
            return HttpResponseRedirect(_address(notice, Step.DATA))
    return _ask(admin, request, form, notice=None, reading=empty)


def _first_languages() -> list[Language]:
    """Finnish, which counts, and the writer's own."""
    own = get_language()
    return [code for code in Language if code in (Language.FINNISH, own)]


def write_clauses(admin: Any, request: HttpRequest, key: int) -> HttpResponse:
    """One step of writing a draft (`?step=`); without one, the first that is not answered yet."""
    notice = draft_or_404(request, key)
    step = request.GET.get("step", "")
    if step not in STEPS:
        step = next_to_do(reading_of(notice)) or TEXT
    if step == TEXT:
        return _show_text(admin, request, notice)
    if request.method == "POST":
        return _answer(admin, request, notice, Step(step))
    reading = reading_of(notice)
    return _ask(admin, request, FORMS[Step(step)](reading=reading), notice, reading)


def _answer(admin: Any, request: HttpRequest, notice: Notice, step: Step) -> HttpResponse:
    """Store the answers of a step, and go on; or show the step again with what is wrong."""
    try:
        # read and written under one lock: what a colleague answers elsewhere stays
        with transaction.atomic():
            locked(notice.pk)
            before = reading_of(notice)
            form = FORMS[step](request.POST, reading=before)
            if _leaves(request) and not form.has_changed():
                # a suggestion counts when somebody goes on from it, not when it is only seen
                return HttpResponseRedirect(_next_page(request, notice, step))
            if form.is_valid():
                after = promised(before, step, form.values)
                reason = with_values(_("Notice written: %(step)s"), step=step.label)
                redraft(notice, _written(after, form.ticked), reason=reason)
                _tell(request, before, after, form)
                return HttpResponseRedirect(_next_page(request, notice, step))
    except UnreadableNotice as error:
        form.add_error(None, unreadable_message(error))
    return _ask(admin, request, form, notice, before)


def _written(reading: Reading, ticked: Iterable[SectionKey] = ()) -> Reading:
    return write(reading, keys_to_write(reading, ticked))


def follow(notice: Notice, *, reason: str | Promise) -> None:
    """Write the sections that the program writes anew, after a change by hand."""
    with transaction.atomic():
        reading = reading_of(locked(notice.pk))
        if any(section.written for section in reading.sections):
            redraft(notice, _written(reading), reason=reason)


def _tell(request: HttpRequest, before: Reading, after: Reading, form: StepForm) -> None:
    """Says what the answers took along, and where the controller's text now says otherwise."""
    if gone := given_up(before, after, form.step):
        messages.info(
            request,
            gettext("This changed along with it: %(clauses)s.")
            # labels have commas of their own
            % {"clauses": "; ".join(map(_label, gone))},
        )
    if left := [key for key in differing(before, after) if key not in form.ticked]:
        messages.warning(
            request,
            gettext(
                "The program now obeys other clauses than your own text says. Correct the text of:"
                " %(sections)s."
            )
            % {"sections": ", ".join(str(key.label) for key in left)},
        )


def _label(fact: Fact) -> str:
    return f"{ClauseKind(fact.kind).label}: {label_of(fact)}"


def _leaves(request: HttpRequest) -> bool:
    """Whether somebody stops, or goes to a step of their choice, rather than on."""
    return "stop" in request.POST or request.POST.get("to") in STEPS


def _next_page(request: HttpRequest, notice: Notice, step: Step) -> str:
    if "stop" in request.POST:
        return page_of(notice)
    to = request.POST.get("to", "")
    return _address(notice, to if to in STEPS else _following(request, step))


def _following(request: HttpRequest, step: Step) -> str:
    place = STEPS.index(step)
    return STEPS[max(place - 1, 0) if "back" in request.POST else place + 1]


def _address(notice: Notice, step: str) -> str:
    return reverse("admin:notices_notice_clauses", args=[notice.pk], query={"step": step})


def _ask(
    admin: Any, request: HttpRequest, form: StepForm, notice: Notice | None, reading: Reading
) -> HttpResponse:
    place = STEPS.index(form.step)
    title = f"{place + 1}. {form.step.label}"
    response = show(
        admin,
        request,
        "write.html",
        title,
        form=form,
        notice=notice,
        progress=_progress(notice, reading, form.step),
        is_first=place == 0,
        is_suggested=notice is not None and not is_done(reading, form.step),
        leaves_for=_next_page(request, notice, form.step) if notice and _leaves(request) else "",
    )
    return response


def _progress(notice: Notice | None, reading: Reading, now: str) -> list[dict[str, Any]]:
    """The steps in their order: name, address once there is a draft, answered, shown now."""
    labels = {**dict(Step.choices), TEXT: gettext("The notice")}
    return [
        {
            "step": step,
            "label": labels[step],
            "address": _address(notice, step) if notice else "",
            "is_done": notice is not None and step != TEXT and is_done(reading, Step(step)),
            "is_now": step == now,
        }
        for step in STEPS
    ]


def _show_text(admin: Any, request: HttpRequest, notice: Notice) -> HttpResponse:
    """The notice as it stands, its languages side by side, and what the checker says of it."""
    current = review(notice, today=localdate())
    reading, own = current.reading, own_keys(current.reading)
    return show(
        admin,
        request,
        "written.html",
        gettext("The notice"),
        notice=notice,
        progress=_progress(notice, reading, TEXT),
        places=[_side_by_side(notice, rows) for rows in notice.sections_by_place],
        undone=[
            (step.label, _address(notice, step)) for step in Step if not is_done(reading, step)
        ],
        errors=current.errors,
        unsaid=[_label(fact) for fact in unsaid(reading)],
        own=[key.label for key in SectionKey if key in own],
        languages=[Language(code) for code in notice.languages],
    )


def _side_by_side(notice: Notice, rows: list[Section]) -> dict[str, Any]:
    """One place of the notice: its text in each language, None where it is missing (V05)."""
    by_language = {row.language: row for row in rows}
    return {
        "position": rows[0].position,
        "subject": rows[0].get_key_display(),
        "has_own_words": any(row.own_words.strip() for row in rows),
        "texts": [
            (Language(code), row if (row := by_language.get(code)) and row.says_something else None)
            for code in notice.languages
        ],
    }
