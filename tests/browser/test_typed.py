"""A session that ends while somebody types, in a real Chromium."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from notices.models import Section
from staff.models import User
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import PASSWORD, SectionFactory
from tests.sign_in import code_of

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Pitkä teksti & <b>merkit</b>.\n\nToinen kappale.\n" * 40


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_session_that_ends_loses_nothing(staff_page, judge, language, scheme, width):  # noqa: F811
    section = SectionFactory(text="Before")
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    page.goto(reverse("admin:notices_notice_place", args=[section.notice_id, section.position]))
    page.locator("#id_text_fi").fill(LONG)
    page.locator("#id_reason").fill("A test")
    Session.objects.all().delete()

    follow(page.locator("[name=act][value=save]"))
    judge(page, f"signed-out-{language}-{scheme}-{width}")
    user = User.objects.get()
    page.locator("#id_login").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    follow(page.locator("main form button"))
    secret = user.authenticator_set.get(type="totp").data["secret"]
    page.locator("#id_code").fill(code_of(secret))
    follow(page.locator("main form button").first)
    judge(page, f"typed-{language}-{scheme}-{width}")
    # one press is enough: nobody goes through the whole page by the tabulator
    assert page.evaluate("document.activeElement.matches('main form button')")
    page.keyboard.press("Enter")

    page.wait_for_url("**/change/")
    assert Section.objects.get().text == LONG.strip()
