"""Retention: who is due by the notice in force, and erasing them in blocks (P31, T14, D01r-D03r).

The notice's periods are not written into the customers. A period and today give the latest day
from which it can have run, and an index finds whose day that is or an earlier one: so a new notice
dates everybody anew in a moment.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Collection as Collection_
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import islice
from operator import and_, or_
from typing import Any

from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from audit.bulk import Pauses
from audit.reasons import because
from audit.tasks import later
from notices.declarations import declared_columns, is_filled
from notices.models import Clause, Notice
from notices.terms import ClauseKind, DataCategory, RetentionStart
from register.bookkeeping import financial_year_end
from register.erasure import empty_together, erase_together, filled, holding
from register.holds import Block, blocks_of_own_motion, blocks_of_retention
from register.models import Collection, Customer, Lifespan, Order, Question, RetentionRun
from register.ownership import paths, rows_of

#: The act of the worker.
CARRY_OUT = "carry_out_retention"
#: Customers of one transaction: SQLite's lock is held well under two seconds.
A_BLOCK = 500
#: More than this share of all customers, and at least so many, are not erased without a yes.
SHARE, FEWEST = 0.02, 50
#: A run so long after the last one looks like a wrong clock.
FAR = timedelta(days=45)

#: The columns of `Lifespan` that a period may run from, each with the rows it is right for.
Branch = tuple[str, Q]
BRANCHES: dict[str, tuple[Branch, ...]] = {
    RetentionStart.ORDER: (
        ("ordered_on", Q(ordered_on__isnull=False)),
        ("obtained_on", Q(ordered_on__isnull=True)),
    ),
    RetentionStart.INVOICE: (
        ("invoiced_on", Q(invoiced_on__isnull=False)),
        ("obtained_on", Q(invoiced_on__isnull=True)),
    ),
    RetentionStart.COLLECTED: (("obtained_on", Q()),),
    RetentionStart.FINANCIAL_YEAR_END: (("active_on", Q()),),
}
_ORDER_S_OWN = frozenset(
    {RetentionStart.ORDER, RetentionStart.FINANCIAL_YEAR_END, RetentionStart.COLLECTED}
)
ENDED: Branch = ("ended_on", Q(ended_on__isnull=False))
INACTIVE: Branch = ("active_on", Q(ended_on__isnull=True))


def months_after(day: date, months: int) -> date:
    """The same day `months` later, else the last of that month: a period that began on 29 February
    ends on the 28th in a common year (T14)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Rule:
    """One retention period of a notice."""

    start: RetentionStart
    months: int
    inactive_months: int | None
    categories: frozenset[DataCategory]
    label: str

    @classmethod
    def of(cls, clause: Clause) -> "Rule":
        return cls(
            RetentionStart(clause.term),
            12 * (clause.years or 0) + (clause.months or 0),
            clause.inactive_months,
            frozenset(map(DataCategory, clause.categories)),
            clause.label,
        )

    @property
    def parts(self) -> "list[Rule]":
        """The same period for each category of data alone: each has days of its own."""
        return [replace(self, categories=frozenset({one})) for one in sorted(self.categories)]

    @property
    def is_of_ip_numbers(self) -> bool:
        """An IP number has its own day beside it (D03r)."""
        is_alone = self.categories == {DataCategory.IP_ADDRESS}
        return is_alone and self.start == RetentionStart.COLLECTED

    @property
    def is_of_orders(self) -> bool:
        """An order has its own day, and the day when its data came."""
        is_alone = self.categories == {DataCategory.ORDERS}
        return is_alone and self.start in _ORDER_S_OWN

    @property
    def is_of_values(self) -> bool:
        """Every other value has an origin, which says when it came."""
        is_from_then = bool(self.categories) and self.start == RetentionStart.COLLECTED
        return is_from_then and not (self.is_of_ip_numbers or self.is_of_orders)

    @property
    def is_by_hand(self) -> bool:
        """Whether the program cannot tell from when the period of these data runs: no order says
        which invoice is about it."""
        return self.categories == {DataCategory.ORDERS} and self.start == RetentionStart.INVOICE

    @property
    def branches(self) -> tuple[Branch, ...]:
        """From which column of a lifespan the period runs, for which rows. Without a rule of
        inactivity a relationship ends only when staff say so (D01r)."""
        if self.start != RetentionStart.RELATIONSHIP_END:
            return BRANCHES[self.start]
        return (ENDED,) if self.inactive_months is None else (ENDED, INACTIVE)

    def last_day(self, column: str, day: date) -> date:
        """The last day on which data may be kept whose period runs from `day` in `column`."""
        if self.start == RetentionStart.FINANCIAL_YEAR_END:
            day = financial_year_end(day)
        return months_after(months_after(day, self._quiet_months(column)), self.months)

    def _quiet_months(self, column: str) -> int:
        """How long nothing must have happened before the period runs from `column`."""
        is_inactive = (self.start, column) == (RetentionStart.RELATIONSHIP_END, "active_on")
        return (self.inactive_months or 0) if is_inactive else 0

    def last_start(self, column: str, today: date) -> date:
        """The latest day in `column` from which the period is over on `today`."""
        day = months_after(today, -self.months - self._quiet_months(column))
        # later than any: months differ by days, and two of them may be clamped
        day += timedelta(days=7)
        while self.last_day(column, day) >= today:
            day -= timedelta(days=1)
        return day

    def is_over(self, today: date) -> Q:
        """Lifespans of those for whom the period is over on `today`."""
        return reduce(
            or_,
            (
                rows & Q(**{f"{column}__lte": self.last_start(column, today)})
                for column, rows in self.branches
            ),
        )

    def due_on(self, span: Lifespan) -> date | None:
        """The first day after the period for one customer; None when no end is in sight."""
        for column, _rows in self.branches:
            day = getattr(span, column)
            if day is not None and (column != "active_on" or span.ended_on is None):
                return self.last_day(column, day) + timedelta(days=1)
        return None


