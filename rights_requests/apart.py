"""Letters that are read on a page: by e-mail goes only word that one waits, and where.

Mailboxes are read by providers, deputies and machines, so a mail says nothing of a person but the
name (A06, I10). The page opens by a button, for thirty days; a letter that has been forgotten here
meanwhile, with all else about an erased person, is kept encrypted for that time.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.encryption import decrypt, encrypt
from audit.reasons import because
from register.origins import from_others
from rights_requests.deadlines import received_on
from rights_requests.letter_texts import text_of
from rights_requests.models import (
    Demand,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Medium,
    Report,
    RightsRequest,
)
from rights_requests.models.letters import address_of
from rights_requests.models.links import LIFE
from rights_requests.models.requests import WITH_COPY
from rights_requests.news import known_versions

#: All that may tell something of a person. Receipts, and answers that are a link, say nothing.
READ_APART = frozenset(
    {
        LetterKind.EXTENSION,
        LetterKind.ANSWER_NOTHING_HELD,
        LetterKind.ANSWER_ERASURE,
        LetterKind.ANSWER_ERASURE_WAITS,
        LetterKind.ERASURE_DONE,
        LetterKind.ANSWER_RECTIFICATION,
        LetterKind.ANSWER_RESTRICTION,
        LetterKind.LIFTING,
        LetterKind.ANSWER_OBJECTION,
        LetterKind.ANSWER_WITHDRAWAL,
        LetterKind.ANSWER_PROHIBITION,
        LetterKind.REFUSAL,
        LetterKind.INFORMATION,
    }
)
OPEN_FOR = LIFE[LinkPurpose.REPORT] or timedelta(days=30)
#: A link that is open for so long yet serves another letter as well.
LONG_ENOUGH = OPEN_FOR / 2


@dataclass(frozen=True)
class Reading:
    """A letter as it is read on a page."""

    written_on: str
    language: str
    subject: str
    text: str

    @property
    def day(self) -> date:
        return date.fromisoformat(self.written_on)


def is_read_apart(letter: Letter) -> bool:
    return letter.medium == Medium.EMAIL and letter.kind in READ_APART


def cover_of(letter: Letter, *, words: dict[str, Any], now: datetime) -> tuple[str, str] | None:
    """The subject and the text of the mail that tells that `letter` waits; `words` say who writes.
    None where it could not be kept until it is read: then it travels whole.

    A second try gives the same link, which works for as long as the mail says.
    """
    request = letter.request
    with transaction.atomic(), because(_("Letter sent")):
        is_going = request is not None and request.to_forget_at is not None
        if is_going and not _keep(letter, now=now):
            return None
        if request:
            link = _link_to(request, now=now)
            address, until = address_of(link), received_on(link.expires_at or now)
            if letter.kind == LetterKind.ANSWER_PROHIBITION:
                # no receipt has told where the request's own page is
                words = {**words, **_to_status(request)}
        else:
            address, until = signed_address(letter), received_on(now + OPEN_FOR)
            words = {**words, **_of_information(letter)}
    number = request.number if request else ""
    with override(letter.language):
        text = text_of(
            "waits",
            {
                **words,
                "name": letter.to_name,
                "request_number": number,
                "letter_link": address,
                "letter_until": until,
                "is_going": is_going,
            },
        )
        if not number:
            return letter.subject, text
        return gettext("Your request %(number)s: a letter for you") % {"number": number}, text


def letters_of(request: RightsRequest) -> list[Reading]:
    """The letters to the person of `request`, newest first, also those that are forgotten here
    and kept for the person alone."""
    if request.forgotten_at is None:
        letters = request.letters.to_people().exclude(kind__in=(LetterKind.CODE, LetterKind.PROOF))
        return [_reading(one) for one in letters.order_by("-pk") if one.body]
    kept = Report.objects.filter(demand__request=request, content__isnull=False)
    found = [
        Reading(**one)
        for report in kept.exclude(demand__right__in=WITH_COPY)
        for one in _unpacked(report)
    ]
    return sorted(found, key=lambda one: one.written_on, reverse=True)


def _to_status(request: RightsRequest) -> dict[str, str]:
    link = request.links.filter(purpose=LinkPurpose.STATUS, ended_at=None).first()
    return {"status_link": address_of(link)} if link else {}


# --- letters about a request: the link that opens what answers it


def _link_to(request: RightsRequest, *, now: datetime) -> Link:
    """The working link to what answers `request`, made or renewed where it would end soon."""
    # of two letters that leave at once the second finds what the first has made
    RightsRequest.objects.select_for_update().get(pk=request.pk)
    links = Link.objects.working(now).filter(request=request, purpose=LinkPurpose.REPORT)
    link = links.select_related("request").first()
    if link is None:
        return Link.objects.issue(request, LinkPurpose.REPORT, now=now)
    if link.expires_at and link.expires_at - now < LONG_ENOUGH:
        link.expires_at = now + OPEN_FOR
        link.save()
    return link


def _keep(letter: Letter, *, now: datetime) -> bool:
    """Keep the letters of a request that forgets who asked as soon as this one has left; False
    where there is no place for them. They go with the link, as a copy of data does (P67)."""
    demand = letter.demand and _keeper(letter.demand)
    if demand is None:
        return False
    letters = [asdict(one) for one in letters_of(demand.request)]
    content = encrypt(json.dumps(letters, ensure_ascii=False).encode())
    own = Report.objects.select_for_update().filter(demand=demand).first()
    report = own or Report(demand=demand)
    report.content, report.taken_at = content, now
    report.save()
    return True


def _keeper(demand: Demand) -> Demand | None:
    """The demand of the request whose place for a copy of data is free for its letters."""
    if demand.right not in WITH_COPY:
        return demand
    return demand.request.demands.exclude(right__in=WITH_COPY).first()


def _unpacked(report: Report) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(decrypt(bytes(report.content or b"")))
    return found


def _reading(letter: Letter) -> Reading:
    return Reading(
        written_on=received_on(letter.written_at).isoformat(),
        language=letter.language,
        subject=letter.subject,
        text=letter.text(with_links=False),
    )


# --- letters about no request: a signed address


def _of_information(letter: Letter) -> dict[str, bool]:
    """What a letter that tells of the data here is about, as it was written."""
    key, notice = letter.customer_id, letter.notice
    if key is None or notice is None:
        return {}
    return {
        "has_changed": key in known_versions([key], notice),
        "has_origins": bool(from_others([key]).get(key)),
    }


def signed_address(letter: Letter) -> str:
    """The whole address of the page where `letter` is read, in its language."""
    with override(letter.language):
        token = _signer().sign_object(letter.message_id)
        return str(settings.BASE_URL) + reverse("requests:letter", args=[token])


def signed_letter(token: str) -> Reading | None:
    """The letter that `token` opens; None for a forged or old one, or a letter forgotten here."""
    try:
        message_id = _signer().unsign_object(token, max_age=OPEN_FOR)
    except (signing.BadSignature, ValueError):
        return None
    letter = Letter.objects.filter(message_id=message_id, kind=LetterKind.INFORMATION).first()
    return _reading(letter) if letter and letter.body else None


def _signer() -> signing.TimestampSigner:
    # not SECRET_KEY: a link in a letter outlives its change
    first, *others = settings.DIGEST_KEYS
    return signing.TimestampSigner(key=first, fallback_keys=others, salt="rights_requests.letter")
