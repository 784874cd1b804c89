"""Writing letters with the act that causes them, and delivering them afterwards."""

import smtplib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.mail import Mail
from audit.reasons import because
from audit.tasks import NotNow, NoUseTrying, does, fault_of, later, try_again
from notices.authority import authority
from notices.models import Notice, governing_notice
from notices.terms import ProhibitedUse, Right
from register.models import (
    Channel,
    Customer,
    CustomerErased,
    InformationDuty,
    NoticeGiven,
    Recipient,
    RestrictionGround,
)
from rights_requests.apart import cover_of, is_read_apart
from rights_requests.closing import close_if_answered
from rights_requests.deadlines import HELSINKI, ONE_DAY, received_on
from rights_requests.forgetting import forget_answered, forget_told
from rights_requests.identifying import answers_at, posted_to, ways_told
from rights_requests.letter_texts import HEADING, text_of, without_marks
from rights_requests.models import (
    Demand,
    Deputy,
    Doubt,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Mandate,
    Medium,
    RightsRequest,
)
from rights_requests.models.letters import BY_ANYBODY, new_mark
from rights_requests.models.links import CODE_LIFE, MOST_TRIES
from rights_requests.objecting import person_was_told
from rights_requests.reckoning import sentences
from rights_requests.sheet import Sheet

DELIVER = "deliver_letter"
#: What was contested and is right now is used again, once the answer has left (S05).
END_CONTEST = "end_contest"
#: What rested only because of a request that is withdrawn is used again, likewise (S05).
END_WITHDRAWN = "end_withdrawn"
#: So many letters that anybody can set off go to one address on one day; the rest waits for the
#: next day and goes as one letter.
MOST_A_DAY = 3
MORNING = time(7)
#: How long a letter that goes with another one waits for that one.
A_WHILE = timedelta(minutes=5)


def write(
    kind: LetterKind,
    request: RightsRequest,
    *,
    now: datetime,
    demand: Demand | None = None,
    links: Iterable[Link] = (),
    to: Customer | Mandate | None = None,
    **context: Any,
) -> Letter:
    """Write a letter to the person of `request`, in the language of the request.

    It goes by e-mail where there is an address, else by post (I10); with `to`, to the address that
    the register has of that customer, by post if it can, or to the agent. `links` are put where the
    text has `proof_link`, `status_link`, `report_link` or `code`. What `context` says must be in
    that language already. Stored in the caller's transaction with the task that delivers it.
    """
    mark = new_mark()
    # every letter can lead to the page of its request
    status = request.links.filter(purpose=LinkPurpose.STATUS, ended_at=None)
    places = {_place(link): f"[{mark}:{link.pk}]" for link in (*status, *links)}
    whom = to or request
    by = medium_to(whom)
    name = whom.agent if isinstance(whom, Mandate) else whom.name
    notice: Notice = request.notice
    with override(request.language):
        words = {
            **_about(request),
            **(_about_demand(demand) if demand else {}),
            **about_controller(governing_notice() or notice),
            "authority": authority(request.language),
            "notice_link": f"{settings.BASE_URL}/{request.language}/",
            "name": name,
            "code_days": CODE_LIFE.days,
            "code_tries": MOST_TRIES,
            # whoever writes for many must see for whom this is (I14)
            "principal": request.name if isinstance(whom, Mandate) else "",
            **places,
            **context,
        }
        letter = Letter(
            request=request,
            demand=demand,
            kind=kind,
            language=request.language,
            medium=by,
            to_name=name,
            to_email=email_of(whom) if by == Medium.EMAIL else "",
            to_address="\n".join(address_lines(whom)) if by == Medium.POST else "",
            subject=subject_of(kind, request, demand),
            body=text_of(kind, words),
            mark=mark,
            written_at=now,
            message_id=new_message_id(uuid4().hex),
        )
    return store_letter(letter, now=now)


def answer(kind: LetterKind, demand: Demand, *, now: datetime, **context: Any) -> Letter:
    """Write an answer to the address that was proven."""
    to = answers_at(demand.request)
    return write(kind, demand.request, now=now, demand=demand, to=to, **context)


