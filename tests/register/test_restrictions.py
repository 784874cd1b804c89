"""Restriction: data that may only be kept are out of use, and nobody changes them (art. 18)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from audit.models import BypassesHistory
from audit.reasons import ReasonMissing, because
from notices.models import governing_notice
from register.erasure import ErasureBlocked, erase
from register.extract import extract_of
from register.holds import BlockKind, blocks
from register.models import (
    Consultation,
    Customer,
    CustomerErased,
    CustomerRestricted,
    Disclosed,
    Invoice,
    Occasion,
    Order,
    OrderLine,
    Payment,
    Restriction,
    RestrictionGround,
    Sight,
)
from register.models.customers import Sought
from register.models.uses import InTheWay
from register.models.words import Word
from register.restricting import lift, restrict, take_back
from tests.factories import (
    AttachmentFactory,
    BillingDataFactory,
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    DisclosureFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    OrganisationFactory,
    RecipientFactory,
    RestrictionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(
        in_force=True,
        purposes={"orders": "contract", "statistics": "legitimate_interest"},
        recipients=["collection_agency"],
        grounds=["billing", "collection"],
    )


@pytest.fixture
def aino():
    return CustomerFactory(
        given_name="Aino", family_name="Kajo", email="aino@koe.example", phone="040 555 1234"
    )


def rest(customer, *categories, ground="accuracy", number="2026-17", now=NOW, by=None):
    with because("Rights request"):
        return restrict(
            customer, ground=ground, categories=categories, request_number=number, by=by, now=now
        )


def save(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    with because("Test"):
        row.save(collection=CollectionFactory())


def refused(row, **values):
    with pytest.raises(CustomerRestricted) as refusal, transaction.atomic():
        save(row, **values)
    return refusal.value.reference


@pytest.mark.parametrize("ground", RestrictionGround.values)
def test_each_ground_of_the_law_restricts(aino, ground):
    """S01"""
    assert rest(aino, ground=ground).ground == ground


def test_no_other_ground_does(aino):
    """S01: not even past the forms."""
    with pytest.raises(IntegrityError), transaction.atomic():
        rest(aino, ground="because")


def test_nothing_is_restricted_without_a_request_or_a_reason(aino):
    with pytest.raises(IntegrityError), transaction.atomic():
        rest(aino, number="")
    with pytest.raises(ReasonMissing):
        restrict(aino, ground="accuracy", request_number="2026-17", now=NOW)
    with because("Test"):
        erase(aino, request_number="2026-1", now=NOW)
    with pytest.raises(CustomerErased):
        rest(aino)


def test_who_rests_is_on_no_list_and_serves_no_purpose(aino, notice):
    """S02, S03"""
    other = CustomerFactory()
    for purpose in ("orders", "statistics"):
        assert set(Customer.objects.usable_for(purpose)) == {aino, other}
    rest(aino)
    assert set(Customer.objects.in_use()) == {other}
    assert set(Customer.objects.untold(notice)) == {other}
    for purpose in ("orders", "statistics"):
        assert set(Customer.objects.usable_for(purpose)) == {other}
    assert set(map(tuple, aino.uses(governing_notice()).values())) == {(InTheWay.RESTRICTED,)}


@pytest.mark.parametrize("text", ["kajo", "aino@koe.example", "1234", "reference"])
def test_a_search_says_that_somebody_rests_and_no_more(aino, text):
    """S02, S03"""
    words = aino.reference if text == "reference" else text
    assert Customer.objects.ranked(words) == [aino.pk]
    rest(aino)
    sought = Customer.objects.sought(words)
    assert (sought.keys, sought.resting) == ([], [aino.reference])
    assert list(Customer.objects.search(words)) == []


def test_nobody_changes_what_rests(aino):
    """S03: by no door, in no model."""
    organisation = OrganisationFactory()
    order, billing = OrderFactory(customer=aino), BillingDataFactory(customer=aino)
    line = OrderLineFactory(order=order)
    paper, role = AttachmentFactory(customer=aino), ContactRoleFactory(person=aino)
    stranger = OrderFactory()
    rest(aino)
    assert refused(aino, city="Turku") == aino.reference
    assert refused(aino, language="sv") == aino.reference
    for row, values in (
        (order, {"number": "T-9"}),
        (line, {"description": "Muuta"}),
        (billing, {"city": "Turku"}),
        (paper, {"title": "Muuta"}),
        (paper, {"file": ""}),
        (role, {"role": "Muuta"}),
        (Order(customer=aino, ordered_on=date(2026, 5, 1)), {}),
        (OrderLine(order=order, description="Lisää"), {}),
        (ContactRoleFactory.build(person=aino, organisation=organisation), {}),
        # neither to nor from somebody else
        (stranger, {"customer": aino}),
        (Order.objects.get(pk=order.pk), {"customer": CustomerFactory()}),
    ):
        assert refused(row, **values) == aino.reference
    fresh, collection = Customer.objects.get(pk=aino.pk), CollectionFactory()
    fresh.city = "Turku"
    with because("Test"), pytest.raises(CustomerRestricted):
        Customer.objects.amend([fresh], collection=collection)
    new = Order(customer=aino, ordered_on=date(2026, 5, 1))
    with because("Test"), pytest.raises(CustomerRestricted):
        Order.objects.store([new], collection=collection)
    assert Customer.objects.get(pk=aino.pk).city != "Turku"


def test_what_is_owed_is_still_paid_and_collected(aino):
    """S04: legal claims; but no new invoice is written."""
    invoice = InvoiceFactory(customer=aino, amount=Decimal(100))
    rest(aino)
    save(invoice, collection_started_on=date(2026, 6, 1))
    save(Payment(invoice=invoice, paid_on=date(2026, 6, 5), amount=Decimal(40)))
    with because("Test"):
        paid = Payment(invoice=invoice, paid_on=date(2026, 6, 6), amount=Decimal(60))
        Payment.objects.store([paid], collection=CollectionFactory())
    assert Invoice.objects.get().paid_on == date(2026, 6, 6)
    new = InvoiceFactory.build(customer=aino, number="L-9")
    assert refused(new) == aino.reference


def test_single_fields_rest_and_the_others_are_used(aino):
    """S08"""
    rest(aino, "phone", "orders")
    order = Order(customer=aino, ordered_on=date(2026, 5, 1))
    assert refused(aino, phone="040 1") == aino.reference
    assert refused(order) == aino.reference
    fresh = Customer.objects.get(pk=aino.pk)
    save(fresh, city="Turku")
    assert set(Customer.objects.in_use()) == {aino}
    assert set(Customer.objects.in_use(["name", "email"])) == {aino}
    assert set(Customer.objects.in_use(["name", "phone"])) == set()
    # not found by what rests, but by all else
    assert Customer.objects.ranked("1234") == []
    assert Customer.objects.ranked("aino") == [aino.pk]


@pytest.mark.parametrize(
    "text",
    [
        *("040 555 1234", "+358405551234", "040 55", "1234", "aino 040555", "040555 kajo"),
        *("T-0077", "t-00", "0077"),
    ],
)
def test_a_search_by_what_rests_says_that_somebody_does_and_finds_nobody(aino, text):
    """S02, S03, S08: by all of it, by a part, and with what does not rest beside it."""
    OrderFactory(customer=aino, number="T-0077")
    stranger = CustomerFactory(given_name="Eero", family_name="Elo", phone="050 111 2222")
    rest(aino, "phone", "orders")
    sought = Customer.objects.sought(text)
    assert (sought.keys, sought.resting) == ([], [aino.reference])
    assert not Customer.objects.filter(pk=stranger.pk).sought(text)


@pytest.mark.parametrize("text", ["aino", "kajo aino", "aino@koe.example", "eero 040555", "elo 77"])
def test_a_search_that_what_rests_has_no_part_in_says_nothing_of_it(aino, text):
    """S02, S08"""
    OrderFactory(customer=aino, number="T-0077")
    CustomerFactory(given_name="Eero", family_name="Elo", phone="050 111 2222")
    rest(aino, "phone", "orders")
    assert Customer.objects.sought(text).resting == []


def test_a_name_or_address_that_rests_is_told_of_by_its_parts_too(aino):
    """S02, S08: and of a person whose organisation rests, by the organisation's name."""
    ContactRoleFactory(person=aino, organisation=OrganisationFactory(organisation_name="Tyrni Oy"))
    held = rest(aino, "name", "email", "organisation")
    for text in ("ain", "kajo aino", "aino@koe", "koe.example", "tyrni", "040555 aino"):
        assert Customer.objects.sought(text).resting == [aino.reference], text
    assert Customer.objects.ranked("040555") == [aino.pk]
    with because("Test"):
        lift(held, told_at=NOW + timedelta(days=1), by=UserFactory(), now=NOW + timedelta(days=2))
    assert Customer.objects.sought("kajo aino") == Sought([aino.pk], [])
    assert not Word.objects.beginning("~").exists()


