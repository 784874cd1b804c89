"""Staff pages of the notice: read any version, edit a draft, put it in force."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import RememberedAdmin
from audit.reasons import because
from notices.drafts import gaps, holds_more_message, missing_message, next_draft
from notices.forms import ClauseForm, LanguagesForm, ReadForm, SectionForm
from notices.models import (
    AnotherCameFirst,
    Clause,
    Notice,
    NoticeIsFinal,
    RegisterHoldsMore,
    Section,
)
from notices.terms import Language

MOST_UNPLACED = 50


class ClauseInline(admin.StackedInline[Clause, Notice]):
    """What the notice promises, in the words that the program obeys."""

    model = Clause
    form = ClauseForm
    # read in the table below, opened to be changed
    classes = ("collapse",)
    fields = (("promise", "legal_basis"), "words", ("called", "years", "months"), "ways")
    extra = 0


def _is_draft(notice: Notice | None) -> bool:
    return notice is None or notice.version is None


@admin.register(Notice)
class NoticeAdmin(RememberedAdmin):
    """Every version of the notice; a draft can be changed and put in force."""

    form = LanguagesForm
    list_display = ("__str__", "state", "drawn_up_on", "updated_on")
    fields = (
        "register_name",
        ("drawn_up_on", "updated_on"),
        ("languages", "request_languages"),
        ("controller_name", "controller_address"),
        ("controller_phone", "controller_email"),
        ("contact_name", "contact_phone", "contact_email"),
        "reason",
    )
    inlines = (ClauseInline,)
    change_form_template = "admin/notices/notice/change_form.html"

    @admin.display(description=_("state"))
    def state(self, notice: Notice) -> str:
        if notice.version is None:
            return gettext("draft")
        return gettext("superseded") if notice.superseded_at else gettext("in force")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj):
            return self.fields
        shown = [name for name in self.fields if name != "reason"]
        return ["language_names" if "languages" in name else name for name in shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("language_names",)

    @admin.display(description=_("languages"))
    def language_names(self, notice: Notice) -> str:
        return ", ".join(str(Language(code).label) for code in notice.languages)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Clauses are edited in a draft; a reader sees them as a table."""
        return self.inlines if self.has_change_permission(request, obj) else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        code = "notices.delete_notice"
        return obj is not None and _is_draft(obj) and request.user.has_perm(code)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with because(gettext("Draft deleted")):
            super().delete_model(request, obj)

    def get_urls(self) -> Any:
        admin_view = self.admin_site.admin_view
        adopt, read = admin_view(self.adopt_view), admin_view(self.read_view)
        copy = admin_view(self.copy_view)
        return [
            path("read/", read, name="notices_notice_read"),
            path("<path:object_id>/adopt/", adopt, name="notices_notice_adopt"),
            path("<path:object_id>/copy/", copy, name="notices_notice_copy"),
            *super().get_urls(),
        ]

    def read_view(self, request: HttpRequest) -> HttpResponse:
        """Read a firm's existing notice from a file or from pasted text, as a draft."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        posted = request.method == "POST"
        form = ReadForm(request.POST, request.FILES) if posted else ReadForm()
        if posted and form.is_valid() and (notice := form.save()):
            messages.success(request, gettext("The notice was read. Check it here."))
            for line in form.reading.unplaced[:MOST_UNPLACED]:
                messages.warning(request, gettext("Found no place: %(line)s") % {"line": line})
            return HttpResponseRedirect(reverse("admin:notices_notice_change", args=[notice.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Read an existing notice"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/notices/notice/read.html", context)

    def copy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Begin the next version with a draft that says what this notice says."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        before = self.get_object(request, object_id)
        if before is None:
            raise Http404
        name = str(before)
        draft = next_draft(before, reason=gettext("Copied from: %(name)s") % {"name": name})
        messages.success(request, gettext("The draft says what the notice says. Change it here."))
        return HttpResponseRedirect(reverse("admin:notices_notice_change", args=[draft.pk]))

    def adopt_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put a draft in force as it stands: GET shows what will happen, POST does it."""
        notice = self.get_object(request, object_id)
        if not request.user.has_perm("notices.publish_notice"):
            raise PermissionDenied
        notice = get_object_or_404(Notice.objects.drafts(), pk=notice and notice.pk)
        if request.method == "POST":
            return self._adopt(request, notice)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Put in force"),
            "opts": self.opts,
            "notice": notice,
            "missing": missing_message(notice.missing()) if notice.missing() else "",
            "before": Notice.objects.in_force(),
            "gaps": gaps(notice),
        }
        return TemplateResponse(request, "admin/notices/notice/adopt.html", context)

    def _adopt(self, request: HttpRequest, notice: Notice) -> HttpResponse:
        page = reverse("admin:notices_notice_change", args=[notice.pk])
        if missing := notice.missing():
            messages.error(request, missing_message(missing))
            return HttpResponseRedirect(page)
        try:
            notice.adopt(now=timezone.now())
        except RegisterHoldsMore as error:
            messages.error(request, holds_more_message(error))
        except (AnotherCameFirst, NoticeIsFinal):
            messages.error(request, gettext("Another notice was put in force at the same moment."))
        else:
            messages.success(request, gettext("The notice is in force."))
        return HttpResponseRedirect(page)


@admin.register(Section)
class SectionAdmin(RememberedAdmin):
    """One section of a notice; reached from the notice's own page."""

    form = SectionForm
    fields = ("key", "language", "heading", "text", "reason")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return (*self.fields, "notice")
        if self.has_change_permission(request, obj):
            return self.fields
        return ("key", "language", "heading", "text")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return forms.ModelChoiceField(Notice.objects.drafts(), widget=forms.HiddenInput)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.position = obj.notice.next_place
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponseRedirect:
        return self.response_post_save_change(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        notice = obj.notice if obj is not None else None
        return _is_draft(notice) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        draft = obj is None or _is_draft(obj.notice)
        return draft and request.user.has_perm("notices.delete_section")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with because(gettext("Section deleted")):
            super().delete_model(request, obj)

    def response_delete(
        self, request: HttpRequest, obj_display: str, obj_id: Any
    ) -> HttpResponseRedirect:
        messages.success(request, gettext("Deleted: %(name)s") % {"name": obj_display})
        return HttpResponseRedirect(reverse("admin:notices_notice_changelist"))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:notices_notice_change", args=[obj.notice_id]))
