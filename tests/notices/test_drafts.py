"""A stored notice as values and back: nothing is lost, and what says the same stays (V02)."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from notices.drafts import draft_of, next_draft, reading_of, redraft, unreadable_message
from notices.models import Notice, NoticeIsFinal
from notices.publishing import adopt
from notices.reading import UnreadableNotice, read
from notices.terms import ClauseKind, SectionKey
from notices.writing import write
from tests.factories import SectionFactory, SetAsideFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reading():
    return read((settings.BASE_DIR / "demo" / "notice.toml").read_bytes())


def history_of(notice):
    return (
        [row.history.count() for row in notice.sections.all()],
        [row.history.count() for row in notice.clauses.all()],
    )


def test_a_stored_notice_gives_the_values_that_it_was_made_of(reading):
    stored = reading_of(draft_of(reading, reason="Test"))
    assert replace(stored, facts=()) == replace(reading, facts=())
    assert stored.facts == reading.facts


def test_a_draft_that_says_the_same_already_is_written_nowhere(reading):
    notice = draft_of(reading, reason="Test")
    redraft(notice, reading, reason="Nothing new")
    sections, clauses = history_of(notice)
    assert set(sections) == set(clauses) == {1}


def test_only_the_rows_that_change_are_written(reading):
    notice = draft_of(reading, reason="Test")
    place = next(i for i, one in enumerate(reading.sections) if one.key == SectionKey.RETENTION)
    section = replace(reading.sections[place], text="Säilytämme tiedot vuoden.")
    sections = (*reading.sections[:place], section, *reading.sections[place + 1 :])
    facts = tuple(
        replace(fact, years=1) if fact.kind == ClauseKind.RETENTION and fact.years == 3 else fact
        for fact in reading.facts
    )
    changed = replace(reading, sections=sections, facts=facts, register_name="Pyörärekisteri")
    redraft(notice, changed, reason="A shorter time")
    assert reading_of(notice) != reading
    notice.refresh_from_db()
    assert reading_of(notice) == changed
    counts = [count for counted in history_of(notice) for count in counted]
    assert counts.count(2) == 2
    assert counts.count(1) == len(counts) - 2


def test_a_place_and_a_clause_can_come_and_go(reading):
    notice = draft_of(reading, reason="Test")
    gone = next(one for one in reading.sections if one.key == SectionKey.COMPLAINT)
    fewer = replace(
        reading,
        sections=tuple(
            replace(one, position=one.position - (one.position > gone.position))
            for one in reading.sections
            if one.key != SectionKey.COMPLAINT
        ),
        facts=tuple(fact for fact in reading.facts if fact.kind == ClauseKind.DATA),
    )
    fewer = replace(fewer, facts=tuple(replace(fact, section=None) for fact in fewer.facts))
    redraft(notice, fewer, reason="Less")
    notice.refresh_from_db()
    assert reading_of(notice) == fewer
    redraft(notice, reading, reason="More again")
    notice.refresh_from_db()
    assert reading_of(notice) == reading


def test_a_value_that_cannot_be_stored_changes_nothing(reading):
    notice = draft_of(reading, reason="Test")
    bad = replace(reading, sections=(), controller=replace(reading.controller, email="ei osoite"))
    with pytest.raises(UnreadableNotice):
        redraft(notice, bad, reason="Broken")
    notice.refresh_from_db()
    assert reading_of(notice) == reading


def test_a_notice_in_force_is_not_drafted_anew(reading):
    """V02."""
    notice = draft_of(reading, reason="Test")
    adopt(notice, now=timezone.now())
    with pytest.raises(NoticeIsFinal):
        redraft(notice, replace(reading, register_name="Muu"), reason="Too late")
    notice.refresh_from_db()
    assert reading_of(notice) == reading


def test_the_next_draft_keeps_the_reasons_for_what_was_left_as_it_is(reading):
    notice = draft_of(reading, reason="Test")
    left = SetAsideFactory(notice=notice)
    draft = next_draft(notice, reason="Next")
    assert reading_of(draft) == reading_of(notice)
    assert [(one.finding, one.why) for one in draft.set_aside.all()] == [(left.finding, left.why)]


def test_a_translation_stays_with_its_own_text(reading):
    """V05: of two places of one subject only the second is translated."""
    notice = draft_of(replace(reading, sections=(), facts=()), reason="Test")
    for position, language, heading in (
        (3, "fi", "Kamerat"),
        (5, "fi", "Alennukset"),
        (5, "sv", "Rabatter"),
    ):
        SectionFactory(notice=notice, position=position, language=language, heading=heading)
    before = reading_of(notice)
    assert [(one.position, one.heading) for one in before.sections] == [
        (0, "Kamerat"),
        (1, "Alennukset"),
        (1, "Rabatter"),
    ]
    redraft(notice, before, reason="Test")
    rows = [(row.position, row.heading) for row in notice.sections.all()]
    assert rows == [(0, "Kamerat"), (1, "Alennukset"), (1, "Rabatter")]
    written = write(before, {SectionKey.SOURCES})
    redraft(notice, written, reason="Test")
    places = {row.heading: row.position for row in notice.sections.all()}
    assert places["Kamerat"] != places["Alennukset"] == places["Rabatter"]


# --- rows stay the same rows


def keys_of(rows):
    """What each row says, by its key."""
    told = {}
    for row in rows:
        said = (row.heading, row.text) if hasattr(row, "heading") else (row.kind, row.term)
        told[row.pk] = said
    return told


def stored_anew(notice, changed):
    redraft(notice, changed, reason="Test")
    notice.refresh_from_db()
    assert reading_of(notice) == changed


def test_a_clause_stays_the_same_row_when_one_before_it_goes(reading):
    """V07: a page open on one promise never deletes another."""
    notice = draft_of(reading, reason="Test")
    before = keys_of(notice.clauses.all())
    stored_anew(notice, replace(reading, facts=reading.facts[1:]))
    after = keys_of(notice.clauses.all())
    [gone] = before.keys() - after.keys()
    assert after == {key: said for key, said in before.items() if key != gone}


def test_of_clauses_of_one_name_the_one_that_says_the_same_stays(reading):
    rules = [
        replace(
            next(fact for fact in reading.facts if fact.kind == ClauseKind.RETENTION), years=years
        )
        for years in (1, 2, 3)
    ]
    notice = draft_of(replace(reading, facts=tuple(rules)), reason="Test")
    keys = {clause.years: clause.pk for clause in notice.clauses.all()}
    stored_anew(notice, replace(reading, facts=(rules[2], replace(rules[1], years=9))))
    assert {clause.years: clause.pk for clause in notice.clauses.all()} == {
        3: keys[3],
        9: keys[1],
    }


@pytest.mark.parametrize(
    "order",
    [
        lambda keys: keys[::-1],
        lambda keys: [*keys[1:], keys[0]],
        lambda keys: [keys[-1], *keys[:-1]],
        lambda keys: keys[3:],
        lambda keys: [keys[5], keys[4], *keys[:4], *keys[6:]],
    ],
)
def test_a_section_stays_the_same_row_wherever_it_moves(reading, order):
    notice = draft_of(reading, reason="Test")
    before = keys_of(notice.sections.all())
    keys = order(list(dict.fromkeys(one.key for one in reading.sections)))
    sections = tuple(
        replace(one, position=position)
        for position, key in enumerate(keys)
        for one in reading.sections
        if one.key == key
    )
    moved = replace(
        reading,
        sections=sections,
        facts=tuple(replace(fact, section=None) for fact in reading.facts),
    )
    stored_anew(notice, moved)
    after = keys_of(notice.sections.all())
    assert len(after) == len(sections)
    assert after.items() <= before.items()


def test_a_section_that_comes_first_moves_the_others_once(reading):
    notice = draft_of(reading, reason="Test")
    first = replace(reading.sections[0], key=SectionKey.OTHER, heading="Aluksi", text="Hei.")
    facts = tuple(
        fact if fact.section is None else replace(fact, section=fact.section + 1)
        for fact in reading.facts
    )
    others = (replace(one, position=one.position + 1) for one in reading.sections)
    changed = replace(reading, sections=(first, *others), facts=facts)
    stored_anew(notice, changed)
    counts = [row.history.count() for row in notice.sections.all()]
    assert counts == [1, *[2] * len(reading.sections)]


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (lambda one: replace(one, heading="x" * 1_001), "heading"),
        (lambda one: replace(one, text="x" * 100_001), "text"),
        (lambda one: replace(one, own_words="x" * 20_001), "own words"),
    ],
)
def test_a_section_that_is_too_long_is_refused_with_its_name(reading, spoil, where):
    bad = replace(reading, sections=(*reading.sections[:-1], spoil(reading.sections[-1])))
    refuse(reading, bad, where)


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"name": "x" * 201}, "name"),
        ({"words": "x" * 10_001}, "the notice's own words"),
        ({"called": "x" * 101}, "called"),
        ({"years": 1000}, "years"),
        ({"country": "usa"}, "country"),
    ],
)
def test_a_clause_that_cannot_be_stored_is_refused_with_its_kind(reading, values, where):
    bad = replace(reading, facts=(*reading.facts, replace(reading.facts[0], **values)))
    refuse(reading, bad, where)


def refuse(good, bad, where):
    """Neither a new draft nor one that is there takes the reading `bad`."""
    notice = draft_of(good, reason="Test")
    with override("en"):
        for store in (lambda: draft_of(bad, reason="x"), lambda: redraft(notice, bad, reason="x")):
            with pytest.raises(UnreadableNotice) as refused:
                store()
            assert refused.value.code == "bad_value"
            assert refused.value.params["where"].endswith(f", {where}")
            assert len(unreadable_message(refused.value)) < 300
    assert list(Notice.objects.all()) == [notice]
    notice.refresh_from_db()
    assert reading_of(notice) == good
