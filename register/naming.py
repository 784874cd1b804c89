"""The one room where staff pages and their forms name customers: by name only where the data may be
used and the reader may see customers, else by reference (art. 18; S02, S03, P35)."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext

from register.models import AtRest, Customer, Restriction


def with_rest(customers: Iterable[Customer]) -> list[Customer]:
    """`customers`, each knowing which of its data are at rest: one query for all."""
    found = list(customers)
    resting = Restriction.objects.at_rest(one.pk for one in found)
    for one in found:
        one.at_rest = resting.get(one.pk, AtRest())
    return found


def is_named(customer: Customer, *, may_see: bool, opened: Collection[int] = ()) -> bool:
    """Whether the reader is shown what `customer` is called: who may see customers, and has said
    why where that may only be kept (`opened` are the keys of those)."""
    columns = ["given_name", "family_name", "organisation_name"] if customer.name else ["email"]
    shown = [column for column in columns if getattr(customer, column)]
    if not may_see or not shown or customer.erased_at:
        return False
    return customer.pk in opened or not customer.at_rest.covers(Customer, shown)


def word_for(customer: Customer, *, may_see: bool, opened: Collection[int] = ()) -> str:
    """What the reader is shown of `customer` in place of a name where it `is_named` not: the
    reference, and that the data are restricted."""
    if is_named(customer, may_see=may_see, opened=opened):
        return str(customer)
    if customer.at_rest and not customer.erased_at:
        return gettext("%(reference)s (restricted)") % {"reference": customer.reference}
    return customer.reference
