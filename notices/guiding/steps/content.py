"""Which data the register holds, and where they come from."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.guiding.explaining import COOKIES, DATA, SOURCES
from notices.guiding.promising import Step, Values
from notices.guiding.steps.base import Group, StepForm, Ticks
from notices.terms import CookieUse, DataCategory, OrderWord, SourceKind


class DataForm(StepForm):
    """What the register holds and where it comes from (art. 14(1)(d), 14(2)(f); P20-P26)."""

    step = Step.DATA
    declared = Ticks(DataCategory, DATA, label=_("Data that the register may hold"))
    called = forms.ChoiceField(label=_("What you call an order"))
    sources = Ticks(SourceKind, SOURCES, label=_("Where the data may come from"))
    cookies = Ticks(CookieUse, COOKIES, label=_("What your web site uses cookies for"))

    def start(self, before: Values) -> dict[str, Any]:
        return before | {"declared": before["data"]}

    @property
    def values(self) -> Values:
        asked = {name: self.cleaned_data[name] for name in ("called", "sources", "cookies")}
        return asked | {"data": self.cleaned_data["declared"]}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word = self.before["called"]
        words = list(OrderWord.choices)
        if word not in OrderWord.values:
            words.append((word, word))
        self.fields["called"].choices = words  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        data, sources = cleaned.get("declared", ()), cleaned.get("sources", ())
        cookies = cleaned.get("cookies", ())
        if CookieUse.NONE in cookies and len(cookies) > 1:
            self.add_error("cookies", _("Choose either no cookies or what they are used for."))
        elif CookieUse.NONE in cookies:
            if SourceKind.COOKIES in sources:
                self.add_error("sources", _("Without cookies no data come from them."))
            if DataCategory.COOKIES in data:
                self.add_error("declared", _("Without cookies there are no cookie data."))
        return cleaned

    def groups(self) -> Iterator[Group]:
        yield Group(
            gettext("Data about customers"),
            self.asked("declared", "called"),
            gettext(
                "The register will take exactly what you tick here, and refuse the rest. Take what"
                " you need now; a new version of the notice can add more."
            ),
        )
        yield Group(
            gettext("Sources"),
            self.asked("sources"),
            gettext("Each value will carry one of these sources and a day."),
        )
        yield Group(
            gettext("Cookies of your web site"),
            self.asked("cookies"),
            gettext(
                "This is about your own site. The pages of this register that customers see set"
                " no cookie."
            ),
        )
