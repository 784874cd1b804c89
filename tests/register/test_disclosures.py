"""Where data went: to whom, on what ground, for what, which, when, about whom (arts 15, 28, 44)."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from audit.models import BypassesHistory
from audit.reasons import ReasonMissing, because
from notices.personal_data import IdentityCodeFound, NoNoticeInForce
from notices.publishing import adopt
from notices.terms import DataCategory
from register.erasure import erase
from register.extract import extract_of
from register.models import (
    Customer,
    Disclosed,
    Disclosure,
    DisclosureRefused,
    InformationDuty,
    Recipient,
    Refusal,
)
from tests.factories import (
    ClauseFactory,
    CustomerFactory,
    DisclosureFactory,
    NoticeFactory,
    OrganisationFactory,
    RecipientFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 4, 9, tzinfo=UTC)
PARTNERS = ["accounting", "partner", "collection_agency", "authority"]
GROUNDS = ["billing", "collection", "legal_obligation"]


def in_force(**changes):
    promised = {
        "purposes": {"orders": "contract", "ad_targeting": "legitimate_interest"},
        "recipients": PARTNERS,
        "grounds": GROUNDS,
    }
    return NoticeFactory(**promised | changes, in_force=True)


@pytest.fixture
def notice():
    return in_force()


def why(refused):
    return set(refused.value.refusals)


def test_the_ledger_says_who_got_what_why_when_from_whom_and_about_whom(notice):
    """P28, A02"""
    aino, eero, _other = CustomerFactory(), CustomerFactory(), CustomerFactory()
    firm, staff = RecipientFactory(), UserFactory()
    disclosure = DisclosureFactory(
        customers=[aino, eero],
        recipient=firm,
        ground="billing",
        categories=["billing", "name"],
        by=staff,
    )
    stored = Disclosure.objects.get()
    assert stored == disclosure
    assert (stored.recipient, stored.ground, stored.purpose) == (firm, "billing", "orders")
    assert (stored.categories, stored.people) == (["name", "billing"], 2)
    assert (stored.disclosed_at, stored.disclosed_by, stored.notice) == (AT, staff, notice)
    assert {one.customer for one in Disclosed.objects.all()} == {aino, eero}
    assert stored.history.get().history_change_reason == "Made for a test"


def test_was_i_on_it_has_an_answer(notice):
    """P14: a list of our own names nobody outside, and its people are known all the same."""
    aino, eero = CustomerFactory(), CustomerFactory()
    listed = DisclosureFactory(customers=[aino])
    given = DisclosureFactory(
        customers=[aino, eero], recipient=RecipientFactory(), ground="billing"
    )
    assert list(Disclosure.objects.about(aino)) == [given, listed]
    assert list(Disclosure.objects.about(eero)) == [given]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"ground": "credit_decision"}, Refusal.UNDECLARED_GROUND),
        ({"purpose": "statistics"}, Refusal.UNDECLARED_PURPOSE),
        ({"purpose": "ad_targeting"}, Refusal.AD_TARGETING),
        ({"categories": ["email"]}, Refusal.BEYOND_RECIPIENT),
        ({"categories": []}, Refusal.UNDECLARED_DATA),
        ({"at": datetime(2026, 1, 1, 9, tzinfo=UTC)}, Refusal.NOT_NOW),
    ],
)
def test_what_the_notice_does_not_name_is_given_to_nobody(notice, changes, refusal):
    """P05, P11, P12, P27, P28"""
    usual = {"recipient": RecipientFactory(), "ground": "billing"}
    with pytest.raises(DisclosureRefused) as refused:
        DisclosureFactory(**usual | changes)
    assert why(refused) == {refusal}
    assert not Disclosure.objects.exists()
    assert not Disclosed.objects.exists()


def test_a_recipient_of_yesterday_is_none_under_the_notice_of_today(notice):
    """P12: its row stays, because it has data."""
    firm = RecipientFactory()
    in_force(recipients=["partner"])
    with pytest.raises(DisclosureRefused) as refused:
        DisclosureFactory(recipient=firm, ground="billing")
    assert why(refused) == {Refusal.UNDECLARED_RECIPIENT}
    assert Recipient.objects.get() == firm


def test_data_that_a_notice_drops_hinder_no_others_of_the_same_recipient(notice):
    """P27, P28, V07: its row still names them; they themselves are given no more."""
    firm = RecipientFactory(categories=["name", "billing"])
    in_force(declared=[one for one in DataCategory if one != DataCategory.BILLING])
    DisclosureFactory(recipient=firm, ground="billing", categories=["name"])
    with pytest.raises(DisclosureRefused) as refused:
        DisclosureFactory(recipient=firm, ground="billing", categories=["name", "billing"])
    assert why(refused) == {Refusal.UNDECLARED_DATA}


def test_whose_contract_is_over_gets_nothing_more(notice):
    """P12, P35"""
    firm = RecipientFactory(ended_on=date(2026, 3, 3))
    with pytest.raises(DisclosureRefused) as refused:
        DisclosureFactory(recipient=firm, ground="billing")
    assert why(refused) == {Refusal.NOT_NOW}
    assert list(Recipient.objects.on(date(2026, 3, 3))) == [firm]
    assert list(Recipient.objects.on(date(2026, 3, 4))) == []
    assert list(Recipient.objects.on(date(2026, 1, 1))) == []


@pytest.mark.parametrize(
    ("fields", "column", "refusal"),
    [
        ({"kind": "analytics"}, "kind", Refusal.UNDECLARED_RECIPIENT),
        ({"contract_on": None}, "contract_on", Refusal.NO_CONTRACT),
        ({"categories": []}, "categories", Refusal.UNDECLARED_DATA),
        ({"categories": ["cookies"]}, "categories", Refusal.UNDECLARED_DATA),
    ],
)
def test_a_recipient_is_named_by_the_notice_and_bound_by_a_contract(fields, column, refusal):
    """P12, P18; art. 28"""
    in_force(declared=["name", "postal_address", "billing"])
    with pytest.raises(DisclosureRefused) as refused:
        RecipientFactory(**fields)
    assert why(refused) == {refusal}
    with pytest.raises(ValidationError) as said:
        RecipientFactory.build(**fields).full_clean()
    assert said.value.message_dict[column] == [str(refusal.label)]
    # an authority works for nobody but itself
    RecipientFactory(kind="authority", contract_on=None)


NAMED = ["Palvelinpaja Koe Oy", "Pilvi Ab"]


@pytest.mark.parametrize(
    ("promised", "name", "fits"),
    [
        (NAMED, "Palvelinpaja Koe Oy", True),
        (NAMED, "palvelinpaja koe", True),
        (NAMED, "Pilvi Ab Suomen sivuliike", True),
        (NAMED, "Muu kumppani Oy", False),
        (NAMED, "Palvelinpaja Muu Oy", False),
        (NAMED, "Oy", False),
        # a clause without a name is of anybody of that kind
        ([*NAMED, ""], "Muu kumppani Oy", True),
    ],
)
def test_where_the_notice_names_a_recipient_no_other_of_its_kind_is_one(promised, name, fits):
    """P27"""
    notice = NoticeFactory(recipients=["accounting"], purposes={"orders": "contract"})
    for one in promised:
        ClauseFactory(notice=notice, kind="recipient", term="partner", name=one)
    adopt(notice, now=AT, reason="Test")
    refusals = RecipientFactory.build(name=name, kind="partner").refusals(notice)
    assert refusals == ({} if fits else {"name": Refusal.OTHER_NAME})
    # of the other kind the notice names nobody
    RecipientFactory(name=name, kind="accounting")


def test_who_is_named_no_more_gets_nothing_more(notice):
    """P27: the recipient was one under the notice before."""
    firm = RecipientFactory(name="Muu kumppani Oy", kind="partner")
    draft = NoticeFactory(purposes={"orders": "contract"}, grounds=GROUNDS)
    ClauseFactory(notice=draft, kind="recipient", term="partner", name="Palvelinpaja Koe Oy")
    adopt(draft, now=AT, reason="Test")
    with pytest.raises(DisclosureRefused) as refused:
        DisclosureFactory(recipient=firm, ground="billing")
    assert why(refused) == {Refusal.OTHER_NAME}


def test_outside_the_eea_a_transfer_needs_a_tool_a_reason_and_the_notice(notice):
    """P29; arts 44-49"""
    usual = {"country": "US", "kind": "partner"}
    with pytest.raises(DisclosureRefused) as refused:
        RecipientFactory(**usual)
    assert why(refused) == {Refusal.NO_TOOL, Refusal.TRANSFER_UNDECLARED}
    told = {"transfer_tool": "standard_clauses", "transfer_reason": "Palvelin on siellä."}
    with pytest.raises(DisclosureRefused) as refused:
        RecipientFactory(**usual, **told)
    assert why(refused) == {Refusal.TRANSFER_UNDECLARED}
    in_force(transfers=["none"])
    with pytest.raises(DisclosureRefused):
        RecipientFactory(**usual, **told)
    in_force(transfers=["standard_clauses"])
    firm = RecipientFactory(**usual, **told)
    DisclosureFactory(recipient=firm, ground="billing")
    in_force()
    with pytest.raises(DisclosureRefused) as refused:
        DisclosureFactory(recipient=firm, ground="billing")
    assert why(refused) == {Refusal.TRANSFER_UNDECLARED}


@pytest.mark.parametrize("country", ["FI", "AX", "NO", "IS", "LI"])
def test_inside_the_eea_nothing_more_is_asked(notice, country):
    """P29"""
    assert RecipientFactory(country=country).pk


def test_nobody_is_a_recipient_while_no_notice_is_in_force():
    with pytest.raises(NoNoticeInForce):
        RecipientFactory()


def test_a_personal_identity_code_stands_in_no_recipient(notice):
    """P20"""
    with pytest.raises(IdentityCodeFound):
        RecipientFactory(address="131052-308T")


def test_the_erased_are_in_no_new_list(notice):
    """P67"""
    aino, eero = CustomerFactory(), CustomerFactory()
    with because("Test"):
        erase(aino, request_number="2026-1", now=AT)
    DisclosureFactory(customers=[aino, eero])
    assert [one.customer for one in Disclosed.objects.all()] == [eero]


def test_what_was_given_is_remembered_beyond_an_erasure(notice):
    """E09, E12: it says of nobody who that was, and whom to tell."""
    aino = CustomerFactory()
    given = DisclosureFactory(customers=[aino], recipient=RecipientFactory(), ground="billing")
    with because("Test"):
        done = erase(aino, request_number="2026-1", now=AT)
    assert done.kept["register.disclosed"] == 1
    assert list(Disclosure.objects.about(aino)) == [given]


def test_a_disclosure_is_the_last_day_to_tell_whose_data_came_from_others(notice):
    """T12; art. 14(3)(c)"""
    aino, firm = CustomerFactory(), OrganisationFactory()
    InformationDuty.objects.start([aino.pk], date(2026, 3, 1))
    DisclosureFactory(customers=[aino])
    assert InformationDuty.objects.get().disclosed_on is None
    DisclosureFactory(customers=[aino, firm], recipient=RecipientFactory(), ground="billing")
    duty = InformationDuty.objects.get()
    assert (duty.disclosed_on, duty.inform_by_on) == (date(2026, 3, 4), date(2026, 3, 4))


def test_the_person_is_told_to_whom_by_name_and_who_sees_the_data_all_the_time(notice):
    """A02, P18"""
    aino = CustomerFactory()
    RecipientFactory(name="Tilitoimisto Koe", has_standing_access=True)
    agency = RecipientFactory(name="Perintä Koe", kind="collection_agency", contract_on=None)
    DisclosureFactory(customers=[aino], recipient=agency, ground="collection", categories=["name"])
    sections = {one["key"]: one for one in extract_of(aino, now=AT)["sections"]}
    (given,) = sections["disclosure"]["rows"]
    assert {one["key"]: one["exact"] for one in given["values"]} == {
        "disclosure.recipient": "Perintä Koe",
        "disclosure.ground": "collection",
        "disclosure.purpose": "orders",
        "disclosure.categories": "name",
        "disclosure.disclosed_at": "2026-03-04T09:00:00+00:00",
    }
    (standing,) = sections["recipient"]["rows"]
    assert {one["key"]: one["value"] for one in standing["values"]}["recipient.name"] == (
        "Tilitoimisto Koe"
    )


def test_what_was_given_cannot_be_made_ungiven(notice):
    """P28"""
    disclosure = DisclosureFactory()
    listed = Disclosed.objects.get()
    refused = [
        disclosure.save,
        disclosure.delete,
        listed.save,
        listed.save_base,
        listed.delete,
        Disclosed.objects.all().delete,
        lambda: Disclosed.objects.update(customer=CustomerFactory()),
        lambda: Disclosed.objects.bulk_create([]),
        lambda: Disclosure.objects.update(ground=""),
        RecipientFactory().delete,
    ]
    for act in refused:
        with pytest.raises(BypassesHistory), transaction.atomic(), because("Test"):
            act()
    assert Disclosed.objects.get() == listed


def test_nothing_is_given_without_a_word_on_why(notice):
    with pytest.raises(ReasonMissing):
        Disclosure.objects.record(
            Customer.objects.all(), purpose="orders", categories=["name"], at=AT
        )
    assert not Disclosed.objects.exists()


def test_a_list_of_many_takes_as_many_queries_as_one_of_few(notice, django_assert_num_queries):
    people = [CustomerFactory() for _one in range(30)]
    with because("Test"):
        for about in (people[:3], people):
            chosen = Customer.objects.filter(pk__in=[one.pk for one in about])
            with django_assert_num_queries(10, exact=False):
                Disclosure.objects.record(chosen, purpose="orders", categories=["name"], at=AT)
    assert Disclosed.objects.count() == 33
