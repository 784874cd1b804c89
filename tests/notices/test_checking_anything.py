"""Whatever stands in a notice, the checker answers, soon, with words that stand there."""

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notices.checking import check
from notices.reading import Fact, Party, Reading, ReadSection, UnreadableNotice, read
from notices.terms import (
    ClauseKind,
    Language,
    LegalBasis,
    Purpose,
    RetentionStart,
    SectionKey,
)

TODAY = date(2026, 11, 21)
EXAMPLES = Path(__file__).parent / "examples"
LINES = [line for file in EXAMPLES.glob("good_*.txt") for line in file.read_text().splitlines()]
WORDS = (
    "evästeet voidaan (s-postiosoite) henkilötietolain 00521 Helsinki tietosuojavaltuutettu <p> "
    "säilytämme 10 vuotta asiakassuhteen päättymisestä ellei EU:n ulkopuolelle allekirjoitettava "
    "yhteyshenkilö ei voida poistaa luottopäätös [ ] ... @ ' \" 029 56 66700 kakor kan lämnas utan "
    "samtycke cookies may consent unless İ ß ﬁ ǰ \u00ad \u0308 \u2028 suojaaa"
).split(" ")

texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join),
    st.lists(st.sampled_from(LINES), max_size=30).map("\n".join),
)
parties = st.builds(
    Party,
    *(st.one_of(st.none(), st.text(max_size=40)) for _field in range(4)),
)
sections = st.builds(
    ReadSection,
    st.sampled_from(SectionKey),
    st.sampled_from(Language),
    heading=st.text(max_size=60),
    text=texts,
    own_words=st.one_of(st.just(""), texts),
)
readings = st.builds(
    Reading,
    register_name=st.none(),
    languages=st.lists(st.sampled_from(Language), unique=True).map(tuple),
    drawn_up_on=st.one_of(st.none(), st.dates()),
    updated_on=st.one_of(st.none(), st.dates()),
    controller=parties,
    contact=parties,
    request_languages=st.lists(st.sampled_from(Language), unique=True).map(tuple),
    facts=st.just(()),
    sections=st.lists(sections, max_size=6).map(tuple),
    unplaced=st.lists(texts, max_size=2).map(tuple),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(readings, st.dates(min_value=date(1990, 1, 1)))
def test_it_never_raises_and_quotes_what_stands_there(reading, today):
    for one in check(reading, today=today):
        if one.words is not None and one.place is not None:
            section = reading.sections[one.place]
            assert one.words in "\n".join([section.heading, section.text, section.own_words])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(LINES), max_size=80).map("\n".join))
def test_it_takes_whatever_the_reader_gives(text):
    try:
        reading = read(text.encode())
    except UnreadableNotice:
        return
    for one in check(reading, today=TODAY):
        assert one.message
        assert one.advice


SIZE = 300_000
LARGE = {
    "one letter": "a" * SIZE,
    "one word": "säilytämme " * (SIZE // 11),
    "words that begin patterns": "evästeet ei voida oikeus 10 vuotta " * (SIZE // 35),
    "spaces": " " * SIZE,
    "digits": "0" * SIZE,
    "numbers": "0 1-" * (SIZE // 4),
    "brackets": "[(" * (SIZE // 2),
    "tags": "<p " * (SIZE // 3),
    "addresses": "a@" * (SIZE // 2),
    "short lines": "aa bb cc dd ee\n" * (SIZE // 15),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_long_strange_text_takes_seconds_and_not_minutes(name):
    section = ReadSection(SectionKey.OTHER, Language.FINNISH, "Muuta", LARGE[name])
    reading = Reading(None, (), None, None, Party(), Party(), (), (), (section,))

    started = time.process_time()
    check(reading, today=TODAY)
    assert time.process_time() - started < 30


def test_a_notice_of_a_megabyte_takes_seconds_and_not_minutes():
    text = "\n".join(LINES)
    section = ReadSection(
        SectionKey.OTHER, Language.FINNISH, "Muuta", text * (1_000_000 // len(text))
    )
    reading = Reading(None, (), None, None, Party(), Party(), (), (), (section,))

    started = time.process_time()
    check(reading, today=TODAY)
    assert time.process_time() - started < 60


def test_twice_the_text_takes_about_twice_the_time():
    """Linear, with room for a busy machine: quadratic would be four times as long."""
    text = "\n".join(LINES) * 20

    def taken(times):
        section = ReadSection(SectionKey.OTHER, Language.FINNISH, "Muuta", text * times)
        reading = Reading(None, (), None, None, Party(), Party(), (), (), (section,))
        started = time.process_time()
        check(reading, today=TODAY)
        return time.process_time() - started

    taken(1)
    assert taken(4) < 8 * taken(2)


def test_thousands_of_clauses_take_no_square_of_their_time():
    facts = tuple(
        Fact(ClauseKind.RETENTION, RetentionStart.ORDER, f"Tietoja {n} vuotta", None, years=n)
        for n in range(1, 5_001)
    ) + tuple(
        Fact(ClauseKind.PURPOSE, Purpose.ORDERS, f"{n}", None, legal_basis=list(LegalBasis)[n % 4])
        for n in range(5_000)
    )
    reading = Reading(None, (), None, None, Party(), Party(), (), facts, ())

    started = time.process_time()
    check(reading, today=TODAY)
    assert time.process_time() - started < 10
