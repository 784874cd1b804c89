"""The pages on which customers, orders and invoices are brought in from a file."""

import logging
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from audit.admin import RememberedAdmin
from audit.texts import fault_of
from audit.uploads import MOST_BYTES, in_memory
from notices.models import Notice, governing_notice
from notices.terms import Language
from register.admin.consulting import enter
from register.admin.import_choices import ChoicesForm
from register.forms import source_choices
from register.importing import (
    ColumnMap,
    Headings,
    Kind,
    Table,
    Target,
    UnreadableTable,
    chosen,
    guess,
    open_table,
)
from register.importing.billings import TARGETS
from register.importing.bringing import (
    choose,
    choose_for_all,
    foresee_soon,
    order,
    reading,
    turn_down,
    waits_long,
    was_left,
)
from register.importing.faults import FORBIDDING
from register.importing.mapping import targets_for
from register.importing.matching import asks_for_all
from register.importing.meeting import ranges
from register.importing.reporting import as_csv, noes_by_column, sentence_of, to_look_at
from register.importing.sentences import (
    format_words,
    noes_sentence,
    remark_sentence,
    target_words,
    unreadable_sentence,
    useless_sentence,
    why_sentence,
)
from register.importing.staging import VALUES
from register.importing.targets import REFUSALS
from register.models import Customer, Occasion
from register.models.collection import given_by
from register.models.imports import (
    FORBIDDEN,
    IN_NOTES,
    NEW,
    NOT_KEPT,
    UNCLEAR_NOTES,
    Duplicates,
    Fate,
    Import,
    ImportedRow,
    ImportLine,
)

#: More columns than any list needs can be taken in, and not be sent elsewhere by hand.
MOST_COLUMNS = 200
FIRST_ROWS = 5
#: So many blocks are read before anything is shown: shorter files need no page of progress.
BLOCKS_FIRST = 2
#: Where the page of progress is cut in two.
HERE = "<!-- here -->"
LINES_A_PAGE = 100
#: What a preview shows of orders and invoices besides their number.
VOUCHER = (
    *(Target.ORDERED_ON, Target.DELIVERED_ON, Target.CANCELLED_ON),
    *(Target.DESCRIPTION, Target.QUANTITY, Target.UNIT_PRICE),
    *(Target.INVOICED_ON, Target.DUE_ON, Target.AMOUNT, Target.PAID_ON),
)
#: What of a preview are days.
DAYS = (
    *(Target.ORDERED_ON, Target.DELIVERED_ON, Target.CANCELLED_ON, Target.IP_SEEN_ON),
    *(Target.INVOICED_ON, Target.DUE_ON, Target.PAID_ON),
)
#: The filter of lines that are taken in, and of which something is said.
NOTED = "noted"
#: The filter of lines that say what a row forbids.
FORBIDS = "forbids"

log = logging.getLogger(__name__)


class OtherColumns(Exception):
    """The file that was attached is not the one whose columns stand on the page."""


