"""From a table to an import that waits for a yes, and from the yes to the worker."""

from collections import defaultdict
from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.models import Task
from audit.tasks import does, later, stands_still
from notices.models import Notice
from register.models.customers import Customer
from register.models.imports import Import

from .applying import (
    NoticeHasChanged,
    TurnIsTaken,
    apply,
    foresee,
    foresee_anew,
    forget,
    give_up,
)
from .mapping import ColumnMap
from .matching import choosable
from .staging import Progress, begin, staging
from .tables import Table
from .targets import Target

TAKE_IN, FORESEE = "take_in_import", "foresee_import"
#: As many rows are compared with the register while somebody waits for the page.
AT_ONCE = 5_000
#: A worker that runs, and is not busy, has begun by then.
WAITS_LONG = timedelta(minutes=1)


def read_in(
    table: Table, columns: ColumnMap, *, progress: Progress | None = None, **told: Any
) -> Import:
    """An import with all rows of `table`, as `reading` takes it; `progress` is told how many."""
    steps = reading(table, columns, **told)
    while True:
        try:
            rows = next(steps)
        except StopIteration as end:
            bringing: Import = end.value
            return bringing
        if progress:
            progress(rows)


def reading(
    table: Table,
    columns: ColumnMap,
    *,
    notice: Notice,
    source_kind: str,
    source_name: str,
    by: Any = None,
    targets: Mapping[int, Target | None] | None = None,
) -> Generator[int, None, Import]:
    """Gives how many rows of `table` have been read, block by block, and at its end the import;
    nothing is left of it when they cannot be read, or nobody waits for the end.

    `targets` are what somebody has chosen for columns. Raises `UnreadableTable`.
    """
    bringing = begin(
        table,
        columns,
        notice=notice,
        source_kind=source_kind,
        source_name=source_name,
        now=timezone.now(),
        by=by,
        targets=targets,
    )
    try:
        yield from staging(bringing, table, columns, now=timezone.now())
    except BaseException:
        forget(bringing)
        bringing.delete()
        raise
    return bringing


def foresee_soon(bringing: Import, *, now: datetime) -> None:
    """`foresee`, as far as nothing has been decided: at once, or by the worker for many rows and
    while another import has its turn."""
    try:
        if bringing.rows <= AT_ONCE:
            foresee(bringing, duplicates=bringing.duplicates, wait=False)
            return
    except TurnIsTaken:
        pass
    later(FORESEE, bringing.pk, now=now)


@does(FORESEE, is_long=True)
def foresee_later(subject: int | None, *, now: datetime) -> None:
    """What `foresee_soon` left to the worker."""
    undecided = Import.objects.filter(ordered_at=None, applied_at=None, given_up_at=None)
    if bringing := undecided.filter(pk=subject or 0).first():
        foresee(bringing, duplicates=bringing.duplicates)


def waits_long(bringing: Import, *, now: datetime) -> bool:
    """Whether no worker has begun with what was left to it."""
    left = Task.objects.filter(act__in=(TAKE_IN, FORESEE), subject=bringing.pk, tries=0)
    return left.filter(done_at=None, made_at__lt=now - WAITS_LONG).exists()


def was_left(bringing: Import, *, now: datetime) -> bool:
    """Whether the worker that began with it is gone: the next one goes on within half a minute."""
    return stands_still((TAKE_IN, FORESEE), bringing.pk, now=now)


def choose(bringing: Import, choices: Mapping[tuple[int, str], str]) -> bool:
    """Let rows go by a choice of their own; gives whether `bringing` was still waiting.

    `choices` say it of a line and of the reference of the customer whom it is about: a row that is
    about another by now is not touched. An empty one lets the row go by the choice for all again.
    """
    with transaction.atomic():
        waiting = Import.objects.waiting().select_for_update().filter(pk=bringing.pk).first()
        if waiting is None or not choices:
            return waiting is not None
        rows = choosable(waiting).filter(line__in={line for line, _reference in choices})
        about = Customer.objects.filter(reference__in={one for _line, one in choices})
        references: dict[Any, str] = dict(about.values_list("pk", "reference"))
        chosen: dict[str, list[int]] = defaultdict(list)
        for pk, line, key in rows.values_list("pk", "line", "customer_key"):
            choice = choices.get((line, references.get(key, "")))
            if choice is not None:
                chosen[choice].append(pk)
        for choice, pks in chosen.items():
            rows.filter(pk__in=pks).update(choice=choice, chosen_for=F("customer_key"))
        foresee_anew(waiting, rows)
    return True


def choose_for_all(bringing: Import, duplicates: str, *, now: datetime) -> bool:
    """Say what becomes of all rows without a choice of their own, and foresee it; gives whether
    `bringing` was still waiting."""
    waiting = Import.objects.waiting().filter(pk=bringing.pk)
    if not waiting.exclude(duplicates=duplicates).update(duplicates=duplicates, counts={}):
        return waiting.exists()
    bringing.refresh_from_db()
    foresee_soon(bringing, now=now)
    return True


def order(bringing: Import, *, duplicates: str, now: datetime) -> bool:
    """Have the worker take `bringing` in; gives whether it was still waiting for that."""
    with transaction.atomic():
        waiting = Import.objects.waiting().filter(pk=bringing.pk)
        if not waiting.update(ordered_at=now, duplicates=duplicates, compared=0):
            return False
        later(TAKE_IN, bringing.pk, now=now)
    return True


def turn_down(bringing: Import, *, now: datetime) -> bool:
    """Nothing of `bringing` comes in; gives whether it was still waiting for that."""
    if not Import.objects.waiting().filter(pk=bringing.pk).update(given_up_at=now):
        return False
    forget(bringing)
    return True


@does(TAKE_IN, is_long=True)
def take_in(subject: int | None, *, now: datetime) -> None:
    """What `order` asked for. Killed and done again, its end is that of one undisturbed."""
    bringing = Import.objects.filter(pk=subject or 0, given_up_at=None).first()
    if bringing is None:
        return

    def progress(done: int) -> None:
        Import.objects.filter(pk=bringing.pk).update(done=min(done, bringing.rows))

    try:
        apply(bringing, duplicates=bringing.duplicates, progress=progress)
    except NoticeHasChanged:
        give_up(bringing, now=now)
