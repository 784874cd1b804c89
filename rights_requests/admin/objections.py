"""The page where an objection is weighed, use by use (art. 21(1); M02)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.terms import Purpose, Right
from rights_requests import weighing
from rights_requests.admin.consequences import where_it_goes
from rights_requests.admin.decisions import Shown, act, back, decidable, page, stop_of
from rights_requests.admin.forms import demonstrated
from rights_requests.decisions import hindrances
from rights_requests.fields import LongText
from rights_requests.grounds import BY_KEY
from rights_requests.models import Demand, RightsRequest
from rights_requests.objecting import resting
from rights_requests.offering import grounds_weighed
from rights_requests.weighing import Verdict

UPHELD = "upheld"


class WeighForm(forms.Form):
    """A verdict for each use that is objected to, with its reasons where it is a refusal: the law
    asks for no reasons to uphold one (art. 12(4), 21(1))."""

    writes = True

    until = LongText(
        label=_("Until when"),
        longest=1_000,
        required=False,
        help_text=_("For what is refused: how long the ground holds, and what happens then."),
    )

    def __init__(self, demand: Demand, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = grounds_weighed(demand)
        self.purposes = list(fitting)
        upheld = (UPHELD, _("The objection is upheld: the data are used for this no more."))
        for purpose, grounds in fitting.items():
            named = {"use": purpose.label}
            self.fields[f"verdict-{purpose}"] = forms.ChoiceField(
                label=gettext("What is decided: %(use)s") % named,
                choices=[upheld, *((one.key, str(one)) for one in grounds)],
                widget=forms.RadioSelect,
                help_text=""
                if grounds
                else _("Anybody may forbid this: the law gives no ground to refuse it."),
            )
            self.fields[f"reasons-{purpose}"] = LongText(
                label=gettext("Reasons: %(use)s") % named,
                longest=4_000,
                required=False,
                help_text=_(
                    "A refusal needs them: the situation of the person against our need. Goes into "
                    "the letter."
                )
                if grounds
                else _("Not needed. What you write goes into the letter."),
            )
        self.order_fields([name for name in self.fields if name != "until"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for purpose in self.purposes:
            name, ground = f"reasons-{purpose}", self._ground(purpose)
            if ground is None or name in self.errors:
                continue
            if not said[name]:
                self.add_error(name, gettext("Say why: a refusal needs its reasons."))
                continue
            try:
                demonstrated(said[name], ground)
            except ValidationError as error:
                self.add_error(name, error)
        is_refused = any(map(self._ground, self.purposes))
        if is_refused and not said.get("until") and "until" not in self.errors:
            self.add_error("until", gettext("Say until when the refusal holds."))
        return said

    def _ground(self, purpose: Purpose) -> Any:
        return BY_KEY.get(self.cleaned_data.get(f"verdict-{purpose}", ""))

    def verdicts(self) -> list[Verdict]:
        """What was chosen, for each use."""
        return [
            Verdict(one, self.cleaned_data[f"reasons-{one}"], self._ground(one))
            for one in self.purposes
        ]


def weigh(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """GET shows what is weighed, POST decides it."""
    demand = decidable(asked, Right.OBJECTION)
    if not weighing.can_be_weighed(demand):
        raise Http404
    stops = hindrances(demand)
    form = WeighForm(demand, request.POST if request.method == "POST" else None)
    shown = Shown.by(request, demand)
    if request.method == "POST" and form.is_valid() and shown.is_still_so(form):
        said = {"verdicts": form.verdicts(), "until": form.cleaned_data["until"]} | shown.terms()
        return act(
            request,
            asked,
            lambda now: weighing.weigh(demand, by=request.user, now=now, **said),
            gettext("Decided: %(right)s"),
            demand,
        )
    if stop := stop_of(demand, stops):
        return back(request, asked, stop)
    words = {"consequences": consequences_of_weighing(demand), "preview": shown.now}
    return page(request, demand, "weigh", gettext("Weigh: %(right)s"), form=form, **words)


def consequences_of_weighing(demand: Demand) -> list[str]:
    """What comes of a verdict, sentence by sentence."""
    told = [
        gettext("The data have not been used for this since %(when)s.")
        % {"when": date_format(timezone.localtime(one.stopped_at), "SHORT_DATETIME_FORMAT")}
        for one in resting(demand)[:1]
    ]
    return [
        *told,
        gettext("What is upheld stops for good: the customer is on no list for that use any more."),
        gettext(
            "What is refused goes on when the certificate has left. Only compelling grounds "
            "override the person’s situation, and we must show them."
        ),
        gettext("The letter offers to erase what was kept for that use alone."),
        where_it_goes(demand.request),
    ]
