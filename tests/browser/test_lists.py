"""Lists of customers in a real Chromium: no barrier, in every language."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.tasks import run_next
from register.lists.making import make
from register.models import CustomerList
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import judge, staff_page  # noqa: F401
from tests.factories import (
    CustomerFactory,
    CustomerListFactory,
    NoticeFactory,
    OrderFactory,
    RecipientFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
ADD = reverse("admin:register_customerlist_add")


@pytest.fixture
def people():
    NoticeFactory(
        in_force=True,
        purposes={
            "orders": "contract",
            "publication": "legitimate_interest",
            "statistics": "legitimate_interest",
        },
        recipients=["partner"],
        grounds=["value_added_service"],
    )
    RecipientFactory(kind="partner")
    OrderFactory(customer=CustomerFactory(email="aino@koe.example"))
    return [
        CustomerFactory(street=f"Koekatu {number}", postcode="00100", city="Oulu")
        for number in range(3)
    ]


def page_of(asked):
    return reverse("admin:register_customerlist_change", args=[asked.pk])


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("fi", "light", 1280), ("sv", "dark", 1280), ("en", "light", 1280), ("fi", "dark", 320)],
)
def test_the_pages_of_lists_have_no_barriers(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    people,
    language,
    scheme,
    width,
):
    made = CustomerListFactory(language=language)
    make(made, now=timezone.now())
    gone = CustomerListFactory(kind="directory", layout="csv", categories=["phone"])
    make(gone, now=timezone.now())
    CustomerList.objects.filter(pk=gone.pk).end(now=timezone.now())
    going_on = CustomerListFactory(ordered_at=timezone.now())
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    for name, address in {
        "lists": reverse("admin:register_customerlist_changelist"),
        "ask": ADD,
        "ask-emails": f"{ADD}?kind=emails",
        "waits": page_of(CustomerListFactory(kind="emails", layout="csv")),
        "going-on": page_of(going_on),
        "made": page_of(made),
        "gone": page_of(gone),
        "numbers": reverse("admin:register_customerlist_numbers"),
    }.items():
        assert page.goto(address).status == 200
        # the tables of the stock admin scroll by themselves
        judge(page, f"lists-{name}-{language}-{scheme}-{width}", fits=width > 320)
    page.goto(ADD)
    follow(page.locator("input[type=submit], button[type=submit].default"))
    judge(page, f"lists-faults-{language}-{scheme}-{width}", fits=width > 320)


#: The words of headings that stand on more than one line.
BROKEN = """() => [...document.querySelectorAll("table.wide thead th")].flatMap(heading => {
  const text = heading.firstChild, found = [];
  for (const word of text ? text.data.matchAll(/\\S+/g) : []) {
    const range = document.createRange();
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    const lines = new Set([...range.getClientRects()].map(one => Math.round(one.top)));
    if (lines.size > 1) found.push(word[0]);
  }
  return found;
})"""


def test_no_heading_of_a_table_is_broken_inside_a_word(staff_page, people):  # noqa: F811
    """The narrowest screen: the table scrolls, and the page does not."""
    page = staff_page(Role.DATA_PROTECTION_CONTACT, "fi", "light", 320)
    page.goto(reverse("admin:register_customerlist_numbers"))
    assert page.locator("table.wide thead th").count() > 3
    assert page.evaluate(BROKEN) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_list_is_made_and_got_by_keyboard_alone(staff_page, people):  # noqa: F811
    page = staff_page(Role.DATA_PROTECTION_CONTACT, "en", "light", 1280)
    page.goto(ADD)
    for label in ("sheets of 3 × 8", "publishing lists", "direct advertising"):
        page.get_by_label(label).press("Space")
    page.get_by_role("button", name="Show who would be on it").press("Enter")
    page.get_by_role("button", name="Make the list").press("Enter")
    page.get_by_text("Waits for the worker").wait_for()
    assert run_next(timezone.now())
    button = page.get_by_role("button", name="Download the file")
    # the page looks again by itself
    button.wait_for()
    with page.expect_download() as got:
        button.press("Enter")
    assert got.value.suggested_filename.endswith(".pdf")
    assert [one.customer for one in CustomerList.objects.get().disclosure.disclosed.all()] == people
