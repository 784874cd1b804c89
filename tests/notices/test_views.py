import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from notices.drafts import next_draft
from notices.models import Notice
from notices.publishing import adopt
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    NoticeFactory,
    SectionFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.sign_in import sign_in

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
    adopt(notice, now=datetime(2026, 3, 4, 9, tzinfo=UTC))
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


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/fi/",
        "/sv/versions/",
        "/en/versions/1/",
        "/en/versions/1/changes/",
        "/fi/clauses.json",
        "/fi/versions/1/clauses.json",
    ],
)
def test_public_pages_set_no_cookie_and_run_no_script(client, notice, address):
    """K03, I01: no cookie, no script, and nothing that varies by cookie."""
    response = client.get(address)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert set(response["Content-Security-Policy"].split("; ")) == CSP
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "<script" not in response.text


def test_an_untranslated_notice_is_shown_in_its_own_language_and_marked(client, notice):
    """V05: a missing language falls back visibly."""
    page = client.get("/sv/").text
    assert '<h2 id="purpose-1" lang="fi">Tarkoitus</h2>' in page
    assert 'class="mark"' in page
    assert page.count('class="untranslated"') == 2
    finnish = client.get("/fi/").text
    assert 'class="mark"' not in finnish
    assert 'class="untranslated"' not in finnish


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
    adopt(second, now=datetime(2026, 5, 4, 9, tzinfo=UTC))
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
def test_a_version_takes_two_queries_however_long_the_notice(
    client, django_assert_num_queries, count
):
    notice = NoticeFactory()
    for _one in range(count):
        SectionFactory(notice=notice)
    adopt(notice, now=datetime(2026, 3, 4, 9, tzinfo=UTC))
    with django_assert_num_queries(2):
        client.get("/fi/versions/1/")


def test_the_other_languages_are_one_click_away(client, notice):
    page = client.get("/fi/versions/1/").text
    assert 'href="/sv/versions/1/"' in page
    assert 'href="/en/versions/1/"' in page


@pytest.fixture
def second(notice):
    """A version that follows `notice`: other words, more data, another controller's phone."""
    draft = next_draft(notice, reason="Test")
    with because("Test"):
        draft.controller_phone = "020 000 1111"
        draft.save()
        section = draft.sections.get(position=1)
        section.text = "Ensin <b>tuo</b>:\n- nimi"
        section.save()
    ClauseFactory(notice=draft, term="phone", section=section, words="puhelin")
    adopt(draft, now=datetime(2026, 5, 4, 9, tzinfo=UTC))
    return draft


def test_each_version_shows_what_it_changed_in_words_and_word_by_word(client, second):
    """V02: the diff between versions is public."""
    page = client.get("/en/versions/2/changes/").text
    assert "The register may now also hold: phone number." in page
    assert re.search(r"Controller&#x27;s phone</dt><dd><ins>.*020 000 1111</ins>", page)
    assert re.search(r"<del>.*&lt;b&gt;tämä&lt;/b&gt;:.*</del>", page, re.DOTALL)
    assert re.search(r"<ins>.*&lt;b&gt;tuo&lt;/b&gt;:.*</ins>", page, re.DOTALL)
    assert "Suostumus" not in page


def test_the_first_version_has_nothing_before_it(client, notice):
    response = client.get("/en/versions/1/changes/")
    assert response.status_code == 200
    assert "This is the first version" in response.text
    assert "changes/" not in client.get("/en/versions/").text


def test_all_versions_are_listed_with_both_dates_and_the_way_to_the_changes(client, second):
    """P01"""
    page = client.get("/fi/versions/").text
    assert page.count("2.1.2026") == 2
    assert "4.3.2026" in page
    assert "4.5.2026" in page
    assert "/fi/versions/2/changes/" in page
    assert "/fi/versions/1/changes/" not in page


