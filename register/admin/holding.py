"""The rows that hold something, for whoever must take it out before a notice may drop it (V07)."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from notices.declarations import Kept, declared_columns, is_filled, personal_models


class Holding(SimpleListFilter):
    """`?holds=customer.phone`: the rows with a value there, or those whose rows have one.

    It names a column and never a value, so an address tells nothing about anybody.
    """

    title = _("data held")
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Only what the address asks for: nobody chooses among all columns."""
        held = _asked(self.value())
        if held is None:
            return []
        model, column = held
        return [(str(self.value()), capfirst(str(model._meta.get_field(column).verbose_name)))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        held = _asked(self.value())
        if held is None:
            return queryset
        model, column = held
        rows = model._base_manager.filter(is_filled(model, column))
        if model is queryset.model:
            return queryset.filter(pk__in=rows.order_by().values("pk"))
        links = [
            name
            for name, place in model.declaration.items()
            if place is Kept.LINK and model._meta.get_field(name).related_model is queryset.model
        ]
        return queryset.filter(pk__in=rows.order_by().values(links[0])) if links else queryset


def _asked(value: str | None) -> tuple[Any, str] | None:
    for model in personal_models() if value else ():
        for column in declared_columns(model):
            if value == f"{model._meta.model_name}.{column}":
                return model, column
    return None
