"""Emptyings of data that the next notice will not list any more (V07)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered
from register.models.recipients import CategoriesField


class Narrowing(Remembered):
    """One going-through of the register that empties some data, before a notice without them comes
    into force."""

    categories = CategoriesField(_("data"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked at"))
    #: customers who held any of the data then, and those gone through so far
    people = models.PositiveIntegerField(_("customers"), default=0)
    done = models.PositiveIntegerField(_("gone through"), default=0)
    emptied = models.PositiveIntegerField(_("rows emptied"), default=0)
    kept = models.PositiveIntegerField(_("kept for a reason"), default=0)
    #: the key of the customer after whom it goes on
    after = models.BigIntegerField(default=0, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("emptying of dropped data")
        verbose_name_plural = _("emptyings of dropped data")
        ordering: ClassVar[list[Any]] = ["-pk"]

    def __str__(self) -> str:
        return gettext("Emptying %(number)s") % {"number": self.number}

    @property
    def number(self) -> str:
        """What emptied rows say that they were emptied by: "N-3"."""
        return f"N-{self.pk}"
