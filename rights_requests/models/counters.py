"""Numbers without gaps: one row for each kind and year, locked while the number is given."""

from django.db import models
from django.db.models import F

from audit.models import Derived


class Counted(models.TextChoices):
    """What is numbered."""

    REQUEST = "request"
    CERTIFICATE = "certificate"


class Counter(Derived):
    """The last number given of a kind in a year; the numbered rows themselves tell the same."""

    kind = models.CharField(max_length=20, choices=Counted)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "year"], name="one_counter_per_kind_and_year"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


def next_number(kind: Counted, year: int) -> int:
    """The number after the last one, inside the caller's transaction: undone with it, so that no
    number is ever missing; who comes second waits for who came first."""
    own = Counter.objects.filter(kind=kind, year=year)
    if not own.update(last=F("last") + 1):
        Counter.objects.get_or_create(kind=kind, year=year)
        own.update(last=F("last") + 1)
    return own.get().last
