from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection

from audit.reasons import because
from notices.terms import ProhibitedUse, ProhibitionScope
from register.erasure import erase
from register.models import ContactDigest, Customer, Prohibition
from register.models.prohibitions import ProhibitionQuerySet, contacts_of, normalised
from tests.factories import CollectionFactory, CustomerFactory, NoticeFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
MARKETING, USE = ProhibitionScope.DIRECT_MARKETING, ProhibitedUse.PROCESSING
TODAY = date(2026, 6, 7)


@pytest.fixture(autouse=True)
def reason():
    NoticeFactory(in_force=True)
    with because("Rights request 2026-18"):
        yield


def forbid(contacts, scopes=(MARKETING,), uses=(USE,), number="2026-18"):
    return Prohibition.objects.forbid(contacts, scopes, uses, request_number=number, today=TODAY)


def reached():
    return set(Customer.objects.not_forbidding(MARKETING, USE))


def test_who_has_forbidden_it_is_left_out_at_once():
    """M01, P14: effective as it is saved."""
    aino, eero = CustomerFactory(email="aino@koe.example"), CustomerFactory(email="e@koe.example")
    forbid({"email": "aino@koe.example"})
    assert reached() == {eero}
    assert set(Customer.objects.not_forbidding(MARKETING, ProhibitedUse.DISCLOSURE)) == {aino, eero}
    assert [str(one) for one in aino.prohibitions()] != []
    assert list(eero.prohibitions()) == []


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("email", " Aino@KOE.example ", {"email": "aino@koe.example"}),
        ("email", "a@xn--shkpyr-buaf2nc.example", {"email": "a@sähköpyörä.example"}),
        ("email", "a@Sähköpyörä.example", {"email": "A@XN--SHKPYR-BUAF2NC.example"}),
        ("email", "a@xn--strae-oqa.example", {"email": "a@straße.example"}),
        ("email", "a@a\u0308.example", {"email": "a@ä.example"}),
        ("phone", "+358 40 123 4567", {"phone": "040-1234567"}),
        (
            "postal_address",
            "KAMPIKUJA 3 a, 06100 Porvoo",
            {"street": "Kampikuja 3A", "postcode": "06100", "city": "Borgå"},
        ),
    ],
)
def test_a_contact_is_known_however_it_is_spelt(kind, said, kept):
    aino = CustomerFactory(**kept)
    forbid({kind: said})
    assert [one.contact_kind for one in aino.prohibitions()] == [kind]
    assert reached() == set()


def test_a_street_without_a_postcode_is_nobody_s():
    CustomerFactory(street="Kampikuja 3")
    CustomerFactory(postcode="06100")
    assert ContactDigest.objects.count() == 0


@pytest.mark.parametrize(("kind", "value"), [("phone", "-"), ("email", "  ")])
def test_what_reaches_nobody_forbids_nothing(kind, value):
    assert normalised(kind, value) == ""
    assert forbid({kind: value}) == []


def test_all_scopes_and_uses_go_in_one_step_also_as_generators():
    """P52: one click for all."""
    made = Prohibition.objects.forbid(
        {"email": "aino@koe.example", "phone": "040 123 4567"},
        (scope for scope in ProhibitionScope),
        (use for use in ProhibitedUse),
        request_number="2026-18",
        today=TODAY,
    )
    assert len(made) == 24
    assert made[0].history.get().history_change_reason == "Rights request 2026-18"


def test_forbidding_twice_is_forbidding_once():
    forbid({"email": "aino@koe.example"})
    assert forbid({"email": "AINO@koe.example"}) == []
    assert Prohibition.objects.count() == 1


def test_a_scope_or_use_that_is_said_twice_is_forbidden_once():
    made = forbid({"email": "aino@koe.example"}, [MARKETING, MARKETING], [USE, "processing"])
    assert len(made) == 1


def test_what_cannot_be_stored_is_raised_and_not_tried_for_ever(monkeypatch):
    tries = []

    def refuse(_rows, wanted):
        tries.append(wanted)
        raise IntegrityError

    monkeypatch.setattr(ProhibitionQuerySet, "_add", refuse)
    with pytest.raises(IntegrityError):
        forbid({"email": "aino@koe.example"})
    assert len(tries) == 2


def test_it_holds_no_contact():
    forbid({"email": "aino@koe.example", "phone": "040 123 4567"})
    stored = str([*Prohibition.objects.values(), *Prohibition.history.values()])
    assert "aino" not in stored
    assert "0401234567" not in stored


