"""The pages on which lists of customers are asked for, looked at before they are made, and got."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from audit.admin import RememberedAdmin
from audit.files import to_save
from audit.history import as_words
from audit.once import OnceForm, made_once, new_token
from notices.models import Notice, governing_notice
from notices.terms import (
    ClauseKind,
    DataCategory,
    DisclosureGround,
    ProhibitionScope,
    Purpose,
    RecipientKind,
)
from register.admin.disclosures import named_choices
from register.admin.sayings import say_it_was_sent
from register.lists.counting import HIDDEN, tables
from register.lists.making import anew, order, waits_long
from register.lists.pieces import zipped
from register.models import CustomerList, ListKind, ListLayout, Recipient
from register.models.lists import LAYOUTS, POSSIBLE, LeftOut
from register.models.recipients import named

TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "zip": "application/zip"}
#: What serves none of the uses that can be forbidden.
OWN_MATTER = "own_matter"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AskForm(OnceForm):
    """What a list is to be: nothing is chosen beforehand that decides who is on it."""

    layout = forms.ChoiceField(label=_("Form"), widget=forms.RadioSelect)
    purpose = forms.ChoiceField(label=_("Purpose"), widget=forms.RadioSelect)
    scope = forms.ChoiceField(
        label=_("Used for"),
        choices=[
            *ProhibitionScope.choices,
            (
                OWN_MATTER,
                _("none of these: the customers’ own matters, such as their orders"),
            ),
        ],
        widget=forms.RadioSelect,
        help_text=_("Whoever has forbidden this is left out."),
    )
    categories = forms.MultipleChoiceField(
        label=_("Data beside what the list cannot do without"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    recipient: Any = forms.ModelChoiceField(
        label=_("Given to"),
        queryset=None,
        required=False,
        empty_label=_("nobody outside: for our own use"),
    )
    ground = forms.ChoiceField(
        label=_("On what ground it is given"),
        required=False,
        help_text=_("Only when it is given to somebody outside."),
    )

    def __init__(self, kind: ListKind, notice: Notice, by: Any, data: Any = None) -> None:
        super().__init__(data)
        self.kind, self.by = kind, by
        layouts = [(one.value, one.label) for one in LAYOUTS[kind]]
        possible = [(one.value, one.label) for one in POSSIBLE[kind] if one in notice.declared]
        grounds = named_choices(notice, ClauseKind.DISCLOSURE, DisclosureGround)
        choices = {
            "layout": layouts,
            "purpose": named_choices(notice, ClauseKind.PURPOSE, Purpose),
            "categories": possible,
            "ground": [("", "—"), *grounds],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]
        kinds = named(notice, ClauseKind.RECIPIENT) - {RecipientKind.OWN_STAFF}
        self.fields["recipient"].queryset = Recipient.objects.filter(kind__in=kinds)  # type: ignore[attr-defined]
        for name in () if possible else ("categories",):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if self.errors:
            return told
        for column, why in self.asked().refusals(now=timezone.now()).items():
            self.add_error(column if column in self.fields else None, str(why.label))
        return told

    def store(self) -> CustomerList:
        asked = self.asked()
        asked.save()
        return asked

    def asked(self) -> CustomerList:
        told = self.cleaned_data
        recipient = told["recipient"]
        return CustomerList(
            kind=self.kind,
            layout=told["layout"],
            purpose=told["purpose"],
            scope="" if told["scope"] == OWN_MATTER else told["scope"],
            categories=told.get("categories", []),
            recipient=recipient,
            ground=told["ground"] if recipient else "",
            language=get_language() or "en",
            asked_by=self.by,
            asked_at=timezone.now(),
        )


@admin.register(CustomerList)
class CustomerListAdmin(RememberedAdmin):
    """Lists that were asked for, and their files for as long as they are given out."""

    list_display = ("__str__", "asked_at", "purpose", "recipient", "by", "state")
    list_display_links = ("__str__",)
    list_select_related = ("asked_by", "recipient")
    sortable_by = ()
    change_list_template = "admin/register/customerlist/change_list.html"

    @admin.display(description=_("asked for by"))
    def by(self, asked: CustomerList) -> str:
        return asked.asked_by.name

    @admin.display(description=_("state"))
    def state(self, asked: CustomerList) -> str:
        return asked.state

    def get_urls(self) -> list[Any]:
        file = self.admin_site.admin_view(require_POST(self.file_view))
        numbers = self.admin_site.admin_view(require_safe(self.numbers_view))
        own = [
            path("<int:key>/file/", file, name="register_customerlist_file"),
            path("numbers/", numbers, name="register_customerlist_numbers"),
        ]
        return [*own, *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        notice = governing_notice()
        kind = request.GET.get("kind", ListKind.LABELS)
        if kind not in ListKind.values:
            raise Http404
        form = None
        if notice:
            data = request.POST if request.method == "POST" else None
            form = AskForm(ListKind(kind), notice, request.user, data)
            if form.is_valid():
                return self._made_once(request, form.cleaned_data["token"], form.store)
        title = gettext("Make a list of customers")
        kinds = [(one.value, capfirst(str(one.label))) for one in ListKind]
        return self._show(request, "ask", title=title, form=form, kind=kind, kinds=kinds)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        asked = self._asked_for(request, object_id)
        now = timezone.now()
        if request.method == "POST":
            if not self.has_change_permission(request, asked):
                raise PermissionDenied
            if "anew" in request.POST and not asked.is_waiting and not asked.goes_on:
                language = get_language() or "en"
                return self._made_once(
                    request,
                    request.POST.get("token", "")[:100],
                    lambda: anew(asked, by=request.user, language=language, now=now),
                )
            if not order(asked, now=now):
                messages.warning(request, gettext("Somebody has decided already: see below."))
            return _to(asked)
        refusals = asked.refusals(now=now)
        has_file = asked.made_at and not asked.ended_at
        kept_back = asked.why_kept_back(now=now) if has_file else None
        counts = {} if asked.made_at else asked.counted()
        on_it = asked.done if asked.made_at else counts.pop("", 0)
        left_out = asked.left_out if asked.made_at else counts
        return self._show(
            request,
            "list",
            title=capfirst(str(asked)),
            original=asked,
            facts=_facts(asked),
            on_it=on_it,
            left_out=[(LeftOut.words(why), count) for why, count in left_out.items()],
            refusals=[why.label for why in refusals.values()],
            has_file=has_file,
            kept_back=kept_back.label if kept_back else "",
            goes_on=asked.goes_on,
            waits_long=waits_long(asked, now=now),
            notice=governing_notice(),
            has_phones=DataCategory.PHONE in asked.told,
            token=new_token(),
            documents=asked.parts.values("name").distinct().count(),
        )

    def file_view(self, request: HttpRequest, key: int) -> HttpResponseBase:
        """The file, if everybody on it may still be used; else it is gone from now on."""
        asked = self._asked_for(request, str(key))
        if not self.has_change_permission(request, asked):
            raise PermissionDenied
        now = timezone.now()
        if why := asked.why_kept_back(now=now):
            CustomerList.objects.filter(pk=asked.pk).end(now=now)
            messages.error(
                request,
                gettext("This list is not given out any more. %(why)s Make it anew.")
                % {"why": why.label},
            )
            return _to(asked)
        parts = list(asked.parts.values_list("name", "file"))
        first = CustomerList.objects.filter(pk=asked.pk, taken_at=None)
        first.update(taken_at=now, taken_by=request.user)
        return _download(asked, parts)

    def numbers_view(self, request: HttpRequest) -> HttpResponse:
        """Numbers without names; one of the tables as a file when its key is asked for."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        notice = governing_notice()
        found = tables(notice) if notice else []
        if key := request.GET.get("csv"):
            table = next((one for one in found if one.key == key), None)
            if table is None:
                raise Http404
            response = HttpResponse(table.as_csv(), content_type=TYPES["csv"])
            return to_save(response, f"{table.key}.csv")
        title = gettext("Numbers without names")
        return self._show(request, "numbers", title=title, tables=found, hidden=HIDDEN)

    def _made_once(
        self, request: HttpRequest, token: str, make: Callable[[], CustomerList]
    ) -> HttpResponse:
        """To the list that `make` makes, or that the same form made before."""
        made, was_before = made_once(token, make)
        if was_before:
            say_it_was_sent(request)
        return HttpResponseRedirect(reverse("admin:register_customerlist_change", args=[made]))

    def _asked_for(self, request: HttpRequest, object_id: str) -> CustomerList:
        asked: CustomerList | None = self.get_object(request, object_id)
        if not self.has_view_permission(request, asked):
            raise PermissionDenied
        if asked is None:
            raise Http404
        return asked

    def _show(self, request: HttpRequest, page: str, **context: Any) -> HttpResponse:
        shown = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/register/customerlist/{page}.html", shown)


