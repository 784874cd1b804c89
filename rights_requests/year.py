"""The year at a glance: what was asked, how soon it was answered, and what was refused and why.

It shows that requests are answered in time (art. 12(3); T11, Q02). Everything is counted by the
database, in as many queries for ten thousand requests as for ten, and nothing in it is about
anybody: rights, days and grounds alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext

from notices.terms import Right
from register.lists.pieces import Pieces
from register.lists.tables import NARROW, WIDE, Cell, Heading, sheet_of
from rights_requests.deadlines import HELSINKI, due_date, received_on
from rights_requests.grounds import BY_KEY
from rights_requests.models import (
    OFFERED,
    Certificate,
    Demand,
    Doubt,
    DoubtReason,
    RightsRequest,
)

_day = partial(TruncDate, tzinfo=HELSINKI)
_between = partial(ExpressionWrapper, output_field=DurationField())
ONE_DAY = timedelta(days=1)

#: The picture in its own units: each tenth of the time is a bar and a gap wide.
WIDTH, HEIGHT = 10, 60
TENTHS = 10


class Outcome(TextChoices):
    """What became of a right demanded; what is refused in part is refused (P59)."""

    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OPEN = "open"


@dataclass(frozen=True)
class Group:
    """Demands that are alike: of the same right, with the same days."""

    right: Right
    outcome: Outcome
    #: days from the receipt to the last day to answer; those on which the clock stood still are
    #: neither here nor among the days used (T06)
    allowed: int
    #: days from the receipt to the decision; None while there is none
    used: int | None
    number: int

    @property
    def is_late(self) -> bool:
        return self.used is not None and self.used > self.allowed

    @property
    def is_in_target(self) -> bool:
        return self.used is not None and self.used <= _target_days(self.right)


@dataclass(frozen=True)
class OfRight:
    """What was asked by one right, or by all of them, and how soon it was answered."""

    label: str
    groups: list[Group]
    #: open, and past the last day to answer
    overdue: int

    @property
    def asked(self) -> int:
        return _number(self.groups)

    @property
    def done(self) -> int:
        return self._with(Outcome.DONE)

    @property
    def refused(self) -> int:
        return self._with(Outcome.REFUSED)

    @property
    def withdrawn(self) -> int:
        return self._with(Outcome.WITHDRAWN)

    @property
    def open(self) -> int:
        return self._with(Outcome.OPEN)

    @property
    def late(self) -> int:
        """How many were answered after the last day."""
        return _number(one for one in self.groups if one.is_late)

    @property
    def answered(self) -> int:
        return self._days.total()

    @property
    def in_target(self) -> int:
        """How many were answered by our own target, which comes before the law's (T11)."""
        return _number(one for one in self.groups if one.is_in_target)

    @property
    def usual(self) -> int | None:
        """Days that half of the answers took at most."""
        reached = 0
        for days, number in sorted(self._days.items()):
            reached += number
            if 2 * reached >= self.answered:
                return days
        return None

    @property
    def longest(self) -> int | None:
        return max(self._days, default=None)

    @property
    def _days(self) -> Counter[int]:
        """How many were answered in how many days."""
        days: Counter[int] = Counter()
        for one in self.groups:
            if one.used is not None:
                days[one.used] += one.number
        return days

    def _with(self, outcome: Outcome) -> int:
        return _number(one for one in self.groups if one.outcome == outcome)


@dataclass(frozen=True)
class Bar:
    """A tenth of the time there was, or what came after it, and how many answers took so long."""

    label: str
    number: int
    left: int
    height: int
    is_late: bool

    @property
    def top(self) -> int:
        return HEIGHT - self.height


@dataclass(frozen=True)
class Refusals:
    """How many demands of a right were refused, wholly or in part, on one ground."""

    right: str
    ground: str
    law: str
    number: int


@dataclass(frozen=True)
class Year:
    """The requests received in a year, counted."""

    year: int
    requests: int
    by_right: list[OfRight]
    total: OfRight
    bars: list[Bar]
    refusals: list[Refusals]

    @property
    def rows(self) -> list[OfRight]:
        return [*self.by_right, self.total]


