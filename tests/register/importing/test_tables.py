import io

import pytest
import xlsxwriter

from register.importing import Remark, UnreadableTable, open_table
from tests.register.importing.files import cells_of, table_of


def lines_of(content, **how):
    return [(row.line, row.cells, row.fault) for row in table_of(content, **how).rows()]


def workbook(*sheets):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for (row, column), value in rows.items():
            sheet.write(row, column, value)
    book.close()
    return file.getvalue()


def test_each_row_has_the_line_where_it_begins():
    content = 'Nimi;Lähiosoite\n"Koe";"Vanha\nTie 3"\n\nToinen;Katu 1\n'
    assert lines_of(content) == [
        (2, ["Koe", "Vanha\nTie 3"], ""),
        (4, [""] * 0, ""),
        (5, ["Toinen", "Katu 1"], ""),
    ]


def test_blank_lines_at_the_end_are_no_rows():
    assert lines_of("Nimi;Puhelin\nKoe;1\n\n;\n") == [(2, ["Koe", "1"], "")]


def test_an_open_quotation_mark_costs_its_own_row_only():
    content = 'Nimi;Puhelin\n"Auki;1\nToinen;2\n"Kolmas";3\n"Nel"jäs;4\nViides;5\n'
    assert lines_of(content) == [
        (2, [], "broken_quotes"),
        (3, ["Toinen", "2"], ""),
        (4, ["Kolmas", "3"], ""),
        (5, [], "broken_quotes"),
        (6, ["Viides", "5"], ""),
    ]


def test_a_file_full_of_open_quotation_marks_is_refused():
    content = "Nimi;Puhelin\n" + '"a"b;1\n' * 1001
    with pytest.raises(UnreadableTable) as refused:
        lines_of(content)
    assert (refused.value.code, refused.value.params) == ("broken_quotes", {"line": 1002})


def test_a_line_without_end_is_refused_before_it_fills_the_memory():
    with pytest.raises(UnreadableTable) as refused:
        lines_of("Nimi\n" + "x" * 5_000_000)
    assert refused.value.code == "line_too_long"


def test_a_cell_too_long_costs_its_own_row_only():
    assert lines_of("Nimi\n" + "x" * 200_000 + "\nKoe\n") == [
        (2, [], "too_long"),
        (3, ["Koe"], ""),
    ]


def test_lone_carriage_returns_end_lines_and_other_breaks_stay_in_cells():
    assert lines_of("Nimi;Lähiosoite\rKoe;Vanha\nTie\rToinen;Katu\r") == [
        (2, ["Koe", "Vanha\nTie"], ""),
        (3, ["Toinen", "Katu"], ""),
    ]


def test_titles_above_the_headings_are_passed_over():
    table = table_of("Asiakkaat 2026\n\nTulostettu;3.3.2026\nNimi;Puhelin\nKoe;1\n")
    assert (table.header_line, table.remarks) == (4, (Remark("lines_above_header", 2),))
    assert [row.line for row in table.rows()] == [5]


def test_a_file_without_headings_loses_no_row():
    table = table_of("Koe Aino;aino@koe.example\nKoe Bo;bo@koe.example\n")
    assert (table.header_line, table.remarks) == (None, (Remark("no_header"),))
    assert [row.line for row in table.rows()] == [1, 2]


def test_headings_that_nobody_knows_are_headings_all_the_same():
    table = table_of("alfa;beeta\nx;y\nz;å\n")
    assert ([column.heading for column in table.columns], table.header_line) == (
        ["alfa", "beeta"],
        1,
    )
    assert table.remarks == (Remark("headings_guessed", 1),)


@pytest.mark.parametrize(
    "first",
    [
        "Virva Valta;virva@koe.example;0407006001;Postikatu 12;33100;Tampere",
        "Virva Valta;virva@koe.example;0407006001;Kotikatu 5;33100;Tampere",
        "Virva Valta;virva@koe.example;0407006001;Katu 1;33100;Tampere",
        "Mainostoimisto Kettu;kettu@koe.example;;Pääkatu 4;33100;Tampere",
        "Mainostoimisto Kettu;;;Yrityskatu 7;33100;Tampere",
        "Virva Valta;;;Työkatu 12;;",
        "Virva Valta;;;Katu 1;;Tampere",
        "Virva Valta;;;Katu 1;;",
    ],
)
def test_a_row_about_somebody_is_never_the_headings(first):
    """P20: nobody is lost, and no address stands where headings are kept."""
    others = "Aino Koe;aino@koe.example;0407006002;Kuja 1;33100;Tampere\n"
    table = table_of(f"{first}\n{others}{others.replace('aino', 'eero')}")
    assert (table.headings, table.header_line, len(list(table.rows()))) == ("none", None, 3)
    assert {column.heading for column in table.columns} == {""}