def tell_contact(
    kind: LetterKind,
    *,
    key: str,
    now: datetime,
    request: RightsRequest | None = None,
    **context: Any,
) -> Letter | None:
    """Write to the contact person of the notice, or to the deputy; no personal data (P03).

    `key` names the event: about one event one note is written, whoever comes twice. None when it
    was written before, or when nobody is named.
    """
    notice = governing_notice()
    deputy = Deputy.objects.on(received_on(now))
    address = deputy.email if deputy else (notice.contact_point if notice else "")
    message_id = new_message_id(f"{kind}.{key}")
    if not address or Letter.objects.filter(message_id=message_id).exists():
        return None
    language = next(iter(notice.languages), settings.LANGUAGE_CODE) if notice else "fi"
    with override(language):
        words = {
            **(_about(request) if request else {}),
            **(about_controller(notice) if notice else {}),
            "desk_link": settings.BASE_URL
            + reverse("admin:rights_requests_rightsrequest_changelist"),
            **context,
        }
        # who asks is nobody's business in a mailbox
        words.pop("name", None)
        letter = Letter(
            request=request,
            kind=kind,
            language=language,
            medium=Medium.EMAIL,
            to_email=address,
            subject=subject_of(kind, request),
            body=text_of(kind, words),
            mark=new_mark(),
            written_at=now,
            message_id=message_id,
        )
    return store_letter(letter, now=now)


def store_letter(letter: Letter, *, now: datetime) -> Letter:
    """Store `letter` with the task that delivers it, when it goes by e-mail."""
    with transaction.atomic(), because(_("Letter written")):
        letter.leaves_at = _waits_until(letter, now=now)
        letter.save()
        if letter.medium == Medium.EMAIL:
            later(DELIVER, letter.pk, now=now, due_at=letter.leaves_at or now)
    return letter


def _waits_until(letter: Letter, *, now: datetime) -> datetime | None:
    """When a letter leaves of which its address has got enough for a day; None for at once. Whoever
    types in somebody else's address shall not fill that mailbox. Nothing is lost, it comes later;
    a request of which it is proven who asks is not counted, and its letters never wait."""
    asked = letter.request
    if letter.kind not in BY_ANYBODY or not letter.to_email or (asked and asked.is_proven):
        return None
    start = datetime.combine(_day(now), time(), HELSINKI)
    ours = Letter.objects.set_off_to(letter.to_email)
    at_once = ours.filter(written_at__gte=start, leaves_at=None).count()
    # what waited leaves as one
    together = ours.filter(leaves_at__gte=start, leaves_at__lt=start + ONE_DAY).exists()
    if at_once + together < MOST_A_DAY:
        return None
    return datetime.combine(_day(now) + ONE_DAY, MORNING, HELSINKI)


def medium_to(whom: RightsRequest | Customer | Mandate) -> Medium:
    """How a letter to `whom` travels. A customer gets by post what an address of the request is not
    good for, and by e-mail only where the register has no postal address."""
    by_post = isinstance(whom, Customer) and bool(whom.street)
    return Medium.EMAIL if email_of(whom) and not by_post else Medium.POST


def email_of(whom: RightsRequest | Customer | Mandate) -> str:
    return whom.agent_email if isinstance(whom, Mandate) else whom.email


def address_lines(row: RightsRequest | Customer | Recipient | Mandate) -> list[str]:
    """The postal address as it stands on an envelope, without the name; may be empty."""
    if isinstance(row, Mandate):
        return [line for part in row.agent_address.splitlines() if (line := part.strip())]
    if isinstance(row, Recipient):
        return [line for part in row.address.split(",") if (line := part.strip())]
    place = f"{row.postcode} {row.city}".strip()
    return [line for line in (row.street, place, row.country) if line]


def _place(link: Link) -> str:
    """The name that the texts know the place of `link` by."""
    return "code" if link.purpose == "code" else f"{link.purpose}_link"


def _about(request: RightsRequest) -> dict[str, Any]:
    demands = list(request.demands.all())
    return {
        "request_number": request.number,
        "received_on": request.received_on,
        "due_on": min((one.due_on for one in demands if one.due_on), default=None),
        "rights": [str(one.get_right_display()) for one in demands],
        "name": request.name,
        "forbids": any(one.right == Right.PROHIBITION for one in demands),
        "needs_proof": request.needs_proof and not request.is_proven,
        "steps": sentences(demands[0].reckoning) if demands else [],
        "ways": ways_told(request) if request.needs_proof and not request.is_proven else [],
    }


def _about_demand(demand: Demand) -> dict[str, Any]:
    claimed = demand.restriction_ground
    return {
        "right": str(demand.get_right_display()),
        "claimed": claimed and RestrictionGround(claimed).in_letter,
        "due_on": demand.due_on,
        "late_since": demand.late_since,
        "steps": sentences(demand.reckoning),
        "scopes": demand.scope_labels,
        "forbids_processing": ProhibitedUse.PROCESSING in demand.uses,
        "forbids_disclosure": ProhibitedUse.DISCLOSURE in demand.uses,
    }


