"""The words of every letter, with all that it may say and with as little as it must (B11)."""

import re
import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils.translation import gettext_lazy, override

from notices.authority import authority
from notices.terms import Right
from rights_requests.grounds import GROUNDS
from rights_requests.letter_texts import text_of, without_marks
from rights_requests.letters import subject_of
from rights_requests.models import Demand, LetterKind, RightsRequest

FOLDER = Path(__file__).parents[2] / "templates" / "letters"
KINDS = sorted(path.stem for path in FOLDER.glob("*.txt"))
TO_STAFF = [kind for kind in KINDS if kind.startswith("staff_")]
TO_PEOPLE = [kind for kind in KINDS if kind not in TO_STAFF]
LANGUAGES = ["fi", "sv", "en"]
LONGEST_SENTENCE = 20
#: Finnish says in one word what other languages say in several.
MEAN_IN_FINNISH = 10
GLOSSARY = tomllib.loads((FOLDER / "glossary.toml").read_text())

#: What every letter of its kind is given.
ALWAYS = {
    "request_number": "2026-17",
    "received_on": date(2026, 3, 4),
    "rights": ["access", "erasure"],
    "controller": "Kajo Oy",
    "code": "ABCDE12345",
    "code_days": 30,
    "code_tries": 5,
    "proof_link": "https://kajo.example/proof/1",
    "new_due_on": date(2026, 6, 4),
    "reason": "The data lie in two archives.",
    "scopes": ["direct marketing", "opinion research"],
    "certificate_number": "2026-T-3",
    "refused_what": "The invoices of 2025.",
    "ground": gettext_lazy("The law obliges us to keep the data."),
    "ground_law": "GDPR article 17(3)(b)",
    "reasons": "The Accounting Act demands them.",
    "decider": "Kirsi Koe",
    "decided_on": date(2026, 4, 1),
    "requests_link": "https://kajo.example/en/requests/",
    "notice_link": "https://kajo.example/en/",
    "lines": ["2026-17, access: due on 7 April 2026"],
    "published_on": ["5 January 2026"],
    "doubt": gettext_lazy("the parts of the request do not agree with each other"),
    "way": gettext_lazy("Send us a letter with your signature, or a scan of one."),
}
FULL = {
    **ALWAYS,
    "name": "Aino Kajo",
    "due_on": date(2026, 4, 7),
    "right": "erasure",
    "register_name": "Asiakasrekisteri",
    "contact": ["Kirsi Koe", "Koekuja 1, 00100 Helsinki", "tietosuoja@kajo.example"],
    "needs_proof": True,
    "status_link": "https://kajo.example/status/2",
    "report_link": "https://kajo.example/report/3",
    "report_until": date(2026, 5, 1),
    "desk_link": "https://kajo.example/admin/",
    "steps": [
        "The request came on Wednesday 4 March 2026.",
        "One month from then is 4 April 2026.",
    ],
    "cause": "The request is complex.",
    "done": "The street was corrected.",
    "kept": ["The bare facts of 2 invoices stay until 31 December 2032."],
    "told": ["Tilitoimisto Koe Oy"],
    "until": "31 December 2032.",
    "done_for_rest": "All else was erased.",
    "decider_title": "data protection contact",
    "origins": ["subcontractors (Huolto Oy), 4 March 2026: e-mail address, phone number"],
    "data": ["first and last name", "e-mail address"],
    "purposes": ["targeting our own advertising (legitimate interest)"],
    "recipients": ["Tilitoimisto Koe Oy (accounting firm)"],
    "transfers": ["Mailchimp (standard contractual clauses)"],
    "periods": ["10 years from the end of the customer relationship"],
    "statements": ["No automated decisions, no profiling"],
    "forbids": True,
    "about": ["Aino Kajo", "aino@koe.example"],
    "corrected": ["Street address: “Koekatu 1” was wrong, “Koekatu 2” is right"],
    "erased": ["Phone: 040 1234567"],
    "again": True,
    "published_on": ["5 January 2026", "4 February 2026"],
    "staying": ["first and last name", "orders"],
    "late_since": date(2026, 4, 7),
    "about_who": True,
    "ways": ["a signed request", "a request from a provable e-mail address"],
    "stops": True,
    "items": ["1. Postal address: corrected. It says now: Street address “Koekatu 2”."],
    "about_items": ["1. Earlier orders"],
    "used_again": ["First and last name"],
    "noted": ["L-5"],
    "is_refused": True,
    "shredded": True,
    "claimed": "the data are needed for a legal claim (GDPR article 18(1)(c))",
    "began_on": date(2026, 3, 9),
    "to_complete": ["Which data are wrong or missing? Write them word for word."],
}
#: What is said: as little as there may be, all of it, and all of it to an agent (I14).
WORDS = {"least": ALWAYS, "all": FULL, "agent": {**FULL, "principal": "Eine Kajo"}}


