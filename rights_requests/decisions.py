"""Decisions: who asks, what stands in the way, what somebody decides; with `carrying_out` the one
place where requests, register and letters meet.

Each act is one transaction: decision, effect on the register, letters. Who decides holds the
request's row until the end, so that of two people at once one decides and the other is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from notices.terms import DataCategory, Right
from register.emails import every_spelling
from register.erasure import call_off
from register.holds import Block, BlockKind, blocks, roles_of
from register.models import (
    Customer,
    CustomerErased,
    Hold,
    InformationDuty,
    Lifespan,
    Objection,
    Prohibition,
    RestrictionGround,
)
from register.models.prohibitions import ContactKind
from register.models.words import same_words
from register.restricting import restrict, take_back
from rights_requests.carrying_out import (
    DataChanged,
    carry_out,
    is_held,
    put_off_erasure,
    restrict_as_asked,
)
from rights_requests.closing import close_if_answered
from rights_requests.copies import NotIdentified, give_copy, prepared
from rights_requests.deadlines import received_on
from rights_requests.doubting import settle
from rights_requests.fingerprint import fingerprint
from rights_requests.grounds import BY_KEY, EVERY_RIGHT_DECIDED, Ground, grounds_for
from rights_requests.holding import hold, hold_with_customer
from rights_requests.identifying import (
    answers_at,
    is_enough_for,
    is_known_who_asks,
    same_email,
)
from rights_requests.intake import contacts_of
from rights_requests.letters import answer, write
from rights_requests.masking import as_shown
from rights_requests.models import (
    Certificate,
    Counted,
    Demand,
    ExtensionCause,
    Item,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Proof,
    RightsRequest,
    next_number,
)
from rights_requests.models.links import MOST_TRIES
from rights_requests.models.requests import ERASING, WITH_COPY
from rights_requests.notifying import (
    tell_of_lifting,
    tell_of_restriction,
)
from rights_requests.objecting import stop_at_once
from rights_requests.objecting import take_back as take_back_objections
from rights_requests.offering import grounds_fitting
from rights_requests.suggesting import suggestions
from rights_requests.withdrawing import withdraw_at_once

#: What must find the customer as it was shown, until the end.
HOLDING_CUSTOMER = frozenset(Right) - {Right.ACCESS}
CHOSEN = _("Customer chosen by staff")
#: What works as soon as it is known who asks.
AT_ONCE = (Right.RESTRICTION, Right.OBJECTION, Right.WITHDRAWAL)


class AlreadyDecided(Exception):
    """Somebody was first; carries the demand as it was decided."""

    def __init__(self, demand: Demand) -> None:
        super().__init__(str(demand))
        self.demand = demand

    @property
    def message(self) -> str:
        """Who decided what and when, for the one who comes second."""
        demand = self.demand
        if demand.request.withdrawn_at:
            return gettext("The person has withdrawn this request.")
        told = {
            "who": getattr(demand.decided_by, "name", gettext("the program")),
            "when": date_format(
                localtime(demand.decided_at or demand.carried_out_at), "SHORT_DATETIME_FORMAT"
            ),
        }
        if demand.is_partly_granted:
            return gettext("%(who)s granted a part of this on %(when)s.") % told
        if demand.refused_at:
            return gettext("%(who)s refused this on %(when)s.") % told
        return gettext("%(who)s granted this on %(when)s.") % told


class InTheWay(Exception):
    """Something stops the grant; carries the hindrances."""

    def __init__(self, hindrances: "Sequence[Hindrance]") -> None:
        super().__init__(", ".join(one.kind for one in hindrances))
        self.hindrances = hindrances


class CannotRefuse(Exception):
    """A right that cannot be refused, or not on this ground (M01, table B11)."""


class CannotExtend(Exception):
    """Extended before, or the first month is over (T04)."""


class DecidedByItem(Exception):
    """A rectification is decided item by item (R07): see `correcting`."""


class HindranceKind(models.TextChoices):
    """What can stand in the way of a grant."""

    NOT_PROVEN = "not_proven"
    OTHER_ADDRESS = "other_address"
    PAPER = "paper"
    OPEN_INVOICE = "open_invoice"
    COLLECTION = "collection"
    LEGAL_CLAIM = "legal_claim"
    RESTRICTION_ASKED = "restriction_asked"
    OPEN_REQUEST = "open_request"
    NOWHERE_TO_ANSWER = "nowhere_to_answer"


#: Those that leave open who asks.
WHO = frozenset({HindranceKind.NOT_PROVEN, HindranceKind.OTHER_ADDRESS})
#: Those that no decision on an erasure can wait for: they must be mended first, or it is refused,
#: where the person wants the data kept (E11).
NOW = WHO | {HindranceKind.NOWHERE_TO_ANSWER, HindranceKind.RESTRICTION_ASKED}


@dataclass(frozen=True)
class Hindrance:
    """A fact that stops the grant now, in one sentence, and whether it ends by itself."""

    kind: HindranceKind
    sentence: str

    @property
    def is_a_fact_of_the_register(self) -> bool:
        """Whether the request waits for a fact: an invoice to be paid, a debt collected."""
        return self.kind in (HindranceKind.OPEN_INVOICE, HindranceKind.COLLECTION)

    @property
    def can_be_waited_for(self) -> bool:
        """Whether an erasure that is decided now may wait until it ends (E06)."""
        return self.kind not in NOW

    def __str__(self) -> str:
        return self.sentence


def hindrances(demand: Demand) -> list[Hindrance]:
    """What stands in the way of granting `demand` now (P30, E04, A09, I04); empty for nothing."""
    request = demand.request
    found = []
    is_other_right = request.proof == Proof.WRITTEN and not is_enough_for(demand)
    if is_other_right or (request.needs_proof and not request.is_proven):
        found.append(
            Hindrance(HindranceKind.NOT_PROVEN, gettext("It has not been shown who asks."))
        )
    customer = request.customer
    if customer is None or customer.erased_at:
        return found
    if request.is_proven and not (is_other_right or is_enough_for(demand)):
        found.append(
            Hindrance(
                HindranceKind.OTHER_ADDRESS,
                gettext(
                    "The proven e-mail address is not the one in the register. Record another "
                    "proof, such as a code by post."
                ),
            )
        )
    if answers_at(request) == customer and not (customer.street or customer.email):
        found.append(
            Hindrance(
                HindranceKind.NOWHERE_TO_ANSWER,
                gettext(
                    "Nobody has proven the e-mail address of the request, and the register has no "
                    "address. Send a link to the e-mail address."
                ),
            )
        )
    if demand.right not in ERASING:
        return found
    found += [
        Hindrance(HindranceKind(block.kind), str(block))
        for block in blocks(customer)
        # of requests more is known here than the register holds
        if block.kind != BlockKind.OPEN_REQUEST
    ]
    found += [
        Hindrance(
            HindranceKind.OPEN_REQUEST,
            gettext("Request %(number)s asks for the data (%(right)s): answer it first.")
            % {"number": one.request.number, "right": one.get_right_display()},
        )
        for one in _open_demands_for_data(customer)
    ]
    return found


def _open_demands_for_data(customer: Customer) -> list[Demand]:
    """Demands that an erasure would leave without an answer (A09): also those of a proven sender
    with the same e-mail whom nobody has found in the register yet. One of which it is open who
    asks delays nobody (I08)."""
    proven = _demands_for_data(customer).filter(request__identified_at__isnull=False)
    return [one for one in proven if is_known_who_asks(one.request)]


def demands_in_doubt(demand: Demand) -> list[Demand]:
    """Demands for the data of the customer of `demand`, of other requests, of which it is open who
    asks: they hinder no erasure (I08), and whoever decides on one is told of them (A09)."""
    customer = demand.request.customer
    if customer is None or customer.erased_at:
        return []
    names = (customer.name, demand.request.name)
    return [
        one
        for one in _demands_for_data(customer)
        if one.request_id != demand.request_id
        and not is_known_who_asks(one.request)
        and (one.request.customer_id or any(same_words(one.request.name, name) for name in names))
    ]


def _demands_for_data(customer: Customer) -> QuerySet[Demand]:
    unfound = Q(request__customer=None, mailbox__in=every_spelling(customer.email))
    return (
        Demand.objects.undecided()
        .alias(mailbox=Lower("request__email"))
        .filter(Q(request__customer=customer) | unfound, right__in=WITH_COPY)
        .select_related("request__customer")
    )


def grounds_open(demand: Demand) -> list[Ground]:
    """The grounds on which `demand` may be refused now (table B11). While it is open who asks, a
    fact of the register would tell a stranger of it (I08); a fact that is none is no ground."""
    kinds = {one.kind for one in hindrances(demand)}
    grounds = grounds_fitting(demand, facts={one.value for one in kinds}, today=localdate())
    if kinds & WHO:
        return [ground for ground in grounds if ground.rights == EVERY_RIGHT_DECIDED]
    return grounds


# --- who asks


def _meant_by_mail(request: RightsRequest) -> Customer | None:
    """The customer who has shown by a link who asks for what needs no decision: the only one with
    the proven e-mail, of the same name (arts 7(3), 18(1); C01, I04). None where staff must look, or
    may take their time."""
    at_once = request.demands.filter(right__in=AT_ONCE).exists()
    if request.customer or request.proof != Proof.PROVEN_EMAIL or not at_once:
        return None
    found = list(Customer.objects.reached_by(ContactKind.EMAIL, request.email)[:2])
    return found[0] if len(found) == 1 and same_words(request.name, found[0].name) else None


def link(
    request: RightsRequest,
    customer: Customer | None,
    *,
    now: datetime,
    why: Promise = CHOSEN,
) -> None:
    """Say which customer asks (None takes it back), and `why` for the history. A prohibition then
    holds for every address and number that the register has of the person, and what was written
    about the request was written to that customer (T12).

    A code that went to another customer's address proves nothing about this one. Raises
    `AlreadyDecided` once something was granted to the one chosen before, and `CustomerErased`.
    """
    with transaction.atomic(), because(why):
        if customer:
            # always before the request, as an erasure does
            Customer.objects.hold([customer.pk])
        own = hold(request)
        demands = own.demands.select_related("decided_by")
        if done := next((one for one in demands if one.is_done_for_somebody), None):
            raise AlreadyDecided(done)
        if not own.can_be_linked:
            return
        if own.customer and own.customer != customer:
            _take_back_from(own, now=now)
        own.customer = customer
        own.knew_address = customer is not None and same_email(own, customer)
        own.save()
        prohibition = own.demands.filter(right=Right.PROHIBITION).first()
        if customer and prohibition:
            Prohibition.objects.forbid_for(
                customer,
                prohibition.scopes,
                prohibition.uses,
                request_number=own.number,
                today=received_on(now),
            )
        if customer:
            left: Any = own.letters.to_people().filter(sent_at__isnull=False)
            for sent_at in left.values_list("sent_at", flat=True):
                InformationDuty.objects.communicated([customer.pk], received_on(sent_at))
            Lifespan.objects.spoke([customer.pk], request.received_on)
        _keep_hold(own, now=now)
        _work_at_once(own, now=now)
    request.refresh_from_db()


def _work_at_once(request: RightsRequest, *, now: datetime) -> None:
    """What needs no decision, from when it is known who asks: contested data and uses that are
    objected to rest (art. 18(1)(a) and (d)), consents end (art. 7(3))."""
    rest_at_once(request, now=now)
    stop_at_once(request, now=now)
    withdraw_at_once(request, now=now)


def _keep_hold(request: RightsRequest, *, now: datetime) -> None:
    """Nobody is erased whose request for data has not been answered (A09, D02r); a look-alike of
    which it is open who asks keeps nobody's data (I08)."""
    asks = Demand.objects.undecided().filter(request=request, right__in=WITH_COPY)
    waits = is_known_who_asks(request) and asks.exists()
    customers = [request.customer_id] if request.customer_id and waits else []
    Hold.objects.keep_for_request(request.number, customers, today=received_on(now))


