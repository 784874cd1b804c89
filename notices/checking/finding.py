"""What the checker finds: one place in a notice, what is wrong there and what to write instead."""

from dataclasses import dataclass
from hashlib import sha256

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from notices.terms import Language, SectionKey


class Severity(TextChoices):
    """How much a finding weighs: a notice with an error cannot be published."""

    ERROR = "error", _("error")
    WARNING = "warning", _("warning")
    INFO = "info", _("hint")


@dataclass(frozen=True)
class Finding:
    """One defect at one place.

    `id` is the rule's (law.md A5: D01-D42; A6: the article); `place` is an index of
    `Reading.sections`, None where something is absent; `words` are the very words at fault, as
    they stand in that section: in its heading, in its text or, with their markup, in its own
    words. `message` and `advice` are one plain sentence each, in the language that was active
    when the notice was checked; `law` names the article.
    """

    id: str
    severity: Severity
    section: SectionKey | None
    words: str | None
    message: str
    advice: str
    law: str
    place: int | None = None
    language: Language | None = None

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR

    @property
    def key(self) -> str:
        """The same for the same defect at the same place, whatever the reader's language."""
        parts = (self.id, self.section or "", self.language or "", self.words or "")
        return sha256("\0".join(parts).encode()).hexdigest()[:32]

    def as_json(self) -> dict[str, str | None]:
        """One of the findings of `check_notice --json`."""
        return {
            "id": self.id,
            "severity": str(self.severity),
            "section": None if self.section is None else str(self.section),
            "words": self.words,
            "message": self.message,
            "advice": self.advice,
            "law": self.law,
        }