@pytest.mark.parametrize(
    "address",
    ["versions/", "versions/1/", "versions/1/changes/", "clauses.json", "versions/1/clauses.json"],
)
def test_versions_are_sent_again_only_when_they_changed(client, notice, address):
    first = client.get(f"/fi/{address}")
    assert first["ETag"].startswith('"')
    again = client.get(f"/fi/{address}", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_version_that_another_followed_has_another_etag(client, notice):
    before = client.get("/fi/versions/1/")["ETag"]
    later = NoticeFactory()
    adopt(later, now=datetime(2026, 5, 4, 9, tzinfo=UTC))
    response = client.get("/fi/versions/1/", headers={"if-none-match": before})
    assert response.status_code == 200
    assert "4.5.2026" in response.text


def test_programs_read_the_clauses_of_each_version(client, second):
    """One document says what the program obeys, in force or before."""
    response = client.get("/en/clauses.json")
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
    now, before = response.json(), client.get("/sv/versions/1/clauses.json").json()
    assert (now["version"], now["in_force_until"]) == (2, None)
    assert now["in_force_from"] == before["in_force_until"]
    assert now["controller"]["phone"] == "020 000 1111"
    assert now["contact"] == {"name": None, "phone": None, "email": None}
    data = {one["term"]: one for one in now["clauses"] if one["kind"] == "data"}
    assert data["phone"] == {
        "kind": "data",
        "term": "phone",
        "label": "phone number",
        "words": "puhelin",
        "section": "purpose",
        "anchor": "purpose-1",
        "called": None,
        "name": None,
        "country": None,
        "years": None,
        "months": None,
        "categories": [],
        "inactive_months": None,
        "ways": [],
        "legal_basis": None,
        "under_other_heading": False,
    }
    labels = [one["label"] for one in before["clauses"] if one["kind"] == "data"]
    assert labels == ["för- och efternamn", "e-postadress"]
    assert before["language"] == "sv"
    assert [now.keys(), now["clauses"][0].keys()] == [before.keys(), before["clauses"][0].keys()]


def test_the_page_names_the_document_of_its_clauses(client, notice):
    page = client.get("/fi/").text
    link = '<link rel="alternate" type="application/json" href="/fi/versions/1/clauses.json">'
    assert link in page


def test_without_a_notice_there_are_no_clauses(client):
    response = client.get("/fi/clauses.json")
    assert (response.status_code, response.json()) == (503, {"version": None})


# --- the preview of a draft


def preview_of(draft, language="fi"):
    return reverse("admin:notices_notice_preview", args=[draft.pk, language])


@pytest.fixture
def viewer():
    user = UserFactory(role=Role.VIEWER, language="sv")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


def test_staff_see_a_draft_as_its_readers_will(client, viewer):
    draft = NoticeFactory(declared=["name"], sources=["registration"])
    SectionFactory(notice=draft, position=1, heading="Tarkoitus", text="Ensin tämä.")
    page = viewer.get(preview_of(draft, "en")).text
    assert "This is a draft, shown to staff only." in page
    assert '<html lang="en">' in page
    assert f'href="{preview_of(draft, "sv")}"' in page
    adopt(draft, now=timezone.now())
    shown = client.get("/en/").text
    body = slice_of(page, "Why", "</article>") or slice_of(page, "Your rights", "</article>")
    assert body
    assert body in shown


def slice_of(page, first, last):
    return page[page.index(first) : page.index(last)] if first in page else ""


def test_the_preview_shows_drafts_only_and_our_languages_only(viewer):
    draft = NoticeFactory()
    assert viewer.get(preview_of(draft, "et")).status_code == 404
    adopt(draft, now=timezone.now())
    assert viewer.get(preview_of(draft)).status_code == 404


def test_a_draft_is_previewed_by_staff_who_may_read_notices_only(client):
    draft = NoticeFactory()
    assert client.get(preview_of(draft)).status_code == 302
    user = UserFactory(role="", language="fi")
    UndertakingFactory(user=user)
    assert sign_in(Client(), user).get(preview_of(draft)).status_code == 403
