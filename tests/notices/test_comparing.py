"""What one version changed in the one before it (V02)."""

import time
from dataclasses import replace
from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.pages.comparing import ADDED, REMOVED, compared, difference, in_sentences
from notices.reading import Fact, Party, Reading, ReadSection, paired
from notices.terms import (
    TERMS,
    ClauseKind,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    Purpose,
    RecipientKind,
    RetentionStart,
    Right,
    SectionKey,
)


def reading(*facts, sections=(), **fields):
    values = {
        "register_name": "Asiakasrekisteri",
        "languages": (Language.FINNISH,),
        "drawn_up_on": date(2026, 1, 2),
        "updated_on": None,
        "controller": Party(name="Koepaja Oy"),
        "contact": Party(),
        "request_languages": (Language.FINNISH,),
        "facts": facts,
        "sections": tuple(paired(sections)),
    }
    return Reading(**values | fields)


def fact(kind, term, **details):
    return Fact(kind=kind, term=term, words="", section=None, **details)


def section(text, key=SectionKey.PURPOSE, language=Language.FINNISH, heading="Tarkoitus", **more):
    return ReadSection(key, language, heading, text, **more)


@pytest.fixture
def changes():
    """What the second changes in the first, in English unless told otherwise."""

    def compare(before, after, language="en"):
        with override(language):
            return compared(before, after, Language(language))

    return compare


def listed(found):
    return {one.words: one.items for one in found}


def told(comparison):
    return {one.what: (one.before, one.after) for one in comparison.changed}


def test_a_version_that_says_the_same_changed_nothing(changes):
    same = reading(
        fact(ClauseKind.DATA, DataCategory.NAME), sections=[section("Pidämme rekisteriä.")]
    )
    found = changes(same, same)
    assert (found.in_words, found.sections) == (False, [])


def test_a_letter_tells_each_change_in_a_sentence():
    """V08, 13(3): what a notice says of its own days is no news."""
    before = reading(
        fact(ClauseKind.DATA, DataCategory.NAME),
        fact(ClauseKind.PURPOSE, Purpose.ORDERS, legal_basis=LegalBasis.CONTRACT),
        contact=Party(name="Kirsi Koe"),
    )
    after = reading(
        fact(ClauseKind.DATA, DataCategory.EMAIL),
        fact(ClauseKind.PURPOSE, Purpose.ORDERS, legal_basis=LegalBasis.CONSENT),
        contact=Party(phone="020 123"),
        updated_on=date(2026, 5, 6),
    )
    with override("en"):
        assert in_sentences(before, after) == [
            "The register may now also hold: e-mail address",
            "The register may no longer hold: first and last name",
            "Managing, archiving and handling orders: before contract, now consent",
            "Contact person: no longer Kirsi Koe",
            "Contact person's phone: now 020 123",
        ]
        assert in_sentences(before, before) == ["Only the words have changed"]


def test_data_that_come_and_go_are_told_in_plain_words(changes):
    before = reading(*(fact(ClauseKind.DATA, one) for one in ("name", "website")))
    after = reading(*(fact(ClauseKind.DATA, one) for one in ("name", "phone", "email")))
    found = changes(before, after)
    assert listed(found.added) == {
        "The register may now also hold": ["phone number", "e-mail address"]
    }
    assert listed(found.removed) == {"The register may no longer hold": ["web address"]}
    assert found.changed == []


@pytest.mark.parametrize("kind", list(ClauseKind))
def test_every_kind_of_clause_has_its_words(changes, kind):
    term = next(iter(TERMS[kind]))
    years = 3 if kind == ClauseKind.RETENTION else None
    with_it, without = reading(fact(kind, term, years=years)), reading()
    with override("en"):
        added, removed = str(ADDED[kind]), str(REMOVED[kind])
    assert listed(changes(without, with_it).added).keys() == {added}
    assert listed(changes(with_it, without).removed).keys() == {removed}


def test_a_retention_period_that_changes_is_told_with_both_lengths(changes):
    rule = fact(ClauseKind.RETENTION, RetentionStart.RELATIONSHIP_END, years=10)
    found = changes(reading(rule), reading(replace(rule, years=3, months=6)))
    assert told(found) == {
        "retention period": (
            "10 years from the end of the customer relationship",
            "3 years 6 months from the end of the customer relationship",
        )
    }
    assert (found.added, found.removed) == ([], [])