class FileForm(forms.Form):
    """A file, read under the notice in force; its bytes are kept nowhere."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or vCard, at most 16 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.vcf"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(
                gettext(
                    "The file is larger than 16 MB. Whoever runs the server can bring it in: "
                    "manage.py import_customers."
                )
            )
        return file

    @property
    def says_of_headings(self) -> bool | None:
        """Whether somebody says that the file has a row of headings, or that it has none."""
        return None

    def bring(self, notice: Notice, by: Any) -> Generator[int, None, Import | None]:
        """Gives how many rows have been read, and at its end the file as an import that waits; None
        where nothing of it can be taken in, and then the form says why."""
        file = self.cleaned_data["file"]
        try:
            with open_table(file.file, file.name, has_headings=self.says_of_headings) as table:
                columns, told = self.judged(table, notice)
                if why := useless_sentence(columns, told["source_kind"]):
                    self.add_error("file", why)
                    return None
                bringing = yield from reading(table, columns, notice=notice, by=by, **told)
        except UnreadableTable as error:
            self.add_error("file", unreadable_sentence(error))
            return None
        except OtherColumns:
            self.add_error(
                "file",
                gettext("This file has other columns than those above. Bring it in on its own."),
            )
            return None
        foresee_soon(bringing, now=timezone.now())
        return bringing

    def judged(self, table: Table, notice: Notice) -> tuple[ColumnMap, dict[str, Any]]:
        """Where its columns go, and what else the import is told. Raises `OtherColumns`."""
        raise NotImplementedError


class UploadForm(FileForm):
    """A file that is new here, and where it comes from."""

    #: nothing is chosen beforehand: data from somebody else start a clock (art. 14(3))
    source_kind = forms.ChoiceField(
        label=_("Where from"), choices=lambda: [("", "—"), *source_choices()]
    )
    source_name = forms.CharField(
        label=_("Name of the source"),
        max_length=200,
        required=False,
        help_text=_("Such as “web shop” or the name of a partner."),
    )
    kind = forms.ChoiceField(
        label=_("The rows are"),
        choices=[("", _("what their headings say")), *Kind.choices],
        required=False,
    )

    def clean_source_name(self) -> str:
        name = str(self.cleaned_data["source_name"])
        if why := fault_of(name):
            raise ValidationError(why)
        return name

    def judged(self, table: Table, notice: Notice) -> tuple[ColumnMap, dict[str, Any]]:
        told = {name: self.cleaned_data[name] for name in ("source_kind", "source_name")}
        kind = self.cleaned_data["kind"]
        columns = guess(
            table,
            declared=notice.declared,
            given=given_by(told["source_kind"]),
            kind=Kind(kind) if kind else None,
        )
        return columns, told


class MappingForm(FileForm):
    """The same file again, with its columns sent elsewhere."""

    headings = forms.ChoiceField(
        label=_("The first row"),
        choices=[("yes", _("is the headings")), ("no", _("is a row: the file has no headings"))],
        help_text=_("If you change this, the columns are looked at anew."),
        required=False,
    )
    kind = forms.ChoiceField(label=_("The rows are"), choices=Kind.choices)
    language = forms.ChoiceField(
        label=_("Language of letters to new customers"),
        choices=Language.choices,
        help_text=_("Where a row tells none."),
    )

    def __init__(
        self, bringing: Import, notice: Notice | None, data: Any = None, files: Any = None
    ) -> None:
        self.found = bringing.reading["headings"]
        has_none = self.found in (Headings.NONE, Headings.DENIED)
        told = {
            "kind": bringing.kind,
            "language": bringing.reading["language"],
            "headings": "no" if has_none else "yes",
        }
        super().__init__(data, files, initial=told)
        if bringing.reading["format"] == "vcard":
            del self.fields["headings"]
        self.bringing = bringing
        self.chosen = {
            int(place): Target(target) if target else None
            for place, target in bringing.reading["chosen"].items()
        }
        declared = notice.declared if notice else frozenset()
        offered = targets_for(bringing.kind, declared)
        choices = [("", gettext("leave out")), *((one, target_words(one)) for one in offered)]
        unclear = [(one, target_words(one)) for one in (Target.EITHER_WAY, *REFUSALS)]
        for place, name, target, why in self.columns:
            if not self._is_fixed(place, target):
                self.fields[f"column_{place}"] = forms.ChoiceField(
                    label=name,
                    choices=unclear if target == Target.EITHER_WAY else choices,
                    required=False,
                    initial="" if why else target,
                )

    @property
    def columns(self) -> list[tuple[int, str, str, str]]:
        return [tuple(one) for one in self.bringing.reading["columns"][:MOST_COLUMNS]]

    def _is_fixed(self, place: int, target: str) -> bool:
        """A column that can forbid something cannot be left out, unless somebody made it one."""
        return target in REFUSALS and place not in self.chosen

    @property
    def says_of_headings(self) -> bool | None:
        if self._has_other_headings:
            return bool(self.cleaned_data["headings"] == "yes")
        return {Headings.SAID: True, Headings.DENIED: False}.get(self.found)

    @property
    def _has_other_headings(self) -> bool:
        """Whether the page says otherwise than it said before."""
        said = self.cleaned_data.get("headings")
        return bool(said) and said != self.initial["headings"]

    def judged(self, table: Table, notice: Notice) -> tuple[ColumnMap, dict[str, Any]]:
        if self._has_other_headings:
            return self._judged_anew(table, notice)
        names = {column.place: column.name for column in table.columns}
        if any(names.get(place) != name for place, name, _target, _why in self.columns):
            raise OtherColumns
        sent = {name: self.cleaned_data[name] for name in self.changed_data if name != "file"}
        targets = self.chosen | {
            int(name.removeprefix("column_")): Target(target) if target else None
            for name, target in sent.items()
            if name not in ("kind", "language", "headings")
        }
        columns = chosen(
            table,
            targets,
            declared=notice.declared,
            given=given_by(self.bringing.source_kind),
            kind=Kind(self.cleaned_data["kind"]),
        )
        columns = replace(columns, language=self.cleaned_data["language"])
        told = {name: getattr(self.bringing, name) for name in ("source_kind", "source_name")}
        return columns, {**told, "targets": targets}

    def _judged_anew(self, table: Table, notice: Notice) -> tuple[ColumnMap, dict[str, Any]]:
        """Of columns that have other names now, nothing holds that was chosen."""
        kind = self.cleaned_data["kind"] if "kind" in self.changed_data else None
        columns = guess(
            table,
            declared=notice.declared,
            given=given_by(self.bringing.source_kind),
            kind=Kind(kind) if kind else None,
        )
        if "language" in self.changed_data:
            columns = replace(columns, language=self.cleaned_data["language"])
        return columns, {
            name: getattr(self.bringing, name) for name in ("source_kind", "source_name")
        }

    @property
    def own_fields(self) -> list[Any]:
        names = [name for name in ("headings", "kind", "language", "file") if name in self.fields]
        return [self[name] for name in names]


@admin.register(Import)
class ImportAdmin(RememberedAdmin):
    """What was brought in from files, and what waits."""

    list_display = ("__str__", "begun", "number_of_rows", "state", "source", "by")
    list_display_links = ("__str__",)
    list_select_related = ("brought_by",)
    sortable_by = ()
    change_list_template = "admin/register/import/change_list.html"

    @admin.display(description=_("begun"))
    def begun(self, bringing: Import) -> Any:
        return bringing.begun_at

    @admin.display(description=_("source"))
    def source(self, bringing: Import) -> str:
        return bringing.source

    @admin.display(description=_("brought in by"))
    def by(self, bringing: Import) -> str:
        return bringing.brought_by.name if bringing.brought_by else gettext("the program")

    @admin.display(description=_("Rows"))
    def number_of_rows(self, bringing: Import) -> int:
        return bringing.rows

    @admin.display(description=_("state"))
    def state(self, bringing: Import) -> str:
        return bringing.state

    def get_urls(self) -> list[Any]:
        report = self.admin_site.admin_view(require_safe(self.report_view))
        own = path("<int:key>/report/", report, name="register_import_report")
        return [own, *super().get_urls()]

    @in_memory
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        if not self.has_add_permission(request):
            raise PermissionDenied
        notice = governing_notice()
        form = UploadForm()
        if request.method == "POST" and notice:
            form = UploadForm(request.POST, request.FILES)
            if form.is_valid() and (answer := self._read(request, form, notice)):
                return answer
        title = gettext("Bring customers in from a file")
        return self._show(request, "upload", title=title, form=form, notice=notice)

    @in_memory
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        bringing = self._asked_for(request, object_id)
        notice = governing_notice()
        form = MappingForm(bringing, notice)
        if request.method == "POST":
            if not self.has_change_permission(request, bringing):
                raise PermissionDenied
            if "choose" in request.POST:
                return self._choose(request, bringing)
            if "run" in request.POST or "give_up" in request.POST or notice is None:
                self._decide(request, bringing)
                return _to(bringing)
            form = MappingForm(bringing, notice, request.POST, request.FILES)
            if form.is_valid() and (answer := self._read(request, form, notice, bringing)):
                return answer
        return self._page(request, bringing, notice, form)

    def _read(
        self, request: HttpRequest, form: FileForm, notice: Notice, instead_of: Import | None = None
    ) -> HttpResponseBase | None:
        """The answer to a file: the way to its preview, or for many rows a page that tells how far
        the reading is; None where the form says why nothing can be taken in."""
        steps = _read_anew(form.bring(notice, request.user), instead_of)
        try:
            for _block in range(BLOCKS_FIRST):
                next(steps)
        except StopIteration as end:
            return _to(end.value) if end.value else None
        # rendered before anything is sent: it may still set a cookie
        page = self._show(request, "reading", title=gettext("Reading the file"))
        told = _told(str(page.render().text), form, steps, get_language() or "en")
        # a proxy would hold back what tells of progress
        return StreamingHttpResponse(told, headers={"X-Accel-Buffering": "no"})

    def _asked_for(self, request: HttpRequest, object_id: str) -> Import:
        bringing: Import | None = self.get_object(request, object_id)
        if not self.has_view_permission(request, bringing):
            raise PermissionDenied
        if bringing is None:
            raise Http404
        return bringing

    def _decide(self, request: HttpRequest, bringing: Import) -> None:
        now = timezone.now()
        duplicates = request.POST.get("duplicates", Duplicates.SKIP)
        if "give_up" in request.POST:
            done = turn_down(bringing, now=now)
        elif "looked" not in request.POST and to_look_at(bringing):
            messages.warning(
                request,
                gettext("Look at the columns that hold words of refusal, and say so below."),
            )
            return
        else:
            known = duplicates in Duplicates.values and self._keep_choices(request, bringing)
            done = known and order(bringing, duplicates=duplicates, now=now)
        if not done:
            messages.warning(request, gettext("Somebody has decided already: see below."))

    def _choose(self, request: HttpRequest, bringing: Import) -> HttpResponse:
        """Keeps what was chosen, and goes to the page of choices that was asked for."""
        duplicates = request.POST.get("duplicates", "")
        known = duplicates in Duplicates.values and self._keep_choices(request, bringing)
        if not (known and choose_for_all(bringing, duplicates, now=timezone.now())):
            messages.warning(request, gettext("Somebody has decided already: see below."))
        page = urlencode({"choices": request.POST["choose"]})
        return HttpResponseRedirect(f"{_to(bringing).url}?{page}#choices")

    def _keep_choices(self, request: HttpRequest, bringing: Import) -> bool:
        """Keeps the choices for single rows that came with the page, where there are any."""
        form = self._choices(request, bringing, request.POST.get("page"), request.POST)
        return form is None or (form.is_valid() and choose(bringing, form.choices))

    def _choices(
        self, request: HttpRequest, bringing: Import, page: str | None, data: Any = None
    ) -> ChoicesForm | None:
        """None where there is nothing to choose, and for whoever may see no customers."""
        has_any = bringing.is_waiting and bringing.kind == Kind.CUSTOMERS
        if has_any and request.user.has_perm("register.view_customer"):
            enter(request, Occasion.CHECKING)
            return ChoicesForm(request, bringing, page, data)
        return None

    def _for_all(self, bringing: Import) -> list[Any]:
        """What can be chosen for all rows without a choice of their own, where there are any."""
        has_any = bringing.kind == Kind.CUSTOMERS and asks_for_all(bringing)
        return Duplicates.choices if has_any else []

    def _page(
        self, request: HttpRequest, bringing: Import, notice: Notice | None, form: MappingForm
    ) -> HttpResponse:
        reading = bringing.reading
        lines = _Lines(bringing, request.GET.get("fate", ""), request.GET.get("page"))
        return self._show(
            request,
            "preview",
            title=capfirst(str(bringing)),
            original=bringing,
            form=form,
            columns=_columns(form, with_fields=bringing.is_waiting),
            read_as=format_words(reading),
            language=Language(reading["language"]).label,
            more_columns=max(0, len(reading["columns"]) - MOST_COLUMNS),
            remarks=[remark_sentence(code, value) for code, value in reading["remarks"]],
            is_current=notice is not None and notice.pk == bringing.notice_id,
            fates=_fates(bringing),
            new=bringing.counts.get(NEW, 0),
            forbidden=bringing.counts.get(FORBIDDEN, 0),
            not_kept=bringing.counts.get(NOT_KEPT, 0),
            in_notes=bringing.counts.get(IN_NOTES, 0),
            unclear_notes=bringing.counts.get(UNCLEAR_NOTES, 0),
            to_look_at=to_look_at(bringing),
            noes=[noes_sentence(*one) for one in noes_by_column(bringing)],
            choices=self._choices(request, bringing, request.GET.get("choices")),
            duplicates=self._for_all(bringing),
            first=_first_rows(bringing),
            lines=lines,
            goes_on=not bringing.is_waiting and not bringing.is_over,
            waits_long=waits_long(bringing, now=timezone.now()),
            was_left=was_left(bringing, now=timezone.now()),
        )

    def report_view(self, request: HttpRequest, key: int) -> StreamingHttpResponse:
        """The report as a file; what is said in it names lines and columns, never a value."""
        bringing = self._asked_for(request, str(key))
        return StreamingHttpResponse(
            as_csv(bringing, get_language() or "en"),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="import-{bringing.pk}.csv"'},
        )

    def _show(self, request: HttpRequest, page: str, **context: Any) -> TemplateResponse:
        shown = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/register/import/{page}.html", shown)


def _read_anew(
    steps: Generator[int, None, Import | None], instead_of: Import | None
) -> Generator[int, None, Import | None]:
    """`steps`, after which what was read takes the place of `instead_of`."""
    bringing = yield from steps
    if bringing and instead_of:
        turn_down(instead_of, now=timezone.now())
    return bringing


def _told(
    page: str, form: FileForm, steps: Generator[int, None, Import | None], language: str
) -> Iterator[str]:
    """`page`, with how far `steps` are where `HERE` stands, and at their end where to go on.

    Whoever leaves ends the reading: nothing of the file is left then.
    """
    before, _here, after = page.partition(HERE)
    yield before
    with closing(steps), translation.override(language):
        bringing = None
        try:
            while True:
                told = {"rows": next(steps)}
                yield render_to_string("admin/register/import/read.html", told)
        except StopIteration as end:
            bringing = end.value
        except Exception as error:
            # the answer has begun, so the page for faults comes too late
            log.error("reading a file failed: %s", type(error).__name__)
        ended: dict[str, Any] = {"bringing": bringing, "why": form.errors.get("file", [])}
        yield render_to_string("admin/register/import/ended.html", ended)
    yield after


def _to(bringing: Import) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:register_import_change", args=[bringing.pk]))


def _fates(bringing: Import) -> list[tuple[str, int]]:
    """How many rows have which fate, in words; nothing before that is known."""
    return [(bringing.says(fate), bringing.counts.get(fate, 0)) for fate in Fate if bringing.counts]


def _columns(form: MappingForm, *, with_fields: bool) -> list[dict[str, Any]]:
    """Each column as the page shows it: its name, where it goes, and why it is left out."""
    return [
        {
            "name": name,
            "field": form[f"column_{place}"]
            if with_fields and f"column_{place}" in form.fields
            else None,
            "goes_to": "" if why else target_words(target),
            "why": why_sentence(why) if why else "",
        }
        for place, name, target, why in form.columns
    ]


def _first_rows(bringing: Import) -> dict[str, Any]:
    """The first rows as they would be kept, with the columns that any of them fills."""
    first = next(ranges(bringing, 4 * FIRST_ROWS), bringing.staged.none())
    taken = first.filter(is_beside=False, fate__in=(Fate.STORED, Fate.MERGED))
    rows = taken.select_related("organisation").order_by("pk")[:FIRST_ROWS]
    fields: Any = Customer._meta
    words: dict[str, Any] = {
        "number": _("number"),
        **{name: target_words(name) for name in VOUCHER},
        **{name: fields.get_field(name).verbose_name for name in VALUES},
        **{name: target_words(name) for name in TARGETS.values()},
    }
    told = [vars(row) | (row.voucher or {}) | _of_organisation(row) for row in rows]
    shown = {name: word for name, word in words.items() if any(one.get(name) for one in told)}
    return {
        "headings": shown.values(),
        "rows": [
            (one["line"], [(word, _shown(name, one.get(name))) for name, word in shown.items()])
            for one in told
        ],
    }


def _shown(name: str, value: Any) -> str:
    """A value as the reader writes days and numbers; vouchers hold them as programs do."""
    if not value:
        return ""
    if name in DAYS:
        day = value if isinstance(value, date) else date.fromisoformat(value)
        return date_format(day, "SHORT_DATE_FORMAT")
    if name in (Target.UNIT_PRICE, Target.AMOUNT):
        return number_format(Decimal(value), 2)
    return number_format(Decimal(value)) if name == Target.QUANTITY else str(value)


def _of_organisation(row: ImportedRow) -> dict[str, str]:
    """What stands in the row that a person's organisation has of its own, if it is a person's."""
    own = row.organisation or row
    bill = {str(TARGETS[name]): value for name, value in (own.billing or {}).items()}
    return {"organisation_name": own.organisation_name, **bill}


class _Lines:
    """What is said of the lines with one fate, page by page; those at fault come first."""

    def __init__(self, bringing: Import, fate: str, page: str | None) -> None:
        rows = ImportLine.objects.filter(bringing=bringing).order_by("line", "pk")
        found = {
            Fate.REFUSED.value: rows.filter(fate=Fate.REFUSED),
            Fate.SKIPPED.value: rows.filter(fate=Fate.SKIPPED),
            Fate.MERGED.value: rows.filter(fate=Fate.MERGED),
            FORBIDS: rows.filter(fate="", code__in=FORBIDDING),
            NOTED: rows.filter(fate="").exclude(code__in=FORBIDDING),
        }
        words = {
            **{one.value: bringing.says(one) for one in Fate},
            **{FORBIDS: gettext("prohibitions"), NOTED: gettext("noted")},
        }
        counts = {name: lines.count() for name, lines in found.items()}
        self.tabs = [(name, words[name], count) for name, count in counts.items() if count]
        offered = [name for name, _words, _count in self.tabs]
        self.chosen = fate if fate in offered else next(iter(offered), "")
        self.page = Paginator(found.get(self.chosen, rows.none()), LINES_A_PAGE).get_page(page)
        self.rows = [(row.line, sentence_of(row, bringing.kind)) for row in self.page]