def _take_back_from(request: RightsRequest, *, now: datetime) -> None:
    """Undo what hung on the customer chosen before: codes sent there, a proof by such a code, and
    the prohibition of addresses that the request does not name."""
    for code in request.links.filter(purpose=LinkPurpose.CODE, ended_at=None):
        code.ended_at = now
        code.save()
    if request.proof == Proof.CODE_BY_POST:
        request.identified_at, request.identified_by = None, None
        request.proof, request.evidence = "", ""
    Prohibition.objects.take_back(request.number, but_for=contacts_of(request))
    if request.customer:
        take_back(request.customer, request_number=request.number)
        for demand in request.demands.filter(right=Right.RESTRICTION):
            tell_of_lifting(demand, request.customer, now=now)
        take_back_objections(request)


def rest_at_once(request: RightsRequest, *, now: datetime) -> None:
    """Data that the person says are wrong rest from when it is known who asks: those that the
    request names, and all of them where it names none (art. 18(1)(a); P61, R03). Needs a
    transaction that holds both, and a `because` block."""
    wrong = request.demands.filter(
        right=Right.RESTRICTION, restriction_ground=RestrictionGround.ACCURACY
    )
    demand, customer = wrong.first(), request.customer
    if demand is None or customer is None or customer.erased_at:
        return
    demand.request = request
    if demand.is_open and is_known_who_asks(request):
        imposed = restrict(
            customer,
            ground=RestrictionGround.ACCURACY,
            categories=contested(demand),
            request_number=request.number,
            now=now,
        )
        tell_of_restriction(demand, imposed, now=now)


