"""Tells the contact person which requests need an answer, once a day (T11)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import override

from notices.models import governing_notice
from rights_requests.deadlines import received_on
from rights_requests.desk import overdue_lines, reminder_lines
from rights_requests.letters import tell_contact
from rights_requests.models import LetterKind


class Command(BaseCommand):
    help = "Mails the contact person the requests that wait for an answer and those that are late."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        today = received_on(now)
        notice = governing_notice()
        languages = notice.languages if notice else []
        for kind, found in (
            (LetterKind.STAFF_REMINDER, reminder_lines),
            (LetterKind.STAFF_OVERDUE, overdue_lines),
        ):
            with override(next(iter(languages), settings.LANGUAGE_CODE)):
                lines = found(today)
            if lines:
                tell_contact(kind, key=today.isoformat(), now=now, lines=lines)
