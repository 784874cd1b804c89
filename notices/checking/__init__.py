"""The checker: a notice in, its defects out (law.md A5, A6). It changes and stores nothing.

findings = check(reading, today=date(2026, 3, 4))
publishable = not any(finding.is_error for finding in findings)

The ids are stable. D01-D42 are the defects of law.md A5; an article such as "13(2)(c)" is an item
of its table A6 that no D rule reports; V05 and V10 are its promises of those numbers. Ours are:
P16 (purposes without a legal basis), D13-basis (a purpose with two), V01-empty (a heading with
nothing under it), V01-contradiction (two clauses of which only one can be true), V01-retention
(two periods for the same data, or none), V05-retention (another period in another language),
V01-own-words (own words that name what no clause holds), V01-words (an own text that promises
what the clauses do not),
9(1) and 87 (data that no register of ours holds), LIX and LIX-sentence (hard to read).
"""

from collections.abc import Sequence
from datetime import date

from notices.checking.finding import Finding, Severity
from notices.checking.rules import RULES
from notices.checking.text import NoticeText
from notices.reading import Reading

__all__ = ["Finding", "Severity", "check", "errors_of"]


def check(reading: Reading, *, today: date) -> list[Finding]:
    """Every defect of a notice, the weightiest first and then in the order of the notice.

    Texts are in the active language. `today` decides what is out of date.
    """
    notice = NoticeText(reading, today)
    found = [finding for rule in RULES for finding in rule.findings(notice)]
    return sorted(dict.fromkeys(found), key=_weight)


def _weight(finding: Finding) -> tuple[int, float, str]:
    place = float("inf") if finding.place is None else finding.place
    return (list(Severity).index(finding.severity), place, finding.id)


def errors_of(findings: Sequence[Finding]) -> list[Finding]:
    """Those that keep a notice from being published."""
    return [finding for finding in findings if finding.is_error]
