"""Which column goes where: guessed from headings and first cells, or chosen by people."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from notices.terms import DataCategory, Language

from .addresses import split_address
from .amounts import MistypedYear, NotReadable, day_of
from .headings import GROUPS, Meaning, fold_heading, language_of, meaning_of
from .names import family_comes_first
from .notes import heard_in
from .refusals import Refusal, answer_of, names_a_wish, overheard_in, says_yes_or_no
from .rows import Column
from .systems import own_meanings
from .tables import Headings, Table
from .targets import (
    CATEGORY,
    OF_BILLING,
    PARTS,
    PERSON,
    POSTAL,
    PUBLIC,
    REFUSALS,
    WISHES,
    Target,
)
from .values import (
    looks_like_email,
    looks_like_phone,
    looks_like_postcode_and_city,
    looks_like_vat_id,
)


class Kind(models.TextChoices):
    """What the rows of a table are."""

    CUSTOMERS = "customers", _("customers")
    ORDERS = "orders", _("orders")
    INVOICES = "invoices", _("invoices")


class Why(StrEnum):
    """Why a column is dropped."""

    #: nothing here knows the heading, or the register has no place for it
    UNKNOWN = "unknown"
    #: the notice in force does not declare such data
    UNDECLARED = "undeclared"
    #: such a source does not give such data
    BEYOND_SOURCE = "beyond_source"
    #: another column was chosen for the same
    SECOND_CHOICE = "second_choice"
    #: told only whether a name is an organisation's
    HINT = "hint"
    #: labels, of which only a no is taken
    LABELS = "labels"
    #: free text, of which only a clear no is taken
    NOTES = "notes"
    #: an IP number without its day
    NO_DAY = "no_day"
    #: belongs to orders or invoices, and the rows are customers; or vice versa
    OTHER_KIND = "other_kind"
    #: the reference of one order or invoice, which are kept without
    OF_VOUCHER = "of_voucher"
    #: somebody decided so
    CHOSEN = "chosen"


@dataclass(frozen=True)
class Choice:
    """A column and where it goes. Of several with one target and group the first comes first."""

    column: Column
    target: Target
    group: str = ""
    rank: int = 0
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Dropped:
    """A column whose cells nobody reads, and why."""

    column: Column
    why: Why


@dataclass(frozen=True)
class ColumnMap:
    """Where each column of a table goes; every column is in `choices` or in `dropped`, and those
    that are only a hint in both."""

    kind: Kind
    choices: tuple[Choice, ...]
    dropped: tuple[Dropped, ...]
    #: cells of a row; more of them have no heading
    width: int
    #: whole names are written "Virtanen Maija"
    family_first: bool = False
    contact_family_first: bool = False
    #: days with slashes are written as in America
    month_first: bool = False
    #: of letters to those of whom no column tells it
    language: str = Language.FINNISH
    #: the whole file is of people who have said no
    everybody_forbids: bool = False
    #: of the dropped columns those of few words, in which a no is heard all the same
    overheard: tuple[Column, ...] = ()

    @property
    def mapped(self) -> dict[str, str]:
        """Heading -> target, as programs read it; prohibitions stand in `prohibiting`."""
        hints = {one.column for one in self.dropped}
        return {
            choice.column.name: PUBLIC.get(choice.target, choice.target.value)
            for choice in sorted(self.choices, key=_place)
            if choice.refusal is None and choice.column not in hints
        }

    @property
    def taken_apart(self) -> dict[str, list[str]]:
        """Heading -> the columns of a customer that its cells are taken apart into."""
        hints = {one.column for one in self.dropped}
        return {
            choice.column.name: list(PARTS[choice.target])
            for choice in sorted(self.choices, key=_place)
            if choice.target in PARTS and choice.column not in hints
        }

    @property
    def kept(self) -> set[Target]:
        """Where the columns go that are not only a hint."""
        hints = {one.column for one in self.dropped}
        return {one.target for one in self.choices if one.column not in hints}

    @property
    def by_place(self) -> list[tuple[int, str, str, str]]:
        """Of each column its place, name, target, and why it is dropped; the last two may be
        empty."""
        targets = {one.column: one.target for one in self.choices}
        whys = {one.column: one.why for one in self.dropped}
        return [
            (one.place, one.name, targets.get(one, ""), whys.get(one, ""))
            for one in sorted({**targets, **whys})
        ]

    @property
    def prohibiting(self) -> list[str]:
        """Headings of the columns that can forbid something."""
        found = sorted(self.choices, key=_place)
        return [one.column.name for one in found if one.refusal]

    @property
    def dropped_columns(self) -> list[str]:
        return [one.column.name for one in self.dropped]

    @property
    def finds_somebody(self) -> bool:
        """Whether any column says who a row is about; without one nothing can be taken in."""
        return any(
            one.target in PERSON or one.target in (Target.ORGANISATION, Target.EMAIL, Target.PHONE)
            for one in self.choices
        )


def targets_for(kind: str, declared: Container[DataCategory]) -> list[Target]:
    """Where people may send the columns of such rows, under what a notice declares."""
    allowed = _Allowed(declared, None)
    return [
        target
        for target in Target
        if target is not Target.EITHER_WAY
        and _why_not(target, Kind(kind), allowed) in (None, Why.NOTES)
    ]


def _place(choice: Choice) -> int:
    return choice.column.place


#: Of these a no alone is taken, whoever leaves them out.
_LOOKED_THROUGH = {
    **dict.fromkeys((Target.LABELS, Target.FIELD_NAME, Target.FIELD_VALUE), Why.LABELS),
    Target.NOTES: Why.NOTES,
}
#: A column of states or wishes has so few different cells among the first rows.
_FEW_WORDS = 20
_HINTS = (Target.BUSINESS_ID, Target.CUSTOMER_TYPE)
_OF_ORDERS = {
    Target.ORDER_NUMBER,
    Target.ORDERED_ON,
    Target.DELIVERED_ON,
    Target.CANCELLED_ON,
    Target.DESCRIPTION,
    Target.QUANTITY,
    Target.UNIT_PRICE,
    Target.ORDER_STATUS,
}
_OF_INVOICES = {
    Target.INVOICE_NUMBER,
    Target.INVOICED_ON,
    Target.DUE_ON,
    Target.AMOUNT,
    Target.PAID_ON,
    Target.PAID_AMOUNT,
    Target.PAID,
    Target.INVOICE_STATUS,
    Target.INVOICE_CANCELLED,
    Target.OPEN_AMOUNT,
}
_FOREIGN = {
    Kind.CUSTOMERS: _OF_ORDERS | _OF_INVOICES | {Target.CURRENCY},
    Kind.ORDERS: _OF_INVOICES,
    Kind.INVOICES: _OF_ORDERS,
}
#: What became of its payment tells of an order whether it is void; what was called off, of an
#: invoice that it is not owed.
_OWN_OF_KIND: dict[Kind, dict[Target, Target]] = {
    Kind.CUSTOMERS: {},
    Kind.ORDERS: dict.fromkeys((Target.PAID, Target.INVOICE_STATUS), Target.ORDER_STATUS),
    Kind.INVOICES: {Target.CANCELLED_ON: Target.INVOICE_CANCELLED},
}
_NUMBER = ("number", "numero", "nro", "nummer", "nr", "no", "num")
_DATE = ("date", "pvm", "paivamaara", "paiva", "datum")
#: Headings that mean something only among others of the kind.
_BARE: dict[Kind, dict[str, Target]] = {
    Kind.CUSTOMERS: {},
    Kind.ORDERS: {
        **dict.fromkeys(_NUMBER, Target.ORDER_NUMBER),
        **dict.fromkeys(_DATE, Target.ORDERED_ON),
        **dict.fromkeys(("created", "createdat", "luotu", "skapad"), Target.ORDERED_ON),
        **dict.fromkeys(("status", "tila"), Target.ORDER_STATUS),
    },
    Kind.INVOICES: {
        **dict.fromkeys(_NUMBER, Target.INVOICE_NUMBER),
        **dict.fromkeys(_DATE, Target.INVOICED_ON),
        **dict.fromkeys(("status", "tila"), Target.INVOICE_STATUS),
        **dict.fromkeys(("paymentreceived", "suoritus", "betalning"), Target.PAID_ON),
        **dict.fromkeys(("partner", "kumppani"), Target.FULL_NAME),
    },
}
_DAYS = (
    *(Target.ORDERED_ON, Target.DELIVERED_ON, Target.CANCELLED_ON, Target.IP_SEEN_ON),
    *(Target.INVOICED_ON, Target.DUE_ON, Target.PAID_ON),
)
#: Beside a column of names the other one holds marks as often: "Customer", "Customer Name".
_NAMED_BESIDE = {
    "customer": "customername",
    "client": "clientname",
    "asiakas": "asiakkaannimi",
    "kund": "kundnamn",
}
#: A row takes the first filled one; values of the others are noted as left out.
_IN_TURN = (Target.EMAIL, Target.PHONE, Target.WEBSITE, Target.ORGANISATION)


def guess(
    table: Table,
    *,
    declared: Container[DataCategory] | None = None,
    given: Container[DataCategory] | None = None,
    kind: Kind | None = None,
) -> ColumnMap:
    """Where the columns of `table` go, by their headings and by the first rows.

    `declared` are the categories that the notice in force declares, `given` those that the source
    gives; columns of others are dropped (None: all). `kind` overrides what the headings say the
    rows are.
    """
    meanings = _meanings(table)
    _learn_from_cells(table, meanings)
    return _built(table, meanings, _Allowed(declared, given), kind, chosen=frozenset())


def chosen(
    table: Table,
    targets: Mapping[int, Target | None],
    *,
    declared: Container[DataCategory] | None = None,
    given: Container[DataCategory] | None = None,
    kind: Kind | None = None,
) -> ColumnMap:
    """Where people send the columns: `targets` by the column's place, None to drop it; the others
    are guessed. A column that can forbid something stays what it is, whatever was chosen; only by
    which answer it does can be told where its heading does not."""
    meanings = _meanings(table)
    _learn_from_cells(table, meanings)
    for column in table.columns:
        found = meanings[column]
        if column.place not in targets:
            continue
        target = targets[column.place]
        if target is None and found and found.target in _LOOKED_THROUGH:
            continue
        if found and found.refusal and not (found.refusal.is_doubtful and target in REFUSALS):
            continue
        refusal = REFUSALS.get(target) if target else None
        meanings[column] = Meaning(target, "", -1, refusal) if target else None
    dropped = frozenset(place for place, target in targets.items() if target is None)
    return _built(table, meanings, _Allowed(declared, given), kind, chosen=dropped)


def _meanings(table: Table) -> dict[Column, Meaning | None]:
    own = own_meanings(table.format, [one.heading for one in table.columns])
    found: dict[Column, Meaning | None] = {}
    for column in table.columns:
        key = fold_heading(column.heading).replace(" ", "")
        if key in own:
            target = own[key]
            found[column] = Meaning(target) if target else None
        else:
            found[column] = meaning_of(column.heading)
    keys = {fold_heading(one.heading).replace(" ", "") for one in found}
    for column, meaning in found.items():
        named = _NAMED_BESIDE.get(fold_heading(column.heading).replace(" ", ""))
        if meaning and named in keys:
            found[column] = meaning._replace(rank=meaning.rank + 1)
    return found


def _cells_of(table: Table, column: Column) -> list[str]:
    place = column.place
    return [
        cell
        for row in table.sample
        if place < len(row.cells) and (cell := row.cells[place].strip())
    ]


def _learn_from_cells(table: Table, meanings: dict[Column, Meaning | None]) -> None:
    """What the cells say where a heading is missing, unknown, or says one thing of several."""
    for column, meaning in meanings.items():
        cells = _cells_of(table, column)
        if meaning and cells:
            meanings[column] = _corrected(column, meaning, cells)
    _tell_streets_apart(table, meanings)
    for column, meaning in meanings.items():
        if meaning is None and any(heard_in(cell).forbids for cell in _cells_of(table, column)):
            meanings[column] = Meaning(Target.NOTES)
    known = {meaning.target for meaning in meanings.values() if meaning}
    for column, meaning in meanings.items():
        if meaning is None and Target.EMAIL not in known:
            cells = _cells_of(table, column)
            if _most(cells, looks_like_email):
                meanings[column] = Meaning(Target.EMAIL)
                known.add(Target.EMAIL)
    told_by_words = table.headings is Headings.KNOWN or (table.headings is Headings.SAID and known)
    if not told_by_words:
        _without_headings(table, meanings, known)


def _tell_streets_apart(table: Table, meanings: dict[Column, Meaning | None]) -> None:
    """ "Osoite" beside "Postinumero ja -toimipaikka" or "Postinumero" is the street alone."""
    addresses = [
        (column, meaning, _most(_cells_of(table, column), looks_like_postcode_and_city))
        for column, meaning in meanings.items()
        if meaning and meaning.target is Target.ADDRESS
    ]
    towns = {meaning.group for _column, meaning, is_town in addresses if is_town}
    towns |= {
        meaning.group
        for meaning in meanings.values()
        if meaning and meaning.target in (Target.POSTCODE, Target.CITY)
    }
    streets = {
        meaning.group
        for meaning in meanings.values()
        if meaning and meaning.target is Target.STREET
    }
    for column, meaning, is_town in addresses:
        if meaning.group in towns - streets and not is_town and not _tells_town(table, column):
            meanings[column] = meaning._replace(target=Target.STREET)


def _tells_town(table: Table, column: Column) -> bool:
    return _most(_cells_of(table, column), lambda cell: bool(split_address(cell).postcode))


def _corrected(column: Column, meaning: Meaning, cells: list[str]) -> Meaning | None:
    match meaning.target:
        case Target.EMAIL if not any("@" in cell for cell in cells):
            if _most(cells, looks_like_postcode_and_city):
                return meaning._replace(target=Target.ADDRESS)
            return None if fold_heading(column.heading) in ("posti", "mail") else meaning
        case Target.CITY | Target.STREET if _most(cells, looks_like_postcode_and_city):
            return meaning._replace(target=Target.ADDRESS)
        case Target.BUSINESS_ID if _is_tax(column.heading) and not _most(cells, looks_like_vat_id):
            return None  # "VAT" is a sum as often
        case Target.OPEN_AMOUNT if not any(map(_has_digits, cells)):
            return None  # "Open: yes" tells no sum
        case Target.PAID if _most(cells, _is_day):
            return meaning._replace(target=Target.PAID_ON)
        case Target.PAID if _most(cells, lambda cell: _CENTS.fullmatch(cell) is not None):
            return meaning._replace(target=Target.PAID_AMOUNT)
        case Target.CANCELLED_ON | Target.INVOICE_CANCELLED if any(
            says_yes_or_no(cell) is not None for cell in cells
        ):
            return meaning  # "Peruttu: kyllä" tells no day, and yet that it came to nothing
        case Target.DELIVERED_ON | Target.CANCELLED_ON | Target.INVOICE_CANCELLED if not any(
            map(_is_day, cells)
        ):
            return None  # "Toimitettu: kyllä" tells no day
        case _ if (
            meaning.refusal
            and not meaning.refusal.yes_forbids
            and (address := next((one for one, look in _ADDRESSES if _most(cells, look)), None))
        ):
            return Meaning(address)  # "Sähköposti, johon saa lähettää laskun"
        case _ if (
            meaning.refusal
            and not (meaning.refusal.yes_forbids or meaning.refusal.by_presence)
            and _most(cells, _is_a_mark)
        ):
            return None  # "Subscription: sub_1Mow" is what a system calls it
        case _ if meaning.refusal and not names_a_wish(column.heading):
            answers = [answer for cell in cells if (answer := answer_of(cell, meaning.refusal))]
            if answers and sum(one.is_clear for one in answers) * 2 < len(answers):
                return None  # "Kampanja: kesä" names a campaign and asks nobody
    return meaning


def _is_a_mark(cell: str) -> bool:
    """A number or an ID, and neither an answer nor a day."""
    return _MARK.fullmatch(cell) is not None and says_yes_or_no(cell) is None and not _is_day(cell)


def _is_tax(heading: str) -> bool:
    return fold_heading(heading).split()[-1:] == ["vat"]


def _is_dialled(cell: str) -> bool:
    return looks_like_phone(cell) and sum(map(str.isdigit, cell)) > 8


#: Long, of letters and digits in one.
_MARK = re.compile(r"(?=.*\d)[\w-]{4,60}")
_ADDRESSES = ((Target.EMAIL, looks_like_email), (Target.PHONE, _is_dialled))


def _without_headings(
    table: Table, meanings: dict[Column, Meaning | None], known: set[Target]
) -> None:
    looks: tuple[tuple[Target, Callable[[str], bool]], ...] = (
        (Target.ADDRESS, looks_like_postcode_and_city),
        (Target.POSTCODE, lambda cell: len(cell) == 5 and cell.isdigit()),
        (Target.PHONE, looks_like_phone),
        (Target.STREET, lambda cell: cell[:1].isalpha() and any(map(str.isdigit, cell[2:]))),
        (Target.FULL_NAME, lambda cell: 2 <= len(cell.split()) <= 5 and not _has_digits(cell)),
    )
    for column, meaning in meanings.items():
        cells = _cells_of(table, column)
        if meaning or not cells:
            continue
        before = meanings.get(Column(column.place - 1, ""))
        if before and before.target is Target.POSTCODE and not any(map(_has_digits, cells)):
            meanings[column] = Meaning(Target.CITY)
            continue
        for target, look in looks:
            if target not in known and _most(cells, look):
                meanings[column] = Meaning(target)
                known.add(target)
                break


#: A sum, and no "1" for yes.
_CENTS = re.compile(r"-?\d[\d\s.]*,\d\d(?: ?€)?|-?\d[\d\s,]*\.\d\d(?: ?€)?|0")


def _has_digits(cell: str) -> bool:
    return any(map(str.isdigit, cell))


def _most(cells: list[str], look: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(look, cells)) * 10 >= len(cells) * 8


def _is_day(cell: str) -> bool:
    for month_first in (False, True):
        try:
            day_of(cell, month_first)
        except MistypedYear:
            return True
        except NotReadable:
            continue
        return True
    return False


def _kind_of(targets: set[Target]) -> Kind:
    if Target.INVOICE_NUMBER in targets and targets & {
        Target.AMOUNT,
        Target.DUE_ON,
        Target.INVOICED_ON,
    }:
        return Kind.INVOICES
    if Target.ORDERED_ON in targets and targets & {Target.ORDER_NUMBER, Target.DESCRIPTION}:
        return Kind.ORDERS
    if Target.ORDER_NUMBER in targets and Target.DESCRIPTION in targets:
        return Kind.ORDERS
    return Kind.CUSTOMERS


def _lists_invoices(targets: set[Target], bare: set[str]) -> bool:
    """Whether a number that does not say of what is that of an invoice: beside a sum that falls
    due, or one of a day where nothing says how anybody is reached."""
    if Target.AMOUNT not in targets or not bare & {*_NUMBER}:
        return False
    reached = {Target.EMAIL, Target.PHONE, *POSTAL}
    is_dated = Target.INVOICED_ON in targets or bool(bare & {*_DATE})
    return Target.DUE_ON in targets or (is_dated and not targets & reached)


def _built(
    table: Table,
    meanings: Mapping[Column, Meaning | None],
    allowed: "_Allowed",
    kind: Kind | None,
    chosen: frozenset[int],
) -> ColumnMap:
    known = {meaning.target for meaning in meanings.values() if meaning}
    if _lists_invoices(known, {_bare(one) for one in meanings}):
        known.add(Target.INVOICE_NUMBER)
    kind = kind or _kind_of(known)
    dropped: list[Dropped] = []
    choices: list[Choice] = []
    known = {meaning.target for meaning in meanings.values() if meaning}
    for column, meaning in meanings.items():
        bare = _BARE[kind].get(_bare(column))
        if bare and bare not in known and not meaning and column.place not in chosen:
            meaning = Meaning(bare)
        if meaning and (own := _OWN_OF_KIND[kind].get(meaning.target)):
            meaning = meaning._replace(target=own, rank=meaning.rank + 1)
        if meaning is None:
            if column.heading or _cells_of(table, column):
                why = Why.CHOSEN if column.place in chosen else Why.UNKNOWN
                dropped.append(Dropped(column, why))
            continue
        why_not = _why_not(meaning.target, kind, allowed)
        if why_not:
            dropped.append(Dropped(column, why_not))
        if why_not in (None, Why.HINT, *_LOOKED_THROUGH.values()):
            choices.append(
                Choice(column, meaning.target, meaning.group, meaning.rank, meaning.refusal)
            )
    # a column that is empty comes after one that is not
    filled = {one.column: bool(_cells_of(table, one.column)) for one in choices}
    choices.sort(key=lambda one: (not filled[one.column], one.rank, one.column.place))
    if allowed.includes(DataCategory.BILLING):
        choices = _billing_apart(choices)
    hints = {one.column for one in dropped}
    kept, second = _settled(table, choices, hints)
    dropped += second
    heard, overheard = _overheard(table, kept, dropped)
    kept += [Choice(column, Target.LABELS) for column in heard]
    dropped = [replace(one, why=Why.LABELS) if one.column in heard else one for one in dropped]
    return ColumnMap(
        kind=kind,
        choices=tuple(kept),
        dropped=tuple(sorted(dropped, key=lambda one: one.column.place)),
        width=len(table.columns),
        family_first=_family_first(table, kept, Target.FULL_NAME),
        contact_family_first=_family_first(table, kept, Target.CONTACT_PERSON),
        month_first=_month_first(table, kept),
        language=language_of(one.heading for one in table.columns),
        everybody_forbids=table.name.startswith(("unsubscribed", "unsubscribes")),
        overheard=tuple(overheard),
    )


def _overheard(
    table: Table, kept: Iterable[Choice], dropped: Iterable[Dropped]
) -> tuple[list[Column], list[Column]]:
    """Of the `dropped` columns those in which somebody among the first rows says no, and the others
    in which somebody further down may."""
    read = {one.column for one in kept}
    heard: list[Column] = []
    few: list[Column] = []
    for one in dropped:
        words = {cell for cell in _cells_of(table, one.column) if any(map(str.isalpha, cell))}
        if one.column in read or not words or one.why is Why.NO_DAY:
            continue
        if any(overheard_in(word).forbids for word in words):
            heard.append(one.column)
        elif len(words) <= _FEW_WORDS:
            few.append(one.column)
    return heard, few


def _bare(column: Column) -> str:
    """A heading folded, without what it says in brackets: "Date (UTC)"."""
    return fold_heading(column.heading.partition("(")[0]).replace(" ", "")


class _Allowed(NamedTuple):
    """Categories of data that may come in; None: all."""

    declared: Container[DataCategory] | None
    given: Container[DataCategory] | None

    def includes(self, category: DataCategory) -> bool:
        return all(some is None or category in some for some in self)


def _billing_apart(choices: list[Choice]) -> list[Choice]:
    """Beside the customer's own address that of billing is another one."""
    own = {"", "main", "home", "work", "visiting"}
    if not any(
        one.target in (Target.STREET, Target.ADDRESS) and one.group in own for one in choices
    ):
        return choices
    return [
        replace(one, target=OF_BILLING[one.target], group="")
        if one.group == "billing" and one.target in OF_BILLING
        else one
        for one in choices
    ]


