"""What an objection does to the use of the data: it stops as soon as it is known who objects, for
good where the objection is upheld, and until the person has been told where it is refused
(art. 21(1), 18(1)(d), 18(3); M02, S05). Decided in `weighing`."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from notices.models import governing_notice
from notices.offering import objectionable
from notices.terms import Purpose, Right
from register.models import Customer, Objection
from rights_requests.identifying import is_known_who_asks
from rights_requests.models import Demand, Letter, RightsRequest


def purposes_of(demand: Demand) -> list[Purpose]:
    """What `demand` objects to: the purposes named, or else all that can be objected to under the
    notice in force."""
    if demand.purposes:
        return [one for one in Purpose if one in demand.purposes]
    notice = governing_notice()
    return objectionable(notice) if notice else []


def stop_at_once(request: RightsRequest, *, now: datetime) -> None:
    """Stop each use that is objected to, from when it is known who asks, while that is weighed
    (art. 18(1)(d)). Needs a transaction that holds the request, and a `because` block."""
    demand, customer = _objection_in(request), request.customer
    if demand is None or customer is None or customer.erased_at:
        return
    if demand.is_open and is_known_who_asks(request):
        stop(demand, customer, now=now)


def stop(demand: Demand, customer: Customer, *, now: datetime) -> list[Objection]:
    """The objections of `demand`, each made if it is not there; what it objects to is written down
    in it for good."""
    purposes = purposes_of(demand)
    if list(purposes) != demand.purposes:
        demand.purposes = [one.value for one in purposes]
        demand.save()
    Customer.objects.hold([customer.pk])
    own = _of(demand.request, customer)
    there = {one.purpose for one in own}
    for purpose in purposes:
        if purpose not in there:
            Objection(
                customer=customer,
                purpose=purpose,
                request_number=demand.request.number,
                stopped_at=now,
            ).save()
    return list(_of(demand.request, customer).order_by("pk"))


def resting(demand: Demand) -> list[Objection]:
    """What the data do not serve because of `demand`, until it is upheld, or until the person has
    been told that it is refused (art. 18(1)(d), 18(3))."""
    return list(Objection.objects.of_request(demand.request.number).weighed().order_by("pk"))


def take_back(request: RightsRequest) -> None:
    """It was somebody else who asked in `request`, or the person lets it be: what nobody has
    decided stands in nobody's way any more. Needs a `because` block."""
    for one in Objection.objects.of_request(request.number).weighed():
        one.take_back()


def uphold(demand: Demand, customer: Customer, purposes: Iterable[str], *, now: datetime) -> None:
    """Let the data of `customer` serve `purposes`, which `demand` objects to, no more."""
    wanted = set(purposes)
    for one in stop(demand, customer, now=now):
        if one.purpose in wanted and one.upheld_at is None:
            one.uphold(now=now)


def person_was_told(letter: Letter) -> None:
    """A certificate has left: what it refused to stop goes on from then (art. 18(3); S05). Needs a
    transaction and a `because` block."""
    demand, request = letter.demand, letter.request
    if demand is None or request is None or letter.sent_at is None:
        return
    if demand.right != Right.OBJECTION or demand.refused_at is None:
        return
    for one in Objection.objects.of_request(request.number).weighed():
        one.let_go(told_at=letter.sent_at)


def _objection_in(request: RightsRequest) -> Demand | None:
    demand = request.demands.filter(right=Right.OBJECTION).first()
    if demand:
        demand.request = request
    return demand


def _of(request: RightsRequest, customer: Customer) -> "QuerySet[Objection]":
    return Objection.objects.of_request(request.number).filter(customer=customer)
