"""The writer: clauses in, plain sections of a notice out, that read back as the same clauses."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils.translation import override

from notices.authority import authority
from notices.checking import Severity, check
from notices.drafts import draft_of, reading_of
from notices.reading import Fact, Party, ReadSection, paired, read
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
from notices.writing import write
from notices.writing.starting import WAYS, starting_point

FI, SV, EN = Language.FINNISH, Language.SWEDISH, Language.ENGLISH
TODAY = date(2026, 11, 21)
CONTROLLER = Party(
    name="Leipomo Lumikuusi",
    address="Kanervakuja 4, 33100 Tampere",
    phone="020 000 0417",
    email="leipomo@lumikuusi.example",
)
CONTACT = Party(name="Aava Lumikuusi", phone="020 000 0418", email="aava@lumikuusi.example")
KEYS = [key for key in SectionKey if key != SectionKey.OTHER]
#: What contradicts another promise; each is tried by itself.
LEFT_OUT = {
    CookieUse.NONE,
    DisclosureGround.CREDIT_DECISION,  # D37: no notice of ours can list credit data
    Statement.DEMANDED_BY_LAW,
    Statement.NO_CONSENT,
    Statement.NO_PAPER,
    Statement.NO_PUBLIC_SOURCES,
    Statement.NO_AUTOMATED_DECISIONS,
    Right.WITHDRAWAL,  # told with the purposes that rest on consent
}
UNNAMED = {RecipientKind.OWN_STAFF, RecipientKind.AUTHORITY}
CONSENT_COOKIES = {CookieUse.ANALYTICS, CookieUse.MARKETING}


def usual(*languages):
    """The starting point of a sole trader who has said who she is."""
    return replace(
        starting_point(languages or tuple(Language)),
        register_name="Asiakasrekisteri",
        drawn_up_on=date(2026, 11, 2),
        controller=CONTROLLER,
        contact=CONTACT,
    )


def complete(*languages):
    """A notice that promises nearly all that can be promised."""
    terms = [
        (kind, term)
        for kind in ClauseKind
        for term in TERMS[kind]
        if kind not in (ClauseKind.TRANSFER, ClauseKind.RETENTION) and term not in LEFT_OUT
    ]
    return with_facts(
        usual(*languages),
        *(detailed(kind, term) for kind, term in terms),
        transfer(TransferTool.ADEQUACY, "Mittauspaja Ltd", "US"),
        transfer(TransferTool.STANDARD_CLAUSES, "Tukipiste Ltd", "IN"),
        rule(RetentionStart.RELATIONSHIP_END, years=3, inactive_months=24),
        rule(RetentionStart.ORDER, years=5, categories=(DataCategory.ORDERS,)),
        rule(RetentionStart.COLLECTED, months=6, categories=(DataCategory.IP_ADDRESS,)),
        VOUCHERS,
    )


def detailed(kind, term):
    made = fact(kind, term)
    if kind == ClauseKind.PURPOSE:
        bases = {
            Purpose.PERSONALISED_CONTENT: LegalBasis.CONSENT,
            Purpose.ORDERS: LegalBasis.CONTRACT,
        }
        return replace(made, legal_basis=bases.get(term, LegalBasis.LEGITIMATE_INTEREST))
    if kind == ClauseKind.RIGHT and term not in (Right.PROHIBITION, Right.COMPLAINT):
        return replace(made, ways=WAYS)
    if kind == ClauseKind.RECIPIENT and term not in UNNAMED:
        return replace(made, name=f"Kuutar {term.label.split()[0].title()} Oy")
    if term in CONSENT_COOKIES:
        return replace(made, name="Mittauspaja Ltd", months=12)
    return made


def fact(kind, term, **details):
    return Fact(kind, term, "", None, **details)


def rule(start, **details):
    return fact(ClauseKind.RETENTION, start, **details)


def transfer(tool, name="", country=""):
    return fact(ClauseKind.TRANSFER, tool, name=name, country=country)


#: What bookkeeping demands (T15).
VOUCHERS = rule(RetentionStart.FINANCIAL_YEAR_END, years=6, categories=(DataCategory.BILLING,))


def with_facts(reading, *facts):
    return replace(reading, facts=facts)


def without(reading, kind, *facts):
    """The reading with `facts` in place of those of a kind."""
    others = [one for one in reading.facts if one.kind != kind]
    return with_facts(reading, *others, *facts)


def text(reading, key, language=FI):
    [section] = [one for one in reading.sections if (one.key, one.language) == (key, language)]
    return section.text


def keys(reading, language=FI):
    return [one.key for one in reading.sections if one.language == language]


def read_back(written):
    """The written notice, in one language, as a plain text that our reader reads."""
    plain = [
        one.heading if one.key == SectionKey.TITLE else f"{one.heading}\n\n{one.text}"
        for one in written.sections
    ]
    return read("\n\n".join(plain).encode())


def promised(reading, kind, *details):
    return {
        (str(one.term), *(getattr(one, name) for name in details)) for one in reading.facts_of(kind)
    }


# --- every section, in every language


@pytest.mark.parametrize("reading", [usual(), complete()], ids=["usual", "complete"])
def test_every_section_is_written_in_every_language_in_the_usual_order(reading):
    """V01, V05, A1."""
    written = write(reading)
    for language in Language:
        assert keys(written, language) == KEYS
    assert all(section.written and section.text for section in written.sections)


@pytest.mark.parametrize("reading", [usual(), complete()], ids=["usual", "complete"])
def test_every_fact_stands_in_the_finnish_section_that_says_it_word_for_word(reading):
    written = write(reading)
    for one in written.facts:
        section = written.sections[one.section]
        assert section.language == FI
        assert one.words
        assert one.words in section.text


def test_facts_stand_in_the_first_language_where_there_is_no_finnish():
    written = write(usual(SV, EN))
    assert {written.sections[one.section].language for one in written.facts} == {SV}


@pytest.mark.parametrize("languages", [tuple(Language), (FI,), (SV,), (EN,)], ids=str)
@pytest.mark.parametrize("reading", [usual, complete])
def test_what_is_written_has_no_defect(reading, languages):
    """A5, A6, V04: no error and no warning."""
    findings = check(write(reading(*languages)), today=TODAY)
    assert [one for one in findings if one.severity != Severity.INFO] == []


def test_writing_again_changes_nothing():
    written = write(complete())
    assert write(written) == written


@pytest.mark.django_db
def test_what_is_written_is_stored_as_it_is():
    """V02: a draft holds the same words, facts and places."""
    written = write(complete())
    assert reading_of(draft_of(written, reason="a first notice")) == written


def test_the_starting_point_is_a_notice_that_only_lacks_who_the_controller_is():
    """13(1)(a): nobody's name is invented."""
    start = starting_point([SV, FI])
    assert (start.languages, start.request_languages) == ((SV, FI), (SV, FI))
    assert start.missing() == ["controller.name", "controller.email"]
    assert {one.kind for one in start.facts} == set(ClauseKind) - {ClauseKind.DISCLOSURE}
    assert not any(one.words or one.name or one.section for one in start.facts)


