"""The pages on which data of others are masked, in a real Chromium (A07, A08)."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from rights_requests import decisions
from rights_requests.models import Mask
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import CustomerFactory, OrderFactory, OrderLineFactory, UserFactory
from tests.rights_requests.at_the_desk import ask, page_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked():
    call_command("load_notice", str(settings.BASE_DIR / "demo" / "notice.toml"), "--adopt")
    customer = CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")
    order = OrderFactory(customer=customer)
    OrderLineFactory(order=order, description="Lahja Eero Esimerkille, Koetie 9")
    OrderLineFactory(order=order, description="Vuosihuolto")
    return ask("access", customer=customer, proof="in_person", language="fi")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_piece_is_masked_limited_and_handed_over_without_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    asked,
    language,
    scheme,
    width,
):
    """A07, A08: from the request to the record, with no barrier on the way."""
    look = f"{language}-{scheme}-{width}"
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    page.goto(page_of(asked, "masks"))
    judge(page, f"masks-{look}")
    follow(page.locator("ul.pieces li").filter(has_text="Eero").locator("a"))
    judge(page, f"mask-{look}")
    page.locator("[name=text]").fill("Liisa")
    follow(page.locator("#content .submit-row input[type=submit]"))
    judge(page, f"mask-faults-{look}")
    page.locator("[name=text]").fill("Eero Esimerkille")
    page.locator("[name=reason][value=danger]").check()
    page.locator("[name=explanation]").fill("Muuten toinen olisi vaarassa.")
    follow(page.locator("#content .submit-row input[type=submit]"))
    judge(page, f"masks-one-{look}")
    follow(page.locator("#content a.button.default"))
    judge(page, f"grant-masked-{look}")
    follow(page.locator("#content .submit-row input[type=submit]"))
    follow(page.locator("a[href$='/ombudsman/']"))
    judge(page, f"handover-{look}")
    with page.expect_download() as download:
        page.locator("a[href$='/ombudsman/package/']").click()
    assert download.value.suggested_filename == f"seloste-{asked.number}-ombudsman.zip"
    page.locator("[name=asked_on]").fill(timezone.localdate().isoformat())
    page.locator("[name=note]").fill("Turvaposti")
    follow(page.locator("#content .submit-row input[type=submit]"))
    assert "Turvaposti" in page.locator("#content").inner_text()
    assert Mask.objects.get().text == "Eero Esimerkille"


def test_the_report_is_read_on_a_phone_and_on_paper(page_for, judge, asked, shot):  # noqa: F811
    """A06: no side-scroll, and nothing is lost in print."""
    decisions.grant(asked.demands.get(), by=UserFactory(), now=timezone.now())
    link = asked.links.get(purpose="report")
    page = page_for("fi", scheme="dark", width=320)
    page.goto(f"/fi/requests/report/{link.token}/")
    follow(page.locator("button[value=page]"))
    judge(page, "report-fi-dark-320")
    page.emulate_media(media="print", color_scheme="light")
    shot(page, "report-print")
    assert page.locator("#glance").is_visible()
    assert not page.locator("nav.contents").is_visible()
