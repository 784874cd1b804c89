"""What stands beside a value: the person's own words, or that a voucher says what was corrected
since (art. 16; R01, R05)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered, RememberedQuerySet
from audit.texts import holds_identity_code
from notices.personal_data import IdentityCodeFound
from notices.terms import DataCategory


class RemarkKind(models.TextChoices):
    """Why something stands beside a value."""

    STATEMENT = "statement", _("words of the person")
    CORRECTED = "corrected", _("corrected since, and left as it was sent")


class RemarkQuerySet(RememberedQuerySet["Remark"]):
    """Remarks by what they stand beside."""

    def create_remembered(self, rows: Sequence["Remark"]) -> list["Remark"]:
        """Raises `IdentityCodeFound`."""
        for row in rows:
            row.refuse()
        return super().create_remembered(rows)

    def beside(self, row: models.Model) -> dict[str, list["Remark"]]:
        """By column of `row`, what stands beside it, oldest first."""
        found: dict[str, list[Remark]] = defaultdict(list)
        own = self.filter(of_model=row._meta.model_name, of_row=row.pk).order_by("pk")
        for one in own:
            found[one.column].append(one)
        return dict(found)


class Remark(Remembered):
    """What stands beside one value of a customer, without changing it."""

    personal: ClassVar[frozenset[str]] = frozenset({"text"})

    customer = models.ForeignKey(
        "register.Customer", models.PROTECT, related_name="remarks", verbose_name=_("customer")
    )
    kind = models.CharField(_("what it is"), max_length=20, choices=RemarkKind)
    category = models.CharField(_("beside which data"), max_length=20, choices=DataCategory)
    #: the number of the voucher that it stands beside
    about = models.CharField(_("voucher"), max_length=50, blank=True)
    text = models.TextField(_("words"), max_length=2_000, blank=True)
    made_at = models.DateTimeField(_("since"))
    #: empty where nobody had asked
    because_of = models.CharField(_("request"), max_length=20, blank=True)
    # no key of the database: a remark stands beside rows of any model
    of_model = models.CharField(max_length=30, editable=False)
    of_row = models.BigIntegerField(editable=False)
    column = models.CharField(max_length=50, editable=False)

    objects = RemarkQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("words beside the data")
        verbose_name_plural = _("words beside the data")
        ordering = ["pk"]
        indexes = [models.Index(name="remark_beside", fields=["of_model", "of_row"])]
        constraints = [
            models.CheckConstraint(
                name="a_correction_needs_no_words",
                condition=Q(kind=RemarkKind.STATEMENT) | Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        """What is read at the value."""
        day = date_format(localtime(self.made_at), "SHORT_DATE_FORMAT")
        if self.kind == RemarkKind.CORRECTED:
            told = {"day": day, "number": self.because_of}
            if not self.because_of:
                return gettext("Corrected in the register on %(day)s.") % told
            return gettext("Corrected in the register on %(day)s, request %(number)s.") % told
        return gettext("The person says (%(day)s): %(words)s") % {"day": day, "words": self.text}

    @property
    def is_readable(self) -> bool:
        """Whether it says anything: an erasure has emptied the words."""
        return self.kind == RemarkKind.CORRECTED or bool(self.text)

    def refuse(self) -> None:
        """Raise `IdentityCodeFound` for words that hold one."""
        if holds_identity_code(self.text):
            raise IdentityCodeFound(type(self), "text")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises `IdentityCodeFound`."""
        self.refuse()
        super().save(*args, **kwargs)
