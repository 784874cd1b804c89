"""The five real notices become publishable by accepting what is suggested."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from notices.checking import check
from notices.drafts import draft_of, reading_of
from notices.improving import accept, review
from notices.improving.topics.rights import DEMANDS_FORM, SECTIONS_OF_RIGHTS
from notices.models import Notice
from notices.publishing import publish
from notices.reading import read, toml
from notices.reading.paragraphs import sentences
from notices.terms import Language
from notices.writing import write
from tests.notices.improving import (
    TODAY,
    answered,
    brought_to_publishable,
    errors,
    one_of_each_rule,
)
from tests.notices.test_reading_five import NOTICES

pytestmark = pytest.mark.skipif(
    not NOTICES.is_dir(), reason="the five real notices are not kept in this repository"
)
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
NAMES = ("000", "001", "002", "003", "004")
#: What nobody can know and none of the five notices says.
OF_ALL = {
    *("automation", "basis.personalised_content", "controller.address", "credit", "needs"),
    *("inactive_months", "public_sources", "years.order"),
    *("transfer", "transfer.country", "transfer.name"),
}
#: Of a notice whose site measures its visitors.
OF_VISITS = {"cookies.months", "demographics", "months.collected"}
#: What is asked of each: without it a notice cannot be both lawful and true.
MUST_BE_ASKED = {
    "000": OF_ALL | OF_VISITS,
    "001": OF_ALL | OF_VISITS,
    "002": OF_ALL | OF_VISITS | {"billing"},
    "003": OF_ALL
    | {"controller.name", "controller.email", "contact.name", "contact.email", "cookies"}
    | {"billing", "years.relationship_end"},
    "004": OF_ALL | OF_VISITS | {"billing", "years.relationship_end"},
}


def reading_of_file(name):
    [path] = NOTICES.glob(f"{name}_*.txt")
    return read(path.read_bytes())


@cache
def publishable(name):
    better, _asked = brought_to_publishable(reading_of_file(name))
    return better


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def test_each_is_brought_to_publishable_by_suggestions_and_few_questions(name):
    better, asked = brought_to_publishable(reading_of_file(name))
    assert errors(better) == []
    assert set(asked) <= MUST_BE_ASKED[name]


def test_each_reads_back_to_the_same_clauses_and_words(name):
    better = publishable(name)
    again = read(toml.write(better).encode())
    assert in_order(again) == in_order(better)


def in_order(reading):
    """Facts and sections with their places numbered in a row: only who shares one matters."""
    numbers = {one.position: None for one in reading.sections}
    places = {position: place for place, position in enumerate(numbers)}
    sections = [replace(one, position=places[one.position]) for one in reading.sections]
    return set(reading.facts), sections


def test_each_says_every_sentence_once_and_nothing_against_it(name):
    """A text that was left must not stand against one that is new: requests are free in form."""
    better = publishable(name)
    for section in better.sections:
        said = list(sentences(section.text))
        assert len(said) == len(set(said))
        if section.key in SECTIONS_OF_RIGHTS:
            assert DEMANDS_FORM.search(section.text.casefold()) is None


def test_each_suggestion_takes_its_finding_away_and_brings_no_new_error(name):
    reading = reading_of_file(name)
    before = {one.id for one in errors(reading)}
    for finding, better in one_of_each_rule(reading):
        after = check(better, today=TODAY)
        assert finding.key not in {one.key for one in after}, finding
        assert {one.id for one in after if one.is_error} <= before, finding


def test_each_stays_publishable_in_all_three_languages(name):
    better = publishable(name)
    spoken = replace(better, languages=tuple(Language), request_languages=tuple(Language))
    assert errors(write(spoken)) == []


@pytest.mark.django_db
def test_each_is_published_from_a_stored_draft(name):
    """V01: every step is stored, as staff press it."""
    draft = draft_of(reading_of_file(name), reason="Test")
    while open_errors := review(draft, today=TODAY).errors:
        finding = open_errors[0]
        _remedy, answers = answered(finding, reading_of(draft))
        accept(draft, finding.key, answers, today=TODAY)
    publish(draft, now=NOW, on=TODAY)
    in_force = Notice.objects.in_force()
    assert in_force == draft
    assert errors(reading_of(in_force)) == []
