"""From a yes to a file: the worker writes it in pieces, then the ledger and the list know of it."""

from array import array
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import ExpressionWrapper, OuterRef, Prefetch, Q, Subquery
from django.utils.timezone import localtime
from django.utils.translation import override

from audit.bulk import A_BLOCK, Pauses
from audit.files import keep, remove_files
from audit.models import Task
from audit.tasks import does, later
from notices.terms import DataCategory
from register.lists import directory, labels, tables
from register.lists.pieces import Pieces
from register.models import (
    Consent,
    ContactRole,
    Customer,
    CustomerList,
    Disclosure,
    DisclosureRefused,
    InformationDuty,
    ListKind,
    ListLayout,
    ListPart,
    Order,
)
from register.models.lists import (
    NOTE_GIVEN,
    ListHasEnded,
    PeopleHaveLeft,
    at_a_named_person,
)
from register.models.uses import not_forbidden

MAKE = "make_list"
#: How often a list is begun anew because somebody on it may be on it no more.
TRIES = 3
#: A worker that runs, and is not busy, has begun by then.
WAITS_LONG = timedelta(minutes=1)


def order(asked: CustomerList, *, now: datetime) -> bool:
    """Have the worker make `asked`; gives whether nobody had said so before."""
    with transaction.atomic():
        waiting = CustomerList.objects.filter(pk=asked.pk, ordered_at=None)
        if not waiting.update(ordered_at=now):
            return False
        later(MAKE, asked.pk, now=now)
    return True


def anew(asked: CustomerList, *, by: Any, language: str, now: datetime) -> CustomerList:
    """The same list asked for again, of those who may be on it now."""
    columns = ("kind", "layout", "purpose", "scope", "recipient", "ground", "categories")
    with transaction.atomic():
        again = CustomerList.objects.create(
            **{name: getattr(asked, name) for name in columns},
            asked_by=by,
            asked_at=now,
            language=language,
        )
        order(again, now=now)
    return again


def waits_long(asked: CustomerList, *, now: datetime) -> bool:
    """Whether no worker has begun with it."""
    left = Task.objects.filter(act=MAKE, subject=asked.pk, tries=0, done_at=None)
    return left.filter(made_at__lt=now - WAITS_LONG).exists()


def _give_up(subject: int | None, fault: str, now: datetime) -> None:
    CustomerList.objects.filter(pk=subject or 0, made_at=None).update(given_up_at=now)


@does(MAKE, given_up=_give_up, is_long=True)
def make_list(subject: int | None, *, now: datetime) -> None:
    """What `order` asked for. Done twice at once, one file is kept and the other removed."""
    ordered = CustomerList.objects.filter(ordered_at__isnull=False, made_at=None, given_up_at=None)
    asked = ordered.select_related("recipient", "asked_by").filter(pk=subject or 0).first()
    if asked is None:
        return
    with suppress(ListHasEnded, DisclosureRefused):
        for _try in range(TRIES):
            with suppress(PeopleHaveLeft):
                make(asked, now=now)
                return
    # whoever asked sees so on its page, and can have it made anew
    _give_up(subject, "", now)


@does(NOTE_GIVEN, is_long=True)
def note_given(subject: int | None, *, now: datetime) -> None:
    """Whoever stood on a list that was given to somebody is told of data from others by then at the
    latest (art. 14(3)(c); T12). Done twice, it changes nothing more."""
    for given in Disclosure.objects.filter(pk=subject or 0):
        on, after, pause = given.disclosed_on, 0, Pauses()
        rows = given.disclosed.order_by("customer").values_list("customer", flat=True)
        while block := list(rows.filter(customer__gt=after)[:A_BLOCK]):
            InformationDuty.objects.disclosed(block, on)
            after = block[-1]
            pause()


def make(asked: CustomerList, *, now: datetime) -> None:
    """Write the file of `asked` and record it; all or nothing.

    Raises as `CustomerList.record` does, and `ListHasEnded` when nobody may be on it.
    """
    if refusals := asked.refusals(now=now):
        raise DisclosureRefused(list(refusals.values()))
    counts = asked.counted()
    asked.left_out = {why: count for why, count in counts.items() if why and count}
    if not counts[""]:
        _give_up(asked.pk, "", now)
        raise ListHasEnded
    keys: array[int] = array("q")
    parts: list[ListPart] = []
    try:
        with override(asked.language):
            for name, piece in _pieces(asked, _blocks(asked, keys, now), now):
                parts.append(ListPart(of=asked, name=name, file=keep(ContentFile(piece))))
        asked.record(keys, parts, now=now)
    except BaseException:
        remove_files([part.file for part in parts])
        raise


def _pieces(asked: CustomerList, blocks: Iterator[list[Customer]], now: datetime) -> Pieces:
    today = localtime(now).date()
    match asked.layout:
        case ListLayout.CSV:
            return tables.as_csv(asked, blocks)
        case ListLayout.XLSX:
            return tables.as_xlsx(asked, blocks)
        case ListLayout.PAPER:
            return directory.on_paper(asked, blocks, today)
        case _:
            return labels.on_sheets(asked, blocks, today)


def _blocks(asked: CustomerList, keys: "array[int]", now: datetime) -> Iterator[list[Customer]]:
    """Those who are on it, block by block; their keys are noted in `keys`, and how many there are
    for whoever waits."""
    people = _with_more(asked, asked.people(), now)
    blocks = directory.by_name(people) if asked.layout == ListLayout.PAPER else people.in_blocks()
    for block in blocks:
        keys.extend(one.pk for one in block)
        CustomerList.objects.filter(pk=asked.pk).update(done=len(keys))
        yield block


def _with_more(asked: CustomerList, people: Any, now: datetime) -> Any:
    """The same people, each with the organisations that they speak for and that do not forbid it,
    and of an e-mail list with what allows it."""
    today = localtime(now).date()
    begun = Q(started_on__isnull=True) | Q(started_on__lte=today)
    goes_on = Q(ended_on__isnull=True) | Q(ended_on__gte=today)
    organisations = Customer.objects.in_use([DataCategory.ORGANISATION])
    named = organisations.filter(not_forbidden(asked.forbidding))
    roles = ContactRole.objects.filter(begun, goes_on).order_by("pk")
    people = people.prefetch_related(
        Prefetch(
            "contact_roles", roles.prefetch_related(Prefetch("organisation", named)), "roles_now"
        )
    )
    if asked.kind != ListKind.EMAILS:
        return people
    of_one = {"customer": OuterRef("pk")}
    consents = Consent.objects.in_force().filter(purpose=asked.purpose, **of_one)
    orders = Order.objects.filter(
        refusal_offered_on__isnull=False, cancelled_on__isnull=True, **of_one
    ).order_by("-refusal_offered_on", "-pk")
    return people.annotate(
        consent_on=Subquery(consents.order_by("-given_on").values("given_on")[:1]),
        refusable_on=Subquery(orders.values("refusal_offered_on")[:1]),
        refusable_order=Subquery(orders.values("number")[:1]),
        is_named=ExpressionWrapper(at_a_named_person(), models.BooleanField()),
    )
