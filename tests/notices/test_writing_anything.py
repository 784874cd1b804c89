"""Whatever a notice promises, the writer says it: never a gap, never a broken sentence."""

import re
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from notices.reading import Fact, Party, Reading, ReadSection, paired
from notices.terms import (
    TERMS,
    ClauseKind,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    RetentionStart,
    SectionKey,
)
from notices.writing import write
from notices.writing.sections import home_of

UNSAID = re.compile(r"None|\{|\}|\[|\]|  |\bNaN\b| [.,:;]|,,|\.\.|:\Z|:\n\n(?!- )|:\n(?!\n)")
#: Names that break a line, begin an item or say nothing, but look like no gap in a text.
plain_names = st.sampled_from(["", "Malli Oy", "- Malli -  Oy", "Malli\nOy", " ", "Åbo – Öl Ab"])
any_names = plain_names | st.sampled_from(["M{x}lli %s", "[Malli]"]) | st.text(max_size=30)
languages = st.lists(st.sampled_from(Language), unique=True, max_size=3).map(tuple)


def parties(names):
    return st.builds(
        Party,
        name=st.none() | names,
        address=st.none() | st.just("Mallikuja 1, 00100 Helsinki"),
        phone=st.none() | st.just("020 000 0417"),
        email=st.none() | st.just("malli@example.com"),
    )


@st.composite
def facts(draw, names):
    kind = draw(st.sampled_from(ClauseKind))
    fact = Fact(kind, draw(st.sampled_from(list(TERMS[kind]))), draw(names), None)
    if kind == ClauseKind.RETENTION:
        some = st.none() | st.integers(0, 40)
        return replace(
            fact,
            years=draw(some),
            months=draw(some),
            inactive_months=draw(some),
            categories=tuple(draw(st.lists(st.sampled_from(DataCategory), unique=True))),
        )
    return replace(
        fact,
        name=draw(names),
        country=draw(st.sampled_from(["", "US", "FI", "XX", "us"])),
        called=draw(st.sampled_from(["", *OrderWord, "varaukset"])),
        legal_basis=draw(st.none() | st.sampled_from(LegalBasis)),
        ways=tuple(draw(st.lists(st.sampled_from(Identification), unique=True))),
        months=draw(st.none() | st.integers(0, 40)),
    )


sections = st.builds(
    ReadSection,
    key=st.sampled_from(SectionKey),
    language=st.sampled_from(Language),
    heading=st.just("Otsikko"),
    text=st.sampled_from(["", "Omaa tekstiä.", "–"]),
    written=st.booleans(),
    own_words=st.sampled_from(["", "Omia sanoja."]),
)


@st.composite
def readings(draw, names=any_names):
    parts = tuple(paired(draw(st.lists(sections, max_size=8))))
    found = draw(st.lists(facts(names), max_size=25))
    places = st.none() | st.integers(0, len(parts) - 1) if parts else st.none()
    days = st.none() | st.dates(date(2018, 1, 1), date(2026, 11, 21))
    return Reading(
        register_name=draw(st.none() | names),
        languages=draw(languages),
        drawn_up_on=draw(days),
        updated_on=draw(days),
        controller=draw(parties(names)),
        contact=draw(parties(names)),
        request_languages=draw(languages),
        facts=tuple(replace(fact, section=draw(places)) for fact in found),
        sections=parts,
    )


keys = st.none() | st.sets(st.sampled_from(SectionKey))


@settings(max_examples=50, deadline=None)
@given(readings(plain_names), keys)
def test_whatever_is_promised_every_section_is_whole(reading, wanted):
    """D02, V01: no gap, no placeholder, no empty section, no double space."""
    written = write(reading, wanted)
    for section in written.sections:
        made = section.written and section not in reading.sections
        if made and (section.text or not section.own_words):
            assert section.heading.strip()
            assert section.text.strip() == section.text != ""
            assert not UNSAID.search(section.text), section.text


@settings(max_examples=50, deadline=None)
@given(readings(), keys)
def test_whatever_is_promised_every_fact_stands_where_it_is_said_or_nowhere(reading, wanted):
    written = write(reading, wanted)
    asked = [key for key in SectionKey if wanted is None or key in wanted]
    assert [clean(one) for one in written.facts[: len(reading.facts)]] == [
        clean(one) for one in reading.facts
    ]
    for fact in written.facts:
        if fact.section is not None:
            section = written.sections[fact.section]
            assert not section.written or said(fact, section)
        elif home_of(fact) in asked and fact.kind in (ClauseKind.DATA, ClauseKind.PURPOSE):
            raise AssertionError(fact)


def said(fact, section):
    return fact.words in section.text or fact.words in section.own_words


def clean(fact):
    """A fact without its place, and without the ways that the law adds."""
    return replace(fact, words="", section=None, ways=(), under_other_heading=False)


@settings(max_examples=50, deadline=None)
@given(readings(), keys)
def test_whatever_is_promised_what_is_not_asked_for_stays_as_it_was(reading, wanted):
    written = write(reading, wanted)
    asked = set(SectionKey) if wanted is None else wanted
    untouched = [
        one for one in reading.sections if one.key not in asked or one.key == SectionKey.OTHER
    ]
    for one in untouched:
        assert written.sections.count(one) >= untouched.count(one)


@settings(max_examples=50, deadline=None)
@given(readings())
def test_whatever_is_promised_writing_twice_is_writing_once(reading):
    written = write(reading)
    assert write(written) == written


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(RetentionStart), st.integers(1, 500), languages.filter(bool))
def test_any_period_is_said_with_its_number(start, months, spoken):
    """P31."""
    fact = Fact(ClauseKind.RETENTION, start, "", None, months=months)
    nobody = Party()
    reading = Reading(None, spoken, None, None, nobody, nobody, (), (fact,), ())
    number = months if months % 12 else months // 12
    for section in write(reading, {SectionKey.RETENTION}).sections:
        assert re.search(rf"\b{number} ", section.text)
