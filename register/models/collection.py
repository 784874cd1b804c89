"""Where values come from."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered
from audit.texts import fault_of
from notices.models import Notice, governing_notice
from notices.personal_data import IdentityCodeFound, NoNoticeInForce
from notices.terms import SourceKind


class UndeclaredSource(Exception):
    """A source that the notice in force does not name; carries the kind and the notice."""

    def __init__(self, kind: str, notice: Notice) -> None:
        super().__init__(f"notice version {notice.version} declares no source {kind!r}")
        self.kind, self.notice = kind, notice


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

    class Meta:
        verbose_name = _("origin of data")
        verbose_name_plural = _("origins of data")

    def __str__(self) -> str:
        kind = str(self.get_source_kind_display())
        named = f"{kind} ({self.source_name})" if self.source_name else kind
        return f"{named}, {date_format(self.collected_on, 'SHORT_DATE_FORMAT')}"

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
