"""The forms of the steps of writing: what each asks, in which order, and which answers clash."""

from collections.abc import Mapping

from notices.guiding.promising import Step
from notices.guiding.steps.base import StepForm
from notices.guiding.steps.content import DataForm
from notices.guiding.steps.purposes import PurposesForm
from notices.guiding.steps.retention import RetentionForm
from notices.guiding.steps.rights import RightsForm
from notices.guiding.steps.sharing import SharingForm
from notices.guiding.steps.who import WhoForm

__all__ = ["FORMS", "StepForm", "WhoForm"]

FORMS: Mapping[Step, type[StepForm]] = {
    form.step: form
    for form in (WhoForm, DataForm, PurposesForm, SharingForm, RetentionForm, RightsForm)
}