# --- what is written reads back


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reading", [usual, complete])
def test_what_is_written_reads_back_as_the_same_promises(reading, language):
    """P05-P09, P16, P20-P31, P51, P55: the reader finds each clause in the writer's words.

    What bookkeeping demands is said even where no clause says it (T15).
    """
    written = write(reading(language))
    again = read_back(written)
    assert again.unplaced == ()
    assert [one.key for one in again.sections] == keys(written, language)
    for kind, *details in (
        (ClauseKind.DATA, "called", "under_other_heading"),
        (ClauseKind.PURPOSE, "legal_basis"),
        (ClauseKind.SOURCE,),
        (ClauseKind.RECIPIENT, "name"),
        (ClauseKind.DISCLOSURE,),
        (ClauseKind.RIGHT, "ways"),
        (ClauseKind.TRANSFER, "name", "country"),
        (ClauseKind.COOKIES,),
        (ClauseKind.STATEMENT,),
    ):
        assert promised(again, kind, *details) == promised(written, kind, *details)
    periods = ("years", "months", "categories", "inactive_months")
    rules = without(
        written, ClauseKind.RETENTION, *written.facts_of(ClauseKind.RETENTION), VOUCHERS
    )
    assert promised(again, ClauseKind.RETENTION, *periods) == promised(
        rules, ClauseKind.RETENTION, *periods
    )
    assert again.request_languages == written.request_languages
    assert (again.controller, again.contact) == (written.controller, written.contact)
    assert again.drawn_up_on == written.drawn_up_on


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "ways",
    [
        (Identification.WRITTEN,),
        (Identification.SIGNATURE, Identification.PROVEN_EMAIL),
        (Identification.PROVEN_EMAIL, Identification.STRONG_ELECTRONIC),
        WAYS,
    ],
)
def test_the_ways_of_identification_read_back_for_each_right(ways, language):
    """P51, P55."""
    rights = [
        fact(ClauseKind.RIGHT, right, ways=ways)
        for right in Right
        if right not in (Right.ANONYMISATION, Right.PROHIBITION, Right.COMPLAINT, Right.WITHDRAWAL)
    ]
    again = read_back(write(without(usual(language), ClauseKind.RIGHT, *rights)))
    asked = {one.term: one.ways for one in rights}
    assert {
        one.term: one.ways for one in again.facts_of(ClauseKind.RIGHT) if one.term in asked
    } == asked


