import codecs
import csv
import io
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from register.importing import Remark, UnreadableTable
from tests.register.importing.files import cells_of, table_of

TEXT = "Nimi;Sähköposti\nÄijälä Åke;ake@koe.example\nÖrn Ärla;orn@koe.example\n"
ROWS = [["Äijälä Åke", "ake@koe.example"], ["Örn Ärla", "orn@koe.example"]]


@pytest.mark.parametrize(
    ("encoding", "mark", "told"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", codecs.BOM_UTF8, "utf-8"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16-le"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("utf-32-le", codecs.BOM_UTF32_LE, "utf-32-le"),
        ("utf-32-be", codecs.BOM_UTF32_BE, "utf-32-be"),
        ("cp1252", b"", "cp1252"),
        ("cp850", b"", "cp850"),
        ("mac-roman", b"", "mac-roman"),
    ],
)
def test_each_encoding_gives_the_same_cells(encoding, mark, told):
    raw = mark + TEXT.encode(encoding)
    assert (table_of(raw).encoding, cells_of(raw)) == (told, ROWS)


def test_latin_9_is_known_by_its_euro_and_its_caron():
    raw = "Nimi;Hinta €\nŠárka Žižková;1\n".encode("iso-8859-15")
    table = table_of(raw)
    assert (table.encoding, [column.heading for column in table.columns]) == (
        "iso-8859-15",
        ["Nimi", "Hinta €"],
    )


def test_decomposed_letters_are_composed():
    assert cells_of(unicodedata.normalize("NFD", TEXT)) == ROWS


def test_what_was_decoded_twice_is_mended_and_told():
    twice = TEXT.encode().decode("cp1252")
    table = table_of(twice)
    assert [row.cells for row in table.rows()] == ROWS
    assert table.remarks == (Remark("twice_decoded"),)


def test_a_text_that_only_looks_decoded_twice_in_one_place_is_left_alone():
    table = table_of("Nimi;Sähköposti\nÃ¤ Åke;ake@koe.example\n")
    assert [row.cells for row in table.rows()] == [["Ã¤ Åke", "ake@koe.example"]]
    assert table.remarks == ()


def test_damaged_bytes_are_counted_and_stay_in_their_row():
    raw = TEXT.encode().replace(b"rn ", b"\xff\xc3(")
    table = table_of(raw)
    assert table.remarks == (Remark("damaged", 2),)
    assert next(table.rows()).cells == ROWS[0]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b" \r\n \n", "empty"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")[:-1], "cut_off"),
        (codecs.BOM_UTF8 + "Nimi\nä".encode()[:-1], "cut_off"),
        ((TEXT + "ä").encode()[:-1], "cut_off"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"%PDF-1.7", "pdf"),
        (b"\x1f\x8b\x08\x00", "packed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old_office"),
        (b"{\\rtf1}", "rich_text"),
        (b"<!DOCTYPE html><html><table>", "web_page"),
        (b'[{"name": "Koe Aino", "illness": "flu"}]', "for_programs"),
        (b'{"customers": []}', "for_programs"),
        (b'<?xml version="1.0"?><a/>', "for_programs"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>', "for_programs"),
        (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg/>', "for_programs"),
        (bytes(range(256)) * 40, "not_text"),
        ("Имя;Почта\nМария Иванова;m@koe.example\n".encode("cp1251"), "unknown_encoding"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(raw, code):
    with pytest.raises(UnreadableTable) as refused:
        table_of(raw)
    assert refused.value.code == code


CELL = st.text(st.sampled_from("aäöåÄÖÅé;,|\t\"' \n\r1@.€"), max_size=12).filter(
    # no word of ours has four such letters in a row: it would be Cyrillic
    lambda cell: cell.strip() == cell and not re.search(r"[^\x00-\x7f]{4}", cell)
)


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    delimiter=st.sampled_from(";,\t|"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(
        ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "mac-roman"]
    ),
)
def test_any_table_is_read_as_it_was_written(rows, delimiter, line_end, quoting, encoding):
    rows = [["Äijälä Öykkäri", *row] for row in rows]  # letters enough to know an encoding by
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([["Nimi", "Sähköposti", "Lähiosoite", "Työpuhelin"], *rows])
    assert cells_of(written.getvalue().encode(encoding)) == rows


def _told(encoding, *names):
    table = table_of(("Nimi;Kaupunki\n" + "".join(f"{one};X\n" for one in names)).encode(encoding))
    return table.encoding, table.remarks, [row.cells[0] for row in table.rows()]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1250", ["Łukasz Wójcik", "Łódź"]),
        ("cp1250", ["Zbigniew Wiśniewski", "Grażyna Kamińska", "Äijälä", "Mäkinen"]),
        ("cp1250", ["Jiří Dvořák", "Věra Nováková"]),
        ("cp1257", ["Õie Šveits"]),
        ("cp1257", ["Kõiv Jüri", "Mägi Tõnu", "Pärn Ülo", "Žanna Šults"]),
        ("cp1257", ["Jānis Bērziņš", "Edgars Ķēniņš"]),
        ("cp1257", ["Jonas Žemaitis", "Rūta Šimkutė"]),
        ("cp1252", ["Äijälä Åke", "Örn Ärla"]),
        ("cp1252", ["Mäkinen", "Sørensen", "Sigurður Þórðarson", "García Muñoz"]),
        ("cp1252", [*["Hämäläinen", "Öhman"] * 20, "Sørensen", "Sigurður Muñoz"]),
        ("cp1252", ["Sigurður Þórðarson", "Guðmundur Ásgeirsson"]),
        ("cp1252", ["Jürgen Groß", "João Gonçalves"]),
        ("cp1252", ["Mäkinen – €5", "O’Brien"]),
    ],
)
def test_letters_of_the_east_are_told_by_their_languages(encoding, names):
    """P20: no name is spelt as nobody spells it, and ours stay ours."""
    assert _told(encoding, *names) == (encoding, (), names)


@pytest.mark.parametrize(("encoding", "name"), [("cp1250", "Gdańsk"), ("cp1252", "Peña")])
def test_letters_that_may_be_either_are_told(encoding, name):
    found, remarks, _names = _told(encoding, name)
    assert (found, remarks) == ("cp1252", (Remark("letters_unsure"),))
