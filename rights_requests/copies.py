"""The answer to access and portability: a copy of the data, behind a link (arts 15(3), 20; A04)."""

import json
import tempfile
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from audit.encryption import decrypt, encrypt
from audit.reasons import because
from notices.terms import Right
from register.extract import extract_of
from register.portability import pack
from rights_requests.deadlines import received_on
from rights_requests.holding import hold
from rights_requests.identifying import answers_at
from rights_requests.items import in_words
from rights_requests.letters import address_lines, answer, medium_to
from rights_requests.models import (
    Demand,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Medium,
    Notification,
    Report,
    RightsRequest,
)


class NotIdentified(Exception):
    """It has not been shown that the person asks who the customer is (art. 12(6))."""


def give_copy(demand: Demand, *, now: datetime) -> None:
    request = demand.request
    content = (
        package_of(request, now=now)
        if demand.right == Right.PORTABILITY
        else _packed(copy_of(request, now=now))
    )
    Report.objects.create(demand=demand, content=encrypt(content), taken_at=now)
    # one link opens both copies of a request: a second would end the first
    working = request.links.filter(purpose=LinkPurpose.REPORT).working(now)
    _send_copy(demand, now=now, link=working.first())


def package_of(request: RightsRequest, *, now: datetime) -> bytes:
    """The package of the customer of `request`, as of `now`, in the language of the request
    (art. 20; O01, O02). Raises `NotIdentified` when no customer is linked."""
    if request.customer is None:
        raise NotIdentified
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
        pack(request.customer, file, now=now, language=request.language)
        file.seek(0)
        return file.read()


def copy_of(request: RightsRequest, *, now: datetime) -> dict[str, Any]:
    """All that is held about the customer of `request` as of `now`, in the language of the
    request: the register's part, and the letters and requests (art. 15(3); A04, A09).

    Raises `NotIdentified` when no customer is linked.
    """
    if request.customer is None:
        raise NotIdentified
    with override(request.language):
        copy = extract_of(request.customer, now=now)
        copy["requests"] = [
            _request_in_copy(one)
            for one in RightsRequest.objects.filter(customer=request.customer)
            .prefetch_related("demands__items", "letters")
            .order_by("received_at")
        ]
        copy["letters"] = [
            _letter_in_copy(letter) for letter in Letter.objects.unasked([request.customer])
        ]
        told_others = request.customer.notifications.select_related("recipient", "source", "letter")
        copy["told"] = [_notification_in_copy(one) for one in told_others.order_by("pk")]
    return copy


def _request_in_copy(request: RightsRequest) -> dict[str, Any]:
    if request.needs_proof and not request.is_proven:
        # perhaps somebody else's, whose address is nobody's business (A07)
        return {
            "number": request.number,
            "received_on": request.received_on.isoformat(),
            "came_by": str(request.get_channel_display()),
            "rights": [],
            "letters": [],
        }
    return {
        "number": request.number,
        "received_on": request.received_on.isoformat(),
        "came_by": str(request.get_channel_display()),
        "name": request.name,
        "email": request.email,
        "phone": request.phone,
        "postal_address": address_lines(request),
        "rights": [
            {
                "right": str(demand.get_right_display()),
                "items": [line for one in demand.items.all() for line in in_words(one)],
                "wanted": demand.wanted,
                "ground": demand.ground or str(demand.get_restriction_ground_display()),
                "data": demand.category_labels,
                "scopes": demand.scope_labels,
                "uses": demand.use_labels,
            }
            for demand in request.demands.all()
        ],
        "letters": [
            _letter_in_copy(letter) for letter in request.letters.all() if letter.is_to_person
        ],
    }


def _letter_in_copy(letter: Letter) -> dict[str, str]:
    return {
        "written_on": received_on(letter.written_at).isoformat(),
        "subject": letter.subject,
        "text": letter.text(with_links=False),
    }


def _notification_in_copy(notification: Notification) -> dict[str, Any]:
    """Who else was told of what was done with the data, in which words, or why nobody was."""
    letter = notification.letter
    return {
        "to": notification.addressee_in_words,
        "deed": str(notification.get_deed_display()),
        "made_on": received_on(notification.made_at).isoformat(),
        "sent_on": received_on(letter.sent_at).isoformat() if letter and letter.sent_at else "",
        "why_not": str(notification.get_excuse_display()),
        "reason": notification.reason,
        "text": letter.text(with_links=False) if letter else "",
    }


def _packed(copy: dict[str, Any]) -> bytes:
    return json.dumps(copy, cls=DjangoJSONEncoder, ensure_ascii=False).encode()


def unpacked(report: Report) -> dict[str, Any] | None:
    """The copy that was given; None when it has been forgotten."""
    content = given(report)
    copy: dict[str, Any] | None = json.loads(content) if content else None
    return copy


def given(report: Report) -> bytes:
    """The file that was given: JSON for access, a package for portability; empty when it has been
    forgotten."""
    return decrypt(bytes(report.content)) if report.content else b""


def _send_copy(demand: Demand, *, now: datetime, link: Link | None = None) -> Letter:
    request = demand.request
    links = []
    if medium_to(answers_at(request) or request) == Medium.EMAIL:
        links.append(link or Link.objects.issue(request, LinkPurpose.REPORT, now=now))
    is_package = demand.right == Right.PORTABILITY
    return answer(
        LetterKind.ANSWER_PORTABILITY if is_package else LetterKind.ANSWER_ACCESS,
        demand,
        now=now,
        links=links,
        report_until=links and received_on(links[0].expires_at or now),
    )


def send_copy_again(demand: Demand, *, now: datetime) -> Letter | None:
    """A new link to the copy given, to the address that the answer went to; None when the copy
    or the address has been forgotten meanwhile."""
    with transaction.atomic(), because(_("New link to the copy of data")):
        demand.request = hold(demand.request)
        report = Report.objects.filter(demand=demand).first()
        if report is None or report.content is None or not demand.request.email:
            return None
        return _send_copy(demand, now=now)
