"""Who asks: what a proof shows, and which address it proves (art. 12(6); I04, A06)."""

from register.models import Customer
from rights_requests.models import LinkPurpose, Proof, RightsRequest

#: Proofs that staff have seen: of who asks, and of no address.
SEEN = frozenset({Proof.SIGNATURE, Proof.DETAIL, Proof.IN_PERSON})


def same_email(request: RightsRequest, customer: Customer) -> bool:
    """Whether the request came from the address that the register has. Only ASCII has one lower
    case that everyone agrees on: "ſ" is no "s"."""
    one, other = request.email, customer.email
    if one.isascii() and other.isascii():
        one, other = one.lower(), other.lower()
    return bool(other) and one == other


def is_known_who_asks(request: RightsRequest) -> bool:
    """Whether it has been shown that the person asks who the customer is: a link proves an e-mail
    address, and that is the customer's only if the register has it (I04)."""
    customer = request.customer
    by_link = request.proof == Proof.PROVEN_EMAIL
    return request.is_proven and not (by_link and customer and not same_email(request, customer))


def answers_by_post(request: RightsRequest) -> bool:
    """Whether answers go to the postal address in the register: an e-mail address that only stood
    in the request may be a stranger's (A06, I04).

    A code proves the postal address. A signature or a face shows who asks and no address, so the
    e-mail address is proven by its own link or not at all.
    """
    customer = request.customer
    if customer is None or customer.erased_at or not request.email:
        return False
    if request.proof in ("", Proof.PROVEN_EMAIL) or same_email(request, customer):
        return False
    return not (request.proof in SEEN and is_email_proven(request))


def is_email_proven(request: RightsRequest) -> bool:
    """Whether somebody has opened the link that went to the address of the request."""
    return request.links.filter(purpose=LinkPurpose.PROOF, used_at__isnull=False).exists()
