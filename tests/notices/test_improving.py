"""For each finding a remedy: a text to accept, to change or to leave."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override

import demo
from audit.reasons import because
from notices.checking import check
from notices.checking.rules import RULES
from notices.drafts import draft_of, reading_of
from notices.improving import (
    BadAnswer,
    DraftChanged,
    FindingGone,
    Question,
    ReasonNeeded,
    Shape,
    accept,
    accept_simple,
    accepted,
    improved,
    leave,
    remedy_for,
    review,
    settling,
    take_back,
)
from notices.improving.cures import BY_SECTION, CURES, FILLING, ONLY_TOLD, SAID_ANEW
from notices.reading import read
from notices.terms import ClauseKind, Language, LegalBasis, SectionKey
from tests.notices.improving import (
    TODAY,
    answered,
    brought_to_publishable,
    errors,
    one_of_each_rule,
)

EXAMPLES = sorted((Path(__file__).parent / "examples").iterdir())
GOOD = (Path(demo.__file__).parent / "notice.toml").read_bytes()


def good():
    return read(GOOD)


def with_text(reading, key, text, language=Language.FINNISH):
    """`reading` where the controller wrote `text` under a heading."""
    sections = tuple(
        replace(one, text=text, written=False)
        if (one.key, one.language) == (key, language)
        else one
        for one in reading.sections
    )
    return replace(reading, sections=sections)


def found(reading, rule):
    return next(one for one in check(reading, today=TODAY) if one.id == rule)


def text_of(reading, key, language=Language.FINNISH):
    return next(one.text for one in reading.sections if (one.key, one.language) == (key, language))


@pytest.fixture
def placeholder():
    """The demo's notice with a form's placeholder in it (D02)."""
    text = text_of(good(), SectionKey.OBJECTION) + "\n\nKiellä sähköpostitse (s-postiosoite)."
    return with_text(good(), SectionKey.OBJECTION, text)


class TestEveryRule:
    def test_has_a_remedy_but_what_no_text_of_ours_settles(self):
        """A rule that the checker gets must be told here how it is settled."""
        settled = set(CURES) | BY_SECTION | FILLING | SAID_ANEW
        assert {rule.id for rule in RULES} - settled == ONLY_TOLD

    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
    def test_is_settled_in_notices_of_all_forms_and_languages(self, path):
        reading = read(path.read_bytes())
        before = {one.id for one in errors(reading)}
        for finding, better in one_of_each_rule(reading):
            after = check(better, today=TODAY)
            assert finding.key not in {one.key for one in after}, finding
            assert {one.id for one in after if one.is_error} <= before, finding

    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
    def test_leads_to_a_notice_without_errors(self, path):
        better, _asked = brought_to_publishable(read(path.read_bytes()))
        assert errors(better) == []


class TestWords:
    def test_a_placeholder_becomes_the_address_for_requests(self, placeholder):
        """D02, P15"""
        finding = found(placeholder, "D02")
        remedy = remedy_for(finding, placeholder, today=TODAY)
        assert remedy.is_simple
        assert "sähköpostitse (tietosuoja@ruskapolku.example)" in remedy.text
        better = improved(placeholder, finding, today=TODAY)
        assert errors(better) == []
        assert text_of(better, SectionKey.PURPOSE) == text_of(placeholder, SectionKey.PURPOSE)

    def test_a_law_that_was_repealed_becomes_the_one_in_force(self):
        """D01"""
        text = "Käsittelemme tietoja henkilötietolain sallimissa rajoissa."
        old = with_text(good(), SectionKey.SECURITY_ELECTRONIC, text)
        better = improved(old, found(old, "D01"), today=TODAY)
        new = "Käsittelemme tietoja tietosuojalain sallimissa rajoissa."
        assert text_of(better, SectionKey.SECURITY_ELECTRONIC) == new

    def test_a_word_that_is_part_of_another_stays(self):
        """D34"""
        text = "Ulkoituskumppanit ja ulkoistuskumppanit."
        old = with_text(good(), SectionKey.SECURITY_ELECTRONIC, text)
        better = improved(old, found(old, "D34"), today=TODAY)
        new = "Ulkoistuskumppanit ja ulkoistuskumppanit."
        assert text_of(better, SectionKey.SECURITY_ELECTRONIC) == new

    def test_the_words_of_a_clause_change_with_the_text(self):
        """A clause never quotes what its notice does not say."""
        old = good()
        words = "Käsittelemme ja arkistoimme luottihakemukset."
        [fact] = [one for one in old.facts if one.term == "orders" and one.kind == "purpose"]
        facts = tuple(replace(one, words=words) if one == fact else one for one in old.facts)
        text = text_of(old, SectionKey.PURPOSE).replace(fact.words, words)
        old = with_text(replace(old, facts=facts), SectionKey.PURPOSE, text)
        better = improved(old, found(old, "D34"), today=TODAY)
        assert all(
            one.words in better.sections[one.section].text
            for one in better.facts
            if one.section is not None
        )


class TestAnswers:
    def test_clause_and_words_change_together(self):
        """D13, P16"""
        reading = read((EXAMPLES[0].parent / "tabbed.txt").read_bytes())
        bare = replace(
            reading,
            facts=tuple(
                replace(one, legal_basis=None) if one.kind == ClauseKind.PURPOSE else one
                for one in reading.facts
            ),
        )
        finding = next(one for one in check(bare, today=TODAY) if one.id in ("D06", "D13"))
        _remedy, answers = answered(finding, bare)
        better = improved(bare, finding, answers, today=TODAY)
        purposes = better.facts_of(ClauseKind.PURPOSE)
        assert all(isinstance(one.legal_basis, LegalBasis) for one in purposes)
        assert all(one.words in better.sections[one.section].text for one in purposes)

    def test_what_nobody_can_know_is_asked_and_never_invented(self):
        """D07: no name, no address."""
        reading = replace(good(), controller=replace(good().controller, name=None, address=None))
        reading = with_text(reading, SectionKey.CONTROLLER, "")
        finding = found(reading, "D07")
        remedy = remedy_for(finding, reading, today=TODAY)
        assert {one.key for one in remedy.questions if one.is_open} >= {"controller.name"}
        assert remedy.text is None
        with pytest.raises(BadAnswer) as refused:
            improved(reading, finding, today=TODAY)
        assert refused.value.key == "controller.name"

    def test_what_the_notice_says_is_filled_in(self):
        reading = with_text(good(), SectionKey.CONTROLLER, "")
        reading = replace(reading, controller=replace(reading.controller, name=None))
        questions = {
            one.key: one
            for one in remedy_for(found(reading, "D07"), reading, today=TODAY).questions
        }
        assert questions["controller.email"].initial == "asiakaspalvelu@ruskapolku.example"
        assert not questions["contact.name"].is_open

    def test_d02_a_gap_that_nobody_filled_in_answers_nothing(self):
        reading = with_text(good(), SectionKey.CONTROLLER, "[Yrityksen nimi], [osoite]")
        gap = replace(reading.controller, name="[Yrityksen nimi]", address="[osoite]")
        reading = replace(reading, controller=gap)
        questions = remedy_for(found(reading, "D02"), reading, today=TODAY).questions
        asked = {one.key for one in questions if one.is_open}
        assert asked >= {"controller.name", "controller.address"}

    def test_an_address_needs_a_postcode_and_a_town(self):
        """D09, P02"""
        reading = replace(good(), controller=replace(good().controller, address="Kettinkikuja 4"))
        finding = found(reading, "D09")
        for address in ("Kettinkikuja 4", "Kettinkikuja 4, Porvoo", "06100"):
            with pytest.raises(BadAnswer) as refused:
                improved(reading, finding, {"controller.address": address}, today=TODAY)
            assert refused.value.key == "controller.address"
        answers = {"controller.address": "Kettinkikuja 4, 06100 Porvoo"}
        better = improved(reading, finding, answers, today=TODAY)
        assert better.controller.address == "Kettinkikuja 4, 06100 Porvoo"

    @pytest.mark.parametrize(
        ("shape", "raw"),
        [
            (Shape.TEXT, " "),
            (Shape.TEXT, "131052-308T"),
            (Shape.TEXT, "x" * 201),
            (Shape.TEXT, "a\x00b"),
            (Shape.EMAIL, "aino"),
            (Shape.CHOICE, "maybe"),
            (Shape.SEVERAL, "yes maybe"),
            (Shape.NUMBER, "0"),
            (Shape.NUMBER, "²"),
            (Shape.NUMBER, "1000"),
            (Shape.NUMBER, "1" * 5_000),
            (Shape.DAY, "2026-02-30"),
        ],
    )
    def test_an_answer_that_cannot_be_used_is_told_at_its_question(self, shape, raw):
        question = Question("one", "One", choices=(("yes", "Yes"),), shape=shape)
        with pytest.raises(BadAnswer) as refused:
            question.answered({"one": raw})
        assert refused.value.key == "one"
        assert refused.value.sentence.endswith(".")

    @pytest.mark.parametrize(
        ("shape", "raw", "value"),
        [
            (Shape.TEXT, " Koe  Oy ", "Koe Oy"),
            (Shape.EMAIL, "aino@koe.example", "aino@koe.example"),
            (Shape.CHOICE, "yes", "yes"),
            (Shape.SEVERAL, "no yes", ["yes", "no"]),
            (Shape.NUMBER, "12", 12),
            (Shape.DAY, "2026-11-03", TODAY),
        ],
    )
    def test_a_good_answer_becomes_a_value(self, shape, raw, value):
        question = Question("one", "One", choices=(("yes", "Yes"), ("no", "No")), shape=shape)
        assert question.answered({"one": raw}) == value


class TestChangedText:
    def test_a_text_that_somebody_changed_is_taken_as_it_is(self, placeholder):
        finding = found(placeholder, "D02")
        own = "Vastustamme itsekin.\r\nKiellä soittamalla."
        better = improved(placeholder, finding, {}, own, today=TODAY)
        [section] = [
            one
            for one in better.sections
            if (one.key, one.language) == (SectionKey.OBJECTION, Language.FINNISH)
        ]
        assert section.text == "Vastustamme itsekin.\nKiellä soittamalla."
        assert not section.written

    def test_no_clause_quotes_words_that_the_changed_text_leaves_out(self, placeholder):
        better = improved(placeholder, found(placeholder, "D02"), {}, "Muuta.", today=TODAY)
        quoted = [one for one in better.facts if one.section is not None and one.words]
        assert all(one.words in better.sections[one.section].text for one in quoted)
        assert better.promises(ClauseKind.RIGHT, "objection")


@pytest.mark.django_db
class TestOnADraft:
    @pytest.fixture
    def draft(self, placeholder):
        return draft_of(placeholder, reason="Test")

    def test_accepting_stores_words_and_clauses_and_says_why(self, draft):
        finding = found(reading_of(draft), "D02")
        with override("sv"):
            accept(draft, finding.key, today=TODAY)
        assert review(draft, today=TODAY).errors == []
        assert accepted(draft) == 1
        assert draft.history.latest().history_change_reason == "Ehdotukset hyväksytty: D02"

    def test_what_is_gone_is_not_accepted_twice(self, draft):
        finding = found(reading_of(draft), "D02")
        accept(draft, finding.key, today=TODAY)
        with pytest.raises(FindingGone):
            accept(draft, finding.key, today=TODAY)

    def test_a_draft_that_changed_since_it_was_seen_is_not_changed(self, draft):
        finding, seen = found(reading_of(draft), "D02"), review(draft, today=TODAY).seen
        with because("Test"):
            draft.register_name = "Muu rekisteri"
            draft.save()
        with pytest.raises(DraftChanged):
            accept(draft, finding.key, today=TODAY, seen=seen)
        accept(draft, finding.key, today=TODAY, seen=review(draft, today=TODAY).seen)

    @pytest.mark.parametrize("act", ["accept", "accept_simple", "leave"])
    def test_nobody_waits_for_the_checker(self, draft, act, monkeypatch):
        """SQLite has one writer: what takes long is done before the draft is locked."""
        order, key = [], found(reading_of(draft), "D02").key

        def told(name):
            asked = getattr(settling, name)

            def tell(*args, **kwargs):
                order.append(name)
                return asked(*args, **kwargs)

            return tell

        for name in ("check", "improved", "remedy_for", "locked", "locked_as"):
            monkeypatch.setattr(settling, name, told(name))
        acts = {
            "accept": lambda: accept(draft, key, today=TODAY),
            "accept_simple": lambda: accept_simple(draft, today=TODAY),
            "leave": lambda: leave(draft, key, "The form stays.", today=TODAY),
        }
        acts[act]()
        assert "check" in order
        assert [name for name in order if name.startswith("locked")] == order[-1:]

    def test_a_bad_answer_changes_nothing(self, draft):
        before = reading_of(draft)
        with because("Test"):
            draft.controller_address = "Kettinkikuja 4"
            draft.save()
        key = found(reading_of(draft), "D09").key
        with pytest.raises(BadAnswer):
            accept(draft, key, {"controller.address": "Porvoo"}, today=TODAY)
        assert reading_of(draft).sections == before.sections

    def test_what_is_left_stands_apart_and_an_error_still_blocks(self, draft):
        finding = found(reading_of(draft), "D02")
        leave(draft, finding.key, " The form stays. ", today=TODAY)
        current = review(draft, today=TODAY)
        assert finding.key not in {one.key for one in current.open}
        assert [(one.key, row.why) for one, row in current.left] == [
            (finding.key, "The form stays.")
        ]
        assert [one.key for one in current.errors] == [finding.key]

    def test_leaving_needs_a_reason(self, draft):
        with pytest.raises(ReasonNeeded):
            leave(draft, found(reading_of(draft), "D02").key, " ", today=TODAY)

    def test_leaving_again_changes_the_reason(self, draft):
        key = found(reading_of(draft), "D02").key
        leave(draft, key, "One", today=TODAY)
        leave(draft, key, "Two", today=TODAY)
        assert [row.why for row in draft.set_aside.all()] == ["Two"]

    def test_it_can_be_taken_up_again(self, draft):
        key = found(reading_of(draft), "D02").key
        leave(draft, key, "One", today=TODAY)
        take_back(draft, key)
        assert key in {one.key for one in review(draft, today=TODAY).open}
        assert not draft.set_aside.exists()

    def test_accepting_what_was_left_takes_the_reason_away(self, draft):
        key = found(reading_of(draft), "D02").key
        leave(draft, key, "One", today=TODAY)
        accept(draft, key, today=TODAY)
        assert not draft.set_aside.exists()

    def test_all_that_needs_no_answer_is_accepted_in_one_change(self, draft):
        before = draft.history.count()
        assert accept_simple(draft, today=TODAY) >= 1
        assert review(draft, today=TODAY).errors == []
        assert draft.history.count() == before + 1


def test_v05_a_period_is_made_the_same_in_every_language():
    swedish = "Lagringstid\nBeställningar 5 år efter den senaste beställningen."
    reading = read(
        "Tietosuojaseloste\n\nSuomeksi\n\nRekisterinpitäjä\nRantakoti Oy\n\nTietosisältö\n"
        "nimi, tilaukset\n\nSäilytysaika\nTilaukset 2 vuotta viimeisestä tilauksesta.\n\n"
        f"På svenska\n\nPersonuppgiftsansvarig\nRantakoti Oy\n\n{swedish}\n".encode()
    )
    differs = found(reading, "V05-retention")
    _remedy, answers = answered(differs, reading)
    better = improved(reading, differs, answers, today=TODAY)
    assert "V05-retention" not in {one.id for one in check(better, today=TODAY)}
    assert "5 år" not in text_of(better, SectionKey.RETENTION, Language.SWEDISH)


def test_d24_no_right_demands_a_form_that_the_right_of_access_does_not():
    """P58: beside “the same for all requests” no other right asks for a letter."""
    reading = with_text(
        good(), SectionKey.RECTIFICATION, "Korjauspyyntö tulee tehdä kirjallisella pyynnöllä."
    )
    reading = with_text(reading, SectionKey.ACCESS, "Tarkastuspyyntö on allekirjoitettava.")
    finding = found(reading, "D23")
    better = improved(reading, finding, today=TODAY)
    assert "kirjallisella" not in text_of(better, SectionKey.RECTIFICATION)


def test_the_same_day_is_the_day_of_the_last_update():
    """D10, P01: a notice that nobody looked at for over a year."""
    reading = replace(good(), drawn_up_on=date(2023, 1, 2), updated_on=date(2024, 1, 2))
    better = improved(reading, found(reading, "D10"), today=TODAY)
    assert (better.drawn_up_on, better.updated_on) == (date(2023, 1, 2), TODAY)
