"""Our own TOML: what is written is what is read, and a slip is named where it stands."""

from datetime import date

import pytest

from notices.reading import Party, UnreadableNotice, read

NOTICE = """
[notice]
register_name = "Kunder"
languages = ["fi", "sv"]
drawn_up_on = 2026-01-15
request_languages = ["sv"]

[controller]
name = "Kuikka Oy"
email = "k@kuikka.example"

[[section]]
key = "data_content"
[section.fi]
heading = "Tietosisältö"
text = "Nimi ja toimeksiannot."
[section.sv]
heading = "Innehåll"
text = ""

[[clause]]
kind = "data"
term = "orders"
section = "data_content"
words = "Nimi ja toimeksiannot."
called = "toimeksiannot"

[[clause]]
kind = "purpose"
term = "relationship"
legal_basis = "contract"

[[clause]]
kind = "right"
term = "access"
ways = ["signature", "in_person"]

[[clause]]
kind = "retention"
months = 6
from = "collected"
"""


def test_it_reads_what_is_written():
    reading = read(NOTICE.encode())

    assert (reading.register_name, reading.languages) == ("Kunder", ("fi", "sv"))
    assert (reading.drawn_up_on, reading.updated_on) == (date(2026, 1, 15), None)
    assert reading.controller == Party("Kuikka Oy", email="k@kuikka.example")
    assert [(s.key, s.language, s.empty) for s in reading.sections] == [
        ("data_content", "fi", False),
        ("data_content", "sv", True),
    ]
    data, purpose, right, retention = reading.facts
    assert (data.term, data.called, data.section) == ("orders", "toimeksiannot", 0)
    assert (purpose.legal_basis, right.ways) == ("contract", ("signature", "in_person"))
    assert (retention.term, retention.years, retention.months) == ("collected", None, 6)
    assert reading.missing() == []


@pytest.mark.parametrize(
    ("right", "wrong", "where", "found"),
    [
        ('term = "orders"', 'term = "hetu"', "clause[1].term", "hetu"),
        ('kind = "data"', 'kind = "dta"', "clause[1].kind", "dta"),
        ('term = "access"', 'terms = "access"', "clause[3]", "terms"),
        ('"in_person"', '"by_heart"', "clause[3].ways", "by_heart"),
        ("months = 6", "months = true", "clause[4].months", "True"),
        ("months = 6", "months = 0", "clause[4].years", "0"),
        ("months = 6", "", "clause[4].years", "one of years and months"),
        ('key = "data_content"', 'key = "contents"', "section[1].key", "contents"),
        ('section = "data_content"', 'section = "access"', "clause[1].section", "access"),
        ("2026-01-15", "2026-01-15T10:00:00", "notice.drawn_up_on", "2026-01-15 10:00:00"),
        ('["fi", "sv"]', '"fi"', "notice.languages", "fi"),
        ('name = "Kuikka Oy"', "name = 7", "controller.name", "7"),
        ("[section.sv]", "[section.de]", "section[1]", "de"),
        ("[controller]", "[controler]", "file", "controler"),
    ],
)  # fmt: skip
def test_a_slip_is_named_where_it_stands(right, wrong, where, found):
    with pytest.raises(UnreadableNotice) as refusal:
        read(NOTICE.replace(right, wrong, 1).encode())

    assert refusal.value.code == "bad_toml"
    assert refusal.value.params == {"where": where, "found": found}


@pytest.mark.parametrize(
    "broken", ["name = ", f"x = {'[' * 5000}", f"x = {'9' * 5000}", "[notice]", 'x = "\\u0000"']
)
def test_broken_toml_is_refused(broken):
    with pytest.raises(UnreadableNotice) as refusal:
        read(f"[notice]\n{broken}\n".encode())

    assert refusal.value.code == "bad_toml"
