"""A remedy says nothing that neither the notice nor an answer says (5(1)(a), 5(2))."""

from dataclasses import replace

import pytest
from django.utils.translation import override

from notices.checking import check
from notices.guiding.explaining import BASES, PURPOSES, STATEMENTS
from notices.guiding.steps.rights import RightsForm
from notices.improving import BadAnswer, improved, remedy_for
from notices.improving.cures import CURES, OF_SECTION
from notices.improving.facts import with_facts, without_facts
from notices.improving.question import Given, Shape
from notices.improving.topics import parties, purposes, register, rights, site
from notices.reading import Fact, Party
from notices.terms import (
    ClauseKind,
    CookieUse,
    Language,
    LegalBasis,
    Purpose,
    RecipientKind,
    SectionKey,
    Statement,
    TransferTool,
)
from notices.writing import write
from notices.writing.starting import starting_point
from tests.notices.improving import TODAY
from tests.notices.test_improving import found, good, text_of, with_text

CONFESSED = "Teemme automaattisia luottopäätöksiä ja pisteytämme asiakkaat. Profiloimme asiakkaita."
NO_AUTOMATION = "Emme tee automaattisia päätöksiä"


def asked(ask, reading):
    return {one.key: one for one in ask(reading, TODAY)}


def without_statements(reading, *terms):
    kept = [
        fact
        for fact in reading.facts
        if fact.kind != ClauseKind.STATEMENT or fact.term not in terms
    ]
    return replace(reading, facts=tuple(kept))


def all_text(reading):
    return "\n".join(f"{one.text}\n{one.own_words}" for one in reading.sections)


class TestAutomation:
    """D15, D37, 13(2)(f), 22"""

    @pytest.fixture
    def confessed(self):
        bare = without_statements(good(), Statement.NO_AUTOMATED_DECISIONS)
        return with_text(bare, SectionKey.PROFILING, CONFESSED)

    def test_what_is_confessed_is_denied_only_by_an_answer(self, confessed):
        finding = found(confessed, "D37")
        open_ones = {one.key for one in remedy_for(finding, confessed, today=TODAY).questions}
        assert open_ones >= {"automation", "credit"}
        for answers in ({}, {"credit": "no"}, {"automation": "none"}):
            with pytest.raises(BadAnswer):
                improved(confessed, finding, answers, today=TODAY)
        answers = {"credit": "no", "automation": "none"}
        assert NO_AUTOMATION in all_text(improved(confessed, finding, answers, today=TODAY))

    def test_nothing_is_answered_beforehand_for_a_notice_that_describes_it(self, confessed):
        assert asked(purposes.ask_automation, confessed)["automation"].is_open
        both = with_text(good(), SectionKey.PROFILING, CONFESSED)
        assert asked(purposes.ask_automation, both)["automation"].is_open
        assert asked(purposes.ask_automation, good())["automation"].initial == "none"
        assert asked(register.ask_credit, confessed)["credit"].is_open

    def test_the_controllers_own_words_tell_how_it_works(self, confessed):
        finding = found(confessed, "D37")
        how = "Ohjelma ryhmittelee asiakkaat ostosten mukaan. Ihminen päättää hinnasta."
        answers = {"credit": "no", "automation": "profiling"}
        with pytest.raises(BadAnswer) as refused:
            improved(confessed, finding, answers, today=TODAY)
        assert refused.value.key == "automation.how"
        better = improved(confessed, finding, answers | {"automation.how": how}, today=TODAY)
        assert how in all_text(better)
        assert not better.promises(ClauseKind.STATEMENT, Statement.NO_AUTOMATED_DECISIONS)

    def test_personalised_content_is_not_given_up_unasked(self):
        """P09"""
        facts = tuple(
            replace(one, term=Purpose.PERSONALISED_CONTENT, legal_basis=None)
            if one.term == Purpose.STATISTICS
            else one
            for one in good().facts
        )
        reading = replace(good(), facts=facts)
        assert asked(purposes.ask_bases, reading)["basis.personalised_content"].is_open


