"""The staged rows go into the register: all of its customers are seen at once, or none.

What nobody sees before the customers are there (their history, the words by which they are found,
the digests of their contacts) is written first, block by block, under keys set aside. Then one
short transaction makes the customers. What a kill leaves is cleared, or finished, by whoever comes
next.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy

from audit.bulk import (
    A_BLOCK,
    Pauses,
    fill,
    insert_from,
    insert_rows,
    remember_from,
    reserve_keys,
)
from audit.reasons import because, with_values
from notices.models import Notice
from notices.personal_data import PersonalData
from notices.terms import SourceKind
from register.models import (
    Collection,
    ContactDigest,
    ContactKind,
    ContactRole,
    Customer,
    InformationDuty,
    Lifespan,
    Prohibition,
    Word,
)
from register.models.customers import new_reference
from register.models.imports import (
    FORBIDDEN,
    IN_NOTES,
    NEW,
    NOT_KEPT,
    UNCLEAR_NOTES,
    Duplicates,
    Fate,
    Import,
    ImportedContact,
    ImportedRow,
    ImportLine,
    Turn,
)
from register.models.informing import month_after
from register.models.prohibitions import Digests
from register.models.words import OF_CUSTOMER, words_of, words_of_customer

from .billings import put, take_billing
from .identity import NAMES, shortens
from .mapping import Kind
from .matching import DECIDED, decide, decide_beside, decide_rows, match, refusing
from .meeting import Rows, ranges
from .staging import VALUES, Progress
from .unnaming import forget_headings
from .vouchers import IDENTICAL, complete, take_in

Clock = Callable[[], datetime]
#: As many customers are made seen in one transaction: it takes SQLite about a second.
AT_ONCE = 300_000
#: As many changes of customers who are there go with the new ones, in their transaction.
CHANGED_AT_ONCE = 500
PAUSE = 0.2
#: As long somebody may think over what was read.
KEPT_STAGED = timedelta(days=1)
_NAMES = ("given_name", "family_name", "organisation_name", "email", "phone")


class NoticeHasChanged(Exception):
    """Another notice governs than when the file was read: what it declares must be asked anew."""


class LostTurn(Exception):
    """Somebody else took the turn of an import that seemed to have been killed."""


class TurnIsTaken(Exception):
    """Another import is being compared with the register, or goes into it."""


GoOn = Callable[[], None]


@contextmanager
def turn(*, wait: bool = True, clock: Clock = timezone.now) -> Iterator[GoOn]:
    """One import at a time is compared with the register or goes into it. What the block gets is
    called between two of its acts: others may write then, and the turn is kept; it raises
    `LostTurn`. Without `wait` raises `TurnIsTaken` when somebody else has the turn."""
    token = secrets.token_hex(16)
    while not Turn.objects.take(token, now=clock()):
        if not wait:
            raise TurnIsTaken
        time.sleep(PAUSE)
    pause = Pauses()

    def go_on() -> None:
        if not Turn.objects.take(token, now=clock()):
            raise LostTurn
        pause()

    try:
        yield go_on
    finally:
        Turn.objects.end(token, now=clock())


def foresee(bringing: Import, *, duplicates: str, wait: bool = True) -> None:
    """Write what would become of its rows, were it taken in now. Raises `TurnIsTaken`."""
    with turn(wait=wait) as go_on:
        bringing.refresh_from_db()
        if not bringing.ordered_at:  # else that one tells it
            match(bringing, between=go_on)
            decide(bringing, duplicates, between=go_on)
            report(bringing)


def apply(
    bringing: Import,
    *,
    duplicates: str = Duplicates.SKIP,
    progress: Progress | None = None,
    clock: Clock = timezone.now,
) -> None:
    """Take what `bringing` has staged into the register, and write its report.

    One import at a time: waits for its turn. Raises `NoticeHasChanged`, and `LostTurn` when it was
    away so long that somebody else took over.
    """
    with turn(clock=clock) as go_on:
        applying = _Applying(bringing, duplicates, go_on, progress or (lambda _done: None), clock)
        applying.run()


class _Applying:
    def __init__(
        self,
        bringing: Import,
        duplicates: str,
        keep_turn: GoOn,
        progress: Progress,
        clock: Clock,
    ) -> None:
        self.bringing, self.duplicates, self.keep_turn = bringing, duplicates, keep_turn
        self.progress, self.clock = progress, clock
        self.now = clock()
        self.today: date = timezone.localdate(self.now)
        self.done = 0

    def run(self) -> None:
        notice = PersonalData.notice_that_governs()
        for other in _left_by_a_kill():
            self._end(other, notice)
        self.bringing.refresh_from_db()
        if not self.bringing.applied_at:
            self._check_notice(notice)
            match(self.bringing, between=self._go_on)
            decide(self.bringing, self.duplicates, between=self._go_on)
            self._give_keys()
            with because(self._reason()):
                self._prepare()
                self._show()
            self.finish()

    def _end(self, other: Import, notice: Notice) -> None:
        """What a kill left of an import is finished where its customers are seen, else cleared."""
        its = _Applying(other, other.duplicates, self.keep_turn, lambda _done: None, self.clock)
        if not other.shown_at:
            clear(other)
            if other.pk != self.bringing.pk and not other.ordered_at:
                give_up(other, now=self.now)
        elif other.notice_id == notice.pk:
            its.finish()
        else:
            # what it would still change may not be declared any more
            its._report()

    def finish(self) -> None:
        """What follows once the new customers are seen; may be done again after a kill."""
        with because(self._reason()):
            for rows in islice(ranges(self.bringing, AT_ONCE), 1, None):
                self._insert(rows)
                self._go_on()
            for rows in self._following():
                with transaction.atomic():
                    self._follow_up(rows)
                self._go_on()
        self._report()

    def _following(self) -> Iterator["QuerySet[ImportedRow]"]:
        """Rows after which something is left to do, in blocks."""
        own = ImportedRow.objects.filter(bringing=self.bringing).order_by("pk")
        wanted = Q(fate=Fate.MERGED) | Q(forbids__gt="", customer_key__isnull=False)
        wanted |= Q(billing__isnull=False, is_new=True)
        if self.bringing.kind != Kind.CUSTOMERS:
            wanted |= Q(fate=Fate.STORED, is_beside=False)
        rows, last = own.filter(wanted), 0
        while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:CHANGED_AT_ONCE]):
            yield rows.filter(pk__gt=last, pk__lte=keys[-1])
            last = keys[-1]

    def _reason(self) -> Any:
        return with_values(gettext_lazy("Brought in from %(name)s"), name=self.bringing.source)

    def _check_notice(self, notice: Any) -> None:
        if notice.pk != self.bringing.notice_id:
            raise NoticeHasChanged

    def _go_on(self, rows: int = 0) -> None:
        """Between two blocks."""
        self.keep_turn()
        self.done += rows
        self.progress(self.done)

    # --- before anybody sees it

    def _give_keys(self) -> None:
        """Set keys aside for the new customers and roles, with none between them to spare: lists
        find their pages by them."""
        for rows in ranges(self.bringing, A_BLOCK):
            new = rows.filter(is_new=True).order_by("pk")
            with transaction.atomic():
                _give(Customer, ["new_key", "customer_key"], new)
                _give(ContactRole, ["role_key"], new.filter(organisation__isnull=False))
                # theirs since a run that was killed
                new.filter(customer_key=None).order_by().update(customer_key=F("new_key"))
            self._go_on()
        first = ImportedRow.objects.filter(pk=OuterRef("root")).order_by().values("new_key")
        for rows in ranges(self.bringing):
            rows.filter(customer_key=None, root__isnull=False).update(customer_key=Subquery(first))
            self._go_on()

    def _prepare(self) -> None:
        Import.objects.filter(pk=self.bringing.pk).update(
            preparing_at=self.now, duplicates=self.duplicates
        )
        for rows in ranges(self.bringing, A_BLOCK):
            self._forbid(rows)
            self._prepare_customers(rows.filter(is_new=True))
            self._prepare_roles(self._speaking(rows))
            self._go_on(A_BLOCK)

    def _forbid(self, rows: "QuerySet[ImportedRow]") -> None:
        """A no holds whatever becomes of its row, and for all addresses of who is there (P52)."""
        found = rows.exclude(forbids="").prefetch_related("contacts")
        told = {row: _forbidden(row) for row in found}
        keys = {row.customer_key for row in told if not row.is_new} - {None}
        known: dict[int, list[Any]] = defaultdict(list)
        for contact in ContactDigest.objects.filter(customer__in=keys).order_by("pk"):
            known[contact.customer_id].append(contact)
        people: list[Any] = [
            (ways, forbidden)
            for row, forbidden in told.items()
            for ways in (_ways(row.contacts.all()), _ways(known[row.customer_key or 0]))
            if ways
        ]
        if people:
            with transaction.atomic():
                Prohibition.objects.forbid_each(people, today=self.today)

    def _mark(self, rows: "QuerySet[ImportedRow]") -> None:
        """Who said no and has no address is met by a mark, when an address comes (M11); a row that
        is left out says it too."""
        of_row = ContactDigest.objects.filter(customer=OuterRef("customer_key"))
        there = Customer.objects.unerased().filter(pk=OuterRef("customer_key"))
        reached = of_row.exclude(kind=ContactKind.CUSTOMER)
        told = list(rows.filter(Exists(there), ~Exists(reached)).exclude(forbids=""))
        marks = ContactDigest.objects.marks(row.customer_key or 0 for row in told)
        if told:
            Prohibition.objects.forbid_each(
                [
                    ([(ContactKind.CUSTOMER, [marks[row.customer_key or 0]])], _forbidden(row))
                    for row in told
                ],
                today=self.today,
            )

    def _prepare_customers(self, rows: "QuerySet[ImportedRow]") -> None:
        told = list(rows.order_by("pk").values_list("pk", "new_key", *_NAMES))
        if not told:
            return
        words = [
            (key, word, OF_CUSTOMER)
            for _pk, key, *named in told
            for word in words_of_customer(*named)
        ]
        contacts = ImportedContact.objects.filter(
            row__gte=told[0][0], row__lte=told[-1][0], row__is_new=True
        )
        with transaction.atomic():
            self._redraw(rows)
            insert_rows(Word, ("customer", "word", "origin"), words)
            insert_from(
                ContactDigest,
                contacts.order_by(),
                {"customer": F("row__new_key"), "kind": F("kind"), "digest": F("digest")},
            )
            values = _customer(self.bringing)
            remember_from(Customer, rows, values, now=self.now, by=self.bringing.brought_by)
            is_the_person = SourceKind(self.bringing.source_kind).is_the_person
            insert_from(
                Lifespan,
                rows,
                {
                    "customer": F("new_key"),
                    "obtained_on": self.today,
                    "spoken_on": self.today if is_the_person else None,
                    "active_on": self.today,
                },
            )
            if not is_the_person:
                # the person is told within a month (art. 14(3); T12)
                insert_from(
                    InformationDuty,
                    rows.filter(organisation_name=""),
                    {
                        "customer": F("new_key"),
                        "obtained_on": self.today,
                        "inform_by_on": month_after(self.today),
                    },
                )

    def _redraw(self, rows: "QuerySet[ImportedRow]") -> None:
        """New references for those whose reference is another's."""
        taken = Customer.objects.filter(reference=OuterRef("reference"))
        others = rows.model.objects.filter(reference=OuterRef("reference"), pk__lt=OuterRef("pk"))
        clash = rows.filter(Exists(taken) | Exists(others))
        for row in clash:
            while True:
                row.reference = new_reference()
                if not Customer.objects.filter(reference=row.reference).exists():
                    break
            row.save(update_fields=["reference"])

    def _speaking(self, rows: "QuerySet[ImportedRow]") -> "QuerySet[ImportedRow]":
        """New people who speak for an organisation, with its key."""
        beside = ImportedRow.objects.filter(pk=OuterRef("organisation")).order_by()
        return rows.filter(is_new=True, organisation__isnull=False).annotate(
            organisation_key=Subquery(beside.values("customer_key"))
        )

    def _prepare_roles(self, rows: "QuerySet[ImportedRow]") -> None:
        names = list(rows.values_list("role_key", "new_key", "organisation__organisation_name"))
        if not names:
            return
        words = [
            (person, key, word, "contact_role")
            for key, person, name in names
            for word in words_of(name)
        ]
        with transaction.atomic():
            insert_rows(Word, ("customer", "origin_id", "word", "origin"), words)
            remember_from(
                ContactRole, rows, self._role(), now=self.now, by=self.bringing.brought_by
            )

    def _role(self) -> dict[str, Any]:
        key = self.bringing.collection_key
        return {
            "id": F("role_key"),
            "person": F("new_key"),
            "organisation": F("organisation_key"),
            "role": "",
            "started_on": None,
            "ended_on": None,
            "collected": {"person": key, "organisation": key},
        }

    # --- seen at once

    def _show(self) -> None:
        """Make the customers; with them the first changes and orders: all, where those are few."""
        with transaction.atomic():
            self._check_notice(PersonalData.held_notice())
            own = ImportedRow.objects.filter(bringing=self.bringing)
            if own.filter(fate=Fate.STORED, is_beside=False).exists():
                self._collection().save(force_insert=True)
            Import.objects.filter(pk=self.bringing.pk).update(shown_at=self.now)
            for rows in islice(ranges(self.bringing, AT_ONCE), 1):
                self._insert(rows)
            for rows in islice(self._following(), 1):
                self._follow_up(rows)

    def _collection(self) -> Collection:
        """Where the values come from; stored with the first of them."""
        key = self.bringing.collection_key or 0
        return Collection.objects.filter(pk=key).first() or Collection(
            pk=key,
            source_kind=self.bringing.source_kind,
            source_name=self.bringing.source_name,
            collected_on=self.today,
            collected_by=self.bringing.brought_by,
        )

    def _insert(self, rows: "QuerySet[ImportedRow]") -> None:
        """Make the new customers of `rows`, all or none, unless they are there."""
        new = rows.filter(is_new=True)
        first = new.order_by("pk").values_list("new_key", flat=True).first()
        if first and not Customer.objects.filter(pk=first).exists():
            with transaction.atomic():
                insert_from(Customer, new, _customer(self.bringing))
                insert_from(ContactRole, self._speaking(rows), self._role())

    # --- what follows

    def _follow_up(self, rows: "QuerySet[ImportedRow]") -> None:
        self._mark(rows)
        # somebody may have been restricted since the rows were matched
        for refused in refusing(self.bringing).values():
            rows = rows.exclude(refused)
        collection = self._collection()
        take_billing(rows, collection)
        if self.bringing.kind != Kind.CUSTOMERS:
            take_in(self.bringing, rows.filter(fate=Fate.STORED, is_beside=False), collection)
        act = merge if self.bringing.kind == Kind.CUSTOMERS else complete
        changed = act(self.bringing, rows.filter(fate=Fate.MERGED), collection)
        if changed and collection._state.adding:
            collection.save(force_insert=True)

    def _report(self) -> None:
        with transaction.atomic():
            report(self.bringing)
            Import.objects.filter(pk=self.bringing.pk).update(applied_at=self.clock())
        forget(self.bringing)


