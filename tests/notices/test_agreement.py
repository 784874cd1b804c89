"""A text of the controller's own and the clauses: they agree, or somebody is told."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from notices.checking import check
from notices.checking.agreement import told_otherwise
from notices.improving import improved, remedy_for
from notices.reading import read
from notices.terms import (
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
    TransferTool,
)
from notices.writing import write

TODAY = date(2026, 11, 21)
REPOSITORY = Path(__file__).parents[2]
EXAMPLES = sorted(one for one in (Path(__file__).parent / "examples").iterdir() if one.is_file())
NOTICE = """Tietosuojaseloste

Rekisterinpitäjä
Koepuutarha Oy, Kukkatie 3, 00990 Helsinki, puutarha@koe.example

Käsittelyn tarkoitus
- Hoidamme asiakkaiden tilauksia. Peruste on sopimus.
- Kohdennamme omaa mainontaamme. Peruste on oikeutettu etu.

Rekisterin tietosisältö
- nimi
- puhelinnumero

Tietojen vastaanottajat
Kirjanpitomme hoitaa Tilitoimisto Koenumero Oy.

Tietojen luovutukset
Luovutamme tietoja perintää varten.

Säilytysaika
Säilytämme tiedot 3 vuotta asiakassuhteen päättymisestä.

Tietojen siirto EU:n tai ETA:n ulkopuolelle
Tietoja ei siirretä EU:n tai ETA:n ulkopuolelle.

