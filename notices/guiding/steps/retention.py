"""How long the data are kept."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.guiding.promising import Rule, Step, Values, is_done
from notices.guiding.steps.base import (
    LONGEST_MONTHS,
    LONGEST_YEARS,
    Group,
    RowForm,
    Rows,
    StepForm,
    number,
    of_row,
)
from notices.terms import ClauseKind, DataCategory, RetentionStart

#: More would be hard to defend (D03r).
LONGEST_IP = 24


#: A rule without data that counts from these is about invoices and other vouchers.
OF_VOUCHERS = frozenset({RetentionStart.INVOICE, RetentionStart.FINANCIAL_YEAR_END})


class RuleForm(RowForm):
    """One rule on how long data are kept (art. 13(2)(a); P31, D32, D01r, D03r)."""

    categories = forms.MultipleChoiceField(
        label=_("Which data"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a tick: all data that no other rule names."),
    )
    years = number(LONGEST_YEARS, label=_("Years"))
    months = number(LONGEST_MONTHS, label=_("Months"))
    start = forms.ChoiceField(
        label=_("Counted from"), choices=[("", "—"), *RetentionStart.choices], required=False
    )
    inactive_months = number(
        LONGEST_MONTHS,
        label=_("Months without contact that end the relationship"),
        help_text=_(
            "Only if counted from the end of the relationship. 24 is usual. A relationship that"
            " never ends would keep data for ever."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.declared = self.reading.terms_of(ClauseKind.DATA)
        offered = {*self.declared, *self.initial.get("categories", ())}
        self.fields["categories"].choices = [  # type: ignore[attr-defined]
            (str(one), one.label) for one in DataCategory if one in offered
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.has_changed() and not self.initial:
            return cleaned
        for category in cleaned.get("categories", ()):
            if category not in self.declared:
                self.add_error(
                    "categories",
                    gettext("The notice lists no “%(data)s”: take the tick away.")
                    % {"data": DataCategory(category).label},
                )
        if not {"years", "months"} & set(self.errors) and not self.length:
            self.add_error("years", _("Say how many years or months."))
        start = cleaned.get("start")
        if not start:
            self.add_error("start", _("Choose from what the time is counted."))
        if (
            start == RetentionStart.RELATIONSHIP_END
            and "inactive_months" not in self.errors
            and not cleaned.get("inactive_months")
        ):
            self.add_error(
                "inactive_months",
                _("Say after how many months without contact the relationship has ended."),
            )
        if DataCategory.IP_ADDRESS in cleaned.get("categories", ()) and self.length > LONGEST_IP:
            self.add_error("years", _("Keep IP numbers for 24 months at most."))
        return cleaned

    @property
    def length(self) -> int:
        """How many months the rule lasts."""
        years, months = self.cleaned_data.get("years"), self.cleaned_data.get("months")
        return (years or 0) * 12 + (months or 0)

    @property
    def rule(self) -> Rule:
        cleaned = self.cleaned_data
        start = RetentionStart(cleaned["start"])
        ends = start == RetentionStart.RELATIONSHIP_END
        return Rule(
            start,
            years=cleaned["years"],
            months=cleaned["months"],
            categories=tuple(map(DataCategory, cleaned["categories"])),
            inactive_months=cleaned["inactive_months"] if ends else None,
        )


class RuleRows(Rows):
    """The rules on how long data are kept: one for all data, and shorter or longer ones."""

    form = RuleForm

    def clean(self) -> None:
        if any(form.errors for form in self.kept):
            return
        rules = [form.rule for form in self.kept]
        named = [category for rule in rules for category in rule.categories]
        twice = sorted({one for one in named if named.count(one) > 1})
        if twice:
            raise forms.ValidationError(
                gettext("Two rules say how long to keep “%(data)s”: leave it in one of them.")
                % {"data": twice[0].label}
            )
        starts = [rule.start for rule in rules if not rule.categories]
        if len(starts) > len(set(starts)):
            raise forms.ValidationError(
                _("Two rules without a tick count from the same: join them into one.")
            )
        declared = set(self.reading.terms_of(ClauseKind.DATA))
        if DataCategory.IP_ADDRESS in declared - set(named) and RetentionStart.COLLECTED not in (
            starts
        ):
            raise forms.ValidationError(_("IP numbers need a shorter rule of their own."))
        if declared - set(named) and not set(starts) - OF_VOUCHERS:
            raise forms.ValidationError(
                _("Add a rule without a tick: for all data that no other rule names.")
            )


class RetentionForm(StepForm):
    """How long data are kept, and from what that is counted (art. 13(2)(a); P31)."""

    step = Step.RETENTION
    rows_class = RuleRows

    def first_rows(self) -> list[dict[str, Any]]:
        rules = list(self.before["rules"])
        named = {category for rule in rules for category in rule.categories}
        declared = self.reading.terms_of(ClauseKind.DATA)
        if not is_done(self.reading, self.step):
            rules = [rule for rule in rules if set(rule.categories) <= set(declared)]
            if DataCategory.IP_ADDRESS in declared and DataCategory.IP_ADDRESS not in named:
                ip = (DataCategory.IP_ADDRESS,)
                rules.insert(1, Rule(RetentionStart.COLLECTED, months=6, categories=ip))
        return [
            {
                "categories": [str(category) for category in rule.categories],
                "years": rule.years,
                "months": rule.months,
                "start": str(rule.start),
                "inactive_months": rule.inactive_months,
            }
            for rule in rules
        ]

    @property
    def values(self) -> Values:
        return {"rules": tuple(row.rule for row in self.rows.kept) if self.rows else ()}

    def groups(self) -> Iterator[Group]:
        names = ("categories", "years", "months", "start", "inactive_months")
        forms_here = self.rows.forms if self.rows else ()
        for number_of, row in enumerate(forms_here, start=1):
            legend = gettext("One more rule, if you need it")
            if row.initial:
                legend = gettext("Rule %(number)s: %(data)s") % {
                    "number": number_of,
                    "data": self._about(row),
                }
            yield Group(legend, of_row(row, *names), self._why(row), is_compact=True)

    def _about(self, row: RuleForm) -> str:
        if categories := row.initial["categories"]:
            return ", ".join(str(DataCategory(one).label) for one in categories)
        if row.initial["start"] in OF_VOUCHERS:
            return gettext("invoices and other vouchers")
        return gettext("all other data")

    def _why(self, row: RuleForm) -> str:
        if not row.initial:
            return ""
        if row.initial["categories"]:
            return gettext("A rule for the data ticked here alone.")
        if row.initial["start"] in OF_VOUCHERS:
            return gettext(
                "Bookkeeping demands six years from the end of the calendar year in which the"
                " financial year ended."
            )
        return gettext(
            "Three years after the end of the relationship is usual: claims for money lapse in"
            " that time."
        )
