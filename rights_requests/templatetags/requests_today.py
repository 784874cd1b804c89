"""What waits on staff's desk, for the front page; and what a customer has asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from register.models import Customer
from rights_requests.desk import Today, today_at
from rights_requests.models import RightsRequest
from rights_requests.probing import alarm

register = template.Library()


@dataclass(frozen=True)
class Tile:
    """A figure of the front page: what it counts, where it leads, how long its bar is."""

    figure: int
    label: str
    address: str
    #: a percentage of the largest figure
    share: int
    is_alarm: bool = False


@register.simple_tag
def requests_today() -> list[Tile]:
    """The figures of today; empty when nothing waits."""
    today = today_at(timezone.now())
    return [] if today.is_quiet else list(_tiles(today))


@register.simple_tag
def probe_alarm(tiles: list[Tile]) -> str:
    """What is wrong with the way in, and what to look at; empty while none of `tiles` says that
    something is (I13)."""
    return alarm(timezone.now()) if any(one.address == "#probe" for one in tiles) else ""


def _tiles(today: Today) -> Iterator[Tile]:
    requests = reverse("admin:rights_requests_rightsrequest_changelist")
    letters = reverse("admin:rights_requests_letter_changelist")
    largest = max(vars(today).values())

    def tile(figure: int, label: str, address: str, *, alarms: bool = False) -> Tile:
        share = round(100 * figure / largest)
        return Tile(figure, label, address, share, is_alarm=alarms and figure > 0)

    if today.lost_probes:
        lost = gettext("The daily test of the request form did not come back")
        yield tile(today.lost_probes, lost, "#probe", alarms=True)
    yield tile(today.overdue, gettext("Late"), f"{requests}?state=overdue", alarms=True)
    yield tile(today.due, gettext("Due within 7 days"), f"{requests}?state=due")
    yield tile(today.unproven, gettext("Not proven"), f"{requests}?state=unproven")
    yield tile(today.waiting, gettext("Waiting for a fact"), f"{requests}?state=waiting")
    waiting = reverse("admin:rights_requests_rightsrequest_waiting")
    if today.failing:
        yield tile(today.failing, gettext("Erasures that failed"), waiting, alarms=True)
    yield tile(
        today.undelivered,
        gettext("Letters not delivered"),
        f"{letters}?state=undelivered",
        alarms=True,
    )
    yield tile(
        today.overdue_letters,
        gettext("Letters waiting over an hour"),
        f"{letters}?state=overdue",
        alarms=True,
    )
    yield tile(today.to_post, gettext("Letters to post"), f"{letters}?state=to_post")
    papers = reverse("admin:register_paper_changelist")
    if today.to_shred:
        yield tile(today.to_shred, gettext("Papers to shred"), f"{papers}?where=to_shred")
    others = reverse("admin:rights_requests_notification_changelist")
    yield tile(today.to_notify, gettext("Recipients and sources to be told"), others)
    telling = reverse("admin:register_customer_telling")
    yield tile(today.to_tell, gettext("To be told of data from others"), telling)
    yield tile(today.to_tell_late, gettext("Told too late"), telling, alarms=True)


@register.simple_tag
def requests_of(customer: Customer) -> list[Any]:
    """The requests of `customer`, newest first, with their rights."""
    return list(RightsRequest.objects.filter(customer=customer).prefetch_related("demands"))