def test_what_ends_a_relationship_is_told_without_what_stays(changes):
    """D01r"""
    rule = fact(ClauseKind.RETENTION, RetentionStart.RELATIONSHIP_END, years=3, inactive_months=24)
    found = changes(reading(rule), reading(replace(rule, inactive_months=12)))
    assert told(found) == {
        "retention period": (
            "24 months without contact end the relationship",
            "12 months without contact end the relationship",
        )
    }


def test_a_rule_of_some_data_is_another_rule_than_that_of_all(changes):
    rule = fact(ClauseKind.RETENTION, RetentionStart.COLLECTED, months=6)
    narrow = replace(rule, categories=(DataCategory.IP_ADDRESS,))
    found = changes(reading(rule), reading(narrow))
    assert listed(found.added).popitem()[1] == [
        "IP number: 6 months from the day when the data were obtained"
    ]
    assert listed(found.removed).popitem()[1] == [
        "6 months from the day when the data were obtained"
    ]


def test_two_rules_with_one_start_are_both_told(changes):
    rules = [fact(ClauseKind.RETENTION, RetentionStart.ORDER, years=years) for years in (5, 7)]
    found = changes(reading(), reading(*rules))
    assert listed(found.added) == {
        "New retention periods": ["5 years from the order; 7 years from the order"]
    }
    assert told(changes(reading(rules[0]), reading(*rules))) == {
        "retention period": ("", "7 years from the order")
    }


def test_a_legal_basis_and_ways_of_identification_that_change_are_told(changes):
    purpose = fact(ClauseKind.PURPOSE, Purpose.STATISTICS, legal_basis=LegalBasis.CONTRACT)
    right = fact(ClauseKind.RIGHT, Right.ACCESS, ways=(Identification.SIGNATURE,))
    after = reading(
        replace(purpose, legal_basis=LegalBasis.LEGITIMATE_INTEREST),
        replace(right, ways=(Identification.SIGNATURE, Identification.PROVEN_EMAIL)),
    )
    assert told(changes(reading(purpose, right), after)) == {
        "statistics": ("contract", "legitimate interest"),
        "access": ("", "a request from a provable e-mail address"),
    }


def test_a_recipient_with_another_name_is_another_recipient(changes):
    one = fact(ClauseKind.RECIPIENT, RecipientKind.ACCOUNTING, name="Tilitoimisto Yksi Oy")
    found = changes(reading(one), reading(replace(one, name="Tilitoimisto Kaksi Oy")))
    assert listed(found.added) == {"New recipients": ["Tilitoimisto Kaksi Oy (accounting firm)"]}
    assert listed(found.removed) == {
        "Recipients left out": ["Tilitoimisto Yksi Oy (accounting firm)"]
    }


def test_who_the_controller_is_and_how_it_is_reached_is_told(changes):
    """P02, P03"""
    after = reading(
        controller=Party(name="Koepaja Oyj", phone="020 000 1111"),
        contact=Party(name="Aino Kajo"),
        languages=(Language.FINNISH, Language.SWEDISH),
        updated_on=date(2026, 5, 6),
    )
    assert told(changes(reading(), after)) == {
        "controller": ("Koepaja Oy", "Koepaja Oyj"),
        "controller's phone": ("", "020 000 1111"),
        "contact person": ("", "Aino Kajo"),
        "languages": ("suomi", "suomi, svenska"),
        "updated on": ("", "6 May 2026"),
    }


# --- word by word


def runs(pieces):
    return [(piece.kind, piece.marked) for piece in pieces]


def test_the_words_of_a_section_are_compared_one_by_one(changes):
    before = reading(sections=[section("Säilytämme tiedot 10 vuotta asiakkuuden päättymisestä.")])
    after = reading(sections=[section("Säilytämme tiedot 3 vuotta asiakkuuden päättymisestä.")])
    (found,) = changes(before, after, "fi").sections
    assert (found.heading, found.language) == ("Tarkoitus", "fi")
    assert runs(found.pieces) == [
        ("same", "Säilytämme tiedot"),
        ("taken_out", "10"),
        ("put_in", "3"),
        ("same", "vuotta asiakkuuden päättymisestä."),
    ]


