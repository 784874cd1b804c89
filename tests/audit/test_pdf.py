"""What a PDF is, told by its bytes, in little time and memory whatever is in it."""

import json
import subprocess
import sys
import time
import zlib
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.files import shown_name
from audit.paper import pdf_of
from audit.pdf import Fault, NotThisPdf, pages_of

CASES = Path("/work/shared/cases/nasty/files")
END = b"\ntrailer<<>>\n%%EOF\n"


def pdf(*, pages=1, objects=b"", end=END):
    return b"%PDF-1.5\n" + b"1 0 obj<</Type /Page>>endobj\n" * pages + objects + end


def stream(content, words=b"/Filter/FlateDecode"):
    packed = zlib.compress(content)
    return b"9 0 obj<<" + words + b">>stream\n" + packed + b"\nendstream endobj\n"


def fault(content):
    with pytest.raises(NotThisPdf) as refused:
        pages_of(content)
    return refused.value.fault


def written(pages, *, compressed):
    writer = pypdf.PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    if compressed:
        writer.compress_identical_objects()
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_pages_are_counted_also_where_they_are_packed():
    assert pages_of(written(7, compressed=True)) == 7
    lists = b"1 0 2 20 <</Type/Page>> <</Type/Page/Parent 3 0 R>> <</Type/Pages/Kids[]>>"
    assert pages_of(pdf(pages=0, objects=stream(lists, b"/Type/ObjStm"))) == 2
    layout = b"#set document(title: [a])\n#page[a]\n#page[b]\n#page[c]"
    made = pdf_of(layout, {}, written_on=date(2026, 1, 2))
    assert pages_of(made) == len(pypdf.PdfReader(BytesIO(made)).pages)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", Fault.NOT_A_PDF),
        (b"<html><script>alert(1)</script></html>", Fault.NOT_A_PDF),
        (b" " + pdf(), Fault.NOT_A_PDF),
        (pdf() + b"<script>alert(1)</script>", Fault.TWO_KINDS),
        (pdf(objects=b"PK\x05\x06" + b"\0" * 18), Fault.TWO_KINDS),
        (pdf(pages=0), Fault.NO_PAGES),
        (pdf(pages=0, objects=b"<</Type/Pages>>"), Fault.NO_PAGES),
        (pdf(objects=b"<</Encrypt 5 0 R>>"), Fault.LOCKED),
        (pdf(objects=b"<</S/JavaScript/JS(app.alert(1))>>"), Fault.ACTIVE),
        (pdf(objects=b"<</S/Java#53cript/JS(app.alert(1))>>"), Fault.ACTIVE),
        (pdf(objects=b"<</S/#4Caunch>>"), Fault.ACTIVE),
        (pdf(objects=b"<</Type/EmbeddedFile>>"), Fault.ACTIVE),
        (pdf(objects=stream(b"1 0 <</S/JavaScript>>", b"/Type/ObjStm")), Fault.ACTIVE),
        (pdf(objects=b"<</Filter[/FlateDecode /FlateDecode]>>"), Fault.TOO_LARGE_UNPACKED),
        (pdf(objects=stream(b"\0" * (101 * 1024 * 1024))), Fault.TOO_LARGE_UNPACKED),
        (pdf(objects=b"stream\nx\x9c" * 20_002), Fault.TOO_LARGE_UNPACKED),
    ],
)
def test_what_is_no_harmless_paper_is_refused(content, expected):
    assert fault(content) == expected


def test_a_page_that_only_opens_somewhere_is_harmless():
    assert pages_of(pdf(objects=b"<</OpenAction[3 0 R/FitH null]/URI(https://koe.example)>>")) == 1
    assert pages_of(pdf(objects=stream(b"\0" * 1_000_000), end=END + b"\r\n")) == 1


@pytest.mark.parametrize(
    "junk", [b"/", b"/Type    ", b"/#4a#61", b"stream\n", b"#", b"\0", b"/FlateDecode "]
)
def test_no_file_of_ten_megabytes_takes_a_second_of_work(junk):
    content = b"%PDF-1.4\n" + junk * (10_000_000 // len(junk)) + END
    begun = time.process_time()
    with pytest.raises(NotThisPdf):
        pages_of(content)
    assert time.process_time() - begun < 1


@pytest.mark.skipif(not CASES.exists(), reason="the nasty files are not at hand")
def test_each_nasty_file_is_refused_in_a_second_and_a_hundred_megabytes():
    code = (
        "import sys, time\n"
        "from audit.pdf import NotThisPdf, pages_of\n"
        "content = open(sys.argv[1], 'rb').read()\n"
        "begun = time.process_time()\n"
        "try: print(pages_of(content))\n"
        "except NotThisPdf as error: print(error.fault.name)\n"
        "print(time.process_time() - begun)\n"
        # of this program alone: what getrusage tells begins with the program that started it
        "told = dict(line.split(':') for line in open('/proc/self/status') if ':' in line)\n"
        "print(int(told['VmHWM'].split()[0]) // 1024)\n"
    )
    told = {}
    for path in sorted(CASES.iterdir()):
        run = subprocess.run(
            [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
        )
        fate, seconds, megabytes = run.stdout.split()
        told[path.name] = (fate, float(seconds) < 1, int(megabytes) < 100)
    assert {fate for fate, _time, _memory in told.values()} == {
        "NOT_A_PDF",
        "TWO_KINDS",
        "TOO_LARGE_UNPACKED",
    }
    assert {(fast, small) for _fate, fast, small in told.values()} == {(True, True)}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("tarjous.pdf", "tarjous.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\paperit\\tarjous.pdf", "tarjous.pdf"),
        ("x\r\nSet-Cookie: a=b.pdf", "x Set-Cookie: a=b.pdf"),
        ("na\u00efve \u202efdp.exe", "na\u00efve fdp.exe"),
        ("a\0b.pdf", "ab.pdf"),
        (" ", ""),
        ("a" * 300, "a" * 200),
    ],
)
def test_a_name_is_cleaned_for_being_shown(name, shown):
    assert shown_name(name) == shown


@pytest.mark.skipif(not CASES.exists(), reason="the nasty files are not at hand")
def test_no_nasty_name_reaches_the_page_as_it_is():
    for name in json.loads((CASES / "file_names.json").read_text()):
        shown = shown_name(name)
        assert len(shown) <= 200
        assert not set(shown) & set("\r\n\0\u202e/\\")
    assert SimpleUploadedFile("a/b.pdf", b"").name == "b.pdf"
