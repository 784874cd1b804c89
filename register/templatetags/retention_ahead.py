"""How many customers' data fall due for erasure, month by month, as a picture of bars."""

from dataclasses import dataclass
from datetime import date

from django import template
from django.utils import timezone

from notices.models import governing_notice
from register.models import RetentionRun
from register.retention import due_by_month

register = template.Library()

#: The picture in its own units: each month is a bar and a gap wide.
WIDTH, BAR, HEIGHT = 10, 7, 60


@dataclass(frozen=True)
class Month:
    """A month of the picture: how many fall due, and where its bar stands."""

    first: date
    count: int
    left: int
    height: int

    @property
    def top(self) -> int:
        return HEIGHT - self.height

    @property
    def begins_a_year(self) -> bool:
        return self.first.month == 1


@dataclass(frozen=True)
class Ahead:
    """The months to come, and a run that waits for somebody's yes."""

    months: list[Month]
    asking: RetentionRun | None

    @property
    def total(self) -> int:
        return sum(month.count for month in self.months)

    @property
    def filled(self) -> list[Month]:
        return [month for month in self.months if month.count]

    @property
    def width(self) -> int:
        return WIDTH * len(self.months)


@register.simple_tag
def retention_ahead() -> Ahead | None:
    """What the front page shows; None while no notice is in force."""
    notice = governing_notice()
    if notice is None:
        return None
    found = due_by_month(notice, timezone.localdate())
    largest = max(count for _first, count in found) or 1
    months = [
        # one customer among thousands is still to be seen
        Month(first, count, WIDTH * place, max(2, round(HEIGHT * count / largest)) if count else 0)
        for place, (first, count) in enumerate(found)
    ]
    return Ahead(months, RetentionRun.objects.asking().first())
