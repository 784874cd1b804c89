import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from audit.reasons import because
from notices.models import governing_notice
from notices.publishing import adopt
from notices.terms import ProhibitedUse, ProhibitionScope
from register.erasure import erase, put_off
from register.models import (
    BillingData,
    Collection,
    ContactRole,
    Customer,
    CustomerErased,
    Invoice,
    Order,
    OrderLine,
    Prohibition,
)
from register.models.customers import MOST_FOUND
from register.models.invoices import CreditsTooMuch
from staff.roles import Role
from tests.factories import (
    AttachmentFactory,
    BillingDataFactory,
    CollectionFactory,
    ConsentFactory,
    ContactRoleFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    NoticeGivenFactory,
    OrderFactory,
    OrderLineFactory,
    OrganisationFactory,
    PaymentFactory,
    RestrictionFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:register_customer_changelist")
ADD = reverse("admin:register_customer_add")
NO_INLINES = {"contact_roles-TOTAL_FORMS": "0", "contact_roles-INITIAL_FORMS": "0"}
ORIGIN = {
    "source_kind": "customer_notice",
    "source_name": "puhelu",
    "collected_on": "5.3.2026",
    "reason": "",
}


def staff(role, **fields):
    user = UserFactory(role=role, language="en", **fields)
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


@pytest.fixture
def handler(db):
    return staff(Role.HANDLER)


@pytest.fixture
def contact(db):
    return staff(Role.DATA_PROTECTION_CONTACT)


@pytest.fixture
def notice():
    return NoticeFactory(in_force=True)


def page_of(customer, page="change"):
    return reverse(f"admin:register_customer_{page}", args=[customer.reference])


def posted(**values):
    return {
        "given_name": "Aino",
        "family_name": "Kajo",
        "language": "fi",
        **NO_INLINES,
        **ORIGIN,
        "collected_on": "2026-03-05",
        **values,
    }


def test_a_customer_is_entered_with_the_source_and_the_source_is_the_reason(handler, notice):
    """P21-P26: each value has its source, its name and its day."""
    response = handler.post(ADD, posted(email="aino@koe.example"))
    customer = Customer.objects.get()
    assert response["Location"] == page_of(customer)
    collection = Collection.objects.get()
    assert (collection.source_name, collection.collected_on) == ("puhelu", date(2026, 3, 5))
    assert collection.collected_by.role == Role.HANDLER
    assert set(customer.collected.values()) == {collection.pk}
    row = customer.history.get()
    assert row.history_user.role == Role.HANDLER
    assert row.history_change_reason == "what the customer tells us during the relationship, puhelu"


def test_own_words_are_the_reason_where_they_are_given(handler, notice):
    handler.post(ADD, posted(reason="Called about a new address"))
    assert Customer.objects.get().history.get().history_change_reason == (
        "Called about a new address"
    )


def test_only_declared_fields_appear_and_the_page_says_what_is_left_out(handler):
    """P20: under a notice without them there is no box for a phone or a web address."""
    NoticeFactory(declared=["name", "email"], in_force=True)
    page = handler.get(ADD).text
    assert 'name="email"' in page
    assert 'name="phone"' not in page
    assert 'name="website"' not in page
    assert "phone number" in page
    assert "web address" in page


def test_an_undeclared_value_posted_past_the_form_is_refused_by_name(handler):
    NoticeFactory(declared=["name", "email"], in_force=True)
    response = handler.post(ADD, posted(website="https://aino.example"))
    assert response.status_code == 200
    assert "does not list “web address”" in response.text
    assert Customer.objects.count() == 0


def test_only_sources_of_the_notice_can_be_chosen(handler):
    NoticeFactory(sources=["registration"], in_force=True)
    response = handler.post(ADD, posted(source_kind="partner"))
    assert response.status_code == 200
    assert Customer.objects.count() == 0


def test_an_identity_code_is_refused_at_its_field_and_in_the_reason(handler, notice):
    for field in ("family_name", "reason", "source_name"):
        response = handler.post(ADD, posted(**{field: "131052-308T"}))
        assert "looks like a personal identity code" in response.text
    assert Customer.objects.count() == 0


def test_nothing_is_entered_before_a_notice_is_in_force(handler):
    assert handler.get(ADD).status_code == 403
    assert handler.post(ADD, posted()).status_code == 403
    assert "No privacy notice is in force" in handler.get(LIST).text


def test_a_change_keeps_the_sources_of_what_did_not_change(handler, notice):
    customer = CustomerFactory(given_name="Aino", family_name="Kajo", email="a@koe.example")
    first = customer.collected["given_name"]
    handler.post(page_of(customer), posted(email="uusi@koe.example"))
    customer.refresh_from_db()
    assert customer.email == "uusi@koe.example"
    assert customer.collected["given_name"] == first
    assert customer.collected["email"] != first


def test_saving_without_a_change_writes_nothing(handler, notice):
    customer = CustomerFactory(given_name="Aino", family_name="Kajo")
    collections = Collection.objects.count()
    handler.post(page_of(customer), posted())
    assert (customer.history.count(), Collection.objects.count()) == (1, collections)


def test_a_search_leaves_no_name_in_any_address(handler, notice):
    """Names stay out of addresses, and so out of logs and browser histories."""
    aino = CustomerFactory(given_name="Aino", family_name="Salakajo")
    CustomerFactory(given_name="Eero", family_name="Muukajo")
    response = handler.post(LIST, {"q": "salakajo"})
    assert "salakajo" not in response["Location"].lower()
    page = handler.get(LIST + response["Location"]).text
    assert "Aino Salakajo" in page
    assert "Eero Muukajo" not in page
    links = [part.split('"')[0] for part in page.split('href="')[1:]]
    assert not [link for link in links if "salakajo" in link.lower()]
    assert page_of(aino) in page


def test_words_typed_straight_into_the_address_find_nobody(handler, notice):
    CustomerFactory(given_name="Aino", family_name="Salakajo")
    CustomerFactory(given_name="Eero", family_name="Muukajo")
    assert "Eero Muukajo" in handler.get(LIST, {"q": "salakajo"}).text


def test_a_primary_key_opens_nothing(handler, notice):
    customer = CustomerFactory()
    response = handler.get(reverse("admin:register_customer_change", args=[customer.pk]))
    assert response["Location"] == reverse("admin:index")


def test_the_customer_s_page_shows_orders_invoices_and_sources(handler, notice):
    customer = CustomerFactory(
        phone="040 123 4567", collection=CollectionFactory(source_name="messut")
    )
    order = OrderFactory(customer=customer, number="T-1")
    OrderLineFactory(order=order, description="Vuosihuolto")
    InvoiceFactory(customer=customer, number="L-9", collection_started_on=date(2026, 5, 1))
    InvoiceFactory(number="L-10")
    page = handler.get(page_of(customer)).text
    for words in ("T-1", "Vuosihuolto", "L-9", "in debt collection", "(messut)", "040 123 4567"):
        assert words in page
    assert "L-10" not in page


def test_an_organisation_s_page_shows_its_contact_people(handler, notice):
    role = ContactRoleFactory(role="ostaja")
    ContactRoleFactory(role="myyjä")
    page = handler.get(page_of(role.organisation)).text
    assert "ostaja" in page
    assert page_of(role.person) in page
    assert "myyjä" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_however_much_it_shows(
    handler, notice, count, django_assert_num_queries
):
    customer = CustomerFactory()
    for number in range(count):
        OrderLineFactory(order=OrderFactory(customer=customer))
        InvoiceFactory(customer=customer)
        AttachmentFactory(customer=customer, file="0" * 32)
        ContactRoleFactory(person=customer)
        NoticeGivenFactory(customer=customer, given_on=date(2026, 3, 1 + number))
    handler.get(page_of(customer))
    with django_assert_num_queries(46):
        handler.get(page_of(customer))


def test_customers_are_filtered_and_each_choice_says_how_many_there_are(handler, notice):
    person = CustomerFactory(given_name="Aino", language="sv")
    organisation = OrganisationFactory(organisation_name="Tyrnipaja Oy")
    paid, debtor = CustomerFactory(given_name="Eero"), CustomerFactory(given_name="Oiva")
    InvoiceFactory(customer=paid, paid_on=date(2026, 5, 1))
    InvoiceFactory(customer=debtor)

    def shown(**chosen):
        page = handler.get(LIST, chosen)
        return {row.pk for row in page.context["cl"].result_list}

    assert shown() == {person.pk, organisation.pk, paid.pk, debtor.pk}
    assert shown(kind="organisation") == {organisation.pk}
    assert shown(kind="person", language="fi") == {paid.pk, debtor.pk}
    assert shown(language="sv") == {person.pk}
    assert shown(invoices="open") == {debtor.pk}
    assert shown(invoices="open", kind="person") == {debtor.pk}
    assert shown(invoices="open", kind="organisation") == set()
    assert shown(kind="nonsense") == shown()
    page = handler.get(LIST).text
    for choice in ("persons (3)", "organisations (1)", "open (1)", "svenska (1)", "English (0)"):
        assert choice in page


@pytest.mark.parametrize("count", [1, 3])
def test_who_has_open_invoices_is_read_from_the_invoices(
    handler, notice, count, django_assert_num_queries
):
    """S02: and the list is of none whose data rest."""
    debtors = CustomerFactory.create_batch(count)
    for customer in (*debtors, *debtors, resting := CustomerFactory()):
        InvoiceFactory(customer=customer)
    RestrictionFactory(customer=resting)
    handler.get(LIST, {"invoices": "open"})
    with django_assert_num_queries(17):
        page = handler.get(LIST, {"invoices": "open"})
    shown = page.context["cl"]
    assert [row.pk for row in shown.result_list] == [row.pk for row in reversed(debtors)]
    assert shown.result_count == count


def test_who_may_be_used_for_a_purpose_is_a_filter_in_the_words_of_the_reader(handler, notice):
    """C01, C04, P19: with as many queries for many purposes as for one."""
    assert "permitted use" not in handler.get(LIST).text
    NoticeFactory(purposes={"orders": "contract"}, in_force=True)
    told, agreed, untold = CustomerFactory.create_batch(3)
    forbids = CustomerFactory(email="aino@koe.example")
    firm = OrganisationFactory()
    NoticeGivenFactory(customer=untold, notice=governing_notice())

    def queries():
        with CaptureQueriesContext(connection) as asked:
            handler.get(LIST)
        return len(asked)

    with_one = queries()
    purposes = {
        "orders": "contract",
        "statistics": "contract",
        "ad_targeting": "consent",
        "publication": "contract",
    }
    NoticeFactory(purposes=purposes, in_force=True)
    for one in (told, agreed, forbids):
        NoticeGivenFactory(customer=one, notice=governing_notice())
    ConsentFactory(customer=agreed)
    with because("Test"):
        Prohibition.objects.forbid(
            forbids.contacts,
            ["publication"],
            ["disclosure"],
            request_number="",
            today=date(2026, 5, 6),
        )
    assert queries() == with_one

    def shown(purpose):
        page = handler.get(LIST, {"purpose": purpose})
        return {row.pk for row in page.context["cl"].result_list}

    assert shown("statistics") == {told.pk, agreed.pk, forbids.pk, firm.pk}
    assert shown("ad_targeting") == {agreed.pk}
    assert shown("publication") == {told.pk, agreed.pk, firm.pk}
    assert shown("orders") == {*shown("statistics"), untold.pk}
    page = handler.get(LIST).text
    for choice in ("statistics (4)", "advertising (1)", "mailing labels (3)"):
        assert choice in page


def test_a_search_keeps_to_the_filter_and_shows_no_numbers_of_the_whole(handler, notice):
    CustomerFactory(given_name="Tyrni")
    OrganisationFactory(organisation_name="Tyrnipaja Oy")
    response = handler.post(f"{LIST}?kind=organisation", {"q": "tyrni", "kind": "organisation"})
    page = handler.get(LIST + response["Location"])
    assert [str(row) for row in page.context["cl"].result_list] == ["Tyrnipaja Oy"]
    assert "persons (" not in page.text


def test_a_notice_without_organisations_has_no_filter_of_them(handler):
    NoticeFactory(declared=["name", "email"], in_force=True)
    assert "organisations" not in handler.get(LIST).text


def test_a_long_list_says_about_how_many_it_has(handler, notice, monkeypatch):
    monkeypatch.setattr("audit.paging.MOST_COUNTED", 3)
    for _one in range(3):
        CustomerFactory()
    assert "3 rows" in handler.get(LIST).text
    CustomerFactory()
    assert "about 4 rows" in handler.get(LIST).text


def test_a_search_that_finds_too_many_asks_for_more_words(handler, notice, monkeypatch):
    monkeypatch.setattr("register.admin.customers.MOST_FOUND", 2)
    for _one in range(3):
        CustomerFactory(given_name="Sama")

    def found():
        return handler.get(LIST + handler.post(LIST, {"q": "sama"})["Location"]).text

    assert "the first 2 of more: write more" in found()
    monkeypatch.setattr("register.admin.customers.MOST_FOUND", 3)
    assert "3 found" in found()


@pytest.mark.parametrize("count", [1, 9])
def test_the_page_of_an_invoice_takes_as_many_queries_for_many_payments(
    handler, notice, count, django_assert_num_queries
):
    invoice = InvoiceFactory()
    for _one in range(count):
        PaymentFactory(invoice=invoice, amount=1)
    address = reverse("admin:register_invoice_change", args=[invoice.pk])
    handler.get(address)
    with django_assert_num_queries(25):
        handler.get(address)


def test_a_payment_entered_on_the_page_pays_the_invoice_and_too_much_is_said(handler, notice):
    """R05: what the invoice says has no box, and posting it changes nothing."""
    invoice = InvoiceFactory(number="L-1", amount=100)
    address = reverse("admin:register_invoice_change", args=[invoice.pk])
    assert 'name="number"' not in handler.get(address).text
    response = handler.post(
        address,
        {
            "number": "L-2",
            "amount": "1",
            "paid_on": "",
            "payments-TOTAL_FORMS": "1",
            "payments-INITIAL_FORMS": "0",
            "payments-0-invoice": invoice.pk,
            "payments-0-paid_on": "2026-04-10",
            "payments-0-amount": "130.50",
            **ORIGIN,
            "collected_on": "2026-04-10",
        },
        follow=True,
    )
    assert "30.50 € more than the invoice has come." in response.text
    stored = Invoice.objects.get()
    assert (stored.number, stored.amount, stored.paid_on) == ("L-1", 100, date(2026, 4, 10))


def test_the_history_tells_where_each_value_came_from_beside_the_typed_reason(handler, notice):
    """Art. 14(2)(f), 15(1)(g): also of a value that was replaced."""
    first = CollectionFactory(source_name="verkkolomake", collected_on=date(2026, 2, 1))
    aino = CustomerFactory(given_name="Aino", city="Turku", phone="040 123 4567", collection=first)
    post = CollectionFactory(
        source_kind="update_service", source_name="Posti", collected_on=date(2026, 3, 3)
    )
    called = CollectionFactory(source_name="puhelu", collected_on=date(2026, 4, 4))
    with because("customer called"):
        aino.city = "Porvoo"
        aino.save(collection=post)
        aino.city, aino.phone = "Loviisa", "040 765 4321"
        aino.save(collection=called)
    page = handler.get(reverse("admin:register_customer_history", args=[aino.reference]))
    told = [
        (one.why, one.source, {change.source for change in one.changes})
        for one in page.context["versions"]
    ]
    assert told == [
        ("customer called", str(called), {""}),
        ("customer called", str(post), {""}),
        ("Made for a test", str(first), {""}),
    ]
    with override("en"):
        assert f"Obtained from: {post}" in page.text
    assert "Posti" in page.text
    assert "3 March 2026" in page.text


@pytest.mark.parametrize(
    ("model", "chosen"),
    [
        ("customer", "customer_notice"),
        ("order", "customer_notice"),
        ("invoice", "purchase"),
        ("billingdata", "purchase"),
    ],
)
def test_what_the_controller_wrote_is_no_statement_of_the_customer_beforehand(
    handler, notice, model, chosen
):
    """Art. 14(2)(f), 15(1)(g)"""
    form = handler.get(reverse(f"admin:register_{model}_add")).context["adminform"].form
    assert form["source_kind"].value() == chosen
    shown = str(form["source_kind"])
    assert f'value="{chosen}" selected' in shown


def invoice_post(**values):
    rows = {"payments-TOTAL_FORMS": "1", "payments-INITIAL_FORMS": "0"}
    return {**rows, **ORIGIN, "collected_on": "2026-04-10", "paid_on": "", **values}


def test_e04_the_day_alone_pays_an_invoice(handler, notice):
    """E04: nothing else was typed, so that the payment is the first thing stored."""
    invoice = InvoiceFactory(number="L-1", amount=100)
    address = reverse("admin:register_invoice_change", args=[invoice.pk])
    assert handler.post(address, invoice_post(paid_on="2026-04-12")).status_code == 302
    stored = Invoice.objects.get()
    assert (stored.paid_on, stored.left_to_pay) == (date(2026, 4, 12), 0)
    assert stored.payments.get().history.get().history_change_reason


def test_e04_the_day_of_payment_is_that_of_a_payment(handler, notice):
    """E04: what is paid is so by its payments and credit notes, and owes nothing."""
    invoice = InvoiceFactory(number="L-1", amount=100)
    address = reverse("admin:register_invoice_change", args=[invoice.pk])
    part = {
        "payments-0-invoice": invoice.pk,
        "payments-0-paid_on": "2026-04-10",
        "payments-0-amount": "30",
    }
    handler.post(address, invoice_post(paid_on="2026-04-12", **part))
    stored = Invoice.objects.get()
    assert (stored.paid_on, stored.left_to_pay) == (date(2026, 4, 12), 0)
    assert [(one.amount, one.paid_on) for one in stored.payments.all()] == [
        (30, date(2026, 4, 10)),
        (70, date(2026, 4, 12)),
    ]
    for day in ("", "2026-04-13"):
        page = handler.post(address, invoice_post(paid_on=day))
        assert page.context["adminform"].form.errors == {
            "paid_on": ["Its payments say when it was paid: enter money given back below zero."]
        }
    new = {"customer": invoice.customer.reference, "number": "L-2", "amount": "5"}
    new |= {"invoiced_on": "2026-04-10", "due_on": "2026-04-20", "paid_on": "2026-04-11"}
    handler.post(reverse("admin:register_invoice_add"), {**ORIGIN, **new})
    added = Invoice.objects.get(number="L-2")
    assert (added.paid_on, added.left_to_pay) == (date(2026, 4, 11), 0)


def test_e04_no_more_is_credited_than_is_left(handler, notice):
    """E04: also by two credit notes."""
    invoice = InvoiceFactory(number="L-1", amount=100)
    PaymentFactory(invoice=invoice, amount=30)
    add = reverse("admin:register_invoice_add")
    note = {"customer": invoice.customer.reference, "credits": "L-1", **ORIGIN}
    note |= {"invoiced_on": "2026-04-10", "due_on": "2026-04-10"}
    for number, amount, refused in (("L-2", "-70.01", True), ("L-3", "-50", False)):
        page = handler.post(add, {**note, "number": number, "amount": amount})
        assert ("70.00 € of that invoice is left to pay" in page.text) is refused
    page = handler.post(add, {**note, "number": "L-4", "amount": "-20.01"})
    assert "20.00 € of that invoice is left to pay: no more can be credited." in page.text
    with pytest.raises(CreditsTooMuch):
        InvoiceFactory(customer=invoice.customer, credits=invoice, amount=Decimal("-20.01"))
    handler.post(add, {**note, "number": "L-5", "amount": "-20"})
    assert set(Invoice.objects.values_list("number", flat=True)) == {"L-1", "L-3", "L-5"}
    assert [one.left_to_pay for one in Invoice.objects.all()] == [0, 0, 0]
    assert not Invoice.objects.unpaid().exists()


def test_accounting_sees_billing_data_and_no_customer(notice):
    """P18"""
    billing = BillingDataFactory(street="Laskutie 7")
    accounting = staff(Role.ACCOUNTING)
    address = reverse("admin:register_billingdata_change", args=[billing.pk])
    assert "Laskutie 7" in accounting.get(address).text
    assert accounting.get(page_of(billing.customer)).status_code == 403


def test_the_customer_s_page_shows_billing_data_with_their_origin(handler, notice):
    billing = BillingDataFactory(
        street="Laskutie 7", collection=CollectionFactory(source_name="verkkokauppa")
    )
    page = handler.get(page_of(billing.customer)).text
    assert "Laskutie 7" in page
    assert "(verkkokauppa)" in page
    other = handler.get(page_of(CustomerFactory())).text
    assert "Laskutie 7" not in other
    assert reverse("admin:register_billingdata_add") in other


BILL = {
    **ORIGIN,
    "source_kind": "purchase",
    "collected_on": "2026-03-05",
    "einvoice_address": "KOE",
}


def test_billing_data_without_an_address_are_called_as_their_customer(handler, notice):
    """P17: in what is told of them, in titles and in ways back."""
    aino = CustomerFactory(given_name="Aino", family_name="Kajo")
    add = reverse("admin:register_billingdata_add")
    page = handler.post(add, BILL | {"customer": aino.reference}, follow=True)
    billing = BillingData.objects.get()
    own = reverse("admin:register_billingdata_change", args=[billing.pk])
    assert f'<a href="{own}">Aino Kajo</a>' in page.text
    assert handler.get(own).context["subtitle"] == "Aino Kajo"
    assert "<h2>Aino Kajo</h2>" in handler.get(own).text
    assert str(billing) == aino.reference


def test_billing_data_are_not_called_by_a_name_that_the_reader_may_not_see(handler, notice):
    """P18, S03: accounting sees no customers, and whose name rests is named to nobody."""
    aino = CustomerFactory(given_name="Aino", family_name="Salakajo")
    billing = BillingDataFactory(customer=aino, street="", postcode="", city="")
    own = reverse("admin:register_billingdata_change", args=[billing.pk])
    page = staff(Role.ACCOUNTING).get(own)
    assert page.context["subtitle"] == aino.reference
    assert "Salakajo" not in page.text
    RestrictionFactory(customer=aino, categories=["name"])
    page = handler.get(own)
    assert page.context["subtitle"] == f"{aino.reference} (restricted)"
    assert "Salakajo" not in page.text


def test_what_was_begun_on_a_customer_s_page_ends_there(contact, notice):
    """P17: on the list of everybody's such things nobody has work to do. Who came from the list
    goes back to it."""
    aino = CustomerFactory()
    there = page_of(aino)
    add = reverse("admin:register_billingdata_add")
    from_page = f"{add}?customer={aino.reference}"
    assert f'href="{from_page}"' in contact.get(there).text
    # the form is sent to the address that it came from
    [form] = re.findall(r'<form [^>]*id="billingdata_form"[^>]*>', contact.get(from_page).text)
    assert "action" not in form
    form = BILL | {"customer": aino.reference}
    assert contact.post(from_page, form).url == there
    billing = BillingData.objects.get()
    own = reverse("admin:register_billingdata_change", args=[billing.pk])
    assert f'href="{own}?customer={aino.reference}"' in contact.get(there).text
    changed = contact.post(f"{own}?customer={aino.reference}", form | {"einvoice_operator": "X"})
    assert changed.url == there
    changed = contact.post(own, form | {"einvoice_operator": "Y"})
    assert changed.url == reverse("admin:register_billingdata_changelist")
    paper = reverse("admin:register_paper_add")
    form = {**ORIGIN, "collected_on": "2026-03-05", "customer": aino.reference, "title": "Sopimus"}
    assert contact.post(f"{paper}?customer={aino.reference}", form).url == there


def test_a_person_is_joined_to_an_organisation_by_its_name(handler, notice):
    person = CustomerFactory(given_name="Aino", family_name="Kajo")
    organisation = OrganisationFactory(organisation_name="Tyrnipaja Oy")
    OrganisationFactory(organisation_name="Rimskata Ab")
    handler.post(
        page_of(person),
        posted(
            **{
                "contact_roles-TOTAL_FORMS": "1",
                "contact_roles-0-person": person.pk,
                "contact_roles-0-organisation": "tyrnip",
                "contact_roles-0-role": "ostaja",
            }
        ),
    )
    role = ContactRole.objects.get()
    assert (role.person, role.organisation, role.role) == (person, organisation, "ostaja")
    assert set(role.collected) == {"person", "organisation", "role"}


def test_a_change_of_a_row_on_the_page_is_seen_by_the_second_of_two_people(handler, notice):
    order = OrderFactory()
    line = OrderLineFactory(order=order, description="Huolto")
    address = reverse("admin:register_order_change", args=[order.pk])
    seen = handler.get(address).context["adminform"].form["seen"].value()

    def post(description):
        return handler.post(
            address,
            order_post(
                customer=order.customer.reference,
                number=order.number,
                ordered_on=str(order.ordered_on),
                seen=seen,
                **{
                    "lines-INITIAL_FORMS": "1",
                    "lines-0-id": line.pk,
                    "lines-0-description": description,
                    "lines-0-unit_price": "",
                },
            ),
        )

    assert post("Vuosihuolto").status_code == 302
    assert "after you had opened it" in post("Kevythuolto").text
    line.refresh_from_db()
    assert line.description == "Vuosihuolto"


def test_the_history_page_tells_of_the_rows_on_the_page_too(contact, notice):
    role = ContactRoleFactory(role="ostaja")
    with because("Promoted"):
        role.role = "johtaja"
        role.save(collection=CollectionFactory())
    page = contact.get(page_of(role.person, "history")).text
    assert "Promoted" in page
    assert "<del>ostaja</del>" in page
    assert str(role.organisation) in page
    assert f"customer {role.organisation.pk}" not in page


def test_a_field_cannot_be_guessed_through_the_address(handler, notice):
    CustomerFactory(email="aino@koe.example")
    assert handler.get(LIST, {"email__startswith": "a"}).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/admin/register/invoice/add/?customer=%00",
        "/admin/register/customer/%00/change/",
        "/admin/register/customer/%00/history/",
        "/admin/register/invoice/?number=%00",
        "/admin/register/customer/?q=%00",
        "/admin/notices/notice/%00/change/",
    ],
)
def test_a_nul_in_an_address_opens_nothing_and_breaks_nothing(contact, notice, address):
    assert contact.get(address).status_code in (200, 302, 400, 404)


