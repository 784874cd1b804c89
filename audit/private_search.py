"""A search whose words stay out of addresses and logs: names are personal data.

The search box posts; what was typed waits in the session under a random token, and the address
of the result carries only the token.
"""

import secrets
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

SESSION_KEY = "searches"
MOST_KEPT = 20
LONGEST_SEARCH = 200


class TokenChangeList(ChangeList):
    """A list whose own links carry the search's token instead of its words."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.token = getattr(request, "search_token", "")
        super().__init__(request, *args, **kwargs)

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        if self.token and SEARCH_VAR not in (remove or []):
            new_params = {SEARCH_VAR: self.token, **(new_params or {})}
        return str(super().get_query_string(new_params, remove))


class PrivateSearchAdmin(admin.ModelAdmin[Any]):
    """A staff list that is searched without telling the address bar for whom."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TokenChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._keep_search(request)
        if any("\0" in value for _name, values in request.GET.lists() for value in values):
            return HttpResponseRedirect(request.path)
        self._recall_search(request)
        page: HttpResponse = super().changelist_view(request, extra_context)
        return page

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filters of the page only: a field asked for in the address would be guessed letter by
        letter, and whoever is looked for would stand in the log."""
        filters = self.get_list_filter(request)
        return lookup.split("__")[0] in [getattr(one, "parameter_name", one) for one in filters]

    def get_preserved_filters(self, request: HttpRequest) -> str:
        token = getattr(request, "search_token", "")
        if not token:
            return str(super().get_preserved_filters(request))
        params = request.GET.copy()
        params[SEARCH_VAR] = token
        return urlencode({"_changelist_filters": params.urlencode()})

    def _keep_search(self, request: HttpRequest) -> HttpResponse:
        params = QueryDict(mutable=True)
        for name, value in request.POST.items():
            if name not in (SEARCH_VAR, "csrfmiddlewaretoken"):
                params[name] = str(value)
        if text := request.POST.get(SEARCH_VAR, "").strip()[:LONGEST_SEARCH]:
            token = params[SEARCH_VAR] = secrets.token_urlsafe(12)
            kept = list(request.session.get(SESSION_KEY, {}).items())[-MOST_KEPT + 1 :]
            request.session[SESSION_KEY] = {**dict(kept), token: text}
        return HttpResponseRedirect(f"?{params.urlencode()}")

    def _recall_search(self, request: HttpRequest) -> None:
        """Put the words back in the place of their token, for this request only."""
        token = request.GET.get(SEARCH_VAR, "")
        if not token:
            return
        params = request.GET.copy()
        del params[SEARCH_VAR]
        if text := request.session.get(SESSION_KEY, {}).get(token):
            params[SEARCH_VAR] = text
            request.search_token = token  # type: ignore[attr-defined]
        request.GET = params  # type: ignore[assignment]