def contested(demand: Demand) -> set[str]:
    """Which data the request of `demand`, a restriction, says are wrong: those that the restriction
    is asked for, or the items that are to be put right. Empty where one of them names none."""
    if demand.categories:
        return set(demand.categories)
    items = Item.objects.filter(demand__request=demand.request)
    named = set(items.values_list("category", flat=True))
    return set() if "" in named else named


def prove(
    request: RightsRequest,
    proof: Proof,
    *,
    now: datetime,
    by: Any = None,
    evidence: str = "",
    came_on: date | None = None,
) -> None:
    """Record that the person has shown who asks; `by` is who saw it, nobody for a link or code
    that the person used. It came on `came_on`, or now, and answers a question about that (T06). A
    later proof takes the place of an earlier one; when everything is answered, nothing changes."""
    with transaction.atomic(), because(_("Proof of who asks")):
        own = hold_with_customer(request)
        if not own.can_be_proven:
            return
        own.identified_at, own.identified_by = now, by
        own.proof, own.evidence = proof, evidence
        own.knew_address |= own.customer is not None and same_email(own, own.customer)
        own.save()
        _keep_hold(own, now=now)
        if is_known_who_asks(own):
            settle(own, came_on=came_on or received_on(now), now=now, about_who=True)
        for open_link in own.links.filter(purpose=LinkPurpose.PROOF, ended_at=None):
            open_link.ended_at = now
            open_link.save()
        _work_at_once(own, now=now)
    request.refresh_from_db()