def about_controller(notice: Notice) -> dict[str, Any]:
    """Who writes, and how they are reached."""
    return {
        "controller": notice.controller_name,
        "register_name": notice.name,
        "contact": contact_lines(notice),
    }


def contact_lines(notice: Notice) -> list[str]:
    """How the controller is reached about the register."""
    lines = (
        notice.contact_name,
        notice.controller_address,
        notice.contact_point,
        notice.contact_phone or notice.controller_phone,
    )
    return [line for line in lines if line]


def subject_of(
    kind: LetterKind, request: RightsRequest | None, demand: Demand | None = None
) -> str:
    """What stands above the letter, in the active language: of several about one request, which
    right it is about and what it is."""
    number = request.number if request else ""
    asked = f"{number}, {demand.get_right_display()}" if demand else number
    decision = gettext("Your request %(asked)s: our decision")
    subjects = {
        LetterKind.RECEIPT: gettext("We have received your request %(number)s"),
        LetterKind.PROOF: gettext("Confirm your request %(number)s"),
        LetterKind.CODE: gettext("Code for your request %(number)s"),
        LetterKind.QUESTION: gettext("Your request %(number)s: a question"),
        LetterKind.EXTENSION: gettext("Your request %(asked)s: we need more time"),
        LetterKind.REFUSAL: gettext("Your request %(asked)s: refusal certificate"),
        LetterKind.WITHDRAWN: gettext("You have withdrawn your request %(number)s"),
        LetterKind.ANSWER_ERASURE: decision,
        LetterKind.ANSWER_ERASURE_WAITS: decision,
        LetterKind.ANSWER_RECTIFICATION: decision,
        LetterKind.ANSWER_RESTRICTION: decision,
        LetterKind.ANSWER_OBJECTION: decision,
        LetterKind.ANSWER_PROHIBITION: gettext("Your request %(number)s: prohibition in force"),
        LetterKind.ANSWER_WITHDRAWAL: gettext("Your request %(number)s: your consent"),
        LetterKind.LIFTING: gettext("Your request %(number)s: the restriction ends"),
        LetterKind.ERASURE_DONE: gettext("Your request %(number)s: your data have been erased"),
        LetterKind.INFORMATION: gettext("Your data in our register"),
        LetterKind.TOLD_RECTIFICATION: gettext("Personal data corrected, %(number)s"),
        LetterKind.TOLD_ERASURE: gettext("Personal data to be erased, %(number)s"),
        LetterKind.TOLD_PUBLICATION: gettext("Published data to be erased, %(number)s"),
        LetterKind.TOLD_RESTRICTION: gettext("Personal data to be restricted, %(number)s"),
        LetterKind.TOLD_LIFTING: gettext("Restriction of personal data has ended, %(number)s"),
        LetterKind.TOLD_TRANSFER: gettext("Personal data moved to you, %(number)s"),
        LetterKind.STAFF_ARRIVAL: gettext("Request %(number)s has arrived"),
        LetterKind.STAFF_REMINDER: gettext("Requests that wait for an answer"),
        LetterKind.STAFF_OVERDUE: gettext("Requests whose answer is late"),
    }
    subject = subjects.get(kind, gettext("Your request %(asked)s: our answer"))
    return subject % {"number": number, "asked": asked}


def new_message_id(local: str) -> str:
    """The Message-ID that `local` makes at this installation."""
    return f"<{local}@{urlsplit(settings.BASE_URL).hostname}>"


# --- delivery


def mark_undelivered(letter: Letter, *, fault: str, now: datetime) -> None:
    """Write down that `letter` cannot be delivered: staff see it until they have found a way."""
    with transaction.atomic(), because(_("Letter could not be delivered")):
        own = Letter.objects.select_for_update().get(pk=letter.pk)
        if own.sent_at or own.medium != Medium.EMAIL:
            return  # staff were faster, by post
        own.failed_at, own.fault = now, fault
        own.save()


def _given_up(subject: int | None, fault: str, now: datetime) -> None:
    for letter in Letter.objects.filter(pk=subject or 0):
        mark_undelivered(letter, fault=fault, now=now)