@pytest.mark.parametrize(
    "headings",
    [
        "Nimi;Sähköposti;2023;2024;2025;2026",
        "Nimi;Osoite 1;Osoite 2;Puhelin 1;Puhelin 2",
        "Nimi;Toimituskatu 1;Toimituskatu 2;Puhelin",
        "Nimi;Puhelin;01.02.2026;08.02.2026",
        "Etunimi;Jäsenmaksu 2024",
        "Name;E-mail 1 - Value;Phone 1 - Value",
        "Osoite 1;Osoite 2",
    ],
)
def test_headings_may_count_and_name_years(headings):
    table = table_of(f"{headings}\nAino Koe;x;x;x\nEero Koe;x;x;x\n")
    assert (table.headings, table.header_line) == ("known", 1)


@pytest.mark.parametrize(
    ("content", "said", "lines", "found"),
    [
        ("Virva Valta;Tampere\nEero Elo;Turku\n", None, [2], "guessed"),
        ("Virva Valta;Tampere\nEero Elo;Turku\n", False, [1, 2], "denied"),
        ("Nimi;Kaupunki\nEero Elo;Turku\n", False, [1, 2], "denied"),
        ("Virva Valta;v@koe.example\nEero Elo;e@koe.example\n", True, [2], "said"),
        ("Lista\nNimi;Kaupunki\nEero Elo;Turku\n", True, [3], "said"),
    ],
)
def test_somebody_may_say_whether_there_are_headings(content, said, lines, found):
    with open_table(io.BytesIO(content.encode()), has_headings=said) as table:
        assert [row.line for row in table.rows()] == lines
        assert table.headings == found


def test_only_headings_are_a_table_without_rows():
    table = table_of("Nimi;Puhelin;Sähköposti\n")
    assert (table.header_line, list(table.rows())) == (1, [])


def test_one_column_has_no_delimiter_whatever_its_cells_hold():
    table = table_of("Nimi\nKoe, Aino\nKoe, Bo\n")
    assert (table.delimiter, [row.cells for row in table.rows()]) == (
        None,
        [["Koe, Aino"], ["Koe, Bo"]],
    )


def test_decimal_commas_are_no_delimiters():
    assert table_of("Nimi;Summa\nKoe;1 234,50\nToinen;2,50\n").delimiter == ";"


def test_excels_own_line_names_the_delimiter():
    assert cells_of("sep=|\r\nNimi|Puhelin\r\nKoe|1\r\n") == [["Koe", "1"]]


def test_a_table_can_be_read_again():
    table = table_of("Nimi;Puhelin\nKoe;1\n")
    assert list(table.rows()) == list(table.rows())


def test_the_callers_file_stays_open():
    file = io.BytesIO(b"Nimi;Puhelin\nKoe;1\n")
    with open_table(file, "a.csv") as table:
        list(table.rows())
    assert not file.closed


def test_a_path_names_the_file(tmp_path):
    path = tmp_path / "Unsubscribed.csv"
    path.write_text("Nimi;Puhelin\nKoe;1\n")
    with open_table(path) as table:
        assert (table.name, table.format) == ("unsubscribed", "csv")


def test_a_workbook_gives_the_rows_of_its_first_sheet_as_texts():
    cells = {(0, 0): "Lista", (2, 1): "Nimi", (2, 2): "Postinumero", (3, 1): "Åke", (3, 2): 120}
    table = table_of(workbook(("Asiakkaat", cells), ("Ohje", {(0, 0): "x"})), name="a.xlsx")
    assert (table.format, table.encoding, table.header_line) == ("xlsx", None, 3)
    assert [(row.line, row.cells) for row in table.rows()] == [(4, ["", "Åke", "120"])]
    assert table.remarks == (Remark("other_sheets", "Ohje"), Remark("lines_above_header", 1))


