"""What may only be kept for the time being, since when, why and until when (art. 18; S01-S08)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import BypassesHistory, Remembered, RememberedQuerySet
from audit.prepared import Prepared, keys_of
from notices.declarations import declared_columns
from register.models.recipients import CategoriesField


class RestrictionGround(models.TextChoices):
    """Why processing shall rest (art. 18(1); S01)."""

    ACCURACY = "accuracy", _("the accuracy of the data is contested")
    UNLAWFUL = "unlawful", _("the processing is unlawful, and the data are to be kept")
    CLAIMS = "claims", _("the data are needed for a legal claim")
    OBJECTION = "objection", _("an objection is being weighed")

    @property
    def in_letter(self) -> str:
        """What it says, and its article behind it."""
        said = {"ground": self.label, "letter": "abcd"[list(RestrictionGround).index(self)]}
        return gettext("%(ground)s (GDPR article 18(1)(%(letter)s))") % said


#: Who chose these wants the data kept (E11).
AGAINST_ERASURE = (RestrictionGround.UNLAWFUL, RestrictionGround.CLAIMS)


class CustomerRestricted(Exception):
    """Something was about to be stored in data that may only be kept (S03); carries the
    reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"data of customer {reference} are restricted")
        self.reference = reference


@dataclass
class AtRest:
    """Which data of a customer may only be kept: all, or some categories (S08)."""

    is_whole: bool = False
    categories: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return self.is_whole or bool(self.categories)

    def __contains__(self, category: object) -> bool:
        return self.is_whole or category in self.categories

    def covers(self, model: type[models.Model], columns: Iterable[str]) -> bool:
        """Whether one of `columns` of `model` rests; of the program's own columns alone, such as
        that of a file, whether anything of the model does."""
        declared = declared_columns(model)
        touched = set(columns) or declared
        return self.is_whole or any(declared.get(column) in self.categories for column in touched)

    def columns(self, model: type[models.Model]) -> list[str]:
        """The declared columns of `model` that rest."""
        return [column for column, category in declared_columns(model).items() if category in self]


#: Whose data are being put right at their own wish, and which: by consent that is done although
#: they rest (art. 18(2)).
_put_right: ContextVar[tuple[int, frozenset[str]] | None] = ContextVar("put_right", default=None)


@contextmanager
def putting_right(customer: int, categories: Iterable[str]) -> Iterator[None]:
    """In the block `categories` of data of `customer` (key) are changed although they rest: the
    person has asked for that (art. 18(2); P61)."""
    token = _put_right.set((customer, frozenset(categories)))
    try:
        yield
    finally:
        _put_right.reset(token)


def refuses(
    resting: Mapping[int, AtRest], customer: int, model: type[models.Model], columns: Iterable[str]
) -> bool:
    """Whether what rests of `customer` (key), among `resting`, lets nobody change `columns` of
    `model`."""
    if customer not in resting:
        return False
    touched, (key, wished) = set(columns), _put_right.get() or (None, frozenset())
    if touched and key == customer:
        declared = declared_columns(model)
        touched = {column for column in touched if declared.get(column) not in wished}
        if not touched:
            return False
    return resting[customer].covers(model, touched)


def _as_text() -> Cast:
    return Cast("categories", models.TextField())


@Prepared
def _in_force_of(keys: Any) -> "models.QuerySet[Restriction, Any]":
    rows = Restriction.objects.in_force().filter(customer__pk__among=keys).order_by()
    return rows.values_list("customer_id", _as_text())


