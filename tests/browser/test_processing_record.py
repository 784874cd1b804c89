"""The record of processing activities in a real Chromium: read, printed, saved."""

import pytest
from django.urls import reverse

from staff.roles import Role
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import NoticeFactory, RecipientFactory

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = reverse("processing_record")


@pytest.mark.parametrize(("language", "scheme", "width"), [*LOOKS, ("fi", "dark", 320)])
def test_the_record_has_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    language,
    scheme,
    width,
):
    """Q01: read by all, in the three languages, by keyboard, on a narrow screen and on paper."""
    NoticeFactory(
        in_force=True,
        purposes={"orders": "contract", "statistics": "legitimate_interest"},
        recipients=["own_staff", "accounting", "partner"],
        grounds=["billing"],
        transfers=["none"],
    )
    RecipientFactory(has_standing_access=True)
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    page.goto(reverse("admin:notices_notice_changelist"))
    link = page.locator(f"a[href='{PAGE}']")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{PAGE}")
    assert page.locator("#content h2").count() == 7
    judge(page, f"record-{language}-{scheme}-{width}")
    with page.expect_download() as download:
        page.locator(f"a[href='{reverse('processing_record_pdf', args=[language])}']").click()
    assert download.value.suggested_filename == f"processing-record-{language}.pdf"
    page.emulate_media(media="print")
    assert page.locator("#content h2").first.is_visible()
    for screen_only in ("#header", ".breadcrumbs", "nav[aria-label] .roomy"):
        assert not page.locator(screen_only).first.is_visible()