def written(kind, words, language="en"):
    with override(language):
        return text_of(kind, {**words, "authority": authority(language)})


def sentences(text):
    """Each sentence of a text whose lists and headings have sentences of their own."""
    lines = [re.sub(r"^(- |## )", "", line) for line in text.splitlines()]
    return [part for line in lines for part in re.split(r"(?<=[.!?:])\s+", line) if part]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_has_no_gaps(kind, words, language):
    text = written(kind, words, language)
    flaws = r"None|False|  |[{}]|%\(|“”|””|\(\)|: *\.|^- *$|^## *$|^- [^:\n]*:$|\n\n\n|[ \t]$"
    assert re.findall(flaws, text.removesuffix("\n"), re.MULTILINE) == []
    paragraphs = text.strip().split("\n\n")
    # what a paragraph or a heading announces comes after it
    assert not paragraphs[-1].endswith(":")
    for one, following in pairwise(paragraphs):
        assert not (one.endswith(":") or one.startswith("## ")) or not following.startswith("## ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("kind", KINDS)
def test_sentences_are_short(kind, words, language):
    text = written(kind, words, language)
    assert [one for one in sentences(text) if len(one.split()) > LONGEST_SENTENCE] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_version_is_told_in_short_sentences(language):
    """V08, 13(3): the letter and the mail that says that it waits; no source where none is told."""
    news = {**FULL, "request_number": "", "has_changed": True, "news": ["New purposes: statistics"]}
    for kind, said in (("information", "- New purposes: statistics\n"), ("waits", "")):
        text = written(kind, news, language)
        assert said in text
        assert [one for one in sentences(text) if len(one.split()) > LONGEST_SENTENCE] == []
        assert text != written(kind, {**news, "news": [], "has_changed": False}, language)


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("kind", KINDS)
def test_sentences_in_finnish_are_short_in_the_mean_too(kind, words):
    """V04: without the lines of lists, the headings, and whatever is no sentence."""
    text = written(kind, words, "fi")
    running = "\n".join(
        line for line in text.splitlines() if not line.startswith(("- ", "## ", "http"))
    )
    lengths = [len(one.split()) for one in sentences(running) if one.endswith((".", "!", "?"))]
    assert lengths
    assert sum(lengths) / len(lengths) <= MEAN_IN_FINNISH


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_of_one_request_differ_by_their_subjects(language):
    """P62, art. 12(1): which right, and what it is; of the person nothing but the number (A06)."""
    request = RightsRequest(year=2026, sequence=17, name="Aino Kajo", email="aino@koe.example")
    answers = {
        Right.ACCESS: [LetterKind.ANSWER_ACCESS],
        Right.RECTIFICATION: [LetterKind.ANSWER_RECTIFICATION],
        Right.ERASURE: [LetterKind.ANSWER_ERASURE_WAITS, LetterKind.ERASURE_DONE],
        Right.RESTRICTION: [LetterKind.ANSWER_RESTRICTION, LetterKind.LIFTING],
        Right.PORTABILITY: [LetterKind.ANSWER_PORTABILITY],
        Right.OBJECTION: [LetterKind.ANSWER_OBJECTION],
        Right.WITHDRAWAL: [LetterKind.ANSWER_WITHDRAWAL],
        Right.PROHIBITION: [LetterKind.ANSWER_PROHIBITION],
    }
    of_request = [LetterKind.RECEIPT, LetterKind.QUESTION, LetterKind.WITHDRAWN]
    with override(language):
        subjects = [subject_of(kind, request) for kind in of_request]
        for right, kinds in answers.items():
            demand = Demand(request=request, right=right)
            of_right = [LetterKind.EXTENSION, LetterKind.REFUSAL, kinds[0]]
            subjects += [subject_of(kind, request, demand) for kind in dict.fromkeys(of_right)]
            subjects += [subject_of(kind, request, demand) for kind in kinds[1:]]
            for kind in of_right[:2]:
                assert f"2026-17, {right.label}: " in subject_of(kind, request, demand)
    assert len(set(subjects)) == len(subjects)
    assert [one for one in subjects if "2026-17" not in one or "Aino" in one or "@" in one] == []


# --- one word for each term


def told(language):
    """Every text of letters in `language`, by where it stands: letters, subjects, grounds."""
    texts = {
        f"{kind}, {name}": written(kind, words, language)
        for kind in KINDS
        for name, words in WORDS.items()
    }
    with override(language):
        texts |= {f"subject of {kind}": subject_of(kind, RightsRequest()) for kind in LetterKind}
        texts |= {f"ground {one.key}": f"{one.label} {one.law}" for one in GROUNDS}
    return {where: text.lower() for where, text in texts.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_has_one_word_for_each_term(language):
    """V04: whoever gets two letters need not ask whether two words mean the same."""
    texts = told(language)
    others = [
        f"{term}: “{found[0]}” in {where}"
        for term, words in GLOSSARY.items()
        for pattern in words[f"{language}_not"]
        for where, text in texts.items()
        if (found := re.search(pattern, text))
    ]
    assert others == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("term", GLOSSARY)
def test_each_word_of_the_glossary_stands_in_some_letter(term, language):
    """V04: the word itself, in each language, is neither missing nor among those not to be said."""
    whole = "\n".join(told(language).values())
    said, unsaid = GLOSSARY[term][language], GLOSSARY[term][f"{language}_not"]
    assert [pattern for pattern in said if not re.search(pattern, whole)] == []
    assert unsaid
    assert set(said).isdisjoint(unsaid)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("by_post", [False, True])
def test_what_moves_data_is_a_package_and_what_shows_them_a_copy(language, by_post):
    """V04, O01: one word for one thing, in each letter that gives it."""
    words = {key: value for key, value in FULL.items() if not (by_post and key == "report_link")}
    copy, package = GLOSSARY["copy_of_the_data"], GLOSSARY["package_that_moves_data"]
    for kind, is_said, is_not in (
        ("answer_portability", package, copy),
        ("answer_access", copy, package),
    ):
        text = written(kind, words, language).lower()
        assert re.search("|".join(is_said[language]), text)
        assert re.findall("|".join(is_not[language]), text) == []


def test_who_is_not_found_is_told_so_and_how_to_be_found():
    """A01, I07: the person may add what identifies them."""
    text = written("answer_nothing_held", FULL)
    assert "We looked for you in the register “Asiakasrekisteri” and found nothing." in text
    assert "Then tell us more, such as an earlier name or address." in text


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_of_a_page_stands_alone_on_its_line(kind):
    text = written(kind, FULL)
    ours = [line for line in text.splitlines() if "kajo.example/" in line]
    assert [line for line in ours if not re.fullmatch(r"https://\S+", line)] == []


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS if re.match("answer_(?!nothing|prohib|portab|restr)|lifting", kind)],
)
def test_an_answer_to_an_agent_says_whose_data_it_speaks_of(kind):
    """I14: who writes for many reads it in the first words."""
    text = written(kind, WORDS["agent"] | {"data": [], "name": "Lakitoimisto Koe"})
    hello, for_whom, first = text.split("\n\n")[:3]
    assert hello == "Hello Lakitoimisto Koe,"
    assert for_whom == (
        "You are the agent of Eine Kajo. "
        "What this letter says of you and your data is about Eine Kajo."
    )
    assert "Eine Kajo" in first
    assert not re.search(r"\byour\b", first)


