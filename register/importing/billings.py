"""How the customers of staged rows are billed: what is told, what is there, and how it comes in."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from register.models import BillingData, Collection
from register.models.imports import ImportedRow

from .targets import Target

Told = Mapping[str, str]
#: What a file says of each column of billing data.
TARGETS = {
    "street": Target.BILLING_STREET,
    "postcode": Target.BILLING_POSTCODE,
    "city": Target.BILLING_CITY,
    "country": Target.BILLING_COUNTRY,
    "einvoice_address": Target.EINVOICE_ADDRESS,
    "einvoice_operator": Target.EINVOICE_OPERATOR,
    "business_id": Target.BUSINESS_ID,
    "reference_number": Target.REFERENCE_NUMBER,
}


def billing_of(keys: Iterable[int]) -> dict[int, BillingData]:
    """By customer, the billing data that are there."""
    return {row.customer_id: row for row in BillingData.objects.filter(customer__in=set(keys))}


def differing(told: Told, known: BillingData | Told | None) -> list[str]:
    """What `told` says otherwise than `known`, by column."""
    has = known if isinstance(known, Mapping) else vars(known) if known else {}
    return [name for name, value in told.items() if has.get(name) != value]


def says_new(told: Told | None, known: BillingData | Told | None) -> bool:
    """Whether `told` says anything that is not `known`."""
    return bool(differing(told or {}, known))


def take_billing(rows: "QuerySet[ImportedRow]", collection: Collection) -> None:
    """Store those of the new customers among `rows`, unless they are there. Needs a `because`
    block."""
    told = rows.filter(is_new=True, billing__isnull=False)
    put({row.new_key or 0: row.billing or {} for row in told}, collection, change=False)


def put(told: Mapping[int, Told], collection: Collection, *, change: bool) -> bool:
    """Let what is told of customers fill their billing data, and with `change` replace what
    differs. Gives whether anything was stored. Needs a transaction and a `because` block."""
    there = billing_of(told)
    new = [BillingData(customer_id=key, **told[key]) for key in told if key not in there]
    if change:
        for key, row in there.items():
            for name, value in told[key].items():
                setattr(row, name, value)
    if new:
        BillingData.objects.store(new, collection=collection)
    changed = change and BillingData.objects.amend(list(there.values()), collection=collection)
    return bool(new or changed)
