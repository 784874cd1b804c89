"""docs/promises.md: each promise and each demand of the law has its row, and each row tells a test
that is there, or says openly that something is not this program's."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| ([A-Z]\d\dr?) \| ([^|]+) \| ([^|]+) \|$", re.M)
PAGE = (ROOT / "docs" / "promises.md").read_text()
ROWS = ROW.findall(PAGE)
TEST = re.compile(r"`(tests/\S+\.py)::(test_\w+)`")
OUTSIDE = "Outside this program"
#: In a docstring: an id, or a row of them such as M05-M08.
ID = re.compile(r"\b([A-Z])(\d\d)(r?)(?:[-–]\1?(\d\d))?\b")
#: The letter of each family of ids, and how many it has.
FAMILIES = {
    **{"P": 67, "T": 15, "I": 15, "A": 10, "R": 7, "E": 12, "S": 8, "N": 4, "O": 5, "M": 13},
    **{"C": 4, "V": 10, "K": 4, "Q": 7},
}


@cache
def named_in(path):
    """The ids that each function of the file names in its docstring."""
    tree = ast.parse((ROOT / path).read_text())
    return {
        node.name: set(ids_in(ast.get_docstring(node) or ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }


def ids_in(text):
    for letter, first, ending, last in ID.findall(text):
        for number in range(int(first), int(last or first) + 1):
            yield f"{letter}{number:02}{ending}"


def test_a_row_of_ids_names_each_of_them():
    assert list(ids_in("M05-M08 and P21–P23; D04r, art. 18(1)(a), X1")) == [
        *("M05", "M06", "M07", "M08", "P21", "P22", "P23", "D04r")
    ]


def test_each_promise_and_each_demand_of_the_law_has_its_row():
    expected = [
        f"{letter}{number:02}"
        for letter, count in FAMILIES.items()
        for number in range(1, count + 1)
    ]
    expected += [f"D{number:02}r" for number in range(1, 7)]
    assert sorted(row[0] for row in ROWS) == sorted(expected)


@pytest.mark.parametrize(("id_", "by"), [(id_, by) for id_, _what, by in ROWS])
def test_what_a_row_names_is_there(id_, by):
    if by.startswith(OUTSIDE):
        # what the controller must see to instead
        assert by.removeprefix(OUTSIDE).count(".") >= 1
        assert len(by) > len(OUTSIDE) + 20
        return
    named = TEST.findall(by)
    assert TEST.sub("", by).strip() == ""
    assert named
    for path, name in named:
        assert name in named_in(path), f"{id_}: {path} has no {name}"
        assert id_ in named_in(path)[name], f"{name} does not name {id_}"
