"""The end of a request: everything is answered, and everybody else has been told (P58)."""

from datetime import datetime

from rights_requests.forgetting import forget_answered
from rights_requests.models import Demand, Notification, RightsRequest


def close_if_answered(request: RightsRequest, *, now: datetime) -> None:
    """Close `request`, which the caller holds, when each right is decided, and each recipient and
    source told or excused. Needs a transaction and a `because` block."""
    if Demand.objects.undecided().filter(request=request).exists():
        return
    if Notification.objects.waiting().filter(demand__request=request).exists():
        return
    # an erasure has written to the row in the meantime
    request.refresh_from_db()
    if request.closed_at is None:
        request.closed_at = now
        request.save()
    forget_answered(now=now)
