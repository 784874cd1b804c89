"""The checker: what it looks at, and what it tells (V05, V10, P16, A6)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from notices.authority import CHECKED_ON
from notices.checking import Finding, Severity, check, errors_of, known
from notices.checking.readability import measure
from notices.checking.rules import RULES
from notices.reading import Fact, Party, Reading, ReadSection, paired, read
from notices.terms import (
    ClauseKind,
    CookieUse,
    DataCategory,
    Language,
    LegalBasis,
    Purpose,
    RetentionStart,
    SectionKey,
    Statement,
    TransferTool,
)

DEMO = Path(__file__).parents[2] / "demo" / "notice.toml"
TODAY = date(2026, 11, 21)
FI, SV, EN = Language.FINNISH, Language.SWEDISH, Language.ENGLISH


@pytest.fixture(scope="module")
def demo():
    return read(DEMO.read_bytes())


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def notice(*sections, facts=(), **fields):
    """A reading of these sections: (key, text), or (key, text, language)."""
    made = tuple(
        ReadSection(key, *(language or [FI]), heading=str(key.label), text=text)
        for key, text, *language in sections
    )
    values = {
        "register_name": None,
        "languages": tuple(dict.fromkeys(section.language for section in made)),
        "drawn_up_on": None,
        "updated_on": None,
        "controller": Party(),
        "contact": Party(),
        "request_languages": (),
        "facts": tuple(facts),
        "sections": tuple(paired(made)),
    }
    return Reading(**(values | fields))


def found(reading, id, today=TODAY):
    return [one for one in check(reading, today=today) if one.id == id]


def fact(kind, term, words="sanat", section=0, **more):
    return Fact(kind, term, words, section, **more)


# The demo's own notice


@pytest.mark.parametrize("active", Language.values)
def test_the_demo_notice_gives_no_finding_at_all(demo, active):
    with translation.override(active):
        assert check(demo, today=TODAY) == []


@pytest.mark.parametrize("language", Language)
def test_nor_does_it_in_one_language_alone(demo, language):
    kept = [n for n, section in enumerate(demo.sections) if section.language == language]
    alone = replace(
        demo,
        languages=(language,),
        request_languages=(language,),
        sections=tuple(demo.sections[n] for n in kept),
        facts=tuple(replace(fact, section=None) for fact in demo.facts),
    )

    assert check(alone, today=TODAY) == []


@pytest.mark.parametrize("language", Language)
def test_nor_by_its_words_alone_without_any_clause(demo, language):
    """A6: what is absent is absent from the words, wherever these stand. That no clause follows the
    words is another matter (V01)."""
    sections = tuple(section for section in demo.sections if section.language == language)
    words = replace(
        demo, languages=(language,), request_languages=(language,), sections=sections, facts=()
    )

    assert {one.id for one in check(words, today=TODAY)} == {"V01-words"}


@pytest.mark.parametrize("language", Language)
def test_a6_no_heading_is_needed_for_what_the_words_say(demo, language):
    """Every section under a heading that fits none: no error of absence."""
    sections = tuple(
        replace(section, key=SectionKey.OTHER)
        for section in demo.sections
        if section.language == language
    )
    words = replace(
        demo, languages=(language,), request_languages=(language,), sections=sections, facts=()
    )

    assert {one.id for one in errors_of(check(words, today=TODAY))} == {"V01-words"}


def test_v10_the_record_of_the_authority_is_warned_of_after_a_year(demo):
    a_year_later = CHECKED_ON.replace(year=CHECKED_ON.year + 1)

    assert found(demo, "V10", today=a_year_later) == []
    (stale,) = found(demo, "V10", today=a_year_later.replace(day=a_year_later.day + 1))
    assert (stale.severity, stale.section) == (Severity.WARNING, SectionKey.COMPLAINT)


# Languages


def test_v05_a_section_that_a_language_version_lacks_is_named(demo):
    sections = tuple(
        section
        for section in demo.sections
        if (section.key, section.language) != (SectionKey.COOKIES, SV)
    )
    facts = tuple(replace(fact, section=None) for fact in demo.facts)

    (lacking,) = found(replace(demo, sections=sections, facts=facts), "V05")
    assert (lacking.section, lacking.language, lacking.severity) == (
        SectionKey.COOKIES,
        SV,
        Severity.WARNING,
    )


def test_v05_a_section_left_empty_in_one_language_is_lacking_too(demo):
    sections = tuple(
        replace(section, text="")
        if (section.key, section.language) == (SectionKey.TRANSFERS, EN)
        else section
        for section in demo.sections
    )

    (lacking,) = found(replace(demo, sections=sections), "V05")
    assert (lacking.section, lacking.language) == (SectionKey.TRANSFERS, EN)


def test_v05_a_language_without_a_word_is_told_once():
    reading = notice((SectionKey.PURPOSE, "Hoidamme tilaukset."), languages=(FI, SV))

    assert [one.language for one in found(reading, "V05")] == [SV]


def test_d36_a_promised_language_needs_a_version_of_the_notice():
    section = (SectionKey.ACCESS, "Pyynnön voi tehdä suomeksi tai ruotsiksi.")

    (lacking,) = found(notice(section, request_languages=(FI, SV)), "D36")
    assert lacking.words == "Pyynnön voi tehdä suomeksi tai ruotsiksi."
    assert "Swedish" in lacking.message
    assert found(notice(section, request_languages=(FI,)), "D36") == []


# Clauses


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((ClauseKind.TRANSFER, TransferTool.NONE), (ClauseKind.TRANSFER, TransferTool.ADEQUACY)),
        ((ClauseKind.COOKIES, CookieUse.NONE), (ClauseKind.COOKIES, CookieUse.MARKETING)),
        (
            (ClauseKind.STATEMENT, Statement.NO_CONSENT),
            (ClauseKind.COOKIES, CookieUse.ANALYTICS),
        ),
        (
            (ClauseKind.STATEMENT, Statement.NO_PAPER),
            (ClauseKind.STATEMENT, Statement.LOCKED_STORAGE),
        ),
        (
            (ClauseKind.STATEMENT, Statement.NO_PAPER),
            (ClauseKind.STATEMENT, Statement.FIREPROOF_STORAGE),
        ),
        (
            (ClauseKind.STATEMENT, Statement.NO_PUBLIC_SOURCES),
            (ClauseKind.STATEMENT, Statement.PUBLIC_SOURCES),
        ),
        (
            (ClauseKind.STATEMENT, Statement.GIVEN_FREELY),
            (ClauseKind.STATEMENT, Statement.DEMANDED_BY_LAW),
        ),
    ],
)
def test_v01_two_clauses_of_which_only_one_can_be_true(one, other):
    reading = notice(
        (SectionKey.PURPOSE, "sanat toiset"), facts=[fact(*one), fact(*other, words="toiset")]
    )

    (against,) = found(reading, "V01-contradiction")
    assert (against.words, against.severity) == ("sanat", Severity.ERROR)
    assert "toiset" in against.message
    assert found(replace(reading, facts=reading.facts[:1]), "V01-contradiction") == []


def test_v01_a_contradiction_keeps_a_notice_from_being_published():
    facts = [
        fact(ClauseKind.TRANSFER, TransferTool.NONE, "Emme siirrä tietoja.", 0),
        fact(ClauseKind.TRANSFER, TransferTool.IF_NECESSARY, "Siirrämme tietoja.", 0),
    ]
    reading = notice((SectionKey.TRANSFERS, "Emme siirrä tietoja. Siirrämme tietoja."), facts=facts)

    assert "V01-contradiction" in {one.id for one in errors_of(check(reading, today=TODAY))}


def test_p19_no_consent_and_a_purpose_that_rests_on_it():
    facts = [
        fact(ClauseKind.STATEMENT, Statement.NO_CONSENT, "Emme pyydä suostumusta."),
        replace(purpose(LegalBasis.CONSENT), words="Laadimme tilastoja."),
    ]
    text = "Emme pyydä suostumusta. Laadimme tilastoja."

    (against,) = found(notice((SectionKey.PURPOSE, text), facts=facts), "V01-contradiction")
    assert (against.words, against.severity) == ("Emme pyydä suostumusta.", Severity.ERROR)


def test_v01_a_clause_that_stands_nowhere_is_told_where_the_other_stands():
    """The writer leaves out what another clause contradicts."""
    facts = [
        fact(ClauseKind.STATEMENT, Statement.NO_PAPER, "", None),
        fact(ClauseKind.STATEMENT, Statement.LOCKED_STORAGE, "Paperit ovat lukossa."),
    ]
    reading = notice((SectionKey.SECURITY_MANUAL, "Paperit ovat lukossa."), facts=facts)

    (against,) = found(reading, "V01-contradiction")
    assert (against.words, against.place) == ("Paperit ovat lukossa.", 0)
    assert str(Statement.NO_PAPER.label) in against.message


@pytest.mark.parametrize(
    ("words", "others", "one", "other"),
    [
        ("Papereita emme säilytä.", "Palvelimet ovat lukitussa tilassa.",
         Statement.NO_PAPER, Statement.LOCKED_STORAGE),
        ("Muiden tietojen antaminen on vapaaehtoista.", "Laki vaatii sinua antamaan nimesi.",
         Statement.GIVEN_FREELY, Statement.DEMANDED_BY_LAW),
        ("Sähköpostiosoitteen antaminen on vapaaehtoista.", "Laki vaatii tiedot.",
         Statement.GIVEN_FREELY, Statement.DEMANDED_BY_LAW),
        ("Tietojen antaminen on vapaaehtoista.", "Sopimus edellyttää tietoja.",
         Statement.GIVEN_FREELY, Statement.NEEDED_FOR_CONTRACT),
    ],
)  # fmt: skip
def test_v01_clauses_about_two_things_are_no_contradiction(words, others, one, other):
    facts = [
        fact(ClauseKind.STATEMENT, one, words), fact(ClauseKind.STATEMENT, other, others)
    ]  # fmt: skip

    reading = notice((SectionKey.OTHER, f"{words} {others}"), facts=facts)
    assert found(reading, "V01-contradiction") == []


def test_p19_some_processing_without_consent_is_no_contradiction():
    facts = [
        fact(ClauseKind.STATEMENT, Statement.NO_CONSENT, "Tilaus ei vaadi suostumusta."),
        replace(purpose(LegalBasis.CONSENT), words="Laadimme tilastoja."),
    ]
    text = "Tilaus ei vaadi suostumusta. Laadimme tilastoja."

    assert found(notice((SectionKey.PURPOSE, text), facts=facts), "V01-contradiction") == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Tietosuojavastaava on Tuisku Kaarna.", 1),
        ("Tietosuojavastaava: tuisku@kaarna.example", 1),
        ("Vårt dataskyddsombud är Tuisku Kaarna.", 1),
        ("Our data protection officer: dpo@kaarna.example", 1),
        ("Emme ole nimenneet tietosuojavastaavaa: kysy tuisku@kaarna.example", 0),
        ("Tietosuojavastaavaksi kutsutaan sitä, joka valvoo tietosuojaa.", 0),
    ],
)
def test_v01_no_officer_and_yet_one_with_a_name_or_an_address(words, told):
    """13(1)(b)"""
    none = fact(ClauseKind.STATEMENT, Statement.NO_OFFICER, "Tietosuojavastaavaa ei ole.")
    text = f"Tietosuojavastaavaa ei ole.\n{words}"

    against = found(notice((SectionKey.CONTACT, text), facts=[none]), "V01-contradiction")
    assert [(one.words, one.is_error) for one in against] == [(words, True)] * told


def rule(words, years, categories=(), start=RetentionStart.ORDER, **more):
    return fact(ClauseKind.RETENTION, start, words, years=years, categories=categories, **more)


@pytest.mark.parametrize(
    ("first", "second", "severities"),
    [
        ((DataCategory.ORDERS,), (DataCategory.ORDERS, DataCategory.BILLING), ["error"]),
        ((), (), ["error"]),
        ((DataCategory.ORDERS,), (DataCategory.BILLING,), []),
        ((DataCategory.ORDERS,), (), []),
    ],
)
def test_p31_two_periods_for_the_same_data_from_the_same_start(first, second, severities):
    facts = [rule("3 vuotta", 3, first), rule("5 vuotta", 5, second)]
    reading = notice((SectionKey.RETENTION, "3 vuotta. 5 vuotta."), facts=facts)

    assert [str(one.severity) for one in found(reading, "V01-retention")] == severities


def test_p31_two_periods_for_data_that_no_category_holds_are_only_a_warning():
    facts = [rule("Kuvat 3 vuotta tilauksesta.", 3), rule("Ääni 5 vuotta tilauksesta.", 5)]
    text = "Kuvat 3 vuotta tilauksesta. Ääni 5 vuotta tilauksesta."

    (doubt,) = found(notice((SectionKey.RETENTION, text), facts=facts), "V01-retention")
    assert (doubt.severity, doubt.words) == (Severity.WARNING, "Ääni 5 vuotta tilauksesta.")


def test_p31_a_sentence_with_two_periods_gives_each_to_data_of_its_own():
    words = "Tositteet säilyvät 6 vuotta ja kirjanpitokirjat 10 vuotta tilikauden päättymisestä."
    facts = [rule(words, years, (DataCategory.BILLING,)) for years in (6, 10)]

    assert found(notice((SectionKey.RETENTION, words), facts=facts), "V01-retention") == []


def test_p31_a_retention_rule_without_a_period_is_none():
    (nothing,) = found(
        notice((SectionKey.RETENTION, "Tietoja."), facts=[rule("Tietoja.", None)]), "V01-retention"
    )

    assert (nothing.severity, nothing.words) == (Severity.ERROR, "Tietoja.")


def test_p31_each_later_rule_is_told_once_against_the_first():
    facts = [rule(f"Säilytämme tietoja {n} vuotta.", n) for n in range(1, 301)]
    bases = [purpose(list(LegalBasis)[n % 4], words=f"{n}") for n in range(300)]

    reading = notice((SectionKey.RETENTION, "x"), facts=[*facts, *bases])
    assert len(found(reading, "V01-retention")) == 299
    assert len(found(reading, "D13-basis")) == 225


def test_p31_the_same_period_said_twice_is_no_contradiction():
    facts = [rule("3 vuotta", 3), replace(rule("36 kuukautta", None), months=36)]

    assert found(notice((SectionKey.RETENTION, "3 vuotta"), facts=facts), "V01-retention") == []


@pytest.mark.parametrize(
    ("text", "months", "ids"),
    [
        ("3 vuotta asiakassuhteen päättymisestä.", None, ["D32"]),
        ("3 vuotta asiakassuhteen päättymisestä.", 24, []),
        ("3 vuotta asiakassuhteen päättymisestä. Suhde päättyy, kun lopetat.", None, []),
    ],
)
def test_d32_a_relationship_needs_an_end_that_anybody_can_tell(text, months, ids):
    kept = rule(
        "3 vuotta asiakassuhteen päättymisestä.",
        3,
        (DataCategory.NAME,),
        RetentionStart.RELATIONSHIP_END,
        inactive_months=months,
    )
    reading = notice((SectionKey.RETENTION, text), facts=[kept])

    assert [one.id for one in found(reading, "D32")] == ids


def purpose(basis, term=Purpose.ORDERS, words="Hoidamme tilaukset."):
    return fact(ClauseKind.PURPOSE, term, words, legal_basis=basis)


def test_p16_a_purpose_has_one_legal_basis():
    text = "Hoidamme tilaukset. Peruste on sopimus. Laadimme tilastoja."
    facts = [
        purpose(LegalBasis.CONTRACT),
        purpose(None, Purpose.STATISTICS, "Laadimme tilastoja."),
    ]
    section = (SectionKey.PURPOSE, "Laadimme tilastoja.\nHoidamme tilaukset. Peruste on sopimus.")

    (without,) = found(notice(section, facts=facts), "P16")
    assert str(Purpose.STATISTICS.label) in without.message
    assert str(Purpose.ORDERS.label) not in without.message
    two = [purpose(LegalBasis.CONTRACT), purpose(LegalBasis.CONSENT)]
    assert found(notice((SectionKey.PURPOSE, text), facts=two), "D13-basis") != []


def test_d40_contact_people_need_legitimate_interest():
    data = fact(ClauseKind.DATA, DataCategory.ORGANISATION, "edustettu organisaatio")
    sections = [(SectionKey.DATA_CONTENT, "edustettu organisaatio")]

    (at,) = found(notice(*sections, facts=[data, purpose(LegalBasis.CONTRACT)]), "D40")
    assert at.words == "edustettu organisaatio"
    weighed = purpose(LegalBasis.LEGITIMATE_INTEREST, Purpose.MAINTAIN)
    assert found(notice(*sections, facts=[data, weighed]), "D40") == []


# Words


@pytest.mark.parametrize(
    ("dated", "severities"),
    [("2020-01-07", ["error"]), ("2018-06-01", ["warning"]), (None, ["error"])],
)
def test_d01_a_repealed_law_weighs_by_the_day_of_the_notice(dated, severities):
    """D01, P10: the law that a notice names must be in force on its day."""
    drawn_up_on = dated and date.fromisoformat(dated)
    reading = notice((SectionKey.PURPOSE, "Noudatamme henkilötietolakia."), drawn_up_on=drawn_up_on)

    repealed = found(reading, "D01")
    assert [str(one.severity) for one in repealed] == severities
    assert repealed[0].words == "henkilötietolakia"


@pytest.mark.parametrize(
    "words",
    [
        "tietoyhteiskuntakaaren",
        "sähköisen viestinnän tietosuojalain",
        "(523/1999)",
        "informationssamhällsbalken",
        "lagen om dataskydd vid elektronisk kommunikation",
        "the Personal Data Act",
    ],
)
def test_d01_knows_the_laws_by_their_names_and_numbers(words):
    assert found(notice((SectionKey.OTHER, f"Sovellamme: {words}.")), "D01") != []


@pytest.mark.parametrize(
    "words",
    [
        "Henkilötietolaki on kumottu 1.1.2019.",
        "Noudatamme tietosuojalakia (1050/2018).",
        "Noudatamme henkilötietolainsäädäntöä.",
    ],
)
def test_d01_leaves_the_laws_in_force_alone(words):
    assert found(notice((SectionKey.OTHER, words)), "D01") == []


def test_d33_a_hedge_is_told_once_in_a_section_with_its_count():
    reading = notice(
        (SectionKey.PURPOSE, "Tietoja voidaan antaa. Niitä voidaan myös siirtää, esim. postiin."),
        (SectionKey.SOURCES, "Tietoja voidaan hakea."),
    )

    told = {(str(one.section), one.words): one.message for one in found(reading, "D33")}
    assert set(told) == {
        ("purpose", "voidaan"),
        ("purpose", "esim."),
        ("sources", "voidaan"),
    }
    assert "2 times" in told["purpose", "voidaan"]


@pytest.mark.parametrize(
    ("language", "good"),
    [
        (FI, "Voit kieltää mainonnan. Tietoja ei voida lukea ilman avainta."),
        (SV, "Du kan förbjuda reklam. Vi kan läsa dem."),
        (EN, "You may ask us. We updated this in May 2026."),
    ],
)
def test_d33_what_the_reader_may_do_is_no_hedge(language, good):
    assert found(notice((SectionKey.OTHER, good, language)), "D33") == []


def test_d34_words_of_their_own_are_not_damaged():
    words = (
        "Osaorganisaatio, alaorganisaation ja eri yritykset. Linja-auto, www-sivu, jää, maa-ala. "
        "Tietosuoja-asetuksen mukainen verkkopalvelu. Asiakas- ja käyttäjärekisteri."
    )
    assert found(notice((SectionKey.OTHER, words)), "D34") == []


@pytest.mark.parametrize("mark", ["[at]", "[1]", "(linkki)", "(@ruska)"])
def test_d02_leaves_brackets_with_a_meaning_alone(mark):
    assert found(notice((SectionKey.OTHER, f"Kirjoita meille {mark} tänään.")), "D02") == []


def test_own_words_under_a_written_text_are_read_too():
    reading = notice((SectionKey.PURPOSE, "Hoidamme tilaukset."))
    section = replace(reading.sections[0], written=True, own_words="Katso XXX.")

    (gap,) = found(replace(reading, sections=(section,)), "D02")
    assert gap.words == "XXX"


def with_own(words, key=SectionKey.OTHER, language=FI, facts=()):
    """A notice of one written section with words of the controller's own below."""
    reading = notice((key, "Hoidamme tilaukset.", language), facts=facts)
    section = replace(reading.sections[0], written=True, own_words=words)
    return replace(reading, sections=(section,))


