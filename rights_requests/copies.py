"""The answer to access and portability: a copy of the data, behind a link (arts 15(3), 20; A04).

Here it is said what of the register and of the requests goes into the access report, and in which
order; `report` keeps it and shows it.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.encryption import decrypt, encrypt
from audit.reasons import because
from notices.models import Notice, governing_notice
from notices.terms import Right
from register.extract import Telling, changes_of, row_of, sections_of, taken
from register.models import Customer
from register.portability import pack
from rights_requests.deadlines import received_on
from rights_requests.holding import hold
from rights_requests.identifying import answers_at
from rights_requests.items import in_words
from rights_requests.letters import address_lines, answer, contact_lines, medium_to
from rights_requests.masking import Masked, as_shown
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
from rights_requests.report.about import About
from rights_requests.report.document import (
    FORMAT,
    VERSION,
    Counted,
    Document,
    Line,
    drawn_up,
    store,
    stored,
    whole,
)
from rights_requests.report.places import OF_REQUEST
from rights_requests.transferring import transfer, why_not

#: The section of the person itself.
YOU = "customer"


class NotIdentified(Exception):
    """It has not been shown that the person asks who the customer is (art. 12(6))."""


@dataclass
class Prepared:
    """A report that was drawn up for a decision which is not made yet."""

    document: Document
    masked: Masked
    #: whom it is about, and under which masks
    customer: int
    shown: str

    def is_for(self, demand: Demand) -> bool:
        """Whether it is still what `demand` gets."""
        return demand.request.customer_id == self.customer and as_shown(demand) == self.shown

    def keep(self, report: Report) -> None:
        """Keep it as what was given with `report`."""
        store(
            report,
            self.document,
            withheld=self.masked.withheld,
            kept_back=self.masked.kept_back,
        )


@contextmanager
def prepared(demand: Demand, *, now: datetime) -> Iterator[Prepared | None]:
    """The report that a grant of `demand` will give, drawn up before anything is held: of very much
    that takes a while, and nobody else waits for it. None where there is none to give."""
    customer = demand.request.customer
    is_copy = demand.right == Right.ACCESS and demand.is_open
    if customer is None or customer.erased_at or not is_copy:
        yield None
        return
    with _drawn(demand, customer, now=now) as ready:
        yield ready


@contextmanager
def _drawn(demand: Demand, customer: Customer, *, now: datetime) -> Iterator[Prepared]:
    # a mask that comes while it is drawn up makes another text of this
    shown, masked = as_shown(demand), Masked(demand)
    with ExitStack() as drawing:
        with override(demand.request.language):
            report = report_of(demand.request, now=now, telling=masked)
            document = drawing.enter_context(report)
        yield Prepared(document, masked, customer.pk, shown)


def give_copy(
    demand: Demand, *, now: datetime, ready: Prepared | None = None, transfers: bool = True
) -> None:
    """Give the copy that answers `demand`: the one that is `ready`, where it is still the right
    one; and move the data to the controller whom the person named, but where that has been refused
    (`transfers`). Needs a transaction and a `because` block."""
    request = demand.request
    report = Report(demand=demand, taken_at=now)
    if demand.right == Right.PORTABILITY:
        report.content = encrypt(package_of(request, now=now))
        report.save()
    elif ready and ready.is_for(demand):
        ready.keep(report)
    elif request.customer:
        with _drawn(demand, request.customer, now=now) as anew:
            anew.keep(report)
    # one link opens both copies of a request: a second would end the first
    working = request.links.filter(purpose=LinkPurpose.REPORT).working(now)
    moved = transfer(demand, report, now=now) if transfers else None
    with override(request.language):
        to = {
            "transferred_to": demand.transfer_to if moved else "",
            "why_not_transferred": why_not(demand),
        }
    _send_copy(demand, now=now, link=working.first(), **to)


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
    """The access report of the customer of `request` as of `now`, in one piece. Raises
    `NotIdentified` when no customer is linked."""
    with override(request.language), report_of(request, now=now) as document:
        return whole(document)


def report_of(
    request: RightsRequest, *, now: datetime, telling: Masked | None = None
) -> AbstractContextManager[Document]:
    """All that is held about the customer of `request` as of `now`, in the active language, with
    what articles 15(1) and (2) ask for: the register's part, requests, letters, who was told, and
    the history (A04, A09).

    With the masks of its demand for access, unless `telling` has others. Raises `NotIdentified`
    when no customer is linked.
    """
    customer = request.customer
    if customer is None:
        raise NotIdentified
    masked = telling or Masked(request.demands.filter(right=Right.ACCESS).first())

    def head(counted: Counted) -> dict[str, Any]:
        return _head(request, customer, counted, masked, now=now)

    return drawn_up(lines_of(request, customer, masked), files=masked.files, head=head)


def lines_of(request: RightsRequest, customer: Customer, telling: Telling) -> Iterator[Line]:
    """The rows of the report, in their order."""
    for section in sections_of(customer, telling):
        # to the person it is no register of customers
        label = gettext("You, and how to reach you") if section.key == YOU else section.label
        for row in section.rows:
            yield {"in": "sections", "key": section.key, "label": label, "row": row}
    requests = (
        RightsRequest.objects.filter(customer=customer)
        .prefetch_related(
            Prefetch("demands", Demand.objects.select_related("certificate")),
            "demands__items",
            "demands__weighings",
            "letters",
        )
        .order_by("received_at")
    )
    for one in requests:
        yield {"in": "requests", "row": _request_in_copy(one, telling, answers=request)}
    for letter in Letter.objects.unasked([customer]):
        yield {"in": "letters", "row": _letter_in_copy(letter)}
    told_others = customer.notifications.with_addressees().select_related("letter")
    for notification in told_others.order_by("pk"):
        yield {"in": "told", "row": _notification_in_copy(notification, telling)}
    for change in changes_of(customer, telling):
        yield {"in": "history", "row": change}


def _head(
    request: RightsRequest, customer: Customer, counted: Counted, masked: Masked, *, now: datetime
) -> dict[str, Any]:
    notice: Notice = governing_notice() or request.notice
    about = About(customer, notice, now, counted, masked.masks, request.number, request.notice)
    return {
        "format": FORMAT,
        "version": VERSION,
        **taken(customer, now=now),
        "language": request.language,
        "name": customer.name,
        "request": request.number,
        "received_on": request.received_on.isoformat(),
        "received": date_format(request.received_on, "SHORT_DATE_FORMAT"),
        "controller": notice.controller_name,
        "contact": contact_lines(notice),
        "register_name": notice.name,
        "glance": about.glance(),
        "chapters": about.chapters(),
        "contents": [
            {"key": key, "label": label or _heading(key), "count": count}
            for (key, label), count in counted.rows.items()
        ],
        "rights": about.rights(),
        "files": [{"name": name} for name in masked.files],
    }


def _heading(of: str) -> str:
    """The heading of a list that is none of the register's."""
    return {
        "requests": gettext("Your requests and our letters"),
        "letters": gettext("Our letters about your data"),
        "told": gettext("Who else was told of what we did with your data"),
        "history": gettext("What has changed"),
    }[of]


