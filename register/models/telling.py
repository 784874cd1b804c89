"""Which version of the notice customers were given, when and how (arts 13-14; V02)."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NoReturn

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from audit.models import BypassesHistory, Remembered, RememberedQuerySet
from notices.models import Notice
from register.models.informing import A_BLOCK, InformationDuty, customers_of


class Channel(models.TextChoices):
    """The way in which people and the controller reach each other (P49, I02, C01, V02)."""

    FORM = "form", _("form on the web")
    EMAIL = "email", _("e-mail")
    LETTER = "letter", _("letter")
    PHONE = "phone", _("phone")
    COUNTER = "counter", _("at the counter")


class NeverInForce(Exception):
    """A draft, which nobody can have been given."""


class NotYetInForce(Exception):
    """A notice that nobody can have been given on that day; carries notice and day."""

    def __init__(self, notice: Notice, day: date) -> None:
        super().__init__(f"version {notice.version} is not of {day} yet")
        self.notice, self.day = notice, day


class NoticeGivenQuerySet(RememberedQuerySet["NoticeGiven"]):
    """Who was told what."""

    def record(self, customers: Iterable[Any], *, notice: Notice, channel: str, on: date) -> int:
        """Remember that `customers` (rows or keys) were given `notice` by `channel` on that day,
        and end the duty to tell them of what had come from others by then (T12).

        What is recorded already stays as it is; gives how many are new. Many customers are done
        block by block, each block whole, and a second run finishes what the first began. Needs a
        `because` block; raises `NeverInForce`, `NotYetInForce`, `CustomerErased` and
        `ReasonMissing`.
        """
        if notice.version is None or notice.begins_on is None:
            raise NeverInForce
        if on < notice.begins_on:
            raise NotYetInForce(notice, on)
        keys = sorted({getattr(one, "pk", one) for one in customers})
        given = {"notice": notice, "channel": Channel(channel), "given_on": on}
        new = 0
        for start in range(0, len(keys), A_BLOCK):
            block = keys[start : start + A_BLOCK]
            with transaction.atomic(using=self.db):
                customers_of(NoticeGiven).objects.hold(block)
                there = self.filter(customer__in=block, **given).values_list("customer_id")
                told = {key for (key,) in there}
                rows = [NoticeGiven(customer_id=key, **given) for key in block if key not in told]
                new += len(self.create_remembered(rows))
                InformationDuty.objects.filter(obtained_on__lte=on).fulfilled(block)
        return new


class NoticeGiven(Remembered):
    """That a customer was given a version of the notice on a day, in some way."""

    customer = models.ForeignKey(
        "register.Customer",
        models.PROTECT,
        related_name="notices_given",
        verbose_name=_("customer"),
    )
    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="+", verbose_name=_("privacy notice")
    )
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    given_on = models.DateField(_("given on"))

    objects = NoticeGivenQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("notice given")
        verbose_name_plural = _("notices given")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "notice", "channel", "given_on"], name="notice_given_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice}: {self.get_channel_display()}, {self.given_on}"

    def _save_table(self, *args: Any, **kwargs: Any) -> NoReturn:
        # what was told cannot be made untold, and the duty ends with it: `record()` alone
        raise BypassesHistory("save")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("delete")
