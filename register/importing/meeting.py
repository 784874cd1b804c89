"""Whom a row meets: somebody who is there already, or the first row of the file about the same.

Two are the same who have the same e-mail address or phone number, however spelt, or the same name
at the same address; of who has no contact at all, the same name and no contact either.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, Subquery

from audit.bulk import A_BLOCK, fill
from register.models.customers import Customer
from register.models.imports import Fate, Import, ImportedContact, ImportedRow
from register.models.prohibitions import ContactDigest, ContactKind
from register.models.words import OF_CUSTOMER, Word, closed

from .staging import name_of

#: What makes two the same on its own, the surest first.
SURE = (ContactKind.EMAIL, ContactKind.PHONE)
SEVERAL_NAMED = "several_named"
_NAMES = ("given_name", "family_name", "organisation_name")
Rows = QuerySet[ImportedRow]
Between = Callable[[], object]


def ranges(bringing: Import, size: int = 10 * A_BLOCK) -> Iterator[Rows]:
    """The staged rows in ranges of their keys, so that no statement holds the database for long."""
    rows = ImportedRow.objects.filter(bringing=bringing).order_by()
    ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
    for start in range(ends["first"] or 1, (ends["last"] or 0) + 1, size):
        yield rows.filter(pk__gte=start, pk__lt=start + size)


# --- those who are there


def meet_known(rows: Rows, *, by_name: bool = False) -> None:
    """Set `customer_key` of those of `rows`, a block, who are there already; `by_name` also of who
    has nothing but a name, where one customer alone bears it."""
    persons = rows.filter(is_beside=False)
    for kind in SURE:
        left = persons.filter(customer_key=None)
        _take_first(_met(left, kind))
    _meet_at_address(persons.filter(customer_key=None, name_word__gt=""))
    bare = persons.filter(_without_contacts(), customer_key=None, name_word__gt="")
    if by_name:
        _meet_by_name(bare)
    else:
        _meet_bare(bare)
    _meet_organisations(rows.filter(is_beside=True, name_word__gt=""))


def _met(rows: Rows, kind: str) -> dict[int, list[int]]:
    """By row, the customers who are reached as its person is."""
    contacts = ImportedContact.objects.filter(row__in=rows.values("pk"), kind=kind).order_by()
    there = ContactDigest.objects.filter(
        digest__in=contacts.values("digest"), customer__erased_at__isnull=True
    ).order_by()
    reached = _by_key(there.values_list("digest", "customer_id"))
    if not reached:
        return {}
    found: dict[int, list[int]] = defaultdict(list)
    for row, digest in contacts.filter(digest__in=reached).values_list("row_id", "digest"):
        found[row] += reached[digest]
    return found


def _by_key(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _without_contacts() -> Any:
    return ~Exists(ImportedContact.objects.filter(row=OuterRef("pk")).order_by())


def _meet_at_address(rows: Rows) -> None:
    _take_first(_same_names(rows, _met(rows, ContactKind.POSTAL_ADDRESS), "pk"))


def _same_names(rows: Rows, candidates: dict[Any, list[int]], column: str) -> dict[int, list[int]]:
    """Of the `candidates` of each row (by its `column`) those with the same name."""
    keys = {key for some in candidates.values() for key in some}
    if not keys:
        return {}
    names = {one.pk: closed(one.name) for one in Customer.objects.filter(pk__in=keys)}
    same = {}
    for row in rows.values("pk", "name_word", *_NAMES):
        name = closed(name_of(row))
        if found := [key for key in candidates.get(row[column], ()) if names[key] == name]:
            same[row["pk"]] = found
    return same


def _take_first(same: dict[int, list[int]]) -> None:
    fill(ImportedRow, ["customer_key"], ((row, min(keys)) for row, keys in same.items()))


def _meet_bare(rows: Rows) -> None:
    """Who has no contact either."""
    words = Word.objects.filter(
        word__in=set(rows.values_list("name_word", flat=True)),
        origin=OF_CUSTOMER,
        customer__erased_at__isnull=True,
        customer__email="",
        customer__phone="",
        customer__street="",
    )
    by_word = _by_key(words.values_list("word", "customer_id"))
    _take_first(_same_names(rows, by_word, "name_word"))


def _meet_by_name(rows: Rows) -> None:
    """The only customer of the name; of several nobody knows which one is meant."""
    named = Word.objects.filter(
        word__begins=OuterRef("name_word"), origin=OF_CUSTOMER, customer__erased_at__isnull=True
    ).values("customer_id")
    found = rows.annotate(
        first=Subquery(named.order_by("customer_id")[:1]),
        last=Subquery(named.order_by("-customer_id")[:1]),
    ).filter(first__isnull=False)
    ends = {pk: {first, last} for pk, first, last in found.values_list("pk", "first", "last")}
    same = _same_names(rows, {pk: list(keys) for pk, keys in ends.items()}, "pk")
    several = [row for row, keys in same.items() if len(keys) > 1]
    rows.filter(pk__in=several).update(code=SEVERAL_NAMED, fate=Fate.REFUSED)
    _take_first({row: keys for row, keys in same.items() if len(keys) == 1})


def _meet_organisations(rows: Rows) -> None:
    """Organisations beside a person are known by their name."""
    named = Word.objects.filter(
        word__begins=OuterRef("name_word"), origin=OF_CUSTOMER, customer__erased_at__isnull=True
    ).exclude(customer__organisation_name="")
    first = Subquery(named.order_by("word", "customer_id").values("customer_id")[:1])
    # a word says how a name begins; the whole of it is compared
    found = rows.annotate(candidate=first).filter(candidate__isnull=False)
    candidates = {pk: [key] for pk, key in found.values_list("pk", "candidate")}
    _take_first(_same_names(rows, candidates, "pk"))


# --- those earlier in the file


def meet_earlier(bringing: Import, between: Between) -> None:
    """Set the `root` of each row that is not the first about the same."""
    everyone = ImportedRow.objects.filter(bringing=bringing, fate=Fate.STORED, name_word__gt="")
    for kind in (*SURE, ContactKind.POSTAL_ADDRESS):
        contacts = ImportedContact.objects.filter(
            bringing=bringing, kind=kind, row__fate=Fate.STORED
        )
        for shared in _shared(contacts, "digest"):
            told = contacts.filter(digest__in=shared).order_by("row_id")
            marks = told.values_list("row_id", "digest", "row__name_word")
            is_sure = kind in SURE
            _set_roots((row, digest if is_sure else (digest, name)) for row, digest, name in marks)
            between()
    bare = everyone.filter(_without_contacts(), is_beside=False)
    for shared in _shared(bare, "name_word"):
        _set_roots(bare.filter(name_word__in=shared).order_by("pk").values_list("pk", "name_word"))
        between()
    # the organisation's own row, wherever it stands, before those beside its people
    organisations = everyone.filter(organisation_name__gt="")
    for shared in _shared(organisations, "name_word"):
        named = organisations.filter(name_word__in=shared).order_by("is_beside", "pk")
        beside = set(named.filter(is_beside=True).values_list("pk", flat=True))
        _set_roots(named.values_list("pk", "name_word"), beside)
        between()


def _shared(rows: "QuerySet[Any]", column: str) -> Iterator[list[str]]:
    """Values of `column` that several rows have, in blocks."""
    several = rows.order_by(column).values(column).annotate(many=Count("pk")).filter(many__gt=1)
    values, last = several.values_list(column, flat=True), ""
    while block := list(values.filter(**{f"{column}__gt": last})[:A_BLOCK]):
        yield block
        last = block[-1]


def _set_roots(marked: Iterable[tuple[int, Any]], only: Container[int] | None = None) -> None:
    """Let each row lead to the first with the same mark; `only` these rows."""
    first: dict[Any, int] = {}
    pairs = []
    for row, mark in marked:
        root = first.setdefault(mark, row)
        if root != row and (only is None or row in only):
            pairs.append((row, root))
    fill(ImportedRow, ["root"], pairs)


def follow(bringing: Import, between: Between) -> None:
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
