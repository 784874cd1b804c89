"""Asking on paper: the form that was filled in on the web and is printed, and the page that tells
how to ask without e-mail."""

from io import BytesIO

import pytest
from django.apps import apps
from django.utils import translation
from pypdf import PdfReader

from notices.publishing import adopt
from notices.terms import ClauseKind
from rights_requests.models import OFFERED, RightsRequest
from rights_requests.paper_form import blank
from tests.factories import ClauseFactory, NoticeFactory
from tests.notices.test_export_public import squeezed, words_of
from tests.rights_requests.asking import OFFERING, address, answers, check, fields, press

pytestmark = pytest.mark.django_db
LANGUAGES = ("fi", "sv", "en")
BY_POST = {"email": "", "street": "Koekuja 7 B", "postcode": "00200", "city": "Helsinki"}


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(
        in_force=True,
        languages=LANGUAGES,
        controller_name="Äijän Öljy Oy",
        controller_address="Koekuja 1, 00100 Helsinki",
        contact_name="Testi Henkilö",
        **OFFERING,
    )


def printed(client, filled, language="en"):
    return press(client, check(client, filled, language), "paper", language=language)


def rows():
    """How many rows each table has."""
    return {model: model._base_manager.count() for model in apps.get_models()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_typed_stands_on_the_form_in_the_language_of_the_page(client, language):
    """P49, P50, P51, I01: filled in, to print, sign and post."""
    every = answers(*OFFERED, **BY_POST, phone="040 7654321")
    read = words_of(printed(client, every, language).content)
    for typed in (
        *("Koekatu 1", "Koekatu 2", "Olen muuttanut.", "Viime vuonna."),
        *("Olen salaisessa osoitteessa.", "Aino Koekajo", "Koekuja 7 B", "00200 Helsinki"),
        *("040 7654321", "Äijän Öljy Oy", "Koekuja 1, 00100 Helsinki"),
    ):
        assert squeezed(typed) in read, typed


@pytest.mark.parametrize("right", OFFERED)
def test_the_rights_that_were_chosen_are_ticked_and_no_other(client, right):
    """P62: a cross that is read aloud stands before each right that is asked for."""
    read = words_of(printed(client, answers(right, **BY_POST)).content)
    with translation.override("en"):
        for other in OFFERED:
            label = squeezed(f"{str(other.label).capitalize()}.")
            assert (f"X{label}" in read) == (other == right), other


def test_what_is_ticked_below_a_right_is_ticked_on_paper(client):
    """P52, S01: which marketing is forbidden, and on which ground the data should rest."""
    filled = answers("restriction", "prohibition", **BY_POST, scopes=["market_research"])
    read = words_of(printed(client, filled).content)
    assert "X" + squeezed("the data are wrong, and you are checking them") in read
    assert read.count("X" + squeezed("market research")) == 1
    assert "X" + squeezed("direct marketing") not in read


def test_nothing_of_it_is_stored_or_kept(client):
    """I09: asking for paper leaves no row, no cache, and nobody's name in the file's."""
    page = check(client, answers("access", **BY_POST))
    before = rows()
    response = press(client, page, "paper")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="request-form-fi.pdf"'
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert rows() == before
    assert not RightsRequest.objects.exists()


def test_it_is_posted_and_never_asked_for_by_an_address(client):
    """I08: what was typed stands in no address, and what is not valid is not printed."""
    filled = answers("access", **BY_POST) | {"step": "paper"}
    assert client.get(address("form"), filled)["Content-Type"].startswith("text/html")
    faulty = client.post(address("form"), answers("access", email="aino") | {"step": "paper"})
    assert faulty["Content-Type"].startswith("text/html")
    assert fields(faulty)["email"] == ["aino"]


def test_words_that_fill_pages_are_all_printed(client):
    """R02: whatever fits the form on the web fits the paper."""
    longest = " ".join(f"sana{number}" for number in range(400))
    filled = answers("rectification", "objection", **BY_POST) | {
        "item-1-datum": longest[:2000],
        "item-1-wanted": "W" * 2000,
        "objection_ground": "\n".join(f"rivi {number}" for number in range(300)),
    }
    pdf = printed(client, filled).content
    read = words_of(pdf)
    # the foot of a page may stand between two of them
    assert all(word in read for word in longest[:2000].split())
    assert read.count("W") >= 2000
    assert all(f"rivi{number}" in read for number in range(300))
    root = PdfReader(BytesIO(pdf)).trailer["/Root"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_nothing_typed_is_markup(client):
    """I01: words of a stranger are words."""
    evil = '#panic("x") *lihava* $x$ \\ @viite <label> [x]'
    filled = answers("rectification", **BY_POST) | {
        "item-1-datum": evil,
        "street": "= otsikko *B*",
    }
    read = words_of(printed(client, filled).content)
    assert squeezed(evil) in read
    assert squeezed("= otsikko *B*") in read


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_empty_form_is_there_for_anybody(client, notice, language):
    """P51, I01: by one click from the page that tells how to ask without e-mail."""
    page = client.get(address("without_email", language=language))
    link = address("paper", language=language)
    assert f'href="{link}"' in page.text
    response = client.get(link)
    assert response.content == blank(notice, language)
    assert response["Content-Disposition"].endswith(f'filename="request-form-{language}.pdf"')
    assert len(PdfReader(BytesIO(response.content)).pages) <= 2
    assert client.post(link).status_code == 405


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_to_ask_without_e_mail_is_one_click_away(client, language):
    """I01, P49: from the notice, from the choice of rights, and from below each page."""
    link = f'href="/{language}/requests/without-email/"'
    assert link in client.get(f"/{language}/").text
    assert client.get(address("choose", language=language)).text.count(link) == 2
    assert link in client.get(address("form", language=language, right="access")).text
    page = client.get(address("without_email", language=language))
    assert "Koekuja 1, 00100 Helsinki" in page.text
    assert "<script" not in page.text
    assert not page.cookies


def test_a_signature_is_told_to_be_enough_where_the_notice_says_so_and_never_needed(client, notice):
    """P51, P55, I03; A4: sufficient, never necessary."""
    page = client.get(address("without_email", language="en")).text
    assert "Nobody has to sign." in page
    assert "A signed letter is enough" not in page
    later = NoticeFactory(languages=LANGUAGES)
    ClauseFactory(
        notice=later, kind=ClauseKind.RIGHT, term="access", ways=["signature", "proven_email"]
    )
    ClauseFactory(notice=later, kind=ClauseKind.RIGHT, term="rectification", ways=["written"])
    adopt(later, now=notice.came_into_force_at, reason="Test")
    page = client.get(address("without_email", language="en")).text
    assert "Nobody has to sign." in page
    assert "A signed letter is enough for: access." in page
