"""How hard a text is to read: words in a sentence, and LIX (V04)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
LONG = 6


@dataclass(frozen=True)
class Measure:
    """`mean` words in a sentence; LIX adds the percentage of words over six letters."""

    words: int
    mean: float
    lix: float


def measure(sentences: Iterable[str]) -> Measure:
    """Measures sentences; all 0 where there is no word."""
    counts = [[len(word) for word in WORD.findall(words)] for words in sentences]
    counts = [lengths for lengths in counts if lengths]
    words = sum(map(len, counts))
    if not words:
        return Measure(0, 0, 0)
    mean = words / len(counts)
    long = sum(length > LONG for lengths in counts for length in lengths)
    return Measure(words, mean, mean + 100 * long / words)
