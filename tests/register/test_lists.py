"""Lists of customers: who is on them, who is left out and why, and how long they are given out."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from audit.drift import drift
from audit.models import FileToRemove
from audit.reasons import because
from audit.tasks import run_next
from notices.terms import ProhibitionScope
from register.erasure import erase
from register.extract import extract_of
from register.importing.applying import sweep
from register.lists import making
from register.lists.making import anew, make, make_list, order
from register.lists.tables import columns_of
from register.models import (
    Collection,
    Customer,
    CustomerList,
    Disclosed,
    Disclosure,
    DisclosureRefused,
    InformationDuty,
    ListPart,
    Prohibition,
    Refusal,
    lists,
)
from register.models.lists import KEPT_FOR, KeptBack, ListHasEnded, PeopleHaveLeft
from tests.factories import (
    CollectionFactory,
    ConsentFactory,
    ContactRoleFactory,
    CustomerFactory,
    CustomerListFactory,
    NoticeFactory,
    NoticeGivenFactory,
    OrderFactory,
    OrganisationFactory,
    RecipientFactory,
    RestrictionFactory,
)
from tests.register.look import look_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
#: the factories' customers give their data on this day
SOLD = date(2026, 3, 4)
ADDRESS = {"postcode": "00100", "city": "Helsinki"}
NUMBERS = count(1)
EVERY_PAIR = [
    (scope, use)
    for scope in ("direct_advertising", "direct_marketing", "publication")
    for use in ("processing", "disclosure")
]


@pytest.fixture(autouse=True)
def _no_files_of_other_tests():
    for name in files():
        storages["private"].delete(name)


def in_force(**changes):
    promised = {
        "purposes": {
            "orders": "contract",
            "publication": "legitimate_interest",
            "relationship": "contract",
        },
        "recipients": ["partner", "authority"],
        "grounds": ["value_added_service", "legal_obligation"],
    }
    return NoticeFactory(**promised | changes, in_force=True)


@pytest.fixture
def notice():
    return in_force()


def addressed(**fields):
    """Everybody at another address: a prohibition is known by it."""
    return CustomerFactory(**ADDRESS | {"street": f"Koekatu {next(NUMBERS)} A 4"} | fields)


def forbid(customer, scope, use="processing"):
    with because("Made for a test"):
        Prohibition.objects.forbid_for(
            customer, [scope], [use], request_number="2026-1", today=NOW.date()
        )


def made(now=NOW, **fields):
    asked = CustomerListFactory(**fields)
    make(asked, now=now)
    asked.refresh_from_db()
    return asked


def content(asked):
    whole = b""
    for part in asked.parts.all():
        with storages["private"].open(part.file) as file:
            whole += file.read()
    return whole


def files():
    storage = storages["private"]
    return set(storage.listdir("")[1]) if storage.exists("") else set()


def erased(customer):
    with because("Made for a test"):
        erase(customer, request_number="2026-9", now=NOW)


def test_a_list_has_those_who_may_be_on_it_and_the_ledger_has_exactly_them(notice):
    """P05, P14, A02"""
    aino, eero = addressed(email="aino@koe.example"), addressed(phone="040 123")
    for scope, use in EVERY_PAIR:
        forbid(addressed(email=f"{scope}.{use}@koe.example"), scope, use)
    CustomerFactory()
    addressed(postcode="")
    erased(addressed())
    asked = made()
    ledger = Disclosure.objects.get()
    assert (asked.disclosure, ledger.people, ledger.recipient) == (ledger, 2, None)
    assert (ledger.purpose, ledger.categories) == ("publication", ["name", "postal_address"])
    assert (ledger.disclosed_by, ledger.disclosed_at) == (asked.asked_by, NOW)
    assert {one.customer for one in Disclosed.objects.all()} == {aino, eero}
    assert asked.left_out == {"forbidden": 6, "no_address": 2, "erased": 1}
    assert (asked.made_at, asked.done) == (NOW, 2)
    assert content(asked).startswith(b"%PDF-")


def test_who_is_left_out_is_counted_before_anything_is_made(notice):
    """P14: under the first reason alone, in one query and those for the notice, however many."""
    NoticeFactory(in_force=True, purposes={"orders": "contract", "ad_targeting": "consent"})
    told = NoticeFactory(in_force=True, purposes={"orders": "contract", "ad_targeting": "consent"})
    asked = CustomerListFactory(purpose="ad_targeting")

    def some(number):
        for _one in range(number):
            addressed()
            for consents in (False, True):
                customer = addressed()
                NoticeGivenFactory(customer=customer, notice=told)
                if consents:
                    ConsentFactory(customer=customer)

    some(1)
    with CaptureQueriesContext(connection) as few:
        assert asked.counted() == {
            **{"": 1, "erased": 0, "untold": 1, "no_consent": 1},
            **{"restricted": 0, "to_erase": 0, "forbidden": 0, "objected": 0},
            **{"no_name": 0, "no_address": 0},
        }
    some(5)
    with CaptureQueriesContext(connection) as many:
        assert asked.counted()[""] == 6
    assert len(few) == len(many)
    assert not Disclosure.objects.exists()


def test_what_the_notice_does_not_name_becomes_no_list(notice):
    """P05, P11, P27, P28"""
    addressed()
    partner = RecipientFactory(kind="partner", categories=["name", "postal_address"])
    given = {"recipient": partner, "ground": "value_added_service"}
    for fields, column, why in (
        ({"purpose": "statistics"}, "purpose", Refusal.UNDECLARED_PURPOSE),
        ({**given, "ground": "billing"}, "ground", Refusal.UNDECLARED_GROUND),
        ({**given, "categories": ["organisation"]}, "categories", Refusal.BEYOND_RECIPIENT),
    ):
        asked = CustomerListFactory(**fields)
        assert asked.refusals(now=NOW) == {column: why}
        with pytest.raises(DisclosureRefused):
            make(asked, now=NOW)
    assert not Disclosure.objects.exists()
    assert files() == set()
    assert made(**given).disclosure.recipient == partner


def test_who_forbids_others_to_get_data_is_on_no_list_that_goes_out(notice):
    """P52, P65: for whatever it was forbidden; on our own such a person stands."""
    aino, eero = addressed(email="aino@koe.example"), addressed(email="eero@koe.example")
    forbid(aino, "opinion_research", "disclosure")
    partner = RecipientFactory(kind="partner", categories=["name", "postal_address"])
    assert list(CustomerListFactory().people().order_by("pk")) == [aino, eero]
    outside = CustomerListFactory(recipient=partner, ground="value_added_service")
    assert list(outside.people()) == [eero]


AWAY = [
    ("directory", {"layout": "csv"}, "service_provider", "value_added_service", True),
    ("directory", {"layout": "csv"}, "partner", "value_added_service", True),
    ("emails", {"layout": "csv"}, "service_provider", "value_added_service", True),
    ("labels", {}, "service_provider", "value_added_service", True),
    # a firm that sends our own mail, and what the law demands
    ("labels", {}, "partner", "value_added_service", False),
    ("emails", {"layout": "csv"}, "partner", "value_added_service", False),
    ("directory", {"layout": "csv"}, "service_provider", "legal_obligation", False),
    ("directory", {"layout": "csv"}, None, "", False),
]


@pytest.mark.parametrize(("kind", "fields", "recipient", "ground", "needs"), AWAY)
def test_what_is_given_away_holds_only_who_has_agreed(kind, fields, recipient, ground, needs):
    """P14, table A4 (art. 25(2)): in the preview under its reason, in the file, and until the file
    is given out."""
    in_force(
        purposes={"orders": "contract", "publication": ["legitimate_interest", "consent"]},
        recipients=["partner", "service_provider"],
    )
    silent, agreeing = (
        OrderFactory(
            customer=addressed(email=f"{one}@koe.example"), refusal_offered_on=SOLD
        ).customer
        for one in ("hiljainen", "suostunut")
    )
    firm = OrganisationFactory(**ADDRESS, street="Koekuja 1", email="firma@koe.example")
    consent = ConsentFactory(customer=agreeing, purpose="publication")
    if recipient:
        categories = ["name", "organisation", "postal_address", "email"]
        fields = {**fields, "recipient": RecipientFactory(kind=recipient, categories=categories)}
    asked = CustomerListFactory(kind=kind, ground=ground, **fields, categories=["organisation"])
    assert set(asked.people()) == {agreeing, firm} | (set() if needs else {silent})
    assert asked.counted().get("no_consent", 0) == needs
    make(asked, now=NOW)
    asked.refresh_from_db()
    assert asked.is_usable(now=NOW)
    with because("Made for a test"):
        consent.withdrawn_on, consent.withdrawn_by_channel = date(2026, 3, 5), "phone"
        consent.save()
    assert asked.is_usable(now=NOW) == (not needs)


def test_nobody_is_given_away_under_a_notice_that_asks_no_consent_for_it(notice):
    """P14, table A4: to forbid nothing is not to agree."""
    addressed()
    firm = RecipientFactory(kind="partner", categories=["name", "email"])
    asked = CustomerListFactory(
        **{"kind": "directory", "layout": "csv", "categories": ["email"]},
        **{"recipient": firm, "ground": "value_added_service"},
    )
    assert not asked.people().exists()
    assert asked.counted()["no_consent"] == 1


def test_who_forbids_what_a_list_is_for_is_not_on_it(notice):
    """P52, M06: labels for the post hold everybody but who has forbidden it."""
    aino, eero = addressed(email="aino@koe.example"), addressed(email="eero@koe.example")
    forbid(aino, "market_research")
    assert list(CustomerListFactory(scope="market_research").people()) == [eero]
    assert list(CustomerListFactory(scope="opinion_research").people().order_by("pk")) == [
        aino,
        eero,
    ]


def test_advertising_and_publication_go_under_a_purpose_that_says_so():
    """P11, P14, art. 5(1)(b): who is told of orders is not told of advertising, on whatever basis
    that may rest (recital 47). A list that was asked for before is made and given out no more."""
    purposes = dict.fromkeys(["orders", "ad_targeting", "publication"], "legitimate_interest")
    in_force(purposes=purposes)
    marketing = ["direct_advertising", "distance_selling", "direct_marketing"]
    refused = {
        (scope, purpose)
        for scope in ["", *ProhibitionScope.values]
        for purpose in purposes
        if CustomerListFactory(scope=scope, purpose=purpose).refusals(now=NOW)
        == {"purpose": Refusal.OTHER_USE}
    }
    assert refused == {
        *((scope, "orders") for scope in [*marketing, "publication"]),
        ("publication", "ad_targeting"),
    }
    addressed()
    asked = made(purpose="orders", scope="market_research")
    CustomerList.objects.update(scope="direct_marketing")
    asked.refresh_from_db()
    assert asked.why_kept_back(now=NOW) == KeptBack.NOT_ALLOWED


def test_a_list_about_the_customers_own_matters_leaves_out_who_forbids_marketing(notice):
    """P14, P52: all lists may serve marketing, whatever they are made for."""
    aino, eero = addressed(email="aino@koe.example"), addressed(email="eero@koe.example")
    forbid(aino, "direct_marketing")
    forbid(eero, "market_research")
    assert list(CustomerListFactory(scope="", purpose="orders").people()) == [eero]


# --- e-mail


def mailing(**fields):
    return {"kind": "emails", "layout": "csv", "purpose": "publication", **fields}


def reached():
    """People and organisations, by what allows e-mail to them."""
    sold = {"customer__email": "tilaaja@koe.example", "refusal_offered_on": SOLD}
    return {
        "nothing": CustomerFactory(email="nimi@koe.example"),
        "order": OrderFactory(**sold).customer,
        "order without refusal": OrderFactory(customer__email="ei@koe.example").customer,
        "organisation": OrganisationFactory(email="toimisto@koe.example"),
        "no address": OrderFactory(refusal_offered_on=SOLD).customer,
    }


def test_e_mail_goes_to_persons_who_bought_and_could_refuse_and_to_organisations(notice):
    """M05, M07, M08, P19: a notice that asks no consent lets nobody be written to by consent."""
    known = reached()
    OrderFactory(
        customer__email="peruja@koe.example",
        refusal_offered_on=SOLD,
        cancelled_on=date(2026, 4, 6),
    )
    asked = CustomerListFactory(**mailing())
    assert set(asked.people()) == {known["order"], known["organisation"]}
    assert asked.counted() == {
        **{
            "": 2,
            "erased": 0,
            "restricted": 0,
            "to_erase": 0,
            "forbidden": 0,
            "objected": 0,
            "no_email": 1,
            "no_evidence": 3,
            "named_address": 0,
        }
    }


def test_an_address_from_somebody_else_was_not_got_in_a_sale(notice):
    """M07"""
    sold = OrderFactory(customer__email="tilaaja@koe.example", refusal_offered_on=SOLD)
    assert set(CustomerListFactory(**mailing()).people()) == {sold.customer}
    with because("Made for a test"):
        partner = Collection.objects.create(source_kind="partner", collected_on=date(2026, 3, 1))
        sold.customer.email = "uusi@koe.example"
        sold.customer.save(collection=partner)
    assert set(CustomerListFactory(**mailing()).people()) == set()


def test_an_address_given_after_the_sale_was_not_got_in_it(notice):
    """M07"""
    email = {"customer__email": "tilaaja@koe.example"}
    OrderFactory(**email, refusal_offered_on=SOLD - timedelta(days=1))
    same_day = OrderFactory(customer__email="sama@koe.example", refusal_offered_on=SOLD)
    assert set(CustomerListFactory(**mailing()).people()) == {same_day.customer}


def test_e_mail_goes_to_persons_who_agreed_until_they_take_it_back():
    """M05, C01, P19"""
    in_force(purposes={"orders": "contract", "ad_targeting": "consent"})
    aino = CustomerFactory(email="aino@koe.example")
    CustomerFactory(email="eero@koe.example")
    consent = ConsentFactory(customer=aino)
    asked = CustomerListFactory(**mailing(purpose="ad_targeting"))
    assert set(asked.people()) == {aino}
    with because("Made for a test"):
        consent.withdrawn_on, consent.withdrawn_by_channel = date(2026, 3, 5), "phone"
        consent.save()
    assert set(asked.people()) == set()


@pytest.mark.parametrize(
    ("email", "is_named"),
    [
        ("aino@koe.example", True),
        ("AINO@koe.example", True),
        ("eero.mäki@koe.example", True),
        ("anna-liisa.koe@koe.example", True),
        ("e.maki@koe.example", True),
        ("myynti@koe.example", False),
        ("toimisto.2@koe.example", False),
        ("anna-liisa@koe.example", False),
        ("info@eero.maki.example", False),
    ],
)
def test_a_named_person_s_address_at_an_organisation_needs_what_a_person_needs(
    notice, email, is_named
):
    """M08: the address of a contact person, or one of two names, is left out and counted."""
    role = ContactRoleFactory(person__email="aino@koe.example", organisation__email=email)
    ContactRoleFactory(organisation__email="toimisto@koe.example", person__email="")
    asked = CustomerListFactory(**mailing())
    assert (role.organisation not in asked.people()) is is_named
    counted = asked.counted()
    assert (counted[""], counted["named_address"]) == ((1, 1) if is_named else (2, 0))


@pytest.mark.parametrize("way", ["consent", "order"])
def test_a_named_person_s_address_is_written_to_with_what_allows_it(way):
    """M05, M07, M08: the list says by what right it holds the address."""
    in_force(purposes={"publication": "", "ad_targeting": "consent"})
    firm = OrganisationFactory(email="aino.kajo@koe.example")
    if way == "consent":
        ConsentFactory(customer=firm)
    else:
        OrderFactory(customer=firm, number="T-7", refusal_offered_on=SOLD)
    purpose = "ad_targeting" if way == "consent" else "publication"
    asked = made(**mailing(purpose=purpose, categories=["orders"]))
    [_headings, row] = csv.reader(io.StringIO(content(asked).decode("utf-8-sig")))
    assert row[:2] == ["aino.kajo@koe.example", way]


def test_who_forbids_distance_selling_gets_no_e_mail(notice):
    """P52, M08: an organisation too."""
    firm = OrganisationFactory(email="toimisto@koe.example")
    asked = CustomerListFactory(**mailing())
    assert list(asked.people()) == [firm]
    forbid(firm, "distance_selling")
    assert list(asked.people()) == []


def test_an_e_mail_list_says_what_allows_each_address(notice):
    """M07: the order, its day, and that refusal was offered, stand beside the address."""
    sold = OrderFactory(
        number="T-7", customer__email="tilaaja@koe.example", refusal_offered_on=SOLD
    )
    OrganisationFactory(email="toimisto@koe.example", organisation_name="Koeyhtiö Oy")
    asked = made(**mailing(categories=["name", "orders"]))
    assert list(csv.reader(io.StringIO(content(asked).decode("utf-8-sig")))) == [
        ["given_name", "family_name", "email", "allowed_by", "allowed_on", "order"],
        ["Aino", sold.customer.family_name, "tilaaja@koe.example", "order", "2026-03-04", "T-7"],
        ["", "", "toimisto@koe.example", "organisation", "", ""],
    ]


# --- checked again


@pytest.mark.parametrize("act", ["forbids", "withdraws", "is erased"])
def test_a_list_is_not_given_out_once_somebody_on_it_may_not_be_used(act):
    """P14, P52, P65, C01: the ledger keeps who was on it."""
    in_force(purposes={"orders": "contract", "ad_targeting": "consent"})
    aino, eero = addressed(email="aino@koe.example"), addressed(email="eero@koe.example")
    consent = ConsentFactory(customer=aino)
    ConsentFactory(customer=eero)
    asked = made(purpose="ad_targeting")
    assert asked.is_usable(now=NOW)
    if act == "forbids":
        forbid(aino, "direct_marketing")
    elif act == "withdraws":
        with because("Made for a test"):
            consent.withdrawn_on, consent.withdrawn_by_channel = date(2026, 3, 5), "phone"
            consent.save()
    else:
        erased(aino)
    asked.refresh_from_db()
    assert not asked.is_usable(now=NOW)
    again = anew(asked, by=asked.asked_by, language="fi", now=NOW)
    while run_next(NOW):
        pass
    again.refresh_from_db()
    assert again.is_usable(now=NOW)
    assert {one.customer for one in again.disclosure.disclosed.all()} == {eero}
    assert {one.customer for one in asked.disclosure.disclosed.all()} == {aino, eero}


def test_an_erasure_removes_the_files_of_lists_at_once(notice, django_capture_on_commit_callbacks):
    """E08, P67: of those that the erased stood on, and of no others."""
    aino = addressed(email="aino@koe.example")
    other = made(kind="directory", layout="csv")
    eero = addressed(email="eero@koe.example")
    asked = made()
    with django_capture_on_commit_callbacks(execute=True):
        erased(eero)
    asked.refresh_from_db()
    other.refresh_from_db()
    assert asked.ended_at == NOW
    assert not asked.is_usable(now=NOW)
    assert not asked.parts.exists()
    assert files() == {part.file for part in other.parts.all()}
    assert other.is_usable(now=NOW)
    assert not FileToRemove.objects.exists()
    assert Disclosure.objects.about(eero).get() == asked.disclosure
    assert set(Disclosure.objects.about(aino)) == {asked.disclosure, other.disclosure}


def test_a_list_is_not_given_out_under_a_notice_that_names_its_purpose_no_more(notice):
    """P05, P12"""
    addressed()
    asked = made()
    in_force(purposes={"orders": "contract"})
    assert not asked.is_usable(now=NOW)


def test_a_file_is_given_out_for_a_day_and_then_removed(notice, django_capture_on_commit_callbacks):
    """P67: what goes out does not lie about here."""
    addressed()
    asked = made()
    assert asked.is_usable(now=NOW + KEPT_FOR)
    assert not asked.is_usable(now=NOW + KEPT_FOR + timedelta(seconds=1))
    CustomerList.objects.all().forget(now=NOW + KEPT_FOR - timedelta(seconds=1))
    assert files() != set()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("forget_lists")
    asked.refresh_from_db()
    assert asked.ended_at
    assert files() == set()
    assert asked.disclosure.people == 1


def test_what_nobody_had_made_goes_after_a_month(notice):
    addressed()
    asked = CustomerListFactory()
    kept = made()
    CustomerList.objects.all().forget(now=NOW + timedelta(days=29))
    assert set(CustomerList.objects.all()) == {asked, kept}
    CustomerList.objects.all().forget(now=NOW + timedelta(days=30))
    assert set(CustomerList.objects.all()) == {kept}


# --- making


def test_the_worker_makes_a_list_once(notice):
    addressed()
    asked = CustomerListFactory()
    assert order(asked, now=NOW)
    assert not order(asked, now=NOW)
    assert run_next(NOW)
    asked.refresh_from_db()
    assert asked.made_at == NOW
    before = files()
    make_list(asked.pk, now=NOW)
    assert files() == before
    assert Disclosure.objects.count() == 1


def test_of_two_workers_one_keeps_its_file_and_the_other_removes_it(notice):
    addressed()
    asked = CustomerListFactory()
    same = CustomerList.objects.get(pk=asked.pk)
    make(asked, now=NOW)
    before = files()
    with pytest.raises(ListHasEnded):
        make(same, now=NOW)
    assert files() == before
    assert Disclosure.objects.count() == 1
    assert ListPart.objects.count() == len(before)


def test_who_forbids_while_the_file_is_made_is_not_on_it(notice, monkeypatch):
    """P14: "the next run, even one being prepared, excludes"."""
    aino, eero = addressed(email="aino@koe.example"), addressed(email="eero@koe.example")
    asked = CustomerListFactory()
    order(asked, now=NOW)
    usual = making._pieces

    def meanwhile(*args):
        yield from usual(*args)
        if not Prohibition.objects.exists():
            forbid(aino, "direct_marketing")

    monkeypatch.setattr(making, "_pieces", meanwhile)
    assert run_next(NOW)
    assert [one.customer for one in Disclosed.objects.all()] == [eero]
    assert files() == {part.file for part in ListPart.objects.all()}


def test_a_list_that_somebody_leaves_at_each_try_is_given_up_and_says_so(notice, monkeypatch):
    """P14: the worker does not try for ever, and a person is told."""
    for number in range(making.TRIES + 1):
        addressed(email=f"{number}@koe.example")
    asked = CustomerListFactory()
    order(asked, now=NOW)
    usual, leaving = making._pieces, iter(Customer.objects.order_by("pk"))

    def meanwhile(*args):
        yield from usual(*args)
        forbid(next(leaving), "direct_marketing")

    monkeypatch.setattr(making, "_pieces", meanwhile)
    assert run_next(NOW)
    assert not run_next(NOW + timedelta(days=30))
    asked.refresh_from_db()
    assert (asked.given_up_at, asked.made_at) == (NOW, None)
    assert not Disclosure.objects.exists()
    assert files() == set()


LISTS_USING = [
    ("labels", "postal_address", {}),
    ("labels", "name", {}),
    ("directory", "phone", {"layout": "csv", "categories": ["phone"]}),
    ("emails", "email", {"layout": "csv"}),
    ("emails", "orders", {"layout": "csv", "categories": ["orders"]}),
]


@pytest.mark.parametrize(("kind", "category", "fields"), LISTS_USING)
def test_who_has_data_at_rest_that_a_list_uses_is_left_out_of_it(notice, kind, category, fields):
    """S03, S08: in the preview, in the file and in the ledger by one rule."""
    aino, eero, other = (
        OrderFactory(
            customer=addressed(email=f"{one}@koe.example", phone="040 1234567"),
            refusal_offered_on=SOLD,
        ).customer
        for one in ("aino", "eero", "muu")
    )
    RestrictionFactory(customer=aino, categories=[category])
    RestrictionFactory(customer=other, categories=["website"])
    asked = CustomerListFactory(kind=kind, **fields)
    counts = {why: count for why, count in asked.counted().items() if count}
    assert counts == {"": 2, "restricted": 1}
    order(asked, now=NOW)
    assert run_next(NOW)
    asked.refresh_from_db()
    assert asked.made_at == NOW
    assert asked.left_out == {"restricted": 1}
    assert {one.customer for one in Disclosed.objects.all()} == {eero, other}
    RestrictionFactory(customer=eero, categories=[category])
    assert not asked.is_usable(now=NOW)


def test_an_order_at_rest_allows_no_e_mail(notice):
    """S08, M07: what may only be kept is no evidence."""
    order_of = OrderFactory(customer=addressed(email="aino@koe.example"), refusal_offered_on=SOLD)
    RestrictionFactory(customer=order_of.customer, categories=["orders"])
    asked = CustomerListFactory(kind="emails", layout="csv")
    counts = {why: count for why, count in asked.counted().items() if count}
    assert counts == {"no_evidence": 1}


def test_an_organisation_whose_name_rests_is_named_beside_nobody(notice):
    """S08"""
    firm, other = OrganisationFactory(), OrganisationFactory()
    for one in (firm, other):
        ContactRoleFactory(organisation=one)
    RestrictionFactory(customer=firm, categories=["organisation"])
    told = content(made(kind="directory", layout="csv", categories=["organisation"])).decode()
    assert (firm.name in told, other.name in told) == (False, True)


def test_a_list_of_nobody_is_not_made(notice):
    asked = CustomerListFactory()
    order(asked, now=NOW)
    assert run_next(NOW)
    asked.refresh_from_db()
    assert asked.given_up_at == NOW
    assert not Disclosure.objects.exists()


def test_people_who_may_not_be_on_it_are_not_recorded(notice):
    aino = addressed(email="aino@koe.example")
    asked = CustomerListFactory()
    forbid(aino, "publication")
    with pytest.raises(PeopleHaveLeft):
        asked.record([aino.pk], [], now=NOW)
    assert not Disclosure.objects.exists()


# --- recorded in blocks, and seen at once


@pytest.fixture
def begun(notice, monkeypatch):
    """A list of five whose recording was stopped when its people had been written, two by two."""
    monkeypatch.setattr(lists, "A_BLOCK", 2)
    people = [addressed(email=f"{name}@koe.example") for name in "abcde"]
    asked = CustomerListFactory()
    keys = [one.pk for one in people]
    with monkeypatch.context() as stopped:
        stopped.setattr(CustomerList, "_written", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            asked.record(keys, [], now=NOW)
    assert Disclosed.objects.count() == 5
    return asked, people, keys


def told_of_lists(customer):
    sections = extract_of(customer, now=NOW)["sections"]
    return sum(len(one["rows"]) for one in sections if one["key"] == "disclosure")


def test_nobody_sees_a_list_before_all_of_it_is_recorded(begun):
    """P14, A02: neither the person's copy, nor the ledger, nor what looks for drift."""
    asked, people, keys = begun
    asked.refresh_from_db()
    assert (asked.made_at, Disclosure.objects.count()) == (None, 0)
    assert not Disclosure.objects.about(people[0]).exists()
    assert told_of_lists(people[0]) == 0
    assert [one for one in drift(NOW) if one.id == "ledger"] == []
    asked.record(keys, [], now=NOW)
    assert Disclosure.objects.get().people == Disclosed.objects.count() == 5
    assert [told_of_lists(one) for one in people] == [1] * 5


