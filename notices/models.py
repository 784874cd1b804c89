"""What is promised: the notice, its sections in the controller's words, its clauses in ours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered, RememberedQuerySet
from audit.reasons import because
from notices.declarations import stored_outside
from notices.reading.paragraphs import split_items
from notices.terms import (
    TERMS,
    ClauseKind,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    SectionKey,
    SourceKind,
)

RowT = TypeVar("RowT", bound=models.Model)

BULLETS = frozenset(f"{mark} " for mark in "-–•·*")


class NoticeIsFinal(Exception):
    """A notice that has come into force cannot change (V02); carries its version."""

    def __init__(self, version: int) -> None:
        super().__init__(f"notice version {version} has come into force and cannot change")
        self.version = version


class NotAdoptable(Exception):
    """A notice cannot come into force yet; carries the stable keys of what is missing."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class RegisterHoldsMore(Exception):
    """The register holds data that the notice does not declare (V07); carries the counts."""

    def __init__(self, counts: dict[str, int]) -> None:
        super().__init__(", ".join(f"{column}: {count}" for column, count in counts.items()))
        self.counts = counts


class AnotherCameFirst(Exception):
    """Two notices were put in force at the same moment; the other one is in force."""


class NoticeQuerySet(RememberedQuerySet["Notice"]):
    """The series of versions."""

    def once_in_force(self) -> "NoticeQuerySet":
        """Those that have come into force, newest first."""
        return self.filter(version__isnull=False).order_by("-version")

    def drafts(self) -> "NoticeQuerySet":
        return self.filter(version__isnull=True)

    def in_force(self) -> "Notice | None":
        """The notice that governs the register now, or None."""
        return self.filter(version__isnull=False, superseded_at__isnull=True).first()


