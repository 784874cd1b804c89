"""Choices and clauses are two views of one notice: what goes through comes back."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.guiding.promising import (
    KINDS,
    Rule,
    Step,
    Transfer,
    address_parts,
    chosen,
    differing,
    given_up,
    is_done,
    keys_to_write,
    next_to_do,
    place_of,
    promised,
    unsaid,
)
from notices.reading import Fact, Party, Reading, ReadSection, paired
from notices.terms import (
    TERMS,
    ClauseKind,
    CookieUse,
    DataCategory,
    DisclosureGround,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    Purpose,
    RecipientKind,
    RetentionStart,
    Right,
    SectionKey,
    SourceKind,
    Statement,
    TransferTool,
)
from notices.writing.starting import starting_point

WORDS = st.text(st.characters(categories=["L", "Zs", "Pd"]), min_size=1, max_size=12)
NAMES = st.sampled_from(["", "Koekirjat Oy", "Pilvi Oy"])
SECTIONS = tuple(
    ReadSection(key, Language.FINNISH, key.label, "Sanat.", written=written, position=position)
    for position, (key, written) in enumerate(
        (
            (SectionKey.DATA_CONTENT, False),
            (SectionKey.RETENTION, True),
            (SectionKey.SOURCES, False),
        )
    )
)


def ticked(terms):
    """Terms of a vocabulary, in its order, as boxes give them."""
    return st.sets(st.sampled_from(list(terms))).map(
        lambda found: tuple(term for term in terms if term in found)
    )


@st.composite
def facts(draw):
    kind = draw(st.sampled_from(list(ClauseKind)))
    fact = Fact(
        kind,
        draw(st.sampled_from(list(TERMS[kind]))),
        draw(WORDS),
        draw(st.sampled_from([None, 0, 1, 2])),
        under_other_heading=draw(st.booleans()),
    )
    if kind == ClauseKind.DATA:
        return replace(fact, called=draw(st.sampled_from(["", *OrderWord, "keikat"])))
    if kind == ClauseKind.PURPOSE:
        return replace(fact, legal_basis=draw(st.sampled_from([None, *LegalBasis])))
    if kind in (ClauseKind.RECIPIENT, ClauseKind.TRANSFER):
        return replace(fact, name=draw(NAMES), country=draw(st.sampled_from(["", "US", "GB"])))
    if kind == ClauseKind.RIGHT:
        return replace(fact, ways=draw(ticked(Identification)))
    if kind == ClauseKind.RETENTION:
        return replace(
            fact,
            years=draw(st.integers(1, 10)),
            categories=draw(ticked(DataCategory)),
            inactive_months=draw(st.sampled_from([None, 24])),
        )
    return fact


@st.composite
def readings(draw):
    return Reading(
        register_name=draw(st.none() | WORDS),
        languages=tuple(draw(st.permutations(list(Language)))[: draw(st.integers(1, 3))]),
        drawn_up_on=draw(st.sampled_from([None, date(2026, 1, 2)])),
        updated_on=None,
        controller=Party(
            name=draw(st.none() | WORDS),
            address=draw(st.none() | WORDS | st.just("Koekuja 1, 00100 Helsinki")),
        ),
        contact=Party(name=draw(st.none() | WORDS)),
        request_languages=(Language.ENGLISH, Language.FINNISH),
        facts=tuple(draw(st.lists(facts(), max_size=12))),
        sections=SECTIONS,
    )


NAMED = st.lists(st.sampled_from(["Koekirjat Oy", "Pilvi Oy"]), unique=True).map(tuple)
RULES = st.builds(
    Rule,
    st.sampled_from(list(RetentionStart)),
    years=st.integers(1, 10),
    categories=ticked(DataCategory),
)
VALUES = {
    Step.DATA: st.fixed_dictionaries(
        {
            "data": ticked(DataCategory).map(
                lambda found: tuple(c for c in DataCategory if c in (*found, "orders"))
            ),
            "called": st.sampled_from([str(word) for word in OrderWord]),
            "sources": ticked(SourceKind),
            "cookies": ticked(CookieUse),
        }
    ),
    Step.PURPOSES: st.fixed_dictionaries(
        {
            "purposes": st.dictionaries(
                st.sampled_from(list(Purpose)), st.sampled_from(list(LegalBasis))
            )
        }
    ),
    Step.SHARING: st.fixed_dictionaries(
        {
            "recipients": st.dictionaries(st.sampled_from(list(RecipientKind)), NAMED),
            "disclosures": ticked(DisclosureGround),
            "transfers": st.lists(
                st.builds(Transfer, st.sampled_from(list(TransferTool)), NAMES, st.just("US"))
            ).map(tuple),
        }
    ),
    Step.RETENTION: st.fixed_dictionaries({"rules": st.lists(RULES, max_size=4).map(tuple)}),
    Step.RIGHTS: st.fixed_dictionaries(
        {
            "rights": ticked(Right).map(
                lambda found: tuple(right for right in Right if right in (*found, "access"))
            ),
            "ways": ticked(Identification),
            "statements": ticked(set(Statement) - {Statement.AUTHORITY}).map(
                lambda found: tuple(one for one in Statement if one in found)
            ),
        }
    ),
}


@pytest.mark.parametrize("step", Step)
@given(reading=readings())
def test_choices_put_back_unchanged_change_nothing(step, reading):
    assert promised(reading, step, chosen(reading, step)) == reading


@pytest.mark.parametrize("step", VALUES)
@given(reading=readings(), data=st.data())
def test_what_was_chosen_is_what_the_notice_then_says(step, reading, data):
    values = data.draw(VALUES[step])
    assert chosen(promised(reading, step, values), step) == values


@pytest.mark.parametrize("step", VALUES)
@given(reading=readings(), data=st.data())
def test_a_step_loses_no_clause_that_it_does_not_ask_about(step, reading, data):
    """But for what the answer makes untrue, which is told."""
    after = promised(reading, step, data.draw(VALUES[step]))
    kept = [fact for fact in reading.facts if fact.kind not in KINDS[step]]
    told = given_up(reading, after, step)
    left = [fact for fact in after.facts if fact.kind not in KINDS[step]]
    assert [fact for fact in kept if fact not in told] == [fact for fact in left if fact in kept]
    assert after.sections == reading.sections


@given(reading=readings(), data=st.data())
def test_a_clause_that_stays_keeps_its_words(reading, data):
    after = promised(reading, Step.DATA, data.draw(VALUES[Step.DATA]))
    left = list(after.facts)
    for fact in reading.facts:
        if any(bare(fact) == bare(one) for one in left):
            assert fact in left
            left.remove(fact)


def bare(fact):
    """What the program obeys of a fact."""
    return replace(fact, words="", section=None, under_other_heading=False)


def reading_with(*facts, **values):
    return replace(starting_point((Language.FINNISH,)), facts=facts, **values)


def test_new_data_stand_where_the_vocabulary_has_them():
    before = reading_with(
        Fact(ClauseKind.DATA, DataCategory.NAME, "nimi", None),
        Fact(ClauseKind.DATA, DataCategory.PHONE, "puhelin", None),
    )
    values = chosen(before, Step.DATA) | {"data": ("phone", "email", "name")}
    after = promised(before, Step.DATA, values)
    assert [(fact.term, fact.words) for fact in after.facts] == [
        ("name", "nimi"),
        ("email", ""),
        ("phone", "puhelin"),
    ]


def test_a_recipient_that_is_not_asked_about_keeps_its_country():
    cloud = Fact(
        ClauseKind.RECIPIENT,
        RecipientKind.PARTNER,
        "Pilvi Inc",
        None,
        name="Pilvi Inc",
        country="US",
    )
    before = reading_with(Fact(ClauseKind.RECIPIENT, RecipientKind.OWN_STAFF, "", None), cloud)
    values = chosen(before, Step.SHARING)
    values["recipients"] |= {RecipientKind.ACCOUNTING: ("Koekirjat Oy",)}
    after = promised(before, Step.SHARING, values)
    assert cloud in after.facts_of(ClauseKind.RECIPIENT)


def test_a_purpose_that_gets_one_basis_of_two_is_said_once():
    """P16."""
    before = reading_with(
        *(
            Fact(ClauseKind.PURPOSE, Purpose.ORDERS, "", None, legal_basis=basis)
            for basis in (LegalBasis.CONTRACT, LegalBasis.CONSENT)
        )
    )
    values = {"purposes": {Purpose.ORDERS: LegalBasis.CONTRACT}}
    after = promised(before, Step.PURPOSES, values)
    assert after.facts == before.facts[:1]


def test_of_two_bases_for_one_purpose_none_is_taken_for_granted():
    """P16: each purpose has exactly one basis; D13 finds two."""
    before = reading_with(
        *(
            Fact(ClauseKind.PURPOSE, Purpose.ORDERS, "", None, legal_basis=basis)
            for basis in (LegalBasis.CONTRACT, LegalBasis.LEGITIMATE_INTEREST)
        )
    )
    assert chosen(before, Step.PURPOSES) == {"purposes": {Purpose.ORDERS: None}}


def test_a_retention_rule_for_data_that_are_kept_no_more_goes_with_them():
    """A rule that named its data never becomes one for all the others."""
    before = reading_with(
        Fact(ClauseKind.DATA, DataCategory.IP_ADDRESS, "", None),
        Fact(ClauseKind.DATA, DataCategory.EMAIL, "", None),
        Fact(
            ClauseKind.RETENTION,
            RetentionStart.COLLECTED,
            "kuusi kuukautta",
            None,
            months=6,
            categories=(DataCategory.IP_ADDRESS,),
        ),
        Fact(
            ClauseKind.RETENTION,
            RetentionStart.RELATIONSHIP_END,
            "",
            None,
            years=3,
            categories=(DataCategory.EMAIL, DataCategory.IP_ADDRESS),
        ),
    )
    after = promised(before, Step.DATA, chosen(before, Step.DATA) | {"data": ("email",)})
    assert [(fact.years, fact.categories) for fact in after.facts_of(ClauseKind.RETENTION)] == [
        (3, (DataCategory.EMAIL,))
    ]
    assert len(given_up(before, after, Step.DATA)) == 2


@pytest.mark.parametrize(
    ("step", "values"),
    [
        (Step.PURPOSES, {"purposes": {Purpose.STATISTICS: LegalBasis.CONSENT}}),
        (
            Step.DATA,
            {"data": (), "called": "tilaukset", "sources": (), "cookies": ("analytics",)},
        ),
    ],
)
def test_no_consent_is_said_no_more_once_something_needs_it(step, values):
    """P19, D14"""
    before = reading_with(Fact(ClauseKind.STATEMENT, Statement.NO_CONSENT, "", None))
    after = promised(before, step, values)
    assert not after.promises(ClauseKind.STATEMENT, Statement.NO_CONSENT)
    assert [fact.term for fact in given_up(before, after, step)] == [Statement.NO_CONSENT]


def test_a_new_right_is_shown_in_the_same_ways_and_the_others_keep_theirs():
    before = reading_with(
        Fact(ClauseKind.RIGHT, Right.ACCESS, "", None, ways=(Identification.SIGNATURE,)),
        Fact(ClauseKind.RIGHT, Right.RECTIFICATION, "", None, ways=(Identification.IN_PERSON,)),
    )
    values = chosen(before, Step.RIGHTS)
    values["rights"] = (Right.ACCESS, Right.RECTIFICATION, Right.ERASURE, Right.PROHIBITION)
    after = promised(before, Step.RIGHTS, values)
    assert {fact.term: fact.ways for fact in after.facts_of(ClauseKind.RIGHT)} == {
        Right.ACCESS: (Identification.SIGNATURE,),
        Right.RECTIFICATION: (Identification.IN_PERSON,),
        Right.ERASURE: (Identification.SIGNATURE, Identification.IN_PERSON),
        Right.PROHIBITION: (),
    }


def test_what_no_step_asks_about_is_kept():
    before = reading_with(Fact(ClauseKind.STATEMENT, Statement.AUTHORITY, "", None))
    values = {"rights": (), "ways": (), "statements": (Statement.NO_OFFICER,)}
    after = promised(before, Step.RIGHTS, values)
    assert after.terms_of(ClauseKind.STATEMENT) == [Statement.AUTHORITY, Statement.NO_OFFICER]


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("Kettinkikuja 4, 06100 Porvoo", ("Kettinkikuja 4", "06100", "Porvoo")),
        ("PL 12\nFI-00100  HELSINKI", ("PL 12", "00100", "HELSINKI")),
        ("Kettinkikuja 4", ("Kettinkikuja 4", "", "")),
        ("Talo 12345 6", ("Talo 12345 6", "", "")),
        ("", ("", "", "")),
    ],
)
def test_an_address_is_taken_apart_by_its_postcode(address, parts):
    """D09"""
    assert address_parts(address) == parts


@given(
    st.from_regex(r"[A-Za-zÅÄÖåäö]+ \d{1,3}( [a-z])?", fullmatch=True),
    st.from_regex(r"\d{5}", fullmatch=True),
    st.from_regex(r"[A-ZÅÄÖ][a-zåäö]+( [a-zåäö]+)?", fullmatch=True),
)
def test_an_address_that_was_typed_in_parts_comes_back_in_parts(street, postcode, city):
    before = reading_with()
    values = chosen(before, Step.WHO) | {
        "controller_street": street,
        "controller_postcode": postcode,
        "controller_city": city,
    }
    assert chosen(promised(before, Step.WHO, values), Step.WHO) == values


def test_a_language_that_is_ticked_no_more_takes_only_the_programs_text_along():
    words = [
        ReadSection(SectionKey.SOURCES, Language.FINNISH, "a", "a", written=True),
        ReadSection(SectionKey.SOURCES, Language.SWEDISH, "b", "b", written=True),
        ReadSection(SectionKey.RETENTION, Language.SWEDISH, "c", "c"),
    ]
    before = reading_with(
        Fact(ClauseKind.SOURCE, SourceKind.PURCHASE, "b", 1),
        Fact(ClauseKind.RETENTION, RetentionStart.ORDER, "c", 2, years=3),
        sections=tuple(paired(words)),
        languages=(Language.FINNISH, Language.SWEDISH),
    )
    values = chosen(before, Step.WHO) | {"languages": ["fi"]}
    after = promised(before, Step.WHO, values)
    assert [section.text for section in after.sections] == ["a", "c"]
    assert [fact.section for fact in after.facts] == [None, 1]


def test_the_first_language_stays_first():
    before = reading_with(languages=(Language.SWEDISH, Language.FINNISH))
    values = chosen(before, Step.WHO) | {"languages": ["fi", "sv", "en"]}
    after = promised(before, Step.WHO, values)
    assert after.languages == (Language.SWEDISH, Language.FINNISH, Language.ENGLISH)


def test_the_steps_are_answered_one_by_one():
    reading = reading_with()
    assert next_to_do(reading) == Step.WHO
    reading = replace(reading, controller=Party(name="Koepaja Oy", email="a@koe.example"))
    for step in list(Step)[1:]:
        assert next_to_do(reading) == step
        usual = starting_point((Language.FINNISH,)).facts
        mine = tuple(fact for fact in usual if fact.kind in KINDS[step])
        reading = replace(reading, facts=reading.facts + mine)
        assert is_done(reading, step)
    assert next_to_do(reading) is None


OWN = ReadSection(SectionKey.RETENTION, Language.FINNISH, "Säilytys", "Kymmenen vuotta.")
WRITTEN = replace(OWN, key=SectionKey.SOURCES, written=True, position=1)


def test_the_controllers_own_text_is_written_over_only_where_it_was_ticked():
    usual = starting_point((Language.FINNISH,))
    reading = replace(usual, sections=(OWN, WRITTEN))
    assert SectionKey.SOURCES in keys_to_write(reading)
    assert SectionKey.TRANSFERS in keys_to_write(reading)
    assert SectionKey.RETENTION not in keys_to_write(reading)
    assert SectionKey.RETENTION in keys_to_write(reading, [SectionKey.RETENTION])


def test_a_notice_that_was_read_gets_no_section_that_nobody_asked_for():
    reading = replace(starting_point((Language.FINNISH,)), sections=(OWN,))
    assert keys_to_write(reading) == frozenset()
    assert keys_to_write(reading, [SectionKey.COOKIES]) == {SectionKey.COOKIES}


def test_a_step_that_is_not_answered_is_not_written():
    reading = reading_with(Fact(ClauseKind.RETENTION, RetentionStart.ORDER, "", None, years=3))
    assert keys_to_write(reading) == {SectionKey.RETENTION}


def test_own_text_whose_clauses_changed_is_named():
    before = reading_with(
        Fact(ClauseKind.RETENTION, RetentionStart.ORDER, "Kymmenen vuotta.", 0, years=10),
        Fact(ClauseKind.SOURCE, SourceKind.PURCHASE, "", 1),
        sections=(OWN, WRITTEN),
    )
    assert differing(before, before) == []
    rules = {"rules": (Rule(RetentionStart.ORDER, years=3),)}
    after = promised(before, Step.RETENTION, rules)
    assert differing(before, after) == [SectionKey.RETENTION]
    assert [fact.years for fact in unsaid(after)] == [3]
    # the program's own text follows by itself
    sources = chosen(before, Step.DATA) | {"sources": ("registration",)}
    assert differing(before, promised(before, Step.DATA, sources)) == []


def test_every_fact_has_a_section_that_should_say_it():
    reading = reading_with()
    for kind, vocabulary in TERMS.items():
        for term in vocabulary:
            assert place_of(Fact(kind, term, "", None), reading) != SectionKey.OTHER, (kind, term)


def test_that_there_is_no_officer_is_said_where_it_is_written():
    """P03: under the contact person."""
    fact = Fact(ClauseKind.STATEMENT, Statement.NO_OFFICER, "", None)
    assert place_of(fact, reading_with()) == SectionKey.CONTACT
