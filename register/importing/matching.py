"""What the staged rows are: new, the same as what is known, or different from it; and what becomes
of each by what people chose. Nothing is merged otherwise.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from audit.bulk import A_BLOCK, Pauses, insert_rows
from register.emails import same_mailbox
from register.models.customers import ContactRole, Customer
from register.models.imports import (
    BILLING_LEFT,
    Duplicates,
    Fate,
    Import,
    ImportedRow,
    ImportLine,
)
from register.models.restrictions import Restriction
from register.models.words import closed, dialled

from .billings import TARGETS, billing_of, differing, says_new
from .identity import NAMES, OTHERS, Named, other_than, shortens
from .mapping import Kind
from .meeting import (
    SEVERAL_NAMED,
    SEVERAL_REACHED,
    Between,
    Rows,
    follow,
    meet_earlier,
    meet_known,
    ranges,
)
from .staging import VALUES
from .vouchers import (
    COMPLETED,
    DAYS_DIFFER,
    DIFFERS,
    DUPLICATE,
    IDENTICAL,
    NOT_WHOLE,
    NUMBER_TAKEN,
    find_vouchers,
)

#: About somebody whose data, all or some, may only be kept.
RESTRICTED = "restricted"
#: About somebody whose erasure waits: nothing new is stored about them but what it waits for.
TO_ERASE = "to_erase"
#: Somebody chose for another customer than the row is about by now.
MISSED = "missed"
#: What a row can be found to be; all else is told by the row alone.
DECIDED = (
    *(IDENTICAL, DUPLICATE, *OTHERS, MISSED, RESTRICTED, TO_ERASE),
    *(COMPLETED, DIFFERS, NUMBER_TAKEN, NOT_WHOLE, DAYS_DIFFER),
    *(SEVERAL_NAMED, SEVERAL_REACHED),
)
#: Compared by how they are dialled or sent to, and not by their spelling.
_LOOSE = {"email": same_mailbox, "phone": dialled}
_COMPARED = tuple(name for name in VALUES if name != "phone_e164")
#: What a row is before anything is known of it.
_ANEW: dict[str, Any] = {
    "fate": Fate.STORED,
    "customer_key": None,
    "root": None,
    "code": "",
    "is_new": False,
}


def match(bringing: Import, *, between: Between | None = None) -> None:
    """Find of each staged row who is there already (`customer_key`) or stands earlier in the file
    (`root`), and of customers whether it says anything new (`code`). May be done again any time:
    the register goes on changing. `between` is called between two blocks."""
    between = between or Pauses()
    of_customers = bringing.kind == Kind.CUSTOMERS
    done = _Compared(bringing)
    for rows in ranges(bringing):
        rows.exclude(**_ANEW).exclude(fate=Fate.REFUSED, code="").update(**_ANEW)
        between()
    ImportLine.objects.filter(bringing=bringing, code=BILLING_LEFT).delete()
    for rows in ranges(bringing, A_BLOCK):
        with transaction.atomic():
            meet_known(rows.filter(fate=Fate.STORED), of_customers=of_customers)
        done.half(A_BLOCK)
        between()
    meet_earlier(bringing, between, of_customers=of_customers)
    follow(bringing, between)
    for rows in ranges(bringing):
        for code, refused in refusing(bringing).items():
            rows.filter(fate=Fate.STORED).filter(refused).update(code=code, fate=Fate.REFUSED)
        between()
    if of_customers:
        for rows in ranges(bringing, A_BLOCK):
            known = Q(customer_key__isnull=False) | Q(root__isnull=False)
            _compare(rows.filter(known, fate=Fate.STORED, is_beside=False, code=""))
            done.half(A_BLOCK)
            between()
    else:
        for rows in ranges(bringing, A_BLOCK):
            find_vouchers(bringing, rows.filter(fate=Fate.STORED, is_beside=False))
            done.half(A_BLOCK)
    for rows in ranges(bringing, A_BLOCK):
        _tell_billing_left(bringing, rows, of_customers=of_customers)
        between()


class _Compared:
    """Lets the page show how far it is: each row is gone through twice."""

    def __init__(self, bringing: Import) -> None:
        self.bringing, self._halves = bringing, 0

    def half(self, rows: int) -> None:
        self._halves += rows
        done = min(self._halves // 2, self.bringing.rows)
        Import.objects.filter(pk=self.bringing.pk).update(compared=done)


def refusing(bringing: Import) -> dict[str, Q]:
    """The rows of customers of whom nothing comes in, by why. Of who is to be erased invoices do:
    an erasure waits for what is owed (E05, E06)."""
    found = {RESTRICTED: at_rest()}
    if bringing.kind != Kind.INVOICES:
        leaving = Customer.objects.filter(to_erase_at__isnull=False).order_by()
        found[TO_ERASE] = Q(Exists(leaving.filter(pk=OuterRef("customer_key"))))
    return found


def at_rest() -> Q:
    """Rows about somebody, or about a person of an organisation, whose data are restricted, all or
    some: nothing comes in until that is lifted (art. 18; S03)."""
    resting = Restriction.objects.in_force().order_by()
    own = resting.filter(customer=OuterRef("customer_key"))
    beside = resting.filter(customer=OuterRef("organisation__customer_key"))
    return Q(Exists(own)) | Q(Exists(beside))


def _compare(rows: Rows) -> None:
    """Say whether rows about somebody known say anything new."""
    told = list(rows.values("pk", "customer_key", "root", "billing", "organisation", *_COMPARED))
    of_roots = ImportedRow.objects.filter(pk__in={row["root"] for row in told} - {None})
    roots = {
        row["pk"]: row
        for row in of_roots.values("pk", "code", "billing", "organisation", *_COMPARED)
    }
    keys = {row["customer_key"] for row in told} - {None}
    there = {row["pk"]: row for row in _customers(keys)}
    speaking = _organisations_of(keys)
    named = ImportedRow.objects.in_bulk({row["organisation"] for row in told} - {None})
    bills = _Bills(told, roots, named)
    found: dict[str, list[int]] = defaultdict(list)
    for row in told:
        known = there.get(row["customer_key"]) or roots[row["root"]]
        by_email = bool(row["email"]) and _is_told("email", row["email"], known["email"])
        if why := other_than(Named.of(row), Named.of(known), by_email=by_email):
            found[why].append(row["pk"])
            continue
        says_new = any(
            not _is_told(name, row[name], known[name]) for name in _COMPARED
        ) or bills.are_new(row)
        if (organisation := named.get(row["organisation"])) and not says_new:
            if row["customer_key"]:
                says_new = closed(organisation.organisation_name) not in speaking[known["pk"]]
            else:
                says_new = row["organisation"] != known["organisation"]
        # who is nobody of the register so far is changed by no row
        differs = known["code"] if known.get("code") in OTHERS else DUPLICATE
        found[differs if says_new else IDENTICAL].append(row["pk"])
    for code, pks in found.items():
        ImportedRow.objects.filter(pk__in=pks).update(code=code)


class _Bills:
    """How those who are there, and those earlier in the file, are billed."""

    def __init__(
        self,
        told: list[dict[str, Any]],
        roots: Mapping[int, dict[str, Any]],
        named: Mapping[int, ImportedRow],
    ) -> None:
        self._roots, self._named = roots, named
        keys = {row["customer_key"] for row in told if row["billing"]}
        keys |= {one.customer_key for one in named.values() if one.billing}
        self._there = billing_of(keys - {None}) if keys else {}

    def are_new(self, row: Mapping[str, Any]) -> bool:
        """Whether `row` tells another billing of its customer, or of its organisation."""
        if beside := self._named.get(row["organisation"]):
            there = self._there.get(beside.customer_key or 0)
            return beside.customer_key is not None and says_new(beside.billing, there)
        if row["customer_key"]:
            return says_new(row["billing"], self._there.get(row["customer_key"]))
        return says_new(row["billing"], self._roots[row["root"]]["billing"])


def _tell_billing_left(bringing: Import, rows: Rows, *, of_customers: bool) -> None:
    """Say which rows tell another billing of their customer than what is kept: the first row of a
    new customer says it, and orders and invoices change nobody's. Where a row about a customer is
    left out or merged, that is told of the whole row."""
    known = Q(customer_key__isnull=False) | Q(root__isnull=False)
    some = rows.filter(known, fate=Fate.STORED, billing__isnull=False)
    if of_customers:
        some = some.filter(is_beside=True, customer_key=None)
    told: list[Any] = list(some.values("line", "billing", "customer_key", "root"))
    if not told:
        return
    firsts: dict[Any, Any] = dict(
        ImportedRow.objects.filter(pk__in={row["root"] for row in told} - {None}).values_list(
            "pk", "billing"
        )
    )
    there = billing_of({row["customer_key"] for row in told} - {None})
    headings = {
        target: name for _place, name, target, why in bringing.reading["columns"] if not why
    }
    lines = {
        (row["line"], headings.get(TARGETS[name], ""))
        for row in told
        for name in differing(
            row["billing"],
            there.get(row["customer_key"]) if row["customer_key"] else firsts[row["root"]],
        )
    }
    insert_rows(
        ImportLine,
        ("bringing", "line", "fate", "code", "column"),
        [(bringing.pk, line, "", BILLING_LEFT, column[:200]) for line, column in sorted(lines)],
    )


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
    if not value or value == known or (name in NAMES and shortens(value, known)):
        return True
    same = _LOOSE.get(name)
    return bool(same and known and same(value) == same(known))


def choosable(bringing: Import) -> Rows:
    """The rows about customers who are there already, and that differ: somebody may choose what
    becomes of each."""
    return _decidable(bringing).filter(customer_key__isnull=False).order_by("pk")


def asks_for_all(bringing: Import) -> bool:
    """Whether there is a row of which the choice for all says something."""
    return _decidable(bringing).exists()


def _decidable(bringing: Import) -> Rows:
    found = ImportedRow.objects.filter(bringing=bringing, is_beside=False)
    return found.filter(code__in=(DUPLICATE, *OTHERS))


def fate_of(code: str, duplicates: str) -> Fate:
    """What becomes of a row of customers by what it is and what was chosen."""
    if code == DUPLICATE and duplicates == Duplicates.MERGE:
        return Fate.MERGED
    if code in (DUPLICATE, *OTHERS) and duplicates == Duplicates.STORE:
        return Fate.STORED
    return Fate.SKIPPED if code else Fate.STORED


def decide(bringing: Import, duplicates: str, *, between: Between | None = None) -> None:
    """Give each matched row its fate, by its own choice or by that for all, and say which become
    customers."""
    between = between or Pauses()
    is_of_customers = bringing.kind == Kind.CUSTOMERS
    if is_of_customers:
        for rows in ranges(bringing):
            decide_rows(rows, duplicates)
            between()
    for rows in ranges(bringing):
        decide_beside(rows)
        between()
    if not is_of_customers:
        _decide_who_is_new(bringing)


def decide_rows(rows: Rows, duplicates: str) -> None:
    """As `decide`, for some rows of customers; may be done again as choices change."""
    own = rows.filter(is_beside=False).exclude(fate=Fate.REFUSED)
    # the customer may be gone, at their own wish: then not even a new one is made of the row
    own.exclude(choice="").exclude(customer_key=F("chosen_for")).update(code=MISSED)
    own.filter(customer_key=None, root__code=MISSED).update(code=MISSED)
    for code, choice in set(own.order_by().values_list("code", "choice").distinct()):
        fate = fate_of(code, choice or duplicates)
        own.filter(code=code, choice=choice).update(fate=fate, is_new=fate == Fate.STORED)


def decide_beside(rows: Rows) -> None:
    """As `decide`, for organisations beside the people of decided rows."""
    speaking = ImportedRow.objects.filter(
        organisation=OuterRef("pk"), fate__in=(Fate.STORED, Fate.MERGED)
    )
    # who comes with an order that is there already brings nobody along
    wanted = Exists(speaking.exclude(code=COMPLETED))
    beside = rows.filter(is_beside=True)
    beside.exclude(customer_key=None, root=None).update(fate=Fate.SKIPPED)
    unknown = beside.filter(customer_key=None, root=None)
    unknown.filter(~wanted).update(fate=Fate.SKIPPED, is_new=False)
    unknown.filter(wanted).update(fate=Fate.STORED, is_new=True)


def _decide_who_is_new(bringing: Import) -> None:
    """A customer of orders is new with the first of the rows, whatever becomes of that one."""
    follower = ImportedRow.objects.filter(root=OuterRef("pk"), fate=Fate.STORED)
    for rows in ranges(bringing):
        first = rows.filter(customer_key=None, root=None, is_beside=False)
        first.filter(Q(fate=Fate.STORED) | Exists(follower)).update(is_new=True)
