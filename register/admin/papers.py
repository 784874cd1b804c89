"""Papers: where each is kept, who has it, and that it was shredded (P32, P33)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from audit.admin import RememberedAdmin
from audit.reasons import because
from register.admin.base import OfCustomerAdmin
from register.admin.naming import word
from register.models import CustomerRestricted, Paper, PaperRefused, StoragePlace


class PaperForm(forms.Form):
    """Something that is done with a paper, once it is said."""

    title: str | Promise
    verb: str | Promise
    is_danger = False

    def __init__(self, *args: Any, paper: Paper, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paper, self.by = paper, by

    def save(self) -> None:
        """Do it. Raises `PaperRefused`."""
        raise NotImplementedError


class TakeOutForm(PaperForm):
    """Somebody takes the paper from its place."""

    title = _("The paper is taken out")
    verb = _("Save")

    person: Any = forms.ModelChoiceField(
        label=_("By whom"),
        queryset=None,
        help_text=_("Those who have signed the confidentiality undertaking now in use."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = get_user_model().objects
        self.fields["person"].queryset = people.bound()  # type: ignore[attr-defined]
        self.initial["person"] = self.by.pk

    def save(self) -> None:
        with because(_("Paper taken out")):
            self.paper.take_out(self.cleaned_data["person"], by=self.by, now=timezone.now())


class BringBackForm(PaperForm):
    """It is in its place again."""

    title = _("The paper came back")
    verb = _("It is in its place")

    def save(self) -> None:
        with because(_("Paper brought back")):
            self.paper.bring_back(now=timezone.now())


class ShredForm(PaperForm):
    """It is gone for good."""

    title = _("The paper was shredded")
    verb = _("It has been shredded")
    is_danger = True

    def save(self) -> None:
        with because(_("Paper shredded")):
            self.paper.shred(by=self.by, now=timezone.now())


FORMS: dict[str, type[PaperForm]] = {
    "out": TakeOutForm,
    "back": BringBackForm,
    "shredded": ShredForm,
}


class Whereabouts(admin.SimpleListFilter):
    """Where papers are."""

    title = _("where it is")
    parameter_name = "where"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("handling", _("being handled")),
            ("out", _("taken out")),
            ("kept", _("not shredded")),
            ("to_shred", _("to be shredded")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: Any = queryset
        match self.value():
            case "handling":
                return rows.in_handling()  # type: ignore[no-any-return]
            case "out":
                return rows.out()  # type: ignore[no-any-return]
            case "kept":
                return rows.kept()  # type: ignore[no-any-return]
            case "to_shred":
                return rows.to_shred()  # type: ignore[no-any-return]
        return queryset


@admin.register(StoragePlace)
class StoragePlaceAdmin(RememberedAdmin):
    """Where papers are kept, and how well."""

    list_display = ("name", "is_locked", "is_fireproof", "ended_on")
    fields = ("name", "is_locked", "is_fireproof", "ended_on", "reason")
    search_fields = ("name",)


@admin.register(Paper)
class PaperAdmin(OfCustomerAdmin):
    """Papers of customers, each known by the number that is written on it."""

    list_display = ("__str__", "customer_name", "title", "dated_on", "where", "shredded_at")
    list_select_related = ("customer", "place")
    list_filter = (Whereabouts,)
    fields = ("customer", "title", "dated_on", "place")
    readonly_fields = ("customer_name", "shredded_at", "shredded_by")
    change_form_template = "admin/register/paper/change_form.html"

    @admin.display(description=_("where it is"))
    def where(self, paper: Any) -> str:
        return str(paper.holder or paper.place or "") or gettext("being handled")

    def get_queryset(self, request: HttpRequest) -> Any:
        papers: Any = super().get_queryset(request)
        return papers.with_holder()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == Whereabouts.parameter_name or super().lookup_allowed(
            lookup, value, request
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # a paper does not move to another customer
        own = ("customer",) if obj else ()
        return (*super().get_readonly_fields(request, obj), *own)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = super().get_fields(request, obj)
        if obj is None:
            return fields
        shown = ["customer_name" if name == "customer" else name for name in fields]
        return [*shown, "shredded_at", "shredded_by"] if obj.shredded_at else shown

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_gone = obj is not None and obj.shredded_at
        return not is_gone and super().has_change_permission(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> Any:
        context["loans"] = obj.loans.select_related("taken_by") if obj else ()
        context["loan"] = obj.loan if obj else None
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.info(request, gettext("Write %(number)s on the paper.") % {"number": obj})
        return super().response_add(request, obj, post_url_continue)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path(f"<int:key>/{act}/", view(self.act_view), {"act": act}, f"register_paper_{act}")
            for act in FORMS
        ]
        return [*own, *super().get_urls()]

    def act_view(self, request: HttpRequest, key: int, act: str) -> HttpResponse:
        return _act(request, self, key, FORMS[act])


@require_http_methods(["GET", "HEAD", "POST"])
def _act(
    request: HttpRequest, page: PaperAdmin, key: int, form_class: type[PaperForm]
) -> HttpResponse:
    """GET asks, POST does it and leads back to the paper."""
    paper = page.get_queryset(request).filter(pk=key).first()
    if paper is None:
        raise Http404
    back = HttpResponseRedirect(reverse("admin:register_paper_change", args=[paper.pk]))
    if not page.has_change_permission(request, paper):
        if page.has_change_permission(request) and not paper.customer.erased_at:
            messages.error(request, gettext("This paper has been shredded."))
            return back
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else None
    form = form_class(sent, paper=paper, by=request.user)
    if form.is_valid():
        try:
            form.save()
        except PaperRefused as refused:
            form.add_error(None, str(refused.refusal.label))
        except CustomerRestricted:
            form.add_error(
                None, gettext("The customer's data are restricted: nobody changes them.")
            )
        else:
            messages.success(request, gettext("Stored: %(name)s") % {"name": paper})
            return back
    context = {
        **page.admin_site.each_context(request),
        "title": form.title,
        "opts": page.opts,
        "paper": paper,
        "name": word(request, paper.customer),
        "form": form,
    }
    return TemplateResponse(request, "admin/register/paper/act.html", context)