@pytest.mark.parametrize(
    ("language", "words", "key", "what"),
    [
        (FI, "Tallennamme myös henkilötunnuksen ja terveystietoja.", SectionKey.OTHER,
         "henkilötunnuksen"),
        (SV, "Vi lagrar också personbeteckningen.", SectionKey.OTHER, "personbeteckning"),
        (EN, "We also store your health data.", SectionKey.OTHER, "health data"),
        (FI, "Puhelinnumero", SectionKey.DATA_CONTENT, "phone number"),
        (FI, "Säilytämme kaikki tiedot 20 vuotta.", SectionKey.RETENTION, "retention period"),
        (SV, "Vi lagrar uppgifterna i 20 år.", SectionKey.OTHER, "retention period"),
        (EN, "We keep the data for 20 years.", SectionKey.OTHER, "retention period"),
        (FI, "Myymme osoitteita.", SectionKey.DISCLOSURES, "selling"),
        (SV, "Vi säljer adresser.", SectionKey.OTHER, "selling"),
        (EN, "We sell addresses.", SectionKey.OTHER, "selling"),
    ],
)  # fmt: skip
def test_v01_own_words_cannot_promise_what_no_clause_holds(language, words, key, what):
    kept = rule("3 vuotta", 3, section=None)

    (more,) = found(with_own(words, key, language, [kept]), "V01-own-words")
    assert (more.words, more.severity, more.place) == (words, Severity.ERROR, 0)
    assert what in more.message


