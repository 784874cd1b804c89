"""The sentences of the writer: the same in three languages, short, and free of hedges."""

import re
from string import Formatter

import pytest
from django.utils.translation import override

from notices.reading.paragraphs import sentences
from notices.terms import (
    ClauseKind,
    DataCategory,
    DisclosureGround,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    Purpose,
    RecipientKind,
    RetentionStart,
    SectionKey,
    SourceKind,
)
from notices.writing.countries import countries_outside
from notices.writing.pen import Pen
from notices.writing.sections import HOMES, HOMES_OF_TERMS, WRITERS
from notices.writing.starting import starting_point
from notices.writing.texts import Texts, filled_in, texts_of

WORD = re.compile(r"[^\W_][\w'’-]*")
#: D33: what a notice does not say (WP260: "may, might, some, often, possible").
HEDGES = {
    "fi": r"\b(voi|voida\w*|voimme|voit|saattaa|saatetaan|mm\.|esim\w*|tarvittaessa|mahdollis\w*"
    r"|yleensä|usein|joskus|soveltuvin|tai vastaavia|osa)\b",
    "sv": r"\b(kan|kunde|eventuell\w*|bl\.a\.|t\.ex\.|exempelvis|vid behov|möjlig\w*|ofta|ibland"
    r"|vanligtvis|vissa)\b",
    "en": r"\b(may|might|can|could|some|often|possibl\w+|usually|sometimes|e\.g\.|where necessary"
    r"|as applicable)\b",
}
#: Forms of the word for an order, of which each language needs its own.
ORDER_FORMS = {"many", "the_many", "of_many", "kept", "label", "from_day", "one"}


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_three_languages_say_the_same_things_in_the_same_order():
    """V05: a lawyer reads them side by side."""
    finnish, swedish, english = (list(texts_of(language)) for language in Language)
    assert finnish == swedish == english


@pytest.mark.parametrize("language", [Language.SWEDISH, Language.ENGLISH])
def test_each_sentence_takes_the_same_values_in_each_language(language):
    finnish = texts_of(Language.FINNISH)
    for key, text in texts_of(language).items():
        assert fields(text) - ORDER_FORMS == fields(finnish[key]) - ORDER_FORMS, key


@pytest.mark.parametrize(
    ("section", "terms"),
    [
        ("data_content", DataCategory),
        ("kept", DataCategory),
        ("purpose", Purpose),
        ("purpose", LegalBasis),
        ("purpose_name", Purpose),
        ("legitimate_interest", Purpose),
        ("sources", SourceKind),
        ("recipients", RecipientKind),
        ("disclosures", DisclosureGround),
        ("retention", RetentionStart),
        ("way", Identification),
        ("way_short", Identification),
        ("language", Language),
        ("order", [f"{word}.many" for word in OrderWord]),
        ("headings", [key for key in SectionKey if key != SectionKey.OTHER]),
    ],
)
def test_every_term_of_the_vocabulary_has_its_sentence(section, terms):
    texts = texts_of(Language.FINNISH)
    assert {f"{section}.{term}" for term in terms} <= set(texts)


def test_every_section_is_written_and_every_term_has_a_section_that_says_it():
    assert set(WRITERS) == set(SectionKey) - {SectionKey.OTHER}
    placed = set(HOMES) | {ClauseKind.RIGHT, ClauseKind.STATEMENT}
    assert placed == set(ClauseKind)
    assert set(HOMES_OF_TERMS.values()) <= set(WRITERS)


@pytest.mark.parametrize("language", Language)
def test_no_sentence_hedges(language):
    """D33."""
    hedge = re.compile(HEDGES[language], re.IGNORECASE)
    assert {key: text for key, text in texts_of(language).items() if hedge.search(text)} == {}


@pytest.mark.parametrize("language", Language)
def test_no_sentence_has_more_than_twenty_words(language):
    """V04: as it stands when it is filled in with values of one word."""
    texts = texts_of(language)
    basis = texts["purpose.legitimate_interest"]
    too_long = {
        sentence
        for text in texts.values()
        for sentence in sentences(text.replace("{basis}", basis))
        if len(WORD.findall(sentence)) > 20
    }
    assert too_long == set()


def test_a_value_never_breaks_a_line_or_begins_an_item():
    assert filled_in("Malli -  Esimerkki\nOy") == "Malli – Esimerkki Oy"
    assert filled_in("- Malli Oy") == "Malli Oy"
    assert filled_in("Malli-Esimerkki Oy") == "Malli-Esimerkki Oy"
    assert filled_in("Auto- ja venepaja Oy") == "Auto- ja venepaja Oy"
    assert filled_in(" \n ") == ""


@pytest.mark.parametrize(
    ("months", "finnish", "swedish", "english"),
    [
        (12, "1 vuoden", "1 år", "1 year"),
        (36, "3 vuotta", "3 år", "3 years"),
        (1, "1 kuukauden", "1 månad", "1 month"),
        (18, "18 kuukautta", "18 månader", "18 months"),
    ],
)
def test_a_length_is_said_in_whole_years_where_it_is_one(months, finnish, swedish, english):
    said = [Texts(language).length(months) for language in Language]
    assert said == [finnish, swedish, english]


def test_parts_are_listed_with_a_comma_and_the_word_of_the_language():
    assert Texts(Language.FINNISH).listed(["nimi"]) == "nimi"
    assert Texts(Language.SWEDISH).listed(["namn", "adress"]) == "namn och adress"
    assert Texts(Language.ENGLISH).listed(["a", "b", "c"], "or") == "a, b or c"


def test_a_usual_name_of_a_register_is_translated_and_another_is_not():
    """P04."""
    english = Texts(Language.ENGLISH)
    assert english.register("Asiakasrekisteri") == "Customer register"
    assert english.register("Kanta-asiakkaat") == "Kanta-asiakkaat"
    assert english.register(None) == "Customer register"


def test_a_missing_sentence_is_an_error_and_not_a_gap():
    pen = Pen(starting_point([Language.FINNISH]), Language.FINNISH)
    with pytest.raises(KeyError):
        pen.say("purpose.nonsense")


def test_every_country_outside_the_eu_and_the_eea_can_be_named_and_none_inside():
    """Arts 44-49: Egypt as well as the United States; what stays inside is no transfer."""
    codes_inside = (
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
    )
    inside = set(codes_inside.split())
    found = {}
    for language in Language:
        with override(language):
            found[language] = dict(countries_outside())
    assert len({frozenset(names) for names in found.values()}) == 1
    codes = set(found[Language.FINNISH])
    assert (codes & inside, len(codes)) == (set(), 191)
    assert [names["EG"] for names in found.values()] == ["Egypti", "Egypten", "Egypt"]
