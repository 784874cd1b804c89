"""Taking a package in: the same values, field by field, as far as the notice in force lists them.

Through the doors that every value comes in by, in blocks between which others may write. All of it
is rehearsed before anything is stored. The same package a second time finds its rows there and adds
nothing; after a kill it adds what is missing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from secrets import token_hex
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import DataError, IntegrityError, models, transaction
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.iso7064 import mod_37_36

from audit.digests import digests_of
from audit.files import keep, remove_files
from audit.pdf import NotThisPdf
from audit.reasons import because
from audit.texts import fault_of
from notices.declarations import Kept, declared_columns, derived_columns
from notices.models import Notice
from notices.terms import DataCategory, SourceKind
from register.extract import columns_given
from register.importing.applying import GoOn, LostTurn, NoticeHasChanged, turn
from register.models import (
    BillingData,
    Collection,
    ContactDigest,
    ContactKind,
    Customer,
    InformationDuty,
    Invoice,
    Lifespan,
    NotThisCustomers,
    Prohibition,
)
from register.models.attachments import TooLarge, judged, refusal_of
from register.models.customers import CROCKFORD, CustomerErased, ValueMissing, WrongParties
from register.models.invoices import CreditsTooMuch, Voucher
from register.models.restrictions import CustomerRestricted
from register.ownership import paths
from register.portability.layout import PROHIBITIONS, leads_to_row, lists
from register.portability.opening import Fault, Package, UnusablePackage

#: Where a package comes from by itself: the person brings it, or has it sent.
BY_THE_PERSON = (SourceKind.CUSTOMER_NOTICE, SourceKind.REGISTRATION, SourceKind.PURCHASE)
#: Rows of one transaction; each with a file is read and judged, which takes a while.
A_BLOCK, A_BLOCK_OF_FILES = 500, 20
_ORIGIN = ("source_kind", "source_name", "collected_on", "serves_one")
#: The key of what is rehearsed: no row has it.
NOWHERE = 0


class NoSourceFits(Exception):
    """The notice in force names no source that is the person: another must be chosen."""


class SomebodyAlike(Exception):
    """Others here have the reference of the package or are reached in the same way, and nobody has
    said that they are others; carries their references."""

    def __init__(self, references: list[str]) -> None:
        super().__init__(", ".join(references))
        self.references = references


class Overtaken(Exception):
    """The customer was erased or restricted, another notice came into force, or a number was
    taken, while the package was coming in. What is stored stays; a second run goes on there."""


@dataclass
class TakenIn:
    """What became of a package, every row of it; by name of its list or column."""

    customer: str = ""
    is_new: bool = False
    stored: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    already_here: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: column -> how many values of it the notice in force does not list
    undeclared: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    categories: dict[str, DataCategory] = field(default_factory=dict)
    #: (row, column, why not), never a value
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    #: vouchers of another controller's bookkeeping
    left_out: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: others here who are reached in the same way
    alike: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether the notice in force and the values themselves let everything in."""
        return not (self.undeclared or self.refused)