def test_v01_own_words_name_a_recipient_that_no_clause_declares():
    words = "Luovutamme tietoja perintätoimistolle."

    (more,) = found(with_own(words, SectionKey.DISCLOSURES), "V01-own-words")
    assert (more.words, more.severity) == (words, Severity.WARNING)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Säilytämme kaikki tiedot 3 vuotta.", SectionKey.RETENTION),
        ("Nimi", SectionKey.DATA_CONTENT),
        ("Emme pyydä henkilötunnusta emmekä käsittele terveystietoja.", SectionKey.DATA_CONTENT),
        ("Emme myy osoitteita. Myymme tietokoneita ja osoitekylttejä.", SectionKey.OTHER),
        ("Vastaamme kuukauden kuluessa.", SectionKey.ACCESS),
        ("Eväste säilyy vuoden ajan.", SectionKey.COOKIES),
    ],
)
def test_v01_own_words_that_promise_nothing_more_are_left_alone(words, key):
    facts = [rule("3 vuotta", 3), fact(ClauseKind.DATA, DataCategory.NAME)]

    assert found(with_own(words, key, facts=facts), "V01-own-words") == []


def test_v01_own_words_against_a_clause():
    none = fact(ClauseKind.TRANSFER, TransferTool.NONE, "Hoidamme tilaukset.")
    words = "Siirrämme tietoja Yhdysvaltoihin vakiolausekkeilla."

    (against,) = found(with_own(words, SectionKey.TRANSFERS, facts=[none]), "V01-contradiction")
    assert against.is_error
    assert words in against.message


