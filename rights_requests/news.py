"""To whom a version of the notice is news: they were told of an earlier one, or were here before,
and a letter to them says what has changed (art. 13(3); V08, C04)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Min

from notices.drafts import reading_of
from notices.models import Notice
from notices.pages.comparing import in_sentences
from register.models import Customer, InformationDuty, NoticeGiven
from register.models.uses import FIRST_VERSION


def known_versions(customers: Iterable[int], notice: Notice) -> dict[int, int]:
    """Of `customers` (keys) to whom `notice` is news, the version that they know: the newest that
    they were given; else, unless they are first to be told of data from others, the one of the day
    when their data came."""
    keys, version = set(customers), notice.version or FIRST_VERSION
    if version == FIRST_VERSION:
        return {}
    given = NoticeGiven.objects.filter(customer__in=keys, notice__version__lt=version)
    newest = given.order_by().values("customer").annotate(newest=Max("notice__version"))
    known: dict[int, int] = dict(newest.values_list("customer", "newest"))
    duties = InformationDuty.objects.filter(customer__in=keys)
    others = keys - known.keys() - set(duties.values_list("customer", flat=True))
    history: Any = Customer.history
    came = history.filter(id__in=others).order_by().values("id").annotate(at=Min("history_date"))
    earlier = list(Notice.objects.filter(version__lt=version).order_by("version"))
    for key, at in came.filter(at__lt=notice.came_into_force_at).values_list("id", "at"):
        then = [one for one in earlier if one.came_into_force_at and one.came_into_force_at <= at]
        # whoever came before the first one has known that since
        known[key] = (then[-1] if then else earlier[0]).version or FIRST_VERSION
    return known


def news_since(version: int, notice: Notice) -> list[str]:
    """What has changed from `version` to `notice`, in sentences of the active language."""
    return in_sentences(reading_of(Notice.objects.get(version=version)), reading_of(notice))
