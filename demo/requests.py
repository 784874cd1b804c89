"""Requests of invented customers in every state that a request can be in, told day by day.

Everything is done by the acts that people do it with, at moments of the last weeks; the letters
go to the demo's own mailbox.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from heapq import heapify, heappop, heappush
from typing import Any

from audit.models import Task
from notices.terms import DataCategory, ProhibitedUse, ProhibitionScope, Right
from register.models import (
    Channel,
    Collection,
    Customer,
    Invoice,
    Paper,
    RestrictionGround,
    StoragePlace,
)
from rights_requests import correcting, decisions
from rights_requests.deadlines import HELSINKI
from rights_requests.grounds import BY_KEY
from rights_requests.intake import receive
from rights_requests.letters import deliver, mark_undelivered
from rights_requests.models import (
    Demand,
    ExtensionCause,
    Item,
    ItemKind,
    LetterKind,
    Outcome,
    Proof,
    RightsRequest,
)

#: A story about one request: it gives the moment at which it goes on.
Story = Iterator[datetime]


def in_collection() -> Customer:
    """The newest customer in debt collection, whose story comes after all others."""
    collected = Invoice.objects.filter(collection_started_on__isnull=False)
    return Customer.objects.filter(pk__in=collected.order_by().values("customer")).latest("pk")


class Weeks:
    """The last weeks at the demo's firm, in which customers ask and staff answer."""

    def __init__(self, now: datetime, contact: Any, handler: Any) -> None:
        self.end, self.now = now, now
        self.contact, self.handler = contact, handler
        people = Customer.objects.unerased().filter(organisation_name="").exclude(email="")
        people = people.exclude(street="").exclude(pk=in_collection().pk).order_by("reference")
        owing = Invoice.objects.hindering().values("customer")
        self.debtors = iter(people.filter(pk__in=owing)[:10])
        self.others = iter(people.exclude(pk__in=owing)[:40])

    def day(self, ago: int, hour: int = 9) -> datetime:
        """A moment on the day that was `ago` days before the last."""
        day = self.end.astimezone(HELSINKI).date() - timedelta(days=ago)
        return min(datetime.combine(day, time(hour), HELSINKI), self.end)

    def asks(
        self,
        customer: Customer,
        *rights: Right,
        said: Any = None,
        items: Sequence[Item] = (),
        **columns: Any,
    ) -> RightsRequest:
        """`customer` asks by the form, unless `columns` name another channel; `said` fills the
        demand, and `items` are to be put right."""
        given = {
            name: getattr(customer, name)
            for name in ("name", "email", "phone", "street", "postcode", "city", "language")
        }
        request = RightsRequest(
            **{"channel": Channel.FORM, "received_at": self.now} | given | columns
        )
        by = None if request.channel == Channel.FORM else self.handler
        demands = [Demand(right=right, **(said or {})) for right in rights]
        return receive(request, demands, items=items, now=self.now, by=by)

    def proves(self, request: RightsRequest, customer: Customer | None) -> None:
        """The person uses the link, and staff choose the customer."""
        decisions.prove(request, Proof.PROVEN_EMAIL, now=self.now)
        decisions.link(request, customer, now=self.now)
        request.refresh_from_db()

    def grants(self, request: RightsRequest) -> None:
        decisions.grant(request.demands.get(), by=self.contact, now=self.now)


def play(now: datetime, contact: Any, handler: Any) -> None:
    """Let the weeks pass up to `now`: two dozen requests, open and closed.

    `contact` decides and `handler` types in. Needs a `because` block around it.
    """
    weeks = Weeks(now, contact, handler)
    stories = [story(weeks) for story in STORIES]
    upcoming = [(next(story), place) for place, story in enumerate(stories)]
    heapify(upcoming)
    while upcoming:
        weeks.now, place = heappop(upcoming)
        if (then := next(stories[place], None)) is not None:
            heappush(upcoming, (then, place))
        _deliver(weeks.now)
    weeks.now = now


def restrict_phone(now: datetime, customer: Customer, *, contact: Any, handler: Any) -> None:
    """`customer` wants the phone number kept for a claim: whoever was given it is to be told."""
    weeks = Weeks(now, contact, handler)
    request = weeks.asks(customer, Right.RESTRICTION, channel=Channel.LETTER)
    decisions.prove(
        request, Proof.SIGNATURE, now=now, by=handler, evidence="Allekirjoitus kirjeen lopussa"
    )
    decisions.link(request, customer, now=now)
    decisions.grant(
        request.demands.get(),
        by=contact,
        now=now,
        ground=RestrictionGround.CLAIMS,
        categories=[DataCategory.PHONE],
    )
    _deliver(now)


def _deliver(now: datetime) -> None:
    """What the worker does within seconds; here inside the one transaction that is the demo."""
    for task in Task.objects.due(now):
        if record := deliver(task.subject, now=now):
            record()
        Task.objects.filter(pk=task.pk).update(done_at=now)


def _in_words_of(customer: Customer, finnish: str, swedish: str, english: str) -> str:
    """What is said in the customer's own language."""
    return {"fi": finnish, "sv": swedish, "en": english}[customer.language]


