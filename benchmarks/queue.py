"""The queue of requests: as quick with ten thousand open ones as with ten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

FEW, MANY = 10, 10_000


def queue_of_many(seconds: Callable[..., float]) -> None:
    """The times of the queue's first page, over few and over many open requests, by `seconds`."""
    from django.db import connection
    from django.test import RequestFactory
    from django.test.utils import CaptureQueriesContext

    from rights_requests.models import RightsRequest
    from staff.models import User
    from staff.roles import Role

    reader = User(
        email="queue@koe.example", name="Queue", role=Role.DATA_PROTECTION_CONTACT, language="en"
    )
    times, queries = {}, {}
    for count in (FEW, MANY):
        fill(count)
        page = _page(RequestFactory(), reader, RightsRequest)
        times[count] = seconds(page)
        with CaptureQueriesContext(connection) as asked:
            page()
        queries[count] = len(asked)
    ratio = times[MANY] / times[FEW]
    print(
        f"{f'the queue with {MANY} open requests':44} {ratio:8.1f} times the time with {FEW} "
        f"({times[MANY] * 1000:.2f} ms, {times[FEW] * 1000:.2f} ms), "
        f"{queries[MANY]} and {queries[FEW]} queries",
        flush=True,
    )


def _page(requests: Any, reader: Any, model: Any) -> Callable[[], object]:
    from django.contrib import admin
    from django.urls import reverse

    pages = admin.site.get_model_admin(model)

    def show() -> object:
        request = requests.get(reverse("admin:rights_requests_rightsrequest_changelist"))
        request.user, request.session = reader, {}
        return pages.changelist_view(request).render()

    return show


def fill(count: int) -> None:
    """Let there be `count` open requests, each with a right demanded, a day apart at most."""
    from django.db import models
    from django.utils import timezone

    from audit.bulk import learn
    from notices.models import governing_notice
    from notices.terms import Right
    from rights_requests.models import Demand, RightsRequest

    now, notice = timezone.now(), governing_notice()
    there = RightsRequest.objects.open().count()
    rows = [
        RightsRequest(
            year=1990,
            sequence=number,
            language="fi",
            channel="form",
            received_at=now - timedelta(minutes=number),
            recorded_at=now,
            notice=notice,
            name=f"Aino Koekajo {number}",
            email=f"queue{number}@koe.example",
            needs_proof=True,
        )
        for number in range(there + 1, count + 1)
    ]
    demands = [Demand(request=row, right=Right.ACCESS) for row in rows]
    for demand in demands:
        demand.request.next_due_on = demand.reckon().date
    models.QuerySet(RightsRequest).bulk_create(rows, batch_size=1_000)
    models.QuerySet(Demand).bulk_create(demands, batch_size=1_000)
    learn(RightsRequest, Demand)
