"""Who of the register may be the person that asks: staff compare, and choose."""

from dataclasses import dataclass

from django.utils.translation import gettext

from register.models import Customer
from register.models.prohibitions import ContactKind
from rights_requests.intake import contacts_of
from rights_requests.models import RightsRequest

MOST_SUGGESTED = 5


@dataclass(frozen=True)
class Suggestion:
    """A customer who may be the person, and why."""

    customer: Customer
    why: str


def suggestions(request: RightsRequest) -> list[Suggestion]:
    """Customers with the same e-mail, the same phone, or the same name and address; none where it
    is chosen who asks."""
    if request.customer:
        return []
    whys: dict[str, str] = {
        ContactKind.EMAIL: gettext("same e-mail"),
        ContactKind.PHONE: gettext("same phone"),
        ContactKind.POSTAL_ADDRESS: gettext("same name and address"),
    }
    found = Customer.objects.alike(contacts_of(request), request.name, MOST_SUGGESTED)
    told = [
        Suggestion(customer, ", ".join(whys[kind] for kind in kinds))
        for customer, kinds in found.items()
    ]
    return told[:MOST_SUGGESTED]