def test_no_statement_writes_more_than_a_block_of_people(notice, monkeypatch):
    """The database is held for a block, and at the end for none of them."""
    monkeypatch.setattr(lists, "A_BLOCK", 2)
    keys = [addressed().pk for _one in range(5)]
    written = []
    insert = lists.insert_for_each

    def seen(model, column, some, values):
        written.append(len(some))
        insert(model, column, some, values)

    monkeypatch.setattr(lists, "insert_for_each", seen)
    with CaptureQueriesContext(connection) as queries:
        CustomerListFactory().record(keys, [], now=NOW)
    assert written == [2, 2, 1]
    inserted = [one for one in queries if 'INSERT INTO "register_disclosed"' in one["sql"]]
    assert len(inserted) == 3


def test_whoever_is_erased_while_a_list_is_recorded_is_on_none(begun):
    """E08, E12, P67: also whose row had been written."""
    asked, people, keys = begun
    erased(people[1])
    assert Disclosed.objects.count() == 4
    with pytest.raises(PeopleHaveLeft):
        asked.record(keys, [], now=NOW)
    keys.remove(people[1].pk)
    asked.record(keys, [], now=NOW)
    assert set(Disclosed.objects.values_list("customer", flat=True)) == set(keys)


def test_whoever_is_erased_in_the_last_moment_is_on_none(notice, monkeypatch):
    """E08: between the last block and the end."""
    aino, eero = addressed(), addressed(email="eero@koe.example")
    asked = CustomerListFactory()
    written = CustomerList._write_people

    def erased_then(self, keys):
        written(self, keys)
        erased(aino)

    monkeypatch.setattr(CustomerList, "_write_people", erased_then)
    with pytest.raises(PeopleHaveLeft):
        asked.record([aino.pk, eero.pk], [], now=NOW)
    assert not Disclosure.objects.exists()
    assert not Disclosed.objects.exists()