def foresee_anew(bringing: Import, rows: "Rows") -> None:
    """As `foresee`, of a few matched `rows` of customers whose own choices have changed."""
    decide_rows(rows, bringing.duplicates)
    decide_beside(ImportedRow.objects.filter(pk__in=rows.values("organisation")))
    report(bringing, rows)


def report(bringing: Import, rows: "Rows | None" = None) -> None:
    """Write what became, or would become, of the decided rows, or of some of them, in place of
    what was foreseen."""
    foreseen = Q(code__in=DECIDED) | Q(fate=Fate.STORED)
    staged = ImportedRow.objects.filter(bringing=bringing).order_by()
    some = ranges(bringing) if rows is None else [staged.filter(pk__in=rows.values("pk"))]
    for block in some:
        own = block.filter(is_beside=False)
        lines = ImportLine.objects.filter(foreseen, bringing=bringing)
        with transaction.atomic():
            lines.filter(line__in=own.values("line")).delete()
            _write_lines(bringing, own.filter(~Q(code="") | Q(fate=Fate.STORED)))
    bringing.counts = counts_of(bringing)
    bringing.save(update_fields=["counts"])


def _write_lines(bringing: Import, rows: "Rows") -> None:
    insert_from(
        ImportLine,
        rows,
        {
            "bringing": bringing.pk,
            "line": F("line"),
            "fate": F("fate"),
            # of a row that is taken in there is nothing to say
            "code": Case(When(fate=Fate.STORED, then=Value("")), default=F("code")),
            "column": "",
            "other_line": _other_line(bringing),
        },
    )


