"""How a list names a customer: the organisation, the country."""

from collections.abc import Sequence
from typing import Any

from register.models import Customer
from register.models.countries import is_finnish


def organisation_of(one: Customer) -> str:
    """The organisation that is the customer, or the first that the person speaks for."""
    return one.organisation_name or next((role.organisation.name for role in _roles(one)), "")


def work_of(one: Customer) -> str:
    """The organisation whose address the person gave as their own."""
    at_work = (
        role.organisation.name
        for role in _roles(one)
        if (one.street, one.postcode) == (role.organisation.street, role.organisation.postcode)
    )
    return next(at_work, "")


def country_of(one: Customer) -> str:
    """The name of the country in the active language; empty for Finland."""
    return "" if is_finnish(one.country) else str(one.get_country_display())


def _roles(one: Customer) -> Sequence[Any]:
    """As `making` read them with the customer."""
    return getattr(one, "roles_now", ())