def year_of(year: int, *, today: date) -> Year:
    """What was asked in `year`, by the day of receipt in Helsinki, as it stands `today`."""
    groups = _groups(year)
    late = _overdue(year, today=today)
    by_right = [
        OfRight(capfirst(str(right.label)), own, late.get(right, 0))
        for right in OFFERED
        if (own := [one for one in groups if one.right == right])
    ]
    total = OfRight(pgettext("requests", "All"), groups, sum(late.values()))
    return Year(
        year=year,
        requests=RightsRequest.objects.filter(_received("", year)).count(),
        by_right=by_right,
        total=total,
        bars=_bars(groups),
        refusals=_refusals(year),
    )


def years(*, today: date) -> list[int]:
    """The years to choose from, the newest first: from the first request until now."""
    found = RightsRequest.objects.aggregate(first=Min("received_at"), last=Max("received_at"))
    days = [received_on(moment) for moment in found.values() if moment]
    seen = [today.year, *(day.year for day in days)]
    return list(range(max(seen), min(seen) - 1, -1))


def _received(way: str, year: int) -> Q:
    """Those received in `year`; `way` leads to the request."""
    begin, end = (datetime(one, 1, 1, tzinfo=HELSINKI) for one in (year, year + 1))
    return Q(**{f"{way}received_at__gte": begin, f"{way}received_at__lt": end})


def _groups(year: int) -> list[Group]:
    """All demands of `year`, counted where they are alike."""
    received = _day("request__received_at")
    paused = Coalesce(Subquery(_paused()), timedelta(0), output_field=DurationField())
    rows = (
        Demand.objects.filter(_received("request__", year))
        .alias(decided_on=_day(Coalesce("granted_at", "refused_at", "carried_out_at")))
        .annotate(
            outcome=Case(
                # of a rectification, items may be refused and the rest done (R07)
                When(
                    Q(refused_at__isnull=False) | Q(certificate__isnull=False),
                    then=Value(Outcome.REFUSED),
                ),
                When(granted_at__isnull=False, then=Value(Outcome.DONE)),
                When(carried_out_at__isnull=False, then=Value(Outcome.DONE)),
                When(request__withdrawn_at__isnull=False, then=Value(Outcome.WITHDRAWN)),
                default=Value(Outcome.OPEN),
            ),
            allowed=_between(F("due_on") - received - paused),
            used=_between(F("decided_on") - received - paused),
            # of what was decided while the clock stood still, no last day is known
            stopped=Case(When(due_on=None, decided_on__isnull=False, then=received)),
            extended=Q(extended_at__isnull=False),
        )
        .order_by()
        .values_list("right", "outcome", "allowed", "used", "stopped", "extended")
        .annotate(number=Count("pk"))
    )
    return [
        Group(
            Right(right),
            Outcome(outcome),
            _unpaused(stopped, extended) if stopped else (allowed or timedelta()) // ONE_DAY,
            None if used is None else used // ONE_DAY,
            number,
        )
        for right, outcome, allowed, used, stopped, extended, number in rows
    ]


def _unpaused(came: date, extended: bool) -> int:
    """Days to the last day to answer what came on `came`, if no question had stopped the clock."""
    return (due_date(came, extended=extended).unpaused - came) // ONE_DAY


def _paused() -> QuerySet[Any]:
    """How long the clock of a demand stood still before the decision (T06, T07), as
    `Doubt.pause_of` tells of one; one question is put at a time, so no day is counted twice."""
    decided_on = ExpressionWrapper(OuterRef("decided_on"), output_field=DateField())
    return (
        Doubt.objects.filter(request=OuterRef("request"), stops_clock=True)
        .alias(
            right=ExpressionWrapper(OuterRef("right"), output_field=CharField()),
            begun=_day("letter__sent_at"),
            until=Least(Coalesce(_day("answered_at"), decided_on), decided_on),
        )
        .filter(
            ~Q(reason=DoubtReason.LARGE_QUANTITY) | Q(right=Right.ACCESS),
            until__gt=F("begun"),
        )
        .order_by()
        .values("request")
        .annotate(days=Sum(_between(F("until") - F("begun"))))
        .values("days")
    )


def _overdue(year: int, *, today: date) -> Mapping[str, int]:
    """How many demands of `year` wait for an answer past its last day, by right."""
    late = Demand.objects.undecided().due_by(today - ONE_DAY).filter(_received("request__", year))
    return dict(late.order_by().values_list("right").annotate(number=Count("pk")))


