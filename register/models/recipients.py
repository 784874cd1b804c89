"""To whom data are given: each recipient with its contract, its country and what it may have
(arts 13(1)(e), 28, 44; P12, P18, P29)."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import BypassesHistory, Remembered, RememberedQuerySet
from audit.texts import fault_of
from notices.models import Notice
from notices.personal_data import IdentityCodeFound, PersonalData
from notices.terms import ClauseKind, DataCategory, Language, RecipientKind, TransferTool
from register.models.countries import countries, is_in_eea

#: The controller's own staff have accounts, and are nobody to give anything to.
OUTSIDE = [kind for kind in RecipientKind if kind != RecipientKind.OWN_STAFF]
#: They work for the controller and not for themselves: a contract binds them (art. 28).
PROCESSORS = frozenset({RecipientKind.ACCOUNTING, RecipientKind.PARTNER, RecipientKind.ANALYTICS})
#: What kind of firm it is tells no two of them apart.
FORMS = frozenset(
    "ab abp ag as bv co corp gmbh inc kb ky llc lkv ltd osk oy oyj plc rf ry tmi".split()
)
FREE_TEXTS = ("name", "address", "transfer_reason")
TOOLS = (TransferTool.ADEQUACY, TransferTool.STANDARD_CLAUSES, TransferTool.EXCEPTION)


class Refusal(models.TextChoices):
    """Why data may not be given, in a sentence that says what to do."""

    UNDECLARED_RECIPIENT = (
        "undeclared_recipient",
        _("The privacy notice in force names no such recipient. Put a notice in force that does."),
    )
    OTHER_NAME = (
        "other_name",
        _(
            "The privacy notice in force names another recipient of this kind. Put a new version "
            "in force that names this one too; if it is the same firm, write its name as the "
            "notice does."
        ),
    )
    UNDECLARED_DATA = (
        "undeclared_data",
        _("The privacy notice in force does not list some of these data. Leave them out."),
    )
    NO_CONTRACT = (
        "no_contract",
        _("Whoever works for the controller needs a contract: give its date."),
    )
    NOT_NOW = (
        "not_now",
        _("The contract was not in force on that day. Correct the day, or the contract's dates."),
    )
    NO_TOOL = (
        "no_tool",
        _("Outside the EU and the EEA: say on what the transfer rests and why it is necessary."),
    )
    TRANSFER_UNDECLARED = (
        "transfer_undeclared",
        _(
            "The privacy notice in force says that nothing goes outside the EU and the EEA. Choose "
            "a recipient there, or put a notice in force that tells of the transfer."
        ),
    )
    UNDECLARED_GROUND = (
        "undeclared_ground",
        _("The privacy notice in force does not name this ground. Choose another."),
    )
    UNDECLARED_PURPOSE = (
        "undeclared_purpose",
        _("The privacy notice in force does not name this purpose. Choose another."),
    )
    OTHER_USE = (
        "other_use",
        _(
            "People are not told of this use under this purpose: choose “publishing lists, such as "
            "mailing labels” or, for advertising, “targeting our own advertising”, or put a notice "
            "in force that names one."
        ),
    )
    BEYOND_RECIPIENT = (
        "beyond_recipient",
        _("This recipient may not have all of these data. Leave out what is not on its own page."),
    )
    RESTRICTED = (
        "restricted",
        _(
            "These data are restricted. They may be given for debt collection or a legal "
            "obligation only."
        ),
    )
    FORBIDDEN = (
        "forbidden",
        _("The customer has forbidden this. Nothing is given for this purpose."),
    )
    OBJECTED = (
        "objected",
        _("The customer has objected to this purpose. Nothing is given for it."),
    )
    TO_ERASE = (
        "to_erase",
        _(
            "The customer is to be erased. Until then data are given for billing, debt collection "
            "or a legal obligation only."
        ),
    )
    UNTOLD = (
        "untold",
        _("The customer has not been told of this purpose. Give the privacy notice first."),
    )
    NO_CONSENT = (
        "no_consent",
        _("The customer has not agreed to this purpose. Choose another, or ask first."),
    )
    AD_TARGETING = (
        "ad_targeting",
        _("Data for targeting our own advertising are given to nobody outside."),
    )


class DisclosureRefused(Exception):
    """Data may not be given so; carries each `Refusal`."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(", ".join(refusals))
        self.refusals = refusals


class CategoriesField(models.JSONField):
    """Categories of data: a list of terms of the vocabulary."""

    labels = dict(DataCategory.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)


def named(notice: Notice, kind: ClauseKind) -> frozenset[str]:
    """The terms of the clauses of `kind` in `notice`."""
    return frozenset(clause.term for clause in notice.clauses.all() if clause.kind == kind)