def take_in(
    package: Package,
    *,
    today: date,
    source_kind: str = "",
    source_name: str = "",
    is_another: bool = False,
) -> TakenIn:
    """Store what `package` holds and the notice in force lists; the rest is named in the answer.

    Each value comes from where and when the package says. With `source_kind` they come from there,
    today; but what was not the person's does not become so (T12). A source without a name is
    called `source_name`, else as the controller whose package it is. The duty to tell of what came
    from others begins `today`. `is_another` says that nobody here is the same. One package at a
    time, and no import meanwhile: waits for its turn. Raises `NoNoticeInForce`, `NoSourceFits`,
    `UndeclaredSource`, `BeyondSource`, `SomebodyAlike`, and `UnusablePackage` for a package that
    cannot be true; then nothing is stored. Raises `Overtaken`.
    """
    with because(_("Taken in from a package of another register")), turn() as go_on:
        notice = Customer.notice_that_governs()
        kind = source_kind or next((one for one in BY_THE_PERSON if one in notice.sources), "")
        if not kind:
            raise NoSourceFits
        origin = {
            "source_kind": kind,
            "source_name": (source_name or package.head["controller"])[:200],
            "collected_on": today,
            "serves_one": True,
        }
        how: dict[str, Any] = {"is_overridden": bool(source_kind), "is_another": is_another}
        try:
            _TakingIn(package, notice, origin, go_on, is_rehearsal=True, **how).run()
        except (IntegrityError, DataError, NotThisCustomers, ValueMissing, WrongParties) as error:
            raise UnusablePackage(Fault.CONTRADICTION) from error
        act = _TakingIn(package, notice, origin, go_on, is_rehearsal=False, **how)
        try:
            return act.run()
        except (
            IntegrityError,
            CustomerErased,
            CustomerRestricted,
            LostTurn,
            NoticeHasChanged,
        ) as error:
            raise Overtaken from error
        finally:
            remove_files(act.kept)


