"""The parts of a notice: sections in the controller's words, clauses in ours, frozen with it."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models, transaction
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered, RememberedQuerySet
from notices.models.notice import Notice, locked
from notices.own_words import html_of
from notices.reading.paragraphs import split_items
from notices.terms import (
    TERMS,
    ClauseKind,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    RetentionStart,
    SectionKey,
)
from notices.writing.retention import MONTHS_OF_VOUCHERS

RowT = TypeVar("RowT", bound=models.Model)

MOST_YEARS = MOST_MONTHS = 999
MOST_INACTIVE_MONTHS = 600

BULLETS = frozenset(f"{mark} " for mark in "-–•·*")


def _long(label: Any, most: int) -> Any:
    """A long text that may be left empty. Django heeds `max_length` of it at forms alone."""
    return models.TextField(
        label, max_length=most, blank=True, validators=[MaxLengthValidator(most)]
    )


def _number(label: Any, most: int) -> Any:
    """A number from 1 to `most`, or none."""
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(most)]
    )


class PartOfAnother(Exception):
    """A clause and the section that it hangs on belong to different notices."""


class OfNoticeQuerySet(RememberedQuerySet[RowT]):
    """Rows that belong to a notice and are frozen with it."""

    def create_remembered(self, rows: Sequence[RowT]) -> list[RowT]:
        with transaction.atomic(using=self.db):
            for key in {row.notice_id for row in rows}:  # type: ignore[attr-defined]
                locked(key)
            for row in rows:
                row._refuse_strangers()  # type: ignore[attr-defined]
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

    def _refuse_strangers(self) -> None:
        """Raises `PartOfAnother` for a part that is tied to a part of another notice."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        # the row and its history, or neither
        with transaction.atomic():
            super().save(*args, **kwargs)

    def _save_table(self, raw: bool = False, *args: Any, **kwargs: Any) -> bool:
        # save_base(), which loaddata calls past any override of save(), comes by here too
        with transaction.atomic():
            self._lock()
            self._refuse_strangers()
            return bool(super()._save_table(raw, *args, **kwargs))  # type: ignore[misc]

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
    heading = _long(_("heading"), 1_000)
    text = _long(_("text"), 100_000)
    #: the text is the program's own, made from the clauses, and is made anew when they change
    written = models.BooleanField(_("written from the clauses"), default=False)
    own_words = _long(_("own words"), 20_000)

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

    def _refuse_strangers(self) -> None:
        if self.pk and self.clauses.exclude(notice=self.notice_id).exists():
            raise PartOfAnother

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
    def says_something(self) -> bool:
        """Whether more than perhaps a dash stands in it: a text, or the controller's own words; a
        title is its heading."""
        heading = self.heading if self.key == SectionKey.TITLE else ""
        return any(sign.isalnum() for sign in f"{self.text}{self.own_words}{heading}")

    @property
    def own_html(self) -> SafeString:
        """What the controller adds in words of its own, made safe to show."""
        return html_of(self.own_words)

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
    words = _long(_("the notice's own words"), 10_000)
    called = models.CharField(_("called"), max_length=100, blank=True)
    #: who the recipient is, or where and to whom data are transferred
    name = models.CharField(_("name"), max_length=200, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Give the country's two letters, as in US."))],
    )
    years = _number(_("years"), MOST_YEARS)
    months = _number(_("months"), MOST_MONTHS)
    #: the data that a retention rule is about; none means all that no other rule names
    categories = models.JSONField(_("data it is about"), default=list, blank=True)
    #: a relationship has ended when nothing was ordered, invoiced or written for so long
    inactive_months = _number(
        _("months without contact that end the relationship"), MOST_INACTIVE_MONTHS
    )
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
                # NULL > 0 is NULL, which a constraint lets pass
                condition=~Q(kind=ClauseKind.RETENTION)
                | Q(years__isnull=False, years__gt=0)
                | Q(months__isnull=False, months__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.label}"

    @property
    def label(self) -> str:
        """The term in the reader's language; a retention rule says its length as well."""
        label = str(dict(TERMS[ClauseKind(self.kind)].choices).get(self.term, self.term))
        if self.kind == ClauseKind.RETENTION:
            rule = gettext("%(length)s from %(start)s") % {"length": self.length, "start": label}
            data = ", ".join(self.category_labels)
            if self.is_of_vouchers:
                data = data or gettext("invoices and other vouchers")
            return f"{data}: {rule}" if data else rule
        if self.name:
            return f"{self.name} ({label})"
        if self.kind == ClauseKind.DATA and self.called:
            return self.notice.called(DataCategory(self.term))
        return label

    @property
    def is_of_vouchers(self) -> bool:
        """Whether this is bookkeeping's own rule, which says nothing of all other data (T15)."""
        months = 12 * (self.years or 0) + (self.months or 0)
        return (
            self.kind == ClauseKind.RETENTION
            and self.term == RetentionStart.FINANCIAL_YEAR_END
            and set(self.categories) <= {DataCategory.BILLING}
            and months >= MONTHS_OF_VOUCHERS
        )

    @property
    def category_labels(self) -> list[str]:
        """The data that a retention rule names, as this notice calls them."""
        return [self.notice.called(DataCategory(category)) for category in self.categories]

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

    def _refuse_strangers(self) -> None:
        if self.section and self.section.notice_id != self.notice_id:
            raise PartOfAnother

    def clean(self) -> None:
        if self.kind and self.term not in TERMS[ClauseKind(self.kind)].values:
            raise ValidationError({"term": gettext("Choose a term of this kind.")})
        if self.section and self.section.notice_id != self.notice_id:
            raise ValidationError({"section": gettext("Choose a section of the same notice.")})


class SetAside(OfNotice):
    """A finding of the checker that the controller leaves as it is, with the reason."""

    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="set_aside", verbose_name=_("privacy notice")
    )
    #: `Finding.key`: the rule, the place and the words at fault
    finding = models.CharField(_("finding"), max_length=64)
    rule = models.CharField(_("rule"), max_length=20)
    why = models.TextField(_("why it is left as it is"), max_length=1_000)

    class Meta:
        verbose_name = _("finding left as it is")
        verbose_name_plural = _("findings left as they are")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "finding"], name="one_reason_per_finding"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.why}"


class Rendering(OfNotice):
    """The public page of a notice in one language, as it was when the notice came into force."""

    # the page is its own memory: nothing can change it
    not_remembered = frozenset({"body", "labels"})

    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="renderings", verbose_name=_("privacy notice")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language)
    title = models.CharField(_("title"), max_length=1_000)
    body = models.TextField(_("page"))
    #: what the clauses were called on it, by the key of the clause
    labels = models.JSONField(_("labels"), default=dict)
    rendered_at = models.DateTimeField(_("rendered at"))

    class Meta:
        verbose_name = _("public page")
        verbose_name_plural = _("public pages")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "language"], name="one_page_per_notice_and_language"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"