def _names(notice: Notice, kind: str) -> list[str]:
    """Whom each recipient clause of that `kind` in `notice` names; "" for anybody of it (P27)."""
    return [
        clause.name
        for clause in notice.clauses.all()
        if (clause.kind, clause.term) == (ClauseKind.RECIPIENT, kind)
    ]


def _fits(name: str, promised: str) -> bool:
    """Whether `name` is of the firm that a notice calls `promised`: all words of one stand in the
    other, as "Kuutarha" in "Palvelinpaja Kuutarha Oy"."""
    one, other = (set(re.findall(r"\w+", text.casefold())) - FORMS for text in (name, promised))
    return not other or (bool(one) and (one <= other or other <= one))


class RecipientQuerySet(RememberedQuerySet["Recipient"]):
    """Recipients by whether they are one now."""

    def on(self, day: date) -> "RecipientQuerySet":
        """Those to whom data may be given on `day`, as far as contracts go."""
        begun = Q(contract_on__isnull=True) | Q(contract_on__lte=day)
        return self.filter(begun, Q(ended_on__isnull=True) | Q(ended_on__gte=day))


class Recipient(Remembered):
    """Somebody outside to whom the controller gives data."""

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(
        _("kind"), max_length=20, choices=[(kind.value, kind.label) for kind in OUTSIDE]
    )
    country = models.CharField(_("country"), max_length=2, choices=countries, default="FI")
    email = models.EmailField(
        _("e-mail"), blank=True, help_text=_("For notices of what was corrected or erased.")
    )
    address = models.CharField(_("postal address"), max_length=300, blank=True)
    language = models.CharField(
        _("language of letters"),
        max_length=2,
        choices=Language,
        blank=True,
        help_text=_("Empty: the first language of the privacy notice."),
    )
    contract_on = models.DateField(_("contract of"), null=True, blank=True)
    ended_on = models.DateField(
        _("ended on"), null=True, blank=True, help_text=_("Empty while it goes on.")
    )
    categories = CategoriesField(_("data it may be given"))
    has_standing_access = models.BooleanField(
        _("sees the data all the time"),
        default=False,
        help_text=_("As an accounting firm with an account of its own does."),
    )
    transfer_tool = models.CharField(
        _("the transfer rests on"),
        max_length=20,
        blank=True,
        choices=[(tool.value, tool.label) for tool in TOOLS],
    )
    transfer_reason = models.CharField(_("why it is necessary"), max_length=500, blank=True)

    objects = RecipientQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("recipient of data")
        verbose_name_plural = _("recipients of data")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "kind"],
                name="recipient_once",
                violation_error_message=_("This recipient is here already."),
            ),
            models.CheckConstraint(
                name="recipient_ends_after_contract",
                condition=Q(ended_on__isnull=True)
                | Q(contract_on__isnull=True)
                | Q(ended_on__gte=F("contract_on")),
                violation_error_message=_("It cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_processor(self) -> bool:
        """Whether it works for the controller, who instructs it (art. 28; N03)."""
        return self.kind in PROCESSORS

    def refusals(self, notice: Notice) -> dict[str, Refusal]:
        """Why nothing may be given to this recipient under `notice`, by the column at fault."""
        found = {}
        promised = _names(notice, self.kind)
        if not promised:
            found["kind"] = Refusal.UNDECLARED_RECIPIENT
        elif not any(_fits(self.name, one) for one in promised):
            found["name"] = Refusal.OTHER_NAME
        if not self.categories or not set(self.categories) <= notice.declared:
            found["categories"] = Refusal.UNDECLARED_DATA
        if self.kind in PROCESSORS and not self.contract_on:
            found["contract_on"] = Refusal.NO_CONTRACT
        if is_in_eea(self.country):
            return found
        if not self.transfer_tool or not self.transfer_reason:
            found["transfer_tool"] = Refusal.NO_TOOL
        if named(notice, ClauseKind.TRANSFER) <= {TransferTool.NONE}:
            found["country"] = Refusal.TRANSFER_UNDECLARED
        return found

    def is_one_on(self, day: date) -> bool:
        """Whether its contract was in force on `day`."""
        begins, ends = self.contract_on or date.min, self.ended_on or date.max
        return begins <= day <= ends

    def clean(self) -> None:
        found = self.refusals(PersonalData.notice_that_governs())
        errors: dict[str, Any] = {column: why.label for column, why in found.items()}
        errors |= {column: why for column in FREE_TEXTS if (why := fault_of(getattr(self, column)))}
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises `DisclosureRefused`, `IdentityCodeFound` and `NoNoticeInForce`."""
        if refusals := self.refusals(PersonalData.notice_that_governs()):
            raise DisclosureRefused(list(refusals.values()))
        for column in FREE_TEXTS:
            if fault_of(getattr(self, column)):
                raise IdentityCodeFound(Recipient, column)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassesHistory("delete")