def test_accounting_finds_nobody_by_name_and_enters_by_reference(notice):
    """P18: billing only; the box tells no names to those who see no customers."""
    accounting = staff(Role.ACCOUNTING)
    customer = CustomerFactory(given_name="Aino", family_name="Salakajo")
    CustomerFactory(given_name="Aino", family_name="Muukajo")
    form = {
        "number": "L-1",
        "invoiced_on": "2026-03-05",
        "due_on": "2026-03-19",
        "amount": "12.50",
        **ORIGIN,
        "collected_on": "2026-03-05",
    }
    add = reverse("admin:register_invoice_add")
    page = accounting.post(add, form | {"customer": "aino"}).text
    assert "Write the customer" in page
    assert "Salakajo" not in page
    accounting.post(add, form | {"customer": customer.reference})
    assert Invoice.objects.get().customer == customer


def test_an_invoice_is_found_by_its_own_number_and_not_with_all_of_the_customer_s(handler, notice):
    customer = CustomerFactory(given_name="Aino")
    InvoiceFactory(customer=customer, number="L-2026-0001")
    InvoiceFactory(customer=customer, number="L-2026-0999")
    address = reverse("admin:register_invoice_changelist")

    def found(text):
        page = handler.get(address + handler.post(address, {"q": text})["Location"]).text
        return ["L-2026-0001" in page, "L-2026-0999" in page]

    assert found("L-2026-0999") == [False, True]
    assert found("aino") == [True, True]