class _TakingIn:
    """One package on its way in, or on a rehearsal of that which leaves nothing behind."""

    def __init__(
        self,
        package: Package,
        notice: Notice,
        origin: dict[str, Any],
        go_on: GoOn,
        *,
        is_rehearsal: bool,
        is_overridden: bool,
        is_another: bool,
    ) -> None:
        self.package, self.notice, self.origin = package, notice, origin
        self.go_on, self.is_rehearsal = go_on, is_rehearsal
        self.is_overridden, self.is_another = is_overridden, is_another
        self.collection = Collection(**origin)
        #: whether the days that follow from data having come are written down
        self.is_followed = self.is_due = False
        #: those that the package tells, by what they say
        self.told: dict[tuple[str, str, date, bool], Collection] = {}
        self.taken = TakenIn()
        #: files of rows that are not stored yet
        self.kept: list[str] = []
        #: model -> id in the package -> key here
        self.keys: dict[Any, dict[str, Any]] = defaultdict(dict)
        own = notice.controller_name.casefold().strip()
        self.is_own = bool(own) and package.head["controller"].casefold().strip() == own

    def run(self) -> TakenIn:
        if self.package.counts["customer"] != 1:
            raise UnusablePackage(Fault.CONTRADICTION)
        [person] = self.package.rows("customer")
        customer = self._person(person)
        for name, model in lists().items():
            if model is Customer:
                continue
            if issubclass(model, Voucher) and not self.is_own:
                if count := self.package.counts[name]:
                    self.taken.left_out[name] = count
                continue
            _Table(self, name, model, customer).run()
        return self.taken

    # --- where values come from

    def origins_of(self, model: Any, row: dict[str, Any]) -> dict[str, Collection]:
        """By column of `row`, the origin that the package tells; what has none comes from the act
        itself."""
        found: dict[str, Collection] = {}
        for source in row["sources"]:
            if origin := self._origin(source):
                found |= dict.fromkeys(source["columns"], origin)
        for column, source in derived_columns(model).items():
            if source in found:
                found[column] = found[source]
        return found

    def _origin(self, source: dict[str, Any]) -> Collection | None:
        kind, chosen = SourceKind(source["kind"]), SourceKind(self.origin["source_kind"])
        if self.is_overridden and (kind.is_the_person or not chosen.is_the_person):
            return None
        if kind.is_the_person and kind not in self.notice.sources:
            kind = chosen
        try:
            day = date.fromisoformat(source["collected_on"])
        except ValueError as error:
            raise UnusablePackage(Fault.CONTRADICTION) from error
        name, day = source["name"] or self.origin["source_name"], min(day, self.today)
        # a name that a package tells of a partner was no person's there, and goes on in the next
        may_be_somebody = kind.is_the_person or kind == SourceKind.UPDATE_SERVICE
        told = (kind.value, name, day, may_be_somebody or not source["name"])
        if told not in self.told:
            self.told[told] = Collection(**dict(zip(_ORIGIN, told, strict=True)))
        return self.told[told]

    @property
    def today(self) -> date:
        day: date = self.origin["collected_on"]
        return day

    def _obtained(self, model: Any, rows: Sequence[Any]) -> None:
        """The data came here today, however old they are, and who did not give them to anybody must
        be told of it (art. 14(3)(a); T12)."""
        keys = {row.pk for row in rows} if model is Customer else set(self.keys[Customer].values())
        if not self.is_followed:
            Lifespan.objects.follow(keys, self.collection)
            self.is_followed = True
        origins = [origin for row in rows for origin in row.origins.values()]
        if not self.is_due and any(not origin.is_from_the_person for origin in origins):
            InformationDuty.objects.start(keys, self.today)
            self.is_due = True

    @contextmanager
    def block(self) -> Iterator[None]:
        """A transaction that is whole by itself; what is rehearsed in it is taken back."""
        with transaction.atomic():
            if Customer.held_notice().pk != self.notice.pk:
                raise NoticeHasChanged
            yield
            if self.is_rehearsal:
                transaction.set_rollback(True)
        self.kept.clear()
        self.go_on()

    def store(self, model: Any, rows: Sequence[Any], name: str) -> None:
        """Store `rows` in a `block`. A rehearsal asks the database and the model whether it can
        be, and spares history and words."""
        for row in rows:
            row.tidy()
            given = row.filled_columns()
            told = row.origins
            # what is said elsewhere may follow from the row itself: a credit note settles itself
            row.origins = {
                column: told[column] for column in (*given, *model.said_elsewhere) if column in told
            }
            # what a row belongs to came with the rest of it
            for column in given:
                if told and column not in told and row.declaration[column] is Kept.LINK:
                    row.origins[column] = next(iter(told.values()))
            for origin in (*row.origins.values(), self.collection):
                is_used = origin is not self.collection or not row.origins.keys() >= {*given}
                if is_used and origin._state.adding:
                    origin.save()
        if not self.is_rehearsal:
            model.objects.store(rows, collection=self.collection)
            self._obtained(model, rows)
            self.taken.stored[name] += len(rows)
            return
        if model is Customer:
            model.objects.redraw(rows)
        for row in rows:
            row.refuse(self.notice)
            row.refuse_origins(self.collection, row.filled_columns())
        models.QuerySet(model).bulk_create(rows)
        for row in rows:
            row.pk = NOWHERE

    # --- the person

    def _person(self, row: dict[str, Any]) -> Customer:
        made = Customer(**self.values(Customer, row))
        made.origins = self.origins_of(Customer, row)
        self._drop_faulty(made, row["id"])
        made.tidy()
        if not (made.name or made.email or made.phone):
            raise UnusablePackage(Fault.CONTRADICTION)
        reference = self.package.head["reference"]
        if mod_37_36.is_valid(reference, CROCKFORD):
            made.reference = reference
        alike = self._alike(made, reference)
        if any(one.at_rest for one in alike):
            raise UnusablePackage(Fault.RESTRICTED)
        same = (
            one
            for one in alike
            if all(getattr(one, name) == getattr(made, name) for name in columns_given(Customer))
        )
        found = next(same, made)
        self.taken.is_new = found is made
        if self.taken.is_new and alike and not self.is_another:
            raise SomebodyAlike([one.reference for one in alike])
        with self.block():
            if self.taken.is_new:
                self.taken.alike = [one.reference for one in alike]
                self.store(Customer, [made], "customer")
            else:
                self.taken.already_here["customer"] += 1
                self._go_on_with(found)
            # whoever is seen here has forbidden it from the first moment
            self._forbid(found)
        self.taken.customer = found.reference
        self.keys[Customer][row["id"]] = found.pk
        return found

    def _go_on_with(self, customer: Customer) -> None:
        """The same origins, where an earlier run has begun with them."""
        begun = Collection.objects.filter(pk__in=set(customer.collected.values()))
        self.collection = begun.filter(**self.origin).first() or self.collection
        for one in begun.order_by("-pk"):
            self.told[one.source_kind, one.source_name, one.collected_on, one.serves_one] = one
        if self.is_rehearsal:
            # whether the source may be is asked also where nothing will come from it
            self.collection.save()

    def _drop_faulty(self, made: Customer, id_: str) -> None:
        """Empty the values that the form of this register would not take."""
        try:
            made.clean_fields()
        except ValidationError as error:
            for column, faults in error.error_dict.items():
                self.taken.refused.append((id_, f"customer.{column}", _why(faults[0])))
                setattr(made, column, Customer._meta.get_field(column).get_default())  # type: ignore[union-attr]
        if bool(made.ip_address) != bool(made.ip_seen_on):
            missing = gettext("Give both the IP number and the day it was seen.")
            self.taken.refused.append((id_, "customer.ip_address", missing))
            made.ip_address = made.ip_seen_on = None
        if made.organisation_name and (made.given_name or made.family_name):
            raise UnusablePackage(Fault.CONTRADICTION)

    def _alike(self, made: Customer, reference: str) -> list[Customer]:
        """Those here who may be the same: by reference, or by how they are reached."""
        rows = Customer.objects.unerased()
        found = {one.pk: one for one in rows.filter(reference=reference)}
        for kind, value in made.contacts.items():
            found |= {one.pk: one for one in Customer.objects.reached_by(kind, value)}
        if not made.contacts:
            sought = Customer.objects.sought(made.name)
            named = rows.filter(Q(pk__in=sought.keys) | Q(reference__in=sought.resting))
            found |= {one.pk: one for one in named}
        return sorted(found.values(), key=lambda one: one.pk)

    def _forbid(self, customer: Customer) -> None:
        """What the person has forbidden there is forbidden here (art. 21(2)-(3); P52)."""
        today = self.today
        met = set(customer.prohibitions().values_list("scope", "use"))
        for one in self.package.rows(PROHIBITIONS):
            if (one["scope"], one["use"]) in met:
                self.taken.already_here[PROHIBITIONS] += 1
                continue
            contacts = customer.contacts or _marked(customer)
            try:
                made_on = min(date.fromisoformat(one["made_on"]), today)
            except ValueError:
                made_on = today
            Prohibition.objects.forbid(
                contacts, [one["scope"]], [one["use"]], request_number="", today=made_on
            )
            met.add((one["scope"], one["use"]))
            self.taken.stored[PROHIBITIONS] += 1

    # --- values

    def values(self, model: Any, row: dict[str, Any]) -> dict[str, Any]:
        """The values of `row` that may come in, as the model holds them, but for links. Those that
        the notice does not list, or that are none, are named and left out."""
        declared = declared_columns(model)
        kept = {}
        for column, text in row["values"].items():
            own = model._meta.get_field(column)
            named = f"{model._meta.model_name}.{column}"
            if column in derived_columns(model) or column in model.said_elsewhere:
                continue
            if column in declared and declared[column] not in self.notice.declared:
                self.taken.undeclared[named] += 1
                self.taken.categories[named] = declared[column]
                continue
            if isinstance(own, models.ForeignKey):
                continue
            try:
                if why := fault_of(text):
                    raise ValidationError(why)
                kept[column] = own.to_python(text)
            except ValidationError as error:
                self.taken.refused.append((row["id"], named, _why(error)))
        return kept


