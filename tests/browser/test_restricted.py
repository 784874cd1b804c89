"""Restricted data in a real Chromium: no barrier, in every language, from request to lifting."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from register.restricting import restrict
from rights_requests import decisions
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import CustomerFactory, InvoiceFactory, UserFactory
from tests.rights_requests.at_the_desk import act_on, ask, page_of

pytestmark = pytest.mark.django_db(transaction=True)
LIST = reverse("admin:register_customer_changelist")


@pytest.fixture
def aino():
    call_command("load_notice", str(settings.BASE_DIR / "demo" / "notice.toml"), "--adopt")
    customer = CustomerFactory(
        given_name="Aino", family_name="Kajo", email="aino@koe.example", phone="020 000 1234"
    )
    InvoiceFactory(customer=customer)
    return customer


def rest(customer, *categories, number):
    with because("Test"):
        restrict(
            customer,
            ground="accuracy",
            categories=categories,
            request_number=number,
            now=timezone.now(),
        )


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages_of_restricted_data_have_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    aino,
    language,
    scheme,
    width,
):
    partly = CustomerFactory(given_name="Eero", family_name="Kajo", phone="020 000 5678")
    rest(partly, "phone", "orders", number="2026-98")
    asked = ask("restriction", customer=aino, proof="in_person")
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    look = f"{language}-{scheme}-{width}"
    page.goto(act_on(asked, "restriction", "grant"))
    judge(page, f"restricted-grant-{look}")
    decisions.grant(asked.demands.get(), by=UserFactory(), now=timezone.now(), ground="accuracy")
    page.goto(page_of(asked))
    judge(page, f"restricted-request-{look}")
    page.goto(page_of(asked, "lift"))
    judge(page, f"restricted-lift-{look}")
    follow(page.locator(".submit-row [type=submit]"))
    judge(page, f"restricted-lift-faults-{look}")
    page.locator("textarea").fill("Aino")
    follow(page.locator(".submit-row [type=submit]"))
    judge(page, f"restricted-lift-told-{look}")
    page.goto(reverse("admin:register_customer_change", args=[partly.reference]))
    judge(page, f"restricted-partly-{look}", fits=width > 320)
    page.goto(LIST)
    page.locator("#searchbar").fill("kajo")
    follow(page.locator("#changelist-search [type=submit]"))
    judge(page, f"restricted-found-{look}", fits=width > 320)
    follow(page.locator(".messagelist a"))
    judge(page, f"restricted-why-{look}")
    follow(page.locator(".submit-row [type=submit]"))
    judge(page, f"restricted-why-faults-{look}")
    page.locator("[name=occasion]").first.check()
    follow(page.locator(".submit-row [type=submit]"))
    assert page.url.endswith(reverse("admin:register_customer_change", args=[aino.reference]))
    judge(page, f"restricted-open-{look}", fits=width > 320)
