"""Telling those who were given data, or gave them, what was done with them: a letter to each, in
the transaction of the deed and before anything is destroyed (art. 19; P58, N01, N03, N04, E12)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as Collection_
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from notices.declarations import declared_columns
from notices.models import Notice, governing_notice
from notices.terms import DataCategory, SourceKind
from register.corrections import Correction
from register.given import Given, accesses, given_to, given_to_each
from register.got import has_got
from register.models import Collection, Customer, Disclosure, Order, Recipient, Restriction
from rights_requests.closing import close_if_answered
from rights_requests.deadlines import received_on
from rights_requests.letter_texts import text_of
from rights_requests.letters import (
    about_controller,
    address_lines,
    new_message_id,
    store_letter,
    subject_of,
)
from rights_requests.models import (
    Deed,
    Demand,
    Excuse,
    Letter,
    LetterKind,
    Medium,
    Notification,
    RightsRequest,
)
from rights_requests.models.letters import new_mark

#: What names somebody, and by what they are reached, of a version of the customer.
NAMES: Mapping[DataCategory, Callable[[Any], str]] = {
    DataCategory.NAME: lambda one: f"{one.given_name} {one.family_name}".strip(),
    DataCategory.ORGANISATION: lambda one: one.organisation_name,
}
WAYS: Mapping[DataCategory, Callable[[Any], str]] = {
    DataCategory.EMAIL: lambda one: one.email,
    DataCategory.PHONE: lambda one: one.phone,
    DataCategory.POSTAL_ADDRESS: lambda one: ", ".join(address_lines(one)),
}
#: Made in the language of the letter.
Words = Callable[[], dict[str, Any]]


class Unasked(models.TextChoices):
    """Why the register erases data though nobody has asked."""

    RETENTION = (
        "retention",
        _("We erase them from our register, because their retention period is over."),
    )
    PART = (
        "part",
        _("We erase from our register those of them whose own retention period is over."),
    )
    NOTICE = (
        "notice",
        _("We erase them from our register, because our privacy notice lists them no longer."),
    )


class OnItsWay(Exception):
    """It has been told, has been excused, or leaves by e-mail in a moment."""


def tell_of_corrections(
    demand: Demand, customer: Customer, corrections: Sequence[Correction], *, now: datetime
) -> None:
    """Tell each recipient that had an old value of `customer`, and each source that gave one, what
    it was and what it is now (P58, R06)."""
    versions, since = _versions(customer), demand.request.received_at
    corrected = {one.category for one in corrections}
    for given in given_to(customer, today=received_on(now)):
        had = [
            one for one in corrections if any(g.has_had(one.category, until=one.at) for g in given)
        ]
        if had:
            about = _about_given(versions, given, customer, until=since, but_for=corrected)
            words = _of_corrections(about, had)
            _tell(demand, customer, Deed.RECTIFICATION, given[0].recipient, words, now=now)
    for source, gave in _sources(corrections):
        known = _known_to(source, customer, gave)
        as_known = _as_known(versions, since)
        about = _about(dict.fromkeys(known, as_known), customer, but_for=corrected)
        words = _of_corrections(about, gave)
        _tell(demand, customer, Deed.RECTIFICATION, source, words, now=now)


def tell_of_own_corrections(
    customer: Customer, corrections: Sequence[Correction], *, now: datetime
) -> list[str]:
    """Tell each recipient that had an old value of `customer`, and each source that gave one, of
    what staff have put right by themselves (art. 19; P54, P58); gives their names. Needs a
    transaction and a `because` block."""
    versions = _versions(customer)
    corrected = {one.category for one in corrections}
    names = []
    for given in given_to(customer, today=received_on(now)):
        had = [
            one for one in corrections if any(g.has_had(one.category, until=one.at) for g in given)
        ]
        if had:
            about = _about_given(versions, given, customer, until=now, but_for=corrected)
            _tell_of_own(given[0].recipient, _of_corrections(about, had), now=now)
            names.append(given[0].recipient.name)
    for source, gave in _sources(corrections):
        as_known = _as_known(versions, now)
        known = dict.fromkeys(_known_to(source, customer, gave), as_known)
        about = _about(known, customer, but_for=corrected)
        _tell_of_own(source, _of_corrections(about, gave), now=now)
        names.append(_name_of(source))
    return names


def _name_of(to: Recipient | Collection) -> str:
    if isinstance(to, Recipient):
        return to.name
    return to.source_name or str(to.get_source_kind_display())


def _tell_of_own(to: Recipient | Collection, words: Words, *, now: datetime) -> None:
    notice = Notice.objects.in_force()
    if notice is None:
        return
    recipient = to if isinstance(to, Recipient) else None
    language = (recipient and recipient.language) or next(
        iter(notice.languages), settings.LANGUAGE_CODE
    )
    with override(language):
        said = {
            **about_controller(notice),
            "is_source": recipient is None,
            "instructs": recipient is not None and recipient.is_processor,
            **words(),
        }
        reached = _to(recipient) if recipient else {"medium": Medium.POST, "to_name": _name_of(to)}
        letter = Letter(
            recipient=recipient,
            kind=LetterKind.TOLD_RECTIFICATION,
            language=language,
            **reached,
            subject=gettext("Personal data corrected"),
            body=text_of(LetterKind.TOLD_RECTIFICATION, said),
            mark=new_mark(),
            written_at=now,
            message_id=new_message_id(uuid4().hex),
        )
    store_letter(letter, now=now)


def tell_of_erasure(
    demand: Demand, customer: Customer, *, categories: Iterable[str] = (), now: datetime
) -> None:
    """Tell each recipient of data of `customer` that `categories` of them, or all, are erased, and
    whoever has copied a list that was published with them (E08). Before they are: afterwards nobody
    knows whom to name (E12)."""
    chosen = set(categories)
    for given in given_to(customer, today=received_on(now)):
        _tell_of(demand, customer, Deed.ERASURE, given, chosen, now=now)
    _tell_who_copied(demand, customer, chosen, now=now)


def _tell_who_copied(
    demand: Demand, customer: Customer, chosen: set[str], *, now: datetime
) -> None:
    """One letter for all who may have copied the lists that were published with the data `chosen`,
    or with any: it names the days of the lists, and the person as they did (art. 17(2); E08)."""
    every = Disclosure.objects.published().about(customer).order_by("disclosed_at", "pk")
    lists = [one for one in every if not chosen or chosen & set(one.categories)]
    if not lists:
        return
    known = [(one.categories, one.disclosed_at) for one in lists]
    together = [categories for categories, _when in known]
    about = _about(_last_known(_versions(customer), known), customer, together=together)
    on_them = set().union(*(one.categories for one in lists))

    def words() -> dict[str, Any]:
        days = dict.fromkeys(one.disclosed_on for one in lists)
        return {
            "about": about(),
            "data": [str(one.label) for one in DataCategory if one in chosen & on_them],
            "published_on": [date_format(day, "SHORT_DATE_FORMAT") for day in days],
        }

    _tell(demand, customer, Deed.ERASURE, lists[-1], words, now=now)


def tell_of_own_erasure(
    customers: Iterable[int],
    *,
    why: Unasked,
    going: Mapping[DataCategory, Collection_[int]] | None = None,
    now: datetime,
) -> None:
    """Tell each recipient of data of `customers` (keys) that they are erased though nobody has
    asked (art. 19 with 17(1)(a); N01): all of them, or what is `going`, with the keys of whose it
    is. One letter to each, with all of whom it has got such data, in as many queries for many.
    Before they are (E12); needs a transaction and a `because` block."""
    today, parts = received_on(now), going or {}
    recipients = given_to_each(customers, today=today)
    every = accesses() if parts else []
    versions: dict[int, list[Any]] = {}
    history: Any = Customer.history.filter(id__in=set().union(*recipients.values()))
    for one in history.order_by("history_date", "history_id"):
        versions.setdefault(one.id, []).append(one)
    for recipient, theirs in recipients.items():
        got: dict[int, list[DataCategory]] = {}
        known = set().union(*map(_known, theirs.values()))
        for category in [one for one in DataCategory if one in known & parts.keys()]:
            own = Customer.objects.filter(has_got(recipient, [category], every, today=today))
            loses = own.filter(pk__in=theirs.keys() & set(parts[category]))
            for key in loses.values_list("pk", flat=True):
                got.setdefault(key, []).append(category)
        about = {
            key: _about_given(versions[key], given, versions[key][-1])
            for key, given in theirs.items()
            if going is None or key in got
        }
        if about:
            _tell_unasked(recipient, about, why, got, now=now)


def _tell_unasked(
    recipient: Recipient,
    people: Mapping[int, Callable[[], list[str]]],
    why: Unasked,
    data: Mapping[int, list[DataCategory]],
    *,
    now: datetime,
) -> None:
    """`data` says what goes of each of `people`, both by key; nothing where all goes."""
    notice = Notice.objects.in_force()
    if notice is None:
        return
    with override(recipient.language or next(iter(notice.languages), settings.LANGUAGE_CODE)):
        named = {key: ", ".join(one()) for key, one in people.items()}
        labels = {key: [str(one.label) for one in some] for key, some in data.items()}
        is_same = len(set(map(tuple, labels.values()))) < 2
        words = {
            **about_controller(notice),
            "instructs": recipient.is_processor,
            "unasked": str(why.label),
            "about": [*named.values()],
            "data": next(iter(labels.values()), [])
            if is_same
            else [f"{name}: {', '.join(labels[key])}" for key, name in named.items()],
        }
        letter = Letter(
            recipient=recipient,
            kind=LetterKind.TOLD_ERASURE,
            language=get_language() or settings.LANGUAGE_CODE,
            **_to(recipient),
            subject=gettext("Personal data to be erased"),
            body=text_of(LetterKind.TOLD_ERASURE, words),
            mark=new_mark(),
            written_at=now,
            message_id=new_message_id(uuid4().hex),
        )
    store_letter(letter, now=now)


def _to(recipient: Recipient) -> dict[str, Any]:
    """How a letter reaches `recipient`."""
    return {
        "medium": Medium.EMAIL if recipient.email else Medium.POST,
        "to_name": recipient.name,
        "to_email": recipient.email,
        "to_address": "\n".join(address_lines(recipient)),
    }


def tell_of_restriction(demand: Demand, restriction: Restriction, *, now: datetime) -> None:
    """Tell each recipient of the data that they are only to be kept (S06). Who was told before,
    when all of them rested at once, is told again where the decision says something else."""
    customer, chosen = restriction.customer, set(restriction.categories)
    before = {one.recipient_id for one in _restricting(demand, customer)}
    for given in given_to(customer, today=received_on(now)):
        was_told = given[0].recipient.pk in before
        if was_told and not chosen:
            continue
        deed = Deed.RESTRICTION
        rests = _tell_of(demand, customer, deed, given, chosen, now=now, again=was_told)
        if was_told and not rests:
            _tell_of(demand, customer, Deed.LIFTING, given, set(), now=now)


def tell_of_lifting(demand: Demand, customer: Customer, *, now: datetime) -> None:
    """Tell those who know of the restriction that it is over (S06)."""
    before = {one.recipient_id for one in _restricting(demand, customer)}
    for given in given_to(customer, today=received_on(now)):
        if given[0].recipient.pk in before:
            _tell_of(demand, customer, Deed.LIFTING, given, set(), now=now)


def told(demand: Demand) -> list[str]:
    """Who is told of what was done for `demand`, by name, for the answer to the person; nobody
    where the person does not want to know (art. 19; N02)."""
    if not demand.request.wants_recipients:
        return []
    with override(demand.request.language):
        every = demand.notifications.with_addressees()
        return list(dict.fromkeys(one.addressee_in_words for one in every))


def excuse(notification: Notification, why: Excuse, *, reason: str, by: Any, now: datetime) -> None:
    """Say why nobody tells it, and take back the letter; the request closes when nothing else is
    open (N01). Raises `OnItsWay`."""
    with transaction.atomic(), because(_("A recipient or source is not told")):
        request = RightsRequest.objects.select_for_update().get(
            demands__notifications=notification.pk
        )
        own = Notification.objects.select_for_update().get(pk=notification.pk)
        letter = Letter.objects.select_for_update().filter(notification=own).first()
        if letter is None or not own.can_be_excused:
            raise OnItsWay
        own.letter = None
        own.excused_at, own.excused_by, own.excuse, own.reason = now, by, why, reason
        own.save()
        letter.delete()
        close_if_answered(request, now=now)


# --- who is told what


def _restricting(demand: Demand, customer: Customer) -> list[Notification]:
    """The newest notification of each recipient who was last told to restrict the data."""
    newest: dict[int | None, Notification] = {}
    rows = demand.notifications.filter(customer=customer, recipient__isnull=False)
    for one in rows.order_by("pk"):
        newest[one.recipient_id] = one
    return [one for one in newest.values() if one.deed == Deed.RESTRICTION and not one.excused_at]


def _tell_of(
    demand: Demand,
    customer: Customer,
    deed: Deed,
    given: list[Given],
    chosen: set[str],
    *,
    now: datetime,
    again: bool = False,
) -> bool:
    """Tell one recipient of a deed with all data, or with those `chosen`; False for one who was
    given none of them."""
    known = _known(given)
    if chosen and not chosen & known:
        return False
    about = _about_given(_versions(customer), given, customer)

    def words() -> dict[str, Any]:
        data = [str(one.label) for one in DataCategory if one in chosen & known]
        return {"about": about(), "data": data, "again": again}

    _tell(demand, customer, deed, given[0].recipient, words, now=now)
    return True


def _about_given(
    versions: list[Any],
    given: Sequence[Given],
    customer: Customer,
    *,
    until: datetime | None = None,
    but_for: Iterable[str] = (),
) -> Callable[[], list[str]]:
    """By what the recipient knows `customer`: by category that it was given, as of the last time
    that it was, or at the moment `until` where that is earlier: what came later it never had
    (N04)."""
    known = _last_known(versions, [(one.categories, one.at) for one in given], until=until)
    together = [one.categories for one in given]
    order = ""
    # of many at once, told by their versions, nobody is asked for by an order
    if isinstance(customer, Customer) and not any(map(known.__contains__, WAYS)):
        order = _order_given(customer, given, until=until)
    return _about(known, customer, together=together, but_for=but_for, order=order)


def _order_given(customer: Customer, given: Iterable[Given], *, until: datetime | None) -> str:
    """The number of the newest order of `customer` among what was given; empty for none."""
    moments = [one.at for one in given if DataCategory.ORDERS in one.categories]
    if not moments:
        return ""
    ends = [until, *([] if None in moments else [max(filter(None, moments))])]
    found: Any = Order.history.filter(customer=customer.pk).exclude(number="")
    for end in filter(None, ends):
        found = found.filter(history_date__lt=end)
    newest = found.order_by("-history_date", "-history_id").first()
    return newest.number if newest else ""


def _last_known(
    versions: list[Any],
    given: Iterable[tuple[Iterable[str], datetime | None]],
    *,
    until: datetime | None = None,
) -> dict[str, Any]:
    """By category of `given` (categories, and when they were), the customer as of the last time, or
    at the moment `until`."""
    last: dict[str, datetime | None] = {}
    for categories, when in given:
        for category in categories:
            before = last.get(category, when)
            # None: who sees the data all the time
            last[category] = when and before and max(when, before)
    found = {}
    for category, at in last.items():
        moments = [moment for moment in (at, until) if moment]
        found[category] = _as_known(versions, min(moments, default=None))
    return found


def _known(given: Iterable[Given]) -> set[str]:
    return set().union(*(one.categories for one in given))


def _sources(
    corrections: Iterable[Correction],
) -> list[tuple[Collection, list[Correction]]]:
    """Who gave the old values, each once: not the person, who knows, nor our own web site."""
    found: dict[tuple[str, str], tuple[Collection, list[Correction]]] = {}
    for one in corrections:
        origin = one.origin
        if not origin or not one.old or origin.source_kind == SourceKind.COOKIES:
            continue
        if not origin.is_from_the_person:
            key = (origin.source_kind, origin.source_name)
            found.setdefault(key, (origin, []))[1].append(one)
    return list(found.values())


def _known_to(source: Collection, customer: Customer, gave: list[Correction]) -> set[str]:
    """The categories of data of `customer` that `source` knows: those that came from there, and the
    name, under which it gave them; else it could not tell whom it is about (P58)."""
    collected = dict(customer.collected)
    collected |= {
        one.field.name: one.before.collected[one.field.name] for one in gave if one.is_of_customer
    }
    same = Collection.objects.filter(
        pk__in=collected.values(), source_kind=source.source_kind, source_name=source.source_name
    )
    keys = set(same.values_list("pk", flat=True))
    categories = declared_columns(Customer)
    given = {
        categories[column]
        for column, key in collected.items()
        if key in keys and column in categories
    }
    return {*given, DataCategory.NAME, DataCategory.ORGANISATION}


def _versions(customer: Customer) -> list[Any]:
    """The row of `customer` as it was, oldest first."""
    history: Any = Customer.history.filter(id=customer.pk)
    return list(history.order_by("history_date", "history_id"))


def _as_known(versions: list[Any], before: datetime | None) -> Any:
    """The customer as one knows it who got the data `before` a moment, or who sees them now: a
    later address is nothing that they were given (N04)."""
    known = [one for one in versions if before is None or one.history_date < before]
    return (known or versions[:1])[-1]


def _about(
    known: Mapping[str, Any],
    customer: Customer,
    *,
    together: Iterable[Iterable[str]] = (),
    but_for: Iterable[str] = (),
    order: str = "",
) -> Callable[[], list[str]]:
    """By what the reader knows `customer`: the name and one way to reach them, as the version says
    by which the reader knows each category, else the number of an `order`, or our own number (N04).
    What was given at several times (`together`, each) may lie in several places: one way of each,
    as a name alone may be that of two. Whatever the reader has of an organisation stands under its
    name."""
    lines = [value for kind in NAMES if kind in known and (value := NAMES[kind](known[kind]))]
    if not lines and known and customer.organisation_name:
        version = known.get(DataCategory.NAME) or next(iter(known.values()))
        lines = [version.organisation_name or customer.organisation_name]
    usable = {kind: value for kind in WAYS if kind in known and (value := WAYS[kind](known[kind]))}
    # what was corrected stands in the letter anyway
    ways = [kind for kind in usable if kind not in set(but_for)]
    told = {next((kind for kind in ways if kind in each), None) for each in together or [known]}
    lines += [usable[kind] for kind in ways if kind in told]
    reference = customer.reference

    def said() -> list[str]:
        number = gettext("Customer number in our register: %(number)s") % {"number": reference}
        named = [gettext("Order number: %(number)s") % {"number": order}] if order else []
        return [*lines, *named] or list(usable.values())[:1] or [number]

    return said


def _of_corrections(about: Callable[[], list[str]], corrections: list[Correction]) -> Words:
    def words() -> dict[str, Any]:
        return {
            "about": about(),
            "corrected": [_in_words(one) for one in corrections if one.new],
            "erased": [f"{one.label}: {one.old}" for one in corrections if not one.new],
        }

    return words


def _in_words(correction: Correction) -> str:
    said = {"datum": correction.label, "old": correction.old, "new": correction.new}
    if correction.old:
        return gettext("%(datum)s: “%(old)s” was wrong, “%(new)s” is right") % said
    return gettext("%(datum)s: “%(new)s” was missing") % said


# --- the letter


def _tell(
    demand: Demand,
    customer: Customer,
    deed: Deed,
    to: Recipient | Collection | Disclosure,
    words: Words,
    *,
    now: datetime,
) -> None:
    """Write the letter and remember that it must leave. Needs a transaction and `because`."""
    recipient = to if isinstance(to, Recipient) else None
    source = to if isinstance(to, Collection) else None
    publication = to if isinstance(to, Disclosure) else None
    request = demand.request
    kind = LetterKind.TOLD_PUBLICATION if publication else LetterKind(f"told_{deed}")
    notice = governing_notice() or request.notice
    language = (recipient and recipient.language) or next(
        iter(notice.languages), settings.LANGUAGE_CODE
    )
    notification = Notification(
        demand=demand,
        customer=customer,
        deed=deed,
        recipient=recipient,
        source=source,
        publication=publication,
        made_at=now,
    )
    with override(language):
        own = {
            "is_source": source is not None,
            "instructs": recipient is not None and recipient.is_processor,
            **words(),
        }
        letter = Letter(
            request=request,
            demand=demand,
            kind=kind,
            language=language,
            medium=Medium.EMAIL if recipient and recipient.email else Medium.POST,
            to_name=notification.addressee,
            to_email=recipient.email if recipient else "",
            to_address="\n".join(address_lines(recipient)) if recipient else "",
            subject=subject_of(kind, request),
            body=text_of(kind, {**about_controller(notice), **own}),
            mark=new_mark(),
            written_at=now,
            message_id=new_message_id(uuid4().hex),
        )
    notification.letter = store_letter(letter, now=now)
    notification.save()
    if request.forgotten_at:
        # it forgets this letter too, once it has left
        request.forgotten_at = None
        request.save()
