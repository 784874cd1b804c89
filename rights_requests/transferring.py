"""Moving a person's data directly to another controller, at the person's request (art. 20(2); P53,
O03): a letter with a link that ends leads to the package, and the ledger has it.

The mail says nothing of the person: who it is stands in the package, behind the link.
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, override

from notices.models import governing_notice
from register.emails import validate_address
from register.erasure import held_of
from register.models import Disclosure
from rights_requests.deadlines import received_on
from rights_requests.letter_texts import text_of
from rights_requests.letters import about_controller, new_message_id, store_letter, subject_of
from rights_requests.models import Demand, Letter, LetterKind, Link, LinkPurpose, Medium
from rights_requests.models.letters import new_mark


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


def transfer(demand: Demand, *, now: datetime) -> Letter | None:
    """Write to the controller whom the person named, once, with a link to the package of `demand`,
    and enter it in the ledger; None where nobody is named or the data cannot go directly. Needs
    the report of `demand`, a transaction and a `because` block."""
    customer, request = demand.request.customer, demand.request
    if customer is None or not can_be_sent(demand):
        return None
    notice = governing_notice() or request.notice
    Disclosure.objects.transfer(
        customer,
        to=demand.transfer_to,
        # what there is, and not all that there may be
        categories=held_of(customer, sorted(notice.declared)),
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


def letter_of(demand: Demand) -> Letter | None:
    """The letter to the controller whom the person named; None for none."""
    return demand.letters.filter(kind=LetterKind.TOLD_TRANSFER).order_by("pk").last()
