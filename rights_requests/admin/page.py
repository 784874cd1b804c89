"""The page of one request: everything about it, and what may be done next."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from register.admin.consulting import consulted, enter
from register.admin.naming import word
from register.admin.resting import reason_of
from register.emails import same_mailbox
from register.holds import Block, blocks
from register.models import Customer, Occasion, Sight
from register.models.words import dialled, fold
from rights_requests.admin.base import may_decide
from rights_requests.admin.consequences import (
    Others,
    alike_to,
    consequences,
    others_of,
    with_why,
)
from rights_requests.admin.decisions import why_not_extend
from rights_requests.admin.forms import CameOnForm, CodeForm, CustomerForm, ProofForm
from rights_requests.admin.letters import state_of
from rights_requests.admin.notifications import state_of as state_of_notification
from rights_requests.admin.queue import left
from rights_requests.deadlines import received_on
from rights_requests.decisions import (
    WHO,
    Hindrance,
    hindrances,
    what_keeps,
)
from rights_requests.desk import next_step, with_letters
from rights_requests.doubting import reasons_open
from rights_requests.identifying import ways_told
from rights_requests.lifting import restriction_of
from rights_requests.mandates import can_be_told
from rights_requests.masking import can_be_handed_over
from rights_requests.models import (
    Demand,
    Letter,
    LinkPurpose,
    Notification,
    Report,
    RightsRequest,
    Weighing,
)
from rights_requests.models.requests import ERASING
from rights_requests.reckoning import sentences
from rights_requests.transferring import letter_of
from rights_requests.weighing import can_be_weighed


@dataclass(frozen=True)
class Panel:
    """A right on the page: its clock, what stands in its way and what a grant will do."""

    demand: Demand
    reckoning: list[str]
    left: str
    is_late: bool
    #: whether our own target has passed (T11, P57)
    is_behind: bool
    hindrances: list[Hindrance]
    #: what an erasure that is decided waits for
    kept: list[Block]
    consequences: list[str]
    why_not_extend: str
    #: whether the answer may be told in words
    can_be_told: bool
    #: whether section 34 keeps something from the person, which the Ombudsman may get (A08)
    is_limited: bool
    #: whether it is decided for each use by itself (M02)
    is_weighed: bool
    weighings: list[Weighing]
    #: the letter to the controller to whom the person moves the data (O03)
    transfer: Letter | None

    @property
    def can_grant(self) -> bool:
        """Whether nothing stops the grant, or an erasure may be decided and wait for it (E06)."""
        is_erasure = self.demand.right in ERASING
        return all(is_erasure and one.can_be_waited_for for one in self.hindrances)


@dataclass(frozen=True)
class Compared:
    """A piece of contact data as the request has it and as the register has it."""

    label: str
    asked: str
    held: str
    differs: bool


def show(request: HttpRequest, asked: RightsRequest, **forms: Any) -> HttpResponse:
    """The page; `forms` are those that were sent and have faults."""
    whole = _whole(asked)
    enter(request, Occasion.REQUEST)
    alike = alike_to(request, whole)
    others = others_of(whole)
    lying = {one.demand_id for one in whole.letters.all() if one.is_answer_to_post}
    panels = [
        _panel(demand, with_why(alike), others, is_owed=demand.is_open or demand.pk in lying)
        for demand in whole.demands.all()
    ]
    decides = may_decide(request)
    told = _told(whole)
    compared = _compared(request, whole)
    if compared and whole.customer and request.method == "GET":
        consulted(request, [whole.customer], Sight.PAGE)
    context = {
        **admin.site.each_context(request),
        "title": gettext("Request %(number)s") % {"number": whole.number},
        "opts": RightsRequest._meta,
        "original": whole,
        "asked": whole,
        "next_step": next_step(
            whole,
            blocked=others.erasure.blocks if others.erasure else _blocked(whole),
            telling=any(one.waits for one in told),
            posting=whole.is_posting,
            asking=whole.is_asking,
            to_ask=whole.is_to_ask,
        ),
        "panels": panels,
        "wants_proof": bool(forms) or _wants_proof(whole, panels),
        "letters": [
            {"letter": letter, "state": state_of(letter)}
            for letter in whole.letters.all()
            if letter.is_to_person
        ],
        "notifications": [
            {"notification": one, "state": state_of_notification(one)} for one in told
        ],
        "can_be_withdrawn": decides and whole.can_be_withdrawn,
        "may_decide": decides,
        "may_write": request.user.has_perm("rights_requests.add_rightsrequest"),
        "may_read_history": request.user.has_perm("rights_requests.history_rightsrequest"),
        "suggestions": alike if decides and whole.can_be_linked else [],
        "customer_name": word(request, whole.customer) if whole.customer else "",
        "compared": compared,
        "doubts": list(whole.doubts.all()),
        "can_ask": decides and bool(reasons_open(whole)),
        "code_is_out": _code_is_out(whole),
        "restriction": restriction_of(whole),
        "customer_form": CustomerForm(),
        "proof_form": ProofForm(whole),
        "ways": ways_told(whole),
        "came_on_form": CameOnForm(auto_id="answered_%s"),
        "code_form": CodeForm(),
        **forms,
    }
    return TemplateResponse(request, "admin/rights_requests/rightsrequest/page.html", context)


def _whole(asked: RightsRequest) -> Any:
    """The request with everything that the page shows, read once."""
    demands: Any = Demand.objects.select_related(
        "decided_by", "extended_by", "certificate", "spoken__told_by"
    )
    return (
        with_letters(RightsRequest.objects.all())
        .select_related("customer", "notice", "recorded_by", "identified_by", "mandate__seen_by")
        .prefetch_related(
            Prefetch("demands", demands),
            # what was given may be large, and is shown on a page of its own
            Prefetch("demands__report", Report.objects.defer("content")),
            "demands__items",
            "demands__weighings",
            "letters__posted_by",
            "scans",
            "links",
            "notice__clauses",
            "doubts__letter",
            "doubts__asked_by",
        )
        .get(pk=asked.pk)
    )


def _told(asked: RightsRequest) -> list[Notification]:
    """Who else is told, oldest first."""
    rows = Notification.objects.filter(demand__request=asked).with_addressees()
    return list(rows.select_related("letter__posted_by", "excused_by"))


def _panel(demand: Demand, alike: list[str], others: Others, *, is_owed: bool) -> Panel:
    today = received_on(timezone.now())
    waits = demand.is_open
    return Panel(
        demand=demand,
        reckoning=sentences(demand.reckoning),
        left=left(demand.due_on, today) if is_owed and demand.due_on else "",
        is_late=is_owed and demand.due_on is not None and demand.due_on < today,
        is_behind=demand.is_behind(today),
        hindrances=hindrances(demand) if waits else [],
        kept=what_keeps(demand, today=today) if demand.is_waiting else [],
        consequences=consequences(demand, alike, others) if waits else [],
        why_not_extend=why_not_extend(demand) if waits else "",
        can_be_told=not waits and can_be_told(demand) and not hasattr(demand, "spoken"),
        is_limited=can_be_handed_over(demand),
        is_weighed=waits and can_be_weighed(demand),
        weighings=list(demand.weighings.all()),
        transfer=letter_of(demand) if demand.transfer_to else None,
    )


def _blocked(asked: RightsRequest) -> list[Block]:
    return blocks(asked.customer) if asked.customer else []


def _wants_proof(asked: RightsRequest, panels: list[Panel]) -> bool:
    """Whether the proof is what the request waits for."""
    return not asked.is_proven or any(
        one.kind in WHO for panel in panels for one in panel.hindrances
    )


def _code_is_out(asked: RightsRequest) -> bool:
    """Whether a code has been sent that has not come back."""
    now = timezone.now()
    return any(one.purpose == LinkPurpose.CODE and one.works(now) for one in asked.links.all())


def _compared(request: HttpRequest, asked: RightsRequest) -> list[Compared]:
    """The request's contact data beside the register's, but for those that may only be kept while
    the reader has not said why they must be seen; spelling alone is no difference."""
    customer = asked.customer
    if customer is None or customer.erased_at:
        return []
    hides = customer.at_rest and not reason_of(request, customer)
    resting = set(customer.at_rest.columns(Customer)) if hides else set()
    rows = [
        ("given_name", gettext("Name"), asked.name, customer.name, fold),
        ("email", gettext("E-mail"), asked.email, customer.email, same_mailbox),
        ("phone", gettext("Phone"), asked.phone, customer.phone, dialled),
        ("street", gettext("Street address"), asked.street, customer.street, fold),
        ("postcode", gettext("Postcode"), asked.postcode, customer.postcode, fold),
        ("city", gettext("City"), asked.city, customer.city, fold),
    ]
    return [
        Compared(label, mine, held, bool(mine) and same(mine) != same(held))
        for column, label, mine, held, same in rows
        if (mine or held) and column not in resting
    ]