def test_sections_that_come_and_go_are_shown_where_they_stand_or_stood(changes):
    purpose, consent = section("Yksi."), section("Kaksi.", SectionKey.CONSENT, heading="Suostumus")
    cookies = section("Kolme.", SectionKey.COOKIES, heading="Evästeet")
    found = changes(
        reading(sections=[purpose, consent]), reading(sections=[cookies, purpose]), "fi"
    )
    assert [(one.heading, runs(one.pieces)) for one in found.sections] == [
        ("Evästeet", [("put_in", "Evästeet\nKolme.")]),
        ("Suostumus", [("taken_out", "Suostumus\nKaksi.")]),
    ]


def test_the_nth_section_of_a_subject_is_compared_with_the_nth(changes):
    first, second = section("Yksi.", SectionKey.OTHER), section("Kaksi.", SectionKey.OTHER)
    found = changes(
        reading(sections=[first, second]),
        reading(sections=[first, replace(second, text="Kolme.")]),
    )
    assert [runs(one.pieces) for one in found.sections] == [
        [("taken_out", "Kaksi."), ("put_in", "Kolme.")]
    ]


def test_a_heading_that_changes_is_compared_with_its_words(changes):
    before, after = section("Yksi."), section("Yksi.", heading="Miksi")
    (found,) = changes(reading(sections=[before]), reading(sections=[after])).sections
    assert runs(found.pieces) == [
        ("taken_out", "Tarkoitus"),
        ("put_in", "Miksi"),
        ("same", "Yksi."),
    ]


def test_own_words_are_compared_as_they_are_read(changes):
    before = reading(sections=[section("Yksi.", own_words="Soita **heti**.")])
    after = reading(sections=[section("Yksi.", own_words="Soita **huomenna**.")])
    (found,) = changes(before, after).sections
    assert runs(found.pieces)[1:3] == [("taken_out", "heti."), ("put_in", "huomenna.")]


def test_words_are_compared_in_the_reader_s_language_where_both_versions_have_it(changes):
    """V05: else in one that both have, so that a new translation is no change of words."""
    finnish, swedish = section("Yksi."), section("Ett.", language=Language.SWEDISH)
    only_finnish, both = reading(sections=[finnish]), reading(sections=[finnish, swedish])
    assert changes(only_finnish, both, "sv").sections == []
    later = reading(sections=[finnish, replace(swedish, text="Två.")])
    assert changes(both, later, "fi").sections == []
    (found,) = changes(both, later, "sv").sections
    assert found.language == "sv"
    (fallen_back,) = changes(both, reading(sections=[section("Kaksi."), swedish]), "en").sections
    assert fallen_back.language == "fi"


TEXTS = st.text(st.sampled_from("ab .\n-ä"), max_size=60)


@given(TEXTS, TEXTS)
@settings(max_examples=500, deadline=None)
def test_no_word_is_lost_or_made_up(before, after):
    pieces = difference(before, after)
    kept = [piece.words for piece in pieces if piece.kind != "put_in"]
    shown = [piece.words for piece in pieces if piece.kind != "taken_out"]
    assert "".join(shown).split() == after.split()
    assert "".join(kept).split() == before.split()
    assert (before.split() == after.split()) == all(piece.kind == "same" for piece in pieces)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("yksi kaksi " * 8_000, "kaksi yksi " * 8_000),
        ("\n".join("ab" * 20_000), "\n".join("ba" * 20_000)),
        (" ".join(map(str, range(15_000))), " ".join(map(str, range(15_000, 0, -1)))),
        ("a\nb c\n" * 900, "b c\na\nd\n" * 700),
    ],
    ids=["two words", "many lines", "all words differ", "repeated lines"],
)
def test_texts_of_the_greatest_length_are_compared_in_seconds(before, after):
    """A public page: nobody can make it work for long, whatever the texts are."""
    start = time.process_time()
    pieces = difference(before, after)
    assert time.process_time() - start < 5
    shown = "".join(piece.words for piece in pieces if piece.kind != "taken_out")
    assert shown.split() == after.split()