def _to(asked: CustomerList) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:register_customerlist_change", args=[asked.pk]))


def _facts(asked: CustomerList) -> list[tuple[str, str]]:
    """What was asked for, in words."""
    columns = ["layout", "purpose", *(["scope"] if asked.scope else [])]
    if asked.recipient:
        columns += ["recipient", "ground"]
    fields: Any = CustomerList._meta
    told = [
        (str(fields.get_field(name).verbose_name), as_words(asked, fields.get_field(name)))
        for name in columns
    ]
    labels = dict(DataCategory.choices)
    data = ", ".join(str(labels[DataCategory(one)]) for one in asked.told)
    return [*told, (gettext("data"), data)]


def _download(asked: CustomerList, parts: Iterable[tuple[str, str]]) -> StreamingHttpResponse:
    """The pieces joined as they are sent; several documents go in one archive."""
    documents: dict[str, list[str]] = {}
    for name, file in parts:
        documents.setdefault(name, []).append(file)
    called = f"{asked.kind}-{asked.pk}"
    if len(documents) == 1:
        ((name, files),) = documents.items()
        content, ending = _decrypted(files), name.rpartition(".")[2]
    else:
        content, ending = (
            zipped((name, _decrypted(some)) for name, some in documents.items()),
            "zip",
        )
    kind = XLSX if ending == ListLayout.XLSX else TYPES[ending]
    response = StreamingHttpResponse(content, content_type=kind)
    return to_save(response, f"{called}.{ending}")


def _decrypted(files: Iterable[str]) -> Iterator[bytes]:
    for name in files:
        with storages["private"].open(name) as file:
            yield file.read()
