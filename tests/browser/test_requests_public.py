"""The public pages of requests in a real Chromium: no barrier, no breach of the CSP, no cookie."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from notices.models import Notice
from notices.terms import Right
from register.models import Channel
from rights_requests import decisions
from rights_requests.apart import signed_address
from rights_requests.intake import receive
from rights_requests.models import Demand, Item, Link, Proof, RightsRequest
from rights_requests.models.letters import address_of
from tests.browser.acts import follow
from tests.browser.test_pages import LOOKS, judge  # noqa: F401
from tests.factories import (
    CustomerFactory,
    LetterFactory,
    OrderFactory,
    OrderLineFactory,
    ProhibitionFactory,
    UserFactory,
)
from tests.rights_requests.asking import address

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def notice():
    call_command("load_notice", str(settings.BASE_DIR / "demo" / "notice.toml"), "--adopt")


def path_of(request, purpose):
    link = Link.objects.working(timezone.now()).get(request=request, purpose=purpose)
    return "/" + address_of(link).split("/", 3)[3]


@pytest.fixture
def asked():
    """Makes requests in a language: one that waits for everything, and one that was answered."""

    def make(language):
        now, staff = timezone.now(), UserFactory()
        customer = CustomerFactory(
            given_name="Aino",
            family_name="Koekajo",
            email="aino@koe.example",
            phone="020 000 1234",
            street="Koekuja 1",
            postcode="00100",
            city="Helsinki",
        )
        OrderLineFactory(order=OrderFactory(customer=customer))
        ProhibitionFactory()

        def receive_one(*demands, items=()):
            request = RightsRequest(
                language=language,
                channel=Channel.FORM,
                received_at=now,
                name="Aino Koekajo",
                email="aino@koe.example",
            )
            receive(request, demands, items=items, now=now)
            decisions.link(request, customer, now=now)
            request.refresh_from_db()
            return request

        waiting = receive_one(
            Demand(right=Right.RECTIFICATION),
            Demand(right=Right.ERASURE),
            Demand(right=Right.PROHIBITION, scopes=["direct_marketing"], uses=["processing"]),
            items=[Item(datum="Koekuja 1", wanted="Koekuja 2", ground="Muutin.")],
        )
        decisions.send_code(waiting, now=now)
        answered = receive_one(Demand(right=Right.ACCESS))
        decisions.prove(answered, Proof.SIGNATURE, now=now, by=staff)
        answered.refresh_from_db()
        decisions.grant(answered.demands.get(), by=staff, now=now)
        return waiting, answered

    return make


@pytest.mark.parametrize(("language", "scheme", "width"), [*LOOKS, ("sv", "dark", 320)])
def test_the_form_from_the_notice_to_the_confirmation(
    page_for,
    judge,  # noqa: F811
    language,
    scheme,
    width,
):
    """I01: one click from the notice, without a script and without a cookie."""
    look = f"{language}-{scheme}-{width}"
    page = page_for(language, scheme=scheme, width=width)
    page.goto(f"/{language}/")
    follow(page.locator(".first a.button"))
    judge(page, f"requests-choose-{look}")
    follow(page.locator("button"))
    judge(page, f"requests-choose-nothing-{look}")
    assert page.title().startswith(("Error:", "Virhe:", "Fel:"))
    for box in page.locator("[name=right]").all():
        box.check()
    follow(page.locator("button"))
    judge(page, f"requests-form-{look}")
    page.locator("#id_email").fill("aino")
    follow(page.locator("button[value=check]:visible"))
    judge(page, f"requests-form-faults-{look}")
    assert page.locator("#id_email").input_value() == "aino"
    page.locator(".faults a").first.click()
    assert page.evaluate("document.activeElement.name") == "item-1-kind"
    page.locator("[name=item-1-kind]").first.check()
    for name in ("item-1-datum", "item-1-wanted", "item-1-ground", "objection_ground"):
        page.locator(f"[name={name}]").fill("Koekuja 1\nKoekuja 2 ja hyvin pitkäsanainenperuste")
    page.locator("[name=restriction_ground]").first.check()
    page.locator("[name=scopes]").first.check()
    page.locator("[name=erased_data]").first.check()
    page.locator("[name=name]").fill("Aino Koekajo")
    page.locator("[name=email]").fill("aino@koe.example")
    follow(page.locator("button[value=check]:visible"))
    judge(page, f"requests-check-{look}")
    with page.expect_download() as download:
        page.locator("[value=paper]").click()
    assert download.value.suggested_filename == f"request-form-{language}.pdf"
    follow(page.locator("[value=change]"))
    assert page.locator("[name=email]").input_value() == "aino@koe.example"
    follow(page.locator("button[value=check]:visible"))
    follow(page.locator("[value=send]"))
    page.wait_for_url("**/sent/**")
    judge(page, f"requests-sent-{look}")
    assert RightsRequest.objects.get().number in page.locator("main").inner_text()
    follow(page.locator("footer a[href$='/without-email/']"))
    judge(page, f"requests-without-email-{look}")
    assert page.context.cookies() == []


@pytest.mark.parametrize(("language", "scheme", "width"), [*LOOKS, ("sv", "dark", 320)])
def test_what_links_open(
    page_for,
    judge,  # noqa: F811
    asked,
    language,
    scheme,
    width,
):
    look = f"{language}-{scheme}-{width}"
    waiting, answered = asked(language)
    page = page_for(language, scheme=scheme, width=width)
    page.goto(path_of(waiting, "status"))
    judge(page, f"requests-status-{look}")
    for summary in page.locator("summary").all():
        summary.click()
    judge(page, f"requests-status-open-{look}")
    page.goto(path_of(waiting, "proof"))
    judge(page, f"requests-proof-{look}")
    follow(page.locator("button"))
    page.wait_for_url("**/proven/")
    judge(page, f"requests-proven-{look}")
    page.goto(path_of(answered, "report"))
    judge(page, f"requests-report-{look}")
    follow(page.locator("[value=page]"))
    page.locator("#of-customer").wait_for()
    judge(page, f"requests-copy-{look}")
    page.goto(path_of(answered, "report"))
    follow(page.locator("[value=letters]"))
    page.locator("#letter-1").wait_for()
    judge(page, f"requests-letters-{look}")
    unasked = LetterFactory(
        request=None,
        kind="information",
        language=language,
        customer=CustomerFactory(),
        notice=Notice.objects.in_force(),
    )
    page.goto("/" + signed_address(unasked).split("/", 3)[3])
    judge(page, f"requests-letter-waits-{look}")
    follow(page.locator("button"))
    page.locator("#letter-1").wait_for()
    page.goto(path_of(answered, "status"))
    judge(page, f"requests-status-answered-{look}")
    page.goto(address("status", "forged", language=language))
    judge(page, f"requests-no-such-link-{look}")
    assert page.context.cookies() == []


def test_the_data_are_downloaded_as_often_as_wanted(page_for, asked):
    """A06: a download that failed costs nothing."""
    _waiting, answered = asked("fi")
    page = page_for("fi")
    page.goto(path_of(answered, "report"))
    for _time in range(2):
        with page.expect_download() as download:
            page.locator("[value=json]").click()
        assert download.value.suggested_filename == f"seloste-{answered.number}.json"


def test_the_form_works_by_keyboard_alone(page_for):
    """WCAG 2.1.1: chosen, filled, checked and sent without a pointer."""
    page = page_for("en")
    page.goto(address("choose", language="en"))
    page.locator("#right-access").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/form/**")
    page.locator("#id_name").focus()
    page.keyboard.type("Aino Koekajo")
    page.keyboard.press("Tab")
    page.keyboard.type("aino@koe.example")
    page.keyboard.press("Enter")
    page.locator("[value=send]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent/**")
    assert [demand.right for demand in Demand.objects.all()] == ["access"]
