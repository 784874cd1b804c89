"""Packing: everything that the register holds of one customer, as files for people and programs.

Rows are read once, in blocks, into a file without a name; JSON, CSV and the page are made from
that, so that they agree and no more than a block is ever held.
"""

import csv
import io
import json
import re
import secrets
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from hashlib import blake2b
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language, override

from audit.history import as_words
from notices.declarations import Kept, derived_columns
from notices.export.pages import public_style
from notices.models import Notice
from notices.terms import ClauseKind, DataCategory, LegalBasis, SourceKind
from register.extract import columns_given, exact, linked_to
from register.models import Collection, Customer, Prohibition
from register.ownership import paths
from register.portability.layout import (
    DATA,
    FORMAT,
    PAGE,
    PROHIBITIONS,
    SCHEMA,
    STYLE,
    VERSION,
    Outside,
    leads_to_row,
    list_name,
    lists,
    schema,
)

PORTABLE = frozenset({LegalBasis.CONSENT, LegalBasis.CONTRACT})
#: A template is cut here: what is before goes in before the rows, what is after, after them.
CUT = "<!--rows-->"
#: Rows held at a time: of an order's lines their orders are held too.
A_BLOCK = 1000
#: Text that a spreadsheet would reckon with; a phone number does no harm. And text that begins as
#: what we make of such: an import takes one apostrophe off, and only one that was put there.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s().-]+\Z)|'+[-+=@\t\r]")


def pack(
    customer: Customer,
    file: IO[bytes],
    *,
    now: datetime,
    language: str = "",
    covered_only: bool = False,
) -> frozenset[str]:
    """Write the package of `customer` as of `now` to `file`, in `language`, else in the customer's;
    give the categories of data that are in it.

    The person gets the rest of what is held too, marked (P53); another controller gets only what
    art. 20 covers (`covered_only`; O01, O03). Takes as much memory for many rows as for few. Raises
    `NoNoticeInForce`.
    """
    notice = Customer.notice_that_governs()
    with (
        override(language or customer.language),
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ExitStack() as open_files,
    ):
        packing = _Packing(archive, customer, notice, now, covered_only=covered_only)
        found = {
            name: open_files.enter_context(_Rows.read(packing, model))
            for name, model in lists().items()
        }
        packing.write_data(found)
        packing.write_tables(found)
        packing.write_page(found)
        return frozenset(packing.categories)