@pytest.mark.parametrize("word", OrderWord)
def test_the_controllers_own_word_for_an_order_is_used_and_read_back(word):
    """A2: 003 has assignments."""
    called = "" if word == OrderWord.ORDERS else str(word)
    orders = fact(ClauseKind.DATA, DataCategory.ORDERS, called=called)
    written = write(without(usual(FI), ClauseKind.DATA, orders))
    assert f"- {word}: numero" in text(written, SectionKey.DATA_CONTENT)
    again = read_back(written)
    assert promised(again, ClauseKind.DATA, "called") == {("orders", called)}
    if word != OrderWord.ORDERS:
        for key in (SectionKey.DATA_CATEGORIES, SectionKey.PURPOSE, SectionKey.RETENTION):
            assert "ilau" not in text(written, key)


# --- the rights that a notice forgets


def test_the_law_gives_its_rights_to_a_notice_that_forgets_them():
    """A4, D04, D11: rights exist without a clause; a promise beyond the law is not invented."""
    written = write(without(usual(), ClauseKind.RIGHT))
    terms = written.terms_of(ClauseKind.RIGHT)
    assert set(terms) == set(Right) - {Right.ANONYMISATION, Right.WITHDRAWAL}
    assert "anonymisoimme" not in text(written, SectionKey.OTHER_RIGHTS)
    assert "anonymisoimme" in text(write(usual()), SectionKey.OTHER_RIGHTS)


def test_a_right_that_was_forgotten_is_used_as_the_others_are():
    """A4: where nothing is said, the link that the program sends is enough."""
    access = fact(ClauseKind.RIGHT, Right.ACCESS, ways=(Identification.IN_PERSON,))
    ways = ways_of(write(without(usual(), ClauseKind.RIGHT, access)))
    assert ways[Right.ERASURE] == (Identification.IN_PERSON,)
    assert ways[Right.PROHIBITION] == ()
    ways = ways_of(write(without(usual(), ClauseKind.RIGHT)))
    assert ways[Right.ERASURE] == (Identification.PROVEN_EMAIL,)


def test_a_signature_is_never_the_only_way():
    """A4, D23: Otavamedia."""
    access = fact(ClauseKind.RIGHT, Right.ACCESS, ways=(Identification.SIGNATURE,))
    written = write(without(usual(), ClauseKind.RIGHT, access))
    assert ways_of(written)[Right.ACCESS] == (
        Identification.SIGNATURE,
        Identification.PROVEN_EMAIL,
    )
    assert "Pyyntö ei vaadi allekirjoitusta." in text(written, SectionKey.ACCESS)


def ways_of(reading):
    return {one.term: one.ways for one in reading.facts_of(ClauseKind.RIGHT)}


def test_only_the_rights_of_the_sections_written_are_added():
    written = write(with_facts(usual()), {SectionKey.ACCESS, SectionKey.COMPLAINT})
    assert written.terms_of(ClauseKind.RIGHT) == [Right.ACCESS, Right.COMPLAINT]
    assert written.terms_of(ClauseKind.STATEMENT) == [Statement.AUTHORITY]


@pytest.mark.parametrize("language", Language)
def test_the_authority_stands_in_the_complaint_with_its_present_address(language):
    """P64, D03, D42: residence, place of work or of the infringement."""
    complaint = text(write(usual()), SectionKey.COMPLAINT, language)
    named = authority(language)
    for part in ("name", "visiting_address", "postal_address", "phone", "email", "website"):
        assert getattr(named, part) in complaint
    places = {FI: "jossa asut tai työskentelet", SV: "bosatt, där du arbetar", EN: "where you work"}
    assert places[language] in complaint


def test_marketing_is_the_first_thing_to_object_to_and_stands_by_itself():
    """M01, M03, P52, art. 21(4)."""
    first, second = text(write(usual()), SectionKey.OBJECTION).split("\n\n")
    assert first.startswith("Sinulla on oikeus kieltää suoramarkkinointi milloin tahansa ilman")
    assert "Emme hylkää kieltoa" in first
    assert "oikeutettu etu" in second


def test_how_to_ask_is_told_with_the_time_the_price_and_the_court():
    """D24, P49, P50, T01, I12."""
    written = write(usual())
    access = text(written, SectionKey.ACCESS)
    for said in (
        "sähköinen pyyntölomake",
        CONTACT.email,
        CONTACT.phone,
        CONTROLLER.address,
        "suomeksi, ruotsiksi tai englanniksi",
        "viimeistään kuukauden kuluessa",
        "maksutonta",
        "Kielteisen päätöksen perustelemme kirjallisesti",
    ):
        assert said in access
    assert "tuomioistuimeen" in text(written, SectionKey.OTHER_RIGHTS)


