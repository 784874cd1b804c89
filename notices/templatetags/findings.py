"""What the checker says of a notice, for the pages that lead to it."""

from dataclasses import dataclass

from django import template
from django.utils import timezone

from notices.checking import Severity
from notices.improving import review
from notices.models import Notice

register = template.Library()


@dataclass(frozen=True)
class Counts:
    """How many findings are open, and how many errors stand against publishing."""

    errors: int
    warnings: int
    hints: int

    @property
    def any(self) -> int:
        return self.errors + self.warnings + self.hints


@register.simple_tag
def findings_of(notice: Notice) -> Counts:
    """The findings of a stored notice, by weight."""
    current = review(notice, today=timezone.localdate())
    weights = [finding.severity for finding in current.open]
    return Counts(
        errors=len(current.errors),
        warnings=weights.count(Severity.WARNING),
        hints=weights.count(Severity.INFO),
    )
