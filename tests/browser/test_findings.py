"""The checker beside the text, and publishing, in a real Chromium."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from notices.drafts import draft_of, next_draft
from notices.improving import leave, review
from notices.models import Notice
from notices.publishing import publish
from notices.terms import ClauseKind, SectionKey
from staff.roles import Role
from tests.browser.acts import broken_words
from tests.browser.test_pages import judge, staff_page  # noqa: F401
from tests.factories import BillingDataFactory, CustomerFactory, OrderFactory
from tests.notices.test_improving import good, with_text

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("en", "light", 1280), ("sv", "dark", 1280), ("fi", "light", 320), ("fi", "dark", 1280)]
BAD = """Ainoastaan määrätyillä työntekijöillä on oikeus käyttää asiakasrekisteriä.

Kiellon saa tehdä sähköpostitse (s-postiosoite), esimerkiksi soittamalla tai vastaavasti."""


@pytest.fixture
def draft():
    """A draft with an error, warnings and hints, of which one was left."""
    reading = with_text(good(), SectionKey.SECURITY_ELECTRONIC, BAD)
    reading = with_text(reading, SectionKey.PROFILING, "Luottihakemukset käsitellään.")
    controller = replace(reading.controller, address="Kettinkikuja 4")
    draft = draft_of(replace(reading, controller=controller), reason="Test")
    today = timezone.localdate()
    hedge = next(one for one in review(draft, today=today).open if one.id == "D33")
    leave(draft, hedge.key, "Asiakas tietää tämän.", today=today)
    return draft


def address(notice, page, *more):
    return reverse(f"admin:notices_notice_{page}", args=[notice.pk, *more])


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_pages_of_findings_have_no_barrier(staff_page, judge, draft, language, scheme, width):  # noqa: F811
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    current = review(draft, today=timezone.localdate())
    asked = next(one for one in current.open if one.id == "D09")
    for name, leads_to in {
        "check": address(draft, "check"),
        "finding-asked": address(draft, "finding", asked.key),
        "finding-left": address(draft, "finding", current.left[0][0].key),
        "publish-refused": address(draft, "publish"),
    }.items():
        assert page.goto(leads_to).status == 200
        judge(page, f"{name}-{language}-{scheme}-{width}")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_page_of_publishing_has_no_barrier(staff_page, judge, language, scheme, width):  # noqa: F811
    """V07: with what the register holds and the new notice drops, and without; words are whole."""
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    publish(draft_of(good(), reason="Test"), now=timezone.now())
    CustomerFactory(phone="020 000 0500")
    BillingDataFactory(einvoice_operator="Koe")
    OrderFactory()
    draft = next_draft(Notice.objects.in_force(), reason="Test")
    with because("Test"):
        for clause in draft.clauses.filter(kind=ClauseKind.DATA, term="ip_address"):
            clause.delete()
        draft.contact_name = "Kunnossapitotoimisto"
        draft.save()
        for clause in draft.clauses.filter(kind=ClauseKind.RETENTION):
            clause.years = 4
            clause.save()
        for clause in draft.clauses.filter(kind=ClauseKind.PURPOSE):
            clause.legal_basis = "legal_obligation"
            clause.save()
        section = draft.sections.get(key="retention", language="fi")
        section.text += "\n\nTarkistamme ajat vuosittain."
        section.save()
    assert page.goto(address(draft, "publish")).status == 200
    for summary in page.locator("summary").all():
        summary.click()
    judge(page, f"publish-{language}-{scheme}-{width}")
    with because("Test"):
        dropped = ["phone", "billing", "orders"]
        for clause in draft.clauses.filter(kind=ClauseKind.DATA, term__in=dropped):
            clause.delete()
    page.goto(address(draft, "publish"))
    judge(page, f"publish-narrowed-{language}-{scheme}-{width}")
    assert page.locator("#content tbody").count() == 2
    for across in (width, 660):
        page.set_viewport_size({"width": across, "height": 900})
        assert broken_words(page.locator("#content tbody")) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= across


def test_a_draft_is_improved_and_published_with_the_keyboard_alone(staff_page, draft):  # noqa: F811
    """V01: from the list to the text offered, one after the other, to the version in force."""
    page = staff_page(Role.DATA_PROTECTION_CONTACT, "en")
    page.goto(address(draft, "check"))
    page.get_by_role("button", name="Accept all suggestions that need no answer").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/check/$"))
    page.get_by_role("link", name=re.compile("See the suggestion.*postcode")).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Controller's postal address").focus()
    page.keyboard.type("Kettinkikuja 4, 06100 Porvoo")
    page.get_by_role("button", name="Show the text first").focus()
    page.keyboard.press("Enter")
    offered = page.get_by_label("Text offered")
    assert "06100 Porvoo" in offered.input_value()
    page.get_by_role("button", name="Accept", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Publishable").wait_for()
    page.get_by_role("link", name="Go on to publishing").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Publish", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("The new version is published and in force.").wait_for()
    assert Notice.objects.in_force() == draft
