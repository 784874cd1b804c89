"""What staff decide on each item of a rectification, as they type it (P54, R07)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.history import as_words
from notices.declarations import declared_columns
from register.corrections import Correction
from register.forms import source_choices
from register.models import AtRest, Collection, Customer, Invoice
from register.models.collection import beyond, beyond_message
from rights_requests.admin.forms import SHORTEST_REASONS
from rights_requests.carrying_out import corrections
from rights_requests.correcting import (
    Ruling,
    columns_to_correct,
    item_grounds,
    owner_of,
    rows_to_correct,
)
from rights_requests.deadlines import received_on
from rights_requests.fields import CHOOSE, LongText, Text
from rights_requests.grounds import BY_KEY
from rights_requests.models import Demand, Item, ItemKind, Outcome

VALUE = "value-"
#: The steps at which what was typed is judged.
JUDGED = frozenset({"foresee", "decide"})
#: What is stated of an invoice that stays as it is (B11).
VOUCHER = "voucher"


class ValuesForm(forms.Form):
    """The values of one row of the register, of which some are to be put right."""

    row = forms.ChoiceField(
        label=_("Where it stands in the register"), error_messages={"invalid_choice": CHOOSE}
    )

    def __init__(
        self,
        customer: Customer,
        category: str,
        *args: Any,
        hidden: AtRest,
        wanted: str = "",
        **kwargs: Any,
    ) -> None:
        """For the rows of `customer` that hold data of `category`, or all; what is `hidden` rests,
        and its values are not shown. `wanted` stands in the place of an only value."""
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.rows = {f"{row._meta.model_name}-{row.pk}": row for row in _rows(customer, category)}
        rows: Any = self.fields["row"]
        rows.choices = list(zip(self.rows, _called(self.rows.values()), strict=True))
        if len(self.rows) == 1:
            rows.widget = forms.HiddenInput()
        rows.initial = next(iter(self.rows))
        said = self.data.get(self.add_prefix("row")) if self.is_bound else self.initial.get("row")
        self.chosen = self.rows.get(str(said)) or self.rows[rows.initial]
        self.columns = columns_to_correct(type(self.chosen), category)
        #: empty is no wish where nobody sees what stands there
        self.unseen: set[str] = set()
        for column in self.columns:
            field = self.chosen._meta.get_field(column)
            rests = declared_columns(type(self.chosen))[column] in hidden
            self.unseen |= {column} if rests else set()
            shown: Any = field.formfield(required=False, help_text="")
            shown.initial = "" if rests else getattr(self.chosen, column)
            if rests:
                shown.help_text = _("It rests, so it is not shown. Write what is right.")
            if wanted and len(self.columns) == 1:
                shown.initial = wanted
            self.fields[f"{VALUE}{column}"] = shown

    @property
    def removes(self) -> bool:
        """Whether what is empty is to be emptied, seen or not."""
        return self.cleaned_data.get("outcome") == Outcome.REMOVED

    def values(self) -> dict[str, Any]:
        """The columns that differ from the register, with their new values."""
        found = {}
        for column in self.columns:
            said = self.cleaned_data.get(f"{VALUE}{column}")
            field = self.chosen._meta.get_field(column)
            if column in self.unseen and said in (None, "") and not self.removes:
                continue
            value = said if said not in (None, "") else (None if field.null else "")
            held = getattr(self.chosen, column)
            if value != held and not (value in (None, "") and held in (None, "")):
                found[column] = value
        return found

    def say_what_stands(self) -> None:
        """Say beside each value that would be changed what the register says now: somebody may have
        put it right since the form was filled in (P62)."""
        for column in self.values():
            if column in self.unseen:
                continue
            held = as_words(self.chosen, self.chosen._meta.get_field(column))
            told = gettext("The register says now: %(value)s") % {"value": held or "—"}
            self[f"{VALUE}{column}"].help_text = told

    def judge_values(self) -> None:
        """Say at each value what the register would refuse of it."""
        row = type(self.chosen)._base_manager.get(pk=self.chosen.pk)
        for column, value in self.values().items():
            setattr(row, column, value)
        try:
            row.full_clean(validate_unique=True)
        except ValidationError as error:
            for name, faults in error.update_error_dict({}).items():
                place = f"{VALUE}{name}" if f"{VALUE}{name}" in self.fields else None
                self.add_error(place, faults)

    @property
    def row_field(self) -> forms.BoundField:
        return self["row"]

    def value_fields(self) -> list[forms.BoundField]:
        return [self[f"{VALUE}{column}"] for column in self.columns]


def _rows(customer: Customer, category: str) -> list[Any]:
    found = rows_to_correct(customer, category)
    holding = [row for row in found if category in declared_columns(type(row)).values()]
    vouchers = [row for row in found if isinstance(row, Invoice)]
    return [*(holding or [row for row in found if not isinstance(row, Invoice)]), *vouchers]


def _called(rows: Iterable[models.Model]) -> Iterator[str]:
    """What each of `rows` is chosen by, with the order or the invoice that it belongs to, and where
    that tells two not apart, with its place; whose they are stands on the page."""
    seen: Counter[str] = Counter()
    for row in rows:
        called, of = f"{capfirst(str(row._meta.verbose_name))}: {row}", owner_of(row)
        if isinstance(row, Customer):
            called = gettext("the customer’s own data")
        if of:
            called = f"{called} ({of._meta.verbose_name} {of})"
        seen[called] += 1
        yield called if seen[called] == 1 else f"{called} ({seen[called]})"


class RulingForm(ValuesForm):
    """The decision on one item."""

    outcome = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect, error_messages={"required": CHOOSE}
    )
    ground = forms.ChoiceField(
        label=_("Ground of the refusal"), required=False, widget=forms.RadioSelect
    )
    reasons = LongText(
        label=_("Reasons of the refusal"),
        longest=2_000,
        required=False,
        help_text=_("In plain words that the person understands."),
    )

    def __init__(self, item: Item, customer: Customer, *args: Any, **kwargs: Any) -> None:
        super().__init__(customer, item.category, *args, wanted=item.wanted, **kwargs)
        self.item = item
        outcomes = [*item.outcomes, Outcome.REFUSED]
        outcome: Any = self.fields["outcome"]
        outcome.choices = [(one.value, one.label) for one in outcomes]
        if item.removes and Outcome.REMOVED in outcomes:
            outcome.initial = Outcome.REMOVED
        elif item.kind:
            outcome.initial = outcomes[0]
        ground: Any = self.fields["ground"]
        ground.choices = [(one.key, str(one)) for one in item_grounds()]

    @property
    def outcome_field(self) -> forms.BoundField:
        return self["outcome"]

    @property
    def ground_field(self) -> forms.BoundField:
        return self["ground"]

    @property
    def reasons_field(self) -> forms.BoundField:
        return self["reasons"]

    @property
    def is_refusal(self) -> bool:
        return bool(self["outcome"].value() == Outcome.REFUSED)

    def judge(self, by_hand: Sequence[str]) -> None:
        """What does not fit together, where `by_hand` are the changes that staff made before."""
        said = self.cleaned_data
        match said.get("outcome"):
            case Outcome.REFUSED:
                self._judge_refusal(said)
            case Outcome.REMOVED:
                if any(value not in (None, "") for value in self.values().values()):
                    told = gettext("Empty what is to be removed, and leave the rest as it is.")
                    self.add_error("outcome", told)
                elif not (self.values() or by_hand):
                    self.add_error("outcome", gettext("Empty the value that is to be removed."))
            case Outcome.CORRECTED | Outcome.COMPLETED as outcome:
                by_words = outcome == Outcome.COMPLETED and self.item.statement
                if isinstance(self.chosen, Invoice):
                    told = gettext("The law forbids changing an invoice. Refuse it on that ground.")
                    self.add_error("outcome", told)
                elif not (self.values() or by_hand or by_words):
                    told = gettext("Nothing is changed yet. Write the value that is right.")
                    self.add_error("outcome", told)
        if not self.errors and said.get("outcome") != Outcome.REFUSED:
            self.judge_values()

    def _judge_refusal(self, said: Mapping[str, Any]) -> None:
        if not said.get("ground"):
            self.add_error("ground", CHOOSE)
        elif (said["ground"] == VOUCHER) != isinstance(self.chosen, Invoice):
            self.add_error(
                "ground",
                gettext("Choose the invoice above if the law forbids changing it, and only then."),
            )
        if len(said.get("reasons", "")) < SHORTEST_REASONS and "reasons" not in self.errors:
            told = ngettext(
                "Write at least %(count)s character.",
                "Write at least %(count)s characters.",
                SHORTEST_REASONS,
            )
            self.add_error("reasons", told % {"count": SHORTEST_REASONS})

    def ruling(self) -> Ruling:
        said = self.cleaned_data
        if said["outcome"] == Outcome.REFUSED:
            ground = BY_KEY[said["ground"]]
            return Ruling(
                self.item, Outcome.REFUSED, self.chosen, ground=ground, reasons=said["reasons"]
            )
        return Ruling(self.item, said["outcome"], self.chosen, self.values())


class RulingsForm(forms.Form):
    """The decisions on all items of a request, and which changes that staff made before are part of
    them."""

    corrected = forms.MultipleChoiceField(
        label=_("What was corrected"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Changed since the request came. Tick what answers it: it is told to those who had the "
            "old value or gave it."
        ),
    )
    #: what was shown before, and is to be done now
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, demand: Demand, sent: Any, *, step: str, hidden: AtRest) -> None:
        """What was `sent` is judged as it is to be done; before that (`step`) it is only shown
        again, and the values of another row are those of the register."""
        judged = sent if step in JUDGED else None
        super().__init__(judged)
        customer: Any = demand.request.customer
        places = dict(enumerate(demand.items.order_by("pk"), 1))
        self.rulings = [
            RulingForm(
                item,
                customer,
                judged,
                prefix=f"ruling-{place}",
                initial=typed_in(sent, f"ruling-{place}-", with_values=step == "change"),
                hidden=hidden,
            )
            for place, item in places.items()
        ]
        found = corrections(demand)
        self.by_hand = {one.key: one for one in found}
        made: Any = self.fields["corrected"]
        made.choices = [(one.key, _change(one, rests=one.category in hidden)) for one in found]
        made.initial = sent.getlist("corrected") if sent else []
        if not found:
            del self.fields["corrected"]

    def __iter__(self) -> Iterator[RulingForm]:  # type: ignore[override]
        return iter(self.rulings)

    def is_valid(self) -> bool:
        # each is judged, so that all faults are told at once
        own = super().is_valid()
        chosen = self.cleaned_data.get("corrected", []) if own else []
        for form in self.rulings:
            if form.is_valid():
                form.judge(chosen)
        return own and not any(form.errors for form in self.rulings)

    @property
    def corrected_field(self) -> forms.BoundField:
        return self["corrected"]

    @property
    def is_faulty(self) -> bool:
        return self.is_bound and bool(self.errors or any(form.errors for form in self.rulings))

    def say_what_stands(self) -> None:
        """As of `ValuesForm`, for each item."""
        for form in self.rulings:
            form.say_what_stands()

    def terms(self) -> dict[str, Any]:
        """What the decision is told."""
        return {
            "rulings": [form.ruling() for form in self.rulings],
            "corrected": self.cleaned_data.get("corrected", []),
        }

    def sent_values(self) -> list[tuple[str, str]]:
        """Each name and value as it was sent, for the hidden fields of the page that shows what
        will happen."""
        sent: Any = self.data
        names = [*self.fields, *(one.add_prefix(n) for one in self.rulings for n in one.fields)]
        return [(n, value) for n in names if n != "seen" for value in sent.getlist(n)]


def typed_in(sent: Any, prefix: str = "", *, with_values: bool) -> dict[str, Any]:
    """What was typed into one form, by field."""
    typed = {
        name.removeprefix(prefix): value
        for name, value in (sent or {}).items()
        if name.startswith(prefix)
    }
    return {name: value for name, value in typed.items() if with_values or VALUE not in name}


def _change(correction: Correction, *, rests: bool) -> str:
    if rests:
        return correction.label
    return f"{correction.label}: {correction.old or '—'} → {correction.new or '—'}"


class OwnForm(ValuesForm):
    """What staff have seen to be wrong by themselves (P54)."""

    kind = forms.ChoiceField(
        label=_("What is the matter with the old value"),
        choices=ItemKind,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE},
    )
    reason = Text(
        label=_("How you know"), longest=300, help_text=_("For the history. Name nobody.")
    )
    source_kind = forms.ChoiceField(
        label=_("Where the right value is from"), choices=source_choices
    )
    source_name = Text(label=_("Name of the source"), longest=200, required=False)
    #: what was shown before, and is to be done now
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not self.values():
            self.add_error(None, gettext("Nothing is changed yet. Write the value that is right."))
        elif said.get("kind") == ItemKind.UNNECESSARY and any(self.values().values()):
            self.add_error("kind", gettext("Empty what is not needed, and change nothing else."))
        if not self.errors:
            self.judge_values()
        if beyond(said.get("source_kind", ""), type(self.chosen), self.values()):
            self.add_error("source_kind", beyond_message())
        return said

    def terms(self, *, by: Any, now: datetime) -> dict[str, Any]:
        """What the correction is told."""
        said = self.cleaned_data
        kind = ItemKind(said["kind"]).label
        return {
            "row": self.chosen,
            "values": self.values(),
            "origin": Collection(
                source_kind=said["source_kind"],
                source_name=said["source_name"],
                collected_on=received_on(now),
                collected_by=by,
                serves_one=True,
            ),
            "why": gettext("Put right by ourselves (%(what)s): %(how)s")
            % {"what": kind, "how": said["reason"]},
            "now": now,
        }

    def about(self) -> list[forms.BoundField]:
        return [self[name] for name in ("kind", "source_kind", "source_name", "reason")]

    def sent_values(self) -> list[tuple[str, str]]:
        """As of `RulingsForm`."""
        sent: Any = self.data
        return [(n, value) for n in self.fields if n != "seen" for value in sent.getlist(n)]