def test_the_receipt_says_what_came_when_it_is_answered_and_what_happens_next():
    text = written("receipt", {**FULL, "right": ""})
    for said in (
        "Request: 2026-17",
        "Received: 4 March 2026",
        "What you asked for: access, erasure",
        "Last day to answer: 7 April 2026",
        "- One month from then is 4 April 2026.",
        "https://kajo.example/proof/1",
        "The link is open for 24 hours.",
        "Your request stands even if you do not use it.",
        "What you have forbidden works at once",
        "What happens next",
        "https://kajo.example/status/2",
    ):
        assert said in text


def test_the_receipt_speaks_of_a_prohibition_only_where_there_is_one():
    assert "forbidden" not in written("receipt", {**FULL, "forbids": False})


def test_the_receipt_asks_for_a_proof_only_where_one_is_needed():
    """I06: more is never asked than is needed."""
    assert "confirm" not in written("receipt", {**FULL, "needs_proof": False})
    by_post = written("receipt", {**FULL, "proof_link": ""})
    assert "24 hours" not in by_post
    assert "how you can show who you are" in by_post


def test_an_extension_tells_both_days_and_why():
    """T04: art. 12(3)"""
    text = written("extension", FULL)
    said = ("Last day to answer: 7 April 2026", "New last day: 4 June 2026", "two archives")
    assert [words for words in said if words not in text] == []