def _late(weeks: Weeks) -> Story:
    """Nobody answered in time: what the front page is red for."""
    customer = next(weeks.others)
    yield weeks.day(40)
    request = weeks.asks(customer, Right.PORTABILITY)
    yield weeks.day(39)
    weeks.proves(request, customer)


def _copy_given(weeks: Weeks) -> Story:
    customer = next(weeks.others)
    yield weeks.day(33)
    request = weeks.asks(customer, Right.ACCESS)
    yield weeks.day(33, 12)
    weeks.proves(request, customer)
    yield weeks.day(29)
    weeks.grants(request)


def _erased(weeks: Weeks) -> Story:
    customer = next(weeks.others)
    yield weeks.day(31)
    request = weeks.asks(customer, Right.ERASURE)
    yield weeks.day(31, 12)
    weeks.proves(request, customer)
    yield weeks.day(25)
    weeks.grants(request)


def _nothing_held(weeks: Weeks) -> Story:
    namesake = next(weeks.others)
    yield weeks.day(27)
    elsewhere: dict[str, Any] = dict.fromkeys(("phone", "street", "postcode", "city"), "")
    elsewhere["email"] = "joku.muu@ruskapolku.example"
    request = weeks.asks(namesake, Right.ACCESS, **elsewhere)
    yield weeks.day(27, 12)
    weeks.proves(request, None)
    yield weeks.day(24)
    weeks.grants(request)


def _refused(weeks: Weeks) -> Story:
    customer = next(weeks.debtors)
    yield weeks.day(26)
    request = weeks.asks(customer, Right.ERASURE)
    yield weeks.day(26, 12)
    weeks.proves(request, customer)
    yield weeks.day(20)
    number = Invoice.objects.hindering().filter(customer=customer)[0].number
    decisions.refuse(
        request.demands.get(),
        by=weeks.contact,
        now=weeks.now,
        ground=BY_KEY["open_invoice"],
        refused_what=_in_words_of(
            customer,
            "Tietojesi poistaminen.",
            "Raderingen av dina uppgifter.",
            "The erasure of your data.",
        ),
        reasons=_in_words_of(
            customer,
            f"Lasku {number} on maksamatta. Tarvitsemme tietoja sen perimiseen.",
            f"Faktura {number} är obetald. Vi behöver uppgifterna för att driva in den.",
            f"Invoice {number} is not paid. We need the data to collect it.",
        ),
        until=_in_words_of(
            customer,
            "Kunnes lasku on maksettu. Pyydä sen jälkeen uudelleen.",
            "Tills fakturan är betald. Be om det på nytt efter det.",
            "Until the invoice is paid. Please ask again after that.",
        ),
    )


def _extended(weeks: Weeks) -> Story:
    customer = next(weeks.others)
    yield weeks.day(24)
    request = weeks.asks(customer, Right.ACCESS)
    yield weeks.day(24, 12)
    weeks.proves(request, customer)
    yield weeks.day(10)
    decisions.extend(
        request.demands.get(),
        by=weeks.contact,
        now=weeks.now,
        cause=ExtensionCause.COMPLEXITY,
        reason=_in_words_of(
            customer,
            "Osa tiedoistasi on vanhoissa paperiarkistoissa.",
            "En del av dina uppgifter finns i gamla pappersarkiv.",
            "Some of your data are in old paper archives.",
        ),
    )


def _forbidden(ago: int) -> Callable[[Weeks], Story]:
    def story(weeks: Weeks) -> Story:
        yield weeks.day(ago)
        everything = {"scopes": ProhibitionScope.values, "uses": ProhibitedUse.values}
        weeks.asks(next(weeks.others), Right.PROHIBITION, said=everything)

    return story


def _withdrawn(weeks: Weeks) -> Story:
    yield weeks.day(22)
    wrong = {"restriction_ground": RestrictionGround.ACCURACY}
    request = weeks.asks(next(weeks.others), Right.RESTRICTION, said=wrong)
    yield weeks.day(21)
    decisions.withdraw(request, now=weeks.now)


def _moved(ago: int, corrected: int | None = None) -> Callable[[Weeks], Story]:
    def story(weeks: Weeks) -> Story:
        customer = next(weeks.others)
        yield weeks.day(ago)
        wrong = Item(
            category=DataCategory.POSTAL_ADDRESS,
            kind=ItemKind.OUTDATED,
            datum=customer.street,
            wanted=_in_words_of(customer, "Kuurakuja 4", "Frostgränden 4", "Kuurakuja 4"),
            ground=_in_words_of(customer, "Muutin.", "Jag har flyttat.", "I have moved."),
        )
        request = weeks.asks(customer, Right.RECTIFICATION, items=[wrong])
        yield weeks.day(ago, 13)
        weeks.proves(request, customer)
        if corrected is not None:
            yield weeks.day(corrected)
            correcting.decide(
                request.demands.get(),
                [correcting.Ruling(wrong, Outcome.CORRECTED, customer, {"street": wrong.wanted})],
                by=weeks.contact,
                now=weeks.now,
            )

    return story