class RestrictionQuerySet(RememberedQuerySet["Restriction"]):
    """Restrictions by whether they hold, and for what."""

    def in_force(self) -> "RestrictionQuerySet":
        return self.filter(lifted_at__isnull=True)

    def covering(self, categories: Iterable[str] = ()) -> "RestrictionQuerySet":
        """Those in force of all of a customer's data, or of one of `categories`."""
        covers = Q(categories=[])
        for category in categories:
            # both databases write JSON so
            covers |= Q(as_text__contains=f'"{category}"')
        return self.in_force().alias(as_text=_as_text()).filter(covers)

    def at_rest(self, customers: Iterable[Any]) -> "Mapping[int, AtRest]":
        """By customer (of these keys), what rests; those of whom nothing does are left out."""
        found: dict[int, AtRest] = defaultdict(AtRest)
        keys = {*customers} - {None}
        for key, as_text in _in_force_of(keys_of(keys)) if keys else ():
            categories = json.loads(as_text)
            found[key].is_whole |= not categories
            found[key].categories.update(categories)
        return dict(found)

    def mask(self, customers: Iterable[Any]) -> None:
        """Empty what rests in `customers`, rows that are shown and never saved."""
        shown = list(customers)
        resting = self.at_rest(one.pk for one in shown)
        for one in shown:
            for column in resting[one.pk].columns(type(one)) if one.pk in resting else ():
                setattr(one, column, None if type(one)._meta.get_field(column).null else "")


def unrestricted(categories: Iterable[str] = (), *, customer: str = "pk") -> Q:
    """Rows whose customer (`customer` is the way there) has neither all data nor one of
    `categories` at rest."""
    resting = Restriction.objects.covering(categories).filter(customer=OuterRef(customer))
    return ~Q(Exists(resting.order_by()))


class Restriction(Remembered):
    """That data of a customer, all or some categories, may only be kept, and until when."""

    customer = models.ForeignKey(
        "register.Customer",
        models.PROTECT,
        related_name="restrictions",
        verbose_name=_("customer"),
    )
    ground = models.CharField(_("ground"), max_length=20, choices=RestrictionGround)
    #: empty for all of them
    categories = CategoriesField(_("data"))
    imposed_at = models.DateTimeField(_("restricted since"))
    #: nobody, where it held as soon as the person had shown who asks
    imposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("restricted by"),
    )
    imposed_by_request = models.CharField(_("request"), max_length=20)
    #: when the letter had left that told of the lifting
    told_at = models.DateTimeField(_("told of the lifting"), null=True)
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("lifted by"),
    )

    objects = RestrictionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("restriction of processing")
        verbose_name_plural = _("restrictions of processing")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="restricted_on_a_ground_of_the_law",
                condition=Q(ground__in=RestrictionGround.values),
            ),
            models.CheckConstraint(
                name="restricted_by_a_request", condition=~Q(imposed_by_request="")
            ),
            # nobody lifts before the person has been told (art. 18(3))
            models.CheckConstraint(
                name="lifted_after_the_person_was_told",
                condition=Q(lifted_at=None, told_at=None, lifted_by=None)
                | Q(
                    told_at__isnull=False,
                    told_at__gt=F("imposed_at"),
                    lifted_at__isnull=False,
                    lifted_at__gt=F("told_at"),
                    lifted_by__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                name="one_restriction_of_a_request",
                fields=["customer", "imposed_by_request"],
                condition=Q(lifted_at=None),
            ),
        ]
        indexes = [
            models.Index(
                name="restriction_in_force", fields=["customer"], condition=Q(lifted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.imposed_by_request}, {self.get_ground_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises `BypassesHistory` for one that has been lifted: that is over."""
        if self.pk and Restriction.objects.filter(pk=self.pk, lifted_at__isnull=False).exists():
            raise BypassesHistory("save")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("delete")

    def covers(self, other: "Restriction") -> bool:
        """Whether all that rests by `other` rests by this one too."""
        return not self.categories or bool(
            other.categories and set(other.categories) <= set(self.categories)
        )

    def take_back(self) -> None:
        """It was another customer who asked, or the request is withdrawn, and nobody has decided:
        history alone has it."""
        if self.imposed_by is not None:
            raise BypassesHistory("take_back")
        super().delete()