def test_it_outlives_an_erasure_and_meets_who_is_imported_again():
    """M11, P67: only the keyed digest stays."""
    aino = CustomerFactory(email="aino@koe.example", phone="040 123 4567")
    forbid(aino.contacts)
    erase(aino, request_number="2026-17", now=datetime(2026, 6, 8, tzinfo=UTC))
    assert ContactDigest.objects.count() == 0
    assert Prohibition.objects.count() == 2
    again, eero = Customer.objects.store(
        [Customer(phone="+358401234567"), Customer(given_name="Eero")],
        collection=CollectionFactory(),
    )
    assert reached() == {eero}
    assert again.prohibitions().get().contact_kind == "phone"


def change(customer, **values):
    for column, value in values.items():
        setattr(customer, column, value)
    customer.save(collection=CollectionFactory())


def test_digests_follow_a_change():
    aino = CustomerFactory(email="aino@koe.example")
    change(aino, email="aino@uusi.example")
    forbid({"email": "aino@koe.example"})
    assert reached() == {aino}
    forbid({"email": "aino@uusi.example"})
    assert reached() == set()


def test_a_new_address_does_not_end_a_prohibition():
    """M01, M11, P14: nor does an erasure after it."""
    aino, eero = CustomerFactory(email="aino@koe.example"), CustomerFactory(email="e@koe.example")
    forbid({"email": "aino@koe.example"})
    with because("Aino has moved"):
        change(aino, email="aino@uusi.example")
    assert reached() == {eero}
    copied = aino.prohibitions().get(contact_kind="email")
    assert (copied.scope, copied.use, copied.made_on) == (MARKETING, USE, TODAY)
    assert copied.request_number == "2026-18"
    assert copied.history.get().history_change_reason == "Aino has moved"
    erase(aino, request_number="2026-17", now=datetime(2026, 6, 8, tzinfo=UTC))
    again = CustomerFactory(email="aino@uusi.example")
    assert again not in reached()


def test_it_outlives_addresses_removed_one_by_one_and_an_address_that_comes_later():
    aino = CustomerFactory(email="aino@koe.example", phone="040 123 4567")
    forbid({"email": "aino@koe.example"})
    for values in ({"email": ""}, {"phone": ""}, {"phone": "050 765 4321"}):
        change(aino, **values)
        assert reached() == set()
    assert set(aino.prohibitions().values_list("contact_kind", flat=True)) == {"customer", "phone"}


def test_who_shares_a_phone_keeps_what_was_forbidden_for_it_as_the_other_moves():
    aino, eero = CustomerFactory(phone="09 123 456"), CustomerFactory(phone="09 123 456")
    forbid({"phone": "09 123 456"})
    change(aino, phone="09 654 321")
    assert reached() == set()
    change(eero, phone="09 111 222")
    assert reached() == set()


def test_a_change_of_anything_else_copies_nothing():
    aino = CustomerFactory(email="aino@koe.example", phone="040 123 4567")
    forbid({"email": "aino@koe.example"})
    change(aino, given_name="Aino-Maija", phone="+358 40 1234567", email="AINO@koe.example")
    assert Prohibition.objects.count() == 1
    assert ContactDigest.objects.count() == 2


def test_a_mark_that_keeps_a_prohibition_goes_with_an_erasure():
    """Nothing may lead from who was erased to the digest of an address."""
    aino = CustomerFactory(email="aino@koe.example")
    forbid({"email": "aino@koe.example"})
    change(aino, email="aino@uusi.example")
    assert aino.contact_digests.filter(kind="customer").exists()
    erase(aino, request_number="2026-17", now=datetime(2026, 6, 8, tzinfo=UTC))
    assert ContactDigest.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_prohibitions_are_carried_on_together(count, django_assert_num_queries):
    customers = [CustomerFactory(email=f"a{number}@koe.example") for number in range(count)]
    for one in customers:
        forbid(one.contacts)
        one.email = f"b{one.email}"
    # digests: three; then what met, the marks, what is there, rows and history in a savepoint
    with django_assert_num_queries(10):
        ContactDigest.objects.put(customers)
    assert reached() == set()


@pytest.mark.parametrize("moves", [False, True])
def test_what_a_request_forbade_for_the_wrong_customer_is_taken_back(moves):
    right, wrong = CustomerFactory(email="aino@koe.example"), CustomerFactory(email="e@koe.example")
    forbid({"email": "aino@koe.example"})
    forbid(wrong.contacts)
    if moves:
        change(right, email="aino@uusi.example")
        change(wrong, email="eero@uusi.example")
    with because("Wrong customer"):
        Prohibition.objects.take_back("2026-18", but_for={"email": "Aino@koe.example"})
    assert reached() == {wrong}
    assert list(wrong.prohibitions()) == []
    gone = Prohibition.history.filter(history_type="-")
    assert {one.history_change_reason for one in gone} == {"Wrong customer"}
    assert gone.count() == (3 if moves else 1)
    # nobody meets it by an address that it had once, either
    assert CustomerFactory(email="e@koe.example") in reached()


