"""Emptying what the next notice drops, in a real Chromium: no barrier, in every language."""

import pytest
from django.urls import reverse
from django.utils import timezone

from notices.terms import DataCategory
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import judge, staff_page  # noqa: F401
from tests.factories import CustomerFactory, NarrowingFactory, NoticeFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("fi", "light", 1280), ("sv", "dark", 1280), ("en", "light", 1280), ("fi", "dark", 320)],
)
def test_the_pages_of_a_narrower_notice_have_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    language,
    scheme,
    width,
):
    """V07"""
    NoticeFactory(in_force=True)
    draft = NoticeFactory(declared=[one for one in DataCategory if one != DataCategory.WEBSITE])
    CustomerFactory(website="https://koe.example")
    going = NarrowingFactory(people=200, done=40, emptied=40)
    over = NarrowingFactory(people=3, done=3, emptied=2, kept=1, ended_at=timezone.now())
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    ask = f"{reverse('admin:register_narrowing_add')}?notice={draft.pk}"
    look = f"{language}-{scheme}-{width}"
    for name, address in {
        "publish": reverse("admin:notices_notice_publish", args=[draft.pk]),
        "ask": ask,
        "going": reverse("admin:register_narrowing_change", args=[going.pk]),
        "over": reverse("admin:register_narrowing_change", args=[over.pk]),
        "list": reverse("admin:register_narrowing_changelist"),
    }.items():
        assert page.goto(address).status == 200
        judge(page, f"narrowing-{name}-{look}", fits=width > 320 or name == "ask")
    page.goto(ask)
    follow(page.locator("input[type=submit]"))
    judge(page, f"narrowing-faults-{look}")
