"""A single clause of a draft, for what the steps do not ask: its own words, its own ways."""

from typing import Any

from django.contrib import messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from notices.admin.base import changed_since, draft_or_404, page_of, show
from notices.admin.writing import follow
from notices.forms import ClauseForm
from notices.models import Clause


def change(admin: Any, request: HttpRequest, key: int, clause: int) -> HttpResponse:
    """Change or delete the clause with the key `clause` of a draft; 0 adds one."""
    notice = draft_or_404(request, key)
    row = get_object_or_404(notice.clauses, pk=clause) if clause else Clause(notice=notice)
    form = ClauseForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST":
        if "delete" in request.POST and clause:
            if told := changed_since(request, form):
                messages.error(request, told)
                return HttpResponseRedirect(request.path)
            _delete(row)
            messages.success(request, gettext("The clause was deleted."))
            return HttpResponseRedirect(page_of(notice))
        if form.is_valid():
            _save(form)
            messages.success(request, gettext("The clause was saved."))
            return HttpResponseRedirect(page_of(notice))
    title = gettext("Change a clause") if clause else gettext("Add a clause")
    return show(
        admin, request, "clauses_one.html", title, notice=notice, form=form, is_new=not clause
    )


def _save(form: ClauseForm) -> None:
    reason, row = form.cleaned_data["reason"], form.instance
    with transaction.atomic(), because(reason):
        if row.pk is None:
            last = row.notice.clauses.aggregate(last=models.Max("position"))["last"]
            row.position = 0 if last is None else last + 1
        form.save()
        follow(row.notice, reason=reason)


def _delete(row: Clause) -> None:
    reason = _("Clause deleted")
    with transaction.atomic(), because(reason):
        row.delete()
        follow(row.notice, reason=reason)
