"""Where values come from."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered, RememberedQuerySet
from audit.texts import fault_of
from notices.declarations import declared_columns
from notices.models import Notice, governing_notice
from notices.personal_data import IdentityCodeFound, NoNoticeInForce
from notices.terms import DataCategory, SourceKind

#: What an update service knows of people: who they are and how they are reached (P23).
NAME_AND_CONTACT = frozenset(
    {
        DataCategory.NAME,
        DataCategory.ORGANISATION,
        DataCategory.EMAIL,
        DataCategory.POSTAL_ADDRESS,
        DataCategory.PHONE,
    }
)


class UndeclaredSource(Exception):
    """A source that the notice in force does not name; carries the kind and the notice."""

    def __init__(self, kind: str, notice: Notice) -> None:
        super().__init__(f"notice version {notice.version} declares no source {kind!r}")
        self.kind, self.notice = kind, notice


class BeyondSource(Exception):
    """Data that such a source does not give; carries the kind, the model and the columns."""

    def __init__(self, kind: str, model: type[models.Model], columns: list[str]) -> None:
        super().__init__(f"{model._meta.label}: {kind!r} does not give {', '.join(columns)}")
        self.kind, self.model, self.columns = kind, model, columns


def given_by(kind: str) -> frozenset[DataCategory]:
    """The categories of data that a source of `kind` gives (P23)."""
    is_limited = kind == SourceKind.UPDATE_SERVICE
    return NAME_AND_CONTACT if is_limited else frozenset(DataCategory)


def beyond(kind: str, model: type[models.Model], columns: Iterable[str]) -> list[str]:
    """Those of `columns` that a source of `kind` does not give (P23)."""
    if kind != SourceKind.UPDATE_SERVICE:
        return []
    # a role at an organisation is neither a name nor a way to reach somebody
    is_customer = model._meta.label == "register.Customer"
    given = declared_columns(model) if is_customer else {}
    return sorted(column for column in columns if given.get(column) not in NAME_AND_CONTACT)


def beyond_message() -> str:
    """What the user reads when an update service is named for other data."""
    return gettext("An update service gives names and contact data only. Choose another source.")


class CollectionQuerySet(RememberedQuerySet["Collection"]):
    """Acts of getting data by who gave them."""

    def from_the_person(self) -> "CollectionQuerySet":
        """Those in which the person gave the data (as `SourceKind.is_the_person`)."""
        kinds = [kind.value for kind in SourceKind if kind.is_the_person]
        return self.filter(source_kind__in=kinds)


class Collection(Remembered):
    """One act of getting data: from what source, when, by whom, under which notice (P21-P26)."""

    source_kind = models.CharField(_("source"), max_length=20, choices=SourceKind)
    source_name = models.CharField(_("name of the source"), max_length=200, blank=True)
    collected_on = models.DateField(_("obtained on"))
    collected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    notice = models.ForeignKey(
        Notice, models.PROTECT, editable=False, related_name="+", verbose_name=_("privacy notice")
    )
    #: a form's collection is about one customer, and its name, which somebody typed, may tell who
    serves_one = models.BooleanField(default=False, editable=False)

    objects = CollectionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("origin of data")
        verbose_name_plural = _("origins of data")

    def __str__(self) -> str:
        kind = str(self.get_source_kind_display())
        named = f"{kind} ({self.source_name})" if self.source_name else kind
        return f"{named}, {date_format(self.collected_on, 'SHORT_DATE_FORMAT')}"

    @property
    def is_from_the_person(self) -> bool:
        return SourceKind(self.source_kind).is_the_person

    def refuse(self, model: type[models.Model], columns: Iterable[str]) -> None:
        """Raise `BeyondSource` when such a source does not give `columns` of `model` (P23)."""
        if found := beyond(self.source_kind, model, columns):
            raise BeyondSource(self.source_kind, model, found)

    def save(self, *args: Any, **kwargs: Any) -> None:
        notice = governing_notice()
        if notice is None:
            raise NoNoticeInForce
        if self.source_kind not in notice.sources:
            raise UndeclaredSource(self.source_kind, notice)
        if fault_of(self.source_name):
            raise IdentityCodeFound(type(self), "source_name")
        if self._state.adding:
            self.notice = notice
        super().save(*args, **kwargs)
