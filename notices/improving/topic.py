"""A topic: what is asked about one matter, what the answers change, which headings say it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from notices.improving.question import Given, Question
from notices.reading import Reading
from notices.terms import SectionKey


@dataclass(frozen=True)
class Topic:
    """`ask` gives the questions, `tell` the reading with the answers; neither writes words but
    those that somebody typed."""

    home: SectionKey
    keys: frozenset[SectionKey]
    ask: Callable[[Reading, date], list[Question]]
    tell: Callable[[Reading, Given], Reading]


def nothing_to_ask(reading: Reading, today: date) -> list[Question]:
    """For what the notice or the law already answers."""
    return []


def nothing_to_tell(reading: Reading, given: Given) -> Reading:
    """For what only the words must change."""
    return reading


def topic(
    home: SectionKey,
    *others: SectionKey,
    ask: Callable[[Reading, date], list[Question]] = nothing_to_ask,
    tell: Callable[[Reading, Given], Reading] = nothing_to_tell,
) -> Topic:
    """A topic said under its own heading, `home`, and under `others`."""
    return Topic(home, frozenset((home, *others)), ask, tell)