def prove_by_link(used: Link, *, now: datetime) -> bool:
    """Use a proof link, once; False when it was used in the meantime. Where staff have seen who
    asks, the link proves the address beside that, and takes no proof away."""
    with transaction.atomic(), because(_("Link in the e-mail used")):
        own = hold_with_customer(used.request)
        if not own.can_be_proven or not used.use(now=now):
            return False
        same = own.customer is not None and same_email(own, own.customer)
        if own.proof in ("", Proof.PROVEN_EMAIL) or (own.proof == Proof.WRITTEN and same):
            prove(own, Proof.PROVEN_EMAIL, now=now)
    # an act of its own: whoever chooses holds the customer before the request
    if customer := _meant_by_mail(own):
        with suppress(CustomerErased):
            link(own, customer, now=now, why=_("The only customer of this name and e-mail address"))
    return True


def send_proof(request: RightsRequest, *, now: datetime) -> Letter | None:
    """Send a new link to the address given; the one before it ends. None when there is nothing
    to prove any more."""
    with transaction.atomic(), because(_("New link for proof")):
        own = hold(request)
        if not (own.can_be_proven and own.email):
            return None
        made = Link.objects.issue(own, LinkPurpose.PROOF, now=now)
        return write(LetterKind.PROOF, own, now=now, links=[made])


def send_code(request: RightsRequest, *, now: datetime) -> Letter | None:
    """Write a letter with a code to the postal address that the register has of the customer;
    None when there is nothing to prove any more.

    Raises `NotIdentified` when no customer with an address is linked.
    """
    with transaction.atomic(), because(_("Code sent by post")):
        own = hold(request)
        if own.customer is None or not own.customer.street:
            raise NotIdentified
        if not own.can_be_proven:
            return None
        made = Link.objects.issue(own, LinkPurpose.CODE, now=now)
        return write(LetterKind.CODE, own, now=now, links=[made], to=own.customer)


