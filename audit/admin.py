"""The base of every staff page: asks why, remembers who, shows history, deletes nothing."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.forms.models import _get_foreign_key
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.history import Linked, SourceOf, Version, versions
from audit.paging import EstimatingPaginator
from audit.private_search import PrivateSearchAdmin
from audit.reasons import because
from audit.texts import fault_of

VERSIONS_A_PAGE = 25
NEWEST = ("-history_date", "-history_id")


class ReasonForm(forms.ModelForm[Any]):
    """A form that asks why, in the writer's own words, before it saves."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("Stays in the history beside your name."),
    )
    #: when what the page shows had last changed as the page was opened
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    #: models whose rows stand on the same page, with the field that leads to it
    rows_of: Sequence[tuple[Any, str]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.newest: Any = None
        if self.instance.pk:
            histories = histories_of(self.instance, self.rows_of)
            latest = [row for rows in histories if (row := rows.first())]
            self.newest = max(latest, key=lambda row: row.history_date, default=None)
            self.initial["seen"] = self.newest and self.newest.history_date.isoformat()

    def clean(self) -> dict[str, Any]:
        """Nobody's change is overwritten unseen: the second of two people is told of the first."""
        cleaned = super().clean() or {}
        if why := fault_of(cleaned.get("reason") or ""):
            self.add_error("reason", why)
        seen = cleaned.get("seen")
        if self.newest and seen and seen != self.newest.history_date.isoformat():
            # what was typed stays on the page, and a second press keeps it
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data[self.add_prefix("seen")] = self.newest.history_date.isoformat()
            self.data = data
            self.add_error(None, self._overtaken())
        return cleaned

    def _overtaken(self) -> str:
        who = self.newest.history_user.name if self.newest.history_user else gettext("the program")
        when = date_format(localtime(self.newest.history_date), "SHORT_DATETIME_FORMAT")
        return gettext(
            "%(who)s changed this on %(when)s, after you had opened it. Look at the history. "
            "To keep what you have typed, save again."
        ) % {"who": who, "when": when}


class RowFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    """Rows of a table, in which the column's heading labels each box for those who hear it."""

    def add_fields(self, form: Any, index: Any) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if field.label:
                field.widget.attrs.setdefault("aria-label", field.label)


class RememberedAdmin(PrivateSearchAdmin):
    """Staff page of a remembered model."""

    form = ReasonForm
    list_per_page = 25
    show_full_result_count = False
    # the admin's own would count rows for each choice of a filter
    show_facets = admin.ShowFacets.NEVER
    paginator = EstimatingPaginator
    actions = None
    object_history_template = "admin/history.html"
    change_form_template = "admin/remembered_form.html"
    #: fields that the history page leaves out
    not_in_history: frozenset[str] = frozenset()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        code = f"{self.opts.app_label}.history_{self.opts.model_name}"
        return self.has_view_permission(request, obj) and request.user.has_perm(code)

    def named(self, request: HttpRequest) -> Any:
        """The model's options as this page names them."""
        return self.opts

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        options = self.named(request)
        context = {"opts": options, "title": capfirst(options.verbose_name_plural)}
        return super().changelist_view(request, context | (extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: Any, add: bool = False, *args: Any, **kwargs: Any
    ) -> Any:
        response: Any = super().render_change_form(request, context, add, *args, **kwargs)
        options = self.named(request)
        name = options.verbose_name
        title = gettext("New: %(name)s") % {"name": name} if add else capfirst(name)
        response.context_data |= {
            "opts": options,
            "title": title,
            "may_read_history": self.has_history_permission(request, kwargs.get("obj")),
        }
        return response

    def reason_for(self, form: Any) -> str:
        """Why this form changes anything: what its writer typed."""
        return str(form.cleaned_data.get("reason", ""))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with because(self.reason_for(form)):
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        with because(self.reason_for(form)):
            super().save_related(request, form, formsets, change)

    # the admin's own log would keep names of erased people; history is the log here
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any: ...

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any: ...

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any: ...

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The versions of one row, newest first; reads only, so anything but GET gets 405."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_history_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        told = self._told(request, object_id)
        page = Paginator(told, VERSIONS_A_PAGE).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("History of %(name)s") % {"name": obj or object_id},
            "opts": self.opts,
            "object": obj,
            "object_id": object_id,
            "versions": page.object_list,
            "page": page,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.object_history_template, context)

    def history_key(self, request: HttpRequest, object_id: str) -> Any:
        """The primary key that `object_id` of an address stands for; None for nothing."""
        try:
            return self.opts.pk.to_python(object_id)
        except ValidationError:
            return None

    def rows_of(self) -> list[tuple[Any, str]]:
        """The models whose rows stand on this page, with the field that leads to it."""
        return [
            (inline.model, _get_foreign_key(self.model, inline.model, inline.fk_name).name)
            for inline in self.inlines
        ]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.rows_of = self.rows_of()
        return form

    def sources_told(self, rows: Sequence[Any]) -> SourceOf:
        """What tells of history `rows` where their values came from: here nothing."""
        return lambda row, column: ""

    def called(self, request: HttpRequest, names: Linked) -> Linked:
        """What the reader is shown of the rows that links in history lead to."""
        return names

    def _told(self, request: HttpRequest, object_id: str) -> list[Version]:
        """The versions of the row and of the rows on its page, newest first; 404 for none.

        It asks the history tables and not the row: a deleted row still has its history.
        """
        key = self.history_key(request, object_id)
        if key is None:
            raise Http404
        histories = histories_of(self.model(pk=key), self.rows_of())
        told = []
        for history in histories:
            rows = list(history.select_related("history_user"))
            called = partial(self.called, request)
            told += versions(rows, self.not_in_history, self.sources_told(rows), called)
        if not told:
            raise Http404
        return sorted(told, key=lambda version: version.at, reverse=True)


def histories_of(row: models.Model, rows_of: Sequence[tuple[Any, str]]) -> list[Any]:
    """The history rows of `row` and of the rows that belong to it, newest first each."""
    own: Any = row
    return [
        type(own).history.filter(**{own._meta.pk.attname: own.pk}).order_by(*NEWEST),
        *(
            model.history.filter(**{f"{field}_id": own.pk}).order_by(*NEWEST)
            for model, field in rows_of
        ),
    ]
