"""Who else is told, in a real Chromium: no barrier in any language, from the form to the excuse."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from audit.reasons import because
from notices.terms import DataCategory
from rights_requests import carrying_out
from rights_requests.models import Notification
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    DisclosureFactory,
    ItemFactory,
    NoticeFactory,
    RecipientFactory,
)
from tests.rights_requests.at_the_desk import ask, page_of, page_of_letter, put_right

pytestmark = pytest.mark.django_db(transaction=True)
LIST = reverse("admin:rights_requests_notification_changelist")


@pytest.fixture
def asked():
    """A request for rectification whose value staff have put right, which two others had."""
    NoticeFactory(
        in_force=True,
        declared=list(DataCategory),
        purposes={"orders": "contract"},
        recipients=["accounting", "credit"],
        grounds=["billing"],
    )
    aino = CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")
    for name in ("Luottotietoyhtiö Koekuja ja Kumppanit Oy", "Tilitoimisto Koe Oy"):
        firm = RecipientFactory(name=name, kind="credit", categories=["name", "email"])
        DisclosureFactory(
            recipient=firm,
            ground="billing",
            customers=[aino],
            categories=["name", "email"],
            at=timezone.now(),
        )
    made = ask("rectification", customer=aino, proof="in_person")
    ItemFactory(demand=made.demands.get(), category="email", datum="aino@koe.example")
    with because("Request"):
        aino.email = "aino.kajo.uusi.osoite@koe.example"
        aino.save(collection=CollectionFactory())
    return made


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages_of_who_is_told_have_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    asked,
    language,
    scheme,
    width,
):
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    look = f"{language}-{scheme}-{width}"
    with translation.override(language):
        page.goto(reverse("requests:form", query={"right": "rectification"}))
    judge(page, f"told-form-{look}")
    page.goto(page_of(asked, "correct"))
    judge(page, f"told-grant-{look}")
    demand = asked.demands.get()
    keys = [one.key for one in carrying_out.corrections(demand)]
    put_right(asked, corrected=keys)
    page.goto(page_of(asked))
    judge(page, f"told-request-{look}")
    page.goto(LIST)
    judge(page, f"told-list-{look}", fits=width > 320)
    first, second = Notification.objects.order_by("pk")
    page.goto(reverse("admin:rights_requests_notification_change", args=[first.pk]))
    judge(page, f"told-one-{look}")
    follow(page.locator("form[action$='/posted/'] button"))
    assert page.url.endswith(page_of_letter(first.letter))
    judge(page, f"told-letter-{look}")
    page.goto(reverse("admin:rights_requests_notification_excuse", args=[second.pk]))
    follow(page.locator(".submit-row [type=submit]"))
    assert page.locator(".errorlist").count() >= 2
    judge(page, f"told-excuse-faults-{look}")
    page.locator("[name=why]").first.check()
    page.locator("textarea").fill("Yhtiö on lopettanut, eikä sillä ole enää osoitetta.")
    follow(page.locator(".submit-row [type=submit]"))
    judge(page, f"told-excused-{look}")
    asked.refresh_from_db()
    assert asked.closed_at
