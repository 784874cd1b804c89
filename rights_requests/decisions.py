"""Decisions and their effects: the one place where requests, register and letters meet.

Each act is one transaction: decision, effect on the register, letters. Who decides holds the
request's row until the end, so that of two people at once one decides and the other is told.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from audit.encryption import decrypt, encrypt
from audit.reasons import because
from notices.terms import DataCategory, Right
from register.bookkeeping import kept_until
from register.corrections import Correction, corrections_of
from register.erasure import call_off, empty_together, erase, put_off, spare_of
from register.extract import extract_of
from register.holds import Block, BlockKind, blocks, roles_of
from register.models import (
    Customer,
    Hold,
    InformationDuty,
    Lifespan,
    Prohibition,
    RestrictionGround,
)
from register.models.prohibitions import ContactKind
from register.models.words import same_words
from register.portability import pack
from register.restricting import restrict, take_back
from rights_requests.closing import close_if_answered, is_answered
from rights_requests.deadlines import received_on
from rights_requests.facts import in_letter
from rights_requests.forgetting import find_prohibitions_of, forget_when_answered
from rights_requests.grounds import EVERY_RIGHT_DECIDED, Ground, grounds_for
from rights_requests.intake import contacts_of
from rights_requests.letters import address_lines, write
from rights_requests.models import (
    Certificate,
    Counted,
    Demand,
    ExtensionCause,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Notification,
    Proof,
    Report,
    RightsRequest,
    next_number,
)
from rights_requests.models.requests import WITH_COPY
from rights_requests.notifying import (
    tell_of_corrections,
    tell_of_erasure,
    tell_of_lifting,
    tell_of_restriction,
    told,
)

#: What the program carries out by itself; staff do the rest.
BY_PROGRAM = frozenset({Right.ACCESS, Right.ERASURE, Right.PORTABILITY, Right.RESTRICTION})
#: What an invoice says of the customer, and bookkeeping keeps (R05, E03).
ON_VOUCHERS = frozenset(
    {
        DataCategory.NAME,
        DataCategory.ORGANISATION,
        DataCategory.POSTAL_ADDRESS,
        DataCategory.BILLING,
    }
)
#: What must find the customer as it was shown, until the end.
HOLDING_CUSTOMER = frozenset({Right.ERASURE, Right.RESTRICTION, Right.RECTIFICATION})
MOST_SUGGESTED = 5
MOST_TRIES = 5


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
        if demand.refused_at:
            return gettext("%(who)s refused this on %(when)s.") % told
        return gettext("%(who)s granted this on %(when)s.") % told


class NotIdentified(Exception):
    """It has not been shown that the person asks who the customer is (art. 12(6))."""


class InTheWay(Exception):
    """Something stops the grant; carries the hindrances."""

    def __init__(self, hindrances: "Sequence[Hindrance]") -> None:
        super().__init__(", ".join(one.kind for one in hindrances))
        self.hindrances = hindrances


class GroundMissing(Exception):
    """A restriction on none of the four grounds of article 18(1) (S01)."""


class DataChanged(Exception):
    """The register is no longer as it was shown to whoever decides."""


class CannotRefuse(Exception):
    """A right that cannot be refused, or not on this ground (M01, table B11)."""


class CannotExtend(Exception):
    """Extended before, or the first month is over (T04)."""


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
    if request.needs_proof and not request.is_proven:
        found.append(
            Hindrance(HindranceKind.NOT_PROVEN, gettext("It has not been shown who asks."))
        )
    customer = request.customer
    if customer is None or customer.erased_at:
        return found
    if request.proof == Proof.PROVEN_EMAIL and not same_email(request, customer):
        found.append(
            Hindrance(
                HindranceKind.OTHER_ADDRESS,
                gettext(
                    "The proven e-mail address is not the one in the register. Record another "
                    "proof, such as a code by post."
                ),
            )
        )
    if answers_by_post(request) and not customer.street:
        found.append(
            Hindrance(
                HindranceKind.NOWHERE_TO_ANSWER,
                gettext(
                    "Nobody has proven the e-mail address of the request, and the register has no "
                    "postal address. Record another proof."
                ),
            )
        )
    if demand.right != Right.ERASURE:
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


def same_email(request: RightsRequest, customer: Customer) -> bool:
    """Whether the request came from the address that the register has. Only ASCII has one lower
    case that everyone agrees on: "ſ" is no "s"."""
    one, other = request.email, customer.email
    if one.isascii() and other.isascii():
        one, other = one.lower(), other.lower()
    return bool(other) and one == other


def answers_by_post(request: RightsRequest) -> bool:
    """Whether answers go to the postal address in the register: a code proves that address, and
    not an e-mail address that stood in the request."""
    customer = request.customer
    return (
        request.proof == Proof.CODE_BY_POST
        and customer is not None
        and bool(request.email)
        and not same_email(request, customer)
    )


def _open_demands_for_data(customer: Customer) -> Iterable[Demand]:
    """Demands that an erasure would leave without an answer (A09): also those of a proven sender
    with the same e-mail whom nobody has found in the register yet."""
    unfound = Q(request__customer=None, request__identified_at__isnull=False) & Q(
        request__email__iexact=customer.email or None
    )
    return (
        Demand.objects.undecided()
        .filter(Q(request__customer=customer) | unfound)
        .filter(right__in=WITH_COPY)
        .select_related("request")
    )


def grounds_open(demand: Demand) -> list[Ground]:
    """The grounds on which `demand` may be refused now (table B11). While it is open who asks, a
    fact of the register would tell a stranger of it (I08); a fact that is none is no ground."""
    kinds = {one.kind for one in hindrances(demand)}
    grounds = grounds_for(demand.right)
    if kinds & WHO:
        return [ground for ground in grounds if ground.rights == EVERY_RIGHT_DECIDED]
    facts = {HindranceKind.OPEN_INVOICE.value, HindranceKind.COLLECTION.value}
    return [ground for ground in grounds if ground.key not in facts or ground.key in kinds]


# --- who asks


@dataclass(frozen=True)
class Suggestion:
    """A customer who may be the person, and why."""

    customer: Customer
    why: str


def suggestions(request: RightsRequest) -> list[Suggestion]:
    """Customers with the same e-mail, the same phone, or the same name and address. Staff
    choose: nothing is linked by itself."""
    whys: dict[str, str] = {
        ContactKind.EMAIL: gettext("same e-mail"),
        ContactKind.PHONE: gettext("same phone"),
        ContactKind.POSTAL_ADDRESS: gettext("same name and address"),
    }
    found: dict[int, tuple[Customer, list[str]]] = {}
    for kind, value in contacts_of(request).items():
        for customer in Customer.objects.reached_by(kind, value)[:MOST_SUGGESTED]:
            if kind == ContactKind.POSTAL_ADDRESS and not _same_name(request, customer):
                continue
            found.setdefault(customer.pk, (customer, []))[1].append(whys[kind])
    told = [Suggestion(customer, ", ".join(reasons)) for customer, reasons in found.values()]
    return told[:MOST_SUGGESTED]


def _same_name(request: RightsRequest, customer: Customer) -> bool:
    """Whether the names are the same words, in whatever order and spelling of case."""
    return same_words(request.name, customer.name)


def link(request: RightsRequest, customer: Customer | None, *, now: datetime) -> None:
    """Say which customer asks (None takes it back). A prohibition then holds for every address
    and number that the register has of the person, and what was written about the request was
    written to that customer (T12).

    A code that went to another customer's address proves nothing about this one. Raises
    `AlreadyDecided` once something was granted to the one chosen before, and `CustomerErased`.
    """
    with transaction.atomic(), because(_("Customer chosen by staff")):
        if customer:
            # always before the request, as an erasure does
            Customer.objects.hold([customer.pk])
        own = _hold(request)
        granted = own.demands.filter(granted_at__isnull=False).select_related("decided_by").first()
        if granted:
            raise AlreadyDecided(granted)
        if not own.can_be_linked:
            return
        if own.customer and own.customer != customer:
            _take_back_from(own, now=now)
        own.customer = customer
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
        _rest_at_once(own, now=now)
    request.refresh_from_db()


def _keep_hold(request: RightsRequest, *, now: datetime) -> None:
    """Nobody is erased whose request for data has not been answered (A09, D02r)."""
    waits = Demand.objects.undecided().filter(request=request, right__in=WITH_COPY).exists()
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


def _rest_at_once(request: RightsRequest, *, now: datetime) -> None:
    """Data that the person says are wrong rest from when it is known who asks, all of them until
    somebody has decided which (art. 18(1)(a))."""
    wrong = request.demands.filter(
        right=Right.RESTRICTION, restriction_ground=RestrictionGround.ACCURACY
    )
    demand, customer = wrong.first(), request.customer
    if demand is None or customer is None or customer.erased_at or not request.is_proven:
        return
    demand.request = request
    if demand.is_open and not hindrances(demand):
        imposed = restrict(
            customer,
            ground=RestrictionGround.ACCURACY,
            request_number=request.number,
            now=now,
        )
        tell_of_restriction(demand, imposed, now=now)


def prove(
    request: RightsRequest, proof: Proof, *, now: datetime, by: Any = None, evidence: str = ""
) -> None:
    """Record that the person has shown who asks; `by` is who saw it, nobody for a link or code
    that the person used. A later proof takes the place of an earlier one; when everything is
    answered, nothing changes."""
    with transaction.atomic(), because(_("Proof of who asks")):
        own = hold_with_customer(request)
        if not own.can_be_proven:
            return
        own.identified_at, own.identified_by = now, by
        own.proof, own.evidence = proof, evidence
        own.save()
        for open_link in own.links.filter(purpose=LinkPurpose.PROOF, ended_at=None):
            open_link.ended_at = now
            open_link.save()
        _rest_at_once(own, now=now)
    request.refresh_from_db()


def prove_by_link(link: Link, *, now: datetime) -> bool:
    """Use a proof link, once; False when it was used in the meantime."""
    with transaction.atomic(), because(_("Link in the e-mail used")):
        if not hold_with_customer(link.request).can_be_proven or not link.use(now=now):
            return False
        prove(link.request, Proof.PROVEN_EMAIL, now=now)
    return True


def send_proof(request: RightsRequest, *, now: datetime) -> Letter | None:
    """Send a new link to the address given; the one before it ends. None when there is nothing
    to prove any more."""
    with transaction.atomic(), because(_("New link for proof")):
        own = _hold(request)
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
        own = _hold(request)
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
    done: str = "",
    ground: str = "",
    categories: Iterable[str] = (),
    wait: bool = False,
    needed_for_role: str = "",
    corrected: Iterable[str] = (),
) -> Demand:
    """Grant `demand` with its effect on the register and the answer.

    With `wait`, an erasure that facts stop is decided all the same, and carried out when they have
    ended (E06); so it is with `needed_for_role`, which says why the data of a contact person are
    needed until that role ends (P63).

    `done` says what staff have carried out by hand, where the program does not. A restriction is
    imposed on `ground`, else on that which the person named. It and an erasure are for `categories`
    of data or all. Of the changes made since the request came (`corrections`), those with a key in
    `corrected` are told to recipients and sources (art. 19; P58).

    Raises `AlreadyDecided`, `InTheWay`, `ErasureBlocked`, `GroundMissing`, `DataChanged`.
    """
    with _undecided(demand) as own, because(reason_of(own)):
        stops = hindrances(own)
        if stops and not (wait and all(one.can_be_waited_for for one in stops)):
            raise InTheWay(stops)
        own.granted_at, own.decided_by, own.done = now, by, done
        if own.right == Right.ERASURE:
            chosen = set(categories)
            own.categories = [one.value for one in DataCategory if one in chosen]
            own.needed_for_role = needed_for_role
        # decided without that, what comes between the look and the act still stops it
        kept = what_keeps(own, today=received_on(now)) if wait or needed_for_role else []
        if own.right == Right.ERASURE and not kept:
            own.carried_out_at = now
        own.save()
        if kept:
            _put_off(own, kept, now=now)
        elif own.right == Right.RESTRICTION and _is_held(own.request.customer):
            _restrict(own, ground or own.restriction_ground, set(categories), now=now)
        elif own.right == Right.RECTIFICATION and _is_held(own.request.customer):
            _rectify(own, set(corrected), now=now)
        else:
            _carry_out(own, now=now)
        _close_if_answered(own.request, now=now)
    return own


def _carry_out(demand: Demand, *, now: datetime) -> None:
    request, customer = demand.request, demand.request.customer
    is_held = _is_held(customer)
    if demand.right in WITH_COPY and is_held:
        _give_copy(demand, now=now)
    elif demand.right == Right.ERASURE and customer and is_held:
        _erase(demand, customer, now=now)
    elif customer is None or demand.right in BY_PROGRAM:
        write(LetterKind.ANSWER_NOTHING_HELD, request, now=now, demand=demand)
    else:
        _answer(LetterKind.ANSWER_BY_HAND, demand, now=now, done=demand.done)


def _is_held(customer: Customer | None) -> bool:
    return customer is not None and not customer.erased_at


def corrections(demand: Demand) -> list[Correction]:
    """What was changed in the register since a request for rectification came."""
    customer = demand.request.customer
    if demand.right != Right.RECTIFICATION or customer is None or customer.erased_at:
        return []
    return corrections_of(customer, since=demand.request.received_at)


def _rectify(demand: Demand, corrected: set[str], *, now: datetime) -> None:
    """Tell of what staff have corrected (art. 16; R06); raises `DataChanged`."""
    chosen = [one for one in corrections(demand) if one.key in corrected]
    if {one.key for one in chosen} != corrected:
        raise DataChanged
    found = {one.category for one in chosen}
    demand.categories = [one.value for one in DataCategory if one in found]
    demand.save()
    if demand.request.customer:
        tell_of_corrections(demand, demand.request.customer, chosen, now=now)
    _answer(LetterKind.ANSWER_BY_HAND, demand, now=now, done=demand.done, told=told(demand))


def _restrict(demand: Demand, ground: str, categories: set[str], *, now: datetime) -> None:
    """Let the data of the customer rest, on one of the four grounds (art. 18(1); S01, S08)."""
    if ground not in RestrictionGround.values or demand.request.customer is None:
        raise GroundMissing
    imposed = restrict(
        demand.request.customer,
        ground=ground,
        categories=categories,
        request_number=demand.request.number,
        by=demand.decided_by,
        now=now,
    )
    with override(demand.request.language):
        words = {
            "ground": str(imposed.get_ground_display()),
            "data": [str(DataCategory(one).label) for one in imposed.categories],
        }
    demand.categories = imposed.categories
    demand.save()
    tell_of_restriction(demand, imposed, now=now)
    _answer(LetterKind.ANSWER_RESTRICTION, demand, now=now, told=told(demand), **words)


def _answer(kind: LetterKind, demand: Demand, *, now: datetime, **context: Any) -> Letter:
    """Write an answer to the address that was proven."""
    request = demand.request
    to = request.customer if answers_by_post(request) else None
    return write(kind, request, now=now, demand=demand, to=to, **context)


def _give_copy(demand: Demand, *, now: datetime) -> None:
    request = demand.request
    content = (
        package_of(request, now=now)
        if demand.right == Right.PORTABILITY
        else _packed(copy_of(request, now=now))
    )
    Report.objects.create(demand=demand, content=encrypt(content), taken_at=now)
    # one link opens both copies of a request: a second would end the first
    working = request.links.filter(purpose=LinkPurpose.REPORT).working(now)
    _send_copy(demand, now=now, link=working.first())


def package_of(request: RightsRequest, *, now: datetime) -> bytes:
    """The package of the customer of `request`, as of `now`, in the language of the request
    (art. 20; O01, O02). Raises `NotIdentified` when no customer is linked."""
    if request.customer is None:
        raise NotIdentified
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
        pack(request.customer, file, now=now, language=request.language)
        file.seek(0)
        return file.read()


def copy_of(request: RightsRequest, *, now: datetime) -> dict[str, Any]:
    """All that is held about the customer of `request` as of `now`, in the language of the
    request: the register's part, and the letters and requests (art. 15(3); A04, A09).

    Raises `NotIdentified` when no customer is linked.
    """
    if request.customer is None:
        raise NotIdentified
    with override(request.language):
        copy = extract_of(request.customer, now=now)
        copy["requests"] = [
            _request_in_copy(one)
            for one in RightsRequest.objects.filter(customer=request.customer)
            .prefetch_related("demands", "letters")
            .order_by("received_at")
        ]
        copy["letters"] = [
            _letter_in_copy(letter) for letter in Letter.objects.unasked([request.customer])
        ]
        told_others = request.customer.notifications.select_related("recipient", "source", "letter")
        copy["told"] = [_notification_in_copy(one) for one in told_others.order_by("pk")]
    return copy


def _request_in_copy(request: RightsRequest) -> dict[str, Any]:
    if request.needs_proof and not request.is_proven:
        # perhaps somebody else's, whose address is nobody's business (A07)
        return {
            "number": request.number,
            "received_on": request.received_on.isoformat(),
            "came_by": str(request.get_channel_display()),
            "rights": [],
            "letters": [],
        }
    return {
        "number": request.number,
        "received_on": request.received_on.isoformat(),
        "came_by": str(request.get_channel_display()),
        "name": request.name,
        "email": request.email,
        "phone": request.phone,
        "postal_address": address_lines(request),
        "rights": [
            {
                "right": str(demand.get_right_display()),
                "datum": demand.datum,
                "wanted": demand.wanted,
                "ground": demand.ground or str(demand.get_restriction_ground_display()),
                "data": demand.category_labels,
                "scopes": demand.scope_labels,
                "uses": demand.use_labels,
            }
            for demand in request.demands.all()
        ],
        "letters": [
            _letter_in_copy(letter) for letter in request.letters.all() if letter.is_to_person
        ],
    }


def _letter_in_copy(letter: Letter) -> dict[str, str]:
    return {
        "written_on": received_on(letter.written_at).isoformat(),
        "subject": letter.subject,
        "text": letter.text(with_links=False),
    }


def _notification_in_copy(notification: Notification) -> dict[str, Any]:
    """Who else was told of what was done with the data, in which words, or why nobody was."""
    letter = notification.letter
    return {
        "to": notification.addressee_in_words,
        "deed": str(notification.get_deed_display()),
        "made_on": received_on(notification.made_at).isoformat(),
        "sent_on": received_on(letter.sent_at).isoformat() if letter and letter.sent_at else "",
        "why_not": str(notification.get_excuse_display()),
        "reason": notification.reason,
        "text": letter.text(with_links=False) if letter else "",
    }


def _packed(copy: dict[str, Any]) -> bytes:
    return json.dumps(copy, cls=DjangoJSONEncoder, ensure_ascii=False).encode()


def unpacked(report: Report) -> dict[str, Any] | None:
    """The copy that was given; None when it has been forgotten."""
    content = given(report)
    copy: dict[str, Any] | None = json.loads(content) if content else None
    return copy


def given(report: Report) -> bytes:
    """The file that was given: JSON for access, a package for portability; empty when it has been
    forgotten."""
    return decrypt(bytes(report.content)) if report.content else b""


def _send_copy(demand: Demand, *, now: datetime, link: Link | None = None) -> Letter:
    request = demand.request
    links = []
    if request.email and not answers_by_post(request):
        links.append(link or Link.objects.issue(request, LinkPurpose.REPORT, now=now))
    is_package = demand.right == Right.PORTABILITY
    return _answer(
        LetterKind.ANSWER_PORTABILITY if is_package else LetterKind.ANSWER_ACCESS,
        demand,
        now=now,
        links=links,
        report_until=links and received_on(links[0].expires_at or now),
    )


def send_copy_again(demand: Demand, *, now: datetime) -> Letter | None:
    """A new link to the copy given, to the address that the answer went to; None when the copy
    or the address has been forgotten meanwhile."""
    with transaction.atomic(), because(_("New link to the copy of data")):
        demand.request = _hold(demand.request)
        report = Report.objects.filter(demand=demand).first()
        if report is None or report.content is None or not demand.request.email:
            return None
        return _send_copy(demand, now=now)


def _erase(demand: Demand, customer: Customer, *, now: datetime) -> None:
    # before the address that it may go to is gone
    _tell_others(demand, customer, now=now)
    words = _told_of(demand, customer, now=now)
    _answer(LetterKind.ANSWER_ERASURE, demand, now=now, **words)
    carry_out_erasure(demand, customer, now=now)


def _tell_others(
    demand: Demand, customer: Customer, *, now: datetime, categories: Iterable[str] = ()
) -> None:
    """Tell the recipients of what is erased, which are all data that `demand` is about, or some of
    them (art. 19; E12)."""
    tell_of_erasure(demand, customer, categories=categories or demand.categories, now=now)


def _told_of(demand: Demand, customer: Customer, *, now: datetime) -> dict[str, Any]:
    """What a letter tells of an erasure: which data go, if not all, what stays (E10), and who else
    is told (N02)."""
    language = demand.request.language
    who = {"told": told(demand)}
    if not demand.categories:
        return {"kept": what_stays(customer, language, now=now), **who}
    with override(language):
        stays = _vouchers(customer) if ON_VOUCHERS & set(demand.categories) else []
        return {"data": demand.category_labels, "kept": stays, **who}


def carry_out_erasure(demand: Demand, customer: Customer, *, now: datetime) -> None:
    """Erase `customer`, or the data that were asked for, because of `demand`, which somebody has
    granted. Whoever waits for that is told by a letter that is written first, and so are those who
    have got the data (E06, E12)."""
    if demand.categories:
        if demand.is_waiting:
            _tell_others(demand, customer, now=now)
            _tell_done(demand, now=now, **_told_of(demand, customer, now=now))
        _empty(customer, demand.categories, demand, now=now)
        return
    find_prohibitions_of([customer.pk])
    tell_waiting([customer.pk], now=now)
    erase(customer, request_number=demand.request.number, now=now)
    forget_when_answered(customer, now=now)


def tell_waiting(customers: Iterable[int], *, now: datetime) -> None:
    """Of `customers` (keys), who are about to be erased, tell those whose erasure has waited that
    it is carried out (E06). Needs a transaction that holds them, and a `because` block."""
    waiting = Demand.objects.waiting().filter(request__customer__in=list(customers))
    for demand in waiting.select_related("request__customer").order_by("pk"):
        demand.request = request = _hold(demand.request)
        if request.customer:
            _tell_others(demand, request.customer, now=now)
            _tell_done(demand, now=now, **_told_of(demand, request.customer, now=now))


def _tell_done(demand: Demand, *, now: datetime, **words: Any) -> None:
    request = demand.request
    _answer(LetterKind.ERASURE_DONE, demand, now=now, **words)
    demand.carried_out_at = now
    demand.save()
    if is_answered(request):
        request.closed_at = now
        request.save()


def _empty(customer: Customer, categories: Iterable[str], demand: Demand, *, now: datetime) -> None:
    """Empty some data, in history and words too, as a notice that drops them does."""
    empty_together(
        [customer.pk],
        [DataCategory(one) for one in categories],
        which=lambda _model: Q(),
        because_of=demand.request.number,
        now=now,
    )


def what_keeps(demand: Demand, *, today: date) -> list[Block]:
    """What an erasure that is decided must wait for: what makes every erasure wait, demands for the
    data, and, where somebody has weighed that, a role as contact person; empty for other rights."""
    customer = demand.request.customer
    if demand.right != Right.ERASURE or customer is None or customer.erased_at:
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


def _put_off(demand: Demand, kept: list[Block], *, now: datetime) -> None:
    """The answer of an erasure that waits: what has gone, what stays, which fact keeps it, until
    when, and how to complain of that (E06, E10, art. 12(4))."""
    request, customer = demand.request, demand.request.customer
    if customer is None:
        return
    if demand.categories:
        gone = [
            one
            for one in map(DataCategory, demand.categories)
            if not any(block.keeps_from_request(one) for block in kept)
        ]
    else:
        gone = spare_of(customer, kept)
    if gone:
        _tell_others(demand, customer, categories=gone, now=now)
    if demand.categories:
        _empty(customer, gone, demand, now=now)
    else:
        put_off(customer, gone, request_number=request.number, now=now)
    with override(request.language):
        words = {
            "gone": [str(one.label) for one in gone],
            "facts": [in_letter(block) for block in kept],
            "reasons": demand.needed_for_role,
            "decider": getattr(demand.decided_by, "name", ""),
        }
    words |= _told_of(demand, customer, now=now)
    _answer(LetterKind.ANSWER_ERASURE_WAITS, demand, now=now, **words)


def what_stays(customer: Customer, language: str, *, now: datetime) -> list[str]:
    """What stays of `customer` after an erasure, why and until when, in sentences (E03, E10)."""
    with override(language):
        return [*_vouchers(customer), *_copies(customer, now), *_prohibitions(customer)]


def _copies(customer: Customer, now: datetime) -> list[str]:
    """The copies of data that the person may still open."""
    days = [
        date_format(received_on(link.expires_at), "SHORT_DATE_FORMAT")
        for link in Link.objects.working(now).filter(
            request__customer=customer,
            purpose=LinkPurpose.REPORT,
            expires_at__isnull=False,
            # it may open letters alone
            request__in=Report.objects.filter(
                demand__right__in=WITH_COPY, content__isnull=False
            ).values("demand__request"),
        )
        if link.expires_at
    ]
    told = gettext("The copy of your data stays behind its link until %(day)s. Then it goes too.")
    return [told % {"day": day} for day in days]


def _vouchers(customer: Customer) -> list[str]:
    named: list[date] = []
    nameless: list[date] = []
    for day, name in customer.invoices.values_list("invoiced_on", "billed_name"):
        (named if name else nameless).append(kept_until(day))
    told = []
    if named:
        sentence = ngettext(
            "%(count)s invoice stays as it was sent, with your name and address, until %(day)s. "
            "The Accounting Act demands it (1336/1997, chapter 2, sections 7 and 10).",
            "%(count)s invoices stay as they were sent, with your name and address, until %(day)s. "
            "The Accounting Act demands it (1336/1997, chapter 2, sections 7 and 10).",
            len(named),
        )
        told.append(sentence % _counted(named))
    if nameless:
        sentence = ngettext(
            "The bare facts of %(count)s invoice stay without your name, until %(day)s. "
            "The Accounting Act demands it (1336/1997, chapter 2, section 10).",
            "The bare facts of %(count)s invoices stay without your name, until %(day)s. "
            "The Accounting Act demands it (1336/1997, chapter 2, section 10).",
            len(nameless),
        )
        told.append(sentence % _counted(nameless))
    return told


def _counted(days: list[date]) -> dict[str, Any]:
    return {"count": len(days), "day": date_format(max(days), "SHORT_DATE_FORMAT")}


def _prohibitions(customer: Customer) -> list[str]:
    if not customer.prohibitions().exists():
        return []
    return [
        gettext(
            "What you have forbidden stays forbidden. For that we keep a code made of your "
            "address, from which nobody can read the address."
        )
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
) -> Certificate:
    """Refuse `demand`, wholly or in part, with its numbered certificate (art. 12(4); P59, R07).

    Raises `AlreadyDecided`, and `CannotRefuse` for a ground that `grounds_open` does not give.
    """
    if ground not in grounds_for(demand.right):
        raise CannotRefuse
    with _undecided(demand) as own, because(reason_of(own)):
        if ground not in grounds_open(own):
            raise CannotRefuse
        own.refused_at, own.decided_by = now, by
        own.save()
        year = received_on(now).year
        certificate = Certificate.objects.create(
            demand=own,
            year=year,
            sequence=next_number(Counted.CERTIFICATE, year),
            ground=ground.key,
            refused_what=refused_what,
            reasons=reasons,
            until=until,
            done_for_rest=done_for_rest,
            made_at=now,
            made_by=by,
        )
        _write_certificate(certificate, ground, now=now)
        _close_if_answered(own.request, now=now)
    return certificate


def _write_certificate(certificate: Certificate, ground: Ground, *, now: datetime) -> None:
    demand = certificate.demand
    with override(demand.request.language):
        said, law = str(ground.label), str(ground.law)
        role = str(certificate.made_by.get_role_display())
        # a title after a name is no beginning of a sentence
        title = role[:1].lower() + role[1:]
    _answer(
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
        decider=certificate.made_by.name,
        decider_title=title,
        decided_on=certificate.made_on,
    )


def can_extend(demand: Demand, *, now: datetime) -> bool:
    """Whether the notice of an extension still leaves in time (T04)."""
    return demand.is_open and demand.extended_at is None and received_on(now) <= demand.first_due_on


def extend(demand: Demand, *, by: Any, now: datetime, cause: ExtensionCause, reason: str) -> Demand:
    """Take two further months, once, inside the first, with a mailed reason (art. 12(3)).

    Raises `AlreadyDecided`, `CannotExtend`.
    """
    with _undecided(demand) as own, because(reason_of(own)):
        if not can_extend(own, now=now):
            raise CannotExtend
        own.extended_at, own.extended_by = now, by
        own.extension_cause, own.extension_reason = cause, reason
        own.reckon()
        own.save()
        with override(own.request.language):
            why = str(ExtensionCause(cause).label)
        _answer(
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
        _keep_hold(own, now=now)
        write(LetterKind.WITHDRAWN, own, now=now)
    request.refresh_from_db()
    return True


# --- holding rows


def _hold(request: RightsRequest) -> RightsRequest:
    """The request as it is stored, which nobody else changes before this transaction has ended.

    Who also needs the customer holds the customer first: whoever holds both does so in one order.
    """
    return RightsRequest.objects.select_for_update().get(pk=request.pk)


@contextmanager
def _undecided(demand: Demand) -> Iterator[Demand]:
    """The demand as it is stored, with its request held, and before that the customer whom an
    erasure, a restriction or a rectification is about; raises `AlreadyDecided`."""
    with transaction.atomic():
        holds_both = demand.right in HOLDING_CUSTOMER
        hold = hold_with_customer if holds_both else _hold
        request = hold(demand.request)
        own = Demand.objects.select_related("decided_by").get(pk=demand.pk)
        own.request = request
        if not own.is_open:
            raise AlreadyDecided(own)
        yield own


def hold_with_customer(request: RightsRequest) -> RightsRequest:
    """As `_hold`, with the customer held before."""
    customers = Customer.objects.filter(rights_requests=request.pk)
    list(Customer.objects.filter(pk__in=customers.values("pk")).select_for_update())
    return _hold(request)


def reason_of(demand: Demand) -> str:
    """Why a row changes because of `demand`, as history tells it."""
    with override(settings.LANGUAGE_CODE):
        return gettext("Request %(number)s: %(right)s") % {
            "number": demand.request.number,
            "right": demand.get_right_display(),
        }


def _close_if_answered(request: RightsRequest, *, now: datetime) -> None:
    _keep_hold(request, now=now)
    close_if_answered(request, now=now)
