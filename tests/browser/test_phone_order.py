"""An order by phone in a real Chromium: by keyboard alone, with few keys, from the first page."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from register.models import Customer, NoticeGiven, Order
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import CustomerFactory
from tests.rights_requests.at_the_desk import ask

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = reverse("phone_order")


@pytest.fixture(autouse=True)
def notice():
    call_command("load_notice", str(settings.BASE_DIR / "demo" / "notice.toml"), "--adopt")


@pytest.fixture
def aino():
    return CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        email="aino.kajo-pitkanimi@koe.example",
        phone="020 000 1234",
        street="Koekuja 1",
        postcode="00100",
        city="Helsinki",
    )


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_page_has_no_barriers(staff_page, judge, aino, language, scheme, width):  # noqa: F811
    CustomerFactory(given_name="Eero", family_name="Kajo", phone="020 000 4321")
    ask("restriction", "objection", "erasure", customer=aino)
    page = staff_page(Role.HANDLER, language, scheme, width)
    name = f"phone-order-{{}}-{language}-{scheme}-{width}"
    page.goto(PAGE)
    judge(page, name.format("empty"))
    page.locator("#id_q").fill("kajo")
    page.keyboard.press("Enter")
    page.locator(".found strong", has_text="Aino").wait_for()
    judge(page, name.format("found"))
    page.locator("#customer-new").check()
    page.locator("#id_phone").fill("020 000 1234")
    page.locator("#id_lines-0-unit_price").fill("abc")
    follow(page.locator(".submit-row button"))
    judge(page, name.format("faults"))
    page.locator("#id_lines-0-unit_price").fill("12,50")
    page.locator("#id_lines-0-description").fill("Vuosihuolto")
    follow(page.locator(".submit-row button"))
    page.locator(".unread").wait_for()
    judge(page, name.format("unread"))


class Keyboard:
    """Works a page by keys alone, counts them, and sees where each of them leads."""

    #: a slow typist, with the time to think
    KEYS_A_MINUTE = 150
    FOCUSED = """() => {
        const focused = document.activeElement, look = getComputedStyle(focused)
        return [focused.name || focused.className, focused.value,
                look.outlineStyle !== "none" || look.boxShadow !== "none"]
    }"""

    def __init__(self, page):
        self.page, self.keys = page, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text):
        self.page.keyboard.type(text)
        self.keys += len(text)

    def enter(self):
        """Enter leads to another page."""
        with self.page.expect_navigation():
            self.press("Enter")

    @property
    def at(self):
        """The field that the next key goes to; everybody can see which it is."""
        name, value, is_visible = self.page.evaluate(self.FOCUSED)
        assert is_visible, name
        return (name, value) if name in ("customer", "act") else name

    def way(self, stops):
        """Where as many tabs lead."""
        passed = []
        for _stop in range(stops):
            self.press("Tab")
            passed.append(self.at)
        return passed


def test_a_known_customer_orders_by_keyboard_alone(staff_page, aino):  # noqa: F811
    """Found, ordered, told and forbidden in fewer keys than a slow typist presses in a minute."""
    page = staff_page(Role.HANDLER, "fi")
    page.goto(PAGE)
    keys = Keyboard(page)
    assert keys.at == "q"
    keys.type("kajo")
    keys.enter()
    assert keys.at == ("customer", aino.reference)
    assert keys.way(1) == ["lines-0-description"]
    keys.type("Vuosihuolto")
    assert keys.way(2) == ["lines-0-quantity", "lines-0-unit_price"]
    keys.type("120,50")
    # one line more came by itself; empty, it is one stop
    assert keys.way(5) == [
        "lines-1-description", "ordered_on", "number", "was_told", "forbids_marketing",
    ]  # fmt: skip
    keys.press("Space")
    assert keys.way(2) == ["forbids_publication", ("act", "save")]
    keys.press("Shift+Tab", "Shift+Tab", "Shift+Tab", "Space")
    assert keys.at == "was_told"
    keys.enter()
    page.locator(".messagelist .success").first.wait_for()
    order = Order.objects.get()
    assert (order.customer, str(order.lines.get())) == (aino, "Vuosihuolto")
    assert set(aino.prohibitions().values_list("scope", flat=True)) >= {"direct_marketing"}
    assert NoticeGiven.objects.get().customer == aino
    assert keys.at == "q"
    assert keys.keys < Keyboard.KEYS_A_MINUTE / 2


def test_a_new_customer_orders_by_keyboard_alone(staff_page, aino):  # noqa: F811
    page = staff_page(Role.HANDLER, "en")
    page.goto(PAGE)
    keys = Keyboard(page)
    keys.type("Eero Mäki")
    keys.enter()
    assert keys.at == ("customer", "new")
    assert keys.way(4) == ["given_name", "family_name", "organisation_name", "phone"]
    keys.type("020 000 1234")
    assert keys.way(7) == [
        "email", "street", "postcode", "city", "country", "language", "lines-0-description",
    ]  # fmt: skip
    keys.type("Painting")
    keys.press("Tab", "Tab")
    keys.type("300")
    keys.enter()
    # somebody has that phone already: it is read, and the next stop saves
    assert keys.at == "module unread"
    assert keys.way(1) == [("act", "save")]
    keys.enter()
    page.locator(".messagelist .success").wait_for()
    eero = Customer.objects.exclude(pk=aino.pk).get()
    assert (str(eero), Order.objects.get().customer) == ("Eero Mäki", eero)
    assert keys.keys < Keyboard.KEYS_A_MINUTE / 2


def test_it_works_where_scripts_do_not(new_context, staff_page, live_server, aino):  # noqa: F811
    cookies = staff_page(Role.HANDLER, "en").context.cookies()
    context = new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(reverse("admin:index"))
    follow(page.get_by_role("link", name="Order by phone"))
    page.locator("#id_q").fill("kajo")
    follow(page.get_by_role("button", name="Find"))
    page.locator("#id_lines-0-description").fill("Painting")
    follow(page.get_by_role("button", name="Save"))
    page.locator(".messagelist .success").wait_for()
    assert Order.objects.get().customer == aino