def test_people_of_an_earlier_attempt_who_left_are_not_recorded(begun):
    """P14: five were written, and by now one has forbidden it."""
    asked, _people, keys = begun
    with pytest.raises(PeopleHaveLeft):
        asked.record(keys[1:], [], now=NOW)
    assert not Disclosed.objects.exists()
    asked.record(keys[1:], [], now=NOW)
    assert list(Disclosed.objects.values_list("customer", flat=True)) == keys[1:]


def test_somebody_exchanged_for_another_is_noticed(begun, monkeypatch):
    """P14: as many, and not the same."""
    asked, _people, keys = begun
    other = addressed(email="other@koe.example")
    written = CustomerList._written

    def exchanged(self):
        rows = models.QuerySet(Disclosed).filter(disclosure=self.disclosure_id)
        rows.filter(customer=keys[0]).update(customer=other)
        return written(self)

    monkeypatch.setattr(CustomerList, "_written", exchanged)
    with pytest.raises(PeopleHaveLeft):
        asked.record(keys, [], now=NOW)
    assert not Disclosure.objects.exists()


def test_of_a_list_that_is_given_up_nothing_stays_in_the_ledger(begun):
    asked, _people, _keys = begun
    CustomerList.objects.filter(pk=asked.pk).update(given_up_at=NOW)
    CustomerList.objects.all().forget(now=NOW)
    assert not Disclosed.objects.exists()


