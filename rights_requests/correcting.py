"""To correct, remove or complete data item by item: at the person's request, each item with its own
decision (art. 16; P54, R01, R05, R07), or because staff have seen that something is wrong.

One transaction holds the values, what stands beside them, the letters and the decision. What it
would do is found by doing it and taking it back, so that nothing else than what was shown is done.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from audit.tasks import NotNow, does
from notices.declarations import declared_columns, derived_columns
from notices.models import governing_notice
from notices.personal_data import NoNoticeInForce
from notices.terms import DataCategory, Right, SourceKind
from register.corrections import Correction, corrections_in, corrections_of, newest_of
from register.erasure import forget_past
from register.models import (
    BillingData,
    Collection,
    Customer,
    Invoice,
    Order,
    Remark,
    RemarkKind,
    RestrictionGround,
)
from register.models.invoices import SNAPSHOT
from register.models.restrictions import putting_right
from register.ownership import rows_of
from register.restricting import ease
from rights_requests.carrying_out import DataChanged, is_held
from rights_requests.closing import close_if_answered
from rights_requests.deadlines import received_on
from rights_requests.decisions import (
    AlreadyDecided,
    CannotRefuse,
    InTheWay,
    certify,
    hindrances,
    reason_of,
    rest_at_once,
)
from rights_requests.grounds import BY_KEY, Ground, grounds_for
from rights_requests.holding import hold_with_customer
from rights_requests.items import named
from rights_requests.letters import END_CONTEST, answer
from rights_requests.models import (
    Demand,
    Item,
    Letter,
    LetterKind,
    Outcome,
    RightsRequest,
)
from rights_requests.notifying import (
    tell_of_corrections,
    tell_of_lifting,
    tell_of_own_corrections,
    tell_of_restriction,
    told,
)
from rights_requests.tokens import content_digest

ONE_MOMENT = timedelta(seconds=1)
#: So many rows of one model can be chosen from, the newest.
MOST_ROWS = 50
#: A ground that is about who asks is one for the whole request, and never for one item.
OF_THE_WHOLE = "not_identified"


class CannotCorrect(Exception):
    """What was decided on an item does not fit it: an outcome that its kind does not have (P54), or
    nothing that changes."""


@dataclass(frozen=True)
class Ruling:
    """What somebody decides on one item: the values that a row gets, or why it is refused."""

    item: Item
    outcome: str
    #: which row of the register; None where nothing is written
    row: Any = None
    #: by column of that row, the new values
    values: dict[str, Any] = field(default_factory=dict)
    ground: Ground | None = None
    reasons: str = ""

    def named(self, place: int) -> str:
        """What the item at `place` goes by, with the order or the invoice that it is about: of
        those there may be many (R01, P59)."""
        of = owner_of(self.row) or self.row
        said = named(self.item, place)
        return f"{said} ({of._meta.verbose_name} {of})" if isinstance(of, Order | Invoice) else said

    @property
    def words(self) -> str:
        """The words of the person that are kept beside the value (art. 16; R01): where a voucher
        stays as it is, what the person holds to be right, if nothing else (B11)."""
        if self.outcome == Outcome.REMOVED:
            return ""
        wanted = self.item.wanted if isinstance(self.row, Invoice) else ""
        return self.item.statement or wanted


@dataclass(frozen=True)
class Written:
    """One value that a ruling has written: what it was, and what it is now."""

    label: str
    old: str
    new: str
    category: str


@dataclass(frozen=True)
class Done:
    """What an act of correcting did, as it is shown before and compared afterwards."""

    #: by place of the item, what was written because of it
    written: dict[int, list[Written]]
    #: the invoices that stay, with a note beside them
    noted: list[str]
    #: who else is told, by name
    told: list[str]
    #: the data that are used again once the person has been told
    used_again: list[str]
    #: the letters to the person, by kind and text
    letters: list[tuple[str, str]]
    digest: str


def item_grounds() -> list[Ground]:
    """The grounds on which one item may be refused (table B11)."""
    return [one for one in grounds_for(Right.RECTIFICATION) if one.key != OF_THE_WHOLE]


# --- what can be corrected


def rows_to_correct(customer: Customer, category: str = "") -> list[Any]:
    """The rows of `customer` that can be put right, the customer's own first; with `category` those
    that hold such data. Invoices are among them, though nobody changes one (R05)."""
    notice = governing_notice()
    declared = notice.declared if notice else frozenset()
    found: list[Any] = []
    for model, rows in rows_of(customer):
        places = set(declared_columns(model).values()) & declared
        if model is not Invoice and (not places or (category and category not in places)):
            continue
        if columns_to_correct(model) or model is Invoice:
            links = [one.name for one in model._meta.fields if isinstance(one, models.ForeignKey)]
            found += rows.select_related(*links).order_by("-pk")[:MOST_ROWS]
    return sorted(found, key=lambda row: not isinstance(row, Customer)) or [customer]


def owner_of(row: Any) -> Any:
    """The order or the invoice that `row` belongs to; None for none."""
    return getattr(row, "order", None) or getattr(row, "invoice", None)


def columns_to_correct(model: type[models.Model], category: str = "") -> list[str]:
    """The columns of `model` that somebody can give another value, of `category` where it has any
    such; none of a voucher (R05) and none of a file."""
    if model is Invoice or getattr(model, "private_file", None):
        return []
    derived = {*derived_columns(model), *getattr(model, "said_elsewhere", ())}
    notice = governing_notice()
    places = {
        column: place
        for column, place in declared_columns(model).items()
        if column not in derived
        and not isinstance(model._meta.get_field(column), models.ForeignKey)
        and (notice is None or place in notice.declared)
    }
    own = [column for column, place in places.items() if place == category]
    return own or list(places)


# --- what a letter left out


def write_item(
    demand: Demand, item: Item | None, said: Mapping[str, Any], *, now: datetime
) -> Item:
    """Write down what the person has `said` of `item`, by column, or of one more (P56); what is
    contested by it rests too, where that was asked for (P61). Raises `AlreadyDecided`."""
    with transaction.atomic(), because(_("The person has said more of the request")):
        request = hold_with_customer(demand.request)
        own = Demand.objects.select_related("decided_by").get(pk=demand.pk)
        own.request = request
        if not own.is_open:
            raise AlreadyDecided(own)
        kept = own.items.get(pk=item.pk) if item else Item(demand=own)
        for column, words in said.items():
            setattr(kept, column, words)
        kept.save()
        rest_at_once(request, now=now)
    return kept


# --- the decision


def decide(
    demand: Demand,
    rulings: Sequence[Ruling],
    *,
    by: Any,
    now: datetime,
    corrected: Iterable[str] = (),
    seen: str = "",
) -> Done:
    """Decide on each item of `demand` by itself, write what is granted, and answer.

    Of the changes that staff have made since the request came, those with a key in `corrected`
    answer it too. `seen` is the digest of what was shown to whoever decides (`foresee`).

    Raises `AlreadyDecided`, `InTheWay`, `CannotCorrect`, `CannotRefuse`, and `DataChanged` where
    something else would be done than what was shown.
    """
    with transaction.atomic():
        request = hold_with_customer(demand.request)
        own = Demand.objects.select_related("decided_by").get(pk=demand.pk)
        own.request = request
        if not own.is_open:
            raise AlreadyDecided(own)
        if stops := hindrances(own):
            raise InTheWay(stops)
        customer = request.customer
        items = list(own.items.order_by("pk"))
        if customer is None or not is_held(customer) or not items:
            raise CannotCorrect
        by_item = {ruling.item.pk: ruling for ruling in rulings}
        if set(by_item) != {item.pk for item in items}:
            raise DataChanged
        with because(reason_of(own)):
            done = _decided(
                own, customer, [by_item[item.pk] for item in items], corrected, by=by, now=now
            )
            close_if_answered(request, now=now)
        if seen and done.digest != seen:
            raise DataChanged
    return done


def foresee(
    demand: Demand,
    rulings: Sequence[Ruling],
    *,
    by: Any,
    now: datetime,
    corrected: Iterable[str] = (),
) -> Done:
    """What `decide` would do now: it is done, and taken back. Raises what `decide` raises."""
    with transaction.atomic():
        done = decide(demand, rulings, by=by, now=now, corrected=corrected)
        transaction.set_rollback(True)
    return done


def _decided(
    demand: Demand,
    customer: Customer,
    rulings: list[Ruling],
    corrected: Iterable[str],
    *,
    by: Any,
    now: datetime,
) -> Done:
    request = demand.request
    by_hand = _made_before(demand, customer, set(corrected))
    # who gave the values: the person, by the request (P22)
    origin = _origin(request.number, by=by, now=now)
    written: dict[int, list[Correction]] = {}
    changes: dict[Any, Correction] = {one.place: one for one in by_hand}
    notes: list[Remark] = []
    for place, ruling in enumerate(rulings, 1):
        _judge(ruling, by_hand)
        done = [] if ruling.outcome == Outcome.REFUSED else _write(ruling, customer, origin)
        written[place] = done
        for one in done:
            changes[one.place] = one
            notes += _notes(one, customer, request.number, now=now)
        notes += _statements(ruling, done, customer, request.number, now=now)
        _keep(ruling)
    # the answer goes to where the person is reached now
    customer.refresh_from_db()
    every = list(changes.values())
    demand.decided_by = by
    if any(ruling.outcome != Outcome.REFUSED for ruling in rulings):
        demand.granted_at = now
    else:
        demand.refused_at = now
    changed = {one.category for one in every}
    demand.categories = [one.value for one in DataCategory if one in changed]
    demand.save()
    Remark.objects.create_remembered(notes)
    if every:
        tell_of_corrections(demand, customer, every, now=now)
    noted = sorted({one.about for one in notes if one.kind == RemarkKind.CORRECTED})
    again = _used_again(customer, demand.categories)
    letters = _answer(demand, rulings, written, noted, again, by=by, now=now)
    _let_go(rulings, request.number)
    names = [one.addressee for one in demand.notifications.with_addressees()]
    plain = [[place, [_as_plain(one) for one in found]] for place, found in written.items()]
    return Done(
        written={
            place: [_in_words(one, customer) for one in found] for place, found in written.items()
        },
        noted=noted,
        told=names,
        used_again=[str(DataCategory(one).label) for one in again],
        letters=[(str(one.get_kind_display()), one.text(with_links=False)) for one in letters],
        digest=content_digest([plain, noted, names, again, demand.categories]),
    )


def _as_plain(correction: Correction) -> list[Any]:
    """What `correction` is, whatever language it is read in."""
    values = [
        getattr(version, correction.field.attname)
        for version in (correction.before, correction.after)
    ]
    return [*correction.place, *map(str, values)]


def _made_before(demand: Demand, customer: Customer, keys: set[str]) -> list[Correction]:
    """What staff have changed since the request came, of what is in `keys`."""
    found = corrections_of(customer, since=demand.request.received_at) if keys else []
    chosen = [one for one in found if one.key in keys]
    if {one.key for one in chosen} != keys:
        raise DataChanged
    return chosen


def _judge(ruling: Ruling, by_hand: Sequence[Correction]) -> None:
    """Raise where `ruling` does not fit its item, or would do nothing."""
    item = ruling.item
    if ruling.outcome == Outcome.REFUSED:
        if ruling.ground not in item_grounds() or not ruling.reasons.strip():
            raise CannotRefuse
        return
    if ruling.outcome not in item.outcomes:
        raise CannotCorrect
    by_words = ruling.outcome == Outcome.COMPLETED and bool(item.statement)
    if not (ruling.values or by_hand or by_words):
        raise CannotCorrect


def _keep(ruling: Ruling) -> None:
    item = ruling.item
    item.outcome, item.reasons = ruling.outcome, ruling.reasons
    item.refusal_ground = ruling.ground.key if ruling.ground else ""
    item.save()


# --- without a request


def correct_own(
    customer: Customer,
    row: Any,
    values: dict[str, Any],
    *,
    origin: Collection,
    why: str,
    now: datetime,
    seen: str = "",
) -> Done:
    """Put `values` of `row` right because staff have seen that the old ones were erroneous,
    unnecessary, incomplete or outdated (P54): `why` says what and how, `origin` where the new ones
    come from. Whoever had the old value or gave it is told as at a request (P58).

    Raises `CannotCorrect`, `CustomerErased`, `CustomerRestricted`, and `DataChanged` where
    something else would be done than what was shown.
    """
    with transaction.atomic(), because(why):
        Customer.objects.hold([customer.pk])
        if not values:
            raise CannotCorrect
        found = _give(row, values, customer, origin, is_wished=False)
        notes = [note for one in found for note in _notes(one, customer, "", now=now)]
        Remark.objects.create_remembered(notes)
        names = tell_of_own_corrections(customer, found, now=now)
        emptied = [one for one, value in values.items() if value in (None, "")]
        if emptied:
            _forget(row, emptied, because_of="16")
        noted = sorted({one.about for one in notes})
        plain = [_as_plain(one) for one in found]
        done = Done(
            written={1: [_in_words(one, customer) for one in found]},
            noted=noted,
            told=names,
            used_again=[],
            letters=[],
            digest=content_digest([plain, noted, names]),
        )
        if seen and done.digest != seen:
            raise DataChanged
    return done


def foresee_own(customer: Customer, row: Any, values: dict[str, Any], **terms: Any) -> Done:
    """What `correct_own` would do now: it is done, and taken back."""
    with transaction.atomic():
        done = correct_own(customer, row, values, **terms)
        transaction.set_rollback(True)
    terms["origin"].pk = None
    terms["origin"]._state.adding = True
    return done


# --- writing


def _origin(source_name: str, *, by: Any, now: datetime) -> Collection:
    """The person as the source, by a way that the notice in force names."""
    notice = governing_notice()
    if notice is None:
        raise NoNoticeInForce
    kinds = [SourceKind.CUSTOMER_NOTICE, *SourceKind]
    kind = next((one for one in kinds if one.is_the_person and one in notice.sources), kinds[0])
    return Collection(
        source_kind=kind,
        source_name=source_name,
        collected_on=received_on(now),
        collected_by=by,
        serves_one=True,
    )


def _write(ruling: Ruling, customer: Customer, origin: Collection) -> list[Correction]:
    """Give the row its values by the one door; gives what is different now."""
    if ruling.row is None or not ruling.values:
        return []
    return _give(ruling.row, ruling.values, customer, origin, is_wished=True)


def _give(
    row: Any, values: dict[str, Any], customer: Customer, origin: Collection, *, is_wished: bool
) -> list[Correction]:
    """Store `values` in `row`, though they rest if the person wishes it (`is_wished`); gives what
    is different now."""
    own = type(row)._base_manager.get(pk=row.pk)
    before = newest_of(own)
    for column, value in values.items():
        setattr(own, column, value)
    declared = declared_columns(type(own))
    touched = {declared[column] for column in values}
    if origin.pk is None:
        origin.save()
    with putting_right(customer.pk, touched) if is_wished else nullcontext():
        own.save(collection=origin)
    return corrections_in(before, newest_of(own))


def _in_words(correction: Correction, customer: Customer) -> Written:
    """What was written; a value that rests is not told to staff, who need not see it."""
    rests = correction.category in customer.at_rest
    old = gettext("(restricted)") if rests and correction.old else correction.old
    return Written(correction.label, old, correction.new, correction.category)


def _notes(
    correction: Correction, customer: Customer, number: str, *, now: datetime
) -> list[Remark]:
    """A note beside each invoice that was sent with the old value: the voucher itself says for good
    what it said (Accounting Act 1336/1997, ch. 2 s. 7; R05)."""
    model, _row, column = correction.place
    if model not in (Customer._meta.model_name, BillingData._meta.model_name):
        return []
    is_name = column in ("given_name", "family_name", "organisation_name")
    billed = "billed_name" if is_name else f"billed_{column}"
    if billed not in SNAPSHOT or not correction.old:
        return []
    before = correction.before
    own = f"{before.given_name} {before.family_name}".strip() if is_name else ""
    old = (before.organisation_name or own) if is_name else getattr(before, column)
    sent = customer.invoices.filter(**{billed: old}).order_by("pk")
    return [
        Remark(
            customer=customer,
            kind=RemarkKind.CORRECTED,
            category=correction.category,
            about=invoice.number,
            of_model="invoice",
            of_row=invoice.pk,
            column=billed,
            because_of=number,
            made_at=now,
        )
        for invoice in sent
    ]


def _statements(
    ruling: Ruling, done: Sequence[Correction], customer: Customer, number: str, *, now: datetime
) -> list[Remark]:
    """The words of the person, kept beside the value that they are about."""
    item = ruling.item
    row: Any = ruling.row or customer
    is_voucher = isinstance(row, Invoice)
    if not ruling.words:
        return []
    columns = [one.place[2] for one in done] or columns_to_correct(type(row), item.category)
    column = "number" if is_voucher else next(iter(columns), "")
    place = declared_columns(type(row)).get(column, item.category or DataCategory.BILLING)
    return [
        Remark(
            customer=customer,
            kind=RemarkKind.STATEMENT,
            category=place,
            about=row.number if is_voucher else "",
            text=ruling.words,
            of_model=str(row._meta.model_name),
            of_row=row.pk,
            column=column,
            because_of=number,
            made_at=now,
        )
    ]


def _let_go(rulings: Iterable[Ruling], number: str) -> None:
    """What was removed goes from history too, now that everybody has been written to."""
    for ruling in rulings:
        if ruling.outcome == Outcome.REMOVED and ruling.row is not None and ruling.values:
            _forget(ruling.row, list(ruling.values), because_of=number)


def _forget(row: Any, columns: list[str], *, because_of: str) -> None:
    derived = derived_columns(type(row))
    made = [column for column, of in derived.items() if of in columns]
    forget_past(row, [*columns, *made], because_of=because_of)


# --- the answer


def _answer(
    demand: Demand,
    rulings: list[Ruling],
    written: dict[int, list[Correction]],
    noted: list[str],
    again: list[str],
    *,
    by: Any,
    now: datetime,
) -> list[Letter]:
    """The answer that says what was done with each item, and the certificate of those that are
    refused (P59, R07)."""
    refused = [
        (place, one) for place, one in enumerate(rulings, 1) if one.outcome == Outcome.REFUSED
    ]
    before = demand.letters.count()
    with override(demand.request.language):
        lines = [_line(place, ruling, written[place]) for place, ruling in enumerate(rulings, 1)]
    if demand.granted_at:
        answer(
            LetterKind.ANSWER_RECTIFICATION,
            demand,
            now=now,
            items=lines,
            noted=noted,
            used_again=[str(capfirst(one)) for one in _labels(demand, again)],
            is_refused=bool(refused),
            told=told(demand),
        )
    if refused:
        done = [
            line for line, one in zip(lines, rulings, strict=True) if one.outcome != Outcome.REFUSED
        ]
        _certify(demand, refused, done, by=by, now=now)
    # not those to recipients and sources, which are written before
    return [one for one in demand.letters.order_by("pk")[before:] if one.is_to_person]


def _labels(demand: Demand, categories: Iterable[str]) -> list[str]:
    """What `categories` are called in the language of the request."""
    with override(demand.request.language):
        return [str(DataCategory(one).label) for one in categories]


def _line(place: int, ruling: Ruling, written: list[Correction]) -> str:
    """What was done with one item, in a sentence or two, in the active language."""
    sentences = [f"{ruling.named(place)}: {ruling.item.get_outcome_display()}."]
    values = [{"datum": one.label, "value": one.new} for one in written if one.new]
    now_says = ", ".join(gettext("%(datum)s “%(value)s”") % one for one in values)
    if now_says:
        sentences.append(gettext("It says now: %(values)s.") % {"values": now_says})
    if ruling.outcome == Outcome.REFUSED:
        sentences.append(gettext("The certificate tells why."))
    if ruling.words:
        sentences.append(gettext("Your own words stand beside it."))
    return " ".join(sentences)


def _certify(
    demand: Demand,
    refused: list[tuple[int, Ruling]],
    done: list[str],
    *,
    by: Any,
    now: datetime,
) -> None:
    """The certificate of the items that are `refused`; `done` says what became of the others."""
    grounds = list(dict.fromkeys(ruling.ground for _place, ruling in refused if ruling.ground))
    with override(demand.request.language):
        what = "\n".join(
            f"- {ruling.named(place)}: {ruling.item.datum} → {_wish(ruling.item)}"
            for place, ruling in refused
        )
        reasons = "\n\n".join(
            f"{ruling.named(place)}: {_lawful(ruling.ground)}{ruling.reasons}"
            if len(grounds) > 1
            else (f"{ruling.named(place)}: {ruling.reasons}")
            for place, ruling in refused
        )
        # a voucher does not change, whatever comes (R05)
        until = (
            gettext("An invoice that has been sent stays as it is for as long as it is kept.")
            if all(ruling.ground == BY_KEY["voucher"] for _place, ruling in refused)
            else gettext("This stands until something new comes. You may ask again then.")
        )
        kept = [
            "{}: {}".format(ruling.named(place), gettext("Your own words stand beside it."))
            for place, ruling in refused
            if ruling.words
        ]
    certify(
        demand,
        grounds,
        names_grounds=len(grounds) == 1,
        refused_what=what,
        reasons=reasons,
        until=until,
        done_for_rest="\n".join(f"- {line}" for line in (*done, *kept)),
        by=by,
        now=now,
    )


def _wish(item: Item) -> str:
    return item.wanted or (gettext("to be removed") if item.removes else item.statement)


def _lawful(ground: Ground | None) -> str:
    return f"{ground} " if ground else ""


# --- data that rested because they were said to be wrong


def _used_again(customer: Customer, categories: Iterable[str]) -> list[str]:
    """Those of `categories` that rest because they were said to be wrong (P61)."""
    held = list(customer.restrictions.in_force().filter(ground=RestrictionGround.ACCURACY))
    return [
        one
        for one in categories
        if any(not each.categories or one in each.categories for each in held)
    ]


@does(END_CONTEST)
def end_contest(subject: int | None, *, now: datetime) -> None:
    """What was contested and is right now is used again, after the person was told so by the answer
    to the demand `subject` (art. 18(3); P61, S05)."""
    demand = Demand.objects.select_related("request", "decided_by").filter(pk=subject or 0).first()
    if demand is None or demand.granted_at is None or not demand.categories:
        return
    with transaction.atomic(), because(reason_of(demand)):
        request = hold_with_customer(demand.request)
        letter = demand.letters.filter(kind=LetterKind.ANSWER_RECTIFICATION).first()
        customer = request.customer
        if letter is None or letter.sent_at is None or customer is None or customer.erased_at:
            return
        if letter.sent_at >= now:
            raise NotNow(letter.sent_at + ONE_MOMENT)
        held = customer.restrictions.in_force().filter(
            ground=RestrictionGround.ACCURACY, imposed_at__lt=demand.granted_at
        )
        for restriction in held.order_by("pk"):
            rested = restriction.categories or demand.categories
            if not set(rested) & set(demand.categories):
                continue
            ease(
                restriction,
                demand.categories,
                told_at=letter.sent_at,
                by=demand.decided_by,
                now=now,
            )
            _tell_others(restriction, now=now)


def _tell_others(restriction: Any, *, now: datetime) -> None:
    """Those who were told of the restriction are told what is left of it (S06)."""
    asked = RightsRequest.objects.numbered(restriction.imposed_by_request)
    demand = asked and asked.demands.filter(right=Right.RESTRICTION).first()
    if not (asked and demand):
        return
    demand.request = asked
    if restriction.lifted_at:
        tell_of_lifting(demand, restriction.customer, now=now)
    else:
        tell_of_restriction(demand, restriction, now=now)
