"""What the pages of the notice share: whose draft it is, and the frame of a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from audit.admin import ReasonForm
from notices.models import Notice, NoticeIsFinal

View: TypeAlias = Callable[..., HttpResponse]
PUBLISH = "notices.publish_notice"


def is_draft(notice: Notice | None) -> bool:
    return notice is None or notice.version is None


def draft_or_404(request: HttpRequest, key: int) -> Notice:
    """The draft that `request` is about to change; refuses whoever may not write notices.

    Raises `NoticeIsFinal` for one that has come into force, which `told_when_final` answers.
    """
    if not request.user.has_perm(PUBLISH):
        raise PermissionDenied
    notice = get_object_or_404(Notice, pk=key)
    if notice.version is not None:
        raise NoticeIsFinal(notice.version)
    return notice


def told_when_final(view: View) -> View:
    """`view` (admin, request, key, ...) of a draft, which may come into force under an open page
    of it (V02): whoever is late is told so on the page of the notice, and how to go on."""

    @wraps(view)
    def answer(admin: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(admin, request, *args, **kwargs)
        except NoticeIsFinal:
            return lead_to_final(request, Notice.objects.get(pk=kwargs["key"]))

    return answer


def lead_to_final(request: HttpRequest, notice: Notice) -> HttpResponse:
    """To the page of a notice that came into force meanwhile, with what that means."""
    messages.error(
        request,
        gettext(
            "The notice has come into force meanwhile, so it cannot be changed: nothing was saved. "
            "To change it, press “Copy as a draft”."
        ),
    )
    return HttpResponseRedirect(page_of(notice))


def page_of(notice: Notice) -> str:
    """The address of a notice's own page."""
    return reverse("admin:notices_notice_change", args=[notice.pk])


def changed_since(request: HttpRequest, form: ReasonForm) -> str:
    """Who changed what a page shows after it was opened, in a sentence; "" when nobody did.

    For acts without a form to correct: nobody deletes or moves what they have not seen.
    """
    newest = form.newest
    if newest is None or request.POST.get("seen") == newest.history_date.isoformat():
        return ""
    return gettext(
        "%(who)s changed this on %(when)s, after you had opened it. Nothing was done: look at it "
        "first."
    ) % {
        "who": newest.history_user.name if newest.history_user else gettext("the program"),
        "when": date_format(localtime(newest.history_date), "SHORT_DATETIME_FORMAT"),
    }


def show(
    admin: "ModelAdmin[Any]", request: HttpRequest, template: str, title: str, **context: Any
) -> HttpResponse:
    """One of our pages within the staff site; `template` lies in templates/admin/notices/notice."""
    shown = {
        **admin.admin_site.each_context(request),
        "title": title,
        "opts": admin.opts,
        **context,
    }
    return TemplateResponse(request, f"admin/notices/notice/{template}", shown)
