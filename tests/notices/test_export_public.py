"""The notice and the request form as files for a web site elsewhere."""

import json
import multiprocessing
import os
import re
import signal
import time
from datetime import date
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.html import escape
from pypdf import PdfReader

from audit.paper import pdf_of
from audit.reasons import because
from notices.export import ForeignFiles, write_into
from notices.export.blocks import blocks_of
from notices.export.folder import LIST, STAGE
from notices.export.pages import LAYOUT
from notices.models import Notice
from notices.publishing import adopt
from tests.factories import NoticeFactory, SectionFactory

SITE = "https://rekisteri.koe.example"
LANGUAGES = ("fi", "sv", "en")
MARKUP = '#panic("x") *lihava* _kalteva_ $x$ \\ @viite <label> // & "lainaus" [x] = otsikko'
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Html(HTMLParser):
    """A page as a browser reads it: its tags, links and words, and what is wrong with it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.ids, self.words, self.faults = [], [], [], [], []
        self.open = []
        self.feed(text)
        self.close()
        self.faults += [f"open at the end: {tag}" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.links += [value for name, value in attrs if name in ("href", "src", "action")]
        self.ids += [value for name, value in attrs if name == "id"]
        self.faults += [f"{tag}: {name}" for name, _ in attrs if name.startswith("on")]
        self.faults += [f"{tag}: {name}" for name, _ in attrs if name == "style"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"closes nothing: {tag}")

    def handle_data(self, data):
        self.words.append(data)


def words_of(pdf):
    """What is read in a PDF, without blanks: its lines break where they must."""
    return squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def squeezed(text):
    return re.sub(r"\s+", "", text)


@pytest.fixture
def notice(db, settings):
    settings.BASE_URL = SITE
    notice = NoticeFactory(
        languages=["fi", "sv", "en"],
        controller_name="Äijän Öljy & Rätti Oy",
        controller_address="Koekuja 1, 00100 Helsinki",
        contact_name="Testi Henkilö",
    )
    for place, key in enumerate(("purpose", "sources", "other")):
        for language in LANGUAGES:
            SectionFactory(
                notice=notice,
                position=place,
                key=key,
                language=language,
                heading=f"Otsikko {place} {language}",
                text=f"Kappale {place} {language}.\n- kohta yksi\n- kohta kaksi",
                own_words="# Omaa\n\n**Paksu** [sivu](https://toinen.example/a?b=1).\n\n3. kolme",
            )
    return notice


@pytest.fixture
def export(notice, tmp_path):
    """Runs the command; gives exit code, standard output, standard error and the folder."""

    def run(folder=tmp_path / "julki"):
        out, err, code = StringIO(), StringIO(), 0
        try:
            call_command("export_public", str(folder), stdout=out, stderr=err)
        except SystemExit as stopped:
            code = stopped.code
        return code, out.getvalue(), err.getvalue(), folder

    return run


@pytest.fixture
def exported(export, notice):
    adopt(notice, now=timezone.now())
    return export()[3]


@pytest.mark.django_db
def test_each_language_gets_its_pages_and_papers(exported):
    names = {path.name for path in exported.iterdir()}
    assert names == {
        *(f"tietosuojaseloste-{one}.{kind}" for one in LANGUAGES for kind in ("html", "pdf")),
        *(f"request-form-{one}.{kind}" for one in LANGUAGES for kind in ("html", "pdf")),
        *(f"without-email-{one}.html" for one in LANGUAGES),
        "index.html",
        "tietosuojaseloste.css",
        LIST,
    }


@pytest.mark.django_db
def test_a_notice_of_one_language_is_exported_in_it_alone(export, notice):
    notice = NoticeFactory(in_force=True, languages=["sv"])
    _code, _out, _err, folder = export()
    pages = {path.name for path in folder.glob("*.html")}
    assert pages == {
        "index.html",
        "tietosuojaseloste-sv.html",
        "request-form-sv.html",
        "without-email-sv.html",
    }
    assert notice.version == 1


@pytest.mark.django_db
def test_every_page_stands_alone_and_is_sound(exported):
    for path in exported.glob("*.html"):
        page = Html(path.read_text(encoding="utf-8"))
        assert page.faults == [], path.name
        assert not re.search(r"\\n|\{[{%#]|None", "".join(page.words)), path.name
        assert {"script", "img", "iframe", "form"}.isdisjoint(dict(page.tags)), path.name
        assert sorted(page.ids) == sorted(set(page.ids)), path.name
        language = path.stem[-2:] if path.stem != "index" else "fi"
        assert dict(page.tags)["html"] == {"lang": language}
        for link in page.links:
            if link.startswith("#"):
                assert link[1:] in page.ids, (path.name, link)
            elif not link.startswith((SITE, "mailto:", "https://toinen.example/", "https://t")):
                assert (exported / link).is_file(), (path.name, link)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_what_the_public_page_says_with_links_that_lead_here(exported, language):
    """P01"""
    body = Notice.objects.in_force().renderings.get(language=language).body
    page = (exported / f"tietosuojaseloste-{language}.html").read_text(encoding="utf-8")
    assert body.replace('href="/', f'href="{SITE}/') in page
    assert f"{SITE}/{language}/" in page
    assert 'href="/' not in page


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_says_every_word_of_the_page_but_its_contents(exported, language):
    body = Notice.objects.in_force().renderings.get(language=language).body
    without_contents = re.sub(r"<nav.*?</nav>", "", body, flags=re.DOTALL)
    read = words_of((exported / f"tietosuojaseloste-{language}.pdf").read_bytes())
    said = [squeezed(words) for words in Html(without_contents).words if words.strip()]
    assert len(said) > 20
    assert [words for words in said if words not in read] == []


def test_the_right_to_object_stands_in_a_box_of_its_own_on_paper():
    """Art. 21(4), M03: apart from any other information."""
    page = '<h2>Ensin</h2><section id="right-to-object"><h2>Kiellä</h2><p>Heti.</p></section>'
    first, box = blocks_of(page, "fi")
    words = [[run["text"] for run in block["runs"]] for block in box["blocks"]]
    assert (first["kind"], box["kind"], words) == ("heading", "box", [["Kiellä"], ["Heti."]])


@pytest.mark.django_db
def test_papers_are_archival_accessible_and_say_who_and_in_which_language(exported):
    for path in exported.glob("*.pdf"):
        pdf = PdfReader(path)
        root = pdf.trailer["/Root"]
        assert root["/Lang"] == path.stem[-2:]
        assert root["/MarkInfo"]["/Marked"].value
        assert pdf.metadata.author == "Äijän Öljy & Rätti Oy"
        xmp = root["/Metadata"].get_data()
        assert b"<pdfaid:part>2</pdfaid:part>" in xmp
        assert b"<pdfuaid:part>1</pdfuaid:part>" in xmp


@pytest.mark.django_db
def test_a_link_on_paper_can_be_clicked_and_is_spelt_out_once(exported):
    pdf = PdfReader(exported / "tietosuojaseloste-fi.pdf")
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    addresses = {note["/A"]["/URI"] for note in notes if "/A" in note}
    assert {"https://toinen.example/a?b=1", f"{SITE}/fi/requests/"} <= addresses
    read = words_of((exported / "tietosuojaseloste-fi.pdf").read_bytes())
    assert read.count("(https://toinen.example/a?b=1)") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_asks_what_the_form_on_the_web_asks_on_two_sides(exported, client, language):
    """I01; art. 12(2)"""
    pdf = (exported / f"request-form-{language}.pdf").read_bytes()
    read, sides = words_of(pdf), len(PdfReader(BytesIO(pdf)).pages)
    page = (exported / f"request-form-{language}.html").read_text(encoding="utf-8")
    asked = Html(client.get(f"/{language}/requests/").text)
    rights = [attributes["id"] for tag, attributes in asked.tags if tag == "input"]
    assert sides <= 2
    assert len(rights) == 7
    for words in re.findall(r'<(?:label|p class="hint")[^>]*>([^<]+)<', asked.rawdata):
        assert escape(words.strip()) in page or words.strip() in page
        assert squeezed(words) in read
    for right in rights:
        assert f'id="{right.removeprefix("right-")}"' in page
    for line in ("Koekuja 1, 00100 Helsinki", "tietosuoja@koepaja.example", "Testi Henkilö"):
        assert squeezed(line) in read
        assert line in page


@pytest.mark.django_db
def test_nobody_has_to_sign_the_form(exported):
    """Art. 12(6); A4"""
    read = (exported / "request-form-en.html").read_text(encoding="utf-8")
    assert "Signature (may be left out)" in read
    assert "Nobody has to sign." in read
    assert squeezed("Nobody has to sign.") in words_of(
        (exported / "request-form-en.pdf").read_bytes()
    )
    assert "required" not in read


@pytest.mark.django_db
def test_nothing_in_a_notice_is_markup_on_paper_or_on_a_page(export, notice):
    section = notice.sections.first()
    section.heading = section.text = MARKUP
    notice.controller_name = notice.register_name = MARKUP
    notice.contact_name = "<b>x</b>"
    with_because(section, notice)
    adopt(notice, now=timezone.now())
    code, out, _err, folder = export()
    assert (code, len(out.splitlines())) == (0, 1)
    assert words_of((folder / "tietosuojaseloste-fi.pdf").read_bytes()).count(squeezed(MARKUP)) > 3
    assert squeezed("<b>x</b>") in words_of((folder / "request-form-fi.pdf").read_bytes())
    assert "<b>x</b>" not in (folder / "request-form-fi.html").read_text(encoding="utf-8")


@pytest.mark.django_db
def test_a_character_that_no_font_shows_stops_nothing_and_is_told(export, notice):
    notice.controller_name = "Koe \U0001f9ff\u4e2d\u202e Oy"
    with_because(notice)
    adopt(notice, now=timezone.now())
    code, out, _err, folder = export()
    assert code == 0
    assert "tietosuojaseloste-fi.pdf" in out
    assert "Koe" in words_of((folder / "request-form-fi.pdf").read_bytes())


@pytest.mark.django_db
def test_the_same_notice_makes_the_same_files(exported, export):
    before = {path.name: path.read_bytes() for path in exported.iterdir()}
    export()
    assert {path.name: path.read_bytes() for path in exported.iterdir()} == before


@pytest.mark.django_db
def test_a_new_version_replaces_the_old_files_and_leaves_those_of_others(exported, export):
    (exported / "etusivu.html").write_text("meidän")
    (exported / "kuvat").mkdir()
    (exported / "kuvat" / "logo.svg").write_text("<svg/>")
    later = NoticeFactory(languages=["fi"], controller_name="Uusi Oy")
    adopt(later, now=timezone.now())
    assert export()[0] == 0
    assert "Uusi Oy" in (exported / "tietosuojaseloste-fi.html").read_text(encoding="utf-8")
    assert not (exported / "tietosuojaseloste-sv.html").exists()
    assert (exported / "etusivu.html").read_text() == "meidän"
    assert (exported / "kuvat" / "logo.svg").exists()


@pytest.mark.django_db
def test_a_page_of_somebody_else_is_not_overwritten(export, notice, tmp_path):
    adopt(notice, now=timezone.now())
    (tmp_path / "index.html").write_text("etusivu")
    code, out, err, _folder = export(tmp_path)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "index.html" in err
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"index.html": "etusivu"}


@pytest.mark.django_db
def test_without_a_notice_in_force_nothing_is_written(export, tmp_path):
    code, out, err, folder = export()
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert not folder.exists()


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(export, notice, tmp_path):
    adopt(notice, now=timezone.now())
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        code, out, err, _folder = export(folder)
        assert (code, out, len(err.splitlines())) == (2, "", 1)


def with_because(*rows):
    with because("Test"):
        for row in rows:
            row.save()


# --- files into a folder


def test_a_failure_in_the_middle_leaves_each_file_whole_and_a_second_run_finishes(
    tmp_path, monkeypatch
):
    write_into(tmp_path, {"a": b"old", "b": b"old", "gone": b"old"})
    replace, left = Path.replace, iter([1, 1])

    def failing(self, target):
        if next(left, None) is None:
            raise OSError("full")
        return replace(self, target)

    new = {"a": b"new", "b": b"new", "c": b"new"}
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", failing)
        with pytest.raises(OSError, match="full"):
            write_into(tmp_path, new)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "b").read_bytes() == b"old"
    assert not (tmp_path / STAGE).exists()
    write_into(tmp_path, new)
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b", "c", LIST}
    assert {(tmp_path / name).read_bytes() for name in new} == {b"new"}


def write_for_ever(folder, started):
    started.set()
    number = 0
    while True:
        number += 1
        write_into(folder, {name: f"{number:09}".encode() * 20_000 for name in "abcd"})


@pytest.mark.parametrize("delay", [0.002, 0.01, 0.03, 0.05])
def test_a_kill_leaves_whole_files_and_those_of_others(tmp_path, delay):
    (tmp_path / "etusivu.html").write_text("meidän")
    context = multiprocessing.get_context("fork")
    started = context.Event()
    writer = context.Process(target=write_for_ever, args=(tmp_path, started))
    writer.start()
    started.wait()
    time.sleep(delay)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    for path in tmp_path.glob("[abcd]"):
        content = path.read_bytes()
        assert content == content[:9] * 20_000
    write_into(tmp_path, dict.fromkeys("abcd", b"last"))
    assert {path.name for path in tmp_path.iterdir()} == {*"abcd", LIST, "etusivu.html"}


def test_a_list_that_somebody_changed_deletes_nothing_elsewhere(tmp_path):
    (tmp_path / "neighbour").write_text("x")
    folder = tmp_path / "julki"
    write_into(folder, {"a": b"1"})
    (folder / LIST).write_text("a\n../neighbour\n/etc/passwd\n..\n\n")
    write_into(folder, {"b": b"2"})
    assert (tmp_path / "neighbour").exists()
    assert {path.name for path in folder.iterdir()} == {"b", LIST}


def test_a_folder_of_the_same_name_is_foreign_too(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(ForeignFiles):
        write_into(tmp_path, {"a": b"1"})


# --- a page as blocks


def said(blocks):
    return [
        [block["kind"], block.get("level"), "".join(run["text"] for run in block.get("runs", []))]
        for block in blocks
    ]


def test_headings_on_paper_skip_no_level():
    page = "<h1>a</h1><h3>b</h3><h4>c</h4><h2>d</h2><h4>e</h4>"
    levels = [block["level"] for block in blocks_of(page, "fi")]
    assert levels == [1, 2, 3, 2, 3]


def test_words_outside_paragraphs_are_paragraphs_and_unknown_tags_lose_no_word():
    page = "alku <b>b</b><div>x<details><summary>s</summary>y</details></div> <p> z<br> å </p>"
    assert said(blocks_of(page, "fi")) == [
        ["paragraph", None, "alku b"],
        ["paragraph", None, "x"],
        ["paragraph", None, "s"],
        ["paragraph", None, "y"],
        ["paragraph", None, "z\nå"],
    ]


def test_lists_facts_and_tables_keep_their_rows():
    page = (
        '<ol start="3"><li>a<ul><li>b</li></ul></li></ol>'
        "<dl><div><dt>k</dt><dd>v</dd><dd>w</dd></div></dl>"
        "<table><thead><tr><th>1</th></tr></thead><tbody><tr><td>2</td><td>3</td></tr></tbody></table>"
    )
    numbered, facts, table = blocks_of(page, "fi")
    assert numbered["start"] == 3
    assert [block["kind"] for block in numbered["items"][0]] == ["paragraph", "list"]
    assert [[said(cell) for cell in row] for row in facts["rows"]] == [
        [[["paragraph", None, "k"]], [["paragraph", None, "v"]]],
        [[], [["paragraph", None, "w"]]],
    ]
    assert [len(row) for row in table["rows"]] == [1, 2]


@pytest.mark.parametrize(
    "page",
    [
        "<ul><li>x" * 200,
        "<ol><li>x" * 3_000,
        "<b>x" * 3_000,
        "<div>x<table><tr><td>x" * 500,
        "<dl><div><dt>x</dt><dd>x" * 500,
        '<ol start="99999999999999999999999"><li>x</ol>',
        '<ol start="' + "9" * 5_000 + '"><li>x</ol>',
    ],
)
def test_no_page_is_too_deep_for_paper_and_no_word_is_lost(page):
    """A notice that is in force stays as it is, whatever somebody once wrote into it."""
    blocks = blocks_of(page, "fi")
    assert json.dumps(blocks).count("x") >= page.count("x")
    values = {"language": "fi", "title": "t", "author": "a", "date": [2026, 3, 4], "blocks": blocks}
    pdf = pdf_of(LAYOUT, values, date(2026, 3, 4))
    assert words_of(pdf).count("x") >= page.count("x")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "own_words",
    ['<ol start="99999999999999999999999"><li>a</li></ol>', "<ul><li>" * 200, "<b>" * 3_000],
)
def test_no_own_words_break_the_export_of_what_is_in_force(export, notice, own_words):
    section = notice.sections.first()
    section.own_words = own_words
    with_because(section)
    adopt(notice, now=timezone.now())
    code, _out, _err, folder = export()
    assert code == 0
    assert (folder / "tietosuojaseloste-fi.pdf").exists()


def test_words_in_another_language_say_so():
    [block] = blocks_of('<p lang="sv">ett <span lang="fi">kaksi</span></p>', "en")
    assert [(run["text"], run["lang"]) for run in block["runs"]] == [
        ("ett ", "sv"),
        ("kaksi", "fi"),
    ]