def prove_by_code(request: RightsRequest, code: str, *, now: datetime, by: Any = None) -> bool:
    """Compare a code that came back; False for a wrong, used or old one."""
    typed = code.strip().upper().replace(" ", "").replace("-", "").replace("O", "0")
    typed = typed.replace("I", "1").replace("L", "1")
    with transaction.atomic(), because(_("Code from the letter given")):
        if not hold_with_customer(request).can_be_proven:
            return False
        open_links = Link.objects.select_for_update().working(now)
        made = open_links.filter(request=request, purpose=LinkPurpose.CODE).first()
        if made is None:
            return False
        if made.token != typed:
            made.tries += 1
            if made.tries >= MOST_TRIES:
                made.ended_at = now
            made.save()
            return False
        made.use(now=now)
        prove(request, Proof.CODE_BY_POST, now=now, by=by)
    return True


# --- decisions


def grant(
    demand: Demand,
    *,
    by: Any,
    now: datetime,
    ground: str = "",
    categories: Iterable[str] = (),
    wait: bool = False,
    needed_for_role: str = "",
    masked: str | None = None,
    none_of_them: bool = False,
    preview: str = "",
) -> Demand:
    """Grant `demand` with its effect on the register and the answer.

    With `wait`, an erasure that facts stop is decided all the same, and carried out when they have
    ended (E06); so it is with `needed_for_role`, which says why the data of a contact person are
    needed until that role ends (P63).

    A restriction is imposed on `ground`, else on that which the person named. It and an erasure are
    for `categories` of data or all. A copy of data is given with the masks of its demand; where
    `masked` is given, they must be those shown (A07). While nobody is chosen and the register has
    somebody who may be the person, staff have looked at them and say `none_of_them` (A01).
    `preview` is the `fingerprint` of what was shown before.

    Raises `AlreadyDecided`, `InTheWay`, `ErasureBlocked`, `GroundMissing`, `DataChanged` where
    something else was shown or nobody has looked, and `DecidedByItem` for a rectification of
    somebody's data.
    """
    with (
        prepared(demand, now=now) as ready,
        undecided(demand, preview=preview) as own,
        because(reason_of(own)),
    ):
        stops = hindrances(own)
        if stops and not (wait and all(one.can_be_waited_for for one in stops)):
            raise InTheWay(stops)
        if masked is not None and masked != as_shown(own):
            raise DataChanged
        if not none_of_them and suggestions(own.request):
            raise DataChanged
        if own.right == Right.RECTIFICATION and is_held(own.request.customer):
            raise DecidedByItem
        own.granted_at, own.decided_by = now, by
        if own.right in ERASING:
            chosen = set(categories)
            own.categories = [one.value for one in DataCategory if one in chosen]
            own.needed_for_role = needed_for_role
        # decided without that, what comes between the look and the act still stops it
        kept = what_keeps(own, today=received_on(now)) if wait or needed_for_role else []
        if own.right in ERASING and not kept:
            own.carried_out_at = now
        own.save()
        customer = own.request.customer
        if kept and customer:
            put_off_erasure(own, customer, kept, now=now)
        elif own.right == Right.RESTRICTION and is_held(customer):
            restrict_as_asked(own, ground or own.restriction_ground, set(categories), now=now)
        else:
            carry_out(own, now=now, ready=ready)
            if own.right == Right.ACCESS:
                _certify_masks(own, by=by, now=now)
        close_when_answered(own.request, now=now)
    return own


def _certify_masks(demand: Demand, *, by: Any, now: datetime) -> None:
    """The certificate of the pieces of a copy that the person is not shown (P59, art. 12(4); B11):
    each with the reason, but for one that the law lets us keep back (1050/2018 s. 34(3))."""
    masks = list(demand.masks.standing())
    if not masks or not is_held(demand.request.customer):
        return
    with override(demand.request.language):
        told = [
            f"- {one.label}: {one.get_reason_display()} ({one.law})"
            if one.is_told
            else f"- {one.label}: {one.mark}"
            for one in masks
        ]
        certify(
            demand,
            [BY_KEY["national_limits" if one.is_limit else "rights_of_others"] for one in masks],
            by=by,
            now=now,
            refused_what=gettext("These pieces of the data are masked in your copy:")
            + "\n\n"
            + "\n".join(dict.fromkeys(told)),
            reasons=gettext("The law lets us keep back these. The reason stands beside each."),
            until=gettext("This stands until something new comes. You may ask again then."),
            done_for_rest=gettext("All other data are in your copy."),
            names_grounds=False,
        )


