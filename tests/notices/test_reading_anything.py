"""Whatever bytes come, the reader answers or says why not, and in little time."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.reading import MAX_BYTES, Reading, UnreadableNotice, read

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


def test_a_reading_is_what_comes_of_a_notice():
    assert all(isinstance(read(path.read_bytes()), Reading) for path in EXAMPLES)
