"""What a grant does: with the data, with those who have got them, and in the answer.

Everything here stands in the transaction of the decision, or of the day on which what made it wait
has ended. No page decides anything here: see `decisions`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override

from notices.models import governing_notice
from notices.terms import DataCategory, Right
from register.bookkeeping import days_kept
from register.corrections import Correction, corrections_of
from register.erasure import empty_together, erase, held_of, put_off
from register.holds import Block, spare
from register.models import Customer, RestrictionGround
from register.models.figures import OrderFigure
from register.restricting import restrict
from rights_requests.closing import is_answered
from rights_requests.copies import Prepared, give_copy
from rights_requests.deadlines import received_on
from rights_requests.facts import in_letter
from rights_requests.forgetting import find_prohibitions_of, forget_when_answered
from rights_requests.holding import hold
from rights_requests.letters import answer, write
from rights_requests.models import (
    Demand,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Report,
    RightsRequest,
)
from rights_requests.models.requests import ERASING, WITH_COPY
from rights_requests.notifying import (
    Unasked,
    tell_of_erasure,
    tell_of_own_erasure,
    tell_of_restriction,
    told,
)
from rights_requests.objecting import purposes_of, uphold
from rights_requests.withdrawing import withdraw

#: What an invoice says of the customer, and bookkeeping keeps (R05, E03).
ON_VOUCHERS = frozenset(
    {
        DataCategory.NAME,
        DataCategory.ORGANISATION,
        DataCategory.POSTAL_ADDRESS,
        DataCategory.BILLING,
    }
)


class GroundMissing(Exception):
    """A restriction on none of the four grounds of article 18(1) (S01)."""


class DataChanged(Exception):
    """The register is no longer as it was shown to whoever decides."""


def carry_out(demand: Demand, *, now: datetime, ready: Prepared | None = None) -> None:
    request, customer = demand.request, demand.request.customer
    held = is_held(customer)
    if demand.right in WITH_COPY and held:
        give_copy(demand, now=now, ready=ready)
    elif demand.right in ERASING and customer and held:
        carry_out_erasure(demand, customer, now=now)
    elif demand.right == Right.OBJECTION and customer and held:
        accept_objection(demand, customer, now=now)
    elif demand.right == Right.WITHDRAWAL and customer and held:
        withdraw(demand, customer, now=now)
    else:
        write(LetterKind.ANSWER_NOTHING_HELD, request, now=now, demand=demand)


def is_held(customer: Customer | None) -> bool:
    return customer is not None and not customer.erased_at


def corrections(demand: Demand) -> list[Correction]:
    """What was changed in the register since a request for rectification came."""
    customer = demand.request.customer
    if demand.right != Right.RECTIFICATION or customer is None or customer.erased_at:
        return []
    return corrections_of(customer, since=demand.request.received_at)


def restrict_as_asked(demand: Demand, ground: str, categories: set[str], *, now: datetime) -> None:
    """Let the data of the customer rest, on one of the four grounds (art. 18(1); S01, S08)."""
    customer, number = demand.request.customer, demand.request.number
    if ground not in RestrictionGround.values or customer is None:
        raise GroundMissing
    before = customer.restrictions.in_force().filter(imposed_by_request=number).first()
    imposed = restrict(
        customer,
        ground=ground,
        categories=categories,
        request_number=number,
        by=demand.decided_by,
        now=now,
    )
    # what rests since it was known who asks has no common day with what the decision adds
    is_of_one_day = before is None or before.covers(imposed)
    with override(demand.request.language):
        words = {
            "ground": RestrictionGround(imposed.ground).in_letter,
            "data": [str(DataCategory(one).label) for one in imposed.categories],
            "began_on": received_on(imposed.imposed_at) if is_of_one_day else None,
        }
    demand.categories = imposed.categories
    demand.save()
    tell_of_restriction(demand, imposed, now=now)
    answer(LetterKind.ANSWER_RESTRICTION, demand, now=now, told=told(demand), **words)


def accept_objection(demand: Demand, customer: Customer, *, now: datetime, why: str = "") -> None:
    """Let the data serve no more what the person objects to, and say so and `why` (art. 21(1))."""
    purposes = purposes_of(demand)
    uphold(demand, customer, purposes, now=now)
    with override(demand.request.language):
        labels = [str(one.label) for one in purposes]
    answer(
        LetterKind.ANSWER_OBJECTION,
        demand,
        now=now,
        purposes=labels,
        done=why,
        requests_link=f"{settings.BASE_URL}/{demand.request.language}/requests/",
    )


# --- an erasure: those who have the data are told, then the person, then the data go (E12)


def carry_out_erasure(demand: Demand, customer: Customer, *, now: datetime) -> None:
    """Erase `customer`, or the data that were asked for, because of `demand`, which somebody has
    granted and which nothing keeps waiting (E06). Needs a `because` block and a transaction that
    holds both; raises `ErasureBlocked`."""
    _tell_end(demand, customer, now=now)
    if demand.categories:
        _empty(customer, demand.categories, demand, now=now)
    else:
        with leaving([customer.pk], now=now):
            erase(customer, request_number=demand.request.number, now=now)


def put_off_erasure(
    demand: Demand, customer: Customer, kept: list[Block], *, now: datetime
) -> None:
    """Begin an erasure that `kept` makes wait, or go on with it where less keeps the data now. What
    nothing needs goes at once; the person reads what has gone, what stays, which fact keeps it,
    until when, and how to complain of that (E06, E10, art. 12(4))."""
    request = demand.request
    asked, gone = held_and_needless(demand, customer, kept)
    with override(request.language):
        words = {
            "gone": [str(one.label) for one in gone],
            "staying": [str(one.label) for one in asked if one not in gone],
            # of several papers the person reads one sentence
            "facts": [*dict.fromkeys(map(in_letter, kept))],
            "reasons": demand.needed_for_role,
            "decider": getattr(demand.decided_by, "name", ""),
        }
    if gone:
        tell_of_erasure(demand, customer, categories=gone, now=now)
    _tell_person(LetterKind.ANSWER_ERASURE_WAITS, demand, customer, now=now, **words)
    if demand.categories:
        _empty(customer, gone, demand, now=now)
    else:
        put_off(customer, gone, request_number=request.number, now=now)


def held_and_needless(
    demand: Demand, customer: Customer, kept: Iterable[Block]
) -> tuple[list[DataCategory], list[DataCategory]]:
    """What there is of the data that `demand` asks to erase, and what of it none of `kept` needs
    (E03)."""
    held = held_of(customer, map(DataCategory, demand.categories or DataCategory))
    if not demand.categories:
        return held, [one for one in spare(kept) if one in held]
    return held, [one for one in held if not any(why.keeps_from_request(one) for why in kept)]


@contextmanager
def leaving(
    customers: list[int], *, now: datetime, unasked: Unasked | None = None
) -> Iterator[None]:
    """The block erases `customers` (keys), for whatever reason: before, those whose erasure has
    waited are told that it is carried out, and where nobody has asked (`unasked` says why), those
    who have the data are told (art. 19); after, what requests know of them is forgotten, at once or
    when the last letter has left (E06, P67). Needs a transaction that holds the customers, and a
    `because` block."""
    told_of = set()
    find_prohibitions_of(customers)
    waiting = Demand.objects.waiting().filter(request__customer__in=customers)
    for demand in waiting.select_related("request__customer").order_by("pk"):
        demand.request = request = hold(demand.request)
        if request.customer:
            _tell_end(demand, request.customer, now=now)
            # of some data only, the recipients have still to be told of the rest
            told_of |= set() if demand.categories else {request.customer.pk}
    if unasked:
        tell_of_own_erasure(set(customers) - told_of, why=unasked, now=now)
    asked = RightsRequest.objects.filter(customer__in=customers, to_forget_at=None)
    known = {
        *asked.values_list("customer", flat=True),
        *Letter.objects.unasked(customers).values_list("customer", flat=True),
    }
    yield
    for customer in Customer.objects.filter(pk__in=known).order_by("pk"):
        forget_when_answered(customer, now=now)


def _tell_end(demand: Demand, customer: Customer, *, now: datetime) -> None:
    """Tell of an erasure that comes now: it answers `demand`, or ends what was waited for (E06)."""
    request = demand.request
    tell_of_erasure(demand, customer, categories=demand.categories, now=now)
    if not demand.is_waiting:
        _tell_person(LetterKind.ANSWER_ERASURE, demand, customer, now=now)
        return
    _tell_person(LetterKind.ERASURE_DONE, demand, customer, now=now)
    demand.carried_out_at = now
    demand.save()
    if is_answered(request):
        request.closed_at = now
        request.save()


def _tell_person(
    kind: LetterKind, demand: Demand, customer: Customer, *, now: datetime, **words: Any
) -> None:
    """Tell the person of an erasure: which data go, if not all, what stays (E10), who else has been
    told (N02), whether papers went into the shredder for it (P32), and whether orders stay as
    figures of nobody (P66)."""
    language = demand.request.language
    shredded = customer.papers.filter(shredded_at__gte=demand.request.received_at)
    words["shredded"] = shredded.exists()
    words["anonymised"] = demand.right == Right.ANONYMISATION
    if not demand.categories:
        words["figures"] = OrderFigure.objects.would_keep_of(customer, governing_notice())
    if demand.categories:
        with override(language):
            words["data"] = demand.category_labels
            words["kept"] = _vouchers(customer) if ON_VOUCHERS & set(demand.categories) else []
    else:
        words["kept"] = what_stays(customer, language, now=now)
    answer(kind, demand, now=now, told=told(demand), **words)


def _empty(customer: Customer, categories: Iterable[str], demand: Demand, *, now: datetime) -> None:
    """Empty some data, in history and words too, as a notice that drops them does."""
    empty_together(
        [customer.pk],
        [DataCategory(one) for one in categories],
        which=lambda _model: Q(),
        because_of=demand.request.number,
        now=now,
    )


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
    invoices = customer.invoices.order_by()
    until = days_kept(invoices)
    for key, name in invoices.values_list("pk", "billed_name"):
        (named if name else nameless).append(until[key])
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
