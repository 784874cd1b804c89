"""How a list names a customer: the organisation, the country."""

from typing import Any

from register.models import Customer
from register.models.countries import is_finnish


def organisation_of(one: Customer) -> str:
    """The organisation that is the customer, or the first that the person speaks for."""
    return one.organisation_name or next((firm.name for firm in _firms(one)), "")


def work_of(one: Customer) -> str:
    """The organisation whose address the person gave as their own."""
    at_work = (
        firm.name
        for firm in _firms(one)
        if (one.street, one.postcode) == (firm.street, firm.postcode)
    )
    return next(at_work, "")


def country_of(one: Customer) -> str:
    """The name of the country in the active language; empty for Finland."""
    return "" if is_finnish(one.country) else str(one.get_country_display())


def _firms(one: Customer) -> list[Any]:
    """As `making` read them with the customer; None stands for one that may not be named."""
    return [role.organisation for role in getattr(one, "roles_now", ()) if role.organisation]
