"""The notice: one version of what the controller promises, frozen once it is in force."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered, RememberedQuerySet
from notices.terms import (
    ClauseKind,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    Purpose,
    SourceKind,
)

if TYPE_CHECKING:
    from notices.models.parts import Clause, Section


class NoticeIsFinal(Exception):
    """A notice that has come into force cannot change (V02); carries its version."""

    def __init__(self, version: int) -> None:
        super().__init__(f"notice version {version} has come into force and cannot change")
        self.version = version


class NoticeQuerySet(RememberedQuerySet["Notice"]):
    """The series of versions."""

    def create_remembered(self, rows: Sequence["Notice"]) -> list["Notice"]:
        """Drafts; raises `NoticeIsFinal` for a row that says it has come into force."""
        for row in rows:
            row._refuse_force()
        return super().create_remembered(rows)

    def once_in_force(self) -> "NoticeQuerySet":
        """Those that have come into force, newest first."""
        return self.filter(version__isnull=False).order_by("-version")

    def in_force_on(self, day: date) -> "Notice | None":
        """The one that people could be given on `day`, or None."""
        return next(
            (one for one in self.once_in_force() if one.begins_on and one.begins_on <= day), None
        )

    def drafts(self) -> "NoticeQuerySet":
        return self.filter(version__isnull=True)

    def in_force(self) -> "Notice | None":
        """The notice that governs the register now, or None."""
        return self.filter(version__isnull=False, superseded_at__isnull=True).first()

    def purposes_since(self) -> dict[Purpose, int]:
        """The purposes of the notice in force, each with the version since which every one in force
        has named it (C04)."""
        notices = self.once_in_force()
        versions: Any = notices.values_list("version", flat=True)
        named = notices.filter(clauses__kind=ClauseKind.PURPOSE)
        naming = set(named.values_list("clauses__term", "version"))
        unbroken = set(Purpose)
        since: dict[Purpose, int] = {}
        for version in versions:
            unbroken = {purpose for purpose in unbroken if (purpose, version) in naming}
            since |= dict.fromkeys(unbroken, version)
        return since


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
    _comes_into_force = False

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
    def begins_on(self) -> date | None:
        """Since when people can have been given it: an adopted notice was in force before it came
        here, from the day that it names (V02)."""
        if self.came_into_force_at is None:
            return None
        day = timezone.localdate(self.came_into_force_at)
        return min(day, self.drawn_up_on) if self.adopted_at and self.drawn_up_on else day

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

    def bases(self, purpose: str) -> frozenset[str]:
        """What `purpose` rests on under this notice; empty when it is not named."""
        return frozenset(
            clause.legal_basis
            for clause in self.clauses.all()
            if clause.kind == ClauseKind.PURPOSE and clause.term == purpose
        )

    def ways(self, right: str) -> list[Identification]:
        """What this notice calls enough to show who asks for `right` (P51, P55)."""
        named = {
            way
            for clause in self.clauses.all()
            if clause.kind == ClauseKind.RIGHT and clause.term == right
            for way in clause.ways
        }
        return [way for way in Identification if way in named]

    @cached_property
    def asks_consent_for(self) -> list[Purpose]:
        """The purposes that rest on consent under this notice (P19)."""
        rest_on_it = {
            clause.term
            for clause in self.clauses.all()
            if clause.kind == ClauseKind.PURPOSE and clause.legal_basis == LegalBasis.CONSENT
        }
        return [purpose for purpose in Purpose if purpose in rest_on_it]

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

    def _refuse_force(self) -> None:
        if self.version is not None or self.came_into_force_at or self.superseded_at:
            raise NoticeIsFinal(self.version or 0)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a draft. Raises `NoticeIsFinal`; coming into force is the work of
        `notices.publishing`."""
        # the row and its history, or neither
        with transaction.atomic():
            super().save(*args, **kwargs)

    def _save_table(self, raw: bool = False, *args: Any, **kwargs: Any) -> bool:
        # save_base(), which loaddata calls past any override of save(), comes by here too
        with transaction.atomic():
            if not self._comes_into_force:
                self._refuse_force()
                if self.pk is not None:
                    locked(self.pk)
            return bool(super()._save_table(raw, *args, **kwargs))  # type: ignore[misc]

    def _store_force(self) -> None:
        """Store what only coming into force changes. For `notices.publishing` alone."""
        self._comes_into_force = True
        try:
            self.save()
        finally:
            self._comes_into_force = False

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


def governing_notice() -> Notice | None:
    """The notice in force with its clauses, in two queries."""
    return Notice.objects.prefetch_related("clauses").in_force()
