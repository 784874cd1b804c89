"""Staff pages of the notice: every version of it, and the page of each act on a draft."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import RememberedAdmin
from audit.reasons import because
from notices.admin import checking, clauses, force, preview, reading, sections, writing
from notices.admin.base import PUBLISH, View, is_draft, lead_to_final, told_when_final
from notices.forms import LanguagesForm
from notices.models import Notice
from notices.terms import Language

#: The pages of the acts: name, address, view.
PAGES: tuple[tuple[str, str, View], ...] = (
    ("read", "read/", reading.read),
    ("write", "write/", writing.write_first),
    ("copy", "<int:key>/copy/", reading.copy),
    ("clauses", "<int:key>/clauses/", writing.write_clauses),
    ("clause", "<int:key>/clauses/<int:clause>/", clauses.change),
    ("place", "<int:key>/sections/<int:position>/", sections.place),
    ("check", "<int:key>/check/", checking.findings),
    ("finding", "<int:key>/check/<slug:finding>/", checking.finding),
    ("preview", "<int:key>/preview/<slug:language>/", preview.preview),
    ("adopt", "<int:key>/adopt/", force.adopt_view),
    ("publish", "<int:key>/publish/", force.publish_view),
)


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

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        writing.follow(form.instance, reason=self.reason_for(form))

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method == "POST" and request.user.has_perm(PUBLISH):
            notice: Any = self.get_object(request, object_id)
            if not is_draft(notice):
                return lead_to_final(request, notice)
        return super().change_view(request, object_id, *args, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        code = "notices.delete_notice"
        return obj is not None and is_draft(obj) and request.user.has_perm(code)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with because(_("Draft deleted")):
            super().delete_model(request, obj)

    def get_urls(self) -> Any:
        def own(view: View) -> Any:
            return self.admin_site.admin_view(partial(told_when_final(view), self))

        return [
            *(
                path(address, own(view), name=f"notices_notice_{name}")
                for name, address, view in PAGES
            ),
            *super().get_urls(),
        ]
