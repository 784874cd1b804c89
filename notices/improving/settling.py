"""Findings on a stored draft: accepted, left with a reason, or taken up again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from audit.reasons import because, with_values
from notices.checking import Finding, check
from notices.drafts import DraftChanged, locked_as, reading_of, redraft, stored_draft
from notices.improving.question import Answers
from notices.improving.remedy import can_be_simple, improved, remedy_for
from notices.models import Notice, SetAside, locked
from notices.reading import Reading

#: How history says it; its beginning is what `accepted` counts.
ACCEPTED = _("Suggestions accepted: %(rules)s")


class FindingGone(Exception):
    """The draft has changed: the checker does not find this any more."""


class ReasonNeeded(Exception):
    """A finding can be left as it is only with a reason."""


@dataclass(frozen=True)
class Review:
    """A draft and what the checker finds in it: still open, and left as it is with why."""

    reading: Reading
    open: tuple[Finding, ...]
    left: tuple[tuple[Finding, SetAside], ...]

    @property
    def seen(self) -> str:
        """The same as long as nobody has changed the draft."""
        return fingerprint(self.reading)

    @property
    def errors(self) -> list[Finding]:
        """What stands against publishing, left as it is or not (V01)."""
        return [one for one in (*self.open, *(left for left, _why in self.left)) if one.is_error]

    def found(self, key: str) -> Finding:
        """The finding with this key. Raises FindingGone."""
        for finding in (*self.open, *(left for left, _why in self.left)):
            if finding.key == key:
                return finding
        raise FindingGone


def fingerprint(reading: Reading) -> str:
    """A short name of what a draft says: another, if anything in it is."""
    return sha256(repr(reading).encode()).hexdigest()[:16]


def review(notice: Notice, *, today: date) -> Review:
    """What the checker finds in a stored notice now."""
    reading = reading_of(notice)
    reasons: Mapping[str, SetAside] = {row.finding: row for row in notice.set_aside.all()}
    findings = _each_once(check(reading, today=today))
    return Review(
        reading,
        tuple(one for one in findings if one.key not in reasons),
        tuple((one, reasons[one.key]) for one in findings if one.key in reasons),
    )


def _each_once(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by key: what one rule says twice of the same words is said together."""
    once: dict[str, Finding] = {}
    for one in findings:
        other = once.setdefault(one.key, one)
        if other.message != one.message:
            once[one.key] = replace(other, message=f"{other.message} {one.message}")
    return list(once.values())


def accept(
    notice: Notice,
    key: str,
    answers: Answers | None = None,
    text: str | None = None,
    *,
    today: date,
    reason: str | Promise = "",
    seen: str = "",
) -> Finding:
    """Store the remedy of the finding `key`, with `text` in place of the one offered if given.

    `seen` is the fingerprint of the draft that whoever accepts has seen. The remedy is made before
    the draft is locked, and stored in one transaction if the draft is still the same. Gives the
    finding. Raises DraftChanged, FindingGone, BadAnswer, NoticeIsFinal, or UnreadableNotice for
    what no notice can hold.
    """
    current = review(stored_draft(notice), today=today)
    if seen and seen != current.seen:
        raise DraftChanged
    finding = current.found(key)
    better = improved(current.reading, finding, answers, text, today=today)
    reason = reason or _reason([finding])
    with transaction.atomic():
        stored = locked_as(current.reading, notice)
        with because(reason):
            _take_up(stored, key)
        redraft(stored, better, reason=reason)
    return finding


def accept_simple(notice: Notice, *, today: date) -> int:
    """Accept every open suggestion that needs no answer, in one change; gives how many.

    Raises DraftChanged when somebody changes the draft meanwhile, and NoticeIsFinal.
    """
    current = first = review(stored_draft(notice), today=today)
    done: list[Finding] = []
    while step := _next_simple(current, done, today):
        finding, better = step
        done.append(finding)
        findings = _each_once(check(better, today=today))
        aside = {left.key for left, _why in current.left}
        still = tuple(one for one in findings if one.key not in aside)
        current = Review(better, still, current.left)
    if done:
        with transaction.atomic():
            stored = locked_as(first.reading, notice)
            redraft(stored, current.reading, reason=_reason(done))
    return len(done)


def _next_simple(
    current: Review, done: list[Finding], today: date
) -> tuple[Finding, Reading] | None:
    tried = {one.key for one in done}
    for finding in current.open:
        if finding.key not in tried and can_be_simple(finding, current.reading, today=today):
            remedy = remedy_for(finding, current.reading, today=today)
            if remedy.is_simple and remedy.better:
                return finding, remedy.better
    return None


def _reason(findings: Iterable[Finding]) -> Promise:
    return with_values(ACCEPTED, rules=", ".join(one.id for one in findings))


def accepted(notice: Notice) -> int:
    """How many suggestions were accepted on this draft, as its history tells."""
    with override(settings.LANGUAGE_CODE):
        beginning = ACCEPTED % {"rules": ""}
    rows = notice.history.filter(history_change_reason__startswith=beginning).values_list(
        "history_change_reason", flat=True
    )
    return sum(reason.count(",") + 1 for reason in rows)


def leave(notice: Notice, key: str, why: str, *, today: date) -> Finding:
    """Leave the finding `key` as it is, because of `why`; an error still blocks publishing.

    Raises FindingGone, ReasonNeeded, NoticeIsFinal.
    """
    if not why.strip():
        raise ReasonNeeded
    finding = review(stored_draft(notice), today=today).found(key)
    with transaction.atomic():
        stored = locked(notice.pk)
        with because(with_values(_("Finding left as it is: %(rule)s"), rule=finding.id)):
            row = stored.set_aside.filter(finding=key).first() or SetAside(
                notice=stored, finding=key, rule=finding.id
            )
            row.why = why.strip()
            row.save()
    return finding


def take_back(notice: Notice, key: str) -> None:
    """Open a finding again that was left as it is; nothing happens where none was."""
    with transaction.atomic():
        stored = locked(notice.pk)
        with because(_("Finding taken up again")):
            _take_up(stored, key)


def _take_up(stored: Notice, key: str) -> None:
    for row in stored.set_aside.filter(finding=key):
        row.delete()
