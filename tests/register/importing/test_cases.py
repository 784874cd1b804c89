"""Files that lie beside the project, as people bring them; skipped where they are not at hand."""

import resource
import time
from pathlib import Path

import pytest

from register.importing import Normaliser, UnreadableTable, guess, open_table

CASES = Path(__file__).parents[4] / "shared" / "cases"
FILES = sorted([*(CASES / "encodings").glob("*"), *(CASES / "exports").glob("*")])
BOMBS = sorted(
    [*(CASES / "nasty" / "files").glob("*.xlsx"), *(CASES / "nasty" / "files").glob("*.zip")]
)
REFUSED = {
    "empty.csv": "empty",
    "half_utf16.csv": "cut_off",
    "only_bom.csv": "empty",
    "png_named.csv": "image",
}
ROWS_REFUSED = {
    "nul_bytes.csv": {2: "control_characters"},
    "one_huge_line.csv": {2: "too_long"},
    "open_quote.csv": {2: "broken_quotes"},
    "utf8_invalid_bytes.csv": {2: "damaged_characters"},
}
pytestmark = pytest.mark.skipif(not FILES, reason="the files are not beside the project")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_is_right_or_refused_once(path):
    if path.name in REFUSED:
        with pytest.raises(UnreadableTable) as refused:
            open_table(path)
        assert refused.value.code == REFUSED[path.name]
        return
    with open_table(path) as table:
        columns = guess(table)
        records = list(Normaliser(columns).records(table.rows()))
    assert {
        record.line: record.refused.code for record in records if record.refused
    } == ROWS_REFUSED.get(path.name, {})


@pytest.mark.parametrize("path", BOMBS, ids=lambda path: path.name)
def test_a_bomb_is_refused_at_once(path):
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(UnreadableTable):
        open_table(path)
    assert time.process_time() - start < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