class Notice(Remembered):
    """A privacy notice: one version of what the controller promises about the register."""

    version = models.PositiveIntegerField(_("version"), null=True, editable=False, unique=True)
    register_name = models.CharField(_("name of the register"), max_length=200, blank=True)
    languages = models.JSONField(_("languages"), default=list)
    request_languages = models.JSONField(_("languages of requests"), default=list, blank=True)
    drawn_up_on = models.DateField(_("drawn up on"), null=True, blank=True)
    updated_on = models.DateField(_("updated on"), null=True, blank=True)
    controller_name = models.CharField(_("controller"), max_length=200, blank=True)
    controller_address = models.CharField(_("controller's address"), max_length=300, blank=True)
    controller_phone = models.CharField(_("controller's phone"), max_length=50, blank=True)
    controller_email = models.EmailField(_("controller's e-mail"), blank=True)
    contact_name = models.CharField(_("contact person"), max_length=200, blank=True)
    contact_phone = models.CharField(_("contact person's phone"), max_length=50, blank=True)
    contact_email = models.EmailField(_("contact person's e-mail"), blank=True)
    adopted_at = models.DateTimeField(_("adopted at"), null=True, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    superseded_at = models.DateTimeField(_("superseded at"), null=True, editable=False)

    objects = NoticeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")
        ordering = [models.F("version").desc(nulls_first=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                name="version_comes_with_force",
                condition=(
                    Q(version__isnull=True, adopted_at__isnull=True, published_at__isnull=True)
                    | Q(version__isnull=False, adopted_at__isnull=False, published_at__isnull=True)
                    | Q(version__isnull=False, adopted_at__isnull=True, published_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="only_what_was_in_force_is_superseded",
                condition=Q(superseded_at__isnull=True) | Q(version__isnull=False),
            ),
            models.UniqueConstraint(
                models.Case(models.When(superseded_at__isnull=True, then=1)),
                condition=Q(version__isnull=False, superseded_at__isnull=True),
                name="one_notice_in_force",
            ),
        ]

    def __str__(self) -> str:
        if self.version is None:
            return gettext("Draft: %(name)s") % {"name": self.name}
        return gettext("%(name)s, version %(version)s") % {
            "name": self.name,
            "version": self.version,
        }

    @property
    def name(self) -> str:
        """The register's name, as the notice says it or by its usual name (P04)."""
        return self.register_name or gettext("Customer register")

    @property
    def came_into_force_at(self) -> datetime | None:
        return self.adopted_at or self.published_at

    @property
    def contact_point(self) -> str:
        """The e-mail address that takes requests: the contact person's, else the controller's."""
        return self.contact_email or self.controller_email

    @cached_property
    def declared(self) -> frozenset[DataCategory]:
        """The data that the register may hold under this notice (P20)."""
        return frozenset(map(DataCategory, self._terms(ClauseKind.DATA)))

    @cached_property
    def sources(self) -> frozenset[SourceKind]:
        """Where data may come from under this notice (P21-P26)."""
        return frozenset(map(SourceKind, self._terms(ClauseKind.SOURCE)))

    def _terms(self, kind: ClauseKind) -> Sequence[str]:
        return [clause.term for clause in self.clauses.all() if clause.kind == kind]

    @property
    def clauses_by_kind(self) -> list[tuple[str, list["Clause"]]]:
        """The clauses under the name of their kind, in the order of the vocabulary."""
        clauses = list(self.clauses.all())
        grouped = [
            (str(kind.label), [clause for clause in clauses if clause.kind == kind])
            for kind in ClauseKind
        ]
        return [(label, found) for label, found in grouped if found]

    @property
    def sections_by_place(self) -> list[list["Section"]]:
        """The sections of each place, one for each language that has it."""
        places: dict[int, list[Section]] = {}
        for section in self.sections.all():
            places.setdefault(section.position, []).append(section)
        return list(places.values())

    @property
    def next_place(self) -> int:
        """The place after the last section."""
        last = self.sections.aggregate(last=models.Max("position"))["last"]
        return 0 if last is None else last + 1

    def own_word(self, category: DataCategory) -> str:
        """The notice's own (Finnish, plural) word for `category`, or an empty text."""
        for clause in self.clauses.all():
            if clause.kind == ClauseKind.DATA and clause.term == category and clause.called:
                return clause.called
        return ""

    def called(self, category: DataCategory) -> str:
        """What this notice calls `category`: its own word, else the vocabulary's label."""
        word = self.own_word(category)
        if word in OrderWord.values and get_language() != Language.FINNISH:
            return str(OrderWord(word).label)
        return word or str(category.label)

    def missing(self) -> list[str]:
        """What being in force still needs, as stable keys: who the controller is, and an e-mail
        address for requests (arts 12(2), 13(1)(a))."""
        missing = []
        if not self.controller_name:
            missing.append("controller.name")
        if not self.contact_point:
            missing.append("controller.email")
        return missing

    def adopt(self, *, now: datetime, reason: str = "") -> None:
        """Put a firm's existing notice in force as it stands, in place of the one before it.

        Raises `NotAdoptable`, `RegisterHoldsMore`, `NoticeIsFinal` or `AnotherCameFirst`.
        """
        reason = reason or gettext("Notice adopted as it stands")
        try:
            with transaction.atomic(), because(reason):
                self._take_over(now)
        except IntegrityError as error:
            raise AnotherCameFirst from error
        self.refresh_from_db()
        for name in ("declared", "sources"):
            self.__dict__.pop(name, None)

    def _take_over(self, now: datetime) -> None:
        # what is stored comes into force, not what this object remembers; two who adopt one
        # draft meet at its lock, and the second finds it final
        stored = locked(self.pk)
        if missing := stored.missing():
            raise NotAdoptable(missing)
        # meets the lock of `hold`: nobody stores data under the notice before this one while
        # this one counts what the register holds
        before = Notice.objects.select_for_update().in_force()
        if counts := stored_outside(stored.declared):
            raise RegisterHoldsMore(counts)
        latest = Notice.objects.once_in_force().first()
        if before is not None:
            before.superseded_at = now
            models.Model.save(before)
        stored.version = (latest.version or 0) + 1 if latest else 1
        stored.adopted_at = now
        models.Model.save(stored)

    def hold(self) -> bool:
        """Keep this notice in force until the transaction ends; False when it no longer is.

        SQLite needs no lock of a row: its transactions write one at a time.
        """
        if connection.vendor != "postgresql":
            return True
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT superseded_at FROM notices_notice WHERE id = %s FOR KEY SHARE", [self.pk]
            )
            (superseded_at,) = cursor.fetchone()
        return superseded_at is None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a draft. Raises `NoticeIsFinal`; coming into force is the work of `adopt`."""
        with transaction.atomic():
            if self.version or self.came_into_force_at or self.superseded_at:
                raise NoticeIsFinal(self.version or 0)
            if self.pk is not None:
                locked(self.pk)
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            locked(self.pk)
            return super().delete(*args, **kwargs)


def locked(key: Any) -> Notice:
    """The draft `key` as it is stored, which nobody else can change or adopt before this
    transaction ends. Raises `NoticeIsFinal` when it has come into force."""
    notice = Notice.objects.select_for_update().get(pk=key)
    if notice.version is not None:
        raise NoticeIsFinal(notice.version)
    return notice


class OfNoticeQuerySet(RememberedQuerySet[RowT]):
    """Rows that belong to a notice and are frozen with it."""

    def create_remembered(self, rows: Sequence[RowT]) -> list[RowT]:
        with transaction.atomic(using=self.db):
            for key in {row.notice_id for row in rows}:  # type: ignore[attr-defined]
                locked(key)
            return super().create_remembered(rows)


class OfNotice(Remembered):
    """A part of a notice: changes while it is a draft, never afterwards (V02)."""

    notice: models.ForeignKey[Notice, Notice]
    notice_id: int

    objects = OfNoticeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    def _lock(self) -> None:
        """Lock the draft that the row belongs to, and the one that it belonged to."""
        stored: Any = type(self)._base_manager.filter(pk=self.pk)
        for key in {self.notice_id, *stored.values_list("notice", flat=True)}:
            locked(key)

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            self._lock()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self._lock()
            return super().delete(*args, **kwargs)


class Section(OfNotice):
    """A heading of a notice with the controller's own words under it, in one language."""

    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="sections", verbose_name=_("privacy notice")
    )
    key = models.CharField(_("subject"), max_length=30, choices=SectionKey)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    heading = models.TextField(_("heading"), max_length=1_000, blank=True)
    text = models.TextField(_("text"), max_length=100_000, blank=True)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "position", "language"], name="one_text_per_place_and_language"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.heading or self.get_key_display()} ({self.language})"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            for clause in self.clauses.all():
                clause.section = None
                clause.save()
            return super().delete(*args, **kwargs)

    @property
    def anchor(self) -> str:
        return f"{self.key}-{self.position}"

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The text as a page shows it: paragraphs and lists, the words untouched."""
        blocks: list[dict[str, Any]] = []
        for line in self.text.splitlines():
            if not line.strip():
                continue
            items = split_items(line) if line[:2] in BULLETS else []
            if not items:
                blocks.append({"paragraph": line})
            elif blocks and "listed" in blocks[-1]:
                blocks[-1]["listed"] += items
            else:
                # not "items": a template would find the dictionary's own method first
                blocks.append({"listed": items})
        return blocks


class Clause(OfNotice):
    """One promise of a notice, in the words of the vocabulary, which the program obeys."""

    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="clauses", verbose_name=_("privacy notice")
    )
    section = models.ForeignKey(
        Section,
        # SET_NULL would write past history; a section lets go of its clauses itself
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="clauses",
        verbose_name=_("section"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ClauseKind)
    term = models.CharField(_("term"), max_length=30)
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    words = models.TextField(_("the notice's own words"), max_length=10_000, blank=True)
    called = models.CharField(_("called"), max_length=100, blank=True)
    years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    ways = models.JSONField(_("ways of identification"), default=list, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=30, choices=LegalBasis, blank=True)
    under_other_heading = models.BooleanField(_("under another heading"), default=False)

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="retention_has_a_length",
                condition=~Q(kind=ClauseKind.RETENTION)
                | Q(years__isnull=False)
                | Q(months__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.label}"

    @property
    def label(self) -> str:
        """The term in the reader's language; a retention rule says its length as well."""
        label = str(dict(TERMS[ClauseKind(self.kind)].choices).get(self.term, self.term))
        if self.kind == ClauseKind.RETENTION:
            return gettext("%(length)s from %(start)s") % {"length": self.length, "start": label}
        if self.kind == ClauseKind.DATA and self.called:
            return self.notice.called(DataCategory(self.term))
        return label

    @property
    def length(self) -> str:
        """How long a retention rule lasts, in words."""
        years, months = self.years or 0, self.months or 0
        parts = [
            ngettext("%(count)s year", "%(count)s years", years) % {"count": years},
            ngettext("%(count)s month", "%(count)s months", months) % {"count": months},
        ]
        return " ".join(part for part, count in zip(parts, (years, months), strict=True) if count)

    @property
    def way_labels(self) -> list[str]:
        return [str(Identification(way).label) for way in self.ways]

    def clean(self) -> None:
        if self.kind and self.term not in TERMS[ClauseKind(self.kind)].values:
            raise ValidationError({"term": gettext("Choose a term of this kind.")})


def governing_notice() -> Notice | None:
    """The notice in force with its clauses, in two queries."""
    return Notice.objects.prefetch_related("clauses").in_force()
