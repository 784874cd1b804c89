"""Recipients and the ledger in a real Chromium: no barrier, in every language."""

import pytest
from django.urls import reverse

from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import judge, staff_page  # noqa: F401
from tests.factories import CustomerFactory, DisclosureFactory, NoticeFactory, RecipientFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("fi", "light", 1280), ("sv", "dark", 1280), ("en", "light", 1280), ("fi", "dark", 320)],
)
def test_the_pages_of_what_is_given_to_others_have_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    language,
    scheme,
    width,
):
    NoticeFactory(
        in_force=True,
        purposes={"orders": "contract", "relationship": "contract"},
        recipients=["accounting", "collection_agency"],
        grounds=["billing", "collection"],
    )
    aino = CustomerFactory()
    firm = RecipientFactory(has_standing_access=True)
    given = DisclosureFactory(customers=[aino], recipient=firm, ground="billing")
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    giving = reverse("admin:register_customer_given", args=[aino.reference])
    for name, address in {
        "recipients": reverse("admin:register_recipient_changelist"),
        "recipient": reverse("admin:register_recipient_change", args=[firm.pk]),
        "ledger": reverse("admin:register_disclosure_changelist"),
        "disclosure": reverse("admin:register_disclosure_change", args=[given.pk]),
        "giving": giving,
    }.items():
        assert page.goto(address).status == 200
        # the tables and forms of the stock admin scroll by themselves
        judge(page, f"given-{name}-{language}-{scheme}-{width}", fits=width > 320)
    page.goto(giving)
    follow(page.locator("input[type=submit]"))
    judge(page, f"given-faults-{language}-{scheme}-{width}", fits=width > 320)
