"""Moving a person's data directly to another controller, at the person's request (art. 20(2); P53,
O03): a letter with a link that ends leads to the package, and the ledger has it.

The mail says nothing of the person: who it is stands in the package, behind the link. That has
only what article 20 covers: the person gets the rest, and nobody else has a ground for it.
"""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, override

from notices.models import governing_notice
from register.emails import validate_address
from register.models import Customer, Disclosure
from register.portability import pack
from rights_requests.deadlines import received_on
from rights_requests.letter_texts import text_of
from rights_requests.letters import about_controller, new_message_id, store_letter, subject_of
from rights_requests.models import Demand, Letter, LetterKind, Link, LinkPurpose, Medium, Report
from rights_requests.models.letters import new_mark
from rights_requests.report.document import file_of, in_pieces, keep_file

#: What goes to the other controller, beside the person's own package.
PACKAGE = "transfer.zip"


def can_be_sent(demand: Demand) -> bool:
    """Whether the data can go directly to whom the person named: only by a link in an e-mail."""
    try:
        validate_address(demand.transfer_address)
    except ValidationError:
        return False
    return bool(demand.transfer_to)


def why_not(demand: Demand) -> str:
    """The technical reason why the data cannot go directly, in the active language; empty where
    they can, or where nobody asked for that (art. 20(2); O03)."""
    if not demand.transfer_to or can_be_sent(demand):
        return ""
    if not demand.transfer_address:
        return gettext("We were given no address to which the data could be sent.")
    return gettext(
        "Our register sends data directly only by a link in an e-mail. It has no connection to "
        "other addresses."
    )


def transfer(demand: Demand, report: Report, *, now: datetime) -> Letter | None:
    """Write to the controller whom the person named, once, with a link to what article 20 covers,
    kept with the `report` of `demand`, and enter it in the ledger; None where nobody is named or
    the data cannot go directly. Needs a transaction and a `because` block."""
    customer, request = demand.request.customer, demand.request
    if customer is None or not can_be_sent(demand):
        return None
    notice = governing_notice() or request.notice
    Disclosure.objects.transfer(
        customer,
        to=demand.transfer_to,
        categories=_keep(customer, report, now=now),
        request_number=request.number,
        by=demand.decided_by,
        at=now,
    )
    link = Link.objects.issue(request, LinkPurpose.TRANSFER, now=now)
    mark = new_mark()
    with override(request.language):
        words: dict[str, Any] = {
            **about_controller(notice),
            "name": demand.transfer_to,
            "request_number": request.number,
            "transfer_link": f"[{mark}:{link.pk}]",
            "transfer_until": received_on(link.expires_at or now),
        }
        letter = Letter(
            request=request,
            demand=demand,
            kind=LetterKind.TOLD_TRANSFER,
            language=request.language,
            medium=Medium.EMAIL,
            to_name=demand.transfer_to,
            to_email=demand.transfer_address,
            subject=subject_of(LetterKind.TOLD_TRANSFER, request),
            body=text_of(LetterKind.TOLD_TRANSFER, words),
            mark=mark,
            written_at=now,
            message_id=new_message_id(uuid4().hex),
        )
    return store_letter(letter, now=now)


def _keep(customer: Customer, report: Report, *, now: datetime) -> list[str]:
    """Keep what goes to the other controller; the categories of data that are in it."""
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
        language = report.demand.request.language
        categories = pack(customer, file, now=now, language=language, covered_only=True)
        file.seek(0)
        keep_file(report, PACKAGE, in_pieces(file))
    return sorted(categories)


def moved(report: Report) -> Iterator[bytes]:
    """The package that the other controller gets, in pieces; none when it has been forgotten."""
    return file_of(report, PACKAGE)


def letter_of(demand: Demand) -> Letter | None:
    """The letter to the controller whom the person named; None for none."""
    return demand.letters.filter(kind=LetterKind.TOLD_TRANSFER).order_by("pk").last()
