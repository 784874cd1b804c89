from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.models import Notice
from notices.terms import ONE_ORDER, DataCategory, OrderWord
from register.admin.base import OfCustomerAdmin
from register.forms import RowsWithOrigin
from register.models import Occasion, Order, OrderLine


class OrderLineInline(admin.TabularInline[OrderLine, Order]):
    """What was ordered."""

    model = OrderLine
    formset = RowsWithOrigin
    fields = ("description", "quantity", "unit_price")
    extra = 1
    can_delete = False


class Renamed:
    """A model's options under the notice's own word: 003 calls orders assignments."""

    def __init__(self, options: Any, notice: Notice) -> None:
        self._options = options
        word = notice.own_word(DataCategory.ORDERS) or OrderWord.ORDERS
        known = word in OrderWord.values
        self.verbose_name_plural = notice.called(DataCategory.ORDERS) if known else word
        self.verbose_name = str(ONE_ORDER[OrderWord(word)]) if known else word
        if word == OrderWord.ORDERS:
            self.verbose_name_plural = str(options.verbose_name_plural)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._options, name)


@admin.register(Order)
class OrderAdmin(OfCustomerAdmin):
    """Orders, under the name that the notice in force gives them."""

    occasion = Occasion.ORDER
    list_display = ("number_or_none", "customer_name", "ordered_on", "delivered_on")
    fields = (
        "customer",
        "number",
        "ordered_on",
        "delivered_on",
        "cancelled_on",
        "archived_on",
        "refusal_offered_on",
    )
    inlines = (OrderLineInline,)

    @admin.display(description=_("Number"))
    def number_or_none(self, order: Order) -> str:
        return order.number or gettext("no number")

    def named(self, request: HttpRequest) -> Any:
        """Pages and menu call orders what the notice in force calls them."""
        notice = self.notice(request)
        return Renamed(self.opts, notice) if notice else self.opts

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        found, doubled = super().get_search_results(request, queryset, search_term)
        return found.unerased(), doubled

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.declares(request, "number") and super().has_add_permission(request)
