"""No text that a form can be sent makes a page fail: it is stored as typed or refused at its field.

The long list of naughty strings lies beside the project, not in it; without it the short list of
our own is tried alone.
"""

import json
import unicodedata
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from staff.roles import Role
from tests.factories import (
    CustomerFactory,
    NoticeFactory,
    NoticeGivenFactory,
    OrderFactory,
    SectionFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

OURS = [
    "A" * 10_000_000,
    "nul\x00byte",
    "line\r\nbreak",
    "bell\x07",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%s%n{{ 7*7 }}{% debug %}",
    "\u202eevil\u202c",
    "\ufeff\u200b\u200d",
    "A\u0308ija\u0308",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "(" * 5000,
    "131052-308T",
]
LIST = Path(__file__).parents[2] / "shared" / "cases" / "nasty" / "blns.json"
#: every fortieth of the long list, and the whole of it on the customer's form (tests/register)
NAUGHTY = OURS + (json.loads(LIST.read_text())[::40] if LIST.exists() else [])
ORIGIN = {"source_kind": "customer_notice", "source_name": "", "collected_on": "2026-03-05"}
NO_ROWS = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}


def rows(prefix):
    return {f"{prefix}-{name}": value for name, value in NO_ROWS.items()}


@pytest.fixture
def client(db):
    user = UserFactory(role=Role.DATA_PROTECTION_CONTACT, is_superuser=True, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


def order():
    row = OrderFactory(customer=CustomerFactory())
    post = {
        "customer": row.customer.reference,
        "number": row.number,
        "ordered_on": "2026-03-05",
        **ORIGIN,
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-description": "Huolto",
        "lines-0-quantity": "1",
    }
    texts = (
        "customer",
        "number",
        "ordered_on",
        "reason",
        "lines-0-description",
        "lines-0-quantity",
    )
    return reverse("admin:register_order_change", args=[row.pk]), post, texts


def phone_order():
    post = {
        "customer": "new",
        "given_name": "Aino",
        "language": "fi",
        "act": "save",
        "ordered_on": "2026-03-05",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-description": "Huolto",
        "lines-0-quantity": "1",
        "forbids_marketing": "on",
        "phone": "040 123 4567",
    }
    texts = ("q", "customer", "phone", "token", "lines-0-description", "lines-0-unit_price")
    return reverse("phone_order"), post, texts


def invoice():
    customer = CustomerFactory()
    post = {
        "customer": customer.reference,
        "number": "L-1",
        "invoiced_on": "2026-03-05",
        "due_on": "2026-03-05",
        "amount": "1",
        **ORIGIN,
    }
    return reverse("admin:register_invoice_add"), post, ("customer", "number", "amount", "seen")


def notice():
    row = NoticeFactory(declared=(), sources=())
    post = {"languages": ["fi"], "controller_name": "Koe", "reason": "Test"}
    texts = ("register_name", "controller_name", "contact_email", "reason")
    return reverse("admin:notices_notice_change", args=[row.pk]), post, texts


def clause():
    row = NoticeFactory(declared=(), sources=())
    post = {"promise": "recipient:partner", "reason": "Test"}
    texts = ("words", "called", "name", "country", "promise", "legal_basis", "reason")
    return reverse("admin:notices_notice_clause", args=[row.pk, 0]), post, texts


def consent():
    NoticeFactory(purposes={"statistics": "consent"}, in_force=True)
    row = NoticeGivenFactory().customer
    post = {"purpose": "statistics", "wording": "Joo.", "channel": "phone", "on": "2026-03-04"}
    return reverse("admin:register_customer_consent", args=[row.reference]), post, tuple(post)


def telling():
    row = CustomerFactory()
    post = {"customer": row.reference, "channel": "phone", "on": "2026-03-04"}
    return f"{reverse('admin:register_customer_telling')}?list=untold", post, tuple(post)


def letters():
    return reverse("admin:rights_requests_letter_inform"), {}, ("customer",)


def step_who():
    post = {"languages": ["fi"], "request_languages": ["fi"], "drawn_up_on": "2026-03-04"}
    post |= {"controller_name": "Koe", "controller_street": "Koekuja 1", "contact_name": "Koe"}
    post |= {"controller_postcode": "00100", "controller_city": "Helsinki", "register_name": "Koe"}
    post |= {"controller_email": "koe@koe.example"}
    return reverse("admin:notices_notice_write"), post, tuple(post)


def step_sharing():
    row = NoticeFactory(declared=(), sources=())
    post = {"to_partner": "on", "row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "0"}
    post |= {"row-0-tool": "adequacy", "row-0-country": "GB"}
    texts = ("names_partner", "row-0-name", "row-0-country", "row-0-tool", "seen", "disclosures")
    address = reverse("admin:notices_notice_clauses", args=[row.pk])
    return f"{address}?step=sharing", post, texts


def step_retention():
    row = NoticeFactory(declared=["name"], sources=())
    post = {"row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "0", "row-0-start": "order"}
    texts = ("row-0-years", "row-0-months", "row-0-categories", "row-0-start", "rewrite")
    address = reverse("admin:notices_notice_clauses", args=[row.pk])
    return f"{address}?step=retention", post, texts


def section():
    row = SectionFactory()
    post = {"key": "purpose", "language": "fi", "heading": "x", "text": "y", "reason": "Test"}
    return reverse("admin:notices_section_change", args=[row.pk]), post, ("heading", "text", "key")


def place():
    row = SectionFactory(position=0)
    post = {"section": row.pk, "key": "purpose", "text_fi": "y", "reason": "Test"}
    texts = ("heading_fi", "text_fi", "own_words_fi", "key", "section", "seen", "reason")
    return reverse("admin:notices_notice_place", args=[row.notice_id, 0]), post, texts


def read():
    return reverse("admin:notices_notice_read"), {"act": "save"}, ("text",)


def person():
    row = UserFactory()
    post = {"name": row.name, "language": "fi", "role": "viewer", "is_active": "on"}
    post["reason"] = "Test"
    return reverse("admin:staff_user_change", args=[row.pk]), post, ("name", "role", "reason")


def invitation():
    post = {"email": "uusi@koe.example", "name": "Aino Kajo", "language": "fi", "role": "viewer"}
    return reverse("admin:staff_invitation_add"), post | {"reason": "Test"}, ("email", "name")


def undertaking():
    post = {"fi": "x", "sv": "y", "en": "z", "reason": "Test"}
    return reverse("admin:staff_undertakingtext_add"), post, ("fi", "reason")


def search():
    return reverse("admin:register_customer_changelist"), {}, ("q",)


def sign_in_form():
    return (
        reverse("account_login"),
        {"login": "a@koe.example", "password": "x"},
        (
            "login",
            "password",
        ),
    )


@pytest.mark.parametrize(
    "form",
    [
        order,
        phone_order,
        invoice,
        notice,
        clause,
        consent,
        telling,
        letters,
        step_who,
        step_sharing,
        step_retention,
        section,
        place,
        read,
        person,
        invitation,
        undertaking,
        search,
    ],
    ids=lambda form: form.__name__,
)
def test_no_text_makes_a_page_fail(client, form):
    NoticeFactory(in_force=True)
    address, post, texts = form()
    for text in NAUGHTY:
        for name in texts:
            response = client.post(address, post | {name: text}, follow=form is search)
            assert response.status_code in (200, 302, 403, 429), (name, text[:80])


def test_no_text_makes_the_sign_in_page_fail(db):
    for text in NAUGHTY:
        for name in ("login", "password"):
            post = {"login": "a@koe.example", "password": "x"} | {name: text}
            response = Client().post(reverse("account_login"), post)
            assert response.status_code in (200, 429), (name, text[:80])


@pytest.mark.parametrize("text", [text for text in NAUGHTY if len(text) < 100])
def test_what_is_stored_is_what_was_typed(client, text):
    """Composed (NFC), and without blanks at its ends; nothing else is changed."""
    NoticeFactory(in_force=True)
    row = CustomerFactory()
    client.post(
        reverse("admin:register_customer_change", args=[row.reference]),
        {"given_name": "Aino", "street": text, "language": "fi", **ORIGIN, **rows("contact_roles")},
    )
    row.refresh_from_db()
    assert row.street in ("", unicodedata.normalize("NFC", text.strip()))
