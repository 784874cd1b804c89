"""Rows of personal data, kept only under the notice in force and with where they came from."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NoReturn, Protocol, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext

from audit.models import BypassesHistory, Remembered, RememberedQuerySet
from audit.reasons import ReasonMissing, current_reason
from audit.texts import fault_of, holds_identity_code, is_unshowable
from notices.declarations import (
    Declaration,
    declared_columns,
    derived_columns,
    provided_columns,
)
from notices.models import Notice, governing_notice
from notices.terms import DataCategory

RowT = TypeVar("RowT", bound="PersonalData")


class Origin(Protocol):
    """One act of getting data, as far as this app must know it."""

    pk: Any

    def refuse(self, model: type[models.Model], columns: Iterable[str]) -> None:
        """Raise when values of `columns` cannot come from there."""


class NoNoticeInForce(Exception):
    """Nothing can be stored before a notice says what may be."""


class UndeclaredData(Exception):
    """A value that the notice in force does not declare; carries model, columns and notice."""

    def __init__(
        self, model: type[models.Model], columns: dict[str, DataCategory], notice: Notice
    ) -> None:
        self.model, self.columns, self.notice = model, columns, notice
        named = ", ".join(f"{column} ({category})" for column, category in columns.items())
        super().__init__(
            f"{model._meta.label}: notice version {notice.version} declares no clause for {named}"
        )


class IdentityCodeFound(Exception):
    """A personal identity code was about to be stored; carries model and column, not the code."""

    def __init__(self, model: type[models.Model], column: str) -> None:
        super().__init__(f"{model._meta.label}.{column} has the shape of an identity code")
        self.model, self.column = model, column


class UnshowableText(Exception):
    """Control characters in a text, which no letter or page can show; carries model and column."""

    def __init__(self, model: type[models.Model], column: str) -> None:
        super().__init__(f"{model._meta.label}.{column} holds control characters")
        self.model, self.column = model, column


class CollectionMissing(Exception):
    """Data without a word on where they came from; carries the model and the columns."""

    def __init__(self, model: type[models.Model], columns: Iterable[str]) -> None:
        self.model, self.columns = model, sorted(columns)
        super().__init__(f"{model._meta.label}: {', '.join(self.columns)} need a collection")


class BypassesNotice(Exception):
    """A way in that would store data past the notice in force; carries the way."""


class PersonalDataQuerySet(RememberedQuerySet[RowT]):
    """Rows of personal data: in by `save()` or by `store()`, out by erasure alone."""

    def create(self, *, collection: Origin | None = None, **kwargs: Any) -> RowT:
        row = self.model(**kwargs)
        self._for_write = True
        row.save(force_insert=True, using=self.db, collection=collection)
        return row

    def create_remembered(self, rows: Sequence[RowT]) -> NoReturn:
        raise BypassesHistory("create_remembered")

    def store(self, rows: Sequence[RowT], *, collection: Origin) -> list[RowT]:
        """The bulk door: insert new `rows` that came from `collection`, with their history.

        All or none. Raises what `save()` raises; needs a `because` block around it.
        """
        with transaction.atomic(using=self.db):
            notice = self.model.held_notice()
            for row in rows:
                row.tidy()
                row.refuse(notice)
                given = row.filled_columns()
                row.refuse_origins(collection, given)
                row.collected = dict.fromkeys(given, collection.pk)
                if row.origins:
                    row.collected |= {
                        column: origin.pk
                        for column, origin in row.origins.items()
                        if column in row.collected
                    }
            self.model.before_store([(row, {*row.collected}) for row in rows])
            created = super().create_remembered(rows)
            self.model.after_store(created)
        return created

    def amend(self, rows: Sequence[RowT], *, collection: Origin) -> list[RowT]:
        """The bulk door for rows that are there: store what changed in `rows` and came from
        `collection`, with their history. Gives those that changed.

        All or none. Raises what `save()` raises; needs a `because` block around it.
        """
        if not current_reason():
            raise ReasonMissing(self.model._meta.label)
        with transaction.atomic(using=self.db):
            notice = self.model.held_notice()
            keys = [row.pk for row in rows]
            before = {
                row["id"]: row for row in self.model._base_manager.filter(pk__in=keys).values()
            }
            changes = []
            for row in rows:
                row.tidy()
                row.compare(before[row.pk])
                row.refuse(notice)
                if columns := row.remember_origin(collection, before[row.pk]):
                    changes.append((row, columns))
            self.model.before_store(changes)
            changed = [row for row, _columns in changes]
            named = [one.name for one in self.model._meta.concrete_fields if not one.primary_key]
            plain: models.QuerySet[RowT] = models.QuerySet(self.model, using=self.db)
            plain.bulk_update(changed, named, batch_size=100)
            self.model.history.bulk_history_create(
                changed, update=True, batch_size=2000, default_change_reason=current_reason()
            )
            self.model.after_store(changed)
        return changed


class PersonalData(Remembered):
    """A row about a person: declared column by column, governed by the notice in force."""

    #: Which category each column is, or why it is kept without a clause.
    declaration: ClassVar[Declaration]
    #: Columns that `tidy()` makes of another column, with that one.
    derived: ClassVar[Mapping[str, str]] = {}
    #: Columns that rows of another model say: nobody gives them.
    said_elsewhere: ClassVar[frozenset[str]] = frozenset()
    #: Of a new row the columns that came from elsewhere than the rest of it, with their origins.
    origins: Mapping[str, Origin] = {}

    _at_the_door = False
    _as_stored: frozenset[str] = frozenset()

    collected = models.JSONField(default=dict, editable=False)

    objects = PersonalDataQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @staticmethod
    def notice_that_governs() -> Notice:
        """The notice in force; raises `NoNoticeInForce`."""
        notice = governing_notice()
        if notice is None:
            raise NoNoticeInForce
        return notice

    @classmethod
    def held_notice(cls) -> Notice:
        """The notice in force, which no other can follow before this transaction ends."""
        while not (notice := cls.notice_that_governs()).hold():
            pass  # another notice came into force meanwhile: that one governs
        return notice

    @classmethod
    def before_store(cls, changes: Sequence[tuple[Any, set[str]]]) -> None:
        """What else may refuse `changes`, each a row with its columns that change, in the same
        transaction."""

    @classmethod
    def after_store(cls, rows: Sequence[Any]) -> None:
        """What follows from `rows` having been stored, in the same transaction."""

    def filled_columns(self) -> list[str]:
        """Columns that hold a value and whose value came from somewhere."""
        return [
            column
            for column in provided_columns(type(self))
            if getattr(self, self._attname(column)) not in (None, "")
        ]

    def refuse_origins(self, collection: Origin, given: Iterable[str]) -> None:
        """Raise what the origins raise of the columns `given` of a new row."""
        rest = [column for column in given if column not in self.origins]
        collection.refuse(type(self), self.chosen(rest))
        for column in set(given) - set(rest):
            self.origins[column].refuse(type(self), self.chosen([column]))

    def chosen(self, columns: Iterable[str]) -> list[str]:
        """Those of `columns` that somebody gave a value: neither derived nor left at the default,
        which is said by nobody."""
        derived = derived_columns(type(self))
        return [
            column
            for column in columns
            if column not in derived
            and getattr(self, self._attname(column)) != self._meta.get_field(column).get_default()  # type: ignore[union-attr]
        ]

    def tidy(self) -> None:
        """Values as the database gives them back, texts in composed form (NFC), so that what
        looks the same is the same; an expression, which nobody can judge, is refused."""
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            if hasattr(value, "resolve_expression"):
                raise BypassesNotice("expression")
            if isinstance(field, models.CharField | models.TextField) and value is not None:
                text = unicodedata.normalize("NFC", str(value))
                setattr(self, field.attname, text)

    def _texts(self) -> dict[str, str]:
        """The row's filled texts, by column."""
        return {
            field.name: value
            for field in self._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and (value := getattr(self, field.attname))
        }

    def compare(self, stored: Mapping[str, Any] | None) -> None:
        """Note which columns are as in the `stored` row (by attribute; None for a new one)."""
        self._as_stored = frozenset(
            column
            for column in declared_columns(type(self))
            if stored and self._stored_value(column) == stored[self._attname(column)]
        )

    def undeclared(self, notice: Notice) -> dict[str, DataCategory]:
        """Columns that were given a value which `notice` does not declare (P20). One that is stored
        already, because a fact keeps it, is given to nobody by storing the row again."""
        return {
            column: category
            for column, category in declared_columns(type(self)).items()
            if column not in derived_columns(type(self))
            and category not in notice.declared
            and column not in self._as_stored
            and getattr(self, self._attname(column)) not in (None, "")
        }

    def refuse(self, notice: Notice) -> None:
        """Raise `UndeclaredData`, `IdentityCodeFound` or `UnshowableText` when the row may not
        be stored."""
        if columns := self.undeclared(notice):
            raise UndeclaredData(type(self), columns, notice)
        for column, text in self._texts().items():
            if holds_identity_code(text):
                raise IdentityCodeFound(type(self), column)
            if is_unshowable(text):
                raise UnshowableText(type(self), column)

    def clean(self) -> None:
        """The same refusals, said at the field in the user's language."""
        try:
            notice = self.notice_that_governs()
        except NoNoticeInForce:
            raise ValidationError(gettext("Put a privacy notice in force first.")) from None
        self.tidy()
        self.compare(self._row_as_stored())
        errors = {
            column: undeclared_message(category)
            for column, category in self.undeclared(notice).items()
        }
        errors |= {column: why for column, text in self._texts().items() if (why := fault_of(text))}
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, collection: Origin | None = None, **kwargs: Any) -> None:
        """Store the row under the notice in force.

        `collection` says where the values that change came from. Raises `NoNoticeInForce`,
        `UndeclaredData`, `IdentityCodeFound`, `UnshowableText`, `CollectionMissing`,
        `ReasonMissing`.
        """
        if kwargs.get("update_fields") is not None:
            # history and words are made of the whole row: a part of it would make them untrue
            raise BypassesNotice("update_fields")
        with transaction.atomic():
            notice = self.held_notice()
            self.tidy()
            stored = self._row_as_stored()
            self.compare(stored)
            self.refuse(notice)
            changed = self.remember_origin(collection, stored)
            self.before_store([(self, changed)])
            self._at_the_door = True
            try:
                super().save(*args, **kwargs)
            finally:
                self._at_the_door = False
            self.after_store([self])

    def _row_as_stored(self) -> Mapping[str, Any] | None:
        rows: Any = type(self)._base_manager.filter(pk=self.pk).values()
        stored: Mapping[str, Any] | None = rows.first() if self.pk else None
        return stored

    def remember_origin(
        self, collection: Origin | None, stored: Mapping[str, Any] | None
    ) -> set[str]:
        """Note at each value that differs from the `stored` row (by attribute; None for a new one)
        that it came from `collection`. Gives the columns that differ."""
        filled = set(self.filled_columns())
        derived = derived_columns(type(self))
        changed = {
            column
            for column in provided_columns(type(self))
            if column not in derived
            and self._stored_value(column) != (stored or {}).get(self._attname(column))
            and (stored is not None or column in filled)
        }
        if changed and collection is None:
            raise CollectionMissing(type(self), changed)
        if changed and collection is not None:
            collection.refuse(type(self), changed if stored else self.chosen(changed))
        kept = {column: key for column, key in self.collected.items() if column in filled}
        self.collected = kept | {
            column: collection.pk for column in changed & filled if collection is not None
        }
        self.collected |= {
            column: self.collected[source]
            for column, source in derived.items()
            if column in filled and source in self.collected
        }
        return changed

    def _attname(self, column: str) -> str:
        return str(self._meta.get_field(column).get_attname())  # type: ignore[union-attr]

    def _stored_value(self, column: str) -> Any:
        """The column's value as the database gives it back (a typed "2.50" is 2.50)."""
        return self._meta.get_field(column).to_python(getattr(self, self._attname(column)))  # type: ignore[union-attr]

    def _save_table(self, raw: bool = False, *args: Any, **kwargs: Any) -> bool:
        # loaddata calls Model.save_base past any override of save()
        if not self._at_the_door:
            raise BypassesNotice("loaddata" if raw else "save_base")
        return bool(super()._save_table(raw, *args, **kwargs))  # type: ignore[misc]

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("delete")


def undeclared_message(category: DataCategory) -> str:
    """What the user reads when the notice lacks a clause, and what to do about it."""
    return gettext(
        "The privacy notice in force does not list “%(data)s”. Leave this empty, or put a "
        "notice in force that has the clause."
    ) % {"data": category.label}
