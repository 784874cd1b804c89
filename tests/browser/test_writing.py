"""Writing a notice in a real Chromium: by keyboard alone, in every look, on a narrow screen."""

import pytest
from django.urls import reverse

from notices.guiding.promising import Step
from notices.models import Notice
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import SectionFactory

pytestmark = pytest.mark.django_db(transaction=True)
FIRM = {
    "controller_name": "Koekirjasto Oy",
    "controller_street": "Koekuja 1",
    "controller_postcode": "00100",
    "controller_city": "Helsinki",
    "controller_phone": "020 000 0001",
    "controller_email": "tietosuoja@koekirjasto.example",
    "contact_name": "Aino Koekajo",
}


def fill_in_the_firm(page, **changes):
    for name, value in (FIRM | changes).items():
        page.locator(f"#id_{name}").fill(value)


def go_on(page):
    with page.expect_navigation():
        page.locator("input[name=next]").click()


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_steps_in_every_look(staff_page, judge, language, scheme, width):  # noqa: F811
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    page.goto(reverse("admin:index"))
    follow(page.locator(f'a[href="{reverse("admin:notices_notice_write")}"]'))
    look = f"{language}-{scheme}-{width}"
    judge(page, f"write-who-{look}")
    fill_in_the_firm(page, controller_postcode="1")
    go_on(page)
    judge(page, f"write-mistake-{look}")
    page.locator("#id_controller_postcode").fill("00100")
    go_on(page)
    for step in list(Step)[1:]:
        assert f"step={step}" in page.url
        judge(page, f"write-{step}-{look}")
        if step == Step.PURPOSES:
            page.locator("#id_for_statistics").check()
            assert page.locator("#id_basis_statistics").is_visible()
        go_on(page)
    SectionFactory(notice=Notice.objects.get(), key="other", language="fi", position=99)
    page.reload()
    assert page.locator(".place .late").count() == (0 if language == "fi" else 1)
    judge(page, f"write-text-{look}")
    if page.locator("a[href$='/clauses/0/']").count() == 0:
        page.goto(reverse("admin:notices_notice_change", args=[Notice.objects.get().pk]))
    page.locator("details:has(a[href$='/clauses/0/']) summary").click()
    follow(page.locator("a[href$='/clauses/0/']"))
    judge(page, f"write-clause-{look}")


def test_a_sole_trader_writes_and_publishes_by_keyboard_alone(staff_page):  # noqa: F811
    page = staff_page(Role.DATA_PROTECTION_CONTACT, "en")
    page.goto(reverse("admin:notices_notice_write"))
    page.locator("#id_controller_name").focus()
    for value in FIRM.values():
        page.keyboard.type(value)
        page.keyboard.press("Tab")
        if value == FIRM["controller_email"]:
            assert page.evaluate("document.activeElement.id") == "id_contact_name"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for _step in list(Step)[1:]:
        page.locator("main input[type=checkbox], main input[type=number]").first.focus()
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.get_by_role("link", name="Publish", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/publish/")
    page.get_by_role("button", name="Publish").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Notice.objects.in_force().controller_name == "Koekirjasto Oy"


def test_the_list_of_mistakes_leads_to_each_box(staff_page):  # noqa: F811
    page = staff_page(Role.DATA_PROTECTION_CONTACT, "en")
    page.goto(reverse("admin:notices_notice_write"))
    fill_in_the_firm(page, controller_city="")
    page.locator("#id_languages_0").uncheck()
    page.locator("#id_languages_2").uncheck()
    go_on(page)
    assert page.title().startswith("Error:")
    page.locator("#mistakes a", has_text="City").click()
    assert page.evaluate("document.activeElement.id") == "id_controller_city"
    page.locator("#mistakes a", has_text="Languages of the notice").click()
    assert page.evaluate("document.activeElement.id") == "id_languages"
    assert page.locator("#id_controller_name").input_value() == "Koekirjasto Oy"