def test_what_another_request_forbade_too_is_not_taken_back():
    eero = CustomerFactory(email="e@koe.example")
    forbid(eero.contacts, number="2026-18")
    forbid(eero.contacts, number="2026-19")
    Prohibition.objects.take_back("2026-18", but_for={})
    assert [one.request_number for one in eero.prohibitions()] == ["2026-19"]
    assert reached() == set()


def test_an_organisation_can_forbid_too():
    organisation = OrganisationFactory(email="info@koe.example")
    forbid(organisation.contacts)
    assert reached() == set()


def test_an_erased_customer_is_in_no_list():
    aino = CustomerFactory()
    erase(aino, request_number="2026-17", now=datetime(2026, 6, 8, tzinfo=UTC))
    assert reached() == set()


def test_a_new_key_forgets_no_prohibition_and_misses_no_customer(settings):
    settings.DIGEST_KEYS = ["old"]
    aino, eero = CustomerFactory(email="aino@koe.example"), CustomerFactory(email="e@koe.example")
    forbid({"email": "aino@koe.example"})
    settings.DIGEST_KEYS = ["new", "old"]
    later = CustomerFactory(email="aino@koe.example")
    assert reached() == {eero}
    # forbidden once, under whichever key
    assert forbid({"email": "aino@koe.example"}) == []
    # made under the new key, of a customer known under the old one
    forbid({"email": "e@koe.example"})
    assert reached() == set()
    assert {one.pk for one in (aino, eero, later)} == set(
        ContactDigest.objects.values_list("customer", flat=True)
    )


@pytest.mark.parametrize("count", [1, 3])
def test_digests_are_stored_together(count, django_assert_num_queries):
    """Set-based: as many statements however many customers come in."""
    rows = [Customer(given_name="Aino", email=f"a{number}@koe.example") for number in range(count)]
    collection = CollectionFactory()
    # PostgreSQL locks the notice's row (`Notice.hold`)
    with django_assert_num_queries(18 + (connection.vendor == "postgresql")):
        Customer.objects.store(rows, collection=collection)
    assert ContactDigest.objects.count() == count


def test_a_list_is_one_query(django_assert_num_queries):
    CustomerFactory(email="aino@koe.example")
    forbid({"email": "aino@koe.example"})
    with django_assert_num_queries(1):
        assert list(Customer.objects.not_forbidding(MARKETING, USE)) == []


def test_what_is_forbidden_is_said_scope_by_scope():
    aino = CustomerFactory(email="aino@koe.example", phone="040 123 4567")
    forbid(aino.contacts, [MARKETING, ProhibitionScope.MARKET_RESEARCH], ProhibitedUse)
    both = f"({ProhibitedUse.PROCESSING.label}, {ProhibitedUse.DISCLOSURE.label})"
    assert aino.prohibitions().in_words() == [
        f"{MARKETING.label} {both}",
        f"{ProhibitionScope.MARKET_RESEARCH.label} {both}",
    ]


def test_of_two_numbers_in_one_field_each_is_forbidden_and_met():
    """M01, M11: the second number is met too, also after it has gone from the field."""
    aino = CustomerFactory(email="", phone="040 123 4567 / 050 123 4567")
    Prohibition.objects.forbid_for(aino, [MARKETING], [USE], request_number="2026-18", today=TODAY)
    eero = CustomerFactory(email="", phone="050 1234567")
    assert reached() == set()
    aino.phone = "09 1234567"
    aino.save(collection=CollectionFactory())
    eero.phone = "0401234567"
    eero.save(collection=CollectionFactory())
    assert reached() == set()


HOME = {"street": "Pinnaraitti 4 A 3", "postcode": "33100", "city": "Tampere"}


