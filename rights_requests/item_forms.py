"""What the person wants put right, item by item, as it is typed: on the web, or by staff from a
letter (P54, P56, R02)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.declarations import KEPT_ELSEWHERE
from notices.terms import DataCategory
from rights_requests.fields import CHOOSE, LongText
from rights_requests.models import Item, ItemKind

#: So many can be asked for by one form.
MOST_ITEMS = 10
COUNT = "items"
ELSE = _("something else, or I do not know")
NOT_SAID = _("not said")


class ItemForm(forms.Form):
    """One datum: which, what is the matter with it, what it should be and why."""

    category = forms.ChoiceField(
        label=_("Which data"), required=False, error_messages={"invalid_choice": CHOOSE}
    )
    kind = forms.ChoiceField(
        label=_("What is the matter with it"),
        choices=ItemKind,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    datum = LongText(
        label=_("What is wrong or missing"),
        help_text=_("Word for word as it stands now, as far as you know it."),
        longest=2_000,
    )
    wanted = LongText(
        label=_("What it should be"), help_text=_("Word for word."), longest=2_000, required=False
    )
    removes = forms.BooleanField(label=_("It shall be removed"), required=False)
    ground = LongText(
        label=_("Why it should be changed"),
        help_text=_("For example: I have moved, or the name is misspelt."),
        longest=4_000,
    )
    statement = LongText(
        label=_("Words of your own to keep beside it"),
        help_text=_("May be left out. We keep them with the data, as the law lets you ask."),
        longest=2_000,
        required=False,
    )

    def __init__(
        self, *args: Any, listed: Collection[DataCategory], by_staff: bool = False, **kwargs: Any
    ) -> None:
        """Data to choose from are those that the notice has `listed`. Staff write down what a
        letter says: nothing of it is a condition (P56)."""
        super().__init__(*args, **kwargs)
        self.by_staff = by_staff
        shown = [one for one in DataCategory if one in listed and one not in KEPT_ELSEWHERE]
        category: Any = self.fields["category"]
        category.choices = [("", NOT_SAID if by_staff else ELSE), *((o, o.label) for o in shown)]
        if by_staff:
            kind: Any = self.fields["kind"]
            kind.choices = [("", NOT_SAID), *ItemKind.choices]
            for field in self.fields.values():
                field.required = False

    def typed(self) -> dict[str, Any]:
        """What was sent, before anybody judges it."""
        return {
            name: field.widget.value_from_datadict(
                self.data, MultiValueDict(), self.add_prefix(name)
            )
            for name, field in self.fields.items()
        }

    @property
    def is_filled(self) -> bool:
        """Whether anything was said."""
        return any(self.typed().values())

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind") == ItemKind.UNNECESSARY:
            # whoever says so wants no other value
            said["removes"] = True
        wanted, removes = said.get("wanted"), said.get("removes")
        if wanted and removes:
            told = gettext("Say what it should be, or that it shall be removed, and not both.")
            self.add_error("wanted", told)
        elif removes and said.get("kind") == ItemKind.INCOMPLETE:
            self.add_error("removes", gettext("What is missing cannot be removed."))
        says_what = wanted or removes or said.get("statement") or self.by_staff
        if not says_what and "wanted" not in self.errors:
            self.add_error("wanted", self.fields["ground"].error_messages["required"])
        return said

    def item(self) -> Item:
        """The item, before it is stored."""
        return Item(**self.cleaned_data)


class Items:
    """The items of one form: as many as were added, of which the empty ones are left out."""

    def __init__(
        self,
        sent: Mapping[str, Any] | None = None,
        *,
        listed: Collection[DataCategory],
        by_staff: bool = False,
        rows: int = 1,
        is_judged: bool = True,
    ) -> None:
        """`rows` forms, or as many as were sent; not `is_judged` ones say what was sent and nothing
        of what is wrong with it."""
        terms: dict[str, Any] = {"listed": listed, "by_staff": by_staff}
        places = range(1, max(rows, _count(sent)) + 1)
        self.forms = [ItemForm(sent, prefix=f"item-{place}", **terms) for place in places]
        if sent is not None and not is_judged:
            self.forms = [
                ItemForm(prefix=form.prefix, initial=form.typed(), **terms) for form in self.forms
            ]
        self.listed, self.by_staff = listed, by_staff

    def __iter__(self) -> Iterator[ItemForm]:
        return iter(self.forms)

    def __len__(self) -> int:
        return len(self.forms)

    @property
    def said(self) -> list[ItemForm]:
        """Those that say something; the first one, which must, where none does."""
        found = [form for form in self.forms if form.is_bound and form.is_filled]
        return found or ([] if self.by_staff else self.forms[:1])

    def is_valid(self) -> bool:
        # each is judged, so that all faults are told at once
        return not [form for form in self.said if not form.is_valid()]

    @property
    def errors(self) -> list[ErrorDict]:
        return [form.errors for form in self.said if form.errors]

    @property
    def can_grow(self) -> bool:
        return len(self) < MOST_ITEMS

    @property
    def next(self) -> int:
        """The place of one more."""
        return len(self) + 1

    def grow(self) -> None:
        """Room for one more, where that is possible."""
        if self.can_grow:
            terms: dict[str, Any] = {"listed": self.listed, "by_staff": self.by_staff}
            self.forms.append(ItemForm(prefix=f"item-{self.next}", **terms))

    def items(self) -> list[Item]:
        """What was said, before it is stored."""
        return [form.item() for form in self.said]

    def contents(self) -> list[dict[str, Any]]:
        """What was said, to know the same contents again."""
        return [form.cleaned_data for form in self.said]

    def sent_values(self) -> list[tuple[str, str]]:
        """Each name and value as it was sent, for the hidden fields of the next page."""
        return [
            (COUNT, str(len(self))),
            *(
                (name, value)
                for form in self.forms
                for name in map(form.add_prefix, form.fields)
                for value in form.data.getlist(name)  # type: ignore[attr-defined]
            ),
        ]


def _count(sent: Mapping[str, Any] | None) -> int:
    """How many a form has sent; anybody can send anything."""
    said = str((sent or {}).get(COUNT, ""))
    is_number = said.isascii() and said.isdecimal() and len(said) < 4
    return min(int(said), MOST_ITEMS) if is_number else 0
