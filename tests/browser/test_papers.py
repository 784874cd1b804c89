"""Papers in a real Chromium: no barrier, in every language."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from staff.models import User
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import judge, staff_page  # noqa: F401
from tests.factories import NoticeFactory, PaperFactory

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("fi", "light", 1280), ("sv", "dark", 1280), ("en", "light", 1280), ("fi", "dark", 320)]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages_of_papers_have_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    language,
    scheme,
    width,
):
    """P32, P33"""
    NoticeFactory(in_force=True)
    paper, other = PaperFactory(title="Tilausvahvistus"), PaperFactory(place=None)
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    person = User.objects.get()
    with because("Test"):
        other.take_out(person, by=person, now=timezone.now())
    for name, address in {
        "papers": reverse("admin:register_paper_changelist"),
        "paper": reverse("admin:register_paper_change", args=[paper.pk]),
        "lent": reverse("admin:register_paper_change", args=[other.pk]),
        "out": reverse("admin:register_paper_out", args=[paper.pk]),
        "back": reverse("admin:register_paper_back", args=[other.pk]),
        "shredded": reverse("admin:register_paper_shredded", args=[paper.pk]),
        "places": reverse("admin:register_storageplace_changelist"),
        "place": reverse("admin:register_storageplace_add"),
        "customer": reverse("admin:register_customer_change", args=[paper.customer.reference]),
    }.items():
        assert page.goto(address).status == 200
        # the tables and forms of the stock admin scroll by themselves
        own = ("out", "back", "shredded")
        judge(page, f"paper-{name}-{language}-{scheme}-{width}", fits=width > 320 or name in own)
    page.goto(reverse("admin:register_paper_shredded", args=[other.pk]))
    follow(page.locator("input[type=submit]"))
    judge(page, f"paper-faults-{language}-{scheme}-{width}")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS[1:])
def test_the_page_of_a_signature_on_paper_has_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    language,
    scheme,
    width,
):
    """P33"""
    page = staff_page(Role.ADMINISTRATOR, language, scheme, width)
    page.goto(reverse("admin:staff_undertaking_add"))
    judge(page, f"signature-{language}-{scheme}-{width}", fits=width > 320)
    follow(page.locator("[name=_save]"))
    assert page.locator(".errorlist").count() == 1
    judge(page, f"signature-faults-{language}-{scheme}-{width}", fits=width > 320)
