"""From findings to a better notice: for each finding a text to accept, change or leave.

remedy_for(finding, reading, answers, today=today)      what is offered, and what is asked first
improved(reading, finding, answers, text, today=today)  the notice after it, as values
accept(notice, key, answers, text, today=today)         the same on a stored draft
leave(notice, key, why, today=today)                    the finding stays, with the reason
"""

from notices.drafts import DraftChanged
from notices.improving.question import Answers, BadAnswer, Question, Shape
from notices.improving.remedy import Changed, Remedy, can_be_simple, improved, remedy_for
from notices.improving.settling import (
    FindingGone,
    ReasonNeeded,
    Review,
    accept,
    accept_simple,
    accepted,
    leave,
    review,
    take_back,
)

__all__ = [
    "Answers",
    "BadAnswer",
    "Changed",
    "DraftChanged",
    "FindingGone",
    "Question",
    "ReasonNeeded",
    "Remedy",
    "Review",
    "Shape",
    "accept",
    "accept_simple",
    "accepted",
    "can_be_simple",
    "improved",
    "leave",
    "remedy_for",
    "review",
    "take_back",
]
