"""How long requests are kept: a setting that is judged at the start, and that the notice tells."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from notices.terms import Language
from notices.writing.texts import Texts
from tests.factories import NoticeFactory

LANGUAGES = {
    "fi": ("{} vuotta", "30 päivän kuluessa", "enintään 3 kirjettä päivässä"),
    "sv": ("i {} år", "inom 30 dagar", "högst 3 brev om dagen"),
    "en": ("for {} years", "within 30 days", "at most 3 letters a day"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("years", [3, 5])
def test_the_public_page_tells_it_with_the_limits_as_they_are_now(
    client, settings, language, years
):
    """D04r, I09, V06: whatever version is in force, the page says what the program does."""
    settings.REQUEST_YEARS = years
    NoticeFactory(in_force=True)
    page = client.get(f"/{language}/").text
    own = page.split('id="requests-kept"')[1].split("</section>")[0]
    kept, proof, limit = LANGUAGES[language]
    assert [said for said in (kept.format(years), proof, limit) if said not in own] == []
    assert 'href="#requests-kept"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_exported_page_and_paper_tell_it_too(tmp_path, language):
    """D04r, V06"""
    NoticeFactory(in_force=True, languages=list(LANGUAGES))
    call_command("export_public", str(tmp_path))
    page = (tmp_path / f"tietosuojaseloste-{language}.html").read_text()
    kept, proof, limit = LANGUAGES[language]
    assert [said for said in (kept.format(3), proof, limit) if said not in page] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_written_notice_have_a_place_for_the_years(language):
    """D04r, I09: the same in the section on retention."""
    texts = Texts(Language(language))
    kept, _proof, limit = LANGUAGES[language]
    said = texts("retention.law_requests", length=texts.length(60))
    assert kept.format(5).removeprefix("i ").removeprefix("for ") in said
    assert limit in texts("retention.law_limits")
    assert "30" in texts("retention.law_identification")


@pytest.mark.parametrize(
    ("years", "starts"), [("0", False), ("11", False), ("x", False), ("4", True)]
)
def test_a_period_that_cannot_be_meant_stops_the_start(years, starts, tmp_path):
    """D04r: nobody finds out years later."""
    asked = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "REQUEST_YEARS": years, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (asked.returncode == 0) == starts, asked.stderr
    if years in ("0", "11"):
        assert "REQUEST_YEARS must be from 1 to 10" in asked.stderr
