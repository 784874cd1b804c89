"""Letters as PDF: what is read in them, where it stands, and that nothing in them is markup."""

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf._text_extraction import mult

from rights_requests.sheet import Sheet, pdf_of

LIST = Path(__file__).parents[3] / "shared" / "cases" / "nasty" / "blns.json"
LINK = "https://kajo.example/fi/requests/proof/" + "Ab9-_" * 20 + "/"
MM = 72 / 25.4
LETTER = Sheet(
    language="fi",
    sender=["Kajo Oy", "Koekuja 1, 00100 Helsinki", "tietosuoja@kajo.example"],
    recipient=["Äijö Åberg", "Koekuja 12 A 3", "00100 Helsinki", "Suomi"],
    written_on=date(2026, 3, 4),
    references=[("Pyyntö", "2026-17"), ("Todistus", "2026-T-3")],
    subject="Pyyntönne on saapunut",
    paragraphs=[
        "Hei Äijö Åberg,",
        "Hinta oli 5 € – ”ei enempää”.\nToinen rivi.",
        "## Seuraavaksi",
        "- yksi\n- kaksi",
        LINK,
    ],
)


def read(sheet):
    return PdfReader(BytesIO(pdf_of(sheet)))


def text_of(sheet):
    return "\n".join(page.extract_text() for page in read(sheet).pages)


def placed(page):
    """Each run of text with its place in millimetres from the left and from the top."""
    found = []

    def visit(text, page_matrix, text_matrix, _font, _size):
        if text.strip():
            left, low = (edge / MM for edge in mult(text_matrix, page_matrix)[4:])
            found.append((text.strip(), round(left, 1), round(297 - low, 1)))

    page.extract_text(visitor_text=visit)
    return found


def test_a_letter_says_all_that_the_sheet_does():
    text = text_of(LETTER)
    words = [
        *LETTER.sender,
        *LETTER.recipient,
        "4.3.2026",
        *(part for pair in LETTER.references for part in pair),
        LETTER.subject,
        "Hei Äijö Åberg,",
        "Hinta oli 5 € – ”ei enempää”.\nToinen rivi.\n",
        "\nSeuraavaksi\n",
        "– yksi\n– kaksi\n",
        "1 (1)",
    ]
    assert [word for word in words if word not in text] == []


def test_a_long_link_breaks_over_lines_and_can_be_copied_and_opened():
    [page] = read(LETTER).pages
    assert LINK in page.extract_text().replace("\n", "")
    [link] = [note.get_object() for note in page["/Annots"]]
    assert link["/A"]["/URI"] == LINK
    left, _low, right, _high = (round(edge / MM) for edge in link["/Rect"])
    assert (left >= 43, right <= 190) == (True, True)


def test_only_a_link_alone_on_its_line_opens():
    [page] = read(replace(LETTER, paragraphs=["See https://evil.example now"])).pages
    assert "/Annots" not in page


@pytest.mark.parametrize(
    ("language", "day"), [("fi", "4.3.2026"), ("sv", "4.3.2026"), ("en", "4 March 2026")]
)
def test_a_letter_names_its_title_language_and_day(language, day):
    pdf = read(replace(LETTER, language=language))
    assert (pdf.metadata.title, pdf.metadata.author) == (LETTER.subject, "Kajo Oy")
    assert pdf.trailer["/Root"]["/Lang"] == language
    assert day in pdf.pages[0].extract_text()


def test_a_letter_is_for_the_archive_and_for_readers_who_listen():
    """PDF/A-2a and PDF/UA-1 in one file."""
    assert pdf_of(LETTER).is_archival
    root = read(LETTER).trailer["/Root"]
    about = root["/Metadata"].get_data().decode()
    for mark in ("part>2<", "conformance>A<", "pdfuaid:part>1<", LETTER.subject):
        assert mark in about
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_same_letter_is_the_same_file():
    assert pdf_of(LETTER) == pdf_of(LETTER)


def test_the_address_is_seen_in_the_window_however_the_sheet_lies():
    """Four lines within 18-94 mm from the left and 40-59 mm from the top (C5 and E65)."""
    [page] = read(LETTER).pages
    found = {text: (left, top) for text, left, top in placed(page)}
    for line in LETTER.recipient:
        left, top = found[line]
        assert 18 <= left <= 40
        assert 43 <= top <= 59, line  # the line's foot