def _other_line(bringing: Import) -> Any:
    """The earlier line that says the same of a customer, or has the same number and comes in; whom
    or what the register knew is told of before that."""
    if bringing.kind == Kind.CUSTOMERS:
        is_of_file = Q(customer_key=None) | Q(customer_key=F("root__new_key"))
        return Case(When(fate=Fate.STORED, then=None), When(is_of_file, F("root__line")))
    first = ImportedRow.objects.filter(
        bringing=bringing, number=OuterRef("number"), number__gt="", code="", fate=Fate.STORED
    )
    line = Subquery(first.order_by("pk").values("line")[:1])
    return Case(When(fate=Fate.STORED, then=None), default=line)


def counts_of(bringing: Import) -> dict[str, int]:
    """What an import counts, once its rows have been decided."""
    staged = ImportedRow.objects.filter(bringing=bringing).order_by()
    own = staged.filter(is_beside=False)
    lines = ImportLine.objects.filter(bringing=bringing).order_by()
    # a refused row without an address forbids nothing to anybody
    mute = Q(fate=Fate.REFUSED) & ~Exists(ImportedContact.objects.filter(row=OuterRef("pk")))
    return {
        **{fate.value: own.filter(fate=fate).count() for fate in (Fate.STORED, Fate.MERGED)},
        **{fate.value: lines.filter(fate=fate).count() for fate in (Fate.SKIPPED, Fate.REFUSED)},
        NEW: staged.filter(is_new=True).count(),
        FORBIDDEN: own.exclude(forbids="").exclude(mute).count(),
        **{
            # a row with two columns of notes is one row
            code: lines.filter(code=code).values("line").distinct().count()
            for code in (NOT_KEPT, IN_NOTES, UNCLEAR_NOTES)
        },
    }


