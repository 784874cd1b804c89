"""Every page in a real Chromium: no barrier (WCAG 2.2 AA), no breach of the CSP, no side-scroll."""

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from audit.reasons import because
from notices.drafts import next_draft
from notices.models import Notice
from notices.publishing import adopt
from staff.roles import Role
from tests.browser.acts import follow
from tests.factories import (
    ClauseFactory,
    ContactRoleFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    SectionFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [
    *((language, scheme, 1280) for language in ("fi", "sv", "en") for scheme in ("light", "dark")),
    # the longest words on the narrowest screen
    ("fi", "light", 320),
]


@pytest.fixture
def notice():
    """The demo's own notice, in force in its three languages."""
    call_command("load_notice", str(settings.BASE_DIR / "demo" / "notice.toml"), "--adopt")
    return Notice.objects.in_force()


@pytest.fixture
def followed(notice):
    """The demo's notice, and a version after it that changed something of everything."""
    draft = next_draft(notice, reason="Test")
    with because("Test"):
        draft.controller_phone = "020 000 9999"
        draft.save()
        for section in draft.sections.filter(key="retention"):
            section.text = section.text.replace("3", "2")
            section.own_words = "Katso [lisää](https://koe.example/lisaa).\n\n- yksi\n- kaksi"
            section.save()
        draft.sections.filter(key="consent", language="fi").get().delete()
        rule = draft.clauses.filter(kind="retention", term="relationship_end").get()
        rule.years = 2
        rule.save()
    ClauseFactory(notice=draft, kind="data", term="website")
    adopt(draft, now=datetime(2026, 12, 4, 9, tzinfo=UTC), reason="Test")
    return draft


@pytest.fixture
def customer(notice):
    customer = CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        email="aino@koe.example",
        phone="020 000 1234",
        street="Koekuja 1",
        postcode="00100",
        city="Helsinki",
        ip_address="192.0.2.1",
        ip_seen_on=date(2026, 3, 4),
    )
    OrderLineFactory(order=OrderFactory(customer=customer))
    InvoiceFactory(customer=customer, collection_started_on=date(2026, 5, 1))
    ContactRoleFactory(person=customer)
    return customer


@pytest.fixture
def staff_page(page_for, live_server):
    """A page of somebody who is signed in, with the undertaking signed unless told otherwise."""

    def open_page(role, language="fi", scheme="light", width=1280, signed=True, occasion="care"):
        user = UserFactory(role=role, language=language, is_superuser=True)
        if signed:
            UndertakingFactory(user=user)
        page = page_for(language, scheme=scheme, width=width)
        session = (
            sign_in(Client(), user, occasion=occasion).cookies[settings.SESSION_COOKIE_NAME].value
        )
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        return page

    return open_page


@pytest.fixture
def judge(barriers, shot):
    """Looks at one page: nothing in the way, nothing wider than the screen."""

    def look(page, name, *, fits=True):
        shot(page, name)
        assert barriers(page) == []
        if fits:
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, f"{name} is {wide} px too wide"

    return look


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_public_pages(page_for, judge, followed, language, scheme, width):
    """I01, K03: readable by all, without a script and without a cookie."""
    page = page_for(language, scheme=scheme, width=width)
    for name, address in {
        "notice": f"/{language}/",
        "versions": f"/{language}/versions/",
        "version": f"/{language}/versions/1/",
        "changes": f"/{language}/versions/2/changes/",
        "no-changes": f"/{language}/versions/1/changes/",
    }.items():
        assert page.goto(address).status == 200
        judge(page, f"{name}-{language}-{scheme}-{width}")
    assert page.context.cookies() == []


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_draft_as_its_readers_will_see_it(staff_page, judge, language, scheme, width):
    draft = NoticeFactory(languages=["fi", "sv"])
    for place, (written_in, heading) in enumerate((("fi", "Tarkoitus"), ("sv", "Samtycke"))):
        SectionFactory(
            notice=draft,
            position=place,
            language=written_in,
            heading=heading,
            own_words="# Otsikko\n\n- yksi\n- [kaksi](https://koe.example)",
        )
    page = staff_page(Role.VIEWER, language, scheme, width)
    page.goto(reverse("admin:notices_notice_preview", args=[draft.pk, language]))
    judge(page, f"preview-{language}-{scheme}-{width}")


