"""How a page names the customers that it shows, and writes down whose names were read (A03)."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from audit.history import Linked
from register.admin.consulting import listed
from register.admin.resting import reason_of
from register.models import Customer, Sight
from register.naming import is_named, with_rest, word_for


def may_see_customers(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("register.view_customer"))


def words_for(request: HttpRequest, customers: Iterable[Customer]) -> dict[Any, str]:
    """What the reader is shown in place of each of `customers`, by key."""
    may_see, every = may_see_customers(request), with_rest(customers)
    opened = _opened(request, every)
    return {one.pk: word_for(one, may_see=may_see, opened=opened) for one in every}


def read(
    request: HttpRequest, customers: Iterable[Customer], sight: str = Sight.LIST
) -> dict[Any, str]:
    """The same, and write down that the reader looked at those whose names are shown."""
    every = {one.pk: one for one in customers}
    told = words_for(request, every.values())
    may_see, opened = may_see_customers(request), _opened(request, every.values())
    shown = (one for one in every.values() if is_named(one, may_see=may_see, opened=opened))
    listed(request, shown, sight)
    return told


def word(request: HttpRequest, customer: Customer) -> str:
    """The same of one, where the page writes the look down by itself."""
    opened = _opened(request, [customer])
    return word_for(customer, may_see=may_see_customers(request), opened=opened)


def in_history(request: HttpRequest, names: Linked) -> Linked:
    """The same of customers among the rows that links in history lead to, by field and key."""
    every = [one for rows in names.values() for one in rows.values() if isinstance(one, Customer)]
    told = words_for(request, every) if every else {}
    return {
        field: {
            key: told[one.pk] if isinstance(one, Customer) else one for key, one in rows.items()
        }
        for field, rows in names.items()
    }


def _opened(request: HttpRequest, customers: Iterable[Customer]) -> set[int]:
    return {one.pk for one in customers if one.at_rest and reason_of(request, one)}