class _Packing:
    """One package while it is being made."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        customer: Customer,
        notice: Notice,
        now: datetime,
        *,
        covered_only: bool,
    ) -> None:
        self.archive, self.customer, self.notice, self.now = archive, customer, notice, now
        self.covered_only = covered_only
        #: the categories of what is in it
        self.categories: set[str] = set()
        #: the rows of which nothing may go in: what belongs or leads to them stays out with them
        self.left_out: set[str] = set()
        bases = {
            clause.legal_basis
            for clause in notice.clauses.all()
            if clause.kind == ClauseKind.PURPOSE and clause.legal_basis
        }
        # a notice that names no basis takes nobody's right away
        self.bases = bases or PORTABLE
        self._key = secrets.token_bytes(16)
        self.prohibitions = _forbidden(customer)

    def id_of(self, model: type[models.Model], key: Any) -> str:
        """What a row goes by in this package alone: its key is nobody's business."""
        made = blake2b(str(key).encode(), key=self._key, digest_size=8)
        made.update(list_name(model).encode())
        return f"{list_name(model)}-{made.hexdigest()}"

    @contextmanager
    def member(self, name: str) -> Iterator[IO[str]]:
        with self.open(name) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
            yield text

    def open(self, name: str) -> IO[bytes]:
        info = zipfile.ZipInfo(name, localtime(self.now).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return self.archive.open(info, "w")

    def outside(self, model: Any, column: str, source: Collection | None) -> Outside | None:
        """Why art. 20 does not cover a value; None where it does."""
        category = model.declaration[column]
        if self.customer.is_organisation:
            return Outside.NOT_A_PERSON
        if isinstance(category, Kept):
            return Outside.BY_LAW
        if column in derived_columns(model):
            return Outside.DERIVED
        # what is seen of a person, as a visit is, is provided by the person too
        if not source or not (
            source.is_from_the_person or source.source_kind == SourceKind.COOKIES
        ):
            return Outside.NOT_PROVIDED
        # a contract with an organisation is none with the person who speaks for it
        needed = {LegalBasis.CONSENT} if category == DataCategory.ORGANISATION else PORTABLE
        return None if self.bases & needed else Outside.OTHER_BASIS

    def write_data(self, found: "dict[str, _Rows]") -> None:
        head = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": localtime(self.now).isoformat(timespec="seconds"),
            "language": get_language(),
            "controller": self.notice.controller_name,
            "controller_email": self.notice.contact_point or None,
            "register_name": self.notice.register_name,
            "notice_version": self.notice.version,
            "reference": self.customer.reference,
        }
        with self.member(DATA) as text:
            text.write(_json(head)[:-1])
            for name, rows in found.items():
                _write_list(text, name, (one["row"] for one in rows))
            _write_list(text, PROHIBITIONS, self.prohibitions)
            text.write("}\n")
        with self.member(SCHEMA) as text:
            text.write(as_file(schema()))

    def write_tables(self, found: "dict[str, _Rows]") -> None:
        for name, rows in found.items():
            if not rows.count:
                continue
            columns = columns_given(rows.model)
            with self.member(f"csv/{name}.csv") as text:
                table = csv.writer(text)
                table.writerow(["id", "of", *columns, "sources", "outside", "file"])
                for one in rows:
                    row = one["row"]
                    cells = [row["id"], row["of"], *map(row["values"].get, columns)]
                    told = "; ".join(f"{c}: {why}" for c, why in row["outside"].items())
                    cells += ["; ".join(one["sources"]), told, row.get("file")]
                    table.writerow(map(harmless, cells))
        if self.prohibitions:
            with self.member(f"csv/{PROHIBITIONS}.csv") as text:
                table = csv.writer(text)
                table.writerow(self.prohibitions[0])
                table.writerows(one.values() for one in self.prohibitions)

    def write_page(self, found: "dict[str, _Rows]") -> None:
        with self.open(STYLE) as file:
            file.write(public_style())
        context = {
            "notice": self.notice,
            "taken": date_format(localtime(self.now), "SHORT_DATETIME_FORMAT"),
            "forbidden": self.customer.prohibitions().in_words(),
            "covered_only": self.covered_only,
            "person": self.customer.name or self.customer.reference,
            "style": STYLE,
        }
        before, after = render_to_string("portability/page.html", context).split(CUT)
        with self.member(PAGE) as text:
            text.write(before)
            for name, rows in found.items():
                if rows.count:
                    self._write_section(text, name, rows)
            text.write(after)

    def _write_section(self, text: IO[str], name: str, rows: "_Rows") -> None:
        named = rows.model._meta
        heading = named.verbose_name_plural if rows.count > 1 else named.verbose_name
        about = {"name": name, "heading": capfirst(str(heading)), "source": rows.source}
        text.write(render_to_string("portability/heading.html", about))
        for block in rows.blocks():
            shown = {"rows": block, "source": rows.source}
            text.write(render_to_string("portability/rows.html", shown))


class _Rows:
    """The rows of one model, as they are told, in a file without a name."""

    def __init__(self, model: type[models.Model], file: IO[str]) -> None:
        self.model, self._file, self.count = model, file, 0
        #: where all values of all rows came from, in words; empty where not from one place
        self.source = ""

    @classmethod
    @contextmanager
    def read(cls, packing: _Packing, model: type[models.Model]) -> "Iterator[_Rows]":
        """The rows of `model` that belong to the customer, read from the database; their private
        files go into the package."""
        with tempfile.TemporaryFile(
            "w+", encoding="utf-8", newline="\n", dir=settings.DATA_DIR
        ) as file:
            rows = cls(model, file)
            for owners, block in _blocks(model, packing.customer):
                for one in _told(packing, model, owners, block):
                    file.write(_json(one))
                    file.write("\n")
                    rows.count += 1
                    source = one["sources"][0] if len(one["sources"]) == 1 else ""
                    rows.source = source if rows.source == source or rows.count == 1 else ""
            yield rows

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._file.seek(0)
        return map(json.loads, self._file)

    def blocks(self, size: int = 200) -> Iterator[list[dict[str, Any]]]:
        block = []
        for one in self:
            block.append(one)
            if len(block) == size:
                yield block
                block = []
        if block:
            yield block


def _blocks(model: Any, customer: Customer) -> Iterator[tuple[dict[Any, Any], list[Any]]]:
    """The rows of `model` that belong to `customer`, with the rows that they belong to, by key.

    In the order of those: a look-up through them would read all of them again for each block.
    """
    path = paths()[model]
    link, _sign, further = path.partition("__")
    if not further:
        own = model.objects.filter(**{path or "pk": customer.pk})
        for block in own.in_blocks(A_BLOCK):
            yield {customer.pk: customer}, block
        return
    for _owners, block in _blocks(model._meta.get_field(link).related_model, customer):
        owners = {one.pk: one for one in block}
        for own in model.objects.filter(**{f"{link}__in": list(owners)}).in_blocks(A_BLOCK):
            yield owners, own


