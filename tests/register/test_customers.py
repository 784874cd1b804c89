from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import override
from stdnum.iso7064 import mod_37_36

from audit.models import BypassesHistory
from audit.reasons import because
from notices.personal_data import (
    BypassesNotice,
    CollectionMissing,
    IdentityCodeFound,
    NoNoticeInForce,
    UndeclaredData,
    UnshowableText,
)
from notices.terms import DataCategory
from register.models import Collection, Customer, UndeclaredSource
from register.models.customers import CROCKFORD, WrongParties, new_reference
from tests.factories import (
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    NoticeFactory,
    OrderFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db
NAME_ONLY = (DataCategory.NAME, DataCategory.EMAIL)


@pytest.fixture(autouse=True)
def reason():
    with because("Test"):
        yield


@pytest.fixture
def notice():
    return NoticeFactory(in_force=True)


@pytest.fixture
def narrow_notice():
    return NoticeFactory(declared=NAME_ONLY, in_force=True)


def test_the_register_takes_nothing_before_a_notice_is_in_force():
    NoticeFactory()
    with pytest.raises(NoNoticeInForce):
        CollectionFactory()
    with pytest.raises(NoNoticeInForce):
        Customer(given_name="Aino").save()
    assert Customer.objects.count() == 0


def test_a_value_that_the_notice_does_not_declare_is_not_stored(narrow_notice):
    """P20: the list is closed, at the model and not only in a form."""
    with pytest.raises(UndeclaredData) as refused:
        CustomerFactory(website="https://aino.example", phone="040 123 4567")
    assert refused.value.columns == {
        "phone": DataCategory.PHONE,
        "website": DataCategory.WEBSITE,
    }
    assert "version 1" in str(refused.value)
    assert Customer.objects.count() == 0


def test_an_undeclared_value_is_refused_in_the_bulk_door_and_nothing_is_stored(narrow_notice):
    rows = [Customer(given_name="Aino"), Customer(given_name="Eero", phone="040 123 4567")]
    with pytest.raises(UndeclaredData):
        Customer.objects.store(rows, collection=CollectionFactory())
    assert Customer.objects.count() == 0


def test_the_field_says_which_clause_is_missing(narrow_notice):
    customer = Customer(given_name="Aino", website="https://aino.example")
    with pytest.raises(ValidationError) as refused:
        customer.full_clean()
    assert set(refused.value.message_dict) == {"website"}
    assert str(DataCategory.WEBSITE.label) in refused.value.message_dict["website"][0]


def test_declared_data_are_stored_with_where_they_came_from(notice):
    """P21-P26: each value keeps its source."""
    collection = CollectionFactory()
    customer = CustomerFactory(email="aino@koe.example", collection=collection)
    assert customer.collected == dict.fromkeys(
        ("given_name", "family_name", "email", "language"), collection.pk
    )


def test_a_value_without_a_source_is_refused(notice):
    with pytest.raises(CollectionMissing) as refused:
        Customer(given_name="Aino").save()
    assert refused.value.columns == ["given_name", "language"]


def test_only_the_values_that_change_get_a_new_source(notice):
    first, later = CollectionFactory(), CollectionFactory(source_name="kirje")
    customer = CustomerFactory(email="aino@koe.example", collection=first)
    customer.email = "aino@uusi.example"
    customer.save(collection=later)
    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.collected["given_name"], stored.collected["email"]) == (first.pk, later.pk)
    assert customer.history.order_by("history_id").first().collected["email"] == first.pk


def test_an_emptied_value_has_no_source_any_more(notice):
    customer = CustomerFactory(email="aino@koe.example")
    customer.email = ""
    customer.save(collection=CollectionFactory())
    assert "email" not in Customer.objects.get(pk=customer.pk).collected


def test_saving_what_has_not_changed_needs_no_source(notice):
    customer = Customer.objects.get(
        pk=CustomerFactory(ip_address="192.0.2.1", ip_seen_on="2026-01-02").pk
    )
    customer.save()
    assert customer.history.count() == 2


def test_a_source_that_the_notice_does_not_name_is_refused():
    """P21-P26: an undeclared source is refused."""
    NoticeFactory(sources=["registration"], in_force=True)
    with pytest.raises(UndeclaredSource):
        CollectionFactory(source_kind="partner")
    assert Collection.objects.count() == 0


