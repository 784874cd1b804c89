"""Weighing an objection, purpose by purpose: upheld for good, or refused with the compelling
grounds in a certificate (art. 21(1), 12(4); M02, P59, R07)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, override

from audit.reasons import because
from notices.terms import Purpose, Right
from register.models import Customer
from rights_requests.carrying_out import DataChanged, accept_objection, is_held
from rights_requests.decisions import (
    CannotRefuse,
    InTheWay,
    certify,
    close_when_answered,
    hindrances,
    reason_of,
    undecided,
)
from rights_requests.grounds import BY_KEY, WEIGHED, Ground
from rights_requests.models import Demand, Weighing
from rights_requests.objecting import purposes_of, uphold
from rights_requests.offering import grounds_weighed


@dataclass(frozen=True)
class Verdict:
    """What is decided about one purpose: refused on `ground`, or upheld without one; and why, which
    may be left out of what is upheld."""

    purpose: Purpose
    reasons: str = ""
    ground: Ground | None = None


def can_be_weighed(demand: Demand) -> bool:
    """Whether `demand` is an objection to uses of the data of somebody whom the register holds."""
    is_objection = demand.right == Right.OBJECTION
    return is_objection and is_held(demand.request.customer) and bool(purposes_of(demand))


def weigh(
    demand: Demand,
    verdicts: Sequence[Verdict],
    *,
    until: str = "",
    by: Any,
    now: datetime,
    preview: str = "",
) -> Demand:
    """Decide `demand`, with a verdict for each purpose that it objects to. What is upheld stops for
    good; what is refused goes on when the certificate has left (S05). `until` says how long the
    refusal holds.

    Raises `AlreadyDecided`, `InTheWay`, `CannotRefuse` for a ground that `grounds_weighed` does not
    give for the purpose, `ReasonsMissing` for a refusal without them, and `DataChanged` where other
    purposes are objected to, or the data are not those of `preview`.
    """
    with undecided(demand, preview=preview) as own, because(reason_of(own)):
        if stops := hindrances(own):
            raise InTheWay(stops)
        customer = own.request.customer
        if customer is None or [one.purpose for one in verdicts] != purposes_of(own):
            raise DataChanged
        fitting = grounds_weighed(own)
        if any(one.ground and one.ground not in fitting[one.purpose] for one in verdicts):
            raise CannotRefuse
        for one in verdicts:
            Weighing(
                demand=own,
                purpose=one.purpose,
                ground=one.ground.key if one.ground else "",
                reasons=one.reasons,
            ).save()
        if any(one.ground for one in verdicts):
            _refuse(own, customer, verdicts, until=until, by=by, now=now)
        else:
            own.granted_at, own.decided_by = now, by
            own.save()
            why = _reasons(own, verdicts)
            accept_objection(own, customer, now=now, why=why)
        close_when_answered(own.request, now=now)
    return own


def _refuse(
    demand: Demand,
    customer: Customer,
    verdicts: Sequence[Verdict],
    *,
    until: str,
    by: Any,
    now: datetime,
) -> None:
    refused = [one for one in verdicts if one.ground]
    upheld = [one for one in verdicts if not one.ground]
    uphold(demand, customer, [one.purpose for one in upheld], now=now)
    grounds = [ground for key in WEIGHED for ground in [BY_KEY[key]] if _is_of(ground, refused)]
    with override(demand.request.language):
        refused_what = "\n".join(f"- {_label(one)}" for one in refused)
        done = [
            gettext("We do not use your data for this any more: %(use)s.")
            % {"use": one.purpose.label}
            for one in upheld
        ]
        # art. 17(1)(c)
        may_be_erased = gettext(
            "Did we keep data only for this use? Then we need them no more, and you may have them "
            "erased."
        )
    demand.refused_at, demand.decided_by = now, by
    demand.save()
    certify(
        demand,
        grounds,
        by=by,
        now=now,
        refused_what=refused_what,
        reasons=_reasons(demand, refused, names_grounds=len(grounds) > 1),
        names_grounds=len(grounds) == 1,
        until=until,
        done_for_rest="\n\n".join(
            filter(None, [*done, _reasons(demand, upheld), may_be_erased]) if upheld else []
        ),
    )


def _is_of(ground: Ground, refused: Sequence[Verdict]) -> bool:
    return any(one.ground == ground for one in refused)


def _reasons(demand: Demand, verdicts: Sequence[Verdict], *, names_grounds: bool = False) -> str:
    """Why, for each purpose of which it was said in a paragraph of its own, in the language of the
    request; with the ground of each where that is not the same for all (art. 12(4))."""
    with override(demand.request.language):
        return "\n\n".join(
            f"{_label(one)}: {one.ground} {one.reasons}"
            if names_grounds
            else f"{_label(one)}: {one.reasons}"
            for one in verdicts
            if one.reasons.strip()
        )


def _label(verdict: Verdict) -> str:
    label = str(verdict.purpose.label)
    return label[:1].upper() + label[1:]