def rules_of(notice: Notice) -> list[Rule]:
    """The retention periods of `notice`, but for that of vouchers, which bookkeeping obeys."""
    return [
        Rule.of(clause)
        for clause in notice.clauses.all()
        if clause.kind == ClauseKind.RETENTION and not clause.is_of_vouchers
    ]


def whole(rules: Iterable[Rule]) -> list[Rule]:
    """Those of `rules` that name no data: they are about the whole customer."""
    return [rule for rule in rules if not rule.categories]


def due(rules: Sequence[Rule], today: date) -> "QuerySet[Lifespan]":
    """The lifespans that are over on `today` by every one of `rules`; none without a rule."""
    if not rules:
        return Lifespan.objects.none()
    return Lifespan.objects.filter(reduce(and_, (rule.is_over(today) for rule in rules)))


def due_by_branch(rules: Sequence[Rule], today: date) -> Iterator["tuple[str, QuerySet[Lifespan]]"]:
    """The same in parts that share nobody, each a range of the index on a column: for that no
    database needs to know how many there are."""
    if rules:
        first, *others = rules
        rest = due(others, today) if others else Lifespan.objects.all()
        for column, rows in first.branches:
            until = {f"{column}__lte": first.last_start(column, today)}
            yield column, rest.filter(rows, **until)


def count_due(rules: Sequence[Rule], today: date) -> int:
    """How many are due by `rules` on `today`."""
    return sum(rows.count() for _column, rows in due_by_branch(rules, today))


def due_on(customer: Customer, notice: Notice | None) -> date | None:
    """The day on which `customer` is due for erasure under `notice`; None when none is known."""
    rules = whole(rules_of(notice)) if notice else []
    span = Lifespan.objects.filter(customer=customer).first()
    days = [rule.due_on(span) for rule in rules] if span else []
    known = [day for day in days if day]
    return max(known) if known and len(known) == len(days) else None


