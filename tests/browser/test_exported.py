"""The exported pages in a browser, as they lie in a folder, and as they are printed."""

from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from pypdf import PdfReader

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("index", "tietosuojaseloste-fi", "request-form-fi", "without-email-fi")


@pytest.fixture
def exported(tmp_path, settings):
    settings.BASE_URL = "https://rekisteri.koe.example"
    call_command("load_notice", "demo/notice.toml", "--adopt", stdout=StringIO())
    call_command("export_public", str(tmp_path), stdout=StringIO())
    return tmp_path


@pytest.mark.parametrize("width", [1280, 320])
def test_an_exported_page_has_no_barrier_and_needs_no_sideways_scrolling(
    page_for, barriers, exported, width
):
    page = page_for("fi", width=width)
    for name in PAGES:
        page.goto(f"file://{exported}/{name}.html")
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_form_that_is_filled_in_on_the_screen_prints_on_two_sides(page_for, exported):
    page = page_for("fi")
    page.goto(f"file://{exported}/request-form-fi.html")
    page.get_by_role("textbox").first.fill("Nimeni on väärin.")
    page.locator("#rectification").check()
    assert len(PdfReader(BytesIO(page.pdf(format="A4"))).pages) <= 2
