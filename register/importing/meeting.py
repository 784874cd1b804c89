"""Whom a row meets: somebody who is there already, or the first row of the file about the same.

Two are the same who have the same e-mail address or phone number, however spelt, under names that
can be one customer's; or the same name at the same address; of who has no contact at all, the same
name and no contact either. Of several behind one e-mail address the one with the same name comes
first. A row about a customer that is only reached as another is, is about neither of them: it says
so (`OTHERS`), and names the other. An order of such a row is a new customer's.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, Subquery

from audit.bulk import A_BLOCK, fill
from register.models.customers import Customer
from register.models.imports import Fate, Import, ImportedContact, ImportedRow
from register.models.prohibitions import ContactDigest, ContactKind
from register.models.words import OF_CUSTOMER, Word, closed

from .identity import NAMES, OTHERS, Named, other_than
from .staging import batched, name_of

#: What makes two the same on its own, the surest first.
SURE = (ContactKind.EMAIL, ContactKind.PHONE)
#: Of several customers nobody can tell whose an order or invoice is.
SEVERAL_NAMED, SEVERAL_REACHED = "several_named", "several_reached"
#: As many names behind one e-mail address or phone number are looked at one by one.
MOST_NAMES = 100
Rows = QuerySet[ImportedRow]
Between = Callable[[], object]


def ranges(bringing: Import, size: int = 10 * A_BLOCK) -> Iterator[Rows]:
    """The staged rows in ranges of their keys, so that no statement holds the database for long."""
    rows = ImportedRow.objects.filter(bringing=bringing).order_by()
    ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
    for start in range(ends["first"] or 1, (ends["last"] or 0) + 1, size):
        yield rows.filter(pk__gte=start, pk__lt=start + size)


class _Sharing:
    """Who share an e-mail address or phone number, each by the names that they go by."""

    def __init__(self) -> None:
        self._alike: dict[tuple[bool, str], int] = {}
        self._names: dict[int, list[Named]] = defaultdict(list)

    def add(self, key: int, names: Iterable[Named]) -> None:
        for name in names:
            self._alike.setdefault(name.key, key)
            if len(self._names[key]) < MOST_NAMES:
                self._names[key].append(name)

    def alike(self, name: Named) -> int | None:
        """The first who has `name`."""
        return self._alike.get(name.key)

    def fitting(self, name: Named, *, by_email: bool) -> list[int]:
        """Those who may be whom `name` names."""
        return [
            key
            for key, names in islice(self._names.items(), MOST_NAMES)
            if not any(other_than(name, its, by_email=by_email) for its in names)
        ]

    def other(self, name: Named, *, by_email: bool) -> tuple[int, str] | None:
        """The first who is somebody else, and why."""
        for key, names in islice(self._names.items(), MOST_NAMES):
            for its in names:
                if why := other_than(name, its, by_email=by_email):
                    return key, why
        return None


# --- those who are there


def meet_known(rows: Rows, *, of_customers: bool) -> None:
    """Set `customer_key` of those of `rows`, a block, who are there already. Of orders and invoices
    also of who has nothing but a name, where one customer alone bears it; where nobody can tell
    which of several it is, the row is refused. Rows of customers who are only reached as somebody
    else is have that one, and the `code` that says so."""
    persons = rows.filter(is_beside=False)
    others = _meet_reached(persons, of_customers)
    _meet_at_address(persons.filter(customer_key=None, name_word__gt=""))
    bare = persons.filter(_without_contacts(), customer_key=None, name_word__gt="")
    if of_customers:
        _meet_bare(bare)
    else:
        _meet_by_name(bare)
    _meet_organisations(rows.filter(is_beside=True, name_word__gt=""))
    for code, found in others.items():
        persons.filter(pk__in=found, customer_key=None).update(code=code)
        fill(ImportedRow, ["customer_key"], found.items())


def _meet_reached(rows: Rows, of_customers: bool) -> dict[str, dict[int, int]]:
    """Whom the rows reach by e-mail address or phone number. Gives, by code, the rows of customers
    that reach somebody else only, with the first of those."""
    met = {kind: found for kind in SURE if (found := _met(rows, kind))}
    reaching = {pk for found in met.values() for pk in found}
    own: dict[int, int] = {}
    others: dict[str, dict[int, int]] = defaultdict(dict)
    several: list[int] = []
    for row in rows.filter(pk__in=reaching).values("pk", *NAMES) if reaching else ():
        pk, name = row["pk"], Named.of(row)
        shared = [(kind, one) for kind, found in met.items() for one in found.get(pk, ())]
        alike = next((key for _kind, one in shared if (key := one.alike(name))), None)
        if alike:
            own[pk] = alike
            continue
        ways = (one.fitting(name, by_email=kind == ContactKind.EMAIL) for kind, one in shared)
        fitting = next(filter(None, ways), [])
        if fitting and (of_customers or len(fitting) == 1):
            own[pk] = fitting[0]
        elif fitting:
            several.append(pk)
        elif of_customers:
            for kind, one in shared:
                if other := one.other(name, by_email=kind == ContactKind.EMAIL):
                    others[other[1]][pk] = other[0]
                    break
    fill(ImportedRow, ["customer_key"], own.items())
    _refuse(rows, several, SEVERAL_REACHED)
    return others


def _refuse(rows: Rows, keys: Iterable[int], code: str) -> None:
    rows.filter(pk__in=keys).update(code=code, fate=Fate.REFUSED)


def _met(rows: Rows, kind: str) -> dict[int, list[_Sharing]]:
    """By row, the customers who are reached as its person is."""
    contacts = ImportedContact.objects.filter(row__in=rows.values("pk"), kind=kind).order_by()
    there = ContactDigest.objects.filter(
        digest__in=contacts.values("digest"), customer__erased_at__isnull=True
    ).order_by("customer")
    named = (f"customer__{name}" for name in NAMES)
    reached: dict[str, _Sharing] = defaultdict(_Sharing)
    for digest, key, *name in there.values_list("digest", "customer_id", *named):
        reached[digest].add(key, [Named(*name)])
    if not reached:
        return {}
    found: dict[int, list[_Sharing]] = defaultdict(list)
    for row, digest in contacts.values_list("row_id", "digest"):
        if digest in reached:
            found[row].append(reached[digest])
    return found


def _by_key(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _without_contacts() -> Any:
    return ~Exists(ImportedContact.objects.filter(row=OuterRef("pk")).order_by())


def _meet_at_address(rows: Rows) -> None:
    """By the same name at the same address."""
    met = _met(rows, ContactKind.POSTAL_ADDRESS)
    if not met:
        return
    told = {row["pk"]: Named.of(row) for row in rows.values("pk", *NAMES)}
    same = (
        (pk, [key for one in met[pk] if (key := one.alike(name))])
        for pk, name in told.items()
        if pk in met
    )
    _take_first({pk: keys for pk, keys in same if keys})


def _same_names(rows: Rows, candidates: dict[Any, list[int]], column: str) -> dict[int, list[int]]:
    """Of the `candidates` of each row (by its `column`) those with the same name."""
    keys = {key for some in candidates.values() for key in some}
    if not keys:
        return {}
    names = {one.pk: closed(one.name) for one in Customer.objects.filter(pk__in=keys)}
    same = {}
    for row in rows.values("pk", "name_word", *NAMES):
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
    _refuse(rows, several, SEVERAL_NAMED)
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


def meet_earlier(bringing: Import, between: Between, *, of_customers: bool) -> None:
    """Set the `root` of each row that is not the first about the same. A row of customers that is
    only reached as an earlier one is has that one, and the `code` that says so."""
    everyone = ImportedRow.objects.filter(bringing=bringing, fate=Fate.STORED, name_word__gt="")
    for kind in SURE:
        contacts = ImportedContact.objects.filter(
            bringing=bringing, kind=kind, row__fate=Fate.STORED
        )
        for shared in _shared(contacts, "digest"):
            _meet_sharing(contacts.filter(digest__in=shared), kind, of_customers)
            between()
    addresses = ImportedContact.objects.filter(
        bringing=bringing,
        kind=ContactKind.POSTAL_ADDRESS,
        row__fate=Fate.STORED,
        row__name_word__gt="",
    )
    for shared in _shared(addresses, "digest"):
        told = addresses.filter(digest__in=shared).order_by("row_id")
        marks = told.values_list("row_id", "digest", "row__name_word")
        _set_roots((row, (digest, name)) for row, digest, name in marks)
        between()
    bare = everyone.filter(_without_contacts(), is_beside=False)
    for shared in _shared(bare, "name_word"):
        _set_roots(bare.filter(name_word__in=shared).order_by("pk").values_list("pk", "name_word"))
        between()
    # the organisation's own row, wherever it stands, before those beside its people
    organisations = everyone.filter(organisation_name__gt="").exclude(code__in=OTHERS)
    for shared in _shared(organisations, "name_word"):
        named = organisations.filter(name_word__in=shared).order_by("is_beside", "pk")
        beside = set(named.filter(is_beside=True).values_list("pk", flat=True))
        _set_roots(named.values_list("pk", "name_word"), beside)
        between()


def _meet_sharing(contacts: "QuerySet[ImportedContact]", kind: str, of_customers: bool) -> None:
    """As `meet_earlier`, of the rows of `contacts`, by an e-mail address or phone number."""
    by_email = kind == ContactKind.EMAIL
    keys = contacts.order_by().values("row__customer_key")
    customers = Customer.objects.filter(pk__in=keys).values("pk", *NAMES)
    known = {one["pk"]: Named.of(one) for one in customers}
    heads: dict[str, _Sharing] = defaultdict(_Sharing)
    key_of: dict[int, int] = {}
    roots: dict[int, int] = {}
    others: dict[str, dict[int, int]] = defaultdict(dict)
    mended: set[int] = set()
    several: list[int] = []
    own = ("row_id", "digest", "row__root", "row__customer_key", "row__code")
    names = [f"row__{name}" for name in NAMES] + [f"row__root__{name}" for name in NAMES]
    for pk, digest, root, key, code, *told in contacts.order_by("row_id").values_list(*own, *names):
        name, of_root = Named(*told[:3]), Named(*(part or "" for part in told[3:]))
        if is_other := code in OTHERS:
            root = key = None
        root = root or roots.get(pk)
        goes_by = [name, *([of_root] if root else []), *([known[key]] if key in known else [])]
        sharing = heads[digest]
        if root is None:
            alike = sharing.alike(name)
            found = [alike] if alike else sharing.fitting(name, by_email=by_email)
            found = [one for one in found if not key or key_of.get(one, key) == key]
            if len(found) > 1 and not of_customers and not key:
                several.append(pk)
                continue
            if found:
                root = roots[pk] = found[0]
                if is_other:
                    mended.add(pk)
            elif (
                of_customers
                and not (key or is_other)
                and (other := sharing.other(name, by_email=by_email))
            ):
                others[other[1]][pk] = other[0]
        if key:
            key_of.setdefault(root or pk, key)
        sharing.add(root or pk, goes_by)
    rows = ImportedRow.objects.all()
    for block in batched(mended, A_BLOCK):
        # the same as another row, which is not about that customer either
        rows.filter(pk__in=block).update(root=None, customer_key=None, code="")
    for code, found_of in others.items():
        for block in batched(found_of, A_BLOCK):
            rows.filter(pk__in=block, code="").update(code=code)
        roots |= found_of
    fill(ImportedRow, ["root"], roots.items())
    for block in batched(several, A_BLOCK):
        _refuse(rows, block, SEVERAL_REACHED)


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
        # not from somebody to whoever is only reached in the same way
        led = rows.filter(root__root__isnull=False).exclude(root__code__in=OTHERS)
        while led.update(root=Subquery(roots.values("root"))):
            between()
    beside = ImportedRow.objects.filter(pk=OuterRef("organisation")).order_by()
    for rows in ranges(bringing):
        known = rows.filter(customer_key=None, root__customer_key__isnull=False)
        known.exclude(root__code__in=OTHERS).update(
            customer_key=Subquery(roots.values("customer_key"))
        )
        rows.filter(organisation__root__isnull=False).update(
            organisation=Subquery(beside.values("root"))
        )
        between()