def test_v01_a_sentence_of_own_words_is_told_once_with_all_that_it_names():
    words = "Nimi, puhelin, henkilötunnus ja terveystiedot"

    (more,) = found(with_own(words, SectionKey.DATA_CONTENT), "V01-own-words")
    for name in (DataCategory.NAME.label, DataCategory.PHONE.label, "henkilötunnus", "terveystied"):
        assert str(name) in more.message


def test_own_words_are_read_without_their_markup_but_quoted_with_it():
    words = "Noudatamme **henkilötieto**lakia, katso [ohje](https://ohje.example)."

    (law,) = found(with_own(words), "D01")
    assert law.words == words
    assert found(with_own(words), "D02") == []  # a link is no gap of a template
    assert found(with_own("Noudatamme <b>lakia</b>."), "D35") == []


def test_a_section_of_own_words_alone_is_not_empty():
    reading = notice((SectionKey.COOKIES, "", FI))
    section = replace(reading.sections[0], own_words="Emme käytä evästeitä.")

    assert found(reading, "D28") != []
    assert found(replace(reading, sections=(section,)), "D28") == []


# Data that no register of ours holds


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        (FI, "- Nimi\n- Henkilötunnus (ei pakollinen)", [("87", "Henkilötunnus")]),
        (FI, "Nimi, terveystiedot ja allergiat", [("9(1)", "terveystiedot"),
                                                  ("9(1)", "allergiat")]),
        (SV, "Namn och personbeteckning, allergier", [("87", "personbeteckning"),
                                                      ("9(1)", "allergier")]),
        (EN, "Name, social security number, health data", [("87", "social security number"),
                                                           ("9(1)", "health data")]),
        (FI, "Emme kerää henkilötunnusta emmekä terveystietoja.", []),
        (FI, "Nimi ja sähköpostiosoite", []),
    ],
)  # fmt: skip
def test_1050_2018_s29_and_art_9_what_the_register_cannot_hold(language, text, told):
    reading = notice((SectionKey.DATA_CONTENT, text, language))

    here = [one for id in ("87", "9(1)") for one in found(reading, id)]
    assert [(one.id, one.words) for one in here] == told
    assert {str(one.severity) for one in here} <= {"warning"}


