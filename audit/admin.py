"""The base of every staff page: asks why, remembers who, shows history, deletes nothing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.history import versions
from audit.private_search import PrivateSearchAdmin
from audit.reasons import because

VERSIONS_A_PAGE = 25


class ReasonForm(forms.ModelForm[Any]):
    """A form that asks why, in the writer's own words, before it saves."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("Stays in the history beside your name."),
    )
    #: the newest history of the row when the page was opened
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.newest: Any = self.instance.history.first() if self.instance.pk else None
        self.initial["seen"] = self.newest and self.newest.pk

    def clean(self) -> dict[str, Any]:
        """Nobody's change is overwritten unseen: the second of two people is told of the first."""
        cleaned = super().clean() or {}
        seen = cleaned.get("seen")
        if self.newest and seen and seen != self.newest.pk:
            # what was typed stays on the page, and a second press keeps it
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data[self.add_prefix("seen")] = str(self.newest.pk)
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
            field.widget.attrs.setdefault("aria-label", field.label)


class RememberedAdmin(PrivateSearchAdmin):
    """Staff page of a remembered model."""

    form = ReasonForm
    list_per_page = 25
    show_full_result_count = False
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
        page = Paginator(self._history_rows(request, object_id), VERSIONS_A_PAGE).get_page(
            request.GET.get("p")
        )
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("History of %(name)s") % {"name": obj or object_id},
            "opts": self.opts,
            "object": obj,
            "object_id": object_id,
            "versions": self._told(page.object_list),
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

    def _history_rows(self, request: HttpRequest, object_id: str) -> Any:
        """History rows of `object_id` with their authors, newest first; 404 if there are none.

        It asks the history table and not the row: a deleted row still has its history.
        """
        key = self.history_key(request, object_id)
        rows = (
            self.model.history.filter(**{self.opts.pk.attname: key})
            .select_related("history_user")
            .order_by("-history_date", "-history_id")
        )
        if not rows.exists():
            raise Http404
        return rows

    def _told(self, rows: Any) -> Any:
        """The page's rows as versions; one older row is fetched to compare the last one with."""
        seen = list(rows)
        return versions([*seen, *self._next_older(seen)], self.not_in_history)[: len(seen)]

    def _next_older(self, seen: Sequence[Any]) -> Any:
        last = seen[-1]
        return (
            self.model.history.filter(
                **{self.opts.pk.attname: getattr(last, self.opts.pk.attname)},
            )
            .filter(
                models.Q(history_date__lt=last.history_date)
                | models.Q(history_date=last.history_date, history_id__lt=last.history_id)
            )
            .select_related("history_user")
            .order_by("-history_date", "-history_id")[:1]
        )
