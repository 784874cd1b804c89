import pytest

from audit.reasons import because
from register.models import Customer, Word
from register.models.words import national, phone_words, search_terms, words_of
from tests.factories import (
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """The one who is looked for, and two who must not be found with her."""
    with because("Test"):
        NoticeFactory(in_force=True)
        aino = CustomerFactory(
            given_name="Äijä-Aino",
            family_name="Mäki-Kuusitaival",
            email="aino.makikuusi@posti.example",
            phone="+358 40 123 4567",
        )
        CustomerFactory(given_name="Eero", family_name="Hallakajo", phone="0509998888")
        OrganisationFactory(organisation_name="Rimskata Ab", email="info@rimskata.example")
        OrderFactory(customer=aino, number="T-2026-0042")
        InvoiceFactory(customer=aino, number="L-2026-0077")
    return aino


def found(text):
    return {str(customer) for customer in Customer.objects.search(text)}


@pytest.mark.parametrize(
    "text",
    [
        "äijä",
        "AIJA",
        "aino",
        "kuusit",
        "mäki-kuu",
        "makikuusi",
        "aino mäki",
        "posti",
        "aino.makikuusi@posti.example",
        "makikuusi@posti",
        "040 123",
        "0401234567",
        "+358401234567",
        "4567",
        "123 4567",
        "T-2026-0042",
        "0042",
        "L-2026-0077",
        "sitaiva",
    ],
)
def test_a_customer_is_found_by_any_part(cast, text):
    assert found(text) == {"Äijä-Aino Mäki-Kuusitaival"}


@pytest.mark.parametrize("text", ["nobody", "aino halla", "555 123", "", "  ", "%", "_", "'", "\\"])
def test_what_fits_nobody_finds_nobody(cast, text):
    assert found(text) == set()


def test_a_contact_person_is_found_by_the_organisation_s_name(cast):
    with because("Test"):
        role = ContactRoleFactory(
            person=cast, organisation=OrganisationFactory(organisation_name="Tyrnipaja Oy")
        )
        assert found("tyrnip") == {str(cast), "Tyrnipaja Oy"}
        role.organisation.organisation_name = "Halla Ky"
        role.organisation.save(collection=CollectionFactory())
    assert found("tyrnip") == set()
    assert found("halla ky") == {str(cast), "Halla Ky"}


def test_words_follow_a_change(cast):
    cast.family_name = "Uusinimi"
    with because("Test"):
        cast.save(collection=CollectionFactory())
    assert found("kuusitaival") == set()
    assert found("uusin") == {"Äijä-Aino Uusinimi"}


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_is_two_queries_however_many_it_finds(cast, count, django_assert_num_queries):
    with because("Test"):
        for _one in range(count):
            CustomerFactory(given_name="Sama")
    with django_assert_num_queries(2):
        assert len(list(Customer.objects.search("sama"))) == count


def test_words_of_a_name_start_at_each_of_its_parts():
    assert words_of("Mäki-Aro", "x@y.example") == {
        "makiaro",
        "aro",
        "xyexample",
        "yexample",
        "example",
    }


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("+358 40 1234567", "0401234567"),
        ("00358401234567", "0401234567"),
        ("358401234567", "0401234567"),
        ("+358 (0)40 1234567", "0401234567"),
        ("040-123 4567", "0401234567"),
        ("+46 8 123", "468123"),
        ("3584", "3584"),
    ],
)
def test_a_number_is_one_however_it_is_spelt(typed, digits):
    assert national(typed) == digits


def test_phone_words_end_at_four_digits():
    assert phone_words("040123") == {"040123", "40123", "0123"}
    assert phone_words("112") == {"112"}
    assert phone_words("") == set()


def test_digits_with_spaces_are_one_term():
    assert search_terms("040 123 4567") == ["0401234567"]
    assert search_terms("aino 040") == ["aino", "040"]


def test_deletes_of_words_touch_only_their_own_row(cast):
    before = Word.objects.exclude(customer=cast).count()
    with because("Test"):
        cast.save()
    assert Word.objects.exclude(customer=cast).count() == before
