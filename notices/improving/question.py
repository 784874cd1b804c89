"""What only the controller can know, asked one thing at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext

from audit.texts import fault_of

Answers = Mapping[str, str]
Choices = tuple[tuple[str, str], ...]
LONGEST_ANSWER = 200
#: Of an answer that becomes words of the notice.
LONGEST_WORDS = 2_000
#: Up to 999. Python refuses to read a number of thousands of digits.
LONGEST_NUMBER = 3


def yes_or_no() -> Choices:
    """The choices of a question that asks no more."""
    return (("yes", gettext("Yes")), ("no", gettext("No")))


class Shape(Enum):
    """What an answer looks like."""

    TEXT = "text"
    EMAIL = "email"
    CHOICE = "choice"
    SEVERAL = "several"
    NUMBER = "number"
    DAY = "day"


class BadAnswer(Exception):
    """An answer that cannot be used; carries the question's key and a sentence for its writer."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}: {sentence}")
        self.key, self.sentence = key, sentence


@dataclass(frozen=True)
class Question:
    """One thing to ask; `initial` is what the notice itself answers, never what it does not say.

    An answer is text: a term of `choices`, several of them with spaces between, a number, a day
    as 2026-03-04.
    """

    key: str
    label: str
    help: str = ""
    choices: Choices = ()
    initial: str = ""
    shape: Shape = Shape.TEXT
    required: bool = True
    #: what the notice says is only a part of the answer
    partial: bool = False
    longest: int = LONGEST_ANSWER

    @property
    def is_open(self) -> bool:
        """Whether somebody must answer: neither the notice nor a default does."""
        return self.partial or (self.required and not self.initial)

    def answered(self, answers: Answers) -> Any:
        """The answer as a value: text, list of terms, int or date; None where there is none.

        Raises BadAnswer.
        """
        raw = answers.get(self.key, self.initial).strip()
        if not raw:
            if self.required:
                raise BadAnswer(self.key, gettext("Answer this first."))
            return [] if self.shape == Shape.SEVERAL else None
        return _READERS[self.shape](self, raw)

    def _text(self, raw: str) -> str:
        text = " ".join(raw.split())
        if why := fault_of(text):
            raise BadAnswer(self.key, why)
        if len(text) > self.longest:
            sentence = gettext("Use at most %(count)d characters.") % {"count": self.longest}
            raise BadAnswer(self.key, sentence)
        return text

    def _email(self, raw: str) -> str:
        try:
            validate_email(raw)
        except ValidationError:
            raise BadAnswer(self.key, gettext("Give a whole e-mail address.")) from None
        return raw

    def _choice(self, raw: str) -> str:
        return self._several(raw)[0]

    def _several(self, raw: str) -> list[str]:
        chosen = raw.split()
        known = [term for term, _label in self.choices]
        if not set(chosen) <= set(known):
            raise BadAnswer(self.key, gettext("Choose from the list."))
        return [term for term in known if term in chosen]

    def _number(self, raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and len(raw) <= LONGEST_NUMBER and int(raw)):
            raise BadAnswer(self.key, gettext("Give a whole number, at least 1."))
        return int(raw)

    def _day(self, raw: str) -> date:
        try:
            return date.fromisoformat(raw)
        except ValueError:
            raise BadAnswer(self.key, gettext("Give a day of the calendar.")) from None


_READERS = {
    Shape.TEXT: Question._text,
    Shape.EMAIL: Question._email,
    Shape.CHOICE: Question._choice,
    Shape.SEVERAL: Question._several,
    Shape.NUMBER: Question._number,
    Shape.DAY: Question._day,
}


class Given:
    """The answers to some questions, as values: `given["controller.name"]`."""

    def __init__(self, questions: Iterable[Question], answers: Answers) -> None:
        self._values = {one.key: one.answered(answers) for one in questions}

    def __getitem__(self, key: str) -> Any:
        """The answer to `key`; None, or no terms, where it was not asked or left open."""
        return self._values.get(key)
