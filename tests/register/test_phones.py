"""One international form of a phone number, kept beside what was typed."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.reasons import because
from notices.personal_data import UndeclaredData
from register.models import Customer
from register.phones import e164, numbers_in
from tests.factories import CollectionFactory, CustomerFactory, NoticeFactory


@pytest.mark.parametrize(
    ("typed", "country", "form"),
    [
        ("040 123 4567", "", "+358401234567"),
        ("(09) 123 4567", "FI", "+35891234567"),
        ("+358 (0)40 1234567", "", "+358401234567"),
        ("00358401234567", "", "+358401234567"),
        ("+46 70 123 45 67", "", "+46701234567"),
        ("011-12 34 56", "SE", "+4611123456"),
        ("011-12 34 56", "FI", ""),
        ("040 123 4567 / 050 123 4567", "", ""),
        ("040 1234567 alanumero 5", "", "+358401234567"),
        ("040 123 4567 Aino", "", "+358401234567"),
        ("Aino0401234567", "", "+358401234567"),
        ("040 123 4567 (klo 9-16)", "", "+358401234567"),
        ("ma-pe 9-16 040 123 4567", "", "+358401234567"),
        ("040 123 4567 klo 16 jälkeen", "", "+358401234567"),
        ("040•123•4567", "", "+358401234567"),
        ("040–123–4567", "", "+358401234567"),
        ("040_123_4567", "", "+358401234567"),
        ("040=123=4567", "", "+358401234567"),
        ("040 123 4567x12", "", "+358401234567"),
        ("040 123 4567;ext=12", "", "+358401234567"),
        ("040 123 4567 (1)", "", "+358401234567"),
        ("(2) 040 123 4567", "", "+358401234567"),
        ("040 123 4567 * 2", "", "+358401234567"),
        ("+46 70 123 45 67 Aino", "", "+46701234567"),
        ("koti 040 123 4567 työ 050 123 4567", "", ""),
        ("O40 I234567", "", ""),
        ("040-O12345O", "", ""),
        ("040 123 456l", "", ""),
        ("12", "", ""),
        ("kysy Ainolta", "", ""),
        ("", "", ""),
    ],
)
def test_a_number_has_one_form_however_it_is_typed(typed, country, form):
    assert e164(typed, country) == form


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("040 123 4567", ["+358401234567"]),
        ("040 123 4567 / 050 123 4567", ["+358401234567", "+358501234567"]),
        ("0401234567,0501234567", ["+358401234567", "+358501234567"]),
        ("koti 040 123 4567 työ 050 123 4567", ["+358401234567", "+358501234567"]),
        ("040 123 4567 9-16", ["+358401234567"]),
        ("O40 I234567", ["+358401234567"]),
        ("040 123 456l", ["+358401234561"]),
        ("kysy Ainolta", []),
    ],
)
def test_every_number_that_may_be_meant_is_looked_at(typed, meant):
    """M11: where it is unsure which number somebody has, each is under what was forbidden."""
    assert list(numbers_in(typed)) == meant


@given(
    st.sampled_from(["0", "+358", "00358", "+358 0", "", "00", "+46", "+358 18 "]),
    st.text("0123456789 -", max_size=14),
)
def test_the_short_way_says_what_the_library_says(beginning, rest):
    text = beginning + rest
    try:
        number = phonenumbers.parse(text, "FI")
        form = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        expected = form if phonenumbers.is_valid_number(number) else ""
    except phonenumbers.NumberParseException:
        expected = ""
    assert e164(text) == expected


@pytest.mark.django_db
def test_the_form_follows_the_number_and_so_does_its_origin():
    NoticeFactory(in_force=True)
    first, second, third = (CollectionFactory(source_name=name) for name in "abc")
    customer = CustomerFactory(phone="040 123 4567", collection=first)
    assert (customer.phone, customer.phone_e164) == ("040 123 4567", "+358401234567")
    assert customer.collected["phone_e164"] == first.pk
    with because("Test"):
        customer.phone = "011-12 34 56"
        customer.save(collection=second)
        assert (customer.phone_e164, "phone_e164" in customer.collected) == ("", False)
        customer.country = "SE"
        customer.save(collection=third)
    customer.refresh_from_db()
    assert (customer.phone_e164, customer.collected["phone_e164"]) == ("+4611123456", second.pk)
    assert customer.collected["country"] == third.pk


@pytest.mark.django_db
def test_the_form_is_made_by_the_bulk_door_too_and_by_nobody_else():
    NoticeFactory(in_force=True)
    rows = [Customer(phone="040 123 4567"), Customer(email="a@koe.example", phone_e164="+1")]
    with because("Test"):
        Customer.objects.store(rows, collection=CollectionFactory())
    stored = Customer.objects.order_by("pk").values_list("phone_e164", flat=True)
    assert list(stored) == ["+358401234567", ""]


@pytest.mark.django_db
def test_a_phone_that_the_notice_does_not_list_is_refused_once():
    """P20: the form that is made of it is no second value."""
    NoticeFactory(declared=["name"], in_force=True)
    with because("Test"), pytest.raises(UndeclaredData) as refused:
        Customer.objects.create(phone="040 123 4567", collection=CollectionFactory())
    assert list(refused.value.columns) == ["phone"]