def _request_in_copy(
    request: RightsRequest, telling: Telling, *, answers: RightsRequest
) -> dict[str, Any]:
    if request.needs_proof and not request.is_proven:
        # perhaps somebody else's, whose address is nobody's business (A07)
        return {
            "number": request.number,
            "received_on": request.received_on.isoformat(),
            "came_by": str(request.get_channel_display()),
            "rights": [],
            "letters": [],
            "more": [],
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
                "outcome": _outcome(demand, is_this=request == answers),
            }
            for demand in request.demands.all()
        ],
        "letters": [
            _letter_in_copy(letter) for letter in request.letters.all() if letter.is_to_person
        ],
        "more": list(_more_of(request, telling)),
    }


def _outcome(demand: Demand, *, is_this: bool) -> str:
    """What became of a demand, and when, without who decided it (A03); `is_this` for one of the
    request that the report answers."""
    day = demand.decided_at or demand.carried_out_at
    if day is None and is_this and demand.right == Right.ACCESS:
        return gettext("This report is the answer.")
    if day is None:
        return gettext("Not decided yet.")
    when = {"day": date_format(received_on(day), "SHORT_DATE_FORMAT")}
    if demand.is_partly_granted:
        return " ".join(
            [
                gettext("Partly granted on %(day)s.") % when,
                gettext("What is refused of it stands in certificate %(number)s.")
                % {"number": demand.certificate},
            ]
        )
    if demand.refused_at:
        return gettext("Refused on %(day)s.") % when
    told = (
        gettext("Granted on %(day)s.") if demand.granted_at else gettext("In force since %(day)s.")
    )
    return told % when


def _more_of(request: RightsRequest, telling: Telling) -> Iterator[dict[str, Any]]:
    """What else belongs to a request: questions, a mandate, papers (`report.places`)."""
    for model, place in OF_REQUEST.items():
        rows: Iterable[Any] = model._base_manager.filter(**{place.way: request.pk}).order_by("pk")
        for row in rows:
            told = row_of(row, place.columns, telling)
            if told["values"]:
                yield told | {"label": capfirst(str(model._meta.verbose_name))}


def _letter_in_copy(letter: Letter) -> dict[str, str]:
    return {
        "written_on": received_on(letter.written_at).isoformat(),
        "subject": letter.subject,
        "text": letter.text(with_links=False),
    }


def _notification_in_copy(notification: Notification, telling: Telling) -> dict[str, Any]:
    """Who else was told of what was done with the data, in which words, or why nobody was."""
    letter, reason = notification.letter, notification.reason
    if reason:
        reason = telling.text(Notification, notification.pk, "reason", reason)
    return {
        "to": notification.addressee_in_words,
        "deed": str(notification.get_deed_display()),
        "made_on": received_on(notification.made_at).isoformat(),
        "sent_on": received_on(letter.sent_at).isoformat() if letter and letter.sent_at else "",
        "why_not": str(notification.get_excuse_display()),
        "reason": reason,
        "text": letter.text(with_links=False) if letter else "",
    }


def unpacked(report: Report) -> dict[str, Any] | None:
    """The report that was given, in one piece; None when it has been forgotten."""
    document = stored(report)
    return whole(document) if document else None


def given(report: Report) -> bytes:
    """The package that was given; empty when it has been forgotten."""
    return decrypt(bytes(report.content)) if report.content else b""


def _send_copy(demand: Demand, *, now: datetime, link: Link | None = None, **words: Any) -> Letter:
    request = demand.request
    links = []
    if medium_to(answers_at(request) or request) == Medium.EMAIL:
        links.append(link or Link.objects.issue(request, LinkPurpose.REPORT, now=now))
    is_package = demand.right == Right.PORTABILITY
    masks = [] if is_package else list(demand.masks.standing())
    return answer(
        LetterKind.ANSWER_PORTABILITY if is_package else LetterKind.ANSWER_ACCESS,
        demand,
        now=now,
        links=links,
        report_until=links and received_on(links[0].expires_at or now),
        is_masked=bool(masks),
        is_limited=any(one.is_limit for one in masks),
        **words,
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
