"""Retention in a real Chromium: the front page's bars, a run that asks, a customer's day."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notices.publishing import adopt
from notices.terms import ClauseKind
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import judge, staff_page  # noqa: F401
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    HoldFactory,
    NoticeFactory,
    RetentionRunFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("fi", "light", 1280), ("sv", "dark", 1280), ("en", "light", 1280), ("fi", "dark", 320)],
)
def test_the_pages_of_retention_have_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    language,
    scheme,
    width,
):
    notice = NoticeFactory()
    ClauseFactory(
        notice=notice,
        kind=ClauseKind.RETENTION,
        term="relationship_end",
        years=10,
        inactive_months=24,
    )
    adopt(notice, now=timezone.now(), reason="Test")
    today = timezone.localdate()
    for number in range(40):
        heard = today - timedelta(days=12 * 365 + 4) + timedelta(days=number * number // 2)
        origin = CollectionFactory(source_kind="partner", collected_on=heard)
        CustomerFactory(collection=origin)
    old = CollectionFactory(source_kind="partner", collected_on=date(2010, 1, 2))
    aino = CustomerFactory(collection=old)
    hold = HoldFactory(customer=aino)
    run = RetentionRunFactory(question="many", due=3, notice=notice, today_on=today)
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    claim = reverse("admin:register_customer_hold", args=[aino.reference])
    for name, address in {
        "front": reverse("admin:index"),
        "runs": reverse("admin:register_retentionrun_changelist"),
        "run": reverse("admin:register_retentionrun_change", args=[run.pk]),
        "customer": reverse("admin:register_customer_change", args=[aino.reference]),
        "claim": claim,
        "claim-end": reverse("admin:register_customer_hold_end", args=[aino.reference, hold.pk]),
    }.items():
        assert page.goto(address).status == 200
        # the tables and forms of the stock admin scroll by themselves
        judge(page, f"retention-{name}-{language}-{scheme}-{width}", fits=width > 320)
    page.goto(claim)
    follow(page.locator("input[type=submit]"))
    judge(page, f"retention-claim-faults-{language}-{scheme}-{width}", fits=width > 320)
