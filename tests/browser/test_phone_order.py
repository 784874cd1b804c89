"""An order by phone in a real Chromium: by keyboard alone, with few keys, from the first page."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from staff.roles import Role
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import CustomerFactory
from tests.rights_requests.at_the_desk import ask

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = reverse("phone_order")


@pytest.fixture(autouse=True)
def notice():
    call_command("load_notice", str(settings.BASE_DIR / "demo" / "notice.toml"), "--adopt")


@pytest.fixture
def aino():
    return CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        email="aino.kajo-pitkanimi@koe.example",
        phone="020 000 1234",
        street="Koekuja 1",
        postcode="00100",
        city="Helsinki",
    )


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_page_has_no_barriers(staff_page, judge, aino, language, scheme, width):  # noqa: F811
    CustomerFactory(given_name="Eero", family_name="Kajo", phone="020 000 4321")
    ask("restriction", "objection", "erasure", customer=aino)
    ask("prohibition", customer=aino, phone=aino.phone)
    page = staff_page(Role.HANDLER, language, scheme, width)
    name = f"phone-order-{{}}-{language}-{scheme}-{width}"
    page.goto(PAGE)
    judge(page, name.format("empty"))
    page.locator("#id_q").fill("kajo")
    page.keyboard.press("Enter")
    page.locator(".found strong", has_text="Aino").wait_for()
    judge(page, name.format("found"))
    page.locator("#customer-new").check()
    page.locator("#id_phone").fill("020 000 1234")
    page.locator("#id_lines-0-unit_price").fill("abc")
    page.locator(".submit-row button").click()
    judge(page, name.format("faults"))
    page.locator("#id_lines-0-unit_price").fill("12,50")
    page.locator("#id_lines-0-description").fill("Vuosihuolto")
    page.locator("#customer-new").check()
    page.locator(".submit-row button").click()
    page.locator(".unread").wait_for()
    judge(page, name.format("unread"))
