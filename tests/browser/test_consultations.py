"""The question what a sitting is for, and the log, in a real Chromium: no barrier."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import ConsultationFactory, CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages_of_consultations_have_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    language,
    scheme,
    width,
):
    call_command("load_notice", str(settings.BASE_DIR / "demo" / "notice.toml"), "--adopt")
    aino = CustomerFactory(given_name="Aino", family_name="Kajo")
    for occasion in ("care", "legal_claim", "request"):
        ConsultationFactory(customer=aino, occasion=occasion)
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    look = f"{language}-{scheme}-{width}"
    page.goto(reverse("admin:register_customer_occasion"))
    judge(page, f"consultations-task-{look}")
    page.locator("[name=occasion]").last.check()
    follow(page.locator(".submit-row [type=submit]"))
    assert page.url.endswith(reverse("admin:register_customer_changelist"))
    page.goto(reverse("admin:register_consultation_changelist"))
    # the stock tables scroll by themselves
    judge(page, f"consultations-log-{look}", fits=width > 320)


def test_who_comes_without_a_task_is_asked_by_keyboard_alone(staff_page):  # noqa: F811
    """One question in a sitting; then the page that was wanted."""
    call_command("load_notice", str(settings.BASE_DIR / "demo" / "notice.toml"), "--adopt")
    aino = CustomerFactory(given_name="Aino", family_name="Kajo")
    wanted = reverse("admin:register_customer_change", args=[aino.reference])
    page = staff_page(Role.HANDLER, "en", occasion="")
    page.goto(wanted)
    assert page.url.endswith(reverse("admin:register_customer_occasion"))
    page.locator("[name=occasion]").first.focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(wanted)
