"""Brings a notice to where the checker finds no error, with the answers of an invented firm."""

import re
from datetime import date

from notices.checking import check
from notices.checking.known import HEDGES
from notices.improving import improved, remedy_for

TODAY = date(2026, 11, 3)
#: What the controllers of these tests answer, where neither the notice nor a default does.
ANSWERS = {
    "controller.name": "Koepaja Oy",
    "controller.address": "PL 12, 00990 Helsinki",
    "controller.email": "koepaja@koe.example",
    "controller.phone": "020 000 0900",
    "contact.name": "Kaino Koevirta",
    "contact.email": "tietosuoja@koe.example",
    "recipient.analytics": "Koemittari Oy",
    "cookies.months": "13",
    "transfer.name": "Koepilvi Inc.",
    "transfer.country": "US",
    "transfer": "adequacy",
    "officer": "no",
    "automation": "none",
    "credit": "no",
    "needs": "needed_for_contract",
    "paper": "locked_storage",
    "protected": "undertakings personal_accounts",
    "public_sources": "no",
    "sources": "registration customer_notice",
    "data": "name email phone orders",
    "unlisted": "no",
    "billing": "yes",
    "cookies": "none",
    "demographics": "no",
    "basis.personalised_content": "no",
    "inactive_months": "24",
    "years.relationship_end": "3",
    "years.order": "3",
    "months.collected": "6",
}
#: Told only where a notice has its visitors measured, or sends data outside the EU.
DEPENDING = (
    ("cookies", ("none", "necessary"), ("recipient.analytics", "cookies.months")),
    ("transfer", ("none",), ("transfer.name", "transfer.country")),
)
MOST_STEPS = 150


def answers_to(questions, finding):
    """What this firm answers: only what the notice does not."""
    asked = {one.key: one for one in questions}
    answers = {one.key: answer_to(one, finding) for one in questions if one.is_open}
    for first, none, others in DEPENDING:
        if first in asked and answers.get(first, asked[first].initial) not in none:
            answers |= {key: ANSWERS[key] for key in others if not asked[key].initial}
    return answers


def answer_to(question, finding):
    """From the table; a sentence at fault is said without its fault (D33)."""
    if not question.key.startswith("sentence."):
        return ANSWERS[question.key]
    plain = question.initial.replace(finding.words, "")
    for hedges in HEDGES.values():
        plain = re.sub(hedges.pattern, "", plain, flags=re.IGNORECASE)
    return plain.strip(" .")


def answered(finding, reading):
    """The remedy when this firm has answered all that it asks, and the answers."""
    answers = {}
    remedy = remedy_for(finding, reading, today=TODAY)
    while (more := answers_to(remedy.questions, finding)).keys() - answers.keys():
        answers |= more
        remedy = remedy_for(finding, reading, answers, today=TODAY)
    return remedy, answers


def errors(reading, today=TODAY):
    return [finding for finding in check(reading, today=today) if finding.is_error]


def one_of_each_rule(reading):
    """The first finding of each rule that has a remedy, with the notice after that."""
    first = {}
    for finding in check(reading, today=TODAY):
        first.setdefault(finding.id, finding)
    for finding in first.values():
        remedy, _answers = answered(finding, reading)
        if remedy.offers:
            yield finding, remedy.better


def brought_to_publishable(reading, weights=("error", "warning")):
    """The notice after every suggestion was accepted, and the questions that somebody answered."""
    asked = {}
    found = _of_weight(reading, weights)
    for _step in range(MOST_STEPS):
        if not found:
            break
        _remedy, answers = answered(found[0], reading)
        asked |= answers
        reading = improved(reading, found[0], answers, today=TODAY)
        left = _of_weight(reading, weights)
        assert found[0].key not in {one.key for one in left}, found[0]
        found = left
    return reading, asked


def _of_weight(reading, weights):
    return [
        one
        for one in check(reading, today=TODAY)
        if one.severity in weights and remedy_for(one, reading, today=TODAY).offers
    ]