def merge(bringing: Import, rows: "QuerySet[ImportedRow]", collection: Collection) -> bool:
    """Let the rows of the file about those customers whom `rows` are about change them, in order:
    what they say replaces what differs, and history has what was there before; an empty cell, or
    the initial of a name that is known in full, changes nothing. Rows that say what the register
    says take part: one may be the last word. Gives whether anything changed."""
    known = ImportedRow.objects.filter(
        Q(fate=Fate.MERGED) | Q(code=IDENTICAL),
        bringing=bringing,
        code__gt="",
        customer_key__in=rows.values("customer_key"),
    )
    told: list[Any] = list(known.select_related("organisation").order_by("pk"))
    there = Customer.objects.unerased().in_bulk({row.customer_key for row in told})
    for row in told:
        if customer := there.get(row.customer_key):
            for name in VALUES:
                value = getattr(row, name)
                if value and not (name in NAMES and shortens(value, getattr(customer, name))):
                    setattr(customer, name, value)
    changed = Customer.objects.amend(list(there.values()), collection=collection)
    speaking = [row for row in told if row.organisation and row.customer_key in there]
    pairs = {(row.customer_key, row.organisation.customer_key) for row in speaking}
    roles = ContactRole.objects.filter(person__in=[person for person, _other in pairs])
    missing = pairs - set(roles.values_list("person_id", "organisation_id"))
    ContactRole.objects.store(
        [
            ContactRole(person_id=person, organisation_id=organisation)
            for person, organisation in sorted(missing)
        ],
        collection=collection,
    )
    billed = [row.organisation or row for row in told]
    bills: dict[int, dict[str, str]] = defaultdict(dict)
    for row in billed:
        if row.billing:
            bills[row.customer_key] |= row.billing
    has_billed = put(bills, collection, change=True)
    return bool(changed or missing or has_billed)


