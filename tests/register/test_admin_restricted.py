"""Restricted data on staff pages: left out, marked, closed until one of four reasons is given."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from audit.files import keep
from audit.reasons import because
from register.admin.customers import customer_page
from register.models import Consultation, Customer, Invoice
from register.models.consultations import OPEN_FOR
from register.restricting import restrict
from staff.roles import Role
from tests.factories import (
    AttachmentFactory,
    BillingDataFactory,
    ContactRoleFactory,
    CustomerFactory,
    DisclosureFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrganisationFactory,
    RecipientFactory,
)
from tests.register.test_admin import ADD, posted
from tests.rights_requests.at_the_desk import said, staff

pytestmark = pytest.mark.django_db
REASON = {"occasion": "legal_claim"}


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(
        in_force=True,
        purposes={"orders": "contract", "statistics": "consent"},
        recipients=["accounting"],
        grounds=["billing", "collection"],
    )


@pytest.fixture
def contact():
    return staff(Role.DATA_PROTECTION_CONTACT)


@pytest.fixture
def aino():
    return CustomerFactory(
        given_name="Ilpo",
        family_name="Kajo",
        email="ilpo@koe.example",
        phone="040 555 1234",
        city="Koekaupunki",
    )


def rest(customer, *categories, number="2026-17"):
    with because("Rights request"):
        restrict(
            customer,
            ground="accuracy",
            categories=categories,
            request_number=number,
            now=timezone.now() - timedelta(days=1),
        )


def page_of(row, page="change"):
    name = row._meta.model_name
    return reverse(f"admin:register_{name}_{page}", args=[getattr(row, "reference", row.pk)])


def list_of(model):
    return reverse(f"admin:register_{model}_changelist")


def look_for(client, model, text):
    return client.post(list_of(model), {"q": text}, follow=True)


def rows_of(aino):
    """One row of each kind."""
    return [
        OrderFactory(customer=aino, number="T-77"),
        InvoiceFactory(customer=aino, number="L-77"),
        AttachmentFactory(customer=aino, file=keep(ContentFile(b"%PDF-"))),
        BillingDataFactory(customer=aino),
    ]


def test_the_lists_leave_out_who_rests(contact, aino):
    """S02, S03"""
    other = CustomerFactory()
    rows = rows_of(aino)
    rest(aino)
    shown = contact.get(list_of("customer"))
    assert list(shown.context["cl"].result_list) == [other]
    assert "Kajo" not in shown.text
    for row in rows:
        page = contact.get(list_of(row._meta.model_name))
        assert list(page.context["cl"].result_list) == [], row
        assert "Kajo" not in page.text


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("customer", "kajo"),
        ("customer", "ilpo@koe.example"),
        ("order", "kajo"),
        ("order", "T-77"),
        ("invoice", "L-77"),
        ("attachment", "kajo"),
    ],
)
def test_a_search_that_meets_one_says_so_without_any_data(contact, aino, model, text):
    """S02, S03"""
    rows_of(aino)
    rest(aino)
    page = look_for(contact, model, text)
    assert len(page.context["cl"].result_list) == 0
    assert said(page)[0].startswith("1 restricted record matches. Its data are not shown.")
    for datum in ("Ilpo", "Kajo", "1234", "Koekaupunki"):
        assert datum not in page.text


@pytest.mark.parametrize(
    ("category", "text"),
    [("phone", "+358 40 555 1234"), ("phone", "0405551234"), ("email", "Ilpo@koe.example")],
)
def test_a_search_by_a_single_restricted_contact_says_that_somebody_has_it(
    contact, aino, category, text
):
    """S02, S03: no data, and nobody is told to be new who is here; whoever else has the same
    number is found as before."""
    rest(aino, category)
    page = look_for(contact, "customer", text)
    assert len(page.context["cl"].result_list) == 0
    assert said(page)[0].startswith("1 restricted record matches. Its data are not shown.")
    desk = contact.post(reverse("phone_order"), {"q": text, "act": "find", "language": "fi"})
    assert desk.context["resting"] == 1
    for datum in ("Kajo", "Koekaupunki"):
        assert datum not in page.text
        assert datum not in desk.text
    other = CustomerFactory(phone=aino.phone, email=aino.email)
    page = look_for(contact, "customer", text)
    assert list(page.context["cl"].result_list) == [other]
    assert said(page)[0].startswith("1 restricted record matches.")


def test_what_rests_of_somebody_who_is_found_is_not_shown(contact, aino):
    """S08: the rest of the row is."""
    rest(aino, "phone")
    for page in (look_for(contact, "customer", "kajo"), contact.get(list_of("customer"))):
        assert "Kajo" in page.text
        assert "1234" not in page.text


def test_the_page_asks_why_and_writes_the_answer_down(contact, aino):
    """S02, A03: four reasons, none preset, no data before; then open to the one who asked."""
    rest(aino)
    page = contact.get(page_of(aino))
    assert page.url == page_of(aino, "why")
    asked = contact.get(page.url)
    assert [value for value, _label in asked.context["form"].fields["occasion"].choices] == [
        "consent",
        "legal_claim",
        "anothers_rights",
        "public_interest",
    ]
    assert asked.context["form"]["occasion"].value() is None
    assert "request 2026-17" in asked.text
    for datum in ("Ilpo", "Kajo", "1234", "Koekaupunki"):
        assert datum not in asked.text
    for wrong in ({}, {"occasion": "curiosity"}):
        assert contact.post(page.url, wrong).status_code == 200
    assert not Consultation.objects.exists()
    opened = contact.post(page.url, REASON, follow=True)
    assert "Koekaupunki" in opened.text
    assert "Restricted: the data may only be kept." in opened.text
    reason, look = Consultation.objects.order_by("pk")
    assert (reason.customer, reason.sight, reason.occasion) == (aino, "reason", "legal_claim")
    assert reason.looked_by.role == Role.DATA_PROTECTION_CONTACT
    # the look itself is for the same
    assert (look.sight, look.occasion) == ("page", "legal_claim")
    # nobody else
    assert staff(Role.VIEWER).get(page_of(aino)).url == page_of(aino, "why")


def test_it_closes_again(contact, aino):
    """S02"""
    with time_machine.travel(datetime(2026, 6, 7, 9, tzinfo=UTC), tick=False) as clock:
        rest(aino)
        contact.post(page_of(aino, "why"), REASON)
        clock.shift(timedelta(minutes=14))
        assert contact.get(page_of(aino)).status_code == 200
        clock.shift(timedelta(minutes=1))
        assert contact.get(page_of(aino)).url == page_of(aino, "why")


def test_every_page_about_the_customer_asks(contact, aino):
    """S02"""
    rows = rows_of(aino)
    rest(aino)
    paper = rows[2]
    closed = [(row, page_of(row)) for row in (aino, *rows)]
    closed += [(row, page_of(row, "history")) for row in (aino, *rows)]
    closed += [(paper, reverse("admin:register_attachment_file", args=[paper.pk]))]
    for name in ("told", "consent", "given"):
        address = reverse(f"admin:register_customer_{name}", args=[aino.reference])
        if name != "consent":
            closed.append((aino, address))
    for row, address in closed:
        assert contact.get(address).url == page_of(row, "why"), address
    contact.post(page_of(rows[1], "why"), REASON)
    for _row, address in closed:
        assert contact.get(address).status_code == 200, address


def test_what_is_open_is_read_only(contact, aino):
    """S03: no box to type in, and what is sent all the same is refused."""
    order = OrderFactory(customer=aino, number="T-77")
    rest(aino)
    contact.post(page_of(aino, "why"), REASON)
    page = contact.get(page_of(aino))
    assert not page.context["has_change_permission"]
    assert "Download the package" not in page.text
    for name in ("order", "invoice"):
        assert reverse(f"admin:register_{name}_add") + "?customer" not in page.text
    assert contact.post(page_of(aino), {"city": "Turku"}).status_code == 403
    assert contact.post(page_of(order), {"number": "T-9"}).status_code == 403
    new = {"customer": aino.reference, "ordered_on": "5.3.2026", "source_kind": "customer_notice"}
    refused = contact.post(reverse("admin:register_order_add"), new)
    assert refused.context["adminform"].form.errors["customer"] == [
        "The data of this customer are restricted."
    ]
    assert contact.post(page_of(aino, "package")).status_code == 403


def test_what_is_owed_is_paid_by_whoever_does_the_books(aino):
    """S04: with a reason, and by who sees no customers."""
    invoice = InvoiceFactory(customer=aino, number="L-77", amount=Decimal(100))
    rest(aino)
    books = staff(Role.ACCOUNTING)
    assert books.get(page_of(invoice)).url == page_of(invoice, "why")
    books.post(page_of(invoice, "why"), REASON)
    sent = {
        "collection_started_on": "1.6.2026",
        "source_kind": "customer_notice",
        "collected_on": "1.6.2026",
        "payments-TOTAL_FORMS": "1",
        "payments-INITIAL_FORMS": "0",
        "payments-0-paid_on": "1.6.2026",
        "payments-0-amount": "100",
    }
    with time_machine.travel(timezone.now() + OPEN_FOR * 2):
        # what was typed on a page that was open is not lost, and nothing is shown anew
        assert books.get(page_of(invoice)).url == page_of(invoice, "why")
        saved = books.post(page_of(invoice), sent)
    assert saved.url != page_of(invoice, "why")
    stored = Invoice.objects.get()
    assert stored.paid_on == date(2026, 6, 1)
    assert stored.collection_started_on == date(2026, 6, 1)


def test_single_data_are_hidden_and_the_rest_is_used(contact, aino):
    """S08"""
    OrderFactory(customer=aino, number="T-77")
    rest(aino, "phone", "orders")
    listed = contact.get(list_of("customer"))
    assert list(listed.context["cl"].result_list) == [aino]
    assert "1234" not in listed.text
    assert list(contact.get(list_of("order")).context["cl"].result_list) == []
    page = contact.get(page_of(aino))
    assert page.status_code == 200
    for hidden in ("1234", "T-77", reverse("admin:register_order_add") + "?customer"):
        assert hidden not in page.text
    assert "Restricted data are not shown." in page.text
    assert "Koekaupunki" in page.text
    # its history would show them
    assert contact.get(page_of(aino, "history")).url == page_of(aino, "why")
    contact.post(page_of(aino, "why"), REASON)
    page = contact.get(page_of(aino))
    assert "1234" in page.text
    assert "T-77" in page.text
    assert 'name="phone"' not in page.text
    assert 'name="city"' in page.text


def test_names_that_rest_are_not_shown_beside_others(contact, aino):
    """S02, S08"""
    organisation = OrganisationFactory()
    ContactRoleFactory(person=aino, organisation=organisation)
    ledger = DisclosureFactory(customers=[aino, CustomerFactory(family_name="Muu")])
    for categories in (["name"], []):
        rest(aino, *categories, number=f"2026-{len(categories)}")
        assert "Kajo" not in contact.get(page_of(organisation)).text
        shown = contact.get(page_of(ledger)).text
        assert "Kajo" not in shown
        assert "Muu" in shown


def test_what_the_person_says_is_written_down_all_the_same(contact, aino):
    """M01, C01: a prohibition needs no lifting."""
    rest(aino)
    contact.post(page_of(aino, "why"), REASON)
    address = reverse("admin:rights_requests_rightsrequest_forbid", args=[aino.reference])
    assert address in contact.get(page_of(aino)).text
    sent = {
        "scopes": ["direct_marketing"],
        "uses": ["processing"],
        "channel": "phone",
        "on": "2026-03-01",
    }
    assert contact.post(address, sent).status_code == 302
    assert aino.prohibitions().exists()


def test_data_are_given_for_claims_alone(contact, aino):
    """S02, S04"""
    firm = RecipientFactory()
    rest(aino, "name")
    sent = {
        "recipient": firm.pk,
        "purpose": "orders",
        "categories": ["name"],
        "on": "2026-03-01",
    }
    address = reverse("admin:register_customer_given", args=[aino.reference])
    refused = contact.post(address, sent | {"ground": "billing"})
    assert "restricted" in refused.context["form"].errors["ground"][0]
    assert contact.post(address, sent | {"ground": "collection"}).status_code == 302


def test_a_page_of_who_does_not_rest_asks_nothing(contact, aino):
    assert contact.get(page_of(aino)).status_code == 200
    assert contact.get(page_of(aino, "why")).url == page_of(aino)
    assert not Consultation.objects.filter(sight="reason").exists()


@pytest.mark.parametrize("way", [{"email": "Ilpo@koe.example"}, {"phone": "+358 40 5551234"}])
@pytest.mark.parametrize("categories", [[], ["phone"]])
def test_somebody_restricted_is_not_entered_anew_beside_that(contact, aino, way, categories):
    """S02, S03, art. 18(2): not even under another name; nothing of them is shown."""
    with because("Test"):
        restrict(
            aino,
            ground="unlawful",
            categories=categories,
            request_number="2026-1",
            now=timezone.now(),
        )
    page = contact.post(ADD, posted(given_name="Joku", family_name="Muu", **way))
    assert "whose data are restricted. Nothing was stored" in page.text
    assert "Kajo" not in page.text
    assert Customer.objects.count() == 1


def test_who_may_be_here_already_is_named_when_somebody_new_is_stored(contact, aino):
    """A03: with the way to them, and their being named is a look."""
    other = CustomerFactory(given_name="Eero", family_name="Elo", email="eero@koe.example")
    contact.post(ADD, posted(email="ilpo@koe.example"))
    new = Customer.objects.latest("pk")
    page = contact.get(customer_page(new)).text
    assert "The same person may be here already" in page
    assert reverse("admin:register_customer_change", args=[aino.reference]) in page
    assert other.reference not in page
    assert Consultation.objects.filter(customer=aino).exists()
    contact.post(ADD, posted(email="uusi@koe.example"))
    page = contact.get(customer_page(Customer.objects.latest("pk"))).text
    assert "The same person may be here already" not in page