def test_the_sheet_with_the_most_headings_is_read():
    front = {(0, 0): "Asiakkaat 2026", (1, 0): "Tulostettu 1.2.2026"}
    empty = {(0, 0): "Nimi", (0, 1): "Puhelin"}
    filled = {**empty, (0, 2): "Sähköposti", (1, 0): "Aino", (1, 1): 1, (1, 2): "a@koe.example"}
    table = table_of(
        workbook(("Kansi", front), ("Vanha", empty), ("Lista", filled), ("Kopio", filled))
    )
    assert [row.cells for row in table.rows()] == [["Aino", "1", "a@koe.example"]]
    assert table.remarks == (Remark("other_sheets", "Kansi, Vanha, Kopio"),)


def test_a_cell_far_out_is_refused_before_it_bursts_the_parser():
    raw = workbook(("A", {(0, 0): "Nimi", (1_048_575, 16_383): "x"}))
    with pytest.raises(UnreadableTable) as refused:
        table_of(raw)
    assert refused.value.code == "too_large"


@pytest.mark.parametrize("system", ["shopify", "woocommerce", "google", "outlook", "hubspot"])
def test_a_system_is_known_by_its_headings(system):
    headings = {
        "shopify": "First Name,Last Name,Email,Accepts Email Marketing,Total Spent",
        "woocommerce": "Customer ID,Username,First name,Last name,Email,Total spend",
        "google": "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value",
        "outlook": "First Name,Middle Name,Last Name,E-mail Address,Business Phone",
        "hubspot": "Record ID,First Name,Last Name,Email,Lifecycle Stage",
    }[system]
    assert table_of(headings + "\n").format == system


@pytest.mark.parametrize(
    ("content", "headings"),
    [
        (
            "Sukunimi;Etunimi;Sähköposti;Osoite;;\n;;;Katu;Postinro;Paikka\n",
            ["Sukunimi", "Etunimi", "Sähköposti", "Katu", "Postinro", "Paikka"],
        ),
        (
            "Nimi;;Sähköposti;Osoite;;\nSukunimi;Etunimi;;Katu;Postinro;Paikka\n",
            ["Sukunimi", "Etunimi", "Sähköposti", "Katu", "Postinro", "Paikka"],
        ),
        (
            "Henkilö;;Yhteystiedot;Laskutusosoite;;\nSukunimi;Etunimi;Sähköposti;Katu;Postinro;Paikka\n",
            [
                *("Sukunimi", "Etunimi", "Sähköposti"),
                *("Laskutusosoite Katu", "Laskutusosoite Postinro", "Laskutusosoite Paikka"),
            ],
        ),
    ],
)
def test_headings_in_two_rows_are_read_together(content, headings):
    """P20: no column is dropped of which a heading says what it is."""
    row = "Koe;Aino;aino@koe.example;Katu 1;00330;Helsinki\n"
    for above in ("", "Jäsenluettelo 2026\n"):
        table = table_of(f"{above}{content}{row}")
        assert [one.heading for one in table.columns] == headings
        assert [one.cells for one in table.rows()] == [row.strip().split(";")]
        assert bool(table.remarks) == bool(above)
        assert table.header_line == (3 if above else 2)


def test_a_row_of_data_is_no_second_row_of_headings():
    table = table_of("Nimi;;Sähköposti\nAino Koe;Katu;aino@koe.example\nBo Ek;Tie;b@koe.example\n")
    assert (table.header_line, len(list(table.rows()))) == (1, 2)


@pytest.mark.parametrize(
    ("content", "delimiter", "cells"),
    [
        (
            "'Nimi';'Kaupunki'\n'Aila Virtanen';'Turku; keskusta'\n'Bo O''Brien';'Åbo'\n",
            ";",
            [["Aila Virtanen", "Turku; keskusta"], ["Bo O'Brien", "Åbo"]],
        ),
        ("'Nimi','Määrä'\n'Virtanen, Aila',5\n", ",", [["Virtanen, Aila", "5"]]),
        ("'Nimi'\n'Virtanen, Aila'\n", None, [["Virtanen, Aila"]]),
        ("Nimi;Kaupunki\nAila d'Arc;Turku\n's-Graven;Oulu'\n", ";",
         [["Aila d'Arc", "Turku"], ["'s-Graven", "Oulu'"]]),
        ("\"Nimi\";\"Muuta\"\n\"Aila\";'lainattu'\n", ";", [["Aila", "'lainattu'"]]),
    ],
)  # fmt: skip
def test_single_quotation_marks_are_found_by_themselves(content, delimiter, cells):
    assert table_of(content).delimiter == delimiter
    assert cells_of(content) == cells
