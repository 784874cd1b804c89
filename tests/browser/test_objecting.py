"""An objection and a restriction in a real browser, from the form to the last letter."""

import re

import pytest
from django.utils.translation import override

from notices.terms import Purpose
from register.models import Customer
from rights_requests.grounds import BY_KEY
from tests.browser.acts import follow
from tests.browser.test_journeys import (  # noqa: F401
    person_for,
    somebody,
    staff,
)

WORDS = {"fi": "Olen turvakiellossa.", "sv": "Jag har spärrmarkering.", "en": "I live in hiding."}
#: What staff write, in the language of the request.
NEED = {
    "fi": "Laskemme näillä luvuilla varastomme, emmekä voi tehdä sitä millään muulla tavalla.",
    "sv": "Med dessa siffror räknar vi vårt lager, och det kan vi inte göra på något annat sätt.",
    "en": "By these figures we reckon our stock, and there is no other way at all to do that.",
}
ENOUGH = {"fi": "Luettelo ei ole tarpeen.", "sv": "Listan behövs inte.", "en": "No list is needed."}
UNTIL = {"fi": "Vuoden loppuun.", "sv": "Till årets slut.", "en": "To the end of the year."}


def said_in(language, text):
    with override(language):
        return str(text)


def is_usable(customer, purpose):
    return Customer.objects.usable_for(purpose).filter(pk=customer.pk).exists()


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_an_objection_stops_the_use_is_weighed_and_answered(language, staff, person_for, shot):  # noqa: F811
    """M02, P16, S05, P59: from the form to the certificate; what is refused goes on only then."""
    customer = somebody(owing=False)
    person = person_for(language, customer.email)
    number = person.asks(
        "objection",
        chosen=[("objected_purposes", "statistics"), ("objected_purposes", "publication")],
        name=customer.name,
        objection_ground=WORDS[language],
    )
    uses = ("statistics", "publication", "development")
    assert [is_usable(customer, one) for one in uses] == [True, True, True]
    # nobody else of that name and address can be meant: what works at once need not wait for staff
    person.proves()
    assert [is_usable(customer, one) for one in uses] == [False, False, True]
    assert WORDS[language] in staff.opens(number)
    follow(staff.page.locator("a[href$='/objection/weigh/']"))
    page = staff.page
    page.locator("[name=verdict-statistics][value=compelling_grounds]").check()
    page.locator("[name=reasons-statistics]").fill(f"{NEED[language]} {NEED[language]}")
    page.locator("[name=verdict-publication][value=upheld]").check()
    page.locator("[name=reasons-publication]").fill(ENOUGH[language])
    page.locator("[name=until]").fill(UNTIL[language])
    shot(page, f"objection-weigh.{language}")
    follow(page.locator("#content .submit-row input[type=submit]"))
    assert page.url.endswith(f"/{number}/change/")
    shot(page, f"objection-weighed.{language}")
    assert not is_usable(customer, "statistics")
    letter = person.reads()
    shot(person.page, f"objection-letter.{language}")
    for told in (
        NEED[language],
        ENOUGH[language],
        UNTIL[language],
        said_in(language, BY_KEY["compelling_grounds"].label),
        said_in(language, Purpose.STATISTICS.label),
    ):
        assert told.lower() in letter.lower()
    assert re.search(r"20\d\d-T-\d+", letter)
    assert [is_usable(customer, one) for one in uses] == [True, False, True]
    page.goto("/admin/rights_requests/rightsrequest/?state=closed")
    assert number in page.locator("#content").inner_text()


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_restriction_rests_at_once_and_ends_after_the_letter(language, staff, person_for, shot):  # noqa: F811
    """P61, S01, S03, S05: contested data rest on the proof, and are used again after the letter."""
    customer = somebody(owing=False)
    person = person_for(language, customer.email)
    number = person.asks(
        "restriction", chosen=[("restriction_ground", "accuracy")], name=customer.name
    )
    assert is_usable(customer, "orders")
    person.proves()
    assert not is_usable(customer, "orders")
    staff.grants(number, "restriction")
    assert number in person.reads()
    shot(person.page, f"restriction-letter.{language}")
    page = staff.page
    staff.opens(number)
    follow(page.locator("a[href$='/lift/']"))
    page.locator("[name=reasons]").fill(ENOUGH[language])
    follow(page.locator("#content .submit-row input[type=submit]"))
    # the letter has not left: there is nothing to press
    assert page.locator("#content .submit-row").count() == 0
    assert not is_usable(customer, "orders")
    assert ENOUGH[language] in person.reads()
    shot(person.page, f"restriction-ends-letter.{language}")
    assert not is_usable(customer, "orders")
    staff.opens(number)
    follow(page.locator("a[href$='/lift/']"))
    shot(page, f"restriction-lift.{language}")
    follow(page.locator("#content .submit-row input[type=submit]"))
    assert is_usable(customer, "orders")
    assert page.locator("a[href$='/lift/']").count() == 0
