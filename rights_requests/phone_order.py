"""An order by phone: what staff are told before it is stored, and the act that stores it all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from notices.models import Notice
from notices.personal_data import undeclared_message
from notices.terms import DataCategory, ProhibitionScope, Right, SourceKind
from register.models import (
    Channel,
    Collection,
    Customer,
    InformationDuty,
    NoticeGiven,
    Objection,
    Order,
    OrderLine,
    Prohibition,
    Restriction,
)
from register.models.words import closed, same_words
from register.naming import word_for
from rights_requests.forbidding import asked_by, forbid_at_once
from rights_requests.models import Demand
from rights_requests.suggesting import Suggestion, suggestions

#: Where an order by phone can come from, in the words of a notice; the first that it names counts.
SOURCES = (SourceKind.PURCHASE, SourceKind.CUSTOMER_NOTICE)


def source_of(notice: Notice) -> SourceKind | None:
    """What `notice` calls an order by phone; None when it names no source that fits."""
    return next((kind for kind in SOURCES if kind in notice.sources), None)


def hindrance(notice: Notice | None) -> str:
    """Why no order by phone can be stored under `notice`, in one sentence; empty when it can."""
    if notice is None:
        return gettext("No privacy notice is in force, so the register takes nothing yet.")
    if DataCategory.ORDERS not in notice.declared:
        return undeclared_message(DataCategory.ORDERS)
    if source_of(notice) is None:
        return gettext(
            "The privacy notice in force names no source that fits an order by phone: put one in "
            "force that names purchases or what the customer tells you."
        )
    return ""


# --- what staff are told before they save


def cautions_of(customers: Sequence[Customer]) -> dict[Any, list[str]]:
    """What to mind with each of `customers`, by key: what they have forbidden, and what they have
    asked for that an order could cross (S02, M01, M02)."""
    told: dict[Any, list[str]] = defaultdict(list)
    for key, forbidden in Prohibition.objects.of_each(customers).items():
        told[key].append(
            gettext(
                "Has forbidden: %(what)s. Take the order, and use the data for nothing of that."
            )
            % {"what": "; ".join(forbidden)}
        )
    for key, at_rest in Restriction.objects.at_rest(one.pk for one in customers).items():
        told[key].append(
            gettext("Restricted, so neither shown nor changed: %(data)s.")
            % {"data": ", ".join(str(one.label) for one in DataCategory if one in at_rest)}
        )
    known = set()
    objections = Objection.objects.in_force().filter(customer__in=[one.pk for one in customers])
    for key, own in groupby(objections.order_by("customer", "pk"), key=attrgetter("customer_id")):
        against = list(own)
        known |= {one.request_number for one in against}
        told[key].append(
            gettext("Has objected to: %(what)s. Use the data for nothing of that.")
            % {"what": ", ".join(dict.fromkeys(one.get_purpose_display() for one in against))}
        )
    demands = Demand.objects.standing(customers).select_related("request")
    for demand in demands.order_by("request__received_at", "pk"):
        if demand.right == Right.OBJECTION and demand.request.number in known:
            continue
        told[demand.request.customer_id].append(
            _sentence(demand) % {"number": demand.request.number}
        )
    return told


def _sentence(demand: Demand) -> str:
    match demand.right:
        case Right.ERASURE | Right.ANONYMISATION if demand.granted_at:
            # it waits for what keeps the data, and for that alone they are still there (E06)
            return gettext(
                "Erasure has been decided (request %(number)s). It waits for what keeps the data, "
                "and they may be used for nothing else: ask the data protection contact before "
                "you take the order."
            )
        case Right.ERASURE | Right.ANONYMISATION:
            return gettext(
                "Has asked for erasure (request %(number)s). Ask whether that still holds: if so, "
                "this order will be erased with everything else."
            )
        case Right.OBJECTION:
            return gettext(
                "Has objected to a use of the data (request %(number)s). Use them for this order "
                "and for nothing else."
            )
    return gettext(
        "Has asked that the data rest (request %(number)s), which is not decided yet. Ask whether "
        "they may be used for this order, and take it only if the answer is yes."
    )


def alike(newcomer: Customer) -> list[Suggestion]:
    """Customers of the register who may be the same person as `newcomer`, and why."""
    return suggestions(asked_by(newcomer, Channel.PHONE))


def meets_restricted(found: Iterable[Suggestion]) -> bool:
    """Whether data of one of those `found`, all or some, may only be kept: no order of theirs is
    stored under another name (S02, S03)."""
    return bool(Restriction.objects.at_rest(one.customer.pk for one in found))


def restricted_called(name: str) -> set[int]:
    """Keys of the customers called `name`, in whatever order and spelling, of whom all or some data
    may only be kept (S02, S03)."""
    resting = Restriction.objects.in_force().order_by().values("customer")
    return _called(name, Customer.objects.unerased().filter(pk__in=resting))


def _called(name: str, customers: Any) -> set[int]:
    """Of `customers`, few, the keys of those called `name`. By words nobody is found whose name
    rests."""
    if not closed(name):
        return set()
    names = ("given_name", "family_name", "organisation_name")
    every = customers.order_by().values_list("pk", *names)
    return {key for key, *parts in every if same_words(name, " ".join(parts))}


def _cautions_about_name(name: str, found: Iterable[Suggestion]) -> Iterator[str]:
    """That somebody else than those `found` has this `name` and is restricted or to be erased:
    how many, and nothing of them (S02, E06)."""
    known = {one.customer.pk for one in found}
    resting = restricted_called(name) - known
    if count := len(resting):
        yield ngettext(
            "%(count)s restricted record has this name. If it may be the same person, ask the data "
            "protection contact before you save.",
            "%(count)s restricted records have this name. If one of them may be the same person, "
            "ask the data protection contact before you save.",
            count,
        ) % {"count": count}
    waiting = Demand.objects.waiting().order_by().values("request__customer")
    leaving = Customer.objects.filter(pk__in=waiting, to_erase_at__isnull=False)
    if count := len(_called(name, leaving) - resting - known):
        yield ngettext(
            "%(count)s customer with this name is to be erased. Look for the name: if it is the "
            "same person, choose that customer.",
            "%(count)s customers with this name are to be erased. Look for the name: if one of "
            "them is the same person, choose that customer.",
            count,
        ) % {"count": count}


def cautions_for_new(newcomer: Customer, found: Sequence[Suggestion]) -> list[str]:
    """What to mind before `newcomer` is stored: those `found` to be alike, whose name somebody has
    who is restricted or to be erased, and prohibitions of whoever is reached in the same way,
    erased people included (S02, E06, M11, P67)."""
    told = [
        gettext(
            "%(name)s (%(reference)s) is in the register already: %(why)s. If it is the same "
            "person, choose that customer below."
        )
        % {
            "name": word_for(one.customer, may_see=True),
            **{"reference": one.customer.reference, "why": one.why},
        }
        for one in found
    ]
    told += _cautions_about_name(newcomer.name, found)
    if forbidden := Prohibition.objects.for_contacts(newcomer.contacts).in_words():
        told.append(
            gettext(
                "Somebody with the same e-mail, phone or address has forbidden: %(what)s. It may "
                "be this person, erased at their own wish. Take the order; the prohibition holds "
                "for the new customer too."
            )
            % {"what": "; ".join(forbidden)}
        )
    return told


# --- storing


@dataclass(frozen=True)
class PhoneOrder:
    """What one call brought: who ordered what, and what was asked meanwhile."""

    #: somebody new is not stored yet
    customer: Customer
    order: Order
    lines: Sequence[OrderLine]
    #: whether the person was told about the notice
    was_told: bool
    forbidden: Sequence[ProhibitionScope]

    @property
    def ordered_on(self) -> date:
        day: date = self.order.ordered_on  # type: ignore[assignment]
        return day

    def store(self, notice: Notice, *, by: Any, now: datetime) -> None:
        """Store all of it or nothing, under `notice`; what was forbidden holds from now on (M01).

        Who was told nothing in the call is to be told that day of what came from others (T12).

        Raises `CustomerErased`, `CustomerRestricted`, and what the register refuses.
        """
        with transaction.atomic(), because(_("Order by phone")):
            collection = _collection(source_of(notice), self.ordered_on, by)
            if self.customer.pk is None:
                self.customer.save(collection=collection)
            self.order.customer = self.customer
            if self.was_told:
                # among what is told is that marketing may be forbidden (M07)
                self.order.refusal_offered_on = self.ordered_on
            self.order.save(collection=collection)
            for line in self.lines:
                line.order = self.order
            OrderLine.objects.store(self.lines, collection=collection)
            if self.was_told:
                NoticeGiven.objects.record(
                    [self.customer], notice=notice, channel=Channel.PHONE, on=self.ordered_on
                )
            else:
                InformationDuty.objects.communicated([self.customer], self.ordered_on)
            if self.forbidden:
                forbid_at_once(
                    self.customer,
                    self.forbidden,
                    channel=Channel.PHONE,
                    on=self.ordered_on,
                    by=by,
                    now=now,
                )


def _collection(source: Any, day: date, by: Any) -> Collection:
    with override(settings.LANGUAGE_CODE):
        occasion = str(Channel.PHONE.label)
    collection = Collection(
        source_kind=source,
        source_name=occasion,
        collected_on=day,
        collected_by=by,
        serves_one=True,
    )
    collection.save()
    return collection