class TestUnclearSentences:
    """D33"""

    SOLD = "Voimme myydä osoitetietoja esim. kumppaneille. Muuta emme luovuta."

    def test_only_the_sentence_changes_and_its_writer_says_how(self):
        reading = with_text(good(), SectionKey.DISCLOSURES, self.SOLD)
        finding = found(reading, "D33")
        remedy = remedy_for(finding, reading, today=TODAY)
        assert not remedy.is_simple
        assert remedy.questions[0].initial == "Voimme myydä osoitetietoja esim. kumppaneille."
        with pytest.raises(BadAnswer):
            improved(reading, finding, today=TODAY)
        answers = {"sentence.1": "Myymme osoitetietoja kumppaneille."}
        better = improved(reading, finding, answers, today=TODAY)
        assert text_of(better, SectionKey.DISCLOSURES) == (
            "Myymme osoitetietoja kumppaneille. Muuta emme luovuta."
        )
        others = [one for one in better.sections if one.key != SectionKey.DISCLOSURES]
        assert others == [one for one in reading.sections if one.key != SectionKey.DISCLOSURES]

    def test_an_empty_answer_takes_the_sentence_out(self):
        reading = with_text(good(), SectionKey.DISCLOSURES, self.SOLD)
        better = improved(reading, found(reading, "D33"), {"sentence.1": ""}, today=TODAY)
        assert text_of(better, SectionKey.DISCLOSURES) == "Muuta emme luovuta."

    def test_a_confessed_lack_of_safeguards_stays(self):
        """P34-P38"""
        lack = "Ohjelmassa ei yleensä ole salasanaa. Palomuuria ei ole."
        reading = with_text(good(), SectionKey.SECURITY_ELECTRONIC, lack)
        answers = {"sentence.1": "Ohjelmassa ei ole salasanaa."}
        better = improved(reading, found(reading, "D33"), answers, today=TODAY)
        told = "Ohjelmassa ei ole salasanaa. Palomuuria ei ole."
        assert text_of(better, SectionKey.SECURITY_ELECTRONIC) == told

    def test_a_clause_follows_the_sentence_that_says_it(self):
        old = good()
        [fact] = [one for one in old.facts if one.term == "registration"]
        words = fact.words.replace("annat", "annat yleensä")
        text = text_of(old, SectionKey.SOURCES).replace(fact.words, words)
        facts = tuple(replace(one, words=words) if one == fact else one for one in old.facts)
        old = with_text(replace(old, facts=facts), SectionKey.SOURCES, text)
        better = improved(old, found(old, "D33"), {"sentence.1": fact.words}, today=TODAY)
        assert fact in better.facts


class TestInitial:
    """No answer of ours stands where the notice says nothing."""

    @pytest.fixture
    def silent(self):
        return replace(good(), facts=(), sections=())

    @pytest.mark.parametrize(
        ("ask", "key"),
        [
            (rights.ask_storage, "paper"),
            (rights.ask_protection, "protected"),
            (register.ask_data, "data"),
            (register.ask_data, "billing"),
            (register.ask_sources, "sources"),
            (register.ask_sources, "public_sources"),
            (register.ask_retention, "inactive_months"),
            (register.ask_retention, "years.relationship_end"),
            (site.ask_cookies, "cookies"),
            (site.ask_transfers, "transfer"),
            (purposes.ask_needs, "needs"),
            (purposes.ask_automation, "automation"),
            (parties.ask_officer, "officer"),
        ],
    )
    def test_what_the_notice_does_not_say_is_open(self, silent, ask, key):
        """P32, P34, P20, 14(2)(f), 13(2)(a), 13(1)(f), 13(2)(e)-(f), 37"""
        assert asked(ask, silent)[key].is_open

    def test_what_the_notice_says_is_filled_in(self):
        reading = good()
        assert asked(rights.ask_protection, reading)["protected"].initial.split() == [
            "undertakings",
            "personal_accounts",
            "firewall",
        ]
        periods = asked(register.ask_retention, reading)
        assert periods["years.order"].initial == "5"
        assert periods["months.collected"].initial == "6"

    def test_a_lack_of_every_safeguard_can_be_answered(self):
        """P34-P38"""
        told = rights.tell_protection(good(), {"protected": ["none"]})
        assert not told.promises(ClauseKind.STATEMENT, *rights.PROTECTED)

    def test_google_does_not_answer_for_a_transfer(self):
        """D22, arts 44-49"""
        reading = with_text(good(), SectionKey.COOKIES, "Käytämme Google Analyticsia.")
        questions = asked(site.ask_transfers, reading)
        assert questions["transfer"].is_open
        assert questions["transfer.name"].initial == questions["transfer.country"].initial == ""


