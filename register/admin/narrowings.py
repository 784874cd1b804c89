"""Emptying what the next notice drops: what it would do, then how far it is (V07)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import RememberedAdmin
from audit.history import as_words
from audit.once import OnceForm, made_once
from audit.reasons import because
from audit.texts import fault_of
from notices.models import Notice, governing_notice
from notices.publishing import narrowed
from notices.terms import DataCategory
from register.admin.sayings import say_it_was_sent
from register.models import Narrowing
from register.narrowing import begin, dropped_by, holders, is_there_more, kept_of


class NarrowingForm(OnceForm):
    """Why the data go."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("Stays in the history beside your name.")
    )

    def clean_reason(self) -> str:
        if why := fault_of(self.cleaned_data["reason"]):
            raise ValidationError(why)
        return str(self.cleaned_data["reason"])


@admin.register(Narrowing)
class NarrowingAdmin(RememberedAdmin):
    """What was emptied for a narrower notice, and how far that is."""

    list_display = ("__str__", "data", "people", "done", "emptied", "kept", "ended_at")
    fields = ("data", "asked_by", "asked_at", "people", "done", "emptied", "kept", "ended_at")
    readonly_fields = ("data",)
    change_form_template = "admin/register/narrowing/change_form.html"

    @admin.display(description=_("data"))
    def data(self, one: Narrowing) -> str:
        return as_words(one, Narrowing._meta.get_field("categories"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        one = self.get_object(request, object_id)
        context = {}
        if isinstance(one, Narrowing) and one.ended_at:
            categories = [DataCategory(value) for value in one.categories]
            notice = governing_notice()
            context = {
                "is_there_more": is_there_more(categories),
                "is_in_force": notice is not None and notice.declared.isdisjoint(categories),
                "still_kept": kept_of(categories),
            }
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """GET shows what would go, POST lets the worker empty it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        drafts = Notice.objects.filter(version=None).order_by("-pk")
        if chosen := request.GET.get("notice"):
            drafts = drafts.filter(pk=_key(chosen))
        draft, governing = drafts.first(), governing_notice()
        if draft is None and chosen:
            raise Http404
        if draft is None:
            messages.info(
                request, gettext("There is no draft of a notice that could drop anything.")
            )
            return HttpResponseRedirect(reverse("admin:notices_notice_changelist"))
        categories = dropped_by(draft, governing) if governing else []
        sent = request.POST if request.method == "POST" else None
        form = NarrowingForm(sent)
        if categories and form.is_valid():
            return self._begin(request, form, categories)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Empty what the new notice drops"),
            "opts": self.opts,
            "form": form,
            "notice": draft,
            "found": narrowed(draft),
            "people": holders(categories).count(),
            "kept": kept_of(categories),
        }
        return TemplateResponse(request, "admin/register/narrowing/ask.html", context)

    def _begin(
        self, request: HttpRequest, form: NarrowingForm, categories: list[DataCategory]
    ) -> HttpResponse:
        with because(form.cleaned_data["reason"]):
            made, was_before = made_once(
                form.cleaned_data["token"],
                lambda: begin(categories, by=request.user, now=timezone.now()),
            )
        if was_before:
            say_it_was_sent(request)
        return HttpResponseRedirect(reverse("admin:register_narrowing_change", args=[made]))


def _key(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