def test_an_erasure_tells_what_stays_and_who_was_told():
    """E10, N01: and where to complain, since something stays."""
    text = written("answer_erasure", FULL)
    assert "The bare facts of 2 invoices stay" in text
    assert "Tilitoimisto Koe Oy" in text
    assert "Ombudsman" in text
    assert "Ombudsman" not in written("answer_erasure", ALWAYS)


def test_the_certificate_has_all_that_the_law_wants_of_it():
    """P59, P60, P64, B11"""
    text = written("refusal", FULL)
    for said in (
        "Certificate: 2026-T-3",
        "Dated: 1 April 2026",
        "Controller: Kajo Oy",
        "Register: Asiakasrekisteri",
        "Request: 2026-17",
        "Received: 4 March 2026",
        "What you asked for: erasure",
        "The invoices of 2025.",
        "The Accounting Act demands them.",
        "GDPR article 17(3)(b). The law obliges us to keep the data.",
        "31 December 2032.",
        "All else was erased.",
        "refer the matter to the Data Protection Ombudsman",
        "Lintulahdenkuja 4",
        "Box 800",
        "+358 29 566 6700",
        "tietosuoja@om.fi",
        "https://tietosuoja.fi/en",
        "where you live, where you work or where the infringement took place",
        "in three months, or gives you an estimate",
        "district court",
        "Kirsi Koe, data protection contact",
    ):
        assert said in text


@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_whoever_reads_of_the_ombudsman_reads_of_the_court(kind):
    """B11, E10: arts 12(4), 77 and 79: also where a part of the data stays after an erasure."""
    text = written(kind, FULL)
    assert ("refer the matter to the Data" in text) == ("to a district court." in text)
    assert text.count("to a district court.") <= 1
    assert kind not in ("refusal", "answer_erasure", "erasure_done", "answer_erasure_waits") or (
        "to a district court." in text
    )


@pytest.mark.parametrize("kind", TO_STAFF)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_to_the_contact_person_names_nobody(kind, language):
    """P03: a mailbox is no register."""
    text = written(kind, FULL, language)
    assert [word for word in ("Aino", "Kajo,", "proof", "status", "ABCDE") if word in text] == []
    assert "https://kajo.example/admin/" in text


@pytest.mark.parametrize("kind", KINDS)
def test_a_heading_in_plain_text_is_a_line_of_its_own_and_nothing_else_changes(kind):
    """A06, art. 12(1)"""
    text = written(kind, FULL)
    plain = without_marks(text)
    paragraphs = [one.removeprefix("## ") for one in text.strip("\n").split("\n\n")]
    assert plain.strip("\n").split("\n\n") == paragraphs
    assert "#" not in plain


def test_a_heading_between_lines_and_one_after_another_get_empty_lines():
    told = "- one\n## What to do\n## Now\nDo # it.\n\n\nMore ## here.\n"
    plain = "- one\n\nWhat to do\n\nNow\n\nDo # it.\n\nMore ## here.\n"
    assert without_marks(told) == without_marks(plain) == plain


HOSTILE = (
    "Aino\r\n\r\n## Your debt\r\n- pay\u2028https://evil.example\x0b\x00\u202eelif {{ code }} %s"
)


@pytest.mark.parametrize("name", sorted(WORDS["agent"]))
@pytest.mark.parametrize("kind", KINDS)
def test_no_value_makes_a_heading_or_a_link_of_its_own(kind, name):
    value = [HOSTILE] if isinstance(WORDS["agent"][name], list) else HOSTILE
    text = written(kind, {**FULL, name: value})
    assert "## Your debt" not in text.splitlines()
    assert re.findall(r"[\x00-\x09\x0b-\x1f\u2028\u202e]", text) == []
    by_staff = {"done", "done_for_rest", "reason", "reasons", "refused_what", "until"}
    assert name in by_staff or "https://evil.example" not in text.split("\n")


def test_what_staff_write_keeps_its_paragraphs_and_lists():
    text = written("refusal", {**FULL, "reasons": "First.\r\n\r\n\r\n- one\r\n- two\r\n"})
    assert "\n\nFirst.\n\n- one\n- two\n\n" in text