def test_erasure_tells_what_prevents_it():
    """P30, E04."""
    assert "Poiston estävät vain laki, avoin lasku ja kesken oleva perintä." in text(
        write(usual()), SectionKey.OTHER_RIGHTS
    )


# --- why


def test_each_purpose_stands_with_its_one_basis():
    """P16, D06."""
    purpose = text(write(usual()), SectionKey.PURPOSE)
    assert (
        "- Tilausten käsittely ja arkistointi: hoidamme ne sovitusti (peruste: sopimus)." in purpose
    )
    assert "(peruste: oikeutettu etu)" in purpose


def test_a_purpose_without_a_basis_gets_none():
    one = fact(ClauseKind.PURPOSE, Purpose.STATISTICS)
    written = write(without(usual(), ClauseKind.PURPOSE, one))
    assert "laskemme lukuja ilman nimiä." in text(written, SectionKey.PURPOSE)
    assert SectionKey.LEGITIMATE_INTEREST not in keys(written)


def test_the_legitimate_interest_is_told_for_each_purpose_that_has_it():
    """13(1)(d), D13."""
    interest = text(write(complete()), SectionKey.LEGITIMATE_INTEREST)
    with_it = [
        one
        for one in complete().facts_of(ClauseKind.PURPOSE)
        if one.legal_basis == LegalBasis.LEGITIMATE_INTEREST
    ]
    # one more for the contact persons of organisations (D40)
    assert interest.count("\n- ") == len(with_it) + 1
    assert "Vastustamisoikeus" in interest


def test_with_an_organisation_the_contract_is_not_with_its_contact_person():
    """D40."""
    purpose = text(write(complete()), SectionKey.PURPOSE)
    assert "sopimus on organisaation kanssa. Silloin peruste on oikeutettu etu." in purpose
    assert "organisaation" not in text(write(usual()), SectionKey.PURPOSE)


def test_no_legitimate_interest_is_told_where_every_basis_is_another():
    only = fact(ClauseKind.PURPOSE, Purpose.ORDERS, legal_basis=LegalBasis.CONTRACT)
    written = write(without(usual(), ClauseKind.PURPOSE, only))
    said = text(written, SectionKey.LEGITIMATE_INTEREST)
    assert said == "Emme käsittele tietojasi oikeutetun edun perusteella."


def test_consent_tells_what_for_and_that_it_can_be_withdrawn():
    """13(2)(c), D14, C01."""
    consent = text(write(complete()), SectionKey.CONSENT)
    assert "- kohdennettu sisältö" in consent
    assert "- kävijätilastot evästeillä" in consent
    assert "Saat perua suostumuksesi milloin tahansa, yhtä helposti kuin annoit sen." in consent


def test_nothing_rests_on_consent_is_said_only_where_it_is_known():
    """P19."""
    none = "Emme käsittele tietojasi suostumuksen perusteella."
    assert none in text(write(usual()), SectionKey.CONSENT)
    assert none not in text(write(complete()), SectionKey.CONSENT)
    assert none not in text(write(with_facts(usual())), SectionKey.CONSENT)


def test_a_statement_that_another_promise_contradicts_is_not_said():
    """P19: a purpose that rests on consent wins over "no consent"."""
    odd = with_facts(
        usual(),
        fact(ClauseKind.PURPOSE, Purpose.STATISTICS, legal_basis=LegalBasis.CONSENT),
        fact(ClauseKind.STATEMENT, Statement.NO_CONSENT),
        transfer(TransferTool.NONE),
        transfer(TransferTool.ADEQUACY, country="CH"),
        fact(ClauseKind.COOKIES, CookieUse.NONE),
        fact(ClauseKind.COOKIES, CookieUse.NECESSARY),
    )
    written = write(odd)
    unsaid = [one.term for one in written.facts if one.section is None]
    assert unsaid == [Statement.NO_CONSENT, TransferTool.NONE, CookieUse.NONE]


def test_whether_data_must_be_given_is_told_with_what_follows():
    """13(2)(e), D17."""
    purpose = text(write(usual()), SectionKey.PURPOSE)
    assert purpose.endswith(
        "Laki ei vaadi sinua antamaan tietoja. Tarvitsemme nimesi ja yhteystietosi sopimuksen "
        "tekemiseen. Ilman niitä emme tee sopimusta kanssasi."
    )
    law = fact(ClauseKind.STATEMENT, Statement.DEMANDED_BY_LAW)
    freely = fact(ClauseKind.STATEMENT, Statement.GIVEN_FREELY)
    purpose = text(write(with_facts(usual(), law, freely)), SectionKey.PURPOSE)
    assert purpose.endswith("palvella sinua. Muiden tietojen antaminen on vapaaehtoista.")