@pytest.mark.parametrize(
    "recipient",
    [
        LETTER.recipient,
        ["A" * 300, *LETTER.recipient],
        ["Anna-Maria Wilhelmiina af Björneborg-Lindström ja kuolinpesän muut osakkaat"] * 4,
    ],
    ids=["ordinary", "one endless name", "four long lines"],
)
def test_nothing_but_the_recipient_is_seen_in_the_window(recipient):
    sheet = replace(
        LETTER,
        sender=["Erikoispolkupyörien Huoltopalvelu ja Varaosatukku Oy Ab " * 2, "x" * 80, "y" * 80],
        recipient=recipient,
        subject="An answer " * 20,
    )
    seen = [
        (text, left, top)
        for text, left, top in placed(read(sheet).pages[0])
        if left < 113 and 27 < top < 79
    ]
    assert seen
    assert {
        text for text, left, top in seen if not 20 <= left <= 94 or not 41 <= top <= 70
    } == set()
    joined = "".join(" ".join(recipient).split())
    assert [text for text, _left, _top in seen if "".join(text.split()) not in joined] == []


def test_a_letter_that_goes_by_mail_has_no_room_for_an_address():
    with_address, without = (
        next(top for text, _left, top in placed(read(sheet).pages[0]) if text == LETTER.subject)
        for sheet in (LETTER, replace(LETTER, recipient=[]))
    )
    assert with_address > 80
    assert without < 60


def test_later_pages_tell_whose_letter_they_belong_to():
    pages = read(replace(LETTER, paragraphs=["Sana sanaa seuraa. " * 12] * 12)).pages
    assert len(pages) == 2
    second = pages[1].extract_text()
    assert [word for word in ("Kajo Oy", "2026-17", "2 (2)") if word not in second] == []
    assert "Koekuja 12" not in second


MARKUP = [
    "#panic()",
    '#panic("x")',
    '#read("/etc/passwd")',
    "*bold* _slanted_ $x^2$ `code`",
    "@reference <label> [content] ~ -- --- ...",
    "= heading\n+ item\n/ term: word",
    "// gone /* gone */",
    "back\\slash \\u{41} \\",
    "\"double\" 'single'",
    "]}) #}",
    "{{ name }} {% now %} %s",
]


@pytest.mark.parametrize("words", MARKUP)
def test_nothing_in_a_letter_is_markup(words):
    line = " ".join(words.split())
    sheet = Sheet(
        language="en",
        sender=[line],
        recipient=[line],
        written_on=date(2026, 3, 4),
        references=[(line, line)],
        subject=line,
        paragraphs=[words, f"- {line}", f"## {line}"],
    )
    pdf = pdf_of(sheet)
    assert pdf.is_archival
    found = " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())
    # sender, recipient, reference twice, subject, paragraph, item, heading
    assert found.count(line) == 8
    assert PdfReader(BytesIO(pdf)).metadata.title == line


def test_characters_that_reorder_or_hide_are_left_out():
    odd = "a\u202eb\x00c\x07d\u2066e\ufefff\u200bg\ud800h\r\ni\u2028j\tk"
    assert "abcdefgh i j k" in text_of(replace(LETTER, recipient=[odd]))


@pytest.mark.parametrize("words", ["中文", "ܫܠܡܐ", "😀", "\U000e0041\ue000\U0010ffff", "ﷺ"])
def test_what_no_font_can_show_makes_a_plain_letter_and_no_error(words):
    pdf = pdf_of(replace(LETTER, recipient=[words]))
    assert not pdf.is_archival
    assert LETTER.subject in PdfReader(BytesIO(pdf)).pages[0].extract_text()


def test_letters_of_our_neighbours_need_no_other_font():
    names = "Šiŋgá Þórður Łukasz Nguyễn Ğülşen Ωμέγα Щербаков Õnnela € – ” ’ … § ½ №"
    pdf = pdf_of(replace(LETTER, recipient=[names]))
    assert pdf.is_archival


#: the long list of naughty strings lies beside the project, not in it
NAUGHTY = MARKUP + (json.loads(LIST.read_text()) if LIST.exists() else [])


@pytest.mark.parametrize("start", range(0, len(NAUGHTY), 100))
def test_naughty_strings_make_letters(start):
    for words in NAUGHTY[start : start + 100]:
        parts = [words, f"- {words}", f"## {words}"]
        sheet = replace(LETTER, recipient=[words], subject=words, paragraphs=parts)
        assert len(read(sheet).pages) == 1


def test_an_empty_sheet_is_a_page():
    empty = Sheet("en", [], [], date(2026, 3, 4), [], "", [])
    assert len(read(empty).pages) == 1