class TestOfficer:
    """V09, 13(1)(b)"""

    def test_the_controllers_details_do_not_deny_an_officer(self):
        reading = without_statements(good(), Statement.NO_OFFICER)
        reading = replace(reading, controller=replace(reading.controller, address="Ei mitään"))
        finding = found(reading, "D09")
        answers = {"controller.address": "Kettinkikuja 4, 06100 Porvoo"}
        better = improved(reading, finding, answers, today=TODAY)
        assert not better.promises(ClauseKind.STATEMENT, Statement.NO_OFFICER)

    def test_no_officer_is_said_where_it_was_answered(self):
        no = parties.tell_officer(replace(good(), facts=()), {"officer": "no"})
        assert no.promises(ClauseKind.STATEMENT, Statement.NO_OFFICER)
        with pytest.raises(BadAnswer):
            parties.tell_officer(good(), {"officer": "yes"})


class TestListOfData:
    """P20, 14(1)(d), 9(1)"""

    def test_words_that_no_clause_holds_are_asked_about(self):
        text = "Nimi, puhelinnumero, henkilötunnus ja terveystiedot"
        reading = with_text(good(), SectionKey.DATA_CONTENT, text)
        question = asked(register.ask_data, reading)["unlisted"]
        assert "henkilötunnus" in question.label
        assert "terveystiedot" in question.label
        assert "puhelinnumero" not in question.label
        assert question.is_open
        assert register.tell_unlisted(reading, {"unlisted": "no"}) == reading

    def test_words_that_are_true_stay_below_the_new_list(self):
        text = "Nimi, puhelinnumero, kengännumero ja lempiväri"
        reading = with_text(good(), SectionKey.DATA_CONTENT, text)
        told = register.tell_unlisted(reading, {"unlisted": "yes"})
        again = register.tell_unlisted(told, {"unlisted": "yes"})
        kept = [one.own_words for one in write(again).sections if one.key == "data_content"]
        lead = "Muualla kuin tässä järjestelmässä säilytämme:"
        assert kept == [f"{lead}\n\n- kengännumero\n- lempiväri", "", ""]

    def test_a_hanging_hyphen_parts_no_item(self):
        text = "Henkilön etu- ja sukunimi, puhelinnumero"
        reading = with_text(good(), SectionKey.DATA_CONTENT, text)
        assert "unlisted" not in asked(register.ask_data, reading)

    def test_a_list_that_clauses_hold_asks_nothing_more(self):
        reading = with_text(good(), SectionKey.DATA_CONTENT, "Nimi, puhelinnumero ja postiosoite")
        assert "unlisted" not in asked(register.ask_data, reading)


