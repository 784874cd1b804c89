"""What the five real notices show, on notices of our own: each governs exactly what it lists."""

import pytest
from django.core.management import call_command

from audit.reasons import because
from notices.models import Notice
from notices.personal_data import IdentityCodeFound, UndeclaredData
from notices.terms import DataCategory
from register.models import Customer
from tests.factories import CollectionFactory, CustomerFactory, InvoiceFactory, OrderFactory
from tests.notices.test_load_notice import EXAMPLES

pytestmark = pytest.mark.django_db
DECLARED = {
    "svenska.txt": {"name", "email", "postal_address", "phone", "orders"},
    "tabbed.txt": {
        *("name", "organisation", "email", "postal_address", "phone", "orders"),
        *("billing", "cookies"),
    },
    "wrapped.txt": {"name", "phone", "orders"},
}
CALLED = {"svenska.txt": "", "tabbed.txt": "ostot", "wrapped.txt": "toimeksiannot"}
VALUES = {
    "email": {"email": "aino@koe.example"},
    "postal_address": {"street": "Koekuja 1"},
    "phone": {"phone": "040 123 4567"},
    "website": {"website": "https://aino.example"},
    "ip_address": {"ip_address": "192.0.2.7", "ip_seen_on": "2026-03-04"},
}


@pytest.fixture(params=DECLARED)
def adopted(request):
    given = ("--set", "controller.name=Koe", "--set", "controller.email=koe@koe.example")
    call_command("load_notice", str(EXAMPLES / request.param), "--adopt", *given)
    return request.param


@pytest.mark.parametrize("category", VALUES)
def test_a_value_is_taken_exactly_where_the_notice_lists_it(adopted, category):
    """P20"""
    assert Notice.objects.in_force().declared == set(map(DataCategory, DECLARED[adopted]))
    collection = CollectionFactory()
    if category in DECLARED[adopted]:
        assert CustomerFactory(**VALUES[category]).pk
        return
    with pytest.raises(UndeclaredData):
        CustomerFactory(**VALUES[category])
    with pytest.raises(UndeclaredData), because("Test"):
        Customer.objects.store([Customer(**VALUES[category])], collection=collection)
    assert Customer.objects.count() == 0


def test_orders_invoices_and_identity_codes_meet_what_the_five_meet(adopted):
    assert OrderFactory().pk
    assert InvoiceFactory().pk
    with pytest.raises(IdentityCodeFound):
        CustomerFactory(given_name="131052-308T")
    assert Notice.objects.in_force().own_word(DataCategory.ORDERS) == CALLED[adopted]
