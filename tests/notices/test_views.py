import pytest

from notices.models import Notice
from tests.factories import ClauseFactory, NoticeFactory, SectionFactory

pytestmark = pytest.mark.django_db
CSP = {
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


@pytest.fixture
def notice():
    notice = NoticeFactory(declared=["name", "email"])
    SectionFactory(notice=notice, key="title", position=0, heading="Koepajan seloste", text="")
    SectionFactory(
        notice=notice, position=1, heading="Tarkoitus", text="Ensin <b>tämä</b>:\n- nimi- osoite"
    )
    SectionFactory(notice=notice, position=2, key="consent", heading="Suostumus", text="")
    notice.adopt(now="2026-03-04T09:00:00+00:00")
    return notice


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "fi"), ("sv-FI,sv;q=0.9", "sv"), ("en-GB", "en"), ("et", "fi"), ("et,sv;q=0.5", "sv")],
)
def test_the_root_leads_to_the_reader_s_language_else_finnish(client, accepted, language):
    response = client.get("/", headers={"accept-language": accepted})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/")
    assert response["Vary"] == "Accept-Language"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_without_a_notice_the_page_says_so(client, language):
    NoticeFactory()
    response = client.get(f"/{language}/")
    assert response.status_code == 503
    assert f'<html lang="{language}">' in response.text


def test_the_page_shows_the_notice_in_force_in_its_own_order_and_words(client, notice):
    page = client.get("/fi/").text
    places = [page.index(words) for words in ("Koepajan seloste", ">Tarkoitus<", ">Suostumus<")]
    assert places == sorted(places)
    assert "<p>Ensin &lt;b&gt;tämä&lt;/b&gt;:</p>" in page
    assert "<ul><li>nimi</li><li>osoite</li></ul>" in page


@pytest.mark.parametrize("address", ["/", "/fi/", "/sv/versions/", "/en/versions/1/"])
def test_public_pages_set_no_cookie_and_run_no_script(client, notice, address):
    """K03, I01: no cookie, no script, and nothing that varies by cookie."""
    response = client.get(address)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert set(response["Content-Security-Policy"].split("; ")) == CSP
    assert "<script" not in response.text


def test_an_untranslated_notice_is_shown_in_its_own_language_and_marked(client, notice):
    """V05: a missing language falls back visibly."""
    page = client.get("/sv/").text
    assert '<article lang="fi">' in page
    assert 'class="mark"' in page
    assert 'class="mark"' not in client.get("/fi/").text


def test_the_page_lists_what_the_program_obeys_from_the_clauses(client, notice):
    page = client.get("/en/").text
    kept = page[page.index('id="kept"') :]
    assert "first and last name" in kept
    assert "e-mail address" in kept
    assert "web address" not in kept
    assert "the bare facts of invoices" in kept


def test_every_version_keeps_its_own_address(client, notice):
    """P01: version 1 stays readable at its own permanent address."""
    second = NoticeFactory(register_name="Uusi rekisteri")
    ClauseFactory(notice=second)
    second.adopt(now="2026-05-04T09:00:00+00:00")
    assert "Koepajan seloste" in client.get("/fi/versions/1/").text
    assert "Uusi rekisteri" in client.get("/fi/").text
    versions = client.get("/fi/versions/").text
    assert versions.index("/fi/versions/2/") < versions.index("/fi/versions/1/")
    assert Notice.objects.in_force() == second


def test_a_draft_has_no_public_page(client, notice):
    NoticeFactory()
    assert client.get("/fi/versions/2/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_public_page_is_only_read(client, notice, method):
    assert getattr(client, method)("/fi/").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_three_queries_however_long_the_notice(
    client, django_assert_num_queries, count
):
    notice = NoticeFactory()
    for _one in range(count):
        SectionFactory(notice=notice)
    notice.adopt(now="2026-03-04T09:00:00+00:00")
    with django_assert_num_queries(3):
        client.get("/fi/")


def test_the_other_languages_are_one_click_away(client, notice):
    page = client.get("/fi/versions/1/").text
    assert 'href="/sv/versions/1/"' in page
    assert 'href="/en/versions/1/"' in page
