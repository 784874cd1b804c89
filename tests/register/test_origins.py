"""Where each value came from (P21-P26): shown at the value, kept when it changes, and no source
gives more than it can."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.reasons import because
from register.models import BeyondSource, Customer, InvoicingProgram, Order
from staff.roles import Role
from tests.factories import (
    BillingDataFactory,
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.register.test_admin import ADD, NO_INLINES, order_post, page_of, posted
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
BEYOND = "An update service gives names and contact data only. Choose another source."


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True)


def staff(role):
    user = UserFactory(role=role, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


@pytest.fixture
def handler():
    return staff(Role.HANDLER)


@pytest.fixture
def update():
    return CollectionFactory(source_kind="update_service", source_name="Väestötietue")


def test_the_old_origin_stays_in_history_when_a_value_changes():
    first, second = CollectionFactory(), CollectionFactory(source_name="kirje")
    customer = CustomerFactory(email="aino@koe.example", collection=first)
    with because("Wrote a letter"):
        customer.email = "aino@uusi.example"
        customer.save(collection=second)
    assert [row.collected["email"] for row in customer.history.order_by("history_id")] == [
        first.pk,
        second.pk,
    ]
    assert customer.collected["given_name"] == first.pk


@pytest.mark.parametrize("role", [Role.HANDLER, Role.VIEWER])
def test_each_value_has_its_origin_beside_it(role):
    """P21-P26: kind, name and day, for whoever may change the value and for whoever may not."""
    customer = CustomerFactory(
        phone="040 123 4567", collection=CollectionFactory(source_name="<b>messut</b>")
    )
    with because("Test"):
        customer.city = "Porvoo"
        customer.save(
            collection=CollectionFactory(source_kind="partner", source_name="Koekumppani")
        )
    page = staff(role).get(page_of(customer)).text
    told = "what the customer tells us during the relationship (&lt;b&gt;messut&lt;/b&gt;), 4 Mar"
    # given name, family name, phone, its international form, language
    assert page.count(told) == 5
    assert page.count("sites and systems of partners (Koekumppani), 4 March 2026") == 1
    assert "+358401234567" in page
    assert "<b>messut" not in page


def test_an_update_service_gives_names_and_contact_data(update):
    """P23"""
    customer = CustomerFactory(collection=update)
    with because("Test"):
        customer.family_name, customer.street, customer.phone = "Halla", "Uusikatu 1", "040 1"
        customer.email = "aino@koe.example"
        customer.save(collection=update)
        Customer.objects.store([Customer(given_name="Eero")], collection=update)
    assert Customer.objects.count() == 2


@pytest.mark.parametrize(
    "act",
    [
        lambda update: CustomerFactory(website="https://aino.example", collection=update),
        lambda update: CustomerFactory(language="sv", collection=update),
        lambda update: OrderFactory(collection=update),
        lambda update: OrderLineFactory(collection=update),
        lambda update: InvoiceFactory(collection=update),
        lambda update: BillingDataFactory(collection=update),
        lambda update: ContactRoleFactory(collection=update),
        lambda update: Customer.objects.store(
            [Customer(given_name="Eero"), Customer(given_name="Aino", website="https://a.example")],
            collection=update,
        ),
        lambda update: Order.objects.store(
            [Order(customer=CustomerFactory(), ordered_on="2026-01-02")], collection=update
        ),
    ],
)
def test_an_update_service_gives_nothing_else(update, act):
    """P23: by save and by the bulk door."""
    before = Customer.objects.filter(given_name="Eero").count()
    with because("Test"), pytest.raises(BeyondSource) as refused:
        act(update)
    assert refused.value.kind == "update_service"
    assert Customer.objects.filter(given_name="Eero").count() == before
    assert not Order.objects.filter(lines__isnull=False).exists()


def test_the_form_says_so_in_one_sentence_and_keeps_what_was_typed(handler):
    """P23"""
    response = handler.post(
        ADD, posted(source_kind="update_service", website="https://aino.example")
    )
    assert response.context["adminform"].form.errors == {"source_kind": [BEYOND]}
    assert "https://aino.example" in response.text
    assert Customer.objects.count() == 0
    fine = handler.post(ADD, posted(source_kind="update_service", city="Porvoo"))
    assert fine.status_code == 302


def test_rows_on_the_page_are_judged_too(handler):
    """P23"""
    customer = CustomerFactory(given_name="Aino", family_name="Kajo")
    role = {
        "contact_roles-TOTAL_FORMS": "1",
        "contact_roles-0-person": customer.pk,
        "contact_roles-0-organisation": "nobody",
    }
    page = handler.post(page_of(customer), posted(source_kind="update_service", **role)).text
    assert BEYOND in page
    order = handler.post(
        reverse("admin:register_order_add"),
        order_post(customer=customer.reference, source_kind="update_service"),
    )
    assert BEYOND in order.text
    assert Order.objects.count() == 0


def test_a_program_of_invoices_is_named_by_those_who_publish():
    assert NO_INLINES
    for role, made in ((Role.HANDLER, 0), (Role.DATA_PROTECTION_CONTACT, 1)):
        staff(role).post(
            reverse("admin:register_invoicingprogram_add"),
            {"name": "Koelaskutus", "used_since_on": "2026-01-02", "reason": "Invoices live there"},
        )
        assert InvoicingProgram.objects.count() == made