@pytest.mark.parametrize("column", ["given_name", "organisation_name", "email", "street", "phone"])
def test_an_identity_code_is_refused_in_every_text(notice, column):
    """P20, I06: nobody declares a hetu."""
    with pytest.raises(IdentityCodeFound) as refused:
        Customer.objects.create(collection=CollectionFactory(), **{column: "131052-308T"})
    assert refused.value.column == column
    assert "131052" not in str(refused.value)


@pytest.mark.parametrize("text", ["Ai\x00no", "Aino\r\nBcc: all", "Ai\x1bno", "Ai\ud800no"])
def test_control_characters_are_refused(notice, text):
    with pytest.raises(UnshowableText) as refused:
        CustomerFactory(given_name=text)
    assert refused.value.column == "given_name"
    with pytest.raises(ValidationError) as told:
        Customer(given_name=text).full_clean()
    assert set(told.value.message_dict) == {"given_name"}


def test_texts_are_stored_composed(notice):
    assert CustomerFactory(given_name="A\u0308ija\u0308").given_name == "Äijä"


@pytest.mark.parametrize(
    "act",
    [
        lambda rows: rows.update(given_name="x"),
        lambda rows: rows.bulk_create([Customer()]),
        lambda rows: rows.bulk_update([], ["given_name"]),
        lambda rows: rows.delete(),
        lambda rows: rows.create_remembered([]),
        lambda rows: rows.get().delete(),
        lambda rows: Customer._base_manager.update(given_name="x"),
    ],
)
def test_no_other_door_is_open(notice, act):
    CustomerFactory()
    with pytest.raises(BypassesHistory):
        act(Customer.objects.all())


def test_raw_loaddata_is_refused(notice, tmp_path):
    fixture = tmp_path / "customers.json"
    fixture.write_text(
        '[{"model": "register.customer", "pk": 1, "fields":'
        ' {"reference": "000000000", "website": "https://aino.example"}}]'
    )
    with pytest.raises(BypassesNotice):
        call_command("loaddata", fixture)
    assert Customer.objects.count() == 0


def test_rows_stored_together_are_what_rows_stored_alone_are(notice):
    collection = CollectionFactory()
    alone = Customer(given_name="Aino", phone="040 123 4567")
    alone.save(collection=collection)
    (together,) = Customer.objects.store(
        [Customer(given_name="Aino", phone="040 123 4567")], collection=collection
    )
    assert together.collected == alone.collected
    assert set(together.words.values_list("word", flat=True)) - {together.reference.lower()} == set(
        alone.words.values_list("word", flat=True)
    ) - {alone.reference.lower()}
    assert together.history.get().history_change_reason == "Test"


def test_a_customer_is_a_person_or_an_organisation(notice):
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerFactory(organisation_name="Koeyhtiö Oy")


def test_an_ip_number_comes_only_with_its_date(notice):
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerFactory(ip_address="192.0.2.1")
    assert CustomerFactory(ip_address="192.0.2.1", ip_seen_on=date(2026, 1, 2)).pk


@pytest.mark.parametrize("name", ["ip_seen_on", "relationship_ended_on"])
def test_what_has_been_was_on_no_day_to_come(notice, name):
    today = timezone.localdate()
    known = CustomerFactory.build(ip_address="192.0.2.1", ip_seen_on=today)
    known.relationship_ended_on = today
    known.clean()
    setattr(known, name, today + timedelta(days=1))
    with pytest.raises(ValidationError) as refused:
        known.clean()
    assert set(refused.value.message_dict) == {name}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.aino.example", "https://www.aino.example"),
        ("http://aino.example/fi", "http://aino.example/fi"),
    ],
)
def test_a_web_address_is_http_or_https(notice, typed, kept):
    customer = Customer(given_name="Aino", website=typed)
    customer.full_clean()
    assert customer.website == kept


@pytest.mark.parametrize("typed", ["http://user:pw@x.example", "user@www.x.example"])
def test_a_web_address_with_a_login_is_refused(typed, notice):
    """Art. 32: a password is no value of a register."""
    customer = Customer(given_name="Aino", website=typed, country="XX")
    with override("en"), pytest.raises(ValidationError) as refused:
        customer.clean_fields()
    assert refused.value.message_dict["website"] == [
        "Leave the user name and the password out of the web address."
    ]
    assert set(refused.value.message_dict) == {"website", "country"}
    Customer(given_name="Aino", website="https://x.example/@aino").clean_fields()


