"""How long data are kept: the runs of retention, and decisions that keep somebody longer."""

from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from audit.admin import RememberedAdmin
from audit.reasons import because
from audit.texts import fault_of
from register.admin.consulting import enter
from register.admin.naming import read
from register.admin.sayings import OfOne
from register.models import Customer, Hold, HoldKind, Occasion, RetentionRun
from register.retention import (
    blocked,
    data_due,
    due_by_branch,
    rules_of,
    say_yes,
    some_data_due,
    whole,
)

MOST_SHOWN = 20


@admin.register(RetentionRun)
class RetentionRunAdmin(RememberedAdmin):
    """What retention did, and the yes that a run may wait for (D02r)."""

    list_display = ("__str__", "due", "erased", "emptied", "blocked", "is_waiting")
    fields = (
        "today_on",
        "notice",
        "due",
        "erased",
        "emptied",
        "blocked",
        "begun_at",
        "confirmed_by",
        "confirmed_at",
        "ended_at",
    )
    change_form_template = "admin/register/retentionrun/change_form.html"

    @admin.display(description=_("waits for a yes"), boolean=True)
    def is_waiting(self, run: RetentionRun) -> bool:
        return run.is_asking

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> Any:
        confirm = path(
            "<int:key>/confirm/",
            self.admin_site.admin_view(require_POST(self.confirm_view)),
            name="register_retentionrun_confirm",
        )
        return [confirm, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        context = {}
        if isinstance(run, RetentionRun) and not run.ended_at and self.has_view_permission(request):
            enter(request, Occasion.CHECKING)
            context = _look(request, run)
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def confirm_view(self, request: HttpRequest, key: int) -> HttpResponse:
        if not request.user.has_perm("register.confirm_retentionrun"):
            raise PermissionDenied
        run = RetentionRun.objects.filter(pk=key).first()
        if run is None:
            raise Http404
        if say_yes(run, by=request.user, now=timezone.now()):
            messages.success(request, gettext("They are being erased now."))
        else:
            messages.error(request, gettext("Somebody else has said yes already."))
        return HttpResponseRedirect(reverse("admin:register_retentionrun_change", args=[run.pk]))


def _look(request: HttpRequest, run: RetentionRun) -> dict[str, Any]:
    """A few of those who are due, and of those who are kept all the same, with the reasons."""
    parts = due_by_branch(whole(rules_of(run.notice)), run.today_on)
    keys = [key for _column, rows in parts for (key,) in rows.values_list("customer")[:MOST_SHOWN]]
    of_data = data_due(run.notice, run.today_on) if run.is_asking else {}
    some_due = list(Customer.objects.filter(pk__in=keys[:MOST_SHOWN]).order_by("pk"))
    some_data = [
        (category.label, list(Customer.objects.filter(pk__in=some[:MOST_SHOWN]).order_by("pk")))
        for category, some in some_data_due(run.notice, run.today_on)
    ]
    some_kept = list(islice(blocked(run.notice, run.today_on, most=MOST_SHOWN), MOST_SHOWN))
    shown = [*some_due, *(one for _what, some in some_data for one in some)]
    told = read(request, [*shown, *(one for one, _reasons in some_kept)])
    return {
        "data_due": [(category.label, len(keys)) for category, keys in of_data.items()],
        "some_due": [(one.reference, told[one.pk]) for one in some_due],
        "some_data": [
            (what, [(one.reference, told[one.pk]) for one in some]) for what, some in some_data
        ],
        "some_kept": [(one.reference, told[one.pk], reasons) for one, reasons in some_kept],
    }


class HoldForm(OfOne):
    """That data are needed for a legal claim: why, and when that is looked at again (E02, D02r)."""

    title = _("The data are needed for a legal claim")
    verb = _("Save")

    channel = None  # type: ignore[assignment]
    on = None  # type: ignore[assignment]
    reason = forms.CharField(
        label=_("Why the data are needed"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=Hold._meta.get_field("reason").help_text,
    )
    review_on = forms.DateField(
        label=_("Looked at again on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"])
        if why := next(filter(None, map(fault_of, reason.splitlines())), ""):
            raise ValidationError(why)
        return reason

    def clean_review_on(self) -> Any:
        day = self.cleaned_data["review_on"]
        if day <= timezone.localdate():
            raise ValidationError(gettext("Give a day that is still to come."))
        return day

    def save(self) -> None:
        with because(_("Needed for a legal claim")):
            Hold(
                customer=self.customer,
                kind=HoldKind.LEGAL_CLAIM,
                begun_on=timezone.localdate(),
                reason=self.cleaned_data["reason"],
                review_on=self.cleaned_data["review_on"],
            ).save()


class HoldEndForm(OfOne):
    """That data are needed for a claim no longer."""

    title = _("The data are needed for the claim no longer")
    verb = _("Save")

    channel = None  # type: ignore[assignment]
    on = None  # type: ignore[assignment]
    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("Stays in the history beside your name.")
    )

    def __init__(self, *args: Any, hold: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        claims = self.customer.holds.holding().filter(kind=HoldKind.LEGAL_CLAIM)
        self.hold = get_object_or_404(claims, pk=hold)

    def clean_reason(self) -> str:
        if why := fault_of(self.cleaned_data["reason"]):
            raise ValidationError(why)
        return str(self.cleaned_data["reason"])

    def save(self) -> None:
        with because(self.cleaned_data["reason"]):
            self.hold.end(today=timezone.localdate())