def _why_not(target: Target, kind: Kind, allowed: _Allowed) -> Why | None:
    if target in _FOREIGN[kind]:
        return Why.OTHER_KIND
    if target is Target.REFERENCE_NUMBER and kind != Kind.CUSTOMERS:
        return Why.OF_VOUCHER
    category = CATEGORY.get(target)
    if category and allowed.declared is not None and category not in allowed.declared:
        return Why.UNDECLARED
    if category and allowed.given is not None and category not in allowed.given:
        return Why.BEYOND_SOURCE
    if target is Target.BUSINESS_ID and allowed.includes(DataCategory.BILLING):
        return None
    return Why.HINT if target in _HINTS else _LOOKED_THROUGH.get(target)


def _settled(
    table: Table, choices: list[Choice], hints: Container[Column]
) -> tuple[list[Choice], list[Dropped]]:
    """Of candidates for one target the chosen ones; `choices` have the best first."""
    filled = {one.column: bool(_cells_of(table, one.column)) for one in choices}
    kept: list[Choice] = []
    dropped: list[Dropped] = []
    seen: set[tuple[Target, str]] = set()
    headings: set[tuple[Target, str]] = set()
    person = _best_group([one for one in choices if one.target in PERSON], filled)
    for one in choices:
        target = one.target
        key: tuple[Target, str]
        if target in WISHES or one.column in hints:
            kept.append(one)
            continue
        if target in _IN_TURN:
            # the same heading twice is a slip of whoever made the list; others are used in turn
            key = (target, one.column.heading.casefold() or one.column.name)
            taken = key in headings
            headings.add(key)
        elif target in POSTAL:
            key = (target, one.group)
            taken = key in seen
        elif target in PERSON and target not in (Target.FULL_NAME, Target.CONTACT_PERSON):
            key = (target, "")
            taken = key in seen or one.group != person
        else:
            key = (target, "")
            taken = key in seen
        if taken:
            dropped.append(Dropped(one.column, Why.SECOND_CHOICE))
        else:
            seen.add(key)
            kept.append(one)
    return _with_day(kept, dropped)


