"""Our own TOML: what is written is what is read, and a slip is named where it stands."""

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.reading import Fact, Party, Reading, ReadSection, UnreadableNotice, read, toml
from notices.terms import (
    TERMS,
    ClauseKind,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    SectionKey,
)

NOTICE = """
[notice]
register_name = "Kunder"
languages = ["fi", "sv"]
drawn_up_on = 2026-01-15
request_languages = ["sv"]

[controller]
name = "Kuikka Oy"
email = "k@kuikka.example"

[[section]]
key = "data_content"
[section.fi]
heading = "Tietosisältö"
text = "Nimi ja toimeksiannot."
[section.sv]
heading = "Innehåll"
text = ""

[[clause]]
kind = "data"
term = "orders"
section = "data_content"
words = "Nimi ja toimeksiannot."
called = "toimeksiannot"

[[clause]]
kind = "purpose"
term = "relationship"
legal_basis = "contract"

[[clause]]
kind = "right"
term = "access"
ways = ["signature", "in_person"]

[[clause]]
kind = "retention"
months = 6
from = "collected"
"""


def test_it_reads_what_is_written():
    reading = read(NOTICE.encode())

    assert (reading.register_name, reading.languages) == ("Kunder", ("fi", "sv"))
    assert (reading.drawn_up_on, reading.updated_on) == (date(2026, 1, 15), None)
    assert reading.controller == Party("Kuikka Oy", email="k@kuikka.example")
    assert [(s.key, s.language, s.empty) for s in reading.sections] == [
        ("data_content", "fi", False),
        ("data_content", "sv", True),
    ]
    data, purpose, right, retention = reading.facts
    assert (data.term, data.called, data.section) == ("orders", "toimeksiannot", 0)
    assert (purpose.legal_basis, right.ways) == ("contract", ("signature", "in_person"))
    assert (retention.term, retention.years, retention.months) == ("collected", None, 6)
    assert reading.missing() == []


@pytest.mark.parametrize(
    ("right", "wrong", "where", "found"),
    [
        ('term = "orders"', 'term = "hetu"', "clause[1].term", "hetu"),
        ('kind = "data"', 'kind = "dta"', "clause[1].kind", "dta"),
        ('term = "access"', 'terms = "access"', "clause[3]", "terms"),
        ('"in_person"', '"by_heart"', "clause[3].ways", "by_heart"),
        ("months = 6", "months = true", "clause[4].months", "True"),
        ("months = 6", "months = 0", "clause[4].months", "0"),
        ("months = 6", "", "clause[4].years", "one of years and months"),
        ('key = "data_content"', 'key = "contents"', "section[1].key", "contents"),
        ('section = "data_content"', 'section = "access"', "clause[1].section", "access"),
        ("2026-01-15", "2026-01-15T10:00:00", "notice.drawn_up_on", "2026-01-15 10:00:00"),
        ('["fi", "sv"]', '"fi"', "notice.languages", "fi"),
        ('name = "Kuikka Oy"', "name = 7", "controller.name", "7"),
        ("[section.sv]", "[section.de]", "section[1]", "de"),
        ("[controller]", "[controler]", "file", "controler"),
    ],
)  # fmt: skip
def test_a_slip_is_named_where_it_stands(right, wrong, where, found):
    with pytest.raises(UnreadableNotice) as refusal:
        read(NOTICE.replace(right, wrong, 1).encode())

    assert refusal.value.code == "bad_toml"
    assert refusal.value.params == {"where": where, "found": found}


@pytest.mark.parametrize(
    "broken", ["name = ", f"x = {'[' * 5000}", f"x = {'9' * 5000}", "[notice]", 'x = "\\u0000"']
)
def test_broken_toml_is_refused(broken):
    with pytest.raises(UnreadableNotice) as refusal:
        read(f"[notice]\n{broken}\n".encode())

    assert refusal.value.code == "bad_toml"


@pytest.mark.parametrize(
    "key", ["a" + ".a" * 20_000, '"a"' + '."a"' * 20_000, "a" + " . a" * 20_000]
)
def test_a_key_of_many_dots_is_refused_before_it_takes_its_time(key):
    """tomllib takes the square of them: half a minute."""
    started = time.process_time()
    with pytest.raises(UnreadableNotice) as refusal:
        read(f"[notice]\n{key} = 1\n".encode())

    assert time.process_time() - started < 2
    assert (refusal.value.code, refusal.value.params["where"]) == ("bad_toml", "line 2")


@pytest.mark.parametrize("dots", ['"""\n%s\n"""', "'''%s'''", '"%s"', "'%s'", '"x" # %s'])
def test_dots_in_strings_and_comments_are_no_key(dots):
    text = NOTICE.replace('"Kunder"', dots % (". . ." * 30))

    assert read(text.encode()).sections


@pytest.mark.parametrize("quotes", ['"\\' * 90_000, '"' * 180_000, "'" * 180_000, '\\"""' * 40_000])
def test_quotes_without_an_end_are_refused_soon(quotes):
    started = time.process_time()
    with pytest.raises(UnreadableNotice):
        read(f"[notice]\nregister_name = {quotes}".encode())

    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("# " + "x" * toml.MAX_TOML, "toml"),
        ('[[clause]]\nkind = "data"\nterm = "name"\n' * 1_001, "clauses"),
        ('[[section]]\nkey = "other"\nfi = {}\n' * 500, "sections"),
        (f'[[section]]\nkey = "other"\nfi.text = "{"x" * 100_001}"\n', "section"),
        (f'[[section]]\nkey = "other"\nfi.own_words = "{"x" * 100_001}"\n', "section"),
    ],
)
def test_more_than_any_notice_holds_is_refused(more, what):
    with pytest.raises(UnreadableNotice) as refusal:
        read(f"{NOTICE}\n{more}".encode())

    assert (refusal.value.code, refusal.value.params["what"]) == ("too_large", what)
    assert refusal.value.params["found"] > refusal.value.params["limit"]


