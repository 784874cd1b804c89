"""Whom to tell, notices given and consents in a real Chromium: no barrier, usable by keyboard."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from notices.terms import ProhibitedUse, SourceKind
from register.models import Customer, Prohibition
from rights_requests.forbidding import MARKETING
from rights_requests.informing import inform
from rights_requests.models import Letter
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import judge, staff_page  # noqa: F401
from tests.factories import (
    CollectionFactory,
    ConsentFactory,
    CustomerFactory,
    NoticeFactory,
    NoticeGivenFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
TELLING = reverse("admin:register_customer_telling")


@pytest.fixture
def people():
    """Somebody late to be told, somebody with a letter on its way, and somebody who agreed."""
    NoticeFactory(in_force=True)
    NoticeFactory(purposes={"ad_targeting": "consent", "statistics": "consent"}, in_force=True)
    today = timezone.localdate()
    late, written = (
        CustomerFactory(
            given_name=name,
            family_name="Tuntematon-Pitkänimi",
            email=f"{name}@koe.example".lower(),
            collection=CollectionFactory(
                source_kind=SourceKind.PARTNER, collected_on=today - timedelta(days=days)
            ),
        )
        for name, days in (("Eero", 40), ("Sofia", 10))
    )
    inform([written.pk], now=timezone.now())
    aino = NoticeGivenFactory(customer=CustomerFactory(family_name="Kajo")).customer
    ConsentFactory(customer=aino)
    return aino, late


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("fi", "light", 1280), ("sv", "dark", 1280), ("en", "light", 1280), ("fi", "light", 320)],
)
def test_the_pages_of_telling_have_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    people,
    language,
    scheme,
    width,
):
    aino, late = people
    with because("Test"):
        Prohibition.objects.forbid_for(
            late, MARKETING, ProhibitedUse, request_number="2026-1", today=timezone.localdate()
        )
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    by_reference = {
        name: reverse(f"admin:register_customer_{name}", args=[aino.reference])
        for name in ("told", "consent")
    }
    back = reverse(
        "admin:register_customer_withdrawal",
        kwargs={"reference": aino.reference, "purpose": "ad_targeting"},
    )
    for name, address in {
        "today": reverse("admin:index"),
        "duties": TELLING,
        "untold": f"{TELLING}?list=untold&all",
        **by_reference,
        "withdrawal": back,
        "forbid": reverse("admin:rights_requests_rightsrequest_forbid", args=[aino.reference]),
        "allow": reverse("admin:rights_requests_rightsrequest_allow", args=[late.reference]),
        "letter": reverse("admin:rights_requests_letter_change", args=[Letter.objects.get().pk]),
    }.items():
        assert page.goto(address).status == 200
        judge(page, f"telling-{name}-{language}-{scheme}-{width}")
    page.goto(by_reference["consent"])
    follow(page.locator("input[type=submit]"))
    judge(page, f"telling-consent-faults-{language}-{scheme}-{width}")
    for name, customer in (("agreed", aino), ("untold", late)):
        page.goto(reverse("admin:register_customer_change", args=[customer.reference]))
        # the tables of the stock admin scroll by themselves
        judge(page, f"telling-customer-{name}-{language}-{scheme}-{width}", fits=width > 320)


@pytest.mark.parametrize("name", ["duties", "untold"])
def test_on_a_narrow_page_each_value_stands_in_a_line_of_its_own(staff_page, people, name):  # noqa: F811
    """Under its heading: beside each other they broke inside words and days."""
    page = staff_page(Role.DATA_PROTECTION_CONTACT, "fi", "light", 320)
    page.goto(f"{TELLING}?list={name}")
    cells = (
        page.locator("table.by-row tbody tr")
        .first.locator("th, td")
        .evaluate_all(
            """cells => cells.filter(cell => cell.checkVisibility()).map(cell => ({
            place: cell.getBoundingClientRect().left, wide: cell.clientWidth,
            label: cell.dataset.heading || ""}))"""
        )
    )
    assert [bool(cell["label"]) for cell in cells] == [False, *[True] * (len(cells) - 1)]
    assert {cell["place"] for cell in cells} == {cells[0]["place"]}
    assert min(cell["wide"] for cell in cells) > 200


def test_a_consent_is_given_and_taken_back_by_keyboard_alone(staff_page, people):  # noqa: F811
    """C01: the way back is one link and one form, as the way there, and asks for less."""
    aino, _late = people
    page = staff_page(Role.HANDLER, "en")
    customer = reverse("admin:register_customer_change", args=[aino.reference])
    page.goto(customer)
    page.get_by_role("link", name="A consent was given").press("Enter")
    page.get_by_label("Statistics").press("Space")
    page.get_by_label("Words agreed to").focus()
    page.keyboard.type("You may count my orders.")
    page.get_by_label("phone").press("Space")
    page.get_by_role("button", name="Save").press("Enter")
    page.wait_for_url(f"**{customer}")
    assert aino in Customer.objects.consenting("statistics")
    page.get_by_role("row", name="Statistics").get_by_role("link", name="Withdraw").press("Enter")
    page.get_by_label("phone").press("Space")
    page.get_by_role("button", name="Withdraw").press("Enter")
    page.wait_for_url(f"**{customer}")
    assert aino not in Customer.objects.consenting("statistics")
    assert aino.consents.latest("pk").withdrawn_on == timezone.localdate()
    assert date(2026, 3, 4) in [one.given_on for one in aino.consents.given()]