def test_the_number_of_an_order_and_an_organisation_find_nobody_meanwhile(aino):
    """S08"""
    OrderFactory(customer=aino, number="T-77")
    role = ContactRoleFactory(person=aino)
    name = role.organisation.organisation_name
    assert Customer.objects.ranked("T-77") == [aino.pk]
    assert aino.pk in Customer.objects.ranked(name)
    held = rest(aino, "orders", "organisation")
    assert Customer.objects.ranked("T-77") == []
    assert Customer.objects.ranked(name) == [role.organisation.pk]
    with because("Test"):
        lift(held, told_at=NOW + timedelta(days=1), by=UserFactory(), now=NOW + timedelta(days=2))
    assert Customer.objects.ranked("T-77") == [aino.pk]
    assert aino.pk in Customer.objects.ranked(name)


def test_shown_rows_do_not_show_what_rests(aino):
    """S08"""
    rest(aino, "phone", "ip_address")
    shown = Customer.objects.get(pk=aino.pk)
    Restriction.objects.mask([shown, CustomerFactory()])
    assert (shown.phone, shown.phone_e164, shown.ip_address) == ("", "", None)
    assert shown.email == "aino@koe.example"


def test_it_is_lifted_after_the_person_was_told_and_not_before(aino):
    """S05: the database itself refuses anything else."""
    held, by = rest(aino), UserFactory()
    for told_at, lifted_at in (
        (NOW + timedelta(days=2), NOW + timedelta(days=1)),
        (NOW + timedelta(days=2), NOW + timedelta(days=2)),
        (NOW - timedelta(days=1), NOW + timedelta(days=1)),
        (None, NOW + timedelta(days=1)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), because("Test"):
            lift(Restriction.objects.get(), told_at=told_at, by=by, now=lifted_at)
    assert Restriction.objects.in_force().get() == held
    with because("Test"):
        lift(held, told_at=NOW + timedelta(days=1), by=by, now=NOW + timedelta(days=2))
    assert set(Customer.objects.in_use()) == {aino}
    save(Customer.objects.get(pk=aino.pk), city="Turku")
    assert held.history.count() == 2
    with pytest.raises(BypassesHistory), because("Test"):
        held.save()


def test_what_a_request_restricted_is_decided_anew_by_it(aino):
    rest(aino)
    by = UserFactory()
    rest(aino, "phone", by=by)
    held = Restriction.objects.get()
    assert (held.categories, held.imposed_by, held.imposed_at) == (["phone"], by, NOW)
    with because("Test"):
        take_back(aino, request_number="2026-17")
    assert Restriction.objects.get() == held
    with pytest.raises(BypassesHistory):
        held.take_back()
    with pytest.raises(BypassesHistory):
        held.delete()


def test_what_nobody_has_decided_is_taken_back(aino):
    rest(aino, "phone")
    with because("Test"):
        take_back(aino, request_number="2026-99")
        assert Restriction.objects.count() == 1
        take_back(aino, request_number="2026-17")
    assert Restriction.objects.count() == 0
    assert [row.history_type for row in Restriction.history.all()] == ["-", "+"]
    assert Customer.objects.ranked("1234") == [aino.pk]


@pytest.mark.parametrize("ground", RestrictionGround.values)
def test_who_wants_the_data_kept_is_not_erased(aino, ground):
    """E11, S07: under 18(1)(b) and (c); the other two oppose no erasure."""
    rest(aino, ground=ground)
    if ground in ("unlawful", "claims"):
        with pytest.raises(ErasureBlocked) as stopped, because("Test"):
            erase(aino, request_number="2026-18", now=NOW)
        assert [one.kind for one in stopped.value.blocks] == [BlockKind.RESTRICTED]
        assert "2026-17" in str(blocks(aino)[0])
    else:
        with because("Test"):
            erase(aino, request_number="2026-18", now=NOW)
        assert Customer.objects.get().erased_at


def test_restricted_data_are_given_for_claims_alone(aino):
    """S02, S04, S08"""
    other = CustomerFactory()
    agency = RecipientFactory(
        kind="collection_agency", categories=["name", "phone"], contract_on=date(2026, 1, 1)
    )
    both = {"recipient": agency, "customers": [aino, other]}
    rest(aino, "phone")
    DisclosureFactory(ground="billing", categories=["name"], **both)
    DisclosureFactory(ground="billing", categories=["name", "phone"], **both)
    DisclosureFactory(ground="collection", categories=["name", "phone"], **both)
    given = Disclosed.objects.order_by("pk").values_list("disclosure_id", "customer_id")
    first, second, third = sorted({disclosure for disclosure, _customer in given})
    assert set(given) == {
        (first, aino.pk),
        (first, other.pk),
        (second, other.pk),
        (third, aino.pk),
        (third, other.pk),
    }


def test_the_person_is_told_of_it_in_the_extract(aino):
    """A04, A03: what rested and when, and nobody of staff."""
    rest(aino, "phone", by=UserFactory(name="Päivi Päättäjä"))
    copy = extract_of(aino, now=NOW)
    [section] = [one for one in copy["sections"] if one["key"] == "restriction"]
    told = {one["key"].split(".")[1]: one["value"] for one in section["rows"][0]["values"]}
    assert set(told) == {"ground", "categories", "imposed_at", "imposed_by_request"}
    assert told["imposed_by_request"] == "2026-17"
    assert "Päivi" not in str(copy)


def test_no_package_leaves_by_command(aino, tmp_path):
    """S02"""
    rest(aino, "phone")
    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command(
            "export_customer", aino.reference, "--output", str(tmp_path / "a.zip"), stderr=said
        )
    assert end.value.code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_reason_opens_for_the_one_who_gave_it_and_for_a_while(aino):
    """S02: logged, bounded, and for that customer alone; what is then looked at opens nothing."""
    by, other = UserFactory(), UserFactory()
    look = {"by": by, "occasion": Occasion.CONSENT, "at": NOW}
    Consultation.objects.record([aino.pk, aino.pk], sight=Sight.REASON, **look)
    assert Consultation.objects.count() == 1

    def opens(customer=aino, to=by, minutes=1):
        now = NOW + timedelta(minutes=minutes)
        return Consultation.objects.reason_of(customer, by=to, now=now)

    assert opens() == "consent"
    assert opens(minutes=14)
    late = look | {"at": NOW + timedelta(minutes=14)}
    Consultation.objects.record([aino.pk], sight=Sight.PAGE, **late)
    assert not opens(minutes=15)
    assert not opens(minutes=-1)
    assert not opens(to=other)
    assert not opens(customer=CustomerFactory())


def test_a_row_of_the_factory_holds(aino):
    assert RestrictionFactory(customer=aino) in aino.restrictions.in_force()
    assert aino.at_rest.is_whole