# Writing


def texts(least=0, most=40):
    """Any text that a database can hold."""
    return st.text(
        st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=least,
        max_size=most,
    ) | st.sampled_from(["\n", "\r\n", "a\rb", '"""', "\n\n'''\n", "\\", "[notice]\n", "\ufeff"]
    ).filter(lambda text: len(text) >= least)  # fmt: skip


def maybe(strategy):
    return st.none() | strategy


def some(vocabulary):
    return st.lists(st.sampled_from(list(vocabulary)), unique=True, max_size=3).map(tuple)


periods = maybe(st.integers(1, 999))
sections_of_any_kind = st.builds(
    ReadSection, st.sampled_from(SectionKey), st.sampled_from(Language), texts(), texts(),
    written=st.booleans(), own_words=texts(),
)  # fmt: skip


@st.composite
def places(draw):
    """Sections in some languages each, translations beside each other."""
    sections = []
    for position in range(draw(st.integers(0, 4))):
        key = draw(st.sampled_from([SectionKey.OTHER, *SectionKey]))
        for language in draw(some(Language)) or (Language.FINNISH,):
            section = draw(sections_of_any_kind)
            sections.append(replace(section, key=key, language=language, position=position))
    return tuple(sections)


@st.composite
def facts(draw, number):
    kind = draw(st.sampled_from(ClauseKind))
    years, months = draw(periods), draw(periods)
    if kind == ClauseKind.RETENTION and years is None and months is None:
        years = 1
    return Fact(
        kind,
        draw(st.sampled_from(list(TERMS[kind]))),
        draw(texts()),
        draw(maybe(st.integers(0, number - 1))) if number else None,
        called=draw(st.sampled_from(["", *OrderWord]) | texts(most=100)),
        name=draw(texts()),
        country=draw(st.sampled_from(["", "US", "GB"])),
        years=years,
        months=months,
        categories=draw(some(DataCategory)),
        inactive_months=draw(periods),
        ways=draw(some(Identification)),
        legal_basis=draw(maybe(st.sampled_from(LegalBasis))),
        under_other_heading=draw(st.booleans()),
    )


@st.composite
def readings(draw):
    sections = draw(places())
    return Reading(
        register_name=draw(maybe(texts(1))),
        languages=draw(some(Language)),
        drawn_up_on=draw(maybe(st.dates())),
        updated_on=draw(maybe(st.dates())),
        controller=Party(*(draw(maybe(texts(1))) for _part in range(4))),
        contact=Party(draw(maybe(texts(1))), None, draw(maybe(texts(1))), draw(maybe(texts(1)))),
        request_languages=draw(some(Language)),
        facts=tuple(draw(st.lists(facts(len(sections)), max_size=4))),
        sections=sections,
        unplaced=tuple(draw(st.lists(texts(), max_size=2))),
        markup=draw(maybe(st.sampled_from(["<p>", '<ul style="x">']))),
    )


@settings(deadline=None, max_examples=200)
@given(readings())
def test_what_is_written_reads_back_the_same(reading):
    assert read(toml.write(reading).encode()) == reading


@settings(deadline=None, max_examples=60)
@given(readings())
def test_what_is_written_twice_is_the_same_text(reading):
    text = toml.write(reading)

    assert toml.write(toml.read(text)) == text


def test_a_translation_stays_with_its_own_text_where_others_of_its_subject_have_none():
    other = replace(
        read(NOTICE.encode()).sections[0], key=SectionKey.OTHER, heading="Kamerat", position=0
    )
    sections = (
        other,
        replace(other, heading="Alennukset", position=1),
        replace(other, heading="Rabatter", language=Language.SWEDISH, position=1),
    )
    reading = replace(read(NOTICE.encode()), sections=sections, facts=())

    assert toml.read(toml.write(reading)) == reading


def test_translations_that_stand_apart_come_together():
    fi, sv = read(NOTICE.encode()).sections
    other = replace(fi, key=SectionKey.OTHER, position=1)
    reading = replace(read(NOTICE.encode()), sections=(fi, other, sv))

    assert toml.read(toml.write(reading)).sections == (fi, sv, other)


def test_paragraphs_stand_on_lines_that_people_can_read():
    assert '"""\nYksi.\nKaksi.' in toml.write(read(NOTICE.replace("Nimi ja", "Nimi ja", 1).replace(
        'text = "Nimi ja toimeksiannot."', 'text = """\nYksi.\nKaksi."""'
    ).encode()))  # fmt: skip


def test_a_clause_finds_its_section_among_several_of_one_subject():
    sections = tuple(
        ReadSection(SectionKey.OTHER, language, f"{number}", "x", position=number)
        for number in range(3)
        for language in (Language.FINNISH, Language.SWEDISH)
    )
    reading = replace(
        read(NOTICE.encode()),
        sections=sections,
        facts=tuple(
            Fact(ClauseKind.DATA, DataCategory.NAME, "x", index) for index in range(len(sections))
        ),
    )

    assert toml.read(toml.write(reading)) == reading
    assert 'section = "other.sv.3"' in toml.write(reading)