def what_keeps(demand: Demand, *, today: date) -> list[Block]:
    """What an erasure that is decided must wait for: what makes every erasure wait, demands for the
    data, and, where somebody has weighed that, a role as contact person; empty for other rights."""
    customer = demand.request.customer
    if demand.right not in ERASING or customer is None or customer.erased_at:
        return []
    found = blocks(customer)
    if demand.needed_for_role and demand.granted_at:
        weighed = {customer.pk: received_on(demand.granted_at)}
        found += roles_of(weighed, today=today).get(customer.pk, [])
    known = {block.reference for block in found if block.kind == BlockKind.OPEN_REQUEST}
    asked = {one.request.number for one in _open_demands_for_data(customer)}
    found += [Block(BlockKind.OPEN_REQUEST, number) for number in sorted(asked - known)]
    return of_what_is_asked(demand, found)


def of_what_is_asked(demand: Demand, found: Iterable[Block]) -> list[Block]:
    """Those of `found` that keep anything of what `demand` is about."""
    asked = [DataCategory(one) for one in demand.categories]
    return [
        block for block in found if not asked or any(block.keeps_from_request(one) for one in asked)
    ]


def refuse(
    demand: Demand,
    *,
    by: Any,
    now: datetime,
    ground: Ground,
    refused_what: str,
    reasons: str,
    until: str,
    done_for_rest: str = "",
    preview: str = "",
) -> Certificate:
    """Refuse `demand`, wholly or in part, with its numbered certificate (art. 12(4); P59, R07).
    More time to act is no more time to refuse: after the first month the certificate says that it
    is late (T05).

    What keeps the data of a contact person is looked at again after a year at the latest (P63).
    Where only the direct transfer cannot be, the person gets the package (art. 20(2); O03).

    Raises `AlreadyDecided`, `DataChanged` where the data are not those of `preview`, and
    `CannotRefuse` for a ground that `grounds_open` does not give.
    """
    if ground not in grounds_for(demand.right):
        raise CannotRefuse
    with undecided(demand, preview=preview) as own, because(reason_of(own)):
        if ground not in grounds_open(own):
            raise CannotRefuse
        own.refused_at, own.decided_by = now, by
        own.save()
        certificate = certify(
            own,
            [ground],
            by=by,
            now=now,
            refused_what=refused_what,
            reasons=reasons,
            until=until,
            done_for_rest=done_for_rest,
        )
        if ground.key == "not_feasible" and is_held(own.request.customer):
            give_copy(own, now=now, transfers=False)
        close_when_answered(own.request, now=now)
    return certificate


def certify(
    demand: Demand,
    grounds: Sequence[Ground],
    *,
    by: Any,
    now: datetime,
    refused_what: str,
    reasons: str,
    until: str,
    done_for_rest: str = "",
    names_grounds: bool = True,
) -> Certificate:
    """The numbered certificate of what is refused of `demand` on `grounds`, of which it keeps the
    first, with its letter. Its `reasons` tell the grounds where `names_grounds` is false. Needs a
    transaction that holds the request, and a `because` block."""
    year = received_on(now).year
    certificate = Certificate.objects.create(
        demand=demand,
        year=year,
        sequence=next_number(Counted.CERTIFICATE, year),
        ground=grounds[0].key,
        refused_what=refused_what,
        reasons=reasons,
        until=until,
        done_for_rest=done_for_rest,
        review_on=_review_of(demand, grounds, now=now),
        made_at=now,
        made_by=by,
    )
    _write_certificate(certificate, grounds if names_grounds else [], now=now)
    return certificate


def _review_of(demand: Demand, grounds: Sequence[Ground], *, now: datetime) -> date | None:
    """When it is looked at again that somebody speaks for an organisation (P63)."""
    customer, today = demand.request.customer, received_on(now)
    if customer is None or grounds[0].key != "contact_person_role":
        return None
    roles = roles_of({customer.pk: today}, today=today).get(customer.pk, [])
    return min((one.until for one in roles if one.until), default=None)


