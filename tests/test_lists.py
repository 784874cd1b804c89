"""Every list of the staff pages: the same number of queries for ten rows and for a hundred."""

from datetime import date

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from staff.models import UndertakingText
from staff.roles import Role
from tests import factories
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


def customers(count):
    for number in range(count):
        factories.CustomerFactory(email=f"aino{number}@koe.example", language="sv")


def people_of(make):
    """Rows that each belong to a customer of their own."""

    def made(count):
        for _one in range(count):
            make(customer=factories.CustomerFactory())

    return made


def rows(make, **fields):
    def made(count):
        for _one in range(count):
            make(**fields)

    return made


def asked(count):
    for number in range(count):
        request = factories.RightsRequestFactory(rights=["access", "erasure"])
        with because("Made for a test"):
            request.customer = factories.CustomerFactory(email=f"asks{number}@koe.example")
            request.save()


#: list -> who sees it, what makes its rows, its queries
LISTS = {
    "notices_notice": (Role.HANDLER, rows(factories.NoticeFactory, declared=(), sources=()), 9),
    "register_customerlist": (
        Role.DATA_PROTECTION_CONTACT,
        rows(factories.CustomerListFactory),
        9,
    ),
    "register_attachment": (Role.HANDLER, people_of(factories.AttachmentFactory), 11),
    "register_billingdata": (Role.HANDLER, people_of(factories.BillingDataFactory), 11),
    "register_consultation": (
        Role.DATA_PROTECTION_CONTACT,
        rows(factories.ConsultationFactory),
        10,
    ),
    "register_customer": (Role.HANDLER, customers, 19),
    "register_disclosure": (Role.HANDLER, rows(factories.DisclosureFactory), 9),
    "register_narrowing": (
        Role.DATA_PROTECTION_CONTACT,
        rows(factories.NarrowingFactory),
        9,
    ),
    "register_retentionrun": (Role.HANDLER, rows(factories.RetentionRunFactory), 9),
    "register_import": (Role.DATA_PROTECTION_CONTACT, rows(factories.ImportFactory), 9),
    "register_invoice": (Role.HANDLER, people_of(factories.InvoiceFactory), 11),
    "register_invoicingprogram": (
        Role.DATA_PROTECTION_CONTACT,
        rows(factories.InvoicingProgramFactory, used_until_on=date(2026, 2, 1)),
        9,
    ),
    "register_paper": (Role.HANDLER, people_of(factories.PaperFactory), 11),
    "register_order": (Role.HANDLER, people_of(factories.OrderFactory), 11),
    "register_recipient": (Role.HANDLER, rows(factories.RecipientFactory), 9),
    "register_storageplace": (Role.HANDLER, rows(factories.StoragePlaceFactory), 9),
    "rights_requests_deputy": (
        Role.DATA_PROTECTION_CONTACT,
        rows(factories.DeputyFactory),
        9,
    ),
    "rights_requests_letter": (Role.HANDLER, rows(factories.LetterFactory), 9),
    "rights_requests_notification": (Role.HANDLER, rows(factories.NotificationFactory), 10),
    "rights_requests_rightsrequest": (Role.HANDLER, asked, 15),
    "staff_invitation": (Role.ADMINISTRATOR, rows(factories.InvitationFactory), 7),
    "staff_undertaking": (Role.ADMINISTRATOR, rows(factories.UndertakingFactory), 8),
    "staff_undertakingtext": (Role.ADMINISTRATOR, rows(factories.UndertakingTextFactory), 7),
    "staff_user": (Role.ADMINISTRATOR, rows(factories.UserFactory), 7),
}
#: They stand inside other pages.
WITHOUT_A_LIST = {"notices_section"}


def test_every_list_is_in_the_table():
    shown = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}
    assert shown == {*LISTS} | WITHOUT_A_LIST


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_as_many_queries_with_ten_rows_and_with_a_hundred(name):
    role, make, queries = LISTS[name]
    factories.NoticeFactory(
        in_force=True, purposes={"orders": "contract"}, recipients=["accounting"]
    )
    user = factories.UserFactory(role=role, language="en")
    user.sign(UndertakingText.objects.current(), name=user.name, now=timezone.now())
    client = sign_in(Client(), user)
    address = reverse(f"admin:{name}_changelist")
    client.get(address)
    found = []
    for count in (10, 90):
        make(count)
        # a new text is asked of everybody
        user.sign(UndertakingText.objects.current(), name=user.name, now=timezone.now())
        with CaptureQueriesContext(connection) as asked_for:
            page = client.get(address)
        assert page.status_code == 200
        found.append(len(asked_for))
    assert found == [queries, queries]