class _Table:
    """The rows of one model, on their way in a block at a time."""

    def __init__(self, act: _TakingIn, name: str, model: Any, customer: Customer) -> None:
        self.act, self.name, self.model, self.customer = act, name, model, customer
        self.link = model._meta.get_field(paths()[model].partition("__")[0])
        self.links = [
            one
            for one in map(model._meta.get_field, columns_given(model))
            if isinstance(one, models.ForeignKey)
        ]
        self.plain = [
            one.attname
            for one in map(model._meta.get_field, columns_given(model))
            if one.name not in derived_columns(model) and one.name not in model.said_elsewhere
        ]
        self.has_file = hasattr(model, "private_file")
        self.most = A_BLOCK_OF_FILES if self.has_file else A_BLOCK
        self.unique = _unique_columns(model)
        self.waiting: dict[str, Any] = {}

    def run(self) -> None:
        self.there = self._rows_there()
        for row in self.act.package.rows(self.name):
            if row["id"] in self.act.keys[self.model] or row["id"] in self.waiting:
                raise UnusablePackage(Fault.CONTRADICTION)
            self._take(row)
            if len(self.waiting) == self.most:
                self._store()
        self._store()

    def _rows_there(self) -> dict[tuple[Any, ...], list[Any]]:
        """The keys of the customer's rows by what they hold, the oldest first."""
        found: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        if not self.act.taken.is_new and self.act.package.counts[self.name]:
            mine = self.model.objects.filter(**{paths()[self.model]: self.customer.pk})
            for block in mine.in_blocks():
                for one in block:
                    found[self._held(one)].append(one.pk)
        return found

    def _held(self, row: Any) -> tuple[Any, ...]:
        held = (getattr(row, name) for name in (self.link.attname, *self.plain))
        return (*held, row.size if self.has_file else 0)

    def _take(self, row: dict[str, Any]) -> None:
        act = self.act
        before = len(act.taken.refused)
        values = act.values(self.model, row)
        if len(act.taken.refused) > before or self._is_undeclared(row):
            return
        made = self.model(**values)
        made.origins = act.origins_of(self.model, row)
        if not self._linked(made, row):
            return
        made.tidy()
        try:
            made.clean_fields(exclude={one.name for one in (self.link, *self.links)})
        except ValidationError as error:
            column, faults = next(iter(error.error_dict.items()))
            self._refuse(row, column, _why(faults[0]))
            return
        if isinstance(made, BillingData):
            for column, why in made.faults().items():
                # the rest of the row is taken in
                self._refuse(row, column, why)
                setattr(made, column, "")
        content = self._content(row, made)
        if content is None:
            return
        if same := self.there.get(self._held(made)):
            act.keys[self.model][row["id"]] = same.pop(0)
            act.taken.already_here[self.name] += 1
            return
        if content and not act.is_rehearsal:
            made.file = keep(ContentFile(content))
            act.kept.append(made.file)
        self.waiting[row["id"]] = made

    def _is_undeclared(self, row: dict[str, Any]) -> bool:
        """Whether the notice lists nothing that the row holds."""
        columns = {*row["values"], *({self.model.private_file} if self.has_file else ())}
        declared = declared_columns(self.model)
        return all(
            column in declared and declared[column] not in self.act.notice.declared
            for column in columns
        )

    def _linked(self, made: Any, row: dict[str, Any]) -> bool:
        """Join `made` to the rows that it belongs and leads to; False where that cannot be."""
        owners = self.act.keys[self.link.related_model]
        if row["of"] not in owners:
            # what it belongs to was refused, or is in no package
            self._refuse(row, self.link.name, gettext("What it belongs to was not taken in."))
            return False
        self._join(made, self.link, owners[row["of"]])
        for one in self.links:
            text = row["values"].get(one.name)
            if text is None or self._is_undeclared({"values": {one.name}}):
                continue
            if not leads_to_row(one):
                setattr(made, one.name, self._organisation(text))
                continue
            if text in self.waiting:
                self._store()
            keys = self.act.keys[one.related_model]
            if text in keys:
                self._join(made, one, keys[text])
            elif not issubclass(one.related_model, Voucher):
                self._refuse(row, one.name, gettext("What it belongs to was not taken in."))
                return False
        return True

    def _join(self, made: Any, link: Any, key: int) -> None:
        setattr(made, link.attname, key)
        if link.related_model is Customer:
            setattr(made, link.name, self.customer)
        elif key == NOWHERE:
            setattr(made, link.name, link.related_model(pk=NOWHERE, customer=self.customer))

    def _organisation(self, name: str) -> Customer:
        """The organisation of that name here, or a new one: who stands for it needs one."""
        found = Customer.objects.search(name).filter(organisation_name=name).first()
        if found is None:
            found = Customer(organisation_name=name)
            with self.act.block():
                self.act.store(Customer, [found], "organisation")
        return found

    def _content(self, row: dict[str, Any], made: Any) -> bytes | None:
        """The file of the row, empty where it has none; None where it may not come in."""
        if not self.has_file or not row["file"]:
            return b""
        paper: Any = ContentFile(self.act.package.paper(row["file"]))
        try:
            content, made.pages = judged(paper)
        except (NotThisPdf, TooLarge) as error:
            self._refuse(row, "file", refusal_of(error))
            return None
        made.size = len(content)
        return content

    def _refuse(self, row: dict[str, Any], column: str, why: str) -> None:
        self.act.taken.refused.append((row["id"], f"{self.name}.{column}", why))

    def _store(self) -> None:
        for column in self.unique:
            self._refuse_taken(column)
        if self.model is Invoice:
            self._refuse_credits()
        if self.waiting:
            rows = list(self.waiting.values())
            with self.act.block():
                self.act.store(self.model, rows, self.name)
            self.act.keys[self.model] |= {id_: row.pk for id_, row in self.waiting.items()}
            self.waiting = {}

    def _refuse_taken(self, column: str) -> None:
        """Refuse the waiting rows whose value in `column` is another row's here."""
        wanted = {id_: getattr(row, column) for id_, row in self.waiting.items()}
        rows = self.model.objects.filter(**{f"{column}__in": {*wanted.values()} - {"", None}})
        used = set(rows.values_list(column, flat=True))
        own = next(one for one in self.model._meta.concrete_fields if one.attname == column)
        why = own.error_messages["unique"] % {
            "model_name": capfirst(str(self.model._meta.verbose_name)),
            "field_label": own.verbose_name,
        }
        for id_, value in wanted.items():
            if value in used:
                del self.waiting[id_]
                self.act.taken.refused.append((id_, f"{self.name}.{own.name}", why))
            elif value not in ("", None):
                used.add(value)

    def _refuse_credits(self) -> None:
        """Refuse the waiting credit notes where they are of more than is left to pay. Where money
        was given back before, a second run knows that, and takes them in."""
        notes = {id_: row for id_, row in self.waiting.items() if row.credits_id}
        if not notes or self.act.is_rehearsal:
            return
        there = Invoice.objects.in_bulk({row.credits_id for row in notes.values()})
        for row in notes.values():
            row.credits = there[row.credits_id]
        try:
            Invoice.refuse_too_much(notes.values())
        except CreditsTooMuch:
            why = gettext("More is credited than is left to pay.")
            self.act.taken.refused += [(id_, f"{self.name}.amount", why) for id_ in notes]
            for id_ in notes:
                del self.waiting[id_]


def _unique_columns(model: Any) -> list[str]:
    """The columns of `model` of which no two rows have the same value."""
    named = {
        one.fields[0]
        for one in model._meta.constraints
        if isinstance(one, models.UniqueConstraint) and len(one.fields) == 1
    }
    return [
        one.attname
        for one in model._meta.concrete_fields
        if not one.primary_key and (one.unique or one.name in named)
    ]


def _marked(customer: Customer) -> dict[str, str]:
    """A mark by which somebody without any address is met."""
    mark = token_hex()
    ContactDigest.objects.bulk_create(
        ContactDigest(customer=customer, kind=ContactKind.CUSTOMER, digest=one)
        for one in digests_of(ContactKind.CUSTOMER, mark)
    )
    return {ContactKind.CUSTOMER: mark}


def _why(error: ValidationError) -> str:
    """What is wrong with a value, without the value."""
    first = error.error_list[0]
    if first.params:
        return gettext("This register does not take such a value.")
    return str(first.message)