def _write_certificate(
    certificate: Certificate, grounds: Sequence[Ground], *, now: datetime
) -> None:
    demand = certificate.demand
    with override(demand.request.language):
        said = " ".join(str(one.label) for one in grounds)
        law = "; ".join(dict.fromkeys(str(one.law) for one in grounds))
        role = str(certificate.made_by.get_role_display())
        # a title after a name is no beginning of a sentence
        title = role[:1].lower() + role[1:]
    answer(
        LetterKind.REFUSAL,
        demand,
        now=now,
        certificate_number=certificate.number,
        refused_what=certificate.refused_what,
        ground=said,
        ground_law=law,
        reasons=certificate.reasons,
        until=certificate.until,
        done_for_rest=certificate.done_for_rest,
        late_since=demand.first_due_on if certificate.is_late else None,
        decider=certificate.made_by.name,
        decider_title=title,
        decided_on=certificate.made_on,
        review_on=certificate.review_on,
        # what stopped while it was weighed goes on when the person knows (S05)
        goes_on=Objection.objects.of_request(demand.request.number).weighed().exists(),
        offers_access=demand.right == Right.PORTABILITY,
        requests_link=f"{settings.BASE_URL}/{demand.request.language}/requests/",
    )


def can_extend(demand: Demand, *, now: datetime) -> bool:
    """Whether the notice of an extension still leaves in time (T04), of a clock that runs."""
    last = demand.first_due_on
    in_time = last is not None and received_on(now) <= last
    return demand.is_open and demand.extended_at is None and in_time


def extend(
    demand: Demand,
    *,
    by: Any,
    now: datetime,
    cause: ExtensionCause,
    reason: str,
    is_no_contact_data: bool = False,
) -> Demand:
    """Take two further months, once, inside the first, with a mailed reason (art. 12(3)). A
    correction takes them only where somebody says that it is not of contact data (P57).

    Raises `AlreadyDecided`, `CannotExtend`.
    """
    with undecided(demand) as own, because(reason_of(own)):
        is_quick = own.right == Right.RECTIFICATION and not is_no_contact_data
        if is_quick or not can_extend(own, now=now):
            raise CannotExtend
        own.extended_at, own.extended_by = now, by
        own.extension_cause, own.extension_reason = cause, reason
        own.reckon()
        own.save()
        with override(own.request.language):
            why = str(ExtensionCause(cause).label)
        answer(
            LetterKind.EXTENSION,
            own,
            now=now,
            due_on=own.first_due_on,
            new_due_on=own.due_on,
            cause=why,
            reason=reason,
        )
    return own


def withdraw(request: RightsRequest, *, now: datetime) -> bool:
    """The person takes the request back; False when everything was answered before."""
    with transaction.atomic(), because(_("Withdrawn by the person")):
        own = hold_with_customer(request)
        if not own.can_be_withdrawn:
            return False
        own.withdrawn_at = own.closed_at = now
        own.save()
        waiting = Demand.objects.waiting().filter(request__customer=own.customer_id, categories=[])
        if own.customer and own.customer.to_erase_at and not waiting.exists():
            call_off(own.customer, now=now)
        take_back_objections(own)
        _keep_hold(own, now=now)
        # what was not decided on ends when this has left (S05)
        rests = own.customer and own.customer.restrictions.in_force().filter(
            imposed_by_request=own.number, imposed_by=None
        )
        write(LetterKind.WITHDRAWN, own, now=now, rests=bool(rests))
    request.refresh_from_db()
    return True


# --- holding rows


@contextmanager
def undecided(demand: Demand, *, preview: str = "") -> Iterator[Demand]:
    """The demand as it is stored, with its request held, and before that the customer, unless only
    a copy is given. Raises `AlreadyDecided`, and `DataChanged` where the data are no longer those
    of `preview`, if that is given."""
    with transaction.atomic():
        holds_both = demand.right in HOLDING_CUSTOMER
        request = (hold_with_customer if holds_both else hold)(demand.request)
        own = Demand.objects.select_related("decided_by").get(pk=demand.pk)
        own.request = request
        if not own.is_open:
            raise AlreadyDecided(own)
        if preview and preview != fingerprint(own):
            raise DataChanged
        yield own


def reason_of(demand: Demand) -> str:
    """Why a row changes because of `demand`, as history tells it."""
    with override(settings.LANGUAGE_CODE):
        return gettext("Request %(number)s: %(right)s") % {
            "number": demand.request.number,
            "right": demand.get_right_display(),
        }


def close_when_answered(request: RightsRequest, *, now: datetime) -> None:
    """Close `request` if that was its last answer; what it kept from an erasure is kept no more."""
    _keep_hold(request, now=now)
    close_if_answered(request, now=now)
