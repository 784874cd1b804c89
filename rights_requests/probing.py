"""The daily test of the way in: through the form, the queue and the mail (I13).

The request that the form makes is undone before anybody sees it: it takes no number, stands in no
figure, and is in no history. What stays is one row that says when the probe went and came back.
"""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlencode, urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, override

from audit.mail import Mail
from audit.models import Task
from audit.once import form_digest
from audit.tasks import does, fault_of, later
from notices.models import Notice, governing_notice
from notices.terms import Right
from rights_requests.deadlines import received_on
from rights_requests.letters import DELIVER, new_message_id
from rights_requests.models import LetterKind, Probe, RightsRequest
from rights_requests.tokens import new_token, nonce_of

RETURN = "return_probe"
#: The mail of a probe that has not left by then has something in its way.
SHOULD_RETURN_IN = timedelta(hours=1)
#: Probes are sent daily; one that is missing is missed after this.
SHOULD_FOLLOW_IN = timedelta(hours=36)
KEPT = timedelta(days=30)
SENDER = "Seloste"


class NotArrived(Exception):
    """The form did not take the probe, or it is not where a request is; its text says the place."""


class _Undone(Exception):
    """Takes everything back that the form has done."""


def probe(*, now: datetime) -> Probe | None:
    """Send a probe through the form, undo it, and let the worker send its mail; None without a
    notice in force, when nobody can ask anything."""
    notice = governing_notice()
    if notice is None:
        return None
    fault = ""
    try:
        with transaction.atomic():
            _ask(notice)
            raise _Undone
    except _Undone:
        pass
    except NotArrived as missing:
        fault = f"NotArrived {missing}"
    except Exception as error:
        # whatever is broken in the way in, the desk must hear of it
        fault = fault_of(error)
    with transaction.atomic():
        Probe.objects.filter(sent_at__lt=now - KEPT).delete()
        sent = Probe.objects.create(sent_at=now, fault=fault)
        if not fault:
            later(RETURN, sent.pk, now=now)
    return sent


def _ask(notice: Notice) -> None:
    """Ask as a visitor does, and look where staff would look; raises `NotArrived`."""
    token = new_token()
    with override(next(iter(notice.languages), settings.LANGUAGE_CODE)):
        address = reverse("requests:form")
    chosen = {"right": Right.ACCESS.value}
    if _visit(f"{address}?{urlencode(chosen)}") != 200:
        raise NotArrived("page")
    sender = {"name": SENDER, "email": parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}
    if _visit(address, chosen | sender | {"token": token, "step": "send"}) != 302:
        raise NotArrived("form")
    digest = form_digest(nonce_of(token) or "")
    asked = RightsRequest.objects.open().by_due_date().filter(form_digest=digest).first()
    if asked is None:
        raise NotArrived("queue")
    receipt = asked.letters.filter(kind=LetterKind.RECEIPT).first()
    if receipt is None or not receipt.text(with_links=True):
        raise NotArrived("letter")
    if not Task.objects.filter(act=DELIVER, subject=receipt.pk, done_at=None).exists():
        raise NotArrived("task")


def _visit(address: str, sent: dict[str, str] | None = None) -> int:
    """The status that a visitor of `address` gets: through everything that the server runs, but for
    the network."""
    place = urlsplit(settings.BASE_URL)
    path = urlsplit(address)
    body = urlencode(sent).encode() if sent else b""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST" if sent else "GET",
        "PATH_INFO": path.path,
        "QUERY_STRING": path.query,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": place.netloc,
        "HTTP_X_FORWARDED_PROTO": place.scheme,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": place.scheme,
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    # not by the server's own call: that closes the connection, with the transaction around
    with override(get_language()):
        return WSGIHandler().get_response(WSGIRequest(environ)).status_code


@does(RETURN)
def _return(subject: int | None, *, now: datetime) -> Callable[[], None] | None:
    """Send the mail of a probe to our own address; it is back when the mail server has taken it."""
    sent = Probe.objects.filter(pk=subject or 0, returned_at=None).first()
    if sent is None:
        return None
    with override(settings.LANGUAGE_CODE):
        subject_line = gettext("Daily test of the request form: nothing to do")
        body = gettext(
            "The form took a request today, and this mail has left. The request was undone: it has "
            "no number and no row."
        )
    Mail(
        subject_line,
        f"{body}\n",
        to=[parseaddr(settings.DEFAULT_FROM_EMAIL)[1]],
        headers={
            "Message-ID": new_message_id(f"probe.{received_on(sent.sent_at)}.{sent.pk}"),
            "Auto-Submitted": "auto-generated",
        },
    ).send()

    def record() -> None:
        Probe.objects.filter(pk=sent.pk).update(returned_at=now)

    return record


def is_lost(now: datetime) -> bool:
    """Whether the last probe did not get through, or none was sent although there was one before:
    people may be asking, and nobody hears of it."""
    return bool(alarm(now))


def alarm(now: datetime) -> str:
    """What became of the last probe that did not get through, and what to look at, in the active
    language; empty while all is well."""
    last = Probe.objects.order_by("-sent_at", "-pk").first()
    if last is None:
        return ""
    words = {
        "at": date_format(localtime(last.sent_at), "SHORT_DATETIME_FORMAT"),
        "fault": last.fault,
    }
    if last.fault:
        told = gettext(
            "The form did not take the test request of %(at)s (%(fault)s): people may be asking in "
            "vain. Open the public form, and look whether BASE_URL is the address of this program."
        )
    elif last.returned_at is None and now - last.sent_at > SHOULD_RETURN_IN:
        told = gettext(
            "The mail of the test request of %(at)s has not left: people may be waiting for "
            "letters. Look whether the worker runs and the mail server takes mail."
        )
    elif now - last.sent_at > SHOULD_FOLLOW_IN:
        told = gettext("No test request has been sent since %(at)s. Look whether the worker runs.")
    else:
        return ""
    return told % words