def due_by_month(notice: Notice, today: date, months: int = 24) -> list[tuple[date, int]]:
    """How many customers fall due in this and each of the next months, by the first of the month;
    those who are due already stand in this one."""
    firsts = [months_after(today.replace(day=1), ahead) for ahead in range(months)]
    found = dict.fromkeys(firsts, 0)
    rules = whole(rules_of(notice))
    ends = [months_after(first, 1) - timedelta(days=1) for first in firsts]
    if len(rules) == 1:
        for column, rows in rules[0].branches:
            until = rules[0].last_start(column, ends[-1])
            spans = Lifespan.objects.filter(rows, **{f"{column}__lte": until}).order_by()
            for day, count in spans.values_list(column).annotate(Count("pk")):
                falls = rules[0].last_day(column, day) + timedelta(days=1)
                found[max(falls, today).replace(day=1)] += count
    elif rules:
        before = 0
        for first, end in zip(firsts, ends, strict=True):
            so_far = count_due(rules, end)
            found[first], before = so_far - before, so_far
    return list(found.items())


# --- going through them


def _in_order(rows: "QuerySet[Any]", column: str) -> Iterator[list[Any]]:
    """`rows` in the order of an index that begins with `column`, a block at a time."""
    rows = rows.order_by(column, "pk")
    block = list(rows[:A_BLOCK])
    while block:
        last = getattr(block[-1], column)
        yield block
        later = Q(**{f"{column}__gt": last}) | Q(**{column: last, "pk__gt": block[-1].pk})
        # the first half lets the index begin there
        block = list(rows.filter(later, **{f"{column}__gte": last})[:A_BLOCK])


def _blocks_of_due(rules: Sequence[Rule], today: date) -> Iterator[list[int]]:
    """Keys of customers who are due by all of `rules`."""
    for column, rows in due_by_branch(rules, today):
        for block in _in_order(rows, column):
            yield [span.customer_id for span in block]


def blocked(
    notice: Notice, today: date, *, most: int | None = None
) -> Iterator[tuple[Customer, list[Block]]]:
    """Those who are due and are kept all the same, with the reasons; with `most`, of so many
    blocks of the due."""
    for block in islice(_blocks_of_due(whole(rules_of(notice)), today), most):
        kept = blocks_of_retention(block, today=today)
        people = Customer.objects.in_bulk([key for key in block if kept.get(key)])
        yield from ((people[key], kept[key]) for key in block if key in people)


def count_let_go(notice: Notice, today: date) -> int:
    """How many are due on `today` and kept by nothing."""
    return sum(
        len(block) - sum(bool(why) for why in blocks_of_retention(block, today=today).values())
        for block in _blocks_of_due(whole(rules_of(notice)), today)
    )


def begin(
    notice: Notice, *, today: date, now: datetime, yes: bool = False, is_given: bool = False
) -> RetentionRun:
    """The run of `today`: one that was not finished, or a new one; it asks (`question`) when the
    clock has jumped, or when customers or single data of unusually many are due at once, unless
    `yes`. A day that somebody has given (`is_given`) is no jump of the clock, and is not that of an
    earlier run."""
    most = unusually_many()
    # looked at before anything is held: it may read whole tables
    of_data = _count_of_data(notice, today, most)
    with transaction.atomic(), because(_("Retention")):
        last = RetentionRun.objects.order_by("-pk").select_for_update().first()
        goes_on = last and not last.ended_at and last.notice_id == notice.pk
        if last and goes_on and (last.today_on == today or not is_given):
            run = last
        else:
            if last and not last.ended_at:
                last.ended_at = now
                last.save()
            count = count_due(whole(rules_of(notice)), today)
            run = RetentionRun(today_on=today, begun_at=now, notice=notice, due=count)
            clock = None if is_given else localtime(now).date()
            run.question = _question(run, last, clock, of_data=of_data, most=most)
        is_said = yes and bool(run.question) and not run.confirmed_at
        if is_said:
            run.confirmed_at = now
        # one that merely goes on has no version for each time that it was killed
        if run._state.adding or is_said:
            run.save()
    return run