def test_a_page_that_shows_not_all_says_so_and_leads_to_all(handler, notice):
    customer = CustomerFactory()
    for _one in range(22):
        OrderFactory(customer=customer)
    page = handler.get(page_of(customer)).text
    assert "The newest 20 of 22 are shown." in page
    address = reverse("admin:register_order_changelist")
    result = handler.post(address, {"q": customer.reference})
    assert "22 found" in handler.get(address + result["Location"]).text


def order_post(**values):
    return {
        "customer": "",
        "number": "T-7",
        "ordered_on": "2026-03-05",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-description": "Vuosihuolto",
        "lines-0-quantity": "1",
        "lines-0-unit_price": "89.00",
        **ORIGIN,
        "collected_on": "2026-03-05",
        **values,
    }


def test_an_order_is_entered_for_the_customer_who_fits_the_words(handler, notice):
    customer = CustomerFactory(given_name="Aino", family_name="Kajo")
    CustomerFactory(given_name="Eero", family_name="Muu")
    handler.post(reverse("admin:register_order_add"), order_post(customer="aino kaj"))
    order = Order.objects.get()
    line = OrderLine.objects.get()
    assert (order.customer, line.order, str(line.unit_price)) == (customer, order, "89.00")
    assert set(order.collected.values()) == set(line.collected.values())


