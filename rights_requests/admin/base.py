"""The base of pages about rows that stay as they are: one that reads, and one for each act."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import path

from audit.admin import RememberedAdmin
from audit.history import Linked
from register.admin.naming import in_history

#: The permission to decide on requests, and to read what only a person concerned may read.
DECIDE = "rights_requests.decide_rightsrequest"
#: A page of one row: name, address after the row's own, view, who may open it.
Page: TypeAlias = tuple[str, str, Callable[..., HttpResponseBase], str]


def may_decide(request: HttpRequest) -> bool:
    return request.user.has_perm(DECIDE)


class ReadAdmin(RememberedAdmin):
    """Staff page of a model whose rows nobody edits."""

    pages: Sequence[Page] = ()

    def show(self, request: HttpRequest, row: Any, /) -> HttpResponse:
        """The page that reads."""
        raise NotImplementedError

    def called(self, request: HttpRequest, names: Linked) -> Linked:
        return in_history(request, names)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row says for good what it says: what happens to it has pages of its own."""
        return False

    def get_urls(self) -> Any:
        own = [
            path(
                f"<str:object_id>/{address}",
                self.admin_site.admin_view(self._page(view, who)),
                name=f"{self.opts.app_label}_{self.opts.model_name}_{name}",
            )
            for name, address, view, who in self.pages
        ]
        return [*own, *super().get_urls()]

    def _page(self, view: Callable[..., HttpResponseBase], who: str) -> Any:
        """A page of one row for those with the permission `who`."""

        def page(request: HttpRequest, object_id: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(who):
                raise PermissionDenied
            row = self.get_object(request, object_id)
            if row is None:
                raise Http404
            return view(request, row, **kwargs)

        return page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined,no-any-return]
                request, self.opts, object_id
            )
        return self.show(request, row)
