"""The year at a glance in a real Chromium: its table, its picture and the way to it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from staff.roles import Role
from tests.browser.acts import broken_words
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import NoticeFactory
from tests.rights_requests.test_year import asked, decided, page_of, refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("language", "scheme", "width"), [*LOOKS, ("fi", "dark", 320)])
def test_the_year_has_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    language,
    scheme,
    width,
):
    """T11, Q02: read by all, in the three languages, by keyboard, on a narrow screen."""
    NoticeFactory(in_force=True)
    today = timezone.localdate()
    rights = ("access", "rectification", "erasure", "restriction", "portability", "objection")
    for number in range(18):
        right, on = rights[number % len(rights)], today - timedelta(days=40 + number)
        days = timedelta(days=number * number % 37)
        if number % 5:
            decided(asked(right, on), on + days)
        else:
            refused(asked(right, on), on + days)
    asked("access", today - timedelta(days=90))
    page = staff_page(Role.HANDLER, language, scheme, width)
    page.goto(reverse("admin:index"))
    link = page.locator(f"a[href='{page_of(today.year)}']")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page_of(today.year)}")
    assert page.locator(".ahead svg rect.bar").count() > 3
    assert page.locator(".ahead svg rect.alarm").count() == 1
    page.locator("details summary").focus()
    page.keyboard.press("Enter")
    judge(page, f"year-{language}-{scheme}-{width}")
    with page.expect_download() as download:
        page.locator(f"a[href='{page_of(today.year, 'year_xlsx')}']").click()
    assert download.value.suggested_filename == f"requests-{today.year}.xlsx"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("width", [1280, 1024, 320])
def test_no_heading_breaks_within_a_word(staff_page, language, width):  # noqa: F811
    """Q02"""
    NoticeFactory(in_force=True)
    today = timezone.localdate()
    for right in ("objection", "prohibition", "restriction"):
        asked(right, today - timedelta(days=40))
    refused(asked("objection", today - timedelta(days=20)), today)
    refused(asked("erasure", today - timedelta(days=20)), today)
    page = staff_page(Role.HANDLER, language, "light", width)
    page.goto(page_of(today.year))
    # the longest ground and law that there are
    page.evaluate(
        """() => document.querySelectorAll('#content section:last-of-type td').forEach(
            cell => { cell.textContent = cell.textContent.repeat(4); })"""
    )
    assert page.locator("#content th").count() > 20
    assert broken_words(page.locator("#content tbody th")) == []
    if width >= 1024:
        assert broken_words(page.locator("#content thead th")) == []
