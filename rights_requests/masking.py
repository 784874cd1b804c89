"""Masking by hand: what is somebody else's, or what national law limits, is left out piece by piece
(art. 15(4), 1050/2018 s. 34; A07, A08).

Staff mark pieces while a demand for access is open; the decision takes them as they were shown, in
its own transaction, and after it nothing changes. What is masked is masked in history too.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit.files import ENDINGS, PaperType
from audit.reasons import because
from notices.declarations import derived_columns
from notices.terms import Right
from register.extract import Telling
from register.models import BillingData, Customer, Invoice
from rights_requests.holding import hold
from rights_requests.models import Demand, Handover, Mask, MaskReason

#: What these say of a person is mostly the person's own: it comes last on the page of pieces.
OWN = (Customer, BillingData, Invoice)
#: The column under which a file is masked, whatever its own is called.
FILE = "file"


class NotOpen(Exception):
    """The demand has been decided: what it shows is as it was given."""


class NothingLimited(Exception):
    """Nothing is kept from the person under section 34, so there is nothing to hand over."""


@dataclass
class Piece:
    """A text of the report, or a file, that can be masked, with what stood there before."""

    key: str
    label: str
    text: str
    earlier: list[str] = field(default_factory=list)
    is_file: bool = False
    is_own: bool = False
    masks: list[Mask] = field(default_factory=list)

    def holds(self, part: str) -> bool:
        """Whether `part` stands in it, now or before."""
        return any(part in text for text in (self.text, *self.earlier))


def piece_of(model: Any, key: Any, column: str) -> str:
    """What the piece in `column` of the row `key` of `model` goes by."""
    place = f"{model._meta.label_lower}:{key}:{column}"
    return blake2b(place.encode(), digest_size=16).hexdigest()


class Masked(Telling):
    """Tells the values of a report with the masks of its demand over them; keeps which files go
    with it, and what was withheld."""

    def __init__(self, demand: Demand | None) -> None:
        self.masks: list[Mask] = list(demand.masks.standing()) if demand else []
        self._by_piece: dict[str, list[Mask]] = defaultdict(list)
        for mask in self.masks:
            self._by_piece[mask.piece].append(mask)
        #: the private files that go with the report, by the name that it calls them
        self.files: dict[str, str] = {}
        #: what was left out, for the supervisory authority alone: texts, and files by name
        self.withheld: list[dict[str, str]] = []
        self.kept_back: dict[str, str] = {}
        self._seen: set[tuple[int | None, str]] = set()
        self._count: dict[str, int] = defaultdict(int)

    def text(self, model: Any, key: Any, column: str, text: str) -> str:
        if not self._by_piece:
            return text
        for mask in self._by_piece.get(piece_of(model, key, column), ()):
            told = mask.over(text)
            if told != text:
                self._withhold(mask, text)
            text = told
        return text

    def file(self, row: models.Model) -> dict[str, str] | None:
        kind = PaperType(getattr(row, "content_type", PaperType.PDF))
        called = str(row._meta.model_name)
        self._count[called] += 1
        name = f"{called}-{self._count[called]}.{ENDINGS[kind]}"
        private = str(getattr(row, row.private_file))  # type: ignore[attr-defined]
        for mask in self._by_piece.get(piece_of(type(row), row.pk, FILE), ()):
            self.kept_back[name] = private
            self._withhold(mask, name)
            return {"name": "", "mark": mask.mark}
        self.files[name] = private
        return {"name": name, "mark": ""}

    def _withhold(self, mask: Mask, text: str) -> None:
        if (mask.pk, text) not in self._seen:
            self._seen.add((mask.pk, text))
            said = {"what": mask.label, "text": text, "masked": mask.text or text}
            reason = {"reason": str(mask.get_reason_display()), "law": mask.law}
            self.withheld.append(said | reason | {"why": mask.explanation})


class Noting(Telling):
    """Notes every piece that could be masked, in the order of the report."""

    def __init__(self, masks: Iterable[Mask] = ()) -> None:
        self._found: dict[str, Piece] = {}
        self._masks: dict[str, list[Mask]] = defaultdict(list)
        for mask in masks:
            self._masks[mask.piece].append(mask)

    @property
    def pieces(self) -> list[Piece]:
        """What may be somebody else's first, then what is mostly the person's own."""
        return sorted(self._found.values(), key=lambda one: one.is_own)

    def text(self, model: Any, key: Any, column: str, text: str) -> str:
        if column in derived_columns(model):
            return text
        own = piece_of(model, key, column)
        piece = self._found.get(own)
        if piece is None:
            label = _label(model, model._meta.get_field(column).verbose_name)
            self._found[own] = Piece(
                own, label, text, is_own=model in OWN, masks=self._masks.get(own, [])
            )
        elif text != piece.text and text not in piece.earlier:
            piece.earlier.append(text)
        return text

    def file(self, row: models.Model) -> dict[str, str] | None:
        own = piece_of(type(row), row.pk, FILE)
        label = _label(type(row), _("file"))
        masks = self._masks.get(own, [])
        self._found[own] = Piece(own, label, str(row), is_file=True, masks=masks)
        return None


def _label(model: Any, of: Any) -> str:
    return f"{capfirst(str(model._meta.verbose_name))}: {of}"


# --- acts


def put_mask(
    demand: Demand,
    piece: Piece,
    *,
    text: str,
    reason: str,
    explanation: str,
    is_told: bool,
    by: Any,
    now: datetime,
) -> Mask:
    """Mask `piece`, or the `text` in it, in the copy that `demand` gets; the same twice is one.
    Raises `NotOpen`."""
    with transaction.atomic(), because(_("Piece masked in the copy of data")):
        own = _open(demand)
        same = own.masks.standing().filter(piece=piece.key, text=text, reason=reason).first()
        return same or Mask.objects.create(
            demand=own,
            piece=piece.key,
            label=piece.label,
            text=text,
            reason=reason,
            explanation=explanation,
            is_told=is_told or not MaskReason(reason).is_limit,
            made_at=now,
            made_by=by,
        )


def take_mask(demand: Demand, mask: int, *, now: datetime) -> bool:
    """Take a mask (key) of `demand` away again; False when there is none. Raises `NotOpen`."""
    with transaction.atomic(), because(_("Mask taken away")):
        own = _open(demand).masks.standing().filter(pk=mask).first()
        if own is None:
            return False
        own.removed_at = now
        own.save()
    return True


def _open(demand: Demand) -> Demand:
    """The demand, which nobody decides before this transaction ends."""
    request = hold(demand.request)
    own: Demand = request.demands.get(pk=demand.pk)
    if not own.is_open:
        raise NotOpen
    return own


def as_shown(demand: Demand) -> str:
    """What the masks of `demand` go by: another text as soon as one is put or taken away, and none
    where nothing is masked."""
    keys = ",".join(str(key) for key in demand.masks.standing().values_list("pk", flat=True))
    return blake2b(keys.encode(), digest_size=8).hexdigest() if keys else ""


# --- section 34(4)


def can_be_handed_over(demand: Demand) -> bool:
    """Whether section 34 keeps anything from the person that was given a copy (A08)."""
    limits = demand.masks.standing().filter(reason__in=[one for one in MaskReason if one.is_limit])
    return demand.right == Right.ACCESS and demand.granted_at is not None and limits.exists()


def hand_over(demand: Demand, *, asked_on: date, note: str, by: Any, now: datetime) -> Handover:
    """Record that `by` has given the Ombudsman what section 34 keeps from the person, who asked for
    that on a day (1050/2018 s. 34(4)). Once: a second time gives the first record. Raises
    `NothingLimited`."""
    with transaction.atomic(), because(_("Handed to the Ombudsman at the person's request")):
        request = hold(demand.request)
        own: Demand = request.demands.get(pk=demand.pk)
        if not can_be_handed_over(own):
            raise NothingLimited
        done = Handover.objects.filter(demand=own).first()
        return done or Handover.objects.create(
            demand=own, asked_on=asked_on, note=note, handed_at=now, handed_by=by
        )