@does(DELIVER, given_up=_given_up)
def deliver(subject: int | None, *, now: datetime) -> Callable[[], None] | None:
    """Send the letter `subject` by e-mail, with what waited for the day beside it; a second sending
    carries the same Message-ID.

    Raises `NoUseTrying` when a server says for good that the address does not exist, or that it
    takes none with such letters.
    """
    letter = Letter.objects.select_related("request").filter(pk=subject or 0).first()
    # an erasure takes a letter along that had not left
    if letter is None or letter.sent_at or letter.medium != Medium.EMAIL or not letter.to_email:
        return None
    letters = _together(letter, now=now)
    with transaction.atomic(), because(_("Letter sent")):
        for one in letters:
            one.renew_proof(now=now)
    message = _message(letters, now=now)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        if all(code >= 500 for code in codes):
            raise NoUseTrying(f"SMTPRecipientsRefused {codes[0]}") from error
        raise
    except smtplib.SMTPNotSupportedError as error:
        if letter.to_email.isascii():
            raise  # no TLS, say, which whoever runs the server mends
        raise NoUseTrying(fault_of(error)) from error

    def record() -> None:
        for one in letters:
            mark_sent(one, now=now)

    return record


def _together(letter: Letter, *, now: datetime) -> list[Letter]:
    """What leaves with `letter`: all that waited for the day with it, oldest first. Raises `NotNow`
    for one that leaves with an older one."""
    if letter.leaves_at is None:
        return [letter]
    waiting = Letter.objects.select_related("request").filter(
        to_email__iexact=letter.to_email,
        medium=Medium.EMAIL,
        leaves_at__lte=now,
        sent_at=None,
        failed_at=None,
    )
    found = list(waiting.order_by("pk"))
    if found and found[0].pk != letter.pk:
        raise NotNow(now + A_WHILE)
    return found or [letter]


def _message(letters: Sequence[Letter], *, now: datetime) -> Mail:
    """The mail that carries `letters`, or tells that they wait; each under its own subject if there
    are several."""
    first, notice = letters[0], governing_notice()
    who = about_controller(notice) if notice else {}
    said = [_said_by_mail(one, who, now=now) for one in letters]
    ((heading, text),) = said if len(said) == 1 else [_several(first, said)]
    return Mail(
        heading,
        without_marks(text),
        to=[first.to_email],
        reply_to=[notice.contact_point] if notice and notice.contact_point else None,
        headers={"Message-ID": first.message_id, "Auto-Submitted": "auto-generated"},
    )


def _said_by_mail(letter: Letter, who: dict[str, Any], *, now: datetime) -> tuple[str, str]:
    """The subject and the text that go by e-mail for `letter`."""
    cover = cover_of(letter, words=who, now=now) if is_read_apart(letter) else None
    return cover or (letter.subject, letter.text(with_links=True))


def _several(first: Letter, said: Sequence[tuple[str, str]]) -> tuple[str, str]:
    with override(first.language):
        heading = gettext("%(count)s letters about your requests") % {"count": len(said)}
    return heading, "\n\n".join(f"{HEADING}{subject}\n\n{text}" for subject, text in said)


def mark_sent(letter: Letter, *, now: datetime, posted_by: Any = None) -> None:
    """Write down that `letter` has left: by the mail server, or by `posted_by`'s hand. One that
    tells of the notice has told now, and the duty to tell ends (T12, V02); any other to a customer
    is a communication, by which that duty is due (art. 14(3)(b)). A question is asked when its
    letter leaves (T06), and a use that was objected to in vain goes on (S05)."""
    with transaction.atomic():
        if letter.customer_id and not _is_held(letter.customer_id):
            return
        doubts = Doubt.objects.filter(letter=letter.pk).exists()
        closes = letter.is_to_others or (letter.is_posted and letter.is_to_person)
        asked = _hold_request(letter) if closes or doubts else None
        own = Letter.objects.select_for_update().get(pk=letter.pk)
        if own.sent_at:
            return
        own.sent_at, own.posted_by, own.failed_at, own.fault = now, posted_by, None, ""
        with because(_("Letter posted") if posted_by else _("Letter sent")):
            own.save()
            person_was_told(own)
            if own.customer_id and own.notice:
                by = Channel.LETTER if own.medium == Medium.POST else Channel.EMAIL
                NoticeGiven.objects.record(
                    [own.customer_id], notice=own.notice, channel=by, on=_day(now)
                )
        # before the request forgets whose it was, and the duty last, as in `link`
        asks = own.request.customer_id if own.request and own.is_to_person else None
        if asked and doubts:
            with because(_("The person has been asked")):
                asked.reckon_again()
        elif asked:
            with because(_("Everybody has been told")):
                close_if_answered(asked, now=now)
        if own.kind == LetterKind.ANSWER_RECTIFICATION and own.demand_id:
            later(END_CONTEST, own.demand_id, now=now)
        if own.kind == LetterKind.WITHDRAWN:
            later(END_WITHDRAWN, own.request_id, now=now)
        forget_answered(now=now)
        if own.recipient_id:
            forget_told(own)
        if asks:
            InformationDuty.objects.communicated([asks], _day(now))


