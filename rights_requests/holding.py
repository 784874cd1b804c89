"""Holding the rows of a request, so that of two acts at once one waits for the other."""

from register.models import Customer
from rights_requests.models import RightsRequest


def hold(request: RightsRequest) -> RightsRequest:
    """The request as it is stored, which nobody else changes before this transaction has ended.

    Who also needs the customer holds the customer first: whoever holds both does so in one order.
    """
    return RightsRequest.objects.select_for_update().get(pk=request.pk)


def hold_with_customer(request: RightsRequest) -> RightsRequest:
    """As `hold`, with the customer held before."""
    customers = Customer.objects.filter(rights_requests=request.pk)
    list(Customer.objects.filter(pk__in=customers.values("pk")).select_for_update())
    return hold(request)