def _told(
    packing: _Packing, model: Any, owners: dict[Any, Any], block: Sequence[Any]
) -> Iterator[dict[str, Any]]:
    """Each row of `block`: as programs read it ("row"), and as people do ("words", "sources")."""
    linked = linked_to([(model, list(block))])
    found = Collection.objects.in_bulk({key for row in block for key in row.collected.values()})
    sources = {key: _in_words(source) for key, source in found.items()}
    fields = [model._meta.get_field(column) for column in columns_given(model)]
    labels = {field.name: capfirst(str(field.verbose_name)) for field in fields}
    path = paths()[model]
    link = model._meta.get_field(path.partition("__")[0]) if path else None
    for row in block:
        owner = link and owners[getattr(row, link.attname)]
        values, words, outside = {}, [], {}
        origins: dict[Any, list[str]] = defaultdict(list)
        if link and owner != packing.customer:
            # an order's line says of which order it is
            words.append([capfirst(str(link.verbose_name)), str(owner), ""])
        for field in fields:
            value = exact(row, field, linked)
            if not value:
                continue
            if leads_to_row(field):
                value = packing.id_of(field.related_model, getattr(row, field.attname))
            source = found.get(row.collected.get(field.name))
            why = packing.outside(model, field.name, source)
            if packing.covered_only and (why or value in packing.left_out):
                continue
            values[field.name] = value
            if isinstance(category := model.declaration[field.name], DataCategory):
                packing.categories.add(category)
            if source:
                origins[source.pk].append(field.name)
            if why:
                outside[field.name] = why.value
            told_why = str(why.label) if why else ""
            words.append([labels[field.name], as_words(row, field, linked), told_why])
        id_ = packing.id_of(model, row.pk)
        of = packing.id_of(link.related_model, owner.pk) if link and owner else None
        if packing.covered_only and link and (not values or of in packing.left_out):
            packing.left_out.add(id_)
            continue
        told = {
            "id": id_,
            "of": of,
            "values": values,
            "sources": [_source(found[key], columns) for key, columns in origins.items()],
            "outside": outside,
        }
        if private := getattr(model, "private_file", ""):
            source = found.get(row.collected.get(private))
            stays = packing.covered_only and packing.outside(model, private, source)
            told["file"] = None if stays else _paper(packing, id_, getattr(row, private))
        said: dict[str, list[str]] = defaultdict(list)
        for key, columns in origins.items():
            said[sources[key]] += [labels[one] for one in columns]
        yield {
            "row": told,
            "words": words,
            "sources": [
                source if len(said) == 1 else f"{', '.join(named)}: {source}"
                for source, named in said.items()
            ],
        }


def _name_of(source: Collection) -> str:
    """The name of a source, unless it may be somebody else's: one that staff typed for this
    customer alone, of a source that may be a person other than this (art. 20(4); O04). An update
    service is an authority or a company."""
    is_nobody = source.is_from_the_person or source.source_kind == SourceKind.UPDATE_SERVICE
    somebody = source.serves_one and not is_nobody
    return "" if somebody else source.source_name


def _source(source: Collection, columns: list[str]) -> dict[str, Any]:
    return {
        "columns": columns,
        "kind": source.source_kind,
        "name": _name_of(source) or None,
        "collected_on": source.collected_on.isoformat(),
    }


def _in_words(source: Collection) -> str:
    told = Collection(
        source_kind=source.source_kind,
        source_name=_name_of(source),
        collected_on=source.collected_on,
    )
    return str(told)


def _paper(packing: _Packing, id_: str, private: str) -> str | None:
    if not private:
        return None
    name = f"attachments/{id_}.pdf"
    with storages["private"].open(private) as content, packing.open(name) as member:
        member.write(content.read())
    return name


def _forbidden(customer: Customer) -> list[dict[str, str]]:
    """What the person has forbidden, each once, since the first time."""
    found: dict[tuple[str, str], Prohibition] = {}
    for one in customer.prohibitions().order_by("made_on", "pk"):
        found.setdefault((one.scope, one.use), one)
    return [
        {"scope": scope, "use": use, "made_on": one.made_on.isoformat()}
        for (scope, use), one in found.items()
    ]


def harmless(cell: str | None) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = cell or ""
    return f"'{text}" if _FORMULA.match(text) else text


def as_file(document: dict[str, Any]) -> str:
    """JSON as people read it."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write_list(text: IO[str], name: str, rows: Iterable[Any]) -> None:
    """One row a line, so that a person can read it too."""
    text.write(f',\n"{name}":[')
    for place, row in enumerate(rows):
        text.write(",\n" if place else "\n")
        text.write(_json(row))
    text.write("]")