def _hold_request(letter: Letter) -> RightsRequest | None:
    """Hold the request of `letter` before it: of two letters that leave at once, the later one
    finds that everybody is told."""
    return RightsRequest.objects.select_for_update().filter(letters=letter.pk).first()


def _is_held(customer: int) -> bool:
    """Hold the customer, as an erasure does, before the letter; False for one who is erased."""
    try:
        Customer.objects.hold([customer])
    except CustomerErased:
        return False
    return True


def deliver_again(letter: Letter, *, now: datetime) -> bool:
    """Let the worker try a letter that was given up; False when there is nothing to try."""
    with transaction.atomic(), because(_("Letter tried again")):
        own = Letter.objects.select_for_update().get(pk=letter.pk)
        if own.sent_at or not own.failed_at or own.medium != Medium.EMAIL:
            return False
        own.failed_at, own.fault = None, ""
        own.save()
        # a task that was given up is forgotten after a while
        if not try_again(DELIVER, own.pk, now=now):
            later(DELIVER, own.pk, now=now)
    return True


def can_go_by_post(letter: Letter) -> bool:
    """Whether `letter` may be printed, to be posted or handed over, instead of mailed: the mail was
    given up. A proof of the e-mail address would prove nothing on paper, and of whom a person moves
    data to only that address is known."""
    return (
        letter.medium == Medium.EMAIL
        and letter.failed_at is not None
        and not letter.is_to_staff
        and letter.kind not in (LetterKind.PROOF, LetterKind.TOLD_TRANSFER)
        and _about_whom(letter) is not None
    )


def _about_whom(letter: Letter) -> RightsRequest | Customer | Recipient | Mandate | None:
    """Who has the address that `letter` is posted to: what answers a request goes where answers go
    (A06)."""
    told = getattr(letter, "notification", None)
    if told:
        return told.recipient  # type: ignore[no-any-return]
    asked = letter.request
    if asked and letter.demand_id:
        return posted_to(asked)
    return asked or letter.customer or letter.recipient


def post_instead(letter: Letter, *, now: datetime) -> bool:
    """Let staff print what e-mail did not deliver, for the address of the request if it has one,
    to post it or to hand it over; False
    when it cannot go by post. A proof link in it ends: whoever opens the envelope could use it."""
    with transaction.atomic(), because(_("Letter printed instead of mailed")):
        own = Letter.objects.select_for_update().get(pk=letter.pk)
        whose = _about_whom(own)
        if whose is None or not can_go_by_post(own):
            return False
        for link in Link.objects.filter(
            request=own.request, purpose=LinkPurpose.PROOF, ended_at=None
        ):
            if f"[{own.mark}:{link.pk}]" in own.body:
                link.ended_at = now
                link.save()
        own.medium, own.to_email = Medium.POST, ""
        own.to_address = "\n".join(address_lines(whose))
        own.failed_at, own.fault = None, ""
        own.save()
    return True


def sheet_of(letter: Letter, *, with_links: bool) -> Sheet:
    """The letter as it is printed; without links it can be read by whoever may see it."""
    notice = governing_notice()
    references: list[tuple[str, str]] = []
    with override(letter.language):
        if letter.request:
            references.append((gettext("Request"), letter.request.number))
        if letter.demand and letter.kind == LetterKind.REFUSAL:
            references.append((gettext("Certificate"), letter.demand.certificate.number))
    return Sheet(
        language=letter.language,
        sender=[notice.controller_name, *contact_lines(notice)] if notice else [],
        recipient=[letter.to_name, *letter.to_address.splitlines()],
        written_on=_day(letter.written_at),
        references=references,
        subject=letter.subject,
        paragraphs=paragraphs_of(letter.text(with_links=with_links)),
    )


def paragraphs_of(text: str) -> list[str]:
    return [part.strip("\n") for part in text.split("\n\n") if part.strip()]


def _day(moment: datetime) -> date:
    return received_on(moment)
