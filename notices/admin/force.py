"""How a draft comes into force: adopted as it stands, or published without errors."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from notices.admin.base import draft_or_404, page_of, show
from notices.declarations import linked
from notices.drafts import (
    DraftChanged,
    gaps,
    holds_more_message,
    missing_message,
    reading_of,
)
from notices.improving import review
from notices.models import Notice
from notices.pages.comparing import Comparison, compared
from notices.publishing import (
    AnotherCameFirst,
    Narrowed,
    NotAdoptable,
    NotItsDay,
    NotPublishable,
    RegisterHoldsMore,
    adopt,
    narrowed,
    publish,
)
from notices.terms import Language


class InsteadForm(forms.Form):
    """What whoever decides saw in force, 0 for nothing; the page must say it."""

    instead_of = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, before: Notice | None) -> None:
        self.seen_now = (before.version or 0) if before else 0
        super().__init__(data, initial={"instead_of": self.seen_now})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "instead_of" in self.errors:
            del self.errors["instead_of"]
            # the page is shown again with what is in force now, and a second press counts
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data["instead_of"] = self.seen_now
            self.data = data
            self.add_error(
                None,
                gettext("It is not known which notice you saw in force. Look at this page again."),
            )
        return cleaned


class AdoptForm(InsteadForm):
    """Adopting in place of a notice in force, with errors: whoever decides has seen them."""

    despite = forms.BooleanField(
        label=_("Put it in force although the checker finds errors"),
        error_messages={"required": _("Tick this if you mean it. Publishing is the usual way.")},
    )

    def __init__(
        self, data: QueryDict | None = None, *, before: Notice | None, errors: int
    ) -> None:
        super().__init__(data, before=before)
        if before is None or not errors:
            # a firm's first notice is in use as it stands; each error is a task for the next
            del self.fields["despite"]


class PublishForm(InsteadForm):
    """The day from which the new version counts, and what was seen in force."""

    on = forms.DateField(
        label=_("Updated on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Stands on the notice."),
    )

    def __init__(
        self, data: QueryDict | None = None, *, before: Notice | None, notice: Notice, today: date
    ) -> None:
        super().__init__(data, before=before)
        self.initial["on"] = today
        # a notice of its first day is drawn up and not updated (P01), as `dated` has it
        if notice.drawn_up_on in (None, today):
            self.fields["on"].label = _("Drawn up on")
        limits = {"min": notice.drawn_up_on, "max": today}
        shown = {name: day.isoformat() for name, day in limits.items() if day}
        self.fields["on"].widget.attrs.update(shown)


@dataclass(frozen=True)
class Stays:
    """Data that the register holds and the new notice drops, with the list that has them."""

    narrowed: Narrowed
    address: str


def _stays(notice: Notice, request: HttpRequest) -> list[Stays]:
    return [Stays(one, _list_of(one, request)) for one in narrowed(notice)]


def _list_of(one: Narrowed, request: HttpRequest) -> str:
    """The staff list of these rows, or of those that they belong to where they have none of their
    own; for whoever may see it."""
    holds = {"holds": f"{one.model._meta.model_name}.{one.column}"}
    for model in (one.model, *linked(one.model)):
        options = model._meta
        if request.user.has_perm(f"{options.app_label}.view_{options.model_name}"):
            with suppress(NoReverseMatch):
                name = f"admin:{options.app_label}_{options.model_name}_changelist"
                return reverse(name, query=holds)
    return ""


def _overtaken() -> str:
    return gettext("Another notice was put in force at the same moment. Look at it first.")


def adopt_view(admin: Any, request: HttpRequest, key: int) -> HttpResponse:
    """Put a draft in force as it stands: GET shows what will happen, POST does it."""
    notice = draft_or_404(request, key)
    before = Notice.objects.in_force()
    errors = len(review(notice, today=timezone.localdate()).errors)
    sent = request.POST if request.method == "POST" else None
    form = AdoptForm(sent, before=before, errors=errors)
    if request.method == "POST" and form.is_valid():
        return _adopt(request, notice, form)
    return show(
        admin,
        request,
        "adopt.html",
        gettext("Put in force"),
        notice=notice,
        missing=missing_message(notice.missing()) if notice.missing() else "",
        before=before,
        errors=errors,
        is_older=before is not None and _is_older(notice, before),
        form=form,
        stays=_stays(notice, request),
        gaps=gaps(reading_of(notice)),
    )


def _is_older(notice: Notice, before: Notice) -> bool:
    """Whether a notice tells an earlier day than the one in force."""
    mine, theirs = (one.updated_on or one.drawn_up_on for one in (notice, before))
    return mine is not None and theirs is not None and mine < theirs


def _adopt(request: HttpRequest, notice: Notice, form: InsteadForm) -> HttpResponse:
    try:
        adopt(notice, now=timezone.now(), instead_of=form.cleaned_data["instead_of"])
    except NotAdoptable as error:
        messages.error(request, missing_message(error.missing))
    except RegisterHoldsMore as error:
        messages.error(request, holds_more_message(error.counts))
    except AnotherCameFirst:
        messages.error(request, _overtaken())
    else:
        messages.success(request, gettext("The notice is in force."))
    return HttpResponseRedirect(page_of(notice))


def publish_view(admin: Any, request: HttpRequest, key: int) -> HttpResponse:
    """Publish a draft that has no errors: GET shows the consequences, POST does it."""
    notice = draft_or_404(request, key)
    before, today = Notice.objects.in_force(), timezone.localdate()
    sent = request.POST if request.method == "POST" else None
    form = PublishForm(sent, before=before, notice=notice, today=today)
    if sent is not None and form.is_valid() and (answer := _publish(request, notice, form)):
        return answer
    current = review(notice, today=today)
    return show(
        admin,
        request,
        "publish.html",
        gettext("Publish"),
        notice=notice,
        form=form,
        before=before,
        missing=missing_message(notice.missing()) if notice.missing() else "",
        errors=[one for one in current.errors if one.id not in DATED],
        others=sum(not one.is_error for one in current.open),
        changes=_changes(before, notice),
        stays=_stays(notice, request),
        gaps=gaps(current.reading),
    )


#: What the day given on the page itself settles.
DATED = frozenset({"D10"})


def _changes(before: Notice | None, notice: Notice) -> Comparison | None:
    if before is None:
        return None
    language = Language(get_language() or Language.FINNISH)
    return compared(reading_of(before), reading_of(notice), language)


def _publish(request: HttpRequest, notice: Notice, form: PublishForm) -> HttpResponse | None:
    """Leads on when the notice is published; else says why not, on the same page."""
    given = form.cleaned_data
    try:
        publish(notice, now=timezone.now(), instead_of=given["instead_of"], on=given["on"])
    except NotItsDay as error:
        form.add_error("on", _not_its_day(error))
    except NotAdoptable as error:
        form.add_error(None, missing_message(error.missing))
    except NotPublishable as error:
        form.add_error(None, _errors_left(len(error.errors)))
    except RegisterHoldsMore as error:
        form.add_error(None, holds_more_message(error.counts))
    except DraftChanged:
        form.add_error(None, gettext("Somebody else has just changed the draft. Press once more."))
    except AnotherCameFirst:
        messages.error(request, _overtaken())
        return HttpResponseRedirect(request.path)
    else:
        messages.success(request, gettext("The new version is published and in force."))
        return HttpResponseRedirect(page_of(notice))
    return None


def _errors_left(count: int) -> str:
    return gettext("The checker finds errors (%(count)s): the notice cannot be published yet.") % {
        "count": count
    }


def _not_its_day(error: NotItsDay) -> str:
    if error.drawn_up_on is None:
        return gettext("This day is still to come. A notice comes into force at once.")
    return gettext("The notice was drawn up on %(day)s: choose that day or a later one.") % {
        "day": date_format(error.drawn_up_on, "SHORT_DATE_FORMAT")
    }
