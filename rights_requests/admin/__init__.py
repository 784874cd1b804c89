"""The desk: staff's pages of what people ask, what is answered, and the letters about it."""

from rights_requests.admin.deputies import DeputyAdmin
from rights_requests.admin.letters import LetterAdmin
from rights_requests.admin.notifications import NotificationAdmin
from rights_requests.admin.requests import RightsRequestAdmin

__all__ = ["DeputyAdmin", "LetterAdmin", "NotificationAdmin", "RightsRequestAdmin"]