def test_1050_2018_s29_is_the_law_of_identity_codes():
    (code,) = found(notice((SectionKey.DATA_CONTENT, "Henkilötunnus")), "87")

    assert "1050/2018" in code.law


# Days


@pytest.mark.parametrize(
    ("drawn_up", "updated", "told"),
    [
        ("2026-11-22", None, "future"),
        ("2026-01-01", "2027-01-01", "future"),
        ("2026-05-05", "2026-04-04", "before it was drawn up"),
        ("2026-11-21", "2026-11-21", None),
        (None, "2026-11-21", None),
    ],
)
def test_d10_days_that_cannot_be_right(demo, drawn_up, updated, told):
    days = [day and date.fromisoformat(day) for day in (drawn_up, updated)]

    wrong = found(replace(demo, drawn_up_on=days[0], updated_on=days[1]), "D10")
    assert [(one.severity, told in one.message) for one in wrong] == (
        [(Severity.ERROR, True)] if told else []
    )


# Words as they stand


def test_words_that_normalisation_changes_are_quoted_as_they_stand():
    text = "Noudatamme henkilo\u0308tieto\u00adlakia."  # decomposed, with a soft hyphen

    (law,) = found(notice((SectionKey.OTHER, text)), "D01")
    assert law.words == text


def test_lix_counts_words_and_long_words():
    measured = measure(["Kissa juoksee kotiin.", "Se syö."])

    assert (measured.words, measured.mean) == (5, 2.5)
    assert measured.lix == 2.5 + 100 * 1 / 5
    assert measure(["123", ""]).words == 0


