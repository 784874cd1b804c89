"""Restriction: data are kept and not used any more, and back to use when that is over (art. 18)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from notices.declarations import KEPT_ELSEWHERE
from notices.terms import DataCategory
from register.models import ContactRole, Customer, Order, Restriction


def restrict(
    customer: Customer,
    *,
    ground: str,
    categories: Iterable[str] = (),
    request_number: str,
    by: Any = None,
    now: datetime,
) -> Restriction:
    """Let `categories` of data of `customer`, or all of them, only be kept from `now` on, because
    of the request `request_number` ("2026-17"); nobody finds the customer by them.

    What the same request restricted before is decided anew by it. Needs a `because` block. Raises
    `CustomerErased` and `ReasonMissing`.
    """
    chosen = set(categories)
    with transaction.atomic():
        # whoever stores something holds this row too, and finds out
        Customer.objects.hold([customer.pk])
        own = customer.restrictions.in_force().filter(imposed_by_request=request_number).first()
        own = own or Restriction(
            customer=customer, imposed_by_request=request_number, imposed_at=now
        )
        own.ground, own.imposed_by = ground, by
        own.categories = [one.value for one in DataCategory if one in chosen]
        own.save()
        _find_anew(customer)
    return own


def lift(restriction: Restriction, *, told_at: datetime, by: Any, now: datetime) -> None:
    """Let the data be used again; the person was told so at `told_at`, before now (art. 18(3)).

    Needs a `because` block. Raises `CustomerErased` and `ReasonMissing`.
    """
    with transaction.atomic():
        Customer.objects.hold([restriction.customer_id])
        restriction.told_at, restriction.lifted_at, restriction.lifted_by = told_at, now, by
        restriction.save()
        _find_anew(restriction.customer)
        Customer.objects.look_again([restriction.customer_id])


def ease(
    restriction: Restriction,
    categories: Iterable[str],
    *,
    told_at: datetime,
    by: Any,
    now: datetime,
) -> None:
    """Let `categories` of the data be used again, which are right now and of which the person was
    told so at `told_at`, before now; nothing else of `restriction` ends (art. 18(3); P61, S08).

    Needs a `because` block. Raises `CustomerErased` and `ReasonMissing`.
    """
    over = set(categories)
    every = [one.value for one in DataCategory if one not in KEPT_ELSEWHERE]
    left = [one for one in restriction.categories or every if one not in over]
    if not left:
        lift(restriction, told_at=told_at, by=by, now=now)
        return
    with transaction.atomic():
        Customer.objects.hold([restriction.customer_id])
        restriction.categories = left
        restriction.save()
        _find_anew(restriction.customer)


def take_back(customer: Customer, *, request_number: str) -> None:
    """It was somebody else who asked in `request_number`, or the person lets it be: what nobody has
    decided ends. Needs a `because` block."""
    with transaction.atomic():
        held = customer.restrictions.in_force().filter(imposed_by=None)
        for one in held.filter(imposed_by_request=request_number):
            one.take_back()
        _find_anew(customer)
        Customer.objects.look_again([customer.pk])


def _find_anew(customer: Customer) -> None:
    """The words by which `customer` is found, as far as what they say may be used now."""
    stored = Customer.objects.get(pk=customer.pk)
    if stored.erased_at:
        return
    Customer.after_store([stored])
    ContactRole.after_store(list(stored.contact_roles.select_related("organisation")))
    for block in stored.orders.in_blocks():
        Order.after_store(block)
