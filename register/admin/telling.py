"""Whom to tell: those who must be told of data from others, and those not given the notice."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Max, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.once import SentBefore, once
from audit.reasons import because
from notices.models import Notice
from register.admin.consulting import enter, listed
from register.admin.sayings import SayingForm, not_before, say_it_was_sent
from register.forms import REFERENCE
from register.models import Customer, CustomerErased, NoticeGiven, Occasion, Restriction
from register.models.customers import CustomerQuerySet

A_PAGE = 50
#: So many are recorded at one press; who is left stands on the list for the next.
MOST_AT_ONCE = 5_000


class Whom(models.TextChoices):
    """The two lists of people to be told."""

    DUTIES = "duties", _("To be told of data from others")
    UNTOLD = "untold", _("Not given the notice in force")

    def customers(self, notice: Notice) -> CustomerQuerySet:
        """Who stands on the list, in its order."""
        if self == Whom.DUTIES:
            return Customer.objects.to_inform()
        return Customer.objects.untold(notice).order_by("pk")

    def after(self, found: CustomerQuerySet, last: Customer) -> CustomerQuerySet:
        """Those of `found` who come after `last`."""
        if self == Whom.UNTOLD:
            return found.filter(pk__gt=last.pk)
        day = last.information_duty.inform_by_on
        return found.filter(
            Q(information_duty__inform_by_on__gt=day)
            | Q(information_duty__inform_by_on=day, pk__gt=last.pk)
        )


class EverybodyForm(SayingForm):
    """How and when several were told."""

    def clean_on(self) -> date:
        return not_before(self.notice, super().clean_on())


def telling_view(page: Any, request: HttpRequest) -> HttpResponse:
    """GET shows a list, POST records that those chosen, or all on it, were given the notice."""
    if not page.has_view_permission(request):
        raise PermissionDenied
    enter(request, Occasion.TELLING)
    notice = page.notice(request)
    whom = _list_asked_for(request)
    form = EverybodyForm(notice=notice)
    if request.method == "POST":
        if notice is None or not page.has_change_permission(request):
            raise PermissionDenied
        form = EverybodyForm(request.POST, notice=notice)
        if form.is_valid():
            return _record(request, whom, form)
    rows = _rows(request, whom, notice) if notice else []
    listed(request, rows[:A_PAGE])
    context = {
        **page.admin_site.each_context(request),
        "title": gettext("Whom to tell"),
        "opts": page.opts,
        "notice": notice,
        "lists": [(one, one == whom) for one in Whom],
        "whom": whom,
        "rows": rows[:A_PAGE],
        "next": rows[A_PAGE - 1].reference if len(rows) > A_PAGE else "",
        "all_chosen": "all" in request.GET,
        "chosen": request.POST.getlist("customer"),
        "today": timezone.localdate(),
        "form": form,
        "may_record": page.has_change_permission(request),
    }
    return TemplateResponse(request, "admin/register/customer/telling.html", context)


def _list_asked_for(request: HttpRequest) -> Whom:
    asked_for = request.GET.get("list", "")
    return Whom(asked_for) if asked_for in Whom.values else Whom.DUTIES


def _rows(request: HttpRequest, whom: Whom, notice: Notice) -> list[Customer]:
    """A page of the list and one more, each with the newest version that the customer was given."""
    found = whom.customers(notice).select_related("information_duty")
    after = request.GET.get("after", "")
    if REFERENCE.fullmatch(after) and (
        last := found.order_by().filter(reference=after).first()
        if whom == Whom.DUTIES
        else Customer.objects.filter(reference=after).first()
    ):
        found = whom.after(found, last)
    given = NoticeGiven.objects.filter(customer=OuterRef("pk")).order_by().values("customer")
    newest = given.annotate(newest=Max("notice__version")).values("newest")
    shown = list(found.annotate(told_version=Subquery(newest))[: A_PAGE + 1])
    Restriction.objects.mask(shown)
    return shown


def _record(request: HttpRequest, whom: Whom, form: EverybodyForm) -> HttpResponse:
    customers = whom.customers(form.notice)
    if "everybody" not in request.POST:
        chosen = [one for one in request.POST.getlist("customer") if REFERENCE.fullmatch(one)]
        customers = customers.filter(reference__in=chosen[:A_PAGE])
    keys = customers.values_list("pk", flat=True)[: MOST_AT_ONCE + 1]
    told = list(keys)
    try:
        with because(_("Told of the privacy notice")), once(form.cleaned_data["token"]):
            NoticeGiven.objects.record(told[:MOST_AT_ONCE], notice=form.notice, **form.said())
    except SentBefore:
        say_it_was_sent(request)
        return HttpResponseRedirect(f"{request.path}?list={whom}")
    except CustomerErased:
        messages.error(request, gettext("One of them was erased meanwhile. Look at the list."))
        return HttpResponseRedirect(request.get_full_path())
    count = min(len(told), MOST_AT_ONCE)
    if not count:
        messages.error(request, gettext("Choose whom you have told."))
    else:
        messages.success(
            request,
            ngettext(
                "%(count)s customer is recorded as told.",
                "%(count)s customers are recorded as told.",
                count,
            )
            % {"count": count},
        )
    if len(told) > MOST_AT_ONCE:
        messages.warning(request, gettext("There are more. Press again to go on."))
    return HttpResponseRedirect(f"{request.path}?list={whom}")
