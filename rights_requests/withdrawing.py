"""A consent that is taken back ends as soon as it is known who asks: there is nothing to decide
(art. 7(3); C01, P19)."""

from datetime import datetime

from django.utils.translation import override

from notices.terms import Purpose, Right
from register.models import Consent, Customer
from rights_requests.closing import close_if_answered
from rights_requests.deadlines import received_on
from rights_requests.identifying import is_known_who_asks
from rights_requests.letters import answer
from rights_requests.models import Demand, LetterKind, RightsRequest


def withdraw_at_once(request: RightsRequest, *, now: datetime) -> None:
    """End the consents that `request` takes back, from when it is known who asks, and tell the
    person. Needs a transaction that holds the request, and a `because` block."""
    demand = request.demands.filter(right=Right.WITHDRAWAL).first()
    customer = request.customer
    if demand is None or customer is None or customer.erased_at:
        return
    demand.request = request
    if demand.is_open and is_known_who_asks(request):
        demand.carried_out_at = now
        demand.save()
        withdraw(demand, customer, now=now)
        close_if_answered(request, now=now)


def withdraw(demand: Demand, customer: Customer, *, now: datetime) -> None:
    """End the consents of `customer` that `demand` names, or all of them, and answer which. What
    was done before that stays lawful."""
    given = set(Consent.objects.given().filter(customer=customer).values_list("purpose", flat=True))
    ended = [one for one in Purpose if one in given and one in (demand.purposes or given)]
    for purpose in ended:
        Consent.objects.withdraw(
            customer, purpose, channel=demand.request.channel, on=received_on(now)
        )
    with override(demand.request.language):
        labels = [str(one.label) for one in ended]
    answer(LetterKind.ANSWER_WITHDRAWAL, demand, now=now, purposes=labels)