class TestCredit:
    """D37"""

    ANSWERS = {"recipients": ["own_staff", "credit"]}

    def told(self, reading, credit):
        names = {f"recipient.{kind}": "" for kind in register.NAMES}
        answers = names | self.ANSWERS | {"credit": credit}
        return register.tell_recipients(reading, answers).terms_of(ClauseKind.RECIPIENT)

    def test_who_decides_on_no_credit_gives_no_data_for_it(self):
        bare = without_facts(good(), ClauseKind.DISCLOSURE, ["credit_application"])
        assert self.told(bare, "no") == ["own_staff"]
        assert sorted(self.told(bare, None)) == ["credit", "own_staff"]

    def test_who_passes_applications_on_still_names_the_receiver(self):
        applying = with_facts(good(), ClauseKind.DISCLOSURE, ["credit_application"])
        assert sorted(self.told(applying, "no")) == ["credit", "own_staff"]


def test_d13_d17_the_questions_on_bases_explain_what_they_ask():
    questions = asked(purposes.ask_bases, good())
    first, second = [one for key, one in questions.items() if key.startswith("basis.")][:2]

    assert all(str(BASES[basis]) in first.help for basis in LegalBasis)
    assert second.help == str(PURPOSES[Purpose.RELATIONSHIP])
    assert str(STATEMENTS[Statement.GIVEN_FREELY]) in questions["needs"].help


def test_a_post_box_is_no_place_to_come_to():
    """P51, A4: nobody who has told only of a box is offered to promise meetings."""
    start = replace(starting_point([Language.FINNISH]), facts=())
    box = replace(start, controller=Party(address="Postilokero 12, 00990 Helsinki"))
    street = replace(start, controller=Party(address="Koekatu 12, 00990 Helsinki"))

    assert RightsForm(reading=street).initial["ways"] == ["signature", "proven_email", "in_person"]
    assert RightsForm(reading=box).initial["ways"] == ["signature", "proven_email"]


@pytest.mark.parametrize("language", Language)
def test_what_is_written_denies_and_promises_nothing_that_nobody_chose(language):
    """5(2): views and disclosures leave no mark today, and nobody was asked about selling."""
    written = all_text(write(starting_point([language]))).casefold()
    for words in (
        *("henkilötunnuksia emmekä", "emme myy", "katselu", "jokaisen luovutuksen", "json"),
        *("säljer inte", " visningar", "varje utlämnande", "personbeteckningar eller"),
        *("do not sell", "viewing", "each disclosure", "special categories"),
    ):
        assert words not in written


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.FINNISH, "perua suostumu"),
        (Language.SWEDISH, "återkalla ditt samtycke"),
        (Language.ENGLISH, "withdraw your consent"),
    ],
)
def test_what_does_not_exist_is_not_withdrawn(language, words):
    """13(2)(c): nothing rests on consent in the usual notice; where something does, it is told."""
    usual = starting_point([language])
    assert words not in all_text(write(usual))
    facts = tuple(
        replace(one, legal_basis="consent") if one.term == Purpose.MAINTAIN else one
        for one in usual.facts
    )
    assert words in all_text(write(replace(usual, facts=facts)))


def test_the_demo_promises_only_what_the_program_does():
    """V09, 5(2)"""
    said = all_text(good()).casefold()
    for words in (
        "katselu",
        " visningar",
        "viewing",
        "json",
        "ja suostumukset",
        "jokaisesta luovut",
    ):
        assert words not in said
    assert check(good(), today=TODAY) == []


def fact(kind, term, **details):
    return Fact(kind, term, "", None, **details)


def one_answer(question):
    """What the notice says already, else one of the answers that fit."""
    if question.initial or not question.required:
        return question.initial
    if question.choices:
        return str(question.choices[-1][0])
    return {Shape.NUMBER: "3", Shape.DAY: "2026-03-04", Shape.EMAIL: "a@koe.example"}.get(
        question.shape, "Koekuja 1, 00100 Helsinki"
    )


TOPICS = dict.fromkeys(
    topic for found in (*CURES.values(), *OF_SECTION.values()) for topic in found
)


