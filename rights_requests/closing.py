"""The end of a request: everything is answered, and everybody else has been told (P58)."""

from datetime import datetime

from rights_requests.forgetting import forget_answered
from rights_requests.models import Demand, Letter, Notification, RightsRequest


def is_answered(request: RightsRequest) -> bool:
    """Whether each right is decided and carried out, each answer on paper has been posted, and each
    recipient and source told or excused: what lies in the house has told nobody (art. 12(3))."""
    if Demand.objects.unfinished().filter(request=request).exists():
        return False
    if Letter.objects.to_post().answers().filter(request=request).exists():
        return False
    return not Notification.objects.waiting().filter(demand__request=request).exists()


def close_if_answered(request: RightsRequest, *, now: datetime) -> None:
    """Close `request`, which the caller holds, when it `is_answered`. Needs a transaction and a
    `because` block."""
    if not is_answered(request):
        return
    # an erasure has written to the row in the meantime
    request.refresh_from_db()
    if request.closed_at is None:
        request.closed_at = now
        request.save()
    forget_answered(now=now)