def test_the_notice_by_keyboard_from_the_first_layer_to_the_form(page_for, notice):
    """I01: the right, its section, its form; without a script."""
    page = page_for("en")
    page.goto("/en/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    # a move within the page is told to the test after the key has returned
    expect(page).to_have_url(re.compile("#content$"))
    page.get_by_role("link", name="data portability", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#portability-"))
    page.get_by_role("link", name="Use this right: data portability").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/requests/form/?right=portability")


def test_on_paper_the_notice_has_words_and_addresses_and_no_buttons(page_for, shot, followed):
    page = page_for("fi", width=794)
    page.goto("/fi/")
    page.emulate_media(media="print")
    shot(page, "notice-on-paper")
    for hidden in (".button", ".contents", ".top nav", "footer", ".use"):
        assert not page.locator(hidden).first.is_visible()
    for shown in ("h1", "#right-to-object", "#kept-by-law", ".paper"):
        assert page.locator(shown).first.is_visible()
    assert page.locator(".paper").inner_text().count("http") == 2
    link = "getComputedStyle(document.querySelector('article a[href^=http]'), '::after').content"
    assert "https://koe.example/lisaa" in page.evaluate(link)
    if folder := os.environ.get("SHOTS"):
        page.pdf(path=Path(folder) / "notice.pdf", format="A4")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_public_page_before_a_notice_and_of_an_untranslated_one(page_for, judge, language):
    page = page_for(language)
    assert page.goto(f"/{language}/").status == 503
    judge(page, f"no-notice-{language}")
    notice = NoticeFactory()
    SectionFactory(notice=notice)
    adopt(notice, now=datetime(2026, 3, 4, 9, tzinfo=UTC), reason="Test")
    assert page.goto(f"/{language}/").status == 200
    judge(page, f"untranslated-{language}")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_way_in(page_for, staff_page, judge, language, scheme, width):
    page = page_for(language, scheme=scheme, width=width)
    for name, address in {
        "sign-in": reverse("account_login"),
        "reset": reverse("account_reset_password"),
    }.items():
        page.goto(address)
        judge(page, f"{name}-{language}-{scheme}-{width}")
    page = staff_page(Role.HANDLER, language, scheme, width, signed=False)
    page.goto(reverse("admin:index"))
    assert reverse("admin:undertaking") in page.url
    judge(page, f"undertaking-{language}-{scheme}-{width}")
    page.goto(reverse("mfa_index"))
    judge(page, f"second-factor-{language}-{scheme}-{width}")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_staff_pages(staff_page, judge, customer, language, scheme, width):
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    order, invoice = customer.orders.get(), customer.invoices.get()
    draft = NoticeFactory(declared=["name"], sources=["registration"])
    SectionFactory(notice=draft)
    addresses = {
        "index": reverse("admin:index"),
        "customers": reverse("admin:register_customer_changelist"),
        "customer": reverse("admin:register_customer_change", args=[customer.reference]),
        "customer-add": reverse("admin:register_customer_add"),
        "history": reverse("admin:register_customer_history", args=[customer.reference]),
        "orders": reverse("admin:register_order_changelist"),
        "order": reverse("admin:register_order_change", args=[order.pk]),
        "invoices": reverse("admin:register_invoice_changelist"),
        "invoice": reverse("admin:register_invoice_change", args=[invoice.pk]),
        "notices": reverse("admin:notices_notice_changelist"),
        "notice-in-force": reverse(
            "admin:notices_notice_change", args=[Notice.objects.in_force().pk]
        ),
        "draft": reverse("admin:notices_notice_change", args=[draft.pk]),
        "adopt": reverse("admin:notices_notice_adopt", args=[draft.pk]),
        "read": reverse("admin:notices_notice_read"),
        "accounts": reverse("admin:staff_user_changelist"),
        "invite": reverse("admin:staff_invitation_add"),
        "undertakings": reverse("admin:staff_undertaking_changelist"),
    }
    for name, address in addresses.items():
        page.goto(address)
        assert page.url.endswith(address), name
        # wide tables scroll inside the stock admin; the page itself is judged on a desk
        judge(page, f"{name}-{language}-{scheme}-{width}", fits=width > 320)


def test_the_first_hour_of_a_handler(staff_page, judge, customer):
    """Sign, find by half a number, be refused what nobody declared, read the history."""
    CustomerFactory(given_name="Eero", family_name="Muu", phone="020 000 9999")
    page = staff_page(Role.DATA_PROTECTION_CONTACT, "en", signed=False)
    page.goto(reverse("admin:index"))
    page.get_by_label("Your name").fill("Nobody At All")
    page.get_by_label("I have read").check()
    follow(page.get_by_role("button", name="Sign", exact=True))
    assert reverse("admin:undertaking") in page.url
    page.get_by_label("Your name").fill(page.locator("header nav li").first.inner_text())
    page.get_by_label("I have read").check()
    follow(page.get_by_role("button", name="Sign", exact=True))
    page.wait_for_url("**/admin/")

    page.get_by_label("The start of any name").fill("0 1234")
    follow(page.get_by_role("button", name="Search"))
    page.wait_for_url("**q=**")
    assert page.locator("#result_list tbody tr").count() == 1
    assert "1234" not in page.url
    follow(page.get_by_role("link", name="Aino Kajo"))
    assert "web address" in page.locator(".help", has_text="does not list").inner_text()
    assert page.locator("[name=website]").count() == 0

    page.get_by_label("City").fill("Porvoo")
    page.evaluate(
        """() => {
            const box = document.createElement("input");
            box.name = "website"; box.value = "https://aino.example";
            document.querySelector("#customer_form").append(box);
        }"""
    )
    follow(page.locator("[name=_continue]"))
    assert "does not list “web address”" in page.locator(".errorlist").inner_text()
    page.goto(page.url)
    page.get_by_label("City").fill("Porvoo")
    page.locator("#id_reason").fill("She moved")
    follow(page.locator("[name=_continue]"))
    follow(page.get_by_role("link", name="History"))
    newest = page.locator("ol.history > li").first
    assert "She moved" in newest.inner_text()
    assert newest.locator("del").inner_text().strip() == "Helsinki"
    assert newest.locator("ins").inner_text().strip() == "Porvoo"
    judge(page, "history-of-a-change")


def test_the_staff_page_works_by_keyboard_alone(staff_page, customer):
    page = staff_page(Role.HANDLER, "en")
    page.goto(reverse("admin:register_customer_changelist"))
    page.locator("#searchbar").focus()
    page.keyboard.type("kajo")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    page.get_by_role("link", name="Aino Kajo").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/**")
    page.locator("#id_city").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Loviisa")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    customer.refresh_from_db()
    assert customer.city == "Loviisa"