class TestSeveralOfAKind:
    """13(1)(e)-(f): an answer about one recipient or transfer says nothing of the others."""

    @pytest.fixture
    def several(self):
        usual = starting_point((Language.FINNISH,))
        kinds = (ClauseKind.RECIPIENT, ClauseKind.TRANSFER, ClauseKind.COOKIES)
        facts = (
            fact(ClauseKind.RECIPIENT, RecipientKind.OWN_STAFF),
            fact(ClauseKind.RECIPIENT, RecipientKind.PARTNER, name="Palvelin Oy"),
            fact(ClauseKind.RECIPIENT, RecipientKind.PARTNER, name="Pilvi Inc", country="US"),
            fact(ClauseKind.RECIPIENT, RecipientKind.ANALYTICS, name="Kuikkamitta Oy"),
            fact(ClauseKind.RECIPIENT, RecipientKind.ANALYTICS, name="Counting Ltd", country="GB"),
            fact(ClauseKind.COOKIES, CookieUse.ANALYTICS, name="Kuikkamitta Oy", months=3),
            fact(ClauseKind.COOKIES, CookieUse.ANALYTICS, name="Counting Ltd", months=3),
            fact(
                ClauseKind.TRANSFER, TransferTool.STANDARD_CLAUSES, name="Pilvi Inc", country="US"
            ),
            fact(ClauseKind.TRANSFER, TransferTool.STANDARD_CLAUSES, name="Apu Ltd", country="IN"),
            fact(ClauseKind.TRANSFER, TransferTool.ADEQUACY, name="Alppi AG", country="CH"),
        )
        return replace(
            usual, facts=(*(one for one in usual.facts if one.kind not in kinds), *facts)
        )

    @pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: str(topic.home))
    def test_no_topic_gives_one_the_name_of_another(self, several, topic):
        questions = topic.ask(several, TODAY)
        answers = {one.key: one_answer(one) for one in questions}
        told = topic.tell(several, Given(questions, answers))
        for kind in (ClauseKind.RECIPIENT, ClauseKind.TRANSFER, ClauseKind.COOKIES):
            named = [(one.term, one.name, one.country) for one in several.facts_of(kind)]
            assert [(one.term, one.name, one.country) for one in told.facts_of(kind)] == named

    def test_a_vague_transfer_beside_others_is_asked_about_and_the_others_stay(self, several):
        """D27."""
        vague = fact(ClauseKind.TRANSFER, TransferTool.IF_NECESSARY)
        mixed = replace(several, facts=(*several.facts, vague))
        questions = site.ask_transfers(mixed, TODAY)
        answers = {
            "transfer": "standard_clauses",
            "transfer.name": "Pilvi Inc",
            "transfer.country": "CA",
        }
        told = site.tell_transfers(mixed, Given(questions, answers))
        assert [(one.name, one.country) for one in told.facts_of(ClauseKind.TRANSFER)] == [
            ("Pilvi Inc", "CA"),
            ("Apu Ltd", "IN"),
            ("Alppi AG", "CH"),
        ]

    def test_a_purpose_with_two_bases_gets_one_and_is_said_once(self):
        """D13-basis, P16."""
        usual = starting_point((Language.FINNISH,))
        facts = tuple(
            fact(ClauseKind.PURPOSE, Purpose.ORDERS, legal_basis=basis)
            for basis in (LegalBasis.CONTRACT, LegalBasis.CONSENT)
        )
        questions = purposes.ask_bases(replace(usual, facts=facts), TODAY)
        answers = {"basis.orders": "contract", "needs": "needed_for_contract"}
        told = purposes.tell_bases(replace(usual, facts=facts), Given(questions, answers))
        assert told.facts_of(ClauseKind.PURPOSE) == [facts[0]]


def test_d28_no_label_of_a_use_of_cookies_says_that_consent_is_asked():
    """A notice that measures visits unasked is read as what it says, and told so by D28."""
    with override("en"):
        labels = [str(use.label) for use in CookieUse]
    assert [label for label in labels if "with consent" in label] == []