def _refusals(year: int) -> list[Refusals]:
    """The certificates about demands of `year`, counted by right and ground: once for each ground
    on which an item, or an objection to a purpose, is refused."""
    rows = (
        Certificate.objects.filter(_received("demand__request__", year))
        .annotate(
            item=FilteredRelation(
                "demand__items", condition=Q(demand__items__refusal_ground__gt="")
            ),
            weighing=FilteredRelation(
                "demand__weighings", condition=Q(demand__weighings__ground__gt="")
            ),
            each=Coalesce("item__refusal_ground", "weighing__ground", "ground"),
        )
        .order_by()
        .values_list("demand__right", "each")
        .annotate(found=Count("pk", distinct=True))
    )
    found = [
        Refusals(
            capfirst(str(Right(right).label)),
            str(BY_KEY[ground].label),
            str(BY_KEY[ground].law),
            number,
        )
        for right, ground, number in rows
    ]
    return sorted(found, key=lambda one: (-one.number, one.right, one.ground))


@cache
def _target_days(right: Right) -> int:
    """Within how many days we mean to answer, as each demand says it of itself (T11)."""
    asked = RightsRequest(received_at=datetime(2026, 3, 2, 12, tzinfo=HELSINKI))
    return (Demand(request=asked, right=right).target_on - asked.received_on) // ONE_DAY


def _number(groups: Iterable[Group]) -> int:
    return sum(one.number for one in groups)


def _bars(groups: Iterable[Group]) -> list[Bar]:
    """How much of the time there was the answers took: ten bars, and one for what was late."""
    found: dict[int, int] = defaultdict(int)
    for one in groups:
        if one.used is not None:
            tenth = TENTHS if one.is_late else min(one.used * TENTHS // one.allowed, TENTHS - 1)
            found[tenth] += one.number
    largest = max(found.values(), default=0) or 1
    return [
        Bar(
            label=_label(tenth),
            number=number,
            left=WIDTH * tenth,
            # one answer among thousands is still to be seen
            height=max(2, round(HEIGHT * number / largest)) if number else 0,
            is_late=tenth == TENTHS,
        )
        for tenth in range(TENTHS + 1)
        for number in [found[tenth]]
    ]


def _label(tenth: int) -> str:
    if tenth == TENTHS:
        return gettext("after the last day")
    return gettext("%(from)s–%(to)s %% of the time") % {"from": tenth * 10, "to": tenth * 10 + 10}


# --- as a table


def as_xlsx(found: Year) -> Pieces:
    """The year as a workbook of one sheet, with the numbers of the page."""
    title = gettext("Requests %(year)s") % {"year": found.year}
    # the second and the third have texts too, further down
    widths = [WIDE, WIDE, WIDE, *(NARROW for _column in columns()[2:])]
    name = f"requests-{found.year}.xlsx"
    return sheet_of(name, title, _blocks(found), widths=widths, frozen=4)


def _blocks(found: Year) -> Iterator[list[list[Cell]]]:
    yield [[gettext("Received in the year"), found.year], [gettext("Requests"), found.requests], []]
    yield [Heading([gettext("Right"), *(label for label, _of in columns())])]
    yield [
        [one.label, *(_or_nothing(getattr(one, name)) for _label, name in columns())]
        for one in found.rows
    ]
    yield [[], Heading([gettext("Time used until the decision"), gettext("How many")])]
    yield [[bar.label, bar.number] for bar in found.bars]
    if found.refusals:
        headings = [gettext("Right"), gettext("Ground"), gettext("Law"), gettext("How many")]
        yield [[], Heading(headings)]
        yield [[one.right, one.ground, one.law, one.number] for one in found.refusals]


def _or_nothing(number: int | None) -> Cell:
    return "" if number is None else number


def columns() -> list[tuple[str, str]]:
    """What is told of each right: the heading, and which of `OfRight` it is."""
    return [*columns_of_outcomes(), *columns_of_days()]


def columns_of_outcomes() -> list[tuple[str, str]]:
    """What became of the demands."""
    return [
        (gettext("Asked for"), "asked"),
        (gettext("Done"), "done"),
        (gettext("Refused, wholly or in part"), "refused"),
        (gettext("Withdrawn"), "withdrawn"),
        (pgettext("requests", "Open"), "open"),
    ]


def columns_of_days() -> list[tuple[str, str]]:
    """How soon they were decided on."""
    return [
        (gettext("In our own target"), "in_target"),
        (gettext("Answered late"), "late"),
        (gettext("Open and late"), "overdue"),
        (gettext("Days, usual"), "usual"),
        (gettext("Days, longest"), "longest"),
    ]