def _contested(ago: int, decided: int | None = None) -> Callable[[Weeks], Story]:
    """Data that the person says are wrong rest from when it is known who asks; whoever decides says
    which of them (art. 18(1)(a))."""

    def story(weeks: Weeks) -> Story:
        customer = next(weeks.others)
        yield weeks.day(ago)
        wrong = {"restriction_ground": RestrictionGround.ACCURACY}
        request = weeks.asks(customer, Right.RESTRICTION, said=wrong)
        yield weeks.day(ago, 14)
        weeks.proves(request, customer)
        if decided is not None:
            yield weeks.day(decided)
            which = [DataCategory.EMAIL, DataCategory.POSTAL_ADDRESS]
            demand = request.demands.get()
            decisions.grant(demand, by=weeks.contact, now=weeks.now, categories=which)

    return story


def _by_letter(weeks: Weeks) -> Story:
    """A signed letter from somebody without e-mail: the answer goes by post."""
    customer = next(weeks.others)
    yield weeks.day(12)
    request = weeks.asks(customer, Right.ACCESS, channel=Channel.LETTER, email="")
    yield weeks.day(12, 11)
    decisions.prove(
        request,
        Proof.SIGNATURE,
        now=weeks.now,
        by=weeks.handler,
        evidence="Allekirjoitus kirjeen lopussa",
    )
    decisions.link(request, customer, now=weeks.now)


def _by_phone(weeks: Weeks) -> Story:
    """A call: a code by post will show who it was."""
    customer = next(weeks.others)
    yield weeks.day(3)
    request = weeks.asks(customer, Right.ERASURE, channel=Channel.PHONE, email="")
    yield weeks.day(2)
    decisions.link(request, customer, now=weeks.now)
    request.refresh_from_db()
    decisions.send_code(request, now=weeks.now)


def _waiting_for_a_fact(weeks: Weeks) -> Story:
    customer = next(weeks.debtors)
    yield weeks.day(8)
    request = weeks.asks(customer, Right.ERASURE)
    yield weeks.day(8, 15)
    weeks.proves(request, customer)


def _waiting_for_a_paper(weeks: Weeks) -> Story:
    """An erasure that is decided: somebody has still to shred a signed order."""
    customer = next(weeks.others)
    yield weeks.day(9)
    paper = Paper(
        customer=customer,
        title="Allekirjoitettu tilaus",
        dated_on=weeks.now.date(),
        place=StoragePlace.objects.get(),
    )
    paper.save(
        collection=Collection.objects.create(
            source_kind="purchase", source_name="Ruskapolun myymälä", collected_on=weeks.now.date()
        )
    )
    yield weeks.day(8)
    request = weeks.asks(customer, Right.ERASURE)
    yield weeks.day(8, 13)
    weeks.proves(request, customer)
    yield weeks.day(5)
    decisions.grant(request.demands.get(), by=weeks.contact, now=weeks.now, wait=True)


def _undelivered(weeks: Weeks) -> Story:
    """An address with a slip of the pen: the receipt came back."""
    customer = next(weeks.others)
    yield weeks.day(6)
    words = _in_words_of(
        customer,
        "En halua, että ostoksiani tutkitaan.",
        "Jag vill inte att mina köp granskas.",
        "I do not want my purchases to be studied.",
    )
    slip = "kirjoitusvirhe@ruskapolku.example"
    request = weeks.asks(customer, Right.OBJECTION, said={"ground": words}, email=slip)
    receipt = request.letters.get(kind=LetterKind.RECEIPT)
    fault = "SMTPRecipientsRefused 550"
    Task.objects.filter(subject=receipt.pk).update(given_up_at=weeks.now, fault=fault)
    mark_undelivered(receipt, fault=fault, now=weeks.now)


def _to_decide(ago: int, *rights: Right) -> Callable[[Weeks], Story]:
    """Proven and found: only the decision is missing."""

    def story(weeks: Weeks) -> Story:
        customer = next(weeks.others)
        yield weeks.day(ago)
        request = weeks.asks(customer, *rights)
        yield weeks.day(ago, 16)
        weeks.proves(request, customer)

    return story


def _unproven(ago: int) -> Callable[[Weeks], Story]:
    def story(weeks: Weeks) -> Story:
        yield weeks.day(ago)
        weeks.asks(next(weeks.others), Right.ERASURE)

    return story


STORIES: tuple[Callable[[Weeks], Story], ...] = (
    _late,
    _copy_given,
    _erased,
    _nothing_held,
    _refused,
    _extended,
    _to_decide(28, Right.PORTABILITY),
    _forbidden(23),
    _withdrawn,
    _moved(19, corrected=17),
    _unproven(14),
    _by_letter,
    _waiting_for_a_fact,
    _to_decide(7, Right.ACCESS),
    _undelivered,
    _moved(5),
    _forbidden(4),
    _by_phone,
    _to_decide(2, Right.ACCESS, Right.ERASURE),
    _unproven(1),
    _unproven(0),
    _contested(16, decided=11),
    _contested(6),
    _waiting_for_a_paper,
)