def test_words_that_fit_several_customers_name_them(handler, notice):
    CustomerFactory(given_name="Aino", family_name="Kajo")
    CustomerFactory(given_name="Aino", family_name="Halla")
    CustomerFactory(given_name="Eero", family_name="Muu")
    page = handler.post(reverse("admin:register_order_add"), order_post(customer="aino")).text
    assert "Several fit" in page
    assert "Aino Kajo (" in page
    assert "Aino Halla (" in page
    assert "Eero Muu" not in page
    assert Order.objects.count() == 0


def test_words_that_fit_nobody_say_so(handler, notice):
    page = handler.post(reverse("admin:register_order_add"), order_post(customer="nobody")).text
    assert "Nobody was found" in page


def test_an_order_without_a_number_is_listed_without_one(handler, notice):
    """Its day stands in a column of its own, and is no number."""
    order = OrderFactory(number="", ordered_on=date(2026, 2, 3))
    numbered = OrderFactory(customer=order.customer, number="T-9")
    customer = reverse("admin:register_customer_change", args=[order.customer.reference])
    for place in (reverse("admin:register_order_changelist"), customer):
        page = handler.get(place).text
        for one, words in ((order, "no number"), (numbered, "T-9")):
            address = reverse("admin:register_order_change", args=[one.pk])
            assert re.search(rf'href="{address}[^"]*">{words}</a>', page), place


