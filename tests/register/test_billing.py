"""Billing data: kept where the notice lists them, under another heading too (P17, P18)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from audit.reasons import because
from notices.models import Clause
from notices.personal_data import UndeclaredData
from notices.publishing import adopt
from notices.terms import DataCategory
from register.models import BillingData, Customer, Order
from register.models.billing import is_einvoice_address, is_reference_number
from tests.factories import (
    BillingDataFactory,
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    NoticeFactory,
    OrderFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def errors(row):
    try:
        row.full_clean()
    except ValidationError as error:
        return {name: [str(one) for one in said] for name, said in error.message_dict.items()}
    return {}


def test_billing_data_need_a_clause():
    """P17, P20: under a notice without it nothing of them is stored."""
    NoticeFactory(declared=["name", "postal_address"], in_force=True)
    with because("Test"), pytest.raises(UndeclaredData) as refused:
        BillingDataFactory()
    assert set(refused.value.columns) == {"street", "postcode", "city"}
    assert not BillingData.objects.exists()


def test_a_clause_under_another_heading_counts():
    """D18: two of the five notices have it there."""
    notice = NoticeFactory(declared=["name"])
    ClauseFactory(notice=notice, term=DataCategory.BILLING, under_other_heading=True)
    assert Clause.objects.filter(term="billing").get().under_other_heading
    adopt(notice, now=timezone.now(), reason="Test")
    assert BillingDataFactory().city == "Helsinki"


def test_a_customer_has_billing_data_once():
    NoticeFactory(in_force=True)
    stored = BillingDataFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingDataFactory(customer=stored.customer)


@pytest.mark.parametrize(
    ("number", "is_one"),
    [
        ("1232", True),
        ("1234", False),
        ("12344", True),
        ("00000000000000012344", True),
        ("000000000000000012344", False),
        ("123", False),
        ("RF18539007547034", True),
        ("RF19539007547034", False),
        ("abc", False),
    ],
)
def test_a_reference_number_is_known_by_its_check(number, is_one):
    assert is_reference_number(number) == is_one


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("003712345671", True),
        ("00371234567112345", True),
        ("003712345671123456", False),
        ("00371234567", False),
        ("FI2112345600000785", True),
        ("FI2212345600000785", False),
        ("0216:003712345671", True),
        ("TE00371234567112345", True),
        ("koe-paja.verkkolasku_1", True),
        ("A" * 35, True),
        ("A" * 36, False),
        ("hello<b>", False),
        ("ä", False),
    ],
)
def test_an_einvoice_address_is_an_ovt_identifier_an_iban_or_another_identifier(address, is_one):
    """P17: anything else reaches nobody."""
    assert is_einvoice_address(address) == is_one


def test_an_einvoice_address_is_checked_and_loses_its_spaces():
    """P17"""
    NoticeFactory(in_force=True)
    customer = CustomerFactory()
    wrong = BillingData(customer=customer, einvoice_address="hello world <b>")
    assert errors(wrong) == {
        "einvoice_address": [
            "This is no e-invoice address: write an OVT identifier (003712345671), an IBAN, or "
            "another identifier of at most 35 characters."
        ]
    }
    right = BillingData(customer=customer, einvoice_address="FI21 1234 5600 0007 85")
    right.tidy()
    assert (errors(right), right.einvoice_address) == ({}, "FI2112345600000785")


def test_numbers_are_checked_and_written_officially():
    NoticeFactory(in_force=True)
    customer = CustomerFactory()
    wrong = BillingData(
        customer=customer, business_id="2077474-1", reference_number="1234", postcode="2100"
    )
    assert errors(wrong) == {
        "postcode": ["A Finnish postcode has five digits. Correct it, or choose the country."]
    }
    wrong.postcode = ""
    assert errors(wrong) == {
        "business_id": ["This is no Finnish business ID: check its digits."],
        "reference_number": [
            "This is no reference number: check its digits, the last of which is a check."
        ],
    }
    right = BillingData(
        customer=customer, business_id="FI20774740", reference_number="rf18 5390 0754 7034"
    )
    assert errors(right) == {}
    assert (right.business_id, right.reference_number) == ("2077474-0", "RF18539007547034")


@pytest.mark.parametrize(
    ("postcode", "country", "fine"),
    [
        ("00100", "", True),
        ("00100", "FI", True),
        ("0010", "FI", False),
        ("FI-00100", "", True),
        ("FI-0010", "", False),
        ("114 55", "SE", True),
        ("", "FI", True),
    ],
)
def test_a_finnish_postcode_has_five_digits(postcode, country, fine):
    NoticeFactory(in_force=True)
    customer = Customer(given_name="Aino", postcode=postcode, country=country)
    assert list(errors(customer)) == ([] if fine else ["postcode"])
    if fine:
        assert customer.postcode == postcode.removeprefix("FI-")


def test_a_country_is_chosen_and_shown_by_name():
    NoticeFactory(in_force=True)
    assert list(errors(Customer(given_name="Aino", country="QX"))) == ["country"]
    customer = CustomerFactory(country="SE")
    told = {}
    for language in ("fi", "sv", "en"):
        with override(language):
            told[language] = customer.get_country_display()
    assert told == {"fi": "Ruotsi", "sv": "Sverige", "en": "Sweden"}


@pytest.mark.parametrize(
    ("days", "constraint"),
    [
        ({"delivered_on": date(2026, 4, 4)}, "delivered_not_before_ordered"),
        ({"cancelled_on": date(2026, 4, 4)}, "cancelled_not_before_ordered"),
        ({"archived_on": date(2026, 4, 4)}, "archived_last"),
        (
            {"delivered_on": date(2026, 4, 7), "cancelled_on": date(2026, 4, 6)},
            "cancelled_not_before_delivered",
        ),
        (
            {"delivered_on": date(2026, 4, 7), "archived_on": date(2026, 4, 6)},
            "archived_last",
        ),
        (
            {"cancelled_on": date(2026, 4, 7), "archived_on": date(2026, 4, 6)},
            "archived_last",
        ),
        (
            {
                "delivered_on": date(2026, 4, 7),
                "cancelled_on": date(2026, 4, 7),
                "archived_on": date(2026, 4, 4),
            },
            "archived_last",
        ),
    ],
)
def test_the_days_of_an_order_follow_each_other(days, constraint):
    """P06: the database refuses, and the form says it in a sentence before."""
    NoticeFactory(in_force=True)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OrderFactory(ordered_on=date(2026, 4, 5), **days)
    row = Order(customer=CustomerFactory(), ordered_on=date(2026, 4, 5), **days)
    assert len(errors(row)["__all__"]) == 1


def test_an_order_ends_on_the_day_it_began_or_later():
    NoticeFactory(in_force=True)
    day = date(2026, 4, 5)
    order = OrderFactory(ordered_on=day, delivered_on=day, cancelled_on=day, archived_on=day)
    assert errors(order) == {}
    with because("Test"):
        order.archived_on = date(2027, 1, 1)
        order.save(collection=CollectionFactory())
    assert Order.objects.get().archived_on == date(2027, 1, 1)
