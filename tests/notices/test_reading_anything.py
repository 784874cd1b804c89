"""Whatever bytes come, the reader answers or says why not, and in little time."""

import re
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.drafts import unreadable_message
from notices.reading import MAX_BYTES, Reading, UnreadableNotice, read
from notices.reading.recognisers import RIGHTS, Table
from notices.terms import ClauseKind, Right

EXAMPLES = sorted((Path(__file__).parent / "examples").iterdir())
SHARDS = [
    "\t", "\n", "<p>", "</p>", "<h2>", "<td>", "<!--", "<script>", "&#9999999;", "- ", ":", "1. ",
    "Evästeet", "Rekisterinpitäjä\t", "Oikeus tehdä valitus", "[notice]", "30.2.2021",
    "\0", "\ud7ff",
]  # fmt: skip


def reads_or_refuses(raw):
    try:
        return read(raw).as_json()
    except UnreadableNotice as refusal:
        return refusal.code


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw):
    assert reads_or_refuses(raw)


@settings(deadline=None)
@given(st.lists(st.sampled_from(SHARDS) | st.text(max_size=12), max_size=40))
def test_any_text_is_read_or_refused(shards):
    assert reads_or_refuses("".join(["Rekisterin nimi\n", *shards]).encode(errors="replace"))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EXAMPLES), st.data())
def test_a_damaged_notice_is_read_or_refused(path, data):
    raw = path.read_bytes()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    shard = data.draw(st.binary(max_size=8) | st.sampled_from(SHARDS).map(str.encode))

    assert reads_or_refuses(raw[:start] + shard + raw[end:])
    assert reads_or_refuses(raw[:start] + shard + raw[start:])


@pytest.mark.parametrize(
    "unit",
    [
        "<a ",
        "<!--",
        '<p "',
        "&#9",
        "- A",
        "A. ",
        "oikeus\tx\n",
        "Evästeet\n",
        "<h2>Muuta</h2>",
        "10 ",
    ],
)
def test_a_mebibyte_of_anything_is_read_in_a_straight_line(unit):
    raw = ("Rekisterin tietosisältö\n\n" + unit * MAX_BYTES).encode()[:MAX_BYTES]
    started = time.process_time()
    reads_or_refuses(raw)

    # a guard against going back and forth, which takes minutes; the figures are for benchmarks
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Evästeet\n\nx\n\nRekisterin nimi\n\nx\n\n" * 251, "sections"),
        ("Evästeet\n\n" + "a b " * 25_001, "section"),
        ("Evästeet\n\n" * 19_000, "section"),
        ("a b " * 25_001 + "\n\nEvästeet\n\nEi ole.", "section"),
        ("Evästeet\n\n" + "x\n" * 50_000, "lines"),
    ],
)
def test_a_text_that_makes_every_later_act_slow_is_refused(text, what):
    with pytest.raises(UnreadableNotice) as refusal:
        read(text.encode())

    assert (refusal.value.code, refusal.value.params["what"]) == ("too_large", what)


def test_a_dense_text_is_searched_for_rights_a_few_times_for_each_sentence():
    """Once for each right it took forty seconds of a request's time."""
    sentence = "Sinulla on oikeus tarkastaa, oikaista, poistaa, siirtää ja rajoittaa tietosi %d. "
    others = "Lähetä meille pyyntö numero %d. "
    text = "".join(sentence % number + others % number for number in range(250))
    calls = 0

    def counted(frame, event, _argument):
        nonlocal calls
        if event == "call" and frame.f_code is Table.terms.__code__:
            calls += frame.f_locals["self"] is RIGHTS

    sys.setprofile(counted)
    try:
        reading = read(f"Rekisterinpitäjä\nKuikka Oy\n\nOikeutesi\n{text}".encode())
    finally:
        sys.setprofile(None)
    assert reading.promises(ClauseKind.RIGHT, Right.ACCESS)
    assert calls < 500 * 3


def test_retention_rules_beyond_reason_are_no_facts_but_stay_in_the_text():
    """A1: nothing of the text is dropped."""
    said = [f"Säilytämme tietoja {n} vuotta {m} kuukautta tilauksesta." for n in range(1, 41)
            for m in range(1, 12)]  # fmt: skip
    reading = read(("Säilytysaika\n\n" + "\n\n".join(said)).encode())

    assert len(reading.facts_of(ClauseKind.RETENTION)) == 200
    assert all(words in reading.sections[0].text for words in said)


def test_what_runs_on_for_longer_than_a_clause_holds_is_no_sentence():
    on_and_on = "tilaustiedot 2 vuotta tilauksesta ja "
    reading = read(f"Säilytysaika\n- A {on_and_on * 2000}\n- 3 vuotta ostosta\n".encode())

    assert [fact.years for fact in reading.facts] == [3]
    assert reading.sections[0].text.count("2 vuotta") == 2000


def test_a_reading_is_what_comes_of_a_notice():
    assert all(isinstance(read(path.read_bytes()), Reading) for path in EXAMPLES)


PIECES = [
    "Evästeet", "Rekisterinpitäjä", "Tietosuojaseloste", "1. ", "A: ", "§ 3 ", "IV. ", "2.1 ",
    "## ",
    "**", "__", "- ", "* ", "+ ", "a) ", "| ", " |", "|---|---|", "---", "===", ": ", "\t", "    ",
    "\n", "\n\n", "koira", "Kissa juoksee.", "1.2.2024", "Päivitetty ", "Laadittu ", "?", ".",
    "(x)",
    "[a](b)", "Oy", "Registrets namn", "Controller", "RETENTION", "Yhteyshenkilö: ", "_", "*", "\\",
    "> ", "```", "title: x", "\xa0", "\xad",
]  # fmt: skip


def letters(text):
    """Letters and figures: a sign of Markdown taken out may join two words, as it does there."""
    return Counter(re.findall(r"[^\W_]", text))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_each_word_of_a_text_is_in_a_section_or_told_as_unplaced(pieces):
    text = "".join([*pieces, "\n\nRekisterin nimi\nAsiakkaat\n"])
    try:
        reading = read(text.encode())
    except UnreadableNotice:
        return
    kept = [section.heading for section in reading.sections]
    kept += [section.text for section in reading.sections if section.key != "title"]

    assert letters("".join([*kept, *reading.unplaced])) == letters(text)


@pytest.mark.parametrize("what", ["lines", "sections", "section", "clauses", "toml"])
def test_what_is_too_large_is_told_with_its_limit(what):
    with translation.override("en"):
        told = unreadable_message(UnreadableNotice("too_large", what=what, limit=40_123, found=1))

    assert "40,123" in told or "40123" in told
    assert "1 MB" not in told