def _with_day(kept: list[Choice], dropped: list[Dropped]) -> tuple[list[Choice], list[Dropped]]:
    """An IP number is kept only with its day."""
    of_ip = [one for one in kept if one.target in (Target.IP_ADDRESS, Target.IP_SEEN_ON)]
    if len({one.target for one in of_ip}) == 1:
        kept = [one for one in kept if one not in of_ip]
        dropped += [Dropped(one.column, Why.NO_DAY) for one in of_ip]
    return kept, dropped


def _best_group(choices: Iterable[Choice], filled: Mapping[Column, bool]) -> str:
    """The group with the most filled columns, then the most columns, then the first of GROUPS."""
    groups: dict[str, set[Target]] = defaultdict(set)
    full: dict[str, int] = defaultdict(int)
    for one in choices:
        if one.target not in groups[one.group]:
            full[one.group] += filled[one.column]
        groups[one.group].add(one.target)
    return min(
        groups,
        key=lambda group: (-full[group], -len(groups[group]), GROUPS.index(group)),
        default="",
    )


def _family_first(table: Table, kept: Iterable[Choice], target: Target) -> bool:
    whole = [one for one in kept if one.target is target]
    names = [cell for one in whole for cell in _cells_of(table, one.column)]
    return _says_family_first(whole) or family_comes_first(names)


def _says_family_first(whole: Iterable[Choice]) -> bool:
    keys = [fold_heading(one.column.heading) for one in whole]
    return any(
        0 <= key.find(family) < key.find(given)
        for key in keys
        for family, given in (("sukunimi", "etunimi"), ("efternamn", "fornamn"), ("last", "first"))
    )


_SLASHED = re.compile(r"\s*(\d{1,2})/(\d{1,2})/\d")


def _month_first(table: Table, kept: Iterable[Choice]) -> bool:
    """Whether days are written as in America: the first one of the whole file that can be read in
    one way only says so for all."""
    places = [one.column.place for one in kept if one.target in _DAYS]
    for row in table.rows() if places else ():
        for place in places:
            cell = row.cells[place] if place < len(row.cells) else ""
            if "/" in cell and (found := _SLASHED.match(cell)):
                first, second = int(found[1]), int(found[2])
                if (first > 12) != (second > 12):
                    return second > 12
    return False