def unusually_many() -> int:
    """From how many on nobody is erased, and nothing emptied, without a yes."""
    return max(FEWEST, int(SHARE * Customer.objects.unerased().count()) + 1)


def _question(
    run: RetentionRun, last: RetentionRun | None, clock: date | None, *, of_data: int, most: int
) -> str:
    """Why `run` must not go on without a yes; empty when it may. The `clock` is not asked about a
    day that somebody has given."""
    if clock and (
        run.today_on > clock or (last and not timedelta() <= run.today_on - last.today_on <= FAR)
    ):
        return Question.CLOCK if run.due or of_data else ""
    return Question.MANY if max(run.due, of_data) >= most else ""


def say_yes(run: RetentionRun, *, by: Any, now: datetime) -> bool:
    """Let the worker carry out `run`, which asks; False when it asks no longer."""
    with transaction.atomic(), because(_("Retention")):
        own = RetentionRun.objects.select_for_update().get(pk=run.pk)
        if not own.is_asking:
            return False
        own.confirmed_by, own.confirmed_at = by, now
        own.save()
        later(CARRY_OUT, own.pk, now=now)
    return True


Around = Callable[[list[int]], AbstractContextManager[Any]]
Before = Callable[[list[int], Collection_[DataCategory]], object]


def _told_nobody(_customers: list[int], _categories: Collection_[DataCategory]) -> None:
    """The register alone has nobody to tell: whoever knows letters gives another."""


def carry_out(
    run: RetentionRun,
    *,
    clock: Callable[[], datetime],
    around: Around = nullcontext,
    before: Before = _told_nobody,
) -> None:
    """Erase whoever is due, in blocks, each whole and recorded with the run; `around` is entered
    with the keys of a block in its transaction, and `before` is called in that of a block of which
    some data go, with the keys and those data. Killed, it goes on; twice at once does no harm.
    A run that asks does nothing, and one whose notice no longer governs ends."""
    run.refresh_from_db()
    if run.is_asking or run.ended_at:
        return
    rules = rules_of(run.notice)
    sweep = _Sweep(run, clock, around, before, Counter(run.counts))
    with because(_("Retention period over")):
        run.blocked = 0
        went_through = sweep.erase(whole(rules)) and all(
            sweep.empty(part) for rule in rules for part in rule.parts if not part.is_by_hand
        )
        if went_through or Customer.notice_that_governs().pk != run.notice_id:
            run.ended_at = clock()
        run.save()


@dataclass
class _Sweep:
    """The blocks of one run."""

    run: RetentionRun
    clock: Callable[[], datetime]
    around: Around
    before: Before
    counts: Counter[str]

    def erase(self, rules: Sequence[Rule]) -> bool:
        """Erase those due by `rules`; False when another notice came into force."""
        today = self.run.today_on

        def passed_over(held: list[int]) -> Mapping[int, list[Block]]:
            there = due(rules, today).filter(customer__in=held)
            still = set(there.values_list("customer_id", flat=True))
            return {
                **{key: [] for key in held if key not in still},
                **blocks_of_retention(still, today=today),
            }

        pause = Pauses()
        for block in _blocks_of_due(rules, today):
            with transaction.atomic():
                if not self._governs():
                    return False
                keys, kept, done = erase_together(
                    block,
                    because_of=self.run.number,
                    now=self.clock(),
                    passed_over=passed_over,
                    around=self.around,
                )
                self.counts += Counter(done.counts)
                self.run.erased += len(keys)
                self.run.blocked += sum(bool(why) for why in kept.values())
                self._record()
            pause()
        return True

    def empty(self, rule: Rule) -> bool:
        """Empty the data that `rule` names where its period is over, in history too."""
        pause = Pauses()
        for block in _blocks_to_empty(rule, self.run.today_on):
            with transaction.atomic():
                if not self._governs():
                    return False
                keys = _let_go(block, rule)
                if keys:
                    self.before(keys, rule.categories)
                self.run.emptied += empty_together(
                    keys,
                    rule.categories,
                    which=_which(rule, self.run.today_on, keys),
                    because_of=self.run.number,
                    now=self.clock(),
                )
                self._record()
            pause()
        return True

    def _governs(self) -> bool:
        return bool(Customer.held_notice().pk == self.run.notice_id)

    def _record(self) -> None:
        self.run.counts = dict(self.counts)
        self.run.save()


