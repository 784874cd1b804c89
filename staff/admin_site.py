from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit.admin import RememberedAdmin
from staff.typed import TYPED
from staff.views import ask_to_sign_in, forms_only, sign_undertaking

#: Sign-in is allauth's, no row of ours has a page on another site, and suggestions while one
#: types would put names of customers into addresses.
LEFT_OUT = frozenset({"autocomplete", "password_change", "password_change_done", "view_on_site"})


class SelosteAdminSite(AdminSite):
    """The staff site: opens to people who have signed the confidentiality undertaking (P37)."""

    site_title = "Seloste"
    site_header = "Seloste"
    index_title = _("Register")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        page = forms_only(super().admin_view(view, cacheable))

        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            if not request.user.has_signed():
                return ask_for_signature(request)
            if request.method == "POST":
                request.session.pop(TYPED, None)
            response: HttpResponseBase = page(request, *args, **kwargs)
            return response

        return update_wrapper(gate, view)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [
            path("undertaking/", sign_undertaking, name="undertaking"),
            *(url for url in super().get_urls() if getattr(url, "name", "") not in LEFT_OUT),
        ]

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Pages of our own kind only: those of the libraries would write no history."""
        if admin_class is not None and issubclass(admin_class, RememberedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The menu, in which each page goes by the name that it gives itself."""
        apps = super().get_app_list(request, app_label)
        for model in (model for app in apps for model in app["models"]):
            page: Any = self._registry[model["model"]]
            model["name"] = capfirst(page.named(request).verbose_name_plural)
        return apps

    @method_decorator(forms_only)
    def login(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        return redirect("account_login")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        return redirect("account_logout")


def ask_for_signature(request: HttpRequest) -> HttpResponseBase:
    """Lead a reader to the undertaking; refuse everything else, from superusers too."""
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path(), reverse("admin:undertaking"))
    return render(request, "staff/refused.html", {"why": "undertaking"}, status=403)
