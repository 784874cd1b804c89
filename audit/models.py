"""What history remembers: who changed which row, when and why, in every model of the house."""

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from django.db import models, transaction
from simple_history.manager import HistoricalQuerySet
from simple_history.models import HistoricalRecords

from audit.reasons import ReasonMissing, current_reason

RowT = TypeVar("RowT", bound=models.Model)

A_BLOCK = 2000


class BypassesHistory(Exception):
    """A bulk word that would change rows without a trace in history; carries the word."""

    def __init__(self, word: str) -> None:
        super().__init__(f"{word}() writes no history: use save() or the bulk door")
        self.word = word


def new_salt() -> bytes:
    """Sixteen random bytes, so that a sealed row can be erased without being guessable."""
    return os.urandom(16)


class HistoryQuerySet(HistoricalQuerySet):
    """Rows of history: read, and added to. Erasure comes past it with a plain query set."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("history.update")

    def _update(self, values: Any) -> NoReturn:
        raise BypassesHistory("history._update")

    def delete(self) -> NoReturn:
        raise BypassesHistory("history.delete")

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise BypassesHistory("history._raw_delete")


class HistoryRow(models.Model):
    """What each history row carries besides its values, for sealing and for erasure."""

    salt = models.BinaryField(max_length=16, null=True, default=new_salt, editable=False)
    commitment = models.BinaryField(max_length=32, null=True, editable=False)
    leaf = models.BinaryField(max_length=32, null=True, editable=False)
    seal = models.BigIntegerField(null=True, editable=False)
    erased_by = models.CharField(max_length=200, blank=True, default="", editable=False)

    objects = HistoryQuerySet.as_manager()  # type: ignore[django-manager-missing]

    class Meta:
        abstract = True

    def _save_table(self, raw: bool = False, *args: Any, **kwargs: Any) -> bool:
        # every way of saving a row comes by here; one that exists has its key
        if self.pk is not None:
            raise BypassesHistory("history.save")
        return bool(super()._save_table(raw, *args, **kwargs))  # type: ignore[misc]

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("history.delete")


class Memory(HistoricalRecords):
    """django-simple-history that never forgets: no row without a reason, no way to skip it."""

    def get_change_reason_for_object(
        self, instance: models.Model, history_type: str, using: str | None
    ) -> str:
        reason = getattr(instance, "_change_reason", "") or current_reason()
        if not reason:
            raise ReasonMissing(instance._meta.label)
        return reason

    def post_save(
        self, instance: models.Model, created: bool, using: str | None = None, **kwargs: Any
    ) -> None:
        # the library honours `skip_history_when_saving`; we do not
        self.create_historical_record(instance, "+" if created else "~", using=using)

    def add_extra_methods(self, cls: type[models.Model]) -> None:
        """No `save_without_historical_record` for our models."""

    def _get_history_change_reason_field(self) -> Any:
        # the library gives one and the same field to every model, and an update of one model's
        # reasons would then be written to the table of another
        return super()._get_history_change_reason_field().clone()

    def fields_included(self, model: type[models.Model]) -> list["models.Field[Any, Any]"]:
        """All fields but those a model keeps out of history by name, as `not_remembered`."""
        kept_out: frozenset[str] = getattr(model, "not_remembered", frozenset())
        return [f for f in super().fields_included(model) if f.name not in kept_out]


class RememberedQuerySet(models.QuerySet[RowT]):
    """Rows that change one by one through `save()`, or together through `create_remembered`."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("update")

    def bulk_create(self, objs: Iterable[RowT], *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("bulk_create")

    def bulk_update(self, objs: Iterable[RowT], *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("bulk_update")

    def delete(self) -> NoReturn:
        raise BypassesHistory("delete")

    # Django's own halves of the two words; `Remembered._do_update` is why it can do without

    def _update(self, values: Any) -> NoReturn:
        raise BypassesHistory("_update")

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise BypassesHistory("_raw_delete")

    def in_blocks(self, size: int = A_BLOCK) -> Iterator[list[RowT]]:
        """The rows in the order of their keys, `size` at a time: a query for each block, no cursor,
        and never more held than a block and the one before it."""
        rows = self.order_by("pk")
        block = list(rows[:size])
        while block:
            last = block[-1].pk
            yield block
            block = list(rows.filter(pk__gt=last)[:size]) if len(block) == size else []

    def create_remembered(self, rows: Sequence[RowT]) -> list[RowT]:
        """Insert `rows` together with one history row each, in two statements per block.

        Gives the rows with their keys. Raises `ReasonMissing` outside a `because` block.
        """
        if not current_reason():
            raise ReasonMissing(self.model._meta.label)
        with transaction.atomic(savepoint=False):
            created = super().bulk_create(rows, batch_size=A_BLOCK)
            self.model.history.bulk_history_create(  # type: ignore[attr-defined]
                created, batch_size=A_BLOCK, default_change_reason=current_reason()
            )
        return created


class Remembered(models.Model):
    """A row whose every change is remembered: who, when, why, and what it was before."""

    history = Memory(
        inherit=True,
        bases=[HistoryRow],
        # the library's own key is 32-bit
        history_id_field=models.BigAutoField(),
        history_change_reason_field=models.TextField(),
        historical_queryset=HistoryQuerySet,
    )
    objects = RememberedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        # the row and its version come together, also where nobody has begun a transaction
        with transaction.atomic(savepoint=False):
            super().save_base(*args, **kwargs)

    def _do_update(self, base_qs: Any, using: Any, *args: Any) -> Any:
        # save() updates through the base manager, whose guarded query sets refuse `_update`
        plain: Any = models.QuerySet(base_qs.model, using=using)
        return super()._do_update(plain, using, *args)


class Derived(models.Model):
    """A row made from other rows or from the clock: rebuilt at will, so it has no history."""

    class Meta:
        abstract = True


class WrittenOnce(models.Model):
    """A row that says what happened and never changes, so that it is its own history. Rows come in
    by `audit.bulk`, with a remembered row that tells who wrote them and why."""

    objects = RememberedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("save")

    def _save_table(self, *args: Any, **kwargs: Any) -> NoReturn:
        # save_base(), which loaddata calls past save()
        raise BypassesHistory("save_base")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("delete")


class DailyRun(Derived):
    """A command of the daily clock that was finished on a day, so that it runs once."""

    command = models.CharField(max_length=100)
    ran_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["command", "ran_on"], name="one_run_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.command} {self.ran_on}"


class FileToRemove(Derived):
    """A private file that no row has any more, until it is gone from the storage."""

    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class UsedForm(Derived):
    """That a form of staff has done its act: by its digest, and the key of what it made."""

    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField()
    made = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.digest


class TaskQuerySet(models.QuerySet["Task"]):
    def due(self, now: datetime) -> "TaskQuerySet":
        """What waits to be done at `now`, the longest due first."""
        return self.filter(done_at=None, given_up_at=None, due_at__lte=now).order_by("due_at")

    def undone(self, act: str) -> "TaskQuerySet":
        """What is still to be done of `act`."""
        return self.filter(act=act, done_at=None, given_up_at=None)


class Task(Derived):
    """Something to be done later, once: which act, about which row, and what came of it."""

    act = models.CharField(max_length=50)
    # a key and nothing else: what stands here is outside erasure
    subject = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    leased_until_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True, default="")

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(given_up_at=None),
                name="task_done_or_given_up",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at=None, given_up_at=None),
                name="task_waiting",
            ),
            models.Index(fields=["act", "subject"], name="task_about"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"
