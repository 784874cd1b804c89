"""The rows of a file, checked, in tables of their own: nothing of them is in the register yet."""

import dataclasses
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import compress, islice
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from django.utils import timezone

from audit.bulk import A_BLOCK, Pauses, insert_rows, learn, reserve_keys
from notices.models import Notice
from register.models.collection import Collection
from register.models.customers import new_reference
from register.models.imports import (
    IN_NOTES,
    NOT_KEPT,
    UNCLEAR_NOTES,
    Fate,
    Import,
    ImportedContact,
    ImportedRow,
    ImportLine,
)
from register.models.invoices import ADDRESS
from register.models.prohibitions import contacts_of, digests_by_contact, meanings_of
from register.models.words import LONGEST, tokens_of
from register.phones import e164

from .faults import Problem
from .mapping import ColumnMap
from .records import CustomerRecord, InvoiceRecord, Normaliser, OrderRecord
from .refusals import kinds_of
from .tables import Table
from .targets import Target

ItemT = TypeVar("ItemT")
#: As long as the number of an order or invoice may be.
NUMBER = 50
Record = CustomerRecord | OrderRecord | InvoiceRecord
Progress = Callable[[int], object]

#: The columns of a customer that a file can fill.
VALUES = (
    "given_name",
    "family_name",
    "organisation_name",
    "email",
    "phone",
    "phone_e164",
    "street",
    "postcode",
    "city",
    "country",
    "website",
    "language",
    "ip_address",
    "ip_seen_on",
)
_READ = tuple(name for name in VALUES if name not in ("organisation_name", "phone_e164"))
_ROW = (
    *("id", "bringing", "line", "fate", "code", "organisation", "is_beside", "reference"),
    *("collected", *VALUES, "name_word", "forbids", "number", "voucher", "billing"),
)
_CONTACT = ("bringing", "row", "kind", "digest")
_LINE = ("bringing", "line", "fate", "code", "column", "further")


class _Block(NamedTuple):
    rows: list[tuple[Any, ...]]
    contacts: list[tuple[Any, ...]]
    lines: list[tuple[Any, ...]]


def begin(
    table: Table,
    columns: ColumnMap,
    *,
    notice: Notice,
    source_kind: str,
    source_name: str,
    now: datetime,
    by: Any = None,
    targets: Mapping[int, Target | None] | None = None,
) -> Import:
    """An import of `table` under `notice`, of which nothing has been read yet.

    `targets` are what somebody has chosen for columns, by their places.
    """
    with transaction.atomic():
        [key] = reserve_keys(Collection, 1)
        return Import.objects.create(
            kind=columns.kind,
            source_kind=source_kind,
            source_name=source_name,
            notice=notice,
            brought_by=by,
            begun_at=now,
            collection_key=key,
            reading={
                "format": table.format,
                "encoding": table.encoding,
                "delimiter": table.delimiter,
                "headings": table.headings,
                "remarks": [list(one) for one in table.remarks],
                "mapped": columns.mapped,
                "taken_apart": columns.taken_apart,
                "language": columns.language,
                "prohibiting": columns.prohibiting,
                "dropped": [[one.column.name, one.why] for one in columns.dropped],
                "columns": columns.by_place,
                "chosen": {place: target or "" for place, target in (targets or {}).items()},
            },
        )


def stage(bringing: Import, table: Table, columns: ColumnMap, *, now: datetime) -> None:
    """Read all rows of `table`. Raises `UnreadableTable` where reading cannot go on."""
    for _rows in staging(bringing, table, columns, now=now):
        pass


def staging(bringing: Import, table: Table, columns: ColumnMap, *, now: datetime) -> Iterator[int]:
    """`stage` in blocks that are each whole; gives after each how many rows have been read."""
    records = Normaliser(columns, today=timezone.localdate(now)).records(table.rows())
    pause = Pauses()
    for block in batched(records, A_BLOCK):
        _stage(bringing, block)
        bringing.rows += len(block)
        pause()
        yield bringing.rows
    learn(ImportedRow, ImportedContact)
    bringing.staged_at = now
    bringing.save(update_fields=["rows", "staged_at"])


def batched(items: Iterable[ItemT], size: int) -> Iterator[list[ItemT]]:
    """`items` in lists of `size` (itertools has it from Python 3.12)."""
    source = iter(items)
    while block := list(islice(source, size)):
        yield block


def _stage(bringing: Import, records: list[Record]) -> None:
    block = _Block([], [], [])
    # an organisation beside a person is a row of its own
    with transaction.atomic():
        keys = reserve_keys(ImportedRow, 2 * len(records))
    maker = _Rows(bringing, block, iter(keys))
    for record in records:
        maker.take(record)
    with transaction.atomic():
        insert_rows(ImportedRow, _ROW, block.rows)
        insert_rows(ImportedContact, _CONTACT, block.contacts)
        insert_rows(ImportLine, _LINE, block.lines)