def test_v04_a_text_that_is_hard_to_read_gives_a_hint():
    long = "Rekisterinpitäjäorganisaation asiakkuudenhallintajärjestelmässä käsiteltäviä tietoja "
    reading = notice((SectionKey.OTHER, (long * 30).strip() + "."))

    assert [str(one.severity) for one in found(reading, "LIX")] == ["info"]
    assert [str(one.severity) for one in found(reading, "LIX-sentence")] == ["info"]


# What is told


def test_the_weightiest_comes_first():
    order = [list(Severity).index(one.severity) for one in check(notice(), today=TODAY)]

    assert order == sorted(order)
    assert order[0] == 0


def test_a_finding_as_json_has_exactly_these_keys():
    finding = Finding("D01", Severity.ERROR, SectionKey.PURPOSE, "words", "m.", "a.", "law", 3)

    assert finding.as_json() == {
        "id": "D01",
        "severity": "error",
        "section": "purpose",
        "words": "words",
        "message": "m.",
        "advice": "a.",
        "law": "law",
    }


def test_every_rule_has_an_id_of_its_own_and_every_defect_of_a5_a_rule():
    ids = [rule.id for rule in RULES]

    assert len(ids) == len(set(ids))
    assert {f"D{number:02}" for number in range(1, 43)} <= set(ids)


