"""Who asks: what a proof shows, and which address it proves (art. 12(6); I04, A06)."""

from notices.terms import Identification
from register.emails import delivered_at
from register.models import Channel, Customer
from register.models.words import same_words
from rights_requests.models import Demand, LinkPurpose, Mandate, Proof, RightsRequest

#: Proofs that staff have seen: of who asks, and of no address.
SEEN = frozenset({Proof.SIGNATURE, Proof.DETAIL, Proof.IN_PERSON, Proof.STRONG})


def same_email(request: RightsRequest, customer: Customer) -> bool:
    """Whether the request came from the address that the register has."""
    return bool(customer.email) and delivered_at(request.email) == delivered_at(customer.email)


def is_known_who_asks(request: RightsRequest) -> bool:
    """Whether it has been shown that the person asks who the customer is: a link proves an e-mail
    address, and that is the customer's only if the register has it, or had it before it was
    corrected (I04)."""
    customer = request.customer
    if not request.is_proven or request.proof == Proof.WRITTEN:
        return False
    if request.proof != Proof.PROVEN_EMAIL or customer is None:
        return True
    return request.knew_address or same_email(request, customer)


def is_enough_for(demand: Demand) -> bool:
    """Whether enough has been shown for `demand`: who asks, or that it came in writing, where the
    notice of the request calls that enough for this right, and for no other (P55)."""
    request = demand.request
    if request.proof == Proof.WRITTEN:
        return Identification.WRITTEN in request.notice.ways(demand.right)
    return is_known_who_asks(request)


def ways_told(request: RightsRequest) -> list[str]:
    """What the notice of the request calls enough for what is asked, in words; the widest of them
    for several rights (P51, P55)."""
    named = {way for demand in request.demands.all() for way in request.notice.ways(demand.right)}
    return [str(way.label) for way in Identification if way in named]


def proofs_of(request: RightsRequest) -> list[Proof]:
    """What staff may record as seen: the usual proofs, and those that the notice of the request
    calls enough for what is asked (P51, P55)."""
    named = {way for demand in request.demands.all() for way in request.notice.ways(demand.right)}
    is_written = request.channel not in (Channel.PHONE, Channel.COUNTER)
    promised = {
        Proof.STRONG: Identification.STRONG_ELECTRONIC in named,
        Proof.WRITTEN: Identification.WRITTEN in named and is_written,
    }
    return [proof for proof in Proof if promised.get(proof, proof in SEEN)]


def answers_at(request: RightsRequest) -> Customer | Mandate | None:
    """Who has the address that answers go to; None for the address of the request itself, which is
    a stranger's unless the register has it or it was proven (A06, I04).

    A code proves the postal address. A signature or a face shows who asks and no address, so an
    e-mail address is proven by its own link or not at all. What an agent wrote from goes to the
    person all the same, unless the mandate says otherwise (I14).
    """
    customer, mandate = request.customer, mandate_of(request)
    if mandate and mandate.takes_answers:
        return mandate
    if customer is None or customer.erased_at or request.proof in ("", Proof.PROVEN_EMAIL):
        return None
    if request.email:
        is_proven = request.proof in SEEN and mandate is None and is_email_proven(request)
        return None if is_proven or same_email(request, customer) else customer
    stands_here = request.proof == Proof.IN_PERSON and mandate is None
    is_theirs = stands_here or not customer.street or _same_place(request, customer)
    return None if is_theirs else customer


def posted_to(request: RightsRequest) -> Customer | Mandate | RightsRequest:
    """Who has the postal address for an answer that e-mail did not deliver (A06)."""
    customer = request.customer
    at = answers_at(request)
    is_theirs = request.is_proven and customer is not None and bool(customer.street)
    return at or (customer if is_theirs and customer else request)


def mandate_of(request: RightsRequest) -> Mandate | None:
    """By whose mandate somebody else asks; None where the person does."""
    return getattr(request, "mandate", None)


def _same_place(request: RightsRequest, customer: Customer) -> bool:
    """Whether the request has the postal address that the register has, however it is spelt."""
    return same_words(
        f"{request.street} {request.postcode}", f"{customer.street} {customer.postcode}"
    )


def is_email_proven(request: RightsRequest) -> bool:
    """Whether somebody has opened the link that went to the address of the request."""
    return any(one.purpose == LinkPurpose.PROOF and one.used_at for one in request.links.all())
