"""Erasure: everything that a notice must declare goes, in history too; what the law makes the
register keep stays with a customer who has no name any more (P30, P67, art. 17). Of a customer who
was sent invoices that are the name and address on each, until bookkeeping needs them no more (E03).
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Collection as Collection_
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, ExpressionWrapper, F, Func, OuterRef, Q
from django.utils.translation import gettext, override

from audit.bulk import remember_from
from audit.reasons import ReasonMissing, current_reason
from notices.declarations import declared_columns, is_filled
from notices.models import governing_notice
from notices.terms import DataCategory
from register.given import recipients_of
from register.holds import Block, blocks, roles_of, spare
from register.models import (
    Attachment,
    Collection,
    Consultation,
    ContactDigest,
    ContactRole,
    Customer,
    CustomerList,
    Disclosed,
    InformationDuty,
    Invoice,
    Lifespan,
    OrderFigure,
    Recipient,
    Remark,
    Word,
)
from register.models.attachments import remove_files_in, remove_files_of
from register.ownership import Owned, history_of, paths, records_of, rows_of

A_BLOCK = 1000


class ErasureBlocked(Exception):
    """An erasure must wait; carries the blocks."""

    def __init__(self, found: list[Block]) -> None:
        super().__init__(", ".join(f"{one.kind} {one.reference}" for one in found))
        self.blocks = found


@dataclass(frozen=True)
class Erased:
    """What an erasure did, in rows by model ("register.order"): emptied, their versions in
    history, and kept because of the law (E09). All empty when it had been done before."""

    counts: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Parts:
    """The rows that an erasure of some customers is about: found once, counted or emptied."""

    rows: Owned
    versions: Owned
    records: Owned
    consulted: "models.QuerySet[Consultation]"
    disclosed: "models.QuerySet[Disclosed]"

    @classmethod
    def of(cls, customers: list[int]) -> "_Parts":
        return cls(
            rows_of(*customers),
            history_of(*customers),
            records_of(*customers),
            Consultation.objects.filter(customer__in=customers),
            Disclosed.objects.filter(customer__in=customers),
        )

    def kept(self) -> dict[str, int]:
        """What stays of the records, by model."""
        records = {_label(model): rows.count() for model, rows in self.records}
        return {
            **records,
            "register.consultation": self.consulted.count(),
            "register.disclosed": self.disclosed.count(),
        }

    def told(self, of_rows: dict[str, int], of_versions: dict[str, int]) -> "Erased":
        """The counts, those of rows parted into what is emptied and what bookkeeping keeps."""
        emptied = {_label(model) for model, _rows in self.rows if declared_columns(model)}
        return Erased(
            counts={label: count for label, count in of_rows.items() if label in emptied},
            versions=of_versions,
            kept=self.kept()
            | {label: count for label, count in of_rows.items() if label not in emptied},
        )


@dataclass(frozen=True)
class Plan:
    """What an erasure would do now: in rows, as `Erased` tells afterwards; what makes it wait; the
    roles as contact person, for which it waits where somebody has weighed that (P63); and the
    recipients who have the data and must be told (art. 19)."""

    would: Erased
    blocks: list[Block]
    roles: list[Block]
    recipients: list[Recipient]


def plan(customer: Customer, *, today: date) -> Plan:
    """What `erase` would do to `customer`, by the same declarations (E10)."""
    parts = _Parts.of([customer.pk])
    would = parts.told(
        {_label(model): rows.count() for model, rows in parts.rows},
        {_label(model): rows.count() for model, rows in parts.versions},
    )
    roles = {}
    if would.counts["register.contactrole"]:
        roles = roles_of({customer.pk: today}, today=today)
    return Plan(
        would,
        blocks(customer),
        roles.get(customer.pk, []),
        recipients_of(customer, today=today),
    )


def erase(customer: Customer, *, request_number: str, now: datetime) -> Erased:
    """Erase `customer` because of the request `request_number` ("2026-17"), all or nothing.

    Needs a `because` block, which says why. Erasing twice changes nothing (E11). Raises
    `ErasureBlocked` while something makes it wait (`register.holds`), and `ReasonMissing`.
    """
    with transaction.atomic():
        held = _hold([customer.pk])
        if not held:
            return Erased()
        if found := blocks(customer):
            raise ErasureBlocked(found)
        done = _empty(held, request_number, now)
    customer.refresh_from_db()
    return done


def spare_of(customer: Customer, found: Iterable[Block]) -> list[DataCategory]:
    """What there is of `customer` that none of `found` needs: it goes before the rest (E03)."""
    return held_of(customer, spare(found))


def held_of(
    customer: Customer, categories: Iterable[DataCategory] = DataCategory
) -> list[DataCategory]:
    """What of `categories` there is of `customer`, in rows or in what history says of them."""
    asked = [one for one in categories if any(_columns(model, [one]) for model in paths())]
    has = [ExpressionWrapper(holding([one]), models.BooleanField()) for one in asked]
    found = Customer.objects.filter(pk=customer.pk).values_list(*has).first() or ()
    return [one for one, there in zip(asked, found, strict=False) if there]


def put_off(
    customer: Customer,
    gone: Collection_[DataCategory],
    *,
    request_number: str,
    now: datetime,
) -> None:
    """Mark `customer` as to be erased once what keeps the data is over (E06), and empty `gone` at
    once, in history too. Needs a `because` block."""
    with transaction.atomic():
        if not _hold([customer.pk]):
            return
        _to_erase(customer, now, now=now)
        if DataCategory.PHONE in gone:
            # a prohibition would not know the number any more
            ContactDigest.objects.filter(customer=customer).spread()
        empty_together(
            [customer.pk], gone, which=lambda _model: Q(), because_of=request_number, now=now
        )
    customer.refresh_from_db()


def call_off(customer: Customer, *, now: datetime) -> None:
    """`customer` is not to be erased after all. Needs a `because` block."""
    with transaction.atomic():
        if _hold([customer.pk]):
            _to_erase(customer, None, now=now)
    customer.refresh_from_db()


def _to_erase(customer: Customer, since: datetime | None, *, now: datetime) -> None:
    own = Customer.objects.filter(pk=customer.pk, to_erase_at__isnull=since is not None)
    if _door(own).update(to_erase_at=since):
        _remember(Customer, Customer.objects.filter(pk=customer.pk), now)


def erase_together(
    customers: Iterable[int],
    *,
    because_of: str,
    now: datetime,
    passed_over: Callable[[list[int]], Mapping[int, list[Block]]],
    around: Callable[[list[int]], AbstractContextManager[Any]] = nullcontext,
) -> tuple[list[int], Mapping[int, list[Block]], Erased]:
    """Erase those of `customers` (keys) whom `passed_over` does not name, as `erase` does, in as
    many statements as one; gives their keys, who was passed over, and what was done.

    `around` is entered with the keys. Needs a `because` block.
    """
    with transaction.atomic():
        held = _hold(customers)
        kept = passed_over(held)
        keys = [key for key in held if key not in kept]
        if not keys:
            return [], kept, Erased()
        with around(keys):
            done = _empty(keys, because_of, now)
    return keys, kept, done


def empty_together(
    customers: Iterable[int],
    categories: Collection_[DataCategory],
    *,
    which: Callable[[type[models.Model]], Q],
    because_of: str,
    now: datetime,
) -> int:
    """Empty what `customers` (keys) hold of `categories`, and nothing else, in the rows that
    `which` says for a model and in the versions of which the same is true; gives how many rows
    held any. Needs a `because` block."""
    emptied = 0
    with transaction.atomic():
        keys = _hold(customers)
        Lifespan.objects.outlive(keys)
        parts = _Parts.of(keys)
        versions = dict(parts.versions)
        for model, rows in parts.rows:
            columns = _columns(model, categories)
            if not columns:
                continue
            held = filled(model, columns) & which(model)
            if model is Attachment:
                kept_in = [rows.filter(held), versions[model].filter(held)]
                remove_files_in(kept_in, now=now)
            found = list(rows.filter(held).order_by("pk").values_list("pk", flat=True))
            nothing = {**_empty_values(model, columns), "collected": WithoutKeys(columns)}
            _door(versions[model].filter(held)).update(**nothing, salt=None, erased_by=because_of)
            if found:
                own = model._base_manager.filter(pk__in=found)
                _door(own).update(**nothing)
                _remember(model, own, now)
                model.after_store(list(own))  # type: ignore[attr-defined]
                _forget_remarks(model, found, columns, because_of)
                emptied += len(found)
    return emptied


def forget_past(row: models.Model, columns: Collection_[str], *, because_of: str) -> None:
    """Empty `columns` of `row`, which are empty now, in its history and in the words beside them
    too: a value that was not needed, or never right, is nowhere any more (P54). Needs a transaction
    that holds the customer."""
    model, gone = type(row), list(columns)
    held = filled(model, gone)
    nothing = {**_empty_values(model, gone), "collected": WithoutKeys(gone)}
    past = model.history.filter(held, id=row.pk)  # type: ignore[attr-defined]
    _door(past).update(**nothing, salt=None, erased_by=because_of)
    _forget_remarks(model, [row.pk], gone, because_of)


def _forget_remarks(
    model: type[models.Model], rows: list[Any], columns: list[str], because_of: str
) -> None:
    """What the person says of a value goes with it."""
    beside = Remark.objects.filter(
        of_model=model._meta.model_name, of_row__in=rows, column__in=columns
    )
    past = Remark.history.filter(id__in=beside.values("pk"))
    _door(past).update(text="", salt=None, erased_by=because_of)
    _door(beside).update(text="")


def holding(categories: Collection_[DataCategory]) -> Q:
    """The customers who hold anything of `categories`, in rows of whatever model or in what
    history says of them."""
    found = Q(pk__in=[])
    for model, path in paths().items():
        if columns := _columns(model, categories):
            held = filled(model, columns)
            rows = model._base_manager.filter(held, **{path or "pk": OuterRef("pk")})
            found |= Q(Exists(rows))
            # a row that belongs to another row is never emptied before that one
            if "__" not in path:
                way = f"{path}_id" if path else "id"
                past = model.history.filter(held, **{way: OuterRef("pk")})  # type: ignore[attr-defined]
                found |= Q(Exists(past))
    return found


def _columns(model: type[models.Model], categories: Collection_[DataCategory]) -> list[str]:
    return [column for column, one in declared_columns(model).items() if one in categories]


def filled(model: type[models.Model], columns: list[str]) -> Q:
    """That any of `columns` has a value."""
    return reduce(or_, (is_filled(model, column) for column in columns))


class WithoutKeys(Func):
    """The origins of a row, without those of some columns."""

    output_field = models.JSONField()

    def __init__(self, columns: Iterable[str]) -> None:
        super().__init__(F("collected"))
        self.columns = sorted(columns)

    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        places = ", ".join(["%s"] * len(self.columns))
        return f"json_remove({sql}, {places})", [*params, *(f"$.{one}" for one in self.columns)]

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"({sql} - %s::text[])", [*params, self.columns]


def _hold(customers: Iterable[int]) -> list[int]:
    """Hold the rows of `customers` and their invoices, and give the keys of those not erased yet.

    Every save of a customer's rows holds the customer's (`Customer.objects.hold`): whoever came
    first is seen afterwards, whoever comes later finds the customer erased.
    """
    if not current_reason():
        raise ReasonMissing(Customer._meta.label)
    rows = Customer.objects.filter(pk__in=list(customers)).order_by("pk").select_for_update()
    keys = [key for key, erased_at in rows.values_list("pk", "erased_at") if not erased_at]
    invoices = Invoice.objects.filter(customer__in=keys).order_by("pk").select_for_update()
    list(invoices.values_list("pk"))
    return keys


def _empty(customers: list[int], because_of: str, now: datetime) -> Erased:
    OrderFigure.objects.keep_of(customers, governing_notice())
    parts = _Parts.of(customers)
    past = _past(because_of)
    _forget_sources(_collections_of([*parts.rows, *parts.versions]), past)
    _forget_words(customers)
    ContactDigest.objects.let_go(customers)
    for derived in (InformationDuty, Lifespan):
        derived.objects.filter(customer__in=customers).delete()
    remove_files_of(customers, now=now)
    CustomerList.objects.let_go(customers, now=now)
    for model, said in parts.records:
        # they stay, with no word of why: that is free text
        free = dict.fromkeys(getattr(model, "personal", ()), "")
        if free:
            _door(said).update(**free)
        _door(model.history.filter(customer__in=customers)).update(**free, **past)  # type: ignore[attr-defined]
    # history first: which rows it is about is asked of the rows as they are
    of_versions = {
        _label(model): _door(history).update(**_nothing(model), **past)
        for model, history in parts.versions
    }
    of_rows = {_label(model): _door(own).update(**_nothing(model)) for model, own in parts.rows}
    _door(Customer.objects.filter(pk__in=customers)).update(
        to_erase_at=None, erased_at=now, erased_by_request=because_of
    )
    _remember(Customer, Customer.objects.filter(pk__in=customers), now)
    return parts.told(of_rows, of_versions)


def _label(model: type[models.Model]) -> str:
    return model._meta.label_lower


def _door(rows: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
    """The same rows, unguarded. Erasure is the one act that changes rows together and past
    history, because history must forget as well (E07)."""
    return models.QuerySet(rows.model, rows.query.chain())


def _nothing(model: Any) -> dict[str, Any]:
    """An empty value for each column of `model` that a notice must declare."""
    values: dict[str, Any] = {"collected": {}, **_empty_values(model, declared_columns(model))}
    if model is Customer:
        # nobody is left to write to, and a rare language tells of somebody
        values["language"] = Customer._meta.get_field("language").get_default()
        values["relationship_ended_on"] = None
    return values


def _empty_values(model: Any, columns: Iterable[str]) -> dict[str, Any]:
    return {column: None if model._meta.get_field(column).null else "" for column in columns}


def _past(because_of: str) -> dict[str, Any]:
    """What else changes in a row of history: its reason is free text and may name somebody, and
    without the salt nobody can try values against its commitment."""
    with override(settings.LANGUAGE_CODE):
        reason = gettext("Reason erased together with the data")
    return {"history_change_reason": reason, "erased_by": because_of, "salt": None}


def _collections_of(owned: Owned) -> set[int]:
    return {
        key
        for _model, rows in owned
        for collected in rows.values_list("collected", flat=True)
        for key in collected.values()
    }


def _forget_sources(keys: Iterable[int], past: dict[str, Any]) -> None:
    """Empty the names of sources that staff typed for these customers alone."""
    every = sorted(keys)
    for start in range(0, len(every), A_BLOCK):
        own = Collection.objects.filter(pk__in=every[start : start + A_BLOCK], serves_one=True)
        named = Collection.history.filter(id__in=own.values("pk"))
        _door(named).update(source_name="", **past)
        _door(own).update(source_name="")


def _forget_words(customers: list[int]) -> None:
    """Nobody is found by the customers' words any more, the people of an organisation included;
    an invoice is still found by its number."""
    Word.objects.filter(customer__in=customers).exclude(origin="invoice").delete()
    people = ContactRole.objects.filter(organisation__in=customers).values("pk")
    Word.objects.filter(origin="contact_role", origin_id__in=people).delete()


def _remember(model: Any, rows: "models.QuerySet[Any]", now: datetime) -> None:
    """A version in history of `rows` as they have just become."""
    history = model.history.model
    columns = [field.name for field in history.tracked_fields]
    remember_from(
        model,
        rows.order_by("pk"),
        {column: F(column) for column in columns},
        now=now,
        by=history.get_default_history_user(model()),
        change="~",
    )