def test_of_a_list_that_nobody_has_made_for_long_nothing_stays(begun):
    CustomerList.objects.all().forget(now=NOW + timedelta(days=31))
    assert not Disclosed.objects.exists()
    assert not CustomerList.objects.exists()


def test_who_is_on_a_list_for_others_is_told_of_data_from_others_by_then(notice, monkeypatch):
    """T12, art. 14(3)(c): dated by the worker, in blocks."""
    monkeypatch.setattr(making, "A_BLOCK", 2)
    came = CollectionFactory(source_kind="partner", collected_on=date(2026, 3, 1))
    people = [addressed(collection=came, email=f"{name}@koe.example") for name in "abc"]
    made(
        kind="directory",
        layout="csv",
        purpose="orders",
        scope="",
        recipient=RecipientFactory(kind="partner", categories=["name"]),
        ground="value_added_service",
    )
    days = InformationDuty.objects.order_by("customer").values_list("disclosed_on", flat=True)
    assert list(days) == [None] * 3
    while run_next(NOW):
        pass
    assert list(days.all()) == [NOW.date()] * len(people)


def test_what_was_made_takes_as_many_queries_for_many(notice):
    """No query for each row: only for each block."""
    found = []
    for number in (3, 30):
        for _one in range(number):
            role = ContactRoleFactory(person=addressed())
            assert role.organisation
        asked = CustomerListFactory(kind="directory", layout="csv", categories=["organisation"])
        with CaptureQueriesContext(connection) as queries:
            make(asked, now=NOW)
        found.append(len(queries))
    assert found[0] == found[1]