def test_publication_is_written_with_the_right_to_forbid_it():
    """P14, P15."""
    assert "Saat kieltää tietojesi julkaisemisen" in text(write(complete()), SectionKey.PURPOSE)


# --- what, from where, to whom


def test_the_list_of_data_is_closed_and_tells_what_the_law_adds():
    """P20."""
    content = text(write(usual()), SectionKey.DATA_CONTENT)
    assert "- etu- ja sukunimi\n- sähköpostiosoite\n- postiosoite\n- puhelinnumero" in content
    assert "IP" not in content
    assert "Muita tietoja emme tallenna." in content
    assert "- tietosuojapyynnöt" in content


def test_data_found_under_another_heading_come_to_the_list_of_data():
    """D18."""
    billing = fact(ClauseKind.DATA, DataCategory.BILLING, under_other_heading=True)
    written = write(with_facts(usual(), billing))
    [found] = written.facts_of(ClauseKind.DATA)
    assert not found.under_other_heading
    assert written.sections[found.section].key == SectionKey.DATA_CONTENT


def test_recipients_stand_by_name_and_with_a_country_that_is_far_away():
    """13(1)(e), 13(1)(f), A02, D20."""
    named = [
        fact(ClauseKind.RECIPIENT, RecipientKind.ACCOUNTING, name="Tilipaja Hopeahelmi Oy"),
        fact(ClauseKind.RECIPIENT, RecipientKind.PARTNER, name="Pilvi Ltd", country="US"),
        fact(ClauseKind.RECIPIENT, RecipientKind.PARTNER, name="Palvelinpaja Oy", country="FI"),
    ]
    recipients = text(write(without(usual(), ClauseKind.RECIPIENT, *named)), SectionKey.RECIPIENTS)
    assert "- Tilipaja Hopeahelmi Oy saa laskut" in recipients
    assert "- Pilvi Ltd (Yhdysvallat) ylläpitää" in recipients
    assert "- Palvelinpaja Oy ylläpitää" in recipients


def test_data_from_others_are_told_of_within_a_month():
    """14(3), T12."""
    told = "kerromme siitä kuukauden kuluessa"
    assert told not in text(write(usual()), SectionKey.SOURCES)
    assert told in text(write(complete()), SectionKey.SOURCES)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (Statement.NO_PUBLIC_SOURCES, "Emme hae tietoja julkisista lähteistä."),
        (Statement.PUBLIC_SOURCES, "Saamme tietoja myös julkisista lähteistä"),
    ],
)
def test_whether_a_source_is_public_is_said_as_the_notice_states_it(statement, said):
    """14(2)(f), D41."""
    stated = fact(ClauseKind.STATEMENT, statement)
    sources = fact(ClauseKind.SOURCE, SourceKind.UPDATE_SERVICE)
    assert said in text(write(with_facts(usual(), sources, stated)), SectionKey.SOURCES)
    assert "julkis" not in text(write(with_facts(usual(), sources)), SectionKey.SOURCES)


def test_a_notice_without_grounds_discloses_nothing():
    """P27, P28."""
    assert text(write(usual()), SectionKey.DISCLOSURES).startswith(
        "Emme luovuta tietojasi säännönmukaisesti muille."
    )


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        (TransferTool.NONE, "Emme siirrä tietojasi EU:n tai ETA:n ulkopuolelle."),
        (TransferTool.ADEQUACY, "- Sirius Ltd, Yhdysvallat: siirto perustuu komission päätökseen"),
        (TransferTool.STANDARD_CLAUSES, "Saat jäljennöksen vakiosopimuslausekkeista pyytämällä."),
        (TransferTool.EXCEPTION, "poikkeukseen (49 artikla)"),
    ],
)
def test_transfers_tell_where_and_on_what_ground(tool, said):
    """P29, D22, 13(1)(f)."""
    where = {} if tool == TransferTool.NONE else {"name": "Sirius Ltd", "country": "US"}
    one = fact(ClauseKind.TRANSFER, tool, **where)
    assert said in text(write(with_facts(usual(), one)), SectionKey.TRANSFERS)


# --- how long


def test_each_rule_of_retention_names_its_data_and_its_start():
    """P31, D32, D01r."""
    retention = text(write(usual()), SectionKey.RETENTION)
    assert retention.startswith(
        "Tilaustesi tiedot säilytämme 3 vuotta tilauspäivästä.\n\n"
        "Muut tietosi säilytämme 3 vuotta asiakassuhteen päättymisestä."
    )
    assert "kun viimeisestä asioinnistasi on kulunut 24 kuukautta" in retention