def _give(model: type[models.Model], columns: Sequence[str], rows: "QuerySet[ImportedRow]") -> None:
    without = list(rows.filter(**{columns[0]: None}).values_list("pk", flat=True))
    if without:
        keys = reserve_keys(model, len(without))
        fill(ImportedRow, columns, zip(without, keys, strict=True))


def _forbidden(row: ImportedRow) -> list[tuple[str, str]]:
    """The scopes and uses that a row forbids."""
    return [
        (scope, use) for scope, _slash, use in (one.partition("/") for one in row.forbids.split())
    ]


def _ways(contacts: Iterable[Any]) -> list[Digests]:
    """The digests of `contacts`, which come key by key, way by way."""
    found: list[tuple[ContactKind, list[str]]] = []
    keys: set[str] = set()
    for one in contacts:
        key = one.digest.partition(":")[0]
        if not found or found[-1][0] != one.kind or key in keys:
            found.append((ContactKind(one.kind), []))
            keys = set()
        found[-1][1].append(one.digest)
        keys.add(key)
    return list(found)


def _customer(bringing: Import) -> dict[str, Any]:
    """The columns of a new customer, from a staged row."""
    return {
        "id": F("new_key"),
        "reference": F("reference"),
        **{name: F(name) for name in VALUES},
        "collected": F("collected"),
        "language": Case(
            When(language="", then=Value(bringing.reading["language"])), default=F("language")
        ),
        "to_erase_at": None,
        "erased_at": None,
        "erased_by_request": "",
    }