def _which(rule: Rule, today: date, customers: list[int]) -> Callable[[type[models.Model]], Q]:
    """The rows and their versions that `rule` is about, by model."""
    if rule.is_of_ip_numbers:
        return lambda model: _of_ip_numbers(rule, today)
    if rule.is_of_values:
        return lambda model: _of_values(rule, today, model) or Q(pk__in=[])
    if not rule.is_of_orders:
        return lambda model: Q()
    over = _of_orders(rule, today).filter(customer__in=customers)
    orders = list(over.values_list("pk", flat=True))

    def of_orders(model: type[models.Model]) -> Q:
        if model is Order:
            return Q(id__in=orders)
        belongs = any(field.name == "order" for field in model._meta.concrete_fields)
        # a paper is of no order: it goes with the customer
        return Q(order_id__in=orders) if belongs else Q(id__in=[])

    return of_orders


def _of_ip_numbers(rule: Rule, today: date) -> Q:
    return Q(ip_seen_on__lte=rule.last_start("obtained_on", today))


def _of_orders(rule: Rule, today: date) -> "QuerySet[Order]":
    day = rule.last_start("ordered_on", today)
    if rule.start == RetentionStart.COLLECTED:
        return Order.objects.filter(_came_by(day, "ordered_on"), ordered_on__isnull=False)
    return Order.objects.filter(ordered_on__lte=day)


def _of_values(rule: Rule, today: date, model: type[models.Model]) -> Q | None:
    """The rows of `model`, or versions, in which all that is kept of the data came so long ago: a
    part that came later keeps the rest. None where the model keeps nothing of it."""
    columns = columns_of(model, rule.categories)
    if not columns:
        return None
    day = rule.last_start("obtained_on", today)
    return filled(model, columns) & reduce(
        and_, (~is_filled(model, column) | _came_by(day, column) for column in columns)
    )


def _came_by(day: date, column: str) -> Q:
    """That the value in `column` came on `day` or before, as its origin says."""
    origin = Cast(OuterRef(f"collected__{column}"), models.BigIntegerField())
    return Q(Exists(Collection.objects.filter(pk=origin, collected_on__lte=day)))


def columns_of(model: type[models.Model], categories: Collection_[DataCategory]) -> list[str]:
    """The columns of `model` for `categories` that have an origin of their own."""
    made = getattr(model, "derived", {})
    return [
        column
        for column, one in declared_columns(model).items()
        if one in categories and column not in made
    ]


def _blocks_to_empty(rule: Rule, today: date) -> Iterator[list[int]]:
    """Keys of customers who hold data that `rule` names and whose period is over."""
    if rule.is_of_ip_numbers:
        seen = _of_ip_numbers(rule, today)
        for block in _in_order(Customer.objects.filter(seen), "ip_seen_on"):
            yield [customer.pk for customer in block]
        for block in _in_order(Customer.history.filter(seen), "ip_seen_on"):
            yield sorted({version.id for version in block})
    elif rule.is_of_orders:
        for block in _in_order(_of_orders(rule, today), "ordered_on"):
            yield sorted({order.customer_id for order in block})
    elif rule.is_of_values:
        for model, path in paths().items():
            if (old := _of_values(rule, today, model)) is not None:
                way = f"{path}_id" if path else "id"
                for rows, key in ((model._base_manager, "id"), (model.history, "history_id")):  # type: ignore[attr-defined]
                    for block in _in_order(rows.filter(old), key):
                        yield sorted({getattr(row, way) for row in block})
    else:
        for keys in _blocks_of_due([rule], today):
            rows = Customer.objects.filter(holding(rule.categories), pk__in=keys)
            if found := list(rows.order_by("pk").values_list("pk", flat=True)):
                yield found


