"""The extract: everything that the register holds about one customer (art. 15(3); A04, A09)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext

from audit.history import as_words
from notices.declarations import Kept, provided_columns
from notices.models import Notice
from register.models import Collection, Consultation, Customer, Disclosure, Prohibition, Recipient
from register.ownership import RECORDS, history_of, paths, records_of, rows_of

OLDEST_FIRST = ("history_date", "history_id")
#: Not the request: it may be somebody else's who shares the address (A07).
PROHIBITION_COLUMNS = ("scope", "use", "contact_kind", "made_on")
DISCLOSURE_COLUMNS = ("recipient", "moved_to", "ground", "purpose", "categories", "disclosed_at")
#: When and for what, and nobody of staff (A03).
CONSULTATION_COLUMNS = ("looked_at", "sight", "occasion")
RECIPIENT_COLUMNS = ("name", "kind", "country", "categories", "contract_on", "ended_on")
#: The rows of each model that belong to the customer, or their history.
Found = list[tuple[Any, list[Any]]]
#: What foreign keys among the columns lead to: by column's name and key, as `as_words` takes it.
Linked = dict[str, dict[Any, Any]]


def extract_of(customer: Customer, *, now: datetime) -> dict[str, Any]:
    """Everything held about `customer` at `now`, ready for JSON, labels in the active language.

    Made from the declarations as erasure is (`register.ownership`), in as many queries however
    much there is. Names of staff are never in it (A03), nor reasons, which may name them::

        {"taken_at": "2026-03-04T11:00:00+02:00", "taken": "4.3.2026 11.00",
         "customer": "7KQ2M9X1A",
         "sections": [{"key": "order", "label": "Orders", "rows": [ROW]}],
         "history": [{"at": "2026-03-04T10:00:00+02:00", "when": "4.3.2026 10.00",
                      "key": "order", "label": "Order",
                      "type": "created" or "changed" or "deleted", "type_label": "Changed",
                      "changes": [{"key": "order.number", "label": "Number",
                                   "from": "T-1", "from_exact": "T-1",
                                   "to": "T-2", "to_exact": "T-2"}]}]}

    A ROW is one row of the register, with the rows that belong to it (an order's lines) in it::

        {"key": "order", "rows": [ROW], "values": [
            {"key": "order.ordered_on", "label": "Ordered on",
             "value": "4.3.2026", "exact": "2026-03-04",
             "source": {"kind": "purchase", "label": "purchases in shops", "name": "Market Square",
                        "collected_on": "2026-03-04",
                        "text": "purchases in shops (Market Square), 4.3.2026"}}]}

    `value` is for people and `exact` for programs: ISO dates, plain numbers. `source` is null where
    none is known. Empty values are left out, and so are rows and sections without any. The last
    sections are "noticegiven", "consent", "restriction", "prohibition", "disclosure" (to whom the
    data were given, which, when and why: A02), "recipient" (who sees such data all the time: P18)
    and "consultation" (when somebody looked, and for what: A03). History has the oldest change
    first, and begins with what was stored at first.
    """
    rows: Found = [(model, list(found)) for model, found in rows_of(customer)]
    versions: Found = [
        (model, list(found.order_by(*OLDEST_FIRST))) for model, found in history_of(customer)
    ]
    linked = linked_to([*rows, *versions])
    sources = Collection.objects.in_bulk(
        {key for _model, found in rows for row in found for key in row.collected.values()}
    )
    return {
        "taken_at": localtime(now).isoformat(),
        "taken": date_format(localtime(now), "SHORT_DATETIME_FORMAT"),
        "customer": customer.reference,
        "sections": [
            *_sections(rows, linked, sources),
            *_records(customer),
            *_prohibitions(customer),
            *_disclosures(customer),
            *_consultations(customer),
        ],
        "history": _history(versions, linked),
    }


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


def _sections(
    found: Found, linked: Linked, sources: dict[Any, Collection]
) -> Iterator[dict[str, Any]]:
    """One section for each model that leads straight to the customer; a row that belongs to
    another row stands in that one."""

    def of(row: Any) -> dict[str, Collection | None]:
        return {column: sources.get(key) for column, key in row.collected.items()}

    told = {
        model: {row.pk: _row(row, columns_given(model), linked, of(row)) for row in rows}
        for model, rows in found
    }
    for model, rows in found:
        link, _, further = paths()[model].partition("__")
        if further:
            field = model._meta.get_field(link)
            for row in rows:
                owner = told[field.related_model][getattr(row, field.attname)]
                if told[model][row.pk]["values"]:
                    owner["rows"].append(told[model][row.pk])
        elif filled := [one for one in told[model].values() if one["values"]]:
            yield _section(model, filled)


def _section(model: Any, rows: list[dict[str, Any]]) -> dict[str, Any]:
    label = capfirst(str(model._meta.verbose_name_plural))
    return {"key": model._meta.model_name, "label": label, "rows": rows}


def _records(customer: Customer) -> Iterator[dict[str, Any]]:
    found: Found = [(model, list(rows)) for model, rows in records_of(customer)]
    given = {getattr(row, "notice_id", None) for _model, rows in found for row in rows} - {None}
    linked = {"notice": Notice.objects.in_bulk(given)}
    for model, rows in found:
        if rows:
            yield _section(model, [_row(row, RECORDS[model], linked, {}) for row in rows])


def _prohibitions(customer: Customer) -> Iterator[dict[str, Any]]:
    # several requests may have forbidden the same: it is told once, since the first
    found: dict[Any, Prohibition] = {}
    for one in customer.prohibitions():
        found.setdefault((one.scope, one.use, one.contact_kind), one)
    if found:
        rows = [_row(one, PROHIBITION_COLUMNS, {}, {}) for one in found.values()]
        yield _section(Prohibition, rows)


def _disclosures(customer: Customer) -> Iterator[dict[str, Any]]:
    given = list(Disclosure.objects.about(customer).order_by("pk"))
    linked = {"recipient": Recipient.objects.in_bulk({one.recipient_id for one in given} - {None})}
    if given:
        rows = [_row(one, DISCLOSURE_COLUMNS, linked, {}) for one in given]
        yield _section(Disclosure, rows)
    if standing := list(Recipient.objects.filter(has_standing_access=True)):
        yield _section(Recipient, [_row(one, RECIPIENT_COLUMNS, {}, {}) for one in standing])


def _consultations(customer: Customer) -> Iterator[dict[str, Any]]:
    looks = list(Consultation.objects.filter(customer=customer).order_by("pk"))
    if looks:
        yield _section(Consultation, [_row(one, CONSULTATION_COLUMNS, {}, {}) for one in looks])


def _row(
    row: Any, columns: Iterable[str], linked: Linked, sources: dict[str, Collection | None]
) -> dict[str, Any]:
    """The row with its filled `columns`; `sources` says by column where a value came from."""
    values = []
    for column in columns:
        field = row._meta.get_field(column)
        if value := exact(row, field, linked):
            values.append(
                {
                    **_named(type(row), column),
                    "value": as_words(row, field, linked),
                    "exact": value,
                    "source": _source(sources.get(column)),
                }
            )
    return {"key": row._meta.model_name, "rows": [], "values": values}


def _history(found: Found, linked: Linked) -> list[dict[str, Any]]:
    types = {
        "+": ("created", gettext("Created")),
        "~": ("changed", gettext("Changed")),
        "-": ("deleted", gettext("Deleted")),
    }
    told = []
    for model, rows in found:
        before: dict[Any, Any] = {}
        for row in rows:
            key = getattr(row, model._meta.pk.attname)
            changes = list(_changes(model, before.get(key), row, linked))
            before[key] = row
            if changes:
                type_, type_label = types[row.history_type]
                entry = {
                    "at": localtime(row.history_date).isoformat(),
                    "when": date_format(localtime(row.history_date), "SHORT_DATETIME_FORMAT"),
                    "key": model._meta.model_name,
                    "label": capfirst(str(model._meta.verbose_name)),
                    "type": type_,
                    "type_label": type_label,
                    "changes": changes,
                }
                told.append((row.history_date, entry))
    return [entry for _at, entry in sorted(told, key=lambda one: one[0])]


def _changes(model: Any, older: Any, row: Any, linked: Linked) -> Iterator[dict[str, str]]:
    for column in columns_given(model):
        field = model._meta.get_field(column)
        old, new = (exact(one, field, linked) if one else "" for one in (older, row))
        if old != new:
            yield {
                **_named(model, column),
                "from": as_words(older, field, linked) if older else "",
                "from_exact": old,
                "to": as_words(row, field, linked),
                "to_exact": new,
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


def _source(collection: Collection | None) -> dict[str, str] | None:
    if collection is None:
        return None
    return {
        "kind": collection.source_kind,
        "label": str(collection.get_source_kind_display()),
        "name": collection.source_name,
        "collected_on": collection.collected_on.isoformat(),
        "text": str(collection),
    }