@pytest.mark.parametrize("typed", ["javascript://aino.example/%0aalert(1)", "ftp://aino.example"])
def test_other_addresses_are_refused(notice, typed):
    with pytest.raises(ValidationError) as refused:
        Customer(given_name="Aino", website=typed).full_clean()
    assert set(refused.value.message_dict) == {"website"}


def test_a_contact_role_cannot_end_before_it_starts(notice):
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactRoleFactory(started_on=date(2026, 1, 2), ended_on=date(2026, 1, 1))


def test_references_carry_a_check_character_and_differ():
    references = {new_reference() for _one in range(500)}
    assert len(references) == 500
    assert all(len(one) == 9 and mod_37_36.is_valid(one, CROCKFORD) for one in references)


def test_a_name_is_the_person_s_or_the_organisation_s(notice):
    assert str(CustomerFactory(given_name="Aino", family_name="Kajo")) == "Aino Kajo"
    assert str(OrganisationFactory(organisation_name="Koeyhtiö Oy")) == "Koeyhtiö Oy"


def test_an_expression_that_nobody_can_judge_is_refused(notice):
    """P20: a value that only the database would see could be anything."""
    customer = CustomerFactory()
    for expression in (Value("131052-308T"), F("family_name")):
        customer.street = expression
        with pytest.raises(BypassesNotice):
            customer.save(collection=CollectionFactory())


def test_a_text_that_is_no_string_yet_is_judged_as_the_text_it_becomes(notice):
    with pytest.raises(IdentityCodeFound):
        CustomerFactory(street=format_lazy("{}-{}", "131052", "308T"))


def test_a_source_s_name_may_not_hold_an_identity_code_either(notice):
    with pytest.raises(IdentityCodeFound):
        CollectionFactory(source_name="131052-308T")


def test_a_part_of_a_row_is_not_saved_alone(notice):
    """History and words are made of the whole row."""
    customer = CustomerFactory()
    with pytest.raises(BypassesNotice):
        customer.save(update_fields=["given_name"], collection=CollectionFactory())


def test_the_library_s_own_save_is_no_door(notice):
    with pytest.raises(BypassesNotice), transaction.atomic():
        Customer(given_name="Aino").save_base()
    assert Customer.objects.count() == 0


def test_an_order_moves_to_another_customer_only_with_a_source(notice):
    order, other = OrderFactory(), CustomerFactory()
    with pytest.raises(CollectionMissing) as refused:
        other.orders.add(order, bulk=False)
    assert refused.value.columns == ["customer"]


def test_history_itself_is_neither_changed_nor_deleted(notice):
    """Q06"""
    customer = CustomerFactory()
    for act in (
        lambda: Customer.history.update(given_name="x"),
        lambda: Customer.history.all().delete(),
        lambda: customer.history.all().delete(),
    ):
        with pytest.raises(BypassesHistory):
            act()
    assert customer.history.count() == 1


def test_a_contact_role_joins_a_person_to_an_organisation(notice):
    person, organisation = CustomerFactory(), OrganisationFactory()
    for wrong in (
        {"person": organisation, "organisation": organisation},
        {"person": person, "organisation": CustomerFactory()},
        {"person": organisation, "organisation": person},
    ):
        with pytest.raises(WrongParties):
            ContactRoleFactory(**wrong)


def test_a_reference_that_is_taken_is_drawn_anew(notice):
    taken = CustomerFactory().reference
    assert CustomerFactory(reference=taken).reference != taken
    rows = Customer.objects.store(
        [Customer(given_name="A", reference=taken), Customer(given_name="B", reference=taken)],
        collection=CollectionFactory(),
    )
    assert len({taken, *(row.reference for row in rows)}) == 3


def test_a_later_notice_does_not_rewrite_where_data_came_from(notice):
    collection = CollectionFactory()
    NoticeFactory(in_force=True)
    collection.source_name = "messut"
    collection.save()
    collection.refresh_from_db()
    assert collection.notice.version == 1