def test_what_the_law_makes_us_keep_is_told_whatever_the_clauses_say():
    """T15, D04r, I09, M11."""
    retention = text(write(with_facts(usual())), SectionKey.RETENTION)
    for said in (
        "Laskut ja muut tositteet säilytämme 6 vuotta sen kalenterivuoden lopusta, jonka aikana",
        "Tietosuojapyynnöt, päätökset ja kirjeet säilytämme 3 vuotta päätöksestä.",
        "koodina, josta nimesi ja osoitteesi eivät selviä",
        "hävitämme 30 päivän kuluessa",
    ):
        assert said in retention


@pytest.mark.parametrize(("years", "said"), [(6, "6 vuotta"), (10, "10 vuotta")])
@pytest.mark.parametrize("categories", [(), (DataCategory.BILLING,)])
def test_a_rule_of_bookkeeping_is_said_once(years, said, categories):
    """T15."""
    books = rule(RetentionStart.FINANCIAL_YEAR_END, years=years, categories=categories)
    retention = text(write(with_facts(usual(), books)), SectionKey.RETENTION)
    assert retention.startswith(f"Laskut ja muut tositteet säilytämme {said}")
    assert retention.count("tositteet") == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (FI, "sen kalenterivuoden lopusta, jona tilikausi päättyi"),
        (SV, "utgången av det kalenderår då räkenskapsperioden upphörde"),
        (EN, "the calendar year in which the financial year ended"),
    ],
)
def test_years_of_bookkeeping_count_from_the_end_of_the_calendar_year(language, said):
    """T15: the label and the sentence of a rule say the same."""
    books = rule(RetentionStart.FINANCIAL_YEAR_END, years=7, categories=(DataCategory.ORDERS,))
    assert said in text(write(with_facts(usual(language), books)), SectionKey.RETENTION, language)
    with override(language):
        assert said in str(RetentionStart.FINANCIAL_YEAR_END.label)


def test_several_data_share_one_sentence():
    """D03r: an IP number has a period of its own."""
    several = rule(
        RetentionStart.COLLECTED,
        months=6,
        categories=(DataCategory.COOKIES, DataCategory.NAME, DataCategory.IP_ADDRESS),
    )
    assert text(write(with_facts(usual(), several)), SectionKey.RETENTION).startswith(
        "Nimesi, IP-numerosi ja evästetietosi säilytämme 6 kuukautta tallentamispäivästä."
    )


# --- security, cookies, profiling


def test_security_says_what_is_stated_and_no_more():
    """P32-P38."""
    electronic = text(write(usual()), SectionKey.SECURITY_ELECTRONIC)
    assert "salassapitositoumuksen" in electronic
    assert "palomuuri" not in electronic
    assert text(write(usual()), SectionKey.SECURITY_MANUAL) == (
        "Emme säilytä paperilla asiakkaiden tietoja."
    )
    papers = text(write(complete()), SectionKey.SECURITY_MANUAL)
    assert "lukitussa" in papers
    assert "paloturvallisessa" in papers
    assert SectionKey.SECURITY_MANUAL not in keys(write(with_facts(usual())))


def test_only_necessary_cookies_are_told_by_default():
    """K01, K03: those of this program."""
    cookies = text(write(with_facts(usual())), SectionKey.COOKIES)
    assert "sessionid" in cookies
    assert "csrftoken" in cookies
    assert "suostumu" not in cookies


def test_cookies_that_need_consent_tell_who_reads_them_and_how_long_they_last():
    """K02, D26, D14."""
    cookies = text(write(complete()), SectionKey.COOKIES)
    assert "vain, jos annat siihen suostumuksen. Näitä evästeitä lukee Mittauspaja Ltd." in cookies
    assert "Näiden evästeiden elinaika on 12 kuukautta." in cookies
    assert "Pyydämme suostumuksen ennen näiden evästeiden tallentamista." in cookies
    bare = fact(ClauseKind.COOKIES, CookieUse.ANALYTICS)
    cookies = text(write(with_facts(usual(), bare)), SectionKey.COOKIES)
    assert "elinaika" not in cookies
    assert "lukee" not in cookies.split("\n\n")[0]


def test_no_profiling_is_said_only_where_no_purpose_chooses_people():
    """P47, D15, 13(2)(f)."""
    assert "emmekä profiloi" in text(write(usual()), SectionKey.PROFILING)
    targeted = fact(ClauseKind.PURPOSE, Purpose.AD_TARGETING)
    stated = fact(ClauseKind.STATEMENT, Statement.NO_AUTOMATED_DECISIONS)
    profiling = text(write(with_facts(usual(), targeted, stated)), SectionKey.PROFILING)
    assert "profiloi" not in profiling
    assert "Saat kieltää sen milloin tahansa." in profiling


# --- who