def test_what_the_rules_look_up_was_checked_within_a_year_of_the_authority():
    assert abs((known.CHECKED_ON - CHECKED_ON).days) < 366


# What other templates hold


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<lisää osoite tähän>", "<lisää osoite tähän>"),
        ("Puhelin: 0XX XXX XXXX", "0XX XXX XXXX"),
        ("{{company}}", "{{company}}"),
        ("Yritys X Oy", "Yritys X Oy"),
        ("Your Company Name Ltd", "Your Company Name Ltd"),
        ("info@yourcompany.com", "info@yourcompany.com"),
        ("nimi@yritys.fi", "nimi@yritys.fi"),
        ("Päivitetty pp.kk.vvvv", "pp.kk.vvvv"),
        ("[företagets namn]", "[företagets namn]"),
    ],
)
def test_d02_gaps_of_other_templates(text, words):
    gaps = found(notice((SectionKey.CONTROLLER, text)), "D02")

    assert [one.words for one in gaps] == [words]
    assert found(notice((SectionKey.CONTROLLER, text)), "D34") == []


@pytest.mark.parametrize(
    "text",
    [
        "Evästeet (lisää tietoa kohdassa 11).",
        "We store your company name.",
        "Kirjoita osoitteeseen aura [at] hillasuo.example.",
    ],
)
def test_d02_words_that_only_look_like_gaps(text):
    assert found(notice((SectionKey.CONTROLLER, text)), "D02") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Albertinkatu 25 A, 3. krs, PL 315, 00181 Helsinki",) * 2,
        ("PL 315, 00181 Helsinki",) * 2,
        ("Albertsgatan 25, PB 315, 00181 Helsingfors",) * 2,
        ("Bangårdsvägen 9, PB 800, 00521 Helsingfors",) * 2,
        ("Albertinkatu 25, P.O. Box 315, 00181 Helsinki", "Albertinkatu 25"),
    ],
)
def test_d03_the_older_addresses_of_the_ombudsman(text, words):
    reading = notice((SectionKey.COMPLAINT, f"Tietosuojavaltuutettu, {text}"))

    assert found(reading, "D03")[0].words == words


@pytest.mark.parametrize(
    "words",
    [
        "henkilötietolain (523/1999)",
        "henkilötietolaki 523/1999",
        "personuppgiftslagen (523/1999)",
        "Personal Data Act (523/1999)",
        "sähköisen viestinnän tietosuojalain (516/2004)",
    ],
)
def test_d01_a_law_with_its_number_is_one_finding(words):
    repealed = found(notice((SectionKey.PURPOSE, f"Sovellamme: {words}.")), "D01")

    assert [one.words for one in repealed] == [words]


@pytest.mark.parametrize(
    "text",
    [
        "Seloste korvaa henkilötietolain (523/1999) mukaisen rekisteriselosteen.",
        "Henkilötietolaki tuli voimaan 1999.",
        "Silloin alettiin noudattaa henkilötietolakia.",
        "Beskrivningen ersätter den tidigare beskrivningen enligt personuppgiftslagen.",
        "The notice replaces the description of file under the Personal Data Act.",
    ],
)
def test_d01_a_law_named_as_history_is_no_defect(text):
    assert found(notice((SectionKey.OTHER, text)), "D01") == []


