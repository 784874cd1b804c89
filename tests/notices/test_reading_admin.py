"""The page that reads an existing notice: first a look, then a draft."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from notices.models import Clause, Notice, Section
from notices.reading import read
from staff.roles import Role
from tests.factories import UndertakingFactory, UserFactory
from tests.notices.test_load_notice import TEXT
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
READ = reverse("admin:notices_notice_read")
EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture
def contact(db):
    user = UserFactory(role=Role.DATA_PROTECTION_CONTACT, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


def stored():
    return (Notice.objects.count(), Section.objects.count(), Clause.objects.count())


def carried(page):
    """The text that travels in the form of a page, as a browser would send it back."""
    [inside] = re.findall(r'(?s)<textarea name="text" hidden[^>]*>\n(.*?)</textarea>', page)
    text = inside.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    return text.replace("&#x27;", "'").replace("&amp;", "&").replace("\n", "\r\n")


@pytest.mark.parametrize("given", ["file", "text"])
def test_a_look_shows_what_was_found_and_stores_nothing(contact, given):
    value = SimpleUploadedFile("n.txt", TEXT.encode()) if given == "file" else TEXT
    page = contact.post(READ, {given: value, "act": "look"}).text

    for words in ("Koepaja Oy, Koekuja 1, 00100 Helsinki", "e-mail address", "6 March 2026"):
        assert words in page
    assert stored() == (0, 0, 0)


def test_the_second_press_stores_the_text_that_travelled_in_the_form(contact):
    page = contact.post(READ, {"text": TEXT, "act": "look"}).text
    response = contact.post(READ, {"text": carried(page), "act": "save"})

    notice = Notice.objects.get()
    assert response["Location"] == reverse("admin:notices_notice_change", args=[notice.pk])
    assert (notice.version, notice.controller_name) == (None, "Koepaja Oy")
    assert notice.sections.count() == len(read(TEXT.encode()).sections)


def test_the_text_can_be_changed_and_nothing_of_it_is_lost(contact):
    text = '\n  Rekisterin nimi\tAsiakkaat & <muut> "x"\n\n\n'
    page = contact.post(READ, {"text": text, "act": "look"}).text
    form = contact.post(READ, {"text": carried(page), "act": "change"})

    assert form.context["form"].initial["text"].replace("\r\n", "\n") == text
    assert "&lt;muut&gt;" in form.text
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_what_a_file_says_is_what_its_carried_text_says(contact, path):
    page = contact.post(
        READ, {"file": SimpleUploadedFile("n", path.read_bytes()), "act": "look"}
    ).text

    assert read(carried(page).encode()) == read(path.read_bytes())


def test_a_line_without_a_place_is_marked_on_both_sides(contact):
    page = contact.post(READ, {"text": f"Hei kaikki!\n\n{TEXT}", "act": "look"})

    assert page.context["unplaced"] == ("Hei kaikki!",)
    assert [line.text for line in page.context["lines"] if line.unplaced] == ["Hei kaikki!"]


def test_each_heading_is_shown_with_its_place_at_its_own_line(contact):
    page = contact.post(READ, {"text": TEXT, "act": "look"})

    begins = [
        (line.text.split("\t")[0], line.begins) for line in page.context["lines"] if line.begins
    ]
    assert begins == [
        ("Asiakasrekisteri - tietosuojaseloste", "Title"),
        ("Laatimispäivä", "Drawn up on"),
        ("Rekisterinpitäjä", "Controller"),
        ("Rekisterin nimi", "Name of the register"),
        ("Rekisterin tietosisältö", "Data in the register"),
        ("Säännönmukaiset tietolähteet", "Where the data come from"),
    ]


def test_each_fact_is_shown_with_the_words_that_say_it(contact):
    page = contact.post(
        READ,
        {"text": "Säilytysaika\nIP-osoitteet 6 kk keräämisestä.\n\nTietojen siirto EU:n tai ETA:n "
                 "ulkopuolelle\nEi siirretä.\n", "act": "look"},
    ).text  # fmt: skip

    assert "IP-osoitteet 6 kk keräämisestä." in page
    assert "6 months from the day when the data were obtained: IP number" in page
    assert "no transfers" in page


def test_what_is_missing_is_said_before_anything_is_stored(contact):
    page = contact.post(READ, {"text": "Rekisterin nimi\nAsiakkaat\n", "act": "look"}).text

    for lack in ("who the controller is", "It lists no data", "It names no source of data"):
        assert lack in page


def test_no_markup_of_the_notice_reaches_the_page(contact):
    """D35: scripts are not spoken, tags and addresses of scripts are words or nothing."""
    html = (
        "<!doctype html><h2>Rekisterin nimi</h2><p>Asiakkaat <img src=x onerror=alert(1)></p>"
        '<h2>Evästeet</h2><p><a href="javascript:alert(2)">Tästä</a><script>alert(3)</script></p>'
        "&lt;script&gt;alert(4)&lt;/script&gt;"
    )
    page = contact.post(READ, {"text": html, "act": "look"}).text
    contact.post(READ, {"text": html, "act": "save"})

    for live in ("<img src=x", "<script>alert", 'href="javascript'):
        assert live not in page
    assert Section.objects.get(key="cookies").text == "Tästä\n<script>alert(4)</script>"


@pytest.mark.parametrize("act", ["look", "save", ""])
@pytest.mark.parametrize(
    "posted",
    [{}, {"text": "maito\nleipä"}, {"text": " \n"}, {"file": b"%PDF-1.7"}, {"file": b"\x89PNG"},
     {"file": b"Rekisterin nimi\n" * 400_000}, {"file": b""}],
)  # fmt: skip
def test_what_is_no_notice_is_told_at_the_form_whatever_was_pressed(contact, posted, act):
    files = {
        name: SimpleUploadedFile("n.txt", value) if isinstance(value, bytes) else value
        for name, value in posted.items()
    }
    response = contact.post(READ, files | {"act": act})

    assert response.status_code == 200
    assert "errorlist" in response.text
    assert stored() == (0, 0, 0)


def test_a_notice_of_thousands_of_lines_is_shown_in_part_and_carried_whole(contact):
    text = "Rekisterin nimi\nAsiakkaat\n\nEvästeet\n" + "Rivi on tässä.\n" * 5000
    response = contact.post(READ, {"text": text, "act": "look"})

    assert len(response.context["lines"]) == 2000
    assert response.context["left_out"] == 3004
    assert carried(response.text).count("Rivi") == 5000


def test_our_own_toml_is_read_here_too(contact, settings):
    raw = (settings.BASE_DIR / "demo" / "notice.toml").read_bytes()
    page = contact.post(READ, {"file": SimpleUploadedFile("n.toml", raw), "act": "look"}).text
    contact.post(READ, {"text": carried(page), "act": "save"})

    assert Notice.objects.get().languages == ["fi", "sv", "en"]


def test_a_file_and_a_text_together_are_told_apart(contact):
    sent = {"file": SimpleUploadedFile("n.txt", TEXT.encode()), "text": TEXT, "act": "look"}
    page = contact.post(READ, sent)
    assert page.context["form"].errors.keys() == {"file"}
    assert "You gave a file and a text." in page.text


def test_a_pdf_is_to_be_pasted_into_the_box_that_is_there(contact):
    page = contact.post(READ, {"file": SimpleUploadedFile("n.pdf", b"%PDF-1.4"), "act": "look"})
    assert "copy its text and paste it into the box below" in page.text


def test_of_a_web_page_the_words_are_shown_and_the_page_travels_whole(contact):
    source = "<html><body><h1>Tietosuojaseloste</h1><h2>Rekisterinpitäjä</h2><p>Koe &amp; Co Oy</p>"
    page = contact.post(READ, {"text": source, "act": "look"})
    assert [line.text for line in page.context["lines"]] == [
        "Tietosuojaseloste",
        "Rekisterinpitäjä",
        "Koe & Co Oy",
    ]
    assert [line.section for line in page.context["lines"]] == [0, 1, None]
    assert carried(page.text) == source