def test_an_order_opened_again_shows_its_customer_and_saves_unchanged(handler, notice):
    order = OrderFactory(customer=CustomerFactory(given_name="Aino", family_name="Kajo"))
    address = reverse("admin:register_order_change", args=[order.pk])
    shown = f"Aino Kajo ({order.customer.reference})"
    assert shown in handler.get(address).text
    handler.post(
        address,
        order_post(
            customer=shown,
            number=order.number,
            ordered_on=str(order.ordered_on),
            **{"lines-TOTAL_FORMS": "0"},
        ),
    )
    assert order.history.count() == 1


def test_a_link_from_the_customer_fills_the_customer_in(handler, notice):
    customer = CustomerFactory(given_name="Aino", family_name="Kajo")
    page = handler.get(reverse("admin:register_order_add"), {"customer": customer.reference}).text
    assert f'value="Aino Kajo ({customer.reference})"' in page


def test_orders_go_by_the_notice_s_own_word(handler):
    """A2: one of the five calls them assignments."""
    notice = NoticeFactory(declared=["name"])
    with because("Test"):
        notice.clauses.model.objects.create(
            notice=notice, kind="data", term="orders", called="toimeksiannot"
        )
        adopt(notice, now=datetime(2026, 3, 4, 9, tzinfo=UTC))
    customer = CustomerFactory()
    OrderFactory(customer=customer)
    pages = [
        handler.get(reverse("admin:register_order_changelist")).text,
        handler.get(reverse("admin:register_order_add")).text,
        handler.get(page_of(customer)).text,
        handler.get(reverse("admin:index")).text,
    ]
    assert all("ssignment" in page for page in pages)


