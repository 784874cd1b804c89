"""From a table to an import that waits for a yes, and from the yes to the worker."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.tasks import does, later
from notices.models import Notice
from register.models.imports import Import

from .applying import NoticeHasChanged, apply, forget, give_up, report
from .mapping import ColumnMap
from .matching import decide, match
from .staging import Progress, begin, stage
from .tables import Table
from .targets import Target

TAKE_IN = "take_in_import"


def read_in(
    table: Table,
    columns: ColumnMap,
    *,
    notice: Notice,
    source_kind: str,
    source_name: str,
    by: Any = None,
    targets: Mapping[int, Target | None] | None = None,
    progress: Progress | None = None,
) -> Import:
    """An import with all rows of `table`; nothing is left of it when they cannot be read.

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
        stage(bringing, table, columns, now=timezone.now(), progress=progress)
    except BaseException:
        forget(bringing)
        bringing.delete()
        raise
    return bringing


def foresee(bringing: Import, duplicates: str) -> None:
    """Write what would become of its rows, were it taken in now."""
    match(bringing)
    decide(bringing, duplicates)
    report(bringing)


def order(bringing: Import, *, duplicates: str, now: datetime) -> bool:
    """Have the worker take `bringing` in; gives whether it was still waiting for that."""
    with transaction.atomic():
        waiting = Import.objects.waiting().filter(pk=bringing.pk)
        if not waiting.update(ordered_at=now, duplicates=duplicates):
            return False
        later(TAKE_IN, bringing.pk, now=now)
    return True


def turn_down(bringing: Import, *, now: datetime) -> bool:
    """Nothing of `bringing` comes in; gives whether it was still waiting for that."""
    if not Import.objects.waiting().filter(pk=bringing.pk).update(given_up_at=now):
        return False
    forget(bringing)
    return True


@does(TAKE_IN)
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
