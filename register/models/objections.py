"""What customers object to, purpose by purpose: the use rests while that is weighed, and for good
where the objection is upheld (art. 21(1), 18(1)(d); M02)."""

from datetime import datetime
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import BypassesHistory, Remembered, RememberedQuerySet
from notices.terms import Purpose


class ObjectionQuerySet(RememberedQuerySet["Objection"]):
    """Objections by whether they still stand in the way."""

    def in_force(self) -> "ObjectionQuerySet":
        """Those that are weighed, or upheld, or of whose refusal the person has not been told."""
        return self.filter(told_at__isnull=True)

    def of_request(self, number: str) -> "ObjectionQuerySet":
        return self.filter(request_number=number)

    def weighed(self) -> "ObjectionQuerySet":
        """Those in force that nobody has upheld."""
        return self.in_force().filter(upheld_at__isnull=True)


class Objection(Remembered):
    """That the data of a customer do not serve a purpose, since when, and until when."""

    customer = models.ForeignKey(
        "register.Customer",
        models.PROTECT,
        related_name="objections",
        verbose_name=_("customer"),
    )
    purpose = models.CharField(_("purpose"), max_length=30, choices=Purpose)
    request_number = models.CharField(_("request"), max_length=20)
    stopped_at = models.DateTimeField(_("not used since"))
    upheld_at = models.DateTimeField(_("upheld"), null=True)
    #: when the letter had left that told of the refusal: the use rests until then (art. 18(3))
    told_at = models.DateTimeField(_("told of the refusal"), null=True)

    objects = ObjectionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="objection_has_its_request", condition=~Q(request_number="")
            ),
            models.CheckConstraint(
                name="upheld_for_good", condition=Q(upheld_at=None) | Q(told_at=None)
            ),
            models.CheckConstraint(
                name="told_after_it_was_stopped",
                condition=Q(told_at=None) | Q(told_at__gt=models.F("stopped_at")),
            ),
            models.UniqueConstraint(
                name="one_objection_to_a_purpose",
                fields=["customer", "purpose", "request_number"],
            ),
        ]
        indexes = [
            models.Index(
                name="objection_in_force",
                fields=["customer", "purpose"],
                condition=Q(told_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_number}, {self.get_purpose_display()}"

    def uphold(self, *, now: datetime) -> None:
        """The data serve this purpose no more. Needs a `because` block."""
        self.upheld_at = now
        self.save()

    def let_go(self, *, told_at: datetime) -> None:
        """It was refused, and the person knows since `told_at` (S05). Needs a `because` block."""
        self.told_at = told_at
        self.save()

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("delete")

    def take_back(self) -> None:
        """It was another customer who objected, or the person has let it be, and nobody has
        decided: history alone has it."""
        if self.upheld_at is not None or self.told_at is not None:
            raise BypassesHistory("take_back")
        super().delete()
