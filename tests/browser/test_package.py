"""A person's package: by the button, by the link, and the page in it as it lies in a folder."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
from django.utils import timezone

from audit.reasons import because
from notices.terms import Right
from register.models import Attachment, Channel, Prohibition
from register.portability import pack
from rights_requests import decisions
from rights_requests.intake import receive
from rights_requests.models import Demand, LinkPurpose, Proof, RightsRequest
from staff.roles import Role
from tests.browser.test_pages import judge  # noqa: F401
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    UndertakingFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("fi", "light", 1280), ("sv", "dark", 320)]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\ntrailer<<>>\n%%EOF\n"


def person(language):
    NoticeFactory(in_force=True, languages=["fi", "sv", "en"])
    customer = CustomerFactory(
        email="aino.kajo-meri@koe.example",
        phone="040 123 4567",
        website="https://aino.example",
        language=language,
        collection=CollectionFactory(source_kind="partner", source_name="Koekumppani Oy"),
    )
    for _one in range(3):
        OrderLineFactory(order=OrderFactory(customer=customer), description="Renkaanvaihto")
    InvoiceFactory(customer=customer)
    with because("Test"):
        Attachment(customer=customer, title="Tarjous").put(PDF, 1, collection=CollectionFactory())
        Prohibition.objects.forbid(
            customer.contacts,
            ["direct_marketing"],
            ["processing", "disclosure"],
            request_number="2026-1",
            today=date(2026, 5, 6),
        )
    return customer


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_page_in_the_package_is_read_without_a_program(
    page_for,
    judge,  # noqa: F811
    tmp_path,
    language,
    scheme,
    width,
):
    """O02: readable by itself; its style comes along, and nothing runs."""
    file = BytesIO()
    pack(person(language), file, now=timezone.now())
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path)
    page = page_for("fi", scheme=scheme, width=width)
    page.goto(f"file://{tmp_path}/index.html")
    assert page.evaluate("document.styleSheets.length") == 1
    assert page.evaluate("getComputedStyle(document.body).maxWidth") == "736px"
    judge(page, f"package-{language}-{scheme}-{width}")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_package_comes_by_the_button_and_by_the_link(
    page_for,
    judge,  # noqa: F811
    language,
    scheme,
    width,
):
    customer = person(language)
    staff = UserFactory(role=Role.DATA_PROTECTION_CONTACT, language=language)
    UndertakingFactory(user=staff)
    look = f"{language}-{scheme}-{width}"
    page = page_for(language, scheme=scheme, width=width, user=staff)
    page.goto(f"/admin/register/customer/{customer.reference}/change/")
    judge(page, f"package-customer-{look}")
    with page.expect_download() as download:
        page.locator("section[aria-labelledby=package] button").press("Enter")
    assert download.value.suggested_filename == f"seloste-{customer.reference}.zip"

    now = timezone.now()
    asked = receive(
        RightsRequest(
            channel=Channel.FORM,
            language=language,
            received_at=now,
            name="Aino",
            email=customer.email,
        ),
        [Demand(right=Right.ACCESS), Demand(right=Right.PORTABILITY)],
        now=now,
    )
    decisions.link(asked, customer, now=now)
    decisions.prove(asked, Proof.PROVEN_EMAIL, now=now)
    page.goto(f"/admin/rights_requests/rightsrequest/{asked.number}/portability/grant/")
    judge(page, f"package-grant-{look}")
    for demand in asked.demands.all():
        decisions.grant(demand, by=staff, now=now)
    link = asked.links.get(purpose=LinkPurpose.REPORT)
    visitor = page_for(language, scheme=scheme, width=width)
    visitor.goto(f"/{language}/requests/report/{link.token}/")
    judge(visitor, f"package-report-{look}")
    with visitor.expect_download() as download:
        visitor.locator("button[value=package]").click()
    assert download.value.suggested_filename == f"seloste-{asked.number}.zip"