# --- tables


DIRECTORY = {
    "kind": "directory",
    "categories": ["organisation", "email", "phone", "postal_address", "website"],
}


def test_a_directory_tells_what_was_chosen_and_nothing_else(notice):
    """P14, P20"""
    assert list(columns_of(CustomerListFactory(kind="directory", categories=["phone"]))) == [
        *("given_name", "family_name", "phone")
    ]
    CustomerFactory(
        given_name="Aino", family_name="Koe", phone="040 1234567", email="a@koe.example"
    )
    asked = made(kind="directory", layout="csv", categories=["phone"])
    assert asked.disclosure.categories == ["name", "phone"]
    assert b"a@koe.example" not in content(asked)


def test_an_organisation_that_forbids_publication_is_named_beside_nobody(notice):
    """P14: it is on no list of its own either."""
    firm, other = (OrganisationFactory(email=f"{n}@koe.example") for n in ("yksi", "kaksi"))
    forbid(firm, "publication")
    for one in (firm, other):
        ContactRoleFactory(organisation=one)
    asked = made(kind="directory", layout="csv", categories=["organisation"])
    told = content(asked).decode()
    assert (firm.name in told, other.name in told) == (False, True)
    assert asked.disclosure.people == 3


STRANGE = [
    {"family_name": "=HYPERLINK(1)", "given_name": "@Aino"},
    {"family_name": "+Plus", "given_name": "-Miinus"},
    {"family_name": "Mäkelä", "given_name": "O'Aino", "phone": "+358 40 123 4567"},
    {"family_name": 'Lai"ne; Oy,', "given_name": "Åke", "email": "ake@koe.example"},
    {"family_name": "''@Kaksi", "given_name": "'=SUM(A1)"},
    {"family_name": "A|'=B", "given_name": "'-9.90"},
]
TOLD = ("given_name", "family_name", "email", "phone", "street", "postcode", "city", "country")


