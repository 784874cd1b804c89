"""Whom the staged rows are about: somebody who is there, somebody earlier in the file, or new.

Two rows are about the same when they have the same e-mail address or phone number, however spelt,
or the same name at the same address. Nothing is merged here: that is for people to choose.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from audit.bulk import A_BLOCK, Pauses
from register.models.customers import ContactRole, Customer
from register.models.imports import Duplicates, Fate, Import, ImportedContact, ImportedRow
from register.models.prohibitions import ContactDigest, ContactKind
from register.models.words import OF_CUSTOMER, Word, closed, national

from .mapping import Kind
from .staging import VALUES, name_of
from .vouchers import DUPLICATE, IDENTICAL, find_vouchers

OTHER_KIND = "other_kind"
#: What makes two the same on its own, the surest first.
_SURE = (ContactKind.EMAIL, ContactKind.PHONE)
#: Compared by how they are dialled or sent to, and not by their spelling.
_LOOSE = {"email": str.casefold, "phone": national}
_COMPARED = tuple(name for name in VALUES if name != "phone_e164")
_BY_NAME = "by_name"
#: What a row is before anything is known of it.
_ANEW: dict[str, Any] = {
    "fate": Fate.STORED,
    "customer_key": None,
    "root": None,
    "code": "",
    "is_new": False,
}
Rows = QuerySet[ImportedRow]
Between = Callable[[], object]


def match(bringing: Import, *, between: Between | None = None) -> None:
    """Find of each staged row who is there already (`customer_key`) or stands earlier in the file
    (`root`), and of customers whether it says anything new (`code`). May be done again any time:
    the register goes on changing. `between` is called between two blocks."""
    between = between or Pauses()
    for rows in ranges(bringing):
        rows.exclude(**_ANEW).exclude(fate=Fate.REFUSED, code="").update(**_ANEW)
        between()
    for act in (_meet_contacts, _meet_names, _meet_earlier):
        for rows in ranges(bringing):
            with transaction.atomic():
                act(bringing, rows.filter(fate=Fate.STORED))
            between()
    _follow(bringing, between)
    if bringing.kind == Kind.CUSTOMERS:
        for rows in ranges(bringing, A_BLOCK):
            known = Q(customer_key__isnull=False) | Q(root__isnull=False)
            _compare(rows.filter(known, fate=Fate.STORED, is_beside=False))
            between()
    else:
        for rows in ranges(bringing, A_BLOCK):
            find_vouchers(bringing, rows.filter(fate=Fate.STORED, is_beside=False))


def ranges(bringing: Import, size: int = 10 * A_BLOCK) -> Iterator[Rows]:
    """The staged rows in ranges of their keys, so that no statement holds the database for long."""
    rows = ImportedRow.objects.filter(bringing=bringing).order_by()
    ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
    for start in range(ends["first"] or 1, (ends["last"] or 0) + 1, size):
        yield rows.filter(pk__gte=start, pk__lt=start + size)


def _digests(kind: str) -> "QuerySet[Any, Any]":
    """The digests of the row that a query within a query is about."""
    own = ImportedContact.objects.filter(row=OuterRef(OuterRef("pk")), kind=kind)
    return own.order_by().values("digest")


def _without_contacts() -> Any:
    return ~Exists(ImportedContact.objects.filter(row=OuterRef("pk")).order_by())


def _meet_contacts(bringing: Import, rows: Rows) -> None:
    """Those who are there with the same e-mail address, or else the same phone number."""
    for kind in _SURE:
        there = ContactDigest.objects.filter(
            digest__in=_digests(kind), customer__erased_at__isnull=True
        ).order_by("customer_id")
        _set(rows.filter(customer_key=None, is_beside=False), "customer_key", there, "customer_id")


def _meet_names(bringing: Import, rows: Rows) -> None:
    """Those who are there with the same name at the same address; of who has no contact at all,
    the same name and no contact either; organisations beside a person by their name."""
    persons = rows.filter(is_beside=False)
    without = _without_contacts()
    begins = {"word__begins": OuterRef("name_word"), "origin": OF_CUSTOMER}
    named = Word.objects.filter(**begins, customer__erased_at__isnull=True)
    named = named.order_by("word", "customer_id")
    at_address = ContactDigest.objects.filter(
        Exists(Word.objects.filter(customer=OuterRef("customer"), word__begins=_named_so())),
        digest__in=_digests(ContactKind.POSTAL_ADDRESS),
        customer__erased_at__isnull=True,
    ).order_by("customer_id")
    bare = named.filter(customer__email="", customer__phone="", customer__street="")
    for some, candidates in (
        (persons, at_address),
        (persons.filter(without), bare),
        (rows.filter(is_beside=True), named.exclude(customer__organisation_name="")),
    ):
        # a word says how a name begins; the whole of it is compared below
        left = some.filter(customer_key=None, name_word__gt="")
        _set(left, "customer_key", candidates, "customer_id", code=_BY_NAME)
        _keep_same_names(rows.filter(code=_BY_NAME))


def _set(rows: Rows, column: str, found: "QuerySet[Any]", value: str, **more: Any) -> None:
    """Set `column` of those `rows` for which `found` has a row to the `value` of its first; the
    others are not written at all."""
    first = Subquery(found.values(value)[:1])
    rows.filter(Exists(found)).update(**{column: first}, **more)


def _named_so() -> Any:
    return OuterRef(OuterRef("name_word"))


def _keep_same_names(rows: Rows) -> None:
    names = ("given_name", "family_name", "organisation_name")
    told = list(rows.values("pk", "customer_key", *names))
    there = Customer.objects.in_bulk({row["customer_key"] for row in told})
    others = [
        row["pk"] for row in told if closed(name_of(row)) != closed(there[row["customer_key"]].name)
    ]
    rows.filter(pk__in=others).update(customer_key=None, code="")
    rows.update(code="")


def _meet_earlier(bringing: Import, rows: Rows) -> None:
    """The first of the rows about the same, by the same marks."""
    everyone = ImportedRow.objects.filter(bringing=bringing, fate=Fate.STORED).order_by("pk")
    earlier = ImportedContact.objects.filter(
        bringing=bringing, row__lt=OuterRef("pk"), row__fate=Fate.STORED
    ).order_by("row")
    without = _without_contacts()
    same_name = everyone.filter(name_word=OuterRef("name_word"))
    bare = same_name.filter(without, is_beside=False, pk__lt=OuterRef("pk"))
    persons, named = rows.filter(is_beside=False), Q(name_word__gt="")
    for kind in _SURE:
        first = earlier.filter(digest__in=_digests(kind))
        _set(persons.filter(root=None), "root", first, "row")
    at_address = earlier.filter(
        digest__in=_digests(ContactKind.POSTAL_ADDRESS),
        row__name_word=OuterRef("name_word"),
    )
    _set(persons.filter(named, root=None), "root", at_address, "row")
    _set(persons.filter(named, without, root=None), "root", bare, "pk")
    # the organisation's own row, wherever it stands, before those beside its people
    own = Q(is_beside=False) | Q(pk__lt=OuterRef("pk"))
    organisation = same_name.filter(own).exclude(organisation_name="").order_by("is_beside", "pk")
    _set(rows.filter(is_beside=True), "root", organisation, "pk")


def _follow(bringing: Import, between: Between) -> None:
    """Let each row lead to the very first about the same, and to whom that one is about."""
    roots = ImportedRow.objects.filter(pk=OuterRef("root")).order_by()
    for rows in ranges(bringing):
        while rows.filter(root__root__isnull=False).update(root=Subquery(roots.values("root"))):
            between()
    beside = ImportedRow.objects.filter(pk=OuterRef("organisation")).order_by()
    for rows in ranges(bringing):
        rows.filter(customer_key=None, root__customer_key__isnull=False).update(
            customer_key=Subquery(roots.values("customer_key"))
        )
        rows.filter(organisation__root__isnull=False).update(
            organisation=Subquery(beside.values("root"))
        )
        between()


def _compare(rows: Rows) -> None:
    """Say whether rows about somebody known say anything new."""
    told = list(rows.values("pk", "customer_key", "root", "organisation", *_COMPARED))
    of_roots = ImportedRow.objects.filter(pk__in={row["root"] for row in told} - {None})
    roots = {row["pk"]: row for row in of_roots.values("pk", "organisation", *_COMPARED)}
    keys = {row["customer_key"] for row in told} - {None}
    there = {row["pk"]: row for row in _customers(keys)}
    speaking = _organisations_of(keys)
    named = ImportedRow.objects.in_bulk({row["organisation"] for row in told} - {None})
    found: dict[str, list[int]] = defaultdict(list)
    for row in told:
        known = there.get(row["customer_key"]) or roots[row["root"]]
        if bool(row["organisation_name"]) != bool(known["organisation_name"]) and name_of(row):
            found[OTHER_KIND].append(row["pk"])
            continue
        says_new = any(not _is_told(name, row[name], known[name]) for name in _COMPARED)
        if (organisation := named.get(row["organisation"])) and not says_new:
            if row["customer_key"]:
                says_new = closed(organisation.organisation_name) not in speaking[known["pk"]]
            else:
                says_new = row["organisation"] != known["organisation"]
        found[DUPLICATE if says_new else IDENTICAL].append(row["pk"])
    for code, pks in found.items():
        ImportedRow.objects.filter(pk__in=pks).update(code=code)


def _customers(keys: Iterable[int]) -> list[dict[str, Any]]:
    rows: Any = Customer.objects.filter(pk__in=keys).order_by().values("pk", *_COMPARED)
    return list(rows)


def _organisations_of(keys: Iterable[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    roles = ContactRole.objects.filter(person__in=keys, organisation__isnull=False).order_by()
    for person, name in roles.values_list("person", "organisation__organisation_name"):
        found[person].add(closed(name))
    return found


def _is_told(name: str, value: Any, known: Any) -> bool:
    """Whether `value` says nothing that is not known; an empty cell says nothing."""
    if not value or value == known:
        return True
    same = _LOOSE.get(name)
    return bool(same and known and same(value) == same(known))


def fate_of(code: str, duplicates: str) -> Fate:
    """What becomes of a row of customers by what it is and what was chosen."""
    if code == DUPLICATE and duplicates == Duplicates.MERGE:
        return Fate.MERGED
    if code in (DUPLICATE, OTHER_KIND) and duplicates == Duplicates.STORE:
        return Fate.STORED
    return Fate.SKIPPED if code else Fate.STORED


def decide(bringing: Import, duplicates: str, *, between: Between | None = None) -> None:
    """Give each matched row its fate, and its customer's key: that of one who is there, of the
    first row about the same, or its own new one."""
    between = between or Pauses()
    first = ImportedRow.objects.filter(pk=OuterRef("root")).order_by().values("new_key")
    is_of_customers = bringing.kind == Kind.CUSTOMERS
    for rows in ranges(bringing):
        own = rows.filter(is_beside=False).exclude(fate=Fate.REFUSED)
        for code in (IDENTICAL, DUPLICATE, OTHER_KIND):
            fate = fate_of(code, duplicates)
            one = own.filter(code=code)
            one.update(fate=fate)
            if fate == Fate.STORED and is_of_customers:
                one.update(customer_key=F("new_key"), root=None, is_new=True)
        own.filter(customer_key=None, root__isnull=False).update(customer_key=Subquery(first))
        own.filter(customer_key=None).update(customer_key=F("new_key"), is_new=is_of_customers)
        between()
    wanted = ImportedRow.objects.filter(
        organisation=OuterRef("pk"), fate__in=(Fate.STORED, Fate.MERGED)
    )
    for rows in ranges(bringing):
        beside = rows.filter(is_beside=True)
        beside.exclude(customer_key=None, root=None).update(fate=Fate.SKIPPED)
        new = beside.filter(customer_key=None, root=None)
        new.filter(~Exists(wanted)).update(fate=Fate.SKIPPED)
        new.filter(fate=Fate.STORED).update(customer_key=F("new_key"), is_new=True)
        between()
    if not is_of_customers:
        _decide_who_is_new(bringing)


def _decide_who_is_new(bringing: Import) -> None:
    """A customer of orders is new with the first of the rows, whatever becomes of that one."""
    follower = ImportedRow.objects.filter(
        root=OuterRef("pk"), fate=Fate.STORED, customer_key=OuterRef("new_key")
    )
    for rows in ranges(bringing):
        own = rows.filter(customer_key=F("new_key"))
        own.filter(Q(fate=Fate.STORED) | Exists(follower)).update(is_new=True)
