"""Who asks in the name of another, and what the mandate says of the answers."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.models import Remembered
from register.emails import AddressField
from rights_requests.models.requests import Demand, RightsRequest


class Mandate(Remembered):
    """An agent whose mandate somebody of us has seen. Answers go to the person all the same, unless
    the mandate says otherwise (I14)."""

    personal: ClassVar[frozenset[str]] = frozenset(
        {"agent", "agent_email", "agent_address", "evidence"}
    )

    request = models.OneToOneField(
        RightsRequest,
        models.PROTECT,
        related_name="mandate",
        verbose_name=pgettext_lazy("of a data subject", "request"),
    )
    agent = models.CharField(_("agent"), max_length=200)
    agent_email = AddressField(_("e-mail of the agent"), blank=True)
    agent_address = models.TextField(_("postal address of the agent"), max_length=400, blank=True)
    evidence = models.CharField(_("what was seen"), max_length=300)
    takes_answers = models.BooleanField(_("the mandate says that answers go to the agent"))
    seen_at = models.DateTimeField(_("seen"))
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("seen by")
    )

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.CheckConstraint(
                name="answers_reach_the_agent",
                condition=models.Q(takes_answers=False)
                | ~models.Q(agent_email="", agent_address="")
                # who asked is forgotten after years
                | models.Q(agent=""),
            ),
        ]

    def __str__(self) -> str:
        return self.agent


class Spoken(Remembered):
    """An answer that was told to the person too, because the person asked for that and somebody
    knew who it was (art. 12(1); I11)."""

    personal: ClassVar[frozenset[str]] = frozenset({"note"})

    demand = models.OneToOneField(
        Demand, models.PROTECT, related_name="spoken", verbose_name=_("right demanded")
    )
    note = models.TextField(_("what was told, and how it was known who it was"), max_length=1_000)
    told_at = models.DateTimeField(_("told"))
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("told by")
    )

    class Meta:
        verbose_name = _("answer told in words")
        verbose_name_plural = _("answers told in words")

    def __str__(self) -> str:
        return str(self.demand)