Tarkastusoikeus
Voit tarkastaa tietosi allekirjoitetulla pyynnöllä tai henkilökohtaisesti käymällä.
"""


def changed(kind, term, /, **values):
    """The notice with one clause changed by hand; its text stays."""
    reading = read(NOTICE.encode())
    facts = [
        replace(fact, **values) if (fact.kind, fact.term) == (kind, term) else fact
        for fact in reading.facts
    ]
    assert facts != list(reading.facts)
    return replace(reading, facts=tuple(facts))


def without(kind, term):
    reading = read(NOTICE.encode())
    kept = [fact for fact in reading.facts if (fact.kind, fact.term) != (kind, term)]
    assert len(kept) < len(reading.facts)
    return replace(reading, facts=tuple(kept))


def parted(reading):
    with translation.override("en"):
        return [one for one in check(reading, today=TODAY) if one.id == "V01-words"]


RETENTION = (ClauseKind.RETENTION, RetentionStart.RELATIONSHIP_END)
ADS = "Kohdennamme omaa mainontaamme."
#: (the notice after somebody changed a clause, where its text says otherwise, the very words)
PARTED = {
    "a shorter period": (
        changed(*RETENTION, years=1),
        "retention",
        "Säilytämme tiedot 3 vuotta asiakassuhteen päättymisestä.",
    ),
    "another start": (
        changed(*RETENTION, term=RetentionStart.ORDER),
        "retention",
        "Säilytämme tiedot 3 vuotta asiakassuhteen päättymisestä.",
    ),
    "a purpose less": (without(ClauseKind.PURPOSE, Purpose.AD_TARGETING), "purpose", ADS),
    "another basis": (
        changed(ClauseKind.PURPOSE, Purpose.AD_TARGETING, legal_basis=LegalBasis.CONSENT),
        "purpose",
        ADS,
    ),
    "data less": (without(ClauseKind.DATA, DataCategory.PHONE), "data_content", "puhelinnumero"),
    "a recipient less": (
        without(ClauseKind.RECIPIENT, RecipientKind.ACCOUNTING),
        "recipients",
        "Kirjanpitomme hoitaa Tilitoimisto Koenumero Oy.",
    ),
    "a ground less": (
        without(ClauseKind.DISCLOSURE, "collection"),
        "disclosures",
        "Luovutamme tietoja perintää varten.",
    ),
    "a transfer after all": (
        changed(ClauseKind.TRANSFER, TransferTool.NONE, term=TransferTool.ADEQUACY, country="US"),
        "transfers",
        "Tietoja ei siirretä EU:n tai ETA:n ulkopuolelle.",
    ),
    "a way less": (
        changed(ClauseKind.RIGHT, Right.ACCESS, ways=(Identification.SIGNATURE,)),
        "access",
        "Voit tarkastaa tietosi allekirjoitetulla pyynnöllä tai henkilökohtaisesti käymällä.",
    ),
}


@pytest.mark.parametrize(("reading", "section", "words"), PARTED.values(), ids=PARTED)
def test_v01_a_text_that_says_otherwise_than_the_clauses_is_an_error(reading, section, words):
    found = [(one.section, one.words, one.severity) for one in parted(reading)]

    assert found == [(section, words, "error")]


def test_v01_the_finding_says_in_words_what_the_text_promises():
    (found,) = parted(PARTED["a shorter period"][0])

    assert found.message == (
        "The text says: retention period: 3 years from the end of the customer relationship. The"
        " clauses, which the register obeys, say otherwise."
    )


@pytest.mark.parametrize(
    "path", [*EXAMPLES, REPOSITORY / "demo" / "notice.toml"], ids=lambda path: path.name
)
def test_v01_a_notice_that_was_just_read_agrees_with_itself(path):
    assert told_otherwise(read(path.read_bytes())) == {}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_v01_a_notice_agrees_with_itself_after_the_program_wrote_it_in_three_languages(path):
    reading = replace(read(path.read_bytes()), languages=tuple(Language))

    assert told_otherwise(write(reading)) == {}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_v01_a_section_written_among_own_texts_takes_none_of_them_along(path):
    """The right of access, once written, says how to ask for every right."""
    reading = read(path.read_bytes())

    assert told_otherwise(write(reading, {SectionKey.ACCESS})) == {}


@pytest.mark.parametrize("case", PARTED)
def test_v01_the_text_follows_the_clauses_when_they_are_true(case):
    reading = PARTED[case][0]
    (finding,) = parted(reading)

    better = improved(reading, finding, {"holds": "clauses", "billing": "no"}, today=TODAY)

    assert told_otherwise(better) == {}
    assert finding.words not in better.sections[finding.place].text


@pytest.mark.parametrize("case", PARTED)
def test_v01_the_clauses_follow_the_text_when_it_is_true(case):
    reading = PARTED[case][0]
    (finding,) = parted(reading)

    better = improved(reading, finding, {"holds": "text"}, today=TODAY)

    def bare(reading):
        return {replace(fact, words="", section=None) for fact in reading.facts}

    assert better.sections == reading.sections
    assert bare(better) == bare(read(NOTICE.encode()))


def test_v01_no_side_is_taken_unseen():
    reading = PARTED["a shorter period"][0]
    (finding,) = parted(reading)

    remedy = remedy_for(finding, reading, today=TODAY)

    assert not remedy.is_simple
    assert remedy.questions[0].key == "holds"


def test_v01_a_translation_is_read_by_itself():
    """Finnish follows the clauses, Swedish still promises what they no longer do."""
    reading = replace(read(NOTICE.encode()), languages=(Language.FINNISH, Language.SWEDISH))
    written = write(reading)
    swedish = "Lagring\nVi lagrar uppgifterna i 3 år från kundförhållandets slut.\n"
    sections = tuple(
        replace(one, text=swedish, written=False)
        if (one.key, one.language) == (SectionKey.RETENTION, Language.SWEDISH)
        else one
        for one in written.sections
    )
    shorter = [
        replace(fact, years=1) if fact.kind == ClauseKind.RETENTION else fact
        for fact in written.facts
    ]

    found = told_otherwise(write(replace(written, sections=sections, facts=tuple(shorter)), set()))

    assert [words for _place, words in found] == [
        "Vi lagrar uppgifterna i 3 år från kundförhållandets slut."
    ]
