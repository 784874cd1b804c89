"""The extract: everything that the register holds about one customer (art. 15(3); A04, A09).

It is read in blocks and given row by row, so that ten thousand orders take as much memory as ten.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from heapq import merge
from itertools import chain
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext

from audit.history import as_words
from notices.declarations import Kept, provided_columns
from notices.models import Notice
from register.given import seen_by
from register.models import (
    Collection,
    Consultation,
    Customer,
    Disclosure,
    Loan,
    Paper,
    Prohibition,
    Recipient,
    Remark,
)
from register.ownership import RECORDS, history_of, paths, records_of, rows_of

#: Rows held at a time; those that belong to them are held too.
A_BLOCK = 1000
#: Not the request: it may be somebody else's who shares the address (A07).
PROHIBITION_COLUMNS = ("scope", "use", "contact_kind", "made_on")
DISCLOSURE_COLUMNS = ("recipient", "moved_to", "ground", "purpose", "categories", "disclosed_at")
#: When and for what, and nobody of staff (A03).
CONSULTATION_COLUMNS = ("looked_at", "sight", "occasion")
RECIPIENT_COLUMNS = (
    "name",
    "kind",
    "country",
    "categories",
    "contract_on",
    "ended_on",
    "transfer_tool",
    "transfer_reason",
)
#: What happened to a row, and belongs to it without being data of its own: by its model the link
#: and the columns, again nobody of staff.
HAPPENED: dict[type[models.Model], dict[type[models.Model], tuple[str, tuple[str, ...]]]] = {
    Paper: {Loan: ("paper", ("taken_at", "returned_at"))},
}
#: The rows of each model that belong to the customer, or their history.
Found = list[tuple[Any, list[Any]]]
#: What foreign keys among the columns lead to: by column's name and key, as `as_words` takes it.
Linked = dict[str, dict[Any, Any]]
#: Where the value of each column came from, as it is told.
Sources = dict[str, dict[str, str] | None]


class Telling:
    """How values are told: as they stand. Whoever masks some of them derives from this."""

    def text(self, model: Any, key: Any, column: str, text: str) -> str:
        """What is told for `text`, which stands or stood in `column` of the row `key`."""
        return text

    def file(self, row: models.Model) -> dict[str, str] | None:
        """What the private file of `row` goes by ("name"), or the mark that stands for it ("mark");
        None where files do not go with the extract."""
        return None


class Section(NamedTuple):
    """Rows of one kind, under their heading."""

    key: str
    label: str
    rows: Iterator[dict[str, Any]]


def extract_of(
    customer: Customer, *, now: datetime, telling: Telling | None = None
) -> dict[str, Any]:
    """Everything held about `customer` at `now`, ready for JSON, labels in the active language.

    Made from the declarations as erasure is (`register.ownership`). Names of staff are never in it
    (A03), nor reasons, which may name them::

        {"taken_at": "2026-03-04T11:00:00+02:00", "taken": "4.3.2026 11.00",
         "customer": "7KQ2M9X1A",
         "sections": [{"key": "order", "label": "Orders", "rows": [ROW]}],
         "history": [{"at": "2026-03-04T10:00:00+02:00", "when": "4.3.2026 10.00",
                      "key": "order", "label": "Order", "of": "T-2",
                      "type": "created" or "changed" or "deleted", "type_label": "Changed",
                      "is_above": false,
                      "changes": [{"key": "order.number", "label": "Number",
                                   "from": "T-1", "from_exact": "T-1",
                                   "to": "T-2", "to_exact": "T-2"}]}]}

    A ROW is one row of the register, with the rows that belong to it (an order's lines) in it::

        {"key": "order", "label": "Order", "rows": [ROW], "file": null, "values": [
            {"key": "order.ordered_on", "label": "Ordered on",
             "value": "4.3.2026", "exact": "2026-03-04",
             "source": {"kind": "purchase", "label": "purchases in shops", "name": "Market Square",
                        "collected_on": "2026-03-04",
                        "text": "purchases in shops (Market Square), 4.3.2026"}}]}

    `value` is for people and `exact` for programs: ISO dates, plain numbers. `source` is null where
    none is known. Empty values are left out, and so are rows and sections without any; the day on
    which an invoice was paid stands in the row of its payment. The last sections are "noticegiven",
    "consent", "restriction", "prohibition", "disclosure" (to whom the data were given, which, when
    and why: A02), "recipient" (who sees such data all the time, or saw them: P18) and
    "consultation" (when somebody looked, and for what: A03). History has the oldest
    change first, and begins with what was stored at first: what of that still stands in a section
    `is_above`. `of` is the number of the order or the invoice that a change is about.
    """
    return {
        **taken(customer, now=now),
        "sections": [
            {"key": one.key, "label": one.label, "rows": list(one.rows)}
            for one in sections_of(customer, telling or Telling())
        ],
        "history": list(changes_of(customer, telling or Telling())),
    }


def taken(customer: Customer, *, now: datetime) -> dict[str, str]:
    """As of when an extract was made, and of whom."""
    return {
        "taken_at": localtime(now).isoformat(),
        "taken": date_format(localtime(now), "SHORT_DATETIME_FORMAT"),
        "customer": customer.reference,
    }


def sections_of(customer: Customer, telling: Telling) -> Iterator[Section]:
    """The sections of the extract that have any rows; the rows of each must be taken before the
    next is asked for."""
    every = chain(
        _held(customer, telling),
        _records(customer, telling),
        _prohibitions(customer),
        _disclosures(customer, telling),
        _consultations(customer),
    )
    for model, rows in every:
        if first := next(rows, None):
            label = capfirst(str(model._meta.verbose_name_plural))
            yield Section(model._meta.model_name, label, chain([first], rows))


def columns_given(model: Any) -> list[str]:
    """The columns of `model` that an extract tells: all that came from somewhere, but for the
    link that says whose the row is."""
    return [
        column for column in provided_columns(model) if model.declaration[column] is not Kept.LINK
    ]


def linked_to(found: Found) -> Linked:
    """What the rows `found` lead to, by column and key: one query for each column."""
    keys: dict[models.ForeignKey[Any, Any], set[Any]] = defaultdict(set)
    for model, rows in found:
        for column in columns_given(model):
            field = model._meta.get_field(column)
            if isinstance(field, models.ForeignKey):
                keys[field] |= {getattr(row, field.attname) for row in rows} - {None}
    return {
        field.name: field.related_model._base_manager.in_bulk(wanted)
        for field, wanted in keys.items()
    }


Told = Iterator[tuple[Any, Iterator[dict[str, Any]]]]


def _held(customer: Customer, telling: Telling) -> Told:
    """The rows of each model that leads straight to the customer; a row that belongs to another
    row stands in that one."""
    for model, rows in rows_of(customer):
        if "__" not in paths()[model]:
            yield model, _in_blocks(model, rows, telling)


def _in_blocks(model: Any, rows: Any, telling: Telling) -> Iterator[dict[str, Any]]:
    for block in rows.in_blocks(A_BLOCK):
        yield from (one for one in _told(model, block, telling).values() if one["values"])


def _told(model: Any, block: Sequence[Any], telling: Telling) -> dict[Any, dict[str, Any]]:
    """The rows of `block` as they are told, by key, each with the rows that belong to it."""
    linked = linked_to([(model, list(block))])
    found = Collection.objects.in_bulk({key for row in block for key in row.collected.values()})
    # said once for the thousand values that came from there
    sources = {key: _source(collection, telling) for key, collection in found.items()}
    columns = columns_given(model)
    told = {
        row.pk: row_of(
            row,
            columns,
            telling,
            linked=linked,
            sources={column: sources.get(key) for column, key in row.collected.items()},
        )
        for row in block
    }
    for below, link in _below(model):
        owned = below._base_manager.filter(**{f"{link}__in": list(told)})
        for inner in owned.in_blocks(A_BLOCK):
            of = {row.pk: getattr(row, f"{link}_id") for row in inner}
            for key, one in _told(below, inner, telling).items():
                if one["values"]:
                    told[of[key]]["rows"].append(one)
    for happened, (link, told_of) in HAPPENED.get(model, {}).items():
        for row in happened._base_manager.filter(**{f"{link}__in": list(told)}).order_by("pk"):
            told[getattr(row, f"{link}_id")]["rows"].append(row_of(row, told_of, telling))
    for one in told.values() if model.said_elsewhere else ():
        one["values"] = _not_said_below(model, one)
    return told


def _not_said_below(model: Any, row: dict[str, Any]) -> list[dict[str, Any]]:
    """The values of `row` without those that a row below says: the day of its payment."""
    elsewhere = {_named(model, column)["key"] for column in model.said_elsewhere}
    below = {value["exact"] for inner in row["rows"] for value in inner["values"]}
    return [
        value
        for value in row["values"]
        if value["key"] not in elsewhere or value["exact"] not in below
    ]


def _below(model: Any) -> Iterator[tuple[Any, str]]:
    """The models whose rows belong to rows of `model`, with their link to it."""
    for below, path in paths().items():
        link, _sign, further = path.partition("__")
        if further and below._meta.get_field(link).related_model is model:
            yield below, link


def _records(customer: Customer, telling: Telling) -> Told:
    linked: Linked = {"notice": Notice.objects.in_bulk()}
    for model, rows in records_of(customer):
        if model is Remark:
            yield model, _remarks(_once(rows), telling)
        else:
            yield model, _plain(rows, RECORDS[model], linked, telling)


def _once(rows: Any) -> Any:
    """The first of the remarks `rows` of each that say the same of one voucher or row: a note is
    beside each value of a voucher that was corrected since, and is told of the voucher."""
    first: dict[Any, int] = {}
    places = rows.order_by("pk").values_list("pk", "about", "of_model", "of_row", *RECORDS[Remark])
    for key, about, model, row, *said in places:
        first.setdefault((about or (model, row), *map(str, said)), key)
    return rows.filter(pk__in=first.values())


def _remarks(rows: Any, telling: Telling) -> Iterator[dict[str, Any]]:
    """What stands beside the data, each with the number of the order that it is about (R01); that
    of an invoice it has itself."""
    models_named = {str(model._meta.model_name): model for model in paths()}
    for block in rows.in_blocks(A_BLOCK):
        keys: dict[str, set[Any]] = defaultdict(set)
        for row in block:
            if not row.about:
                keys[row.of_model].add(row.of_row)
        numbers = {
            name: _numbers(model, list(model._base_manager.filter(pk__in=keys[name])), telling)
            for name, model in models_named.items()
            if name in keys
        }
        for row in block:
            told = row_of(row, RECORDS[Remark], telling)
            if number := numbers.get(row.of_model, {}).get(row.of_row):
                whose = _numbered(models_named[row.of_model])
                label = capfirst(str(whose._meta.verbose_name))
                place = {"key": "remark.of_row", "label": label, "value": number, "exact": number}
                told["values"].append(place | {"source": None})
            yield told


def _plain(
    rows: Any, columns: Iterable[str], linked: Linked, telling: Telling
) -> Iterator[dict[str, Any]]:
    for block in rows.in_blocks(A_BLOCK):
        yield from (row_of(row, columns, telling, linked=linked) for row in block)


def _prohibitions(customer: Customer) -> Told:
    # several requests may have forbidden the same: it is told once, since the first
    found: dict[Any, Prohibition] = {}
    for one in customer.prohibitions():
        found.setdefault((one.scope, one.use, one.contact_kind), one)
    yield Prohibition, (row_of(one, PROHIBITION_COLUMNS, Telling()) for one in found.values())


def _disclosures(customer: Customer, telling: Telling) -> Told:
    # of recipients there are few, whatever they have got
    linked: Linked = {"recipient": Recipient.objects.in_bulk()}
    given = Disclosure.objects.about(customer)
    yield Disclosure, _plain(given, DISCLOSURE_COLUMNS, linked, telling)
    saw = {one.recipient.pk for one in seen_by(customer)}
    standing = Recipient.objects.filter(pk__in=saw)
    yield Recipient, _plain(standing, RECIPIENT_COLUMNS, {}, telling)


def _consultations(customer: Customer) -> Told:
    looks = Consultation.objects.filter(customer=customer)
    yield Consultation, _plain(looks, CONSULTATION_COLUMNS, {}, Telling())


def is_free(field: Any) -> bool:
    """Whether people write into `field` what they like, so that others may be named there."""
    return isinstance(field, models.CharField | models.TextField) and not field.choices


def row_of(
    row: Any,
    columns: Iterable[str],
    telling: Telling,
    *,
    linked: Linked | None = None,
    sources: Sources | None = None,
) -> dict[str, Any]:
    """The row with its filled `columns`; `sources` says by column where a value came from."""
    model = type(row)
    values = []
    for column in columns:
        field = row._meta.get_field(column)
        if value := exact(row, field, linked or {}):
            words = as_words(row, field, linked)
            if is_free(field):
                value = words = telling.text(model, row.pk, column, words)
            values.append(
                {
                    **_named(model, column),
                    "value": words,
                    "exact": value,
                    "source": (sources or {}).get(column),
                }
            )
    file = getattr(row, getattr(model, "private_file", ""), "")
    return {
        "key": model._meta.model_name,
        "label": capfirst(str(model._meta.verbose_name)),
        "rows": [],
        "values": values,
        "file": telling.file(row) if file else None,
    }


# --- history


def changes_of(customer: Customer, telling: Telling) -> Iterator[dict[str, Any]]:
    """The history of all rows of `customer`, the oldest change first."""
    streams = [_versions(model, rows, telling) for model, rows in history_of(customer)]
    for _at, entry in merge(*streams, key=lambda one: one[0]):
        yield entry


def _versions(model: Any, rows: Any, telling: Telling) -> Iterator[tuple[datetime, dict[str, Any]]]:
    types = {
        "+": ("created", gettext("Created")),
        "~": ("changed", gettext("Changed")),
        "-": ("deleted", gettext("Deleted")),
    }
    own, last = model._meta.pk.attname, 0
    while block := list(rows.filter(history_id__gt=last).order_by("history_id")[:A_BLOCK]):
        keys = {getattr(row, own) for row in block}
        before = _before(rows, own, keys, block[0].history_id) if last else {}
        there = set(model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
        linked = linked_to([(model, [*block, *before.values()])])
        numbers = _numbers(model, block, telling)
        for row in block:
            key = getattr(row, own)
            changes = list(_changes(model, before.get(key), row, linked, telling))
            before[key] = row
            if changes:
                type_, type_label = types[row.history_type]
                yield (
                    row.history_date,
                    {
                        "at": localtime(row.history_date).isoformat(),
                        "when": date_format(localtime(row.history_date), "SHORT_DATETIME_FORMAT"),
                        "key": model._meta.model_name,
                        "label": capfirst(str(model._meta.verbose_name)),
                        "of": numbers.get(key, ""),
                        "type": type_,
                        "type_label": type_label,
                        "is_above": type_ == "created" and key in there,
                        "changes": changes,
                    },
                )
        last = block[-1].history_id
        if len(block) < A_BLOCK:
            return


def _numbers(model: Any, block: Sequence[Any], telling: Telling) -> dict[Any, str]:
    """The numbers that the rows of `block` go by, or the rows that they belong to, by key."""
    own = model._meta.pk.attname
    link, _sign, further = paths()[model].partition("__")
    numbered = _numbered(model)
    if not any(field.name == "number" for field in numbered._meta.concrete_fields):
        return {}
    of = {getattr(row, own): getattr(row, f"{link}_id" if further else own) for row in block}
    found = numbered._base_manager.filter(pk__in=set(of.values())).exclude(number="")
    told = {
        key: telling.text(numbered, key, "number", number)
        for key, number in found.values_list("pk", "number")
    }
    return {key: told.get(row, "") for key, row in of.items()}


def _numbered(model: Any) -> Any:
    """The model whose number the rows of `model` go by."""
    link, _sign, further = paths()[model].partition("__")
    return model._meta.get_field(link).related_model if further else model


def _before(rows: Any, own: str, keys: set[Any], first: int) -> dict[Any, Any]:
    """The last version before `first` of each of `keys`."""
    earlier = rows.filter(**{f"{own}__in": keys}, history_id__lt=first).order_by()
    newest = earlier.values(own).annotate(newest=Max("history_id")).values("newest")
    keys_of_rows = list(newest.values_list("newest", flat=True))
    return {getattr(row, own): row for row in rows.filter(history_id__in=keys_of_rows)}


def _changes(
    model: Any, older: Any, row: Any, linked: Linked, telling: Telling
) -> Iterator[dict[str, str]]:
    key = getattr(row, model._meta.pk.attname)

    def said(version: Any, field: Any, column: str) -> tuple[str, str]:
        words, plain = as_words(version, field, linked), exact(version, field, linked)
        if plain and is_free(field):
            words = plain = telling.text(model, key, column, words)
        return words, plain

    # of what rows of another model say, their history tells
    for column in [one for one in columns_given(model) if one not in model.said_elsewhere]:
        field = model._meta.get_field(column)
        old, new = (exact(one, field, linked) if one else "" for one in (older, row))
        if old != new:
            from_, from_exact = said(older, field, column) if older else ("", "")
            to, to_exact = said(row, field, column)
            yield {
                **_named(model, column),
                "from": from_,
                "from_exact": from_exact,
                "to": to,
                "to_exact": to_exact,
            }


def _named(model: Any, column: str) -> dict[str, str]:
    label = capfirst(str(model._meta.get_field(column).verbose_name))
    return {"key": f"{model._meta.model_name}.{column}", "label": label}


def exact(row: Any, field: Any, linked: Linked) -> str:
    """The value of `field` on `row` as programs read it; empty for none."""
    value = getattr(row, field.attname)
    if value is None:
        return ""
    if isinstance(field, models.ForeignKey):
        return as_words(row, field, linked)
    if isinstance(value, list):
        return ", ".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _source(collection: Collection, telling: Telling) -> dict[str, str]:
    name = collection.source_name
    if name:
        name = telling.text(Collection, collection.pk, "source_name", name)
    said = Collection(
        source_kind=collection.source_kind,
        source_name=name,
        collected_on=collection.collected_on,
    )
    return {
        "kind": collection.source_kind,
        "label": str(collection.get_source_kind_display()),
        "name": name,
        "collected_on": collection.collected_on.isoformat(),
        "text": str(said),
    }