def test_d01_a_law_that_is_followed_is_a_defect_whatever_it_makes_good():
    text = "Korvaamme henkilötietolain mukaan vahingon, ja vanhentunut tieto oikaistaan."

    assert len(found(notice((SectionKey.OTHER, text)), "D01")) == 1


@pytest.mark.parametrize(
    ("text", "hedges"),
    [
        ("Asianomainen voi saattaa asian tietosuojavaltuutetun ratkaistavaksi.", []),
        ("Yritys saattaa luovuttaa tietoja yms.", ["saattaa", "yms."]),
    ],
)
def test_d33_to_take_a_matter_somewhere_is_no_hedge(text, hedges):
    found_there = found(notice((SectionKey.RECTIFICATION, text)), "D33")

    assert sorted(one.words for one in found_there) == hedges


def test_d33_how_a_request_is_made_is_no_hedge():
    text = "Begäran kan göras per e-post. Uppgifterna kan lämnas ut."

    told = found(notice((SectionKey.ACCESS, text, SV)), "D33")
    assert [one.words for one in told] == ["kan lämnas"]


def test_d34_a_word_put_before_itself_looks_damaged():
    slips = found(notice((SectionKey.PURPOSE, "Hoidamme asiakasasiakassuhdetta.")), "D34")

    assert [one.words for one in slips] == ["asiakasasiakassuhdetta"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Tietoja säilytetään niin kauan kuin on tarpeen.", {"D05"}),
        ("We keep your data as long as necessary.", {"D05"}),
        ("Uppgifterna sparas så länge det behövs.", {"D05"}),
        ("Tietoja säilytetään pysyvästi.", {"D32"}),
        ("Tietoja säilytetään niin kauan kuin asiakassuhde kestää.", set()),
        ("Tiedot poistetaan, kun niitä ei tarvita. Laskut 6 vuotta.", set()),
    ],
)
def test_d05_as_long_as_needed_is_no_period(text, ids):
    """Art. 13(2)(a): a period, or what decides on it."""
    section = notice((SectionKey.RETENTION, text))

    told = {one.id for one in check(section, today=TODAY) if one.words == text}
    assert told & {"D05", "D32"} == ids


def test_v05_a_period_that_differs_between_languages_is_an_error():
    about = (DataCategory.ORDERS,)
    kept = [
        fact(ClauseKind.RETENTION, RetentionStart.ORDER, "2 vuotta", 0, years=2, categories=about),
        fact(ClauseKind.RETENTION, RetentionStart.ORDER, "5 år", 1, years=5, categories=about),
    ]
    reading = notice(
        (SectionKey.RETENTION, "2 vuotta"), (SectionKey.RETENTION, "5 år", SV), facts=kept
    )

    (differs,) = found(reading, "V05-retention")
    assert (differs.words, differs.language, differs.severity) == ("5 år", SV, Severity.ERROR)
    assert found(replace(reading, facts=[kept[0], replace(kept[1], years=2)]), differs.id) == []


def test_v01_a_heading_over_other_headings_is_not_empty():
    protection = (SectionKey.SECURITY_ELECTRONIC, ""), (SectionKey.SECURITY_MANUAL, "Kaapissa.")

    assert found(notice(*protection), "V01-empty") == []
    assert len(found(notice(*reversed(protection)), "V01-empty")) == 1


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Avoimet laskut siirtyvät perintään.", "error"),
        ("Hoidamme laskutuksen.", "warning"),
    ],
)
def test_d18_open_invoices_that_are_collected_need_billing_data(text, severity):
    reading = notice((SectionKey.DATA_CONTENT, "nimi"), (SectionKey.DISCLOSURES, text))

    assert [str(one.severity) for one in found(reading, "D18")] == [severity]


def test_d30_names_each_thing_that_is_read_from_a_visitor():
    text = "Evästeillä kohdennamme mainontaa. Keräämme: vierailun ajankohta, selatut sivut."
    cookies = fact(ClauseKind.DATA, DataCategory.COOKIES, "Evästeillä", 1, under_other_heading=True)
    reading = notice((SectionKey.DATA_CONTENT, "nimi"), (SectionKey.COOKIES, text), facts=[cookies])

    told = [(one.words, str(one.severity)) for one in found(reading, "D30")]
    assert told == [("vierailun ajankohta", "error"), ("selatut sivut", "error")]