def test_the_facts_of_an_invoice_are_taken_under_the_narrowest_notice(handler):
    """T15, E03: bookkeeping keeps them whatever the notice says."""
    NoticeFactory(declared=["name"], in_force=True)
    CustomerFactory(given_name="Aino", family_name="Kajo")
    handler.post(
        reverse("admin:register_invoice_add"),
        {
            "customer": "aino",
            "number": "L-1",
            "invoiced_on": "2026-03-05",
            "due_on": "2026-03-19",
            "amount": "12.50",
            **ORIGIN,
            "collected_on": "2026-03-05",
        },
    )
    assert str(Invoice.objects.get().amount) == "12.50"


def test_a_viewer_reads_and_changes_nothing(notice):
    viewer = staff(Role.VIEWER)
    customer = CustomerFactory(given_name="Aino", family_name="Kajo")
    assert "Aino" in viewer.get(page_of(customer)).text
    assert viewer.post(page_of(customer), posted(given_name="Eero")).status_code == 403
    assert viewer.get(ADD).status_code == 403
    customer.refresh_from_db()
    assert customer.given_name == "Aino"


def test_nobody_deletes_a_customer(contact, notice):
    customer = CustomerFactory()
    address = reverse("admin:register_customer_delete", args=[customer.reference])
    assert contact.post(address, {"post": "yes"}).status_code == 403
    assert "deletelink" not in contact.get(page_of(customer)).text


def test_history_tells_who_when_why_and_the_words_that_changed(contact, handler, notice):
    customer = CustomerFactory(given_name="Aino", family_name="Kajo", city="Koekylä vanha")
    handler.post(page_of(customer), posted(city="Koekylä uusi", reason="Moved"))
    page = contact.get(page_of(customer, "history")).text
    assert "Moved" in page
    assert "<del> vanha</del>" in page
    assert "<ins> uusi</ins>" in page
    assert "Made for a test" in page


@pytest.mark.parametrize(
    "who",
    [
        {"role": Role.VIEWER},
        {"role": Role.ADMINISTRATOR},
        {"role": Role.DATA_PROTECTION_CONTACT, "is_superuser": True},
    ],
)
@pytest.mark.parametrize("name", ["customer", "order", "invoice"])
def test_no_history_page_takes_a_post(notice, who, name):
    """Q06: what the library's own history form would write, nobody can post."""
    customer = CustomerFactory(given_name="Aino")
    row = {
        "customer": customer,
        "order": OrderFactory(customer=customer),
        "invoice": InvoiceFactory(customer=customer),
    }[name]
    key = getattr(row, "reference", row.pk)
    address = reverse(f"admin:register_{name}_history", args=[key])
    for method in ("post", "put", "patch", "delete"):
        assert getattr(staff(**who), method)(address).status_code == 405
    customer.refresh_from_db()
    assert customer.given_name == "Aino"