def test_who_is_told_without_a_gap_where_something_is_missing():
    """P01-P04, V09: no placeholder, no invented value (D02)."""
    bare = replace(usual(), drawn_up_on=None, contact=Party(), controller=Party(name="Tmi Aava"))
    written = write(bare)
    assert text(written, SectionKey.CONTROLLER) == "Tmi Aava"
    assert SectionKey.DRAWN_UP not in keys(written)
    assert text(written, SectionKey.CONTACT).startswith("Meillä ei ole tietosuojavastaavaa.")
    assert "sähköposti osoitteeseen" not in text(written, SectionKey.ACCESS)


def test_without_a_contact_person_the_controller_answers():
    """P03."""
    written = write(replace(usual(), contact=Party()))
    contact = text(written, SectionKey.CONTACT)
    assert CONTROLLER.email in contact
    assert "Vastaamme itse kysymyksiisi" in contact


def test_both_dates_are_told_in_each_language():
    """P01."""
    written = write(replace(usual(), updated_on=date(2026, 11, 20)))
    assert "Laadittu 2.11.2026. Päivitetty 20.11.2026." in text(written, SectionKey.DRAWN_UP)
    assert "Updated on 20 November 2026." in text(written, SectionKey.DRAWN_UP, EN)


def test_the_registers_name_stands_in_the_title_and_under_its_heading():
    """P04."""
    written = write(replace(usual(), register_name="Asiakas- ja käyttäjärekisteri"))
    assert text(written, SectionKey.TITLE) == "Asiakas- ja käyttäjärekisteri – tietosuojaseloste"
    assert text(written, SectionKey.REGISTER_NAME, SV) == "Kund- och användarregister"


# --- places, own words, what stays


def section(key, language, words="Omaa tekstiä.", **details):
    return ReadSection(key, language, f"{key} {language}", words, **details)


def test_what_is_not_asked_for_stays_untouched():
    own = tuple(section(key, FI) for key in (SectionKey.SOURCES, SectionKey.RETENTION))
    written = write(replace(usual(FI), sections=tuple(paired(own))), {SectionKey.RETENTION})
    assert written.sections[0] == own[0]
    assert written.sections[1].text != own[1].text
    assert written.sections[1].written


def test_own_words_stay_beside_the_text():
    own = section(SectionKey.SOURCES, FI, own_words="Kysymme myös *isoäidiltä*.")
    written = write(replace(usual(FI), sections=(own,)))
    [found] = [one for one in written.sections if one.key == SectionKey.SOURCES]
    assert found.own_words == own.own_words
    assert "isoäidiltä" not in found.text


def test_a_missing_place_is_added_where_it_usually_stands():
    """A1; other matters stay behind the section that they follow."""
    own = (
        section(SectionKey.TITLE, FI),
        section(SectionKey.SOURCES, FI),
        section(SectionKey.OTHER, FI),
        section(SectionKey.COOKIES, FI),
    )
    before = replace(usual(FI), sections=tuple(paired(own)))
    assert keys(write(before, {SectionKey.RETENTION, SectionKey.PURPOSE})) == [
        SectionKey.TITLE,
        SectionKey.PURPOSE,
        SectionKey.SOURCES,
        SectionKey.OTHER,
        SectionKey.RETENTION,
        SectionKey.COOKIES,
    ]
    everything = keys(write(before))
    everything.remove(SectionKey.OTHER)
    assert everything == KEYS


def test_a_new_language_joins_the_places_that_are_there():
    own = (
        section(SectionKey.OTHER, FI),
        section(SectionKey.SOURCES, FI),
        section(SectionKey.OTHER, SV),
    )
    written = write(replace(usual(FI, SV), sections=tuple(paired(own))), {SectionKey.SOURCES})
    assert [(one.key, one.language) for one in written.sections] == [
        (SectionKey.OTHER, FI),
        (SectionKey.OTHER, SV),
        (SectionKey.SOURCES, FI),
        (SectionKey.SOURCES, SV),
    ]


def test_a_fact_moves_from_where_it_was_found_to_the_section_that_says_it():
    """P48 said among the sources, as in 003."""
    own = (
        section(SectionKey.SOURCES, FI, "Saat tarkastaa tietosi."),
        section(SectionKey.OTHER, FI),
    )
    found = replace(
        fact(ClauseKind.RIGHT, Right.ACCESS), words="Saat tarkastaa tietosi.", section=0
    )
    elsewhere = replace(fact(ClauseKind.DATA, DataCategory.NAME), words="Omaa tekstiä.", section=1)
    before = replace(usual(FI), sections=tuple(paired(own)), facts=(found, elsewhere))
    written = write(before, {SectionKey.ACCESS, SectionKey.TITLE})
    moved, stayed = written.facts[:2]
    assert written.sections[moved.section].key == SectionKey.ACCESS
    assert moved.words == "Sinulla on oikeus tarkastaa tietosi."
    assert written.sections[stayed.section].key == SectionKey.OTHER
    assert stayed.words == "Omaa tekstiä."