def _let_go(customers: Iterable[int], rule: Rule) -> list[int]:
    """Those of `customers` (keys) of whom nothing keeps the data that `rule` names."""
    keys = list(customers)
    kept = blocks_of_own_motion(keys)
    return [key for key in keys if not any(one.keeps(rule.categories) for one in kept.get(key, ()))]


def _data_to_go(notice: Notice, today: date) -> Iterator[tuple[DataCategory, list[int]]]:
    """Keys of those whose single data are over on `today` and kept by nothing, in blocks; somebody
    may stand in several."""
    for rule in rules_of(notice):
        for part in rule.parts:
            [category] = part.categories
            for block in [] if part.is_by_hand else _blocks_to_empty(part, today):
                yield category, _let_go(block, part)


def _count_of_data(notice: Notice, today: date, most: int) -> int:
    """Of how many customers single data go on `today`; no more are counted than `most`."""
    found: set[int] = set()
    for _category, keys in _data_to_go(notice, today):
        found.update(keys)
        if len(found) >= most:
            break
    return min(len(found), most)


def data_due(notice: Notice, today: date) -> dict[DataCategory, set[int]]:
    """Of whom (keys) single data go on `today`, by category."""
    found: dict[DataCategory, set[int]] = {}
    for category, keys in _data_to_go(notice, today):
        if keys:
            found.setdefault(category, set()).update(keys)
    return found


def some_data_due(notice: Notice, today: date) -> Iterator[tuple[DataCategory, list[int]]]:
    """Keys of some of them, by category."""
    for rule in rules_of(notice):
        for part in rule.parts:
            keys = [] if part.is_by_hand else next(_blocks_to_empty(part, today), [])
            if keys:
                yield next(iter(part.categories)), keys


def data_due_on(customer: Customer, notice: Notice | None) -> list[tuple[DataCategory, date]]:
    """The day on which the first data of each category with a period of its own are due, as far as
    `customer` has any and a day is known."""
    rules = [part for rule in (rules_of(notice) if notice else []) for part in rule.parts]
    if not rules:
        return []
    span = Lifespan.objects.filter(customer=customer).first()
    found: dict[DataCategory, date] = {}
    for rule in rules:
        [category] = rule.categories
        days = [] if rule.is_by_hand else _days_of(rule, customer, span)
        for day in days:
            found[category] = min(day, found.get(category, day))
    return list(found.items())


def _days_of(rule: Rule, customer: Customer, span: Lifespan | None) -> list[date]:
    """The days on which data of `customer` that `rule` names are due."""
    one_day = timedelta(days=1)
    if rule.is_of_ip_numbers:
        seen_on = customer.ip_seen_on
        return [rule.last_day("obtained_on", seen_on) + one_day] if seen_on else []
    if rule.is_of_orders and rule.start != RetentionStart.COLLECTED:
        first = customer.orders.aggregate(day=models.Min("ordered_on"))["day"]
        return [rule.last_day("ordered_on", first) + one_day] if first else []
    held = [
        [row.collected.get(column) for column in columns if getattr(row, column) not in (None, "")]
        for model, rows in rows_of(customer)
        if (columns := columns_of(model, rule.categories))
        for row in rows
    ]
    if rule.start != RetentionStart.COLLECTED:
        day = rule.due_on(span) if span and any(held) else None
        return [day] if day else []
    came = Collection.objects.in_bulk({key for keys in held for key in keys if key})
    return [
        rule.last_day("obtained_on", max(came[key].collected_on for key in keys)) + one_day
        for keys in held
        if keys and all(key in came for key in keys)
    ]