@pytest.mark.parametrize("role", [Role.ACCOUNTING, Role.ADMINISTRATOR])
def test_accounting_and_the_administrator_open_no_customer(notice, role):
    """P18, P35: accounting sees invoices only; setting up shows nobody's data."""
    customer = CustomerFactory(given_name="Aino", family_name="Salakajo")
    InvoiceFactory(customer=customer)
    client = staff(role)
    assert client.get(page_of(customer)).status_code == 403
    assert client.get(page_of(customer, "history")).status_code == 403
    assert client.get(LIST).status_code == 403
    invoices = client.get(reverse("admin:register_invoice_changelist"))
    assert invoices.status_code == (200 if role == Role.ACCOUNTING else 403)


STRANGE = [
    "A" * 10_000_000,
    "nul\x00byte",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%s%n{{ 7*7 }}{% debug %}",
    "\u202eevil\u202c",
    "‍‍‍",
    "Ω≈ç√∫˜µ≤≥÷",
    "\r\nBcc: everybody@koe.example",
]


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_texts_are_stored_as_typed_or_refused_at_the_field(handler, notice, text):
    for field in ("given_name", "email", "phone", "street", "website", "source_name", "reason"):
        response = handler.post(ADD, posted(**{field: text}))
        assert response.status_code in (200, 302)
        if response.status_code == 200:
            assert "errornote" in response.text
    handler.post(LIST, {"q": text})
    stored = {
        value for row in Customer.objects.values("given_name", "street") for value in row.values()
    }
    assert stored <= {"", "Aino", " ".join(text.split()), text.strip()}


NASTY = Path(__file__).parents[3] / "shared" / "cases" / "nasty" / "blns.json"


@pytest.mark.skipif(not NASTY.exists(), reason="the list of naughty strings is not beside us")
def test_every_naughty_string_is_stored_as_typed_or_refused(handler, notice):
    texts = json.loads(NASTY.read_text())
    for name, street, reason in zip(texts[::3], texts[1::3], texts[2::3], strict=False):
        typed = posted(family_name=name, street=street[:150], reason=reason[:200])
        assert handler.post(ADD, typed).status_code in (200, 302), (name, street, reason)
    for text in texts:
        assert len(Customer.objects.search(text)) <= MOST_FOUND
    page = handler.get(LIST).text
    assert "<script>alert(" not in page
    assert Customer.objects.count() > 100


@pytest.fixture
def erased(notice):
    """An erased customer with an order and a paid invoice."""
    customer = CustomerFactory(given_name="Aino", family_name="Salakajo")
    OrderLineFactory(order=OrderFactory(customer=customer))
    InvoiceFactory(customer=customer, number="L-9", paid_on=date(2026, 5, 1))
    ContactRoleFactory(person=customer)
    with because("Rights request 2026-17"):
        erase(customer, request_number="2026-17", now=datetime(2026, 6, 7, 9, 0, tzinfo=UTC))
    return customer


def test_an_erased_customer_s_page_says_so_and_takes_nothing(handler, erased):
    page = handler.get(page_of(erased)).text
    assert "was erased on 7 June 2026, 12:00 because of request 2026-17" in page
    assert 'name="given_name"' not in page
    assert "Where each value came from" not in page
    assert f"?customer={erased.reference}" not in page
    assert "L-9" in page
    # of orders nothing is left to tell
    assert "no number" not in page
    assert handler.post(page_of(erased), posted()).status_code == 403
    for row in (Order.objects.get(), Invoice.objects.get()):
        address = reverse(f"admin:register_{row._meta.model_name}_change", args=[row.pk])
        assert 'name="number"' not in handler.get(address).text
        assert handler.post(address, {}).status_code == 403


def test_an_erased_customer_is_in_no_list_and_is_chosen_for_nothing(handler, erased):
    assert erased.reference not in handler.get(LIST).text
    orders = handler.get(reverse("admin:register_order_changelist")).text
    assert erased.reference not in orders
    add = reverse("admin:register_order_add")
    assert "Nobody was found" in handler.post(add, order_post(customer=erased.reference)).text


def test_the_invoice_of_an_erased_customer_is_still_found_by_its_number(handler, erased):
    address = reverse("admin:register_invoice_changelist")
    assert "L-9" in handler.get(address + handler.post(address, {"q": "L-9"})["Location"]).text


def test_who_is_erased_while_a_form_is_sent_stays_erased(handler, notice, monkeypatch):
    customer = CustomerFactory(given_name="Aino")

    def refuse(*_args, **_kwargs):
        raise CustomerErased(customer.reference)

    monkeypatch.setattr(Customer, "save", refuse)
    response = handler.post(page_of(customer), posted(given_name="Eino"), follow=True)
    assert "The customer was erased meanwhile. Nothing was stored." in response.text


def test_the_page_says_what_the_customer_has_forbidden(handler, notice):
    aino, eero = CustomerFactory(email="aino@koe.example"), CustomerFactory()
    with because("Test"):
        Prohibition.objects.forbid(
            aino.contacts,
            [ProhibitionScope.DIRECT_MARKETING],
            [ProhibitedUse.PROCESSING],
            request_number="2026-3",
            today=date(2026, 5, 6),
        )
    assert "Has forbidden:</strong> direct marketing (use by ourselves)" in (
        handler.get(page_of(aino)).text
    )
    assert "Has forbidden" not in handler.get(page_of(eero)).text


def test_a_name_of_a_source_typed_in_a_form_is_known_to_serve_one_customer(handler, notice):
    handler.post(ADD, posted())
    assert Collection.objects.get().serves_one


TOMORROW = "2026-06-08"


