"""How a notice comes into force: adopted as it stands, or published without errors.

adopt(notice, now=now)      a firm's existing notice, which is in force already
publish(notice, now=now)    a new version, which the checker must find without errors
narrowed(notice)            what the register holds that the notice drops, and where
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from notices.checking import Finding, check
from notices.declarations import declared_columns, personal_models, stored_outside
from notices.drafts import locked_as, reading_of, redraft, stored_draft
from notices.models import Notice, Rendering, locked
from notices.pages import copies
from notices.pages.rendering import renderings_of
from notices.reading import Reading
from notices.terms import DataCategory, SectionKey
from notices.writing import write

#: "Whatever is in force": for those who do not say what they saw.
ANY = -1


class NotAdoptable(Exception):
    """A notice cannot come into force yet; carries the stable keys of what is missing."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class NotPublishable(Exception):
    """The checker finds errors in a notice; carries those findings."""

    def __init__(self, errors: Sequence[Finding]) -> None:
        super().__init__(", ".join(error.id for error in errors))
        self.errors = list(errors)


class RegisterHoldsMore(Exception):
    """The register holds data that the notice does not declare (V07); carries the counts."""

    def __init__(self, counts: dict[str, int]) -> None:
        super().__init__(", ".join(f"{column}: {count}" for column, count in counts.items()))
        self.counts = counts


class AnotherCameFirst(Exception):
    """Another notice came into force since the one that was seen."""


class NotItsDay(Exception):
    """A notice cannot be of that day, which is still to come, or comes before `drawn_up_on`."""

    def __init__(self, day: date, drawn_up_on: date | None = None) -> None:
        super().__init__(f"{day} is before {drawn_up_on}" if drawn_up_on else f"{day} is to come")
        self.day, self.drawn_up_on = day, drawn_up_on


@dataclass(frozen=True)
class Narrowed:
    """One column that holds values which a notice does not list: how many rows, and where."""

    model: type[models.Model]
    column: str
    category: DataCategory
    count: int

    @property
    def words(self) -> str:
        """What the column holds, as the staff pages call it."""
        return str(self.model._meta.get_field(self.column).verbose_name)  # type: ignore[union-attr]

    @property
    def rows(self) -> str:
        """What the rows are, as the staff pages call them."""
        return str(self.model._meta.verbose_name_plural)


def narrowed(notice: Notice) -> list[Narrowed]:
    """What the register holds now that `notice` drops; nothing of it is removed here (V07)."""
    counts = stored_outside(notice.declared)
    return [
        Narrowed(model, column, category, counts[name])
        for model in personal_models()
        for column, category in declared_columns(model).items()
        if (name := f"{model._meta.model_name}.{column}") in counts
    ]


def dated(reading: Reading, day: date) -> Reading:
    """`reading` of `day`: a notice is drawn up once and then updated (P01); a date that the
    program wrote into the text is written anew."""
    if reading.drawn_up_on in (None, day):
        told = replace(reading, drawn_up_on=day, updated_on=None)
    else:
        told = replace(reading, updated_on=day)
    own = SectionKey.DRAWN_UP
    follows = any(section.key == own and section.written for section in reading.sections)
    return write(told, {own}) if follows else told


def _refuse_day(notice: Notice, day: date, today: date) -> None:
    """What comes into force does so now: its day is neither to come nor before its first (P01)."""
    if day > today:
        raise NotItsDay(day)
    if notice.drawn_up_on and day < notice.drawn_up_on:
        raise NotItsDay(day, notice.drawn_up_on)


def adopt(
    notice: Notice, *, now: datetime, reason: str | Promise = "", instead_of: int = ANY
) -> None:
    """Put a firm's existing notice in force as it stands, in place of the one before it.

    `instead_of` is the version that whoever decides saw in force, 0 for none. Raises
    `NotAdoptable`, `RegisterHoldsMore`, `NoticeIsFinal` or `AnotherCameFirst`.
    """
    reason = reason or _("Notice adopted as it stands")
    _come_into_force(notice, now, reason, instead_of, None, adopted_at=now)


def publish(
    notice: Notice,
    *,
    now: datetime,
    reason: str | Promise = "",
    instead_of: int = ANY,
    on: date | None = None,
) -> None:
    """Put a new version in force, in place of the one before it (V01, P01).

    `on` becomes the day of its last update, in the same transaction. Raises `NotItsDay` for a day
    that cannot be, `NotPublishable` as long as the checker finds an error, `DraftChanged` when
    somebody changes the draft meanwhile, and what `adopt` raises.
    """
    reason = reason or _("New version of the notice published")
    checked = _checked(stored_draft(notice), on, timezone.localdate(now))
    _come_into_force(notice, now, reason, instead_of, checked, published_at=now)


@dataclass(frozen=True)
class _Checked:
    """What a draft said when it was checked, and what it says when it is published."""

    before: Reading
    after: Reading


def _checked(stored: Notice, on: date | None, today: date) -> _Checked:
    """A draft that may be published. It is not locked yet: nobody waits for the checker."""
    if on:
        _refuse_day(stored, on, today)
    if missing := stored.missing():
        raise NotAdoptable(missing)
    before = reading_of(stored)
    after = dated(before, on) if on else before
    if errors := [finding for finding in check(after, today=today) if finding.is_error]:
        raise NotPublishable(errors)
    return _Checked(before, after)


def _come_into_force(
    notice: Notice,
    now: datetime,
    reason: str | Promise,
    instead_of: int,
    checked: _Checked | None,
    **at: datetime,
) -> None:
    try:
        with transaction.atomic(), because(reason):
            if checked:
                locked_as(checked.before, notice)
                if checked.after != checked.before:
                    redraft(notice, checked.after, reason=reason)
            _take_over(notice, now, instead_of, at)
            copies.renew_on_commit()
    except IntegrityError as error:
        raise AnotherCameFirst from error
    notice.refresh_from_db()
    for name in ("declared", "sources"):
        notice.__dict__.pop(name, None)


def _take_over(notice: Notice, now: datetime, instead_of: int, at: dict[str, datetime]) -> None:
    # what is stored comes into force, not what this object remembers; two who decide on one
    # draft meet at its lock, and the second finds it final
    stored = locked(notice.pk)
    if missing := stored.missing():
        raise NotAdoptable(missing)
    # meets the lock of `hold`: nobody stores data under the notice before this one while
    # this one counts what the register holds
    before = Notice.objects.select_for_update().in_force()
    if instead_of not in (ANY, (before.version or 0) if before else 0):
        raise AnotherCameFirst
    if counts := stored_outside(stored.declared):
        raise RegisterHoldsMore(counts)
    latest = Notice.objects.once_in_force().first()
    stored.version = (latest.version or 0) + 1 if latest else 1
    for name, moment in at.items():
        setattr(stored, name, moment)
    Rendering.objects.create_remembered(renderings_of(stored, now))
    if before is not None:
        before.superseded_at = now
        before._store_force()
    stored._store_force()