@pytest.mark.parametrize(
    ("street", "postcode"),
    [
        ("Pinnaraitti 4 A 3", "FI-33100"),
        ("PINNARAITTI 4A3", "fin 33100"),
        ("Pinnaraitti 4 A as 3", "33100"),
        ("Pinnaraitti 4 a as. 3", "FI33100"),
        ("Pinnaraitti 4 A, asunto 3", "33100"),
        ("Pinnaraitti 04 A 003", "33100"),
        ("c/o Eine Muu, Pinnaraitti 4 A 3", "33100"),
        ("C/O Eine Muu Pinnaraitti 4 A 3", "33100"),
        ("Pinnaraitti 4 A 3 c/o Eine Muu", "33100"),
    ],
)
def test_a_postal_address_is_known_however_it_is_spelt(street, postcode):
    """P52, M11"""
    CustomerFactory(email="", phone="", **HOME)
    forbid(contacts_of("", "", street, postcode))
    assert reached() == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("PL 12", "00101"), ("PB 12", "00101")),
        (("PL 12", "00101"), ("P.L. 012", "FI-00101")),
        (("PL 12", "00101"), ("P.O. Box 12", "00101")),
        (("Postilokero 12", "00101"), ("Box 12", "00101")),
        (("Storgatan 1", "SE-114 56"), ("Storgatan 1", "11456")),
        (("Hauptstr. 1", "D-10115"), ("Hauptstr 1", "10115")),
        (("Storgatan 4 lgh 1203", "114 56"), ("Storgatan 4, 1203", "S-114 56")),
        (("c/o Koekoti", "00100"), ("C/o KOEKOTI", "00100")),
    ],
)
def test_boxes_and_addresses_abroad_are_known_however_they_are_spelt(one, other):
    """P52, M11"""
    same = {normalised("postal_address", "\n".join(each)) for each in (one, other)}
    assert len(same) == 1
    assert same != {""}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Pinnaraitti 1 as 13", "33100"), ("Pinnaraitti 11 as 3", "33100")),
        (("Pinnaraitti 4 A 3", "33100"), ("Pinnaraitti 4 B 3", "33100")),
        (("Pinnaraitti 4 A 3", "33100"), ("Pinnaraitti 4 A 30", "33100")),
        (("Pinnaraitti 4", "33100"), ("Pinnaraitti 4", "33101")),
        (("High St 1", "SW1A 1AA"), ("High St 1", "W1A 1AA")),
        (("PL 12", "00101"), ("PL 120", "00101")),
    ],
)
def test_two_homes_stay_two(one, other):
    """M11: nobody else's post is forbidden."""
    told = [normalised("postal_address", "\n".join(each)) for each in (one, other)]
    assert told[0] != told[1]


def test_an_address_abroad_is_met_when_it_is_imported_without_its_letters():
    """M11, P67"""
    aino = CustomerFactory(
        email="", phone="", street="Storgatan 1", postcode="SE-114 56", country="SE"
    )
    forbid(aino.contacts)
    erase(aino, request_number="2026-17", now=datetime(2026, 6, 8, tzinfo=UTC))
    CustomerFactory(email="", phone="", street="Storgatan 1", postcode="114 56", country="SE")
    assert reached() == set()


AINO = {"email": "aino@koe.example", "phone": "040 123 4567", **HOME}


@pytest.mark.parametrize("known_by", ["email", "phone", "postal_address"])
@pytest.mark.parametrize("back_by", ["email", "phone", "postal_address"])
def test_an_erasure_carries_a_prohibition_to_every_way_the_person_was_known_by(known_by, back_by):
    """M11, P67: their page showed it, however it was told."""
    aino = CustomerFactory(**AINO)
    forbid({known_by: aino.contacts[known_by]})
    erase(aino, request_number="2026-17", now=datetime(2026, 6, 8, tzinfo=UTC))
    ways = {"email": ("email",), "phone": ("phone",), "postal_address": tuple(HOME)}[back_by]
    CustomerFactory(**{"email": "", "phone": ""} | {name: AINO[name] for name in ways})
    assert reached() == set()
    assert ContactDigest.objects.filter(customer=aino.pk).count() == 0


def test_what_others_share_is_not_forbidden_by_an_erasure():
    """M11: who lives with somebody has forbidden nothing."""
    aino = CustomerFactory(**AINO)
    eero = CustomerFactory(**AINO | {"email": "e@koe.example"})
    forbid({"email": "aino@koe.example"})
    erase(aino, request_number="2026-17", now=datetime(2026, 6, 8, tzinfo=UTC))
    assert reached() == {eero}
    assert Prohibition.objects.count() == 1


def test_a_prohibition_of_somebody_without_an_address_outlives_those_that_came_and_went():
    """M11"""
    aino = CustomerFactory(email="aino@koe.example")
    forbid({"email": "aino@koe.example"})
    change(aino, phone="040 123 4567")
    change(aino, email="")
    erase(aino, request_number="2026-17", now=datetime(2026, 6, 8, tzinfo=UTC))
    CustomerFactory(email="", phone="+358401234567")
    assert reached() == set()


@pytest.mark.parametrize("count", [1, 3])
def test_prohibitions_are_let_go_together(count, django_assert_num_queries):
    customers = [
        CustomerFactory(
            **AINO | {"email": f"a{number}@koe.example", "phone": f"040 123 456{number}"}
        )
        for number in range(count)
    ]
    for one in customers:
        forbid({"email": one.email})
    # what met, whom, their ways, who shares; what is there, rows and history; digests
    with django_assert_num_queries(10):
        ContactDigest.objects.let_go([one.pk for one in customers])