@pytest.mark.parametrize(("model", "sent"), [("customer", posted), ("order", order_post)])
def test_t12_nothing_has_been_obtained_on_a_day_to_come(handler, notice, time_machine, model, sent):
    """T12: the month in which the person must be told begins on that day."""
    time_machine.move_to(datetime(2026, 6, 7, 9, 0, tzinfo=UTC))
    CustomerFactory(given_name="Aino")
    told = sent(**({"customer": "aino"} if model == "order" else {}))
    page = handler.post(reverse(f"admin:register_{model}_add"), {**told, "collected_on": TOMORROW})
    assert page.context["adminform"].form.errors == {"collected_on": ["That day has not come yet."]}
    done = handler.post(
        reverse(f"admin:register_{model}_add"), {**told, "collected_on": "2026-06-07"}
    )
    assert done.status_code == 302


@pytest.mark.parametrize("name", ["ordered_on", "delivered_on", "cancelled_on", "archived_on"])
def test_no_day_of_an_order_is_to_come(handler, notice, time_machine, name):
    time_machine.move_to(datetime(2026, 6, 7, 9, 0, tzinfo=UTC))
    CustomerFactory(given_name="Aino")
    sent = order_post(customer="aino", collected_on="2026-06-07")
    page = handler.post(reverse("admin:register_order_add"), sent | {name: TOMORROW})
    errors = page.context["adminform"].form.errors
    assert errors[name] == ["That day has not come yet."]
    page = handler.post(reverse("admin:register_order_add"), sent | {name: "0026-06-07"})
    assert page.context["adminform"].form.errors[name] == ["Check the year."]
    assert not Order.objects.exists()
    handler.post(reverse("admin:register_order_add"), sent | {name: "2026-06-07"})
    assert Order.objects.exists()


@pytest.mark.parametrize(
    ("days", "faulty"),
    [
        ({}, set()),
        ({"invoiced_on": TOMORROW}, {"invoiced_on"}),
        ({"paid_on": TOMORROW}, {"paid_on"}),
        ({"collection_started_on": TOMORROW}, {"collection_started_on"}),
        ({"due_on": "2036-06-07"}, set()),
        ({"due_on": "2099-06-07"}, {"due_on"}),
    ],
)
def test_no_day_of_an_invoice_is_to_come_but_that_on_which_it_is_due(
    handler, notice, time_machine, days, faulty
):
    time_machine.move_to(datetime(2026, 6, 7, 9, 0, tzinfo=UTC))
    CustomerFactory(given_name="Aino")
    sent = {"customer": "aino", "number": "L-1", "invoiced_on": "2026-06-07", "amount": "12.50"}
    sent |= {"due_on": "2026-06-19", **ORIGIN, "collected_on": "2026-06-07", **days}
    page = handler.post(reverse("admin:register_invoice_add"), sent)
    found = set(page.context["adminform"].form.errors) if page.status_code == 200 else set()
    assert (found, Invoice.objects.exists()) == (faulty, not faulty)


def test_no_day_of_a_payment_is_to_come(handler, notice, time_machine):
    time_machine.move_to(datetime(2026, 6, 7, 9, 0, tzinfo=UTC))
    invoice = InvoiceFactory(amount=100)
    rows = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "0-invoice": invoice.pk, "0-amount": "5"}
    for day, count in ((TOMORROW, 0), ("2026-06-07", 1)):
        sent = {f"payments-{name}": value for name, value in rows.items()}
        sent |= {"payments-0-paid_on": day, **ORIGIN, "collected_on": "2026-06-07", "paid_on": ""}
        page = handler.post(reverse("admin:register_invoice_change", args=[invoice.pk]), sent)
        assert ("That day has not come yet." in page.text) == (count == 0)
        assert invoice.payments.count() == count


TO_ERASE = "This customer is to be erased. Until then nothing new is stored"


def leaving():
    """A customer whose erasure waits for an invoice."""
    aino = CustomerFactory(given_name="Aino", family_name="Kajo")
    InvoiceFactory(customer=aino, number="L-1", amount=100)
    with because("Made for a test"):
        put_off(aino, [], request_number="2026-1", now=datetime(2026, 4, 1, tzinfo=UTC))
    return aino


def test_nothing_new_is_stored_about_who_is_to_be_erased(handler, notice):
    """E06: neither an order nor what no debt needs; each says so at its field."""
    aino = leaving()
    fresh = {"ip_address": "192.0.2.7", "ip_seen_on": "2026-03-05"}
    page = handler.post(page_of(aino), posted(**fresh, reference=aino.reference)).text
    assert TO_ERASE in page.partition('name="ip_address"')[0][-900:]
    page = handler.post(page_of(aino), posted(website="https://aino.koe.example")).text
    assert TO_ERASE in page
    add = reverse("admin:register_order_add")
    page = handler.post(add, order_post(customer=aino.reference)).text
    assert TO_ERASE in page.partition('name="number"')[0]
    aino.refresh_from_db()
    assert (aino.ip_address, aino.website) == (None, "")
    assert not Order.objects.exists()
    shown = handler.get(page_of(aino)).text
    assert f"{add}?customer=" not in shown
    assert reverse("phone_order") in shown


def test_what_a_waiting_erasure_waits_for_goes_on(handler, notice):
    """E05, E06: where to send the bill, and that it was paid."""
    aino = leaving()
    handler.post(page_of(aino), posted(email="uusi@koe.example"))
    aino.refresh_from_db()
    assert aino.email == "uusi@koe.example"
    address = reverse("admin:register_invoice_change", args=[aino.invoices.get().pk])
    assert handler.post(address, invoice_post(paid_on="2026-04-12")).status_code == 302
    assert aino.invoices.get().paid_on == date(2026, 4, 12)
    old = OrderFactory(customer=aino, number="T-7", ordered_on=date(2026, 3, 5))
    sent = order_post(customer=aino.reference, delivered_on="2026-03-06")
    sent |= {"lines-TOTAL_FORMS": "0"}
    handler.post(reverse("admin:register_order_change", args=[old.pk]), sent)
    old.refresh_from_db()
    assert old.delivered_on == date(2026, 3, 6)