class _Rows:
    """Makes the rows of one block."""

    def __init__(self, bringing: Import, block: _Block, keys: Iterator[int]) -> None:
        self._key, self._collection = bringing.pk, bringing.collection_key
        self._block, self._keys = block, keys

    def take(self, record: Record) -> None:
        customer = record if isinstance(record, CustomerRecord) else record.customer
        faults = customer.faults
        if customer.passed_over:
            self._say(Problem(customer.line, "", customer.passed_over), Fate.SKIPPED)
        elif faults:
            self._say(faults[0], Fate.REFUSED, further=faults[1:])
            for problem in customer.problems:
                if problem.code in (IN_NOTES, UNCLEAR_NOTES):
                    self._say(problem, None)
            if _loses_a_no(customer):
                self._say(Problem(customer.line, "", NOT_KEPT), None)
        else:
            for problem in customer.problems:
                self._say(problem, None)
            self._tell_noes(customer)
            self._keep(record, customer)
            return
        number = "" if isinstance(record, CustomerRecord) else _composed(record.number)[:NUMBER]
        is_heard = bool(customer.prohibitions) and _is_reached(customer)
        if is_heard:
            self._tell_noes(customer)
        if number or is_heard:
            # an order is whole or not at all, and who said no is met by it all the same (P52)
            self._store(customer, Fate.REFUSED, values={}, number=number)

    def _say(self, problem: Problem, fate: Fate | None, further: Sequence[Problem] = ()) -> None:
        column = problem.column[:200]
        more = json.dumps([(one.code, one.column[:200]) for one in further]) if further else None
        self._block.lines.append((self._key, problem.line, fate or "", problem.code, column, more))

    def _tell_noes(self, customer: CustomerRecord) -> None:
        """What a row forbids, and by which columns, whatever becomes of it."""
        told = ((column, code) for column, forbids in customer.noes for code in kinds_of(forbids))
        for column, code in dict.fromkeys(told):
            self._say(Problem(customer.line, column, code), None)

    def _keep(self, record: Record, customer: CustomerRecord) -> None:
        values = {name: _composed(value) for name in _READ if (value := getattr(customer, name))}
        if customer.phone and (dialled := e164(values["phone"], customer.country)):
            values["phone_e164"] = dialled
        beside = None
        if customer.has_role:
            named = {"organisation_name": _composed(customer.organisation)}
            beside = self._store(
                customer, Fate.STORED, values=named, is_beside=True, billing=_told_of(customer)
            )
        elif customer.organisation:
            values["organisation_name"] = _composed(customer.organisation)
        self._store(
            customer,
            Fate.STORED,
            values=values,
            organisation=beside,
            number="" if isinstance(record, CustomerRecord) else _composed(record.number),
            voucher=_voucher(record),
            billing=None if customer.has_role else _told_of(customer),
        )

    def _store(
        self,
        customer: CustomerRecord,
        fate: Fate,
        *,
        values: dict[str, Any],
        organisation: int | None = None,
        is_beside: bool = False,
        number: str = "",
        voucher: str | None = None,
        billing: str | None = None,
    ) -> int:
        key = next(self._keys)
        # the columns that may be null come last
        found = [values.get(name, "") for name in VALUES[:-2]]
        found += [values.get(name) for name in VALUES[-2:]]
        filled = tuple(compress(VALUES, found))
        forbids = "" if is_beside else _told(customer.prohibitions)
        self._block.rows.append(
            (
                *(key, self._key, customer.line, fate.value, "", organisation, is_beside),
                *(new_reference(), _collected(filled, self._collection or 0)),
                *(*found, name_word(name_of(values)), forbids, number, voucher, billing),
            )
        )
        if not is_beside:
            self._block.contacts.extend(
                (self._key, key, kind.value, digest)
                for kind, every in digests_by_contact(_contacts(customer))
                for digest in every
            )
        return key


def _composed(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _loses_a_no(customer: CustomerRecord) -> bool:
    """Whether a refused row may say a no that reaches nobody (P52)."""
    is_unread = any(one.code == NOT_KEPT for one in customer.problems)
    return is_unread or bool(customer.prohibitions and not _is_reached(customer))


def _is_reached(customer: CustomerRecord) -> bool:
    return any(meanings_of(kind, value) for kind, value in _contacts(customer).items())


def _contacts(customer: CustomerRecord) -> dict[str, str]:
    phone = "; ".join([customer.phone_e164 or customer.phone, *customer.other_phones])
    return contacts_of(customer.email, phone, customer.street, customer.postcode)


@lru_cache(1024)
def _collected(filled: tuple[str, ...], collection: int) -> str:
    # the language of letters is the default, as the one door notes it
    return json.dumps(dict.fromkeys((*filled, "language"), collection))


@lru_cache(1024)
def _told(prohibitions: frozenset[tuple[Any, Any]]) -> str:
    return " ".join(sorted(f"{scope}/{use}" for scope, use in prohibitions))


def name_of(values: dict[str, Any]) -> str:
    """The name of the person or of the organisation among the values of a row."""
    whole = f"{values.get('given_name') or ''} {values.get('family_name') or ''}".strip()
    return values.get("organisation_name") or whole


def name_word(name: str) -> str:
    """The one of the words of `name` that begins with its beginning, as the search has it."""
    return " ".join("".join(parts) for parts in tokens_of(name))[:LONGEST].rstrip()


def _told_of(customer: CustomerRecord) -> str | None:
    """How the customer of a row is billed, as JSON."""
    told = customer.billing
    return json.dumps({name: _composed(value) for name, value in told.items()}) if told else None


def _voucher(record: Record) -> str | None:
    """The order or invoice of a row, without its number, as JSON."""
    if isinstance(record, CustomerRecord):
        return None
    told = {one.name: getattr(record, one.name) for one in dataclasses.fields(record)}
    del told["line"], told["customer"], told["number"]
    if isinstance(record, OrderRecord):
        # as it will be kept, so that it is known again
        told["description"] = _composed(record.description)
    if isinstance(record, InvoiceRecord):
        told["sent_to"] = _sent_to(record.customer)
    return json.dumps(told, default=str)


def _sent_to(customer: CustomerRecord) -> dict[str, str]:
    """The address on the row of an invoice: that of billing, where there is one; empty where there
    is none."""
    billing = customer.billing or {}
    if not (billing.get("street") or billing.get("city")):
        billing = {part: getattr(customer, part) for part in ADDRESS}
    return {part: _composed(value) for part in ADDRESS if (value := billing.get(part))}