# --- what a kill leaves


def _left_by_a_kill() -> "QuerySet[Import]":
    """Imports that were going in: whoever has the turn knows that nobody is at them."""
    return Import.objects.filter(
        preparing_at__isnull=False, applied_at=None, given_up_at=None
    ).order_by("pk")


def clear(bringing: Import) -> None:
    """Remove what was written for customers whom nobody ever saw."""
    for rows in ranges(bringing, A_BLOCK):
        keys = rows.filter(is_new=True).values("new_key")
        roles = rows.filter(is_new=True, role_key__isnull=False).values("role_key")
        with transaction.atomic():
            for model in (Word, ContactDigest, InformationDuty, Lifespan):
                model.objects.filter(customer__in=keys).delete()
            # rows of history about nobody: they go past its guard, as those of an erasure
            for history, ours in ((Customer.history, keys), (ContactRole.history, roles)):
                gone: Any = models.QuerySet(history.model).filter(id__in=ours)
                gone._raw_delete(gone.db)
    Import.objects.filter(pk=bringing.pk).update(preparing_at=None)


def forget(bringing: Import) -> None:
    """Remove the staged rows of an import that is over, and headings that may be one of them."""
    pause = Pauses()
    for model in (ImportedContact, ImportedRow):
        ours: QuerySet[Any] = model._base_manager.filter(bringing=bringing)
        _empty_if_alone(model, bringing)
        while keys := list(ours.order_by("pk").values_list("pk", flat=True)[:A_BLOCK]):
            model._base_manager.filter(pk__in=keys).delete()
            pause()
    forget_headings(bringing)


def _empty_if_alone(model: Any, bringing: Import) -> None:
    """Where no other import has staged rows, SQLite drops the pages of the table as they are, in a
    moment; row by row it would take a quarter of the import."""
    if connection.vendor == "sqlite":
        with transaction.atomic():
            if not model._base_manager.exclude(bringing=bringing).exists():
                models.QuerySet(model)._raw_delete(connection.alias)


def give_up(bringing: Import, *, now: datetime) -> None:
    """Nothing of `bringing` comes into the register, now or later."""
    Import.objects.filter(pk=bringing.pk, applied_at=None).update(given_up_at=now)
    forget(bringing)


def sweep(now: datetime) -> None:
    """Forget what was staged and not taken in within a day, and what is over."""
    waiting = Import.objects.filter(
        begun_at__lt=now - KEPT_STAGED, ordered_at=None, preparing_at=None, applied_at=None
    )
    for bringing in waiting.filter(given_up_at=None):
        give_up(bringing, now=now)
    over = Q(applied_at__isnull=False) | Q(given_up_at__isnull=False)
    for bringing in Import.objects.filter(over, staged__isnull=False).distinct():
        forget(bringing)
