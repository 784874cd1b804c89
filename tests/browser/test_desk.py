"""The desk in a real Chromium: no barrier, no breach of the CSP, usable by keyboard."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from rights_requests import decisions
from rights_requests.models import Demand, Letter, RightsRequest
from staff.roles import Role
from tests.browser.acts import broken_words, follow
from tests.browser.test_pages import LOOKS, judge, staff_page  # noqa: F401
from tests.factories import (
    ContactRoleFactory,
    CustomerFactory,
    DeputyFactory,
    InvoiceFactory,
    LetterFactory,
    OrderFactory,
    OrderLineFactory,
    ScanFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import (
    LETTERS,
    QUEUE,
    RECORD,
    act_on,
    ask,
    page_of,
    page_of_letter,
)

pytestmark = pytest.mark.django_db(transaction=True)
DUE_LATE = timedelta(days=40)


@pytest.fixture(autouse=True)
def notice():
    call_command("load_notice", str(settings.BASE_DIR / "demo" / "notice.toml"), "--adopt")


@pytest.fixture
def aino():
    customer = CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        email="aino@koe.example",
        phone="020 000 1234",
        street="Koekuja 1",
        postcode="00100",
        city="Helsinki",
    )
    OrderLineFactory(order=OrderFactory(customer=customer))
    return customer


@pytest.fixture
def desk(aino):
    """Requests in every state: unknown, waiting for a fact, late, ready, answered."""
    now = timezone.now()
    ask("access", "prohibition", name="Eero Tuntematon-Pitkänimi", email="eero@koe.example")
    busy = ask(
        "rectification",
        "erasure",
        "access",
        "objection",
        customer=aino,
        proof="in_person",
        street="Uusikuja 22",
        postcode="00100",
        city="Helsinki",
        now=now - timedelta(days=20),
    )
    with because("Test"):
        demand = busy.demands.get(right="rectification")
        demand.items.create(
            category="postal_address",
            kind="outdated",
            datum="Koekuja 1",
            wanted="Uusikuja 22",
            ground="Olen muuttanut uuteen kotiin.\nEn asu enää vanhassa.",
        )
    InvoiceFactory(customer=aino, number="L-5", due_on=date(2026, 4, 20))
    late = ask("access", now=now - DUE_LATE, name="Maija Myöhäinen", email="m@koe.example")
    decisions.link(late, aino, now=now)
    answered = ask("access", "restriction", customer=aino, proof="signature")
    by = UserFactory(name="Päivi Päättäjä", role=Role.DATA_PROTECTION_CONTACT)
    decisions.grant(answered.demands.get(right="access"), by=by, now=now)
    scan = storages["private"].save("x", ContentFile(b"%PDF-1.7"))
    ScanFactory(request=answered, file=scan)
    lost = Letter.objects.filter(request=busy, kind="receipt").get()
    with because("Test"):
        lost.failed_at, lost.fault = now, "SMTPRecipientsRefused 550"
        lost.save()
    paper = LetterFactory(
        request=busy, medium="post", to_email="", to_address="Koekuja 1\n00100 Helsinki"
    )
    DeputyFactory()
    eeva = CustomerFactory(given_name="Eeva", family_name="Esimerkki", email="eeva@koe.example")
    InvoiceFactory(customer=eeva, number="L-6", due_on=date(2026, 4, 20))
    ContactRoleFactory(person=eeva)
    leaving = ask("erasure", customer=eeva, proof="in_person", email="eeva@koe.example")
    needed = "Eeva ottaa vastaan kevään toimitukset, eikä kukaan muu siellä voi tehdä sitä. "
    decisions.grant(
        leaving.demands.get(), by=by, now=now, wait=True, needed_for_role=needed.strip()
    )
    return {
        "leaving": leaving,
        "busy": busy,
        "late": late,
        "answered": answered,
        "lost": lost,
        "paper": paper,
    }


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_desk_has_no_barriers(staff_page, judge, desk, language, scheme, width):  # noqa: F811
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    busy, late, answered = desk["busy"], desk["late"], desk["answered"]
    unknown = RightsRequest.objects.get(name="Eero Tuntematon-Pitkänimi")
    # the stock tables scroll inside the page, which is judged on a desk
    stock = {
        "today": reverse("admin:index"),
        "queue": QUEUE,
        "queue-late": f"{QUEUE}?state=overdue",
        "letters": LETTERS,
        "deputies": reverse("admin:rights_requests_deputy_changelist"),
        "deputy": reverse("admin:rights_requests_deputy_add"),
        "request-history": page_of(busy, "history"),
    }
    own = {
        "request": page_of(busy),
        "request-unknown": page_of(unknown),
        "request-late": page_of(late),
        "request-answered": page_of(answered),
        "copy": page_of(answered, "copy"),
        "record": RECORD,
        "grant-access": act_on(busy, "access", "grant"),
        "grant-erasure": act_on(busy, "erasure", "grant"),
        "request-waiting": page_of(desk["leaving"]),
        "waiting": reverse("admin:rights_requests_rightsrequest_waiting"),
        "correct": page_of(busy, "correct"),
        "refuse": act_on(busy, "erasure", "refuse"),
        "extend": act_on(busy, "access", "extend"),
        "letter-lost": page_of_letter(desk["lost"]),
        "letter-paper": page_of_letter(desk["paper"]),
    }
    for name, address in (stock | own).items():
        page.goto(address)
        assert page.url.endswith(address), name
        judge(page, f"desk-{name}-{language}-{scheme}-{width}", fits=width > 320 or name in own)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_form_with_faults_has_no_barriers(staff_page, judge, desk, width):  # noqa: F811
    page = staff_page(Role.DATA_PROTECTION_CONTACT, "fi", "light", width)
    page.goto(RECORD)
    page.locator("#id_prohibition").check()
    page.locator("#id_rectification").check()
    page.locator("#id_received_on").fill("2099-01-01")
    follow(page.locator(".submit-row [type=submit]"))
    assert page.locator(".errorlist").count() >= 2
    judge(page, f"desk-record-faults-{width}")
    page.goto(act_on(desk["busy"], "erasure", "refuse"))
    follow(page.locator(".submit-row [type=submit]"))
    assert page.locator(".errorlist").count() >= 3
    judge(page, f"desk-refuse-faults-{width}")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("width", [1280, 320])
def test_what_is_compared_breaks_no_word_and_buttons_are_alike(
    staff_page,  # noqa: F811
    desk,
    language,
    width,
):
    """Q02"""
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, "light", width)
    page.goto(page_of(desk["busy"]))
    assert page.locator(".compared tbody th").count() > 3
    assert broken_words(page.locator(".compared th")) == []
    says = page.locator(".object-tools a")
    assert says.evaluate("one => getComputedStyle(one).textTransform") == "none"
    page.goto(page_of(desk["busy"], "correct"))
    button = page.locator(".submit-row .button").last.bounding_box()
    cancel = page.locator(".submit-row .closelink").bounding_box()
    assert abs(button["height"] - cancel["height"]) < 1
    assert width == 320 or abs(button["y"] - cancel["y"]) < 1


def test_what_a_right_brings_along_is_asked_where_it_is_ticked(staff_page):  # noqa: F811
    page = staff_page(Role.HANDLER, "en")
    page.goto(RECORD)
    said = page.locator("[name=item-1-datum]")
    assert not said.is_visible()
    page.locator("#id_rectification").check()
    assert said.is_visible()
    assert not page.locator("[name=objection-ground]").is_visible()


def test_a_letter_is_recorded_proven_decided_and_posted_by_keyboard_alone(staff_page, aino):  # noqa: F811
    """P48, P49, I02: no step needs a mouse."""
    page = staff_page(Role.DATA_PROTECTION_CONTACT, "en")

    def press(locator, key="Enter"):
        locator.focus()
        with page.expect_navigation():
            page.keyboard.press(key)

    page.goto(reverse("admin:index"))
    press(page.get_by_role("link", name="Record a request"))
    page.locator("#id_language").focus()
    page.keyboard.type("English")
    page.locator("#id_name").focus()
    page.keyboard.type("Aino Kajo")
    page.locator("#id_street").focus()
    page.keyboard.type("Koekuja 1")
    page.keyboard.press("Tab")
    page.keyboard.type("00100")
    page.keyboard.press("Tab")
    page.keyboard.type("Helsinki")
    page.locator("#id_access").focus()
    page.keyboard.press("Space")
    press(page.get_by_role("button", name="Record"))

    asked = RightsRequest.objects.get()
    press(page.get_by_role("button", name="Choose Aino Kajo"))
    page.get_by_label("in person").focus()
    page.keyboard.press("Space")
    page.get_by_label("What was seen").focus()
    page.keyboard.type("driving licence")
    press(page.get_by_role("button", name="Record the proof"))
    press(page.get_by_role("link", name="Grant"))
    press(page.get_by_role("button", name="Grant"))

    demand = Demand.objects.get(request=asked)
    assert demand.granted_at
    press(page.get_by_role("link", name="our answer"))
    press(page.get_by_role("button", name="I have posted it"))
    letter = Letter.objects.get(request=asked, kind="answer_access")
    assert letter.posted_by