def test_a_fact_whose_words_are_written_over_stands_nowhere():
    own = (section(SectionKey.SOURCES, FI, "Nimesi säilytämme vuoden."),)
    kept = replace(
        rule(RetentionStart.COLLECTED, years=1), words="Nimesi säilytämme vuoden.", section=0
    )
    written = write(
        replace(usual(FI), sections=tuple(paired(own)), facts=(kept,)), {SectionKey.SOURCES}
    )
    [left] = [one for one in written.facts if one.kind == ClauseKind.RETENTION]
    assert written.sections == own
    assert left == kept
    sources = fact(ClauseKind.SOURCE, SourceKind.PURCHASE)
    written = write(
        replace(usual(FI), sections=tuple(paired(own)), facts=(kept, sources)), {SectionKey.SOURCES}
    )
    assert (written.facts[0].section, written.facts[0].words) == (None, "")


def test_a_section_with_nothing_left_to_say_goes_unless_it_holds_own_words():
    """What no clause says any more is not left standing."""
    written = write(usual(FI))
    without_recipients = without(written, ClauseKind.RECIPIENT)
    assert SectionKey.RECIPIENTS not in keys(write(without_recipients))
    with_words = replace(
        without_recipients,
        sections=tuple(
            replace(one, own_words="Kysy lisää.") if one.key == SectionKey.RECIPIENTS else one
            for one in without_recipients.sections
        ),
    )
    assert text(write(with_words), SectionKey.RECIPIENTS) == ""


def test_the_controllers_own_text_stays_where_the_clauses_say_nothing():
    own = section(SectionKey.RECIPIENTS, FI)
    written = write(replace(usual(FI), facts=(), sections=(own,)))
    assert own in written.sections


def test_a_notice_without_languages_is_written_in_finnish():
    written = write(replace(usual(FI), languages=()))
    assert written.languages == (FI,)
    assert {one.language for one in written.sections} == {FI}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (FI, "Säilytämme paperit lukitussa ja paloturvallisessa tilassa."),
        (SV, "Vi förvarar papper i ett låst och brandsäkert utrymme."),
        (EN, "We keep papers in locked and fire-safe storage."),
    ],
)
def test_p32_one_storage_is_told_in_one_sentence(language, sentence):
    stored = [
        Fact(ClauseKind.STATEMENT, term, "", None)
        for term in (Statement.LOCKED_STORAGE, Statement.FIREPROOF_STORAGE)
    ]
    written = write(with_facts(usual(), *stored))
    assert sentence in text(written, SectionKey.SECURITY_MANUAL, language)


def test_k01_what_the_same_reader_reads_as_long_is_told_once():
    cookies = [
        Fact(ClauseKind.COOKIES, use, "", None, name="Koemittari Oy", months=13)
        for use in (CookieUse.ANALYTICS, CookieUse.MARKETING)
    ]
    told = text(write(with_facts(usual(), *cookies)), SectionKey.COOKIES)
    assert told.count("Näitä evästeitä lukee Koemittari Oy.") == 1
    assert told.count("elinaika on 13 kuukautta") == 1


def test_d37_applications_for_credit_go_to_a_finance_company():
    credit = Fact(ClauseKind.RECIPIENT, RecipientKind.CREDIT, "", None)
    asked, decided = (
        Fact(ClauseKind.DISCLOSURE, ground, "", None)
        for ground in (DisclosureGround.CREDIT_APPLICATION, DisclosureGround.CREDIT_DECISION)
    )
    only_asked = text(write(with_facts(usual(), credit, asked)), SectionKey.RECIPIENTS)
    both = text(write(with_facts(usual(), credit, asked, decided)), SectionKey.RECIPIENTS)
    assert "Rahoitusyhtiö saa luottohakemuksesi tiedot." in only_asked
    assert "Luottotietoyhtiö" not in only_asked
    assert "Luottotietoyhtiö saa tiedot" in both


def test_d20_only_these_is_not_said_where_transfers_name_another():
    accounting = Fact(ClauseKind.RECIPIENT, RecipientKind.ACCOUNTING, "", None, name="Koeluku Oy")
    transfer = Fact(ClauseKind.TRANSFER, TransferTool.ADEQUACY, "", None, country="US")
    intros = [
        text(write(with_facts(usual(), accounting, one)), SectionKey.RECIPIENTS).split("\n")[0]
        for one in (replace(transfer, name="Koeluku Oy"), replace(transfer, name="Koepilvi Inc."))
    ]
    assert intros == [
        "Tietoja saavat vain nämä:",
        "Tietoja saavat vain nämä ja ne, jotka nimeämme tietojen siirtojen kohdalla:",
    ]