@pytest.mark.parametrize("layout", ["csv", "xlsx"])
def test_no_cell_is_a_formula_and_what_comes_back_is_the_same(
    notice, tmp_path, layout, django_capture_on_commit_callbacks
):
    """P53 for lists: a table that goes out and is brought in again has the same values."""
    for fields in STRANGE:
        addressed(**{"phone": "040 7654321", "country": "SE", "postcode": "123 45"} | fields)
    OrganisationFactory(**ADDRESS, street="Koekuja 1", organisation_name="=Koeyhtiö Oy")
    asked = made(**DIRECTORY, layout=layout)
    path = tmp_path / f"list.{layout}"
    path.write_bytes(content(asked))
    if layout == "csv":
        rows = csv.reader(io.StringIO(path.read_text("utf-8-sig")))
    else:
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        widths, frozen, bold = look_of(path.read_bytes())
        assert (len(widths), frozen, bold) == (len(rows[0]), 1, [rows[0]])
        assert widths[rows[0].index("postcode")] < widths[rows[0].index("email")]
    cells = [cell for row in rows for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if re.match(r"[=@\t\r]|[+-](?![\d\s().-]+\Z)", cell)]
    before = list(Customer.objects.order_by("pk").values_list(*TOLD, "organisation_name"))
    last = Customer.objects.latest("pk").pk
    for one in Customer.objects.all():
        erased(one)
    call_command(
        *("import_customers", str(path), "--source", "registration"),
        *("--duplicates", "store", "--json"),
    )
    new = Customer.objects.filter(pk__gt=last).order_by("pk")
    assert list(new.values_list(*TOLD, "organisation_name")) == before
    sweep(NOW)
