"""The letter that tells people of the data about them: where they came from, what the notice says,
and what has changed in it (arts 13(3), 14; T12, V08)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from audit.tasks import later_each
from notices.authority import authority
from notices.models import Notice
from notices.terms import RIGHTS_OF_LAW, ClauseKind, DataCategory, Language, SectionKey, Statement
from register.models import ContactKind, Customer
from register.origins import FromOthers, from_others
from rights_requests.letter_texts import text_of
from rights_requests.letters import (
    DELIVER,
    about_controller,
    address_lines,
    new_message_id,
    subject_of,
)
from rights_requests.models import Letter, LetterKind, Medium
from rights_requests.models.letters import new_mark
from rights_requests.news import known_versions, news_since

#: What the letter says of the notice: clauses, and the section that says it where none does.
SAID = {
    "purposes": (ClauseKind.PURPOSE, SectionKey.PURPOSE),
    "recipients": (ClauseKind.RECIPIENT, SectionKey.RECIPIENTS),
    "transfers": (ClauseKind.TRANSFER, SectionKey.TRANSFERS),
    "periods": (ClauseKind.RETENTION, SectionKey.RETENTION),
}
STATEMENTS = (
    Statement.PUBLIC_SOURCES,
    Statement.NO_PUBLIC_SOURCES,
    Statement.NO_AUTOMATED_DECISIONS,
    Statement.NO_OFFICER,
)


class Fate(Enum):
    """What became of one whom staff wanted to write to."""

    EMAILED = "e-mailed"
    TO_POST = "to post"
    #: such a letter waits already, or was given up and waits for staff
    WAITS = "waits"
    UNREACHABLE = "unreachable"


def inform(customers: Iterable[int], *, now: datetime) -> Counter[Fate]:
    """Write to `customers` (keys) in their languages, by e-mail where there is an address, else by
    post; gives how many met which fate. They are told when the letter has left, not before.

    Stored with the tasks that deliver. Raises `NoNoticeInForce` and `CustomerErased`.
    """
    keys = sorted(set(customers))
    with transaction.atomic(), because(_("Letter written")):
        Customer.objects.hold(keys)
        notice = Customer.held_notice()
        waiting = Letter.objects.unasked(keys).filter(sent_at=None)
        waits = set(waiting.values_list("customer_id", flat=True))
        origins = from_others(keys)
        # a letter about data that may only be kept waits until they are used again
        own = Customer.objects.in_use().filter(pk__in=keys, organisation_name="")
        people = list(own.order_by("pk"))
        fates = {one.pk: Fate.WAITS if one.pk in waits else _way_to(one) for one in people}
        known = known_versions([one.pk for one in people], notice)
        words = {
            (language, version): _of_notice(notice, language, version)
            for language, version in {(one.language, known.get(one.pk)) for one in people}
        }
        letters = Letter.objects.create_remembered(
            [
                _letter(
                    one,
                    notice,
                    words[one.language, known.get(one.pk)],
                    origins.get(one.pk, {}),
                    now,
                )
                for one in people
                if fates[one.pk] in (Fate.EMAILED, Fate.TO_POST)
            ]
        )
        by_email = [letter.pk for letter in letters if letter.medium == Medium.EMAIL]
        later_each(DELIVER, by_email, now=now)
    return Counter(fates.values())


def _way_to(customer: Customer) -> Fate:
    if customer.email:
        return Fate.EMAILED
    if ContactKind.POSTAL_ADDRESS in customer.contacts:
        return Fate.TO_POST
    return Fate.UNREACHABLE


def _letter(
    customer: Customer, notice: Notice, words: dict[str, Any], came: FromOthers, now: datetime
) -> Letter:
    by = Medium.EMAIL if customer.email else Medium.POST
    with override(customer.language):
        origins = [
            f"{source}: {', '.join(_named(what, notice) for what in found)}"
            for source, found in came.items()
        ]
        return Letter(
            customer=customer,
            notice=notice,
            kind=LetterKind.INFORMATION,
            language=customer.language,
            medium=by,
            to_name=customer.name,
            to_email=customer.email,
            to_address="\n".join(address_lines(customer)) if by == Medium.POST else "",
            subject=gettext("Our privacy notice has changed")
            if words["news"]
            else subject_of(LetterKind.INFORMATION, None),
            body=text_of(
                LetterKind.INFORMATION, {**words, "name": customer.name, "origins": origins}
            ),
            mark=new_mark(),
            written_at=now,
            message_id=new_message_id(uuid4().hex),
        )


def _named(what: Any, notice: Notice) -> str:
    if isinstance(what, DataCategory):
        return notice.called(what)
    return str(what._meta.verbose_name_plural)


def _of_notice(notice: Notice, language: str, known: int | None) -> dict[str, Any]:
    """What the letter says in `language` to everybody who knows the version `known`."""
    with override(language):
        return {
            **about_controller(notice),
            "news": news_since(known, notice) if known else [],
            "data": [notice.called(one) for one in DataCategory if one in notice.declared],
            **{name: _said(notice, language, *where) for name, where in SAID.items()},
            "statements": [
                capfirst(clause.label)
                for clause in notice.clauses.all()
                if clause.kind == ClauseKind.STATEMENT and clause.term in STATEMENTS
            ],
            "rights": [str(right.label) for right in RIGHTS_OF_LAW],
            "authority": authority(language),
            "notice_link": f"{settings.BASE_URL}/{language}/",
            "requests_link": f"{settings.BASE_URL}/{language}/requests/",
        }


def _said(notice: Notice, language: str, kind: ClauseKind, key: SectionKey) -> list[str]:
    """The clauses of `kind`, purposes with what they rest on; where the notice has none, its own
    words under `key`, in Finnish where it has no others."""
    clauses = [
        f"{clause.label} ({clause.get_legal_basis_display()})"
        if clause.legal_basis
        else clause.label
        for clause in notice.clauses.all()
        if clause.kind == kind
    ]
    if clauses:
        return clauses
    texts = dict(notice.sections.filter(key=key).values_list("language", "text"))
    own = texts.get(language) or texts.get(Language.FINNISH) or ""
    return [line for line in own.splitlines() if line.strip()]
