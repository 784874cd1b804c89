"""The words of a notice, section by section."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin import RememberedAdmin
from audit.reasons import because
from notices.admin.base import (
    PUBLISH,
    changed_since,
    draft_or_404,
    is_draft,
    lead_to_final,
    page_of,
    show,
)
from notices.admin.places import PlaceForm, delete, move, neighbour, place_of, written_by_hand
from notices.forms import SectionForm
from notices.models import Notice, Section, locked


def place(admin: Any, request: HttpRequest, key: int, position: int) -> HttpResponse:
    """One place of a draft: heading, text and own words, the languages side by side.

    The position after the last one adds a place. What is sent says what to do with the place:
    save it, show how its own words look, move it, or delete it.
    """
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    notice = draft_or_404(request, key)
    if request.method == "POST":
        with transaction.atomic():
            # what is read here stays so until it is written
            return _act(admin, request, locked(notice.pk))
    sections = place_of(notice, position)
    if not sections and position != notice.next_place:
        raise Http404
    return _show(admin, request, PlaceForm(notice=notice, sections=sections))


def _act(admin: Any, request: HttpRequest, notice: Notice) -> HttpResponse:
    sections = _sections_seen(request, notice)
    match request.POST.get("act"):
        case "up" | "down" | "delete" if told := _changed_since(request, notice, sections):
            messages.error(request, told)
            return HttpResponseRedirect(_address(notice, sections[0].position))
        case "look":
            form = PlaceForm(notice=notice, sections=sections)
            form.show_again(request.POST)
            return _show(admin, request, form)
        case "up" | "down" as way if sections:
            position = move(notice, sections[0].position, before=way == "up")
            return HttpResponseRedirect(_address(notice, position))
        case "delete":
            delete(sections)
            messages.success(request, gettext("The section was deleted."))
            return HttpResponseRedirect(page_of(notice))
    form = PlaceForm(request.POST, notice=notice, sections=sections)
    if request.POST.get("section") and not sections:
        told = gettext("Somebody has deleted this section meanwhile. Save again to add it anew.")
        form.add_error(None, told)
    if form.is_valid():
        form.save()
        messages.success(request, gettext("The section was saved."))
        return HttpResponseRedirect(page_of(notice))
    return _show(admin, request, form)


def _changed_since(request: HttpRequest, notice: Notice, sections: list[Section]) -> str:
    return changed_since(request, PlaceForm(notice=notice, sections=sections)) if sections else ""


def _address(notice: Notice, position: int) -> str:
    return reverse("admin:notices_notice_place", args=[notice.pk, position])


def _sections_seen(request: HttpRequest, notice: Notice) -> list[Section]:
    """The place that the page showed, by one of its rows, for it may have moved meanwhile; none
    when it is new, or gone."""
    seen = request.POST.get("section", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 19):
        return []
    section = notice.sections.filter(pk=int(seen)).first()
    return place_of(notice, section.position) if section else []


def _show(admin: Any, request: HttpRequest, form: PlaceForm) -> HttpResponse:
    notice: Notice = form.instance
    sections = list(form.sections.values())
    position = sections[0].position if sections else notice.next_place
    return show(
        admin,
        request,
        "place.html",
        gettext("Change a section") if sections else gettext("Add a section"),
        notice=notice,
        form=form,
        sections=sections,
        may_move_up=bool(sections) and neighbour(notice, position, before=True) is not None,
        may_move_down=bool(sections) and neighbour(notice, position, before=False) is not None,
    )


@admin.register(Section)
class SectionAdmin(RememberedAdmin):
    """One section of a notice; reached from the notice's own page."""

    form = SectionForm
    fields = ("key", "language", "heading", "text", "own_words", "reason")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return (*self.fields, "notice")
        if self.has_change_permission(request, obj):
            return self.fields
        return ("key", "language", "heading", "text", "own_words")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return forms.ModelChoiceField(Notice.objects.drafts(), widget=forms.HiddenInput)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.position = obj.notice.next_place
        super().save_model(request, obj, form, change)
        if change and {"heading", "text"}.intersection(form.changed_data):
            with because(self.reason_for(form)):
                written_by_hand(obj)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method == "POST" and request.user.has_perm(PUBLISH):
            section: Any = self.get_object(request, object_id)
            if section is not None and not is_draft(section.notice):
                return lead_to_final(request, section.notice)
        return super().change_view(request, object_id, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponseRedirect:
        return self.response_post_save_change(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        notice = obj.notice if obj is not None else None
        return is_draft(notice) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        draft = obj is None or is_draft(obj.notice)
        return draft and request.user.has_perm("notices.delete_section")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with because(_("Section deleted")):
            super().delete_model(request, obj)

    def response_delete(
        self, request: HttpRequest, obj_display: str, obj_id: Any
    ) -> HttpResponseRedirect:
        messages.success(request, gettext("Deleted: %(name)s") % {"name": obj_display})
        return HttpResponseRedirect(reverse("admin:notices_notice_changelist"))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:notices_notice_change", args=[obj.notice_id]))
