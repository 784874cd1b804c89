"""Which rights people are offered, and on which grounds each may be refused now: both follow from
the notice in force and from the facts of the register (P16, P63; law table B11)."""

from collections.abc import Iterable
from datetime import date

from notices.models import Notice, governing_notice
from notices.offering import keeps_contact_people, objectionable, rights_under
from notices.terms import Purpose, Right
from register.holds import roles_now
from register.models import ContactRole, Customer
from register.models.restrictions import AGAINST_ERASURE
from rights_requests.grounds import BY_KEY, ERASURE, WEIGHED, Ground, grounds_for
from rights_requests.identifying import is_enough_for, is_known_who_asks
from rights_requests.models import OFFERED, Demand
from rights_requests.objecting import purposes_of


def offered(notice: Notice) -> list[Right]:
    """What people are offered to ask under `notice`, in the order of the form (P16). What is asked
    beyond that, in a letter, is recorded and answered all the same."""
    given = rights_under(notice.clauses.all())
    return [right for right in OFFERED if right in given]


def needed_roles(customer: Customer, *, today: date) -> list[ContactRole]:
    """The roles as contact person for which data of `customer` may be kept: those that last, where
    the notice in force promises to keep them so long (P63, table A4). It is weighed by who decides,
    and keeps nobody from anything but an erasure."""
    notice = governing_notice()
    if notice is None or not keeps_contact_people(notice):
        return []
    return list(roles_now([customer.pk], today=today))


def grounds_fitting(demand: Demand, *, facts: Iterable[str], today: date) -> list[Ground]:
    """The grounds of table B11 that fit `demand`: one that is a fact of the register only where
    that is one of `facts`, one for direct transfer only where that was asked. What is weighed for
    each purpose by itself is no ground for all of them together (M02), and one for all of them must
    fit each. That it is not known who asks is one until somebody is found and has shown that
    (art. 11(2)); that a restriction is asked instead, where it is (E11)."""
    customer = demand.request.customer
    is_held = customer is not None and not customer.erased_at
    weighed = grounds_weighed(demand)
    fitting = {
        "not_identified": customer is None or not is_enough_for(demand),
        "restriction_asked": "restriction_asked" in facts or _wants_the_data_kept(demand),
        "open_invoice": "open_invoice" in facts,
        "collection": "collection" in facts,
        "contact_person_role": bool(is_held and customer and needed_roles(customer, today=today)),
        "not_feasible": bool(demand.transfer_to),
        **{
            key: not (is_held and weighed) and all(BY_KEY[key] in own for own in weighed.values())
            for key in WEIGHED
        },
    }
    return [one for one in grounds_for(demand.right) if fitting.get(one.key, True)]


def _wants_the_data_kept(demand: Demand) -> bool:
    """Whether who asks in `demand`, an erasure, has also asked for a restriction, undecided yet,
    that keeps the data from it, or of which the ground is not said (art. 18(1)(b) and (c))."""
    customer = demand.request.customer
    if customer is None or demand.right not in ERASURE:
        return False
    asked = Demand.objects.standing([customer]).filter(
        right=Right.RESTRICTION, restriction_ground__in=["", *AGAINST_ERASURE]
    )
    return any(is_known_who_asks(one.request) for one in asked.select_related("request__customer"))


def grounds_weighed(demand: Demand) -> dict[Purpose, list[Ground]]:
    """For each purpose that `demand` objects to, the grounds on which that may be refused
    (art. 21(1); table B11). A publication may always be forbidden: it has none (P14, P15). That a
    purpose rests on no legitimate interest is none where the notice in force lets people object to
    it (P16). Empty for other rights."""
    if demand.right != Right.OBJECTION:
        return {}
    notice = governing_notice()
    weighable = objectionable(notice) if notice else []
    found: dict[Purpose, list[Ground]] = {}
    for purpose in purposes_of(demand):
        unfit = {"no_objection_basis"} if purpose in weighable else set()
        if purpose == Purpose.PUBLICATION:
            unfit = set(WEIGHED)
        found[purpose] = [BY_KEY[key] for key in WEIGHED if key not in unfit]
    return found


def usual_ground(demand: Demand) -> str:
    """The key of the ground on which what the notice in force does not offer is refused; empty
    where it is offered, or where nothing is refused (O05, P16)."""
    notice = governing_notice()
    if notice is None or demand.right in offered(notice):
        return ""
    return {Right.PORTABILITY: "other_basis", Right.OBJECTION: "no_objection_basis"}.get(
        Right(demand.right), ""
    )
